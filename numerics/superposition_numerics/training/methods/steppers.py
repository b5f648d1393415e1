"""Stochastic gradient descent and Adam."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import numpy as np
from superposition_theory import InputError

from ...matrices import FloatArray
from ...toy_model.arguments import check_type, number
from ..models import Array
from ..objectives import Objective
from ..objectives.objective import State
from .ranges import positive
from .schedules import Schedule


@dataclass(frozen=True)
class Sgd:
    """Gradient descent: v <- momentum v + g + weight_decay theta, theta <- theta - rate v.

    Attributes
    ----------
    rate : float
        Learning rate, positive.
    momentum : float
        In [0, 1); 0 for plain gradient descent.
    weight_decay : float
        At least 0.
    schedule : Schedule

    Raises
    ------
    InputError
        Numbers outside these ranges.

    Examples
    --------
    >>> from superposition_numerics.training import Sgd
    >>> Sgd(0.1, momentum=0.9).to_dict()["momentum"]
    0.9
    """

    needs_exact: ClassVar[bool] = False

    rate: float = 0.1
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Schedule = field(default_factory=Schedule)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", positive("rate", self.rate))
        object.__setattr__(self, "momentum", _fraction("momentum", self.momentum))
        object.__setattr__(self, "weight_decay", number("weight_decay", self.weight_decay, least=0))
        check_type("schedule", self.schedule, Schedule)

    def start(self, flat: Array, steps: int) -> _SgdMotion:
        """Begin with parameters that are moved in place."""
        return _SgdMotion(self, flat, steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the method as JSON data."""
        return {"name": "sgd", **asdict(self)}


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma and Ba 2015); weight decay is added to the gradient.

    Attributes
    ----------
    rate : float
        Learning rate, positive.
    betas : (float, float)
        Decay of the moments, in [0, 1).
    epsilon : float
        At least 0. The loss is a sum over features; for a mean over n features it is n times the
        epsilon of that loss. Where the second moment and it are 0, the parameter stays.
    weight_decay : float
        At least 0.
    schedule : Schedule

    Raises
    ------
    InputError
        Numbers outside these ranges.

    Examples
    --------
    >>> from superposition_numerics.training import Adam
    >>> Adam().rate
    0.001
    """

    needs_exact: ClassVar[bool] = False
    name: ClassVar[str] = "adam"
    decoupled: ClassVar[bool] = False

    rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    schedule: Schedule = field(default_factory=Schedule)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", positive("rate", self.rate))
        given: object = self.betas
        if isinstance(given, np.ndarray):
            given = given.tolist()
        if not isinstance(given, Sequence) or len(given) != 2:
            raise InputError(f"betas is {given!r}; accepted: two numbers in [0, 1)")
        object.__setattr__(self, "betas", tuple(_fraction("betas", beta) for beta in given))
        for name in ("epsilon", "weight_decay"):
            object.__setattr__(self, name, number(name, getattr(self, name), least=0))
        check_type("schedule", self.schedule, Schedule)

    def start(self, flat: Array, steps: int) -> _AdamMotion:
        """Begin with parameters that are moved in place."""
        return _AdamMotion(self, flat, steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the method as JSON data."""
        return {"name": self.name, **asdict(self), "betas": list(self.betas)}


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    Before each step all parameters, the biases too, shrink by the factor 1 - rate weight_decay.

    Attributes
    ----------
    rate, betas, epsilon, schedule
        As for `Adam`.
    weight_decay : float
        1e-2 where nothing is said, as in torch.

    Raises
    ------
    InputError
        As for `Adam`.

    Examples
    --------
    >>> from superposition_numerics.training import AdamW
    >>> AdamW(1e-2).weight_decay
    0.01
    """

    name: ClassVar[str] = "adamw"
    decoupled: ClassVar[bool] = True

    weight_decay: float = 1e-2


class _Motion(ABC):
    """Steps with one gradient each."""

    def __init__(self, flat: Array, steps: int) -> None:
        self.flat, self.steps = flat, steps
        self.gradient = np.zeros_like(flat)

    def advance(self, objective: Objective, first: int, last: int) -> FloatArray:
        """Carry out steps in place; return the mean losses."""
        total = np.zeros(len(self.flat))
        for step in range(first, last):
            total += objective(self.flat, self.gradient)
            self.move(step)
        return total / max(last - first, 1)

    @abstractmethod
    def move(self, step: int) -> None:
        """Move the parameters along the gradient."""


class _SgdMotion(_Motion):
    def __init__(self, method: Sgd, flat: Array, steps: int) -> None:
        super().__init__(flat, steps)
        self.method = method
        self.velocity = np.zeros_like(flat)

    def move(self, step: int) -> None:
        method = self.method
        if method.weight_decay:
            self.gradient += method.weight_decay * self.flat
        self.velocity *= method.momentum
        self.velocity += self.gradient
        rate = method.rate * method.schedule.factor(step, self.steps)
        np.multiply(self.velocity, rate, out=self.gradient)
        self.flat -= self.gradient

    def state(self) -> State:
        return {"velocity": self.velocity}

    def restore(self, state: State) -> None:
        self.velocity[...] = state["velocity"]


class _AdamMotion(_Motion):
    """The moments are kept without their factors 1 - beta, which the step sizes take over."""

    def __init__(self, method: Adam, flat: Array, steps: int) -> None:
        super().__init__(flat, steps)
        self.method = method
        self.sum, self.squares = np.zeros_like(flat), np.zeros_like(flat)
        self.work = np.zeros_like(flat)

    def move(self, step: int) -> None:
        method, gradient, work = self.method, self.gradient, self.work
        first, second = method.betas
        rate = method.rate * method.schedule.factor(step, self.steps)
        of_mean = (1 - first) / (1 - first ** (step + 1))
        of_root = ((1 - second) / (1 - second ** (step + 1))) ** 0.5
        if method.decoupled:
            self.flat *= 1 - rate * method.weight_decay
        elif method.weight_decay:
            gradient += method.weight_decay * self.flat
        self.sum *= first
        self.sum += gradient
        np.multiply(gradient, gradient, out=gradient)
        self.squares *= second
        self.squares += gradient
        np.sqrt(self.squares, out=work)
        work += method.epsilon / of_root
        np.divide(self.sum, work, out=work, where=work != 0)  # 0 where that is 0
        work *= rate * of_mean / of_root
        self.flat -= work

    def state(self) -> State:
        return {"sum": self.sum, "squares": self.squares}

    def restore(self, state: State) -> None:
        self.sum[...], self.squares[...] = state["sum"], state["squares"]


def _fraction(name: str, value: object) -> float:
    """Return a number in [0, 1)."""
    result = number(name, value)
    if not 0 <= result < 1:
        raise InputError(f"{name} is {value!r}; accepted: a number in [0, 1)")
    return result
