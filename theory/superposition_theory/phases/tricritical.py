"""Where the transition from dropping a feature to a weak antipodal pair changes its order."""

from dataclasses import dataclass
from functools import cache, cmp_to_key
from itertools import pairwise

from sympy import Expr, Poly, Rational, cancel, expand, factor_list, fraction, rem, solve, together

from superposition_theory.frames import RealRoot, compare_roots, isolate_real_roots
from superposition_theory.frames.matrices import read_number

from .frozen import dropped_loss
from .roots import bounds_at, sign_at
from .stability import (
    BIAS_RATE,
    NORM_RATE,
    best_bias_rate,
    dropped_stability,
    penalty_expansion,
)
from .symbols import DENSITY, IMPORTANCE, PENALTY


@dataclass(frozen=True)
class TricriticalPoint:
    """A density at which the transition on I_c(p) turns from continuous to first order, or back.

    Parameters
    ----------
    density : RealRoot
        p as a root of an irreducible polynomial.
    importance : Expr
        I_c there, as a function of p.
    continuous_above : bool
        Whether the transition is continuous for larger p, up to the next such point.

    Examples
    --------
    >>> [point.continuous_above for point in tricritical_points()]
    [True, False]
    """

    density: RealRoot
    importance: Expr
    continuous_above: bool

    def bounds(self, *, digits: int = 30) -> tuple[tuple[Rational, Rational], ...]:
        """Return rational bounds of p and of I, at most 10^-digits apart.

        Parameters
        ----------
        digits : int
            At least 1.

        Returns
        -------
        tuple of two (lower, upper)

        Raises
        ------
        InputError
            For other digits.

        Examples
        --------
        >>> (low, high), _ = tricritical_points()[0].bounds(digits=8)
        >>> low < Rational("0.520247737") < high + Rational(1, 10**8)
        True
        """
        return tuple(
            bounds_at(self.density, quantity, DENSITY, digits=digits)
            for quantity in (DENSITY, self.importance)
        )


def cubic_coefficient() -> Expr:
    """Return the coefficient of eps^3 on the critical surface of the regularised model.

    The penalty lambda sum_{i != j} <w_i, w_j>^2 adds 2 lambda eps^2 (1 + omega eps)^2 to the
    expansion at the dropped point: a constant 2 lambda to Q, so that the best rates stay, and
    4 lambda omega to the coefficient of eps^3. Q vanishes at lambda = (I v - kappa)/2, and this is
    the next coefficient. Where it is positive a stationary pair grows continuously out of the
    dropped point; where it is negative that point turns unstable only after a pair at finite
    distance has become as good. The surface meets lambda = 0 in I = I_c. (A strong pair, far from
    the dropped point, may be better than either; this expansion does not see it.)

    Returns
    -------
    Expr
        In p, I and beta; linear in I.

    Examples
    --------
    >>> Poly(cubic_coefficient(), IMPORTANCE).degree()
    1
    """
    stability = dropped_stability()
    best = {NORM_RATE: stability.norm_rate, PENALTY: critical_penalty()}
    return (stability.cubic + penalty_expansion()[3].subs(best)).expand()


def critical_penalty() -> Expr:
    """Return lambda = (I v - kappa)/2, above which the dropped point is stable.

    Returns
    -------
    Expr
        In p, I and beta; beta is `best_bias_rate`.

    Examples
    --------
    >>> value = critical_penalty().subs(BIAS_RATE, best_bias_rate())
    >>> value = value.subs({DENSITY: Rational(3, 5), IMPORTANCE: 1})
    >>> abs(value - Rational("0.01840306")) < Rational(1, 10**8)
    True
    """
    quadratic = dropped_stability().stiffness - IMPORTANCE * dropped_loss()
    (penalty,) = solve(quadratic + penalty_expansion()[2], PENALTY)
    return expand(penalty)


def tricritical_importance() -> Expr:
    """Return the importance at which the regularised transition changes its order.

    It is the zero of `cubic_coefficient`, in which I has the coefficient 4 v omega > 0 (beta < p/2
    for 0 < p < 1): the transition is continuous for larger I.

    Returns
    -------
    Expr
        In p and beta.

    Examples
    --------
    >>> value = tricritical_importance().subs(BIAS_RATE, best_bias_rate())
    >>> bool(0 < value.subs(DENSITY, Rational(1, 2)))
    True
    """
    (importance,) = solve(cubic_coefficient(), IMPORTANCE)
    return cancel(importance)


def cubic_on_the_boundary() -> Expr:
    """Return the coefficient of eps^3 at I = I_c(p), for the model without a penalty.

    Returns
    -------
    Expr
        In p and beta, of degree 1 in beta: beta solves a quadratic over Q(p).

    Examples
    --------
    >>> value = cubic_on_the_boundary().subs(BIAS_RATE, best_bias_rate())
    >>> [bool(value.subs(DENSITY, Rational(k, 10)) > 0) for k in (5, 6, 9)]
    [False, True, False]
    """
    stability = dropped_stability()
    on_boundary = cancel(cubic_coefficient().subs(IMPORTANCE, stability.stiffness / dropped_loss()))
    above, below = fraction(together(on_boundary))
    return cancel(rem(above, stability.bias_equation, BIAS_RATE) / below)


@cache
def tricritical_points() -> tuple[TricriticalPoint, ...]:
    """Return the points of I_c(p), 0 < p < 1, where the transition changes its order.

    The coefficient is A(p) + B(p) beta, and beta solves a quadratic with one positive root. So it
    vanishes exactly where -A/B solves that quadratic and is positive. (A and B have no common zero
    in 0 < p < 1.) Between these points its sign is decided exactly at one rational p.

    Returns
    -------
    tuple of TricriticalPoint
        In increasing order of p.

    Examples
    --------
    >>> [str(point.bounds(digits=10)[0][0].round(8)) for point in tricritical_points()]
    ['0.52024774', '0.83731958']
    """
    linear = Poly(cubic_on_the_boundary(), BIAS_RATE)
    rate = cancel(-linear.nth(0) / linear.nth(1))
    condition = fraction(together(dropped_stability().bias_equation.subs(BIAS_RATE, rate)))[0]
    roots = [
        root
        for part, _ in factor_list(condition, DENSITY)[1]
        for root in isolate_real_roots(Poly(part, DENSITY))
        if sign_at(root, DENSITY, DENSITY) > 0
        and sign_at(root, 1 - DENSITY, DENSITY) > 0
        and sign_at(root, rate, DENSITY) > 0
    ]
    ordered = sorted(roots, key=cmp_to_key(compare_roots))
    importance = cancel((dropped_stability().stiffness / dropped_loss()).subs(BIAS_RATE, rate))
    ends = [*(bounds_at(root, DENSITY, DENSITY)[1] for root in ordered), Rational(1)]
    value = cubic_on_the_boundary().subs(BIAS_RATE, best_bias_rate())
    found = []
    for root, (left, right) in zip(ordered, pairwise(ends), strict=True):
        number, field = read_number(value.subs(DENSITY, (left + right) / 2), "coefficient")
        found.append(TricriticalPoint(root, importance, field.sign(number) > 0))
    return tuple(found)
