"""Fresh samples for every step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...matrices import FloatArray
from ...toy_model.arguments import integer
from ..instances import Problem
from ..models import Array
from ..objectives.objective import State
from .paths import Path
from .with_numpy import NumpyWays


@dataclass(frozen=True)
class Samples:
    """Fresh samples for every step.

    Attributes
    ----------
    batch : int
        Samples of each instance, at least 1.

    Raises
    ------
    InputError
        Fewer than one sample.

    Examples
    --------
    >>> from superposition_numerics.training import Samples
    >>> Samples(4096).to_dict()
    {'name': 'samples', 'batch': 4096}
    """

    batch: int = 1024

    def __post_init__(self) -> None:
        object.__setattr__(self, "batch", integer("batch", self.batch, least=1))

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> SampledGradient:
        """Return the sampled loss and gradient."""
        return SampledGradient(problem, self.batch, dtype, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return the source as JSON data."""
        return {"name": "samples", "batch": self.batch}


class Ways(Protocol):
    """What a backend offers: ways to a sampled gradient, and the streams of chance."""

    def choose(self, k: int) -> str:
        """Return the way for an instance, by the instance and the plan alone."""

    def kin(self, way: str, k: int) -> Hashable:
        """Return what instances that go together have in common."""

    def together(self, way: str) -> int:
        """Return how many instances go together."""

    def path(self, way: str, which: list[int]) -> Path:
        """Return the path of some instances."""

    @property
    def nbytes(self) -> int:
        """The memory of the streams and laws of all instances, about."""

    def state(self) -> State:
        """Return the streams."""

    def restore(self, state: State) -> None:
        """Go on from streams."""


class SampledGradient:
    """Loss and gradient of all instances from fresh samples.

    Parameters
    ----------
    problem : Problem
    batch : int
    dtype : str
    backend : str
    ways : sequence of str, optional
        The way of each instance, in place of the rule's choice.
    """

    deterministic = False

    def __init__(
        self,
        problem: Problem,
        batch: int,
        dtype: str,
        backend: str,
        ways: Sequence[str] | None = None,
    ) -> None:
        self.backend = _ways_of(backend, problem, batch, dtype)
        self.ways = ways or [self.backend.choose(k) for k in range(problem.count)]
        self.paths = [
            (_selection(which), self.backend.path(way, which)) for way, which in self._parties()
        ]

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Return the losses and write the gradient."""
        losses = np.empty(len(flat))
        for which, path in self.paths:
            slopes = gradient[which]
            losses[which] = path(flat[which], slopes)
            if not isinstance(which, slice):
                gradient[which] = slopes
        return losses

    def given(self, flat: Array, gradient: Array, x: Array) -> FloatArray:
        """Do the same on a given batch, shape (instances, batch, n)."""
        losses = np.empty(len(flat))
        for which, path in self.paths:
            slopes = gradient[which]
            losses[which] = path.given(flat[which], slopes, x[which])
            if not isinstance(which, slice):
                gradient[which] = slopes
        return losses

    @property
    def nbytes(self) -> int:
        """The memory of the buffers and streams, in bytes, about."""
        buffers = {0: self.backend.nbytes}
        for _, path in self.paths:
            buffers.update(path.buffers)
        return sum(buffers.values())

    def state(self) -> State:
        """Return the streams."""
        return self.backend.state()

    def restore(self, state: State) -> None:
        """Go on from streams."""
        self.backend.restore(state)

    def _parties(self) -> Iterator[tuple[str, list[int]]]:
        """Yield the instances that go together."""
        kin: dict[tuple[str, Hashable], list[int]] = defaultdict(list)
        for k, way in enumerate(self.ways):
            kin[way, self.backend.kin(way, k)].append(k)
        for (way, _), members in kin.items():
            size = self.backend.together(way)
            for first in range(0, len(members), size):
                yield way, members[first : first + size]


def _selection(which: list[int]) -> slice | npt.NDArray[np.intp]:
    """Return an index of instances, a slice (which takes no copy) where they follow each other."""
    first, last = which[0], which[-1] + 1
    return slice(first, last) if which == list(range(first, last)) else np.array(which)


def _ways_of(backend: str, problem: Problem, batch: int, dtype: str) -> Ways:
    """Return the ways of a backend."""
    if backend == "numpy":
        return NumpyWays(problem, batch, dtype)
    from .with_numba import NumbaWays

    return NumbaWays(problem, batch, dtype)
