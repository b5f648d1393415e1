"""The dense kernel: draws and gradients of many instances in one call.

A block of samples is drawn, passes through the model and back, all in fast memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .compiling import compiled
from .kernels import draw_inputs, fill_words
from .products import add_inner, add_multiple

Array = npt.NDArray[Any]


@compiled
def pick(table: Array, low: int, state: Array, words: Array) -> int:
    """Draw an integer from a table of the probabilities that it is at most low, low + 1, ..."""
    fill_words(state, words[:64])
    chance = (np.float64(words[0]) + np.float64(words[1]) * 2.0**-32) * 2.0**-32
    first, last = 0, table.size - 1
    while first < last:
        middle = (first + last) // 2
        if table[middle] > chance:
            last = middle
        else:
            first = middle + 1
    return low + first


@compiled
def add_sums(rows: Array, out: Array) -> None:
    """Add the sum of each row."""
    for i in range(rows.shape[0]):
        total = out.dtype.type(0)
        for k in range(rows.shape[1]):
            total += rows[i, k]
        out[i] += total


@compiled
def gradients(
    flat: Array,
    gradient: Array,
    losses: Array,
    m: int,
    hidden_relu: bool,
    output_relu: bool,
    signed: bool,
    tied: bool,
    gram: bool,
    correlation: int,
    densities: Array,
    hazards: Array,
    tables: Array,
    lows: Array,
    importances: Array,
    batch: int,
    states: Array,
    which: Array,
    given: Array,
    block: int,
) -> None:
    """Write losses and gradients of instances, each from its own samples or a given batch.

    Parameters
    ----------
    flat, gradient : ndarray, shape (instances, size)
    losses : ndarray, shape (instances,)
    m, hidden_relu, output_relu, signed, tied
        Of the model.
    gram : bool
        Whether the map from inputs to outputs is formed as one matrix, where there is no hidden
        ReLU.
    correlation : int
    densities, hazards : ndarray, shape (instances, gates)
    tables : ndarray, shape (instances, entries)
        The distribution of the number of samples in which a gate opens, from ``lows`` on.
    lows : ndarray of int, shape (instances,)
    importances : ndarray, shape (instances, n)
    batch : int
    states : ndarray, shape (all instances, 4, 64)
    which : ndarray of int, shape (instances,)
        The place of each instance's state.
    given : ndarray, shape (instances, batch, n)
        Or empty: then samples are drawn.
    block : int
        Columns of a block, a multiple of 64.
    """
    n = importances.shape[1]
    kind = flat.dtype.type
    zero, one = kind(0), kind(1)
    words = np.empty((n + 1) * block, np.uint32)
    gate, seen = np.empty(block, flat.dtype), np.empty(block, flat.dtype)
    weights = np.empty(block, flat.dtype)
    x_room, e_room = np.empty(n * block, flat.dtype), np.empty(n * block, flat.dtype)
    h_room, d_room = np.empty(m * block, flat.dtype), np.empty(m * block, flat.dtype)
    encoder, decoder = np.empty((m, n), flat.dtype), np.empty((n, m), flat.dtype)
    square = n if gram else 0
    across, slopes = np.empty((square, n), flat.dtype), np.empty((square, n), flat.dtype)
    back = np.empty((m, n), flat.dtype)
    into_encoder, into_decoder = np.empty((m, n), flat.dtype), np.empty((n, m), flat.dtype)
    into_b, into_c = np.empty(n, flat.dtype), np.empty(m, flat.dtype)
    factors, squares = np.empty(n, flat.dtype), np.empty(n)
    at_b = m * n if tied else 2 * m * n
    at_c = at_b + n
    hidden_bias = flat.shape[1] > at_c
    for q in range(len(flat)):
        state = states[which[q]]
        for i in range(n):
            factors[i] = kind(importances[q, i] * 2 / batch)
            squares[i], into_b[i] = 0, zero
            for a in range(m):
                encoder[a, i] = flat[q, a * n + i]
                decoder[i, a] = flat[q, a * n + i if tied else m * n + i * m + a]
                back[a, i] = decoder[i, a] * (one if gram else factors[i])
                into_encoder[a, i] = into_decoder[i, a] = zero
            if gram:
                for j in range(n):
                    across[i, j] = slopes[i, j] = zero
        for a in range(m):
            into_c[a] = zero
        if gram:
            add_multiple(decoder, encoder, across)

        drawn = batch if given.size else pick(tables[q], lows[q], state, words)
        columns = drawn if drawn == batch else drawn + 1
        for start in range(0, columns, block):
            width = min(block, (columns - start + 63) // 64 * 64)
            full = min(width, drawn - start)  # from here on columns are zero
            x, error = x_room[: n * width].reshape(n, width), e_room[: n * width].reshape(n, width)
            hidden = h_room[: m * width].reshape(m, width)
            if given.size:
                for k in range(full):
                    for i in range(n):
                        x[i, k] = given[q, start + k, i]
            else:
                draw_inputs(
                    state,
                    x,
                    densities[q],
                    hazards[q],
                    correlation,
                    signed,
                    words,
                    gate,
                    seen,
                )
            for k in range(width):
                weights[k] = one
            for k in range(full, width):
                weights[k] = zero
                for i in range(n):
                    x[i, k] = zero
            if full < width and drawn < batch:
                weights[full] = kind(batch - drawn)
            for i in range(n):
                for k in range(width):
                    error[i, k] = flat[q, at_b + i]
            if gram:
                add_multiple(across, x, error)
            else:
                for a in range(m):
                    for k in range(width):
                        hidden[a, k] = flat[q, at_c + a] if hidden_bias else zero
                add_multiple(encoder, x, hidden)
                if hidden_relu:
                    for a in range(m):
                        for k in range(width):
                            if hidden[a, k] <= zero:
                                hidden[a, k] = zero
                add_multiple(decoder, hidden, error)
            for i in range(n):
                total = zero
                for k in range(width):
                    off = output_relu and error[i, k] <= zero
                    value = (zero if off else error[i, k]) - abs(x[i, k])
                    weighted = weights[k] * value
                    total += weighted * value
                    error[i, k] = zero if off else weighted
                squares[i] += total
            add_sums(error, into_b)
            if gram:
                add_inner(error, x, slopes)
            else:
                add_inner(error, hidden, into_decoder)
                behind = d_room[: m * width].reshape(m, width)
                for a in range(m):
                    for k in range(width):
                        behind[a, k] = zero
                add_multiple(back, error, behind)
                if hidden_relu:
                    for a in range(m):
                        for k in range(width):
                            if hidden[a, k] <= zero:
                                behind[a, k] = zero
                add_inner(behind, x, into_encoder)
                add_sums(behind, into_c)

        if gram:
            for i in range(n):
                for j in range(n):
                    slopes[i, j] *= factors[i]
            add_inner(slopes, encoder, into_decoder)
            add_multiple(back, slopes, into_encoder)
        else:
            for i in range(n):
                for a in range(m):
                    into_decoder[i, a] *= factors[i]
        losses[q] = 0
        for i in range(n):
            losses[q] += importances[q, i] * squares[i] / batch
            gradient[q, at_b + i] = into_b[i] * factors[i]
        for i in range(n):
            for a in range(m):
                if tied:
                    gradient[q, a * n + i] = into_encoder[a, i] + into_decoder[i, a]
                else:
                    gradient[q, a * n + i] = into_encoder[a, i]
                    gradient[q, m * n + i * m + a] = into_decoder[i, a]
        if hidden_bias:
            for a in range(m):
                gradient[q, at_c + a] = into_c[a]
