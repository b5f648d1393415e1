"""The coherent closure of a colouring: the 2-dimensional Weisfeiler-Leman algorithm, exactly."""

from typing import Any

from .configuration import CoherentConfiguration, made
from .relations import Relation, canonical


def coherent_closure(relation: Any) -> CoherentConfiguration:
    """Return the coarsest coherent configuration that refines a colouring.

    Colours are split until two pairs (x, y) of one colour see the same numbers of points z with
    (x, z) and (z, y) of each two colours. Every comparison is between whole multisets: nothing is
    hashed or sampled. Each round costs O(n^3 log n).

    Parameters
    ----------
    relation : rows of nonnegative integers, shape (n, n)
        Any colouring of the pairs, symmetric or not.

    Returns
    -------
    CoherentConfiguration
        An `AssociationScheme` where it has one fibre.

    Raises
    ------
    InputError
        As for `canonical`.

    References
    ----------
    Weisfeiler and Leman 1968; Babel, Chuvaeva, Klin, Pasechnik 1997, arXiv 1002.1921.

    Examples
    --------
    A path of three points: its middle is a fibre of its own.

    >>> closure = coherent_closure([[0, 1, 2], [1, 0, 1], [2, 1, 0]])
    >>> closure.rank, closure.fibres
    (5, ((0, 2), (1,)))
    """
    colours = _initial(canonical(relation))
    while True:
        refined = _refined(colours)
        if _rank(refined) == _rank(colours):
            return made(colours)
        colours = refined


def _rank(relation: Relation) -> int:
    """Return the number of colours of a canonical relation."""
    return max(map(max, relation)) + 1


def _initial(relation: Relation) -> Relation:
    """Split the diagonal off, and colours by the colour of the transposed pair."""
    numbers: dict[tuple[bool, int, int], int] = {}
    return canonical(
        tuple(
            tuple(
                numbers.setdefault((x == y, colour, relation[y][x]), len(numbers))
                for y, colour in enumerate(row)
            )
            for x, row in enumerate(relation)
        )
    )


def _refined(relation: Relation) -> Relation:
    """Split every colour by the multiset of pairs of colours on the paths of two steps."""
    rank = _rank(relation)
    columns = tuple(zip(*relation, strict=True))
    rows = [[rank * colour for colour in row] for row in relation]
    numbers: dict[tuple[int, tuple[int, ...]], int] = {}
    return canonical(
        tuple(
            tuple(
                numbers.setdefault(
                    (relation[x][y], tuple(sorted(map(int.__add__, row, column)))), len(numbers)
                )
                for y, column in enumerate(columns)
            )
            for x, row in enumerate(rows)
        )
    )
