"""Names and the permutations that they rest on."""

from __future__ import annotations

from importlib import import_module

import networkx
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numerics.recognition_samples import only
from superposition_numerics.recognition import (
    Name,
    SearchLimitError,
    Verdict,
    adjacency_algebra,
    coherent_closure,
    cyclic_order,
    isomorphism,
    name_of,
    project,
    recognise,
    recognise_gram,
    scheme_levels,
)
from superposition_theory import InputError
from superposition_theory.geometries import e8_roots
from superposition_theory.schemes.families import (
    complete_multipartite_relation,
    complete_relation,
    cyclic_relation,
    hamming_relation,
    johnson_relation,
    paley_relation,
)

from numerics import recognition_samples as samples

Relation = npt.NDArray[np.int64]


def relabelled(relation: npt.ArrayLike, rng: np.random.Generator) -> Relation:
    """Return the relation with the points in another order."""
    C = np.asarray(relation)
    p = rng.permutation(len(C))
    return np.asarray(C[np.ix_(p, p)])


def carries(p: npt.NDArray[np.intp], model: npt.ArrayLike, moved: Relation) -> bool:
    """Whether p is a permutation of the points that turns one relation into the other."""
    at_each = sorted(p.tolist()) == list(range(len(moved)))
    return at_each and np.array_equal(moved[np.ix_(p, p)], model)


RELATIONS: dict[str, npt.ArrayLike] = {
    "one point": [[0]],
    "simplex": complete_relation(300),  # a base of 299 points
    "17-gon": cyclic_relation(17),
    "H(5, 2)": hamming_relation(5, 2),
    "H(3, 4)": hamming_relation(3, 4),
    "J(8, 3)": johnson_relation(8, 3),
    "Paley(29)": paley_relation(29),
    "E8": e8_roots().relation,
    "40 pairs": complete_multipartite_relation(40, 2),  # a base of 40 points
    "path": np.abs(np.subtract.outer(range(9), range(9))),  # no scheme: nine distances
    "two fibres": np.diag([1, 1, 1, 2, 2]),  # the others all of one colour
}


@pytest.mark.parametrize("name", RELATIONS)
def test_relabelled_relations_are_isomorphic(name: str) -> None:
    for seed in range(4):
        moved = relabelled(RELATIONS[name], np.random.default_rng(seed))
        found = isomorphism(RELATIONS[name], moved)
        assert found is not None
        assert carries(found, RELATIONS[name], moved)


@settings(max_examples=80)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(0, 10**6))
def test_isomorphism_of_any_colouring(n: int, colours: int, seed: int) -> None:
    """Random colourings, not symmetric, with any diagonal; and a change of one entry."""
    rng = np.random.default_rng(seed)
    model = rng.integers(0, colours, (n, n))
    moved = relabelled(model, rng)
    found = isomorphism(model, moved)
    assert found is not None
    assert carries(found, model, moved)
    changed = moved.copy()
    changed[rng.integers(n), rng.integers(n)] += 1
    assert isomorphism(model, changed) is None  # the sum of all colours is another


@settings(max_examples=80)
@given(st.integers(4, 8), st.integers(0, 10**6))
def test_isomorphism_of_graphs_against_networkx(n: int, seed: int) -> None:
    """Random regular graphs of one degree: often alike, often not."""
    degree = 2 if n % 2 or seed % 2 else 3
    first, second = (
        networkx.random_regular_graph(degree, n, seed=seed + shift) for shift in (0, 1)
    )
    model, moved = (
        networkx.to_numpy_array(graph, nodelist=range(n)).astype(int) for graph in (first, second)
    )
    found = isomorphism(model, moved)
    assert (found is not None) == networkx.is_isomorphic(first, second)
    if found is not None:
        assert carries(found, model, moved)


def shrikhande() -> Relation:
    """Return the Shrikhande graph on the torus of residues modulo 4."""
    steps = {(0, 1), (0, 3), (1, 0), (3, 0), (1, 1), (3, 3)}
    points = [(x, y) for x in range(4) for y in range(4)]
    return np.array(
        [
            [
                0 if a == b else 1 if ((a[0] - b[0]) % 4, (a[1] - b[1]) % 4) in steps else 2
                for a in points
            ]
            for b in points
        ]
    )


HEXAGON = np.isin(np.subtract.outer(range(6), range(6)) % 6, (1, 5)).astype(int)
TWO_TRIANGLES = np.kron(np.eye(2, dtype=int), 1 - np.eye(3, dtype=int))


@pytest.mark.parametrize(
    ("model", "moved"),
    [
        (HEXAGON, TWO_TRIANGLES),  # the same counts of colours
        (hamming_relation(2, 4), shrikhande()),  # one set of parameters
        ([[0, 1], [2, 0]], [[0, 1], [1, 0]]),  # not symmetric
        # the rows tell the points apart, and have the same colours in another order
        ([[0, 1, 2], [1, 0, 3], [2, 3, 0]], [[0, 2, 1], [1, 0, 3], [2, 3, 0]]),
        ([[0, 1], [1, 0]], [[0, 2], [2, 0]]),  # colours have one meaning
        (np.diag([1, 1, 2]), np.diag([1, 2, 2])),  # fibres of other sizes
        ([[0, 1], [1, 1]], [[1, 1], [1, 0]][::-1]),  # a loop is no edge
        (np.zeros((2, 2), int), np.zeros((3, 3), int)),
    ],
)
def test_what_is_not_isomorphic(model: npt.ArrayLike, moved: npt.ArrayLike) -> None:
    assert isomorphism(model, moved) is None
    assert isomorphism(moved, model) is None


def test_most_images_are_excluded_by_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """16 15 14 = 3360 images of three points at least, if none were excluded before."""
    module = import_module("superposition_numerics.recognition.isomorphism")
    monkeypatch.setattr(module, "_MOST_STEPS", 640)
    assert isomorphism(hamming_relation(2, 4), shrikhande()) is None


def test_search_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """One image is not enough; then the name is left open, and the remark says so."""
    order = np.random.default_rng(0).permutation(16)
    W = samples.from_idempotent((shrikhande() == 1).astype(float), 2.0)[:, order]
    assert only(recognise(W)).name == "Shrikhande in R^6"
    module = import_module("superposition_numerics.recognition.isomorphism")
    monkeypatch.setattr(module, "_MOST_STEPS", 1)
    with pytest.raises(SearchLimitError, match="no isomorphism on 16 points so far"):
        isomorphism(hamming_relation(2, 4), shrikhande())
    found = only(recognise(W))
    assert (found.verdict, found.name) == (Verdict.SCHEME, None)
    assert "the parameters of the Hamming H(2,4), E_1, perhaps isomorphic to it" in found.reason


@pytest.mark.parametrize(
    ("model", "match"),
    [
        ([[0, 1]], r"model has shape \(1, 2\); accepted: a square array"),
        ([[0.5]], "model has entries of type float64"),
        ([[-1]], "model has the negative entry -1"),
    ],
)
def test_isomorphism_refuses(model: npt.ArrayLike, match: str) -> None:
    with pytest.raises(InputError, match=match):
        isomorphism(model, [[0]])
    with pytest.raises(InputError, match=match.replace("model", "given")):
        isomorphism([[0]], model)


# Cycles


@pytest.mark.parametrize("n", [3, 4, 5, 6, 8, 17, 60])
def test_order_along_a_polygon(n: int) -> None:
    for seed in range(3):
        moved = relabelled(cyclic_relation(n), np.random.default_rng(seed))
        closure = coherent_closure(moved)
        order = cyclic_order(closure)
        assert order is not None
        assert sorted(order.tolist()) == list(range(n))
        # colours depend on the distance along the cycle, each on one
        ordered = closure.relation[np.ix_(order, order)]
        steps = np.abs(np.subtract.outer(range(n), range(n)))
        pairs = {(int(c), min(s, n - s)) for c, s in zip(ordered.flat, steps.flat, strict=True)}
        assert len(pairs) == n // 2 + 1 == closure.rank


@pytest.mark.parametrize(
    "relation",
    [
        [[0]],
        complete_relation(2),
        complete_relation(4),  # fewer colours than the square
        hamming_relation(3, 2),  # 8 points and 4 colours, the octagon has 5
        paley_relation(13),
        complete_multipartite_relation(3, 2),
        # 8 points and 5 colours as the octagon: two squares, and the pairs between them
        np.kron(1 - np.eye(2, dtype=int), np.full((4, 4), 3))
        + np.kron(np.eye(2, dtype=int), np.array(cyclic_relation(4))),
        # the directed cycle of three has the rank of the pentagon's
        (np.subtract.outer(range(3), range(3))) % 3,
    ],
)
def test_other_schemes_are_not_cyclic(relation: npt.ArrayLike) -> None:
    assert cyclic_order(coherent_closure(np.asarray(relation))) is None


# Names


def circulant(n: int, levels: dict[int, float]) -> npt.NDArray[np.float64]:
    """Return a Gram matrix of unit vectors with weights on frequencies of an n-gon."""
    steps = np.subtract.outer(range(n), range(n))
    weights = {k: value / sum(levels.values()) for k, value in levels.items()}
    return np.asarray(sum(w * np.cos(2 * np.pi * k * steps / n) for k, w in weights.items()))


@pytest.mark.parametrize(
    ("n", "levels", "name"),
    [
        # weights in the diagonal: a plane has twice the weight of a line
        (9, {1: 1}, "9-gon"),
        (9, {2: 1}, "9-gon"),  # 2 is prime to 9
        (10, {1: 2, 5: 1}, "pentagonal antiprism (tight)"),
        (10, {3: 2, 5: 1}, "pentagonal antiprism (tight)"),
        (10, {1: 3, 5: 1}, "pentagonal antiprism"),
        (10, {2: 2, 5: 1}, "pentagonal prism (tight)"),
        (10, {4: 5, 5: 1}, "pentagonal prism"),
        (7, {1: 1, 2: 1}, "harmonic frame of Z_7 with frequencies {1, 2}"),
        (7, {2: 1, 3: 1}, "harmonic frame of Z_7 with frequencies {1, 2}"),  # 3 (2, 3) = (6, 2)
        (7, {1: 1, 2: 2}, None),  # not tight
        (9, {0: 1, 1: 2}, None),  # tight, but on a cone
    ],
)
def test_names_of_cyclic_schemes(n: int, levels: dict[int, float], name: str | None) -> None:
    moved = np.random.default_rng(n).permutation(n)
    found = only(recognise_gram(circulant(n, levels)[np.ix_(moved, moved)]))
    assert found.name == name
    assert f"the {n}-gon's scheme with frequencies" in found.reason


@pytest.mark.parametrize(
    ("relation", "values", "expected"),
    [
        (
            paley_relation(13),
            [1, (13**0.5 - 1) / 12, (-(13**0.5) - 1) / 12],
            Name("Paley(13)", "an isomorphism with Paley(13) is exhibited"),
        ),
        # the tensor of a triangle with a tetrahedron: a rook's graph on a 3 x 4 board
        (
            np.kron(complete_relation(3), 2 * np.ones((4, 4), int))
            + np.kron(np.ones((3, 3), int), complete_relation(4)),
            [1, -1 / 3, -1 / 2, 1 / 6],
            Name(None, "valencies 1, 3, 2, 6; idempotents of rank 6"),
        ),
        # four orthogonal triangles and a constant: strongly regular, and not tight
        (
            complete_multipartite_relation(4, 3),
            [1, -0.2, 0.1],
            Name(None, "parameters of a strongly regular graph (12, 2, 1, 0)"),
        ),
    ],
)
def test_remarks(relation: npt.ArrayLike, values: list[float], expected: Name) -> None:
    closure = coherent_closure(np.asarray(relation))
    gram = np.array(values)[closure.relation]
    algebra = adjacency_algebra(closure)
    levels = scheme_levels(project(gram, closure), algebra, 1e-9)
    assert name_of(closure, algebra, levels, bound=1e-9) == expected


def test_lines_have_names_of_their_own() -> None:
    """Antipodal frames as lines; equiangular ones are counted."""
    found = only(recognise(samples.polygon(5), lines=True))
    assert found.name == "lines through the 10-gon"
    found = only(recognise(samples.e8(), lines=True))
    assert (found.name, found.size) == ("lines through the E8 roots", 240)
    assert len(found.parallel) == 120
    assert only(recognise(samples.simplex(4), lines=True)).name == "equiangular tight frame 3x4"


def test_names_do_not_depend_on_chance_or_order() -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        for W, name in [
            (samples.johnson(7, 3), "Johnson J(7,3), E_1"),
            (samples.hamming(4, 3), "Hamming H(4,3), E_1"),
            (samples.paley(37), "Paley(37)"),
            (samples.cube(6), "hypercube on 64 points"),
        ]:
            moved = W[:, rng.permutation(W.shape[1])]
            assert only(recognise(moved, rng=seed)).name == name


def test_colourings_of_different_sizes_are_not_isomorphic() -> None:
    small, large = np.eye(3, dtype=int), np.eye(4, dtype=int)
    assert isomorphism(small, large) is None
    assert isomorphism(large, small) is None


def test_colours_that_were_not_tried_leave_the_name_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a bijection of colours is tried, "not isomorphic" is not known."""
    W = samples.from_idempotent((shrikhande() == 1).astype(float), 2.0)
    module = import_module("superposition_numerics.recognition.naming")
    monkeypatch.setattr(module, "_MOST_BIJECTIONS", 0)
    found = only(recognise(W))
    assert found.name is None
    assert "perhaps isomorphic to it" in found.reason
    assert "not isomorphic" not in found.reason


def test_colours_may_be_large_numbers() -> None:
    path = np.array([[0, 10**12, 7], [10**12, 0, 10**12], [7, 10**12, 0]])
    order = [1, 2, 0]
    found = isomorphism(path, path[order][:, order])
    assert found is not None
    assert np.array_equal(path[order][:, order][found][:, found], path)
    other = np.where(path == 7, 8, path)
    assert isomorphism(path, other) is None
