"""How a learning rate changes over a run."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

from superposition_theory import InputError

from ...toy_model.arguments import integer

SHAPES = ("constant", "linear", "cosine")


@dataclass(frozen=True)
class Schedule:
    """The factor of the learning rate at a step.

    Attributes
    ----------
    shape : str
        ``constant``: 1; ``linear``: from 1 to 0 over the run; ``cosine``: from 1 to 0 along half a
        cosine.
    warmup : int
        Over so many first steps the factor is also multiplied by (step + 1) / (warmup + 1).

    Raises
    ------
    InputError
        Another shape, a negative warmup.

    Examples
    --------
    >>> from superposition_numerics.training import Schedule
    >>> [Schedule("cosine").factor(step, 4) for step in (0, 2)]
    [1.0, 0.5]
    """

    shape: str = "constant"
    warmup: int = 0

    def __post_init__(self) -> None:
        shape: object = self.shape
        if not isinstance(shape, str) or shape not in SHAPES:
            raise InputError(f"schedule is {self.shape!r}; accepted: one of {', '.join(SHAPES)}")
        object.__setattr__(self, "warmup", integer("warmup", self.warmup, least=0))

    def factor(self, step: int, steps: int) -> float:
        """Return the factor at a step, from 0, of a run of so many steps."""
        factor = 1.0
        if self.shape == "linear":
            factor = 1 - step / steps
        elif self.shape == "cosine":
            factor = round((1 + cos(pi * step / steps)) / 2, 15)
        return factor * min(1.0, (step + 1) / (self.warmup + 1))
