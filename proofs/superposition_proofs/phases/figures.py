"""The picture of a phase diagram: optimum, frozen theory, and how far they part."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from superposition_numerics.matrices import FloatArray

from ..figures import GREY, STYLE, save
from .curves import Curve, Curves, Mark
from .diagram import PhaseDiagram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Light tints of Okabe and Ito's colours, so that black lines stand out; the last is for the rest.
PALETTE = ("#FBE7A1", "#A9D3EE", "#F0B48C", "#D9A9CB", "#8FD0BC", "#8FA9D6", "#E3D9C8", "#C9E59B")
REST, PARTING = "#BDBDBD", "#FFFFFF"
_LINES: Any = {
    "first": {"color": "black", "linewidth": 1.1, "linestyle": "-"},
    "second": {"color": "black", "linewidth": 1.1, "linestyle": (0, (3, 1.2))},
    "frozen": {"color": GREY, "linewidth": 0.7, "linestyle": "-"},
}
_MARK: Any = {"color": "black", "linestyle": "none", "markeredgewidth": 0.7}
_MARKS: Any = {
    "tricritical": {"marker": "o", "markerfacecolor": "white"},
    "triple": {"marker": "^", "markerfacecolor": "black"},
    "end of a line": {"marker": "s", "markerfacecolor": "white"},
    "frozen triple": {"marker": "^", "markerfacecolor": GREY},
}
_MEANINGS = {
    "first": "first order",
    "second": "second order",
    "frozen": "frozen theory",
    "tricritical": "tricritical point",
    "triple": "triple point",
    "end of a line": "end of weak | strong",
    "frozen triple": "triple point, frozen",
}
_CLOSE = (0.47, 1.0, 0.5, 2.0)  # densities and importances of the close-up


def phase_diagram_figure(diagram: PhaseDiagram, directory: Path) -> tuple[Path, ...]:
    """Draw a phase diagram as phase-diagram.pdf and .png.

    (a) the optimum, with the lines between its phases and those of the frozen theory, (b) the
    frozen theory, (c) the relative excess of its loss, with the cells outlined in which it has
    another phase. Phases that are found at p = 1 alone, where all features are always on and names
    are degenerate, and phases beyond the eight of most cells are drawn as one.

    Parameters
    ----------
    diagram : PhaseDiagram
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
        figure = Figure(figsize=(7.0, 3.2), layout="constrained")
        panels = figure.subplots(1, 3, sharex=True, sharey=True)
        colours = phase_colours(diagram)
        draw_optimum(panels[0], diagram, colours)
        draw_frozen(panels[1], diagram, colours)
        mesh = draw_excess(panels[2], diagram)
        bar = figure.colorbar(mesh, cax=panels[2].inset_axes((1.04, 0, 0.04, 1)))
        bar.ax.tick_params(labelsize=7)
        bar.outline.set_linewidth(0.4)
        features = diagram.optimum.setting.features
        panels[0].set_ylabel(f"importance $I$ of feature {features}")
        for axes in panels:
            axes.set_xlabel("density $p$")
            axes.set_box_aspect(1)
            axes.tick_params(labelsize=7)
        handles = [*_phase_handles(colours), *_line_handles(diagram.curves)]
        figure.legend(
            handles=handles,
            loc="outside lower center",
            ncols=3,
            fontsize=7,
            handlelength=1.6,
            columnspacing=2.5,
            labelspacing=0.3,
        )
        return tuple(save(figure, directory / "phase-diagram"))


def phase_colours(diagram: PhaseDiagram) -> dict[str, str]:
    """Return the colour of every phase, those of most cells of both theories first."""
    sparse = np.array(diagram.optimum.columns.values) < 1
    both = (diagram.labels, diagram.frozen_labels)
    counts = Counter(name for labels in both for name in labels[:, sparse].ravel().tolist())
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    named = dict(zip(ordered, PALETTE, strict=False))
    every = {name for labels in both for name in labels.ravel().tolist()}
    return {**named, **dict.fromkeys(sorted(every - named.keys()), REST)}


def draw_optimum(axes: Axes, diagram: PhaseDiagram, colours: dict[str, str]) -> None:
    """Draw the phases of the optimum, all lines, and a close-up where n = 2, m = 1."""
    _draw_phases(axes, diagram, diagram.labels, colours)
    axes.set_title("(a) optimum", fontsize=8, loc="left")
    if diagram.curves is None:
        return
    _draw_lines(axes, diagram.curves, ("frozen", "first", "second"))
    own = [mark for mark in diagram.curves.marks if mark.kind != "frozen triple"]
    if diagram.optimum.setting.features > 2:
        _draw_marks(axes, own, 4)
        return
    close = axes.inset_axes((0.05, 0.17, 0.52, 0.66))
    _draw_phases(close, diagram, diagram.labels, colours)
    _draw_lines(close, diagram.curves, ("frozen", "first", "second"))
    _draw_marks(close, own, 3.2)
    close.set(xlim=_CLOSE[:2], ylim=_CLOSE[2:])
    close.tick_params(which="both", bottom=False, left=False, labelbottom=False, labelleft=False)
    close.spines[:].set_visible(True)
    axes.indicate_inset_zoom(close, edgecolor="black", linewidth=0.6, alpha=1.0)


def draw_frozen(axes: Axes, diagram: PhaseDiagram, colours: dict[str, str]) -> None:
    """Draw the phases of the frozen theory, and the lines between them."""
    _draw_phases(axes, diagram, diagram.frozen_labels, colours)
    axes.set_title("(b) frozen theory", fontsize=8, loc="left")
    if diagram.curves is not None:
        _draw_lines(axes, diagram.curves, ("frozen",))
        frozen = [mark for mark in diagram.curves.marks if mark.kind == "frozen triple"]
        _draw_marks(axes, frozen, 4)


def draw_excess(axes: Axes, diagram: PhaseDiagram) -> Any:
    """Draw the relative excess of the frozen loss; outline where the phases differ."""
    p, importance = _edges(diagram)
    mesh = axes.pcolormesh(p, importance, diagram.excess, cmap="cividis", vmin=0, rasterized=True)
    _set_scales(axes, p, importance)
    axes.set_title(r"(c) excess $(L_{\rm frozen}-L)/L_{\rm frozen}$", fontsize=8, loc="left")
    _outline(axes, diagram.labels != diagram.frozen_labels, p, importance)
    return mesh


def _draw_phases(
    axes: Axes, diagram: PhaseDiagram, labels: npt.NDArray[np.str_], colours: dict[str, str]
) -> None:
    """Colour the cells."""
    from matplotlib.colors import to_rgb

    p, importance = _edges(diagram)
    image = np.array([to_rgb(colours[name]) for name in labels.ravel()])
    axes.pcolormesh(p, importance, image.reshape(*labels.shape, 3), rasterized=True)
    _set_scales(axes, p, importance)


def _edges(diagram: PhaseDiagram) -> tuple[FloatArray, FloatArray]:
    """Return the edges of the cells, with their values in the middle on a logarithmic scale."""
    edges = []
    for axis in (diagram.optimum.columns, diagram.optimum.rows):
        logs = np.log(np.array(axis.values))
        half = (logs[1] - logs[0]) / 2
        edges.append(np.exp(np.append(logs - half, logs[-1] + half)))
    return edges[0], edges[1]


def _set_scales(axes: Axes, p: FloatArray, importance: FloatArray) -> None:
    """Make both axes logarithmic, with plain numbers."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes.set(xscale="log", yscale="log", xlim=p[[0, -1]], ylim=importance[[0, -1]])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())


def _draw_lines(axes: Axes, curves: Curves, orders: tuple[str, ...]) -> None:
    """Draw the lines of some orders, the first order lowest."""
    for order in orders:
        for curve in curves.curves:
            if curve.order == order:
                _draw_line(axes, curve)


def _draw_line(axes: Axes, curve: Curve) -> None:
    axes.plot(curve.densities, curve.importances, scalex=False, scaley=False, **_LINES[curve.order])


def _draw_marks(axes: Axes, marks: list[Mark], size: float) -> None:
    """Draw special points."""
    for mark in marks:
        place = mark.density, mark.importance
        axes.plot(*place, markersize=size, zorder=5, **_MARK, **_MARKS[mark.kind])


def _outline(
    axes: Axes, inside: npt.NDArray[np.bool_], p: FloatArray, importance: FloatArray
) -> None:
    """Draw the edges between cells that are inside and those that are not."""
    from matplotlib.collections import LineCollection

    rows, columns = np.nonzero(inside[:, 1:] != inside[:, :-1])
    upright = [
        ((p[j + 1], importance[i]), (p[j + 1], importance[i + 1]))
        for i, j in zip(rows, columns, strict=True)
    ]
    rows, columns = np.nonzero(inside[1:] != inside[:-1])
    level = [
        ((p[j], importance[i + 1]), (p[j + 1], importance[i + 1]))
        for i, j in zip(rows, columns, strict=True)
    ]
    axes.add_collection(
        LineCollection([*upright, *level], colors=PARTING, linewidths=0.9, capstyle="projecting")
    )


def _phase_handles(colours: dict[str, str]) -> list[Any]:
    """Return what the legend says of colours."""
    from matplotlib.patches import Patch

    named = [name for name, colour in colours.items() if colour != REST]
    handles = [
        Patch(facecolor=colours[name], edgecolor=GREY, linewidth=0.4, label=name) for name in named
    ]
    others = len(colours) - len(named)
    if others:
        handles.append(Patch(color=REST, label=f"{others} other phase{'s' * (others > 1)}"))
    return handles


def _line_handles(curves: Curves | None) -> list[Any]:
    """Return what the legend says of lines, points and the outline."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    outline = Patch(facecolor="#243B6E", edgecolor=PARTING, label="white outline: phases differ")
    if curves is None:
        return [outline]
    orders = {curve.order for curve in curves.curves}
    kinds = {mark.kind for mark in curves.marks}
    lines = [
        Line2D([], [], **style, label=_MEANINGS[order])
        for order, style in _LINES.items()
        if order in orders
    ]
    marks = [
        Line2D([], [], **_MARK, **style, markersize=4, label=_MEANINGS[kind])
        for kind, style in _MARKS.items()
        if kind in kinds
    ]
    return [*lines, outline, *marks]
