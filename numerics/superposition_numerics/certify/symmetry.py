"""One of the copies that a symmetry makes of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from superposition_theory.errors import InputError

from .functions import Differentiable
from .intervals import Enclosure, Fixed
from .questions import Positive

_SAMPLES = 20
_RING = Fixed(128)
Point = list[Fraction]


def quotient(question: Positive, blocks: Sequence[Sequence[int]]) -> Positive:
    """Return a question on one of the copies that permutations of its variables make.

    Where objective, constraints, domain and the box left out do not change when blocks of variables
    change places, every point has a copy whose blocks are ordered by their first variable, and
    only those need be searched. The result says nothing but what it asks, which is about ordered
    points; that the symmetry holds is for a proof to say. A symmetry that fails at one of twenty
    seeded points is rejected here.

    Parameters
    ----------
    question : Positive
    blocks : sequence of sequences of int
        Disjoint, of one length: ((0, 1), (2, 3)) if (x_0, x_1) and (x_2, x_3) can be exchanged.

    Returns
    -------
    Positive

    Raises
    ------
    InputError
        If the blocks overlap or differ in length, or the question is not symmetric.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, decide, quotient
    >>> side = (Fraction(-1), Fraction(1))
    >>> bowl = Formula(lambda x: x[0] ** 2 + x[0] * x[1] + x[1] ** 2 + Fraction(1, 64))
    >>> whole = Positive("bowl", ("x", "y"), (side, side), bowl)
    >>> half = quotient(whole, ((0,), (1,)))
    >>> len(half.constraints), decide(half, FLOATS).boxes < decide(whole, FLOATS).boxes
    (1, True)
    """
    indices = [i for block in blocks for i in block]
    size = len(question.domain)
    if len(set(indices)) != len(indices) or len({len(block) for block in blocks}) != 1:
        raise InputError(f"blocks must be disjoint and of one length, got {blocks!r}")
    if not all(0 <= i < size for i in indices):
        raise InputError(f"blocks must hold numbers from 0 to {size - 1}, got {blocks!r}")
    rng = np.random.default_rng(0)
    points = [
        [low + (high - low) * Fraction(int(rng.integers(1 << 20)), 1 << 20) for low, high in box]
        for box in [question.domain] * _SAMPLES
    ]
    for first, second in pairwise(blocks):
        image = list(range(size))
        for i, j in zip(first, second, strict=True):
            image[i], image[j] = j, i
        _check(question, image, points)
    order = ordered([block[0] for block in blocks])
    return replace(question, constraints=(*question.constraints, *order))


def ordered(variables: Sequence[int]) -> tuple[Differentiable, ...]:
    """Return the constraints x_i <= x_j <= ...; see `quotient`, which knows when they are sound.

    Examples
    --------
    >>> from superposition_numerics.certify import ordered
    >>> len(ordered((0, 1, 2)))
    2
    """
    return tuple(_Difference(i, j) for i, j in pairwise(variables))


def _check(question: Positive, image: list[int], points: list[Point]) -> None:
    for name in ("domain", "left_out"):
        box = getattr(question, name)
        if box is not None and [box[i] for i in image] != list(box):
            raise InputError(f"{name} of {question.name!r} changes when variables go to {image}")
    copies = [[x[i] for i in image] for x in points]
    if not _agree(question.objective, copies, question.objective, points):
        raise InputError(f"objective of {question.name!r} changes when variables go to {image}")
    for constraint in question.constraints:
        if not any(_agree(constraint, copies, other, points) for other in question.constraints):
            raise InputError(
                f"constraints of {question.name!r} change when variables go to {image}"
            )


def _agree(
    first: Differentiable,
    first_points: list[Point],
    second: Differentiable,
    second_points: list[Point],
) -> bool:
    """Say whether two functions may have the same values at points."""
    for x, y in zip(first_points, second_points, strict=True):
        a, b = first.value(_RING.point(x)), second.value(_RING.point(y))
        if a.bounded and b.bounded and not _meet(a.enclosure(), b.enclosure()):
            return False
    return True


def _meet(first: Enclosure, second: Enclosure) -> bool:
    return first.lower <= second.upper and second.lower <= first.upper


@dataclass(frozen=True)
class _Difference:
    """x_i - x_j."""

    first: int
    second: int

    def value(self, x: Sequence[Any]) -> Any:
        return x[self.first] - x[self.second]

    def gradient(self, x: Sequence[Any]) -> list[Any]:
        zero = x[0] * 0
        return [
            zero + (1 if k == self.first else -1 if k == self.second else 0) for k in range(len(x))
        ]

    def hessian(self, x: Sequence[Any]) -> list[list[Any]]:
        zero = x[0] * 0
        return [[zero] * (i + 1) for i in range(len(x))]
