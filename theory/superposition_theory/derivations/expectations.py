"""A formal expectation: a linear functional, and nothing else is known of the distribution.

The identities hold for a spectral measure with any number of atoms, because only linearity,
E[1] = 1, the independence of copies and declared moments are used; positivity is used by the
step `Averaged`.
"""

from dataclasses import dataclass
from itertools import chain

import sympy

from superposition_theory.errors import InputError

from .scalars import EXPECTATION, Scalar, ScalarLike, as_expression, normal_scalar, symbol


@dataclass(frozen=True)
class Expectation:
    """The expectation over independent copies of one finite distribution.

    Parameters
    ----------
    copies : tuple of tuples of str
        Names of the random variables, one tuple for each independent copy, in the same order:
        ``(("lambda", "p"), ("mu", "q"))`` declares two copies of a pair.
    joint : tuple of str
        Names of random variables that depend on all copies together.

    Raises
    ------
    InputError
        If a name occurs twice or is not an identifier, or the copies are empty or have different
        lengths.

    Examples
    --------
    >>> lam, mu = symbol("lambda"), symbol("mu")
    >>> two = Expectation((("lambda",), ("mu",)))
    >>> two.expand(EXPECTATION((lam - mu) ** 2))
    2*E[lambda**2] - 2*E[lambda]**2
    """

    copies: tuple[tuple[str, ...], ...]
    joint: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            raise InputError(f"copies and joint name {self.names}; accepted: distinct names")
        for name in self.names:
            if not name.isidentifier():
                raise InputError(f"a random variable is named {name!r}; accepted: an identifier")
        lengths = {len(copy) for copy in self.copies}
        if len(lengths) != 1 or 0 in lengths:
            raise InputError(f"copies is {self.copies}; accepted: copies of one positive length")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all random variables."""
        return (*chain.from_iterable(self.copies), *self.joint)

    @property
    def variables(self) -> frozenset[Scalar]:
        """The symbols of all random variables."""
        return frozenset(symbol(name) for name in self.names)

    def of(self, integrand: ScalarLike) -> Scalar:
        """Return the expectation of a Laurent polynomial in the random variables, in moments.

        Parameters
        ----------
        integrand : sympy expression
            Its denominator, as it stands, is a scalar times a monomial in the random variables.

        Returns
        -------
        sympy.Expr
            A polynomial in symbols such as ``E[lambda**2]``; all other symbols are constants.

        Raises
        ------
        InputError
            If the denominator is not of that form.
        """
        given = sympy.together(as_expression(integrand, "integrand"))
        numerator, denominator = sympy.fraction(given)
        variables = [symbol(name) for name in self.names]
        below = sympy.Poly(denominator, *variables).terms()
        if len(below) != 1:
            raise InputError(
                f"integrand {integrand} has the denominator {denominator}; accepted: a scalar "
                f"times a monomial in {', '.join(self.names)}"
            )
        (lowest, scale) = below[0]
        total = sympy.Integer(0)
        for powers, coefficient in sympy.Poly(numerator, *variables).terms():
            exponents = tuple(a - b for a, b in zip(powers, lowest, strict=True))
            total += coefficient / scale * self._moment(exponents)
        return normal_scalar(total)

    def _moment(self, exponents: tuple[int, ...]) -> Scalar:
        """Return the moment symbol of a monomial, a product over independent copies."""
        width = len(self.copies[0])
        separate = len(self.copies) * width
        if any(exponents[separate:]):
            return _moment_symbol(self.names, exponents)
        return sympy.Mul(
            *(
                _moment_symbol(self.copies[0], exponents[start : start + width])
                for start in range(0, separate, width)
            )
        )

    def expand(self, expression: Scalar) -> Scalar:
        """Replace every unevaluated E(...) by its expansion in moments.

        Parameters
        ----------
        expression : sympy.Expr
            May contain E(...).

        Returns
        -------
        sympy.Expr
            The same without E(...).
        """
        return expression.replace(EXPECTATION, self.of)


def _moment_symbol(names: tuple[str, ...], exponents: tuple[int, ...]) -> Scalar:
    """Return the symbol of one moment; that of the constant 1 is 1."""
    monomial = sympy.Mul(*(symbol(n) ** k for n, k in zip(names, exponents, strict=True)))
    return monomial if monomial == 1 else symbol(f"E[{monomial}]")
