"""Polygons, and harmonic frames: orbits of a cyclic group in one or more planes."""

from collections.abc import Iterable
from math import gcd
from typing import Any

from sympy import Add, ImmutableMatrix, Rational, cos, expand, pi, sin

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count, read_list
from superposition_theory.schemes.families import cyclic_relation, translation_relation

from .geometry import Eigenspace, Geometry, Support, tight_support
from .naming import polygon_name
from .simplices import simplex


def polygon(n: int) -> Geometry:
    """Return the regular n-gon, n >= 3.

    The star polygons have the same Gram matrix with the points listed in another order.

    Examples
    --------
    >>> polygon(6).cosines, polygon(6).is_tight
    ((1, 1/2, -1/2, -1), True)
    """
    read_count(n, "n", 3)
    others = {3: ("simplex on 3 points",), 4: ("cross-polytope on 4 points",), 5: ("Paley(5)",)}
    return Geometry(
        polygon_name(n),
        n,
        lambda: tight_support(2, ring_valencies(n), ring_cosines(n)),
        lambda: cyclic_relation(n),
        also_known_as=others.get(n, ()),
        symmetries=2 * n,
        closed_form=lambda: _ring(n),
        blocks=(simplex(2),) * 2 if n == 4 else (),
    )


def harmonic_frame(n: int, frequencies: Iterable[int]) -> Geometry:
    """Return the real harmonic frame of Z_n with a set of frequencies.

    The inner product of x and y is the mean of cos(2 pi s (y - x)/n) over the frequencies s, taken
    with their negatives. The frame is tight. Its scheme is that of the orbits of the multipliers
    t, prime to n, with tS = S: the cyclic scheme where there are only t = +-1. It holds the Gram
    matrix, but need not be the smallest scheme that does.

    Parameters
    ----------
    n : int
        At least 3.
    frequencies : iterable of int
        Not empty, not 0 modulo n, and without a common divisor with n.

    Examples
    --------
    The squares modulo 13 give the frame of the Paley graph, of two inner products.

    >>> frame = harmonic_frame(13, [1, 3, 4])
    >>> frame.dimension, frame.valencies
    (6, (1, 6, 6))
    """
    read_count(n, "n", 3)
    given = read_list(frequencies, "frequencies")
    if any(isinstance(s, bool) or not isinstance(s, int) for s in given):
        raise InputError(f"frequencies = {given}; accepted: integers")
    chosen = sorted({t * s % n for s in given for t in (1, -1)})
    if not chosen or 0 in chosen or gcd(n, *chosen) > 1:
        raise InputError(
            f"frequencies = {given}; accepted: one or more integers, not 0 modulo {n}, that "
            f"have no common divisor with {n}: otherwise vectors repeat"
        )
    multipliers = [
        t for t in range(1, n) if gcd(t, n) == 1 and sorted(t * s % n for s in chosen) == chosen
    ]
    colours = [min(t * x % n for t in multipliers) for x in range(n)]
    firsts = list(dict.fromkeys(colours))
    orbits = list(dict.fromkeys(frozenset(t * s % n for t in multipliers) for s in chosen))
    level = Rational(n, len(chosen))

    def support() -> Support:
        """Return an eigenspace for each orbit of frequencies."""
        return Support(
            tuple(colours.count(x) for x in firsts),
            tuple(
                Eigenspace(
                    level,
                    len(orbit),
                    tuple(
                        expand(Add(*(_cosine(s * x, n) for s in sorted(orbit)))) / n for x in firsts
                    ),
                )
                for orbit in orbits
            ),
        )

    listed = ", ".join(str(s) for s in chosen if 2 * s <= n)
    return Geometry(
        f"harmonic frame of Z_{n} with frequencies {{{listed}}}",
        n,
        support,
        lambda: translation_relation([n], colours),
    )


def _cosine(k: int, n: int) -> Any:
    """Return cos(2 pi k/n), equal numbers in one form."""
    return cos(2 * pi * Rational(min(k % n, -k % n), n))


def ring_valencies(n: int) -> tuple[int, ...]:
    """Return the valencies of the cyclic scheme."""
    return (1, *(1 if 2 * s == n else 2 for s in range(1, n // 2 + 1)))


def ring_cosines(n: int) -> tuple[Any, ...]:
    """Return the cosines of the angles of the n-gon, from 0 to pi."""
    return tuple(cos(2 * pi * Rational(s, n)) for s in range(n // 2 + 1))


def _ring(n: int) -> ImmutableMatrix:
    """Return the vertices of the n-gon."""
    return ImmutableMatrix([[f(2 * pi * Rational(j, n)) for j in range(n)] for f in (cos, sin)])
