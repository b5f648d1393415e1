"""Phases of two features in one dimension: losses, bounds, theorems and their near misses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from superposition_numerics.certify import FLOATS, Fixed
from superposition_numerics.toy_model import population_loss
from superposition_proofs.certificates import check as checker
from superposition_proofs.certificates import decide_theorem
from superposition_proofs.certificates.files import stored
from superposition_proofs.certificates.phases import (
    Line,
    Pair,
    antipodal_theorem,
    certify_phase,
    dropped,
    dropped_theorem,
    outputs,
)
from superposition_proofs.certificates.phases.decided import proposed_boundary
from superposition_proofs.certificates.phases.dropped import Beyond, Ceiling, Near, Ranges
from superposition_theory import InputError
from superposition_theory.phases import (
    BIAS_RATE,
    DENSITY,
    best_bias_rate,
    critical_importance,
    dropped_stability,
)
from sympy import Rational

RING = Fixed(128)
TENTH = (Fraction(104857, 2**20), Fraction(104858, 2**20))
HALF = (Fraction(1, 2), Fraction(1, 2) + Fraction(1, 2**20))


def fixed(*values: float) -> list[object]:
    return [RING.number(Fraction(value)) for value in values]


def middle(value: object) -> float:
    low, high = value.bounds()  # type: ignore[attr-defined]
    return float(low + high) / 2


def loss_of_pair(p: float, u: float, v: float, b1: float, b2: float) -> tuple[float, float]:
    """Return the losses of both outputs by the float recursion, which shares no formula."""
    first, second = (
        float(population_loss([[u, -v]], [b1, b2], p, importances=importances))
        for importances in ([1.0, 0.0], [0.0, 1.0])
    )
    return first, second


CELLS = [
    (0.3, 1.0, 0.7, 0.1, 0.2),  # b < s: clipped where the partner is large
    (0.5, 0.9, 0.2, 0.3, 0.4),  # always on
    (0.8, 1.3, 0.6, -0.4, 0.1),  # a negative bias: off where x is small
    (0.2, 0.5, 1.2, -0.1, -0.7),  # a small norm with a negative bias: hardly ever on
    (0.6, 1.5, 1.4, 0.0, 1.9),  # a + b < s: off for the largest partner even at x = 1
    (0.9, 0.1, 0.1, 0.05, 0.6),  # a tail that ends inside: q < a
]


@pytest.mark.parametrize(("p", "u", "v", "b1", "b2"), CELLS)
def test_output_loss_is_the_population_loss(
    p: float, u: float, v: float, b1: float, b2: float
) -> None:
    expected = loss_of_pair(p, u, v, b1, b2)
    s = u * v
    for a, b, value in ((u * u, b1, expected[0]), (v * v, b2, expected[1])):
        found = outputs.output_loss(*fixed(p, a, s, b))
        assert middle(found) == pytest.approx(value, abs=1e-14)
        in_checker = checker.pair_output(*(checker.Interval.of(x) for x in (p, a, s, b)))
        assert in_checker.lower / checker.ONE == pytest.approx(value, abs=1e-14)


@pytest.mark.parametrize(("p", "u", "v", "b1", "b2"), CELLS)
def test_least_value_is_least_over_biases(
    p: float, u: float, v: float, b1: float, b2: float
) -> None:
    del b1, b2
    s = u * v
    for a in (u * u, v * v):
        low, high = outputs.least_value(*fixed(p, a, s)).bounds()
        grid = [middle(outputs.output_loss(*fixed(p, a, s, b))) for b in np.linspace(-3, 3, 241)]
        assert low <= min(grid)
        assert (
            low > min(grid) - 2e-4
        )  # the grid's own error: b is off by 1/80, the slope rises by 2
        assert high - low < 1e-5
        ends = [checker.Interval.of(x) for x in (p, a, s)]
        again = checker.least_loss(*ends)
        assert again.lower / checker.ONE <= high
        assert again.upper / checker.ONE >= low


BOXES = [
    ((0.5, 0.01), (0.6, 0.05), (1.1, 0.1)),  # p, s, a: middle and width
    ((0.1, 0.002), (0.4, 0.02), (0.95, 0.05)),
    ((0.9, 0.001), (0.3, 0.1), (0.5, 0.2)),
    ((0.3, 0.0), (1.2, 0.05), (1.6, 0.05)),
]


@pytest.mark.parametrize("box", BOXES)
def test_beyond_encloses_values_and_slopes(box: tuple[tuple[float, float], ...]) -> None:
    function = Beyond(Line(Fraction(1, 3), Fraction(1, 4)))
    lower = np.array([[m - w / 2] for m, w in box])
    upper = np.array([[m + w / 2] for m, w in box])
    x = FLOATS.values(lower, upper)
    value, slopes = function.value(x).bounds(), [g.bounds() for g in function.gradient(x)]
    rng, step = np.random.default_rng(0), 1e-4
    for _ in range(10):
        point = lower + (upper - lower) * rng.uniform(0, 1, lower.shape)
        at = middle(function.value(fixed(*point[:, 0])))
        assert value[0][0] - 1e-5 <= at <= value[1][0] + 1e-5
        for k in range(3):
            ends = []
            for sign in (1, -1):
                moved = point.copy()
                moved[k] += sign * step
                ends.append(middle(function.value(fixed(*moved[:, 0]))))
            difference = (ends[0] - ends[1]) / (2 * step)
            # the values are enclosed to about 1e-6, which the difference divides by 2e-4
            assert slopes[k][0][0] - 2e-2 <= difference <= slopes[k][1][0] + 2e-2


@pytest.mark.parametrize(
    ("p", "s", "alpha", "tau"),
    [
        (0.3, 0.05, 0.2, 0.1),
        (0.7, 0.2, -0.8, 0.4),  # a < 1
        (0.5, 0.3, 1.1, 0.05),  # a negative bias
        (0.5, 0.3, 0.0, 1.0),  # never clipped
    ],
)
def test_near_is_the_difference_over_the_square(
    p: float, s: float, alpha: float, tau: float
) -> None:
    a = 1 + alpha * s
    bias = middle(outputs.lone_bias(*fixed(p, a))) + tau * s
    first = middle(outputs.output_loss(*fixed(p, a, s, bias)))
    v = p / 3 - p * p / 4
    second = v * ((1 - s * s / a) ** 2 + s * s)
    found = middle(Near(Line(Fraction(1, 2)))(fixed(p, s, alpha, tau)))
    assert found * s * s == pytest.approx(first + (second - v) / 2, abs=1e-14)


def test_near_goes_to_the_second_order_at_the_dropped_point() -> None:
    # at s = 0 it is the coefficient of eps^2 of the theory, for its best rates kappa - I v
    p = Rational(3, 5)
    beta = best_bias_rate().subs(DENSITY, p)
    omega = dropped_stability().norm_rate.subs({DENSITY: p, BIAS_RATE: beta})
    alpha, critical = float(2 * omega), float(critical_importance(p))
    lone = 0.3 * max(-alpha, 0) - max(alpha, 0) / 2
    at = fixed(0.6, 0, alpha, float(beta) - lone)
    assert middle(Near(Line(Fraction(critical)))(at)) == pytest.approx(0, abs=1e-12)


# Each range, moved so that the reduction would leave something out, breaks its own condition.
@pytest.mark.parametrize(
    ("change", "condition"),
    [
        ({"low": Fraction(1, 2)}, "I/(1 + I) < (1 - a_low)^2"),
        ({"high": Fraction(2)}, "(1 - 3 p/4) I/(1 + I) < ((a_high - 1)/(a_high + 1))^2"),
        ({"steep": Fraction(1)}, "2 I/a_low < M^2"),
        ({"near": Fraction(1, 4)}, "0 < p/2 - s - p s^2/(2 a_low) at s = near"),
        ({"most": Fraction(1)}, "I < 1"),
    ],
)
def test_ranges_that_leave_something_out_fail(change: dict[str, Fraction], condition: str) -> None:
    ranges = Ranges.chosen(HALF, Fraction(1, 2))
    assert all(value > 0 for value in ranges.conditions().values())
    moved = replace(ranges, **change)  # type: ignore[arg-type]
    assert moved.conditions()[condition] <= 0


def test_the_ceiling_is_needed_and_true() -> None:
    # (1 + I) m - I v by hand at p = 1/2, a = 1, s = 3/2, I = 1/2
    value = middle(Ceiling(Line(Fraction(1, 2))).value(fixed(0.5, 1)))
    grid = [middle(outputs.output_loss(*fixed(0.5, 1, 1.5, b))) for b in np.linspace(0, 1.5, 301)]
    assert value == pytest.approx(1.5 * min(grid) - 0.5 * 5 / 48, abs=1e-4)
    # for a low s it is false: the range of s may not be cut there
    assert middle(Ceiling(Line(Fraction(1, 2)), Fraction(1, 2)).value(fixed(0.5, 1))) < 0


def test_too_large_importances_are_refuted() -> None:
    for densities, importance in ((HALF, Fraction(57, 100)), (TENTH, Fraction(6, 100))):
        decision = decide_theorem(dropped_theorem(densities, importance), FLOATS)
        assert decision.answer == "refuted"


@pytest.mark.slow
def test_two_percent_make_the_difference() -> None:
    # I*(1/10) = 0.04872...
    close, above = Fraction(486, 10**4), Fraction(497, 10**4)
    assert decide_theorem(dropped_theorem(TENTH, close), FLOATS).answer == "proved"
    assert decide_theorem(dropped_theorem(TENTH, above), FLOATS).answer == "refuted"


def test_a_sabotaged_formula_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    theorem = dropped_theorem(HALF, Fraction(4, 10))
    monkeypatch.setattr(dropped, "silent_loss", lambda p: 3 * outputs.silent_loss(p) / 2)
    assert decide_theorem(theorem, FLOATS).answer == "refuted"


def test_no_pair_where_dropping_is_optimal() -> None:
    pair = Pair.constant(1, Fraction(6, 10), 0, Fraction(34, 1000))
    assert decide_theorem(antipodal_theorem(TENTH, Fraction(6, 100), pair), FLOATS).answer == (
        "proved"
    )
    assert decide_theorem(antipodal_theorem(TENTH, Fraction(4, 100), pair), FLOATS).answer == (
        "refuted"
    )


def test_equal_signs_are_no_pair() -> None:
    pair = Pair.constant(1, Fraction(-6, 10), 0, Fraction(34, 1000))
    assert decide_theorem(antipodal_theorem(TENTH, Fraction(1), pair), FLOATS).failed == ("0 < v",)


@pytest.mark.parametrize(
    ("p", "importance", "phase"),
    [
        (Fraction(3, 10), Fraction(1, 2), "antipodal"),
        (Fraction(1, 10), Fraction(1), "antipodal"),
        (Fraction(1, 10), Fraction(20), "antipodal"),  # 1/I above I* = 1/20.52
        pytest.param(Fraction(1, 10), Fraction(1, 100), "drop 2", marks=pytest.mark.slow),
        pytest.param(Fraction(1, 10), Fraction(100), "drop 1", marks=pytest.mark.slow),
    ],
)
def test_phases(p: Fraction, importance: Fraction, phase: str) -> None:
    certificate = certify_phase(p, importance)
    assert certificate.phase == phase
    assert certificate.to_dict()["boxes"] == certificate.boxes > 0


def test_proposed_boundary_is_the_exact_one() -> None:
    assert proposed_boundary(Fraction(1, 10)) == pytest.approx(0.0487218979, abs=1e-9)
    assert proposed_boundary(Fraction(3, 5)) == pytest.approx(0.6653988485, abs=1e-9)


def test_stored_certificates_are_those_of_the_theorems() -> None:
    for theorem in (dropped_theorem(), antipodal_theorem()):
        statement = checker.STATEMENTS[theorem.name]()
        assert statement.text == theorem.statement
        assert list(statement.conditions) == [c.text for c in theorem.conditions]
        for question, part in zip(theorem.questions, statement.parts, strict=True):
            assert (question.name, question.domain) == (part.name, part.domain)
        for condition in theorem.conditions:
            found = statement.conditions[condition.text]
            exact = condition.difference.lower
            assert found.lower <= exact * checker.ONE <= found.upper
        assert checker.check_file(str(stored(theorem.name))).name == theorem.name


INVALID = [
    (lambda: certify_phase(Fraction(0), Fraction(1)), "density is Fraction"),
    (lambda: certify_phase(Fraction(1, 2), Fraction(0)), "importance is Fraction"),
    (lambda: certify_phase(Fraction(1, 2**31), Fraction(1)), "density is"),
    (lambda: dropped_theorem((Fraction(1, 2), Fraction(1, 2)), Fraction(1, 2)), "densities are"),
    (lambda: dropped_theorem(HALF, Fraction(2)), "importance is from 2 to 2"),
    (lambda: antipodal_theorem(HALF, Line(Fraction(0))), "importance is from 0 to 0"),
]


@pytest.mark.parametrize(("call", "message"), INVALID)
def test_invalid_input(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()  # type: ignore[operator]
