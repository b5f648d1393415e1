"""The axioms of coherent configurations, against products of all matrices; the witnesses."""

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from superposition_theory import InputError
from superposition_theory.schemes import CoherentConfiguration, canonical, verification
from superposition_theory.schemes.verification import path_counts, transposed_colours
from theory.schemes_samples import (
    CONFIGURATIONS,
    LAW,
    SCHEMES,
    Rows,
    changed,
    circulant,
    colourings,
    is_coherent,
    matrices,
    merged,
    paths,
    polygon,
)

NAMED: list[tuple[str, Rows]] = [(name, rows) for name, rows, *_ in SCHEMES] + CONFIGURATIONS
STATEMENT = "relation is not a coherent configuration: "


def rank_of(relation: Any) -> int:
    return int(max(map(max, relation)) + 1)


def check_numbers(relation: Any) -> None:
    """Every p_ij^k is what the product of two matrices says, and so is every row."""
    found = canonical(relation)
    rank = rank_of(found)
    counts = path_counts(found, rank)
    parts = matrices(found)
    for i, j, k in product(range(rank), repeat=3):
        expected = int((parts[i] @ parts[j])[parts[k] == 1][0])
        assert counts.number(i, j, k) == expected
        assert counts.row(i, k)[j] == expected
    assert all(len(counts.row(i, k)) == rank for i in range(rank) for k in range(rank))


@pytest.mark.parametrize(("name", "relation"), NAMED)
def test_path_counts_are_the_entries_of_products(name: str, relation: Rows) -> None:
    assert is_coherent(relation), name
    check_numbers(relation)


@pytest.mark.parametrize("size", [1, 40, 100])  # bytes: one column at a time, and a few
@pytest.mark.parametrize(("name", "relation"), NAMED[5:])
def test_chunks_change_nothing(
    name: str, relation: Rows, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_CHUNK_BYTES", size)
    assert len(relation) > 1, name
    check_numbers(relation)


def test_two_distances_of_the_pentagon_by_hand() -> None:
    counts = path_counts(canonical(polygon(5)), 3)
    # neighbours at distance 1 of both ends: none for adjacent points, one for the others
    assert [counts.row(1, k) for k in range(3)] == [(0, 2, 0), (1, 0, 1), (0, 1, 1)]


@pytest.mark.parametrize("n", [255, 256, 257, 300])
def test_counts_at_the_boundary_of_a_byte(n: int) -> None:
    complete = canonical(circulant([0] + [1] * (n - 1)))
    counts = path_counts(complete, 2)
    assert [counts.row(i, k) for i in (0, 1) for k in (0, 1)] == [
        (1, 0),
        (0, 1),
        (0, n - 1),
        (1, n - 2),
    ]
    assert counts.number(1, 1, 0) == n - 1
    assert counts.number(1, 1, 1) == n - 2
    assert counts.number(0, 1, 0) == counts.number(1, 0, 0) == 0


def test_absent_paths_are_zero() -> None:
    counts = path_counts(canonical([[0, 1], [2, 3]]), 4)
    assert counts.row(3, 0) == (0, 0, 0, 0)  # colour 3 = the loop at point 1 starts elsewhere
    assert counts.number(3, 3, 0) == 0
    assert counts.number(2, 2, 2) == 0


def check_witness(relation: Any, message: str) -> None:
    """Check that the pairs, points and numbers of a refusal are what it says of them."""
    rows = canonical(relation)
    assert message.startswith(STATEMENT)
    numbers = list(map(int, re.findall(r"\d+", message)))
    if "transposes" in message:
        a, b, c, d, colour, first, second = numbers
        assert rows[a][b] == rows[c][d] == colour
        assert (rows[b][a], rows[d][c]) == (first, second)
        assert first != second
    elif "on the diagonal" in message:
        colour, place, x, y = numbers
        assert rows[place][place] == rows[x][y] == colour
        assert x != y
        assert all(rows[z][z] != colour for z in range(place))  # the first such point
    elif "starts at" in message:
        colour, x, y = numbers
        assert colour in rows[x]
        assert colour in rows[y]
        assert rows[x][x] != rows[y][y]
    elif "their rows" in message:
        x, y = numbers
        assert rows[x][x] == rows[y][y]
        assert sorted(rows[x]) != sorted(rows[y])
    else:
        a, b, c, d, colour, first, second, i, j = numbers
        assert rows[a][b] == rows[c][d] == colour
        assert (paths(rows, a, b, i, j), paths(rows, c, d, i, j)) == (first, second)
        assert first != second


# relation, what the message says after the statement; numbers are those of the canonical relation
REFUSED: list[tuple[str, Rows, str]] = [
    (
        "the hexagon by adjacency",
        [[min(d, 2) for d in row] for row in polygon(6)],
        r"the pairs \(0, 2\) and \(0, 3\) have colour 2, but 1 and 0 paths of colours \(1, 1\)",
    ),
    (
        "a colour on the diagonal and off it",
        [[0, 1, 0], [1, 0, 1], [0, 1, 0]],
        r"colour 0 is on the diagonal at 0 and off it at \(0, 2\)",
    ),
    (
        "the second of two diagonal colours off the diagonal",
        [[0, 2, 1], [2, 1, 2], [1, 2, 0]],
        r"colour 1 is on the diagonal at 1 and off it at \(0, 2\)",
    ),
    (
        "transposes of one colour have two",
        [[0, 1, 1], [2, 0, 2], [1, 1, 0]],
        r"the pairs \(0, 1\) and \(0, 2\) have colour 1, but their transposes have colours 2 and 1",
    ),
    (
        "one colour starts in two fibres",
        [[0, 1], [1, 2]],
        "colour 2 starts at the points 0 and 1, which have two diagonal colours",
    ),
    (
        "a path by adjacency",
        [[0, 1, 2], [1, 0, 1], [2, 1, 0]],
        (
            "the points 0 and 1 have one diagonal colour, but their rows hold different numbers "
            "of some colour"
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "relation", "message"), REFUSED)
def test_refusals_by_hand(
    name: str, relation: Rows, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_coherent(relation), name
    with pytest.raises(InputError, match=f"^{STATEMENT}{message}$") as refusal:
        CoherentConfiguration(relation)
    check_witness(relation, str(refusal.value))
    monkeypatch.setattr(verification, "_CHUNK_BYTES", 1)
    with pytest.raises(InputError) as refusal:
        CoherentConfiguration(relation)
    check_witness(relation, str(refusal.value))


def test_witness_of_wide_counts() -> None:
    """In the cycle of 256 points, two points not adjacent have one or no common neighbour."""
    relation = [[min(d, 2) for d in row] for row in polygon(256)]
    with pytest.raises(InputError) as refusal:
        CoherentConfiguration(relation)
    assert str(refusal.value) == (
        f"{STATEMENT}the pairs (0, 2) and (0, 3) have colour 2, but 1 and 0 paths of colours (1, 1)"
    )


def test_transposed_colours() -> None:
    assert transposed_colours(canonical(circulant(range(4))), 4) == (0, 3, 2, 1)
    assert transposed_colours(((0, 2), (3, 1)), 4) == (0, 1, 3, 2)


@pytest.mark.parametrize(("name", "relation"), NAMED[2:])
def test_one_entry_changed_is_found(name: str, relation: Rows) -> None:
    """Every colour, also a new one, at a few places."""
    n = len(relation)
    assert n > 1, name
    colours = sorted({colour for row in relation for colour in row})
    refused = 0
    for x, y in {(0, 0), (0, 1), (1, 0), (n - 1, n // 2), (n // 2, n - 1), (n - 1, n - 1)}:
        for colour in [*colours, 999]:
            altered = changed(relation, x, y, colour)
            if is_coherent(altered):
                CoherentConfiguration(altered)
                continue
            refused += 1
            with pytest.raises(InputError) as refusal:
                CoherentConfiguration(altered)
            check_witness(altered, str(refusal.value))
    assert refused >= 3 * len(colours)


@pytest.mark.parametrize(
    "colours",
    [
        [0, 1, 2, 3, 3, 2, 1],  # heptagon: coherent
        [0, 1, 1, 2, 2, 1, 1],  # 7 points, adjacent at 1 or 2: not strongly regular
        [0, 1, 1, 2, 1, 2, 2],  # tournament of the squares modulo 7
        [0, 1, 1, 1, 2, 2, 2],  # a tournament that is not doubly regular
        [0, 1, 2, 1, 2, 3, 2, 1, 2, 1],  # 10 points
        [0, 1, 2, 2, 1, 1, 2, 2, 1],  # 9 points
    ],
)
def test_circulants(colours: list[int]) -> None:
    relation = circulant(colours)
    try:
        CoherentConfiguration(relation)
    except InputError as refusal:
        check_witness(relation, str(refusal))
        assert not is_coherent(relation)
    else:
        assert is_coherent(relation)


@LAW
@given(colourings(largest=4))
def test_verdict_is_that_of_the_definition(relation: Rows) -> None:
    try:
        CoherentConfiguration(relation)
    except InputError as refusal:
        check_witness(relation, str(refusal))
        assert not is_coherent(relation)
    else:
        assert is_coherent(relation)


def test_fusions_of_the_hexagon_are_judged_one_by_one() -> None:
    """Of the partitions of its three distances all but {2, 3}, {1} are coherent."""
    verdicts = {}
    for blocks in ([[1, 2], [3]], [[1, 3], [2]], [[2, 3], [1]], [[1, 2, 3]]):
        relation = merged(polygon(6), [[0], *blocks])
        verdicts[str(blocks)] = is_coherent(relation)
        if not is_coherent(relation):
            with pytest.raises(InputError, match="paths of colours"):
                CoherentConfiguration(relation)
        else:
            CoherentConfiguration(relation)
    assert list(verdicts.values()) == [True, True, False, True]
