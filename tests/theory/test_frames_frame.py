"""Frames: hand cases, both ways to build one, and refusals."""

from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_theory.errors import InputError
from superposition_theory.frames import Frame
from sympy import (
    CRootOf,
    ImmutableMatrix,
    Matrix,
    Rational,
    Symbol,
    cos,
    diag,
    eye,
    pi,
    sin,
    sqrt,
    zeros,
)

HALF = Rational(1, 2)
TRIANGLE = [[1, -HALF, -HALF], [0, sqrt(3) / 2, -sqrt(3) / 2]]
TETRAHEDRON = [[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]]
PENTAGON = [[f(2 * pi * k / 5) for k in range(5)] for f in (cos, sin)]
COSINES_5 = [1, (sqrt(5) - 1) / 4, (-sqrt(5) - 1) / 4, (-sqrt(5) - 1) / 4, (sqrt(5) - 1) / 4]
PENTAGON_GRAM = [[COSINES_5[(i - j) % 5] for j in range(5)] for i in range(5)]
HEPTAGON = [[f(2 * pi * k / 7) for k in range(7)] for f in (cos, sin)]
# the tetrahedron (F = 4 on 3 dimensions) and (1, 2) on each of 5 axes (F = 5)
TWO_EIGENSPACES = diag(Matrix(TETRAHEDRON), *([Matrix([[1, 2]])] * 5))


@pytest.mark.parametrize(
    ("frame", "rank", "dimensionalities", "coherence", "eigenvalues"),
    [
        pytest.param(Frame([[1, -1]]), 1, [HALF] * 2, 1, {2: 1}, id="digon"),
        pytest.param(Frame([[3, -3]]), 1, [HALF] * 2, 1, {18: 1}, id="digon, scaled"),
        pytest.param(Frame(TRIANGLE), 2, [Rational(2, 3)] * 3, HALF, {HALF * 3: 2}, id="triangle"),
        pytest.param(
            Frame(TETRAHEDRON), 3, [Rational(3, 4)] * 4, Rational(1, 3), {4: 3}, id="tetrahedron"
        ),
        pytest.param(
            Frame(PENTAGON), 2, [Rational(2, 5)] * 5, (1 + sqrt(5)) / 4, {Rational(5, 2): 2},
            id="pentagon",
        ),
        pytest.param(
            Frame.from_gram(PENTAGON_GRAM), 2, [Rational(2, 5)] * 5, (1 + sqrt(5)) / 4,
            {Rational(5, 2): 2}, id="pentagon by Gram matrix",
        ),
        pytest.param(
            Frame([[0, 1, 0], [0, 0, 2]]), 2, [0, 1, 1], 0, {1: 1, 4: 1}, id="orthogonal and zero"
        ),
        pytest.param(Frame([[2, 2, 2]]), 1, [Rational(1, 3)] * 3, 1, {12: 1}, id="triplicate"),
        pytest.param(Frame([[1], [2], [2]]), 1, [1], 0, {9: 1}, id="one feature, m = 3"),
        pytest.param(
            Frame(TWO_EIGENSPACES), 8, [Rational(3, 4)] * 4 + [Rational(1, 5), Rational(4, 5)] * 5,
            1, {4: 3, 5: 5}, id="eigenspaces of dimensions 3 and 5",
        ),
        pytest.param(
            Frame.from_gram(TWO_EIGENSPACES.T * TWO_EIGENSPACES), 8,
            [Rational(3, 4)] * 4 + [Rational(1, 5), Rational(4, 5)] * 5, 1, {4: 3, 5: 5},
            id="the same by Gram matrix",
        ),
    ],
)  # fmt: skip
def test_saturated_frames(
    frame: Frame, rank: int, dimensionalities: list[Any], coherence: Any, eigenvalues: Any
) -> None:
    assert frame.rank == rank
    assert list(frame.fractional_dimensionalities) == dimensionalities
    assert frame.capacity == rank
    assert list(frame.leverage_scores) == dimensionalities
    assert frame.coherence.expand() == (coherence * sqrt(1)).expand()
    assert {e.value: e.multiplicity for e in frame.spectrum} == eigenvalues
    assert frame.is_saturated
    assert frame.is_localized
    assert frame.deficit_identity.deficit == frame.deficit_identity.right_hand_side == 0
    assert frame.is_tight_on_span == (len(eigenvalues) == 1)
    assert sum(cluster.dimension for cluster in frame.clusters) == rank
    found = sorted(i for cluster in frame.clusters for i in cluster.features)
    assert tuple(found) == frame.represented
    for cluster in frame.clusters:
        value = cluster.eigenvalue.value
        assert sum(frame.norms_squared[i] for i in cluster.features) == value * cluster.dimension
        for i in cluster.features:
            assert frame.fractional_dimensionalities[i] == frame.norms_squared[i] / value


def test_clusters_of_two_eigenspaces() -> None:
    four, five = Frame(TWO_EIGENSPACES).clusters
    assert (four.eigenvalue.value, four.features, four.dimension) == (4, (0, 1, 2, 3), 3)
    assert (five.eigenvalue.value, five.features, five.dimension) == (5, tuple(range(4, 14)), 5)


def test_clusters_need_saturation() -> None:
    with pytest.raises(InputError, match=r"W is not saturated \(capacity 5/3, rank 2\)"):
        _ = Frame([[1, 0, 1], [0, 1, 1]]).clusters


def test_perturbation_of_a_saturated_frame_breaks_saturation() -> None:
    perturbed = TWO_EIGENSPACES.copy()
    perturbed[0, 4] = Rational(1, 1000)
    frame = Frame(perturbed)
    assert not frame.is_saturated
    assert not frame.is_localized
    assert frame.rank == 8
    record = frame.deficit_identity
    assert 0 < record.deficit == record.right_hand_side < Rational(1, 1000)
    # the perturbed column itself is an eigenvector still, of eigenvalue 5 + 10^-6
    assert [i for i, term in enumerate(record.terms) if term] == [0, 1, 2, 3, 5]
    assert frame.spectral_measure(4).mean == 5 + Rational(1, 10**6)
    assert record.bound_holds


def test_unsaturated_frame_by_hand() -> None:
    frame = Frame([[1, 0, 1], [0, 1, 1]])
    assert (frame.features, frame.dimensions, frame.rank) == (3, 2, 2)
    assert frame.norms_squared == (1, 1, 2)
    assert frame.fractional_dimensionalities == (HALF, HALF, Rational(2, 3))
    assert frame.capacity == Rational(5, 3)
    assert frame.leverage_scores == (Rational(2, 3),) * 3
    assert [e.value for e in frame.spectrum] == [1, 3]
    assert (frame.is_saturated, frame.is_localized) == (False, False)
    assert (frame.is_tight, frame.is_tight_on_span) == (False, False)
    assert frame.frame_bounds == frame.frame_bounds_on_span == (1, 3)
    assert (frame.frame_potential, frame.frame_potential_bound) == (10, 8)
    assert frame.coherence == sqrt(2) / 2
    assert frame.represented == (0, 1, 2)
    assert frame.gram == ImmutableMatrix([[1, 0, 1], [0, 1, 1], [1, 1, 2]])
    assert frame.frame_operator == ImmutableMatrix([[2, 1], [1, 2]])
    assert frame.matrix == ImmutableMatrix([[1, 0, 1], [0, 1, 1]])


def test_mixed_frame_is_unsaturated_though_some_features_are_eigenvectors() -> None:
    # an orthogonal axis beside a frame with an eigenvalue that no feature points along
    frame = Frame(diag(Matrix([[1, 0, 1], [0, 1, 1]]), Matrix([[5]])))
    assert frame.spectral_measure(3).is_localized
    assert not frame.is_localized
    assert frame.capacity == Rational(8, 3)


@pytest.mark.parametrize(
    ("frame", "bounds", "on_span", "tight", "tight_on_span"),
    [
        (Frame(TETRAHEDRON), (4, 4), (4, 4), True, True),
        (Frame([[1, -1], [0, 0]]), (0, 2), (2, 2), False, True),
        (Frame([[1, 0, 0], [0, 2, 0], [0, 0, 0]]), (0, 4), (1, 4), False, False),
        (Frame([[1, 0], [0, 2]]), (1, 4), (1, 4), False, False),
        (Frame([[0, 0], [0, 0]]), (0, 0), (0, 0), True, True),
        (Frame([[0]]), (0, 0), (0, 0), True, True),
        (Frame.from_gram([[1, -1], [-1, 1]]), (2, 2), (2, 2), True, True),
        (Frame.from_gram([[0]]), (0, 0), (0, 0), True, True),
    ],
)
def test_tightness_and_frame_bounds(
    frame: Frame, bounds: Any, on_span: Any, tight: bool, tight_on_span: bool
) -> None:
    assert frame.frame_bounds == bounds
    assert frame.frame_bounds_on_span == on_span
    assert frame.is_tight is tight
    assert frame.is_tight_on_span is tight_on_span
    assert (frame.frame_potential == frame.frame_potential_bound) is tight


def test_frame_bounds_that_are_irrational() -> None:
    assert Frame([[1, 1], [0, 1]]).frame_bounds == ((3 - sqrt(5)) / 2, (3 + sqrt(5)) / 2)


@pytest.mark.parametrize(
    ("frame", "dimensions"),
    [
        (Frame([[]]), 1),
        (Frame([[], [], []]), 3),
        (Frame(zeros(2, 0)), 2),
        (Frame.from_gram([]), 0),
        (Frame.from_gram(zeros(0, 0)), 0),
    ],
)
def test_no_features(frame: Frame, dimensions: int) -> None:
    assert (frame.features, frame.dimensions, frame.rank, frame.capacity) == (0, dimensions, 0, 0)
    assert frame.represented == frame.fractional_dimensionalities == frame.leverage_scores == ()
    assert frame.clusters == frame.norms_squared == ()
    assert len(frame.spectrum) == 0
    assert list(frame.spectrum) == []
    assert frame.gram.shape == (0, 0)
    assert frame.frame_bounds == frame.frame_bounds_on_span == (0, 0)
    assert frame.frame_potential == frame.frame_potential_bound == frame.coherence == 0
    assert frame.is_saturated
    assert frame.is_localized
    assert frame.is_tight
    record = frame.deficit_identity
    assert (record.terms, record.deficit, record.variance_bound) == ((), 0, 0)
    assert record.identity_holds
    assert record.bound_holds


def test_operator_of_no_features() -> None:
    frame = Frame([[], []])
    assert frame.frame_operator == zeros(2, 2)
    assert frame.matrix.shape == (2, 0)


def test_zero_columns_only() -> None:
    frame = Frame([[0, 0, 0], [0, 0, 0]])
    assert (frame.rank, frame.capacity, frame.represented) == (0, 0, ())
    assert frame.fractional_dimensionalities == frame.leverage_scores == (0, 0, 0)
    assert frame.deficit_identity.terms == frame.deficit_identity.variance_terms == (0, 0, 0)
    assert frame.clusters == ()
    assert frame.is_saturated


def test_zero_columns_change_nothing_else() -> None:
    plain = Frame([[1, 0, 1], [0, 1, 1]])
    padded = Frame([[0, 1, 0, 0, 1], [0, 0, 0, 1, 1]])
    assert padded.represented == (1, 3, 4)
    assert padded.fractional_dimensionalities == (0, HALF, 0, HALF, Rational(2, 3))
    assert padded.leverage_scores == (0, *[Rational(2, 3), 0, Rational(2, 3), Rational(2, 3)])
    assert padded.capacity == plain.capacity
    assert padded.coherence == plain.coherence
    assert padded.deficit_identity.terms == (0, Rational(1, 6), 0, Rational(1, 6), 0)


def test_coherence_takes_the_largest_in_size() -> None:
    # cosines: 0 with the second, -1/sqrt(2) and 3/5 with others
    assert Frame([[1, 0, -1], [0, 1, 0]]).coherence == 1
    assert Frame([[1, -3, 0], [0, 4, 1]]).coherence == Rational(4, 5)
    assert Frame([[5, 3, 0], [0, -4, 1]]).coherence == Rational(4, 5)
    assert Frame([[1, 7], [0, 0]]).coherence == 1


def test_coherence_of_the_heptagon_is_a_cosine() -> None:
    gram = [[cos(2 * pi * (i - j) / 7) for j in range(7)] for i in range(7)]
    frame = Frame.from_gram(gram)
    assert (frame.rank, frame.capacity) == (2, 2)
    assert frame.is_tight
    assert float(frame.coherence) == pytest.approx(float(cos(pi / 7)))
    assert Frame(HEPTAGON).capacity == 2
    assert Frame(HEPTAGON).coherence.is_number
    assert float(Frame(HEPTAGON).coherence) == pytest.approx(float(cos(pi / 7)))


def test_algebraic_entries_of_degree_three() -> None:
    x = Symbol("x")
    roots = [CRootOf(x**3 - 3 * x + 1, k) for k in range(3)]  # they add up to 0, squares to 6
    frame = Frame([roots, [1, 1, 1]])
    assert frame.frame_operator == ImmutableMatrix([[6, 0], [0, 3]])
    assert [e.value for e in frame.spectrum] == [3, 6]
    assert not frame.is_localized
    assert sum(frame.leverage_scores).expand() == 2
    squares = [1.8793852416**2, 0.3472963553**2, 1.5320888862**2]
    expected = [(a + 1) ** 2 / (6 * a + 3) for a in squares]
    assert [float(d) for d in frame.fractional_dimensionalities] == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(2, 4), (3, 3), (5, 2), (1, 3), (4, 1)])
def test_gram_alone_says_the_same(shape: tuple[int, int]) -> None:
    m, n = shape
    matrix = Matrix(m, n, lambda i, j: (3 * i + 5 * j + i * j * j) % 7 - 2)
    by_matrix, by_gram = Frame(matrix), Frame.from_gram(matrix.T * matrix)
    assert by_gram.dimensions == by_gram.rank == by_matrix.rank == matrix.rank()
    assert by_matrix.dimensions == m
    assert by_gram.gram == by_matrix.gram == matrix.T * matrix
    assert by_gram.capacity == by_matrix.capacity
    assert by_gram.leverage_scores == by_matrix.leverage_scores
    assert by_gram.deficit_identity == by_matrix.deficit_identity
    assert [e.value for e in by_gram.spectrum] == [e.value for e in by_matrix.spectrum]
    for i in by_matrix.represented:
        one, other = by_gram.spectral_measure(i), by_matrix.spectral_measure(i)
        assert [a.weight for a in one.atoms] == [a.weight for a in other.atoms]


def test_gram_alone_does_not_know_the_matrix() -> None:
    frame = Frame.from_gram([[1]])
    with pytest.raises(InputError, match=r"frame_operator needs W"):
        _ = frame.frame_operator
    with pytest.raises(InputError, match=r"matrix needs W, and this frame is known by its Gram"):
        _ = frame.matrix


def test_leverage_against_the_pseudoinverse() -> None:
    matrix = Matrix([[1, 2, 0, 1], [2, 4, 1, 0], [3, 6, 1, 1]])  # rank 2
    expected = (matrix.T * (matrix * matrix.T).pinv() * matrix).diagonal()
    assert list(Frame(matrix).leverage_scores) == list(expected)
    assert Frame(matrix).rank == 2


def test_irreducible_characteristic_polynomial_of_degree_12() -> None:
    rng = np.random.default_rng(7)
    numerators, denominators = rng.integers(-5, 6, (12, 14)), rng.integers(1, 6, (12, 14))
    rows = [
        [Fraction(int(a), int(b)) for a, b in zip(*pair, strict=True)]
        for pair in zip(numerators, denominators, strict=True)
    ]
    floats = numerators / denominators
    frame = Frame(rows)
    assert [e.factor.degree() for e in frame.spectrum] == [12] * 12
    values, vectors = np.linalg.eigh(floats @ floats.T)
    assert [float(e.value) for e in frame.spectrum] == pytest.approx(values.tolist())
    weights = (vectors.T @ floats[:, 3]) ** 2 / np.sum(floats[:, 3] ** 2)
    atoms = frame.spectral_measure(3).atoms
    assert [float(a.weight.evalf(30)) for a in atoms] == pytest.approx(weights.tolist())
    record = frame.deficit_identity
    gram = floats.T @ floats
    capacity = np.sum(np.diag(gram) ** 2 / np.diag(gram @ gram))
    assert float(record.deficit) == pytest.approx(12 - capacity)
    assert record.deficit == record.right_hand_side
    assert record.bound_holds


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([], r"W has no rows; accepted are matrices with m >= 1 rows"),
        (Matrix(0, 3, []), r"W has no rows"),
        ([[1, 2.0]], r"W\[0, 1\] = 2\.0 is of type float"),
        ([[1], [1, 2]], r"W\[1\] has length 2"),
    ],
)
def test_matrix_refused(matrix: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Frame(matrix)


@pytest.mark.parametrize(
    ("gram", "message"),
    [
        ([[1, 2]], r"M has shape \(1, 2\); accepted are square matrices"),
        ([[1, 2], [3, 1]], r"M\[1, 0\] = 3 but M\[0, 1\] = 2; accepted are symmetric"),
        ([[1, 0, 0], [0, 1, 5], [0, 4, 1]], r"M\[2, 1\] = 4 but M\[1, 2\] = 5"),
        ([[-1]], r"M has a negative eigenvalue"),
        ([[1, 2], [2, 1]], r"M has a negative eigenvalue"),
        ([[0, 1], [1, 0]], r"M has a negative eigenvalue"),
        ([[-1, 0], [0, -1]], r"M has a negative eigenvalue"),
        (diag(1, 0, -1), r"M has a negative eigenvalue"),
        (diag(1, 3, 2 * sqrt(2) - 3), r"M has a negative eigenvalue"),
        ([[1, 0.5], [0.5, 1]], r"M\[0, 1\] = 0\.5 is of type float"),
    ],
    ids=repr,
)
def test_gram_refused(gram: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Frame.from_gram(gram)


def test_gram_that_is_barely_positive_is_accepted() -> None:
    frame = Frame.from_gram(diag(1, 3 - 2 * sqrt(2)))
    assert [e.value for e in frame.spectrum] == [3 - 2 * sqrt(2), 1]
    assert Frame.from_gram(eye(3)).rank == 3


def test_repr() -> None:
    assert repr(Frame([[1, 2, 3], [2, 4, 6]])) == "<Frame by W: 3 features in 2 dimensions>"
    assert repr(Frame.from_gram([[1, 0], [0, 0]])) == (
        "<Frame by Gram matrix: 2 features in 1 dimensions>"
    )


def test_results_are_frozen() -> None:
    frame = Frame([[1, -1]])
    measure = frame.spectral_measure(0)
    eigenvalue = frame.spectrum.largest
    for result in (
        frame.spectrum,
        eigenvalue,
        eigenvalue.source,
        eigenvalue.root,
        measure,
        measure.atoms[0],
        frame.stieltjes,
        frame.deficit_identity,
        frame.clusters[0],
    ):
        for field in fields(result):
            with pytest.raises(FrozenInstanceError):
                setattr(result, field.name, None)
