"""The curves of a phase diagram: where phases of the true optimum, and of the frozen theory, meet.

Curves without a closed form are exact at a few densities, and drawn as cubic splines of log I in
log p between them, there to about 3 in 1000 (and closer for p above 0.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from superposition_numerics.landscape import Setting, local_minima
from superposition_numerics.matrices import FloatArray
from superposition_theory.phases import (
    DENSITY,
    IMPORTANCE,
    Boundary,
    critical_importance,
    dropped_loss,
    frozen_boundaries,
    frozen_candidates,
    tricritical_points,
    triple_points,
)
from sympy import lambdify, oo

from ..boundaries import (
    Located,
    drop_to_pair,
    drop_weak_strong,
    pair_merges,
    polygons_cross,
    symmetric_to_asymmetric,
    weak_to_strong,
)

WITH_CURVES = ((2, 1), (3, 2))
STRONG = tuple(Fraction(k, 100) for k in (1, 3, 10, 20, 30, 40, 46, 51))
WEAK = tuple(Fraction(k, 1000) for k in (900, 930, 960, 980, 999))
MERGING = tuple(Fraction(k, 100) for k in (55, 60, 65, 70, 75, 80))
WEAK_STRONG = tuple(Fraction(k, 100) for k in (52, 54, 58, 63, 68))
_POINTS = 60
_CHECKED = 20  # points of a line that are compared with the best minimum
_SAME = 1e-10  # of the silent loss: a point of a line has the least loss up to this

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Curve:
    """A line in the plane of density and importance.

    Attributes
    ----------
    name : str
        The phases on its sides.
    order : str
        "first", "second" or "frozen" (of the frozen theory, where all are of first order).
    densities, importances : ndarray
    """

    name: str
    order: str
    densities: FloatArray
    importances: FloatArray

    @property
    def mirrored(self) -> Curve:
        """The line with the two features of n = 2 exchanged: I becomes 1/I."""
        return Curve(self.name, self.order, self.densities, 1 / self.importances)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON data."""
        return {
            "name": self.name,
            "order": self.order,
            "densities": self.densities.tolist(),
            "importances": self.importances.tolist(),
        }


@dataclass(frozen=True)
class Mark:
    """A special point of the plane: "tricritical", "triple", "end of a line" or "frozen triple"."""

    kind: str
    density: float
    importance: float

    @property
    def mirrored(self) -> Mark:
        """The point with the two features of n = 2 exchanged."""
        return Mark(self.kind, self.density, 1 / self.importance)


@dataclass(frozen=True, eq=False)
class Curves:
    """All lines and special points of a diagram.

    Attributes
    ----------
    curves : tuple of Curve
    marks : tuple of Mark
    strong, merging, weak, weak_strong : mapping of Fraction to Located
        By density, the importances at which dropping gives way to a strong pair, continuously to a
        weak one (in floats; I_c(p) is exact), to a weak one by a jump, and a weak pair to a strong
        one.
    points : tuple of Located
        Special points without a closed form.
    """

    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...]
    strong: Mapping[Fraction, Located]
    merging: Mapping[Fraction, Located]
    weak: Mapping[Fraction, Located]
    weak_strong: Mapping[Fraction, Located]
    points: tuple[Located, ...]


def phase_curves(
    features: int,
    dims: int,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Curves | None:
    """Return the lines of the diagram of density and importance of the last feature.

    Parameters
    ----------
    features, dims : int
        n and m.
    executor : concurrent.futures.Executor, optional
    progress : callable, optional
        Called with "curves", points done and points in all.

    Returns
    -------
    Curves or None
        None unless (n, m) is (2, 1) or (3, 2). For (3, 2) the lines around the triangle are not
        known but for its point at I = 1, and the others end where it interferes.

    Examples
    --------
    >>> from superposition_proofs.phases.curves import phase_curves
    >>> phase_curves(5, 2) is None
    True
    """
    if (features, dims) not in WITH_CURVES:
        return None
    two = features == 2
    calls: list[Callable[[], Located]] = [
        symmetric_to_asymmetric,
        drop_weak_strong if two else partial(polygons_cross, "pair + 1 | triangle"),
        *(partial(drop_to_pair, p) for p in STRONG),
    ]
    if two:
        calls += [partial(_merging, p) for p in MERGING]
        calls += [partial(drop_to_pair, p) for p in WEAK]
        calls += [partial(weak_to_strong, p) for p in WEAK_STRONG]
    found = _computed(calls, executor, progress)
    points, rest = found[:2], iter(found[2:])
    strong = dict(zip(STRONG, rest, strict=False))
    merging = dict(zip(MERGING, rest, strict=False))
    weak = dict(zip(WEAK, rest, strict=False))
    weak_strong = dict(zip(WEAK_STRONG, rest, strict=False))
    if two:
        curves, marks = _of_two(strong, weak, weak_strong, points)
    else:
        strong = _undisturbed(strong, executor)
        curves, marks = _of_three(strong, points, executor)
    boundaries = frozen_boundaries(frozen_candidates(features, dims))
    frozen = [curve for boundary in boundaries for curve in _frozen(boundary)]
    corners = [Mark("frozen triple", float(p), float(i)) for p, i in triple_points(boundaries)]
    return Curves(
        (*curves, *frozen),
        (*marks, *corners),
        strong,
        merging,
        weak,
        weak_strong,
        tuple(points),
    )


def _merging(density: Fraction) -> Located:
    """Return where a weak pair and dropping merge, in floats."""
    return Located("drop | weak pair", "I", None, pair_merges(density))


def _computed(
    calls: Sequence[Callable[[], Located]], executor: Executor | None, progress: Progress | None
) -> list[Located]:
    """Carry out the calls, here or elsewhere."""
    pending = [executor.submit(call).result for call in calls] if executor else calls
    found: list[Located] = []
    if progress:
        progress("curves", 0, len(calls))
    for call in pending:
        found.append(call())
        if progress:
            progress("curves", len(found), len(calls))
    return found


def _of_two(
    strong: Mapping[Fraction, Located],
    weak: Mapping[Fraction, Located],
    weak_strong: Mapping[Fraction, Located],
    points: Sequence[Located],
) -> tuple[list[Curve], list[Mark]]:
    """Return the lines of two features in one dimension."""
    end, corner = float(points[0].value), points[1].exact
    assert corner is not None
    triple = float(corner["p"]), float(corner["I"])
    first, second = (
        tuple(float(low) for low, _ in point.bounds(digits=15)) for point in tricritical_points()
    )
    below = [
        _through("drop | strong pair", strong, [triple]),
        _soft("first", triple[0], first[0]),
        _soft("second", first[0], second[0]),
        _through("drop | weak pair", weak, [second]),
        _through("weak pair | strong pair", weak_strong, [triple, (end, 1.0)]),
    ]
    exchange = Curve("weak pair | weak pair", "first", np.array([end, 1.0]), np.ones(2))
    marks = [Mark("tricritical", *first), Mark("tricritical", *second), Mark("triple", *triple)]
    return (
        [*below, *(curve.mirrored for curve in below), exchange],
        [*marks, *(mark.mirrored for mark in marks), Mark("end of a line", end, 1.0)],
    )


def _of_three(
    strong: Mapping[Fraction, Located], points: Sequence[Located], executor: Executor | None
) -> tuple[list[Curve], list[Mark]]:
    """Return the lines of three features in two dimensions, as far as the triangle allows."""
    end, corner = (float(point.value) for point in points)
    above = np.geomspace(1.0, 10.0, _CHECKED)
    pair = local_minima(Setting(2, 1, end), starts=6)[0].loss
    kept = _are_least([(end, importance, pair) for importance in above], executor)
    curves = [
        _through("drop 3 | strong pair with 3", strong, []),
        Curve("strong pair | weak pair", "first", np.full(kept.sum(), end), above[kept]),
        Curve("pair with 3 | pair without 3", "first", np.array([0.01, corner]), np.ones(2)),
    ]
    return curves, [Mark("triple", corner, 1.0)]


def _undisturbed(
    strong: Mapping[Fraction, Located], executor: Executor | None
) -> dict[Fraction, Located]:
    """Return the points at which no model of three features in two dimensions has less loss."""
    places = []
    for p, point in strong.items():
        dropped = float(point.value * dropped_loss().subs(DENSITY, p))
        places.append((float(p), float(point.value), dropped))
    return dict(compress(strong.items(), _are_least(places, executor)))


def _are_least(
    places: Sequence[tuple[float, float, float]], executor: Executor | None
) -> npt.NDArray[np.bool_]:
    """Say at each (p, I, loss) whether three features in two dimensions have no smaller loss."""
    settings = [Setting(3, 2, p, (1.0, 1.0, importance)) for p, importance, _ in places]
    apply = executor.map if executor else map
    gaps = np.array([loss for *_, loss in places]) - np.array(list(apply(_least_loss, settings)))
    return np.asarray(gaps <= _SAME * np.array([setting.silent_loss for setting in settings]))


def _least_loss(setting: Setting) -> float:
    """Return the loss of the best minimum."""
    return local_minima(setting, starts=6)[0].loss


def _through(
    name: str,
    located: Mapping[Fraction, Located],
    ends: Sequence[tuple[float, ...]],
) -> Curve:
    """Return the line through located points and given ones."""
    known = [(float(p), float(point.value)) for p, point in located.items()]
    p, importance = np.log(np.array(sorted([*known, *ends]))).T
    fine = np.linspace(p[0], p[-1], _POINTS)
    return Curve(name, "first", np.exp(fine), np.exp(CubicSpline(p, importance)(fine)))


def _soft(order: str, start: float, stop: float) -> Curve:
    """Return a part of I_c(p), on which the dropped feature goes soft."""
    p = np.linspace(start, stop, 12)
    importances = [float(critical_importance(Fraction(x).limit_denominator(10**9))) for x in p]
    return Curve("drop | weak pair", order, p, np.array(importances))


def _frozen(boundary: Boundary) -> list[Curve]:
    """Return the pieces of a boundary of the frozen theory."""
    name = f"{boundary.first.name} | {boundary.second.name}"
    curves = []
    for low, high in boundary.extent:
        if boundary.variable == IMPORTANCE:
            p = np.linspace(max(float(low), 0.01), float(high), 4 * _POINTS)
            value = lambdify(DENSITY, boundary.value, "numpy")(p) * np.ones_like(p)
        else:
            value = np.geomspace(max(float(low), 0.1), 10.0 if high == oo else float(high), _POINTS)
            p = np.full(_POINTS, float(boundary.value))
        curves.append(Curve(name, "frozen", p, value))
    return curves
