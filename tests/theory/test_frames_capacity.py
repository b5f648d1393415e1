"""The deficit identity and its variance bound, term by term."""

from fractions import Fraction
from typing import Any

import pytest
from superposition_theory.frames import Frame, OrderedField
from superposition_theory.frames.capacity import deficit_identity
from sympy import QQ, Matrix, Rational, Symbol, minimal_polynomial, sqrt

x = Symbol("x")
GOLDEN = [[1, 1], [0, 1]]


def test_by_hand_with_rational_eigenvalues() -> None:
    record = Frame([[1, 0, 1], [0, 1, 1]]).deficit_identity
    assert (record.rank, record.capacity, record.deficit) == (2, Rational(5, 3), Rational(1, 3))
    assert record.terms == (Rational(1, 6), Rational(1, 6), 0)
    assert record.right_hand_side == Rational(1, 3)
    assert record.variance_terms == (Rational(1, 12), Rational(1, 12), 0)
    assert record.variance_bound == Rational(1, 6)
    assert (record.identity_holds, record.bound_holds) == (True, True)


def test_by_hand_with_irrational_eigenvalues() -> None:
    # kappa = 2 and 5/2, variance 1 and 1/4, |w|^2 = 1 and 2
    record = Frame(GOLDEN).deficit_identity
    assert (record.capacity, record.deficit) == (Rational(13, 10), Rational(7, 10))
    assert record.terms == (Rational(1, 2), Rational(1, 5))
    largest = (3 + sqrt(5)) / 2
    for found, expected in zip(
        (*record.variance_terms, record.variance_bound),
        (Rational(1, 4) / largest, Rational(2, 25) / largest, Rational(33, 100) / largest),
        strict=True,
    ):
        assert minimal_polynomial(found - expected, x) == x


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 2, 0, 1], [0, 1, 1, 3], [2, 0, 1, 1]],
        [[1, 0, 2], [0, 3, 1]],
        [[Fraction(1, 2), 3], [1, Fraction(-2, 3)], [0, 1]],
    ],
)
def test_terms_against_the_inverse_operator(rows: list[list[Any]]) -> None:
    # |w|^2 E[(lambda - kappa)^2/(lambda kappa^2)] = w^T F^+ w - |w|^2/kappa
    matrix = Matrix([[Rational(entry) for entry in row] for row in rows])
    operator, frame = matrix * matrix.T, Frame(rows)
    for i, term in enumerate(frame.deficit_identity.terms):
        column = matrix[:, i]
        leverage = (column.T * operator.pinv() * column)[0]
        kappa = (column.T * operator * column)[0] / column.dot(column)
        assert term == leverage - column.dot(column) / kappa
    spread = frame.deficit_identity.variance_terms
    floor = float(frame.spectrum.largest.value)
    for i, term in enumerate(spread):
        column = matrix[:, i]
        norm = column.dot(column)
        kappa = (column.T * operator * column)[0] / norm
        second = (column.T * operator**2 * column)[0] / norm
        assert float(term) == pytest.approx(float(norm * (second - kappa**2) / kappa**2) / floor)


def sabotaged(rank: int, factor: Any) -> Any:
    """Return the record of GOLDEN with another rank and with its squared norms scaled."""
    frame = Frame(GOLDEN)
    return deficit_identity(
        OrderedField(QQ),
        rank,
        [QQ(1, 2), QQ(4, 5)],
        [QQ.convert(factor), QQ.convert(2 * factor)],
        [frame.spectral_measure(i) for i in range(2)],
        frame.spectrum,
    )


def test_wrong_sides_are_reported() -> None:
    assert sabotaged(2, 1).identity_holds
    assert not sabotaged(3, 1).identity_holds
    assert not sabotaged(2, 2).identity_holds
    assert sabotaged(3, 1).deficit == Rational(17, 10)


@pytest.mark.parametrize(
    ("rank", "factor", "holds"),
    [
        (2, 1, True),
        (2, 5, True),  # 0.7 >= 1.65/2.618 = 0.630
        (2, Fraction(11, 2), True),  # 0.7 >= 1.815/2.618 = 0.693
        (2, Fraction(56, 10), False),  # 1.848/2.618 = 0.7059
        (2, 6, False),  # 1.98/2.618 = 0.756
        (1, 1, False),  # deficit -0.3
        (1, 0, False),  # deficit -0.3 against 0
        (2, 0, True),
    ],
)
def test_bound_is_decided(rank: int, factor: Any, holds: bool) -> None:
    assert sabotaged(rank, factor).bound_holds is holds


def test_bound_with_equality() -> None:
    # eigenvalues 1 and 3, lambda_max = 3, spread = 1/2: equality at deficit 1/6
    frame = Frame([[1, 0, 1], [0, 1, 1]])
    measures = [frame.spectral_measure(i) for i in range(3)]
    for capacity, holds in (
        (QQ(11, 6), True),
        (QQ(111, 60), False),
        (QQ(109, 60), True),
        (QQ(2), False),  # no deficit at all
    ):
        record = deficit_identity(
            OrderedField(QQ), 2, [capacity], [QQ(1), QQ(1), QQ(2)], measures, frame.spectrum
        )
        assert record.bound_holds is holds
        assert record.variance_bound == Rational(1, 6)


def test_zero_deficit_bound_holds() -> None:
    record = Frame([[1, -1]]).deficit_identity
    assert (record.deficit, record.variance_bound, record.bound_holds) == (0, 0, True)


def test_over_a_number_field() -> None:
    record = Frame([[1, sqrt(5), 1], [0, 1, 1]]).deficit_identity
    assert record.identity_holds
    assert record.bound_holds
    assert record.deficit == record.right_hand_side
    assert record.right_hand_side.expand() == sum(record.terms).expand()
    assert float(record.deficit) > float(record.variance_bound) > 0
