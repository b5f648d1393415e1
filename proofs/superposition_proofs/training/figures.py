"""Pictures of a run: what was learned, and the way there."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from superposition_numerics.matrices import FloatArray

from ..figures import BLUE, GREY, ORANGE, STYLE, save
from .learned import Learned
from .report import TrainingReport
from .wording import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_PANELS = 12
_COLUMNS, _MOST_COLUMNS = 4, 6  # of panels; the second where each is a setting
_MOST_LABELS = 12
_MOST_DRAWN = 100  # curves of a panel that are drawn as lines in a .pdf, not as an image
# Features alone, of a tetrahedron, triangle, digon, pentagon and square antiprism.
_LEVELS = {"1": 1, "3/4": 3 / 4, "2/3": 2 / 3, "1/2": 1 / 2, "2/5": 2 / 5, "3/8": 3 / 8}


def training_figures(report: TrainingReport, directory: Path) -> tuple[Path, ...]:
    """Draw geometry, dimensionality, spectrum and losses, each as .pdf and .png.

    `geometry` and `dimensionality` have a panel for each instance, the best first, at most 12: of
    several settings the best of each, then the second best, and so on. `geometry` shows the columns
    of W for up to three dimensions, W^T W beside the squared norms for more (in the order of
    `shown_order`). `dimensionality` shows D_i over the steps with the levels of common geometries,
    and marks the jumps. `spectrum` shows eigenvalues, capacity and localization of the best
    instance of each setting.

    Parameters
    ----------
    report : TrainingReport
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

    with matplotlib.rc_context(STYLE):
        written = _panels(report, directory / "geometry", draw_geometry, 1.9)
        written += _panels(report, directory / "dimensionality", draw_dimensionality, 1.6)
        written += _spectrum(report, directory / "spectrum")
        written += _losses(report, directory / "losses")
    return tuple(written)


def chosen(report: TrainingReport) -> tuple[Learned, ...]:
    """Return the instances that have panels: whole ranks of all settings where they fit."""
    settings = len(report.settings)
    most = _MOST_PANELS // settings * settings if settings <= _MOST_PANELS else _MOST_PANELS
    return report.instances[:most]


def _panels(report: TrainingReport, stem: Path, draw: Any, height: float) -> list[Path]:
    """Draw a panel for each chosen instance; with few settings a column for each of them."""
    from matplotlib.figure import Figure

    shown = chosen(report)
    settings = len(report.settings)
    columns = settings if 1 < settings <= _MOST_COLUMNS else min(len(shown), _COLUMNS)
    rows = math.ceil(len(shown) / columns)
    spatial = draw is draw_geometry and len(shown[0].W) == 3
    figure = Figure(figsize=(2.2 * columns, (height + 0.4) * rows), layout="constrained")
    for place, learned in enumerate(shown, start=1):
        axes: Any = figure.add_subplot(rows, columns, place, projection="3d" if spatial else None)
        draw(axes, report, learned)
        axes.set_title(_heading(report, learned), fontsize=6)
    return save(figure, stem)


def _heading(report: TrainingReport, learned: Learned) -> str:
    """Return the setting where there are several, seed, loss and geometry."""
    several = len(report.settings) > 1
    lines = [describe(report.settings)[learned.setting]] if several else []
    exact = learned.exact_loss
    loss = f"loss about {learned.loss:.3g}" if exact is None else f"loss {exact:.4g}"
    lines.append(f"seed {learned.instance.seed}, {loss}")
    lines.append(learned.geometry if learned.ending != "diverged" else "diverged")
    return "\n".join(_wrapped(line) for line in lines)


def _wrapped(text: str) -> str:
    """Return a line broken before it is wider than a panel, and cut after two."""
    return "\n".join(textwrap.wrap(text, 46, max_lines=2, placeholder=" ..."))


def draw_geometry(axes: Any, _report: TrainingReport, learned: Learned) -> None:
    """Draw the features of one instance, by the dimensions."""
    if len(learned.W) > 3:
        _draw_gram(axes, learned)
    elif len(learned.W) == 3:
        _draw_space(axes, learned.W)
    else:
        _draw_plane(axes, learned.W)


def _draw_plane(axes: Axes, W: FloatArray) -> None:
    """Draw the columns of W as arrows, beside the unit circle."""
    x = W[0]
    y = W[1] if len(W) > 1 else np.zeros_like(x)
    angle = np.linspace(0, 2 * np.pi, 200)
    axes.plot(np.cos(angle), np.sin(angle), color=GREY, linewidth=0.4, linestyle=":")
    axes.quiver(
        np.zeros_like(x),
        np.zeros_like(y),
        x,
        y,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.015,
        color=_colours(W.shape[1]),
    )
    reach = 1.25 * max(1.0, float(np.hypot(x, y).max()))
    if W.shape[1] <= _MOST_LABELS:
        for i, (right, up) in enumerate(zip(x, y, strict=True)):
            norm = float(np.hypot(right, up))
            away = 1 + 0.11 * reach / max(norm, 1e-3)
            if norm > 0.1:
                axes.annotate(
                    str(i), (right * away, up * away), ha="center", va="center", fontsize=6
                )
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_space(axes: Any, W: FloatArray) -> None:
    """Draw the columns of W as points on stalks."""
    colours = _colours(W.shape[1])
    for (x, y, z), colour in zip(W.T, colours, strict=True):
        axes.plot([0, x], [0, y], [0, z], color=colour, linewidth=1.0)
    axes.scatter(*W, c=colours, s=12, depthshade=False)
    if W.shape[1] <= _MOST_LABELS:
        for i, (x, y, z) in enumerate(1.15 * W.T):
            axes.text(x, y, z, str(i), fontsize=6, ha="center", va="center")
    reach = 0.85 * max(float(np.sqrt((W**2).sum(axis=0)).max()), 1e-3)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), zlim=(-reach, reach))
    axes.set_box_aspect((1, 1, 1), zoom=1.2)
    axes.view_init(elev=18, azim=32)
    axes.tick_params(labelbottom=False, labelleft=False, labelright=False, length=0)


def _draw_gram(axes: Axes, learned: Learned) -> None:
    """Draw W^T W, and the squared norms beside it."""
    W = learned.W[:, shown_order(learned)]
    axes.imshow(W.T @ W, cmap="PuOr", vmin=-1, vmax=1, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(f"{W.shape[1]} of {learned.W.shape[1]} features", fontsize=6)
    bars = axes.inset_axes((1.03, 0, 0.22, 1))
    bars.barh(np.arange(W.shape[1]), (W**2).sum(axis=0), height=1.0, color=BLUE)
    bars.set_ylim(W.shape[1] - 0.5, -0.5)
    bars.set_yticks([])
    bars.tick_params(labelsize=5)
    bars.set_xlabel(r"$\|w_i\|^2$", fontsize=6)


def shown_order(learned: Learned) -> list[int]:
    """Return the features of a matrix of inner products in their order.

    Of equally important features those that are represented, each followed by the one of the rest
    that interferes with it most; all in their own order where importances differ.
    """
    if not isinstance(learned.instance.importance, float):
        return list(range(learned.W.shape[1]))
    overlap = abs(learned.W.T @ learned.W)
    rest = np.flatnonzero(learned.represented).tolist()
    order: list[int] = []
    while rest:
        order.append(max(rest, key=lambda i: overlap[order[-1], i]) if order else rest[0])
        rest.remove(order[-1])
    return order


def draw_dimensionality(axes: Axes, report: TrainingReport, learned: Learned) -> None:
    """Draw D_i over the steps of one instance, with levels and jumps."""
    trace = report.trace
    values = trace.dimensionality[:, learned.number]
    end = int(trace.steps[-1])
    for name, level in _LEVELS.items():
        axes.axhline(level, color=GREY, linewidth=0.3, linestyle="--", zorder=0)
        right = 1.09 if name == "3/8" else 1.01  # beside 2/5, which is close
        axes.text(right * end, level, name, fontsize=5, va="center", color=GREY)
    many = values.shape[1] > _MOST_DRAWN
    for curve, colour in zip(values.T, _colours(values.shape[1]), strict=True):
        axes.plot(trace.steps, curve, color=colour, linewidth=0.7, alpha=0.8, rasterized=many)
    for jump in report.jumps:
        if jump.instance == learned.number:
            axes.plot(
                (jump.before, jump.after),
                (jump.origin, jump.target),
                color=ORANGE,
                marker="o",
                markersize=2.5,
                linewidth=1.2,
                zorder=3,
            )
    axes.set(xlim=(0, end), ylim=(-0.03, 1.06))
    axes.set_xlabel("step", fontsize=6)
    axes.set_ylabel("$D_i$", fontsize=7)
    axes.tick_params(labelsize=6)
    axes.xaxis.set_major_locator(_few_ticks())


def _spectrum(report: TrainingReport, stem: Path) -> list[Path]:
    """Draw eigenvalues, capacity and localization of the best instance of each setting."""
    from matplotlib.figure import Figure

    best = [learned for learned in report.instances if learned.rank == 1]
    figure = Figure(figsize=(7.0, 2.3), layout="constrained")
    eigenvalues, capacity, localization = figure.subplots(1, 3)
    trace = report.trace
    for learned, colour in zip(best, _colours(len(best)), strict=True):
        k = learned.number
        eigenvalues.plot(trace.steps, trace.eigenvalues[:, k], color=colour, linewidth=0.8)
        capacity.plot(trace.steps, trace.capacity[:, k], color=colour, linewidth=1.0)
        spread = np.median(trace.spread[:, k][:, learned.represented], axis=1)
        localization.plot(trace.steps, spread, color=colour, linewidth=1.0)
    dimensions = report.run.plan.problem.model.dimensions
    capacity.axhline(dimensions, color=GREY, linewidth=0.4, linestyle="--")
    eigenvalues.set_ylabel(r"eigenvalues of $WW^{\mathsf{T}}$")
    capacity.set_ylabel(r"capacity $\sum_i D_i$")
    localization.set_ylabel("spread over eigenspaces\n(median; 0: localized)")
    for axes in (eigenvalues, capacity, localization):
        axes.set_xlabel("step")
        axes.set_ylim(0, 1.05 * axes.get_ylim()[1])
        axes.xaxis.set_major_locator(_few_ticks())
    _legend(figure, report)
    return save(figure, stem)


def _losses(report: TrainingReport, stem: Path) -> list[Path]:
    """Draw the losses of all instances, the best of each setting in bold."""
    from matplotlib.figure import Figure

    run = report.run
    figure = Figure(figsize=(4.6, 2.8), layout="constrained")
    axes = figure.subplots()
    colours = _colours(len(report.settings))
    for learned in reversed(report.instances):
        best = learned.rank == 1
        axes.plot(
            run.steps,
            run.losses[:, learned.number],
            color=colours[learned.setting],
            linewidth=1.3 if best else 0.5,
            alpha=1.0 if best else 0.5,
            zorder=3 if best else 2,
        )
    if run.losses.max() >= 10 * run.losses.min() > 0:
        axes.set_yscale("log")
    kind = "batch means" if report.sampled else "exact"
    axes.set(xlabel="step", ylabel=f"loss ({kind}, mean between records)")
    _legend(figure, report)
    return save(figure, stem)


def _legend(figure: Any, report: TrainingReport) -> None:
    """Name the settings, where they are few and several."""
    from matplotlib.lines import Line2D

    settings = report.settings
    if 1 < len(settings) <= _MOST_PANELS:
        handles = [
            Line2D([], [], color=colour, label=label)
            for label, colour in zip(describe(settings), _colours(len(settings)), strict=True)
        ]
        figure.legend(handles=handles, loc="outside lower center", fontsize=6, ncols=2)


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4, integer=True)


def _colours(count: int) -> Sequence[Any]:
    """Return colours from dark to light of a perceptually even scale; one is blue."""
    import matplotlib

    if count == 1:
        return [BLUE]
    return [matplotlib.colormaps["viridis"](0.9 * k / (count - 1)) for k in range(count)]
