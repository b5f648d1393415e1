"""What a sweep runs: a base of settings, axes along which they vary, and what is kept."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from superposition_theory import InputError

from ..training import Plan
from .axes import axis_of, grid
from .settings import Table, check_names, plan_of, table

KEPT = ("losses", "weights", "geometry")


@dataclass(frozen=True)
class Spec:
    """A base of settings and the axes along which they vary.

    Attributes
    ----------
    base : mapping
        The settings of a plan with one instance: tables ``model`` (``kind``, ``features``,
        ``dimensions``, ...), ``instance`` (``density``, ``importance``, ``correlation``, ``sets``,
        ``seed``), ``source`` and ``method`` (``name`` and their settings, or just the name),
        ``stopping``, and ``steps``, ``records``, ``initial``, ``dtype``, ``backend``. What is not
        said is as in `Plan`. An importance ``{"geometric": r}`` stands for 1, r, r^2, ...
    axes : sequence of mapping
        Each maps settings, by dotted path (``method.rate``), to lists of values, or to
        ``{"range": [first, last]}``, ``{"linear": [first, last, count]}``, ``{"logarithmic":
        [first, last, count]}``. Settings of one axis vary together; every combination of the axes
        is run.
    keep : sequence of str
        What is kept besides the summaries: ``losses`` at the records, final ``weights``, the
        ``geometry`` of the columns of W by name.

    Raises
    ------
    InputError
        Anything that is not accepted, with the point of the grid at which it occurs; two points
        with the same settings.

    Examples
    --------
    >>> from superposition_numerics.sweeps import Spec
    >>> base = {"model": {"kind": "relu", "features": 5, "dimensions": 2}, "steps": 100}
    >>> axes = [{"instance.density": [0.1, 1.0]}, {"instance.seed": {"range": [0, 7]}}]
    >>> len(Spec(base, axes).plans)
    16
    """

    base: Table
    axes: Sequence[Table] = ()
    keep: Sequence[str] = ("losses", "weights")

    def __post_init__(self) -> None:
        table("base", self.base)
        for name in ("axes", "keep"):
            value = getattr(self, name)
            if isinstance(value, str) or not isinstance(value, Sequence):
                raise InputError(f"{name} is {value!r}; accepted: a list")
        check_names("keep", self.keep, KEPT)
        object.__setattr__(self, "keep", tuple(name for name in KEPT if name in self.keep))
        object.__setattr__(self, "axes", tuple(axis_of(axis) for axis in self.axes))
        features = min(plan.problem.model.features for plan in self.plans)
        if "geometry" in self.keep and features < 2:
            raise InputError("keep has 'geometry', features is 1; accepted: at least 2 features")

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """One plan with one instance for each point of the grid, the last axis fastest."""
        plans: dict[str, Plan] = {}
        for point, settings in grid(self.base, [dict(axis) for axis in self.axes]):
            where = ", ".join(f"{path} = {value!r}" for path, value in point.items())
            try:
                plan = plan_of(settings)
            except InputError as error:
                raise InputError(f"at {where}: {error}" if where else str(error)) from error
            if plan.key in plans:
                raise InputError(
                    f"axes lead to the same settings twice, at {where}; accepted: different ones"
                )
            plans[plan.key] = plan
        return tuple(plans.values())

    @classmethod
    def from_dict(cls, data: Table) -> Spec:
        """Return the spec that a file describes: ``base``, ``axes`` and ``keep``.

        Raises
        ------
        InputError
            Other entries, or as for `Spec`.

        Examples
        --------
        >>> from superposition_numerics.sweeps import Spec
        >>> model = {"kind": "linear", "features": 3, "dimensions": 2}
        >>> Spec.from_dict({"base": {"model": model}}).keep
        ('losses', 'weights')
        """
        check_names("the sweep", table("the sweep", data), ("base", "axes", "keep"))
        if "base" not in data:
            raise InputError("the sweep lacks the entry 'base'; accepted: a table of settings")
        return cls(**data)


def read_spec(path: str | os.PathLike[str]) -> Spec:
    """Read a sweep from a TOML file, or a JSON file with the same entries.

    Parameters
    ----------
    path : path
        Of a ``.toml`` or ``.json`` file.

    Returns
    -------
    Spec

    Raises
    ------
    InputError
        A file that cannot be read, or what `Spec` does not accept.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from superposition_numerics.sweeps import read_spec
    >>> text = '''
    ... [base]
    ... model = {kind = "relu", features = 5, dimensions = 2}
    ...
    ... [[axes]]
    ... "instance.density" = {logarithmic = [0.01, 1, 5]}
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "sweep.toml"
    ...     _ = path.write_text(text)
    ...     spec = read_spec(path)
    >>> len(spec.plans)
    5
    """
    file = Path(path)
    readers: dict[str, Any] = {".toml": tomllib.loads, ".json": json.loads}
    if file.suffix not in readers:
        raise InputError(f"path is {str(file)!r}; accepted: a .toml or .json file")
    try:
        data = readers[file.suffix](file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file} cannot be read as a sweep: {error}") from error
    try:
        return Spec.from_dict(data)
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
