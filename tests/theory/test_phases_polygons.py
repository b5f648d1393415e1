"""Regular k-gons with one feature active at a time."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from superposition_numerics.toy_model import active_losses
from superposition_theory import InputError
from superposition_theory.phases import (
    COSINE,
    THRESHOLD,
    PolygonOptimum,
    best_polygon,
    polygon_optimum,
)
from superposition_theory.phases.polygons import _is_larger, _stationary, other_corner, own_output
from superposition_theory.toy_model import ReluModel
from sympy import Expr, Poly, Rational, Symbol, cos, integrate, pi, symbols

R = Rational
x, c, a = symbols("x c a", positive=True)
t = THRESHOLD


def between(optimum: PolygonOptimum, quantity: Expr, text: str, unit: str) -> bool:
    """Say whether a quantity is a decimal number, to within a unit."""
    low, high = optimum.bounds(quantity, digits=25)
    return bool(R(text) - R(unit) < low and high < R(text) + R(unit))


def one_active(k: int, norm: Any, bias: Any) -> Any:
    """Return the one-active loss of an output of a k-gon, by primitives of (c a x + b)_+^2."""
    total = 1 / 3 + 0 * norm * bias
    for j in range(k):
        slope = norm * np.cos(2 * np.pi * j / k)
        if abs(np.cos(2 * np.pi * j / k)) < 1e-12:
            total = total + np.maximum(bias, 0) ** 2
            continue
        end = np.maximum(slope + bias, 0)
        begin = np.maximum(bias, 0)
        total = total + (end**3 - begin**3) / (3 * slope)
        if j == 0:  # minus 2 int x (a x + b)_+ dx; with z = a x + b, x = (z - b)/a
            primitive = (end**3 - begin**3) / 3 - bias * (end**2 - begin**2) / 2
            total = total - 2 * primitive / slope**2
    return total


def test_parts_by_hand() -> None:
    z = a * (x - t)
    square, product = (integrate(f, (x, t, 1)) for f in (z**2 / a**2, x * z / a))
    own = own_output()
    assert (own[0] - product).expand() == 0
    assert (own[1] - square).expand() == 0
    corner = integrate((c * x - t) ** 2, (x, t / c, 1))
    assert (other_corner().subs(COSINE, c) - corner).expand() == 0


@pytest.mark.parametrize("corners", [2, 3, 4])
def test_few_corners_are_perfect(corners: int) -> None:
    found = polygon_optimum(corners)
    assert (found.squared_norm, found.bias, found.loss) == (1, 0, 0)
    assert found.cosine == cos(2 * pi / corners)
    assert found.saving == R(corners, 3)


@pytest.mark.parametrize(
    ("corners", "norm", "bias", "total", "units"),
    [
        (5, "1.36997576675701999", "-.28229728312677163858", ".0791281353724709883", 18),
        (6, "1.7437897902832", "-.6181351321", ".28915", 5),
        (7, "2.0978444", "-.9669063", ".58290", 5),
        (8, "2.4038942", "-1.2911926", ".92437", 5),
    ],
)
def test_optima(corners: int, norm: str, bias: str, total: str, units: int) -> None:
    found = polygon_optimum(corners)
    assert between(found, found.squared_norm, norm, "1e-7" if units < 18 else "1e-17")
    assert between(found, found.bias, bias, "1e-7" if units < 18 else "1e-19")
    assert between(found, corners * found.loss, total, f"1e-{units}")
    # what the columns are: a, b = -a t, k (1/3 - saving/k)
    assert between(found, found.bias + found.squared_norm * t, "0", "1e-20")
    assert between(found, found.saving + corners * found.loss, str(R(corners, 3)), "1e-20")


def test_norms_of_the_weights() -> None:
    # lengths l = sqrt(a): 1.3205, 1.4484, 1.5504
    for corners, length in ((6, "1.3205"), (7, "1.4484"), (8, "1.5504")):
        found = polygon_optimum(corners)
        low, high = found.bounds(found.squared_norm, digits=10)
        assert (R(length) - R(6, 10**5)) ** 2 < low < high < (R(length) + R(6, 10**5)) ** 2


def test_the_pentagon_is_algebraic_of_degree_8() -> None:
    x = Symbol("x")
    found = polygon_optimum(5)
    rising = [5, -20, -44, 89, 70, 205, 90, 94, 11]
    expected = sum(coefficient * x**k for k, coefficient in enumerate(rising))
    assert found.minimal_polynomial(THRESHOLD).as_expr().expand() == expected
    assert found.minimal_polynomial(found.cosine).as_expr() == 4 * x**2 + 2 * x - 1
    assert between(found, found.cosine, "0.30901699437494742410", "1e-19")  # not the conjugate


@pytest.mark.parametrize("corners", [5, 6, 7, 8, 9])
def test_the_optimum_is_that_of_the_loss(corners: int) -> None:
    found = polygon_optimum(corners)
    norm, bias, loss = (
        float(found.bounds(q, digits=20)[0]) for q in (found.squared_norm, found.bias, found.loss)
    )
    assert one_active(corners, norm, bias) == pytest.approx(loss, abs=1e-14)
    # stationary
    step = 1e-5
    for da, db in ((step, 0.0), (0.0, step)):
        forward = one_active(corners, norm + da, bias + db)
        backward = one_active(corners, norm - da, bias - db)
        assert abs(forward - backward) / (2 * step) < 1e-9
    # and least, among all norms and all biases, positive ones too
    norms, biases = np.meshgrid(np.linspace(0.01, 6, 200), np.linspace(-6, 2, 401))
    assert one_active(corners, norms, biases).min() >= loss
    assert one_active(corners, norms, biases).min() < loss + 3e-3


@pytest.mark.parametrize("corners", [5, 8, 9])
def test_every_stationary_point_is_one_of_the_loss(corners: int) -> None:
    # each with as many active corners as its piece of M^2/N supposes
    for found in _stationary(corners):
        norm, bias, loss = (
            float(found.bounds(q, digits=20)[0])
            for q in (found.squared_norm, found.bias, found.loss)
        )
        assert one_active(corners, norm, bias) == pytest.approx(loss, abs=1e-14)


def test_the_loss_by_the_float_model() -> None:
    found = polygon_optimum(7)
    norm, bias = (float(found.bounds(q, digits=20)[0]) for q in (found.squared_norm, found.bias))
    angles = 2 * np.pi * np.arange(7) / 7
    W = np.sqrt(norm) * np.array([np.cos(angles), np.sin(angles)])
    total = 7 * float(found.bounds(found.loss, digits=20)[0])
    assert float(active_losses(W, np.full(7, bias))[1]) == pytest.approx(total, abs=1e-12)


def test_the_loss_by_the_exact_model() -> None:
    found = polygon_optimum(6)
    low, high = found.bounds(THRESHOLD, digits=12)
    norm = R(7, 4)
    threshold = (low + high) / 2
    cosines = [1, R(1, 2), R(-1, 2), -1, R(-1, 2), R(1, 2)]
    gram = [[norm * cosines[abs(i - j)] for j in range(6)] for i in range(6)]
    model = ReluModel.from_gram(gram, [-norm * threshold] * 6)
    total = model.sparse_limit
    # 7/4 is 0.006 beside the best norm: the loss is larger by less than that, squared
    least = 6 * found.bounds(found.loss, digits=12)[0]
    assert least < total < least + R(1, 10**4)


def test_ranking() -> None:
    assert [found.corners for found in best_polygon(8)] == [7, 8, 6, 5, 4, 3, 2]
    assert [found.corners for found in best_polygon(6)] == [6, 5, 4, 3, 2]
    savings = [found.bounds(found.saving, digits=10) for found in best_polygon(9)]
    assert all(larger[0] > smaller[1] for larger, smaller in pairwise(savings))
    # heptagon and a dropped feature: .58290 + 1/3 = .91623, below the octagon's .92437
    heptagon, octagon = best_polygon(8)[:2]
    assert between(heptagon, R(8, 3) - heptagon.saving, ".91623", "1e-5")
    assert between(octagon, R(8, 3) - octagon.saving, ".92437", "1e-5")


def test_equal_savings_are_not_ordered() -> None:
    with pytest.raises(ArithmeticError, match="equal"):
        _is_larger(polygon_optimum(6), polygon_optimum(6))


def test_minimal_polynomials_vanish() -> None:
    x = Symbol("x")
    found = polygon_optimum(6)
    for quantity in (found.squared_norm, found.bias, found.loss, THRESHOLD):
        minimal: Poly = found.minimal_polynomial(quantity)
        assert minimal.is_irreducible
        assert minimal.degree() == 4
        low, high = found.bounds(minimal.as_expr().subs(x, quantity), digits=10)
        assert low == high == 0


@pytest.mark.parametrize("corners", [1, 0, 2.0, True, R(5)])
def test_bad_numbers_are_refused(corners: Any) -> None:
    with pytest.raises(InputError, match=r"corners is .*; accepted: an integer of at least 2"):
        polygon_optimum(corners)
    with pytest.raises(InputError, match=r"features is .*; accepted: an integer of at least 2"):
        best_polygon(corners)


def test_many_corners_are_refused() -> None:
    with pytest.raises(InputError, match="corners is 13; accepted: at most 12"):
        polygon_optimum(13)
    with pytest.raises(InputError, match="features is 13; accepted: at most 12"):
        best_polygon(13)
