"""Real constants between rational bounds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
from superposition_theory.errors import InputError


@dataclass(frozen=True)
class Enclosure:
    """A real number, known to lie between two rational bounds; + - * / and ** are exact.

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
    >>> Enclosure(-1, 2) ** 2 - 1
    Enclosure(lower=Fraction(-1, 1), upper=Fraction(3, 1))
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
        middle, radius = _fraction(ball.mid()), _fraction(ball.rad())
        return cls(middle - radius, middle + radius)

    def __neg__(self) -> Enclosure:
        return Enclosure(-self.upper, -self.lower)

    def __add__(self, other: Enclosure | Fraction | int) -> Enclosure:
        right = _enclosed(other)
        if right is None:
            return NotImplemented
        return Enclosure(self.lower + right.lower, self.upper + right.upper)

    __radd__ = __add__

    def __sub__(self, other: Enclosure | Fraction | int) -> Enclosure:
        right = _enclosed(other)
        return NotImplemented if right is None else self + -right

    def __rsub__(self, other: Fraction | int) -> Enclosure:
        return -self + other

    def __mul__(self, other: Enclosure | Fraction | int) -> Enclosure:
        right = _enclosed(other)
        if right is None:
            return NotImplemented
        products = [a * b for a in (self.lower, self.upper) for b in (right.lower, right.upper)]
        return Enclosure(min(products), max(products))

    __rmul__ = __mul__

    def __truediv__(self, other: Enclosure | Fraction | int) -> Enclosure:
        right = _enclosed(other)
        return NotImplemented if right is None else self * right.inverse()

    def __rtruediv__(self, other: Fraction | int) -> Enclosure:
        return self.inverse() * other

    def __pow__(self, exponent: int) -> Enclosure:
        checked_exponent(exponent)
        ends = (self.lower**exponent, self.upper**exponent)
        around = exponent % 2 == 0 and exponent > 0 and self.lower < 0 < self.upper
        return Enclosure(Fraction(0) if around else min(ends), max(ends))

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


def checked_constant(value: object) -> Enclosure | Fraction | int:
    """Return a constant of a formula.

    Raises
    ------
    InputError
        If it is no exact number, such as a float.
    """
    if isinstance(value, int | Fraction | Enclosure):
        return value
    raise InputError(
        f"operand must be an int, a Fraction, an Enclosure or a value of the same arithmetic, "
        f"got {value!r}"
    )


def checked_exponent(exponent: object) -> None:
    """Check the exponent of a power.

    Raises
    ------
    InputError
        If it is no integer from 0 on.
    """
    if not isinstance(exponent, int) or exponent < 0:
        raise InputError(f"exponent must be an integer and at least 0, got {exponent!r}")


def _enclosed(value: object) -> Enclosure | None:
    if isinstance(value, Enclosure):
        return value
    return (
        Enclosure(Fraction(value), Fraction(value)) if isinstance(value, int | Fraction) else None
    )


def _fraction(point: flint.arb) -> Fraction:
    mantissa, exponent = point.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _truncated(value: Fraction, count: int) -> str:
    scaled = abs(value.numerator) * 10**count // value.denominator
    whole, decimals = divmod(scaled, 10**count)
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole}.{decimals:0{count}d}" if count else f"{sign}{whole}"
