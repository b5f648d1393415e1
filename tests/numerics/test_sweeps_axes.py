"""Axes: their values, and the points of their grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.sweeps.axes import axis_of, grid
from superposition_theory import InputError


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.1, "a", {"x": 1}], [0.1, "a", {"x": 1}]),
        (range(3), [0, 1, 2]),
        (np.array([0.5, 1]), [0.5, 1.0]),
        ({"range": [2, 4]}, [2, 3, 4]),
        ({"range": [2, 2]}, [2]),
        ({"linear": [0, 1, 5]}, [0.0, 0.25, 0.5, 0.75, 1.0]),
        ({"linear": [1, 0, 2]}, [1.0, 0.0]),
        ({"logarithmic": [1, 16, 5]}, [1.0, 2.0, 4.0, 8.0, 16.0]),
        ({"logarithmic": [2, 2, 1]}, [2.0]),
    ],
    ids=range(9),
)
def test_values(values: Any, expected: list[Any]) -> None:
    (found,) = axis_of({"x": values}).values()
    assert [type(value) for value in found] == [type(value) for value in expected]
    spaced = isinstance(values, dict)
    assert found == (pytest.approx(expected, rel=1e-15) if spaced else expected)


def test_points_are_all_combinations_and_settings_of_one_axis_go_together() -> None:
    axes = [{"a": [1, 2], "b.c": [3, 4]}, {"d": [5, 6, 7]}]
    points = list(grid({"b": {"e": 0}, "d": 9}, axes))
    assert [tuple(point.values()) for point, _ in points] == [
        (1, 3, 5),
        (1, 3, 6),
        (1, 3, 7),
        (2, 4, 5),
        (2, 4, 6),
        (2, 4, 7),
    ]
    assert points[4] == (
        {"a": 2, "b.c": 4, "d": 6},
        {"b": {"e": 0, "c": 4}, "d": 6, "a": 2},
    )


def test_tables_may_be_nested() -> None:
    given = {
        "instance": {"seed": {"range": [0, 1]}, "density": [0.1, 0.2]},
        "method": {"schedule": {"warmup": [0, 5]}, "rate": [1, 2]},
        "steps": [3, 4],
    }
    assert axis_of(given) == {
        "instance.seed": [0, 1],
        "instance.density": [0.1, 0.2],
        "method.schedule.warmup": [0, 5],
        "method.rate": [1, 2],
        "steps": [3, 4],
    }


def test_without_axes_there_is_one_point() -> None:
    assert list(grid({"a": 1}, [])) == [({}, {"a": 1})]


@pytest.mark.parametrize(
    ("axis", "match"),
    [
        ({}, "axes holds an empty table"),
        ([], r"axes is \[\]; accepted: a table"),
        ({"x": []}, r"x has the values \[\]; accepted: a list, not empty, or a table"),
        ({"x": 3}, "x has the values 3; accepted"),
        ({"x": "abc"}, "x has the values 'abc'; accepted"),
        ({"x": {}}, "x has 0 spacings; accepted: one of range, linear, logarithmic"),
        ({"x": {"range": [0, 1], "linear": [0, 1, 2]}}, "x has 2 spacings"),
        ({"x": {"log": [1, 2, 3]}}, "x has the unknown entry 'log'.*; accepted: range, linear"),
        ({"x": {"range": [0, 1, 2]}}, r"x\.range is \[0, 1, 2\]; accepted: \[first, last\]"),
        ({"x": {"range": 3}}, r"x\.range is 3; accepted: \[first, last\]"),
        ({"x": {"range": [3, 2]}}, r"x\.range is 2; accepted: an integer of at least 3"),
        ({"x": {"range": [0.5, 2]}}, r"x\.range is 0\.5; accepted: an integer"),
        ({"x": {"linear": [0, 1]}}, r"x\.linear is \[0, 1\]; accepted: \[first, last, count\]"),
        ({"x": {"linear": [0, 1, 0]}}, r"x\.linear is 0; accepted: an integer of at least 1"),
        ({"x": {"linear": [0, float("nan"), 2]}}, r"x\.linear is nan; accepted: a finite number"),
        ({"x": {"logarithmic": [0, 1, 2]}}, r"x\.logarithmic is \[0, 1, 2\]; accepted: ends above"),
        (
            {"instance": {"seed": {"rang": [0, 1]}}},
            r"instance\.seed .*'rang' \(did you mean 'range'",
        ),
        ({"instance": {"seed": [0]}, "instance.seed": [1]}, r"axes holds instance\.seed twice"),
        ({"instance": {}}, "axes holds an empty table"),
        ({"x": [1, 2], "y": [1, 2, 3]}, r"together that have {'x': 2, 'y': 3} values; accepted"),
    ],
    ids=range(20),
)
def test_refusals(axis: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        axis_of(axis)


def test_a_setting_on_two_axes() -> None:
    with pytest.raises(InputError, match="axes holds x twice; accepted: each setting once"):
        list(grid({}, [{"x": [1]}, {"y": [1], "x": [2]}]))


@pytest.mark.parametrize(
    "axes",
    [
        [{"method.rate": [0.5]}, {"method": ["adam", "adamw"]}],
        [{"method": ["adam"], "method.rate": [0.5]}],
        [{"method.rate": [0.5], "method": ["adam"]}],
        [{"method.schedule.warmup": [1]}, {"steps": [1]}, {"method": ["adam"]}],
        [{"method.schedule.warmup": [1]}, {"method.schedule": [{}]}],
    ],
    ids=["after", "beside", "beside, first", "far after", "table within"],
)
def test_a_value_that_a_whole_table_would_drop_is_refused(axes: Any) -> None:
    with pytest.raises(InputError, match=r"axes sets method\.\w+.* all of method"):
        list(grid({}, axes))


def test_a_setting_in_a_table_of_an_axis_before() -> None:
    axes: list[dict[str, list[Any]]] = [{"method": ["adam", "adamw"]}, {"method.rate": [0.5]}]
    assert [settings["method"] for _, settings in grid({}, axes)] == [
        {"name": "adam", "rate": 0.5},
        {"name": "adamw", "rate": 0.5},
    ]
