"""What the trainer asks of a method."""

from __future__ import annotations

from typing import Any, Protocol

from ...matrices import FloatArray
from ..models import Array
from ..objectives import Objective
from ..objectives.objective import State


class Motion(Protocol):
    """A method at work on the parameters of a run."""

    def advance(self, objective: Objective, first: int, last: int) -> FloatArray:
        """Carry out the steps first, ..., last - 1 in place; return the mean losses of the way.

        Where a plan cuts its run is part of the plan; for steps of an optimiser it makes no
        difference.
        """

    def state(self) -> State:
        """Return what a resumed run needs apart from the parameters.

        The first axis of the arrays is over instances.
        """

    def restore(self, state: State) -> None:
        """Go on from a state."""


class Method(Protocol):
    """A method of training and its settings."""

    @property
    def needs_exact(self) -> bool:
        """Whether the objective must be deterministic."""

    def start(self, flat: Array, steps: int) -> Motion:
        """Begin with parameters, shape (instances, size), that are moved in place."""

    def to_dict(self) -> dict[str, Any]:
        """Return the method as JSON data: its ``name`` and settings."""
