"""L-BFGS for a batch of models, each with a line search of its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from ...line_searches import LineSearches, Rows
from ...matrices import FloatArray
from ...toy_model.arguments import integer
from ..models import Array
from ..objectives import Objective
from ..objectives.objective import State
from .ranges import positive
from .rows import losses_at


@dataclass(frozen=True)
class Lbfgs:
    """Limited-memory BFGS with a line search by the weak Wolfe conditions, for exact objectives.

    A step of the run is one evaluation of loss and gradient, one trial of a line search, of each
    instance; the first step also evaluates the silent model, whose parameters are all 0. An
    instance stays where it is once it is done, or when its line search fails; in both cases, and
    also when the steps run out before, the run calls it ``completed``: whether it is stationary its
    gradient tells. It works in float64; in a plan of float32 what is recorded is rounded to that.

    Attributes
    ----------
    memory : int
        How many moves are remembered, at least 1.
    tolerance : float
        An instance is done when no entry of its gradient exceeds this times the loss of the silent
        model. Positive.

    Raises
    ------
    InputError
        Numbers outside these ranges.

    References
    ----------
    Liu and Nocedal 1989, "On the limited memory BFGS method for large scale optimization".

    Examples
    --------
    >>> from superposition_numerics.training import Lbfgs
    >>> Lbfgs(memory=5).to_dict()
    {'name': 'lbfgs', 'memory': 5, 'tolerance': 1e-11}
    """

    needs_exact: ClassVar[bool] = True

    memory: int = 10
    tolerance: float = 1e-11

    def __post_init__(self) -> None:
        object.__setattr__(self, "memory", integer("memory", self.memory, least=1))
        object.__setattr__(self, "tolerance", positive("tolerance", self.tolerance))

    def start(self, flat: Array, steps: int) -> _LbfgsMotion:  # noqa: ARG002
        """Begin with parameters that are moved in place."""
        return _LbfgsMotion(self, flat)

    def to_dict(self) -> dict[str, Any]:
        """Return the method as JSON data."""
        return {"name": "lbfgs", **asdict(self)}


class _LimitedMemory(LineSearches):
    """Directions from the last moves and the changes of the gradient along them."""

    def __init__(
        self, x: FloatArray, loss: FloatArray, gradient: FloatArray, *, memory: int
    ) -> None:
        super().__init__(x, loss, gradient)
        count, size = x.shape
        self.moves = np.zeros((count, memory, size))
        self.changes = np.zeros((count, memory, size))
        self.inverses = np.zeros((count, memory))  # of their products; 0: nothing there
        self.scales = np.ones(count)  # of the inverse Hessian before all moves
        self.learned = np.zeros(count, dtype=np.intp)

    def direction_at(self, which: Rows) -> FloatArray:
        """Return minus the approximate inverse Hessian times the gradient."""
        memory = self.inverses.shape[1]
        goal = self.gradient[which]
        learned = self.learned[which]
        passed = []
        for back in range(1, 1 + min(memory, learned.max(initial=0))):  # the newest first
            at = which, (learned - back) % memory
            factor = self.inverses[at] * (self.moves[at] * goal).sum(axis=1)
            goal -= factor[:, None] * self.changes[at]
            passed.append((at, factor))
        goal *= self.scales[which, None]
        for at, factor in reversed(passed):
            lacking = factor - self.inverses[at] * (self.changes[at] * goal).sum(axis=1)
            goal += lacking[:, None] * self.moves[at]
        return -goal

    def learn(self, which: Rows, moved: FloatArray, change: FloatArray) -> None:
        """Remember moves."""
        along = (moved * change).sum(axis=1)
        at = which, self.learned[which] % self.inverses.shape[1]
        self.moves[at], self.changes[at], self.inverses[at] = moved, change, 1 / along
        self.scales[which] = along / (change**2).sum(axis=1)
        self.learned[which] += 1

    def forget(self, which: Rows) -> None:
        """Forget all moves."""
        self.inverses[which], self.learned[which], self.scales[which] = 0, 0, 1


class _LbfgsMotion:
    def __init__(self, method: Lbfgs, flat: Array) -> None:
        self.method, self.flat = method, flat
        self.x = flat.astype(np.float64)
        count = len(flat)
        self.losses = np.zeros(count)
        self.silent = np.zeros(count)  # losses of the silent model; 0 before the first step
        self.search = self._begin()

    def advance(self, objective: Objective, first: int, last: int) -> FloatArray:
        """Make evaluations; return the mean of the losses reached."""
        total = np.zeros(len(self.flat))
        for _ in range(first, last):
            if self.search.rows.size:
                self._step(objective)
            total += self.losses
        self.flat[...] = self.x
        return total / max(last - first, 1)

    def state(self) -> State:
        """Return x and the line searches, with rows of zeros for the instances that are done."""
        rows, count = self.search.rows, len(self.flat)
        state: State = {"x": self.x, "losses": self.losses, "silent": self.silent}
        state["active"] = np.zeros(count, dtype=bool)
        state["active"][rows] = True
        for name, values in self._arrays(self.search).items():
            state[f"search.{name}"] = np.zeros((count, *values.shape[1:]), values.dtype)
            state[f"search.{name}"][rows] = values
        return state

    def restore(self, state: State) -> None:
        """Go on from a state."""
        self.x[...], self.losses[...] = state["x"], state["losses"]
        self.silent[...] = state["silent"]
        self.search = self._begin()
        for name, values in self._arrays(self.search).items():
            values[...] = state[f"search.{name}"]
        self.search.keep(state["active"].astype(bool))

    def _begin(self) -> _LimitedMemory:
        """Return line searches that know nothing."""
        return _LimitedMemory(
            self.x.copy(),
            np.zeros(len(self.x)),
            np.zeros_like(self.x),
            memory=self.method.memory,
        )

    @staticmethod
    def _arrays(search: _LimitedMemory) -> dict[str, Any]:
        """Return the arrays of the line searches apart from the numbers of their rows."""
        return {name: values for name, values in vars(search).items() if name != "rows"}

    def _step(self, objective: Objective) -> None:
        """Evaluate the starts, or make a trial step."""
        search = self.search
        if not self.silent.all():
            silent = objective(np.zeros_like(self.x), np.zeros_like(self.x))
            self.silent[...] = np.where(silent > 0, silent, 1)
            loss, gradient = losses_at(objective, len(self.x), search.rows, search.x)
            search.loss, search.gradient = loss / self.silent, gradient / self.silent[:, None]
            search.aim(np.arange(len(loss)))
        else:
            trial, scale = search.trial(), self.silent[search.rows]
            loss, gradient = losses_at(objective, len(self.x), search.rows, trial)
            search.step(trial, loss / scale, gradient / scale[:, None])
            self.x[search.rows] = search.x
        self.losses[search.rows] = search.loss * self.silent[search.rows]
        done = np.abs(search.gradient).max(axis=1) <= self.method.tolerance
        search.keep(~(done | search.stuck))
