"""The regular simplex."""

from math import factorial

from sympy import Integer, Rational

from superposition_theory.reading import read_count
from superposition_theory.schemes.families import complete_relation

from .geometry import Geometry, tight_support

_SIMPLICES = {2: "digon", 3: "triangle", 4: "tetrahedron"}
_OTHER_SIMPLICES = {
    2: ("antipodal pair", "cross-polytope on 2 points"),
    3: ("simplex on 3 points",),
    4: ("simplex on 4 points", "digonal antiprism (tight)", "demihypercube on 4 points"),
}


def simplex(n: int) -> Geometry:
    """Return the regular simplex on n >= 2 points in n - 1 dimensions; the digon for n = 2.

    Examples
    --------
    >>> simplex(4).name, simplex(4).cosines, simplex(4).levels
    ('tetrahedron', (1, -1/3), ((4/3, 3),))
    """
    read_count(n, "n", 2)
    return Geometry(
        _SIMPLICES.get(n, f"simplex on {n} points"),
        n,
        lambda: tight_support(n - 1, (1, n - 1), (Integer(1), Rational(-1, n - 1))),
        lambda: complete_relation(n),
        also_known_as=_OTHER_SIMPLICES.get(n, ()),
        symmetries=factorial(n),
    )
