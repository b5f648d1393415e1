"""The claims of the pentagon theorem: statuses, controls, constants by another route."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest
from superposition_numerics.matrices import FloatArray
from superposition_proofs.certificates import PolygonConstants, polygon_constants, tangency
from superposition_proofs.claims import pentagon
from superposition_proofs.claims.neighbours import is_below_the_tangent
from superposition_proofs.claims.pentagon.inequality import (
    shifted,
    unchanged,
    with_angle,
    with_change,
    with_slope,
    with_threshold,
)
from superposition_proofs.claims.pentagon.limits import (
    BELOW,
    PENTAGON,
    Below,
    FivePoints,
    are_below,
    are_found,
    beats_the_square,
    square_loss,
)
from superposition_proofs.claims.pentagon.reduction import DECIMALS, POLYNOMIALS
from superposition_proofs.claims.pentagon.theorem import (
    FiveVariables,
    Search,
    descend,
    is_least,
    is_proved_directly,
    pentagon_distance,
)
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Registry,
    Report,
    Status,
    verify,
)
from sympy import Poly, Rational, Symbol

QUICK, FULL = Context(Level.quick, 0), Context(Level.full, 0)
EXPECTED = {
    "one-active-loss-by-pairs": Status.proved,
    "parallel-columns-cost-a-sixth": Status.proved,
    "neighbours-symmetrise": Status.proved,
    "two-variables-are-enough": Status.proved,
    "tangent-at-the-pentagon": Status.proved,
    "pentagon-constants": Status.proved,
    "two-variable-inequality": Status.certified,
    "no-other-tangent": Status.checked,
    "neighbour-inequality-without-exclusion": Status.refuted,
    "square-wins-for-five-features": Status.refuted,
    "cheap-columns-are-bounded": Status.proved,
    "cyclic-decomposition": Status.proved,
    "neighbour-inequality": Status.written,
    "pentagon-theorem": Status.written,
}
PPB = Fraction(1, 10**9)


def claim(name: str) -> Claim:
    """Return a claim of the theorem."""
    return next(c for c in pentagon.CLAIMS if c.id == name)


def given(name: str) -> Claim:
    """Return a claim of another family as one that holds."""
    evidence = Evidence(
        "given",
        Status.proved,
        lambda holds, _: Outcome(holds, "given"),
        True,
        {"not given": False},
    )
    return Claim(name, name, name, (), "elsewhere", ClaimKind.theorem, (evidence,))


@pytest.fixture(scope="module")
def report() -> Report:
    """Verify the claims at the quick level."""
    used = [given(name) for name in ("population-loss", "polygon-optimum")]
    registry = Registry((*used, *pentagon.CLAIMS))
    return verify(registry, list(EXPECTED), level=Level.quick)


def test_these_are_the_claims() -> None:
    assert [c.id for c in pentagon.CLAIMS] == list(EXPECTED)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "status"), EXPECTED.items())
def test_status(report: Report, name: str, status: Status) -> None:
    (verdict,) = [v for v in report.verdicts if v.id == name]
    assert verdict.status is status, verdict.reason
    assert verdict.errors == ()


@pytest.mark.slow
def test_the_report_is_clean(report: Report) -> None:
    assert report.exit_code == 0


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("parallel-columns-cost-a-sixth", "algebra"),
        ("parallel-columns-cost-a-sixth", "random trials"),
        ("neighbours-symmetrise", "algebra"),
        ("neighbours-symmetrise", "random trials"),
        ("no-other-tangent", "points"),
        ("neighbour-inequality-without-exclusion", "exact points"),
        ("square-wins-for-five-features", "exact witness"),
        ("cheap-columns-are-bounded", "algebra"),
        ("cyclic-decomposition", "algebra"),
    ],
)
def test_evidence_holds_and_its_controls_do_not(name: str, evidence: str) -> None:
    item = next(e for e in claim(name).executable if e.name == evidence)
    assert item.check(item.subject, QUICK).holds is True
    for miss in item.near_misses.values():
        assert item.check(miss, QUICK).holds is False


# ---- the constants -------------------------------------------------------------------------------


def by_newton() -> dict[str, str]:
    """Return 40 decimals of the constants, from Newton's method for a stationary (a, b)."""
    with mpmath.workdps(60):
        c = (mpmath.sqrt(5) - 1) / 4

        def overlap(g: Any, b: Any) -> Any:
            return (g + b) ** 3 / (3 * g)

        def energy(a: Any, b: Any) -> Any:
            t = -b / a
            own = mpmath.mpf(1) / 3 - a * (1 - t) ** 2 * (2 + t) / 3 + a**2 * (1 - t) ** 3 / 3
            return own + 2 * overlap(a * c, b)

        a, b = mpmath.findroot(
            lambda a, b: (mpmath.diff(energy, (a, b), (1, 0)), mpmath.diff(energy, (a, b), (0, 1))),
            (mpmath.mpf("1.37"), mpmath.mpf("-0.28")),
        )
        slope = 2 * a * mpmath.sqrt(1 - c**2) * mpmath.diff(overlap, (a * c, b), (1, 0))
        values = {
            "threshold": -b / a,
            "squared_norm": a,
            "bias": b,
            "loss": energy(a, b),
            "slope": slope,
            "level": energy(a, b) + 2 * mpmath.pi * slope / 5,
        }
        return {name: mpmath.nstr(value, 40) for name, value in values.items()}


def test_constants_by_newton() -> None:
    constants = polygon_constants(5)
    for name, value in by_newton().items():
        enclosure = getattr(constants, name)
        assert abs(Fraction(value) - enclosure.middle) < Fraction(1, 10**30), name


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("threshold", "threshold"),
        ("squared norm", "squared_norm"),
        ("bias", "bias"),
        ("loss", "loss"),
    ],
)
def test_decimals_are_those_of_the_enclosures(name: str, field: str) -> None:
    enclosure = getattr(polygon_constants(5), field)
    assert enclosure.digits(30) == DECIMALS[name]
    polynomial = Poly(POLYNOMIALS[name], Symbol("x"))
    ends = [
        polynomial.eval(Rational(end.numerator, end.denominator))
        for end in (enclosure.lower, enclosure.upper)
    ]
    assert ends[0] * ends[1] < 0  # it changes its sign between the bounds


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (with_change("level", PPB), {"H = 0", "K = F* + 2 pi mu/5"}),
        (with_change("level", -PPB), {"H = 0", "K = F* + 2 pi mu/5"}),
        (partial(with_slope, factor=1 + PPB), {"dH/dtheta = 0"}),
        (partial(with_slope, factor=1 - PPB), {"dH/dtheta = 0"}),
        (with_change("threshold", PPB), {"H = 0", "dH/dt = 0", "dH/dtheta = 0"}),
        (partial(with_threshold, by=PPB), {"dH/dt = 0"}),  # the rest follows from t
        (with_change("loss", PPB), {"K = F* + 2 pi mu/5"}),
        (partial(with_angle, by=PPB), {"H = 0", "K = F* + 2 pi mu/5"}),
    ],
)
def test_what_a_wrong_constant_breaks(
    change: Callable[[PolygonConstants], PolygonConstants], broken: set[str]
) -> None:
    found = tangency(change(polygon_constants(5)), 5)
    assert broken <= {identity.text for identity in found if not identity.holds}
    assert all(identity.difference.width < Fraction(1, 10**40) for identity in found)


def test_no_change_is_no_change() -> None:
    constants = polygon_constants(5)
    again = with_threshold(constants, Fraction(0))
    for field in ("threshold", "squared_norm", "bias", "loss", "slope", "level"):
        one, other = getattr(constants, field), getattr(again, field)
        assert one.lower <= other.upper
        assert other.lower <= one.upper
        assert other.width < Fraction(1, 10**50)
    assert unchanged(constants) is constants
    assert shifted(constants.loss, PPB).lower == constants.loss.lower + PPB


# ---- the inequality by sampling ------------------------------------------------------------------


def energies(g: FloatArray, b: FloatArray, target: int) -> FloatArray:
    """Return int_0^1 (target x - (g x + b)_+)^2 dx by Gauss on the pieces (exact for cubics)."""
    nodes, weights = np.polynomial.legendre.leggauss(3)
    with np.errstate(divide="ignore", invalid="ignore"):
        kink = np.clip(np.nan_to_num(-b / g, nan=0.0, posinf=0.0, neginf=0.0), 0, 1)
    total = np.zeros_like(b)
    for low, high in ((np.zeros_like(b), kink), (kink, np.ones_like(b))):
        for node, weight in zip(nodes, weights, strict=True):
            x = (low + high) / 2 + (high - low) / 2 * node
            total += weight * (high - low) / 2 * (target * x - np.maximum(g * x + b, 0)) ** 2
    return total


@pytest.mark.parametrize("spread", [1.0, 0.1, 0.001])  # about the pentagon
def test_gamma_is_not_negative_in_samples(spread: float) -> None:
    constants = polygon_constants(5)
    norm, bias, slope, level = (
        float(getattr(constants, field).middle)
        for field in ("squared_norm", "bias", "slope", "level")
    )
    rng = np.random.default_rng(7)
    a = np.abs(norm + spread * rng.normal(size=100_000))
    b = bias + spread * rng.normal(size=100_000)
    theta = np.clip(2 * np.pi / 5 + spread * rng.normal(size=100_000), 0, np.pi / 2)
    overlaps = energies(a * np.cos(theta), b, 0)
    gamma = energies(a, b, 1) + 2 * overlaps + slope * theta - level
    assert gamma.min() > -1e-15
    assert (gamma - 1e-2 * spread).min() < 0  # the samples come near the pentagon


# ---- what is false -------------------------------------------------------------------------------


def test_the_weak_neighbour_by_hand() -> None:
    # D(1, 0) = 0, D(0, 1/6) = 1/3 - 1/6 + 1/36, C(0, 0) = 0, C(0, 1/6) = 1/36: G + K = 1/8
    point = BELOW[0]
    assert (sum(point.own), point.overlap) == (Rational(7, 36), Rational(1, 36))
    assert point.cost == Rational(1, 8)
    loss = 5 * polygon_constants(5).loss.upper
    for point in BELOW:  # and the constraint rules them out
        total = sum(point.own) + point.overlap
        assert Fraction(int(total.p), int(total.q)) > loss
    assert is_below_the_tangent(BELOW, QUICK).margin == pytest.approx(0.0259, abs=1e-4)


def test_the_square_by_hand() -> None:
    # four perfect features; the fifth costs D(0, 1/10) and 1/100 for each of the four others
    assert 5 * square_loss() == Rational(1, 3) - Rational(1, 10) + Rational(5, 100)
    assert float(PENTAGON.loss) > float(polygon_constants(5).loss.lower)
    assert beats_the_square(PENTAGON, QUICK).margin == pytest.approx(0.72, abs=0.01)
    shifted_points = FivePoints(PENTAGON.columns, 30)
    assert beats_the_square(shifted_points, QUICK).holds is False


def test_a_steeper_line_is_refuted_by_the_search() -> None:
    steeper = {"+ 1/100": Below(partial(with_slope, factor=Fraction(101, 100)), 0, 0)}
    assert are_found(steeper, FULL).holds is True
    assert are_below(steeper, FULL).reason == "+ 1/100: H is not below 0 at the point"


def test_five_variables_need_the_constraint() -> None:
    outcome = is_proved_directly(FiveVariables(constrained=False, most_boxes=2_000), FULL)
    assert outcome.holds is False


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two-variable-inequality", "no-other-tangent"])
def test_full_evidence(name: str) -> None:
    for item in claim(name).executable:
        if item.level is Level.full:
            assert item.check(item.subject, FULL).holds is True


# ---- the search ----------------------------------------------------------------------------------


def pentagon_weights(norm: float) -> FloatArray:
    """Return the columns of a regular pentagon, in another order."""
    angles = 2 * np.pi * np.array([0, 2, 4, 1, 3]) / 5 + 0.3
    return np.asarray(np.sqrt(norm) * np.array([np.cos(angles), np.sin(angles)]))


def test_distance_of_the_pentagon() -> None:
    constants = polygon_constants(5)
    norm, bias = float(constants.squared_norm.middle), float(constants.bias.middle)
    assert pentagon_distance(pentagon_weights(norm), np.full(5, bias)) < 1e-14
    assert pentagon_distance(pentagon_weights(norm + 0.01), np.full(5, bias)) > 0.009
    biases = np.full(5, bias)
    biases[2] += 0.02
    assert pentagon_distance(pentagon_weights(norm), biases) == pytest.approx(0.02)


def test_a_few_descents() -> None:
    ends = [descend(np.random.default_rng(seed)) for seed in range(6)]
    least = float(polygon_constants(5).loss.middle)
    assert min(loss for loss, _, _ in ends) > least - 1e-13
    lowest = min(ends, key=lambda end: end[0])
    assert lowest[0] < least + 1e-10
    assert pentagon_distance(*lowest[1:]) < 1e-3


def test_a_search_for_another_loss_fails() -> None:
    outcome = is_least(Search("0.0566666666666", starts=6), QUICK)
    assert outcome.holds is False
    assert outcome.cases == 6
