"""The families of association schemes on which claims are checked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from superposition_theory.schemes import AssociationScheme
from superposition_theory.schemes.families import (
    abelian_group,
    complete,
    complete_multipartite,
    conjugacy_classes,
    cyclic,
    hamming,
    johnson,
    paley,
)
from superposition_theory.schemes.products import direct_product, wreath_product

from superposition_proofs.ledger import Context, Level
from superposition_proofs.reference import SchemeRecord, association_schemes

Named = tuple[str, AssociationScheme]


def symmetric_group(degree: int) -> list[list[int]]:
    """Return the multiplication table of the permutations of some points.

    Examples
    --------
    >>> from superposition_proofs.claims.scheme_samples import symmetric_group
    >>> symmetric_group(2)
    [[0, 1], [1, 0]]
    """
    elements = list(itertools.permutations(range(degree)))
    number = {g: i for i, g in enumerate(elements)}
    return [[number[tuple(g[i] for i in h)] for h in elements] for g in elements]


def quaternion_group() -> list[list[int]]:
    """Return the multiplication table of the quaternion group of order 8.

    The element i^a j^b (a < 4, b < 2) has the number 2 a + b, and j i = i^-1 j, j^2 = i^2.

    Examples
    --------
    >>> from superposition_proofs.claims.scheme_samples import quaternion_group
    >>> table = quaternion_group()
    >>> table[1][2] == table[2][1]
    False
    """
    return [
        [
            2 * ((a + (-c if b else c) + 2 * (b and e)) % 4) + (b + e) % 2
            for c in range(4)
            for e in range(2)
        ]
        for a in range(4)
        for b in range(2)
    ]


def commutative_schemes(context: Context) -> Iterator[Named]:
    """Yield commutative schemes of every family, some not symmetric.

    Cyclic ones to 20 points, at the full level to 60; Hamming, Johnson, Paley, abelian groups,
    conjugacy classes, complete multipartite, direct and wreath products, fusions.

    Examples
    --------
    >>> from superposition_proofs.claims.scheme_samples import commutative_schemes
    >>> from superposition_proofs.ledger import Context, Level
    >>> all(s.is_commutative for _, s in commutative_schemes(Context(Level.quick, 0)))
    True
    """
    quick = context.level is Level.quick
    for n in range(3, 21 if quick else 61):
        yield f"cyclic({n})", cyclic(n)
    for d, q in ((2, 3), (3, 2), (4, 2), (3, 3), *(() if quick else ((6, 2), (4, 3), (3, 4)))):
        yield f"H({d},{q})", hamming(d, q)
    for v, k in ((5, 2), (6, 3), (7, 3), *(() if quick else ((8, 4), (9, 3)))):
        yield f"J({v},{k})", johnson(v, k)
    for q in (5, 7, 9, 13, *(() if quick else (25, 27, 37, 49))):
        yield f"Paley({q})", paley(q)
    for orders in ((3,), (5,), (2, 4), (3, 3), *(() if quick else ((2, 2, 3), (15,)))):
        yield f"thin, Z_{orders}", abelian_group(orders)
    yield "classes of S_3", conjugacy_classes(symmetric_group(3))
    yield "classes of Q_8", conjugacy_classes(quaternion_group())
    yield "classes of S_4", conjugacy_classes(symmetric_group(4))
    yield "K_3x4", complete_multipartite(3, 4)
    yield "pentagonal prism", direct_product(cyclic(5), complete(2))
    yield "Paley(7) x triangle", direct_product(paley(7), complete(3))
    yield "three pentagons", wreath_product(cyclic(5), complete(3))
    yield "pentagon of pentagons", wreath_product(cyclic(5), cyclic(5))
    yield "K_3,3 from the hexagon", _scheme(cyclic(6).fusion([[1, 3]]))
    yield "cosets of 3 in Z_13", _scheme(abelian_group([13]).fusion(_multiplier_orbits(13, 3)))


def tabulated_schemes(quick: int) -> Callable[[Context], Iterator[tuple[str, SchemeRecord]]]:
    """Return the cases of the table of small schemes: a seeded sample, or all at the full level.

    Parameters
    ----------
    quick : int
        Size of the sample.

    Examples
    --------
    >>> from superposition_proofs.claims.scheme_samples import tabulated_schemes
    >>> from superposition_proofs.ledger import Context, Level
    >>> len(list(tabulated_schemes(5)(Context(Level.quick, 0))))
    5
    """

    def cases(context: Context) -> Iterator[tuple[str, SchemeRecord]]:
        """Yield the records with their names."""
        records = list(association_schemes())
        if context.level is Level.quick:
            chosen = context.rng("tabulated schemes").permutation(len(records))[:quick]
            records = [records[i] for i in chosen]
        for record in records:
            yield f"number {record.index} of {record.order} points", record

    return cases


def _scheme(configuration: object) -> AssociationScheme:
    """Return a configuration that is a scheme."""
    assert isinstance(configuration, AssociationScheme)
    return configuration


def _multiplier_orbits(n: int, t: int) -> list[list[int]]:
    """Return the orbits of multiplication by t on the nonzero elements of Z_n."""
    orbits: dict[int, list[int]] = {}
    for x in range(1, n):
        power, orbit = x, [x]
        while (power := power * t % n) != x:
            orbit.append(power)
        orbits.setdefault(min(orbit), orbit)
    return list(orbits.values())
