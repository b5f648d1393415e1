"""Settings as data: made into objects, and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from superposition_numerics.training import Model, Stopping
from superposition_numerics.training.settings import differences, from_settings
from superposition_theory import InputError


@pytest.mark.parametrize(
    ("there", "here", "words"),
    [
        ({}, {}, ""),
        ({"a": 1, "b": [1, {"c": None}]}, {"b": [1, {"c": None}], "a": 1.0}, ""),
        ({"a": 1}, {"a": 2}, "a is 1 there, 2 here"),
        ({"a": 1}, {"a": True}, "a is 1 there, True here"),  # equal for Python
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "a.b.1 is 2 there, 3 here"),
        ({"a": [1, 2]}, {"a": [1]}, "a has 2 entries there, 1 here"),
        ({"a": [1]}, {"a": 1}, "a is [1] there, 1 here"),
        ({"a": 1}, {}, "a is 1 there, None here"),
        ({}, {"a": "x"}, "a is None there, 'x' here"),
        (
            {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1},
            {},
            "a is 1 there, None here; b is 1 there, None here; c is 1 there, None here; 2 more",
        ),
        ({"a": "x" * 50}, {"a": ""}, "a is '" + "x" * 39 + "... there, '' here"),
    ],
)
def test_differences(there: Any, here: Any, words: str) -> None:
    assert differences(there, here) == words


def test_settings_that_have_a_default_may_be_left_out() -> None:
    data = {"kind": "relu", "features": 3, "dimensions": 2}
    assert from_settings("model", Model, data) == Model("relu", 3, 2)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (None, "stopping is None; accepted: settings by name"),
        ([("tolerance", 1)], "stopping is .*; accepted: settings by name"),
        ({}, "stopping lacks tolerance; accepted: tolerance, patience"),
        ({"tolerance": 1, 2: 3}, "stopping has the unknown setting 2; accepted: tolerance"),
        ({"tolerance": "x"}, "tolerance is 'x'"),
    ],
)
def test_settings_that_are_refused(data: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        from_settings("stopping", Stopping, data)


@dataclass(frozen=True)
class _Length:
    of: str

    def __post_init__(self) -> None:
        len(self.of)


def test_a_type_that_the_settings_refuse_themselves() -> None:
    assert from_settings("x", _Length, {"of": "a"}) == _Length("a")
    with pytest.raises(InputError, match=r"x has a setting of a wrong type: .*no len\(\)"):
        from_settings("x", _Length, {"of": 3})
