"""Exact flows: hand-computed cases, independent derivatives, refused input."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from superposition_theory import InputError
from superposition_theory.flows import (
    EigenvalueRate,
    algebra_flow,
    dimensionality_rates,
    eigenvalue_rates,
    frame_flow,
    gram_flow,
    levels,
    projector_rates,
    reduced_flow,
    weight_flow,
)
from superposition_theory.schemes import (
    AssociationScheme,
    CoherentConfiguration,
    complete,
    cyclic,
    hamming,
)
from sympy import CRootOf, Matrix, Poly, Rational, Symbol, cos, diag, eye, pi, sqrt

x, t = Symbol("x"), Symbol("t")
G2 = [[1, 2], [2, 0]]
G3 = Matrix([[1, 2, 0], [2, -1, 3], [0, 3, 2]])


def test_matrices_by_hand() -> None:
    # W = (1, -1): W G = (-1, 2), so W' = (2, -4) and M' = W'^T W + W^T W'
    assert weight_flow([[1, -1]], G2) == Matrix([[2, -4]])
    assert gram_flow([[1, -1], [-1, 1]], G2) == Matrix([[4, -6], [-6, 8]])
    assert frame_flow([[1, -1]], G2) == Matrix([[12]])  # 2 (2 + 4)


@pytest.mark.parametrize(
    "W",
    [
        Matrix([[1, 2, 3], [0, 1, -1]]),
        Matrix([[sqrt(2), 1, 0], [0, 1, sqrt(2)]]),  # a field with a root
        Matrix([[Rational(1, 3), 0, Rational(-2, 7)]]),
    ],
)
def test_flows_follow_the_product_rule(W: Any) -> None:
    velocity = weight_flow(W, G3)
    assert (velocity.T * W + W.T * velocity - gram_flow(W.T * W, G3)).expand().is_zero_matrix
    assert (velocity * W.T + W * velocity.T - frame_flow(W, G3)).expand().is_zero_matrix


# a row: a Gram matrix with simple eigenvalues
SIMPLE = [
    diag(3, 1, 0),
    Matrix([[2, 1, 0], [1, 2, 0], [0, 0, 5]]),
    Matrix([[1, 2, 0], [2, 5, -1], [0, -1, 1]]),  # irrational
    Matrix([[2, -1, 0], [-1, 2, -1], [0, -1, 2]]),  # 2, 2 +- sqrt(2)
    Matrix([[3, 1, 0], [1, 2, 1], [0, 1, 4]]),  # an irreducible cubic
]


@pytest.mark.parametrize("M", SIMPLE)
def test_simple_eigenvalues_by_implicit_differentiation(M: Any) -> None:
    # chi(lambda, t) = 0: lambda' = -chi_t / chi_x, without eigenvectors
    chi = (x * eye(3) - M - t * gram_flow(M, G3)).det()
    slope_t, slope_x = chi.diff(t).subs(t, 0), chi.subs(t, 0).diff(x)
    spaces = eigenvalue_rates(M, G3)
    assert [space.multiplicity for space in spaces] == [1] * M.rank()
    assert not any(space.splits for space in spaces)
    for space in spaces:
        expected = -slope_t / slope_x
        assert abs(space.rate.evalf(40) - expected.subs(x, space.value).evalf(40)) < 1e-30


def test_a_cubic_eigenvalue_is_exact() -> None:
    (first, *_) = eigenvalue_rates(SIMPLE[-1], G3)
    assert first.value == CRootOf(Poly(x**3 - 9 * x**2 + 24 * x - 17, x), 0)


# a row: M, G, and the value, multiplicity, rate of the mean, and whether it splits
REPEATED = [
    (eye(2), Matrix([[0, 1], [1, 0]]), [(1, 2, 0, True)]),  # P G P = G, eigenvalues +-1
    (eye(2), eye(2), [(1, 2, -4, False)]),
    (diag(2, 2, 0), diag(1, 1, 7), [(2, 2, -8, False)]),  # the kernel does not matter
    (diag(2, 2, 1), diag(1, 3, 7), [(1, 1, -28, False), (2, 2, -16, True)]),  # mean of -8 and -24
]


@pytest.mark.parametrize(("M", "G", "expected"), REPEATED)
def test_repeated_eigenvalues_by_hand(M: Any, G: Any, expected: list[Any]) -> None:
    assert eigenvalue_rates(M, G) == tuple(EigenvalueRate(*row) for row in expected)


@pytest.mark.parametrize("M", SIMPLE[:4])
def test_projectors_satisfy_the_differentiated_equations(M: Any) -> None:
    velocity = gram_flow(M, G3)
    total = Matrix.zeros(3)
    for space, rate in zip(eigenvalue_rates(M, G3), projector_rates(M, G3), strict=True):
        (vector,) = (M - space.value * eye(3)).nullspace(simplify=True)
        P = vector * vector.T / (vector.T * vector)[0]
        idempotent = rate * P + P * rate - rate
        eigenspace = velocity * P + M * rate - space.rate * P - space.value * rate
        for matrix in (idempotent, eigenspace):
            assert all(entry.radsimp().expand() == 0 for entry in matrix)
        total += rate
    assert M.rank() < 3 or total.expand().is_zero_matrix  # the projectors sum to I


def test_projectors_stand_still_where_G_commutes() -> None:
    M = SIMPLE[2]
    assert all(rate.is_zero_matrix for rate in projector_rates(M, M * M - 2 * M))
    assert not all(rate.is_zero_matrix for rate in projector_rates(M, M * M + diag(1, 0, 0)))


def test_an_eigenspace_that_splits_has_no_projector_rate() -> None:
    with pytest.raises(InputError, match="eigenvalue 1 of multiplicity 2, which splits"):
        projector_rates(eye(2), [[0, 1], [1, 0]])


@pytest.mark.parametrize("M", SIMPLE[1:])
def test_dimensionality_by_differentiation(M: Any) -> None:
    moved = M + t * gram_flow(M, G3)
    square = moved * moved
    rates = dimensionality_rates(M, G3)
    for i in range(3):
        assert (moved[i, i] ** 2 / square[i, i]).diff(t).subs(t, 0) == rates[i]


def test_D_of_a_zero_feature_is_of_second_order_in_time() -> None:
    assert dimensionality_rates([[1, 0], [0, 0]], G2) == (0, 0)  # D = 1 of the other is maximal
    # but it grows: W = (1, 0) has W' = -2 W G = (-2, -4)
    W = Matrix([[1, 0]]) + t * weight_flow([[1, 0]], G2)
    D = W[1] ** 2 / (W * W.T)[0]
    assert (D.subs(t, 0), D.diff(t).subs(t, 0), D.diff(t, 2).subs(t, 0)) == (0, 0, 32)


def test_capacity_is_stationary_at_saturation() -> None:
    # two digons: sum of D is the rank, and single D move
    rates = dimensionality_rates(
        [[1, -1, 0, 0], [-1, 1, 0, 0], [0, 0, 2, -2], [0, 0, -2, 2]],
        [[1, 2, 0, 3], [2, 4, 0, 1], [0, 0, 0, 1], [3, 1, 1, 5]],
    )
    assert sum(rates) == 0
    assert any(rate != 0 for rate in rates)


SCHEMES = [complete(4), cyclic(5), cyclic(6), hamming(3, 2)]


@pytest.mark.parametrize("scheme", SCHEMES, ids=["K4", "C5", "C6", "cube"])
def test_the_flow_in_the_algebra_three_ways(scheme: AssociationScheme) -> None:
    values = [5, *range(-1, scheme.rank - 2)]
    slopes = [Fraction((-1) ** c, c + 1) for c in range(scheme.rank)]
    by_colour = algebra_flow(scheme, values, slopes)
    M = Matrix([[values[c] for c in row] for row in scheme.relation])
    G = Matrix(
        [
            [Rational(slopes[c].numerator, slopes[c].denominator) for c in row]
            for row in scheme.relation
        ]
    )
    moved = gram_flow(M, G)
    n = range(scheme.order)
    assert all(moved[i, j] == by_colour[scheme.relation[i][j]] for i in n for j in n)
    assert levels(scheme, by_colour) == reduced_flow(scheme, values, slopes)


def test_a_configuration_with_two_fibres() -> None:
    configuration = CoherentConfiguration([[0, 2, 3], [2, 0, 3], [4, 4, 1]])
    values, slopes = (1, 3, -1, 2, 2), (2, 1, 0, 5, 5)
    M = Matrix([[values[c] for c in row] for row in configuration.relation])
    G = Matrix([[slopes[c] for c in row] for row in configuration.relation])
    moved, rates = gram_flow(M, G), algebra_flow(configuration, values, slopes)
    assert moved == Matrix([[rates[c] for c in row] for row in configuration.relation])


def test_levels_of_the_pentagon() -> None:
    # cos(2 pi k / 5) on relation k is 5/2 times the idempotent; here its part that is rational
    found = [level.as_expr() for level in levels(cyclic(5), (0, 1, 0))]
    assert found[0] == 2
    assert [(a - 2 * cos(2 * pi * k / 5)).equals(0) for k, a in enumerate(found)] == [True] * 3


# a row: the call, and the message
BAD = [
    (lambda: weight_flow([[1, 2]], [[1]]), "G has 1 rows and W 2 columns"),
    (lambda: weight_flow([[1]], [[0.5]]), r"G\[0, 0\] = 0.5 is of type float"),
    (lambda: frame_flow([[1, 0]], [[0, 1], [2, 0]]), "G is not symmetric"),
    (lambda: gram_flow([[1, 2], [0, 1]], G2), "M is not symmetric"),
    (lambda: gram_flow([[1, 2]], G2), r"M has shape \(1, 2\); accepted: square"),
    (lambda: gram_flow([], G2), r"M has shape \(0, 0\); accepted: square"),
    (lambda: gram_flow([[1]], G2), "G has 2 rows; accepted: 1, as M"),
    (lambda: eigenvalue_rates([[0, 1], [1, 0]], G2), "positive semidefinite"),
    (lambda: algebra_flow(cyclic(4), (1, 2), (1, 2, 3)), "values = .* accepted: 3 rational"),
    (lambda: algebra_flow(cyclic(4), (1, 2, 3), (1, 2, 0.5)), "slopes = .* int or Fraction"),
    (lambda: levels(cyclic(4), (1, True, 3)), "accepted: int or Fraction"),
    (
        lambda: levels(AssociationScheme([[0, 1, 2], [2, 0, 1], [1, 2, 0]]), (1, 2, 3)),
        "equal on a colour and its transpose",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
