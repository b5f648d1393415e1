"""Exact matrices at the door: what is read, what is refused, and the field that holds it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sympy import QQ, Basic, ImmutableMatrix, Integer, MatrixBase, Poly, Rational
from sympy.polys.constructor import construct_domain
from sympy.polys.matrices import DomainMatrix

from superposition_theory.errors import InputError

from .algebraic import VARIABLE, OrderedField
from .enclosure import ACCEPTED, locate, read_real_algebraic


def read_matrix(matrix: Any, name: str) -> tuple[DomainMatrix, OrderedField]:
    """Read an exact real matrix into the smallest field that its entries generate.

    Parameters
    ----------
    matrix : sympy Matrix, or list or tuple of rows, shape (rows, columns)
        Entries int, Fraction, or real algebraic sympy numbers; rows of one length.
    name : str
        What messages call it.

    Returns
    -------
    matrix : DomainMatrix, shape (rows, columns)
        Over the field.
    field : OrderedField
        The rationals, or the real number field that the entries generate.

    Raises
    ------
    InputError
        For another type, ragged rows, floats, symbols, and numbers that are not real or not
        algebraic.

    Examples
    --------
    >>> from sympy import sqrt
    >>> matrix, field = read_matrix([[1, sqrt(5)]], "W")
    >>> matrix.shape, field.domain
    ((1, 2), QQ<sqrt(5)>)
    """
    rows, shape = _rows(matrix, name)
    numbers = [
        _number(entry, f"{name}[{i}, {j}]")
        for i, row in enumerate(rows)
        for j, entry in enumerate(row)
    ]
    field, elements = field_of(numbers)
    width = shape[1]
    grid = [elements[i * width : (i + 1) * width] for i in range(shape[0])]
    return DomainMatrix(grid, shape, field.domain).to_dense(), field


def field_of(numbers: Sequence[Any]) -> tuple[OrderedField, list[Any]]:
    """Return the field that checked real algebraic numbers generate, and them as its elements."""
    if all(isinstance(number, Rational) for number in numbers):
        return OrderedField(QQ), [QQ.from_sympy(number) for number in numbers]
    domain, elements = construct_domain(list(numbers), field=True, extension=True)
    minimal = Poly(domain.mod.to_list(), VARIABLE, domain=QQ)
    return OrderedField(domain, locate(domain.ext.as_expr(), minimal)), list(elements)


def read_number(number: Any, name: str) -> tuple[Any, OrderedField]:
    """Read one exact real number, called `name` in messages, into the field that it generates."""
    field, (element,) = field_of([_number(number, name)])
    return element, field


def to_immutable(matrix: DomainMatrix, field: OrderedField) -> ImmutableMatrix:
    """Return a matrix over the field as an immutable sympy matrix."""
    entries = [field.to_sympy(entry) for row in matrix.to_list() for entry in row]
    return ImmutableMatrix(*matrix.shape, entries)


def _rows(matrix: Any, name: str) -> tuple[list[list[Any]], tuple[int, int]]:
    """Return the rows and the shape of a matrix that comes in any accepted container."""
    if isinstance(matrix, MatrixBase):
        return matrix.tolist() if matrix.cols else [[]] * matrix.rows, matrix.shape
    if not isinstance(matrix, (list, tuple)):
        raise InputError(
            f"{name} is of type {type(matrix).__name__}; "
            "accepted are a sympy Matrix and a list or tuple of rows"
        )
    for i, row in enumerate(matrix):
        if not isinstance(row, (list, tuple)):
            raise InputError(
                f"{name}[{i}] is of type {type(row).__name__}; accepted are rows that are lists or "
                "tuples"
            )
        if len(row) != len(matrix[0]):
            raise InputError(
                f"{name}[{i}] has length {len(row)} but {name}[0] has length {len(matrix[0])}; "
                "rows must be of one length"
            )
    return [list(row) for row in matrix], (len(matrix), len(matrix[0]) if matrix else 0)


def _number(entry: Any, name: str) -> Any:
    """Return one entry as a checked sympy number."""
    if isinstance(entry, bool) or not isinstance(entry, (int, Fraction, Basic)):
        raise InputError(f"{name} = {entry!r} is of type {type(entry).__name__}; {ACCEPTED}")
    if isinstance(entry, int):
        return Integer(entry)
    if isinstance(entry, Fraction):
        return Rational(entry.numerator, entry.denominator)
    return read_real_algebraic(entry, name)
