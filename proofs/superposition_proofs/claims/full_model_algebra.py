"""The algebra behind the bounds for the full model: second derivatives, logarithms, a kink."""

from __future__ import annotations

from functools import cache, partial

from superposition_theory.pentagon import Region, overlap_piece, own_piece
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.phases import COSINE, THRESHOLD
from sympy import Expr, Rational, cos, diff, integrate, log, pi, symbols

from superposition_proofs.certificates.full_model.losses import FAR
from superposition_proofs.ledger import Claim, ClaimKind

from .algebra import Decided, Identity, Steps, by_algebra, replaced

a, b, g, t, c = NORM, BIAS, OVERLAP, THRESHOLD, COSINE
_V, _SIGMA, _Y, _M, _W, _X, _XI = symbols("v sigma y m w x xi", positive=True)
_U = c - t


@cache
def _energy() -> Expr:
    """Return D + 2 C for b = -t a and an overlap a c > t a."""
    own = own_piece(Region.rising).subs(b, -t * a)
    return own + 2 * overlap_piece(Region.rising).subs({g: a * c, b: -t * a}, simultaneous=True)


def _entry(first: str, second: str) -> Expr:
    """Return a second derivative in (t, s = ln a, theta), over a^2 and sigma for each theta.

    d/ds = a d/da, d/dtheta = -sigma d/dc, and dsigma/dtheta = c, sigma = sin theta.
    """
    energy = _energy()

    def derivative(f: Expr, name: str) -> Expr:
        if name == "t":
            return diff(f, t)
        if name == "s":
            return a * diff(f, a)
        return c * diff(f, _SIGMA) - _SIGMA * diff(f, c)

    found = derivative(derivative(energy, first), second) / a**2
    found /= _SIGMA ** ((first == "theta") + (second == "theta"))
    return found.subs(a, 1 / _V)


_Q_C = 2 * _U**2 / c - 2 * _U**3 / (3 * c**2)
_Q = (1 - t) ** 3 / 3 + 2 * _U**3 / (3 * c)
_P = (1 - t) ** 2 * (2 + t) / 6


def _below() -> Expr:
    """Return the derivative of ln y less its lower bound."""
    return diff(log(_Y) - (_Y - 1) + (_Y - 1) ** 2 / (2 * _M), _Y)


def _kink(power: int) -> Expr:
    """Return a derivative of int_xi^1 x (x - xi) dx."""
    return diff(integrate(_X * (_X - _XI), (_X, _XI, 1)), _XI, power)


def _far_is_enough(bound: Rational) -> bool:
    """Say whether a bound exceeds 2 + 2 cos(2 pi j/5) for j = 1, ..., 4."""
    return all(bool((bound - 2 - 2 * cos(2 * pi * j / 5)).evalf(30) > 0) for j in range(1, 5))


_FAR = Rational(FAR.numerator, FAR.denominator)
_STEPS: Steps = (
    Identity("tt", partial(_entry, "t", "t"), 2 * (1 - t) + 4 * _U / c - 2 * t * _V),
    Identity(
        "ts",
        partial(_entry, "t", "s"),
        (1 - t**2) * _V - 2 * (1 - t) ** 2 - 4 * _U**2 / c,
    ),
    Identity("ss", partial(_entry, "s", "s"), 4 * _Q - 2 * _P * _V),
    Identity("t theta", partial(_entry, "theta", "t"), 4 * _U / c - 2 * _U**2 / c**2),
    Identity("s theta", partial(_entry, "theta", "s"), -2 * _Q_C),
    Identity(
        "theta theta",
        partial(_entry, "theta", "theta"),
        4 * _U / c - 4 * _U**2 / c**2 + 4 * _U**3 / (3 * c**3) - _Q_C * c / _SIGMA**2,
    ),
    Identity("ln y from below", _below, (1 - _Y) * (1 / _Y - 1 / _M)),
    Identity(
        "(ln y)^2 from above, y = w^2",
        lambda: diff(_W - 1 / _W - 2 * log(_W), _W),
        (1 - 1 / _W) ** 2,
    ),
    Identity("the kink", partial(_kink, 2), _XI),
    Identity("its slope at 0", lambda: _kink(1).subs(_XI, 0), -Rational(1, 2)),
    Identity("its slope at 1", lambda: _kink(1).subs(_XI, 1), 0),
    Decided("the bound for sums of neighbours", partial(_far_is_enough, _FAR)),
)

REDUCTION = Claim(
    "full-model-by-quadratics",
    "Second derivatives in the logarithm of the norm, and bounds by quadratics",
    r"\frac{\nabla^2 (D + 2C)}{a^2} \text{ is linear in } \tfrac1a, \quad \allowbreak "
    r"\frac d{dy} \Bigl( \ln y - (y - 1) + \frac{(y - 1)^2}{2m} \Bigr) "
    r"= (1 - y) \Bigl( \frac1y - \frac1m \Bigr), \quad \allowbreak "
    r"\frac{d^2}{d\xi^2} \int_\xi^1 x (x - \xi)\, dx = \xi",
    (
        r"\nabla^2 \text{ in } (t, \ln a, \theta),\ b = -t a,\ 0 < t < \cos\theta",
        r"\text{row and column of } \theta \text{ over } \sin\theta",
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _STEPS,
            {
                "a derivative in a, not ln a": replaced(_STEPS, "ss", stated=2 * _Q),
                "a kink of another weight": replaced(_STEPS, "the kink", stated=1),
                "a bound below": replaced(
                    _STEPS,
                    "the bound for sums of neighbours",
                    question=partial(_far_is_enough, Rational(2618, 1000)),
                ),
            },
            "one-active-loss-by-pairs",
        ),
    ),
)
