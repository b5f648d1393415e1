"""The free algebra of real matrices of unspecified size, with transposition.

A `Polynomial` is a sum of scalar multiples of products of letters and transposed letters, all of
one shape; a product of mismatched shapes is refused. Whatever is proved about polynomials holds
for all sizes of the named dimensions and all real matrices.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self, TypeAlias

import sympy

from superposition_theory.errors import InputError

from .scalars import Scalar, ScalarLike, normal_scalar
from .words import Letter, Word, adjoint_word, word_order

Terms: TypeAlias = tuple[tuple[Word, Scalar], ...]


def collected(terms: Iterable[tuple[Word, ScalarLike]]) -> Terms:
    """Add up the coefficients of equal words, drop zeros, sort with the greatest word first.

    Parameters
    ----------
    terms : iterable of (word, coefficient)
        Words may repeat.

    Returns
    -------
    tuple of (word, coefficient)
        Distinct words with nonzero cancelled coefficients.

    Examples
    --------
    >>> collected([((), 1), ((), -1)])
    ()
    """
    sums: dict[Word, Scalar] = {}
    for word, coefficient in terms:
        sums[word] = sums[word] + coefficient if word in sums else coefficient
    kept = ((word, normal_scalar(total, "coefficient")) for word, total in sums.items())
    return tuple(
        sorted(
            ((word, total) for word, total in kept if total != 0),
            key=lambda term: word_order(term[0]),
            reverse=True,
        )
    )


def sum_text(terms: Iterable[tuple[str, Scalar]], latex: bool) -> str:
    """Join names with their coefficients to a sum.

    Parameters
    ----------
    terms : iterable of (str, sympy expression)
        Names with nonzero coefficients; an empty name stands for the scalar 1.
    latex : bool
        Whether coefficients are written in LaTeX.

    Returns
    -------
    str
        One line; "0" for no terms.

    Examples
    --------
    >>> sum_text([("A", sympy.Integer(1)), ("", sympy.Integer(-2))], latex=False)
    'A - 2'
    """
    out = ""
    for name, coefficient in terms:
        negative = not coefficient.is_Add and coefficient.could_extract_minus_sign()
        size = -coefficient if negative else coefficient
        number = str(sympy.latex(size)) if latex else str(size)
        if size.is_Add and name:
            number = rf"\left({number}\right)" if latex else f"({number})"
        body = name if name and size == 1 else f"{number} {name}".strip()
        out += (" - " if negative else " + ") + body
    if not out:
        return "0"
    return out[3:] if out.startswith(" + ") else "-" + out[3:]


@dataclass(frozen=True)
class Polynomial:
    """A sum of scalar multiples of words of one shape.

    Parameters
    ----------
    rows, cols : str
        Names of the dimensions.
    terms : tuple of (word, coefficient)
        Distinct words, nonzero cancelled coefficients, the greatest word first. Build
        polynomials with `matrix`, `identity`, `zero`, `scalar` and arithmetic.

    Examples
    --------
    >>> W = matrix("W", "m", "n")
    >>> print((W.star * W + 2 * identity("n")) * W.star)
    W* W W* + 2 W*
    >>> W * W  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    superposition_theory.errors.InputError: product of m x n by m x n: ...
    """

    rows: str
    cols: str
    terms: Terms

    @classmethod
    def of(cls, rows: str, cols: str, terms: Mapping[Word, ScalarLike]) -> Self:
        """Return the polynomial with these coefficients; every word must fit the shape."""
        for word in terms:
            ends = (word[0].rows, word[-1].cols) if word else (rows, rows)
            chained = all(left.cols == right.rows for left, right in pairwise(word))
            if ends != (rows, cols) or not chained:
                shown = " ".join(letter.text() for letter in word) or "the identity"
                raise InputError(
                    f"terms contain {shown}, which is not a product of shape {rows} x {cols}"
                )
        return cls(rows, cols, collected(terms.items()))

    @property
    def shape(self) -> tuple[str, str]:
        """The names of the two dimensions."""
        return self.rows, self.cols

    @property
    def star(self) -> "Polynomial":
        """The transposed polynomial: words reversed and starred, coefficients (real) kept."""
        terms = collected((adjoint_word(word), value) for word, value in self.terms)
        return Polynomial(self.cols, self.rows, terms)

    def __add__(self, other: "Polynomial") -> "Polynomial":
        if not isinstance(other, Polynomial):
            return NotImplemented
        if self.shape != other.shape:
            raise InputError(
                f"sum of {self.rows} x {self.cols} and {other.rows} x {other.cols}: "
                "the shapes must agree"
            )
        return Polynomial(self.rows, self.cols, collected(self.terms + other.terms))

    def __neg__(self) -> "Polynomial":
        return self * -1

    def __sub__(self, other: "Polynomial") -> "Polynomial":
        if not isinstance(other, Polynomial):
            return NotImplemented
        return self + -other

    def __mul__(self, other: "Polynomial | ScalarLike") -> "Polynomial":
        if not isinstance(other, Polynomial):
            factor = normal_scalar(other, "factor")
            terms = collected((word, value * factor) for word, value in self.terms)
            return Polynomial(self.rows, self.cols, terms)
        if self.cols != other.rows:
            raise InputError(
                f"product of {self.rows} x {self.cols} by {other.rows} x {other.cols}: "
                "the inner dimensions must agree"
            )
        terms = collected(
            (left + right, a * b) for left, a in self.terms for right, b in other.terms
        )
        return Polynomial(self.rows, other.cols, terms)

    def __rmul__(self, other: ScalarLike) -> "Polynomial":
        return self * other

    def __truediv__(self, other: ScalarLike) -> "Polynomial":
        quotient: Polynomial = self * inverse_scalar(other)
        return quotient

    @property
    def is_zero(self) -> bool:
        """Whether this is the zero polynomial."""
        return not self.terms

    @property
    def value(self) -> Scalar | None:
        """The scalar that this 1 x 1 polynomial is, or None if it has letters."""
        if self.shape != ("1", "1") or any(word for word, _ in self.terms):
            return None
        return self.terms[0][1] if self.terms else sympy.Integer(0)

    def text(self, latex: bool = False) -> str:
        """Return the polynomial as text or as LaTeX."""
        unit = "" if self.shape == ("1", "1") else f"I_{{{self.rows}}}" if latex else "I"
        named = (
            (" ".join(letter.text(latex) for letter in word) or unit, value)
            for word, value in self.terms
        )
        return sum_text(named, latex)

    def __str__(self) -> str:
        return self.text()


def inverse_scalar(divisor: ScalarLike) -> Scalar:
    """Return 1/divisor.

    Parameters
    ----------
    divisor : int, Fraction or sympy expression
        A scalar that is not the zero function; a derivation checks that it cannot vanish.

    Returns
    -------
    sympy.Expr
        The reciprocal.

    Raises
    ------
    InputError
        If the divisor is zero.

    Examples
    --------
    >>> inverse_scalar(3)
    1/3
    """
    number = normal_scalar(divisor, "divisor")
    if number == 0:
        raise InputError("divisor is 0; accepted: a nonzero scalar")
    return 1 / number


def matrix(name: str, rows: str, cols: str, *, self_adjoint: bool = False) -> Polynomial:
    """Return the polynomial that is one letter.

    Parameters
    ----------
    name : str
        Name of the matrix.
    rows, cols : str
        Names of its dimensions; "1" for one row or one column.
    self_adjoint : bool
        Whether the matrix equals its transpose.

    Returns
    -------
    Polynomial
        Of shape rows x cols.

    Examples
    --------
    >>> F = matrix("F", "m", "m", self_adjoint=True)
    >>> F.star == F
    True
    """
    letter = Letter(name, False, rows, cols, self_adjoint)
    return Polynomial.of(rows, cols, {(letter,): 1})


def identity(dimension: str) -> Polynomial:
    """Return the identity matrix, the empty word.

    Parameters
    ----------
    dimension : str
        Name of the dimension.

    Returns
    -------
    Polynomial
        Of shape dimension x dimension.

    Examples
    --------
    >>> W = matrix("W", "m", "n")
    >>> identity("m") * W == W == W * identity("n")
    True
    """
    return Polynomial.of(dimension, dimension, {(): 1})


def zero(rows: str, cols: str) -> Polynomial:
    """Return the zero matrix.

    Parameters
    ----------
    rows, cols : str
        Names of the dimensions.

    Returns
    -------
    Polynomial
        Without terms.

    Examples
    --------
    >>> print(zero("m", "n"))
    0
    """
    return Polynomial.of(rows, cols, {})


def scalar(value: ScalarLike) -> Polynomial:
    """Return a scalar as a 1 x 1 matrix.

    Parameters
    ----------
    value : int, Fraction or sympy expression
        A rational function of the symbols.

    Returns
    -------
    Polynomial
        Of shape 1 x 1.

    Examples
    --------
    >>> print(scalar(2 * sympy.Symbol("kappa")))
    2*kappa
    """
    return value * identity("1")
