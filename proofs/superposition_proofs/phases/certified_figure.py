"""The picture of a certified phase diagram, with its undecided band."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from superposition_numerics.matrices import FloatArray

from ..figures import STYLE, save
from .certified import DENSITIES, IMPORTANCES, CertifiedDiagram
from .figures import PALETTE

_DROPPED, _ANTIPODAL, _BAND = PALETTE[0], PALETTE[1], "#C0392B"


def certified_figure(diagram: CertifiedDiagram, directory: Path) -> tuple[Path, ...]:
    """Draw a certified diagram as certified-phases.pdf and .png.

    (a) what is proved, with the undecided band between; (b) the band beside the line in its middle,
    on a scale on which its width is seen.

    Parameters
    ----------
    diagram : CertifiedDiagram
    directory : Path
        Existing.

    Returns
    -------
    tuple of Path

    Raises
    ------
    InputError
        A file cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.0, 3.0), layout="constrained")
        plane, band = figure.subplots(1, 2)
        p, below, above = _lines(diagram)
        floor, top = np.zeros_like(p), np.ones_like(p)
        for low, high, colour in (
            (floor, below, _DROPPED),
            (above, top, _ANTIPODAL),
            (below, above, _BAND),
        ):
            plane.fill_between(p, low, high, color=colour, linewidth=0)
        middle = (below + above) / 2
        width = (100 * (line / middle - 1) for line in (below, above))
        band.fill_between(p, *width, color=_BAND, linewidth=0)
        ends = tuple(float(x) for x in DENSITIES)
        plane.set(xlim=ends, ylim=tuple(float(x) for x in IMPORTANCES))
        plane.set(xlabel="density $p$", ylabel="importance $I$ of feature 2")
        plane.text(0.72, 0.3, "dropping proved\noptimal", fontsize=8, ha="center")
        plane.text(0.3, 0.75, "antipodal pair proved\noptimal", fontsize=8, ha="center")
        proved = 100 * diagram.proved()
        plane.set_title(f"(a) {proved:.2f} % of the area proved", fontsize=8, loc="left")
        band.set(xlim=ends, xlabel="density $p$", ylabel="relative to the middle, percent")
        band.set_title("(b) the undecided band, enlarged", fontsize=8, loc="left")
        return tuple(save(figure, directory / "certified-phases"))


def _lines(diagram: CertifiedDiagram) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return both ends of all columns, and what is proved there: 0 and 1 where nothing is."""
    rows = []
    for column in diagram.columns:
        for p in column.densities:
            below = 0 if column.dropped is None else column.dropped(p)
            above = 1 if column.antipodal is None else column.antipodal(p)
            rows.append([float(p), float(below), float(above)])
    p, below, above = np.array(rows).T
    return p, below, above
