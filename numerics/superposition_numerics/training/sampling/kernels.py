"""Kernels for numba: random words, inputs, gradients. Imported where they are used only.

A stream of random words is 64 generators xoshiro128+ side by side (Blackman and Vigna 2021), that
take turns; its state has the shape (4, 64). A uniform number is a word times 2^-32, or two words
where that is too coarse.

NaN must survive: what a ReLU drops is asked as "<= 0", and `max` is not to be trusted with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .compiling import compiled

Array = npt.NDArray[Any]

INDEPENDENT, CORRELATED, ANTICORRELATED = range(3)
_COARSE = 2.0**-16  # below this density a word says too little, and two are drawn


@compiled
def fill_words(state: Array, out: Array) -> None:
    """Fill an array, whose size is a multiple of 64, with random words."""
    first, second, third, fourth = state[0], state[1], state[2], state[3]
    for start in range(0, out.size, 64):
        words = out[start : start + 64]
        for k in range(64):
            a, b, c, d = first[k], second[k], third[k], fourth[k]
            words[k] = a + d
            shifted = b << np.uint32(9)
            c ^= a
            d ^= b
            b ^= c
            a ^= d
            c ^= shifted
            d = (d << np.uint32(11)) | (d >> np.uint32(21))
            first[k], second[k], third[k], fourth[k] = a, b, c, d


@compiled
def fill_uniforms(state: Array, words: Array, out: Array) -> None:
    """Fill a row with uniform numbers, with room for as many words rounded up to 64."""
    count = out.size
    fill_words(state, words[: (count + 63) // 64 * 64])
    kind = out.dtype.type
    scale = kind(2.0**-32)
    for k in range(count):
        out[k] = kind(words[k]) * scale


@compiled
def open_gate(row: Array, seen: Array, chances: Array, density: float, hazard: float) -> None:
    """Write what a gate leaves of words, and add it to what the gates before it left."""
    kind = row.dtype.type
    zero, one = kind(0), kind(1)
    # a gate that never opens gets a slope that leaves nothing of any word
    then = kind(2.0**-32 / density) if density > 0 else kind(np.inf)
    now = kind(2.0**-32 / hazard) if hazard > 0 else kind(np.inf)
    for k in range(row.size):
        value = one - kind(chances[k]) * (then if seen[k] > zero else now)
        row[k] = value if value > zero else zero  # noqa: FURB136
        seen[k] += row[k]


@compiled
def open_rare_gate(
    row: Array, seen: Array, chances: Array, finer: Array, density: float, hazard: float
) -> None:
    """Do the same for a small density by two words."""
    kind = row.dtype.type
    for k in range(row.size):
        chance = (np.float64(chances[k]) + np.float64(finer[k]) * 2.0**-32) * 2.0**-32
        limit = density if seen[k] > kind(0) else hazard
        row[k] = kind(1 - chance / limit) if chance < limit else kind(0)
        seen[k] += row[k]


@compiled
def draw_inputs(
    state: Array,
    x: Array,
    densities: Array,
    hazards: Array,
    correlation: int,
    signed: bool,
    words: Array,
    gate: Array,
    seen: Array,
) -> None:
    """Fill x, shape (n, columns), with samples.

    A gate opens with its density if one before it is open, else with its hazard: hazards above the
    densities leave out the samples in which no gate opens; equal ones leave out none. The words
    have room for one more row than there are features, rows rounded up to 64.
    """
    n, columns = x.shape
    gates = densities.size
    size = n // gates
    kind = x.dtype.type
    zero, one, two = kind(0), kind(1), kind(2)
    for k in range(columns):
        seen[k] = zero
    stride = (columns + 63) // 64 * 64
    fill_words(state, words[: gates * stride])
    for g in range(gates):
        row = x[g] if correlation == INDEPENDENT else gate[:columns]
        chances = words[g * stride : (g + 1) * stride]
        if 0 < densities[g] < _COARSE:
            finer = words[gates * stride : (gates + 1) * stride]
            fill_words(state, finer)
            open_rare_gate(row, seen, chances, finer, densities[g], hazards[g])
        else:
            open_gate(row, seen, chances, densities[g], hazards[g])
        if correlation == CORRELATED:
            for i in range(g * size, (g + 1) * size):
                fill_uniforms(state, words, x[i])  # over words that are spent
                for k in range(columns):
                    x[i, k] = x[i, k] if row[k] > zero else zero
        elif correlation == ANTICORRELATED:
            for i in range(size):
                start = kind(i)
                for k in range(columns):
                    value = row[k] * kind(size) - start
                    x[g * size + i, k] = value if zero < value <= one else zero
    if signed:
        for i in range(n):
            for k in range(columns):
                x[i, k] = two * x[i, k] - one if x[i, k] > zero else zero


@compiled
def fill_values(state: Array, words: Array, signed: bool, out: Array) -> None:
    """Fill an array with values of active features."""
    kind = out.dtype.type
    two, one = kind(2), kind(1)
    for first in range(0, out.size, words.size):
        part = out[first : first + words.size]
        fill_uniforms(state, words, part)
        if signed:
            for k in range(part.size):
                part[k] = two * part[k] - one


@compiled
def draw_active(
    state: Array,
    densities: Array,
    batch: int,
    size: int,
    correlation: int,
    words: Array,
    starts: Array,
    features: Array,
) -> tuple[int, int]:
    """Draw which features are active in a batch, row by row, by the gaps between open gates.

    Writes where the rows that have one begin, and the features; returns the numbers of rows and
    entries, or (-1, -1) if there is no room.
    """
    gates = densities.size
    top = 0.0
    for g in range(gates):
        top = max(top, densities[g])
    slope = 1 / np.log1p(-top) if 0 < top < 1 else 0.0
    opened = size if correlation == CORRELATED else 1
    row, gate, at = 0, -1, words.size
    rows, entries, latest = 0, 0, -1
    while top > 0:
        if at == words.size:
            fill_words(state, words)
            at = 0
        first, second, third, fourth = words[at], words[at + 1], words[at + 2], words[at + 3]
        at += 4
        fine = (np.float64(first) + (np.float64(second) + 0.5) * 2.0**-32) * 2.0**-32
        gap = np.log(fine) * slope
        if gap >= np.float64(batch - row) * gates:
            break
        gate += 1 + int(gap)
        if gate >= gates:
            row += gate // gates
            gate %= gates
            if row >= batch:
                break
        chance = (np.float64(third) + np.float64(fourth) * 2.0**-32) * 2.0**-32 * top
        if chance >= densities[gate]:
            continue
        if entries + opened > features.size:
            return -1, -1
        if row != latest:
            starts[rows] = entries
            rows += 1
            latest = row
        place = gate * size
        if correlation == ANTICORRELATED:
            place += min(int(chance / densities[gate] * size), size - 1)
        for i in range(opened):
            features[entries + i] = place + i
        entries += opened
    starts[rows] = entries
    return rows, entries


@compiled
def add_rows(
    starts: Array,
    features: Array,
    values: Array,
    across: Array,
    biases: Array,
    rectified: bool,
    last: float,
    outer: Array,
    bias: Array,
    squares: Array,
) -> None:
    """Add rows by their active entries to the slopes of the map across, transposed, and the bias.

    ``across`` and ``outer`` have the shape (n, n): the image of a feature in a row.
    """
    n = biases.size
    rows = starts.size - 1
    kind = across.dtype.type
    zero = kind(0)
    error = np.empty(n, across.dtype)
    sums = np.zeros(n, across.dtype)
    slopes = np.zeros(n, across.dtype)
    for r in range(rows):
        first, end = starts[r], starts[r + 1]
        for i in range(n):
            error[i] = biases[i]
        for e in range(first, end):
            image, value = across[features[e]], values[e]
            for i in range(n):
                error[i] += value * image[i]
        weight = kind(last) if r == rows - 1 else kind(1)
        if rectified:
            for i in range(n):
                error[i] = zero if error[i] <= zero else error[i]  # noqa: FURB136
        for e in range(first, end):
            j, target = features[e], abs(values[e])
            if rectified and error[j] <= zero:
                squares[j] += weight * target * target
            else:
                error[j] -= target
        for i in range(n):
            value = weight * error[i]
            sums[i] += value * error[i]
            slopes[i] += value
            error[i] = value
        for e in range(first, end):
            image, value = outer[features[e]], values[e]
            for i in range(n):
                image[i] += value * error[i]
    for i in range(n):
        squares[i] += sums[i]
        bias[i] += slopes[i]
