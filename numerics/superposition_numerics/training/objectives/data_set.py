"""A fixed data set, as a whole or in batches."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ...matrices import FloatArray
from ...toy_model.arguments import integer, numbers
from ..gradients import batch_gradient
from ..instances import Problem
from ..models import Array, Model
from .exact import ExactObjective
from .objective import State
from .source import numpy_only


@dataclass(frozen=True, eq=False)
class DataSet:
    """A fixed data set.

    Attributes
    ----------
    rows : ndarray, shape (rows, n)
        Inputs, the same for all instances; the densities of the instances play no part.
    batch : int, optional
        So many rows for each step, drawn without replacement, anew for each instance and each pass
        through the data; what is left at the end of a pass is left out. Without it every step sees
        all rows, and the loss is exact, in float64.

    Raises
    ------
    InputError
        Rows that are not finite numbers in two dimensions; a batch below 1 or above the rows.

    Examples
    --------
    >>> from superposition_numerics.training import DataSet
    >>> DataSet([[0.0, 1.0], [1.0, 0.0]]).rows.shape
    (2, 2)
    """

    rows: npt.ArrayLike
    batch: int | None = None

    def __post_init__(self) -> None:
        rows = numbers("rows", self.rows).copy()
        if rows.ndim != 2 or not rows.size:
            raise InputError(f"rows has shape {rows.shape}; accepted: (rows, n), not empty")
        rows.flags.writeable = False
        object.__setattr__(self, "rows", rows)
        if self.batch is not None:
            object.__setattr__(self, "batch", integer("batch", self.batch, least=1, most=len(rows)))

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> _AllRows | _Batches:
        """Return the loss on the rows and its gradient."""
        numpy_only(self, backend)
        rows = np.asarray(self.rows)
        if rows.shape[1] != problem.model.features:
            raise InputError(
                f"rows has {rows.shape[1]} columns; accepted: {problem.model.features} (features)"
            )
        if self.batch is None:
            return _AllRows(problem.model, rows, problem.importances)
        return _Batches(problem, rows.astype(dtype), self.batch)

    def to_dict(self) -> dict[str, Any]:
        """Return the source as JSON data, the rows by their hash."""
        rows = np.ascontiguousarray(self.rows)
        digest = hashlib.sha256(rows.tobytes()).hexdigest()
        return {
            "name": "data-set",
            "sha256": digest,
            "shape": list(rows.shape),
            "batch": self.batch,
        }


class _AllRows(ExactObjective):
    """The loss on all rows."""

    def __init__(self, model: Model, rows: FloatArray, importances: FloatArray) -> None:
        super().__init__(model, importances)
        self.rows = rows

    @property
    def share(self) -> int:
        """How many numbers an instance has in a large array."""
        return self.rows.size

    def evaluate(self, flat: FloatArray, gradient: FloatArray, *tables: FloatArray) -> FloatArray:
        """Return the losses of a part of the instances and write the gradient."""
        x = np.broadcast_to(self.rows, (len(flat), *self.rows.shape))
        return batch_gradient(self.model, flat, x, tables[0], gradient)

    def part(self, which: npt.NDArray[np.intp]) -> _AllRows:
        """Return the objective of some of the instances."""
        return _AllRows(self.model, self.rows, self.tables[0][which])


class _Batches:
    """The loss on some rows, others for each step."""

    deterministic = False

    def __init__(self, problem: Problem, rows: Array, batch: int) -> None:
        self.problem, self.rows, self.batch = problem, rows, batch
        self.importances = problem.importances.astype(rows.dtype)
        self.passes = np.zeros(problem.count, dtype=np.int64)
        self.at = np.zeros(problem.count, dtype=np.int64)
        self.order = np.array([self._shuffled(k) for k in range(problem.count)])

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Return the losses and write the gradient."""
        x = np.stack([self.rows[self._next(k)] for k in range(self.problem.count)])
        return batch_gradient(self.problem.model, flat, x, self.importances, gradient)

    def state(self) -> State:
        """Return how far each instance has come."""
        return {"passes": self.passes, "at": self.at}

    def restore(self, state: State) -> None:
        """Go on from there."""
        self.passes[...], self.at[...] = state["passes"], state["at"]
        self.order = np.array([self._shuffled(k) for k in range(self.problem.count)])

    def _next(self, k: int) -> npt.NDArray[np.int64]:
        """Return the next rows of an instance."""
        if self.at[k] + self.batch > len(self.rows):
            self.passes[k] += 1
            self.at[k] = 0
            self.order[k] = self._shuffled(k)
        start = int(self.at[k])
        self.at[k] += self.batch
        return self.order[k, start : start + self.batch]

    def _shuffled(self, k: int) -> npt.NDArray[np.int64]:
        """Return the order of an instance's present pass."""
        seed = np.random.SeedSequence(
            self.problem.instances[k].seed, spawn_key=(1, int(self.passes[k]))
        )
        return np.random.default_rng(seed).permutation(len(self.rows))
