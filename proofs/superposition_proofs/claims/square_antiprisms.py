"""Three square antiprisms: tight, of least Coulomb energy, of equal edges."""

from __future__ import annotations

from functools import cache, partial

from flint import arb, ctx, fmpq
from superposition_theory.geometries.heights import (
    antiprism_cosine,
    coulomb_height_squared,
    equal_edge_height_squared,
    two_ring_levels,
)
from sympy import Rational, sqrt

from superposition_proofs.ledger import Claim, ClaimKind

from .algebra import Decided, Identity, Steps, has_decimals, replaced
from .cases import by_steps

_THIRD = Rational(1, 3)


def _separation_slope(height_squared: Rational, charge: int) -> arb:
    """Return the derivative of the energy sum_s k_s (2 - 2 c_s)^(-charge/2) in h^2, enclosed."""
    with ctx.workprec(256):
        h2 = arb(fmpq(height_squared.p, height_squared.q))
        slope = arb(0)
        for s in range(1, 5):
            angle = arb.cos_pi(arb(fmpq(s, 4)))
            cosine = (1 - h2) * angle + (-1) ** s * h2
            weight = 1 if s == 4 else 2
            slope += (
                weight * charge * ((-1) ** s - angle) * (2 - 2 * cosine) ** (-arb(charge) / 2 - 1)
            )
        return slope


@cache
def _coulomb_bounds() -> tuple[Rational, Rational]:
    """Return rational bounds of the height of least Coulomb energy, 1e-30 apart."""
    near = coulomb_height_squared().eval_rational(n=31)
    return near - Rational(1, 2 * 10**30), near + Rational(1, 2 * 10**30)


def _is_the_minimum(charge: int) -> bool:
    """Say whether the energy falls before the named height and rises after it.

    1 - c_s is linear in h^2, so that the energy is strictly convex: that is its only minimum.
    """
    low, high = _coulomb_bounds()
    return bool(_separation_slope(low, charge) < 0) and bool(_separation_slope(high, charge) > 0)


def _in_order() -> bool:
    """Say whether equal edges, Coulomb and tight are three heights, in this order."""
    low, high = _coulomb_bounds()
    return bool(equal_edge_height_squared(4) < low) and bool(high < _THIRD)


_SQUARES: Steps = (
    Decided("tight: the two levels are equal", lambda: len(set(two_ring_levels(4, _THIRD))) == 1),
    Identity(
        "Tammes: edges within and between the rings are equal",
        lambda: antiprism_cosine(4, 1, equal_edge_height_squared(4)),
        antiprism_cosine(4, 2, equal_edge_height_squared(4)),
    ),
    Identity("Tammes: height", lambda: equal_edge_height_squared(4), (2 * sqrt(2) - 1) / 7),
    Decided("Coulomb: the energy is least", partial(_is_the_minimum, 1)),
    Decided("Coulomb: decimals", lambda: has_decimals(_coulomb_bounds(), "0.314089")),
    Decided("three heights", _in_order),
)


SQUARE_ANTIPRISMS = Claim(
    "three-square-antiprisms",
    "The tight, the Coulomb and the Tammes square antiprism have three different heights",
    r"h^2 = \tfrac13 \text{ (tight)}; \quad h^2 = 0.314089\ldots \text{ (least Coulomb energy)}; "
    r"\quad h^2 = \tfrac{2 \sqrt2 - 1}{7} = 0.2612\ldots \text{ (equal edges)}",
    (
        (
            r"\text{8 unit vectors at heights } \pm h,\ 0 < h < 1, \text{ on two parallel squares, "
            r"one turned by } \pi/4"
        ),
    ),
    "Tammes: Schuette and van der Waerden 1951; Coulomb and comparison ours",
    ClaimKind.theorem,
    (
        by_steps(
            _SQUARES,
            {
                "the tight one has equal edges": replaced(
                    _SQUARES, "Tammes: height", stated=_THIRD
                ),
                "the energy of charge 3": replaced(
                    _SQUARES, "Coulomb: the energy is least", question=partial(_is_the_minimum, 3)
                ),
            },
            "antiprism-family",
            description="Radicals exactly; the derivative of the energy by rigorous balls.",
        ),
    ),
)

CLAIMS = (SQUARE_ANTIPRISMS,)
