"""Steps about scalars: rational identities, signs, and expectations."""

from dataclasses import dataclass
from fractions import Fraction

import sympy

from superposition_theory.errors import InputError

from .context import Context, Fact, Relation, Value, scalar_text
from .deciding import Outcome, Using, decided_fact, verdict
from .rewriting import Used
from .scalars import EXPECTATION, Scalar, ScalarLike, normal_scalar


@dataclass(frozen=True)
class ScalarIdentity:
    """Two scalars are equal as rational functions, E(...) being expanded in moments.

    Parameters
    ----------
    name : str
        Name of the step; later steps may use the equation.
    lhs, rhs : sympy expression
        May contain E(integrand).
    using : tuple of Using
        Multiples of scalar equations whose sum is lhs - rhs.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> ScalarIdentity("square", (x + 1) ** 2, x**2 + 2 * x + 1).decide(Context(())).decided
    True
    """

    name: str
    lhs: ScalarLike
    rhs: ScalarLike
    using: tuple[Using, ...] = ()

    def statement(self, latex: bool = False) -> str:
        """Return what the step claims."""
        return f"{scalar_text(self.lhs, latex)} = {scalar_text(self.rhs, latex)}"

    def decide(self, context: Context) -> Outcome:
        """Decide the step."""
        context.require_defined(self.lhs, self.rhs)
        difference = self.lhs - self.rhs
        for item in self.using:
            difference -= item.of_scalar(context)
        gained = decided_fact(self.name, self.lhs - self.rhs, "= 0")
        detail = f"both sides equal {context.reduced(self.rhs)}"
        used = frozenset(item.name for item in self.using) | _values_in(context, difference)
        return verdict(context.reduced(difference), used, detail, gained)


def _values_in(context: Context, expression: ScalarLike) -> Used:
    """Return the names of the definitions whose symbols occur."""
    symbols = context.expanded(expression).free_symbols
    return frozenset(
        item.name
        for item in context.items
        if isinstance(item, Value) and context.expanded(item.lhs) in symbols
    )


@dataclass(frozen=True)
class Product:
    """A product that is visibly nonnegative.

    Parameters
    ----------
    coefficient : int, Fraction or sympy.Rational
        A nonnegative number.
    squares : tuple of sympy expressions
        Each is squared.
    factors : tuple of str
        Names of facts ">= 0" or "> 0".
    divisors : tuple of str
        Names of facts "> 0".

    Raises
    ------
    InputError
        If the coefficient is no number, or a negative one. An expression is refused even where
        it is constant: whether it is zero must be visible.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> Product(squares=(x - 1,)).expression(Context(()))
    (x - 1)**2
    """

    coefficient: int | Fraction | sympy.Rational = 1
    squares: tuple[ScalarLike, ...] = ()
    factors: tuple[str, ...] = ()
    divisors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        number = isinstance(self.coefficient, int | Fraction | sympy.Rational)
        if not number or isinstance(self.coefficient, bool) or self.coefficient < 0:
            raise InputError(
                f"coefficient is {self.coefficient}; accepted: a nonnegative int, Fraction or "
                "sympy.Rational"
            )

    def expression(self, context: Context) -> Scalar:
        """Return the product, or raise where a factor has no known sign."""
        total: Scalar = sympy.sympify(self.coefficient)
        context.require_defined(*self.squares)
        for name in self.factors:
            total *= _signed(context, name, (">= 0", "> 0"))
        for name in self.divisors:
            total /= _signed(context, name, ("> 0",))
        return total * sympy.Mul(*(sympy.sympify(root) ** 2 for root in self.squares))

    def is_positive(self, context: Context) -> bool:
        """Return whether the product cannot vanish."""
        signs = (context.fact(name).relation == "> 0" for name in self.factors)
        return self.coefficient != 0 and not self.squares and all(signs)


def _signed(context: Context, name: str, accepted: tuple[Relation, ...]) -> Scalar:
    """Return the expression of a fact with one of the accepted relations."""
    fact = context.fact(name)
    if fact.relation not in accepted:
        raise InputError(f"fact {name!r} is {fact.text()}; accepted: {' or '.join(accepted)}")
    return sympy.sympify(fact.expression)


@dataclass(frozen=True)
class Nonnegative:
    """A scalar is >= 0 (or > 0), being a sum of visibly nonnegative products.

    Parameters
    ----------
    name : str
        Name of the step; later steps may use the inequality.
    expression : sympy expression
        With random variables in it, the claim is made at every atom.
    products : tuple of Product
        Their sum is the expression, up to the multiples in `using`.
    strict : bool
        Whether "> 0" is claimed; one of the products must then be positive.
    using : tuple of Using
        Multiples of scalar equations.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> products = (Product(squares=(x - 1,)),)
    >>> Nonnegative("square", x**2 - 2 * x + 1, products).decide(Context(())).decided
    True
    """

    name: str
    expression: ScalarLike
    products: tuple[Product, ...]
    strict: bool = False
    using: tuple[Using, ...] = ()

    def _fact(self) -> Fact:
        """Return the decided inequality."""
        relation: Relation = "> 0" if self.strict else ">= 0"
        return decided_fact(self.name, self.expression, relation)

    def statement(self, latex: bool = False) -> str:
        """Return what the step claims."""
        return self._fact().text(latex)

    def decide(self, context: Context) -> Outcome:
        """Decide the step."""
        context.require_defined(self.expression)
        difference = self.expression - sum(item.expression(context) for item in self.products)
        for item in self.using:
            difference -= item.of_scalar(context)
        if self.strict and not any(item.is_positive(context) for item in self.products):
            return Outcome(False, "no product in the certificate is known to be positive")
        used = frozenset(item.name for item in self.using) | _values_in(context, difference)
        for product in self.products:
            used |= {*product.factors, *product.divisors}
        detail = "equals the sum of nonnegative products"
        return verdict(context.reduced(difference), used, detail, self._fact())


@dataclass(frozen=True)
class Averaged:
    """The expectation of an expression that is >= 0 at every atom is >= 0.

    Parameters
    ----------
    name : str
        Name of the step; later steps may use the inequality.
    fact : str
        Name of a fact ">= 0" or "> 0".
    integrand : sympy expression
        The expression of that fact, stated again for the reader.

    Examples
    --------
    >>> from superposition_theory.derivations.expectations import Expectation
    >>> lam = sympy.Symbol("lambda")
    >>> positive = Fact("positive", lam, "> 0", because="an eigenvalue")
    >>> context = Context((positive,), Expectation((("lambda",),)))
    >>> Averaged("mean", "positive", lam).decide(context).decided
    True
    """

    name: str
    fact: str
    integrand: ScalarLike

    def _gained(self) -> Fact:
        """Return the decided inequality."""
        return decided_fact(self.name, EXPECTATION(self.integrand), ">= 0")

    def statement(self, latex: bool = False) -> str:
        """Return what the step claims."""
        return self._gained().text(latex)

    def decide(self, context: Context) -> Outcome:
        """Decide the step."""
        known = _signed(context, self.fact, (">= 0", "> 0"))
        context.require_defined(EXPECTATION(self.integrand))
        difference = normal_scalar(self.integrand - known)
        return verdict(
            difference, frozenset({self.fact}), "positivity of the expectation", self._gained()
        )
