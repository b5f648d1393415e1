"""Random expressions, and their values and derivatives by other means than the engine's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Tree: TypeAlias = Any  # ("x", k), ("constant", q), (operation, tree, ...)
CONSTANTS = (*range(-3, 4), Fraction(1, 3), Fraction(-7, 5), Fraction(22, 7))
UNARY = ("negative", "cos", "sin", "sqrt", "inverse", "part", "power")
BINARY = ("plus", "minus", "times", "over")


def random_tree(rng: np.random.Generator, depth: int) -> Tree:
    """Return an expression in two variables over all the operations of the engine."""
    if depth == 0 or rng.random() < 0.15:
        return ("x", int(rng.integers(2)))
    if rng.random() < 0.5:
        name = UNARY[rng.integers(len(UNARY))]
        inner = random_tree(rng, depth - 1)
        return (
            (name, inner, int(rng.integers(1, 6))) if name in {"part", "power"} else (name, inner)
        )
    name = BINARY[rng.integers(len(BINARY))]
    left, right = random_tree(rng, depth - 1), random_tree(rng, depth - 1)
    if rng.random() < 0.3:
        constant = ("constant", CONSTANTS[rng.integers(len(CONSTANTS))])
        left, right = (constant, right) if rng.random() < 0.5 else (left, constant)
        if name == "over" and right == ("constant", 0):
            right = ("constant", 3)
    return (name, left, right)


@dataclass(frozen=True)
class Expression:
    """A tree as a formula of the engine, or of samples."""

    tree: Tree

    def __call__(self, x: Any) -> Any:
        """Evaluate."""
        return _evaluated(self.tree, x)


def _evaluated(tree: Tree, x: Any) -> Any:
    name, *parts = tree
    if name == "x":
        return x[parts[0]]
    if name == "constant":
        return parts[0]
    first = _evaluated(parts[0], x)
    if name in {"part", "power"}:
        return first.positive_part(parts[1]) if name == "part" else first ** parts[1]
    if name in {"cos", "sin", "sqrt"}:
        return getattr(first, name)()
    if name == "negative":
        return -first
    if name == "inverse":
        return 1 / first
    second = _evaluated(parts[1], x)
    if name == "plus":
        return first + second
    if name == "minus":
        return first - second
    return first * second if name == "times" else first / second


class Sample:
    """f(x + s e_i + t e_j) up to the terms 1, s, t and s t, in extended precision."""

    def __init__(self, value: Any, first: Any = 0, second: Any = 0, mixed: Any = 0) -> None:
        self.parts = (np.asarray(value, np.longdouble), first, second, mixed)

    def _map(self, value: Any, slope: Any, curvature: Any) -> Sample:
        _, s, t, st = self.parts
        return Sample(value, slope * s, slope * t, slope * st + curvature * s * t)

    def __add__(self, other: Any) -> Sample:
        right = _sample(other).parts
        return Sample(*(a + b for a, b in zip(self.parts, right, strict=True)))

    def __neg__(self) -> Sample:
        return Sample(*(-a for a in self.parts))

    def __sub__(self, other: Any) -> Sample:
        return self + -_sample(other)

    def __mul__(self, other: Any) -> Sample:
        v, s, t, st = self.parts
        w, p, q, pq = _sample(other).parts
        return Sample(v * w, v * p + s * w, v * q + t * w, v * pq + s * q + t * p + st * w)

    def __truediv__(self, other: Any) -> Sample:
        right = _sample(other)
        v = right.parts[0]
        return self * right._map(1 / v, -1 / v**2, 2 / v**3)

    def __radd__(self, other: Any) -> Sample:
        return self.__add__(other)

    def __rsub__(self, other: Any) -> Sample:
        left = _sample(other)
        return left.__sub__(self)

    def __rmul__(self, other: Any) -> Sample:
        return self.__mul__(other)

    def __rtruediv__(self, other: Any) -> Sample:
        left = _sample(other)
        return left.__truediv__(self)

    def __pow__(self, exponent: int) -> Sample:
        result = self
        for _ in range(exponent - 1):
            result = result * self
        return result

    def positive_part(self, exponent: int) -> Sample:
        """Return x_+^exponent."""
        v = self.parts[0]
        power = self**exponent
        return Sample(*(np.where(v > 0, part, 0 * v) for part in power.parts))

    def sqrt(self) -> Sample:
        """Return the square root."""
        v = self.parts[0]
        root = np.sqrt(v)
        return self._map(root, 1 / (2 * root), -1 / (4 * root * v))

    def cos(self) -> Sample:
        """Return the cosine."""
        v = self.parts[0]
        return self._map(np.cos(v), -np.sin(v), -np.cos(v))

    def sin(self) -> Sample:
        """Return the sine."""
        v = self.parts[0]
        return self._map(np.sin(v), np.cos(v), -np.sin(v))


def _sample(value: Any) -> Sample:
    if isinstance(value, Sample):
        return value
    number = Fraction(value)
    return Sample(np.longdouble(number.numerator) / np.longdouble(number.denominator))


def derivatives(expression: Expression, points: Any) -> list[npt.NDArray[Any]]:
    """Return f, f_0, f_1, f_00, f_01, f_11 at points, shape (2, ...)."""
    table = {}
    with np.errstate(all="ignore"):
        for i, j in ((0, 0), (0, 1), (1, 1)):
            x = [Sample(points[k], int(k == i), int(k == j)) for k in range(2)]
            result = _sample(expression(x))
            shape = points.shape[1:]
            table[i, j] = [np.broadcast_to(part, shape) for part in result.parts]
    diagonal, corner = table[0, 0], table[1, 1]
    return [diagonal[0], diagonal[1], corner[1], diagonal[3], table[0, 1][3], corner[3]]


@dataclass(frozen=True)
class Case:
    """An expression on boxes, and what it and its derivatives take at points of each box.

    `sampled` has shape (6, points, boxes), the bounds (2, boxes).
    """

    expression: Expression
    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    sampled: npt.NDArray[Any]


def cases(seed: int, expressions: int, boxes: int, depth: int = 4) -> Iterator[Case]:
    """Yield random expressions on random boxes: corners and inner points of each are sampled."""
    rng = np.random.default_rng(seed)
    corners = np.array(np.meshgrid([0, 1], [0, 1])).reshape(2, 4, 1)
    for _ in range(expressions):
        expression = Expression(random_tree(rng, depth))
        lower = rng.uniform(-3, 3, (2, boxes))
        upper = lower + 10.0 ** rng.uniform(-6, 0.3, (2, boxes))
        inside = rng.random((2, 12, boxes))
        weights = np.concatenate([np.broadcast_to(corners, (2, 4, boxes)), inside], axis=1)
        low, high = (np.asarray(end, np.longdouble)[:, None] for end in (lower, upper))
        points = np.clip(low + weights * (high - low), low, high)
        yield Case(expression, lower, upper, np.array(derivatives(expression, points)))
