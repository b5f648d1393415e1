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
    seconds : float
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
    """The statement holds outside the boxes that are left.

    Attributes
    ----------
    left : tuple of boxes
    reason : str
    boxes : int
    seconds : float
    """

    left: tuple[Box, ...]
    reason: str
    boxes: int
    seconds: float

    @property
    def answer(self) -> str:
        """The word "undecided"."""
        return "undecided"


Verdict = Proved | Refuted | Undecided
