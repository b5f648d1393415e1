"""Branches and where they cross or merge."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest
from superposition_numerics.landscape import (
    Branch,
    Crossing,
    Parameter,
    Setting,
    crossing,
    follow,
    local_minima,
    minimise,
    separation,
)
from superposition_theory import InputError

DENSITY, IMPORTANCE = Parameter("density"), Parameter("importance")
RATIO, PENALTY = Parameter("ratio", 0), Parameter("penalty")


def polygon(corners: int, dropped: int = 0) -> np.ndarray:
    angles = 2 * np.pi * np.arange(corners) / corners
    return np.hstack((np.array([np.cos(angles), np.sin(angles)]), np.zeros((2, dropped))))


def near(setting: Setting, parameter: Parameter, W: Any, biases: Any, stop: float) -> Branch:
    return follow(setting, parameter, W, biases, stop, steps=2)


def strong_and_drop(density: float, importance: float) -> Crossing:
    setting = Setting(2, 1, density, (1, importance))
    stop = 1.03 * importance
    pair = near(setting, IMPORTANCE, [[1, -1]], [0, 0], stop)
    drop = near(setting, IMPORTANCE, [[1, 0]], [0, density / 2], stop)
    return crossing(pair, drop, (0.98 * importance, stop))


@pytest.mark.parametrize(
    ("density", "importance"),
    [
        (0.05, 0.0227385704),
        (0.1, 0.0487218979),
        (0.2, 0.1138213902),
        (0.3, 0.2046990764),
        (0.4, 0.3372804686),
        (0.5, 0.5357387641),
    ],
)
def test_dropped_feature_and_strong_pair(density: float, importance: float) -> None:
    found = strong_and_drop(density, importance)
    assert found.value == pytest.approx(importance, abs=5.1e-11)
    assert found.order == "first"
    assert found.error < 1e-12
    # the drop costs I v(p), with slope v(p)
    v = density / 3 - density**2 / 4
    assert found.losses == pytest.approx((found.value * v, found.value * v), abs=1e-15)
    assert found.slopes[1] == pytest.approx(v, abs=1e-14)
    assert found.slopes[0] < v


@pytest.mark.parametrize(
    ("density", "importance"), [(0.6, 0.66539885), (0.7, 0.77257953), (0.8, 0.86597918)]
)
def test_dropped_feature_and_weak_pair_merge(density: float, importance: float) -> None:
    setting = Setting(2, 1, density, (1, importance + 0.05))
    weak = near(setting, IMPORTANCE, [[0.95, -0.4]], [0.05, 0.2], importance + 0.04)
    drop = near(setting, IMPORTANCE, [[1, 0]], [0, density / 2], importance + 0.04)
    found = crossing(weak, drop, (importance - 0.05, importance + 0.05))
    assert found.value == pytest.approx(importance, abs=5.1e-9)
    assert found.order == "second"
    assert found.error < 1e-10
    assert found.separation == 0
    assert found.losses[0] == pytest.approx(found.losses[1], abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "bracket", "value", "loss"),
    [
        pytest.param(
            (3, polygon(3), [0, 0, 0]),
            (3, [[1, -1, 0], [0, 0, 1]], [0.1, 0.1, 0]),
            (0.5, 0.54), 0.52183765907143, 0.0818277742439, id="pair + 1 -> triangle",
        ),
        pytest.param(
            (5, polygon(5), [0] * 5),
            (5, [[1, -1, 0, 0, 0], [0, 0, 1, -1, 0]], [0.1] * 5),
            (0.22, 0.23), 0.22487544936366, None, id="pentagon -> two pairs",
        ),
        pytest.param(
            (5, polygon(3, 2), [0.1, 0.1, 0.1, 0.3, 0.3]),
            (5, [[1, -1, 0, 0, 0], [0, 0, 1, -1, 0]], [0.1, 0.1, 0.1, 0.1, 0.3]),
            (0.64, 0.65), 0.6442403644606, None, id="two pairs -> triangle",
        ),
        pytest.param(
            (2, [[0.93, -0.47]], [0.05, 0.2]),
            (2, [[1, -1]], [0.1, 0.1]),
            (0.71, 0.704), 0.7064036926732, 0.1082481648, id="symmetric -> asymmetric pair",
        ),
    ],
)  # fmt: skip
def test_transitions_in_the_density(
    first: Any, second: Any, bracket: tuple[float, float], value: float, loss: float | None
) -> None:
    branches = [
        near(Setting(n, min(2, n - 1), bracket[0]), DENSITY, W, b, bracket[0] + 1e-3)
        for n, W, b in (first, second)
    ]
    found = crossing(branches[0], branches[1], bracket)
    assert found.value == pytest.approx(value, abs=1e-13)
    assert found.order == "first"
    assert found.error < 1e-12
    if loss is not None:
        assert found.losses == pytest.approx((loss, loss), abs=6e-11)


@pytest.mark.parametrize(
    ("density", "importance", "tolerance"),
    [
        (0.55, 0.665, 6e-4),
        (0.6, 0.807, 1e-3),
        pytest.param(0.65, 0.926, 6e-4, marks=pytest.mark.slow),
    ],
)
def test_weak_and_strong_pair(density: float, importance: float, tolerance: float) -> None:
    setting = Setting(2, 1, density, (1, importance))
    minima = {m.phase.kind: m for m in local_minima(setting, starts=24)}
    weak, strong = (
        near(setting, IMPORTANCE, minima[k].W, minima[k].biases, importance + 1e-3)
        for k in ("weak antipodal pair", "antipodal pair")
    )
    found = crossing(weak, strong, (importance - 0.01, importance + 0.01))
    assert found.value == pytest.approx(importance, abs=tolerance)
    assert found.order == "first"


@pytest.mark.parametrize(
    ("density", "ratio", "tolerance"),
    [
        (0.1, 0.42, 0.015),
        pytest.param(0.05, 0.265, 0.01, marks=pytest.mark.slow),
    ],
)
def test_rare_feature_leaves_the_pentagon(density: float, ratio: float, tolerance: float) -> None:
    pentagon = follow(Setting(5, 2, density), RATIO, polygon(5), [-0.2] * 5, 0.9 * ratio, steps=4)
    setting = Setting(5, 2, density, ratios=(ratio, 1, 1, 1, 1))
    biases = [ratio * density / 2, 0, 0, 0, 0]
    pairs = near(setting, RATIO, [[0, 1, -1, 0, 0], [0, 0, 0, 1, -1]], biases, 1.05 * ratio)
    found = crossing(pentagon, pairs, (0.95 * ratio, 1.05 * ratio))
    assert found.value == pytest.approx(ratio, abs=tolerance)
    assert found.order == "first"


@pytest.mark.parametrize(
    ("density", "importance", "penalty"), [(0.05, 1.0, 0.01470505), (0.4, 0.5, 0.00691067)]
)
def test_penalty_that_drops_a_feature(density: float, importance: float, penalty: float) -> None:
    setting = Setting(2, 1, density, (1, importance), penalty=0.99 * penalty)
    pair = next(m for m in local_minima(setting, starts=16) if len(m.phase.components) == 1)
    followed = near(setting, PENALTY, pair.W, pair.biases, 1.005 * penalty)
    drop = near(setting, PENALTY, [[1, 0]], [0, density / 2], 1.005 * penalty)
    found = crossing(followed, drop, (0.99 * penalty, 1.005 * penalty))
    assert found.value == pytest.approx(penalty, abs=5.1e-9)
    assert found.order == "first"
    v = density / 3 - density**2 / 4
    assert found.losses[0] == pytest.approx(importance * v, abs=1e-14)


def test_a_branch_consists_of_minima_with_their_slopes() -> None:
    pair = follow(Setting(2, 1, 0.1), DENSITY, [[1, -1]], [0, 0], 0.3, steps=8)
    assert pair.lost is None
    assert [p.value for p in pair.points] == pytest.approx(np.linspace(0.1, 0.3, 9))
    for point in pair.points:
        assert point.is_minimum
        assert point.loss == pytest.approx(float(minimise([[1, -1]], [0, 0], point.value).loss))
    h = 1e-4
    slope = (pair.at(0.2 + h).loss - pair.at(0.2 - h).loss) / (2 * h)
    assert pair.at(0.2).slope == pytest.approx(slope, rel=1e-7)
    assert separation(pair.points[0], pair.points[-1]) > 0.01


@pytest.mark.slow
def test_a_branch_that_ends_says_where() -> None:
    # the strong pair of n = 2, m = 1 at p = 0.05 ends in a fold a little below I* = 0.0227
    pair = follow(Setting(2, 1, 0.05, (1, 0.0227)), IMPORTANCE, [[1, -1]], [0, 0], 0.02)
    assert pair.lost is not None
    assert pair.lost.reason in ("ends", "becomes a saddle")
    assert pair.lost.value == pytest.approx(0.02208978, abs=1e-7)
    assert pair.reach(0.02) == pytest.approx(pair.lost.value, abs=1e-7)
    back = pair.lost.value + 1e-6  # upwards from the end the branch goes on
    assert pair.reach(back) == back
    with pytest.raises(InputError, match=r"that the branch reaches, which ends at 0\.02208"):
        pair.at(0.02)


@pytest.mark.parametrize(
    ("density", "importance"), [(0.6, 0.66539885), (0.7, 0.77257953), (0.8, 0.86597918)]
)
def test_the_dropped_feature_becomes_a_saddle(density: float, importance: float) -> None:
    # the threshold on the curvature, 1e-7, costs about 1e-6 of the parameter
    setting = Setting(2, 1, density, (1, 0.5))
    drop = follow(setting, IMPORTANCE, [[1, 0]], [0, density / 2], 1.0, steps=5)
    assert drop.lost is not None
    assert drop.lost.reason == "becomes a saddle"
    assert drop.lost.value == pytest.approx(importance, abs=3e-6)


def test_refusals() -> None:
    setting = Setting(2, 1, 0.1)
    pair = near(setting, DENSITY, [[1, -1]], [0, 0], 0.11)
    drop = near(setting, DENSITY, [[1, 0]], [0, 0.05], 0.11)
    other = near(setting, IMPORTANCE, [[1, 0]], [0, 0.05], 1.1)
    with pytest.raises(InputError, match="second is a branch in importance of the last feature"):
        crossing(pair, other, (0.1, 0.11))
    with pytest.raises(InputError, match="the losses cross or the branches merge"):
        crossing(pair, drop, (0.1, 0.11))
    with pytest.raises(InputError, match="value is 'a'; accepted: a finite number"):
        pair.at(cast(Any, "a"))
    with pytest.raises(InputError, match="first is 1; accepted: Branch"):
        crossing(cast(Any, 1), drop, (0.1, 0.11))
    with pytest.raises(InputError, match="second is None; accepted: Branch"):
        crossing(pair, cast(Any, None), (0.1, 0.11))
    brackets: list[Any] = [None, ("a", 1), (0.05,), (0.05, 0.1, 0.2), 0.1, (0.1, math.nan)]
    for bracket in brackets:
        with pytest.raises(InputError, match=r"bracket (is .*; accepted|holds NaN)"):
            crossing(pair, drop, bracket)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"steps": 0}, "steps is 0; accepted: an integer of at least 1"),
        ({"steps": 1.5}, "steps is 1.5; accepted"),
        ({"steps": True}, "steps is True; accepted"),
        ({"stop": 1.2}, "density is 1.2; accepted"),
        ({"stop": "a"}, "stop is 'a'; accepted: a finite number"),
        ({"stop": None}, "stop is None; accepted"),
        ({"W": "a"}, "W is 'a'; accepted"),
        ({"biases": [True, True]}, r"biases is \[True, True\]; accepted"),
        ({"parameter": "importance"}, "parameter is 'importance'; accepted: Parameter"),
        ({"setting": 0.1}, "setting is 0.1; accepted: Setting"),
    ],
)
def test_follow_refuses(change: dict[str, Any], match: str) -> None:
    arguments: dict[str, Any] = {
        "setting": Setting(2, 1, 0.1), "parameter": DENSITY, "W": [[1, -1]], "biases": [0, 0],
        "stop": 0.2, **change,
    }  # fmt: skip
    with pytest.raises(InputError, match=match):
        follow(**arguments)


@pytest.mark.slow
def test_rounding_beyond_a_merger_is_not_a_crossing() -> None:
    # there the followed pair is the drop, and the sign of the difference of losses is chance
    setting = Setting(2, 1, 0.6, (1, 0.71))
    weak = near(setting, IMPORTANCE, [[0.95, -0.4]], [0.05, 0.2], 0.7)
    drop = near(setting, IMPORTANCE, [[1, 0]], [0, 0.3], 0.7)
    for end in np.linspace(0.6, 0.65, 11):
        found = crossing(weak, drop, (float(end), 0.71))
        assert found.order == "second"
        assert found.value == pytest.approx(0.66539885, abs=5.1e-9)
