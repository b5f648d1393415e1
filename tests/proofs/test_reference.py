"""The reference values are read as they were meant, and pass what mathematics demands of them."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_numerics.recognition import adjacency_algebra, coherent_closure
from superposition_proofs.reference import (
    CharacterTable,
    SchemeRecord,
    StronglyRegularRecord,
    association_schemes,
    character_table,
    coherent_configurations,
    is_character,
    real_etf_parameters,
    strongly_regular_parameters,
)
from superposition_theory import InputError
from superposition_theory.schemes import AssociationScheme

GOLDEN = (math.sqrt(5) - 1) / 2
# p_ij^k of the pentagon, by hand: neighbours of a point at distance 1 and 2 from another.
PENTAGON = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[0, 1, 0], [2, 0, 1], [0, 1, 1]],
    [[0, 0, 1], [0, 1, 1], [2, 1, 0]],
]
PENTAGON_TABLE = "[[1,2,2,1],[1,E(5)+E(5)^4,E(5)^2+E(5)^3,2],[1,E(5)^2+E(5)^3,E(5)+E(5)^4,2]]"


def intersection_matrices(scheme: SchemeRecord) -> list[list[list[int]]]:
    """Count the paths z with colours (i, j) from x to y, for one pair (x, y) of each colour k."""
    C = np.array(scheme.relation)
    rank = len(scheme.valencies)
    counts = np.zeros((rank, rank, rank), dtype=int)
    for k, place in enumerate(np.unique(C, return_index=True)[1]):
        x, y = divmod(int(place), len(C))
        np.add.at(counts[:, :, k], (C[x], C[:, y]), 1)
    nested: list[list[list[int]]] = counts.tolist()
    return nested


def test_pentagon_by_hand() -> None:
    table = character_table(PENTAGON_TABLE)
    assert table.multiplicities == (1, 2, 2)
    expected = np.array([[1, 2, 2], [1, GOLDEN, -1 - GOLDEN], [1, -1 - GOLDEN, GOLDEN]])
    # 4 coefficients of modulus 1 and 3 eps for each
    assert np.abs(table.approximate() - expected).max() <= 12 * 2.3e-16
    assert all(is_character(row, 5, PENTAGON) for row in table.rows)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("7", [7]),
        ("-12", [-12]),
        ("E(4)", [0, 1]),
        ("-E(4)", [0, -1]),
        ("E(4)^3", [0, -1]),  # i^3 = -i
        ("2*E(4)^2", [-2]),
        ("3-2*E(4)+E(4)", [3, -1]),
        ("-3*E(3)^2-E(3)", [3, 2]),  # z^2 = -1 - z
        ("E(5)+E(5)^2+E(5)^3+E(5)^4", [-1]),
        ("E(12)^4+E(12)^8", [-1]),
    ],
)
def test_entries(text: str, exact: list[int]) -> None:
    assert character_table(f"[[{text},1]]").rows == ((fmpq_poly(exact),),)


def test_conductor_joins_all_roots() -> None:
    table = character_table("[[E(4),E(6),1]]")
    assert table.conductor == 12
    assert table.rows == ((fmpq_poly([0, 0, 0, 1]), fmpq_poly([0, 0, 1])),)


@given(
    st.integers(1, 30).flatmap(
        lambda order: st.lists(
            st.tuples(st.integers(-9, 9), st.just(order), st.integers(0, 2 * order)),
            min_size=1,
            max_size=6,
        )
    )
)
@settings(max_examples=100)
def test_reads_the_sums_it_is_given(terms: list[tuple[int, int, int]]) -> None:
    text = "".join(f"{factor:+d}*E({order})^{power}" for factor, order, power in terms)
    expected = sum(f * np.exp(2j * np.pi * k / order) for f, order, k in terms)
    # Reduced powers have coefficients -1, 0, 1 (order < 105): at most 6 * 9 * 28 in all, each with
    # 3 eps; the sum beside it has 54 terms of modulus 1 at angles up to 4 pi, 4 pi eps each.
    bound = 2.3e-16 * (3 * 6 * 9 * 28 + 54 * 4 * math.pi)
    assert abs(character_table(f"[[{text},1]]").approximate()[0, 0] - expected) <= bound


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "text is None; accepted: str"),
        ("", "text is ''"),  # nothing
        ("[1,1]", r"text is '\[1,1\]'"),  # one row without a table
        ("[[1,2,1],[1,1]]", r"rows of lengths \[2, 3\]"),
        ("[[1]]", r"rows of lengths \[1\]"),  # a multiplicity alone
        ("[[1,-1]]", "the multiplicity '-1'"),
        ("[[1,E(3)]]", r"the multiplicity 'E\(3\)'"),
        ("[[,1]]", "the entry ''"),
        ("[[1.5,1]]", "the entry '1.5'"),
        ("[[1/2,1]]", "the entry '1/2'"),
        ("[[ 1,1]]", "the entry ' 1'"),
        ("[[2E(3),1]]", r"the entry '2E\(3\)'"),  # no *
        ("[[2*3,1]]", r"the entry '2\*3'"),
        ("[[E(0),1]]", r"the entry 'E\(0\)'"),
        ("[[E(3)E(3),1]]", r"the entry 'E\(3\)E\(3\)'"),  # no sign between
        ("[[E(3)^-1,1]]", r"the entry 'E\(3\)\^-1'"),
        ("[[1+,1]]", r"the entry '1\+'"),
        ("[[__import__('os'),1]]", 'the entry "__import__'),
    ],
)
def test_refuses_other_text(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        character_table(text)


@pytest.mark.parametrize(
    "row",
    [
        [fmpq_poly([1]), fmpq_poly([2]), fmpq_poly([-2])],  # not multiplicative
        [fmpq_poly([0]), fmpq_poly([0]), fmpq_poly([0])],  # multiplicative, but 0 at the identity
        [fmpq_poly([1]), fmpq_poly([0, 1]), fmpq_poly([-1, -1])],  # E(5) without its conjugate
        [fmpq_poly([1], 1), fmpq_poly([2], 5), fmpq_poly([2], 5)],  # (1, 2, 2) if 5 is forgotten
    ],
)
def test_no_characters_of_the_pentagon(row: list[fmpq_poly]) -> None:
    assert not is_character(row, 5, PENTAGON)


def test_sabotaged_intersection_number() -> None:
    row = character_table(PENTAGON_TABLE).rows[1]
    sabotaged = [[list(line) for line in matrix] for matrix in PENTAGON]
    sabotaged[1][1] = [2, 1, 0]
    assert not is_character(row, 5, sabotaged)


def test_refuses_values_of_another_rank() -> None:
    with pytest.raises(InputError, match="values has length 1; accepted: 3"):
        is_character([fmpq_poly([1])], 1, PENTAGON)


def test_every_character_table() -> None:
    one = fmpq_poly([1])
    decided, irreducible = 0, 0
    for scheme in association_schemes():
        table = character_table(scheme.character_table)
        matrices = intersection_matrices(scheme)
        linear = [is_character(row, table.conductor, matrices) for row in table.rows]
        if scheme.commutative:
            assert len(table.rows) == len(scheme.valencies) == len(set(map(str, table.rows)))
            assert all(linear)
            wrong = (*table.rows[-1][:-1], table.rows[-1][-1] + one)
            assert not is_character(wrong, table.conductor, matrices)
            decided += 1
        else:
            # A character of degree 2 or more is no homomorphism to the numbers.
            assert linear == [row[0] == one for row in table.rows]
            irreducible += linear.count(False)
        _check_standard_character(scheme, table)
    assert decided == 1565
    assert irreducible > 332  # at least one in each of the others


def _check_standard_character(scheme: SchemeRecord, table: CharacterTable) -> None:
    """Check that the characters add up to the trace: n at the diagonal and 0 elsewhere."""
    for colour in range(len(scheme.valencies)):
        total = fmpq_poly([0])
        for multiplicity, row in zip(table.multiplicities, table.rows, strict=True):
            total += multiplicity * row[colour]
        assert total == fmpq_poly([scheme.order if colour == 0 else 0])


def same_characters(
    P: np.ndarray, multiplicities: tuple[int, ...], table: CharacterTable, colours: list[int]
) -> bool:
    """Whether the rows of P are the characters, with their multiplicities, in some order.

    Distinct characters of a scheme of these differ by at least sqrt 3 at some colour (measured), so
    that 1e-9, far above the rounding errors, mistakes none for another.
    """
    distances = np.abs(P[:, None, :] - table.approximate()[:, colours]).max(axis=2)
    nearest = distances.argmin(axis=1)
    return (
        sorted(nearest.tolist()) == list(range(len(P)))
        and float(distances.min(axis=1).max()) < 1e-9
        and [table.multiplicities[k] for k in nearest] == list(multiplicities)
    )


def test_float_eigenmatrices_are_the_character_tables() -> None:
    for scheme in association_schemes():
        relation = np.array(scheme.relation)
        closure = coherent_closure(relation)
        algebra = adjacency_algebra(closure)
        table = character_table(scheme.character_table)
        colours = relation.ravel()[np.unique(closure.relation, return_index=True)[1]].tolist()
        if algebra.P is None:
            degrees = [int(row[0][0].p) for row in table.rows]
            expected = zip(degrees, table.multiplicities, strict=True)
            assert sorted(algebra.irreducibles) == sorted(expected)
        else:
            assert same_characters(algebra.P, algebra.multiplicities, table, colours)
            wrong = (*algebra.multiplicities[1:], 0)
            assert not same_characters(algebra.P, wrong, table, colours)


@pytest.mark.slow
def test_exact_eigenmatrices_are_the_character_tables() -> None:
    for record in association_schemes():
        if record.commutative:
            scheme = AssociationScheme(record.relation)
            exact = scheme.eigenmatrices
            P = np.array([[complex(value.enclosure(64)) for value in row] for row in exact.P])
            colours = [record.relation[x][y] for x, y in scheme.representatives]
            table = character_table(record.character_table)
            assert same_characters(P, exact.multiplicities, table, colours)


def test_scheme_records() -> None:
    counts: Counter[int] = Counter()
    for scheme in association_schemes():
        C = np.array(scheme.relation)
        assert C.shape == (scheme.order, scheme.order)
        rank = len(scheme.valencies)
        sizes = np.stack([np.bincount(row, minlength=rank) for row in C])
        assert np.array_equal(sizes, np.broadcast_to(scheme.valencies, sizes.shape))
        assert np.array_equal(C == 0, np.eye(scheme.order, dtype=bool))
        matrices = np.array(intersection_matrices(scheme))
        assert scheme.symmetric == np.array_equal(C, C.T)
        assert scheme.commutative == np.array_equal(matrices, matrices.transpose(1, 0, 2))
        counts[scheme.order] += 1
    # Hanaki and Miyamoto: all schemes of these orders
    published = {5: 3, 6: 8, 7: 4, 8: 21, 9: 12, 10: 13, 12: 59, 16: 222}
    assert {order: counts[order] for order in published} == published


def test_configuration_records() -> None:
    keys = []
    for record in coherent_configurations():
        C = np.array(record.relation)
        assert C.shape == (record.order, record.order)
        assert np.array_equal(np.unique(C), np.arange(record.rank))
        assert len(np.unique(C.diagonal())) == record.fibres
        assert not np.isin(C[~np.eye(record.order, dtype=bool)], C.diagonal()).any()
        smallest_fibre = np.unique(C.diagonal(), return_counts=True)[1].min()
        assert smallest_fibre > 1 or record.order == 1
        keys.append((record.order, record.index))
    assert all(first < second for first, second in pairwise(keys))


def test_homogeneous_configurations_are_the_schemes_of_their_order() -> None:
    configurations = Counter(r.order for r in coherent_configurations() if r.fibres == 1)
    schemes = Counter(r.order for r in association_schemes() if r.order <= 10)
    assert {order: configurations[order] for order in schemes} == schemes


def _passes_trace_conditions(record: StronglyRegularRecord) -> bool:
    """Decide k (k - lambda - 1) = (v - k - 1) mu and that the trace of A is 0, in integers."""
    v, k, lambda_, mu = record.order, record.valency, record.lambda_, record.mu
    larger, smaller = record.multiplicities
    rational = 2 * k + (larger + smaller) * (lambda_ - mu)
    discriminant = (lambda_ - mu) ** 2 + 4 * (k - mu)
    return (
        k * (k - lambda_ - 1) == (v - k - 1) * mu
        and larger + smaller == v - 1
        # 2 tr A = rational + (larger - smaller) sqrt(discriminant)
        and rational**2 == (larger - smaller) ** 2 * discriminant
        and rational * (larger - smaller) <= 0
    )


def test_strongly_regular_parameters() -> None:
    records = list(strongly_regular_parameters())
    assert len(records) == 4538
    assert {record.status for record in records} == {"exists", "impossible", "open"}
    assert all(map(_passes_trace_conditions, records))
    petersen = StronglyRegularRecord(10, 3, 0, 1, "exists", (4, 5))  # the multiplicities exchanged
    assert not _passes_trace_conditions(petersen)


def test_schemes_of_rank_3_are_graphs_of_the_table() -> None:
    status = {
        (r.order, r.valency, r.lambda_, r.mu): r.status for r in strongly_regular_parameters()
    }
    met = set()
    for scheme in association_schemes():
        if not scheme.symmetric or len(scheme.valencies) != 3:
            continue
        matrices = intersection_matrices(scheme)
        for i in (1, 2):
            valency, mu = scheme.valencies[i], matrices[i][i][3 - i]
            if 0 < mu < valency:  # connected, and so is the complement
                met.add((scheme.order, valency, matrices[i][i][i], mu))
    assert {status[parameters] for parameters in met} == {"exists"}
    assert {(5, 2, 0, 1), (16, 5, 0, 2), (27, 16, 10, 8)} <= met


def test_real_frames_follow_from_the_graphs() -> None:
    expected = {}
    for graph in strongly_regular_parameters():
        if graph.valency == 2 * graph.mu:
            n = graph.order + 1
            # The Gram matrix has two eigenvalues; 1 + 2 r and 1 + 2 s are those of the Seidel
            # matrix up to sign, with r s = mu - k = -mu and r + s = lambda - mu.
            difference = math.sqrt((graph.lambda_ - graph.mu) ** 2 + 4 * graph.mu)
            r = (graph.lambda_ - graph.mu + difference) / 2
            dimension = round(n * (1 + 2 * r) / (2 * difference))
            for d in (dimension, n - dimension):
                expected[d, n] = graph.status
    found = {(frame.dimensions, frame.vectors): frame.status for frame in real_etf_parameters()}
    assert found == expected
    assert (3, 6) in found
    assert (4, 6) not in found


def test_every_real_frame_is_within_gerzons_bound() -> None:
    for frame in real_etf_parameters():
        d, n = frame.dimensions, frame.vectors
        if frame.status == "exists":
            assert n <= d * (d + 1) // 2
            assert n <= (n - d) * (n - d + 1) // 2
