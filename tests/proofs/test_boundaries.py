"""Boundaries by both routes, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from superposition_proofs.boundaries import (
    drop_to_pair,
    drop_to_pair_by_penalty,
    drop_weak_strong,
    pair_merges,
    pair_merges_by_penalty,
    polygons_cross,
    sparser_feature,
    strong_pair_on_soft_line,
    symmetric_to_asymmetric,
    weak_to_strong,
)
from superposition_theory import InputError
from superposition_theory.phases import (
    BIAS_RATE,
    DENSITY,
    IMPORTANCE,
    best_bias_rate,
    critical_importance,
    critical_penalty,
)
from superposition_theory.toy_model import ReluModel
from sympy import Rational

F = Fraction


def test_the_line_agrees_with_the_exact_model() -> None:
    # An oracle that knows neither the system nor the float loss: both losses at the solution.
    located = drop_to_pair(F(1, 5))
    assert located.exact is not None
    u, v, b1, b2, importance = (
        located.exact[name] for name in ("u_pair", "v_pair", "b1_pair", "b2_pair", "I")
    )
    pair = ReluModel([[u, -v]], [b1, b2], [1, importance])
    p = Rational(1, 5)
    dropped = importance * (p / 3 - p**2 / 4)
    assert abs(pair.loss(p) - dropped) < Rational(1, 10**35)
    gradient = pair.gradient(p)
    assert all(abs(slope) < Rational(1, 10**35) for slope in (*gradient.weights, *gradient.biases))


@pytest.mark.parametrize(
    ("density", "decimals"),
    [
        (F(1, 20), "0.0227385704"),
        (F(3, 10), "0.2046990764"),
        pytest.param(F(1, 10), "0.0487218979", marks=pytest.mark.slow),
        pytest.param(F(2, 5), "0.3372804686", marks=pytest.mark.slow),
        pytest.param(F(1, 2), "0.5357387641", marks=pytest.mark.slow),
        pytest.param(F(9, 10), "0.9409533111", marks=pytest.mark.slow),  # weak, below I_c
    ],
)
def test_drop_to_pair(density: Fraction, decimals: str) -> None:
    located = drop_to_pair(density)
    assert str(located.value.round(10)) == decimals
    assert located.crossing is not None
    assert abs(float(located.value) - located.crossing.value) <= located.crossing.error
    assert located.crossing.order == "first"
    assert located.value < critical_importance(density)


@pytest.mark.slow
@pytest.mark.parametrize("density", [F(7, 20), F(19, 20)])
def test_routes_agree_at_densities_listed_nowhere(density: Fraction) -> None:
    located = drop_to_pair(density)
    assert located.crossing is not None
    assert abs(float(located.value) - located.crossing.value) <= located.crossing.error
    frozen = 2 * density / (4 - 5 * density)
    assert frozen < 0 or located.value < frozen  # dropping ends earlier than with frozen weights


@pytest.mark.parametrize(
    ("density", "decimals"),
    [
        (F(3, 5), "0.80774993"),
        pytest.param(F(11, 20), "0.66546204", marks=pytest.mark.slow),
        pytest.param(F(13, 20), "0.92551135", marks=pytest.mark.slow),
    ],
)
def test_weak_to_strong(density: Fraction, decimals: str) -> None:
    assert str(weak_to_strong(density).value.round(8)) == decimals


@pytest.mark.parametrize(
    ("density", "importance", "decimals"),
    [
        (F(1, 20), F(1), "0.01470505"),  # the best pair is not the symmetric one
        (F(2, 5), F(1, 2), "0.00691067"),
        pytest.param(F(1, 20), F(1, 2), "0.00702889", marks=pytest.mark.slow),
        pytest.param(F(1, 5), F(1), "0.03755395", marks=pytest.mark.slow),
        pytest.param(F(1, 5), F(1, 2), "0.01526505", marks=pytest.mark.slow),
        pytest.param(F(2, 5), F(1), "0.03338700", marks=pytest.mark.slow),
    ],
)
def test_penalties(density: Fraction, importance: Fraction, decimals: str) -> None:
    assert str(drop_to_pair_by_penalty(density, importance).value.round(8)) == decimals


def test_special_points() -> None:
    assert str(symmetric_to_asymmetric().value.round(13)) == "0.7064036926732"
    soft, triple = strong_pair_on_soft_line(), drop_weak_strong()
    assert str(soft.value.round(13)) == "0.5117414701722"
    assert soft.exact is not None
    assert str(soft.exact["I"].round(10)) == "0.5641398166"
    assert str(triple.value.round(13)) == "0.5117380321176"
    assert triple.exact is not None
    assert str(triple.exact["I"].round(13)) == "0.5641313653477"
    # At the triple point dropping is still a strict minimum: I lies below I_c.
    density = F(str(triple.value.round(20)))
    assert triple.exact["I"] < critical_importance(density)


@pytest.mark.parametrize(
    ("name", "decimals"),
    [
        ("pair + 1 | triangle", "0.52183765907143"),
        pytest.param("pentagon | 2 pairs", "0.22487544936366", marks=pytest.mark.slow),
        pytest.param("2 pairs | triangle", "0.64424036446063", marks=pytest.mark.slow),
    ],
)
def test_polygons(name: str, decimals: str) -> None:
    located = polygons_cross(name)
    assert abs(located.value - Rational(decimals)) < Rational(1, 10**13)
    assert located.crossing is not None
    assert located.crossing.order == "first"


@pytest.mark.parametrize("density", [F(11, 20), F(3, 4)])  # between the tricritical points
def test_mergers_are_where_the_theory_says(density: Fraction) -> None:
    found = pair_merges(density)
    assert found.order == "second"
    assert abs(found.value - float(critical_importance(density))) < 5e-11


def test_merger_in_the_penalty() -> None:
    found = pair_merges_by_penalty(F(7, 10), F(4, 5))
    stated = critical_penalty().subs({BIAS_RATE: best_bias_rate(), IMPORTANCE: Rational(4, 5)})
    assert found.order == "second"
    assert abs(found.value - float(stated.subs(DENSITY, Rational(7, 10)))) < 1e-11


@pytest.mark.parametrize("density", [F(7, 10), F(78, 100)])
def test_the_error_of_a_merger_covers_it(density: Fraction) -> None:
    # at 0.78 the estimates of the last orders agree by chance, closer than they are right
    found = pair_merges_by_penalty(density, F(1))
    stated = critical_penalty().subs({BIAS_RATE: best_bias_rate(), IMPORTANCE: 1})
    assert abs(found.value - float(stated.subs(DENSITY, Rational(density)))) <= found.error < 1e-11


@pytest.mark.parametrize(
    ("density", "ratio"),
    [(F(1, 20), 0.269081), pytest.param(F(1, 10), 0.425482, marks=pytest.mark.slow)],
)
def test_sparser_feature(density: Fraction, ratio: float) -> None:
    located = sparser_feature(density)
    assert located.exact is None
    assert float(located.value) == pytest.approx(ratio, abs=5e-7)
    assert located.crossing is not None
    assert located.crossing.order == "first"
    assert located.crossing.slopes[0] < located.crossing.slopes[1]  # the pentagon's loss rises less


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="accepted"):
        drop_to_pair(F(7, 10))  # continuous
    with pytest.raises(InputError, match="no transition"):
        weak_to_strong(F(4, 5))  # beyond the end of the line
    with pytest.raises(InputError, match=r"name is 'hexagon'; accepted: 'pentagon \| 2 pairs'"):
        polygons_cross("hexagon")
