"""What is to be decided about a function on a box, and the rules that close a box."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from ..matrices import FloatArray
from .definite import is_positive_definite
from .functions import Function
from .intervals import Arithmetic
from .intervals.arithmetic import Mask
from .trees import Box


class Rule(ABC):
    """A sufficient reason to close a box, with the letter that stands for it in a tree."""

    code: str

    @abstractmethod
    def closes(
        self, question: Any, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Say, for each box of a batch, whether the rule closes it."""


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
class Natural(Rule):
    """The interval extension of the objective is positive."""

    code: str = "n"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        return question.objective.value(arithmetic.values(lower, upper)).is_positive()


@dataclass(frozen=True)
class Centred(Rule):
    """The mean value form is positive, on the face to which monotonicity reduces the box.

    Where a partial derivative keeps its sign the least value lies on one face. On what is left of
    the box f(x) >= f(m) + sum g_i (x_i - m_i) for every midpoint m, with the derivatives g_i
    anywhere in their enclosure (Moore, Kearfott and Cloud 2009, section 6.4).
    """

    code: str = "c"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        return centred_value(question.objective, arithmetic, lower, upper).is_positive()


@dataclass(frozen=True)
class Tangent(Rule):
    """The objective is convex on the box, and its tangent plane at the midpoint is positive."""

    code: str = "t"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        objective = question.objective
        x = arithmetic.values(lower, upper)
        middle = (lower + upper) / 2
        m = arithmetic.values(middle, middle)
        plane = objective.value(m)
        for slope, side, centre in zip(objective.gradient(m), x, m, strict=True):
            plane = plane + slope * (side - centre)
        positive = plane.is_positive()
        if not np.any(positive):
            return positive
        return positive & is_positive_definite(objective.hessian(x))


@dataclass(frozen=True)
class Concave(Rule):
    """The objective is concave in one variable, and positive on both of its faces.

    Parameters
    ----------
    code : str
    variable : int
    """

    variable: int
    code: str = "v"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        objective, k = question.objective, self.variable
        x = arithmetic.values(lower, upper)
        concave = objective.hessian(x)[k][k].is_negative()
        for end in (lower, upper):
            if not np.any(concave):
                break
            low, high = lower.copy(), upper.copy()
            low[k] = high[k] = end[k]
            concave = concave & centred_value(objective, arithmetic, low, high).is_positive()
        return concave


@dataclass(frozen=True)
class Infeasible(Rule):
    """A constraint is violated on the whole box."""

    code: str = "i"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate the constraints, each naturally and in mean value form."""
        x = arithmetic.values(lower, upper)
        closed: Any = np.zeros(lower.shape[1:], dtype=bool)
        for constraint in question.constraints:
            closed = closed | constraint.value(x).is_positive()
        return closed


@dataclass(frozen=True)
class InfeasibleCentred(Rule):
    """A constraint is violated on the whole box by its mean value form."""

    code: str = "j"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        closed: Any = np.zeros(lower.shape[1:], dtype=bool)
        for constraint in question.constraints:
            closed = closed | centred_value(constraint, arithmetic, lower, upper).is_positive()
        return closed


@dataclass(frozen=True)
class Inside(Rule):
    """The box lies in the part of the domain that is left out."""

    code: str = "x"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Compare the bounds, which are exact."""
        del arithmetic
        inside: Any = np.full(lower.shape[1:], question.left_out is not None)
        for k, (low, high) in enumerate(question.left_out or ()):
            inside = inside & (lower[k] >= float(low)) & (upper[k] <= float(high))
        return inside


@dataclass(frozen=True)
class Definite(Rule):
    """The Hessian is positive definite on the whole box.

    Parameters
    ----------
    basis : tuple of tuples of Fraction, optional
        Of the congruence under which it is tested.
    code : str
    """

    basis: tuple[tuple[Fraction, ...], ...] | None = None
    code: str = "d"

    def closes(
        self, question: Convex, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        x = arithmetic.values(lower, upper)
        return is_positive_definite(question.objective.hessian(x), self.basis)


@dataclass(frozen=True)
class Positive(Question):
    """f(x) > 0 at every x of the domain that meets the constraints and is not left out.

    Parameters
    ----------
    name : str
    variables : tuple of str
    domain : tuple of (lower, upper)
    objective : Function
        f.
    constraints : tuple of Function
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
    objective: Function
    constraints: tuple[Function, ...] = ()
    left_out: Box | None = None
    rules: tuple[Rule, ...] = (Inside(), Infeasible(), Natural(), Centred())

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
        """Return the sides times the largest slope along them (the smear)."""
        if not any(isinstance(rule, Centred) for rule in self.rules):
            return super().spreads(arithmetic, lower, upper)
        return _smears(self.objective, arithmetic, lower, upper)


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


def centred_value(
    function: Function, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
) -> Any:
    """Return a value below which the function does not fall on a box, by its slopes.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.certify import FLOATS, Formula
    >>> from superposition_numerics.certify.questions import centred_value
    >>> f = Formula(lambda x: x[0] - x[0] ** 2 / 4)
    >>> box = np.array([[1.0]]), np.array([[1.5]])
    >>> bool(abs(centred_value(f, FLOATS, *box).bounds()[0][0] - 0.75) < 1e-12)
    True
    """
    slopes = function.gradient(arithmetic.values(lower, upper))
    low, high = lower.copy(), upper.copy()
    for k, slope in enumerate(slopes):
        rising, falling = slope.bounds()[0] >= 0, slope.bounds()[1] <= 0
        high[k] = np.where(rising, lower[k], upper[k])
        low[k] = np.where(falling & ~np.asarray(rising), upper[k], lower[k])
    middle = (low + high) / 2
    m, x = arithmetic.values(middle, middle), arithmetic.values(low, high)
    value = function.value(m)
    for slope, side, centre in zip(slopes, x, m, strict=True):
        value = value + slope * (side - centre)
    return value


def _smears(
    function: Function, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
) -> FloatArray:
    slopes = function.gradient(arithmetic.values(lower, upper))
    rows = []
    for k, slope in enumerate(slopes):
        low, high = slope.bounds()
        rows.append(np.maximum(np.abs(low), np.abs(high)) * (upper[k] - lower[k]))
    return np.array(rows)


def ordered(variables: Sequence[int]) -> tuple[Function, ...]:
    """Return the constraints x_i <= x_j <= ...: one of the copies that permutations make of a box.

    That the objective, the other constraints and the domain do not change under the permutations
    of these variables is the caller's to know.

    Examples
    --------
    >>> from superposition_numerics.certify import ordered
    >>> len(ordered((0, 1, 2)))
    2
    """
    return tuple(_Difference(i, j) for i, j in pairwise(variables))


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


__all__ = [
    "Centred",
    "Concave",
    "Convex",
    "Definite",
    "Infeasible",
    "InfeasibleCentred",
    "Inside",
    "Mask",
    "Natural",
    "Positive",
    "Question",
    "Rule",
    "Tangent",
    "centred_value",
    "ordered",
]
