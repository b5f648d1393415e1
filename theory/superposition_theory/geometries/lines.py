"""Real equiangular tight frames from strongly regular graphs with k = 2 mu.

Such a graph on n - 1 points gives n lines: the Seidel matrix S has an entry +1 between the extra
point and every other, -1 between adjacent points and +1 between the others, and two eigenvalues.
The vectors are known up to sign, so that the geometry is the double, x and -x for every line.
"""

from collections.abc import Callable
from typing import Any

from sympy import ImmutableMatrix, Integer, factorint, sqrt

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count
from superposition_theory.schemes.families import johnson_relation, paley_relation
from superposition_theory.schemes.parameters import StronglyRegularParameters
from superposition_theory.schemes.relations import Relation

from .distance import demihypercube, johnson_frame
from .geometry import Geometry, tight_support
from .graphs import projective_line_relation
from .reflections import e7_code, icosahedron, schlafli

_SPORADIC: dict[int, tuple[StronglyRegularParameters, Callable[[], Relation], int, int]] = {
    16: (StronglyRegularParameters(15, 6, 1, 3), lambda: johnson_relation(6, 2), 6, 23040),
    28: (StronglyRegularParameters(27, 10, 1, 5), lambda: schlafli().relation, 10, 2903040),
    36: (StronglyRegularParameters(35, 16, 6, 8), projective_line_relation, 16, 2903040),
}

_NAMED: dict[tuple[int, int], Callable[[], Geometry]] = {
    (3, 6): icosahedron,
    (5, 10): lambda: johnson_frame(6, 3),
    (6, 16): lambda: demihypercube(6),
    (7, 28): e7_code,
}


def equiangular_lines(d: int, n: int) -> Geometry:
    """Return the double of the real d x n equiangular tight frame: 2n points, x and -x.

    Known here for n - 1 a prime power that is 1 modulo 4 with d = n/2 (Paley), and for
    (d, n) = (6, 16), (10, 16), (7, 28), (21, 28), (15, 36), (21, 36). The doubles of 3x6, 5x10,
    6x16 and 7x28 are the icosahedron, J(6, 3), the demihypercube and the code of E7.

    Parameters
    ----------
    d, n : int
        Dimensions and lines.

    Raises
    ------
    InputError
        For another pair.

    References
    ----------
    Lemmens and Seidel 1973, "Equiangular lines"; Sustik, Tropp, Dhillon and Heath 2007.

    Examples
    --------
    >>> equiangular_lines(10, 16).cosines, equiangular_lines(3, 6).name
    ((1, -1, -1/5, 1/5), 'icosahedron')
    """
    read_count(d, "d", 1)
    read_count(n, "n", 2)
    if (d, n) in _NAMED:
        return _NAMED[d, n]()
    parameters, rows, valency, symmetries = _graph(n)
    root = sqrt(Integer(parameters.discriminant))
    shift = parameters.lam - parameters.mu
    # the eigenvalues of S are -1 - 2 theta for those of the graph, theta = (shift +- root)/2
    upper, lower = -1 - shift + root, -1 - shift - root
    spaces = {_dimension(n, upper, lower): lower, _dimension(n, lower, upper): upper}
    if d not in spaces:
        raise InputError(
            f"(d, n) = ({d}, {n}); accepted with n = {n}: d = {', '.join(map(str, sorted(spaces)))}"
        )
    cosine = (-1 / spaces[d]).radsimp()
    return Geometry(
        f"equiangular tight frame {d}x{n}, double",
        2 * n,
        lambda: tight_support(d, (1, 1, n - 1, n - 1), (Integer(1), Integer(-1), cosine, -cosine)),
        lambda: _double(rows(), valency),
        symmetries=symmetries,
    )


def equiangular_gram(d: int, n: int) -> ImmutableMatrix:
    """Return the Gram matrix of the d x n equiangular tight frame, one vector from each line.

    Parameters
    ----------
    d, n : int
        As for `equiangular_lines`.

    Returns
    -------
    sympy ImmutableMatrix, shape (n, n)

    Examples
    --------
    >>> G = equiangular_gram(6, 16)
    >>> G * G == G * 16 / 6
    True
    """
    geometry = equiangular_lines(d, n)
    antipodal = geometry.cosines.index(-1)
    chosen: list[int] = []
    for x, row in enumerate(geometry.relation):
        if row.index(antipodal) not in chosen:
            chosen.append(x)
    return geometry.gram.extract(chosen, chosen)


def _graph(n: Any) -> tuple[StronglyRegularParameters, Callable[[], Relation], int, int]:
    """Return the parameters, a relation, the valency of adjacency in it, and the symmetries."""
    if isinstance(n, int) and n in _SPORADIC:
        return _SPORADIC[n]
    q = n - 1 if isinstance(n, int) and not isinstance(n, bool) else 0
    factors = factorint(q) if q > 1 else {}
    if q % 4 != 1 or len(factors) != 1:
        raise InputError(
            f"n is {n!r}; accepted: {', '.join(map(str, _SPORADIC))}, and q + 1 for a prime power "
            "q that is 1 modulo 4"
        )
    (exponent,) = factors.values()
    return (
        StronglyRegularParameters(q, q // 2, (q - 5) // 4, (q - 1) // 4),
        lambda: paley_relation(q),
        q // 2,
        exponent * q * (q * q - 1),
    )


def _dimension(n: int, own: Any, other: Any) -> int:
    """Return the multiplicity of an eigenvalue of a Seidel matrix, whose trace is 0."""
    return int((-n * other / (own - other)).radsimp())


def _double(relation: Relation, valency: int) -> Relation:
    """Return the relation on the two vectors of each line.

    The colours are: 0 equal, 1 opposite, 2 where the entry of the Seidel matrix times both signs is
    +1, 3 where it is -1.
    """
    colour = 1 if relation[0].count(1) == valency else 2
    n = len(relation) + 1
    seidel = [[1] * n, *([1, *(-1 if c == colour else 1 for c in row)] for row in relation)]
    signs = (1, -1)
    return tuple(
        tuple(
            (0 if s == t else 1) if x == y else (2 if seidel[x][y] * s * t == 1 else 3)
            for y in range(n)
            for t in signs
        )
        for x in range(n)
        for s in signs
    )
