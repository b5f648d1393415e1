"""The rules that close a box: sufficient reasons, each with its letter in the tree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from superposition_theory.errors import InputError

from ..matrices import FloatArray
from .definite import is_positive_definite
from .forms import centred_value, hessian_of
from .functions import Differentiable
from .intervals import Arithmetic

if TYPE_CHECKING:
    from .questions import Convex, Positive


class Rule(ABC):
    """A sufficient reason to close a box, with the letter that stands for it in a tree.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, Rule, decide
    >>> class FarEnough(Rule):
    ...     code = "f"
    ...     def closes(self, question, arithmetic, lower, upper):
    ...         return (arithmetic.values(lower, upper)[0] - 2).is_positive()
    >>> side = (Fraction(0), Fraction(4))
    >>> above = Formula(lambda x: x[0] * 0 - 1)
    >>> question = Positive("false", ("x",), (side,), above, rules=(FarEnough(),))
    >>> decide(question, FLOATS).answer
    'refuted'
    """

    code: str

    @abstractmethod
    def closes(
        self, question: Any, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Say, for each box of a batch, whether the rule closes it."""


@dataclass(frozen=True)
class Natural(Rule):
    """The interval extension of the objective is positive.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Natural, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> above = Formula(lambda x: x[0] ** 2 - x[0] + Fraction(1, 2))
    >>> question = Positive("above", ("x",), (side,), above, rules=(Natural(),))
    >>> decide(question, FLOATS).tree
    '00nn00nnn'
    """

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

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Centred, Formula, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> above = Formula(lambda x: x[0] ** 2 - x[0] + Fraction(1, 2))
    >>> question = Positive("above", ("x",), (side,), above, rules=(Centred(),))
    >>> decide(question, FLOATS).tree
    '0cc'
    """

    code: str = "c"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        return centred_value(question.objective, arithmetic, lower, upper).is_positive()


@dataclass(frozen=True)
class Tangent(Rule):
    """The objective is convex on the box, and its tangent plane at the midpoint is positive.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, Tangent, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> above = Formula(lambda x: x[0] ** 2 - x[0] + Fraction(1, 2))
    >>> question = Positive("above", ("x",), (side,), above, rules=(Tangent(),))
    >>> decide(question, FLOATS).tree
    't'
    """

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
        return positive & is_positive_definite(hessian_of(objective, x))


@dataclass(frozen=True)
class Concave(Rule):
    """The objective is concave in one variable, and positive on both of its faces.

    Parameters
    ----------
    variable : int
    code : str

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Concave, Formula, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> arch = Formula(lambda x: x[0] - x[0] ** 2 + Fraction(1, 100))
    >>> question = Positive("arch", ("x",), (side,), arch, rules=(Concave(0),))
    >>> decide(question, FLOATS).tree
    'v'
    """

    variable: int
    code: str = "v"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        objective, k = question.objective, self.variable
        x = arithmetic.values(lower, upper)
        concave = hessian_of(objective, x)[k][k].is_negative()
        for end in (lower, upper):
            if not np.any(concave):
                break
            low, high = lower.copy(), upper.copy()
            low[k] = high[k] = end[k]
            concave = concave & centred_value(objective, arithmetic, low, high).is_positive()
        return concave


@dataclass(frozen=True)
class Infeasible(Rule):
    """A constraint is violated on the whole box by its interval extension.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Infeasible, Natural, Positive
    >>> from superposition_numerics.certify import decide
    >>> side = (Fraction(0), Fraction(1))
    >>> negative, from_half = Formula(lambda x: x[0] - 1), Formula(lambda x: 2 - x[0])
    >>> rules = (Infeasible(), Natural())
    >>> question = Positive("empty", ("x",), (side,), negative, (from_half,), rules=rules)
    >>> decide(question, FLOATS).tree
    'i'
    """

    code: str = "i"

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate the constraints."""
        x = arithmetic.values(lower, upper)
        closed: Any = np.zeros(lower.shape[1:], dtype=bool)
        for constraint in question.constraints:
            closed = closed | constraint.value(x).is_positive()
        return closed


@dataclass(frozen=True)
class InfeasibleCentred(Rule):
    """A constraint is violated on the whole box by its mean value form.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, InfeasibleCentred
    >>> from superposition_numerics.certify import Natural, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> negative, from_half = Formula(lambda x: x[0] - 1), Formula(lambda x: 2 - x[0])
    >>> rules = (InfeasibleCentred(), Natural())
    >>> question = Positive("empty", ("x",), (side,), negative, (from_half,), rules=rules)
    >>> decide(question, FLOATS).tree
    'j'
    """

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
class Lagrangian(Rule):
    """The objective plus multiples of the constraints is positive, by its mean value form.

    Where the constraints are <= 0 and the multipliers >= 0 the objective is no less than that sum.
    Near a minimum on a constraint neither the objective nor the constraint alone closes a box.

    Parameters
    ----------
    multipliers : tuple of Fraction
        One for each constraint, none negative; those of Kuhn and Tucker at the minimum are best.
    code : str

    Raises
    ------
    InputError
        If a multiplier is negative, or there is not one for each constraint.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Lagrangian, Positive, decide
    >>> side = (Fraction(-2), Fraction(2))
    >>> disc = Formula(lambda x: x[0] ** 2 + x[1] ** 2 - 2)
    >>> height = Formula(lambda x: x[0] + x[1] + 2 + Fraction(1, 10**6))
    >>> rules = (Lagrangian((Fraction(1, 2),)),)
    >>> question = Positive("disc", ("x", "y"), (side, side), height, (disc,), rules=rules)
    >>> decide(question, FLOATS).answer
    'proved'
    """

    multipliers: tuple[Fraction, ...]
    code: str = "m"

    def __post_init__(self) -> None:
        """Check the signs."""
        if not all(multiplier >= 0 for multiplier in self.multipliers):
            raise InputError(f"multipliers must not be negative, got {self.multipliers}")

    def closes(
        self, question: Positive, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        if len(self.multipliers) != len(question.constraints):
            raise InputError(
                f"multipliers must be {len(question.constraints)}, one for each constraint, got "
                f"{len(self.multipliers)}"
            )
        total = _Sum((question.objective, *question.constraints), (Fraction(1), *self.multipliers))
        return centred_value(total, arithmetic, lower, upper).is_positive()


@dataclass(frozen=True)
class _Sum:
    """A sum of multiples of functions."""

    functions: tuple[Differentiable, ...]
    weights: tuple[Fraction, ...]

    def value(self, x: Sequence[Any]) -> Any:
        return self._total([function.value(x) for function in self.functions])

    def gradient(self, x: Sequence[Any]) -> list[Any]:
        parts = zip(*(function.gradient(x) for function in self.functions), strict=True)
        return [self._total(part) for part in parts]

    def hessian(self, x: Sequence[Any]) -> list[list[Any]]:
        tables = [hessian_of(function, x) for function in self.functions]
        return [
            [self._total([table[i][j] for table in tables]) for j in range(i + 1)]
            for i in range(len(x))
        ]

    def _total(self, parts: Sequence[Any]) -> Any:
        first, *others = (p * w for p, w in zip(parts, self.weights, strict=True))
        return sum(others, first)


@dataclass(frozen=True)
class Inside(Rule):
    """The box lies in the part of the domain that is left out.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Centred, Formula, Inside
    >>> from superposition_numerics.certify import Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> left_out = ((Fraction(0), Fraction(1, 2)),)
    >>> rules = (Inside(), Centred())
    >>> square = Formula(lambda x: x[0] ** 2)
    >>> question = Positive("square", ("x",), (side,), square, left_out=left_out, rules=rules)
    >>> decide(question, FLOATS).tree
    '0xc'
    """

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

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Convex, Definite, Fixed, Formula, decide
    >>> side = (Fraction(-1), Fraction(1))
    >>> quartic = Formula(lambda x: x[0] ** 4 + x[0] ** 2)
    >>> decide(Convex("quartic", ("x",), (side,), quartic, (Definite(),)), Fixed(64)).tree
    'd'
    """

    basis: tuple[tuple[Fraction, ...], ...] | None = None
    code: str = "d"

    def closes(
        self, question: Convex, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
    ) -> Any:
        """Evaluate."""
        x = arithmetic.values(lower, upper)
        return is_positive_definite(question.objective.hessian(x), self.basis)
