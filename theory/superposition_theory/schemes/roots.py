"""Complex roots of integer polynomials, told apart by balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from flint import acb, ctx, fmpz_poly

FIRST_BITS = 64


class Root:
    """One complex root of a squarefree integer polynomial, told apart by a ball.

    Parameters
    ----------
    polynomial : fmpz_poly
    index : int
        Its place among `roots_of` the polynomial.
    ball : acb
        Contains this root and no other.

    Examples
    --------
    >>> [root.enclosure(20).real.floor() for root in roots_of(fmpz_poly([-2, 0, 1]))]
    [-2.00000000000000, 1.00000000000000]
    """

    def __init__(self, polynomial: fmpz_poly, index: int, ball: acb) -> None:
        self.polynomial, self.index, self.ball = polynomial, index, ball
        self._balls: dict[int, acb] = {}

    def enclosure(self, bits: int) -> acb:
        """Return a ball around the root that is computed with at least this many bits."""
        if bits not in self._balls:
            with ctx.workprec(bits):
                near = [ball for ball in _isolated(self.polynomial) if ball.overlaps(self.ball)]
            self._balls[bits] = near[0] if len(near) == 1 else self.enclosure(2 * bits)
        return self._balls[bits]

    def conjugate(self) -> Root:
        """Return the complex conjugate root."""
        return meeting(roots_of(self.polynomial), lambda bits: self.enclosure(bits).conjugate())


def roots_of(polynomial: fmpz_poly) -> tuple[Root, ...]:
    """Return the complex roots of a squarefree integer polynomial, real ones exactly real."""
    return _roots(tuple(map(int, polynomial.coeffs())))


@lru_cache(maxsize=4096)
def _roots(coefficients: tuple[int, ...]) -> tuple[Root, ...]:
    """Return the roots of the polynomial with these coefficients, found once."""
    polynomial = fmpz_poly(list(coefficients))
    with ctx.workprec(FIRST_BITS):
        balls = _isolated(polynomial)
    return tuple(Root(polynomial, index, ball) for index, ball in enumerate(balls))


def _isolated(polynomial: fmpz_poly) -> list[acb]:
    """Return disjoint balls around the roots, at the working precision."""
    pairs: Any = polynomial.complex_roots()  # with multiplicities, against what flint's stub says
    return [ball for ball, _ in pairs]


def meeting(roots: Sequence[Root], enclosure: Callable[[int], acb]) -> Root:
    """Return the root that is a number given by its enclosures, which must be one of them."""
    bits = FIRST_BITS
    while True:
        ball = enclosure(bits)
        near = [root for root in roots if root.enclosure(bits).overlaps(ball)]
        if len(near) == 1:
            return near[0]
        bits *= 2
