"""Plain JSON data from what checks return."""

import json
from collections import OrderedDict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_proofs.ledger import Status, json_value
from superposition_theory.errors import InputError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),  # not 1
        ("text", "text"),
        (Status.proved, "proved"),
        (3, 3),
        (2**14000 - 1, 2**14000 - 1),  # the longest integer that is accepted
        (sympy.Integer(4), 4),
        (np.int8(5), 5),
        (Fraction(-1, 3), "-1/3"),
        (sympy.Rational(2, 7), "2/7"),
        (0.1, 0.1),
        (np.float32(0.5), 0.5),
        (float("inf"), None),
        (float("-inf"), None),
        (float("nan"), None),
        (np.float64("nan"), None),
        (np.bool_(False), False),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        (np.array(2), 2),
        ((1, (2, 3)), [1, [2, 3]]),
        (OrderedDict(a=(1,)), {"a": [1]}),
        ({}, {}),
    ],
    ids=repr,
)
def test_values_become_plain(value: object, expected: object) -> None:
    plain: Any = json_value(value, "x")
    assert plain == expected
    assert type(plain) is type(expected)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1j, r"x is of type complex, .* accepted are None"),
        ({"a": [0, object()]}, r"x\['a'\]\[1\] is of type object"),
        ({1: 2}, r"x has the key 1; keys must be strings"),
        (b"bytes", r"x is of type bytes"),
        ({1, 2}, r"x is of type set"),
        (np.array([1j]), r"x\[0\] is of type complex"),
        (np.array([object()]), r"x is of type ndarray"),
        (2**14000, r"x is an integer of 14001 bits; at most 14000 bits"),
        (sympy.sqrt(2), r"x is of type Pow"),
    ],
    ids=["complex", "nested", "key", "bytes", "set", "array", "object-array", "long", "surd"],
)
def test_values_without_a_form_are_refused(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        json_value(value, "x")


@settings(max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers() | st.floats() | st.fractions(),
        lambda inner: (
            st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
        ),
        max_leaves=10,
    )
)
def test_what_is_written_is_what_is_read(value: object) -> None:
    plain = json_value(value, "x")
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert json_value(plain, "x") == plain
