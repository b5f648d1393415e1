r"""Truncated moments of z = b + sum_i g_i x_i over cubes, by a recursion of positive terms.

For x uniform on the cube of an active set A let T_A(q, r) = E[prod x_i^{q_i} z_+^r]. The integral
over a cube of side s is homogeneous in (s, b) of degree r + |A| + |q|, so Euler's identity holds.
In it s d/ds gives the faces x_l = 1. With b = -sum_l t_l g_l the term b d/db is -sum_l t_l d/dx_l
under the integral, where it is integrated by parts:

    (r + |A| + |q|) T_A(q, r) = sum_{l in A} (1 - t_l) T_{A - l}(q, r; x_l = 1) + t_l E_l,

    E_l = T_{A - l}(q, r; x_l = 0) if q_l = 0,  q_l T_A(q - e_l, r) if q_l > 0.

If z changes sign on the cube, all t_l can be taken in [0, 1]: nothing is subtracted and nothing is
divided by a gain, so the result is accurate however small the gains are. If z keeps its sign, T
is 0 or the moment of a polynomial.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from superposition_numerics.matrices import FloatArray

from .plan import Monomial, Plan, gradient_plan, loss_plan

_TERMS = 1 << 17  # numbers in the largest array of a part: it should stay in the cache


@dataclass(frozen=True)
class SupportMoments:
    """Moments of every output on every support; bit i of a support's number is feature i.

    Attributes
    ----------
    losses : ndarray, shape (2^n, outputs, batch)
        E_A (x_j - (z_j)_+)^2.
    slopes : ndarray, shape (2^n, outputs, batch)
        E_A [(z_j - x_j) 1_{z_j > 0}].
    weighted : ndarray, shape (2^n, outputs, n, batch)
        E_A [x_i (z_j - x_j) 1_{z_j > 0}].
    """

    losses: FloatArray
    slopes: FloatArray
    weighted: FloatArray


def support_losses(gram: FloatArray, biases: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Yield E_A (x_j - (z_j)_+)^2 for z_j = b_j + sum_i g_ji x_i, on every support A.

    Parameters
    ----------
    gram : ndarray, shape (batch, n, n)
    biases : ndarray, shape (batch, n)

    Yields
    ------
    slice, ndarray of shape (2^n, outputs, instances)
        For a part of the batch.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.toy_model.moments import support_losses
    >>> ((part, losses),) = support_losses(np.zeros((1, 1, 1)), np.full((1, 1), 0.5))
    >>> losses.ravel().round(12).tolist()
    [0.25, 0.083333333333]
    """
    plan = loss_plan(gram.shape[-1])
    for part, values in _moments(plan, gram, biases):
        yield part, _losses(plan, values)


def support_moments(gram: FloatArray, biases: FloatArray) -> Iterator[tuple[slice, SupportMoments]]:
    """Yield the losses on every support and the moments of their gradient.

    Parameters as for `support_losses`.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.toy_model.moments import support_moments
    >>> ((part, moments),) = support_moments(np.zeros((1, 1, 1)), np.full((1, 1), 0.5))
    >>> moments.slopes.ravel().tolist()
    [0.5, 0.0]
    """
    n = gram.shape[-1]
    plan = gradient_plan(n)
    outputs = np.arange(n)
    for part, values in _moments(plan, gram, biases):

        def pick(monomial: Monomial, values: FloatArray = values) -> FloatArray:
            return values[plan.on_supports[monomial], outputs]

        weighted = np.empty((1 << n, n, n, values.shape[-1]))
        for k in range(n):
            inputs = (outputs + k) % n
            weighted[:, outputs, inputs] = pick(Monomial(1, (k,))) - pick(Monomial(0, (0, k)))
        slopes = pick(Monomial(1, ())) - pick(Monomial(0, (0,)))
        yield part, SupportMoments(_losses(plan, values), slopes, weighted)


def _losses(plan: Plan, values: FloatArray) -> FloatArray:
    """Return E x_j^2 - 2 E x_j (z_j)_+ + E (z_j)_+^2 on the supports."""
    n = values.shape[1]
    own_active = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    cross = values[plan.on_supports[Monomial(1, (0,))], np.arange(n)]
    square = values[plan.on_supports[Monomial(2, ())], np.arange(n)]
    return own_active[:, :, None] / 3 - 2 * cross + square


def _moments(
    plan: Plan, gram: FloatArray, biases: FloatArray
) -> Iterator[tuple[slice, FloatArray]]:
    """Yield the moments in the order of the plan, shape (rows, outputs, instances), by parts."""
    batch, n, _ = gram.shape
    width = max(1, min(batch, _TERMS // (n * plan.widest)))
    # One allocation for all parts: fresh pages would cost more than the sums.
    room = np.empty((plan.rows + 2 * plan.widest) * n * width)
    outputs = np.arange(n)
    for first in range(0, batch, width):
        part = slice(first, first + width)
        gains = np.stack([gram[part, outputs, (outputs + k) % n].T for k in range(n)])
        columns = n * gains.shape[-1]
        here = room[: (plan.rows + 2 * plan.widest) * columns].reshape(-1, columns)
        values, terms, factors = np.split(here, (plan.rows, plan.rows + plan.widest))
        _fill(plan, gains.reshape(n, columns), biases[part].T.reshape(-1), values, terms, factors)
        yield part, values.reshape(plan.rows, n, -1)


def _fill(
    plan: Plan,
    gains: FloatArray,
    biases: FloatArray,
    values: FloatArray,
    terms: FloatArray,
    factors: FloatArray,
) -> None:
    """Compute the moments of outputs with gains (n, columns); the last two are room to work in."""
    lowest = _over_states(biases, gains, np.minimum(gains, 0.0))
    highest = _over_states(biases, gains, np.maximum(gains, 0.0))
    full = (lowest >= 0) & (highest > 0)
    mixed = (lowest < 0) & (highest > 0)
    values[0] = 0
    _fill_polynomials(plan, gains, biases, full.astype(np.float64), values)
    coefficients = _coefficients(plan, gains, lowest, highest, mixed)
    for step in plan.steps:
        shape = (*step.sources.shape, gains.shape[1])
        summands = terms[: step.sources.size].reshape(shape)
        weights = factors[: step.sources.size].reshape(shape)
        values.take(step.sources, axis=0, out=summands, mode="clip")
        coefficients.take(step.coefficients, axis=0, out=weights, mode="clip")
        summands *= weights
        values[step.rows] += summands.sum(axis=1) / step.degrees[:, None]


def _over_states(start: FloatArray, at_one: FloatArray, at_active: FloatArray) -> FloatArray:
    """Return start + a term for each position where x is 1, or active; shape (3^n, columns).

    Additions of columns, not a matrix product, whose rounding depends on how many columns there
    are: an instance should not depend on the others.
    """
    sums = start[None]
    for one, active in zip(at_one, at_active, strict=True):
        sums = np.concatenate((sums, sums + one, sums + active))
    return sums


def _fill_polynomials(
    plan: Plan, gains: FloatArray, biases: FloatArray, full: FloatArray, values: FloatArray
) -> None:
    """Write the moments of states where z >= 0 on the whole cube."""
    middle = full * _over_states(biases, gains, gains / 2)
    variance = full * _over_states(np.zeros_like(biases), np.zeros_like(gains), gains**2 / 12)
    for block in plan.blocks:
        power, factors = block.monomial.power, block.monomial.factors
        moment = values[block.rows]
        if power == 0:
            np.multiply(full.take(block.states, axis=0), block.monomial.average, out=moment)
        elif power == 1:
            np.multiply(middle.take(block.states, axis=0), block.monomial.average, out=moment)
            for i in factors:
                moment += full.take(block.states, axis=0) * (gains[i] / 12)
        else:
            np.square(middle.take(block.states, axis=0), out=moment)
            moment += variance.take(block.states, axis=0)


def _coefficients(
    plan: Plan, gains: FloatArray, lowest: FloatArray, highest: FloatArray, mixed: np.ndarray
) -> FloatArray:
    """Return 1 - t_l and t_l for all pairs, both 0 where z keeps its sign."""
    width = np.where(mixed, highest - lowest, 1.0)
    above = (np.where(mixed, highest, 0.0) / width).take(plan.pair_states, axis=0)
    below = (np.where(mixed, -lowest, 0.0) / width).take(plan.pair_states, axis=0)
    rising = (gains > 0).take(plan.pair_positions, axis=0)
    return np.concatenate((np.where(rising, above, below), np.where(rising, below, above)))
