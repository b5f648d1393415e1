"""Pictures: the geometry of a weight matrix, and the graph of the claims."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from superposition_numerics.spectral import SpectralAnalysis

from .diagnosis import Diagnosis
from .files import write_file
from .ledger import STATUS_COLOURS, Registry, Status, text_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

# Okabe and Ito's colours, which colour-blind readers can tell apart.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#767676"
_LEGIBLE_LINES = 12
STYLE: Any = {
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "legend.frameon": False,
    "figure.dpi": 200,
    "savefig.bbox": "tight",
    "svg.hashsalt": "superposition",
    "pdf.fonttype": 42,
}


def diagnosis_figures(diagnosis: Diagnosis, directory: Path) -> tuple[Path, ...]:
    """Draw the three pictures of a diagnosis, and an overview, as PDF and PNG.

    Parameters
    ----------
    diagnosis : Diagnosis
    directory : Path
        Existing.

    Returns
    -------
    tuple of Path
        dimensionality, spectrum, localization and overview, each .pdf and .png.

    Raises
    ------
    InputError
        A file cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    panels: dict[str, Callable[[Axes, SpectralAnalysis], None]] = {
        "dimensionality": draw_dimensionality,
        "spectrum": draw_spectrum,
        "localization": draw_localization,
    }
    written: list[Path] = []
    with matplotlib.rc_context(STYLE):
        for name, draw in panels.items():
            figure = Figure(figsize=(3.4, 2.6), layout="constrained")
            axes = figure.subplots()
            draw(axes, diagnosis.analysis)
            written += save(figure, directory / name)
        figure = Figure(figsize=(10.2, 2.8), layout="constrained")
        for axes, draw in zip(figure.subplots(1, 3), panels.values(), strict=True):
            draw(axes, diagnosis.analysis)
        written += save(figure, directory / "overview")
    return tuple(written)


def save(figure: Any, stem: Path) -> list[Path]:
    """Write a figure as PDF and PNG, without a date."""
    paths = []
    for suffix in (".pdf", ".png"):
        metadata = {"CreationDate": None} if suffix == ".pdf" else None

        def write(path: Path, metadata: dict[str, None] | None = metadata) -> None:
            figure.savefig(path, metadata=metadata)

        paths.append(write_file(stem.with_suffix(suffix), write))
    return paths


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _unit(exponent: int, power: int) -> tuple[float, str]:
    """Return the factor from scaled to shown units, and what to add to the axis label."""
    if abs(power * exponent) <= 900:
        return 2.0 ** (power * exponent), ""
    return 1.0, rf" ($/\,2^{{{power * exponent}}}$)"


def draw_dimensionality(axes: Axes, analysis: SpectralAnalysis) -> None:
    """Draw D against the squared norm, with the line of slope 1/eigenvalue of each eigenspace."""
    table = analysis.feature_table
    shown = table.norms_scaled > 0
    factor, note = _unit(analysis.exponent, 2)
    squares = table.norms_scaled[shown] ** 2 * factor
    d = table.fractional_dimensionality[shown]
    right = 1.05 * float(squares.max(initial=0.0)) or 1.0
    eigenvalues = [space.eigenvalue_scaled * factor for space in analysis.eigenspaces]
    few = len(eigenvalues) <= _LEGIBLE_LINES
    for k, eigenvalue in enumerate(eigenvalues):
        end = min(right, eigenvalue)
        label = None
        if few:
            multiplicity = analysis.eigenspaces[k].multiplicity
            label = rf"$\lambda$ = {eigenvalue:.3g} ($\times {multiplicity}$)"
        axes.plot(
            [0, end],
            [0, end / eigenvalue],
            color=_colour(k, len(eigenvalues)) if few else GREY,
            linewidth=1.0 if few else 0.3,
            alpha=1.0 if few else 0.35,
            label=label,
            zorder=1,
        )
    dominant = table.dominant[shown]
    colours = [_colour(k, len(eigenvalues)) if few and k >= 0 else BLUE for k in dominant]
    axes.scatter(
        squares,
        d,
        s=12 if d.size <= 500 else 2,
        c=colours,
        linewidths=0,
        alpha=0.9 if d.size <= 500 else 0.35,
        rasterized=d.size > 2000,
        zorder=2,
    )
    axes.set(
        xlim=(0, right),
        ylim=(0, 1.05 * (float(d.max(initial=0.0)) or 1.0)),
        xlabel=rf"squared norm $\|w_i\|^2${note}",
        ylabel=r"fractional dimensionality $D_i$",
    )
    axes.set_title(
        f"capacity {analysis.capacity:.4g} of rank {analysis.rank}", fontsize=8, loc="left"
    )
    if few and eigenvalues:
        axes.legend(fontsize=6, loc="best", handlelength=1.2)


def _colour(k: int, count: int) -> str:
    """Return the colour of eigenspace k: dark to light of a perceptually even scale."""
    import matplotlib
    from matplotlib.colors import to_hex

    return to_hex(matplotlib.colormaps["cividis"](0.85 * k / max(count - 1, 1)))


def draw_spectrum(axes: Axes, analysis: SpectralAnalysis) -> None:
    """Draw the eigenvalues of F, and each eigenspace of several as a bar with its dimension.

    A bar is dotted where its eigenvalues only neighbour by neighbour cannot be told apart.
    """
    factor, note = _unit(analysis.exponent, 2)
    single = analysis.spectrum.eigenvalues[: analysis.rank] * factor
    axes.scatter(np.arange(1, analysis.rank + 1), single, s=6, color=BLUE, linewidths=0, zorder=3)
    start = 0
    for space in analysis.eigenspaces:
        value = space.eigenvalue_scaled * factor
        stop = start + space.multiplicity
        if space.multiplicity > 1:
            axes.plot(
                [start + 0.5, stop + 0.5],
                [value, value],
                color=ORANGE,
                linewidth=2.2,
                linestyle=":" if space.chained else "-",
                solid_capstyle="butt",
            )
            if len(analysis.eigenspaces) <= _LEGIBLE_LINES:
                axes.annotate(
                    rf"$\times {space.multiplicity}$" + ("?" if space.chained else ""),
                    ((start + stop + 1) / 2, value),
                    xytext=(0, 4),
                    textcoords="offset points",
                    ha="center",
                    fontsize=7,
                )
        start = stop
    if analysis.eigenspaces:
        axes.set_xlim(0, analysis.rank + 1)
        if single[0] >= 10 * single[-1]:
            axes.set_yscale("log")
            axes.set_ylim(single[-1] / 2, single[0] * 2)
        else:
            axes.set_ylim(0, single[0] * 1.15)
    axes.set(
        xlabel=r"index $k$, by decreasing eigenvalue",
        ylabel=rf"eigenvalue of $F = WW^{{\mathsf{{T}}}}${note}",
    )
    axes.set_title(
        f"{_counted(len(analysis.eigenspaces), 'eigenspace')} in {analysis.dimensions} dimensions",
        fontsize=8,
        loc="left",
    )


def draw_localization(axes: Axes, analysis: SpectralAnalysis) -> None:
    """Draw how many eigenspaces each feature spreads over: the participation ratio."""
    from matplotlib.ticker import MaxNLocator

    table = analysis.feature_table
    shown = table.dominant >= 0
    ratios = table.participation_ratio[shown]
    spaces = max(len(analysis.eigenspaces), 1)
    bins = (
        np.arange(0.75, spaces + 0.75, 0.5) if spaces <= 20 else np.geomspace(1, spaces + 1e-9, 41)
    )
    axes.hist(np.maximum(ratios, 1.0), bins=bins.tolist(), color=BLUE)
    if spaces > 20:
        axes.set_xscale("log")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.axvline(1.0, color=ORANGE, linewidth=1.0, linestyle="--")
    axes.set(
        xlabel=r"eigenspaces per feature $1 / \sum_k p_{ik}^2$",
        ylabel="features",
    )
    localized = int(np.count_nonzero(table.localized))
    axes.set_title(
        f"{localized} of {analysis.represented} features localized", fontsize=8, loc="left"
    )


def _untangled(graph: nx.DiGraph) -> list[list[str]]:
    """Return the layers of a graph, each sorted by the mean place of what its claims touch."""
    layers = [sorted(layer) for layer in nx.topological_generations(graph.reverse())]
    links = nx.transitive_reduction(graph).to_undirected()
    for _ in range(8):
        for layer in (*layers, *reversed(layers)):
            place = {
                claim: -position + (len(other) - 1) / 2
                for other in layers
                for position, claim in enumerate(other)
            }

            def mean(claim: str, place: dict[str, float] = place) -> float:
                near = [place[other] for other in links[claim]]
                return -sum(near) / len(near) if near else -place[claim]

            layer.sort(key=mean)
    return layers


def claims_figure(registry: Registry, statuses: Mapping[str, Status], path: Path) -> Path:
    """Draw the graph of the claims as SVG, coloured by status.

    An arrow leads from a claim to one that it uses; arrows that follow from others are left out.

    Parameters
    ----------
    registry : Registry
    statuses : mapping of str to Status
    path : Path
        Ends in .svg.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        The file cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, Patch

    graph = registry.graph()
    layers = _untangled(graph)
    places = {
        claim: (depth, -position + (len(layer) - 1) / 2)
        for depth, layer in enumerate(layers)
        for position, claim in enumerate(layer)
    }
    tallest = max(len(layer) for layer in layers)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.2 * len(layers), 0.6 * tallest + 0.8))
        axes = figure.subplots()
        axes.set_xlim(-0.6, len(layers) - 0.4)
        axes.set_ylim(-tallest / 2 - 0.3, tallest / 2 + 0.3)
        axes.axis("off")

        def box(claim: str, zorder: float) -> Text:
            colour = STATUS_COLOURS[statuses[claim]]
            return axes.text(
                *places[claim],
                "\n".join(textwrap.wrap(claim.replace("-", " "), 24)),
                ha="center",
                va="center",
                fontsize=7,
                color=text_colour(colour),
                bbox={"boxstyle": "round,pad=0.4", "facecolor": colour, "edgecolor": "none"},
                zorder=zorder,
            )

        boxes = {claim: box(claim, 3) for claim in places}
        figure.draw_without_rendering()  # the boxes get their sizes, and the arrows end at them
        for user, used in nx.transitive_reduction(graph).edges:
            arrow = FancyArrowPatch(
                places[user],
                places[used],
                arrowstyle="-|>",
                mutation_scale=8,
                color=GREY,
                linewidth=0.8,
                patchA=boxes[user].get_bbox_patch(),
                patchB=boxes[used].get_bbox_patch(),
                shrinkA=5,
                shrinkB=5,
                zorder=4,
            )
            axes.add_patch(arrow)
        for claim in places:  # again, over the arrows that pass: an arrow ends outside its boxes
            box(claim, 5)
        present = [status for status in Status if status in set(statuses.values())]
        axes.legend(
            handles=[Patch(color=STATUS_COLOURS[s], label=str(s)) for s in present],
            loc="upper center",
            bbox_to_anchor=(0.5, 0.02),
            ncols=len(present),
        )

        def write(temporary: Path) -> None:
            figure.savefig(temporary, metadata={"Date": None})

        return write_file(path, write)
