"""Traces: scalars plus scalar multiples of traces of words, up to rotation and transposition."""

from dataclasses import dataclass

import sympy

from superposition_theory.errors import InputError

from .polynomials import Polynomial, Terms, collected, inverse_scalar, sum_text
from .scalars import Scalar, ScalarLike, normal_scalar, symbol
from .words import Word, adjoint_word


def rotations(word: Word) -> tuple[Word, ...]:
    """Return all rotations of a word.

    Parameters
    ----------
    word : tuple of Letter
        A square product of letters.

    Returns
    -------
    tuple of words
        They have the same trace. One empty word for the empty word.

    Examples
    --------
    >>> from superposition_theory.derivations.words import Letter
    >>> W = Letter("W", False, "m", "n")
    >>> rotations((W, W.adjoint)) == ((W, W.adjoint), (W.adjoint, W))
    True
    """
    return tuple(word[i:] + word[:i] for i in range(max(1, len(word))))


def cyclic_word(word: Word) -> Word:
    """Return the least among the rotations of a word and of its transpose.

    Parameters
    ----------
    word : tuple of Letter
        A square product of letters.

    Returns
    -------
    tuple of Letter
        A representative of all words that have the same trace by rotation and transposition.

    Examples
    --------
    >>> from superposition_theory.derivations.words import Letter
    >>> W = Letter("W", False, "m", "n")
    >>> cyclic_word((W.adjoint, W)) == (W, W.adjoint)
    True
    """
    return min(rotations(word) + rotations(adjoint_word(word)))


@dataclass(frozen=True)
class TracePolynomial:
    """A scalar plus scalar multiples of traces of words.

    Parameters
    ----------
    terms : tuple of (cyclic word, coefficient)
        Each word stands for its trace and is the least of its class (`cyclic_word`);
        the empty word stands for the number 1.

    Examples
    --------
    >>> from superposition_theory.derivations.polynomials import identity, matrix
    >>> W = matrix("W", "m", "n")
    >>> trace(W * W.star) == trace(W.star * W)
    True
    >>> print(trace(identity("m")) - constant(2))
    m - 2
    """

    terms: Terms

    def __add__(self, other: "TracePolynomial") -> "TracePolynomial":
        if not isinstance(other, TracePolynomial):
            return NotImplemented
        return TracePolynomial(collected(self.terms + other.terms))

    def __neg__(self) -> "TracePolynomial":
        return self * -1

    def __sub__(self, other: "TracePolynomial") -> "TracePolynomial":
        if not isinstance(other, TracePolynomial):
            return NotImplemented
        return self + -other

    def __mul__(self, factor: ScalarLike) -> "TracePolynomial":
        number = normal_scalar(factor, "factor")
        return TracePolynomial(collected((word, value * number) for word, value in self.terms))

    def __rmul__(self, factor: ScalarLike) -> "TracePolynomial":
        return self * factor

    def __truediv__(self, divisor: ScalarLike) -> "TracePolynomial":
        quotient: TracePolynomial = self * inverse_scalar(divisor)
        return quotient

    @property
    def is_zero(self) -> bool:
        """Whether all coefficients are zero."""
        return not self.terms

    @property
    def value(self) -> Scalar | None:
        """The scalar that this is, or None if the trace of a word occurs."""
        if any(word for word, _ in self.terms):
            return None
        return self.terms[0][1] if self.terms else sympy.Integer(0)

    def text(self, latex: bool = False) -> str:
        """Return the combination of traces as text or as LaTeX."""
        name = r"\operatorname{tr}(%s)" if latex else "tr(%s)"
        named = (
            (name % " ".join(letter.text(latex) for letter in word) if word else "", value)
            for word, value in self.terms
        )
        return sum_text(named, latex)

    def __str__(self) -> str:
        return self.text()


def trace(polynomial: Polynomial) -> TracePolynomial:
    """Return the trace of a square polynomial.

    Words are identified with their rotations and with their transposes, and the trace of the
    identity is the symbol of its dimension.

    Parameters
    ----------
    polynomial : Polynomial
        Square.

    Returns
    -------
    TracePolynomial
        Its trace.

    Raises
    ------
    InputError
        If the polynomial is not square.

    Examples
    --------
    >>> from superposition_theory.derivations.polynomials import identity
    >>> print(trace(3 * identity("r")))
    3*r
    """
    if polynomial.rows != polynomial.cols:
        raise InputError(
            f"polynomial is {polynomial.rows} x {polynomial.cols}; accepted: a square one"
        )
    size = sympy.Integer(1) if polynomial.rows == "1" else symbol(polynomial.rows)
    return TracePolynomial(
        collected(
            (cyclic_word(word), value if word else value * size) for word, value in polynomial.terms
        )
    )


def constant(value: ScalarLike) -> TracePolynomial:
    """Return a scalar as a combination of traces.

    Parameters
    ----------
    value : int, Fraction or sympy expression
        A rational function of the symbols.

    Returns
    -------
    TracePolynomial
        Without traces.

    Examples
    --------
    >>> constant(0).is_zero
    True
    """
    return TracePolynomial(collected([((), normal_scalar(value))]))
