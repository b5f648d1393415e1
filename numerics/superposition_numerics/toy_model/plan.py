"""Which truncated moments are computed, and from which others each of them follows.

Every output j is put in the same place: position k stands for feature (j + k) mod n, so that
position 0 is the output's own feature and one plan serves all outputs. A state says of each
position whether its x is left out (0), fixed at 1, or active (uniform on [0, 1]); its code has the
ternary digits 0, 1, 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from superposition_numerics.matrices import FloatArray

IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Monomial:
    """The integrand prod_i x_i z_+^power, i over ``factors`` with repetition, increasing."""

    power: int
    factors: tuple[int, ...]

    @cached_property
    def average(self) -> float:
        """The mean of prod_i x_i over the cube."""
        return math.prod(1 / (1 + self.factors.count(i)) for i in set(self.factors))

    def without(self, position: int, *, all_powers: bool) -> Monomial:
        """Return the integrand with x_position = 1, or with one factor x_position fewer."""
        kept = list(self.factors)
        for _ in range(kept.count(position) if all_powers else 1):
            kept.remove(position)
        return Monomial(self.power, tuple(kept))


@dataclass(frozen=True)
class Block:
    """The rows of one monomial: one for each state in which its factors are active."""

    monomial: Monomial
    states: IntArray
    rows: slice


@dataclass(frozen=True)
class Step:
    """A run of rows that follow from rows before them.

    ``value[rows] += sum_s coefficient[coefficients[:, s]] value[sources[:, s]] / degrees``.
    """

    rows: slice
    sources: IntArray
    coefficients: IntArray
    degrees: FloatArray


@dataclass(frozen=True)
class Plan:
    """The recursion for n features.

    Attributes
    ----------
    pair_states, pair_positions : ndarray of int, shape (pairs,)
        The active positions of every state. Coefficient number c is that of x = 1 for pair c, and
        number pairs + c that of x = 0.
    rows : int
        Row 0 is zero; every other row is a moment.
    blocks : tuple of Block
    steps : tuple of Step
    on_supports : dict
        For a monomial, rows by support and output, shape (2^n, n): its factors count from the
        output, as positions do. Row 0 where a factor is not active.
    """

    pair_states: IntArray
    pair_positions: IntArray
    rows: int
    blocks: tuple[Block, ...]
    steps: tuple[Step, ...]
    on_supports: dict[Monomial, IntArray]

    @property
    def widest(self) -> int:
        """The most terms in one step."""
        return max(step.sources.size for step in self.steps)


@cache
def loss_plan(features: int) -> Plan:
    """Return the plan for E z_+^2 and E x_j z_+ of output j."""
    return _plan(features, [Monomial(1, ()), Monomial(2, ()), Monomial(1, (0,))])


@cache
def gradient_plan(features: int) -> Plan:
    """Return the plan for these, E x_i^q z_+^r with q + r <= 2, and E x_i x_j 1_{z > 0}."""
    positions = range(features)
    return _plan(
        features,
        [Monomial(power, ()) for power in range(3)]
        + [Monomial(power, (i,)) for power in range(2) for i in positions]
        + [Monomial(0, (0, i)) for i in positions],
    )


def _plan(n: int, monomials: list[Monomial]) -> Plan:
    """Return the plan: each moment is numbered after those that it follows from."""
    powers = 3 ** np.arange(n)
    digits = np.arange(3**n)[:, None] // powers % 3
    active = digits == 2
    size = active.sum(axis=1)
    pair_states, pair_positions = np.nonzero(active)
    first_pair = np.cumsum(size) - size

    row_of = {monomial: np.zeros(3**n, dtype=np.intp) for monomial in monomials}
    blocks, steps, next_row = [], [], 1
    # Monomials of one step have as many terms: a squared factor has one more.
    kinds = ((0, 0), (1, 1), (2, 2), (2, 1))  # factors, different factors
    for active_count in range(n + 1):
        for kind in kinds:
            parts, begin = [], next_row
            for monomial in monomials:
                factors = monomial.factors
                if (len(factors), len(set(factors))) != kind:
                    continue
                states = np.flatnonzero((size == active_count) & active[:, factors].all(axis=1))
                if not states.size:
                    continue
                row_of[monomial][states] = next_row + np.arange(states.size)
                blocks.append(Block(monomial, states, slice(next_row, next_row + states.size)))
                next_row += states.size
                pairs = first_pair[states, None] + np.arange(active_count)
                parts.append(_terms(monomial, states, pairs, pair_positions, row_of))
            if active_count and parts:
                sources, coefficients, degrees = map(np.concatenate, zip(*parts, strict=True))
                steps.append(Step(slice(begin, next_row), sources, coefficients, degrees))

    supports = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    turned = np.stack([np.roll(supports, -j, axis=1) for j in range(n)], axis=1)
    codes = turned @ (2 * powers)
    return Plan(
        pair_states=pair_states,
        pair_positions=pair_positions,
        rows=next_row,
        blocks=tuple(blocks),
        steps=tuple(steps),
        on_supports={monomial: row[codes] for monomial, row in row_of.items()},
    )


def _terms(
    monomial: Monomial,
    states: IntArray,
    pairs: IntArray,
    pair_positions: IntArray,
    row_of: dict[Monomial, IntArray],
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return sources, coefficients and degrees of one monomial on states of one size."""
    sources, coefficients = [], []
    for pair in pairs.T:
        at_one = np.zeros_like(states)
        at_zero = np.zeros_like(states)
        for position in np.unique(pair_positions[pair]):
            here = pair_positions[pair] == position
            code = states[here]
            digit = 3 ** int(position)
            rest = monomial.without(position, all_powers=True)
            at_one[here] = row_of[rest][code - digit]
            if position in monomial.factors:
                fewer = monomial.without(position, all_powers=False)
                at_zero[here] = row_of[fewer][code]
            else:
                at_zero[here] = row_of[monomial][code - 2 * digit]
        sources += [at_one, at_zero]
        coefficients += [pair, pair_positions.size + pair]
    for position in set(monomial.factors):
        for _ in range(monomial.factors.count(position) - 1):  # q_l > 1 equal terms
            which = np.argmax(pair_positions[pairs] == position, axis=1)
            fewer = monomial.without(position, all_powers=False)
            sources.append(row_of[fewer][states])
            coefficients.append(pair_positions.size + pairs[np.arange(states.size), which])
    degree = monomial.power + pairs.shape[1] + len(monomial.factors)
    return (
        np.stack(sources, axis=1) if sources else np.zeros((states.size, 0), dtype=np.intp),
        np.stack(coefficients, axis=1) if sources else np.zeros((states.size, 0), dtype=np.intp),
        np.full(states.size, float(degree)),
    )
