"""The Stieltjes transform against the resolvent."""

from fractions import Fraction
from typing import Any

import pytest
from superposition_theory.errors import InputError
from superposition_theory.frames import Frame
from sympy import Float, Matrix, Rational, Symbol, eye, minimal_polynomial, sqrt

z = Symbol("z")
FRAMES = {
    "digon": [[1, -1]],
    "full rank": [[1, 1], [0, 1]],
    "rank 2 of 3": [[1, 0, 1], [0, 1, 1]],
    "two dimensions for one feature": [[1], [2]],
    "zero column": [[1, 0], [1, 0]],
    "zero": [[0, 0]],
    "multiplicity": [[2, 0, 0], [0, 1, 1], [0, 1, -1]],
    "over Q(sqrt 5)": [[1, sqrt(5)], [0, 1]],
}


@pytest.mark.parametrize("name", FRAMES)
def test_equals_the_normalized_trace_of_the_resolvent(name: str) -> None:
    matrix = Matrix(FRAMES[name])
    n = matrix.cols
    transform = Frame(FRAMES[name]).stieltjes
    for point in (Rational(-1), Rational(7, 2), Rational(-3, 5)):
        resolvent = (matrix.T * matrix - point * eye(n)).inv()
        found = transform.expression(point)
        assert minimal_polynomial(found - resolvent.trace() / n, z) == z
        assert minimal_polynomial(transform.expression(z).subs(z, point) - found, z) == z


@pytest.mark.parametrize(
    ("rows", "poles"),
    [
        ([[1, -1]], {2: Rational(-1, 2), 0: Rational(-1, 2)}),
        ([[2, 0, 0], [0, 1, 1], [0, 1, -1]], {2: Rational(-2, 3), 4: Rational(-1, 3)}),
        ([[0, 0, 0]], {0: -1}),
        ([[1, 0, 0, 0]], {1: Rational(-1, 4), 0: Rational(-3, 4)}),
        (
            [[1, 1], [0, 1]],
            {
                Rational(3, 2) - sqrt(5) / 2: Rational(-1, 2),
                Rational(3, 2) + sqrt(5) / 2: Rational(-1, 2),
            },
        ),
    ],
)
def test_poles_and_residues(rows: list[list[int]], poles: dict[Any, Any]) -> None:
    found = Frame(rows).stieltjes.poles
    assert dict(found) == poles
    assert list(found) == list(poles)
    assert sum(found.values()) == -1


def test_poles_cannot_be_changed() -> None:
    poles: Any = Frame([[1, -1]]).stieltjes.poles
    with pytest.raises(TypeError):
        poles[5] = 1


def test_fractions_are_accepted() -> None:
    # (1/2)/(2 - 1/2) - (1/2)/(1/2)
    assert Frame([[1, -1]]).stieltjes.expression(Fraction(1, 2)) == Rational(-2, 3)


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (2, r"z = 2; accepted are symbols and exact numbers other than the poles \[2, 0\]"),
        (0, r"z = 0; accepted are symbols and exact"),
        (Fraction(2), r"other than the poles"),
        (0.5, r"z is of type float; accepted is exact input"),
        (Float(1) + z, r"z = z \+ 1\.0"),
        ("z", r"z is of type str"),
        (True, r"z is of type bool"),
    ],
    ids=repr,
)
def test_refused(point: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Frame([[1, -1]]).stieltjes.expression(point)


def test_needs_a_feature() -> None:
    with pytest.raises(InputError, match="W has no columns"):
        _ = Frame([[]]).stieltjes
