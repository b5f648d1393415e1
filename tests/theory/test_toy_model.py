"""The ReLU and linear toy models: hand values, independent integration, gradients, germs, laws."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory import InputError
from superposition_theory.toy_model import (
    LinearModel,
    ReluModel,
    TruncatedPower,
    integration_step,
)
from sympy import Derivative, I, Matrix, Rational, Symbol, cos, oo, pi, sin, sqrt

R = Rational
HALF, THIRD = R(1, 2), R(1, 3)
LAW = settings(max_examples=25)
small = st.builds(Rational, st.integers(-4, 4), st.integers(1, 3))
COSINES = [1, (sqrt(5) - 1) / 4, (-sqrt(5) - 1) / 4, (-sqrt(5) - 1) / 4, (sqrt(5) - 1) / 4]
PENTAGON_GRAM = [[COSINES[(i - j) % 5] for j in range(5)] for i in range(5)]
SKEW = [[1, -R(2, 3), R(1, 2)], [R(1, 4), 1, -R(3, 2)]]
SKEW_BIASES = [-R(1, 5), R(1, 7), 0]

NEWTON_COTES = [Fraction(w, 840) for w in (41, 216, 27, 272, 27, 216, 41)]


def integral(slopes: list[Fraction], offset: Fraction, target: int | None) -> Fraction:
    """Integrate (x_target - max(offset + slopes . x, 0))^2 over the unit cube.

    In its last variable the integral over the others is a polynomial of degree at most n + 2
    between the points where the preactivation vanishes at a vertex of their cube; the seven point
    rule is exact there for n <= 4.
    """

    def over(position: int, at: Fraction, aim: Fraction) -> Fraction:
        if position == len(slopes):
            return (aim - max(at, Fraction(0))) ** 2
        slope, rest = slopes[position], slopes[position + 1 :]
        cuts = {Fraction(0), Fraction(1)}
        for size in range(len(rest) + 1):
            for chosen in combinations(rest, size):
                if slope:
                    cuts.add(min(max(-(at + sum(chosen)) / slope, Fraction(0)), Fraction(1)))
        points, total = sorted(cuts), Fraction(0)
        for left, right in pairwise(points):
            for k, weight in enumerate(NEWTON_COTES):
                x = left + (right - left) * k / 6
                reached = x if position == target else aim
                total += (right - left) * weight * over(position + 1, at + slope * x, reached)
        return total

    return over(0, offset, Fraction(0))


def reference_loss(
    W: Any, biases: Sequence[Any], density: Sequence[Any], importances: Sequence[Any]
) -> Any:
    """Return the loss by `integral`, active set by active set."""
    gram = Matrix(W).T * Matrix(W)
    n, total = gram.cols, Fraction(0)
    for on in product([False, True], repeat=n):
        A = [i for i in range(n) if on[i]]
        probability = Fraction(1)
        for i in range(n):
            p = Fraction(int(R(density[i]).p), int(R(density[i]).q))
            probability *= p if on[i] else 1 - p
        for j in range(n):
            slopes = [Fraction(int(gram[i, j].p), int(gram[i, j].q)) for i in A]
            offset = Fraction(int(R(biases[j]).p), int(R(biases[j]).q))
            weight = Fraction(int(R(importances[j]).p), int(R(importances[j]).q))
            target = A.index(j) if on[j] else None
            total += probability * weight * integral(slopes, offset, target)
    return R(total.numerator, total.denominator)


@st.composite
def models(draw: st.DrawFn, largest: int = 3) -> Any:
    """Draw (W, b, densities, importances), some columns and biases zero."""
    m, n = draw(st.integers(1, 2)), draw(st.integers(1, largest))
    kept = draw(st.lists(st.sampled_from([1, 1, 1, 0]), min_size=n, max_size=n))
    W = Matrix(m, n, draw(st.lists(small, min_size=m * n, max_size=m * n))) * Matrix.diag(*kept)
    biases = draw(st.lists(small, min_size=n, max_size=n))
    density = draw(st.lists(st.sampled_from([0, R(1, 5), HALF, 1]), min_size=n, max_size=n))
    importances = draw(st.lists(st.sampled_from([0, 1, R(2, 7), 3]), min_size=n, max_size=n))
    return W, biases, density, importances


@pytest.mark.parametrize(
    ("W", "biases", "importances", "density", "loss"),
    [
        pytest.param([[1]], [0], None, THIRD, 0, id="one feature, reproduced"),
        # E (x - b)^2 = p/3 - p b + b^2 at b = p/2
        pytest.param([[0]], [R(1, 6)], None, THIRD, R(1, 9) - R(1, 36), id="dropped, p/3 - p^2/4"),
        # both active: E x_j^2 - (x_j - x_i)_+^2 and cross terms leave 1/6 for each output
        pytest.param([[1, -1]], [0, 0], [1, R(2, 7)], HALF, R(9, 7) / 24, id="(1 + I) p^2/6"),
        pytest.param([[1, -1]], [R(1, 10)] * 2, None, HALF, R(9259, 120000), id="pair, b = 1/10"),
        pytest.param(
            [[1, -R(21, 20), -R(42, 100)]], [0, -R(167, 1000), R(1, 500)], None, R(1, 100),
            R(34612687800313076809849427, 10806531246000000000000000000), id="three in a line",
        ),
        pytest.param([[1, -1], [0, 0]], [-9, -9], None, 1, R(2, 3), id="dead outputs"),
    ],
)  # fmt: skip
def test_hand_values(W: Any, biases: Any, importances: Any, density: Any, loss: Any) -> None:
    assert ReluModel(W, biases, importances).loss(density) == loss


@LAW
@given(models())
def test_loss_is_the_integral(drawn: Any) -> None:
    W, biases, density, importances = drawn
    model = ReluModel(W, biases, importances)
    expected = reference_loss(W, biases, density, importances)
    assert model.loss(density) == expected
    assert sum(model.output_losses(density)) == expected
    assert ReluModel.from_gram(W.T * W, biases, importances).loss(density) == expected


def test_active_losses_make_the_loss() -> None:
    model = ReluModel(SKEW, SKEW_BIASES, [1, 2, R(1, 3)])
    T = model.active_losses
    p = R(2, 9)
    assert model.loss(p) == sum(p**k * (1 - p) ** (3 - k) * T[k] for k in range(4))
    assert T[0] == 2 * R(1, 7) ** 2  # only output 1 has a positive bias, its importance is 2
    assert T[2] == sum(loss for A, loss in model.support_losses.items() if len(A) == 2)
    assert len(model.support_losses) == 8
    assert (model.one_active, model.sparse_limit) == (T[1], oo)


def test_one_active_and_the_sparse_limit() -> None:
    square = ReluModel([[1, -1, 0, 0], [0, 0, 1, -1]], [0] * 4)
    assert (square.one_active, square.sparse_limit) == (0, 0)
    # a positive bias of importance 0 costs nothing
    assert ReluModel([[1, 0]], [0, 1], [1, 0]).sparse_limit == 0


def test_pentagon_over_root_five_by_both_doors() -> None:
    by_gram = ReluModel.from_gram(PENTAGON_GRAM, [-R(1, 10)] * 5)
    by_weights = ReluModel(
        [[f(2 * pi * k / 5) for k in range(5)] for f in (cos, sin)], [-R(1, 10)] * 5
    )
    assert (by_gram.loss(THIRD) - by_weights.loss(THIRD)).radsimp().expand() == 0
    assert (by_gram.dimensions, by_weights.dimensions) == (2, 2)
    # feature 0 alone: its own output, and spill (c x - 1/10)_+^2 on its two neighbours
    tenth = Fraction(1, 10)
    alone = integral([Fraction(1)], -tenth, 0)
    one = by_gram.support_losses[0,]
    spill = (COSINES[1] - R(1, 10)) ** 3 / (3 * COSINES[1])
    assert (one - R(alone.numerator, alone.denominator) - 2 * spill).radsimp().expand() == 0


def test_a_density_in_another_field() -> None:
    pair = ReluModel([[sqrt(2) / sqrt(2), -1]], [0, 0])
    assert pair.loss(sqrt(3) / 3) == R(1, 9)
    assert ReluModel([[sqrt(2)]], [0]).loss(sqrt(3) / 3) == sqrt(3) / 9  # (1 - 2)^2 p/3


@LAW
@given(models(), st.data())
def test_germs_agree_with_the_gradient_and_the_loss(drawn: Any, data: Any) -> None:
    W, biases, density, importances = drawn
    n = W.cols
    biases = [b or -1 for b in biases]  # so that no feature has a kink
    dW = Matrix(W.rows, n, data.draw(st.lists(small, min_size=W.rows * n, max_size=W.rows * n)))
    db = data.draw(st.lists(small, min_size=n, max_size=n))
    model = ReluModel(W, biases, importances)
    gradient = model.gradient(density)
    value, slope, _ = model.expansion(dW, db, density)
    assert value == model.loss(density)
    along = sum(a * b for a, b in zip(gradient.weights, dW, strict=True))
    assert slope == along + sum(a * b for a, b in zip(gradient.biases, db, strict=True))
    for i in range(n):
        assert model.bias_slopes(i, density) == (gradient.biases[i],) * 2


@pytest.mark.parametrize("t", [R(1, 10**4), R(1, 10**6)])
def test_expansion_is_the_limit_of_the_loss_at_a_kink(t: Any) -> None:
    # feature 2 is dropped, feature 0 sits on a wall; the remainder after t^2 is O(t^3)
    W, b = Matrix([[1, -1, 0]]), [0, 0, 0]
    dW, db = Matrix([[R(1, 3), HALF, 1]]), [R(1, 4), -1, HALF]
    c = ReluModel(W, b).expansion(dW, db, HALF)
    moved = ReluModel(W + t * dW, [x + t * y for x, y in zip(b, db, strict=True)]).loss(HALF)
    assert abs(moved - sum(c[k] * t**k for k in range(3))) < 100 * t**3
    assert abs(moved - c[0] - c[1] * t) > t**2 / 100
    back = ReluModel(W, b).expansion(-dW, [-y for y in db], HALF)
    assert c[1] != -back[1]


def test_gradient_by_finite_differences() -> None:
    model, t = ReluModel(SKEW, SKEW_BIASES, [1, 2, R(1, 3)]), R(1, 10**8)
    gradient = model.gradient([HALF, R(1, 3), 1])
    for i, j in product(range(2), range(3)):
        step = Matrix(2, 3, lambda k, m, i=i, j=j: t if (k, m) == (i, j) else 0)
        ends = [
            ReluModel(Matrix(SKEW) + s * step, SKEW_BIASES, [1, 2, R(1, 3)]).loss(
                [HALF, R(1, 3), 1]
            )
            for s in (-1, 1)
        ]
        assert abs((ends[1] - ends[0]) / (2 * t) - gradient.weights[i, j]) < R(1, 10**6)


def test_slopes_at_kinks() -> None:
    pair = ReluModel([[1, -1]], [0, 0])
    # frozen pair: the bias gains where both are active and x_i > x_j: -p^2/3
    assert pair.bias_slopes(0, THIRD) == (-R(1, 27), -R(1, 27))
    assert ReluModel([[0, 1]], [0, 0]).bias_slopes(0, THIRD) == (0, -THIRD)
    # importance or density zero: no kink, a gradient
    assert ReluModel([[0, 1]], [0, 0], [0, 1]).gradient(1).biases == (0, 0)
    assert ReluModel([[0, 1]], [0, 0]).gradient([0, 1]).biases == (0, 0)


@LAW
@given(models(), st.sampled_from([R(3, 5), R(-5, 13), 0]))
def test_symmetries(drawn: Any, cosine: Any) -> None:
    W, b, p, importances = drawn
    loss = ReluModel(W, b, importances).loss(p)
    if W.rows == 2:
        s = sqrt(1 - cosine**2)
        assert ReluModel(Matrix([[cosine, -s], [s, cosine]]) * W, b, importances).loss(p) == loss
    turned = W[:, ::-1]
    assert ReluModel(turned, b[::-1], importances[::-1]).loss(p[::-1]) == loss
    dropped = ReluModel(W.row_join(Matrix.zeros(W.rows, 1)), [*b, R(1, 4)], [*importances, 3])
    assert dropped.loss([*p, HALF]) == loss + 3 * (R(1, 6) - R(1, 16))


@pytest.mark.parametrize("power", [0, 1, 2])
def test_integration_step(power: int) -> None:
    integrand, antiderivative = integration_step(power)
    x, k, d, g = (Symbol(name) for name in "xkdg")
    assert (antiderivative.diff(x) - integrand).expand() == 0
    assert integrand == x**power * TruncatedPower(k, d + g * x)
    assert integrand.diff(k).has(Derivative)  # formal: no rule is invented for k


def test_linear_model() -> None:
    # one feature: (1 - w^2) x - b, mean (1 - w^2)/2 - b, variance (1 - w^2)^2/12 at p = 1
    model = LinearModel([[HALF]], [R(1, 8)], [3])
    assert model.loss(1) == 3 * (R(1, 4) ** 2 + R(9, 16) / 12)
    # where every preactivation is positive, the two models agree
    W, b, p = [[1, HALF], [R(1, 3), 2]], [R(1, 3), R(1, 9)], [THIRD, HALF]
    relu, linear = ReluModel(W, b, [1, 5]), LinearModel(W, b, [1, 5])
    assert linear.loss(p) == relu.loss(p)
    assert linear.gradient(p) == relu.gradient(p)
    assert LinearModel.from_gram(Matrix(W).T * Matrix(W), b, [1, 5]).loss(p) == linear.loss(p)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ReluModel([[1]], [0]).loss(R(3, 2)), r"density is 3/2; accepted: a number in"),
        (lambda: ReluModel([[1]], [0]).loss(-sqrt(2)), r"density is -sqrt\(2\)"),
        (lambda: ReluModel([[1]], [0]).loss([1, 1]), "density has length 2; accepted is length 1"),
        (lambda: ReluModel([[1]], [0]).loss(0.5), "density = 0.5 is of type float"),
        (lambda: ReluModel([[1]], [I]), r"biases\[0\]"),
        (lambda: ReluModel([[1]], 0), "biases is of type int"),
        (lambda: ReluModel([[1]], [0], [-1]), r"importances\[0\] is -1; accepted"),
        (lambda: ReluModel(Matrix(0, 2, []), [0, 0]), "W has no rows"),
        (lambda: ReluModel([[]], []), "no features"),
        (lambda: ReluModel.from_gram([[1, 2], [2, 1]], [0, 0]), "negative eigenvalue"),
        (lambda: ReluModel.from_gram([[1]], [0]).gradient(1), "gradient needs W"),
        (lambda: ReluModel.from_gram([[1]], [0]).expansion([[1]], [0], 1), "expansion needs W"),
        (lambda: LinearModel.from_gram([[1]], [0]).gradient(1), r"LinearModel\(W, biases\)"),
        (lambda: ReluModel([[0, 1, 0]], [0] * 3).gradient(1), r"features \[0, 2\].*bias_slopes"),
        (lambda: ReluModel([[1]], [0]).bias_slopes(1, 1), "feature is 1; accepted are integers"),
        (lambda: ReluModel([[1]], [0]).expansion([[1, 1]], [0], 1), "dW has shape"),
        (lambda: ReluModel([[1]], [0]).expansion([[1]], [0], 1, order=-1), "order is -1"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
