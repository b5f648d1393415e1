"""The grid of a phase diagram: its axes, and what is known at every cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import check_type, integer, number, numbers
from .setting import Parameter, Setting


@dataclass(frozen=True)
class Axis:
    """One axis of a diagram.

    Attributes
    ----------
    parameter : Parameter
    values : tuple of float

    Raises
    ------
    InputError
        No values, or values that are not finite numbers.

    Examples
    --------
    >>> from superposition_numerics.landscape import Axis, Parameter
    >>> [round(v, 3) for v in Axis.logarithmic(Parameter("importance"), 0.1, 10, 3).values]
    [0.1, 1.0, 10.0]
    """

    parameter: Parameter
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check."""
        check_type("parameter", self.parameter, Parameter)
        values = numbers("values", self.values)
        if values.ndim != 1 or not values.size:
            raise InputError(f"values is {self.values!r}; accepted: a list of at least one number")
        object.__setattr__(self, "values", tuple(values.tolist()))

    @classmethod
    def linear(cls, parameter: Parameter, first: float, last: float, count: int) -> Axis:
        """Return equally spaced values."""
        ends = number("first", first), number("last", last)
        return cls(parameter, tuple(np.linspace(*ends, integer("count", count, least=1)).tolist()))

    @classmethod
    def logarithmic(cls, parameter: Parameter, first: float, last: float, count: int) -> Axis:
        """Return values with equal ratios, of positive numbers."""
        ends = number("first", first), number("last", last)
        if min(ends) <= 0:
            raise InputError(f"first and last are {first!r} and {last!r}; accepted: above 0")
        return cls(parameter, tuple(np.geomspace(*ends, integer("count", count, least=1)).tolist()))


@dataclass(frozen=True)
class Diagram:
    """The best minimum of every cell; arrays have the shape (rows, columns, ...).

    Attributes
    ----------
    setting : Setting
        What is the same in all cells.
    rows, columns : Axis
    loss : ndarray
    W, biases : ndarray
    phases : ndarray of Phase
    runner_up_loss : ndarray
        Of the lowest stationary point of another name that was found, a minimum or a saddle; inf
        where there is none.
    runner_up_phases : ndarray of Phase or None

    Examples
    --------
    >>> from superposition_numerics.landscape import Axis, Parameter, Setting, phase_diagram
    >>> rows, columns = Axis(Parameter("density"), (0.1,)), Axis(Parameter("importance"), (1.0,))
    >>> phase_diagram(Setting(2, 1, 0.1), rows, columns).loss.round(8).tolist()
    [[0.00331948]]
    """

    setting: Setting
    rows: Axis
    columns: Axis
    loss: FloatArray
    W: FloatArray
    biases: FloatArray
    phases: npt.NDArray[np.object_]
    runner_up_loss: FloatArray
    runner_up_phases: npt.NDArray[np.object_]

    @property
    def kinds(self) -> npt.NDArray[np.str_]:
        """The kinds of the phases."""
        return _texts(self.phases, "kind")

    @property
    def names(self) -> npt.NDArray[np.str_]:
        """The names of the phases."""
        return _texts(self.phases, "name")

    @property
    def runner_up_names(self) -> npt.NDArray[np.str_]:
        """The names of the runners-up, "" where there is none."""
        return _texts(self.runner_up_phases, "name")


def _texts(phases: npt.NDArray[np.object_], attribute: str) -> npt.NDArray[np.str_]:
    """Return an attribute of every phase."""
    texts = [getattr(phase, attribute) if phase else "" for phase in phases.ravel()]
    return np.array(texts, dtype=np.str_).reshape(phases.shape)
