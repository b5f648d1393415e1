"""Coordinates from a Gram matrix by exact elimination."""

from typing import Any

from sympy import ImmutableMatrix, sqrt

from superposition_theory.frames import OrderedField


def factor_gram(gram: list[list[Any]], field: OrderedField) -> ImmutableMatrix:
    """Return vectors with a given Gram matrix, as columns, by elimination with square roots.

    The Gram matrix is G = sum_k r_k^T r_k/p_k with the pivots p_k > 0 and the rows r_k of its
    symmetric elimination; the rows of the result are r_k/sqrt(p_k). Only the d rows of the pivots
    are computed, d the rank.

    Parameters
    ----------
    gram : list of rows of elements of the field, shape (n, n)
        Symmetric and positive semidefinite (not checked).
    field : OrderedField

    Returns
    -------
    sympy ImmutableMatrix, shape (d, n)

    Examples
    --------
    >>> from sympy import QQ
    >>> one = QQ(1)
    >>> list(factor_gram([[one, one / 2], [one / 2, one]], OrderedField(QQ)))
    [1, 1/2, 0, sqrt(3)/2]
    """
    points = range(len(gram))
    left = [gram[x][x] for x in points]
    rows: list[tuple[Any, list[Any]]] = []
    for x in points:
        if not left[x]:
            continue
        row = list(gram[x])
        for pivot, earlier in rows:
            factor = earlier[x] / pivot
            if factor:
                row = [a - factor * b for a, b in zip(row, earlier, strict=True)]
        rows.append((row[x], row))
        left = [rest - entry**2 / row[x] for rest, entry in zip(left, row, strict=True)]
    return ImmutableMatrix(
        len(rows),
        len(gram),
        [entry for pivot, row in rows for entry in _divided_by_root(row, pivot, field)],
    )


def _divided_by_root(row: list[Any], pivot: Any, field: OrderedField) -> list[Any]:
    """Return the entries of a row over the square root of its pivot, as sympy numbers."""
    root = sqrt(field.to_sympy(pivot))
    known: dict[Any, Any] = {}
    for entry in row:
        if entry not in known:
            known[entry] = field.to_sympy(entry / pivot) * root
    return [known[entry] for entry in row]
