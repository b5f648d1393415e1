"""Products of association schemes: direct and wreath."""

from superposition_theory.reading import check_kind

from .relations import Relation
from .scheme import AssociationScheme


def direct_product_relation(first: Relation, second: Relation) -> Relation:
    """Return the canonical rows of `direct_product` for canonical rows of homogeneous schemes.

    Examples
    --------
    >>> direct_product_relation(((0, 1), (1, 0)), ((0, 1), (1, 0)))[0]
    (0, 1, 2, 3)
    """
    rank = 1 + max(second[0])
    pairs = tuple(
        tuple(rank * i + j for i in row for j in other) for row in first for other in second
    )
    return _numbered_by_first_row(pairs)


def direct_product(first: AssociationScheme, second: AssociationScheme) -> AssociationScheme:
    """Return the scheme on pairs of points that colours by the pair of colours.

    Point (s, t) has the number s |second| + t. Its matrices are the Kronecker products of those
    of the factors, and so are its eigenmatrices.

    Examples
    --------
    The square times the digon is the scheme of the prism over the square.

    >>> from superposition_theory.schemes.families import complete, cyclic
    >>> direct_product(cyclic(4), complete(2)).valencies
    (1, 1, 2, 2, 1, 1)
    """
    check_kind(first, AssociationScheme, "first")
    check_kind(second, AssociationScheme, "second")
    return AssociationScheme(direct_product_relation(first.relation, second.relation))


def wreath_product_relation(inner: Relation, outer: Relation) -> Relation:
    """Return the canonical rows of `wreath_product` for canonical rows of homogeneous schemes.

    Examples
    --------
    >>> wreath_product_relation(((0, 1), (1, 0)), ((0, 1), (1, 0)))[0]
    (0, 1, 2, 2)
    """
    classes, size = max(inner[0]), len(inner)
    return _numbered_by_first_row(
        tuple(
            tuple(
                colour for j in row for colour in (inner_row if j == 0 else (classes + j,) * size)
            )
            for row in outer
            for inner_row in inner
        )
    )


def wreath_product(inner: AssociationScheme, outer: AssociationScheme) -> AssociationScheme:
    """Return the scheme of |outer| copies of `inner`.

    Two points of one copy have their colour in `inner`; two points of different copies have the
    colour of the copies in `outer`. Point (t, s), copy t and place s, has the number
    t |inner| + s. With `outer` complete these are orthogonal copies of one configuration.

    Examples
    --------
    Three copies of the digon are the octahedron.

    >>> from superposition_theory.schemes.families import complete
    >>> wreath_product(complete(2), complete(3)).valencies
    (1, 1, 4)
    """
    check_kind(inner, AssociationScheme, "inner")
    check_kind(outer, AssociationScheme, "outer")
    return AssociationScheme(wreath_product_relation(inner.relation, outer.relation))


def _numbered_by_first_row(relation: Relation) -> Relation:
    """Renumber the colours of a homogeneous scheme, which all appear in the first row."""
    numbers: dict[int, int] = {}
    for colour in relation[0]:
        numbers.setdefault(colour, len(numbers))
    return tuple(tuple(map(numbers.__getitem__, row)) for row in relation)
