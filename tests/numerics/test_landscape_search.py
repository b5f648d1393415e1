"""Search for minima, and settings."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest
from superposition_numerics.landscape import (
    Parameter,
    Setting,
    global_minimum,
    local_minima,
    random_starts,
    search,
    structured_starts,
)
from superposition_theory import InputError


@pytest.mark.parametrize(
    ("density", "importance", "kind", "loss"),
    [
        (0.1, 1.0, "antipodal pair + 1 dedicated", 0.00331948),
        (0.3, 1.0, "antipodal pair + 1 dedicated", 0.02931034),
        (0.5, 1.0, "antipodal pair + 1 dedicated", 0.07628237),
        (0.7, 1.0, "triangle", 0.10220111),
        (0.8, 1.0, "triangle", 0.10280756),
        (0.9, 1.0, "triangle", 0.09623710),
        (0.6, 0.7, "weak triangle", 0.07691162),
    ],
)
def test_three_features_in_two_dimensions(
    density: float, importance: float, kind: str, loss: float
) -> None:
    best = global_minimum(Setting(3, 2, density, (1, 1, importance)), starts=6)
    assert best.phase.kind == kind
    assert best.loss == pytest.approx(loss, abs=1e-7)  # known to quadratures of 1e-7
    assert best.gradient_norm <= 1e-11


@pytest.mark.parametrize(
    ("density", "ratio"),
    [(0.003, 0.0855025), (0.01, 0.1001482), (0.05, 0.1780723)],
)
def test_pentagon(density: float, ratio: float) -> None:
    best = global_minimum(Setting(5, 2, density), starts=3, most_structured=4)
    assert best.phase.kind == "pentagon"
    assert best.loss / density == pytest.approx(ratio, abs=6e-7)


def test_all_minima_are_distinct_sorted_and_no_saddles() -> None:
    found = local_minima(Setting(2, 1, 0.55, (1, 0.665)), starts=16)
    kinds = [minimum.phase.kind for minimum in found]
    assert kinds == ["weak antipodal pair", "antipodal pair"]  # the drop is a saddle here
    assert found[0].loss < found[1].loss
    assert all(minimum.hits >= 2 for minimum in found)
    below = local_minima(Setting(2, 1, 0.55, (1, 0.5)), starts=16)
    assert below[0].phase.kind == "1 dedicated + 1 dropped"  # and a minimum here


def test_exchanges_of_unequal_features_are_not_one_minimum() -> None:
    equal = local_minima(Setting(3, 2, 0.1), starts=8)
    unequal = local_minima(Setting(3, 2, 0.1, (1, 1, 0.9)), starts=8)
    pairs = [m for m in unequal if m.phase.kind == "antipodal pair + 1 dedicated"]
    assert sum(m.phase.kind == "antipodal pair + 1 dedicated" for m in equal) == 1
    assert len({m.name for m in pairs}) >= 2


def test_search_does_not_depend_on_the_order_of_features() -> None:
    one = global_minimum(Setting(3, 2, 0.4, (1, 0.5, 2), ratios=(1, 0.5, 0.8)), starts=6)
    other = global_minimum(Setting(3, 2, 0.4, (2, 1, 0.5), ratios=(0.8, 1, 0.5)), starts=6)
    assert one.loss == pytest.approx(other.loss, rel=1e-12)


def test_search_depends_on_its_seed_only() -> None:
    setting = Setting(3, 2, 0.6)
    first, second = (local_minima(setting, starts=6, rng=4) for _ in range(2))
    assert [m.loss for m in first] == [m.loss for m in second]
    np.testing.assert_array_equal(first[0].W, second[0].W)


def test_structured_starts_list_all_shapes_once() -> None:
    rng = np.random.default_rng(0)
    equal, _ = structured_starts(Setting(3, 2, 0.5), 100, rng)
    # two alone + dropped, pair + one, weak pair + one, triangle
    assert len(equal) == 4
    W, biases = structured_starts(Setting(3, 2, 0.5, (1, 2, 3)), 100, rng)
    assert len(W) == 3 + 3 + 6 + 1
    dropped = np.abs(W).sum(axis=1) == 0
    np.testing.assert_array_equal(biases[dropped], 0.25)
    assert len(structured_starts(Setting(3, 2, 0.5, (1, 2, 3)), 5, rng)[0]) == 5


def test_random_starts_have_shapes() -> None:
    W, biases = random_starts(Setting(4, 3, 0.5), 7, np.random.default_rng(0))
    assert (W.shape, biases.shape) == ((7, 3, 4), (7, 4))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (Parameter("density"), 0.45),
        (Parameter("importance", 1), 0.8),
        (Parameter("ratio", 0), 0.6),
        (Parameter("penalty"), 0.03),
    ],
)
def test_loss_slope_is_the_derivative(parameter: Parameter, value: float) -> None:
    setting = Setting(3, 2, 0.4, (1, 2, 0.5), ratios=(0.5, 1, 1), penalty=0.02)
    W, b = np.random.default_rng(0).normal(size=(2, 3)), np.array([0.1, -0.1, 0.2])
    here = setting.vary(parameter, value)
    assert here.value(parameter) == value
    h = 1e-4
    difference = (
        here.vary(parameter, value + h).loss(W, b) - here.vary(parameter, value - h).loss(W, b)
    ) / (2 * h)
    assert here.loss_slope(parameter, W, b) == pytest.approx(float(difference), rel=1e-7)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"features": 11}, "features is 11; accepted: an integer from 1 to 10"),
        ({"features": 2.5}, "features is 2.5; accepted"),
        ({"features": "3"}, "features is '3'; accepted"),
        ({"features": True}, "features is True; accepted"),
        ({"dimensions": 4}, "dimensions is 4; accepted: an integer from 1 to 3"),
        ({"dimensions": 1.0}, "dimensions is 1.0; accepted"),
        ({"density": 1.5}, r"density is 1.5; accepted: a number in \[0, 1\]"),
        ({"density": -0.1}, "density is -0.1; accepted"),
        ({"density": float("nan")}, "density is nan; accepted"),
        ({"density": [0.5, 0.5, 0.5]}, r"density is \[0.5, 0.5, 0.5\]; accepted: a number in"),
        ({"density": "a"}, "density is 'a'; accepted"),
        ({"density": None}, "density is None; accepted"),
        ({"importances": "a"}, "importances is 'a'; accepted: an array of real numbers"),
        ({"importances": (1, 1j, 1)}, "importances is .*; accepted: an array of real numbers"),
        ({"importances": (1, math.inf, 1)}, "importances holds NaN or infinite entries"),
        ({"ratios": "a"}, "ratios is 'a'; accepted"),
        ({"ratios": (1, 1j, 1)}, "ratios is .*; accepted: an array of real numbers"),
        ({"ratios": (1, 1, -1)}, "ratios is .*; accepted: numbers of at least 0"),
        ({"importances": (1, 2)}, "importances has shape"),
        ({"importances": (1, 2, -1)}, "accepted: numbers of at least 0"),
        ({"ratios": (1, 2, 3)}, "density times ratios"),
        ({"penalty": -1.0}, "penalty is -1.0; accepted: a number of at least 0"),
        ({"penalty": math.inf}, "penalty is inf; accepted"),
        ({"penalty": "a"}, "penalty is 'a'; accepted"),
        ({"penalty": None}, "penalty is None; accepted"),
    ],
)
def test_settings_refused(given: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Setting(**{"features": 3, "dimensions": 2, "density": 0.5, **given})


def test_numbers_of_settings_are_plain() -> None:
    two: Any = np.int64(2)
    given = Setting(two, two, 1, penalty=1)  # into JSON with them: a diagram is stored by its key
    found = [given.features, given.dimensions, given.density, given.penalty]
    assert found == [2, 2, 1, 1]
    assert [type(number) for number in found] == [int, int, float, float]


@pytest.mark.parametrize("feature", ["a", 1.5, None, True])
def test_features_of_parameters_refused(feature: Any) -> None:
    with pytest.raises(InputError, match=f"feature is {feature!r}; accepted: an integer"):
        Parameter("importance", feature)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Parameter("importance", 1), Parameter("importance", -1), True),  # n = 2
        (Parameter("importance", 0), Parameter("importance", -1), False),
        (Parameter("importance", 0), Parameter("ratio", 0), False),
        (Parameter("density", 0), Parameter("density", 1), True),  # has no feature
        (Parameter("density"), Parameter("penalty"), False),
    ],
)
def test_parameters_that_are_one_number(first: Parameter, second: Parameter, same: bool) -> None:
    setting = Setting(2, 1, 0.5)
    assert setting.same(first, second) is same
    moved = setting.vary(first, 0.25) == setting.vary(second, 0.25)
    assert moved is same


SMALL = Setting(2, 1, 0.5)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        *(
            (lambda f=f, s=s: f(SMALL, starts=s), f"starts is {s!r}; accepted: an integer of at")
            for f in (local_minima, global_minimum)
            for s in (1.5, "a", True, -1)
        ),
        *(
            (lambda f=f, r=r: f(SMALL, rng=r), f"rng is {r!r}; accepted: a numpy.random.Generator")
            for f in (local_minima, global_minimum)
            for r in (1.5, "a", None, -1)
        ),
        *(
            (lambda f=f, r=r: f(SMALL, 2, r), f"rng is {r!r}; accepted: a numpy.random.Generator")
            for f in (random_starts, structured_starts)
            for r in (1.5, "a", None, -1)
        ),
        (lambda: local_minima(SMALL, most_structured=cast(Any, 1.5)), "most_structured is 1.5"),
        (lambda: random_starts(SMALL, cast(Any, 1.5), 0), "count is 1.5; accepted: an integer"),
        (lambda: structured_starts(SMALL, -1, 0), "most is -1; accepted: an integer of at least"),
        (lambda: local_minima(cast(Any, "a")), "setting is 'a'; accepted: Setting"),
        (lambda: global_minimum(cast(Any, None)), "setting is None; accepted: Setting"),
        (lambda: random_starts(cast(Any, 1), 2, 0), "setting is 1; accepted: Setting"),
        (lambda: structured_starts(cast(Any, 1), 2, 0), "setting is 1; accepted: Setting"),
        (lambda: SMALL.vary(cast(Any, "density"), 0.1), "parameter is 'density'; accepted: Par"),
        (lambda: SMALL.value(cast(Any, "density")), "parameter is 'density'; accepted: Param"),
        (lambda: SMALL.vary(Parameter("ratio"), cast(Any, "a")), "ratios is .*; accepted"),
    ],
)
def test_arguments_of_searches_refused(call: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        call()


def test_an_integer_and_its_generator_give_the_same_starts() -> None:
    for make in (random_starts, structured_starts):
        by_seed, by_source = make(SMALL, 2, 3), make(SMALL, 2, np.random.default_rng(3))
        np.testing.assert_array_equal(by_seed[0], by_source[0])


def test_searches_refused() -> None:
    with pytest.raises(InputError, match="features is 7; accepted: at most 6"):
        local_minima(Setting(7, 2, 0.5))
    with pytest.raises(InputError, match="not both 0"):
        local_minima(Setting(2, 1, 0.5), starts=0, most_structured=0)
    with pytest.raises(InputError, match="kind is 'bias'"):
        Parameter("bias")
    with pytest.raises(InputError, match="accepted: a feature from 0 to 1"):
        Setting(2, 1, 0.5).vary(Parameter("importance", 2), 1.0)


def test_only_features_of_one_importance_and_density_are_exchanged() -> None:
    exchanges = search._symmetries(Setting(4, 2, 0.5, (1, 2, 1, 1), ratios=(1, 1, 1, 0.5)))
    assert exchanges.tolist() == [[0, 1, 2, 3], [2, 1, 0, 3]]
