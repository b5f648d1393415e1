"""The five-variable inequality: its functions by quadrature, its questions, its near misses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import quad
from superposition_numerics.certify import (
    FLOATS,
    Balls,
    Enclosure,
    Fixed,
    Formula,
    Positive,
    Proved,
    decide,
    pi_enclosure,
)
from superposition_proofs.certificates import decide_theorem, polygon_constants
from superposition_proofs.certificates.pentagon_dual import (
    DOMAIN,
    LEAST_NORM,
    Dual,
    Excess,
    SmoothDual,
    pentagon_dual_theorem,
)

CONSTANTS = polygon_constants(5)
MU, K, F = (float(x.middle) for x in (CONSTANTS.slope, CONSTANTS.level, CONSTANTS.loss))
THEOREM = pentagon_dual_theorem()
OUTSIDE, KERNEL = THEOREM.questions


def squares(b: float, slope: float, target: float) -> float:
    """Return int_0^1 (target x - (slope x + b)_+)^2 dx."""
    turn = [-b / slope] if slope and 0 < -b / slope < 1 else None
    return float(quad(lambda x: (target * x - max(slope * x + b, 0)) ** 2, 0, 1, points=turn)[0])


def dual(x: np.ndarray) -> tuple[float, float]:
    """Return G and D + D' + C + C' by quadrature."""
    b, v, other_b, other_v, theta = x.tolist()
    a, other_a = v - b, other_v - other_b
    g = (a * other_a) ** 0.5 * np.cos(theta)
    own = squares(b, a, 1) + squares(other_b, other_a, 1)
    overlap = squares(b, g, 0) + squares(other_b, g, 0)
    return own / 2 + overlap + MU * theta - K, own + overlap


def random_points(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    low, high = (np.array([float(side[end]) for side in DOMAIN]) for end in (0, 1))
    points = rng.uniform(low, high, (20 * count, 5))
    least = float(LEAST_NORM)
    kept = (points[:, 1] - points[:, 0] > least) & (points[:, 3] - points[:, 2] > least)
    return list(points[kept][:count])


def test_the_functions_by_quadrature() -> None:
    g, excess = Dual(CONSTANTS.slope, CONSTANTS.level, LEAST_NORM), OUTSIDE.constraints[2]  # type: ignore[attr-defined]
    for point in random_points(60):
        x = Fixed(128).point([Fraction(c) for c in point.tolist()])
        value, total = dual(point)
        assert g.value(x).bounds()[0] == pytest.approx(value, abs=1e-7)
        assert excess.value(x).bounds()[0] == pytest.approx(total - 5 * F, abs=1e-7)


def test_the_slopes_by_differences() -> None:
    g, excess = (
        Dual(CONSTANTS.slope, CONSTANTS.level, LEAST_NORM),
        Excess(Enclosure(Fraction(0), Fraction(0)), LEAST_NORM),
    )
    step = Fraction(1, 2**40)
    ring = Fixed(256)
    for point in random_points(20):
        x = [Fraction(c) for c in point.tolist()]
        for function in (g, excess):
            slopes = function.gradient(ring.point(x))
            for k, slope in enumerate(slopes):
                ends = [[*x[:k], x[k] + sign * step, *x[k + 1 :]] for sign in (-1, 1)]
                low, high = (function.value(ring.point(end)).enclosure().middle for end in ends)
                quotient = float((high - low) / (2 * step))
                assert slope.bounds()[0] == pytest.approx(quotient, abs=1e-8)


@pytest.mark.parametrize("width", [0.5, 0.05, 1e-3])
def test_boxes_hold_the_values_and_slopes_at_their_points(width: float) -> None:
    rng = np.random.default_rng(7)
    g = Dual(CONSTANTS.slope, CONSTANTS.level, LEAST_NORM)
    corners = np.array(random_points(40)).T
    sides = np.array([float(high - low) for low, high in DOMAIN])[:, None] * width
    lower = corners - sides * rng.random(corners.shape)
    lower[[1, 3]] = np.maximum(lower[[1, 3]], 0)  # v >= 0
    lower[4] = np.clip(lower[4], 0, 1)
    upper = np.maximum(lower + sides, corners)
    upper[4] = np.minimum(upper[4], 1.4)
    x = FLOATS.values(lower, upper)
    box = [g.value(x), *g.gradient(x)]
    for _ in range(20):
        inside = lower + (upper - lower) * rng.random(lower.shape)
        counts = (inside[1] - inside[0] >= 1 / 40) & (inside[3] - inside[2] >= 1 / 40)
        points = FLOATS.values(inside, inside)
        for whole, part in zip(box, [g.value(points), *g.gradient(points)], strict=True):
            assert (whole.bounds()[0][counts] <= part.bounds()[1][counts]).all()
            assert (whole.bounds()[1][counts] >= part.bounds()[0][counts]).all()
    assert counts.any()


def test_the_smooth_formula_is_the_dual_in_the_kernel() -> None:
    smooth, g = Formula(SmoothDual(CONSTANTS.slope, CONSTANTS.level)), OUTSIDE.objective  # type: ignore[attr-defined]
    rng = np.random.default_rng(3)
    ring = Fixed(128)
    for _ in range(10):
        at = ring.point(
            [
                low + (high - low) * Fraction(int(rng.integers(64)), 64)
                for low, high in KERNEL.domain
            ]
        )
        first, second = smooth.value(at).enclosure(), g.value(at).enclosure()
        assert abs(first.middle - second.middle) < Fraction(1, 10**30)
        for a, b in zip(smooth.gradient(at), g.gradient(at), strict=True):
            assert abs(a.enclosure().middle - b.enclosure().middle) < Fraction(1, 10**30)


def test_value_and_slopes_vanish_at_the_pentagon() -> None:
    ring = Balls(200)
    theta = [(low + high) / 2 for low, high in KERNEL.domain][4]
    with ring.working():
        b, a = (ring.number(x) for x in (CONSTANTS.bias, CONSTANTS.squared_norm))
        cosine = ring.number(CONSTANTS.cosine)
        v = a + b
        smooth = Formula(SmoothDual(CONSTANTS.slope, CONSTANTS.level))
        x = [b, v, b, v, ring.number(pi_enclosure()) * 2 / 5]
        zeros = [smooth.value(x), *smooth.gradient(x)]
        for zero in zeros:
            low, high = zero.bounds()
            assert low <= 0 <= high
            assert high - low < 1e-45
        assert (x[4].cos() - cosine).bounds()[1] < 1e-45
    assert abs(float(theta) - 2 * np.pi / 5) < 1e-3


def test_the_conditions_hold() -> None:
    assert [condition.text for condition in THEOREM.conditions if not condition.holds] == []


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        # a pentagon's loss so large that a column could be dropped
        ({"loss": Enclosure(Fraction(17, 1000), Fraction(17, 1000))}, "5 F* < 2/25"),
        # another angle: K too large for the angles left out by hand
        ({"level": Enclosure(Fraction(16, 100), Fraction(16, 100))}, "K < 45/32 mu"),
    ],
)
def test_conditions_that_fail(change: dict[str, Enclosure], failed: str) -> None:
    theorem = pentagon_dual_theorem(replace(CONSTANTS, **change))
    assert failed in [condition.text for condition in theorem.conditions if not condition.holds]


@pytest.mark.slow
def test_around_the_kernel() -> None:
    """The hardest part of the domain: twice as wide as the kernel."""
    assert isinstance(OUTSIDE, Positive)
    near = [(3 * low / 2 - high / 2, 3 * high / 2 - low / 2) for low, high in KERNEL.domain]
    question = replace(OUTSIDE, domain=tuple(near))
    assert decide(question, FLOATS, most_boxes=100_000).answer == "proved"
    # K too large by 10^-3: G is negative near z*, outside the kernel too
    level = CONSTANTS.level
    raised = Dual(
        CONSTANTS.slope, Enclosure(level.lower + Fraction(1, 1000), level.upper + 1), LEAST_NORM
    )
    false = replace(question, objective=raised)
    assert decide(false, FLOATS, most_boxes=20_000).answer == "refuted"


def test_without_the_constraint_it_is_false() -> None:
    """Near a' = 0, b' = 0.164, theta = 0, beside a column of the pentagon's."""
    quarter = Fraction(1, 4)
    near = (
        (-2 * quarter, Fraction(0)),
        (4 * quarter, 5 * quarter),
        (Fraction(0), quarter),
        (Fraction(0), quarter),
        (Fraction(0), quarter),
    )
    question = replace(pentagon_dual_theorem(constrained=False).questions[0], domain=near)  # type: ignore[type-var]
    assert decide(replace(OUTSIDE, domain=near), FLOATS, most_boxes=20_000).answer == "proved"  # type: ignore[type-var]
    verdict = decide(question, FLOATS, most_boxes=20_000)
    assert verdict.answer == "refuted"
    point = np.array([float(verdict.point[name]) for name in question.variables])  # type: ignore[union-attr]
    value, total = dual(point)
    assert value < 0
    assert total > 5 * F
    # at the norm 0 itself it is least
    a, b = float(CONSTANTS.squared_norm.middle), float(CONSTANTS.bias.middle)
    assert dual(np.array([b, a + b, 0.164, 0.164, 0.0]))[0] < -0.02


@pytest.mark.slow
def test_the_kernel() -> None:
    verdict = decide(KERNEL, FLOATS)
    assert isinstance(verdict, Proved)
    assert set(verdict.rules) == {"d"}


def test_bent_down_along_the_angle_the_kernel_is_not_convex() -> None:
    objective = KERNEL.objective  # type: ignore[attr-defined]
    flat = Formula(lambda x: objective.formula(x) - 2 * x[4] ** 2)
    assert decide(replace(KERNEL, objective=flat), FLOATS).answer == "refuted"  # type: ignore[type-var]


def test_the_statement_names_what_is_asked() -> None:
    assert OUTSIDE.variables == ("b", "v", "b'", "v'", "theta")
    assert decide_theorem(replace(THEOREM, questions=()), FLOATS).answer == "proved"
