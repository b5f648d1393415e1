"""Positive definiteness of symmetric matrices of intervals."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from .intervals.arithmetic import Mask


def is_positive_definite(
    matrix: Sequence[Sequence[Any]], basis: Sequence[Sequence[Fraction]] | None = None
) -> Any:
    """Say whether every symmetric matrix between the bounds is positive definite.

    By the pivots of the symmetric elimination (Sylvester): all are positive on the box, or the
    answer is no. With a basis B the pivots are those of B^T A B; if that matrix is positive
    definite, B is nonsingular and A is positive definite too.

    Parameters
    ----------
    matrix : sequence of sequences of values, shape (d, d)
        Row i holds at least the columns j <= i.
    basis : sequence of sequences of Fraction, shape (d, d), optional
        A good one makes the matrix nearly the identity; any is sound.

    Returns
    -------
    bool or array of bool
        True only where it is proved; False decides nothing.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Enclosure, Fixed, is_positive_definite
    >>> ring = Fixed(64)
    >>> wide = ring.number(Enclosure(Fraction(-1, 2), Fraction(1, 2)))
    >>> is_positive_definite([[ring.number(1)], [wide, ring.number(1)]])
    True
    >>> is_positive_definite([[ring.number(1)], [wide * 3, ring.number(1)]])
    False
    """
    rows = [list(row[: i + 1]) for i, row in enumerate(matrix)]
    if basis is not None:
        rows = _congruent(rows, basis)
    size = len(rows)
    positive: bool | Mask = True
    for k in range(size):
        pivot = rows[k][k]
        positive = positive & pivot.is_positive()
        if not np.any(positive):
            return positive
        for i in range(k + 1, size):
            factor = rows[i][k] / pivot
            for j in range(k + 1, i):
                rows[i][j] = rows[i][j] - factor * rows[j][k]
            # the diagonal entry loses a square over the pivot: never of mixed sign
            rows[i][i] = rows[i][i] - rows[i][k] ** 2 / pivot
    return positive


def _congruent(
    rows: Sequence[Sequence[Any]], basis: Sequence[Sequence[Fraction]]
) -> list[list[Any]]:
    """Return B^T A B, each entry of A used once in each entry of the result."""
    size = len(rows)
    result = []
    for i in range(size):
        line = []
        for j in range(i + 1):
            total: Any = None
            for k in range(size):
                for m in range(k + 1):
                    weight = basis[k][i] * basis[m][j]
                    if m != k:
                        weight += basis[m][i] * basis[k][j]
                    if weight:
                        term = rows[k][m] * weight
                        total = term if total is None else total + term
            line.append(total if total is not None else rows[0][0] * 0)
        result.append(line)
    return result
