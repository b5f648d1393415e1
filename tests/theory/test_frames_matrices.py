"""Reading exact matrices: what is accepted and what is refused."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_theory.errors import InputError
from superposition_theory.frames.matrices import field_of, read_matrix, read_number, to_immutable
from sympy import (
    QQ,
    Add,
    CRootOf,
    Float,
    I,
    ImmutableMatrix,
    Matrix,
    Pow,
    Rational,
    Symbol,
    cos,
    nan,
    oo,
    pi,
    sin,
    sqrt,
    zoo,
)

x = Symbol("x")


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 2, 3], [4, 5, 6]],
        ((1, 2, 3), (4, 5, 6)),
        [(1, Fraction(4, 2), 3), [4, Rational(5), 6]],
        Matrix([[1, 2, 3], [4, 5, 6]]),
        ImmutableMatrix([[1, 2, 3], [4, 5, 6]]),
        Matrix([[1, 2, 3], [4, Add(2, 3, evaluate=False), 6]]),
    ],
    ids=["lists", "tuples", "mixed", "Matrix", "ImmutableMatrix", "unevaluated"],
)
def test_one_matrix_in_many_containers(matrix: Any) -> None:
    found, field = read_matrix(matrix, "W")
    assert field.domain == QQ
    assert found.shape == (2, 3)
    assert found.to_list() == [[1, 2, 3], [4, 5, 6]]
    assert to_immutable(found, field) == ImmutableMatrix([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    ("matrix", "shape"),
    [
        ([], (0, 0)),
        ([[], []], (2, 0)),
        (((),), (1, 0)),
        (Matrix(3, 0, []), (3, 0)),
        (Matrix(0, 0, []), (0, 0)),
    ],
)
def test_empty_shapes(matrix: Any, shape: tuple[int, int]) -> None:
    found, field = read_matrix(matrix, "W")
    assert found.shape == shape
    assert to_immutable(found, field).shape == shape


def test_fractions_keep_numerator_and_denominator() -> None:
    assert read_number(Fraction(-2, 7), "t")[0] == QQ(-2, 7)
    assert read_number(-3, "t")[0] == -3


@pytest.mark.parametrize(
    "entries",
    [
        [sqrt(5), Rational(1, 3)],
        [sqrt(2), sqrt(3), sqrt(6)],
        [cos(2 * pi / 7), cos(4 * pi / 7), cos(6 * pi / 7)],
        [CRootOf(x**3 - 3 * x + 1, 2), Rational(1)],
        [sqrt(2 + sqrt(2)), sqrt(2 - sqrt(2))],
        [1 / (1 + sqrt(2)), Pow(3, Rational(1, 3))],
    ],
    ids=str,
)
def test_entries_survive_the_field(entries: list[Any]) -> None:
    matrix, field = read_matrix([entries], "W")
    back = to_immutable(matrix, field)
    for entry, found in zip(entries, back, strict=True):
        assert abs(float(entry) - float(found)) < 1e-12
    assert field.generator is not None
    width = field.generator.upper - field.generator.lower
    assert width <= QQ(1, 2**64)
    value = float(field.to_sympy(field.domain.unit))
    assert abs(float(field.generator.lower) - value) < 1e-9


def test_rational_number_in_disguise_is_read() -> None:
    two = sqrt((1 + sqrt(2)) * (1 - sqrt(2)) + 5)
    for entries in ([two], [two, sqrt(3)]):
        matrix, field = read_matrix([entries], "W")
        assert matrix.to_list()[0][0] == field.domain.convert(2)
        assert to_immutable(matrix, field)[0, 0] == 2


def test_sine_is_read() -> None:
    matrix, field = read_matrix([[sin(2 * pi / 7)]], "W")
    assert abs(float(to_immutable(matrix, field)[0, 0]) - 0.7818314824680298) < 1e-12


def test_degree_of_the_field() -> None:
    assert field_of([sqrt(2), sqrt(3), sqrt(6)])[0].domain.mod.to_list() == [1, 0, -10, 0, 1]
    assert field_of([cos(2 * pi / 7), cos(4 * pi / 7)])[0].domain.ext.minpoly.degree() == 3


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 0.5]], r"W\[0, 1\] = 0\.5 is of type float; accepted are int"),
        ([[1], [True]], r"W\[1, 0\] = True is of type bool"),
        ([["1"]], r"W\[0, 0\] = '1' is of type str"),
        ([[None]], r"is of type NoneType"),
        ([[1j]], r"is of type complex"),
        ([[Decimal(1)]], r"is of type Decimal"),
        ([[np.int64(1)]], r"is of type int64"),
        ([[1, 2], [3, Float(1)]], r"W\[1, 1\] holds 1\.0+, which is not accepted"),
        ([[sqrt(2) + Float(1)]], r"W\[0, 0\] holds 1\.0+, which is not accepted"),
        ([[Symbol("a")]], r"W\[0, 0\] holds a, which is not accepted"),
        ([[sin(Symbol("a"))]], r"which is not accepted"),
        ([[1 + I]], r"holds I, which is not accepted"),
        ([[CRootOf(x**3 - x - 1, 1)]], r"which is not real"),
        ([[pi]], r"holds pi, which is not accepted"),
        ([[nan]], r"holds nan, which is not accepted"),
        ([[oo]], r"holds oo, which is not accepted"),
        ([[zoo]], r"holds zoo, which is not accepted"),
        (Matrix([[Float(2)]]), r"W\[0, 0\] holds 2\.0+, which is not accepted"),
        ([[1, 2], [3]], r"W\[1\] has length 1 but W\[0\] has length 2"),
        ([[1], [3, 4]], r"W\[1\] has length 2 but W\[0\] has length 1"),
        ([1, 2], r"W\[0\] is of type int; accepted are rows"),
        ([[1], "a"], r"W\[1\] is of type str; accepted are rows"),
        ("ab", r"W is of type str; accepted are a sympy Matrix"),
        (3, r"W is of type int"),
        (np.eye(2), r"W is of type ndarray"),
        ({1: [1]}, r"W is of type dict"),
    ],
    ids=lambda value: None if isinstance(value, str) else repr(value),
)
def test_refused(matrix: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_matrix(matrix, "W")
