"""Letters and words: named real matrices, their transposes, and products of these.

A letter is a matrix whose numbers of rows and columns are names ("m", "n", "r"; "1" for a single
row or column).
"""

from dataclasses import dataclass
from typing import TypeAlias

import sympy

from superposition_theory.errors import InputError

from .scalars import symbol


@dataclass(frozen=True, order=True)
class Letter:
    """A named real matrix, or its transpose.

    Letters are ordered by name, a letter before its transpose: the order that orients rules.

    Parameters
    ----------
    name : str
        Name of the matrix.
    starred : bool
        Whether this is the transpose of the named matrix.
    rows, cols : str
        Names of the dimensions of this letter (those of the transpose when `starred`).
    self_adjoint : bool
        Whether the matrix is declared equal to its transpose.

    Raises
    ------
    InputError
        If a name is empty, or a self-adjoint letter is not square or is starred.

    Examples
    --------
    >>> Letter("W", False, "m", "n").adjoint
    Letter(name='W', starred=True, rows='n', cols='m', self_adjoint=False)
    """

    name: str
    starred: bool
    rows: str
    cols: str
    self_adjoint: bool = False

    def __post_init__(self) -> None:
        for argument in ("name", "rows", "cols"):
            if not getattr(self, argument):
                raise InputError(f"{argument} of a letter is empty; accepted: a nonempty name")
        if self.self_adjoint and (self.rows != self.cols or self.starred):
            raise InputError(
                f"self-adjoint letter {self.name} is {self.rows} x {self.cols}, "
                f"starred={self.starred}; accepted: square and not starred"
            )

    @property
    def adjoint(self) -> "Letter":
        """The transposed letter, which is the letter itself where it is self-adjoint."""
        if self.self_adjoint:
            return self
        return Letter(self.name, not self.starred, self.cols, self.rows)

    def text(self, latex: bool = False) -> str:
        """Return the letter as text or as LaTeX."""
        if latex:
            return str(sympy.latex(symbol(self.name))) + ("^{*}" if self.starred else "")
        return self.name + ("*" if self.starred else "")


Word: TypeAlias = tuple[Letter, ...]


def adjoint_word(word: Word) -> Word:
    """Return the transposed letters in reverse order.

    Parameters
    ----------
    word : tuple of Letter
        A product of letters.

    Returns
    -------
    tuple of Letter
        The word of the transposed product.

    Examples
    --------
    >>> W = Letter("W", False, "m", "n")
    >>> adjoint_word((W, W.adjoint)) == (W, W.adjoint)
    True
    """
    return tuple(letter.adjoint for letter in reversed(word))


def word_order(word: Word) -> tuple[int, Word]:
    """Return the key of the degree-lexicographic order of words.

    Parameters
    ----------
    word : tuple of Letter
        A product of letters.

    Returns
    -------
    tuple
        Length first, then the letters: a well-order preserved by multiplication on both sides.

    Examples
    --------
    >>> A, B = Letter("A", False, "r", "r"), Letter("B", False, "r", "r")
    >>> word_order((B,)) < word_order((A, A)) < word_order((A, B))
    True
    """
    return len(word), word
