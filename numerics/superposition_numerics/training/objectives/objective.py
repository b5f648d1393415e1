"""What a method of training asks of a source of gradients."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...matrices import FloatArray
from ..models import Array

State = dict[str, npt.NDArray[np.generic]]


class Objective(Protocol):
    """A loss of all instances of a problem with its gradient; it may draw fresh samples.

    An instance's numbers depend on its own parameters and stream alone, to the last bit.

    Attributes
    ----------
    deterministic : bool
        Whether two calls with the same parameters give the same; then it is an `ExactObjective`.
    """

    deterministic: bool

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Return the losses, shape (instances,), and write the gradient."""

    def state(self) -> State:
        """Return what a resumed run needs, in arrays whose first axis is over instances."""

    def restore(self, state: State) -> None:
        """Go on from a state."""
