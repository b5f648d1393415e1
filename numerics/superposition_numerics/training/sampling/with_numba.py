"""The ways of numba: streams of chance and paths. Import it where it is used only."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from ...matrices import FloatArray
from ..instances import Problem
from ..models import Array, Model
from ..objectives.objective import State
from . import kernels
from .choice import cheapest, numba_costs, prefers_gram
from .draws import Entries
from .fused import gradients
from .law import Law, laws_of
from .paths import ByEntry, Path
from .sparse import Sparse

_KINDS = {
    "independent": kernels.INDEPENDENT,
    "correlated": kernels.CORRELATED,
    "anticorrelated": kernels.ANTICORRELATED,
}
_FAST_MEMORY = 52_000  # numbers of a block, in the second cache
_LAW = 1200  # bytes of the law of an instance


class NumbaWays:
    """Paths and streams of all instances of a problem; a stream is 64 generators xoshiro128+.

    Parameters
    ----------
    problem : Problem
    batch : int
    dtype : str
    """

    def __init__(self, problem: Problem, batch: int, dtype: str) -> None:
        self.problem, self.batch, self.dtype = problem, batch, dtype
        self.laws = laws_of(problem)
        self.states = np.array(
            [
                np.random.SeedSequence(i.seed, spawn_key=(1,)).generate_state(256).reshape(4, 64)
                for i in problem.instances
            ]
        )

    def choose(self, k: int) -> str:
        """Return the way for an instance."""
        return cheapest(numba_costs(self.problem.model, self.laws[k], self.batch))

    def kin(self, way: str, k: int) -> Hashable:
        """Return what instances that go together have in common."""
        return (self.laws[k].correlation, self.laws[k].gates) if way == "fused" else k

    def together(self, way: str) -> int:
        """Return how many instances go together."""
        return self.problem.count if way == "fused" else 1

    def path(self, way: str, which: list[int]) -> Path:
        """Return the path of some instances."""
        model, batch, dtype = self.problem.model, self.batch, self.dtype
        importances = self.problem.importances[which]
        laws = [self.laws[k] for k in which]
        if way == "fused":
            return Fused(model, laws, importances, batch, dtype, self.states, np.array(which))
        draw = EntryDraws(laws[0], self.states[which[0]], batch, dtype)
        return ByEntry(self.rows, importances, draw, batch, draw.nbytes)

    @cached_property
    def rows(self) -> GramRows:
        """What sparse instances work in, one after another."""
        return GramRows(self.problem.model, self.batch, 0, self.dtype)

    @property
    def nbytes(self) -> int:
        """The memory of the streams and laws of all instances, about."""
        return self.states.nbytes + _LAW * self.problem.count

    def state(self) -> State:
        """Return the streams."""
        return {"streams": self.states}

    def restore(self, state: State) -> None:
        """Go on from streams."""
        self.states[...] = state["streams"]


class EntryDraws:
    """Draws the active entries of batches of one instance."""

    def __init__(self, law: Law, state: npt.NDArray[np.uint32], batch: int, dtype: str) -> None:
        self.law, self.stream, self.batch = law, state, batch
        mean = batch * law.active
        room = int(mean + 8 * (law.open * mean) ** 0.5) + 16 * law.open
        self.words = np.empty(4096, np.uint32)
        self.starts = np.empty(batch + 1, np.int32)
        self.features = np.empty(room, np.int32)
        self.values: npt.NDArray[Any] = np.empty(room, dtype)

    @property
    def nbytes(self) -> int:
        """The memory of the arrays."""
        arrays = (self.words, self.starts, self.features, self.values)
        return sum(a.nbytes for a in arrays)

    def __call__(self) -> Entries:
        """Draw a batch; it is overwritten by the next one."""
        law, before = self.law, self.stream.copy()
        while True:
            rows, entries = kernels.draw_active(
                self.stream,
                law.densities,
                self.batch,
                law.size,
                _KINDS[law.correlation],
                self.words,
                self.starts,
                self.features,
            )
            if rows >= 0:
                break
            self.stream[...] = before  # the same again with more room
            self.features = np.empty(2 * len(self.features), np.int32)
            self.values = np.empty(2 * len(self.values), self.values.dtype)
        kernels.fill_values(self.stream, self.words, law.signed, self.values[:entries])
        return Entries(self.starts[: rows + 1], self.features[:entries], self.values[:entries])


class GramRows(Sparse):
    """Loss and gradient of an instance without a hidden ReLU, row by row."""

    def add_entries(self, entries: Entries, last: float) -> None:
        """Add rows, the last of which stands for so many samples."""
        kernels.add_rows(
            entries.starts,
            entries.features,
            entries.values,
            self.across,
            self.parameters["b"],
            self.model.output_relu,
            last,
            self.outer,
            self.bias,
            self.squares,
        )


class Fused:
    """All entries of the samples in which a gate opens, of many instances in one call.

    How many such samples a batch has is drawn first; the others are one sample with a weight.

    Parameters
    ----------
    model : Model
    laws : list of Law
        With the same gates.
    importances : ndarray, shape (instances, n)
    batch : int
    dtype : str
    states : ndarray, shape (all instances, 4, 64)
    which : ndarray of int
    """

    def __init__(
        self,
        model: Model,
        laws: list[Law],
        importances: FloatArray,
        batch: int,
        dtype: str,
        states: npt.NDArray[np.uint32],
        which: npt.NDArray[np.intp],
    ) -> None:
        self.model, self.importances, self.batch = model, importances, batch
        self.states, self.which = states, which
        self.kind = _KINDS[laws[0].correlation]
        self.densities = np.array([law.densities for law in laws])
        self.hazards = np.array([law.hazards for law in laws])
        ranges = [count_range(law, batch) for law in laws]
        self.lows = np.array([low for low, _ in ranges])
        self.tables = np.ones((len(laws), max(high - low + 1 for low, high in ranges)))
        for row, law, (low, high) in zip(self.tables, laws, ranges, strict=True):
            if low < batch:
                row[: high - low] = bdtr(np.arange(low, high), batch, law.waking)
        self.none = np.empty((len(laws), 0, model.features), dtype)
        self.gram = prefers_gram(model, batch)
        width = _FAST_MEMORY // (2 * (model.features + model.dimensions) + 4) // 64 * 64
        self.block = min(1024, max(64, width))

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Draw a batch for each instance; return the losses and write the gradient."""
        return self.given(flat, gradient, self.none)

    def given(self, flat: Array, gradient: Array, x: Array) -> FloatArray:
        """Do the same on a given batch."""
        model, losses = self.model, np.empty(len(flat))
        gradients(
            flat,
            gradient,
            losses,
            model.dimensions,
            model.hidden_relu,
            model.output_relu,
            model.absolute,
            model.tied,
            self.gram,
            self.kind,
            self.densities,
            self.hazards,
            self.tables,
            self.lows,
            self.importances,
            self.batch,
            self.states,
            self.which,
            x,
            self.block,
        )
        return losses

    @property
    def buffers(self) -> dict[int, int]:
        """The memory of what it works in, by identity."""
        held = sum(a.nbytes for a in vars(self).values() if isinstance(a, np.ndarray))
        n, m = self.model.features, self.model.dimensions
        across = 2 * n * n if self.gram else 0
        numbers = (3 * n + 2 * m + 5) * self.block + 5 * n * m + across
        return {id(self): held - self.states.nbytes + numbers * self.none.itemsize}


def count_range(law: Law, batch: int) -> tuple[int, int]:
    """Return between what numbers the samples of a batch with an open gate lie.

    What lies more than 9 standard deviations and 30 samples away has a probability below 1e-18
    and is left out.
    """
    mean = batch * law.waking
    reach = 9 * (mean * (1 - law.waking)) ** 0.5 + 30
    if law.waking == 1:
        return batch, batch
    return max(0, int(mean - reach)), min(batch, int(mean + reach))
