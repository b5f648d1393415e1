"""The inequalities behind the hexagon theorem, beside floats, and near misses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_numerics.certify import (
    FLOATS,
    Arithmetic,
    Balls,
    Enclosure,
    Fixed,
    Positive,
    Proved,
    Refuted,
    decide,
)
from superposition_proofs.certificates import (
    PolygonConstants,
    decide_theorem,
    polygon_constants,
)
from superposition_proofs.certificates.hexagon import (
    PAIR_DOMAIN,
    Apart,
    PairCost,
    PairDual,
    hexagon_pairs_theorem,
    hexagon_theorem,
)
from superposition_theory.pentagon import overlap_loss, own_loss
from sympy import Rational

ZERO = Enclosure(Fraction(0), Fraction(0))


def moved(field: str, by: Fraction) -> PolygonConstants:
    constants = polygon_constants(6)
    old: Any = getattr(constants, field)
    return replace(constants, **{field: Enclosure(old.lower + by, old.upper + by)})


@pytest.mark.parametrize(
    "arithmetic",
    [FLOATS, pytest.param(Balls(128), marks=pytest.mark.slow)],
)
def test_two_variables_are_proved(arithmetic: Arithmetic) -> None:
    decision = decide_theorem(hexagon_theorem(), arithmetic)
    assert decision.answer == "proved"
    assert decision.failed == ()


@pytest.mark.parametrize("arithmetic", [FLOATS, pytest.param(Fixed(96), marks=pytest.mark.slow)])
def test_close_pairs_are_proved_around_the_least_of_them(arithmetic: Arithmetic) -> None:
    (question,) = hexagon_pairs_theorem().questions
    assert isinstance(question, Positive)
    around = ((12, 18), (0, 4), (31, 36), (3, 8), (13, 20))  # G = 0.027 there, in 32nds
    domain = tuple((Fraction(low, 32), Fraction(high, 32)) for low, high in around)
    verdict = decide(replace(question, domain=domain), arithmetic)
    assert isinstance(verdict, Proved)
    assert verdict.boxes > 10


def test_without_the_constraint_close_pairs_are_refuted_by_a_true_point() -> None:
    (question,) = hexagon_pairs_theorem(constrained=False).questions
    verdict = decide(question, FLOATS)
    assert isinstance(verdict, Refuted)
    r, t, s, u, theta = (float(x) for x in verdict.point.values())
    dual, cost = by_quadrature(r, t, s, u, theta)
    assert dual < 0  # an independent quadrature agrees,
    assert cost > 0  # and finds that the pair costs more than the hexagon
    assert s * np.cos(theta) >= 0.975 * r


def test_at_small_angles_two_variables_are_refuted() -> None:
    *_, outside, _ = hexagon_theorem().questions
    assert isinstance(outside, Positive)
    domain = (outside.domain[0], (Fraction(0), outside.domain[1][1]))
    assert decide(replace(outside, domain=domain), FLOATS).answer == "refuted"


# A constant by which too much is asked, and the condition or question that fails.
@pytest.mark.parametrize(
    ("field", "by"),
    [
        ("level", Fraction(1, 100)),  # K: H < 0 near the hexagon
        ("slope", Fraction(-1, 100)),  # mu: K > 21/16 mu
        ("threshold", Fraction(1, 10)),  # t* leaves the neighbourhood
        ("loss", Fraction(1, 100)),  # more budget than 1/3 - ... at t = 61/64
    ],
)
def test_other_constants_are_not_proved(field: str, by: Fraction) -> None:
    theorem = hexagon_pairs_theorem if field == "loss" else hexagon_theorem
    built = theorem(moved(field, by))
    failed = [condition.text for condition in built.conditions if not condition.holds]
    assert failed or decide_theorem(built, FLOATS).answer != "proved"


def by_quadrature(r: float, t: float, s: float, u: float, theta: float) -> tuple[float, float]:
    """Return G and D + D' + C + C' - 6 F* by the midpoint rule."""
    k = polygon_constants(6)
    x = (np.arange(200_000) + 0.5) / 200_000
    a, other = r**2, s**2
    g = r * s * np.cos(theta)
    own = [np.mean((x - np.maximum(n * x - n * q, 0)) ** 2) for n, q in ((a, t), (other, u))]
    overlap = [np.mean(np.maximum(g * x - n * q, 0) ** 2) for n, q in ((a, t), (other, u))]
    mu, level, loss = (float(e.middle) for e in (k.slope, k.level, k.loss))
    dual = sum(own) / 2 + sum(overlap) + mu * theta - level
    return float(dual), float(sum(own) + sum(overlap) - 6 * loss)


def test_the_formulas_are_those_of_the_model() -> None:
    k = polygon_constants(6)
    budget = Enclosure(6 * k.loss.lower, 6 * k.loss.upper)
    rng = np.random.default_rng(5)
    low, high = np.array([[float(x) for x in side] for side in PAIR_DOMAIN]).T
    for _ in range(40):
        point = rng.uniform(low, np.minimum(high, 2.0))
        x = Fixed(128).point([Fraction(float(c)) for c in point])
        dual, cost = by_quadrature(*point)
        values = (PairDual(k.slope, k.level)(x), PairCost(budget)(x))
        found = [float(value.enclosure().middle) for value in values]
        assert found == pytest.approx([dual, cost], abs=1e-7 * max(1, *point) ** 4)
        apart = float(Apart()(x).enclosure().middle)
        assert apart == pytest.approx(0.975 * point[0] - point[2] * np.cos(point[4]))


def test_costs_at_angle_zero_are_exact() -> None:
    # r = 1/2, t = 1/4, r' = 1, t' = 0, theta = 0: g = 1/2, b = -1/16, b' = 0
    x = Fixed(128).point([Fraction(1, 2), Fraction(1, 4), Fraction(1), Fraction(0), Fraction(0)])
    found = PairCost(ZERO)(x).enclosure()
    quarter, half = Rational(1, 4), Rational(1, 2)
    own = own_loss(quarter, -quarter / 4) + own_loss(1, 0)
    exact = own + overlap_loss(half, -quarter / 4) + overlap_loss(half, 0)
    assert found.contains(Fraction(int(exact.p), int(exact.q)))
    assert found.width < Fraction(1, 10**30)
