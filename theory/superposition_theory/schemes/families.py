"""The classical families of association schemes: translation schemes, Johnson, and groups.

Each family comes twice: as a verified `AssociationScheme`, and, by the function whose name ends in
``_relation``, as bare canonical rows, which are cheap up to a few thousand points.
"""

from collections.abc import Sequence
from itertools import chain, combinations, product
from math import prod
from typing import Any

from flint import fmpz_poly, fq_default_ctx
from sympy import factorint

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count, read_list

from .relations import Relation
from .scheme import AssociationScheme


def translation_relation(orders: Sequence[int], colours: Sequence[int]) -> Relation:
    """Return the relation on an abelian group that colours (x, y) by y - x.

    The group is Z_{n_1} x ... x Z_{n_k}; its elements are listed with the last coordinate fastest.

    Parameters
    ----------
    orders : sequence of int
        n_1, ..., n_k, each at least 1.
    colours : sequence of int, length n_1 ... n_k
        The colour of every difference, in the order of the elements; 0, the first, has a colour
        of its own.

    Returns
    -------
    tuple of tuple of int
        Canonical: the colours are numbered as they appear in the first row.

    Raises
    ------
    InputError
        For orders below 1, another number of colours, and a colour that 0 shares.

    References
    ----------
    Delsarte 1973, "An algebraic approach to the association schemes of coding theory", 2.6.

    Examples
    --------
    >>> translation_relation([4], [0, 1, 2, 1])
    ((0, 1, 2, 1), (1, 0, 1, 2), (2, 1, 0, 1), (1, 2, 1, 0))
    """
    sizes = [read_count(order, "orders", 1) for order in orders]
    if len(colours) != prod(sizes):
        raise InputError(
            f"colours has length {len(colours)}; accepted: {prod(sizes)}, the order of the group"
        )
    if colours[0] in colours[1:]:
        raise InputError("colours gives 0 the colour of another difference; accepted: one apart")
    numbers: dict[int, int] = {}
    renumbered = tuple(numbers.setdefault(colour, len(numbers)) for colour in colours)
    return tuple(_translates(sizes or [1], renumbered))


def _translates(sizes: list[int], colours: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the rows of the matrix with entry colours[y - x]."""
    if len(sizes) == 1:
        twice = colours + colours
        return [twice[len(colours) - x : 2 * len(colours) - x] for x in range(len(colours))]
    first, block = sizes[0], len(colours) // sizes[0]
    blocks = [_translates(sizes[1:], colours[i * block : (i + 1) * block]) for i in range(first)]
    return [
        tuple(chain.from_iterable(blocks[(j - i) % first][x] for j in range(first)))
        for i in range(first)
        for x in range(block)
    ]


def complete_relation(n: int) -> Relation:
    """Return the rows of `complete`.

    Examples
    --------
    >>> complete_relation(2)
    ((0, 1), (1, 0))
    """
    return translation_relation([n], [0] + [1] * (read_count(n, "n", 1) - 1))


def complete(n: int) -> AssociationScheme:
    """Return the scheme of one class on n >= 1 points, that of the simplex.

    Examples
    --------
    >>> complete(4).valencies
    (1, 3)
    """
    return AssociationScheme(complete_relation(n))


def cyclic_relation(n: int) -> Relation:
    """Return the rows of `cyclic`.

    Examples
    --------
    >>> cyclic_relation(5)[1]
    (1, 0, 1, 2, 2)
    """
    read_count(n, "n", 1)
    return translation_relation([n], [min(k, n - k) for k in range(n)])


def cyclic(n: int) -> AssociationScheme:
    """Return the scheme of the regular n-gon: x and y are coloured by +-(y - x) modulo n.

    Examples
    --------
    >>> cyclic(6).valencies
    (1, 2, 2, 1)
    """
    return AssociationScheme(cyclic_relation(n))


def abelian_group_relation(orders: Sequence[int]) -> Relation:
    """Return the rows of `abelian_group`.

    Examples
    --------
    >>> abelian_group_relation([3])
    ((0, 1, 2), (2, 0, 1), (1, 2, 0))
    """
    sizes = [read_count(n, "orders", 1) for n in read_list(orders, "orders")]
    return translation_relation(sizes, range(prod(sizes)))


def abelian_group(orders: Sequence[int]) -> AssociationScheme:
    """Return the thin scheme of Z_{n_1} x ... x Z_{n_k}: every difference is a colour.

    Examples
    --------
    >>> abelian_group([2, 3]).valencies
    (1, 1, 1, 1, 1, 1)
    """
    return AssociationScheme(abelian_group_relation(orders))


def hamming_relation(d: int, q: int) -> Relation:
    """Return the rows of `hamming`.

    Examples
    --------
    >>> hamming_relation(2, 2)[0]
    (0, 1, 1, 2)
    """
    read_count(d, "d", 1)
    read_count(q, "q", 2)
    weights = [sum(map(bool, word)) for word in product(range(q), repeat=d)]
    return translation_relation([q] * d, weights)


def hamming(d: int, q: int) -> AssociationScheme:
    """Return H(d, q): words of length d >= 1 over q >= 2 letters by the number of differences.

    Words are in lexicographic order; colour i is distance i.

    Examples
    --------
    >>> hamming(3, 2).valencies
    (1, 3, 3, 1)
    """
    return AssociationScheme(hamming_relation(d, q))


def johnson_relation(v: int, k: int) -> Relation:
    """Return the rows of `johnson`.

    Examples
    --------
    >>> johnson_relation(4, 2)[0]
    (0, 1, 1, 1, 1, 2)
    """
    read_count(v, "v", 2)
    if read_count(k, "k", 1) >= v:
        raise InputError(f"k is {k}; accepted: an integer from 1 to v - 1 = {v - 1}")
    sets = [sum(1 << i for i in chosen) for chosen in combinations(range(v), k)]
    return tuple(tuple([k - (x & y).bit_count() for y in sets]) for x in sets)


def johnson(v: int, k: int) -> AssociationScheme:
    """Return J(v, k): the k-subsets of v points, 0 < k < v, by the size of x without y.

    Subsets are in lexicographic order; colour i is "i members of x are not in y".

    Examples
    --------
    >>> johnson(5, 2).valencies
    (1, 6, 3)
    """
    return AssociationScheme(johnson_relation(v, k))


def complete_multipartite_relation(parts: int, size: int) -> Relation:
    """Return the rows of `complete_multipartite`.

    Examples
    --------
    >>> complete_multipartite_relation(2, 2)[0]
    (0, 1, 2, 2)
    """
    read_count(parts, "parts", 2)
    read_count(size, "size", 2)
    return translation_relation([parts, size], [0] + [1] * (size - 1) + [2] * (parts - 1) * size)


def complete_multipartite(parts: int, size: int) -> AssociationScheme:
    """Return the scheme of K_{parts x size}, both at least 2; the points of a part are adjacent.

    Colour 1 is "another point of the same part", colour 2 "another part". With parts of 2 points
    it is the scheme of the cross-polytope.

    Examples
    --------
    >>> complete_multipartite(3, 2).valencies
    (1, 1, 4)
    """
    return AssociationScheme(complete_multipartite_relation(parts, size))


def paley_relation(q: int) -> Relation:
    """Return the rows of `paley`.

    Examples
    --------
    >>> paley_relation(5)[0]
    (0, 1, 2, 2, 1)
    """
    factors = factorint(read_count(q, "q", 3))
    if len(factors) > 1 or q % 2 == 0:
        raise InputError(f"q is {q}; accepted: powers of odd primes")
    ((p, e),) = factors.items()
    field = fq_default_ctx(p, e)
    elements = [field(fmpz_poly(list(reversed(word)))) for word in product(range(p), repeat=e)]
    return translation_relation(
        [p] * e, [0 if z.is_zero() else 1 if z.is_square() else 2 for z in elements]
    )


def paley(q: int) -> AssociationScheme:
    """Return the scheme of the field of q elements by the quadratic character of y - x.

    q is a power of an odd prime. Colour 1 is "y - x is a nonzero square". For q = 1 modulo 4 the
    scheme is symmetric, that of the Paley graph; for q = 3 modulo 4 the two classes are transposes
    of each other, the two orientations of the Paley tournament.

    Raises
    ------
    InputError
        For another q.

    Examples
    --------
    >>> paley(9).valencies, paley(9).is_symmetric, paley(7).is_symmetric
    ((1, 4, 4), True, False)
    """
    return AssociationScheme(paley_relation(q))


def group_scheme_relation(table: Any) -> Relation:
    """Return the rows of `group_scheme`.

    Examples
    --------
    >>> group_scheme_relation([[0, 1], [1, 0]])
    ((0, 1), (1, 0))
    """
    return _coloured_by_quotient(*_read_group(table), classes=None)


def group_scheme(table: Any) -> AssociationScheme:
    """Return the thin scheme of a group: the colour of (x, y) is x^{-1} y.

    It is commutative exactly for an abelian group.

    Parameters
    ----------
    table : list or tuple of rows of int, shape (n, n)
        The multiplication table: ``table[x][y]`` is the number of the product xy.

    Returns
    -------
    AssociationScheme
        Of n points and n colours.

    Raises
    ------
    InputError
        Where the table is not that of a group, with a witness.

    Examples
    --------
    >>> klein = [[x ^ y for y in range(4)] for x in range(4)]
    >>> group_scheme(klein).rank
    4
    """
    return AssociationScheme(group_scheme_relation(table))


def conjugacy_classes_relation(table: Any) -> Relation:
    """Return the rows of `conjugacy_classes`.

    Examples
    --------
    >>> conjugacy_classes_relation([[0, 1], [1, 0]])
    ((0, 1), (1, 0))
    """
    rows, inverses = _read_group(table)
    points = range(len(rows))
    classes = [min(rows[inverses[g]][rows[x][g]] for g in points) for x in points]
    return _coloured_by_quotient(rows, inverses, classes=classes)


def conjugacy_classes(table: Any) -> AssociationScheme:
    """Return the group scheme of a group: the colour of (x, y) is the class of x^{-1} y.

    It is commutative for every group, and its eigenmatrix is the character table rescaled.

    Parameters
    ----------
    table : list or tuple of rows of int, shape (n, n)
        As for `group_scheme`.

    Returns
    -------
    AssociationScheme

    Raises
    ------
    InputError
        As for `group_scheme`.

    References
    ----------
    Bannai and Ito 1984, "Algebraic Combinatorics I", example II.2.1(2).

    Examples
    --------
    >>> from itertools import permutations
    >>> symmetric = list(permutations(range(3)))
    >>> table = [[symmetric.index(tuple(x[i] for i in y)) for y in symmetric] for x in symmetric]
    >>> sorted(conjugacy_classes(table).valencies)
    [1, 2, 3]
    """
    return AssociationScheme(conjugacy_classes_relation(table))


def _coloured_by_quotient(
    rows: list[list[int]], inverses: list[int], *, classes: list[int] | None
) -> Relation:
    """Colour (x, y) by x^{-1} y or by its class, numbered as they appear in the first row."""
    quotients = (rows[inverse] for inverse in inverses)
    colours = [[classes[z] for z in row] if classes else row for row in quotients]
    numbers = {colours[0][0]: 0}
    for colour in colours[0]:
        numbers.setdefault(colour, len(numbers))
    return tuple(tuple(numbers[colour] for colour in row) for row in colours)


def _read_group(table: Any) -> tuple[list[list[int]], list[int]]:
    """Return a multiplication table and the inverses, or say why it is not that of a group."""
    if not isinstance(table, (list, tuple)) or not table:
        raise InputError("table has no rows; accepted: the rows of a multiplication table")
    n = len(table)
    points = list(range(n))
    for kind, lines in (("row", table), ("column", zip(*table, strict=False))):
        for x, line in enumerate(lines):
            if sorted(line) != points:
                raise InputError(
                    f"table has {kind} {x} = {list(line)}; accepted: each of 0 to {n - 1} once"
                )
    rows = [list(row) for row in table]
    identity = next((e for e in points if rows[e] == points), None)
    if identity is None:
        raise InputError("table has no identity element; accepted: the table of a group")
    for x, y, z in product(points, repeat=3):
        if rows[rows[x][y]][z] != rows[x][rows[y][z]]:
            raise InputError(
                f"table is not associative at ({x}, {y}, {z}); accepted: the table of a group"
            )
    return rows, [row.index(identity) for row in rows]
