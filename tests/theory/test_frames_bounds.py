"""Welch bound and frame potential bound."""

from fractions import Fraction
from typing import Any

import pytest
from superposition_theory.errors import InputError
from superposition_theory.frames import Frame, frame_potential_bound, welch_bound
from sympy import Float, I, Rational, Symbol, sqrt


@pytest.mark.parametrize(
    ("n", "m", "bound"),
    [
        (2, 1, 1),  # two unit vectors on a line
        (3, 2, Rational(1, 2)),  # triangle
        (4, 3, Rational(1, 3)),  # tetrahedron
        (6, 3, 1 / sqrt(5)),  # diagonals of the icosahedron
        (7, 3, sqrt(Rational(2, 9))),
        (28, 7, Rational(1, 3)),  # 28 equiangular lines in R^7
        (5, 5, 0),
        (2, 2, 0),
        (3, 7, 0),
    ],
)
def test_welch_bound(n: int, m: int, bound: Any) -> None:
    assert welch_bound(n, m) == bound


@pytest.mark.parametrize(
    ("n", "m", "message"),
    [
        (1, 1, r"n = 1; accepted is an int of at least 2"),
        (3, 0, r"m = 0; accepted is an int of at least 1"),
        (Fraction(3), 2, r"n = Fraction\(3, 1\); accepted is an int"),
        (3, 2.0, r"m = 2\.0; accepted is an int"),
        (3, True, r"m = True; accepted is an int"),
    ],
)
def test_welch_bound_refuses(n: Any, m: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        welch_bound(n, m)


@pytest.mark.parametrize(
    ("total", "m", "bound"),
    [
        (3, 2, Rational(9, 2)),
        (Fraction(1, 2), 3, Rational(1, 12)),
        (0, 1, 0),
        (sqrt(5), 2, Rational(5, 2)),
        (3 - 2 * sqrt(2), 1, 17 - 12 * sqrt(2)),
    ],
)
def test_frame_potential_bound(total: Any, m: int, bound: Any) -> None:
    assert frame_potential_bound(total, m) == bound


@pytest.mark.parametrize(
    ("total", "m", "message"),
    [
        (-1, 2, r"norms_squared_total = -1; accepted are numbers of at least 0"),
        (2 * sqrt(2) - 3, 2, r"accepted are numbers of at least 0"),
        (1.5, 2, r"norms_squared_total = 1\.5 is of type float"),
        (Float(1), 2, r"norms_squared_total holds 1\.0"),
        (Symbol("t"), 2, r"norms_squared_total holds t"),
        (I, 2, r"norms_squared_total holds I"),
        (True, 2, r"norms_squared_total = True is of type bool"),
        (1, 0, r"m = 0; accepted is an int of at least 1"),
        (1, "2", r"m = '2'; accepted is an int of at least 1"),
    ],
    ids=repr,
)
def test_frame_potential_bound_refuses(total: Any, m: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        frame_potential_bound(total, m)


def test_equality_for_the_tetrahedron() -> None:
    tetrahedron = Frame([[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])
    assert tetrahedron.coherence == welch_bound(4, 3)
    assert tetrahedron.frame_potential == frame_potential_bound(12, 3) == 48
