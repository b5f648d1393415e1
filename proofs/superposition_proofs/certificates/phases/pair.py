r"""Where an antipodal pair is better than dropping (n = 2, m = 1), by one point.

A weight that vanishes costs I v(p) or more, and weights of equal sign are no better than weights
of opposite sign, and as good only where they cost I v(p) or more (docs/phases.md). So one pair
(u, -v) with a loss below I v(p) proves that every global minimiser is antipodal. The loss is
linear in I, so that the pair proves it for every larger I too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from superposition_numerics.certify import Enclosure, Formula, Positive

from ..theorems import Condition, Theorem
from .dropped import Line, check_ranges, line_text
from .outputs import output_loss, silent_loss


@dataclass(frozen=True)
class Pair:
    """Weights (u, -v) and biases that depend linearly on the density.

    Attributes
    ----------
    u, v, b1, b2 : Line

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases import Pair
    >>> Pair.constant(1, 1, Fraction(1, 10), Fraction(1, 10)).b1(Fraction(1, 2))
    Fraction(1, 10)
    """

    u: Line
    v: Line
    b1: Line
    b2: Line

    @classmethod
    def constant(cls, *values: Fraction | int) -> Pair:
        """Return a pair that does not depend on the density."""
        return cls(*(Line(Fraction(value)) for value in values))

    @classmethod
    def between(
        cls,
        densities: tuple[Fraction, Fraction],
        first: Sequence[Fraction],
        last: Sequence[Fraction],
    ) -> Pair:
        """Return the pair through (u, v, b1, b2) at two densities."""
        return cls(*(Line.through(densities, ends) for ends in zip(first, last, strict=True)))


@dataclass(frozen=True)
class Saving:
    """I v(p) - L at a pair, as a function of (p,).

    Parameters
    ----------
    importance : Line
    pair : Pair
    """

    importance: Line
    pair: Pair

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (p,)."""
        (p,) = x
        u, v, b1, b2 = (line(p) for line in self.parts)
        saved = silent_loss(p) - output_loss(p, v**2, u * v, b2)
        return self.importance(p) * saved - output_loss(p, u**2, u * v, b1)

    @property
    def parts(self) -> tuple[Line, Line, Line, Line]:
        """The lines of u, v and the biases."""
        return self.pair.u, self.pair.v, self.pair.b1, self.pair.b2


STRONG = Pair.constant(Fraction(103, 100), Fraction(23, 25), Fraction(1, 125), Fraction(1, 20))


def antipodal_theorem(
    densities: tuple[Fraction, Fraction] = (Fraction(9, 32), Fraction(5, 16)),
    importance: Line | Fraction = Fraction(1, 2),
    pair: Pair = STRONG,
    *,
    name: str = "antipodal-phase",
) -> Theorem:
    """Return "this pair is better than dropping the second feature" as conditions and a question.

    For all densities between two numbers, and all importances of the second feature from a line
    up to 1.

    Parameters
    ----------
    densities : tuple of two Fraction
        Integers over powers of two, 0 < p_0 < p_1 < 1.
    importance : Line or Fraction
        Between 0 and 1.
    pair : Pair
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
    >>> from superposition_numerics.certify import FLOATS
    >>> from superposition_proofs.certificates import decide_theorem
    >>> from superposition_proofs.certificates.phases import antipodal_theorem
    >>> decide_theorem(antipodal_theorem(), FLOATS).answer
    'proved'
    """
    line = importance if isinstance(importance, Line) else Line(importance)
    check_ranges(densities, line)
    low, high = densities
    least = {name: min(side(low), side(high)) for name, side in (("u", pair.u), ("v", pair.v))}
    return Theorem(
        name,
        f"L < I v(p) at a pair of weights of opposite sign, for {low} <= p <= {high} and "
        f"{line_text(line)} <= I <= 1: every global minimiser is antipodal.",
        {},
        tuple(Condition(f"0 < {name}", Enclosure(x, x)) for name, x in least.items()),
        (Positive("saving", ("p",), (densities,), Formula(Saving(line, pair))),),
    )
