"""Laws of exact frames, on frames that Hypothesis builds."""

from fractions import Fraction
from itertools import chain
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory.frames import Frame
from sympy import Matrix, Rational, diag, eye, sqrt

LAW = settings(max_examples=40)
small = st.builds(Rational, st.integers(-4, 4), st.integers(1, 3))
in_root_two = st.builds(lambda a, b: a + b * sqrt(2), st.integers(-2, 2), st.integers(-1, 1))


@st.composite
def matrices(draw: st.DrawFn, entries: Any = small, largest: int = 4) -> Any:
    """Draw a matrix of at most `largest` rows and one column more, sparse or not."""
    m, n = draw(st.integers(1, largest)), draw(st.integers(1, largest + 1))
    kept = draw(st.lists(st.booleans(), min_size=m * n, max_size=m * n))
    numbers = draw(st.lists(entries, min_size=m * n, max_size=m * n))
    return Matrix(m, n, [a if keep else a * 0 for a, keep in zip(numbers, kept, strict=True)])


@st.composite
def rotations(draw: st.DrawFn, size: int) -> Any:
    """Draw a rational rotation, by the Cayley transform of a skew matrix."""
    entries = iter(draw(st.lists(st.integers(-2, 2), min_size=size**2, max_size=size**2)))
    upper = Matrix(size, size, lambda i, j: next(entries) if i < j else 0)
    skew = upper - upper.T
    return (eye(size) - skew) * (eye(size) + skew).inv()


@st.composite
def saturated(draw: st.DrawFn) -> Any:
    """Draw a saturated W: rows of scaled rational projections, rotated; with its dimensions."""
    count = draw(st.integers(1, 3))
    dims = draw(st.lists(st.integers(1, 2), min_size=count, max_size=count))
    extra = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    scales = draw(st.permutations([1, 2, 3]))
    blocks = []
    for dim, more, scale in zip(dims, extra, scales, strict=False):
        rotation = draw(rotations(dim + more))
        blocks.append(scale * rotation[:dim, :])  # rows orthonormal: F = scale^2 I
    whole = diag(*blocks)
    return draw(rotations(whole.rows)) * whole, dims, scales[:count]


def check_laws(matrix: Any) -> None:
    """Every law that needs no second frame."""
    frame, gram = Frame(matrix), matrix.T * matrix
    rank = matrix.rank()
    assert frame.rank == rank
    square = gram * gram
    for i, d in enumerate(frame.fractional_dimensionalities):
        expected = gram[i, i] ** 2 / square[i, i] if square[i, i] != 0 else 0
        assert (d - expected).radsimp().expand() == 0
        assert 0 <= d <= 1
        assert d <= frame.leverage_scores[i]
    assert frame.capacity <= rank
    assert (sum(frame.leverage_scores) - rank).expand() == 0
    record = frame.deficit_identity
    assert record.deficit == record.right_hand_side
    assert record.identity_holds
    assert record.bound_holds
    assert (record.deficit + frame.capacity - rank).expand() == 0
    assert float(record.deficit) >= float(record.variance_bound) - 1e-12
    assert frame.is_saturated == frame.is_localized == (record.deficit == 0)
    assert sum(e.multiplicity for e in frame.spectrum) == rank
    assert frame.frame_potential >= frame.frame_potential_bound
    assert (frame.frame_potential == frame.frame_potential_bound) == frame.is_tight
    assert (frame.frame_potential - square.trace()).expand() == 0
    assert sum(frame.stieltjes.poles.values()) == -1
    for i in frame.represented:
        measure = frame.spectral_measure(i)
        norm = gram[i, i]
        assert measure.expectation(1) == 1
        assert (measure.mean * norm - square[i, i]).expand() == 0
        assert (measure.inverse_mean * norm - frame.leverage_scores[i]).expand() == 0
        assert measure.variance >= 0
        assert (measure.variance == 0) == measure.is_localized


@given(matrices())
@LAW
def test_laws_over_the_rationals(matrix: Any) -> None:
    check_laws(matrix)


@given(matrices(in_root_two, 3))
@settings(LAW, max_examples=15)
def test_laws_over_a_quadratic_field(matrix: Any) -> None:
    check_laws(matrix)


@given(matrices(largest=2))
@LAW
def test_weights_add_up_to_one_and_give_the_mean(matrix: Any) -> None:
    frame = Frame(matrix)
    for i in frame.represented:
        atoms = frame.spectral_measure(i).atoms
        assert sum(a.weight for a in atoms).expand() == 1
        mean = sum(a.weight * a.eigenvalue.value for a in atoms).expand()
        assert mean == frame.spectral_measure(i).mean
        assert all(a.weight > 0 for a in atoms)


@given(st.data(), matrices())
@LAW
def test_permutation_permutes(data: st.DataObject, matrix: Any) -> None:
    order = data.draw(st.permutations(range(matrix.cols)))
    frame, other = Frame(matrix), Frame(matrix[:, order])
    for name in ("fractional_dimensionalities", "leverage_scores", "norms_squared"):
        values = getattr(frame, name)
        assert getattr(other, name) == tuple(values[i] for i in order)
    terms = frame.deficit_identity.terms
    assert other.deficit_identity.terms == tuple(terms[i] for i in order)
    assert other.capacity == frame.capacity
    assert other.coherence == frame.coherence


@given(st.data(), matrices(largest=3))
@LAW
def test_rotation_changes_nothing(data: st.DataObject, matrix: Any) -> None:
    rotation = data.draw(rotations(matrix.rows))
    assert rotation * rotation.T == eye(matrix.rows)
    frame, other = Frame(matrix), Frame(rotation * matrix)
    assert other.gram == frame.gram
    assert other.deficit_identity == frame.deficit_identity
    assert other.leverage_scores == frame.leverage_scores
    assert [e.value for e in other.spectrum] == [e.value for e in frame.spectrum]
    assert other.frame_bounds == frame.frame_bounds
    assert other.frame_operator == rotation * frame.frame_operator * rotation.T


@given(matrices(), st.sampled_from([Fraction(-3), Fraction(1, 2), Fraction(5, 3)]))
@LAW
def test_scaling(matrix: Any, scale: Fraction) -> None:
    factor = Rational(scale)
    frame, other = Frame(matrix), Frame(factor * matrix)
    assert other.fractional_dimensionalities == frame.fractional_dimensionalities
    assert other.leverage_scores == frame.leverage_scores
    assert other.deficit_identity.terms == frame.deficit_identity.terms
    assert other.coherence == frame.coherence
    assert other.frame_potential == factor**4 * frame.frame_potential
    assert other.norms_squared == tuple(factor**2 * v for v in frame.norms_squared)
    for i in frame.represented:
        measure, scaled = frame.spectral_measure(i), other.spectral_measure(i)
        assert scaled.mean == factor**2 * measure.mean
        assert scaled.variance == factor**4 * measure.variance
        assert scaled.inverse_mean == measure.inverse_mean / factor**2


@given(saturated())
@LAW
def test_rows_of_projections_are_saturated(drawn: Any) -> None:
    matrix, dims, scales = drawn
    frame = Frame(matrix)
    assert frame.is_saturated
    assert frame.is_localized
    assert frame.capacity == frame.rank == sum(dims)
    expected = sorted(zip((s**2 for s in scales), dims, strict=True))
    found = [(c.eigenvalue.value, c.dimension) for c in frame.clusters]
    assert found == expected
    members = chain.from_iterable(c.features for c in frame.clusters)
    assert sorted(members) == list(frame.represented)
    for cluster in frame.clusters:
        block = matrix[:, list(cluster.features)]
        part = block * block.T / cluster.eigenvalue.value
        assert part * part == part
        assert part.rank() == cluster.dimension


@given(saturated(), st.integers(1, 5))
@LAW
def test_a_new_direction_across_clusters_breaks_saturation(drawn: Any, size: int) -> None:
    matrix, dims, _ = drawn
    frame = Frame(matrix)
    if len(dims) > 1:
        mixed = sum((matrix[:, c.features[0]] for c in frame.clusters), matrix[:, 0] * 0)
        broken = Frame(Matrix.hstack(matrix, mixed * size))
        assert not broken.is_saturated
        assert not broken.is_localized
        assert broken.deficit_identity.right_hand_side > 0
    else:
        assert frame.is_tight_on_span
