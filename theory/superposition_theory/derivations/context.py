"""What a step of a derivation may use: hypotheses, definitions and results decided before it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal, TypeAlias, TypeVar, get_args

import sympy

from superposition_theory.errors import InputError

from .declarations import letters_of
from .expectations import Expectation
from .polynomials import Polynomial
from .rewriting import Rule, Theory, TraceRule
from .scalars import (
    EXPECTATION,
    Scalar,
    ScalarLike,
    as_expression,
    denominator_factors,
    normal_scalar,
    numerator_factors,
)
from .traces import TracePolynomial

Relation: TypeAlias = Literal["= 0", "!= 0", ">= 0", "> 0"]
_LATEX_RELATION = {"= 0": "= 0", "!= 0": r"\neq 0", ">= 0": r"\geq 0", "> 0": "> 0"}


def scalar_text(expression: ScalarLike, latex: bool = False) -> str:
    r"""Return a scalar as text or as LaTeX.

    Parameters
    ----------
    expression : int, Fraction or sympy expression
        The scalar.
    latex : bool
        Whether LaTeX is wanted.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> scalar_text(sympy.Symbol("kappa") / 2, latex=True)
    '\\frac{\\kappa}{2}'
    """
    given = as_expression(expression, "expression")
    return str(sympy.latex(given)) if latex else str(given)


@dataclass(frozen=True)
class Fact:
    """A scalar relation, assumed or decided: an expression is zero, nonzero, or has a sign.

    A fact about a random variable holds at every atom of its distribution.

    Parameters
    ----------
    name : str
        How steps and reports refer to the fact.
    expression : sympy expression
        A rational function of the symbols.
    relation : {"= 0", "!= 0", ">= 0", "> 0"}
        What is claimed of it.
    because : str
        Why a reader may assume it.

    Raises
    ------
    InputError
        If the relation is none of the four.

    Examples
    --------
    >>> Fact("positive", sympy.Symbol("kappa"), "> 0", because="a norm").text()
    'kappa > 0'
    """

    name: str
    expression: ScalarLike
    relation: Relation
    because: str

    def __post_init__(self) -> None:
        if self.relation not in get_args(Relation):
            raise InputError(
                f"relation of {self.name} is {self.relation!r}; accepted: {get_args(Relation)}"
            )

    def text(self, latex: bool = False) -> str:
        """Return the relation as text or as LaTeX."""
        relation = _LATEX_RELATION[self.relation] if latex else self.relation
        return f"{scalar_text(self.expression, latex)} {relation}"


@dataclass(frozen=True)
class Value:
    """A definition: a scalar symbol, or one moment E(...), stands for an expression.

    Parameters
    ----------
    name : str
        How steps and reports refer to the definition.
    lhs : sympy expression
        A symbol, or E of one monomial in the random variables of one copy.
    rhs : sympy expression
        Its value, in which no defined symbol occurs.
    because : str
        Where the definition comes from.

    Examples
    --------
    >>> kappa = sympy.Symbol("kappa")
    >>> Value("mean", EXPECTATION(sympy.Symbol("lambda")), kappa, because="Rayleigh").text()
    'E(lambda) = kappa'
    """

    name: str
    lhs: Scalar
    rhs: ScalarLike
    because: str

    def text(self, latex: bool = False) -> str:
        """Return the definition as text or as LaTeX."""
        return f"{scalar_text(self.lhs, latex)} = {scalar_text(self.rhs, latex)}"


Hypothesis: TypeAlias = Rule | TraceRule | Fact | Value
_Kind = TypeVar("_Kind", Rule, TraceRule, Fact, Value)


@dataclass(frozen=True)
class Context:
    """The hypotheses and earlier results that a step may use.

    Parameters
    ----------
    items : tuple of Rule, TraceRule, Fact or Value
        With distinct names.
    expectation : Expectation or None
        The distribution that E refers to.

    Raises
    ------
    InputError
        If two items share a name, two letters of different shapes share a name, or a definition
        is circular or mixes constants with random variables.

    Examples
    --------
    >>> kappa = sympy.Symbol("kappa")
    >>> context = Context((Fact("positive", kappa, "> 0", because="a norm"),))
    >>> context.undefined(1 / kappa**2), context.undefined(1 / (kappa - 1))
    ((), (kappa - 1,))
    """

    items: tuple[Hypothesis, ...]
    expectation: Expectation | None = None

    def __post_init__(self) -> None:
        names = [item.name for item in self.items]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"the name {name!r} is used twice; accepted: distinct names")
        for rule in self._all(Rule):
            self._require_constant(rule.name, *(value for _, value in rule.rhs.terms))
        for trace_rule in self._all(TraceRule):
            self._require_constant(trace_rule.name, trace_rule.value)
        letters_of(self.items)
        for value in self._all(Value):
            self._require_constant(value.name, as_expression(value.rhs, "rhs"))
            loop = set(self._values) & self.expanded(value.rhs).free_symbols
            if loop:
                raise InputError(f"definition {value.name} uses the defined symbols {loop}")

    def _all(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """Return the items of one kind."""
        return tuple(item for item in self.items if isinstance(item, kind))

    def _require_constant(self, name: str, *expressions: Scalar) -> None:
        """Raise where a random variable stands free in what must be a constant."""
        random = self.expectation.variables if self.expectation else frozenset()
        for expression in expressions:
            if self.expanded(expression).free_symbols & random:
                raise InputError(f"{name}: {expression} depends on a random variable")

    def extended(self, *items: Hypothesis) -> "Context":
        """Return the context with more items."""
        return Context(self.items + items, self.expectation)

    @cached_property
    def theory(self) -> Theory:
        """The rewriting rules."""
        return Theory(self._all(Rule), self._all(TraceRule))

    @cached_property
    def _values(self) -> dict[Scalar, Scalar]:
        """The defined symbols and their values."""
        values: dict[Scalar, Scalar] = {}
        for item in self._all(Value):
            defined = self.expanded(item.lhs)
            random = self.expectation.variables if self.expectation else frozenset()
            if not defined.is_Symbol or defined in random or defined in values:
                raise InputError(
                    f"definition {item.name} defines {defined}; accepted: a constant symbol or "
                    "one moment, defined once"
                )
            values[defined] = self.expanded(item.rhs)
        return values

    @cached_property
    def _nonzero(self) -> frozenset[Scalar]:
        """The irreducible polynomials known not to vanish."""
        known: frozenset[Scalar] = frozenset()
        for item in self._all(Fact):
            if item.relation in ("> 0", "!= 0"):
                known |= numerator_factors(self.reduced(item.expression))
                known |= numerator_factors(self.expanded(item.expression))
        return known

    def contradiction(self) -> str | None:
        """Return a visible contradiction among the facts, or None where none is visible.

        Found are: a fact that reduces to a false relation between numbers, an equation whose
        factors are all known to be nonzero, and two signs that exclude one another. Other facts
        and rules may still contradict one another: a model in matrices is what shows that they do
        not.

        Examples
        --------
        >>> x = sympy.Symbol("x")
        >>> zero, positive = Fact("a", x, "= 0", because=""), Fact("b", x, "> 0", because="")
        >>> Context((zero, positive)).contradiction()
        'x = 0, but every factor is known to be nonzero'
        """
        signed: list[tuple[Fact, Scalar]] = []
        for item in self._all(Fact):
            value = self.reduced(item.expression)
            if item.relation == "= 0" and numerator_factors(value) <= self._nonzero:
                return f"{item.text()}, but every factor is known to be nonzero"
            if item.relation in ("!= 0", "> 0") and value == 0:
                return f"{item.text()}, but the left side is 0"
            if item.relation in (">= 0", "> 0"):
                signed.append((item, value))
                if value.is_negative:
                    return f"{item.text()}, but the left side is {value}"
        for (first, a), (second, b) in combinations(signed, 2):
            total = normal_scalar(a + b)
            strict = "> 0" in (first.relation, second.relation)
            if total.is_negative or (total == 0 and strict):
                return f"{first.text()} and {second.text()}, but the sum is {total}"
        return None

    def fact(self, name: str) -> Fact:
        """Return the fact of this name."""
        for item in self._all(Fact):
            if item.name == name:
                return item
        raise InputError(f"no scalar fact is named {name!r} at this point of the derivation")

    def find(self, name: str) -> Hypothesis:
        """Return the item of this name."""
        for item in self.items:
            if item.name == name:
                return item
        raise InputError(f"nothing is named {name!r} at this point of the derivation")

    def expanded(self, expression: ScalarLike) -> Scalar:
        """Return the expression with every E(...) written in moments."""
        given = as_expression(expression, "expression")
        if not given.has(EXPECTATION):
            return given
        if self.expectation is None:
            raise InputError(f"{given} contains E, but no expectation is declared")
        return self.expectation.expand(given)

    def reduced(self, expression: ScalarLike) -> Scalar:
        """Return the cancelled expression in moments, definitions replaced by their values."""
        return normal_scalar(self.expanded(expression).subs(self._values))

    def undefined(self, expression: ScalarLike) -> tuple[Scalar, ...]:
        """Return the factors of denominators that are not known to be nonzero."""
        given = as_expression(expression, "expression")
        parts = [self.expanded(given), *(inner.args[0] for inner in given.atoms(sympy.Function))]
        divisors = {factor for part in parts for factor in denominator_factors(part)}
        needed = {f for divisor in divisors for f in numerator_factors(self.reduced(divisor))}
        return tuple(sorted(needed - self._nonzero, key=str))

    def require_defined(self, *expressions: ScalarLike) -> None:
        """Raise unless every denominator is known to be nonzero."""
        for expression in expressions:
            unknown = self.undefined(expression)
            if unknown:
                listed = ", ".join(str(factor) for factor in unknown)
                raise InputError(f"{expression} divides by {listed}, not known to be nonzero")

    def polynomial(self, given: Polynomial) -> Polynomial:
        """Return the polynomial with reduced coefficients, all of them defined and constant."""
        letters_of(self.items, given)
        coefficients = [value for _, value in given.terms]
        self.require_defined(*coefficients)
        self._require_constant("a coefficient", *coefficients)
        terms = {word: self.reduced(value) for word, value in given.terms}
        return Polynomial.of(*given.shape, terms)

    def traces(self, given: TracePolynomial) -> TracePolynomial:
        """Return the combination of traces with reduced coefficients, defined and constant."""
        letters_of(self.items, given)
        coefficients = [value for _, value in given.terms]
        self.require_defined(*coefficients)
        self._require_constant("a coefficient", *coefficients)
        total = TracePolynomial(())
        for word, value in given.terms:
            total += self.reduced(value) * TracePolynomial(((word, sympy.Integer(1)),))
        return total
