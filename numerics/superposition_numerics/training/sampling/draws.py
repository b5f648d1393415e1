"""Inputs drawn with numpy: all entries from uniforms, or the active ones by their gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...matrices import FloatArray
from ..models import Array
from .law import Law

Indices = npt.NDArray[np.intp]

# below this density a rounded word says too little: 53 bits are drawn, with the finest steps at 0
_COARSE = {"float32": 2.0**-8, "float64": 2.0**-24}


class Uniforms:
    """Draws all entries of a block for instances whose laws have the same gates.

    One uniform u decides a gate of density p, and what lies behind: the gate is open where u < p,
    and 1 - u / p is then uniform itself. It is the value of the feature, or it picks one of a set
    and is the value of that one; the features of a correlated set draw their values apart.

    Parameters
    ----------
    laws : list of Law
    streams : list of Generator
    dtype : dtype
        Of the inputs.
    """

    def __init__(self, laws: list[Law], streams: list[np.random.Generator], dtype: str) -> None:
        self.law, self.streams = laws[0], streams
        self.raws = [rng.bit_generator.random_raw for rng in streams]
        densities = np.array([law.densities for law in laws])
        self.never = densities == 0
        self.any_never = bool(self.never.any())
        densities[self.never] = 1
        fine = densities.min(axis=1) < _COARSE[dtype]
        self.fine = np.flatnonzero(fine)
        self.densities = densities[..., None].copy()
        densities[fine] = 1  # of these entries arrive over their densities
        if (densities == densities[:, :1]).all():  # one factor for a whole instance
            densities = densities[:, :1]
        words = 2.0 ** -(8 * np.dtype(dtype).itemsize) / densities  # signed words over densities
        self.slopes = np.where(fine[:, None], -1, -words)[..., None].astype(dtype)
        self.offsets = np.where(fine[:, None], 1, 1 - 0.5 / densities)[..., None].astype(dtype)
        self.word = np.dtype(f"i{np.dtype(dtype).itemsize}")

    def draw(self, x: Array) -> None:
        """Fill x, shape (instances, n, columns); each x[k] is contiguous."""
        law = self.law
        count, _, columns = x.shape
        alone = law.correlation == "independent"
        opened = x if alone else np.empty((count, law.gates, columns), x.dtype)
        flat = opened.reshape(count, -1)
        size, words, word = flat.shape[1], -(-flat[0].nbytes // 8), self.word
        for raw, row in zip(self.raws, flat, strict=True):
            row[...] = raw(words).view(word)[:size]
        for k in self.fine:
            with np.errstate(over="ignore"):  # far above a density of almost 0
                opened[k] = self.streams[k].random(opened[k].shape) / self.densities[k]
        if law.correlation == "correlated":
            for rng, values in zip(self.streams, x, strict=True):
                rng.random(out=values, dtype=x.dtype)
        opened *= self.slopes
        opened += self.offsets
        np.maximum(opened, np.zeros(opened[0].shape, x.dtype), out=opened)
        if self.any_never:
            opened[self.never] = 0
        sets = x.reshape(count, law.gates, law.size, columns)
        if law.correlation == "correlated":
            sets *= (opened > 0)[:, :, None]
        elif law.correlation == "anticorrelated":
            opened *= law.size
            for i in range(law.size):
                np.multiply(opened, (opened > 0) & (opened <= 1), out=sets[:, :, i])
                opened -= 1
        if law.signed:
            on = x > 0
            x *= 2
            x -= 1
            x *= on


@dataclass(frozen=True)
class Entries:
    """The active entries of the rows that have one, row by row.

    Attributes
    ----------
    starts : ndarray of int, shape (rows + 1,)
        Where each row begins.
    features : ndarray of int, shape (entries,)
    values : ndarray, shape (entries,)
    """

    starts: npt.NDArray[np.int32]
    features: npt.NDArray[np.int32]
    values: Array

    @property
    def rows(self) -> int:
        """How many rows have an active feature."""
        return len(self.starts) - 1

    def with_silent_row(self) -> Entries:
        """Return the same with one more row, in which nothing is active."""
        return Entries(np.append(self.starts, self.starts[-1]), self.features, self.values)

    def part(self, first: int, last: int) -> Entries:
        """Return the rows first, ..., last - 1."""
        starts = self.starts[first : last + 1]
        which = slice(int(starts[0]), int(starts[-1]))
        return Entries(starts - starts[0], self.features[which], self.values[which])


def draw_entries(law: Law, rng: np.random.Generator, batch: int, dtype: npt.DTypeLike) -> Entries:
    """Draw a batch by the gaps between open gates; rows without one are left out."""
    top = float(law.densities.max())
    places = open_places(rng, batch * law.gates, top)
    rows, gates = np.divmod(places, law.gates)
    if law.densities.min() < top:
        kept = rng.random(len(gates)) * top < law.densities[gates]
        rows, gates = rows[kept], gates[kept]
    if law.correlation == "correlated":
        features = (gates[:, None] * law.size + np.arange(law.size)).ravel()
        rows = np.repeat(rows, law.size)
    elif law.correlation == "anticorrelated":
        features = gates * law.size + rng.integers(law.size, size=len(gates))
    else:
        features = gates
    values: npt.NDArray[Any] = np.empty(len(features), dtype)
    rng.random(out=values, dtype=values.dtype)
    if law.signed:
        values *= 2
        values -= 1
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    starts = np.append(first, len(rows)).astype(np.int32)
    return Entries(starts, features.astype(np.int32), values)


def entries_of(x: Array) -> Entries:
    """Return the active entries of a batch, shape (batch, n)."""
    rows, features = np.nonzero(x)
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    starts = np.append(first, len(rows)).astype(np.int32)
    return Entries(starts, features.astype(np.int32), x[rows, features])


def open_places(rng: np.random.Generator, places: int, density: float) -> Indices:
    """Return which of so many places are open, each with this probability."""
    if density == 0:
        return np.zeros(0, dtype=np.intp)
    with np.errstate(divide="ignore"):
        rate = -np.log1p(-density)
    mean = places * density
    parts: list[FloatArray] = []
    last = -1.0
    while last < places:
        gaps = rng.standard_exponential(int(mean + 6 * mean**0.5) + 16)
        with np.errstate(over="ignore"):  # beyond all places
            gaps /= rate
        np.floor(gaps, out=gaps)
        gaps += 1
        gaps[0] += last
        np.cumsum(gaps, out=gaps)
        last = float(gaps[-1])
        parts.append(gaps)
    found = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return found[: np.searchsorted(found, places)].astype(np.intp)
