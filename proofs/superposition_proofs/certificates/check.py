"""Check a certificate: `python check.py FILE`.

This file stands alone. It needs a Python interpreter (3.11 or later) and its standard library,
nothing else, and is meant to be read before it is believed.

What a certificate is. A theorem has been reduced on paper to statements about constants and about
all points of some boxes ("f > 0 on this rectangle", "f is strictly convex there"). A program has
halved each rectangle until every piece could be decided, and has written down how it halved.

What is checked. The file says which theorem it is about, by name. What that theorem consists of is
written in this file, below STATEMENTS; nothing in the certificate is believed about it. Then:

1. the constants of the theorem are derived anew, each between two rational numbers, and the bounds
   in the file must contain them and be narrow;
2. inequalities between constants are verified, as are identities that hold by derivation (these
   to 60 decimals: a slip in a formula would show);
3. the rectangles are those of the theorem. The text of a tree is replayed by exact halving: a digit
   halves the present box along that variable, the lower half comes first; a letter closes the
   box. A text that closes every box once, with nothing left over, covers the rectangle;
4. every closed box is decided again, here, by interval arithmetic on integers.

What is trusted. That Python computes sums, products, quotients and square roots of integers
correctly; the theorems of calculus that are named where they are used; the reduction on paper. No
floating-point number occurs, and no `assert`, which `python -O` would drop. The hash in a file
finds accidents; a forger can make it right, and what he changed is then found by the steps above.

How to read it. First what all theorems share: intervals, statements about boxes, and, at the end,
the file. Between these the theorems have a section each; none needs another but for the constants
of the pentagon.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from itertools import combinations
from math import comb, factorial, isqrt
from typing import Any

SCHEMA, VERSION = "superposition.certificate", 1
BITS = 256  # an interval is bounded by two integers over 2^BITS
ONE = 1 << BITS
HALVINGS = 6  # of a closed box, where the bounds here are weaker than the ones it was closed by
WIDEST = Fraction(1, 10**50)  # of an enclosure of a constant in a file
MOST_CHARACTERS, MOST_MARKS = 4_000_000, 1_000_000  # of a file, and of all its trees together

Box = tuple[tuple[int, int], ...]  # for each variable two integers over 2^BITS
Sides = tuple[tuple[Fraction, Fraction], ...]


class Rejected(Exception):  # noqa: N818  (a verdict on a file)
    """A certificate is not accepted: where, and why."""

    def __init__(self, place: str, reason: str) -> None:
        # what a file holds must not command the terminal that shows it
        self.place, self.reason = (
            "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
            for text in (place, reason)
        )
        super().__init__(f"{self.place}: {self.reason}")


class Unbounded(ArithmeticError):  # noqa: N818  (says that a bound is infinite)
    """An operation has no bounded result on this box."""


# ------------------------------------------------------------------ intervals


class Number:
    """What intervals and jets have in common: operators that follow from others."""

    def __radd__(self: Any, other: Any) -> Any:
        return self + other

    def __rmul__(self: Any, other: Any) -> Any:
        return self * other

    def __sub__(self: Any, other: Any) -> Any:
        return self + -other

    def __rsub__(self: Any, other: Any) -> Any:
        return -self + other

    def __truediv__(self: Any, other: Any) -> Any:
        return self * self.like(other).inverse()

    def __rtruediv__(self: Any, other: Any) -> Any:
        return self.inverse() * other


class Interval(Number):
    """All real numbers from lower/2^BITS to upper/2^BITS.

    The result of an operation contains the results for all real operands in the operands.
    """

    __slots__ = ("lower", "upper")

    def __init__(self, lower: int, upper: int) -> None:
        self.lower, self.upper = lower, upper

    @staticmethod
    def of(value: Any) -> Interval:
        """Return an integer or fraction between its neighbours; an interval as it is."""
        if isinstance(value, Interval):
            return value
        exact = Fraction(value)
        top, bottom = exact.numerator << BITS, exact.denominator
        return Interval(top // bottom, -(-top // bottom))

    like = of

    def __add__(self, other: Any) -> Interval:
        right = Interval.of(other)
        return Interval(self.lower + right.lower, self.upper + right.upper)

    def __neg__(self) -> Interval:
        return Interval(-self.upper, -self.lower)

    def __mul__(self, other: Any) -> Interval:
        right = Interval.of(other)
        a, b, c, d = self.lower, self.upper, right.lower, right.upper
        products = (a * c, a * d, b * c, b * d)
        return Interval(min(products) >> BITS, -(-max(products) >> BITS))

    def inverse(self) -> Interval:
        """Return the reciprocal."""
        if self.lower <= 0 <= self.upper:
            raise Unbounded("division by an interval around 0")
        return Interval(ONE * ONE // self.upper, -(ONE * ONE // -self.lower))

    def __pow__(self, exponent: int) -> Interval:
        if exponent == 0:
            return Interval(ONE, ONE)
        low, high = self.ends()
        if exponent % 2 == 0:
            around = low <= 0 <= high
            low, high = sorted((abs(low), abs(high)))
            low = 0 if around else low
        shift = BITS * (exponent - 1)
        return Interval(low**exponent >> shift, -(-(high**exponent) >> shift))

    def positive_part(self, exponent: int) -> Interval:
        """Return max(x, 0)^exponent; for exponent 0 the step from 0 to 1, either at 0."""
        if exponent == 0:
            return Interval(ONE if self.lower > 0 else 0, ONE if self.upper >= 0 else 0)
        return Interval(max(self.lower, 0), max(self.upper, 0)) ** exponent

    def sqrt(self) -> Interval:
        """Return the square root."""
        if self.lower < 0:
            raise Unbounded("square root of a negative number")
        return Interval(isqrt(self.lower << BITS), isqrt(self.upper << BITS) + 1)

    def cos(self) -> Interval:
        """Return the cosine, for angles from -3 to 3: even, and decreasing from 0 to pi."""
        if max(-self.lower, self.upper) > 3 * ONE:
            raise Unbounded("cosine of an angle beyond 3")
        ends = [_cosine(abs(end)) for end in self.ends()]
        lower = min(low for low, _ in ends)
        upper = ONE if self.lower <= 0 <= self.upper else max(high for _, high in ends)
        return Interval(lower, upper)

    def sin(self) -> Interval:
        """Return the sine, for angles from -1 to 4."""
        return (self + pi() * Fraction(-1, 2)).cos()

    def ends(self) -> tuple[int, int]:
        """Return both bounds."""
        return self.lower, self.upper


def units(value: Fraction) -> int:
    """Return a number as an integer over 2^BITS, exactly."""
    scaled = value * ONE
    if scaled.denominator != 1:
        raise ValueError(f"{value} is no integer over 2^{BITS}")
    return scaled.numerator


@lru_cache(maxsize=100_000)
def _cosine(angle: int) -> tuple[int, int]:
    """Return bounds of the cosine of angle/2^BITS, 0 <= angle/2^BITS <= 3, by its Taylor series.

    The terms x^2k/(2k)! are at most 4.5. Each is computed from the one before by two products
    rounded down and a division; an error of e units becomes x^2 e/((2k + 1)(2k + 2)), so that no
    term is off by more than 3 units. There are fewer than 90 of them, and the rest of the
    alternating series is below its first omitted term, 4 units. In all that is less than 1000.
    """
    square, term, total, k = angle * angle >> BITS, ONE, 0, 0
    while term:
        total += term if k % 2 == 0 else -term
        term = (term * square >> BITS) // ((2 * k + 1) * (2 * k + 2))
        k += 1
    return total - 1000, total + 1000


@cache
def pi() -> Interval:
    """Return pi by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239)."""

    def arctangent(q: int) -> Interval:
        # sum (-1)^k / ((2k + 1) q^(2k + 1)): alternating, so the rest is below the first omitted
        # term, and every term is computed to one unit
        total, k = 0, 0
        while (term := ONE // ((2 * k + 1) * q ** (2 * k + 1))) > 0:
            total += term if k % 2 == 0 else -term
            k += 1
        return Interval(total - k - 1, total + k + 1)

    return arctangent(5) * 16 + arctangent(239) * -4


class Jet(Number):
    """A value with its gradient and, where the Hessian has rows, its lower triangle.

    Evaluated on a box, the parts enclose the values of f, of its first and of its second partial
    derivatives there: the rules of differentiation, applied to intervals.
    """

    __slots__ = ("gradient", "hessian", "value")

    def __init__(
        self, value: Interval, gradient: list[Interval], hessian: list[list[Interval]]
    ) -> None:
        self.value, self.gradient, self.hessian = value, gradient, hessian

    def like(self, other: Any) -> Jet:
        """Return a constant as a jet of the same size; a jet as it is."""
        if isinstance(other, Jet):
            return other
        zero = [NOTHING for _ in self.gradient]
        return Jet(Interval.of(other), zero, [zero[: len(row)] for row in self.hessian])

    def __add__(self, other: Any) -> Jet:
        right = self.like(other)
        rows = zip(self.hessian, right.hessian, strict=True)
        return Jet(
            self.value + right.value,
            _sums(self.gradient, right.gradient),
            [_sums(*pair) for pair in rows],
        )

    def __neg__(self) -> Jet:
        return self * -1

    def __mul__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            k, parts = Interval.of(other), (self.gradient, *self.hessian)
            first, *rest = [[k * part for part in row] for row in parts]
            return Jet(k * self.value, first, rest)
        u, v, du, dv = self.value, other.value, self.gradient, other.gradient
        rows = enumerate(zip(self.hessian, other.hessian, strict=True))
        return Jet(
            u * v,
            [u * b + v * a for a, b in zip(du, dv, strict=True)],
            [
                [u * b[j] + v * a[j] + du[i] * dv[j] + du[j] * dv[i] for j in range(i + 1)]
                for i, (a, b) in rows
            ],
        )

    def _chain(self, value: Interval, first: Interval, second: Interval) -> Jet:
        """Return g(u) from g, g' and g'' at u."""
        du = self.gradient
        squares = ([*(x * y for y in du[:i]), x**2] for i, x in enumerate(du))
        return Jet(
            value,
            [first * part for part in du],
            [
                [first * part + second * product for part, product in zip(*pair, strict=True)]
                for pair in zip(self.hessian, squares, strict=False)  # none for order 1
            ],
        )

    def __pow__(self, exponent: int) -> Jet:
        u, n = self.value, exponent
        return self._chain(u**n, n * u ** max(n - 1, 0), n * (n - 1) * u ** max(n - 2, 0))

    def positive_part(self, exponent: int) -> Jet:
        """Return max(x, 0)^exponent, exponent >= 1; the second derivative for exponent >= 2."""
        u, n = self.value, exponent
        if self.hessian and n < 2:
            raise Unbounded("second derivative of max(x, 0)")
        second = n * (n - 1) * u.positive_part(max(n - 2, 0))
        return self._chain(u.positive_part(n), n * u.positive_part(n - 1), second)

    def inverse(self) -> Jet:
        """Return the reciprocal."""
        inverse = self.value.inverse()
        return self._chain(inverse, -(inverse**2), 2 * inverse**3)

    def cos(self) -> Jet:
        """Return the cosine."""
        cosine = self.value.cos()
        return self._chain(cosine, -self.value.sin(), -cosine)


NOTHING = Interval(0, 0)


def _sums(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    return [a + b for a, b in zip(left, right, strict=True)]


Formula = Callable[[Sequence[Any]], Any]


def jets(x: Sequence[Interval], order: int) -> list[Jet]:
    """Return the variables as jets of order 1 or 2."""
    size = len(x)
    return [
        Jet(
            value,
            [Interval.of(int(i == k)) for i in range(size)],
            [[NOTHING] * (i + 1) for i in range(size if order == 2 else 0)],
        )
        for k, value in enumerate(x)
    ]


# ------------------------------------------------------- statements about boxes


def is_positive(formula: Formula, box: Box) -> bool:
    """Say whether f > 0 on a box is seen at once: by its values, or by its slopes.

    By the mean value theorem f(x) >= f(m) + sum g_i (x_i - m_i) for derivatives g_i somewhere on
    the box. Along a variable in which f is monotone, its least value lies at one end.
    """
    try:
        x = [Interval(*side) for side in box]
        if formula(x).lower > 0:
            return True
        slopes = formula(jets(x, 1)).gradient
        face = [_least_end(side, slope) for side, slope in zip(x, slopes, strict=True)]
        middle = [(side.lower + side.upper) // 2 for side in face]
        bound = formula([Interval(m, m) for m in middle])
        for side, slope, m in zip(face, slopes, middle, strict=True):
            bound = bound + slope * (side - Interval(m, m))
        return bool(bound.lower > 0)
    except Unbounded:
        return False


def _least_end(side: Interval, slope: Interval) -> Interval:
    """Return where a function with this slope along a side has its least value."""
    if slope.lower >= 0:
        return Interval(side.lower, side.lower)
    if slope.upper <= 0:
        return Interval(side.upper, side.upper)
    return side


def is_definite(formula: Formula, box: Box) -> bool:
    """Say whether the Hessian of f is positive definite on a box, by its pivots (Sylvester)."""
    try:
        rows = formula(jets([Interval(*side) for side in box], 2)).hessian
        for k in range(len(rows)):
            if rows[k][k].lower <= 0:
                return False
            for i in range(k + 1, len(rows)):
                factor = rows[i][k] / rows[k][k]
                for j in range(k + 1, i):
                    rows[i][j] = rows[i][j] - factor * rows[j][k]
                rows[i][i] = rows[i][i] - rows[i][k] ** 2 / rows[k][k]
    except Unbounded:
        return False
    return True


def on_pieces(holds: Callable[[Box], bool], box: Box, halvings: int = HALVINGS) -> bool:
    """Say whether a test holds on a box, or on pieces that make it up."""
    if holds(box):
        return True
    widest = max(range(len(box)), key=lambda k: box[k][1] - box[k][0])
    if halvings == 0 or sum(box[widest]) % 2:
        return False
    return all(on_pieces(holds, half, halvings - 1) for half in halves(box, widest))


def halves(box: Box, variable: int) -> tuple[Box, Box]:
    """Return the lower and the upper half of a box, exactly."""
    lower, upper = box[variable]
    if (lower + upper) % 2:
        raise Unbounded("a box is halved beyond the resolution")
    middle = (lower + upper) // 2
    before, behind = box[:variable], box[variable + 1 :]
    return (*before, (lower, middle), *behind), (*before, (middle, upper), *behind)


@dataclass(frozen=True)
class Positive:
    """f(x) > 0 at each x of the domain, but where a constraint g(x) <= 0 fails, or x is left out.

    Letters: x, the box is left out; i and j, a constraint fails on it; others, f > 0 on it.
    """

    name: str
    variables: tuple[str, ...]
    domain: Sides
    formula: Formula
    left_out: Sides | None = None
    constraints: tuple[Formula, ...] = ()

    kind = "positive"
    letters = "xijnctv"

    def closes(self, letter: str, box: Box) -> bool:
        """Say whether a box of the tree is closed rightly."""
        if letter == "x":
            return self.left_out is not None and all(
                low * ONE <= side[0] and side[1] <= high * ONE
                for side, (low, high) in zip(box, self.left_out, strict=True)
            )
        if letter in "ij":
            return on_pieces(
                lambda piece: any(is_positive(g, piece) for g in self.constraints), box
            )
        return on_pieces(lambda piece: is_positive(self.formula, piece), box)


@dataclass(frozen=True)
class Convex:
    """The Hessian of f is positive definite at each x of the domain."""

    name: str
    variables: tuple[str, ...]
    domain: Sides
    formula: Formula

    kind = "convex"
    letters = "d"
    left_out = None

    def closes(self, letter: str, box: Box) -> bool:
        """Say whether a box of the tree is closed rightly."""
        del letter  # there is one only
        return on_pieces(lambda piece: is_definite(self.formula, piece), box)


@dataclass(frozen=True)
class Statement:
    """A theorem as it is checked: see the list at the head of this file."""

    text: str  # what the rest says, by the derivation on paper
    constants: Mapping[str, Interval]  # derived here
    conditions: Mapping[str, Interval]  # positive numbers, by the inequalities they stand for
    parts: tuple[Any, ...]  # Positive, Convex, or anything else with their attributes
    identities: Mapping[str, Interval] = field(default_factory=dict)  # 0, by derivation


# ------------------------------------------------------------------ the pentagon
#
# The loss of n = 5 features in m = 2 dimensions, one feature active. For one corner of the regular
# pentagon with norm a, bias b and angle theta to its neighbours,
#
#     D(a, b) = int_0^1 (x - (a x + b)_+)^2 dx,    C(g, b) = int_0^1 (g x + b)_+^2 dx,
#     Gamma(a, b, theta) = D(a, b) + 2 C(a cos theta, b) + mu theta - K.
#
# Claim: Gamma >= 0 for a >= 0, all b, 0 <= theta <= pi/2, and = 0 at (a*, b*, 2 pi/5) only.
# Write c = cos theta, kappa = 1/3 - K + mu theta.
#
# theta > 45/32: mu theta > K, and D, C >= 0.  a + b <= 0: Gamma = kappa > 0.
# a = 0: Gamma >= 1/3 - b_+ + 3 b_+^2 - K >= 1/4 - K > 0.
# b = beta a, beta >= 0 < a: Gamma = Q (a - P/Q)^2 + (kappa Q - P^2)/Q with P = 1/3 + beta/2 and
#     Q = [(1 + 3 beta + 3 beta^2) + 2 (c^2 + 3 c beta + 3 beta^2)]/3; kappa Q - P^2 is a quadratic
#     in beta with the coefficients of the first three parts.
# b = -t a, 0 < t < 1: the same with P = (1 - t)^2 (2 + t)/6 and
#     Q = (1 - t)^3/3 + 2 (c - t)_+^3/(3 c), and kappa Q - P^2 = (1 - t)^3/3 H(t, theta),
#
#     H(t, theta) = kappa [1 + 2 (c - t)_+^3/(c (1 - t)^3)] - (1 - t)(2 + t)^2/12.
#
#     For t >= 23/32 the last term, which decreases in t, is below 1/3 - K. On the rest H > 0
#     outside a rectangle around (t*, 2 pi/5); on it H is strictly convex, and H = 0, grad H = 0 at
#     that point: H = 0 as kappa = 1/3 - F* = P^2/Q; H_t = 0 by the equation for t*; H_theta = 0 as
#     mu = -a*^2 dQ/dtheta. (So t* is the only root of that equation in the rectangle, too.)


@cache
def polygon_constants(corners: int) -> dict[str, Interval]:
    """Return c, t*, a*, b*, F*, mu and K of the regular pentagon or hexagon.

    t* solves 2 (c - t)^2 (t^2 + (1 - 2 c) t + 2 (1 - c)) = c t (1 - t)^3, which is d(P^2/Q)/dt = 0.
    """
    c = (Interval.of(5).sqrt() - 1) / 4 if corners == 5 else Interval.of(Fraction(1, 2))

    def excess(t: Fraction) -> Interval:
        quadratic = t**2 + (1 - 2 * c) * t + 2 * (1 - c)
        return Interval.of(2 * (c - t) ** 2 * quadratic - c * t * (1 - t) ** 3)

    low, high = (near_pentagon() if corners == 5 else near_hexagon())[0]
    for _ in range(BITS - 20):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle).lower > 0 else (low, middle)
    if not (excess(low).lower > 0 > excess(high).upper):
        raise Rejected("constant t", "the equation for t* does not change its sign")
    t = Interval(units(low), units(high))
    p = (1 - t) ** 2 * (2 + t) / 6
    q = (1 - t) ** 3 / 3 + 2 * (c - t) ** 3 / (3 * c)
    a, s = p / q, t / c
    loss = Fraction(1, 3) - p**2 / q
    slope = a * c * (1 - s) ** 2 * (2 + s) / 3  # dC/dg at g = a* c, b = b*
    mu = 2 * a * (1 - c**2).sqrt() * slope
    level = loss + pi() * mu * 2 / corners
    return {"c": c, "t": t, "a": a, "b": -t * a, "F": loss, "mu": mu, "K": level}


def pentagon_constants() -> dict[str, Interval]:
    """Return the constants of the regular pentagon."""
    return polygon_constants(5)


def near_pentagon() -> Sides:
    """Return the rectangle around (t*, 2 pi/5)."""
    return ((Fraction(3, 16), Fraction(15, 64)), (Fraction(79, 64), Fraction(41, 32)))


def near_hexagon() -> Sides:
    """Return the rectangle around (t*, pi/3)."""
    return ((Fraction(11, 32), Fraction(47, 128)), (Fraction(33, 32), Fraction(17, 16)))


def two_variables(
    k: Mapping[str, Interval], corners: int, angles: tuple[Fraction, Fraction], flat: Fraction
) -> tuple[tuple[Any, ...], dict[str, Interval]]:
    """Return the parts on these angles, with t up to `flat`, and the identities at the polygon."""
    mu, level, third = k["mu"], k["K"], Fraction(1, 3)
    near = near_pentagon() if corners == 5 else near_hexagon()
    star = [k["t"], 2 * pi() / corners]

    def kappa(theta: Any) -> Any:
        return theta * mu - level + third

    def excess(x: Sequence[Any]) -> Any:
        t, theta = x
        c = theta.cos()
        overlap = (c - t).positive_part(3) / (c * (1 - t) ** 3)
        return kappa(theta) * (1 + 2 * overlap) - (1 - t) * (2 + t) ** 2 / 12

    brackets: tuple[Formula, ...] = (
        lambda x: kappa(x[0]) * (1 + 2 * x[0].cos() ** 2) / 3 - Fraction(1, 9),
        lambda x: kappa(x[0]) * (1 + 2 * x[0].cos()) - third,
        lambda x: 3 * kappa(x[0]) - Fraction(1, 4),
    )
    parts = (
        *(
            Positive(f"coefficient of beta^{n}", ("theta",), (angles,), bracket)
            for n, bracket in enumerate(brackets)
        ),
        Positive("outside", ("t", "theta"), ((Fraction(0), flat), angles), excess, near),
        Convex("neighbourhood", ("t", "theta"), near, excess),
    )
    at_star, corner = excess(jets(star, 1)), "2 pi/5" if corners == 5 else "pi/3"
    return parts, {
        f"cos {corner} = c": star[1].cos() - k["c"],
        f"H(t*, {corner}) = 0": at_star.value,
        f"H_t(t*, {corner}) = 0": at_star.gradient[0],
        f"H_theta(t*, {corner}) = 0": at_star.gradient[1],
    }


def pentagon() -> Statement:
    """Return the inequality in two variables behind the pentagon theorem."""
    k = pentagon_constants()
    mu, level, near = k["mu"], k["K"], near_pentagon()
    third, steep, flat = Fraction(1, 3), Fraction(45, 32), Fraction(23, 32)
    parts, identities = two_variables(k, 5, (Fraction(0), steep), flat)
    return Statement(
        "Gamma(a, b, theta) >= 0 for a >= 0, b real, 0 <= theta <= pi/2, with equality at "
        "(a*, b*, 2 pi/5) only.",
        k,
        {
            "5 F* < 1/12": Fraction(1, 12) - 5 * k["F"],
            "K < 1/4": Fraction(1, 4) - level,
            "K < mu pi/2": mu * pi() / 2 - level,
            "K < 45/32 mu": mu * steep - level,
            "(1 - t)(2 + t)^2/12 < 1/3 - K at t = 23/32": (
                third - level - (1 - flat) * (2 + flat) ** 2 / 12
            ),
            "45/32 < pi/2": pi() / 2 - steep,
            "3/16 < t*": k["t"] - near[0][0],
            "t* < 15/64": near[0][1] - k["t"],
            "79/64 < 2 pi/5": 2 * pi() / 5 - near[1][0],
            "2 pi/5 < 41/32": near[1][1] - 2 * pi() / 5,
        },
        parts,
        identities,
    )


# -------------------------------------------------------------------- the hexagon
#
# The same for n = 6 and the constants of the regular hexagon, on 7/32 <= theta <= pi/2 only: at
# smaller angles Gamma has negative values. There kappa >= 1/3 - K + 7/32 mu > 0, which replaces
# 1/3 - K above. (For two neighbours with an overlap g < (39/40) min(a, a') the angles of the
# symmetric triples exceed 7/32, as cos 7/32 > 39/40. Closer ones are not a part of this statement.)


def hexagon() -> Statement:
    """Return the inequality in two variables behind the hexagon theorem."""
    k = polygon_constants(6)
    mu, level, near = k["mu"], k["K"], near_hexagon()
    third, flat, steep = Fraction(1, 3), Fraction(27, 32), Fraction(21, 16)
    apart = Fraction(7, 32)
    parts, identities = two_variables(k, 6, (apart, steep), flat)
    return Statement(
        "With the constants of the hexagon, Gamma(a, b, theta) >= 0 for a >= 0, b real, "
        "7/32 <= theta <= pi/2, with equality at (a*, b*, pi/3) only.",
        k,
        {
            "K < 1/3": third - level,
            "K < 1/4 + 7/32 mu": Fraction(1, 4) + mu * apart - level,
            "K < mu pi/2": mu * pi() / 2 - level,
            "K < 21/16 mu": mu * steep - level,
            "(1 - t)(2 + t)^2/12 < 1/3 - K + 7/32 mu at t = 27/32": (
                third - level + mu * apart - (1 - flat) * (2 + flat) ** 2 / 12
            ),
            "21/16 < pi/2": pi() / 2 - steep,
            "39/40 < cos(7/32)": Interval.of(apart).cos() - Fraction(39, 40),
            "11/32 < t*": k["t"] - near[0][0],
            "t* < 47/128": near[0][1] - k["t"],
            "33/32 < pi/3": pi() / 3 - near[1][0],
            "pi/3 < 17/16": near[1][1] - pi() / 3,
        },
        parts,
        identities,
    )


# ---------------------------------------------------------------- the full model
#
# L_p is the loss of n = 5 features in m = 2 dimensions, each active with probability p; T_k the sum
# of the losses over supports of k features. With rho = p/(1 - p), R = sum_{k>=2} rho^(k-1) T_k,
#
#     L_p / (p (1 - p)^4) = 5 L_1 + sum_j (b_j)_+^2 / rho + R.
#
# Let E be R at the best pentagon for p = p0, a_j = |w_j|^2, s_j = ln a_j, b_j = -t_j a_j. For a
# minimiser 5 L_1 <= 5 F* + E < 1/6, which bounds inner products of neighbours by both norms; their
# angles A_j, B_j (cos = g/a) give ten triples x = (s, t, angle), two for each feature, with
#
#     5 L_1 - 5 F* >= (sum of Gamma over the ten)/2,    Gamma >= 0:
#
# each Gamma <= 2 E, and for each feature one of its two is <= E. With kappa, P, Q, H as above, 2 E
# or E added to K, the first parts put all (a, t) and all angles into a box: for each t and theta
# Gamma is a quadratic in a, positive where its least value is, and beyond a face where it is
# positive and grows.
#
# On that box R + (W_s |s|^2 + W_t |t|^2 + W_theta |theta|^2)/2 is convex in (s, t, theta): along a
# line, the second derivative of the loss (x_0 - z_+)^2 of one output, z = a x_0 + sum g_i x_i + b,
# is 2 z'^2 (where z > 0) >= 0, plus 2 (z_+ - x_0) z'', less 2 a x_0 (dx_0)^2 for the point x_0 at
# which z = 0. |g_i''| <= sqrt(a a_i) ((s'^2 + s_i'^2)/2 + psi'^2), and sums over the symmetries.
# So with d = x - x*, y = a/a*, r the slopes of R at the best pentagon, the ten values of
#
#     Psi = Gamma + r_s ln y + r_t d_t - W_s (ln y)^2/2 - W_t d_t^2/2 - W_theta d_theta^2
#
# have a sum <= 0. Where Hess (D + 2 C) > diag(W_s, W_t, 2 W_theta) + l, Psi >= -eta, the least
# value of l/2 + r; elsewhere Psi > 9 eta. So all ten triples lie there, in a convex set, and the
# average over the symmetries of the pentagon has a smaller loss or the same place. Psi is bounded
# by a quadratic in a: ln y >= (y - 1) - (y - 1)^2/(2 m) and (ln y)^2 <= (y - 1)^2/m for y >= m, if
# m <= 1. The Hessian over a^2 is concave in 1/a: it is definite if it is so at the least and at the
# largest a. It suffices to take p = p0: W/rho, W = sum_k rho^(k-1) W^(k),
# grows with rho, and Gamma >= 0.

RATIO = Fraction(7, 4993)  # rho for p0 = 7/5000
NORMS, THRESHOLDS = (Fraction(285, 256), Fraction(109, 64)), (Fraction(25, 256), Fraction(5, 16))
ANGLES, SINGLE = (Fraction(137, 128), Fraction(93, 64)), (Fraction(9, 8), Fraction(45, 32))
COSINE, FAR = Fraction(31, 64), Fraction(2619, 1000)  # above cos(137/128), 2 + 2 cos(2 pi/5)
FORM = Fraction(19, 100), Fraction(-71, 200), Fraction(73, 100)  # l: ss, st, tt
LEAST = Fraction(13, 16)  # m
Parabola = Callable[[Any, Any], tuple[Any, Any, Any]]  # (t, theta) to coefficients of 1, -2 a, a^2


def pentagon_loss(size: int, c: Interval, x: Sequence[Any]) -> Any:
    """Return T_k/5 at the regular pentagon with squared norm a and biases -a t."""
    a, t = x
    total = 0 * a
    for support in combinations(range(5), size):
        g = [a * c if i in (1, 4) else -(a * c) - a / 2 for i in support if i]
        total = total + output_loss(-(a * t), g, a if 0 in support else None)
    return total


def output_loss(b: Any, g: Sequence[Any], a: Any | None) -> Any:
    """Return E (x - (a x + sum g_i x_i + b)_+)^2 over the unit cube; a None for x = 0.

    With F_k(u) = max(u, 0)^k/k!, int_0^1 F_k(u + g x) dx = (F_{k+1}(u + g) - F_{k+1}(u))/g, and
    int_0^1 x F_k(u + a x) dx = F_{k+1}(u + a)/a - (F_{k+2}(u + a) - F_{k+2}(u))/a^2.
    """

    def mean(order: int, g: Sequence[Any], u: Any) -> Any:
        if not g:
            return u.positive_part(order) / factorial(order)
        rest = g[1:]
        return (mean(order + 1, rest, u + g[0]) - mean(order + 1, rest, u)) / g[0]

    if a is None:
        return 2 * mean(2, g, b)
    inner = (mean(3, g, b + a) - mean(3, g, b)) / a
    return Fraction(1, 3) - 2 * (mean(2, g, b + a) - inner) / a + 2 * mean(2, [a, *g], b)


def curvature() -> list[Fraction]:
    """Return W_s, W_t and W_theta, from what the supports give to output 0."""
    a, pull, total = NORMS[1], NORMS[1] * COSINE, [Fraction(0)] * 3
    own = max(Fraction(1), a - 1)  # |x_0 - z| <= own x_0 + pull (sum of x_i, neighbours) if z > 0
    for size in (2, 3, 4, 5):
        for support in combinations(range(5), size):
            active, others = 0 in support, [i for i in support if i]
            near = sum(i in (1, 4) for i in others)
            far = len(others) - near
            error = (own * active + near * pull) / 2
            kink = len(others) * a * active  # (2/3)(1 + 1/2) = 1
            by_far, by_near = a * error + kink, a * error + a * pull / 6 + kink
            reach = Fraction(1) if active else THRESHOLDS[1]
            weights = (
                near * by_near + far * by_far + 2 * a * error * (reach + Fraction(1, 2)),
                4 * a * error + 6 * a * active,
                near * by_near + FAR * far * by_far,
            )
            total = [x + RATIO ** (size - 1) * w for x, w in zip(total, weights, strict=True)]
    return total


def beyond(
    name: str, box: Sides, parabola: Parabola, edge: tuple[Fraction, Fraction], sign: int
) -> tuple[Positive, Positive]:
    """Return that a quadratic in a is positive on a face, and grows there if it is not everywhere.

    The face is a = edge[0] + edge[1] t; the sign says on which side.
    """

    def on_edge(x: Sequence[Any]) -> Any:
        constant, linear, square = parabola(*x)
        a = edge[0] + edge[1] * x[0]
        return constant - 2 * (a * linear) + a**2 * square

    def rise(x: Sequence[Any]) -> Any:
        _, linear, square = parabola(*x)
        return sign * ((edge[0] + edge[1] * x[0]) * square - linear)

    return (
        Positive(name, ("t", "theta"), box, on_edge),
        Positive(f"{name}, vertex", ("t", "theta"), box, rise, None, (lowest(parabola),)),
    )


def lowest(parabola: Parabola) -> Formula:
    """Return the least value over a of a quadratic in a."""

    def formula(x: Sequence[Any]) -> Any:
        constant, linear, square = parabola(*x)
        return constant - linear**2 / square

    return formula


def minor(size: int, edge: tuple[Fraction, Fraction], constant: Sequence[Any]) -> Formula:
    """Return a leading minor on a face of the Hessian in (t, s, theta), less a constant matrix.

    Rows and columns are divided by a, a and a sin theta; the constants are ss, st, tt and the
    entry of theta.
    """
    ss, st, tt, hh = constant

    def formula(x: Sequence[Any]) -> Any:
        t, c = x[0], x[1].cos()
        v, (p, q) = 1 / (edge[0] + edge[1] * t), p_and_q(t, c)
        u1, u2, u3 = ((c - t).positive_part(n) / c**n for n in (1, 2, 3))
        m_tt = 2 * (1 - t) + 4 * u1 - 2 * t * v - tt * v**2
        if size == 1:
            return m_tt
        m_st = (1 - t**2) * v - 2 * (1 - t) ** 2 - 4 * u2 * c - st * v**2
        m_ss = 4 * q - 2 * p * v - ss * v**2
        if size == 2:
            return m_tt * m_ss - m_st**2
        q_c, q_cc = 2 * u2 * c - u3 * c * 2 / 3, 4 * u1 - 4 * u2 + u3 * 4 / 3
        m_hh = q_cc - (q_c * c + hh * v**2) / (1 - c**2)
        m_th, m_sh = 4 * u1 - 2 * u2, -2 * q_c
        first = m_tt * (m_ss * m_hh - m_sh**2) - m_st * (m_st * m_hh - m_sh * m_th)
        return first + m_th * (m_st * m_sh - m_ss * m_th)

    return formula


def p_and_q(t: Any, c: Any) -> tuple[Any, Any]:
    """Return P and Q at t and c = cos theta."""
    q = (1 - t) ** 3 / 3 + 2 * (c - t).positive_part(3) / (3 * c)
    return (1 - t) ** 2 * (2 + t) / 6, q


def full_model() -> Statement:
    """Return what makes the pentagon the only minimiser for 0 < p <= 7/5000."""
    k = pentagon_constants()
    a_star, t_star, mu, third = k["a"], k["t"], k["mu"], Fraction(1, 3)
    zero, flat, steep, fifth = Fraction(0), Fraction(3, 4), Fraction(95, 64), 2 * pi() / 5
    near = (Fraction(11, 64), Fraction(15, 64)), (Fraction(39, 32), Fraction(83, 64))
    edges = (Fraction(5, 4), zero), (Fraction(57, 64), Fraction(5, 2))
    smaller = Interval(0, Interval.of(RATIO).upper)  # all rho for p <= p0
    terms, excess, by_s, by_t = {}, Interval(0, 0), Interval(0, 0), Interval(0, 0)
    for size in (2, 3, 4, 5):
        loss = pentagon_loss(size, k["c"], jets([a_star, t_star], 1))
        terms[f"T_{size}"] = 5 * loss.value
        excess += RATIO ** (size - 1) * terms[f"T_{size}"]
        by_s += smaller ** (size - 2) * (a_star * loss.gradient[0])
        by_t += smaller ** (size - 2) * loss.gradient[1]
    ss, st, tt = FORM
    w_s, w_t, w_theta = curvature()
    r_s, r_t = RATIO * by_s, RATIO * by_t
    eta = (tt * r_s**2 - 2 * st * (r_s * r_t) + ss * r_t**2) / (2 * (ss * tt - st**2))
    bend = (r_s + w_s) / (2 * LEAST)
    single, double = k["K"] + excess, k["K"] + 2 * excess

    def raised(level: Interval) -> Parabola:
        return lambda t, theta: (theta * mu - level + third, *p_and_q(t, theta.cos()))

    def shifted(t: Any, theta: Any) -> tuple[Any, Any, Any]:
        constant, linear, square = raised(k["K"])(t, theta)
        dt, dtheta = t - t_star, theta - fifth
        constant += dt * r_t - dt**2 * (w_t / 2) - dtheta**2 * w_theta - r_s - bend - 9 * eta
        return constant, linear - (r_s / 2 + bend) / a_star, square - bend / a_star**2

    brackets: tuple[Formula, ...] = (
        lambda x: (x[0] * mu - double + third) * (1 + 2 * x[0].cos() ** 2) / 3 - Fraction(1, 9),
        lambda x: (x[0] * mu - double + third) * (1 + 2 * x[0].cos()) - third,
        lambda x: 3 * (x[0] * mu - double + third) - Fraction(1, 4),
    )
    plane, whole, box = ("t", "theta"), ((zero, flat), (zero, steep)), (THRESHOLDS, SINGLE)
    constant = (w_s + ss, st, w_t + tt, 2 * w_theta)
    return Statement(
        "For n = 5, m = 2 and 0 < p <= 7/5000: the localisation and the convexity by which every "
        "minimiser of the loss L_p is a regular pentagon of equal norms and biases, unique up to "
        "symmetry.",
        {**{name: k[name] for name in ("a", "t", "F", "mu", "K")}, **terms, "E": excess},
        {
            "5 F* + E < 1/6": Fraction(1, 6) - 5 * k["F"] - excess,
            "K + E < mu pi/2": mu * pi() / 2 - single,
            "K + 2 E < 95/64 mu": mu * steep - double,
            "95/64 < pi/2": pi() / 2 - steep,
            "(1 - t)(2 + t)^2/12 < 1/3 - K - 2 E at t = 3/4": (
                third - double - (1 - flat) * (2 + flat) ** 2 / 12
            ),
            "cos(137/128) < 31/64": COSINE - Interval.of(ANGLES[0]).cos(),
            "pi/2 < 137/64": 2 * ANGLES[0] - pi() / 2,
            "2 + 2 cos(2 pi/5) < 2619/1000": FAR - 2 - 2 * k["c"],
            "0 < dR/ds": by_s,
            "13/16 a* < 285/256": NORMS[0] - LEAST * a_star,
            "Psi is convex in a": (1 - THRESHOLDS[1]) ** 3 / 3 - bend / a_star**2,
            "l is positive definite": Interval.of(ss * tt - st**2),
            "5/4 < a*": a_star - edges[0][0],
            "a* < 57/64 + 5/2 t*": edges[1][0] + edges[1][1] * t_star - a_star,
            "11/64 < t*": t_star - near[0][0],
            "t* < 15/64": near[0][1] - t_star,
            "39/32 < 2 pi/5": fifth - near[1][0],
            "2 pi/5 < 83/64": near[1][1] - fifth,
        },
        (
            *(
                Positive(f"coefficient of beta^{n}", ("theta",), ((zero, steep),), bracket)
                for n, bracket in enumerate(brackets)
            ),
            Positive("angle", plane, whole, lowest(raised(double)), ((zero, flat), ANGLES)),
            Positive("threshold", plane, whole, lowest(raised(single)), box),
            *beyond("least norm", box, raised(single), (NORMS[0], zero), -1),
            *beyond("largest norm", box, raised(single), (NORMS[1], zero), 1),
            Positive("shifted", plane, (THRESHOLDS, ANGLES), lowest(shifted), near),
            *beyond("shifted, least norm", near, shifted, edges[0], -1),
            *beyond("shifted, largest norm", near, shifted, edges[1], 1),
            *(
                Positive(f"minor {n}, {face} norm", plane, near, minor(n, edge, constant))
                for face, edge in zip(("least", "largest"), edges, strict=True)
                for n in (1, 2, 3)
            ),
        ),
    )


# ------------------------------------------------- phases of two features in one dimension
#
# The features are x and y, each 0 with probability 1 - p and else uniform on [0, 1]; weights (u,
# -v), biases b1 and b2, importances 1 and I <= 1. With a = u^2, s = u v, a' = v^2 = s^2/a the loss
# is L = l(a, s, b1) + I l(a', s, b2) with
#
#     l(a, s, b) = E(x - z_+)^2,   z = a x - s y + b.
#
# A feature that is dropped costs v(p) = p/3 - p^2/4. Weights of equal sign are no better than
# weights of opposite sign, and a weight that is 0 costs I v or more (proofs on paper, in
# docs/phases.md).
#
# antipodal-phase: one pair with L < I v, for every larger I <= 1 too as L - I v is linear in I.
#
# dropped-phase: with m = min over b of l, m(a, s) + I (m(a', s) - v) >= 0 for all a, s > 0. If
# not:
# 1. Where it fails one may take m(a, s) <= I v/(1 + I), else the features are exchanged. m rises
#    with s, and m(a, 0) is v (1 - a)^2 for a <= 1, (p/3) ((a - 1)/(a + 1))^2 for a > 1. So a_low <
#    a < a_high, and s < 3/2 by the part "ceiling". As m(a', s) >= v - 2 a' v, also |a - 1| < M s.
# 2. Where s <= near, m(a', s) < v only if b2 >= s. Then z2 >= 0, and l >= v ((1 - a')^2 + s^2).
#    What is left is l(a, s, b1)/s^2 > I v (2/a - 1 - s^2/a^2), the part "near", with a = 1 + alpha
#    s. The error of the first output over s is min(x/s, y - beta - alpha x) at b1 = beta s.
# 3. Else it is the part "beyond".
# The best bias lies in [c*, c* + s], c* = p (1 - a)/2 for a <= 1 and -a (a - 1)/(a + 1) for a > 1.
# There l is convex in b, below it falls and above it rises. So the best biases for all points of a
# box lie between two numbers at which the slope in b is negative, and positive, for all points of
# the box. The slopes of m are those of l at the best bias (Danskin). They are differences of
# moments of z_+ and of 1{z > 0} with weights >= 0, which rise with z: so each is enclosed by its
# values at two corners.

BIAS_STEPS = 9
HALF, THIRD = Interval.of(Fraction(1, 2)), Interval.of(Fraction(1, 3))
QUARTER, TWELFTH = Interval.of(Fraction(1, 4)), Interval.of(Fraction(1, 12))


def positive(x: Any, exponent: int = 1) -> Any:
    """Return max(x, 0)^exponent."""
    return x.positive_part(exponent)


def low_end(x: Interval) -> Interval:
    """Return the lower bound."""
    return Interval(x.lower, x.lower)


def high_end(x: Interval) -> Interval:
    """Return the upper bound."""
    return Interval(x.upper, x.upper)


def between(first: Interval, last: Interval) -> Interval:
    """Return the smallest interval that holds both."""
    return Interval(min(first.lower, last.lower), max(first.upper, last.upper))


def centre(x: Interval) -> Interval:
    """Return a number in the middle."""
    return Interval((x.lower + x.upper) // 2, (x.lower + x.upper) // 2)


def silent(p: Any) -> Any:
    """Return v(p)."""
    return p * THIRD - p**2 * QUARTER


class Tail:
    """int_0^1 x^j (q - a x)_+^k dx for q >= 0: x runs up to `end`, where q - a x is still r."""

    def __init__(self, a: Any, q: Any) -> None:
        self.end = 1 - positive(1 - q / a)
        self.q, self.r = q, positive(q - a)

    def moment(self, j: int, k: int) -> Any:
        """Return one of the moments, from int_0^1 t^j (q (1 - t) + r t)^k dt."""
        if self.q.upper == 0:
            return NOTHING
        terms = [
            self.q ** (k - i) * self.r**i * beta(j + i, k - i, comb(k, i)) for i in range(k + 1)
        ]
        return self.end ** (j + 1) * sum(terms[1:], terms[0])


@cache
def beta(i: int, j: int, times: int) -> Interval:
    """Return a multiple of int_0^1 t^i (1 - t)^j dt."""
    return Interval.of(Fraction(times * factorial(i) * factorial(j), factorial(i + j + 1)))


class Output:
    """The moments of an output, with no, one (x or y, added) and two active features."""

    def __init__(self, a: Any, s: Any, b: Any) -> None:
        self.a, self.s, self.b = a, s, b
        self.q, self.o = positive(s - b), positive(-b)
        self.tails = Tail(a, self.q), Tail(a, self.o)

    def parted(self, j: int, k: int) -> Any:
        """Return the difference of a moment of both tails."""
        return self.tails[0].moment(j, k) - self.tails[1].moment(j, k)

    def mean(self) -> list[Any]:
        """Return E z_+."""
        a, s, b = self.a, self.s, self.b
        x = a * HALF + b + self.tails[1].moment(0, 1)
        y = b - s * HALF + (self.q**2 - self.o**2) / (2 * s)
        return [positive(b), x + y, (a - s) * HALF + b + self.parted(0, 2) / (2 * s)]

    def on(self) -> list[Any]:
        """Return E x 1{z > 0}."""
        x = (1 - self.tails[1].end ** 2) * HALF
        return [NOTHING, x, HALF - self.parted(1, 1) / self.s]

    def x_mean(self) -> list[Any]:
        """Return E x z_+."""
        a, s, b = self.a * THIRD, self.s, self.b * HALF
        both = a - s * QUARTER + b + self.parted(1, 2) / (2 * s)
        return [NOTHING, a + b + self.tails[1].moment(1, 1), both]

    def xx_on(self) -> list[Any]:
        """Return E x^2 1{z > 0}."""
        x = (1 - self.tails[1].end ** 3) * THIRD
        return [NOTHING, x, THIRD - self.parted(2, 1) / self.s]

    def y_mean(self) -> list[Any]:
        """Return E y z_+."""
        a, s, b = self.a, self.s, self.b * HALF - self.s * THIRD
        y = b + self.q**2 / (2 * s) - (self.q**3 - self.o**3) / (6 * s**2)
        both = (
            a * QUARTER + b + self.tails[0].moment(0, 2) / (2 * s) - self.parted(0, 3) / (6 * s**2)
        )
        return [NOTHING, y, both]

    def xy_on(self) -> list[Any]:
        """Return E x y 1{z > 0}."""
        off = self.tails[0].moment(1, 1) / self.s - self.parted(1, 2) / (2 * self.s**2)
        return [NOTHING, NOTHING, QUARTER - off]

    def losses(self) -> list[Any]:
        """Return E(x - z_+)^2: that of z less what clipping saves."""
        a, s, b = (1 - self.a) * HALF, self.s, self.b
        x = (
            (a - b) ** 2
            + a**2 * THIRD
            - self.tails[1].moment(0, 2)
            - 2 * self.tails[1].moment(1, 1)
        )
        y = (b - s * HALF) ** 2 + s**2 * TWELFTH - (self.q**3 - self.o**3) / (3 * s)
        both = (a + s * HALF - b) ** 2 + a**2 * THIRD + s**2 * TWELFTH
        saved = (self.parted(0, 3) * THIRD + self.parted(1, 2)) / s
        return [positive(b, 2), x + y, both - saved]


def average(p: Any, parts: Sequence[Any]) -> Any:
    """Return an expectation from those with no, one and two active features."""
    return (1 - p) ** 2 * parts[0] + p * (1 - p) * parts[1] + p**2 * parts[2]


def pair_output(p: Any, a: Any, s: Any, b: Any) -> Any:
    """Return l(a, s, b)."""
    return average(p, Output(a, s, b).losses())


def extremes(a: Interval, s: Interval, b: Interval) -> tuple[Output, Output]:
    """Return where z is least, and where it is largest."""
    return (
        Output(low_end(a), high_end(s), low_end(b)),
        Output(high_end(a), low_end(s), high_end(b)),
    )


def bias_slope(p: Interval, a: Interval, s: Interval, b: Interval) -> Any:
    """Return the slope of l in b."""
    low, high = extremes(a, s, b)
    least = average(p, low.mean()) - average(p, high.on())
    most = average(p, high.mean()) - average(p, low.on())
    return 2 * between(least, most)


def best_bias(p: Interval, a: Interval, s: Interval) -> Interval:
    """Return an interval that holds a best bias for each point of a box."""
    beyond = positive(a - 1)
    alone = p * HALF * positive(1 - a) - beyond * a / (a + 1)
    lowest, highest = alone.lower, (alone + s).upper
    falls, stop = lowest, highest
    for _ in range(BIAS_STEPS):
        b = (falls + stop) // 2
        if bias_slope(p, a, s, Interval(b, b)).upper < 0:
            falls = b
        else:
            stop = b
    rises, stop = highest, falls
    for _ in range(BIAS_STEPS):
        b = (rises + stop) // 2
        if bias_slope(p, a, s, Interval(b, b)).lower > 0:
            rises = b
        else:
            stop = b
    return Interval(falls, rises)


def least_loss(p: Interval, a: Interval, s: Interval) -> Any:
    """Return m(p, a, s)."""
    biases = best_bias(p, a, s)
    b = centre(biases)
    return pair_output(p, a, s, b) + bias_slope(p, a, s, b) * (biases - b)


def least_slopes(p: Interval, a: Interval, s: Interval) -> tuple[Interval, Interval, Interval]:
    """Return the slopes of m in p, a and s; that in p by its own mean value form."""
    box = a, s, best_bias(p, a, s)
    low, high = extremes(*box)

    def doubled(rising: str, falling: str) -> list[Interval]:
        ends = [[getattr(end, name)() for end in (low, high)] for name in (rising, falling)]
        pairs = [list(zip(*end, strict=True)) for end in ends]
        return [2 * (between(*up) - between(*down)) for up, down in zip(*pairs, strict=True)]

    slopes = doubled("x_mean", "xx_on"), doubled("xy_on", "y_mean"), doubled("mean", "on")
    middle = [centre(x) for x in box]
    losses = Output(*middle).losses()
    for slope, x, m in zip(slopes, box, middle, strict=True):
        losses = [loss + part * (x - m) for loss, part in zip(losses, slope, strict=True)]
    in_p = 2 * (p - 1) * losses[0] + (1 - 2 * p) * losses[1] + 2 * p * losses[2]
    return in_p, average(p, slopes[0]), average(p, slopes[1])


@dataclass(frozen=True)
class AboveZero:
    """f > 0 on the domain, for f by its values and its slopes, through the mean value form."""

    name: str
    variables: tuple[str, ...]
    domain: Sides
    value: Callable[[Sequence[Interval]], Interval]
    slopes: Callable[[Sequence[Interval]], Sequence[Interval]]

    kind = "positive"
    letters = "c"
    left_out = None

    def closes(self, letter: str, box: Box) -> bool:
        """Say whether a box of the tree is closed rightly."""
        del letter  # there is one only
        return on_pieces(self._is_positive, box)

    def _is_positive(self, box: Box) -> bool:
        try:
            slopes = self.slopes([Interval(*side) for side in box])
            face = [_least_end(Interval(*x), slope) for x, slope in zip(box, slopes, strict=True)]
            middle = [centre(side) for side in face]
            bound = self.value(middle)
            for slope, side, m in zip(slopes, face, middle, strict=True):
                bound = bound + slope * (side - m)
            return bound.lower > 0
        except Unbounded:
            return False


def near_dropping(x: Sequence[Any], importance: Fraction) -> Any:
    """Return l(a, s, b1)/s^2 - I v (2/a - 1 - s^2/a^2), or less, at (p, s, alpha, tau)."""
    p, s, alpha, tau = x
    a = 1 + alpha * s
    beta = p * HALF * positive(-alpha) - positive(alpha) * a / (a + 1) + tau
    clipped, middle = s * (1 + a) / (3 * a**2), alpha * HALF + beta
    x_on = middle**2 + alpha**2 * TWELFTH - clipped * positive(-beta, 3)
    y_on = (positive(beta, 3) - positive(beta - 1, 3)) * THIRD
    both = (middle - HALF) ** 2 + (1 + alpha**2) * TWELFTH
    both = both - clipped * (positive(1 - beta, 4) - positive(-beta, 4)) * QUARTER
    scaled = average(p, [positive(beta, 2), x_on + y_on, both])
    return scaled - importance * silent(p) * (2 / a - 1 - (s / a) ** 2)


def dropped_phase() -> Statement:
    """Return "dropping the second feature is optimal" for some densities and importances."""
    densities, importance = (Fraction(25, 256), Fraction(13, 128)), Fraction(1, 100)
    low, high, steep, near = (Fraction(*x) for x in DROPPED_RANGES)
    top = Fraction(3, 2)
    p, last = densities
    share, scarce = importance / (1 + importance), 1 - 3 * p / 4
    left = p / 2 - near - last * near**2 / (2 * low)

    def saved(p: Interval, s: Interval, a: Interval) -> Any:
        return silent(p) - least_loss(p, s**2 / a, s)

    def beyond(x: Sequence[Interval]) -> Any:
        p, s, a = x
        return least_loss(p, a, s) - importance * saved(p, s, a)

    def beyond_slopes(x: Sequence[Interval]) -> list[Interval]:
        p, s, a = x
        own, other = least_slopes(p, a, s), least_slopes(p, s**2 / a, s)
        return [
            own[0] + importance * (other[0] - THIRD + p * HALF),
            own[2] + importance * (other[2] + 2 * s / a * other[1]),
            own[1] - importance * other[1] * (s / a) ** 2,
        ]

    def ceiling(x: Sequence[Interval]) -> Any:
        p, a = x
        return (1 + importance) * least_loss(p, a, Interval.of(top)) - importance * silent(p)

    def ceiling_slopes(x: Sequence[Interval]) -> list[Interval]:
        p, a = x
        in_p, in_a, _ = least_slopes(p, a, Interval.of(top))
        return [(1 + importance) * in_p - importance * (THIRD - p * HALF), (1 + importance) * in_a]

    conditions = {
        "0 < p": p,
        "p < 1": 1 - last,
        "0 < I": importance,
        "I < 1": 1 - importance,
        "I/(1 + I) < (1 - a_low)^2": (1 - low) ** 2 - share,
        "0 < a_low": low,
        "a_low < 1": 1 - low,
        "(1 - 3 p/4) I/(1 + I) < ((a_high - 1)/(a_high + 1))^2": (
            ((high - 1) / (high + 1)) ** 2 - share * scarce
        ),
        "1 < a_high": high - 1,
        "0 < M": steep,
        "2 I/a_low < M^2": steep**2 - 2 * importance / low,
        "2 I (1 - 3 p/4)(a_high + 1)^2/a_high < M^2": (
            steep**2 - 2 * importance * scarce * (high + 1) ** 2 / high
        ),
        "0 < near": near,
        "0 < p/2 - s - p s^2/(2 a_low) at s = near": left,
        "2 v s^2/a_low < (p/2 - s - p s^2/(2 a_low))^2 at s = near": (
            left**2 - 2 * near**2 / low * (last / 3 - p**2 / 4)
        ),
    }
    return Statement(
        f"L >= I v(p) for all weights and biases of two features in one dimension, for "
        f"{p} <= p <= {last} and 0 < I <= {importance}: dropping the second feature is optimal.",
        {},
        {text: Interval.of(value) for text, value in conditions.items()},
        (
            Positive(
                "near",
                ("p", "s", "alpha", "tau"),
                (densities, (Fraction(0), near), (-steep, steep), (Fraction(0), Fraction(1))),
                lambda x: near_dropping(x, importance),
            ),
            AboveZero("ceiling", ("p", "a"), (densities, (low, high)), ceiling, ceiling_slopes),
            AboveZero(
                "beyond",
                ("p", "s", "a"),
                (densities, (near, top), (low, high)),
                beyond,
                beyond_slopes,
            ),
        ),
    )


DROPPED_RANGES = (921, 1024), (621, 512), (141, 512), (19, 512)  # a_low, a_high, M, near


def antipodal_phase() -> Statement:
    """Return "this pair is better than dropping" for some densities and importances."""
    densities, importance = (Fraction(9, 32), Fraction(5, 16)), Fraction(1, 2)
    u, v, b1, b2 = Fraction(103, 100), Fraction(23, 25), Fraction(1, 125), Fraction(1, 20)
    a, s, other = (Interval.of(x) for x in (u**2, u * v, v**2))

    def saving(x: Sequence[Any]) -> Any:
        (p,) = x
        first, second = Output(a, s, Interval.of(b1)), Output(other, s, Interval.of(b2))
        saved = silent(p) - average(p, second.losses())
        return importance * saved - average(p, first.losses())

    return Statement(
        f"L < I v(p) at a pair of weights of opposite sign, for {densities[0]} <= p <= "
        f"{densities[1]} and {importance} <= I <= 1: every global minimiser is antipodal.",
        {},
        {"0 < u": Interval.of(u), "0 < v": Interval.of(v)},
        (Positive("saving", ("p",), (densities,), saving),),
    )


# To check another theorem: a section like the one above, and its line here.
STATEMENTS: dict[str, Callable[[], Statement]] = {
    "pentagon": pentagon,
    "hexagon": hexagon,
    "full-model": full_model,
    "dropped-phase": dropped_phase,
    "antipodal-phase": antipodal_phase,
}


# ---------------------------------------------------------------------- the file


@dataclass(frozen=True)
class Report:
    """What was checked."""

    name: str
    statement: str
    constants: dict[str, str]  # to 30 decimals, truncated
    conditions: list[str]
    identities: list[str]
    leaves: dict[str, int]  # how many each part has

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    def render(self) -> str:
        """Return the lines for a reader."""
        lines = [f"certified: {self.name}", self.statement]
        lines += [f"  {name} = {digits}..." for name, digits in self.constants.items()]
        lines += [f"  verified: {text}" for text in (*self.conditions, *self.identities)]
        lines += [f"  {part}: {count} boxes" for part, count in self.leaves.items()]
        return "\n".join(lines)


def check_text(text: str) -> Report:
    """Check the text of a certificate; raise `Rejected` if anything is not as it should be."""
    content = parsed(text)
    name = content["name"]
    if name not in STATEMENTS:
        known = ", ".join(STATEMENTS)
        raise Rejected("name", f"{name!r} is no theorem that is checked here ({known})")
    statement = STATEMENTS[name]()
    if content["statement"] != statement.text:
        raise Rejected("statement", f"is not that of {name}: {statement.text}")
    check_constants(content["constants"], statement.constants)
    if content["conditions"] != list(statement.conditions):
        raise Rejected("conditions", f"must be {list(statement.conditions)}")
    for text_, difference in statement.conditions.items():
        if difference.lower <= 0:
            raise Rejected(f"condition {text_!r}", "is not certain")
    for text_, value in statement.identities.items():
        if not (value.lower <= 0 <= value.upper and (value.upper - value.lower) * 10**60 < ONE):
            raise Rejected(f"identity {text_!r}", "does not hold to 60 decimals")
    names = [part["name"] for part in content["parts"]]
    if names != [part.name for part in statement.parts]:
        raise Rejected("parts", f"are {names}, must be {[part.name for part in statement.parts]}")
    leaves = {
        part.name: _check_part(stored, part)
        for stored, part in zip(content["parts"], statement.parts, strict=True)
    }
    return Report(
        name,
        statement.text,
        {key: _decimals(value) for key, value in statement.constants.items()},
        list(statement.conditions),
        list(statement.identities),
        leaves,
    )


def check_file(path: str) -> Report:
    """Check the certificate in a file; see `check_text`."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  (no more modules than needed)
            data = file.read(MOST_CHARACTERS + 1)
        return check_text(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Rejected("file", f"byte {error.start} is not UTF-8") from error


def check_constants(stored: dict[str, list[str]], derived: Mapping[str, Interval]) -> None:
    """Require that the bounds in a file contain the derived ones, and are narrow."""
    if list(stored) != list(derived):
        raise Rejected("constants", f"are {list(stored)}, must be {list(derived)}")
    for name, (low, high) in stored.items():
        lower, upper = Fraction(low), Fraction(high)
        value = derived[name]
        if not (lower * ONE <= value.lower and value.upper <= upper * ONE):
            raise Rejected(
                f"constant {name}", f"is {_decimals(value)}..., not between {low} and {high}"
            )
        if upper - lower > WIDEST:
            raise Rejected(f"constant {name}", "is enclosed less narrowly than to 10^-50")


def _check_part(stored: dict[str, Any], part: Any) -> int:
    """Check the tree of a part, and return the number of its leaves."""
    place = f"part {part.name!r}"
    required = {
        "kind": part.kind,
        "variables": list(part.variables),
        "domain": _as_text(part.domain),
        "left_out": None if part.left_out is None else _as_text(part.left_out),
    }
    for key, value in required.items():
        if stored[key] != value:
            raise Rejected(f"{place}, {key}", f"is {stored[key]}, must be {value}")
    root = tuple((units(low), units(high)) for low, high in part.domain)
    count = 0
    for letter, box in leaves(stored["tree"], root, place):
        count += 1
        known = letter in part.letters and letter in stored["rules"]
        if not (known and part.closes(letter, box)):
            raise Rejected(
                f"{place}, leaf {count}, box {_described(part.variables, box)}",
                f"is not closed by rule {letter!r}" if known else f"there is no rule {letter!r}",
            )
    return count


def leaves(tree: str, root: Box, place: str) -> Iterator[tuple[str, Box]]:
    """Yield the letters of a tree with the boxes that they close; see the head of this file."""
    open_boxes = [root]
    for position, mark in enumerate(tree):
        if not open_boxes:
            raise Rejected(f"{place}, mark {position}", "the tree is already complete")
        box = open_boxes.pop()
        if mark not in "0123456789":
            yield mark, box
            continue
        if int(mark) >= len(root):
            raise Rejected(f"{place}, mark {position}", f"there is no variable {mark}")
        try:
            lower, upper = halves(box, int(mark))
        except Unbounded as error:
            raise Rejected(f"{place}, mark {position}", str(error)) from error
        open_boxes += [upper, lower]
    if open_boxes:
        raise Rejected(
            f"{place}, mark {len(tree)}", f"the tree ends while {len(open_boxes)} boxes are open"
        )


def parsed(text: str) -> dict[str, Any]:
    """Return the content of a certificate, its form and hash checked, its trees unpacked."""
    if len(text) > MOST_CHARACTERS:
        raise Rejected("file", f"has more than {MOST_CHARACTERS} characters")
    try:
        content = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Rejected("file", f"is not JSON: {error}") from error
    _shaped(content, _FILE, "file")
    if (content["schema"], content["version"]) != (SCHEMA, VERSION):
        raise Rejected("schema", f"must be {SCHEMA}, version {VERSION}")
    if content["sha256"] != digest(content):
        raise Rejected("sha256", "does not belong to the content: the file was changed")
    announced = [part["tree"]["marks"] for part in content["parts"]]
    if any(marks < 1 for marks in announced) or sum(announced) > MOST_MARKS:
        raise Rejected("parts", f"must have trees of 1 to {MOST_MARKS} marks, all together")
    for part in content["parts"]:
        part["tree"] = _unpacked(part["tree"], f"part {part['name']!r}, tree")
    return dict(content)


def digest(content: Mapping[str, Any]) -> str:
    """Return the hash of a certificate: of its canonical JSON without the entry `sha256`."""
    rest = {key: value for key, value in content.items() if key != "sha256"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


# The form of a file: a type, a list of one form, or a mapping; "*" stands for any key.
_NUMBER = re.compile(r"-?\d{1,80}(\.\d{1,80}|/[1-9]\d{0,79})?", re.ASCII)
_SIDE = "side"
_FILE: dict[str, Any] = {
    "schema": str,
    "version": int,
    "name": str,
    "statement": str,
    "constants": {"*": _SIDE},
    "conditions": [str],
    "parts": [
        {
            "name": str,
            "kind": str,
            "variables": [str],
            "domain": [_SIDE],
            "left_out": None,
            "rules": {"*": str},
            "tree": {"encoding": str, "marks": int, "text": str},
        }
    ],
    "arithmetic": {"name": str, "bits": int},
    "versions": {"*": str},
    "sha256": str,
}


def _shaped(value: Any, form: Any, place: str) -> None:
    """Refuse a value that does not have a form."""
    if form is _SIDE:
        if not (
            isinstance(value, list)
            and len(value) == 2
            and all(isinstance(end, str) and _NUMBER.fullmatch(end) for end in value)
            and Fraction(value[0]) <= Fraction(value[1])
        ):
            raise Rejected(place, "must be a pair of numbers in quotes and in order")
    elif form is None:
        if value is not None:
            _shaped(value, [_SIDE], place)
    elif isinstance(form, type):
        if type(value) is not form:
            raise Rejected(place, f"must be of type {form.__name__}")
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise Rejected(place, "must be a list")
        for number, item in enumerate(value):
            _shaped(item, form[0], f"{place}, item {number}")
    else:
        if not isinstance(value, dict):
            raise Rejected(place, "must be an object")
        if "*" not in form and set(value) != set(form):
            raise Rejected(place, f"must have the entries {', '.join(form)}")
        for key, item in value.items():
            _shaped(item, form.get(key, form.get("*")), f"{place}, {key}")


def _unpacked(tree: dict[str, Any], place: str) -> str:
    """Return the text of a tree, never more of it than is announced."""
    marks, text = tree["marks"], tree["text"]
    if tree["encoding"] == "zlib+base64":
        try:
            packed = base64.b64decode(text, validate=True)
            stream = zlib.decompressobj()
            text = stream.decompress(packed, marks + 1).decode("ascii")
        except (binascii.Error, zlib.error, UnicodeDecodeError, ValueError) as error:
            raise Rejected(place, f"cannot be unpacked: {error}") from error
        if not stream.eof or stream.unused_data:
            raise Rejected(place, "is not one complete stream of the length announced")
    elif tree["encoding"] != "plain":
        raise Rejected(place, f"has the unknown encoding {tree['encoding']!r}")
    if len(text) != marks:
        raise Rejected(place, f"has {len(text)} marks, not the {marks} announced")
    return str(text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("an entry occurs twice")
    return content


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _as_text(sides: Sides) -> list[list[str]]:
    return [[str(low), str(high)] for low, high in sides]


def _described(variables: Sequence[str], box: Box) -> str:
    return ", ".join(
        f"{Fraction(low, ONE)} <= {name} <= {Fraction(high, ONE)}"
        for name, (low, high) in zip(variables, box, strict=True)
    )


def _decimals(value: Interval, count: int = 30) -> str:
    """Return the decimals that both bounds share, at most `count` of them, truncated."""
    texts = []
    for end in value.ends():
        whole, rest = divmod(abs(end) * 10**count >> BITS, 10**count)
        texts.append(("-" if end < 0 else "") + f"{whole}.{rest:0{count}d}")
    shared = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), None)
    return texts[0][:shared]


def main(arguments: Sequence[str]) -> int:
    """Check the files that are named; 0 if all are accepted, else 1."""
    if not arguments:
        sys.stderr.write("usage: python check.py FILE...\n")
        return 1
    for path in arguments:
        try:
            sys.stdout.write(check_file(path).render() + "\n")
        except (Rejected, OSError) as error:
            sys.stderr.write(f"rejected: {path}: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
