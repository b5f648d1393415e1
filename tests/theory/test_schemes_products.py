"""Direct and wreath products: hand cases, the definition, and the eigenvalues of the factors."""

from itertools import product
from typing import Any

import pytest
from superposition_theory.schemes import AssociationScheme
from superposition_theory.schemes.families import complete, cyclic, hamming, johnson, paley
from superposition_theory.schemes.products import direct_product, wreath_product


def partition(colours: dict[tuple[int, int], Any]) -> set[frozenset[tuple[int, int]]]:
    classes: dict[Any, set[tuple[int, int]]] = {}
    for pair, colour in colours.items():
        classes.setdefault(colour, set()).add(pair)
    return set(map(frozenset, classes.values()))


def pairs(scheme: AssociationScheme) -> dict[tuple[int, int], int]:
    return {(x, y): c for x, row in enumerate(scheme.relation) for y, c in enumerate(row)}


FACTORS = [
    (cyclic(4), complete(2)),  # the scheme of a prism
    (complete(3), complete(2)),  # K_3 x K_2
    (paley(7), cyclic(5)),  # one that is not symmetric
    (johnson(4, 2), complete(3)),
]


@pytest.mark.parametrize(("first", "second"), FACTORS)
def test_direct_product(first: AssociationScheme, second: AssociationScheme) -> None:
    scheme = direct_product(first, second)
    points = list(product(range(first.order), range(second.order)))
    assert partition(pairs(scheme)) == partition(
        {
            (i, j): (first.relation[s][u], second.relation[t][v])
            for (i, (s, t)), (j, (u, v)) in product(enumerate(points), repeat=2)
        }
    )
    multiplicities = sorted(
        m * n
        for m in first.eigenmatrices.multiplicities
        for n in second.eigenmatrices.multiplicities
    )
    assert sorted(scheme.eigenmatrices.multiplicities) == multiplicities


@pytest.mark.parametrize(("inner", "outer"), FACTORS)
def test_wreath_product(inner: AssociationScheme, outer: AssociationScheme) -> None:
    scheme = wreath_product(inner, outer)
    points = list(product(range(outer.order), range(inner.order)))
    assert partition(pairs(scheme)) == partition(
        {
            (i, j): ("in", inner.relation[a][b]) if s == t else ("out", outer.relation[s][t])
            for (i, (s, a)), (j, (t, b)) in product(enumerate(points), repeat=2)
        }
    )
    assert scheme.rank == inner.rank + outer.rank - 1
    # E_j (x) I for j > 0, and J/n (x) F_k
    multiplicities = sorted(
        [m * outer.order for m in inner.eigenmatrices.multiplicities[1:]]
        + list(outer.eigenmatrices.multiplicities)
    )
    assert sorted(scheme.eigenmatrices.multiplicities) == multiplicities


def test_by_hand() -> None:
    # two digons side by side: a square by direct product, and by wreath product
    assert direct_product(complete(2), complete(2)).valencies == (1, 1, 1, 1)
    assert wreath_product(complete(2), complete(2)).valencies == (1, 1, 2)
    # H(2, 3) is a fusion of K_3 x K_3, not the product itself
    square = direct_product(complete(3), complete(3))
    assert square.valencies == (1, 2, 2, 4)
    assert square.fusion([[1, 2]]) == hamming(2, 3)
