"""Relation matrices: canonical numbers, refusals."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from superposition_theory import InputError
from superposition_theory.schemes import canonical
from superposition_theory.schemes.relations import read_index, relabelled
from sympy import Integer
from theory.schemes_samples import LAW, classes, colourings


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ([[7]], ((0,),)),  # one point
        ([[5, 2], [9, 5]], ((0, 1), (2, 0))),  # the diagonal first, then row by row
        ([[1, 0], [0, 1]], ((0, 1), (1, 0))),  # the two colours change places
        (
            [[3, 8, 8], [4, 3, 8], [4, 4, 6]],
            ((0, 2, 2), (3, 0, 2), (3, 3, 1)),
        ),  # two on the diagonal
        ([[0, 1], [0, 1]], ((0, 1), (0, 1))),  # colours on and off the diagonal are kept
        (((0, 2), (2, 0)), ((0, 1), (1, 0))),  # tuples
        (([0, 2], (2, 0)), ((0, 1), (1, 0))),  # of both
        (np.array([[0, 2], [2, 0]]), ((0, 1), (1, 0))),  # an array
        ([[np.int64(4), 2], [2, np.int8(4)]], ((0, 1), (1, 0))),  # its scalars
        ([[Integer(4), 2], [2, 4]], ((0, 1), (1, 0))),  # a sympy integer is an integer
        ([[2**70, 0], [0, 2**70]], ((0, 1), (1, 0))),  # no limit on the colours
    ],
)
def test_canonical(relation: Any, expected: Any) -> None:
    found = canonical(relation)
    assert found == expected
    assert {type(colour) for row in found for colour in row} == {int}


SQUARE = "accepted is a square matrix of colours: rows of one length, nonnegative integers"


@pytest.mark.parametrize(
    ("relation", "message"),
    [
        ([], f"relation is empty; {SQUARE}, at least one"),
        ((), f"relation is empty; {SQUARE}, at least one"),
        (np.zeros((0, 0), dtype=int), f"relation is of type ndarray; {SQUARE}, at least one"),
        (5, f"relation is of type int; {SQUARE}, at least one"),
        (np.array(5), "relation is of type ndarray; "),  # no rows
        ("01", "relation is of type str; "),
        ([0, 1], r"relation\[0\] is of type int; " + SQUARE),
        ([[0, 1], "10"], r"relation\[1\] is of type str; "),
        ([[0, 1]], r"relation\[0\] has length 2 in a matrix of 1 rows; " + SQUARE),
        ([[0, 1], [1]], r"relation\[1\] has length 1 in a matrix of 2 rows; "),
        ([[]], r"relation\[0\] has length 0 in a matrix of 1 rows; "),
        ([[0, -1], [1, 0]], r"relation\[0\]\[1\] = -1; " + SQUARE),
        ([[0, 1], [1, 0.0]], r"relation\[1\]\[1\] = 0.0; "),
        (np.array([[0.0]]), r"relation\[0\]\[0\] = 0.0; "),
        ([[0, 1], [True, 0]], r"relation\[1\]\[0\] = True; "),  # a bool is no colour
        ([[0, None], [1, 0]], r"relation\[0\]\[1\] = None; "),
        ([[[0]]], r"relation\[0\]\[0\] = \[0\]; "),  # three axes
    ],
)
def test_what_is_no_relation_is_refused(relation: Any, message: str) -> None:
    with pytest.raises(InputError, match="^" + message):
        canonical(relation)


@LAW
@given(colourings(colours=5))
def test_canonical_keeps_the_classes_and_numbers_them_in_order(relation: Any) -> None:
    found = canonical(relation)
    assert classes(found) == classes(relation)
    diagonal = [found[x][x] for x in range(len(found))]
    seen = diagonal + [colour for row in found for colour in row]
    assert list(dict.fromkeys(seen)) == list(range(max(seen) + 1))
    assert canonical(found) == found
    assert canonical([[9 - colour for colour in row] for row in relation]) == found


def test_relabelled_takes_points_in_their_order() -> None:
    relation = ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    assert relabelled(relation, iter([2, 0])) == ((8, 6), (2, 0))
    assert relabelled(relation, []) == ()


@pytest.mark.parametrize(
    ("value", "accepted"),
    [(0, 0), (2, 2), (np.int64(1), 1), (Integer(1), 1)]
    + [(bad, None) for bad in (3, -1, 1.0, True, None, "1")],
)
def test_read_index(value: Any, accepted: int | None) -> None:
    if accepted is None:
        with pytest.raises(InputError, match=rf"^place = {value!r}; accepted: 0 to 2$"):
            read_index(value, "place", 3)
    else:
        found = read_index(value, "place", 3)
        assert (found, type(found)) == (accepted, int)
