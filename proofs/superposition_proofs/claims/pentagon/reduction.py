"""The inequality of the pentagon in three variables: its reduction to two, and its tangent."""

from __future__ import annotations

from functools import cache, partial

from superposition_theory.pentagon import (
    LEVEL,
    Region,
    along_ray,
    excess,
    overlap_piece,
    own_piece,
    stationarity,
    tangent_slope,
    vanishes_at_the_pentagon,
)
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.pentagon.reduction import RATIO
from superposition_theory.phases import COSINE, THRESHOLD, polygon_optimum
from sympy import QQ, Expr, Poly, Rational, cancel, diff

from superposition_proofs.ledger import Claim, ClaimKind

from ..algebra import Decided, Identity, PositiveOn, Steps, by_algebra, has_decimals, replaced

a, b, g, t, c, beta = NORM, BIAS, OVERLAP, THRESHOLD, COSINE, RATIO
_ZERO, _ONE = Rational(0), Rational(1)

# The best pentagon: decimals, truncated, and minimal polynomials, the highest power first.
DECIMALS = {
    "threshold": "0.206060055934434723791611926998",
    "squared norm": "1.369975766757019992876211267850",
    "bias": "-0.282297283126771638578969444057",
    "loss": "0.015825627074494197669821482295",
}
POLYNOMIALS = {
    "threshold": (11, 94, 90, 205, 70, 89, -44, -20, 5),
    "squared norm": (1375, -7000, 12325, -8575, 1975, -360, 69, 44, 16),
    "bias": (15125, -165750, 25075, 83575, -43425, 4000, 2239, -780, 80),
    "loss": (
        6147814464,
        -640521771552,
        537091636464,
        -234076307112,
        59547763980,
        -9830440368,
        680183919,
        -18754338,
        161899,
    ),
}

# ---- two variables -------------------------------------------------------------------------------


def _bracket(power: int) -> Expr:
    """Return a coefficient of kappa Q - P^2 in beta, where b = beta a >= 0."""
    return along_ray(Region.on, Region.on).discriminant.expand().coeff(beta, power)


def _zero_norm() -> Expr:
    """Return Gamma - mu theta + K at a = 0, b >= 0."""
    return own_piece(Region.on).subs(a, 0) + 2 * overlap_piece(Region.on).subs(g, 0)


def _fall() -> Expr:
    """Return minus the slope of (1 - t)(2 + t)^2."""
    return -diff((1 - t) * (2 + t) ** 2, t)


_REDUCTION: Steps = (
    Identity("coefficient of 1", partial(_bracket, 0), LEVEL * (1 + 2 * c**2) / 3 - Rational(1, 9)),
    Identity("coefficient of beta", partial(_bracket, 1), LEVEL * (1 + 2 * c) - Rational(1, 3)),
    Identity("coefficient of beta^2", partial(_bracket, 2), 3 * LEVEL - Rational(1, 4)),
    Identity(
        "Q for b >= 0: positive, as c >= 0",
        lambda: along_ray(Region.on, Region.on).square,
        Rational(1, 3) + beta + 3 * beta**2 + 2 * c**2 / 3 + 2 * c * beta,
    ),
    Identity(
        "H for t < c",
        excess,
        LEVEL * (1 + 2 * (c - t) ** 3 / (c * (1 - t) ** 3)) - (1 - t) * (2 + t) ** 2 / 12,
    ),
    Identity("H for t >= c", partial(excess, Region.off), LEVEL - (1 - t) * (2 + t) ** 2 / 12),
    Identity(
        "Q for b < 0",
        lambda: along_ray(Region.rising, Region.rising).square,
        (1 - t) ** 3 / 3 + 2 * (c - t) ** 3 / (3 * c),
    ),
    PositiveOn("(1 - t)(2 + t)^2 falls", _fall, t, _ZERO, _ONE),
    Identity("a = 0", _zero_norm, Rational(1, 4) + 3 * (b - Rational(1, 6)) ** 2),
)

REDUCTION = Claim(
    "two-variables-are-enough",
    "The inequality in three variables is a quadratic in the squared norm",
    r"\Gamma(a, \beta a, \theta) > 0 \Leftarrow \kappa \tfrac{1 + 2c^2}3 > \tfrac19,\ "
    r"\kappa (1 + 2c) > \tfrac13,\ 3\kappa > \tfrac14; \quad "
    r"\min_{a > 0} \Gamma(a, -ta, \theta) \text{ has the sign of } "
    r"H = \kappa \Bigl[1 + \tfrac{2 (c - t)_+^3}{c (1 - t)^3}\Bigr] - \tfrac{(1 - t)(2 + t)^2}{12};"
    r"\quad \Gamma(0, b, \theta) \ge \tfrac14 - K + \mu\theta, \ b \ge 0",
    (
        r"\Gamma(a, b, \theta) = D(a, b) + 2 C(a \cos\theta, b) + \mu\theta - K",
        r"c = \cos\theta > 0,\ \kappa = \tfrac13 - K + \mu\theta > 0,\ a > 0",
        r"b = \beta a,\ \beta \ge 0, \text{ or } b = -t a,\ 0 < t < 1",
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _REDUCTION,
            {
                "a factor 2 in H": replaced(
                    _REDUCTION,
                    "H for t < c",
                    stated=LEVEL * (1 + (c - t) ** 3 / (c * (1 - t) ** 3))
                    - (1 - t) * (2 + t) ** 2 / 12,
                ),
                "a wrong bracket": replaced(
                    _REDUCTION, "coefficient of beta", stated=LEVEL * (1 + c) - Rational(1, 3)
                ),
            },
            "one-active-loss-by-pairs",
        ),
    ),
)

# ---- the tangent ---------------------------------------------------------------------------------


@cache
def _best_level() -> Expr:
    """Return P^2/Q in t and c: kappa where the quadratic has a double root."""
    ray = along_ray(Region.rising, Region.rising)
    return cancel(ray.linear**2 / ray.square)


def _slope_of_level() -> Expr:
    """Return the derivative of P^2/Q in t, times 36 c Q^2/((1 - t)^3 (2 + t))."""
    square = along_ray(Region.rising, Region.rising).square
    factor = 36 * c * square**2 / ((1 - t) ** 3 * (2 + t))
    return cancel(factor * diff(_best_level(), t))


def _slope_along_angle(multiplier: Rational) -> Expr:
    """Return the slope of kappa Q in theta at kappa = P^2/Q, over sin theta, times Q.

    The slope of kappa is mu, and that of c is -sin theta; P does not depend on theta.
    """
    ray = along_ray(Region.rising, Region.rising)
    return multiplier * tangent_slope() * ray.square**2 - ray.linear**2 * diff(ray.square, c)


def _norm() -> Expr:
    """Return four times the product of (E) and its conjugate, c and c' the roots of 4c^2 + 2c - 1.

    It is four times (u + v c)(u + v c'), where c + c' = -1/2 and c c' = -1/4.
    """
    linear = Poly(stationarity(), c).rem(Poly(4 * c**2 + 2 * c - 1, c))
    u, v = linear.nth(0), linear.nth(1)
    return (4 * u**2 - 2 * u * v - v**2).expand()


def _is_alone() -> bool:
    """Say whether t* is the only root of the norm of (E) between 3/16 and 15/64."""
    root, norm = polygon_optimum(5).threshold.narrowed(16), Poly(_norm(), t)
    low, high = (QQ.to_sympy(end) for end in (root.lower, root.upper))
    inside = Rational(3, 16) < low and high < Rational(15, 64)
    return bool(inside and norm.count_roots(Rational(3, 16), Rational(15, 64)) == 1)


def _vanishes(function: Expr) -> bool:
    """Say whether a function is 0 at the pentagon."""
    return vanishes_at_the_pentagon(function)


def _is_norm() -> bool:
    """Say whether the double root a = P/Q is the squared norm of the pentagon."""
    ray = along_ray(Region.rising, Region.rising)
    return _vanishes(ray.linear / ray.square - polygon_optimum(5).squared_norm)


def _is_level() -> bool:
    """Say whether P^2/Q is 1/3 - F* at the pentagon."""
    return _vanishes(_best_level() - Rational(1, 3) + polygon_optimum(5).loss)


_TANGENT: Steps = (
    Decided("(E) holds at t*", lambda: _vanishes(stationarity())),
    Identity(
        "norm of (E)",
        _norm,
        Poly(POLYNOMIALS["threshold"], t).as_expr(),
    ),
    Decided("t* is its only root between 3/16 and 15/64", _is_alone),
    Identity("(P^2/Q)' is a multiple of (E)", _slope_of_level, stationarity()),
    Decided("a* = P/Q", _is_norm),
    Decided("1/3 - F* = P^2/Q", _is_level),
    Decided("H = 0", lambda: _vanishes(excess().subs(LEVEL, _best_level()))),
    Decided("dH/dt = 0", lambda: _vanishes(diff(excess(), t).subs(LEVEL, _best_level()))),
    Identity(
        "dH/dtheta = 0: mu Q = kappa dQ/dc sin theta, for all t",
        partial(_slope_along_angle, _ONE),
        0,
    ),
)

TANGENT = Claim(
    "tangent-at-the-pentagon",
    "The excess and its gradient vanish at the pentagon, exactly",
    r"H = \partial_t H = \partial_\theta H = 0 \text{ at } (t^*, \tfrac{2\pi}5), \quad "
    r"2 (c - t)^2 \bigl(t^2 + (1 - 2c) t + 2 (1 - c)\bigr) = c t (1 - t)^3 "
    r"\text{ at } t = t^*,\ c = \cos\tfrac{2\pi}5",
    (
        r"F^* = D(a^*, b^*) + 2 C(a^* c, b^*),\ b^* = -t^* a^*, \text{ the pentagon's loss}",
        r"\mu = 2 a^* \sin\tfrac{2\pi}5\, \partial_g C(a^* c, b^*)",
        r"K = F^* + \tfrac{2\pi}5 \mu",
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _TANGENT,
            {
                "mu (1 + 1/10000)": (
                    Identity("dH/dtheta", partial(_slope_along_angle, Rational(10001, 10000)), 0),
                ),
                "another equation": (
                    Decided("(E)", lambda: _vanishes(stationarity() + Rational(1, 10**9))),
                ),
            },
            "two-variables-are-enough",
            "polygon-optimum",
        ),
    ),
)

# ---- the numbers -----------------------------------------------------------------------------


def quantity(name: str) -> Expr:
    """Return a quantity of the best pentagon as a polynomial in t.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.reduction import quantity
    >>> quantity("threshold")
    t
    """
    pentagon = polygon_optimum(5)
    return {
        "threshold": t,
        "squared norm": pentagon.squared_norm,
        "bias": pentagon.bias,
        "loss": pentagon.loss,
    }[name]


def _has_decimals(name: str, text: str) -> bool:
    """Say whether a quantity has these decimals, truncated."""
    return has_decimals(polygon_optimum(5).bounds(quantity(name), digits=40), text)


def _is_minimal(name: str, coefficients: tuple[int, ...]) -> bool:
    """Say whether a polynomial is irreducible and vanishes at a quantity of the pentagon."""
    modulus = Poly(polygon_optimum(5).threshold.minimal.all_coeffs(), t, domain=QQ)
    value, total = Poly(quantity(name), t, domain=QQ), Poly(0, t, domain=QQ)
    for coefficient in coefficients:
        total = (total * value + coefficient).rem(modulus)
    return bool(total.is_zero) and bool(Poly(coefficients, t).is_irreducible)


_NUMBERS: Steps = (
    *(Decided(f"decimals: {k}", partial(_has_decimals, k, v)) for k, v in DECIMALS.items()),
    *(Decided(f"polynomial: {k}", partial(_is_minimal, k, v)) for k, v in POLYNOMIALS.items()),
)

NUMBERS = Claim(
    "pentagon-constants",
    "Norm, bias and loss of the best pentagon to 30 decimals, and their minimal polynomials",
    r"r^2 = 1.369975766757019992876211267850\ldots,\ \allowbreak "
    r"b = -0.282297283126771638578969444057\ldots,\ \allowbreak "
    r"\min L_1 = 0.015825627074494197669821482295\ldots; \quad "
    r"\allowbreak\ \text{of degree 8 over } \mathbf Q",
    (r"\text{the best regular pentagon of one active feature, decimals truncated}",),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _NUMBERS,
            {
                "the last decimal": replaced(
                    _NUMBERS,
                    "decimals: squared norm",
                    question=partial(
                        _has_decimals, "squared norm", "1.369975766757019992876211267851"
                    ),
                ),
                "a coefficient": replaced(
                    _NUMBERS,
                    "polynomial: loss",
                    question=partial(_is_minimal, "loss", (*POLYNOMIALS["loss"][:-1], 161900)),
                ),
                "a multiple of the minimal polynomial": replaced(
                    _NUMBERS,
                    "polynomial: threshold",
                    question=partial(_is_minimal, "threshold", (*POLYNOMIALS["threshold"], 0)),
                ),
            },
            "polygon-optimum",
        ),
    ),
)

CLAIMS = (REDUCTION, TANGENT, NUMBERS)
