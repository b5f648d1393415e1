"""Classical vertices, by coordinates, and the colouring that their Gram matrix gives.

A number a + b sqrt(5) is the pair (a, b) of rationals, so that Gram matrices of many points are
cheap and exact. Vectors need not have length 1.
"""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, permutations, product
from math import lcm
from operator import mul
from typing import Any

from sympy import sqrt

Pair = tuple[Fraction, Fraction]
Vector = tuple[Pair, ...]

HALF = Fraction(1, 2)
ZERO, ONE = (Fraction(0), Fraction(0)), (Fraction(1), Fraction(0))
PHI = (HALF, HALF)
INVERSE_PHI = (-HALF, HALF)


def pair(value: Any) -> Pair:
    return value if isinstance(value, tuple) else (Fraction(value), Fraction(0))


def times(x: Pair, y: Pair) -> Pair:
    return x[0] * y[0] + 5 * x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def signed(vector: Iterable[Any]) -> set[Vector]:
    """Return all changes of signs."""
    entries = [pair(x) for x in vector]
    return {
        tuple((s * a, s * b) for s, (a, b) in zip(signs, entries, strict=True))
        for signs in product((1, -1), repeat=len(entries))
    }


def even(size: int) -> list[tuple[int, ...]]:
    """Return the even permutations."""
    return [
        p
        for p in permutations(range(size))
        if sum(p[i] > p[j] for i, j in combinations(range(size), 2)) % 2 == 0
    ]


def moved(vectors: Iterable[Vector], orders: Iterable[tuple[int, ...]]) -> set[Vector]:
    """Return the vectors with their entries in other orders."""
    rearrangements = list(orders)
    return {tuple(vector[i] for i in order) for vector in vectors for order in rearrangements}


def integers(*vectors: Iterable[int]) -> set[Vector]:
    return {tuple(pair(x) for x in vector) for vector in vectors}


def all_orders(size: int) -> list[tuple[int, ...]]:
    return list(permutations(range(size)))


def roots(size: int) -> set[Vector]:
    """Return +-e_i +- e_j."""
    ones = [[int(k in chosen) for k in range(size)] for chosen in combinations(range(size), 2)]
    return {v for one in ones for v in signed(one)}


def e8() -> set[Vector]:
    halves = {
        tuple(pair(Fraction(s, 2)) for s in signs)
        for signs in product((1, -1), repeat=8)
        if signs.count(-1) % 2 == 0
    }
    return roots(8) | halves


def inner(x: Vector, y: Vector) -> Pair:
    products = [times(a, b) for a, b in zip(x, y, strict=True)]
    return sum((p for p, _ in products), Fraction(0)), sum((q for _, q in products), Fraction(0))


def orthogonal(points: set[Vector], *vectors: Vector) -> set[Vector]:
    return {x for x in points if all(inner(x, v) == ZERO for v in vectors)}


def centred(points: set[Vector]) -> set[Vector]:
    """Return rational points minus their mean."""
    n = len(points)
    mean = [sum((x[i][0] for x in points), Fraction(0)) / n for i in range(len(next(iter(points))))]
    return {tuple(pair(a - m) for (a, _), m in zip(x, mean, strict=True)) for x in points}


def words(letters: int, length: int) -> set[Vector]:
    """Return words with every letter as a unit vector, centred: products of simplices."""
    return centred(
        integers(
            *(
                [int(letter == k) for letter in word for k in range(letters)]
                for word in product(range(letters), repeat=length)
            )
        )
    )


def subsets(v: int, k: int) -> set[Vector]:
    return centred(integers(*([int(i in s) for i in range(v)] for s in combinations(range(v), k))))


def evenly_signed(size: int) -> set[Vector]:
    """Return (+-1, ..., +-1) with an even number of minus signs."""
    return {v for v in signed((1,) * size) if sum(x < 0 for x, _ in v) % 2 == 0}


R1 = tuple(pair(x) for x in (1, 1, 0, 0, 0, 0, 0, 0))
R2 = tuple(pair(x) for x in (0, -1, 1, 0, 0, 0, 0, 0))

POINTS: dict[str, set[Vector]] = {
    "tetrahedron": integers((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)),
    "simplex on 7 points": centred(integers(*([int(i == j) for j in range(7)] for i in range(7)))),
    "octahedron": moved(signed((1, 0, 0)), all_orders(3)),
    "cross-polytope on 8 points": moved(signed((1, 0, 0, 0)), all_orders(4)),
    "cube": signed((1, 1, 1)),
    "hypercube on 16 points": signed((1, 1, 1, 1)),
    "icosahedron": moved(signed((0, 1, PHI)), even(3)),
    "dodecahedron": signed((1, 1, 1)) | moved(signed((0, INVERSE_PHI, PHI)), even(3)),
    "cuboctahedron": roots(3),
    "icosidodecahedron": moved(signed((PHI, 0, 0)), all_orders(3))
    | moved(
        signed((HALF, (HALF * HALF, HALF * HALF), (3 * HALF * HALF, HALF * HALF))), even(3)
    ),
    "truncated tetrahedron": {
        v
        for v in moved(signed((1, 1, 3)), all_orders(3))
        if sum(x < 0 for x, _ in v) % 2 == 0
    },
    "24-cell": roots(4),
    "600-cell": moved(signed((2, 0, 0, 0)), all_orders(4))
    | signed((1, 1, 1, 1))
    | moved(signed((PHI, 1, INVERSE_PHI, 0)), even(4)),
    "E8 roots": e8(),
    "E7 roots": orthogonal(e8(), R1),
    "E6 roots": orthogonal(e8(), R1, R2),
    # the roots at 60 degrees to a root, projected along it
    "E7 code of 56 points": {
        tuple(pair(a - b / 2) for (a, _), (b, _) in zip(x, R1, strict=True))
        for x in e8()
        if inner(x, R1) == ONE
    },
    # the weights of E6: the roots with inner products 1 and 0 to the plane of two roots, projected
    "Schläfli": {
        tuple(
            pair(a - (2 * b + c) / 3) for (a, _), (b, _), (c, _) in zip(x, R1, R2, strict=True)
        )
        for x in e8()
        if inner(x, R1) == ONE and inner(x, R2) == ZERO
    },
    "demihypercube on 16 points": evenly_signed(5),
    "demihypercube on 32 points": evenly_signed(6),
    "Paley(9)": words(3, 2),
    "Hamming H(3,3), E_1": words(3, 3),
    "Hamming H(2,4), E_1": words(4, 2),
    "Petersen in R^4": subsets(5, 2),
    "Johnson J(6,3), E_1": subsets(6, 3),
    "Johnson J(7,3), E_1": subsets(7, 3),
}  # fmt: skip


def coloured(points: set[Vector]) -> tuple[list[list[int]], list[Any]]:
    """Return the colours of the pairs by cosine, and the cosine of each colour."""
    scale = lcm(*(part.denominator for x in points for number in x for part in number))
    listed = [
        ([int(a * scale) for a, _ in x], [int(b * scale) for _, b in x]) for x in sorted(points)
    ]
    numbers: dict[tuple[int, int], int] = {}
    rows = []
    for a, b in listed:
        products = (
            (sumprod(a, c) + 5 * sumprod(b, d), sumprod(a, d) + sumprod(b, c)) for c, d in listed
        )
        rows.append([numbers.setdefault(product, len(numbers)) for product in products])
    values = [p + sqrt(5) * q for p, q in numbers]
    return rows, [(value / values[0]).radsimp().expand() for value in values]


def sumprod(x: list[int], y: list[int]) -> int:
    return sum(map(mul, x, y))


def profile(valencies: Iterable[int], cosines: Iterable[Any]) -> Counter[tuple[int, Any]]:
    """Return how often a valency comes with a cosine."""
    return Counter(zip(valencies, cosines, strict=True))


def automorphisms(colours: Any) -> int:
    """Return the number of permutations that keep the colours, by the orbits of stabilisers."""
    n = len(colours)

    def extends(images: list[int]) -> bool:
        """Whether a partial map of the points 0, 1, ... extends to all of them."""
        x = len(images)
        if x == n:
            return True
        return any(
            extends([*images, y])
            for y in range(n)
            if y not in images
            and colours[x][x] == colours[y][y]
            and all(
                colours[x][z] == colours[y][w] and colours[z][x] == colours[w][y]
                for z, w in enumerate(images)
            )
        )

    count = 1
    for x in range(n):
        fixed = list(range(x))
        count *= sum(
            all(colours[x][z] == colours[y][z] and colours[z][x] == colours[z][y] for z in fixed)
            and extends([*fixed, y])
            for y in range(x, n)
        )
    return count
