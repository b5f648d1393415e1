"""Pictures of a classification: each kind of component, and the graph of all features."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_numerics.recognition import Component

from ..figures import BLUE, GREY, ORANGE, STYLE, save
from .report import Classification, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_PANELS = 12
_MOST_LABELS = 40


def classification_figures(classification: Classification, directory: Path) -> tuple[Path, ...]:
    """Draw geometries.pdf and graph.pdf, and both as .png.

    `geometries` has a panel for each kind of component, the largest first, at most 12: arrows for
    up to two dimensions, the edges of the convex hull for three, the matrix of cosines for more.
    `graph` joins features whose cosine is not 0, as wide as it is large.

    Parameters
    ----------
    classification : Classification
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
        kinds = sorted(classification.kinds, key=lambda kind: -kind[0].size)[:_MOST_PANELS]
        written: list[Path] = []
        if kinds:
            columns = min(len(kinds), 4)
            rows = math.ceil(len(kinds) / columns)
            figure = Figure(figsize=(2.2 * columns, 2.5 * rows), layout="constrained")
            for place, (component, copies) in enumerate(kinds, start=1):
                drawn = _coordinates(classification, component)
                spatial = component.dimension == 3
                axes: Any = figure.add_subplot(
                    rows, columns, place, projection="3d" if spatial else None
                )
                _draw(axes, drawn, component)
                heading = title(component).replace(" (", "\n(")
                axes.set_title(heading + (f"\n{copies} copies" if copies > 1 else ""), fontsize=7)
            written += save(figure, directory / "geometries")
        figure = Figure(figsize=(5.0, 5.0), layout="constrained")
        draw_graph(figure.subplots(), classification)
        written += save(figure, directory / "graph")
    return tuple(written)


def _coordinates(classification: Classification, component: Component) -> FloatArray:
    """Return unit vectors of a component in as many coordinates as it has dimensions."""
    columns = classification.vectors[:, list(component.features)]
    unit = columns / np.linalg.norm(columns, axis=0)
    _, values, basis = np.linalg.svd(unit, full_matrices=False)
    kept = max(component.dimension, 1)
    return np.asarray(values[:kept, None] * basis[:kept])


def _draw(axes: Any, vectors: FloatArray, component: Component) -> None:
    """Draw one component, by its dimension."""
    if len(vectors) > 3:
        _draw_cosines(axes, vectors, component)
    elif len(vectors) == 3:
        _draw_space(axes, vectors)
    else:
        _draw_plane(axes, vectors)


def _draw_plane(axes: Axes, vectors: FloatArray) -> None:
    """Draw arrows in the unit disc."""
    x = vectors[0]
    y = vectors[1] if len(vectors) > 1 else np.zeros_like(x)
    angle = np.linspace(0, 2 * np.pi, 200)
    axes.plot(np.cos(angle), np.sin(angle), color=GREY, linewidth=0.5)
    axes.quiver(
        np.zeros_like(x),
        np.zeros_like(y),
        x,
        y,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.012,
        color=BLUE,
    )
    if len(x) > 2:
        order = np.argsort(np.arctan2(y, x))
        around = np.append(order, order[0])
        axes.plot(x[around], y[around], color=ORANGE, linewidth=0.8)
    axes.set_xlim(-1.1, 1.1)
    axes.set_ylim(-1.1, 1.1)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_space(axes: Any, vectors: FloatArray) -> None:
    """Draw the points and the edges of their convex hull."""
    for i, j in hull_edges(vectors.T):
        axes.plot(*vectors[:, [i, j]], color=ORANGE, linewidth=0.9)
    axes.scatter(*vectors, color=BLUE, s=14, depthshade=True)
    axes.set(xlim=(-0.9, 0.9), ylim=(-0.9, 0.9), zlim=(-0.9, 0.9))
    axes.set_box_aspect((1, 1, 1), zoom=1.35)
    axes.view_init(elev=18, azim=32)
    axes.set_axis_off()


def hull_edges(points: FloatArray) -> list[tuple[int, int]]:
    """Return the edges of the convex hull of points in space.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        n >= 4, not in one plane.

    Returns
    -------
    list of (int, int)
        Edges between facets whose normals differ by more than a tenth of a radian: noise tilts the
        triangles into which a face falls apart.
    """
    from scipy.spatial import ConvexHull

    hull = ConvexHull(points)
    edges = set()
    for facet, corners in enumerate(hull.simplices):
        for place, neighbour in enumerate(hull.neighbors[facet]):
            if hull.equations[facet, :3] @ hull.equations[neighbour, :3] < np.cos(0.1):
                i, j = sorted(int(c) for k, c in enumerate(corners) if k != place)
                edges.add((i, j))
    return sorted(edges)


def _draw_cosines(axes: Axes, vectors: FloatArray, component: Component) -> None:
    """Draw the matrix of cosines, features in the order of the first one's relations."""
    cosines = vectors.T @ vectors
    order = np.arange(cosines.shape[0])
    if component.closure is not None and component.closure.order == len(order):
        order = np.lexsort((order, component.closure.relation[0]))
    axes.imshow(
        cosines[np.ix_(order, order)], cmap="PuOr", vmin=-1, vmax=1, interpolation="nearest"
    )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel(f"{component.size} vectors, {component.dimension} dimensions", fontsize=6)


def draw_graph(axes: Axes, classification: Classification) -> None:
    """Draw the features of each component on a circle, joined where they interfere."""
    recognition = classification.recognition
    groups = [list(component.features) for component in recognition.components]
    groups += [[feature] for feature in recognition.zero_features]
    side = math.ceil(math.sqrt(max(len(groups), 1)))
    norms = np.linalg.norm(classification.vectors, axis=0)
    total = sum(map(len, groups))
    for place, group in enumerate(groups):
        row, column = divmod(place, side)
        members = _around(classification.vectors[:, group], group)
        angle = 2 * np.pi * np.arange(len(members)) / len(members) + np.pi / 2
        radius = 0.36 if len(members) > 1 else 0.0
        x, y = column + radius * np.cos(angle), -row + radius * np.sin(angle)
        _join(axes, classification.vectors[:, members], x, y)
        zero = norms[members] <= 0.05 * norms.max(initial=0.0)
        axes.scatter(
            x, y, s=16, zorder=3, c=np.where(zero, "white", GREY), edgecolors=GREY, linewidths=0.6
        )
        if total <= _MOST_LABELS:
            for feature, left, top, turn in zip(members, x, y, angle, strict=True):
                axes.annotate(
                    str(feature),
                    (left, top),
                    textcoords="offset points",
                    ha="center",
                    va="center",
                    fontsize=6,
                    xytext=(7 * np.cos(turn), 7 * np.sin(turn)),
                )
    axes.set_xlim(-0.6, side - 0.4)
    axes.set_ylim(-math.ceil(len(groups) / side) + 0.4, 0.6)
    axes.set_aspect("equal")
    axes.axis("off")
    lines = [axes.plot([], [], color=colour)[0] for colour in (BLUE, ORANGE)]
    axes.legend(
        lines,
        ["cosine > 0", "cosine < 0"],
        loc="upper center",
        ncols=2,
        bbox_to_anchor=(0.5, 0.02),
        fontsize=7,
    )


def _around(vectors: FloatArray, members: list[int]) -> list[int]:
    """Return features in the order of their angles in the plane that holds most of them."""
    if len(members) < 3:
        return members
    basis = np.linalg.svd(vectors, full_matrices=False)[2]
    return [members[k] for k in np.argsort(np.arctan2(basis[1], basis[0]))]


def _join(axes: Axes, vectors: FloatArray, x: FloatArray, y: FloatArray) -> None:
    """Draw the edges of one component, as wide as their cosines."""
    from matplotlib.collections import LineCollection

    norms = np.linalg.norm(vectors, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = np.nan_to_num((vectors / norms).T @ (vectors / norms))
    first, second = np.nonzero(np.triu(np.abs(cosines) > 0.05, 1))
    values = cosines[first, second]
    ends = np.stack(
        (np.column_stack((x[first], y[first])), np.column_stack((x[second], y[second])))
    )
    axes.add_collection(
        LineCollection(
            list(ends.transpose(1, 0, 2)),
            colors=np.where(values > 0, BLUE, ORANGE).tolist(),
            linewidths=(1.6 * np.abs(values)).tolist(),
            zorder=1,
        )
    )
