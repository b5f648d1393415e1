"""The strength of a spherical design, from the inner products and how often each occurs."""

from collections.abc import Sequence
from typing import Any

from sympy import oo

from superposition_theory.frames import OrderedField


def design_strength(
    counts: Sequence[int], cosines: Sequence[Any], dimension: int, field: OrderedField
) -> Any:
    """Return the largest t such that unit vectors are a spherical t-design.

    The vectors average every polynomial of degree at most t over the sphere S^{d-1} exactly iff
    sum over all pairs of C_s(<u, v>) = 0 for s = 1, ..., t, with C_s the Gegenbauer polynomial of
    the dimension d. A set with s inner products other than 1 has t <= 2s.

    Parameters
    ----------
    counts : sequence of int
        The number of ordered pairs with each inner product.
    cosines : sequence of elements of the field
    dimension : int
        d >= 1, the dimension of the span.
    field : OrderedField

    Returns
    -------
    int, or sympy oo where all of the sphere is taken (d = 1 and both points equally often)

    References
    ----------
    Delsarte, Goethals and Seidel 1977, "Spherical codes and designs", theorem 5.5 and 5.11.

    Examples
    --------
    The square, with inner products 1, 0 (twice) and -1.

    >>> from sympy import QQ
    >>> design_strength([4, 8, 4], [QQ(1), QQ(0), QQ(-1)], 2, OrderedField(QQ))
    3
    """
    domain = field.domain
    previous, current = [domain.one] * len(cosines), list(cosines)
    strength = 0
    while not sum((n * value for n, value in zip(counts, current, strict=True)), domain.zero):
        strength += 1
        if dimension == 1:
            return oo
        # C_s(1) = 1: (s + d - 2) C_{s+1} = (2s + d - 2) x C_s - s C_{s-1}
        scale = domain.one / (strength + dimension - 2)
        previous, current = (
            current,
            [
                scale * ((2 * strength + dimension - 2) * x * value - strength * before)
                for x, value, before in zip(cosines, current, previous, strict=True)
            ],
        )
    return strength
