"""Real constants between rational bounds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
from superposition_theory.errors import InputError


@dataclass(frozen=True)
class Enclosure:
    """A real number, known to lie between two rational bounds.

    Parameters
    ----------
    lower, upper : Fraction

    Raises
    ------
    InputError
        If the bounds are not rational or not in order.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Enclosure
    >>> Enclosure(Fraction(1, 3), Fraction(1, 2)).width
    Fraction(1, 6)
    """

    lower: Fraction
    upper: Fraction

    def __post_init__(self) -> None:
        """Check the bounds."""
        for name in ("lower", "upper"):
            bound = getattr(self, name)
            if not isinstance(bound, int | Fraction):
                raise InputError(f"Enclosure.{name} must be a Fraction or an int, got {bound!r}")
            object.__setattr__(self, name, Fraction(bound))
        if self.lower > self.upper:
            raise InputError(
                f"Enclosure.lower must not exceed Enclosure.upper, got {self.lower} and "
                f"{self.upper}"
            )

    @classmethod
    def of_ball(cls, ball: flint.arb) -> Enclosure:
        """Return the bounds of a finite Arb ball, exactly.

        Raises
        ------
        InputError
            If the ball is not finite.

        Examples
        --------
        >>> import flint
        >>> from superposition_numerics.certify import Enclosure
        >>> Enclosure.of_ball(flint.arb(3) / 4).lower
        Fraction(3, 4)
        """
        if not ball.is_finite():
            raise InputError(f"ball must be finite, got {ball}")
        return cls(_fraction(ball.lower()), _fraction(ball.upper()))

    def __neg__(self) -> Enclosure:
        return Enclosure(-self.upper, -self.lower)

    def inverse(self) -> Enclosure:
        """Return bounds of the reciprocal.

        Raises
        ------
        InputError
            If the number may be 0.
        """
        if self.lower <= 0 <= self.upper:
            raise InputError(f"the number between {self.lower} and {self.upper} may be 0")
        return Enclosure(1 / self.upper, 1 / self.lower)

    @property
    def width(self) -> Fraction:
        """Upper minus lower bound."""
        return self.upper - self.lower

    @property
    def middle(self) -> Fraction:
        """The mean of the bounds."""
        return (self.lower + self.upper) / 2

    def contains(self, other: Enclosure | Fraction | int) -> bool:
        """Say whether a number, or all of another enclosure, lies between the bounds."""
        inner = (
            other if isinstance(other, Enclosure) else Enclosure(Fraction(other), Fraction(other))
        )
        return self.lower <= inner.lower and inner.upper <= self.upper

    def digits(self, count: int) -> str:
        """Return that many decimals, truncated towards zero, all of them certain.

        Raises
        ------
        InputError
            If the bounds differ in one of them.

        Examples
        --------
        >>> from fractions import Fraction
        >>> from superposition_numerics.certify import Enclosure
        >>> Enclosure(Fraction(-1, 3), Fraction(-33333, 100000)).digits(4)
        '-0.3333'
        """
        texts = {_truncated(bound, count) for bound in (self.lower, self.upper)}
        if len(texts) != 1:
            raise InputError(
                f"count is {count}, but the bounds {self.lower} and {self.upper} do not agree in "
                "so many decimals"
            )
        return texts.pop()


def _fraction(ball: flint.arb) -> Fraction:
    mantissa, exponent = ball.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _truncated(value: Fraction, count: int) -> str:
    scaled = abs(value.numerator) * 10**count // value.denominator
    whole, decimals = divmod(scaled, 10**count)
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole}.{decimals:0{count}d}" if count else f"{sign}{whole}"
