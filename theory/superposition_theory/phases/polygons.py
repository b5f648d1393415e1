r"""Regular k-gons in the plane, one feature active at a time.

A regular k-gon with squared norm a > 0 and biases b = -a t has, per feature, the one-active loss
D(a, b) + sum_j C(a c_j, b), c_j = cos(2 pi j/k) for the other corners. For 0 <= t < 1 it is a
quadratic 1/3 - 2 a M(t) + a^2 N(t) in a, so that a = M/N at its best and the loss is 1/3 - M^2/N;
for t >= 1 the output is off and the loss 1/3. Corners with c_j <= t add nothing, and a corner
passes t with two continuous derivatives of N. Where no corner adds anything M^2/N is
(1 - t)(t + 2)^2/12, which decreases.

Biases b > 0 are worse: for a, b >= 0 the loss is convex in (a, b), and at the best (a, 0) its slope
in b is a sum of c_j - c_j^2 >= 0 over the positive cosines, times a.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sympy import (
    QQ,
    Expr,
    Matrix,
    Poly,
    Rational,
    Symbol,
    cancel,
    chebyshevt,
    cos,
    diff,
    factor_list,
    fraction,
    minimal_polynomial,
    pi,
    rem,
    resultant,
    subresultants,
    together,
)

from superposition_theory.errors import InputError
from superposition_theory.frames import RealRoot, isolate_real_roots
from superposition_theory.frames.enclosure import locate
from superposition_theory.reading import read_count
from superposition_theory.toy_model import Cell, output_loss_on_cell

from .roots import bounds_at, sign_at

_MOST_CORNERS = 12
THRESHOLD = Symbol("t", real=True)
COSINE = Symbol("c", real=True)
_NORM = Symbol("a", positive=True)


@dataclass(frozen=True)
class PolygonOptimum:
    """The regular k-gon of least one-active loss, everything as a function of one number.

    Parameters
    ----------
    corners : int
        k.
    threshold : RealRoot
        t = -b/a.
    cosine, squared_norm, bias, loss : Expr
        cos(2 pi/k), a, b and the one-active loss per feature, rational functions of t.

    Examples
    --------
    >>> polygon_optimum(5).threshold.minimal.degree()
    8
    """

    corners: int
    threshold: RealRoot
    cosine: Expr
    squared_norm: Expr
    bias: Expr
    loss: Expr

    def bounds(self, quantity: Expr, *, digits: int = 30) -> tuple[Rational, Rational]:
        """Return rational bounds of a rational function of t, at most 10^-digits apart.

        Parameters
        ----------
        quantity : Expr
            Rational in `THRESHOLD`.
        digits : int
            At least 1.

        Returns
        -------
        tuple of (lower, upper)

        Raises
        ------
        InputError
            If the quantity has a pole there, and for other digits.

        Examples
        --------
        >>> pentagon = polygon_optimum(5)
        >>> lower, upper = pentagon.bounds(pentagon.squared_norm, digits=10)
        >>> lower < Rational("1.36997576676") < upper + Rational(1, 10**10)
        True
        """
        return bounds_at(self.threshold, quantity, THRESHOLD, digits=digits)

    def minimal_polynomial(self, quantity: Expr) -> Poly:
        """Return the minimal polynomial, in x, of a rational function of t.

        Parameters
        ----------
        quantity : Expr
            Rational in `THRESHOLD`.

        Returns
        -------
        Poly
            With coprime integer coefficients.

        Examples
        --------
        >>> hexagon = polygon_optimum(6)
        >>> hexagon.minimal_polynomial(hexagon.cosine).as_expr()
        2*x - 1
        """
        x = Symbol("x")
        above, below = fraction(together(quantity))
        minimal = Poly(self.threshold.minimal.all_coeffs(), THRESHOLD, domain=QQ)
        image = resultant(minimal.as_expr(), below * x - above, THRESHOLD)
        for part, _ in factor_list(image, x)[1]:
            if sign_at(self.threshold, part.subs(x, quantity), THRESHOLD) == 0:
                return Poly(part, x)
        raise ArithmeticError(f"no factor of the norm of {quantity} vanishes")

    @property
    def saving(self) -> Expr:
        """k (1/3 - loss): what the k-gon saves beside dropping its features, as a function of t."""
        return self.corners * (Rational(1, 3) - self.loss)


@cache
def polygon_optimum(corners: int) -> PolygonOptimum:
    """Return the best regular k-gon for the one-active loss, over all a > 0 and all b.

    Parameters
    ----------
    corners : int
        k from 2 to 12; k = 2 is the antipodal pair.

    Returns
    -------
    PolygonOptimum

    Raises
    ------
    InputError
        Another k.

    References
    ----------
    Chen et al. 2023, "Dynamical versus Bayesian phase transitions in a toy model of superposition",
    arXiv 2310.06301, for the k-gons of this loss.

    Examples
    --------
    >>> square = polygon_optimum(4)
    >>> square.squared_norm, square.bias, square.loss
    (1, 0, 0)
    """
    if _read_corners(corners, "corners") <= 4:  # no cosine is positive: t = 0
        (zero,) = isolate_real_roots(Poly(THRESHOLD, THRESHOLD))
        return _optimum(corners, zero, cos(2 * pi / corners), *own_output())
    # At t = 0 the slope of M^2/N has the sign of sum c_j - c_j^2 > 0 over the positive cosines, and
    # beyond the largest cosine it is negative: the largest value is at a stationary point between.
    best, *others = _stationary(corners)
    for other in others:
        if _is_larger(other, best):
            best = other
    return best


def best_polygon(features: int) -> tuple[PolygonOptimum, ...]:
    """Return the k-gons, 2 <= k <= n, with n - k features dropped, the best one first.

    In the sparse limit a dropped feature costs 1/3, so that the k-gons are ordered by what they
    save: k (1/3 - loss per feature). No two of them save the same: their order is decided by
    rational bounds.

    Parameters
    ----------
    features : int
        n from 2 to 12.

    Returns
    -------
    tuple of PolygonOptimum

    Raises
    ------
    InputError
        Another n.

    Examples
    --------
    >>> [polygon.corners for polygon in best_polygon(8)[:3]]
    [7, 8, 6]
    """
    ranked: list[PolygonOptimum] = []
    for corners in range(2, _read_corners(features, "features") + 1):
        one = polygon_optimum(corners)
        place = next((i for i, other in enumerate(ranked) if _is_larger(one, other)), len(ranked))
        ranked.insert(place, one)
    return tuple(ranked)


def _read_corners(number: object, name: str) -> int:
    """Return a number of corners, refused where the degree of its threshold gets out of hand."""
    corners = read_count(number, name, 2)
    if corners > _MOST_CORNERS:
        raise InputError(f"{name} is {corners}; accepted: at most {_MOST_CORNERS}")
    return corners


@cache
def own_output() -> tuple[Expr, Expr]:
    """Return M(t) and the own part (1 - t)^3/3 of N(t): D(a, -a t) = 1/3 - 2 a M + a^2 N.

    Returns
    -------
    tuple of Expr
        In t.

    Examples
    --------
    >>> own_output()[0].factor()
    (t - 1)**2*(t + 2)/6
    """
    gram, biases = Matrix([[_NORM]]), [-_NORM * THRESHOLD]
    cell = Cell.at(gram, biases, {_NORM: 1, THRESHOLD: Rational(1, 2)})
    quadratic = Poly(output_loss_on_cell(0, gram, biases, 1, cell), _NORM)
    square, linear, constant = quadratic.all_coeffs()
    if constant != Rational(1, 3):
        raise ArithmeticError("the loss of an output that is off is not 1/3")
    return -linear / 2, square


@cache
def other_corner() -> Expr:
    """Return what another corner at cosine c > t > 0 adds to N(t): (c - t)^3/(3 c).

    Returns
    -------
    Expr
        In t and c.

    Examples
    --------
    >>> (other_corner() * 3 * COSINE).factor() == ((COSINE - THRESHOLD) ** 3).factor()
    True
    """
    gram = Matrix([[_NORM, _NORM * COSINE], [_NORM * COSINE, _NORM]])
    biases = [-_NORM * THRESHOLD, -_NORM * THRESHOLD]
    at = {_NORM: 1, THRESHOLD: Rational(1, 4), COSINE: Rational(1, 2)}
    loss = output_loss_on_cell(0, gram, biases, [0, 1], Cell.at(gram, biases, at))
    return cancel(loss / _NORM**2)


def _fraction_terms(active: int) -> tuple[Expr, Expr]:
    """Return M and N in t and c = cos(2 pi/k), with `active` corners on each side adding."""
    numerator, denominator = own_output()
    addition = other_corner()
    for j in range(1, active + 1):
        denominator += 2 * addition.subs(COSINE, chebyshevt(j, COSINE))
    return numerator, denominator


def _stationary(corners: int) -> Iterator[PolygonOptimum]:
    """Yield the stationary points of M^2/N between t = 0 and the largest cosine."""
    minimal = minimal_polynomial(cos(2 * pi / corners), COSINE)
    for active in range(1, (corners + 3) // 4):
        above, below = _fraction_terms(active)
        slope = together(2 * diff(above, THRESHOLD) * below - above * diff(below, THRESHOLD))
        condition = rem(fraction(cancel(slope))[0], minimal, COSINE)
        for part, _ in factor_list(resultant(condition, minimal, COSINE), THRESHOLD)[1]:
            for root in isolate_real_roots(Poly(part, THRESHOLD)):
                cosine = _cosine_at(corners, root, condition, minimal)
                if cosine is None or _active(corners, root, cosine) != active:
                    continue
                yield _optimum(corners, root, cosine, above, below)


def _optimum(
    corners: int, root: RealRoot, cosine: Expr, above: Expr, below: Expr
) -> PolygonOptimum:
    """Return the k-gon with a threshold and the cosine as a function of it."""
    above, below = (_reduced(e.subs(COSINE, cosine), root) for e in (above, below))
    norm = _reduced(above / below, root)
    bias = _reduced(-THRESHOLD * norm, root)
    loss = _reduced(Rational(1, 3) - above * norm, root)
    return PolygonOptimum(corners, root, cosine, norm, bias, loss)


def _cosine_at(corners: int, root: RealRoot, condition: Expr, minimal: Expr) -> Expr | None:
    """Return cos(2 pi/k) as a function of t, or None where t belongs to a conjugate of it."""
    if sign_at(root, THRESHOLD, THRESHOLD) <= 0 or sign_at(root, 1 - THRESHOLD, THRESHOLD) <= 0:
        return None
    # The last remainder of degree 1 in c before the resultant.
    chain = [minimal, *subresultants(minimal, condition, COSINE)]
    linear = next(Poly(r, COSINE) for r in chain if Poly(r, COSINE).degree() == 1)
    cosine = _reduced(-linear.nth(0) / linear.nth(1), root)
    own = locate(cos(2 * pi / corners).rewrite(cos), Poly(minimal, COSINE)).narrowed(32)
    lower, upper = bounds_at(root, cosine, THRESHOLD, digits=12)
    return cosine if lower <= QQ.to_sympy(own.upper) and QQ.to_sympy(own.lower) <= upper else None


def _active(corners: int, root: RealRoot, cosine: Expr) -> int:
    """Return the number of corners on each side whose cosine is above the threshold t > 0."""
    return sum(
        sign_at(root, chebyshevt(j, cosine) - THRESHOLD, THRESHOLD) > 0
        for j in range(1, corners // 2 + 1)
    )


def _reduced(function: Expr, root: RealRoot) -> Expr:
    """Return a rational function of t as a polynomial in t of degree below that of t."""
    minimal = Poly(root.minimal.all_coeffs(), THRESHOLD, domain=QQ)
    above, below = (Poly(part, THRESHOLD, domain=QQ) for part in fraction(together(function)))
    return (above * below.rem(minimal).invert(minimal)).rem(minimal).as_expr()


def _is_larger(one: PolygonOptimum, other: PolygonOptimum) -> bool:
    """Say whether one polygon saves more than another."""
    digits = 10
    while True:
        a, b = (polygon.bounds(polygon.saving, digits=digits) for polygon in (one, other))
        if a[0] > b[1] or b[0] > a[1]:
            return bool(a[0] > b[1])
        if digits > 40 and _saving_polynomial(one) == _saving_polynomial(other):
            raise ArithmeticError("two k-gons save conjugate or equal amounts")
        digits *= 2


def _saving_polynomial(polygon: PolygonOptimum) -> Poly:
    """Return the minimal polynomial of what a polygon saves: two of them tell numbers apart."""
    return polygon.minimal_polynomial(polygon.saving)
