"""The dropped point: expansion, stiffness, the order of the transition."""

from typing import Any

import pytest
from superposition_theory import InputError
from superposition_theory.phases import (
    BIAS_RATE,
    DENSITY,
    DROPPED_BIAS_RATE,
    IMPORTANCE,
    NORM_RATE,
    best_bias_rate,
    critical_importance,
    critical_penalty,
    cubic_coefficient,
    cubic_on_the_boundary,
    dropped_expansion,
    dropped_loss,
    dropped_stability,
    frozen_bias_margin,
    parallel_margin,
    tricritical_importance,
    tricritical_points,
)
from superposition_theory.toy_model import ReluModel
from sympy import (
    Expr,
    Poly,
    Rational,
    Symbol,
    cancel,
    diff,
    fraction,
    integrate,
    resultant,
    together,
)

R = Rational
p, importance, beta = DENSITY, IMPORTANCE, BIAS_RATE
omega, delta = NORM_RATE, DROPPED_BIAS_RATE
u, y = Symbol("u", positive=True), Symbol("y", positive=True)

# kappa before beta is chosen
KAPPA = (
    p**2 / 3
    - p**2 * beta
    + (1 - p + p**2) * beta**2
    + p * (1 - p) * beta**3 / 3
    - R(3, 4) * p * (beta - p / 2) ** 2
)
BETA_EQUATION = p * (1 - p) * beta**2 + (2 - 7 * p / 2 + 2 * p**2) * beta - p**2 / 4


def mean(function: Expr, variable: Symbol) -> Expr:
    """Return E f(y) for a feature value y: 0 with probability 1 - p, else uniform."""
    return (1 - p) * function.subs(variable, 0) + p * integrate(function, (variable, 0, 1))


def quadratic_form(tail: Expr, sign: int = 1) -> Expr:
    """Return Q of the module's docstring, given E(beta - y)_+^2 (or E(beta + y)_+^2)."""
    on = p * mean(integrate((2 * omega * u + beta - sign * y) ** 2, (u, 0, 1)), y)
    return on + (1 - p) * tail + importance * (mean((delta - y) ** 2, y) - 2 * dropped_loss())


LOWER_TAIL = (1 - p) * beta**2 + p * integrate((beta - y) ** 2, (y, 0, beta))


def expanded(at: dict[Any, Any], *, sign: int = -1) -> tuple[Any, ...]:
    """Return the exact one-sided Taylor coefficients of the loss at the dropped point."""
    density = at[p]
    model = ReluModel([[1, 0]], [0, density / 2], importances=[1, at[importance]])
    coefficients = model.expansion([[at[omega], sign]], [at[beta], at[delta]], density, 3)
    return tuple(coefficients)


def point(*values: Any) -> dict[Any, Any]:
    """Return values of p, I, omega, beta and delta."""
    return dict(zip((p, importance, omega, beta, delta), map(R, values), strict=True))


POINTS = [
    point(R(1, 2), R(1, 2), R(1, 7), R(1, 5), R(1, 9)),
    point(R(1, 3), R(2, 3), R(-1, 7), R(1, 100), R(1, 4)),
    point(R(9, 10), 2, 3, R(99, 100), -2),
]


def test_the_quadratic_form() -> None:
    assert (dropped_expansion().quadratic - quadratic_form(LOWER_TAIL)).expand() == 0


@pytest.mark.parametrize("at", POINTS)
def test_the_expansion_is_that_of_the_model(at: dict[Any, Any]) -> None:
    found = dropped_expansion()
    terms = (found.constant, found.linear, found.quadratic, found.cubic)
    assert expanded(at) == tuple(term.subs(at) for term in terms)


@pytest.mark.parametrize(
    ("rate", "tail"),
    [
        (R(-1, 3), R(0)),  # beta <= 0: the important output is off where its feature is
        (R(7, 5), (1 - p) * beta**2 + p * integrate((beta - y) ** 2, (y, 0, 1))),  # beta >= 1
    ],
)
def test_the_quadratic_form_on_the_other_cells(rate: Rational, tail: Expr) -> None:
    at = point(R(2, 5), R(1, 2), R(1, 7), rate, R(1, 9))
    value = quadratic_form(tail).subs(at)
    assert expanded(at)[2] == value
    assert value > dropped_stability().stiffness.subs(
        {p: at[p], beta: best_bias_rate().subs(p, at[p])}
    ) - at[importance] * dropped_loss().subs(p, at[p])


def test_the_first_term_is_strictly_convex() -> None:
    # The other two are convex in (omega, beta) and in delta, on all cells: Q has one minimiser.
    first = mean(integrate((2 * omega * u + beta - y) ** 2, (u, 0, 1)), y)
    second = [[diff(first, a, b) for a in (omega, beta)] for b in (omega, beta)]
    assert second == [[R(8, 3), 2], [2, 2]]  # positive: determinant 4/3
    assert diff(dropped_expansion().quadratic, delta, 2) == 2 * importance


def test_kappa_and_the_best_rates() -> None:
    found = dropped_stability()
    assert (found.stiffness - KAPPA).expand() == 0
    assert (found.bias_equation + 4 * BETA_EQUATION).expand() == 0
    assert (diff(KAPPA, beta) - BETA_EQUATION).expand() == 0
    assert (found.norm_rate - 3 * (p - 2 * beta) / 8).expand() == 0
    assert found.dropped_bias_rate == p / 2
    best = {omega: found.norm_rate, delta: found.dropped_bias_rate}
    quadratic = dropped_expansion().quadratic
    assert [diff(quadratic, rate).subs(best).expand() for rate in best] == [0, 0]
    assert (quadratic.subs(best) - KAPPA + importance * dropped_loss()).expand() == 0


def test_the_best_bias_rate_is_between_0_and_half_the_density() -> None:
    # One root in (0, p/2), for all 0 < p < 1: the signs at the ends differ for all these p, which
    # is decided by counting the roots of polynomials in p; beta^2 has a negative coefficient.
    equation = dropped_stability().bias_equation
    for value, sign in ((0, 1), (p / 2, -1), (1, -1)):
        at_value = Poly(equation.subs(beta, value).expand(), p)
        inside = [root for root in at_value.real_roots() if 0 < root < 1]
        assert inside == []
        assert sign * at_value.eval(R(1, 2)) > 0
    leading = Poly(equation, beta).LC()
    assert (leading + 4 * p * (1 - p)).expand() == 0


@pytest.mark.parametrize("k", range(1, 10))
def test_the_best_bias_rate_solves_its_equation(k: int) -> None:
    at = {p: R(k, 10)}
    rate = best_bias_rate().subs(at)
    assert BETA_EQUATION.subs(at).subs(beta, rate).expand() == 0
    assert 0 < rate < at[p] / 2


@pytest.mark.parametrize(
    ("density", "value"),
    [(R(3, 5), "0.66539885"), (R(7, 10), "0.77257953"), (R(4, 5), "0.86597918")],
)
def test_critical_importance(density: Rational, value: str) -> None:
    assert abs(critical_importance(density) - R(value)) < R(6, 10**9)


@pytest.mark.parametrize(
    ("density", "continuous"), [(R(1, 2), False), (R(3, 5), True), (R(9, 10), False)]
)
def test_the_model_on_the_boundary(density: Rational, continuous: bool) -> None:
    # The exact expansion of the model, over Q(sqrt(d)): no term of order eps or eps^2, and the sign
    # of eps^3 says which way the transition goes.
    at = {p: density, importance: critical_importance(density), delta: density / 2}
    at[beta] = best_bias_rate().subs(p, density)
    at[omega] = dropped_stability().norm_rate.subs(at).expand()
    constant, linear, quadratic, cubic = expanded(at)
    assert (constant - at[importance] * dropped_loss().subs(at)).expand() == 0
    assert (linear, quadratic) == (0, 0)
    assert (cubic - cubic_on_the_boundary().subs(at)).radsimp().expand() == 0
    assert bool(cubic > 0) is continuous


def test_frozen_bias_margin() -> None:
    assert (frozen_bias_margin() - p * (1 - p) * (2 - p) ** 3 / 24).expand() == 0
    direct = p / 3 - p**2 / 4 - KAPPA.subs(beta, p / 2)
    assert (frozen_bias_margin() - direct).expand() == 0


def test_parallel_margin() -> None:
    w = Symbol("w", positive=True)
    margin = parallel_margin()
    assert (margin - (1 - p) ** 2 * (p * (1 - p) / 3 + w * (p - w))).expand() == 0
    # Q in the parallel direction, at the bias rate w - p, against the antipodal one at w.
    upper = p * integrate((beta + y) ** 2, (y, -beta, 1))  # for -1 < beta <= 0
    parallel = quadratic_form(upper, sign=-1).subs(beta, w - p)
    antipodal = quadratic_form(LOWER_TAIL).subs(beta, w)
    assert (parallel - antipodal - (1 - p) * margin).expand() == 0


def test_the_parallel_form_is_that_of_the_model() -> None:
    at = point(R(1, 2), R(1, 2), R(1, 7), R(-1, 3), R(1, 9))
    upper = p * integrate((beta + y) ** 2, (y, -beta, 1))
    value = quadratic_form(upper, sign=-1).subs(delta, -delta).subs(at)
    assert expanded(at, sign=1)[2] == value


def test_the_penalty_keeps_the_best_rates() -> None:
    # 2 lambda <w_1, w_2>^2 = 2 lambda eps^2 (1 + omega eps)^2
    eps, penalty = Symbol("eps"), Symbol("mu")
    added = Poly(2 * penalty * eps**2 * (1 + omega * eps) ** 2, eps)
    assert (added.nth(2), added.nth(3)) == (2 * penalty, 4 * penalty * omega)
    found = dropped_stability()
    level = critical_penalty()
    assert (found.stiffness - importance * dropped_loss() + 2 * level).expand() == 0
    cubic = found.cubic + added.nth(3).subs({penalty: level, omega: found.norm_rate})
    assert (cubic_coefficient() - cubic).expand() == 0


@pytest.mark.parametrize(
    ("density", "weight", "value"),
    [(R(3, 5), 1, "0.01840306"), (R(7, 10), R(4, 5), "0.00151955")],
)
def test_second_order_penalty_lines(density: Rational, weight: Any, value: str) -> None:
    at = {p: density, importance: weight, beta: best_bias_rate().subs(p, density)}
    assert abs(critical_penalty().subs(at) - R(value)) < R(6, 10**9)
    assert weight > tricritical_importance().subs(at)  # continuous there
    assert cubic_coefficient().subs(at) > 0


def test_the_coefficient_of_the_importance_is_positive() -> None:
    leading = Poly(cubic_coefficient(), importance)
    assert leading.degree() == 1
    assert (leading.LC() - 4 * dropped_loss() * dropped_stability().norm_rate).expand() == 0
    assert cancel(cubic_coefficient().subs(importance, tricritical_importance())) == 0


def test_tricritical_points() -> None:
    first, second = tricritical_points()
    for found, density in ((first, "0.520247736799"), (second, "0.837319580135")):
        (low, high), (least, most) = found.bounds(digits=20)
        assert R(density) < low <= high < R(density) + R(1, 10**12)
        boundary = critical_importance(low)
        assert abs(boundary - (least + most) / 2) < R(1, 10**15)
    assert (first.continuous_above, second.continuous_above) == (True, False)


def test_there_are_exactly_two_tricritical_points() -> None:
    # Independently: all common zeros of the cubic coefficient at I_c and the equation of beta.
    stability = dropped_stability()
    on_boundary = stability.cubic.subs(importance, KAPPA / (p / 3 - p**2 / 4))
    numerator = fraction(cancel(together(on_boundary)))[0]
    eliminant = Poly(resultant(numerator, BETA_EQUATION, beta), p)
    candidates = {root for root in eliminant.real_roots() if 0 < root < 1}
    brackets = [tuple(t.bounds(digits=9)[0]) for t in tricritical_points()]
    for low, high in brackets:
        (inside,) = {root for root in candidates if low <= root <= high}
        candidates -= {inside}
    # What is left belongs to the negative root of beta's equation: no change of sign at the
    # positive one.
    value = cubic_on_the_boundary().subs(beta, best_bias_rate())
    step = R(1, 10**6)
    for root in candidates:
        middle = R(root.eval_rational(n=12)) if not root.is_Rational else root
        assert value.subs(p, middle - step) * value.subs(p, middle + step) > 0
    edges = [R(0), *(end for bracket in brackets for end in bracket), R(1)]
    signs = []
    for left, right in ((0, 1), (2, 3), (4, 5)):
        width = edges[right] - edges[left]
        samples = [value.subs(p, edges[left] + width * R(k, 8)) for k in range(1, 8)]
        assert len({bool(sample > 0) for sample in samples}) == 1
        signs.append(bool(samples[0] > 0))
    assert signs == [False, True, False]


def test_the_coefficient_has_no_hidden_zero() -> None:
    # A + B beta: a common zero of A and B in (0, 1) would not be found by solving for beta.
    linear = Poly(cubic_on_the_boundary(), beta)
    above, below = (Poly(fraction(together(linear.nth(k)))[0], p) for k in (0, 1))
    assert [root for root in above.gcd(below).real_roots() if 0 < root < 1] == []


@pytest.mark.parametrize(
    ("density", "message"),
    [
        (0, r"density is 0; accepted: a rational number in \(0, 1\)"),
        (R(3, 2), r"density is 3/2; accepted: a rational number in \(0, 1\)"),
        (0.5, r"density is 0.5; accepted: int, Fraction or sympy Rational"),
        (True, r"density is True; accepted: int, Fraction or sympy Rational"),
    ],
)
def test_bad_densities_are_refused(density: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        critical_importance(density)
