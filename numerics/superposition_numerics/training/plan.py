"""The plan of a run: everything that its result depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..toy_model.arguments import check_type, integer, number
from .initial import INITIALS, SHARED, check_initial, initial_parameters
from .instances import Problem
from .methods import METHODS, AdamW, Method, Schedule
from .models import Array
from .objectives import SOURCES, Samples, Source
from .settings import checked_settings, differences, from_settings

SCHEMA = "superposition.training"
VERSION = 1
DTYPES = ("float32", "float64")
BACKENDS = ("numpy", "numba")
MOST_STEPS = 10**9
MOST_BYTES = 8 * 2**30  # of the weights at all records


@dataclass(frozen=True)
class Stopping:
    """When an instance has learned enough.

    An instance stops at a record before the end if its loss has not fallen by more than
    ``tolerance`` times itself over the last ``patience`` records.

    Attributes
    ----------
    tolerance : float
        In [0, 1].
    patience : int
        Records, at least 1.

    Raises
    ------
    InputError
        Numbers outside these ranges.

    Examples
    --------
    >>> from superposition_numerics.training import Stopping
    >>> Stopping(1e-3).patience
    5
    """

    tolerance: float
    patience: int = 5

    def __post_init__(self) -> None:
        object.__setattr__(self, "tolerance", number("tolerance", self.tolerance, least=0, most=1))
        object.__setattr__(self, "patience", integer("patience", self.patience, least=1))


@dataclass(frozen=True, eq=False)
class Plan:
    """What is trained, on what, how, how long and from where.

    Two plans are equal if their keys are; then a run of the one is a run of the other.

    Attributes
    ----------
    problem : Problem
    source : Source
        `Samples`, `DataSet`, `Population` or `OneActive`.
    method : Method
        `Sgd`, `Adam`, `AdamW`, `GradientFlow` or `Lbfgs`.
    steps : int
        From 1 to 10^9.
    records : int or sequence of int
        At which steps weights and losses are kept: so many at equal distances (as far as integers
        allow), or the steps, in any order. The beginning and the end are always kept. The weights
        of all records are held in memory: `record_bytes`, at most 8 GiB.
    initial : str or mapping from name to array_like, shape (instances, *shape)
        A name of `initial_parameters`, or the parameters themselves.
    dtype : str
        Of parameters and arithmetic: ``float32`` or ``float64``.
    backend : str
        ``numpy``, or ``numba`` where the extra ``fast`` is installed. Their streams of samples
        differ.
    stopping : Stopping, optional
        Without it every instance goes through all steps.

    Raises
    ------
    InputError
        Anything else.

    Examples
    --------
    >>> from superposition_numerics.training import Model, Plan, Problem
    >>> plan = Plan(Problem(Model("relu", 5, 2)), steps=100, records=4)
    >>> plan.record_steps.tolist()
    [0, 25, 50, 75, 100]
    """

    problem: Problem
    source: Source = field(default_factory=Samples)
    method: Method = field(default_factory=AdamW)
    steps: int = 10_000
    records: int | Sequence[int] = 50
    initial: str | Mapping[str, npt.ArrayLike] = "xavier"
    dtype: str = "float32"
    backend: str = "numpy"
    stopping: Stopping | None = None

    def __post_init__(self) -> None:
        check_type("problem", self.problem, Problem)
        _check_role("source", self.source, "objective", "Samples, DataSet, Population or OneActive")
        _check_role("method", self.method, "start", "Sgd, Adam, AdamW, GradientFlow or Lbfgs")
        object.__setattr__(self, "steps", integer("steps", self.steps, least=1, most=MOST_STEPS))
        object.__setattr__(self, "records", _records(self.records, self.steps))
        for name, accepted in (("dtype", DTYPES), ("backend", BACKENDS)):
            value = getattr(self, name)
            if not isinstance(value, str) or value not in accepted:
                raise InputError(f"{name} is {value!r}; accepted: {' or '.join(accepted)}")
        if self.stopping is not None:
            check_type("stopping", self.stopping, Stopping)
        if self.record_bytes > MOST_BYTES:
            raise InputError(
                f"records would keep {self.record_bytes:,} bytes of weights; accepted: at most "
                f"{MOST_BYTES:,}, by fewer records or instances"
            )
        if isinstance(self.initial, str):
            check_initial(self.initial)
        else:
            object.__setattr__(self, "initial", self._given_parameters(self.initial))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def record_steps(self) -> npt.NDArray[np.int64]:
        """The steps at which weights and losses are kept."""
        if isinstance(self.records, int):
            return np.arange(self.records + 1, dtype=np.int64) * self.steps // self.records
        return np.unique(np.array([0, *self.records, self.steps], dtype=np.int64))

    @property
    def record_bytes(self) -> int:
        """The memory that the weights of all records need."""
        inner = self.records if isinstance(self.records, int) else len(self.records) + 1
        numbers = (min(inner, self.steps) + 1) * self.problem.count * self.problem.model.size
        return numbers * np.dtype(self.dtype).itemsize

    def start(self) -> Array:
        """Return the initial parameters, shape (instances, size), in the dtype of the plan."""
        if isinstance(self.initial, str):
            flat: Array = initial_parameters(self.problem, self.initial)
        else:
            flat = self.problem.model.flatten(self.initial)
        return np.asarray(flat.astype(self.dtype))

    def part(self, which: slice) -> Plan:
        """Return the plan of some of the instances, which end as they do among the others."""
        problem = self.problem.part(which)
        if isinstance(self.initial, str) and self.initial not in SHARED:
            return replace(self, problem=problem)
        return replace(self, problem=problem, initial=problem.model.views(self.start()[which]))

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON data; initial parameters that were given by their hash."""
        return {
            "schema": SCHEMA,
            "version": VERSION,
            "problem": self.problem.to_dict(),
            "source": self.source.to_dict(),
            "method": self.method.to_dict(),
            "steps": self.steps,
            "records": self.records if isinstance(self.records, int) else list(self.records),
            "initial": self.initial
            if isinstance(self.initial, str)
            else {"sha256": hashlib.sha256(self.start().tobytes()).hexdigest()},
            "dtype": self.dtype,
            "backend": self.backend,
            "stopping": None if self.stopping is None else asdict(self.stopping),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], /, **given: Any) -> Plan:
        """Return the plan that `to_dict` wrote.

        Parameters
        ----------
        data : mapping
        **given
            ``source`` or ``initial`` where the data hold only a hash of them.

        Raises
        ------
        InputError
            Data of something else, with a setting that is missing, unknown or not accepted, with a
            hash and nothing given, or with the hash of something else than what is given.

        Examples
        --------
        >>> from superposition_numerics.training import Model, Plan, Problem
        >>> plan = Plan(Problem(Model("relu", 5, 2)), steps=100)
        >>> Plan.from_dict(plan.to_dict()) == plan
        True
        """
        known = ["schema", "version", *(one.name for one in fields(cls))]
        settings = checked_settings("plan", data, known, known)
        schema, version = settings.pop("schema"), settings.pop("version")
        if schema != SCHEMA or version != VERSION:
            raise InputError(
                f"plan is of schema {schema!r}, version {version!r}; accepted: {SCHEMA!r}, version "
                f"{VERSION}"
            )
        checked_settings("given", given, [], ["source", "initial"])
        if "initial" not in given and not isinstance(settings["initial"], str):
            raise InputError(
                "initial is a hash in the data; accepted: give the parameters as initial="
            )
        settings["problem"] = Problem.from_dict(settings["problem"])
        settings["method"] = _named("method", METHODS, settings["method"])
        if settings["stopping"] is not None:
            settings["stopping"] = from_settings("stopping", Stopping, settings["stopping"])
        if "source" not in given:
            settings["source"] = _named("source", SOURCES, settings["source"])
        plan = cls(**(settings | given))
        for name in given:
            other = differences(data[name], plan.to_dict()[name])
            if other:
                raise InputError(f"{name} is not what the plan was made with: {other}")
        return plan

    @cached_property
    def key(self) -> str:
        """The hash of everything that the result depends on, in hexadecimal."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def _given_parameters(self, given: object) -> dict[str, Array]:
        """Return given parameters in the dtype of the plan, safe from later changes."""
        model, count = self.problem.model, self.problem.count
        if not isinstance(given, Mapping):
            raise InputError(
                f"initial is {given!r}; accepted: one of {', '.join(INITIALS)}, or the parameters "
                "by name"
            )
        flat = model.flatten(given)
        if flat.shape != (count, model.size):
            raise InputError(
                f"initial has the leading axes {flat.shape[:-1]}; accepted: ({count},), the "
                "instances"
            )
        with np.errstate(over="ignore"):
            flat = np.array(flat, dtype=self.dtype)
        if not np.isfinite(flat).all():
            raise InputError(f"initial holds numbers beyond {self.dtype}; accepted: finite ones")
        flat.flags.writeable = False
        return model.views(flat)


def _records(records: object, steps: int) -> int | tuple[int, ...]:
    """Return a number of records, or their steps in order."""
    if isinstance(records, np.ndarray) and records.ndim == 1:
        records = records.tolist()
    if isinstance(records, Sequence):
        return tuple(sorted({integer("records", at, least=0, most=steps) for at in records}))
    return min(steps, integer("records", records, least=1))


def _check_role(name: str, value: object, does: str, accepted: str) -> None:
    """Refuse what cannot play the part, and a class in place of its object."""
    if isinstance(value, type) or not callable(getattr(value, does, None)):
        raise InputError(f"{name} is {value!r}; accepted: an object of {accepted}")


def _named(argument: str, classes: Mapping[str, Any], data: object) -> Any:
    """Return a source or a method from its JSON data."""
    if not isinstance(data, Mapping):
        raise InputError(f"{argument} is {data!r}; accepted: settings by name")
    settings = dict(data)
    name = settings.pop("name", None)
    if not isinstance(name, str) or name not in classes:
        raise InputError(
            f"{argument} is {name!r}; accepted: one of {', '.join(classes)}, or the object itself"
        )
    if "schedule" in settings:
        settings["schedule"] = from_settings("schedule", Schedule, settings["schedule"])
    return from_settings(f"{argument} {name!r}", classes[name], settings)
