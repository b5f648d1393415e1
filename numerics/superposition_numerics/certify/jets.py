"""Values with their derivatives: forward differentiation over any interval arithmetic.

A jet of order 1 carries the gradient, one of order 2 the Hessian too. Evaluated on a box they
enclose all the derivatives there; x_+ has derivative [0, 1] at 0, so that the mean value theorem
holds in Clarke's sense (Clarke 1983, theorem 2.3.7).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from superposition_theory.errors import InputError

from .intervals import Enclosure, Value

_CONSTANTS = (int, Fraction, Enclosure)


class Jet:
    """A value, its gradient, and its Hessian when the order is 2.

    Attributes
    ----------
    value : Value
    gradient : list of d values
    hessian : list of d lists of values, or None
        Symmetric: only entries (i, j) with j <= i are kept.
    """

    __slots__ = ("gradient", "hessian", "value")

    def __init__(
        self, value: Any, gradient: list[Any], hessian: list[list[Any]] | None = None
    ) -> None:
        self.value, self.gradient, self.hessian = value, gradient, hessian

    @property
    def size(self) -> int:
        """The number d of variables."""
        return len(self.gradient)

    def _map(self, value: Any, first: Any, second: Callable[[], Any]) -> Jet:
        """Return f(u) from f(u), f'(u) and f''(u)."""
        gradient = [_times(first, part) for part in self.gradient]
        if self.hessian is None:
            return Jet(value, gradient)
        curvature = second()
        hessian = [
            [
                _plus(
                    _times(first, self.hessian[i][j]),
                    _times(curvature, _times(self.gradient[i], self.gradient[j]))
                    if i != j
                    else _times(curvature, _square(self.gradient[i])),
                )
                for j in range(i + 1)
            ]
            for i in range(self.size)
        ]
        return Jet(value, gradient, hessian)

    def __add__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.gradient, self.hessian)
        return Jet(
            self.value + other.value,
            [_plus(a, b) for a, b in zip(self.gradient, other.gradient, strict=True)],
            None
            if self.hessian is None or other.hessian is None
            else [
                [_plus(a, b) for a, b in zip(left, right, strict=True)]
                for left, right in zip(self.hessian, other.hessian, strict=True)
            ],
        )

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet(
            -self.value,
            [_negated(part) for part in self.gradient],
            None
            if self.hessian is None
            else [[_negated(part) for part in row] for row in self.hessian],
        )

    def __sub__(self, other: Any) -> Jet:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Jet:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet(
                self.value * other,
                [_scaled(part, other) for part in self.gradient],
                None
                if self.hessian is None
                else [[_scaled(part, other) for part in row] for row in self.hessian],
            )
        gradient = [
            _plus(_times(self.value, b), _times(other.value, a))
            for a, b in zip(self.gradient, other.gradient, strict=True)
        ]
        if self.hessian is None or other.hessian is None:
            return Jet(self.value * other.value, gradient)
        hessian = [
            [
                _plus(
                    _plus(
                        _times(self.value, other.hessian[i][j]),
                        _times(other.value, self.hessian[i][j]),
                    ),
                    _plus(
                        _times(self.gradient[i], other.gradient[j]),
                        _times(self.gradient[j], other.gradient[i]),
                    ),
                )
                for j in range(i + 1)
            ]
            for i in range(self.size)
        ]
        return Jet(self.value * other.value, gradient, hessian)

    __rmul__ = __mul__

    def _inverse(self) -> Jet:
        inverse = 1 / self.value
        return self._map(inverse, -(inverse**2), lambda: 2 * inverse**3)

    def __truediv__(self, other: Any) -> Jet:
        if isinstance(other, Jet):
            return self * other._inverse()
        inverse = Fraction(1) / other if isinstance(other, int) else 1 / other
        return self.__mul__(inverse)

    def __rtruediv__(self, other: Any) -> Jet:
        inverse = self._inverse()
        return inverse.__mul__(other)

    def __pow__(self, exponent: int) -> Jet:
        if exponent == 0:
            return self * 0 + 1
        first = exponent * self.value ** (exponent - 1)
        return self._map(
            self.value**exponent,
            first,
            lambda: exponent * (exponent - 1) * self.value ** max(exponent - 2, 0),
        )

    def positive_part(self, exponent: int = 1) -> Jet:
        """Return x_+^exponent, exponent >= 1.

        The second derivative of x_+ is unbounded where x may be 0, and so is 0/x.

        Raises
        ------
        InputError
            For exponent 0: a step has no derivative, not even Clarke's.
        """
        value = self.value
        if exponent == 0:
            raise InputError("exponent of positive_part must be at least 1 in a derivative, got 0")
        return self._map(
            value.positive_part(exponent),
            exponent * value.positive_part(exponent - 1),
            lambda: (
                0 / value
                if exponent == 1
                else exponent * (exponent - 1) * value.positive_part(exponent - 2)
            ),
        )

    def sqrt(self) -> Jet:
        """Return the square root."""
        root = self.value.sqrt()
        return self._map(root, 1 / (2 * root), lambda: -1 / (4 * root**3))

    def cos(self) -> Jet:
        """Return the cosine."""
        cosine = self.value.cos()
        return self._map(cosine, -self.value.sin(), lambda: -cosine)

    def sin(self) -> Jet:
        """Return the sine."""
        sine = self.value.sin()
        return self._map(sine, self.value.cos(), lambda: -sine)


def variables(values: Sequence[Value], order: int) -> list[Jet]:
    """Return the variables themselves as jets of order 1 or 2."""
    size = len(values)
    return [
        Jet(
            value,
            [1 if i == k else 0 for i in range(size)],
            [[0] * (i + 1) for i in range(size)] if order == 2 else None,
        )
        for k, value in enumerate(values)
    ]


# Derivatives that are identically 0 or 1 are the integers: most entries of a Hessian are.


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    for one, other in ((left, right), (right, left)):
        if isinstance(one, int):
            if one == 0:
                return 0
            if one == 1:
                return other
    if isinstance(left, _CONSTANTS):
        return right * left
    return left * right


def _scaled(part: Any, constant: Any) -> Any:
    """Return a derivative times a constant; 0 times what may be undefined is not 0."""
    return _times(part, constant) if isinstance(part, int) else part * constant


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, int) and left == 0:
        return right
    if isinstance(right, int) and right == 0:
        return left
    return right + left if isinstance(left, _CONSTANTS) else left + right


def _negated(part: Any) -> Any:
    return -part


def _square(part: Any) -> Any:
    return part * part if isinstance(part, int) else part**2
