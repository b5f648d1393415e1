"""The ways of numpy: streams of chance and paths."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property, partial

import numpy as np

from ..instances import Problem
from ..objectives.objective import State
from .choice import cheapest, numpy_costs
from .draws import Uniforms, draw_entries
from .law import laws_of
from .paths import ByEntry, Dense, Path
from .planes import Planes
from .sparse import Sparse

DENSE = 2**15  # numbers in an array of a block of one instance
STACK = 2**17  # or of several
CUT = 2**13  # einsum cuts longer sums, at places that depend on the stack
SPARSE = 2**20
_ENTRY = 48  # bytes that go through memory for an active entry
_STREAM = 1600  # bytes of a generator, its seed and its law


class NumpyWays:
    """Paths and streams of all instances of a problem; a stream is an SFC64 generator.

    Parameters
    ----------
    problem : Problem
    batch : int
    dtype : str
    """

    def __init__(self, problem: Problem, batch: int, dtype: str) -> None:
        self.problem, self.batch, self.dtype = problem, batch, dtype
        self.laws = laws_of(problem)
        self.planes: dict[int, Planes] = {}
        self.columns = min(CUT, block_columns(problem.model.features, batch, DENSE))
        self.streams = [
            np.random.Generator(np.random.SFC64(np.random.SeedSequence(i.seed, spawn_key=(1,))))
            for i in problem.instances
        ]

    def choose(self, k: int) -> str:
        """Return the way for an instance."""
        return cheapest(numpy_costs(self.problem.model, self.laws[k], self.batch))

    def kin(self, way: str, k: int) -> Hashable:
        """Return what instances that go together have in common."""
        return (self.laws[k].correlation, self.laws[k].gates) if way == "dense" else k

    def together(self, way: str) -> int:
        """Return how many instances go together."""
        return max(1, STACK // (self.problem.model.features * self.batch)) if way == "dense" else 1

    def path(self, way: str, which: list[int]) -> Path:
        """Return the path of some instances."""
        model, batch, dtype, columns = self.problem.model, self.batch, self.dtype, self.columns
        importances, count = self.problem.importances[which], len(which)
        laws, streams = [self.laws[k] for k in which], [self.streams[k] for k in which]
        if way != "sparse" and count not in self.planes:
            self.planes[count] = Planes(model, count, batch, columns, dtype)
        if way == "dense":
            draw = Uniforms(laws, streams, dtype).draw
            return Dense(self.planes[count], importances, draw, columns)
        entries = partial(draw_entries, laws[0], streams[0], batch, dtype)
        drawn = int(_ENTRY * (batch * laws[0].active + 100))
        if way == "rows":
            return ByEntry(self.planes[1], importances, entries, columns, drawn)
        return ByEntry(self.sparse, importances, entries, self.sparse.rows, drawn)

    @cached_property
    def sparse(self) -> Sparse:
        """What sparse instances work in, one after another."""
        model = self.problem.model
        rows = block_columns(model.features, self.batch, SPARSE)
        return Sparse(model, self.batch, rows, self.dtype)

    @property
    def nbytes(self) -> int:
        """The memory of the streams and laws of all instances, about."""
        return _STREAM * self.problem.count

    def state(self) -> State:
        """Return the streams."""
        rows = [rng.bit_generator.state for rng in self.streams]
        return {
            "streams": np.array([row["state"]["state"] for row in rows]),
            "halves": np.array([[row["has_uint32"], row["uinteger"]] for row in rows]),
        }

    def restore(self, state: State) -> None:
        """Go on from streams."""
        for rng, words, half in zip(self.streams, state["streams"], state["halves"], strict=True):
            rng.bit_generator.state = {
                "bit_generator": "SFC64",
                "state": {"state": words},
                "has_uint32": int(half[0]),
                "uinteger": int(half[1]),
            }


def block_columns(features: int, batch: int, numbers: int) -> int:
    """Return how many samples a block has whose arrays hold about so many numbers."""
    return min(batch, max(64, numbers // features // 64 * 64))
