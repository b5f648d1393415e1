"""Coherent closure: against a naive stabilisation, the exact one, and by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import superposition_theory.schemes as exact
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_numerics.recognition import coherent_closure
from superposition_numerics.recognition.closure import _survival_bound, _survives
from superposition_theory import InputError

Relation = list[list[int]]


def numbered(keys: list[list[Any]]) -> Relation:
    """Return numbers of keys in order of first appearance, those of the diagonal first."""
    n = len(keys)
    names: dict[Any, int] = {}
    for x in range(n):
        names.setdefault(keys[x][x], len(names))
    for row in keys:
        for key in row:
            names.setdefault(key, len(names))
    return [[names[key] for key in row] for row in keys]


def naive_closure(colours: Relation) -> Relation:
    """Two-dimensional Weisfeiler-Leman with sorted tuples."""
    n = len(colours)
    points = range(n)
    current = numbered([[(x == y, colours[x][y], colours[y][x]) for y in points] for x in points])
    while True:
        refined = numbered(
            [
                [
                    (
                        current[x][y],
                        tuple(sorted((current[x][z], current[z][y]) for z in points)),
                    )
                    for y in points
                ]
                for x in points
            ]
        )
        if refined == current:
            return current
        current = refined


@st.composite
def colourings(draw: st.DrawFn) -> Relation:
    n = draw(st.integers(1, 8))
    most = draw(st.integers(0, 2))
    kind = draw(st.sampled_from(["any", "symmetric", "circulant"]))
    entry = st.integers(0, most)
    if kind == "circulant":
        row = draw(st.lists(entry, min_size=n, max_size=n))
        return [[row[(y - x) % n] for y in range(n)] for x in range(n)]
    rows = draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n))
    if kind == "symmetric":
        rows = [[rows[min(x, y)][max(x, y)] for y in range(n)] for x in range(n)]
    return rows


LAW = settings(max_examples=120)


@LAW
@given(colourings())
def test_agrees_with_sorted_tuples(colours: Relation) -> None:
    assert coherent_closure(colours).relation.tolist() == naive_closure(colours)


@settings(LAW, max_examples=25)
@given(colourings())
def test_agrees_with_the_exact_closure(colours: Relation) -> None:
    ours = tuple(map(tuple, coherent_closure(colours).relation.tolist()))
    assert ours == exact.coherent_closure(colours).relation


@LAW
@given(colourings(), st.randoms(use_true_random=False))
def test_commutes_with_renumbering_of_points(colours: Relation, random: Any) -> None:
    order = list(range(len(colours)))
    random.shuffle(order)
    moved = np.array(colours)[np.ix_(order, order)]
    closed = coherent_closure(colours).relation[np.ix_(order, order)]
    assert coherent_closure(moved).relation.tolist() == numbered(closed.tolist())


@LAW
@given(colourings())
def test_closure_of_a_closure_is_itself_without_refinement(colours: Relation) -> None:
    once = coherent_closure(colours)
    twice = coherent_closure(once.relation, rng=5)
    assert twice.rounds == 0
    assert np.array_equal(once.relation, twice.relation)


def cycle(n: int) -> Relation:
    return [[int((x - y) % n in (1, n - 1)) for y in range(n)] for x in range(n)]


def two_triangles() -> Relation:
    return [[int(x // 3 == y // 3) for y in range(6)] for x in range(6)]


@pytest.mark.parametrize(
    ("colours", "rank", "fibres"),
    [
        ([[7]], 1, [0]),  # one point
        ([[0, 0], [0, 0]], 2, [0, 0]),  # the diagonal is split off
        ([[0, 1], [2, 0]], 4, [0, 1]),  # an arrow tells its two ends apart
        ([[0, 1, 2], [2, 0, 1], [1, 2, 0]], 3, [0, 0, 0]),  # the cyclic group of order 3
        ([[0, 1, 0], [1, 0, 1], [0, 1, 0]], 5, [0, 1, 0]),  # path: ends and centre
        (cycle(6), 4, [0] * 6),  # distances 0, 1, 2, 3
        (two_triangles(), 3, [0] * 6),  # same degrees as the hexagon, another closure
        ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 5, [0, 1, 0]),  # only the diagonal tells points apart
    ],
)
def test_by_hand(colours: Relation, rank: int, fibres: list[int]) -> None:
    closure = coherent_closure(colours)
    assert (closure.rank, closure.fibres.tolist(), closure.stable) == (rank, fibres, True)
    assert closure.homogeneous is (max(fibres) == 0)
    assert closure.order == len(colours)


def test_counts_refinements() -> None:
    # distances up to 2**k of the cycle are told apart after k refinements
    assert coherent_closure(cycle(5)).rounds == 0
    assert 2 <= coherent_closure(cycle(65)).rounds <= 6


def test_a_switched_edge_is_not_hidden() -> None:
    """Negative control: one pair of the other colour destroys the rank."""
    n = 60
    spoiled = np.array(cycle(n))
    spoiled[0, 7] = spoiled[7, 0] = 1
    assert coherent_closure(cycle(n)).rank == n // 2 + 1
    assert coherent_closure(spoiled).rank > n * n // 4


@pytest.mark.parametrize("seed", range(20))
def test_the_test_rejects_what_is_not_coherent(seed: int) -> None:
    relation = np.array(cycle(7), dtype=np.int32) + 1 - np.eye(7, dtype=np.int32)
    heads = np.array([np.flatnonzero(relation == colour)[0] for colour in range(3)])
    assert not _survives(relation, heads, np.random.default_rng(seed))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 240, 2000, 2048])
def test_bound_is_the_mean_over_the_two_valuations(n: int) -> None:
    s = n.bit_length() - 1  # no count up to n is divisible by a larger power of two
    mean = sum(
        2.0 ** (-g - 1) * 2.0 ** (-h - 1) * min(1.0, 2.0 ** (s + g + h - 64))
        for g in range(120)
        for h in range(120)
    )
    # the terms that are left out sum to at most 2 * 2**-120
    assert _survival_bound(n) == pytest.approx(mean, rel=1e-12)


def test_error_probability_is_reported_and_small() -> None:
    n = 300
    complete = np.zeros((n, n), dtype=int)
    assert 0 < coherent_closure(complete).error_probability < 2.0**-50


def test_stops_at_the_limit() -> None:
    rng = np.random.default_rng(0)
    graph = np.triu(rng.integers(0, 2, (30, 30)), 1)
    graph += graph.T
    stopped = coherent_closure(graph, limit=30)
    assert (stopped.stable, stopped.rounds, stopped.error_probability) == (False, 1, 1.0)
    assert stopped.rank > 30
    assert coherent_closure(cycle(6), limit=4).stable  # the limit itself is allowed
    assert not coherent_closure(cycle(6), limit=3).stable


def test_does_not_depend_on_chance() -> None:
    results = [coherent_closure(cycle(31), rng=seed).relation for seed in range(4)]
    assert all(np.array_equal(results[0], other) for other in results)


def test_colours_may_be_sparse_numbers() -> None:
    large = np.where(np.array(cycle(6)), 2**40, 3)
    assert coherent_closure(large).relation.tolist() == naive_closure(cycle(6))


@pytest.mark.parametrize(
    ("colours", "match"),
    [
        ([[0, 1]], r"colours has shape \(1, 2\); accepted: a square array"),
        ([0, 1], r"colours has shape \(2,\)"),
        (np.zeros((0, 0), dtype=int), r"colours has shape \(0, 0\)"),
        ([[0, -1], [-1, 0]], "colours has the negative entry -1"),
        ([[0.0, 1.0], [1.0, 0.0]], "colours has entries of type float64"),
        ([[True, False], [False, True]], "colours has entries of type bool"),
        ([[0, 1], [2]], "colours is not an array"),
    ],
)
def test_refuses(colours: npt.ArrayLike, match: str) -> None:
    with pytest.raises(InputError, match=match):
        coherent_closure(colours)


def test_refuses_options() -> None:
    with pytest.raises(InputError, match="limit is 0"):
        coherent_closure([[0]], limit=0)
    with pytest.raises(InputError, match="rng is -1"):
        coherent_closure([[0]], rng=-1)


def test_naive_closure_by_hand() -> None:
    """The oracle on the path of two edges: 2 ends, 1 centre."""
    assert naive_closure([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) == [[0, 2, 3], [4, 1, 4], [3, 2, 0]]
    counts = Counter(x for row in naive_closure(cycle(6)) for x in row)
    assert sorted(counts.values()) == [6, 6, 12, 12]
