"""Relation matrices: colours of the pairs of points, read, checked and numbered canonically."""

from collections.abc import Iterable, Sequence
from operator import index
from typing import Any

from superposition_theory.errors import InputError

Relation = tuple[tuple[int, ...], ...]

_ACCEPTED = "accepted is a square matrix of colours: rows of one length, nonnegative integers"


def canonical(relation: Any) -> Relation:
    """Return a relation matrix with its colours numbered canonically.

    The colours of the diagonal come first, in the order in which they appear along it; the others
    follow in the order in which they appear row by row.

    Parameters
    ----------
    relation : rows of nonnegative integers, shape (n, n)
        n >= 1; ``relation[x][y]`` is the colour of the pair (x, y).

    Returns
    -------
    tuple of tuple of int

    Raises
    ------
    InputError
        For a matrix that is not square, has no rows, or holds anything but nonnegative integers.

    Examples
    --------
    >>> canonical([[5, 2], [9, 5]])
    ((0, 1), (2, 0))
    """
    rows = _read(relation)
    numbers: dict[int, int] = {}
    for x, row in enumerate(rows):
        numbers.setdefault(row[x], len(numbers))
    for row in rows:
        for colour in dict.fromkeys(row):
            numbers.setdefault(colour, len(numbers))
    return tuple(tuple(map(numbers.__getitem__, row)) for row in rows)


def relabelled(relation: Sequence[Sequence[int]], points: Iterable[int]) -> Relation:
    """Return the relation between the given points, in their order, not renumbered."""
    chosen = list(points)
    return tuple(tuple(relation[x][y] for y in chosen) for x in chosen)


def read_index(value: Any, name: str, count: int) -> int:
    """Return an integer from 0 to count - 1, or refuse by name what is none."""
    try:
        number = index(value)
    except TypeError:
        number = -1
    if isinstance(value, bool) or not 0 <= number < count:
        raise InputError(f"{name} = {value!r}; accepted: 0 to {count - 1}")
    return number


def _read(relation: Any) -> list[list[int]]:
    """Return the rows as lists of Python integers, refused by name where they are none."""
    rows = relation.tolist() if hasattr(relation, "tolist") else relation
    if not isinstance(rows, (list, tuple)) or not rows:
        raise InputError(f"relation is {_described(relation)}; {_ACCEPTED}, at least one")
    for x, row in enumerate(rows):
        if not isinstance(row, (list, tuple)):
            raise InputError(f"relation[{x}] is {_described(row)}; {_ACCEPTED}")
        if len(row) != len(rows):
            raise InputError(
                f"relation[{x}] has length {len(row)} in a matrix of {len(rows)} rows; {_ACCEPTED}"
            )
    return [
        [_colour(entry, x, y) for y, entry in enumerate(row)] if not _plain(row) else list(row)
        for x, row in enumerate(rows)
    ]


def _plain(row: Sequence[Any]) -> bool:
    """Whether a row holds nonnegative Python integers only."""
    return set(map(type, row)) == {int} and min(row) >= 0


def _colour(entry: Any, x: int, y: int) -> int:
    """Return one colour, or say what is wrong with it."""
    try:
        colour = index(entry)
    except TypeError:
        colour = -1
    if isinstance(entry, bool) or colour < 0:
        raise InputError(f"relation[{x}][{y}] = {entry!r}; {_ACCEPTED}")
    return colour


def _described(thing: Any) -> str:
    """Say in words what was given in place of rows."""
    return "empty" if isinstance(thing, (list, tuple)) else f"of type {type(thing).__name__}"
