"""Names of phases: which features are dropped, alone, or share directions, and in which shape.

Names are words for people; every threshold that a name rests on is a constant here, and a `Phase`
carries the decisions with their margins.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import networkx
import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..decisions import Decision
from ..matrices import FloatArray

DROPPED = 1e-3  # |w_i| up to this: not represented
ORTHOGONAL = 1e-3  # |cos| up to this: no interference
PARALLEL = 1e-6  # second over first eigenvalue of a component up to this: on a line
# Shorter over longer norm up to this: a weak shape. For n = 2, m = 1 the ratio of the weak pair
# rises to 0.5636 where the line weak | strong ends (I = 1, p = 0.7064), and that of the strong pair
# falls to 0.5853 on its boundary with the dropped feature (p = 0.01): the threshold is between. The
# gap was measured without a penalty; under one the ratio may pass the threshold continuously.
EQUAL_NORMS = 0.575
_POLYGONS = {3: "triangle", 4: "quadrilateral", 5: "pentagon", 6: "hexagon"}


@dataclass(frozen=True)
class Component:
    """Features that interfere with each other, directly or through others.

    Attributes
    ----------
    shape : str
        "dropped", "dedicated", "antipodal pair", "weak antipodal pair", "triangle", ...
    features : tuple of int
        From 0; a dropped feature is a component of its own.

    Examples
    --------
    >>> from superposition_numerics.landscape import phase_of
    >>> phase_of([[1, -1, 0]]).components
    (Component(shape='antipodal pair', features=(0, 1)), Component(shape='dropped', features=(2,)))
    """

    shape: str
    features: tuple[int, ...]

    @property
    def name(self) -> str:
        """The features, counted from 1, and the shape."""
        who = f"feature{'s' if len(self.features) > 1 else ''} "
        who += ", ".join(str(i + 1) for i in self.features)
        return (
            f"{who} {self.shape.removeprefix(f'{len(self.features)} ').removeprefix('features ')}"
        )


@dataclass(frozen=True)
class Phase:
    """The shape of a solution in words, and what the words rest on.

    Attributes
    ----------
    components : tuple of Component
        Largest first, then by first feature; dropped features last.
    decisions : tuple of Decision
        One for every comparison with a threshold.

    Examples
    --------
    >>> from superposition_numerics.landscape import phase_of
    >>> phase = phase_of([[1, -1, 0, 0, 0], [0, 0, 1, -1, 0]])
    >>> phase.kind
    '2 antipodal pairs + 1 dropped'
    >>> phase.name
    'features 1, 2 antipodal pair; features 3, 4 antipodal pair; feature 5 dropped'
    """

    components: tuple[Component, ...]
    decisions: tuple[Decision, ...]

    @property
    def kind(self) -> str:
        """The shapes with their numbers, whichever the features are."""
        counts = Counter(c.shape for c in self.components)
        if len(counts) == 1 and len(self.components) == 1:
            return self.components[0].shape
        return " + ".join(_counted(shape, count) for shape, count in counts.items())

    @property
    def name(self) -> str:
        """The shapes with their features, counted from 1."""
        return "; ".join(component.name for component in self.components)

    @property
    def margin(self) -> float:
        """The least margin of a decision: near 0 the name is arbitrary."""
        return min(decision.margin for decision in self.decisions)

    @property
    def dropped(self) -> tuple[int, ...]:
        """The dropped features, from 0."""
        return tuple(c.features[0] for c in self.components if c.shape == "dropped")


def _counted(shape: str, count: int) -> str:
    """Return a shape with its number: "2 antipodal pairs"."""
    if shape in ("dropped", "dedicated"):
        return f"{count} {shape}"
    if count == 1:
        return shape
    return f"{count} x {shape}" if shape[0].isdigit() else f"{count} {shape}s"


def phase_of(W: npt.ArrayLike) -> Phase:
    """Name the phase of a weight matrix.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features. The biases do not enter: which of a dropped feature's biases is
        right is a matter of the loss, not of the geometry.

    Returns
    -------
    Phase
        A feature with |w_i| <= `DROPPED` is dropped. The others are joined where
        |cos(w_i, w_j)| > `ORTHOGONAL`. A component of one is dedicated; two opposite ones are an
        antipodal pair; k >= 3 in a plane that are the corners of a convex polygon around the
        origin are a triangle, quadrilateral, pentagon, ...; more than that on a line, or two in
        the same direction, are collapsed; otherwise "k features in d dimensions". A pair or a
        triangle whose shortest over longest norm is at most `EQUAL_NORMS` is weak.

    Raises
    ------
    InputError
        If W is not a matrix of finite numbers.

    Examples
    --------
    >>> from superposition_numerics.landscape import phase_of
    >>> phase_of([[1.0, -0.4]]).kind, phase_of([[1.0, 1.0]]).kind
    ('weak antipodal pair', '2 collapsed')
    """
    W = np.asarray(W, dtype=np.float64)
    if W.ndim != 2 or not np.isfinite(W).all():
        raise InputError(f"W has shape {W.shape}; accepted: a matrix (m, n) of finite numbers")
    norms = np.sqrt((W**2).sum(axis=0))
    decisions = [
        Decision.at_most(float(norm), DROPPED, f"|w_{i + 1}|") for i, norm in enumerate(norms)
    ]
    kept = [i for i, decision in enumerate(decisions) if not decision.value]
    graph = networkx.empty_graph(kept)
    for a, i in enumerate(kept):
        for j in kept[a + 1 :]:
            cosine = abs(float(W[:, i] @ W[:, j])) / float(norms[i] * norms[j])
            decision = Decision.at_most(cosine, ORTHOGONAL, f"|cos(w_{i + 1}, w_{j + 1})|")
            decisions.append(decision)
            if not decision.value:
                graph.add_edge(i, j)
    components = []
    for members in networkx.connected_components(graph):
        features = tuple(sorted(members))
        shape, reasons = _shape(W[:, features])
        components.append(Component(shape, features))
        decisions.extend(reasons)
    components.sort(key=lambda c: (-len(c.features), c.shape, c.features))
    dropped = [Component("dropped", (i,)) for i in range(W.shape[1]) if i not in kept]
    return Phase(tuple(components + dropped), tuple(decisions))


def _shape(W: FloatArray) -> tuple[str, list[Decision]]:
    """Name one component, with the decisions of the name."""
    k = W.shape[1]
    if k == 1:
        return "dedicated", []
    values = np.linalg.eigvalsh(W @ W.T)[::-1]
    ranks = [
        Decision.at_most(max(float(v / values[0]), 0.0), PARALLEL, f"eigenvalue {d + 1} of {k}")
        for d, v in enumerate(values)
    ]
    rank = sum(decision.value is False for decision in ranks)
    if rank == 1:
        if k == 2 and W[:, 0] @ W[:, 1] < 0:
            return _by_norms("antipodal pair", W, ranks)
        return f"{k} collapsed", ranks
    if rank == 2 and k > 2 and _convex(W):
        name = _POLYGONS.get(k, f"{k}-gon")
        return _by_norms(name, W, ranks) if k == 3 else (name, ranks)
    return f"{k} features in {rank} dimensions", ranks


def _by_norms(name: str, W: FloatArray, decisions: list[Decision]) -> tuple[str, list[Decision]]:
    """Add "weak" where the norms are unequal."""
    norms = np.sqrt((W**2).sum(axis=0))
    ratio = Decision.at_most(float(norms.min() / norms.max()), EQUAL_NORMS, "ratio of norms")
    return (f"weak {name}" if ratio.value else name), [*decisions, ratio]


def _convex(W: FloatArray) -> bool:
    """Whether vectors in a plane are the corners of a convex polygon around the origin."""
    x, y = np.linalg.svd(W, full_matrices=False)[2][:2] * np.linalg.svd(W)[1][:2, None]
    order = np.argsort(np.arctan2(y, x))
    x, y = x[order], y[order]
    dx, dy = np.roll(x, -1) - x, np.roll(y, -1) - y
    around_origin = x * dy - y * dx
    turns = dx * np.roll(dy, -1) - dy * np.roll(dx, -1)
    return bool(np.all(around_origin > 0) and np.all(turns > 0))
