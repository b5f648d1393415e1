"""What deciding a step gives, and multiples of known identities as certificates."""

from dataclasses import dataclass

import sympy

from superposition_theory.errors import InputError

from .context import Context, Fact, Hypothesis, Relation
from .polynomials import Polynomial, identity
from .rewriting import Rule, TraceRule, Used
from .scalars import Scalar, ScalarLike
from .traces import TracePolynomial, trace


@dataclass(frozen=True)
class Outcome:
    """What deciding one step gave.

    Parameters
    ----------
    decided : bool
        Whether the statement was proved.
    detail : str
        The common normal form, or what is left over.
    used : frozenset of str
        Names of the hypotheses and earlier steps that were used.
    gained : tuple of Rule, TraceRule, Fact or Value
        What later steps may use.

    Examples
    --------
    >>> Outcome(True, "both sides reduce to 0").gained
    ()
    """

    decided: bool
    detail: str
    used: Used = frozenset()
    gained: tuple[Hypothesis, ...] = ()


@dataclass(frozen=True)
class Using:
    """A multiple of a known identity: factor * left * (lhs - rhs) * right.

    Parameters
    ----------
    name : str
        A rule, a trace rule, or a fact "= 0", assumed or decided earlier.
    left, right : Polynomial or None
        Cofactors of a rule; of a fact only `left`. None is the identity.
    factor : int, Fraction or sympy expression
        Scalar cofactor.

    Examples
    --------
    >>> Using("eigenvector", factor=2).left is None
    True
    """

    name: str
    left: Polynomial | None = None
    right: Polynomial | None = None
    factor: ScalarLike = 1

    def of_matrix(self, context: Context) -> tuple[Polynomial, Used]:
        """Return the multiple, its left side reduced by all rules but the one that is used."""
        context.require_defined(self.factor)
        item = context.find(self.name)
        if isinstance(item, Fact):
            unit = identity("1") if self.left is None else context.polynomial(self.left)
            return context.reduced(self.factor * _zero_of(item)) * unit, frozenset({item.name})
        if not isinstance(item, Rule):
            raise InputError(f"{self.name!r} is not a rule or a scalar fact")
        sides = []
        for side in (item.lhs, item.rhs):
            product = side if self.left is None else context.polynomial(self.left) * side
            product = product if self.right is None else product * context.polynomial(self.right)
            sides.append(context.reduced(self.factor) * product)
        reduced, used = context.theory.without(self.name).normal_form(sides[0])
        return reduced - sides[1], used | {self.name}

    def of_trace(self, context: Context) -> tuple[TracePolynomial, Used]:
        """Return the multiple of a trace rule, reduced by all rules but this one."""
        context.require_defined(self.factor)
        item = context.find(self.name)
        if not isinstance(item, TraceRule):
            raise InputError(f"{self.name!r} is not a trace rule")
        lhs = context.reduced(self.factor) * item.lhs
        reduced, used = context.theory.without(self.name).trace_normal_form(lhs)
        value = context.reduced(self.factor * item.value) * trace(identity("1"))
        return reduced - value, used | {self.name}

    def of_scalar(self, context: Context) -> Scalar:
        """Return the multiple of a scalar fact."""
        context.require_defined(self.factor)
        return self.factor * _zero_of(context.fact(self.name))


def _zero_of(fact: Fact) -> Scalar:
    """Return the expression of a fact "= 0"."""
    if fact.relation != "= 0":
        raise InputError(f"fact {fact.name!r} is {fact.text()}; accepted: an equation")
    return sympy.sympify(fact.expression)


def decided_fact(name: str, expression: ScalarLike, relation: Relation) -> Fact:
    """Return the fact that a decided step adds to the context.

    Parameters
    ----------
    name : str
        Name of the step.
    expression : sympy expression
        The scalar.
    relation : {"= 0", "!= 0", ">= 0", "> 0"}
        What was proved of it.

    Returns
    -------
    Fact
        With the step as its reason.

    Examples
    --------
    >>> decided_fact("square", sympy.Symbol("x") ** 2, ">= 0").because
    'decided by the step square'
    """
    return Fact(name, expression, relation, because=f"decided by the step {name}")


def verdict(
    difference: Polynomial | TracePolynomial | Scalar, used: Used, detail: str, *gained: Hypothesis
) -> Outcome:
    """Return the outcome of a statement that holds when the reduced difference is zero.

    Parameters
    ----------
    difference : Polynomial, TracePolynomial or sympy expression
        Left side minus right side, reduced.
    used : frozenset of str
        Names of what was used.
    detail : str
        What is reported if the difference is zero.
    *gained
        What later steps may use if the difference is zero.

    Returns
    -------
    Outcome
        Decided exactly when the difference is zero.

    Examples
    --------
    >>> verdict(sympy.Symbol("x"), frozenset(), "equal").detail
    'left side minus right side reduces to x'
    """
    algebraic = isinstance(difference, Polynomial | TracePolynomial)
    if difference.is_zero if algebraic else difference == 0:
        return Outcome(True, detail, used, gained)
    return Outcome(False, f"left side minus right side reduces to {difference}", used)
