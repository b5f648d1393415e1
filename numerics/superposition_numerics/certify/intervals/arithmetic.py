"""What the three interval arithmetics have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from ...matrices import FloatArray
from .enclosure import Enclosure

Mask: TypeAlias = npt.NDArray[np.bool_]


class Value(Protocol):
    """An interval, or an array of them, that holds every value of an expression on a box.

    Operands are other values of the same arithmetic, integers, fractions and enclosures; never
    floats. What may be undefined on the box (a quotient by an interval around 0, the square root
    of a negative number) holds every real number, and so does everything computed from it: a
    formula that is undefined somewhere on a box closes no box.

    Examples
    --------
    >>> from superposition_numerics.certify import Balls, Enclosure, Fixed, FLOATS
    >>> pole = Enclosure(-1, 1)
    >>> [(1 / ring.number(pole)) ** 2 for ring in (Fixed(64), Balls(64))]
    [FixedInterval((-inf, inf)), Ball(nan)]
    >>> (1 / FLOATS.number(pole)) ** 2
    FloatInterval(array(-inf), array(inf))
    """

    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __rsub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...
    def __truediv__(self, other: Any, /) -> Any: ...
    def __rtruediv__(self, other: Any, /) -> Any: ...
    def __neg__(self) -> Any: ...
    def __pow__(self, exponent: int, /) -> Any: ...

    def positive_part(self, exponent: int = 1) -> Any:
        """Return the values of x_+^exponent, exponent >= 0; x_+^0 is 1 for x > 0, 0 for x < 0."""

    def sqrt(self) -> Any:
        """Return the values of the square root; every real number where some x < 0."""

    def cos(self) -> Any:
        """Return the values of the cosine."""

    def sin(self) -> Any:
        """Return the values of the sine."""

    def lower_end(self) -> Any:
        """Return the lower bound as a degenerate interval."""

    def upper_end(self) -> Any:
        """Return the upper bound as a degenerate interval."""

    def hull(self, other: Any) -> Any:
        """Return the smallest interval that holds both."""

    def bounds(self) -> tuple[Any, Any]:
        """Return floats, or arrays of floats, below and above every value."""

    def is_positive(self) -> Any:
        """Say, for each interval, whether it holds positive numbers only."""

    def is_negative(self) -> Any:
        """Say, for each interval, whether it holds negative numbers only."""


class Arithmetic(ABC):
    """How to compute with boxes: which numbers bound an interval, and how they are rounded.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Fixed
    >>> ring = Fixed(64)
    >>> (x,) = ring.point([Fraction(3, 4)])
    >>> (x + Fraction(1, 4)).enclosure().contains(1)
    True
    """

    name: str

    @abstractmethod
    def values(self, lower: FloatArray, upper: FloatArray) -> list[Any]:
        """Return the variables of a box, or of an array of boxes.

        Parameters
        ----------
        lower, upper : ndarray, shape (d,) or (d, boxes)
            As `batches` gives them. Floats are taken as the exact numbers that they are.

        Returns
        -------
        list of d values
        """

    @abstractmethod
    def number(self, value: Enclosure | Fraction | int) -> Any:
        """Return a constant."""

    @abstractmethod
    def batches(
        self, lower: FloatArray, upper: FloatArray
    ) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
        """Yield the boxes in the portions that `values` takes: all at once, or one by one.

        Parameters
        ----------
        lower, upper : ndarray, shape (d, boxes)
        """

    def working(self) -> AbstractContextManager[Any]:
        """Return the context in which its values are to be computed with."""
        return nullcontext()

    def point(self, coordinates: Sequence[Fraction]) -> list[Any]:
        """Return the variables at a rational point."""
        return [self.number(coordinate) for coordinate in coordinates]


class OneByOne(Arithmetic):
    """An arithmetic of single intervals, which takes boxes one by one."""

    @abstractmethod
    def between(self, lower: float, upper: float) -> Any:
        """Return an interval that holds all numbers between two floats."""

    def values(self, lower: FloatArray, upper: FloatArray) -> list[Any]:
        """Return the variables of a box."""
        return [
            self.between(low, high)
            for low, high in zip(lower.tolist(), upper.tolist(), strict=True)
        ]

    def batches(
        self, lower: FloatArray, upper: FloatArray
    ) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
        """Yield box by box."""
        for k in range(lower.shape[1]):
            yield slice(k, k + 1), lower[:, k], upper[:, k]
