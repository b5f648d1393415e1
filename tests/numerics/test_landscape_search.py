"""Search for minima, and settings."""

from __future__ import annotations

from typing import Any

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
        ({"features": 11}, "features is 11; accepted: 1 to 10"),
        ({"dimensions": 4}, "dimensions is 4; accepted: 1 to features = 3"),
        ({"density": 1.5}, "density times ratios"),
        ({"density": float("nan")}, "density times ratios"),
        ({"importances": (1, 2)}, "importances has shape"),
        ({"importances": (1, 2, -1)}, "accepted: numbers of at least 0"),
        ({"ratios": (1, 2, 3)}, "density times ratios"),
        ({"penalty": -1.0}, "penalty is -1.0"),
    ],
)
def test_settings_refused(given: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Setting(**{"features": 3, "dimensions": 2, "density": 0.5, **given})


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
