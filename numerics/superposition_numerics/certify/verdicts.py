"""The three answers of a branch and bound, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .trees import Box


@dataclass(frozen=True)
class Proved:
    """The statement holds at every point.

    Attributes
    ----------
    tree : str
        The halvings and the rules that closed the leaves; see `leaves`.
    boxes : int
        Boxes looked at.
    seconds : float

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> parabola = Formula(lambda x: x[0] ** 2 - x[0] + Fraction(3, 10))
    >>> verdict = decide(Positive("parabola", ("x",), (side,), parabola), FLOATS)
    >>> verdict.tree, verdict.rules
    ('00nc0cc', {'c': 3, 'n': 1})
    """

    tree: str
    boxes: int
    seconds: float

    @property
    def answer(self) -> str:
        """The word "proved"."""
        return "proved"

    @property
    def rules(self) -> Mapping[str, int]:
        """How many leaves each rule closed, by its letter."""
        codes = sorted(set(self.tree) - set("0123456789"))
        return {code: self.tree.count(code) for code in codes}


@dataclass(frozen=True)
class Refuted:
    """The statement fails at a point.

    Attributes
    ----------
    point : dict from variable to Fraction
    boxes : int
        Boxes looked at.
    seconds : float

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> parabola = Formula(lambda x: x[0] ** 2 - x[0] + Fraction(2, 10))
    >>> decide(Positive("parabola", ("x",), (side,), parabola), FLOATS).point
    {'x': Fraction(1, 2)}
    """

    point: Mapping[str, Fraction]
    boxes: int
    seconds: float

    @property
    def answer(self) -> str:
        """The word "refuted"."""
        return "refuted"


@dataclass(frozen=True)
class Undecided:
    """The statement holds outside the boxes that are left open.

    Attributes
    ----------
    left : tuple of boxes
        The first thousand of them.
    reason : str
    boxes : int
        Boxes looked at.
    seconds : float
    open_boxes : int
        How many are open.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, decide
    >>> side = (Fraction(0), Fraction(4))
    >>> touching = Positive("touching", ("x",), (side,), Formula(lambda x: (x[0] ** 2 - 2) ** 2))
    >>> verdict = decide(touching, FLOATS)
    >>> verdict.answer, verdict.reason
    ('undecided', '1 boxes are as small as floats allow')
    >>> abs(float(verdict.left[0][0][0]) - 2**0.5) < 1e-14
    True
    """

    left: tuple[Box, ...]
    reason: str
    boxes: int
    seconds: float
    open_boxes: int

    @property
    def answer(self) -> str:
        """The word "undecided"."""
        return "undecided"


Verdict = Proved | Refuted | Undecided
