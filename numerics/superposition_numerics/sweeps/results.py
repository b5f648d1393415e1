"""What a sweep leaves behind: runs with their settings, failures, and columns of both."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..part_store import PartStore
from ..training.models import Array
from .settings import check_names
from .weights import get_weights

SCHEMA = "superposition.sweep"
VERSION = 1
RESULTS = "results.jsonl"

_APART = ("settings", "weights")  # what is not a result with a column


@dataclass(frozen=True, eq=False)
class Row:
    """One finished run of a sweep.

    Attributes
    ----------
    key : str
        The hash of its settings and of what is kept.
    settings : mapping
        Of its plan, in full, nested as in `Spec`.
    results : mapping
        ``ending`` (``completed``, ``stopped`` or ``diverged``), ``ended`` (the step), ``loss`` (the
        last one recorded), of the final W ``rank``, ``capacity`` (the sum of D_i), ``saturation``
        (capacity / rank), ``dimensionality`` (D_i) and ``squared_norms``; ``record_steps`` and
        ``losses``, and ``geometry``, where they are kept. Of an untied model W is W_2^T. A number
        that is not finite is None.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.sweeps import Spec, sweep
    >>> base = {"model": {"kind": "relu", "features": 2, "dimensions": 1}, "steps": 5}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (row,) = sweep(Spec(base), out=folder).rows
    >>> row.results["ending"], row.values["model.features"], row.weights()["b"].shape
    ('completed', 2, (2,))
    """

    key: str
    settings: Mapping[str, Any]
    results: Mapping[str, Any]
    _weights: Mapping[str, Any] | None
    _folder: Path

    @property
    def values(self) -> dict[str, Any]:
        """All settings by dotted path, and all results by name."""
        return {**dict(_leaves(self.settings)), **self.results}

    def weights(self) -> dict[str, Array]:
        """Return the final parameters by name, in the dtype of the run.

        Raises
        ------
        InputError
            They were not kept, or their file is gone or damaged.
        """
        if self._weights is None:
            raise InputError("keep lacks 'weights'; accepted: a sweep that keeps them")
        return get_weights(self._weights, self._folder, self.settings["dtype"])

    def to_dict(self) -> dict[str, Any]:
        """Return the run as JSON data; large weights by the name of their file."""
        weights = {} if self._weights is None else {"weights": self._weights}
        return {"key": self.key, "settings": self.settings, **self.results, **weights}


@dataclass(frozen=True)
class Failure:
    """One run of a sweep that raised an error or was lost with its worker.

    Attributes
    ----------
    key : str
    settings : mapping
    error : str

    Examples
    --------
    >>> from superposition_numerics.sweeps import Failure
    >>> Failure("k", {"steps": 1}, "MemoryError: ").to_dict()["error"]
    'MemoryError: '
    """

    key: str
    settings: Mapping[str, Any]
    error: str

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as JSON data."""
        return {"key": self.key, "settings": self.settings, "error": self.error}


@dataclass(frozen=True)
class SweepResult:
    """The runs of a sweep.

    Attributes
    ----------
    rows : tuple of Row
        Finished runs, in the order of the grid (or, read from a folder, of its file). A run that
        diverged is one of them and says so in its ``ending``.
    failures : tuple of Failure
        Runs without a result; the next sweep into the same folder tries them again.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.sweeps import Spec, sweep
    >>> base = {"model": {"kind": "relu", "features": 2, "dimensions": 1}, "steps": 5}
    >>> spec = Spec(base, [{"instance.density": [0.1, 1.0]}, {"instance.seed": [0, 1]}])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = sweep(spec, out=folder)
    >>> result.varied
    ('instance.density', 'instance.seed')
    >>> result.where({"instance.density": 1.0}).column("instance.seed").tolist()
    [0, 1]
    >>> result.column("dimensionality").shape, result.rows[0].weights()["W"].shape
    ((4, 2), (1, 2))
    """

    rows: tuple[Row, ...]
    failures: tuple[Failure, ...] = ()

    @property
    def varied(self) -> tuple[str, ...]:
        """The settings of which the finished runs have several values, by dotted path."""
        values: dict[str, set[str]] = {}
        every = [dict(_leaves(row.settings)) for row in self.rows]
        paths = dict.fromkeys(path for leaves in every for path in leaves)
        for path in paths:
            values[path] = {json.dumps(leaves.get(path)) for leaves in every}
        return tuple(path for path, found in values.items() if len(found) > 1)

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return a setting or a result of all rows.

        Parameters
        ----------
        name : str
            The dotted path of a setting (``instance.density``) or the name of a result.

        Returns
        -------
        ndarray, shape (rows,) or (rows, ...)
            Of numbers, NaN where one is missing; of texts; or of objects where lists have
            different lengths.

        Raises
        ------
        InputError
            No row has it.
        """
        self._check([name])
        return _column([row.values.get(name) for row in self.rows])

    def table(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of the settings that vary and of the results with one value a row."""
        results = dict.fromkeys(
            name
            for row in self.rows
            for name, value in row.results.items()
            if not isinstance(value, list)
        )
        return {name: self.column(name) for name in (*self.varied, *results)}

    def where(self, values: Mapping[str, Any]) -> SweepResult:
        """Return the rows, and the failures, that have the given settings or results.

        Parameters
        ----------
        values : mapping
            From dotted path of a setting or name of a result to its value.

        Raises
        ------
        InputError
            No row has such a setting or result.
        """
        self._check(values)
        wanted = {name: _listed(value) for name, value in values.items()}

        def fits(found: Mapping[str, Any]) -> bool:
            return all(name in found and found[name] == value for name, value in wanted.items())

        return SweepResult(
            tuple(row for row in self.rows if fits(row.values)),
            tuple(f for f in self.failures if fits(dict(_leaves(f.settings)))),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON data; large weights by the names of their files."""
        return {
            "schema": SCHEMA,
            "version": VERSION,
            "rows": [row.to_dict() for row in self.rows],
            "failures": [failure.to_dict() for failure in self.failures],
        }

    def _check(self, names: Iterable[str]) -> None:
        """Refuse names that no run has."""
        known = [dict(_leaves(failure.settings)) for failure in self.failures]
        known += [row.values for row in self.rows]
        check_names("the result", names, dict.fromkeys(name for found in known for name in found))


def read_sweep(path: str | os.PathLike[str]) -> SweepResult:
    """Read everything that sweeps have left in a folder.

    Parameters
    ----------
    path : path
        The folder given to `sweep` as ``out``.

    Returns
    -------
    SweepResult

    Raises
    ------
    InputError
        No results there, or a file of something else.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.sweeps import Spec, read_sweep, sweep
    >>> base = {"model": {"kind": "relu", "features": 2, "dimensions": 1}, "steps": 5}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sweep(Spec(base), out=folder)
    ...     read_sweep(folder).column("ending").tolist()
    ['completed']
    """
    folder = folder_of("path", path)
    if not (folder / RESULTS).is_file():
        raise InputError(f"{folder} holds no {RESULTS}; accepted: the folder of a sweep")
    return result_of(open_store(folder), folder)


def folder_of(argument: str, path: str | os.PathLike[str]) -> Path:
    """Return the path of a folder, which need not exist.

    Raises
    ------
    InputError
        It is no path, or that of a file.
    """
    is_path: bool = isinstance(path, str | os.PathLike)
    if not is_path or (Path(path).exists() and not Path(path).is_dir()):
        raise InputError(f"{argument} is {path!r}; accepted: the path of a folder")
    return Path(path)


def open_store(folder: Path) -> PartStore:
    """Return the store of a folder.

    Raises
    ------
    InputError
        It holds something else than runs and failures with their settings.
    """
    store = PartStore(folder / RESULTS, SCHEMA, VERSION)
    for key, value in store:
        if not _is_outcome(value):
            raise InputError(
                f"{store.path} holds something else under the key {key!r}; accepted: settings with "
                "an error, or with what is kept of a run"
            )
    return store


def result_of(parts: Iterable[tuple[str, Mapping[str, Any]]], folder: Path) -> SweepResult:
    """Return the result that keys and stored values describe."""
    rows, failures = [], []
    for key, value in parts:
        if "error" in value:
            failures.append(Failure(key, value["settings"], value["error"]))
        else:
            results = {name: entry for name, entry in value.items() if name not in _APART}
            rows.append(Row(key, value["settings"], results, value.get("weights"), folder))
    return SweepResult(tuple(rows), tuple(failures))


def _is_outcome(value: object) -> bool:
    """Whether a stored value has the form of a run or a failure."""
    if not isinstance(value, Mapping) or not isinstance(value.get("settings"), Mapping):
        return False
    if "error" in value:
        return isinstance(value["error"], str)
    return isinstance(value.get("ending"), str) and isinstance(value.get("weights", {}), Mapping)


def _leaves(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Go through nested settings by dotted path."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield before + name, value


def _listed(value: Any) -> Any:
    """Return tuples and arrays as lists."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _column(values: Sequence[Any]) -> npt.NDArray[Any]:
    """Return values as an array of the narrowest type that holds them."""
    lists = all(isinstance(value, list) for value in values)
    entries = [entry for value in values for entry in value] if lists else values
    even = not lists or len({len(value) for value in values}) <= 1
    kinds = {type(entry) for entry in entries}
    if even and kinds in ({int}, {bool}, {str}):
        return np.array(values)
    if even and kinds <= {int, float, type(None)} and kinds != {type(None)}:
        return np.array(values, dtype=np.float64)
    return np.fromiter(values, dtype=object, count=len(values))
