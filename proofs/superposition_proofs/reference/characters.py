"""Character tables written as sums of roots of unity, and an exact test of what they claim."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from flint import fmpq_poly, fmpz_mat, fmpz_poly
from superposition_numerics.toy_model.arguments import check_type
from superposition_theory import InputError

_TERM = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?:(?:(?P<factor>\d+)\*)?E\((?P<order>[1-9]\d*)\)(?:\^(?P<power>\d+))?|(?P<whole>\d+))",
    re.ASCII,
)
_ACCEPTED = "accepted: rows such as [[1,2,2,1],[1,E(5)+E(5)^4,E(5)^2+E(5)^3,2], ...]"


class CharacterTable(NamedTuple):
    """Irreducible characters of a scheme, exact, with their multiplicities.

    Attributes
    ----------
    conductor : int
        N; the values lie in Q(zeta) for zeta = exp(2 pi i / N).
    rows : tuple of tuple of fmpq_poly
        Values of each character at the colours, as polynomials in zeta of degree less than that of
        the N-th cyclotomic polynomial.
    multiplicities : tuple of int
        Of the characters in the standard character.

    Examples
    --------
    >>> from superposition_proofs.reference import character_table
    >>> character_table("[[1,1,1],[1,-1,1]]").multiplicities
    (1, 1)
    """

    conductor: int
    rows: tuple[tuple[fmpq_poly, ...], ...]
    multiplicities: tuple[int, ...]

    def approximate(self) -> npt.NDArray[np.complex128]:
        """Return the values as floats, shape (characters, colours).

        An error is at most 3 eps times the sum of the absolute values of the coefficients.
        """
        degree = fmpz_poly.cyclotomic(self.conductor).degree()
        zeta = np.exp(2j * np.pi * np.arange(degree) / self.conductor)
        coefficients = [
            [[float(value[power].p) for power in range(degree)] for value in row]
            for row in self.rows
        ]
        return np.asarray(np.array(coefficients) @ zeta)


def character_table(text: str) -> CharacterTable:
    """Read a table of characters written with GAP's roots of unity.

    Parameters
    ----------
    text : str
        Rows in brackets. An entry is a sum of integers and integer multiples of E(n)^k, where
        E(n) = exp(2 pi i / n); the last entry of a row is the multiplicity of the character.

    Returns
    -------
    CharacterTable
        N is the least common multiple of the n that occur.

    Raises
    ------
    InputError
        Anything else.

    Examples
    --------
    >>> from superposition_proofs.reference import character_table
    >>> table = character_table("[[1,2,2,1],[1,E(5)+E(5)^4,E(5)^2+E(5)^3,2]]")
    >>> table.conductor, table.multiplicities
    (5, (1, 2))
    >>> table.rows[1][1]
    (-1)*x^3 + (-1)*x^2 + (-1)
    """
    rows = _split(text)
    conductor = math.lcm(*(int(term["order"] or 1) for term in _TERM.finditer(text)))
    modulus = fmpq_poly(fmpz_poly.cyclotomic(conductor))
    return CharacterTable(
        conductor,
        tuple(tuple(_value(entry, conductor, modulus) for entry in row[:-1]) for row in rows),
        tuple(int(row[-1]) for row in rows),
    )


def is_character(
    values: Sequence[fmpq_poly],
    conductor: int,
    intersection_matrices: Sequence[Sequence[Sequence[int]]],
) -> bool:
    """Whether chi_0 = 1 and chi_i chi_j = sum_k p_ij^k chi_k for all colours i and j, exactly.

    These are the algebra homomorphisms to the complex numbers: in a commutative scheme the rows of
    the first eigenmatrix and nothing else.

    Parameters
    ----------
    values : sequence of fmpq_poly, length r
        chi_i in Q(zeta), reduced. Characters are algebraic integers: fractions among the
        coefficients are refuted without more.
    conductor : int
        N, with zeta = exp(2 pi i / N).
    intersection_matrices : shape (r, r, r)
        ``intersection_matrices[i][j][k]`` is p_ij^k; colour 0 is the diagonal.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        Numbers of values and matrices that differ.

    Examples
    --------
    >>> from superposition_proofs.reference import character_table, is_character
    >>> table = character_table("[[1,2,1],[1,-1,2],[1,0,1]]")
    >>> triangle = [[[1, 0], [0, 1]], [[0, 1], [2, 1]]]
    >>> [is_character(row, table.conductor, triangle) for row in table.rows]
    [True, True, False]
    """
    if len(values) != len(intersection_matrices):
        raise InputError(
            f"values has length {len(values)}; accepted: {len(intersection_matrices)}, one for "
            "each intersection matrix"
        )
    if any(value.denom() != 1 for value in values):
        return False
    modulus = fmpq_poly(fmpz_poly.cyclotomic(conductor))
    degree = modulus.degree()
    column = fmpz_mat([_coefficients(value, degree) for value in values])
    zeta = fmpq_poly([0, 1])
    for value, matrix in zip(values, intersection_matrices, strict=True):
        multiples = [value]
        for _ in range(degree - 1):
            multiples.append(zeta * multiples[-1] % modulus)
        times_value = fmpz_mat([_coefficients(multiple, degree) for multiple in multiples])
        if fmpz_mat([list(row) for row in matrix]) * column != column * times_value:
            return False
    return bool(values[0] == fmpq_poly([1]))


def _coefficients(value: fmpq_poly, degree: int) -> list[int]:
    """Return the integer coefficients of a reduced polynomial."""
    return [int(value[power].p) for power in range(degree)]


def _split(text: str) -> list[list[str]]:
    """Split the table into the texts of its entries."""
    check_type("text", text, str)
    if not (text.startswith("[[") and text.endswith("]]")):
        raise InputError(f"text is {text[:40]!r}; {_ACCEPTED}")
    rows = [row.split(",") for row in text[2:-2].split("],[")]
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or lengths == {1}:
        raise InputError(f"text has rows of lengths {sorted(lengths)}; {_ACCEPTED}")
    for row in rows:
        if not row[-1].isdecimal():
            raise InputError(f"text has the multiplicity {row[-1]!r}; {_ACCEPTED}")
    return rows


def _value(entry: str, conductor: int, modulus: fmpq_poly) -> fmpq_poly:
    """Return the value of one entry, reduced modulo the cyclotomic polynomial."""
    coefficients = [0] * conductor
    place = 0
    while place < len(entry) or not place:
        term = _TERM.match(entry, place)
        if term is None or (place and not term["sign"]):
            raise InputError(f"text has the entry {entry!r}; {_ACCEPTED}")
        step = conductor // int(term["order"]) if term["order"] else 0
        exponent = int(term["power"] or 1) * step
        size = term["whole"] or term["factor"] or 1
        coefficients[exponent % conductor] += int(f"{term['sign']}{size}")
        place = term.end()
    return fmpq_poly(coefficients) % modulus
