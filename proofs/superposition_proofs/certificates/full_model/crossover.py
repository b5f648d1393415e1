"""Where two pairs and a dropped feature reach the loss of the regular pentagon: n = 5, m = 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from superposition_numerics.certify import Balls, Enclosure, Formula, enclose_zero

from ..pentagon import polygon_constants
from .losses import FEATURES, PolygonLoss, output_loss

_BITS = 256
# p, squared norm and threshold of the pentagon, squared norm and bias of the pairs
_START = tuple(
    Fraction(x, 10**20)
    for x in (
        22487544936365838781,
        103292792073895834034,
        10749406659041089810,
        102114818754890114721,
        824814175194654979,
    )
)


@dataclass(frozen=True)
class LossGap:
    """The loss of a regular pentagon less that of two orthogonal antipodal pairs.

    The fifth feature is dropped with the bias p/2, the best one.

    Attributes
    ----------
    cosine : Enclosure
        cos(2 pi/5).
    """

    cosine: Enclosure

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (p, a, t, a', b'): b = -a t < 0 at the corners, b' > 0 in the pairs."""
        p, a, t, norm, bias = x
        return self.pentagon(p, a, t) - self.arrangement(p, norm, bias)

    def pentagon(self, p: Any, a: Any, t: Any) -> Any:
        """Return the loss of the pentagon."""
        total = p * 0
        for size in range(1, FEATURES + 1):
            weight = p**size * (1 - p) ** (FEATURES - size)
            total = total + FEATURES * weight * PolygonLoss(size, self.cosine)([a, t])
        return total

    def arrangement(self, p: Any, norm: Any, bias: Any) -> Any:
        """Return the loss of the pairs and the dropped feature."""
        q = 1 - p
        alone = output_loss(bias, [], norm) + output_loss(bias, [-norm], None)
        output = q**2 * bias**2 + p * q * alone + p**2 * output_loss(bias, [-norm], norm)
        dropped = p / 3 - p**2 / 4
        return 4 * output + dropped


@dataclass(frozen=True)
class Slope:
    """A partial derivative of a formula, as a function with a gradient.

    Attributes
    ----------
    formula : Formula
    variable : int
    """

    formula: Formula
    variable: int

    def value(self, x: Sequence[Any]) -> Any:
        """Return an enclosure of all values on a box."""
        return self.formula.gradient(x)[self.variable]

    def gradient(self, x: Sequence[Any]) -> list[Any]:
        """Return enclosures of the partial derivatives on a box."""
        rows = self.formula.hessian(x)
        k = self.variable
        return [rows[max(k, j)][min(k, j)] for j in range(len(rows))]


@dataclass(frozen=True)
class Crossover:
    """A density at which two arrangements, each stationary, have equal loss.

    Attributes
    ----------
    density : Enclosure
        p.
    pentagon : tuple of Enclosure
        Squared norm and threshold t = -b/a.
    pair : tuple of Enclosure
        Squared norm and bias.
    loss : Enclosure
    gain : Enclosure
        d/dp of the loss of the pentagon less that of the pairs: where it is positive the pairs win
        beyond.
    """

    density: Enclosure
    pentagon: tuple[Enclosure, Enclosure]
    pair: tuple[Enclosure, Enclosure]
    loss: Enclosure
    gain: Enclosure


@cache
def pentagon_pairs_crossover(*, digits: int = 40) -> Crossover:
    """Enclose the density at which the regular pentagon and two antipodal pairs have equal loss.

    The pairs are orthogonal, and the fifth feature is dropped with its best bias p/2. Krawczyk's
    test proves one zero of the system: both are stationary, and the losses are equal.

    Parameters
    ----------
    digits : int
        From 5 to 40.

    Returns
    -------
    Crossover

    Raises
    ------
    InputError
        If no zero is proved.
    """
    gap = LossGap(polygon_constants(FEATURES).cosine)
    formula = Formula(gap)
    corner = Formula(lambda x: gap.pentagon(*x[:3]))
    pair = Formula(lambda x: gap.arrangement(x[0], *x[3:]))
    equations: list[Formula | Slope] = [
        formula,
        Slope(corner, 1),
        Slope(corner, 2),
        Slope(pair, 3),
        Slope(pair, 4),
    ]
    zero = enclose_zero(equations, _START, digits=digits)
    ring = Balls(_BITS)
    with ring.working():
        x = [ring.number(side) for side in zero]
        loss, gain = gap.arrangement(x[0], *x[3:]), formula.gradient(x)[0]
        return Crossover(
            zero[0], (zero[1], zero[2]), (zero[3], zero[4]), loss.enclosure(), gain.enclosure()
        )
