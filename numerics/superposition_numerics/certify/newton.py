"""Enclosures of isolated zeros by Krawczyk's interval Newton operator."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
from superposition_theory.errors import InputError

from .functions import Differentiable
from .intervals import Balls, Enclosure

_STEPS = 60


def enclose_zero(
    equations: Sequence[Differentiable],
    start: Sequence[float | Fraction],
    *,
    digits: int = 40,
) -> tuple[Enclosure, ...]:
    """Return bounds between which a system has exactly one zero.

    Newton steps from the start refine the midpoint m; then K(X) = m - C F(m) + (I - C J(X))(X - m)
    inside the interior of X proves that X holds one zero and no other (Krawczyk 1969; Moore 1977,
    theorem 2).

    Parameters
    ----------
    equations : sequence of d functions
        Smooth near the zero; only values and gradients are used.
    start : sequence of d numbers
        Near the zero.
    digits : int
        Of the result, from 5 to 300; constants in the equations limit what can be had.

    Returns
    -------
    tuple of d Enclosure

    Raises
    ------
    InputError
        If no zero is proved near the start: Newton does not converge, the zero is not regular, or
        the constants are not known well enough.

    Examples
    --------
    >>> from superposition_numerics.certify import Formula, enclose_zero
    >>> circle = Formula(lambda x: x[0] ** 2 + x[1] ** 2 - 1)
    >>> diagonal = Formula(lambda x: x[0] - x[1])
    >>> enclose_zero([circle, diagonal], [0.7, 0.7], digits=30)[0].digits(25)
    '0.7071067811865475244008443'
    """
    if not 5 <= digits <= 300:
        raise InputError(f"digits must be from 5 to 300, got {digits!r}")
    if len(start) != len(equations) or not equations:
        raise InputError(
            f"start must have one number for each of {len(equations)} equations, got {len(start)}"
        )
    ring = Balls(4 * digits + 128)
    with ring.working():
        middle = _newton(equations, [Fraction(x) for x in start], ring, digits)
        for slack in (digits + 4, digits // 2 + 4, digits // 4 + 4):
            box = [
                Enclosure(x - Fraction(1, 10**slack), x + Fraction(1, 10**slack)) for x in middle
            ]
            image = _krawczyk(equations, middle, box, ring)
            if image is not None:
                return image
    raise InputError(
        f"start {[float(x) for x in start]} leads to no zero that Krawczyk's test proves"
    )


def _newton(
    equations: Sequence[Differentiable], start: list[Fraction], ring: Balls, digits: int
) -> list[Fraction]:
    """Return a point near the zero, not proved to be one."""
    x = start
    for _ in range(_STEPS):
        point = ring.point(x)
        values = flint.arb_mat([[equation.value(point).arb] for equation in equations])
        jacobian = _jacobian(equations, point)
        try:
            step = jacobian.mid().solve(values.mid())
        except ZeroDivisionError as error:
            raise InputError(
                f"start leads to a singular Jacobian at {[float(c) for c in x]}"
            ) from error
        moves = [Enclosure.of_ball(step[i, 0]).middle for i in range(len(x))]
        x = [_shortened(old - move, ring.bits) for old, move in zip(x, moves, strict=True)]
        if max(abs(move) for move in moves) < Fraction(1, 10 ** (digits + 8)):
            break
    return x


def _krawczyk(
    equations: Sequence[Differentiable], middle: list[Fraction], box: list[Enclosure], ring: Balls
) -> tuple[Enclosure, ...] | None:
    """Return the image of a box if it lies in its interior."""
    size = len(middle)
    m = ring.point(middle)
    x = [ring.number(side) for side in box]
    try:
        inverse = _jacobian(equations, m).mid().inv().mid()
    except ZeroDivisionError:
        return None
    at_middle = flint.arb_mat([[equation.value(m).arb] for equation in equations])
    rest = flint.arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    rest = rest - inverse * _jacobian(equations, x)
    offset = flint.arb_mat([[(a - b).arb] for a, b in zip(x, m, strict=True)])
    image = flint.arb_mat([[part.arb] for part in m]) - inverse * at_middle + rest * offset
    balls = [image[i, 0] for i in range(size)]
    if not all(ball.is_finite() for ball in balls):
        return None
    bounds = tuple(Enclosure.of_ball(ball) for ball in balls)
    inside = all(a.lower < b.lower and b.upper < a.upper for a, b in zip(box, bounds, strict=True))
    return bounds if inside else None


def _jacobian(equations: Sequence[Differentiable], x: Sequence[Any]) -> flint.arb_mat:
    return flint.arb_mat([[part.arb for part in equation.gradient(x)] for equation in equations])


def _shortened(x: Fraction, bits: int) -> Fraction:
    return Fraction(round(x * (1 << bits)), 1 << bits)
