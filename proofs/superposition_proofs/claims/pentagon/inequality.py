"""The inequality in two variables behind the pentagon theorem, with its constants and others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from superposition_numerics.certify import (
    FLOATS,
    Arithmetic,
    Balls,
    Enclosure,
    Fixed,
    pi_enclosure,
)

from superposition_proofs.certificates import (
    PolygonConstants,
    pentagon_theorem,
    polygon_constants,
)
from superposition_proofs.ledger import Claim, ClaimKind, Context, Evidence, Level, Outcome, Status

from ..certified import by_certificate, constant_moved, decided_anew, leaf_dropped, left_out_widened

_RING = Fixed(256)
Change = Callable[[PolygonConstants], PolygonConstants]
GAMMA = r"\Gamma(a, b, \theta) = D(a, b) + 2 C(a \cos\theta, b) + \mu\theta - K"
CONSTANTS = (
    r"\mu = 2 a^* \sin\tfrac{2\pi}5\, \partial_g C(a^* c, b^*), \ c = \cos\tfrac{2\pi}5",
    r"K = F^* + \tfrac{2\pi}5 \mu, \quad F^* = \min L_1 \text{ over regular pentagons}",
)


def unchanged(constants: PolygonConstants) -> PolygonConstants:
    """Return the constants as they are.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.inequality import unchanged
    >>> unchanged(polygon_constants(5)) is polygon_constants(5)
    True
    """
    return constants


def corner() -> Any:
    """Return 2 pi/5 in exact integers.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.inequality import corner
    >>> corner().enclosure().digits(6)
    '1.256637'
    """
    return 2 * _RING.number(pi_enclosure()) / 5


@dataclass(frozen=True)
class Inequality:
    """Constants, and the arithmetics in which the inequality is decided with them.

    Attributes
    ----------
    change : callable
        PolygonConstants -> PolygonConstants, applied to those of the pentagon.
    arithmetics : tuple of Arithmetic
    """

    change: Change
    arithmetics: tuple[Arithmetic, ...] = (FLOATS,)


def is_proved(inequality: Inequality, context: Context) -> Outcome:
    """Decide the identities, conditions and questions of the theorem.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.inequality import Inequality, is_proved
    >>> from superposition_proofs.claims.pentagon.inequality import unchanged
    >>> from superposition_proofs.ledger import Context, Level
    >>> is_proved(Inequality(unchanged), Context(Level.quick, 0)).holds
    True
    """
    theorem = pentagon_theorem(inequality.change(polygon_constants(5)))
    return decided_anew(theorem, inequality.arithmetics)


def shifted(number: Enclosure, by: Fraction) -> Enclosure:
    """Return an enclosed number plus a rational one.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.inequality import shifted
    >>> shifted(Enclosure(1, 2), Fraction(1)).lower
    Fraction(2, 1)
    """
    return Enclosure(number.lower + by, number.upper + by)


def scaled(number: Enclosure, factor: Fraction) -> Enclosure:
    """Return an enclosed number times a positive rational one.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.inequality import scaled
    >>> scaled(Enclosure(1, 2), Fraction(2)).upper
    Fraction(4, 1)
    """
    return (_RING.number(number) * factor).enclosure()


def with_slope(constants: PolygonConstants, factor: Fraction) -> PolygonConstants:
    """Return constants with another slope, through the same point of the tangent.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.claims.pentagon.inequality import with_slope
    >>> with_slope(polygon_constants(5), Fraction(2)).slope.digits(4)
    '0.2177'
    """
    slope = scaled(constants.slope, factor)
    level = _RING.number(constants.loss) + corner() * _RING.number(slope)
    return replace(constants, slope=slope, level=level.enclosure())


def with_threshold(constants: PolygonConstants, by: Fraction) -> PolygonConstants:
    """Return the constants that follow from another t: a = P/Q, the loss, and the tangent.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.claims.pentagon.inequality import with_threshold
    >>> off = with_threshold(polygon_constants(5), Fraction(1, 100))
    >>> off.loss.lower > polygon_constants(5).loss.upper
    True
    """
    t, c = (_RING.number(x) for x in (shifted(constants.threshold, by), constants.cosine))
    linear = (1 - t) ** 2 * (2 + t) / 6
    square = (1 - t) ** 3 / 3 + 2 * (c - t) ** 3 / (3 * c)
    norm, loss = linear / square, Fraction(1, 3) - linear**2 / square
    # mu = 2 a sin(2 pi/5) dC/dg(a c, -a t)
    growth = norm * (c - t) ** 2 * (2 * c + t) / (3 * c**2)
    slope = 2 * norm * (1 - c**2).sqrt() * growth
    return PolygonConstants(
        constants.cosine,
        t.enclosure(),
        norm.enclosure(),
        (-norm * t).enclosure(),
        loss.enclosure(),
        slope.enclosure(),
        (loss + corner() * slope).enclosure(),
    )


def with_angle(constants: PolygonConstants, by: Fraction) -> PolygonConstants:
    """Return constants whose line passes through the pentagon's loss at 2 pi/5 + by.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.claims.pentagon.inequality import with_angle
    >>> with_angle(polygon_constants(5), Fraction(1)).level.digits(4)
    '0.2614'
    """
    slope = _RING.number(constants.slope)
    level = _RING.number(constants.loss) + (corner() + by) * slope
    return replace(constants, level=level.enclosure())


def with_change(field: str, by: Fraction) -> Change:
    """Return the change of one constant by a number.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.claims.pentagon.inequality import with_change
    >>> with_change("level", Fraction(1))(polygon_constants(5)).level.digits(4)
    '1.1526'
    """
    return lambda k: replace(k, **{field: shifted(getattr(k, field), by)})


_STEPS = ("two-variables-are-enough", "tangent-at-the-pentagon")
_MILLI, _SMALL, _PPM, _PPB = (Fraction(1, 10**k) for k in (3, 4, 6, 9))
_OFF: dict[str, Change] = {
    "K + 1e-9": with_change("level", _PPB),
    "K - 1e-9": with_change("level", -_PPB),
    "mu (1 + 1e-4)": partial(with_slope, factor=1 + _SMALL),
    "mu (1 - 1e-4)": partial(with_slope, factor=1 - _SMALL),
    "mu (1 + 1e-9)": partial(with_slope, factor=1 + _PPB),
    "t* + 1e-6": with_change("threshold", _PPM),
    "t* + 1e-9": with_change("threshold", _PPB),
    "t* + 1e-6, the rest with it": partial(with_threshold, by=_PPM),
    "F* + 1e-9": with_change("loss", _PPB),
    "F* - 1e-6": with_change("loss", -_PPM),
    "tangent at 2 pi/5 + 1e-3": partial(with_angle, by=_MILLI),
}


def _by_engine(
    name: str, arithmetics: tuple[Arithmetic, ...], level: Level, description: str
) -> Evidence[Inequality]:
    """Return the evidence of the branch and bound in some arithmetics."""
    return Evidence(
        name,
        Status.certified,
        is_proved,
        Inequality(unchanged, arithmetics),
        {miss: Inequality(change, arithmetics) for miss, change in _OFF.items()},
        _STEPS,
        level,
        description=description,
    )


TWO_VARIABLES = Claim(
    "two-variable-inequality",
    "The energy of one feature and two symmetric neighbours lies above its tangent in the angle",
    r"\Gamma(a, b, \theta) \ge 0, \text{ with equality at } (a^*, b^*, \tfrac{2\pi}5) "
    r"\text{ only}; \quad 5 F^* < \tfrac1{12}, \ K < \tfrac\pi2 \mu",
    (GAMMA, r"a \ge 0,\ b \in \mathbf R,\ 0 \le \theta \le \tfrac\pi2", *CONSTANTS),
    "ours",
    ClaimKind.theorem,
    (
        by_certificate(
            "pentagon",
            {
                "mu (1 + 1e-9)": constant_moved("mu", _PPB),
                "K (1 - 1e-9)": constant_moved("K", -_PPB),
                "t* (1 + 1e-9)": constant_moved("t", _PPB),
                "a leaf is missing": leaf_dropped("outside"),
                "a larger neighbourhood": left_out_widened("outside"),
            },
            *_STEPS,
        ),
        _by_engine(
            "branch and bound",
            (FLOATS,),
            Level.quick,
            "Branch and bound in outward-rounded floats; the tangent to 40 decimals.",
        ),
        _by_engine(
            "branch and bound in integers and balls",
            (Fixed(128), Balls(128)),
            Level.full,
            "The same in exact integers over 2^128 and in Arb balls.",
        ),
    ),
)

CLAIMS = (TWO_VARIABLES,)
