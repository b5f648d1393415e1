"""Polygons, prisms, antiprisms and simplices of any size: levels, tightness and D."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flint import fmpq, fmpq_poly, fmpz_poly
from superposition_theory.geometries.heights import two_ring_levels
from sympy import (
    Expr,
    ImmutableMatrix,
    Integer,
    Rational,
    Symbol,
    cancel,
    cos,
    diag,
    pi,
    rem,
    sin,
    symbols,
)

from superposition_proofs.ledger import Claim, ClaimKind, Context, Level

from .algebra import Decided, Identity, PositiveOn, Steps, by_algebra, replaced
from .cases import on_cases

# Half-angle tangents of the turn and of a vertex; radius and height of a ring; h^2; corners.
_X, _Y, _RHO, _H, t = symbols("x y rho h t", positive=True)
k, n = (Symbol(name, integer=True, positive=True) for name in "kn")
_FRAME = ImmutableMatrix(3, 3, lambda i, j: Symbol(f"f{min(i, j)}{max(i, j)}"))
_REFLECTION = ImmutableMatrix(diag(1, 1, -1))
_HALF = Rational(1, 2)
_THIRD = Rational(1, 3)


# ---------------------------------------------------------------- the symmetry argument


def _circle(half_tangent: Any) -> tuple[Any, Any]:
    """Return cosine and sine of an angle by the tangent of its half."""
    square = 1 + half_tangent**2
    return (1 - half_tangent**2) / square, 2 * half_tangent / square


def _turn(side: int) -> ImmutableMatrix:
    """Return the turn about the axis that keeps (1) or exchanges (-1) the two rings."""
    c, s = _circle(_X)
    return ImmutableMatrix([[c, -s, 0], [s, c, 0], [0, 0, side]])


def _vertex(half_tangent: Any, side: int = 1) -> ImmutableMatrix:
    """Return a vertex on the upper (1) or lower (-1) ring."""
    c, s = _circle(half_tangent)
    return ImmutableMatrix([_RHO * c, _RHO * s, side * _H])


def _turns_onto_the_next(side: int, sum_of_angles: Any) -> bool:
    """Say whether the turn takes a vertex to the one at the sum of the angles.

    As rational functions of the half-angle tangents; angles of pi follow by continuity.
    """
    moved = _turn(side) * _vertex(_Y) - _vertex(sum_of_angles, side)
    return all(cancel(entry) == 0 for entry in moved)


def _commutator(symmetry: ImmutableMatrix, i: int, j: int) -> Expr:
    """Return an entry of S F - F S for the general symmetric F."""
    return (symmetry * _FRAME - _FRAME * symmetry)[i, j]


def _energy(levels: tuple[Any, Any]) -> Expr:
    """Return v^T F v for a vertex v and F = diag(a, a, b)."""
    vertex, (a, b) = _vertex(_Y), levels
    return (vertex.T * diag(a, a, b) * vertex)[0]


def _mean(axis: int) -> Expr:
    """Return the squared norm of a vertex across (0) or along (1) the axis."""
    vertex = _vertex(_Y)
    return vertex[2] ** 2 if axis else vertex[0] ** 2 + vertex[1] ** 2


_c, _s = _circle(_X)
_D = 1 / (k * (1 - t) ** 2 + 2 * k * t**2)
_CLOSES = Decided(
    "2k half-steps, or k steps, are the identity",
    lambda: (
        (cos(2 * k * (pi / k)), sin(2 * k * (pi / k)), (-1) ** (2 * k)) == (1, 0, 1)
        and (cos(k * (2 * pi / k)), sin(k * (2 * pi / k))) == (1, 0)
    ),
)
_PLANE: Steps = (
    Identity("F is diagonal across", partial(_commutator, _turn(1), 0, 0), -2 * _s * _FRAME[0, 1]),
    Identity(
        "F is a multiple of I across",
        partial(_commutator, _turn(1), 0, 1),
        _s * (_FRAME[0, 0] - _FRAME[1, 1]),
    ),
    PositiveOn("the sine of the turn", lambda: _s, _X, Rational(0), Rational(2)),
)
# F = sum v v^T commutes with the symmetries that permute the vertices, and so is diag(a, a, b); the
# traces of its blocks are the sums of the squared coordinates of the 2k vertices.
_RINGS: Steps = (
    _CLOSES,
    Decided(
        "antiprism: a turn by pi/k that exchanges the rings permutes the vertices",
        partial(_turns_onto_the_next, -1, (_X + _Y) / (1 - _X * _Y)),
    ),
    Decided(
        "prism: a turn by 2 pi/k permutes the vertices",
        partial(_turns_onto_the_next, 1, (_X + _Y) / (1 - _X * _Y)),
    ),
    *_PLANE,
    Identity(
        "antiprism: (R + I) f = 0 for the mixed entries f",
        (_turn(-1)[:2, :2] + diag(1, 1)).det,
        2 * (1 + _c),
    ),
    Identity(
        "antiprism: these are the mixed entries",
        partial(_commutator, _turn(-1), 0, 2),
        (_c + 1) * _FRAME[0, 2] - _s * _FRAME[1, 2],
    ),
    Identity(
        "antiprism: both of them",
        partial(_commutator, _turn(-1), 1, 2),
        _s * _FRAME[0, 2] + (_c + 1) * _FRAME[1, 2],
    ),
    PositiveOn("1 + cosine of the turn", lambda: 1 + _c, _X, Rational(0), Rational(2)),
    Identity("prism: no mixed entries", partial(_commutator, _REFLECTION, 0, 2), 2 * _FRAME[0, 2]),
    Identity("level across: tr = 2k rho^2 = 2a", lambda: 2 * k * _mean(0) / 2, k * _RHO**2),
    Identity("level along: 2k h^2 = b", lambda: 2 * k * _mean(1), 2 * k * _H**2),
    Identity("level across, named", lambda: two_ring_levels(k, t)[0], k * (1 - t)),
    Identity("level along, named", lambda: two_ring_levels(k, t)[1], 2 * k * t),
    Identity("equal iff h^2 = 1/3", lambda: k * (1 - t) - 2 * k * t, 3 * k * (_THIRD - t)),
    Identity(
        "1/D = v^T F v",
        partial(_energy, (k * _RHO**2, 2 * k * _H**2)),
        k * _RHO**4 + 2 * k * _H**4,
    ),
    Identity(
        "D is largest at h^2 = 1/3",
        lambda: _D,
        3 / (2 * k * (1 + Rational(9, 2) * (t - _THIRD) ** 2)),
    ),
)


def _circulant(corners: int, height_squared: Rational) -> list[fmpq_poly]:
    """Return the first row of the Gram matrix of the antiprism, in powers of exp(pi i/k)."""
    h2 = fmpq(height_squared.p, height_squared.q)
    count = 2 * corners
    row = []
    for s in range(count):
        powers = [fmpq(0)] * count
        powers[s] += (1 - h2) / 2
        powers[-s % count] += (1 - h2) / 2
        powers[0] += (-1) ** s * h2
        row.append(fmpq_poly(powers))
    return row


def _squared(row: list[fmpq_poly]) -> tuple[fmpq_poly, bool]:
    """Return the diagonal entry of the square of a circulant matrix, and whether G^2 = c G.

    Entries are polynomials in a root of unity of the order of the matrix; the diagonal is 1.
    """
    count = len(row)
    modulus = fmpq_poly(fmpz_poly.cyclotomic(count))
    zero = fmpq_poly([0])
    square = [
        sum((row[s] * row[(r - s) % count] for s in range(count)), start=zero) % modulus
        for r in range(count)
    ]
    tight = all(
        (value - square[0] * entry) % modulus == zero
        for value, entry in zip(square, row, strict=True)
    )
    return square[0], tight


def antiprism_is_as_stated(
    case: tuple[int, Rational], *, tight_at: Rational = _THIRD, numerator: int = 3
) -> bool:
    """State that G^2 = c G iff h^2 = 1/3, and the value of D, in the cyclotomic field."""
    corners, h2 = case
    square, tight = _squared(_circulant(corners, h2))
    stated = Rational(numerator, 1) / (2 * corners * (1 + Rational(9, 2) * (h2 - _THIRD) ** 2))
    return tight is (h2 == tight_at) and square == fmpq_poly([fmpq(stated.q, stated.p)])


def _antiprisms(context: Context) -> Iterator[tuple[str, tuple[int, Rational]]]:
    """Yield antiprisms of three heights: to 12 corners, at the full level to 60."""
    for corners in range(2, 13 if context.level is Level.quick else 61):
        for h2 in (_THIRD, Rational(1, 5), _HALF):
            yield f"k = {corners}, h^2 = {h2}", (corners, h2)


# ---------------------------------------------------------------- polygons and simplices


def _simplex(expression: Any) -> Expr:
    """Return an expression in J and I = 1 modulo J^2 = n J."""
    J = Symbol("J")
    return rem(expression, J**2 - n * J, J)


def _simplex_gram() -> Expr:
    """Return the Gram matrix of the simplex in the algebra of J."""
    return n / (n - 1) * (1 - Symbol("J") / n)


def plateaus_are_as_stated(case: int, *, corners: int = 0) -> bool:
    """State for n points that polygon and simplex are tight, D = 2/(n + corners) and (n - 1)/n."""
    half, count = fmpq(1, 2), case
    polygon = [
        fmpq_poly([0] * s + [half]) + fmpq_poly([0] * (-s % count) + [half]) for s in range(count)
    ]
    simplex = [fmpq_poly([1 if s == 0 else fmpq(-1, count - 1)]) for s in range(count)]
    wanted = fmpq(count + corners, 2), fmpq(count, count - 1)
    return all(
        _squared(row) == (fmpq_poly([value]), True)
        for row, value in zip((polygon, simplex), wanted, strict=True)
    )


def _numbers_of_points(context: Context) -> Iterator[tuple[str, int]]:
    """Yield the numbers of points from 3 to 20, at the full level to 60."""
    for count in range(3, 21 if context.level is Level.quick else 61):
        yield f"n = {count}", count


_PLATEAUS: Steps = (
    Decided(
        "polygon: n turns are the identity",
        lambda: (cos(n * (2 * pi / n)), sin(n * (2 * pi / n))) == (1, 0),
    ),
    *_PLANE,
    Identity("polygon: tr F = n = 2a", lambda: n * sum(x**2 for x in _circle(_Y)) / 2, n / 2),
    Identity("polygon: D", lambda: 1 / (n / Integer(2)), 2 / n),
    Identity(
        "simplex: G is tight",
        lambda: _simplex(_simplex_gram() ** 2),
        n / (n - 1) * _simplex_gram(),
    ),
    Identity("simplex: unit vectors", lambda: _simplex_gram().subs(Symbol("J"), 1), 1),
    Identity("simplex: D", lambda: 1 / (n / (n - 1)), (n - 1) / n),
)


# ---------------------------------------------------------------- claims

_RING_VERTICES = (
    r"\text{unit vectors at heights } \pm h,\ 0 < h < 1, \text{ on two parallel regular } k"
    r"\text{-gons: turned by } \pi/k \ (\text{antiprism}, k \ge 2) \text{ or not }"
    r"(\text{prism}, k \ge 3)"
)

ANTIPRISMS = Claim(
    "antiprism-family",
    "A prism or antiprism is tight exactly at h^2 = 1/3, whatever its number of corners",
    r"\text{levels } k (1 - h^2) \text{ (twice) and } 2 k h^2; \quad \text{tight} \iff h^2 = "
    r"\tfrac13; \quad D = \frac{3}{2k} \cdot \frac{1}{1 + \frac92 (h^2 - \frac13)^2}; \quad "
    r"\sum_i D_i \le 3 \text{ with equality iff tight}",
    (_RING_VERTICES,),
    "ours; the square antiprism in Elhage et al. 2022, Toy Models of Superposition",
    ClaimKind.theorem,
    (
        by_algebra(
            _RINGS,
            {
                "tight at h^2 = 1/2": replaced(
                    _RINGS, "equal iff h^2 = 1/3", stated=3 * k * (_HALF - t)
                ),
                "k h^2 along the axis": replaced(
                    _RINGS, "level along: 2k h^2 = b", stated=k * _H**2
                ),
                "a turn that keeps the rings": replaced(
                    _RINGS,
                    "antiprism: a turn by pi/k that exchanges the rings permutes the vertices",
                    question=partial(_turns_onto_the_next, -1, _X + _Y),
                ),
                "D of another height is the same": replaced(
                    _RINGS, "D is largest at h^2 = 1/3", stated=3 / (2 * k)
                ),
            },
        ),
        on_cases(
            antiprism_is_as_stated,
            {
                "tight at h^2 = 1/5": partial(antiprism_is_as_stated, tight_at=Rational(1, 5)),
                "D = 2/(2k)": partial(antiprism_is_as_stated, numerator=2),
            },
            _antiprisms,
            description="The square of the Gram matrix in the cyclotomic field, for k up to 12, at "
            "the full level up to 60.",
        ),
    ),
)

PLATEAUS = Claim(
    "polygon-and-simplex-plateaus",
    "D is 2/n in a regular polygon and (n - 1)/n in a regular simplex",
    r"\text{polygon: } F = \tfrac n2 I,\ D = \tfrac 2n; \qquad "
    r"\text{simplex: } G = \tfrac{n}{n - 1} (I - \tfrac1n J),\ D = \tfrac{n - 1}{n}",
    (r"n \ge 3 \text{ unit vectors, for the simplex } n \ge 2",),
    "Elhage et al. 2022, Toy Models of Superposition; values classical",
    ClaimKind.theorem,
    (
        by_algebra(
            _PLATEAUS,
            {
                "D = 3/n": replaced(_PLATEAUS, "polygon: D", stated=3 / n),
                "level n - 1": replaced(
                    _PLATEAUS, "simplex: G is tight", stated=(n - 1) * _simplex_gram()
                ),
            },
        ),
        on_cases(
            plateaus_are_as_stated,
            {"one more corner": partial(plateaus_are_as_stated, corners=1)},
            _numbers_of_points,
            description="The square of the Gram matrix in the cyclotomic field, for n up to 20, at "
            "the full level up to 60.",
        ),
    ),
)


CLAIMS = (ANTIPRISMS, PLATEAUS)
