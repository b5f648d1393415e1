"""The record of a branch and bound: where each box was halved, and which rule closed each leaf.

In preorder a digit says "halved along this variable; the lower half follows, then the upper half",
a letter says "closed by the rule of this letter". The text determines the boxes: halving is exact,
so that the leaves of a complete text cover the root, whoever wrote it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from superposition_theory.errors import InputError

UNDECIDED = "?"
MOST_VARIABLES = 10
_DIGITS = "0123456789"
_MOST_FRACTION_BITS = 1000  # finer bounds would come near the subnormal floats

Box: TypeAlias = tuple[tuple[Fraction, Fraction], ...]


class Tree:
    """A tree that grows. Nodes are numbers; the root is 0, and siblings are neighbours."""

    def __init__(self) -> None:
        self._marks = bytearray(UNDECIDED.encode())
        self._children = array("q", [0])

    def halve(self, node: int, variable: int) -> int:
        """Halve a node along a variable; return the lower half, one before the upper half."""
        first = len(self._marks)
        self._marks[node] = ord("0") + variable
        self._children[node] = first
        self._marks += b"??"
        self._children.extend((0, 0))
        return first

    def close(self, node: int, code: str) -> None:
        """Close a node by the rule with a code."""
        self._marks[node] = ord(code)

    def text(self) -> str:
        """Return the tree in preorder."""
        marks = bytearray()
        stack = [0]
        while stack:
            node = stack.pop()
            marks.append(self._marks[node])
            first = self._children[node]
            if first:
                stack += (first + 1, first)
        return marks.decode()


def leaves(text: str, root: Box) -> Iterator[tuple[str, Box]]:
    """Yield the leaves of a tree with their boxes, in preorder.

    Parameters
    ----------
    text : str
    root : tuple of (lower, upper)

    Raises
    ------
    InputError
        If the text is not one complete tree over these variables.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import leaves
    >>> unit = ((Fraction(0), Fraction(1)),)
    >>> [(code, str(box[0][0])) for code, box in leaves("0n0nn", unit)]
    [('n', '0'), ('n', '1/2'), ('n', '3/4')]
    """
    stack = [root]
    for place, mark in enumerate(text):
        if not stack:
            raise InputError(f"text has {len(text) - place} marks behind the end of its tree")
        box = stack.pop()
        if mark in _DIGITS:
            k = int(mark)
            if k >= len(root):
                raise InputError(f"mark {place} of text halves variable {k} of {len(root)}")
            lower, upper = box[k]
            middle = (lower + upper) / 2
            stack.append((*box[:k], (middle, upper), *box[k + 1 :]))
            stack.append((*box[:k], (lower, middle), *box[k + 1 :]))
        else:
            yield mark, box
    if stack:
        raise InputError(f"text ends while {len(stack)} boxes are still open")


def depth_limits(root: Box) -> list[int]:
    """Return how often each side can be halved with bounds that are floats exactly.

    Raises
    ------
    InputError
        If a bound of the root is no float, sides are empty, or there are too many.
    """
    if not 1 <= len(root) <= MOST_VARIABLES:
        raise InputError(f"domain must have 1 to {MOST_VARIABLES} variables, got {len(root)}")
    limits = []
    for k, (lower, upper) in enumerate(root):
        if not lower < upper:
            raise InputError(f"side {k} of domain must have lower < upper, got {lower} and {upper}")
        unit = max(Fraction(bound).denominator for bound in (lower, upper))
        if unit & (unit - 1):
            raise InputError(
                f"side {k} of domain has the bounds {lower} and {upper}; accepted are integers "
                "over powers of 2, so that halving is exact"
            )
        largest = max(abs(Fraction(lower) * unit), abs(Fraction(upper) * unit))
        limit = min(53 - int(largest).bit_length(), _MOST_FRACTION_BITS - (unit.bit_length() - 1))
        if limit < 1:
            raise InputError(
                f"side {k} of domain has the bounds {lower} and {upper}: more than 52 bits, or "
                f"more than {_MOST_FRACTION_BITS - 1} behind the point"
            )
        limits.append(limit)
    return limits


def as_boxes(lower: Sequence[Sequence[float]], upper: Sequence[Sequence[float]]) -> list[Box]:
    """Return boxes given by floats, shape (d, boxes), as exact ones."""
    return [
        tuple((Fraction(a), Fraction(b)) for a, b in zip(low, high, strict=True))
        for low, high in zip(zip(*lower, strict=True), zip(*upper, strict=True), strict=True)
    ]
