"""Spectral measures: atoms, moments, expectations of rational functions."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_theory.errors import InputError
from superposition_theory.frames import Frame
from sympy import (
    Float,
    Matrix,
    Rational,
    Symbol,
    diag,
    exp,
    eye,
    minimal_polynomial,
    oo,
    sin,
    sqrt,
    zoo,
)

t = Symbol("t")

PAIR = [[1, 0, 1], [0, 1, 1]]  # eigenvalues 1 and 3
GOLDEN = [[1, 1], [0, 1]]  # eigenvalues (3 +- sqrt 5)/2
TILTED = [[1, 1, 0], [0, 1, 2]]  # F = [[2, 1], [1, 5]]
OVER_ROOT_FIVE = [[1, sqrt(5), 1], [0, 1, 1]]  # irreducible quadratic over Q(sqrt 5)
CUBIC = [[1, 2, 0, 1], [0, 1, 1, 3], [2, 0, 1, 1]]


def test_atoms_by_hand() -> None:
    frame = Frame(PAIR)
    first, third = frame.spectral_measure(0), frame.spectral_measure(2)
    assert [(a.eigenvalue.value, a.weight) for a in first.atoms] == [
        (1, Rational(1, 2)),
        (3, Rational(1, 2)),
    ]
    assert [(a.eigenvalue.value, a.weight) for a in third.atoms] == [(3, 1)]
    assert (first.mean, first.variance, first.inverse_mean) == (2, 1, Rational(2, 3))
    assert (third.mean, third.variance, third.inverse_mean) == (3, 0, Rational(1, 3))
    assert (first.is_localized, third.is_localized) == (False, True)
    assert (first.feature, third.feature) == (0, 2)


def test_atoms_at_conjugate_eigenvalues_by_hand() -> None:
    measure = Frame(GOLDEN).spectral_measure(0)
    assert [a.weight for a in measure.atoms] == [
        Rational(1, 2) - sqrt(5) / 10,
        Rational(1, 2) + sqrt(5) / 10,
    ]
    assert [a.eigenvalue.value for a in measure.atoms] == [(3 - sqrt(5)) / 2, (3 + sqrt(5)) / 2]
    assert (measure.mean, measure.variance, measure.inverse_mean) == (2, 1, 1)
    assert not measure.is_localized
    second = Frame(GOLDEN).spectral_measure(1)
    assert (second.mean, second.variance, second.inverse_mean) == (
        Rational(5, 2),
        Rational(1, 4),
        Rational(1, 2),
    )


@pytest.mark.parametrize("rows", [PAIR, GOLDEN, TILTED], ids=["PAIR", "GOLDEN", "TILTED"])
def test_atoms_against_projectors_from_eigenvectors(rows: list[list[Any]]) -> None:
    matrix = Matrix(rows)
    operator = matrix * matrix.T
    frame = Frame(rows)
    for i in range(matrix.cols):
        column, expected = matrix[:, i], {}
        for value, _, vectors in operator.eigenvects():
            basis = Matrix.hstack(*vectors)
            part = basis * (basis.T * basis).inv() * basis.T * column
            weight = (part.dot(part) / column.dot(column)).expand().radsimp()
            if weight != 0:
                expected[value] = weight
        atoms = frame.spectral_measure(i).atoms
        assert len(atoms) == len(expected)
        for atom in atoms:
            (weight,) = (
                w for v, w in expected.items() if (v - atom.eigenvalue.value).expand() == 0
            )
            assert (weight - atom.weight).expand() == 0


@pytest.mark.parametrize(
    "rows",
    [CUBIC, OVER_ROOT_FIVE, [[1, sqrt(5), 0, 1], [2, 1, 1, 0], [0, sqrt(5), 1, 2]]],
    ids=["cubic", "quadratic over Q(sqrt 5)", "cubic over Q(sqrt 5)"],
)
def test_atoms_against_numpy(rows: list[list[Any]]) -> None:
    floats = np.array([[float(entry) for entry in row] for row in rows])
    values, vectors = np.linalg.eigh(floats @ floats.T)
    weights = (vectors.T @ floats) ** 2 / np.sum(floats**2, axis=0)
    frame = Frame(rows)
    for i in range(floats.shape[1]):
        atoms = frame.spectral_measure(i).atoms
        assert [float(a.eigenvalue.value) for a in atoms] == pytest.approx(values.tolist())
        assert [float(a.weight) for a in atoms] == pytest.approx(weights[:, i].tolist())


def test_eigenspaces_not_eigenvectors() -> None:
    # one eigenvalue 4 of multiplicity 3: every measure is a Dirac mass
    tetrahedron = [[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]]
    for i in range(4):
        (atom,) = Frame(tetrahedron).spectral_measure(i).atoms
        assert (atom.eigenvalue.value, atom.eigenvalue.multiplicity, atom.weight) == (4, 3, 1)


FUNCTIONS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "one": (1, lambda f: eye(f.rows)),
    "fraction": (Fraction(-2, 3), lambda f: Rational(-2, 3) * eye(f.rows)),
    "zero": (t - t, lambda f: 0 * f),
    "identity": (t, lambda f: f),
    "fifth power": (t**5, lambda f: f**5),
    "inverse": (1 / t, lambda f: f.inv()),
    "polynomial": (2 * t**3 - t + 4, lambda f: 2 * f**3 - f + 4 * eye(f.rows)),
    "resolvent": (1 / (t + 7), lambda f: (f + 7 * eye(f.rows)).inv()),
    "quotient": (
        (t**2 - 3) / (t**2 + t + 1),
        lambda f: (f**2 - 3 * eye(f.rows)) * (f**2 + f + eye(f.rows)).inv(),
    ),
    "sum of quotients": (
        1 / t + 1 / (t + 1),
        lambda f: f.inv() + (f + eye(f.rows)).inv(),
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "rows", [GOLDEN, TILTED, CUBIC, OVER_ROOT_FIVE], ids=["GOLDEN", "TILTED", "CUBIC", "ROOT5"]
)
def test_expectation_against_functional_calculus(name: str, rows: list[list[Any]]) -> None:
    function, calculus = FUNCTIONS[name]
    matrix = Matrix(rows)
    value = calculus(matrix * matrix.T)
    frame = Frame(rows)
    for i in range(matrix.cols):
        column = matrix[:, i]
        expected = (column.T * value * column)[0] / column.dot(column)
        found = frame.spectral_measure(i).expectation(function)
        assert minimal_polynomial(found - expected, t) == t


def test_coefficients_of_the_field_are_accepted() -> None:
    measure = Frame(OVER_ROOT_FIVE).spectral_measure(0)
    assert (measure.expectation(sqrt(5) * t) - sqrt(5) * measure.mean).expand() == 0


def test_pole_where_there_is_no_weight_is_harmless() -> None:
    frame = Frame(PAIR)
    assert frame.spectral_measure(2).expectation(1 / (t - 1)) == Rational(1, 2)
    with pytest.raises(InputError, match=r"has a pole at an eigenvalue to which feature 0 gives"):
        frame.spectral_measure(0).expectation(1 / (t - 1))
    with pytest.raises(InputError, match=r"feature 1 gives"):
        Frame(GOLDEN).spectral_measure(1).expectation(1 / (t**2 - 3 * t + 1))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (0.5, r"function is of type float; accepted is a rational function"),
        ("t", r"function is of type str"),
        (True, r"function is of type bool"),
        (Float(1) * t, r"is not accepted; accepted is a rational function in at most one"),
        (t + Symbol("u"), r"function = t \+ u is not accepted"),
        (sin(t), r"function = sin\(t\) is not accepted"),
        (sqrt(t), r"function = sqrt\(t\) is not accepted"),
        (exp(1) * t, r"is not accepted"),
        (sqrt(2) * t, r"is not accepted; .* in the field QQ$"),
        (zoo, r"function = zoo is not accepted"),
        (oo, r"function = oo is not accepted"),
    ],
    ids=repr,
)
def test_function_refused(function: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Frame(PAIR).spectral_measure(0).expectation(function)


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        (1, r"feature 1 is not represented \(its column is zero\); accepted are \(0, 2\)"),
        (3, r"feature = 3; accepted are indices from 0 to 2"),
        (-1, r"feature = -1; accepted are indices from 0 to 2"),
        ("0", r"feature = '0'; accepted is an int"),
        (True, r"feature = True; accepted is an int"),
    ],
)
def test_feature_refused(feature: Any, message: str) -> None:
    frame = Frame([[1, 0, 1], [0, 0, 1]])
    with pytest.raises(InputError, match=message):
        frame.spectral_measure(feature)


def test_measures_skip_zero_columns() -> None:
    with_zeros = Frame([[0, 1, 0, 0, 1], [0, 0, 0, 1, 1]])
    for here, there in ((1, 0), (3, 1), (4, 2)):
        measure, plain = with_zeros.spectral_measure(here), Frame(PAIR).spectral_measure(there)
        assert measure.feature == here
        assert [a.weight for a in measure.atoms] == [a.weight for a in plain.atoms]


def test_weights_of_features_in_different_eigenspaces() -> None:
    frame = Frame(diag(1, 2, 3))
    for i, value in enumerate((1, 4, 9)):
        (atom,) = frame.spectral_measure(i).atoms
        assert (atom.eigenvalue.value, atom.weight) == (value, 1)
