r"""Two features in one dimension: when dropping the less important feature loses stability.

At the dropped point the weights are 1 and 0, the biases 0 and p/2. Near it let the weights be
1 + omega eps and -eps, the biases beta eps and p/2 + delta eps, eps > 0. The loss is
I v + Q eps^2 + C eps^3 + ...; with x and y the values of the two features and u uniform on [0, 1],

    Q = p E(2 omega u + beta - y)^2 + (1 - p) E(beta - y)_+^2 + I (E(delta - x)^2 - 2 v)

for all real omega, beta, delta: the important output costs the first term where its feature is
active (but for a part of probability O(eps), which enters in C) and the second where it is not; the
other output is on. Q is strictly convex for 0 < p < 1, so that it has one minimiser; it lies in
0 < beta < 1, and C is needed on that cell only. The least value of Q is kappa(p) - I v(p).

Nothing else can be lower near the dropped point. For w_2 = 0 the loss grows like the square of the
other deviations, so that these are O(eps) at their best; and corrections of order eps to the rates
change the loss by O(eps^4), Q being stationary. So the sign of kappa - I v decides about stability,
and where it is 0 that of C decides whether the transition is continuous.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sympy import (
    Expr,
    Matrix,
    Poly,
    Rational,
    Symbol,
    cancel,
    diff,
    expand,
    factor,
    fraction,
    integrate,
    solve,
    sqrt,
    together,
)

from superposition_theory.toy_model import Cell, loss_on_cell

from .frozen import dropped_loss
from .reading import read_density
from .series import taylor
from .symbols import DENSITY, IMPORTANCE, PENALTY

NORM_RATE = Symbol("omega", real=True)
BIAS_RATE = Symbol("beta", positive=True)
DROPPED_BIAS_RATE = Symbol("delta", real=True)
_STEP = Symbol("epsilon", positive=True)


@dataclass(frozen=True)
class DroppedExpansion:
    """The loss near the dropped point: I v + linear eps + quadratic eps^2 + cubic eps^3 + ...

    Parameters
    ----------
    constant, linear, quadratic, cubic : Expr
        In p, I and the rates omega, beta, delta, for 0 < beta < 1.

    Examples
    --------
    >>> expansion = dropped_expansion()
    >>> expansion.constant, expansion.linear
    (-I*p*(3*p - 4)/12, 0)
    """

    constant: Expr
    linear: Expr
    quadratic: Expr
    cubic: Expr


def penalty_expansion() -> tuple[Expr, ...]:
    """Return the coefficients of lambda sum_{i != j} <w_i, w_j>^2 at the dropped point.

    Returns
    -------
    tuple of four Expr
        Of eps^0 to eps^3, in lambda and omega.

    Examples
    --------
    >>> penalty_expansion()
    (0, 0, 2*lambda, 4*lambda*omega)
    """
    W = _near_dropped()
    gram = W.T * W
    overlaps = sum(gram[i, j] ** 2 for i in range(2) for j in range(2) if i != j)
    return tuple(taylor(PENALTY * overlaps, _STEP, 3))


def _near_dropped() -> Matrix:
    """Return the weights near the dropped point, shape (1, 2)."""
    return Matrix([[1 + NORM_RATE * _STEP, -_STEP]])


@cache
def dropped_expansion() -> DroppedExpansion:
    """Return the expansion of the loss of two features in one dimension at the dropped point.

    Returns
    -------
    DroppedExpansion

    Examples
    --------
    >>> dropped_expansion().quadratic.subs({NORM_RATE: 0, BIAS_RATE: 0, DROPPED_BIAS_RATE: 0})
    I*p**2/2 - I*p/3 + p**2/3
    """
    eps, W = _STEP, _near_dropped()
    biases = [BIAS_RATE * eps, DENSITY / 2 + DROPPED_BIAS_RATE * eps]
    near = {
        eps: Rational(1, 10**6),
        NORM_RATE: Rational(1, 7),
        BIAS_RATE: Rational(1, 5),
        DROPPED_BIAS_RATE: Rational(1, 7),
        DENSITY: Rational(1, 2),
        IMPORTANCE: Rational(1, 2),
    }
    gram = W.T * W
    loss = loss_on_cell(gram, biases, DENSITY, Cell.at(gram, biases, near), [1, IMPORTANCE])
    c0, c1, c2, c3 = taylor(loss, eps, 3)
    return DroppedExpansion(factor(c0), factor(c1), expand(c2), expand(c3))


@dataclass(frozen=True)
class DroppedStability:
    """What the second order says once omega and delta have their best values.

    Parameters
    ----------
    norm_rate, dropped_bias_rate : Expr
        The best omega (in beta and p) and delta.
    stiffness : Expr
        kappa as a function of beta and p, strictly convex in beta > 0: the coefficient of eps^2 is
        kappa - I v.
    bias_equation : Expr
        A quadratic in beta over Q[p] whose one positive root is the best beta. For 0 < p < 1 it is
        p^2 > 0 at beta = 0 and (p - 2)(4 - 3 p) < 0 at beta = 1, and beta^2 has a negative
        coefficient: so 0 < beta < 1.
    cubic : Expr
        The coefficient of eps^3, in beta, p and I.

    Examples
    --------
    >>> dropped_stability().bias_equation
    beta**2*(4*p**2 - 4*p) + beta*(-8*p**2 + 14*p - 8) + p**2
    """

    norm_rate: Expr
    dropped_bias_rate: Expr
    stiffness: Expr
    bias_equation: Expr
    cubic: Expr


@cache
def dropped_stability() -> DroppedStability:
    """Return the stiffness of the dropped point against an antipodal partner.

    Returns
    -------
    DroppedStability

    Examples
    --------
    >>> dropped_stability().norm_rate, dropped_stability().dropped_bias_rate
    (-3*beta/4 + 3*p/8, p/2)
    """
    expansion = dropped_expansion()
    (norm_rate,) = solve(diff(expansion.quadratic, NORM_RATE), NORM_RATE)
    (bias_rate,) = solve(diff(expansion.quadratic, DROPPED_BIAS_RATE), DROPPED_BIAS_RATE)
    best = {NORM_RATE: expand(norm_rate), DROPPED_BIAS_RATE: bias_rate}
    quadratic = expand(expansion.quadratic.subs(best))
    stiffness = quadratic.subs(IMPORTANCE, 0)
    if expand(quadratic - stiffness + IMPORTANCE * dropped_loss()) != 0:
        raise ArithmeticError("the coefficient of eps^2 is not kappa - I v")
    numerator = fraction(together(diff(stiffness, BIAS_RATE)))[0]
    equation = Poly(numerator, BIAS_RATE)
    if equation.nth(0).subs(DENSITY, 1) < 0:
        equation = -equation
    return DroppedStability(
        best[NORM_RATE],
        bias_rate,
        stiffness,
        equation.as_expr(),
        expand(expansion.cubic.subs(best)),
    )


def critical_importance(density: Any) -> Expr:
    """Return I_c(p) = kappa(p)/v(p), above which dropping the less important feature is unstable.

    Parameters
    ----------
    density : Fraction or Rational
        p, 0 < p < 1.

    Returns
    -------
    Expr
        An exact number with one square root.

    Raises
    ------
    InputError
        Another density.

    Examples
    --------
    >>> float(critical_importance(Rational(3, 5)))
    0.6653988485423533
    """
    p = read_density(density)
    at = {DENSITY: p, BIAS_RATE: best_bias_rate().subs(DENSITY, p)}
    return (dropped_stability().stiffness.subs(at) / dropped_loss().subs(DENSITY, p)).expand()


def best_bias_rate() -> Expr:
    """Return beta(p), the positive root of the bias equation.

    Returns
    -------
    Expr
        In p, with one square root; 0 < beta < 1 for 0 < p < 1.

    Examples
    --------
    >>> best_bias_rate().subs(DENSITY, Rational(1, 2)).simplify()
    -3/2 + sqrt(10)/2
    """
    quadratic = Poly(dropped_stability().bias_equation, BIAS_RATE)
    c2, c1, c0 = quadratic.all_coeffs()
    # c2 < 0, c1 < 0 and c0 > 0 for 0 < p < 1: the roots have opposite signs.
    return (-c1 - sqrt(c1**2 - 4 * c2 * c0)) / (2 * c2)


def frozen_bias_margin() -> Expr:
    """Return v(p) - kappa at the bias rate p/2 and omega = 0: p (1 - p) (2 - p)^3/24.

    It is positive for 0 < p < 1 and kappa at its best is no larger, so that at I = 1 dropping one
    of two features in one dimension is never optimal.

    Returns
    -------
    Expr

    Examples
    --------
    >>> frozen_bias_margin()
    p*(p - 2)**3*(p - 1)/24
    """
    stiffness = dropped_stability().stiffness.subs(BIAS_RATE, DENSITY / 2)
    return factor(dropped_loss() - stiffness)


def parallel_margin() -> Expr:
    """Return by how much a parallel partner is stiffer than an antipodal one.

    Let the weight of the less important feature be -eps (antipodal) or +eps (parallel), and the
    bias of the important one w eps or (w - p) eps. In the notation of this module the first term of
    Q is p E(2 omega u + w - y)^2 or p E(2 omega u + w - p + y)^2. These are equal, as E y = p/2. So
    are the last terms, up to the sign of delta. The middle terms are 1 - p times the lower tail
    E(w - y)_+^2 or the upper tail E(y - (p - w))_+^2. Returned is the upper tail minus the lower
    one for 0 <= w <= p.

    It is positive there. Both tails increase with w, and what they are added to is least at
    w = p/2, so that either direction is softest at some w <= p/2. For w < 0 the lower tail is 0.
    So the least value of Q is smaller in the antipodal direction, the first to go soft.

    Returns
    -------
    Expr
        In p and w.

    Examples
    --------
    >>> parallel_margin()
    (1 - p)**2*(p*w + p*(1 - p)/3 - w**2)
    """
    p, w, y = DENSITY, Symbol("w", positive=True), Symbol("y", positive=True)
    lower = (1 - p) * w**2 + p * integrate((w - y) ** 2, (y, 0, w))
    upper = p * integrate((y - (p - w)) ** 2, (y, p - w, 1))
    rest = cancel((upper - lower) / (1 - p) ** 2)
    return (1 - p) ** 2 * (p * (1 - p) / 3 + expand(rest - p * (1 - p) / 3))
