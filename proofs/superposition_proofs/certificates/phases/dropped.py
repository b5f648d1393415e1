r"""Where dropping the less important of two features is globally optimal (n = 2, m = 1).

Weights (u, -v) have a = u^2 and a' = v^2, s = u v; importances (1, I), I <= 1. With m the least
loss of an output over its bias, dropping is optimal when, for all a, s > 0 and a' = s^2/a,

    m(p, a, s) + I (m(p, a', s) - v(p)) >= 0.

The reduction to this (equal signs are never better, and a vanishing weight costs I v or more) and
to the ranges below is in docs/phases.md. If the inequality fails somewhere, it fails where m(p,
a, s) <= I v/(1 + I): otherwise exchange the features. As m(p, a, s) rises with s and m(p, a, 0) =
v (1 - a)^2 for a <= 1, (p/3) ((a - 1)/(a + 1))^2 for a > 1, there

    a_low < a < a_high,    s < ceiling,    |a - 1| < M s.

For s <= near the other output saves nothing unless its bias is s or more; then it is never
clipped and has a loss of at least v ((1 - a')^2 + s^2). With a = 1 + alpha s the difference over
s^2 is continuous up to s = 0, where the loss is not twice differentiable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import Any

from superposition_numerics.certify import Centred, Enclosure, Formula, Positive
from superposition_theory.errors import InputError

from ..theorems import Condition, Theorem
from .outputs import HALF, THIRD, least_slopes, least_value, silent_loss

CEILING = Fraction(3, 2)
_BITS = 10  # of the ranges' ends
_SLACK = Fraction(1, 2**_BITS)


@dataclass(frozen=True)
class Line:
    """A number that depends on the density: level + slope p.

    Attributes
    ----------
    level, slope : Fraction

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases import Line
    >>> Line(Fraction(1, 4), Fraction(1, 2))(Fraction(1, 2))
    Fraction(1, 2)
    """

    level: Fraction
    slope: Fraction = Fraction(0)

    def __call__(self, p: Any) -> Any:
        """Return the number at a density."""
        return p * self.slope + self.level

    @classmethod
    def through(cls, densities: tuple[Fraction, Fraction], ends: tuple[Fraction, Fraction]) -> Line:
        """Return the line with given numbers at two densities."""
        slope = (ends[1] - ends[0]) / (densities[1] - densities[0])
        return cls(ends[0] - slope * densities[0], slope)


@dataclass(frozen=True)
class Near:
    """The difference over s^2 where the other output is never clipped.

    Parameters
    ----------
    importance : Line
    """

    importance: Line

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (p, s, alpha, tau); the first bias is c* + tau s."""
        p, s, alpha, tau = x
        a = 1 + alpha * s
        lone = p / 2 * (-alpha).positive_part() - alpha.positive_part() * a / (a + 1)
        gain = silent_loss(p) * (2 / a - 1 - (s / a) ** 2)
        return _scaled_loss(p, s, alpha, lone + tau) - self.importance(p) * gain


def _scaled_loss(p: Any, s: Any, alpha: Any, beta: Any) -> Any:
    """Return l/s^2 at a = 1 + alpha s, b = beta s, exactly if a + b >= s, and else less than it.

    The error over s is min(x/s, y - beta - alpha x), by which the integrals over x are elementary.
    """
    a = 1 + alpha * s
    clipped = s * (1 + a) / (3 * a**2)
    middle = alpha / 2 + beta
    x_alone = middle**2 + alpha**2 / 12 - clipped * (-beta).positive_part(3)
    y_alone = (beta.positive_part(3) - (beta - 1).positive_part(3)) / 3
    both = (HALF - middle) ** 2 + (1 + alpha**2) / 12
    lost = clipped * ((1 - beta).positive_part(4) - (-beta).positive_part(4)) / 4
    return (
        (1 - p) ** 2 * beta.positive_part(2)
        + p * (1 - p) * (x_alone + y_alone)
        + p**2 * (both - lost)
    )


@dataclass(frozen=True)
class Beyond:
    """m(p, a, s) + I (m(p, s^2/a, s) - v(p)) as a function of (p, s, a).

    Parameters
    ----------
    importance : Line
    """

    importance: Line

    def value(self, x: Sequence[Any]) -> Any:
        """Return an enclosure of all values on a box."""
        p, s, a = x
        saved = silent_loss(p) - least_value(p, s**2 / a, s)
        return least_value(p, a, s) - self.importance(p) * saved

    def gradient(self, x: Sequence[Any]) -> list[Any]:
        """Return enclosures of the partial derivatives on a box."""
        p, s, a = x
        ratio = s / a
        importance = self.importance(p)
        own_p, own_a, own_s = least_slopes(p, a, s)
        other_p, other_a, other_s = least_slopes(p, s**2 / a, s)
        in_p = own_p + importance * (other_p - THIRD + p / 2)
        if self.importance.slope:
            saved = silent_loss(p) - least_value(p, s**2 / a, s)
            in_p = in_p - self.importance.slope * saved
        return [
            in_p,
            own_s + importance * (other_s + 2 * ratio * other_a),
            own_a - importance * other_a * ratio**2,
        ]


@dataclass(frozen=True)
class Ceiling:
    """(1 + I) m(p, a, ceiling) - I v(p) as a function of (p, a).

    Parameters
    ----------
    importance : Line
    height : Fraction
        The value of s.
    """

    importance: Line
    height: Fraction = CEILING

    def value(self, x: Sequence[Any]) -> Any:
        """Return an enclosure of all values on a box."""
        p, a = x
        importance = self.importance(p)
        least = least_value(p, a, p * 0 + self.height)
        return (1 + importance) * least - importance * silent_loss(p)

    def gradient(self, x: Sequence[Any]) -> list[Any]:
        """Return enclosures of the partial derivatives on a box."""
        p, a = x
        importance, s = self.importance(p), p * 0 + self.height
        in_p, in_a, _ = least_slopes(p, a, s)
        in_p = (1 + importance) * in_p - importance * (THIRD - p / 2)
        if self.importance.slope:
            in_p = in_p + self.importance.slope * (least_value(p, a, s) - silent_loss(p))
        return [in_p, (1 + importance) * in_a]


@dataclass(frozen=True)
class Ranges:
    """Outside which the inequality holds by hand, for importances up to `most` on the densities.

    Attributes
    ----------
    densities : tuple of (Fraction, Fraction)
    most : Fraction
    low, high : Fraction
        Of a.
    steep : Fraction
        M.
    near : Fraction
        Up to which s is small.
    """

    densities: tuple[Fraction, Fraction]
    most: Fraction
    low: Fraction
    high: Fraction
    steep: Fraction
    near: Fraction

    @classmethod
    def chosen(cls, densities: tuple[Fraction, Fraction], most: Fraction) -> Ranges:
        """Choose ranges by floats; their conditions say whether they will do."""
        p, above, i = float(densities[0]), float(densities[1]), float(most)
        share = i / (1 + i)
        low = _below(1 - sqrt(share))
        root = sqrt(share * (1 - 0.75 * p))
        high = _above((1 + root) / (1 - root))
        wide = float((high + 1) ** 2 / high)
        steep = sqrt(2 * i * max(1 / float(low), (1 - 0.75 * p) * wide))
        # the positive root of (p/2 - s - p s^2/(2 low)) = s sqrt(2 v/low)
        curve, line = above / (2 * float(low)), 1 + sqrt(2 * (above / 3 - p**2 / 4) / float(low))
        near = (sqrt(line**2 + 2 * curve * p) - line) / (2 * curve)
        return cls(densities, most, low, high, _above(steep), _below(near))

    def conditions(self) -> dict[str, Fraction]:
        """Return the numbers that must be positive, by the inequalities they stand for."""
        p, above = self.densities
        share = self.most / (1 + self.most)
        left = p / 2 - self.near - above * self.near**2 / (2 * self.low)
        saved = 2 * self.near**2 / self.low * (above / 3 - p**2 / 4)
        scarce = 1 - 3 * p / 4
        return {
            "0 < p": p,
            "p < 1": 1 - above,
            "0 < I": self.most,
            "I < 1": 1 - self.most,
            "I/(1 + I) < (1 - a_low)^2": (1 - self.low) ** 2 - share,
            "0 < a_low": self.low,
            "a_low < 1": 1 - self.low,
            "(1 - 3 p/4) I/(1 + I) < ((a_high - 1)/(a_high + 1))^2": (
                ((self.high - 1) / (self.high + 1)) ** 2 - share * scarce
            ),
            "1 < a_high": self.high - 1,
            "0 < M": self.steep,
            "2 I/a_low < M^2": self.steep**2 - 2 * self.most / self.low,
            "2 I (1 - 3 p/4)(a_high + 1)^2/a_high < M^2": (
                self.steep**2 - 2 * self.most * scarce * (self.high + 1) ** 2 / self.high
            ),
            "0 < near": self.near,
            "0 < p/2 - s - p s^2/(2 a_low) at s = near": left,
            "2 v s^2/a_low < (p/2 - s - p s^2/(2 a_low))^2 at s = near": left**2 - saved,
        }


def dropped_theorem(
    densities: tuple[Fraction, Fraction] = (Fraction(25, 256), Fraction(13, 128)),
    importance: Line | Fraction = Fraction(1, 100),
    *,
    name: str = "dropped-phase",
) -> Theorem:
    """Return "dropping the second feature is globally optimal" as conditions and questions.

    For all densities between two numbers, and all importances of the second feature up to a line.

    Parameters
    ----------
    densities : tuple of two Fraction
        Integers over powers of two, 0 < p_0 < p_1 < 1.
    importance : Line or Fraction
        Between 0 and 1.
    name : str

    Returns
    -------
    Theorem

    Raises
    ------
    InputError
        Other densities or importances.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases import dropped_theorem
    >>> theorem = dropped_theorem((Fraction(1, 2), Fraction(33, 64)), Fraction(1, 4))
    >>> [question.name for question in theorem.questions]
    ['near', 'ceiling', 'beyond']
    """
    line = importance if isinstance(importance, Line) else Line(importance)
    check_ranges(densities, line)
    low, high = densities
    ranges = Ranges.chosen(densities, max(line(low), line(high)))
    unit, norms = (Fraction(0), Fraction(1)), (ranges.low, ranges.high)
    rules = (Centred(),)
    return Theorem(
        name,
        f"L >= I v(p) for all weights and biases of two features in one dimension, for "
        f"{low} <= p <= {high} and 0 < I <= {line_text(line)}: "
        "dropping the second feature is optimal.",
        {},
        tuple(
            Condition(text, Enclosure(value, value)) for text, value in ranges.conditions().items()
        ),
        (
            Positive(
                "near",
                ("p", "s", "alpha", "tau"),
                (densities, (Fraction(0), ranges.near), (-ranges.steep, ranges.steep), unit),
                Formula(Near(line)),
            ),
            Positive("ceiling", ("p", "a"), (densities, norms), Ceiling(line), rules=rules),
            Positive(
                "beyond",
                ("p", "s", "a"),
                (densities, (ranges.near, CEILING), norms),
                Beyond(line),
                rules=rules,
            ),
        ),
    )


def check_ranges(densities: tuple[Fraction, Fraction], line: Line) -> None:
    """Refuse densities that are no interval in (0, 1), and importances outside (0, 1]."""
    low, high = densities
    if not 0 < low < high < 1:
        raise InputError(f"densities are {low} and {high}; accepted: 0 < lower < upper < 1")
    ends = sorted((line(low), line(high)))
    if not 0 < ends[0] <= ends[1] <= 1:
        raise InputError(f"importance is from {ends[0]} to {ends[1]}; accepted: in (0, 1]")


def line_text(line: Line) -> str:
    """Return a line as a formula in p."""
    return f"{line.level} + {line.slope} p" if line.slope else str(line.level)


def _below(x: float) -> Fraction:
    return Fraction(floor(x * 2**_BITS), 2**_BITS) - _SLACK


def _above(x: float) -> Fraction:
    return Fraction(ceil(x * 2**_BITS), 2**_BITS) + _SLACK
