"""Five and three features in two dimensions: where arrangements of polygons have equal loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
from superposition_numerics.landscape import (
    BranchPoint,
    Parameter,
    Setting,
    crossing,
    follow,
    phase_of,
)
from superposition_theory import InputError
from superposition_theory.phases import polygon_branch, polygon_crossing
from sympy import Rational

from .routes import Located, rational, solved, transition


@cache
def polygons_cross(name: str) -> Located:
    """Return the density at which two arrangements of polygons have equal loss, I = 1, m = 2.

    Parameters
    ----------
    name : str
        One of "pentagon | 2 pairs", "2 pairs | triangle" (n = 5; other features dropped) and
        "pair + 1 | triangle" (n = 3).

    Returns
    -------
    Located
        Of p.

    Raises
    ------
    InputError
        Another name.

    Examples
    --------
    >>> from superposition_proofs.boundaries import polygons_cross
    >>> str(polygons_cross("pair + 1 | triangle").value.round(11))
    '0.52183765907'
    """
    if name not in _POLYGON_LINES:
        raise InputError(f"name is {name!r}; accepted: {', '.join(map(repr, _POLYGON_LINES))}")
    line = _POLYGON_LINES[name]
    found, *points = transition(
        Setting(line.features, 2, line.low),
        Parameter("density"),
        line.low,
        line.high,
        lambda minimum: len(minimum.phase.components[0].features) == line.forms[0][0],
        steps=3,
    )
    forms, values = [], []
    for point, (corners, copies, dropped) in zip(points, line.forms, strict=True):
        at = _polygon_start(point)
        form = polygon_branch(corners, at, pieces=copies, dropped=dropped)
        forms.append(form)
        values += [*at.values(), *(np.cos(2 * np.pi / corners) for _ in form.constants)]
    exact = solved(polygon_crossing(*forms), [*values, found.value])
    return Located(name, "p", exact, found)


@cache
def sparser_feature(density: Fraction) -> Located:
    """Return how much sparser one of five features must be for two pairs to beat the pentagon.

    Five features in two dimensions, I = 1; features 2 to 5 have density p, feature 1 has ratio
    times p. The deformed pentagon and the two pairs that drop feature 1 are followed in it.

    Parameters
    ----------
    density : Fraction
        p, from 0.03 to 0.12.

    Returns
    -------
    Located
        Of the ratio, in floats only.

    Raises
    ------
    InputError
        A density at which the branches do not cross.

    References
    ----------
    Elhage et al. 2022, non-uniform superposition: "2.5 times" sparser at p = 0.05.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.boundaries import sparser_feature
    >>> str(sparser_feature(Fraction(1, 20)).value.round(6))
    '0.269081'
    """
    p = float(density)
    ratio = Parameter("ratio", 0)
    setting = Setting(5, 2, p)
    angles = 2 * np.pi * np.arange(5) / 5
    corners = 1.15 * np.array([np.cos(angles), np.sin(angles)])
    axes = [[0.0, 1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, -1.0]]
    low, high = 0.07 + 3 * p, 0.17 + 3 * p
    pentagon, pairs = (
        follow(setting.vary(ratio, start), ratio, W, biases, stop, steps=1)
        for start, stop, W, biases in (
            (high, low, corners, np.full(5, -0.25)),
            (low, high, axes, [low * p / 2, 0.0, 0.0, 0.0, 0.0]),
        )
    )
    found = crossing(pentagon, pairs, (low, high))
    return Located("pentagon | 2 pairs, one feature sparser", "ratio", None, found)


def _polygon_start(point: BranchPoint) -> dict[str, Rational]:
    """Return squared norm and bias of a corner of the largest component as rationals."""
    corner = phase_of(point.W).components[0].features[0]
    numbers = (float((point.W[:, corner] ** 2).sum()), float(point.biases[corner]))
    return dict(zip(("a", "b"), map(rational, numbers), strict=True))


@dataclass(frozen=True)
class _PolygonLine:
    """Two arrangements, each as (corners, copies, dropped features), and where they cross."""

    features: int
    low: float
    high: float
    forms: tuple[tuple[int, int, int], tuple[int, int, int]]


_POLYGON_LINES: Mapping[str, _PolygonLine] = {
    "pentagon | 2 pairs": _PolygonLine(5, 0.2, 0.25, ((5, 1, 0), (2, 2, 1))),
    "2 pairs | triangle": _PolygonLine(5, 0.6, 0.68, ((2, 2, 1), (3, 1, 2))),
    "pair + 1 | triangle": _PolygonLine(3, 0.5, 0.55, ((2, 1, 0), (3, 1, 0))),
}
