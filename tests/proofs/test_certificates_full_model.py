"""The full model at small densities: losses by another route, bounds beside samples, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_numerics.certify import FLOATS, Enclosure, Fixed, Formula
from superposition_numerics.toy_model import active_losses, population_loss
from superposition_proofs.certificates import decide_theorem, polygon_constants
from superposition_proofs.certificates.check import check_text
from superposition_proofs.certificates.files import stored
from superposition_proofs.certificates.full_model.crossover import pentagon_pairs_crossover
from superposition_proofs.certificates.full_model.formulas import Minor, Raised, Shifted
from superposition_proofs.certificates.full_model.losses import (
    SIZES,
    PolygonLoss,
    Weights,
    curvature_weights,
    output_loss,
)
from superposition_proofs.certificates.full_model.theorem import (
    ANGLES,
    EDGES,
    FORM,
    NEAR,
    NORMS,
    THRESHOLDS,
    full_model_theorem,
    several_active,
)
from superposition_theory.toy_model import ReluModel
from sympy import Rational

RING = Fixed(128)
COSINE = polygon_constants(5).cosine
T_STAR, A_STAR = 0.20606005593443472, 1.3699757667570200


def middle(value: Any) -> float:
    """Return the middle of an interval."""
    return float(sum(value.bounds())) / 2


@pytest.mark.parametrize(
    ("bias", "slopes", "own"),
    [
        ("0", ["-1"], "1"),  # min(x, y)^2: 1/6
        ("-1/4", [], "1"),  # one feature alone
        ("-1/4", ["1/3"], None),  # another feature
        ("1/5", ["-2/3", "1/2"], "3/4"),  # two of both signs, the output on at 0
        ("-1/3", ["1/2", "-1", "1/4"], "5/4"),  # three
        ("-2", ["1/2", "1/2"], "1"),  # never on: E x^2 = 1/3
    ],
)
def test_the_loss_of_an_output_is_that_of_the_exact_model(
    bias: str, slopes: list[str], own: str | None
) -> None:
    n = len(slopes) + 1
    gram = [[Rational(0)] * n for _ in range(n)]
    gram[0] = [Rational(own or "1"), *(Rational(g) for g in slopes)]
    for i in range(1, n):
        gram[i][0], gram[i][i] = gram[0][i], Rational(100)
    model = ReluModel.from_gram(
        gram, [Rational(bias), *[0] * (n - 1)], importances=[1, *[0] * (n - 1)]
    )
    active = tuple(range(n)) if own else tuple(range(1, n))
    expected = Fraction(str(model.support_losses[active]))
    found = output_loss(
        RING.number(Fraction(bias)),
        [RING.number(Fraction(g)) for g in slopes],
        None if own is None else RING.number(Fraction(own)),
    ).enclosure()
    assert found.contains(expected)
    assert found.width < Fraction(1, 10**30)


@pytest.mark.parametrize(("a", "t"), [(1.37, 0.2), (1.1, 0.05), (1.0, 0.4), (2.0, 0.25)])
def test_the_losses_of_a_pentagon_are_those_of_the_float_model(a: float, t: float) -> None:
    angles = 2 * np.pi * np.arange(5) / 5
    corners = np.sqrt(a) * np.array([np.cos(angles), np.sin(angles)])
    expected = active_losses(corners, np.full(5, -a * t))
    at = [RING.number(Fraction(x)) for x in (a, t)]
    found = [5 * middle(PolygonLoss(size, COSINE)(at)) for size in range(1, 6)]
    assert found == pytest.approx(expected[1:], abs=1e-12)


def test_the_losses_of_the_best_pentagon() -> None:
    several = several_active()
    assert [term.digits(10) for term in several.terms] == [
        "2.4511904358",
        "4.7738945290",
        "3.5088490771",
        "1.0609364083",
    ]
    ratio = float(several.ratio)
    assert ratio == pytest.approx(0.0014 / 0.9986)
    total = sum(
        ratio ** (k - 1) * float(x.middle) for k, x in zip(SIZES, several.terms, strict=True)
    )
    assert float(several.excess.middle) == pytest.approx(total)


def test_the_slopes_at_the_best_pentagon_are_those_of_differences() -> None:
    def several(a: float, t: float, ratio: float) -> float:
        at = [RING.number(Fraction(x)) for x in (a, t)]
        return sum(ratio ** (k - 2) * middle(PolygonLoss(k, COSINE)(at)) for k in SIZES)

    step, found = 1e-4, several_active()
    for ratio in (0.0, float(found.ratio)):
        by_norm = several(A_STAR * np.exp(step), T_STAR, ratio) - several(
            A_STAR * np.exp(-step), T_STAR, ratio
        )
        by_threshold = several(A_STAR, T_STAR + step, ratio) - several(A_STAR, T_STAR - step, ratio)
        for difference, slope in (
            (by_norm, found.norm_slope),
            (by_threshold, found.threshold_slope),
        ):
            assert float(slope.lower) - 1e-6 < difference / (2 * step) < float(slope.upper) + 1e-6


def test_the_weights_of_orthogonal_neighbours_by_hand() -> None:
    # a = 1, t = 0, cosine 0: only supports with the output's own feature count, of error 1/2. With
    # one other feature: each = 1/2 + 1, W_s = 3/2 + 2 (1/2)(1 + 1/2) = 3, W_t = 2 + 6, and W_theta
    # = 3/2 or 2.619 * 3/2; there are two near and two far partners.
    one, small = Fraction(1), Fraction(1, 10**20)
    weights = curvature_weights((one, one), (Fraction(0), Fraction(0)), Fraction(0), small)
    expected = (Fraction(12), Fraction(32), 3 + 3 * Fraction(2619, 1000))
    for found, value in zip(weights, expected, strict=True):
        assert abs(found / small - value) < Fraction(1, 10**15)


# ---------------------------------------------------------------- formulas


def energy(x: Sequence[Any]) -> Any:
    """Return D + 2 C at (a, t, theta), from its two integrals."""
    a, t, theta = x
    b, g = -(a * t), a * theta.cos()
    own = Fraction(1, 3) - (a + b) ** 2 * (2 * a - b) / (3 * a**2) + (a + b) ** 3 / (3 * a)
    return own + 2 * (g + b) ** 3 / (3 * g)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(("t", "theta"), [(0.18, 1.22), (0.206, 1.2566), (0.234, 1.29)])
def test_minors_are_those_of_the_hessian_in_the_logarithm(
    edge: Any, t: float, theta: float
) -> None:
    a = float(edge.constant) + float(edge.rate) * t
    point = [RING.number(Fraction(x)) for x in (a, t, theta)]
    jet, rows = Formula(energy), np.zeros((3, 3))
    hessian, slope = jet.hessian(point), middle(jet.gradient(point)[0])
    for i in range(3):
        for j in range(i + 1):
            rows[i, j] = rows[j, i] = middle(hessian[i][j])
    scale = np.diag([a, 1, 1])
    rows = scale @ rows @ scale
    rows[0, 0] += a * slope  # now in (ln a, t, theta)
    diagonal = Weights(Fraction(1, 10), Fraction(1, 5), Fraction(1, 7))
    rows -= np.diag([0.1, 0.2, 1 / 7])
    rows[0, 1] -= 0.3
    rows[1, 0] -= 0.3
    rows = rows[np.ix_([1, 0, 2], [1, 0, 2])] / a**2
    rows[2, :] /= np.sin(theta)
    rows[:, 2] /= np.sin(theta)
    for size in (1, 2, 3):
        minor = Minor(size, edge, diagonal, Fraction(3, 10))
        found = middle(minor([RING.number(Fraction(x)) for x in (t, theta)]))
        assert found == pytest.approx(np.linalg.det(rows[:size, :size]), abs=1e-9)


def test_the_shifted_energy_is_bounded_from_below() -> None:
    rng, k, several = np.random.default_rng(3), polygon_constants(5), several_active()
    ratio = several.ratio
    r_s, r_t = (float(ratio * x.middle) for x in (several.norm_slope, several.threshold_slope))
    by_norm, by_threshold = (
        Enclosure(ratio * x.lower, ratio * x.upper)
        for x in (several.norm_slope, several.threshold_slope)
    )
    none = Enclosure(Fraction(0), Fraction(0))
    bound = Shifted(k, by_norm, by_threshold, several.weights, none)
    raised = Raised(k.slope, k.level)
    w = [float(weight) for weight in several.weights]
    closest = np.inf
    for _ in range(200):
        a, t, theta = (
            rng.uniform(float(low), float(high)) for low, high in (NORMS, THRESHOLDS, ANGLES)
        )
        at = [RING.number(Fraction(x)) for x in (t, theta)]
        gamma, found = (
            float(np.dot([1, -2 * a, a**2], [middle(part) for part in quadratic(*at)]))
            for quadratic in (raised, bound)
        )
        d_s, d_t, d_theta = np.log(a / A_STAR), t - T_STAR, theta - 2 * np.pi / 5
        psi = gamma + r_s * d_s + r_t * d_t - w[0] * d_s**2 / 2 - w[1] * d_t**2 / 2
        psi -= w[2] * d_theta**2
        assert found <= psi + 1e-6  # the slopes are enclosed to 1e-6
        closest = min(closest, psi - found)
    assert closest < 1e-4


def test_the_depth_of_a_form() -> None:
    # l/2 = (19 s^2/2 - 71 s t + 73 t^2/2)/100 with slopes (1, 0): least at l's inverse
    s, t = np.linalg.solve([[0.19, -0.355], [-0.355, 0.73]], [-1.0, 0.0])
    depth = FORM.depth(RING.number(1), RING.number(0))
    assert middle(depth) == pytest.approx(-(0.095 * s**2 - 0.355 * s * t + 0.365 * t**2 + s))


# ---------------------------------------------------------------- the answer


def test_all_conditions_hold() -> None:
    assert [c.text for c in full_model_theorem().conditions if not c.holds] == []


@pytest.mark.parametrize(
    ("density", "text"),
    [
        (Fraction(1, 500), "K + 2 E < 95/64 mu"),  # the angle box is too narrow
        (Fraction(1, 100), "K + E < mu pi/2"),  # a right angle is not excluded
    ],
)
def test_larger_densities_fail_by_name(density: Fraction, text: str) -> None:
    failed = {c.text for c in full_model_theorem(density).conditions if not c.holds}
    assert text in failed


@pytest.mark.slow
def test_the_questions_are_proved() -> None:
    decision = decide_theorem(full_model_theorem(), FLOATS, most_boxes=5_000)
    assert decision.answer == "proved"
    assert {name for name, v in decision.verdicts.items() if v.answer != "proved"} == set()


@pytest.mark.slow
def test_the_certificate_that_is_kept_is_accepted() -> None:
    report = check_text(stored("full-model").read_text(encoding="utf-8"))
    assert report.constants["T_2"].startswith("2.4511904358")
    assert sum(report.leaves.values()) == 3659


@pytest.mark.slow
def test_a_density_a_little_larger_is_not_proved_by_the_same_boxes() -> None:
    decision = decide_theorem(full_model_theorem(Fraction(16, 10_000)), FLOATS, most_boxes=5_000)
    assert decision.answer != "proved"
    assert decision.failed == ()  # by its boxes, not by a constant


def test_the_small_set_lies_in_the_box() -> None:
    (low_t, high_t), (low, high) = NEAR
    assert THRESHOLDS[0] < low_t < high_t < THRESHOLDS[1]
    assert ANGLES[0] < low < high < ANGLES[1]
    for t in NEAR[0]:
        least, largest = (edge.constant + edge.rate * t for edge in EDGES)
        assert NORMS[0] < least < largest < NORMS[1]


@pytest.mark.slow
def test_the_crossover_is_one_of_the_float_loss() -> None:
    found = pentagon_pairs_crossover(digits=30)
    assert found.density.digits(20) == "0.22487544936365838780"
    p = float(found.density.middle)
    a, t = (float(x.middle) for x in found.pentagon)
    norm, bias = (float(x.middle) for x in found.pair)
    angles = 2 * np.pi * np.arange(5) / 5
    corners = np.sqrt(a) * np.array([np.cos(angles), np.sin(angles)])
    axes = np.sqrt(norm) * np.array([[1.0, -1, 0, 0, 0], [0, 0, 1, -1, 0]])
    pentagon = population_loss(corners, np.full(5, -a * t), p)
    pairs = population_loss(axes, np.array([bias] * 4 + [p / 2]), p)
    assert pentagon == pytest.approx(pairs, abs=1e-13)
    assert pentagon == pytest.approx(float(found.loss.middle), abs=1e-13)
    beyond = p + 1e-3
    assert population_loss(axes, np.array([bias] * 4 + [p / 2]), beyond) < population_loss(
        corners, np.full(5, -a * t), beyond
    )
