"""Pi between rational bounds."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from .enclosure import Enclosure

_BITS = 320


@cache
def pi_enclosure() -> Enclosure:
    """Return pi to 300 bits by Machin's formula 16 arctan(1/5) - 4 arctan(1/239)."""
    low5, high5 = _arctangent_of_inverse(5)
    low239, high239 = _arctangent_of_inverse(239)
    unit = 1 << _BITS
    return Enclosure(
        Fraction(16 * low5 - 4 * high239, unit), Fraction(16 * high5 - 4 * low239, unit)
    )


def _arctangent_of_inverse(q: int) -> tuple[int, int]:
    """Return integers around 2^bits arctan(1/q): the alternating series, rounded outward."""
    low = high = 0
    power = (1 << _BITS) // q  # below 2^bits / q^(2k + 1) by less than 1 at every step
    k = 0
    while power:
        term_low, term_high = power // (2 * k + 1), -(-(power + 1) // (2 * k + 1))
        low, high = (
            (low + term_low, high + term_high) if k % 2 == 0 else (low - term_high, high - term_low)
        )
        power = power // (q * q)
        k += 1
    return low - 2, high + 2  # the remainder is at most the first omitted term, below 2
