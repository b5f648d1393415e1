"""Ways to a sampled loss and its gradient, each for instances that it serves best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from ...matrices import FloatArray
from ..models import Array
from .draws import Entries, entries_of
from .planes import Planes
from .sparse import Sparse


class Path(Protocol):
    """A way to the sampled loss and gradient of some instances."""

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Draw a batch for each instance; return the losses and write the gradient."""

    def given(self, flat: Array, gradient: Array, x: Array) -> FloatArray:
        """Do the same on a given batch, shape (instances, batch, n)."""

    @property
    def buffers(self) -> dict[int, int]:
        """The memory of what it works in, which others may share, by identity."""


class Dense:
    """All entries of all rows.

    Parameters
    ----------
    planes : Planes
    importances : ndarray, shape (instances, n)
    draw : callable
        Fills an array of shape (instances, n, columns).
    columns : int
        Of a block.
    """

    def __init__(
        self,
        planes: Planes,
        importances: FloatArray,
        draw: Callable[[Array], None],
        columns: int,
    ) -> None:
        self.planes, self.importances = planes, importances
        self.draw, self.columns = draw, columns

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Draw a batch for each instance; return the losses and write the gradient."""
        return self._run(flat, gradient, lambda block, _: self.draw(block))

    def given(self, flat: Array, gradient: Array, x: Array) -> FloatArray:
        """Do the same on a given batch."""

        def copy(block: Array, first: int) -> None:
            block[...] = np.swapaxes(x[:, first : first + block.shape[-1]], -1, -2)

        return self._run(flat, gradient, copy)

    @property
    def buffers(self) -> dict[int, int]:
        """The memory of what it works in, which others may share, by identity."""
        return {id(self.planes): self.planes.nbytes}

    def _run(self, flat: Array, gradient: Array, fill: Callable[[Array, int], None]) -> FloatArray:
        planes, batch = self.planes, self.planes.batch
        planes.begin(flat, self.importances)
        for first in range(0, batch, self.columns):
            fill(planes.block(min(self.columns, batch - first)), first)
            planes.add()
        return planes.finish(gradient)


class ByEntry:
    """The rows of one instance that have an active feature; the others are one row with a weight.

    Parameters
    ----------
    engine : Planes or Sparse
    importances : ndarray, shape (1, n)
    draw : callable
        Returns the active entries of a batch.
    rows : int
        Of a block.
    drawn : int
        Bytes that a drawn batch takes, about.
    """

    def __init__(
        self,
        engine: Planes | Sparse,
        importances: FloatArray,
        draw: Callable[[], Entries],
        rows: int,
        drawn: int,
    ) -> None:
        self.engine, self.importances = engine, importances
        self.draw, self.rows, self.drawn = draw, rows, drawn

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Draw a batch; return the loss and write the gradient."""
        return self._run(flat, gradient, self.draw())

    def given(self, flat: Array, gradient: Array, x: Array) -> FloatArray:
        """Do the same on a given batch."""
        return self._run(flat, gradient, entries_of(x[0]))

    @property
    def buffers(self) -> dict[int, int]:
        """The memory of what it works in, which others may share, by identity."""
        return {id(self.engine): self.engine.nbytes, id(self.draw): self.drawn}

    def _run(self, flat: Array, gradient: Array, entries: Entries) -> FloatArray:
        engine, silent = self.engine, self.engine.batch - entries.rows
        if silent:
            entries = entries.with_silent_row()
        engine.begin(flat, self.importances)
        for first in range(0, entries.rows, self.rows):
            last = min(first + self.rows, entries.rows)
            weight = float(silent) if silent and last == entries.rows else 1.0
            engine.add_entries(entries.part(first, last), weight)
        return engine.finish(gradient)
