"""A sweep as text, as a table of numbers, and as a picture."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from superposition_numerics.sweeps import SweepResult

from ..figures import BLUE, GREY, ORANGE, STYLE, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_ROWS = 40
_SEED = "instance.seed"


def render_sweep(result: SweepResult) -> str:
    """Return the runs of a sweep in lines, at most 40, and what failed.

    Parameters
    ----------
    result : SweepResult

    Returns
    -------
    str
        Losses as they were recorded last, which are estimates where they are means of batches.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.sweeps import Spec, sweep
    >>> from superposition_proofs.training.sweeps import render_sweep
    >>> base = {"model": {"kind": "relu", "features": 2, "dimensions": 1}, "steps": 5}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = sweep(Spec(base, [{"instance.seed": [4, 5]}]), out=folder)
    >>> print(render_sweep(result).splitlines()[-1])
    2 runs: 2 completed
    """
    columns = result.table() if result.rows else {}
    heads = [name.removeprefix("instance.") for name in columns]
    rows = [[_shown(value) for value in row] for row in zip(*columns.values(), strict=True)]
    widths = [max(map(len, cells)) for cells in zip(heads, *rows[:_MOST_ROWS], strict=True)]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        for cells in ([heads] if heads else []) + rows[:_MOST_ROWS]
    ]
    if len(rows) > _MOST_ROWS:
        lines.append(f"... {len(rows) - _MOST_ROWS} more (sweep.csv holds all)")
    lines += [f"failed: {one.error}" for one in result.failures[:_MOST_ROWS]]
    endings = [str(row.results["ending"]) for row in result.rows] + ["failed"] * len(
        result.failures
    )
    counts = {ending: endings.count(ending) for ending in dict.fromkeys(endings)}
    told = ", ".join(f"{count} {ending}" for ending, count in counts.items())
    return "\n".join([*lines, "", f"{len(endings)} runs: {told}"])


def sweep_csv(result: SweepResult) -> str:
    """Return the settings that vary and the results with one value, a line for each run.

    Parameters
    ----------
    result : SweepResult

    Returns
    -------
    str
        CSV with a header; lists of settings in Python's notation.
    """
    columns = result.table() if result.rows else {}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    return text.getvalue()


def numeric_axis(result: SweepResult) -> str | None:
    """Return the setting other than the seed that varies, if it is one and a number.

    Parameters
    ----------
    result : SweepResult

    Returns
    -------
    str or None
        Its dotted path.
    """
    varied = [name for name in result.varied if name != _SEED]
    if len(varied) != 1 or result.column(varied[0]).dtype.kind not in "if":
        return None
    return varied[0]


def sweep_figure(result: SweepResult, axis: str, directory: Path) -> tuple[Path, ...]:
    r"""Draw loss, capacity and D* = m / \|W\|_F^2 of all runs against a setting.

    Parameters
    ----------
    result : SweepResult
    axis : str
        As `numeric_axis` gives it.
    directory : Path
        Existing.

    Returns
    -------
    tuple of Path
        sweep.pdf and sweep.png. Runs that diverged are left out.

    Raises
    ------
    InputError
        A file cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    kept = result.column("ending") != "diverged"
    x = result.column(axis)[kept]
    dimensions = result.column("model.dimensions")[kept]
    squared = np.array([sum(row.results["squared_norms"]) for row in result.rows])[kept]
    present = squared > 0
    star = np.divide(dimensions, squared, out=np.full(len(squared), np.nan), where=present)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.0, 2.4), layout="constrained")
        loss, capacity, frobenius = figure.subplots(1, 3)
        _scatter(loss, x, result.column("loss")[kept], "last loss recorded")
        _scatter(capacity, x, result.column("capacity")[kept], r"capacity $\sum_i D_i$")
        _scatter(frobenius, x, star, r"$D^* = m / \|W\|_F^2$")
        for axes in (capacity, frobenius):
            axes.set_ylim(0, 1.05 * axes.get_ylim()[1])
        for level in (1, 1 / 2):
            frobenius.axhline(level, color=GREY, linewidth=0.4, linestyle="--", zorder=0)
        for axes in (loss, capacity, frobenius):
            axes.set_xlabel(axis.removeprefix("instance."))
            if _is_wide(x):
                axes.set_xscale("log")
        if _is_wide(result.column("loss")[kept]):
            loss.set_yscale("log")
        return tuple(save(figure, directory / "sweep"))


def _scatter(axes: Axes, x: npt.NDArray[Any], y: npt.NDArray[Any], label: str) -> None:
    """Draw all runs, and a line through the medians at each value."""
    places = np.unique(x)
    medians = [float(np.median(y[x == place])) for place in places]
    axes.scatter(x, y, s=8, color=BLUE, linewidths=0, alpha=0.7)
    axes.plot(places, medians, color=ORANGE, linewidth=0.8, zorder=1)
    axes.set_ylabel(label)


def _is_wide(values: npt.NDArray[Any]) -> bool:
    """Whether a logarithmic scale serves: positive numbers over a decade or more."""
    return bool(values.size and values.min() > 0 and values.max() >= 10 * values.min())


def _shown(value: Any) -> str:
    """Return a cell."""
    if isinstance(value, float | np.floating):
        return "-" if math.isnan(value) else f"{value:.4g}"
    return str(value)
