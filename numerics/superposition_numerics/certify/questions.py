"""What is to be decided about a function on a box."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory.errors import InputError

from ..matrices import FloatArray
from .functions import Differentiable, Function
from .intervals import Arithmetic
from .rules import Centred, Definite, Infeasible, InfeasibleCentred, Inside, Natural, Rule
from .trees import Box


class Question(ABC):
    """A statement about every point of a box.

    Attributes
    ----------
    name : str
    variables : tuple of str
        At most ten.
    domain : tuple of (lower, upper)
        Integers over powers of 2, so that halving is exact.
    rules : tuple of Rule
        Tried in this order; cheap ones first.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Formula, Positive, Question
    >>> side = (Fraction(0), Fraction(1))
    >>> question: Question = Positive("above", ("x",), (side,), Formula(lambda x: x[0] + 1))
    >>> [rule.code for rule in question.rules]
    ['x', 'i', 'n', 'c']
    """

    name: str
    variables: tuple[str, ...]
    domain: Box
    rules: tuple[Rule, ...]

    @abstractmethod
    def is_refuted(self, arithmetic: Arithmetic, points: FloatArray) -> Any:
        """Say, for each point, shape (d,) or (d, points), whether the statement fails there."""

    def spreads(self, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """Return how much each variable contributes to a box's uncertainty, shape (d, boxes).

        The side of the largest contribution is halved; here the longest side of the box beside
        that of the domain.
        """
        del arithmetic
        sides = np.array([float(high - low) for low, high in self.domain])
        relative: FloatArray = (upper - lower) / sides.reshape(-1, *[1] * (lower.ndim - 1))
        return relative


@dataclass(frozen=True)
class Positive(Question):
    """f(x) > 0 at every x of the domain that meets the constraints and is not left out.

    Parameters
    ----------
    name : str
    variables : tuple of str
    domain : tuple of (lower, upper)
    objective : Differentiable
        f.
    constraints : tuple of Differentiable
        x counts where every one of them is <= 0.
    left_out : tuple of (lower, upper), optional
        A box whose points do not count; bounds must be floats exactly.
    rules : tuple of Rule

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, decide
    >>> unit = (Fraction(-1), Fraction(1))
    >>> bowl = Formula(lambda x: x[0] ** 2 - x[0] * x[1] + x[1] ** 2 + Fraction(1, 100))
    >>> decide(Positive("bowl", ("x", "y"), (unit, unit), bowl), FLOATS).answer
    'proved'
    """

    name: str
    variables: tuple[str, ...]
    domain: Box
    objective: Differentiable
    constraints: tuple[Differentiable, ...] = ()
    left_out: Box | None = None
    rules: tuple[Rule, ...] = (Inside(), Infeasible(), Natural(), Centred())

    def __post_init__(self) -> None:
        """Check that comparisons with the box left out are exact."""
        if self.left_out is None:
            return
        if len(self.left_out) != len(self.domain):
            raise InputError(
                f"left_out must have {len(self.domain)} sides as domain has, got "
                f"{len(self.left_out)}"
            )
        for k, (low, high) in enumerate(self.left_out):
            if not (low <= high and all(Fraction(float(end)) == end for end in (low, high))):
                raise InputError(
                    f"side {k} of left_out must have lower <= upper, both floats exactly, got "
                    f"{low} and {high}"
                )

    def is_refuted(self, arithmetic: Arithmetic, points: FloatArray) -> Any:
        """Say whether f <= 0 at points that count, each certainly."""
        x = arithmetic.values(points, points)
        refuted = self.objective.value(x).bounds()[1] <= 0
        for constraint in self.constraints:
            refuted = refuted & (constraint.value(x).bounds()[1] <= 0)
        if self.left_out is not None:
            inside: Any = True
            for k, (low, high) in enumerate(self.left_out):
                inside = inside & (points[k] >= float(low)) & (points[k] <= float(high))
            refuted = refuted & ~np.asarray(inside)
        return refuted

    def spreads(self, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """Return the sides times the largest slope along them (the smear).

        With the rule `InfeasibleCentred` a box of which the constraints empty a half is halved so
        that this half falls off, as long as its sides stay alike.
        """
        relative = super().spreads(arithmetic, lower, upper)
        spreads = relative
        if any(isinstance(rule, Centred) for rule in self.rules):
            spreads = _smears(self.objective, arithmetic, lower, upper)
        if any(isinstance(rule, InfeasibleCentred) for rule in self.rules):
            empty = _empty_halves(self.constraints, arithmetic, lower, upper)
            # long sides only: a box that touches the feasible set in a corner would be cut for ever
            empty &= relative >= relative.max(axis=0) / 2
            spreads = np.where(empty.any(axis=0), np.where(empty, relative, -1.0), spreads)
        return spreads


@dataclass(frozen=True)
class Convex(Question):
    """The Hessian of f is positive definite at every x of the domain.

    Parameters
    ----------
    name, variables, domain, objective
        As for `Positive`.
    rules : tuple of Rule

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Convex, Fixed, Formula, decide
    >>> side = (Fraction(-1), Fraction(1))
    >>> quartic = Formula(lambda x: x[0] ** 4 - x[0] ** 2 / 10)
    >>> decide(Convex("quartic", ("x",), (side,), quartic), Fixed(64)).answer
    'refuted'
    """

    name: str
    variables: tuple[str, ...]
    domain: Box
    objective: Function
    rules: tuple[Rule, ...] = (Definite(),)

    def is_refuted(self, arithmetic: Arithmetic, points: FloatArray) -> Any:
        """Say whether a diagonal entry, or a 2 by 2 minor, of the Hessian is certainly <= 0."""
        h = self.objective.hessian(arithmetic.values(points, points))
        refuted: Any = False
        for i in range(len(h)):
            refuted = refuted | (h[i][i].bounds()[1] <= 0)
            for j in range(i):
                minor = h[i][i] * h[j][j] - h[i][j] ** 2
                refuted = refuted | (minor.bounds()[1] <= 0)
        return refuted


def _smears(
    function: Differentiable, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
) -> FloatArray:
    low, high = _slopes(function, arithmetic, lower, upper)
    with np.errstate(over="ignore"):
        smears: FloatArray = np.maximum(np.abs(low), np.abs(high)) * (upper - lower)
    return smears


def _empty_halves(
    constraints: tuple[Differentiable, ...],
    arithmetic: Arithmetic,
    lower: FloatArray,
    upper: FloatArray,
) -> npt.NDArray[np.bool_]:
    """Say, shape (d, boxes), along which variables a mean value form empties a half.

    In plain floats: it chooses where to halve, and a rule with rounded bounds closes the half.
    """
    empty = np.zeros(lower.shape, dtype=bool)
    radius, middle = (upper - lower) / 2, (lower + upper) / 2
    for constraint in constraints:
        least = np.asarray(constraint.value(arithmetic.values(middle, middle)).bounds()[0])
        low, high = _slopes(constraint, arithmetic, lower, upper)
        with np.errstate(over="ignore", invalid="ignore"):
            on_side = -radius * np.maximum(np.abs(low), np.abs(high))
            others = least + on_side.sum(axis=0) - on_side
            on_best_half = np.maximum(np.minimum(-radius * high, 0), np.minimum(radius * low, 0))
            empty |= others + on_best_half > 0
    return empty


def _slopes(
    function: Differentiable, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return bounds of the partial derivatives, each of the shape of the boxes."""
    bounds = [part.bounds() for part in function.gradient(arithmetic.values(lower, upper))]
    shape = lower.shape[1:]
    return (
        np.array([np.broadcast_to(low, shape) for low, _ in bounds]),
        np.array([np.broadcast_to(high, shape) for _, high in bounds]),
    )
