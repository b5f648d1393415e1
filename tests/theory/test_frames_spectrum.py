"""Eigenvalues: values, multiplicities, order, enclosures; traces in quotient rings."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from superposition_theory.frames import Frame, OrderedField, SpectralFactor
from superposition_theory.frames.spectrum import spectral_factors
from sympy import QQ, CRootOf, Matrix, Poly, Rational, Symbol, diag, sqrt

x = Symbol("x")
RATIONALS = OrderedField(QQ)


def factor(expression: Any) -> SpectralFactor:
    return SpectralFactor(RATIONALS, Poly(expression, x, domain=QQ), 1)


@pytest.mark.parametrize(
    "expression",
    [
        x - 5,
        x**2 - 4 * x + 2,
        x**3 - 6 * x**2 + 9 * x - 1,
        x**4 - 8 * x**3 + 20 * x**2 - 16 * x + 2,
    ],
    ids=str,
)
def test_traces_are_sums_over_roots(expression: Any) -> None:
    source = factor(expression)
    values = np.roots([float(c) for c in source.polynomial.all_coeffs()])
    for power in range(8):
        expected = float(np.sum(values**power).real)
        assert float(source.trace(Poly(x**power, x, domain=QQ))) == pytest.approx(expected)
    mixed = Poly(3 * x**5 - x**2 + Rational(1, 2) * x - 7, x, domain=QQ)
    expected = float(np.sum(3 * values**5 - values**2 + 0.5 * values - 7).real)
    assert float(source.trace(mixed)) == pytest.approx(expected)
    assert source.trace(Poly(0, x, domain=QQ)) == 0


def test_power_sums_by_hand() -> None:
    # roots 2 cos(2 pi k/9) + 2: e1 = 6, e2 = 9, e3 = 1, so p2 = 36 - 18
    assert factor(x**3 - 6 * x**2 + 9 * x - 1).power_sums == (3, 6, 18)


def test_values_of_small_degree_are_radicals_in_increasing_order() -> None:
    assert factor(x - Rational(5, 3)).values == (Rational(5, 3),)
    assert factor(x**2 - 4 * x + 2).values == (2 - sqrt(2), 2 + sqrt(2))
    cubic = x**3 - 6 * x**2 + 9 * x - 1
    assert factor(cubic).values == tuple(CRootOf(cubic, k) for k in range(3))


def test_evaluation_at_a_root() -> None:
    source = factor(x**2 - 4 * x + 2)
    element = Poly(3 * x - 1, x, domain=QQ)
    assert source.evaluate(element, 0) == 5 - 3 * sqrt(2)
    assert source.evaluate(element, 1) == 5 + 3 * sqrt(2)


def test_factors_leave_the_root_zero_out_and_keep_multiplicities() -> None:
    # (x - 1)^2 (x^2 - 3x + 1) x^2
    product = Poly((x - 1) ** 2 * (x**2 - 3 * x + 1) * x**2, x, domain=QQ)
    found = spectral_factors(product.all_coeffs(), RATIONALS)
    assert {(f.polynomial.as_expr(), f.multiplicity) for f in found} == {
        (x - 1, 2),
        (x**2 - 3 * x + 1, 1),
    }
    assert spectral_factors([1], RATIONALS) == ()


def test_factors_are_monic() -> None:
    (found,) = spectral_factors([1, Rational(-1, 2)], RATIONALS)
    assert found.polynomial.all_coeffs() == [1, Rational(-1, 2)]


@pytest.mark.parametrize(
    ("gram", "expected"),
    [
        (diag(3, 1, 3, 0), [(1, 1), (3, 2)]),
        (diag(2 + sqrt(2), 2 - sqrt(2), 3), [(2 - sqrt(2), 1), (3, 1), (2 + sqrt(2), 1)]),
        # conjugate over Q but of unequal multiplicity over the field
        (diag(2 + sqrt(2), 2 - sqrt(2), 2 - sqrt(2)), [(2 - sqrt(2), 2), (2 + sqrt(2), 1)]),
        (
            diag(Rational(7, 5), sqrt(2), Rational(3, 2)),
            [(Rational(7, 5), 1), (sqrt(2), 1), (Rational(3, 2), 1)],
        ),
        (Matrix([[2, 1], [1, 1]]), [((3 - sqrt(5)) / 2, 1), ((3 + sqrt(5)) / 2, 1)]),
        # interleaved roots of two quadratic factors: (3 +- sqrt 5)/2 and 2 +- sqrt 2
        (
            diag(Matrix([[2, 1], [1, 1]]), Matrix([[3, 1], [1, 1]])),
            [((3 - sqrt(5)) / 2, 1), (2 - sqrt(2), 1), ((3 + sqrt(5)) / 2, 1), (2 + sqrt(2), 1)],
        ),
        # (x - 1)(x - sqrt 5) = 1: a quadratic over Q(sqrt 5)
        (
            Matrix([[2, 1], [1, sqrt(5)]]),
            [
                (1 + sqrt(5) / 2 - sqrt(Rational(13, 4) - sqrt(5)), 1),
                (1 + sqrt(5) / 2 + sqrt(Rational(13, 4) - sqrt(5)), 1),
            ],
        ),
    ],
    ids=str,
)
def test_spectra_by_hand(gram: Any, expected: list[tuple[Any, int]]) -> None:
    spectrum = Frame.from_gram(gram).spectrum
    assert len(spectrum) == len(expected)
    for eigenvalue, (value, multiplicity) in zip(spectrum, expected, strict=True):
        assert (eigenvalue.value - value).expand() == 0
        assert eigenvalue.multiplicity == multiplicity
        lower, upper = eigenvalue.enclosure(30)
        assert upper - lower <= Rational(1, 2**30)
        assert float(lower) - 1e-12 <= float(value) <= float(upper) + 1e-12
    assert spectrum.smallest is spectrum[0]
    assert spectrum.largest is spectrum[len(spectrum) - 1]


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 2, 0, 1], [0, 1, 1, 3], [2, 0, 1, 1]],
        [[1, sqrt(5), 0, 1], [2, 1, 1, 0], [0, sqrt(5), 1, 2]],
        [[1, sqrt(2), 0, 1], [sqrt(3), 1, 1, 0], [0, sqrt(2), 1, 2]],
    ],
    ids=["cubic over Q", "cubic over Q(sqrt 5)", "cubic over Q(sqrt 2, sqrt 3)"],
)
def test_cubics_against_numpy(rows: list[list[Any]]) -> None:
    spectrum = Frame(rows).spectrum
    floats = np.array([[float(entry) for entry in row] for row in rows])
    expected = np.linalg.eigvalsh(floats @ floats.T)
    assert {e.factor.degree() for e in spectrum} == {3}
    assert [float(e.value) for e in spectrum] == pytest.approx(expected.tolist())
    enclosures = [e.enclosure(20) for e in spectrum]
    for (lower, upper), value in zip(enclosures, expected, strict=True):
        assert lower <= value <= upper
    assert all(a[1] < b[0] for a, b in pairwise(enclosures))


def test_annihilator_and_inverse_derivative() -> None:
    spectrum = Frame.from_gram(diag(Matrix([[2, 1], [1, 1]]), 4, 4)).spectrum
    assert spectrum.annihilator.as_expr() == ((x**2 - 3 * x + 1) * (x - 4)).expand()
    for source, inverse in spectrum.derivative_inverses:
        product = inverse * spectrum.annihilator.diff()
        assert product.rem(source.polynomial).as_expr() == 1
