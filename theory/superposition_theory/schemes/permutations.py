"""The coherent configuration of a permutation group: its orbits on pairs of points."""

from collections.abc import Iterable
from typing import Any

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count

from .configuration import CoherentConfiguration
from .relations import Relation, canonical
from .scheme import AssociationScheme


def orbitals_relation(generators: Iterable[Any], degree: int) -> Relation:
    """Return the canonical rows of `orbitals`.

    Examples
    --------
    >>> orbitals_relation([[1, 2, 0]], 3)
    ((0, 1, 2), (2, 0, 1), (1, 2, 0))
    """
    read_count(degree, "degree", 1)
    group = [_read_permutation(g, i, degree) for i, g in enumerate(generators)]
    relation = [[-1] * degree for _ in range(degree)]
    colour = 0
    for x in range(degree):
        for y in range(degree):
            if relation[x][y] != -1:
                continue
            relation[x][y] = colour
            reached = [(x, y)]
            for s, t in reached:
                for image in group:
                    row, u = relation[image[s]], image[t]
                    if row[u] == -1:
                        row[u] = colour
                        reached.append((image[s], u))
            colour += 1
    return canonical(relation)


def orbitals(generators: Iterable[Any], degree: int) -> CoherentConfiguration:
    """Return the configuration whose colours are the orbits of a group on pairs of points.

    Parameters
    ----------
    generators : iterable of permutations
        Each a list or tuple of the images of 0, ..., degree - 1, or a sympy Permutation (fixing
        the points beyond its size). No generators give the trivial group.
    degree : int
        The number of points, at least 1.

    Returns
    -------
    CoherentConfiguration
        An `AssociationScheme` where the group is transitive.

    Raises
    ------
    InputError
        For a generator that is not a permutation of the points.

    Examples
    --------
    The dihedral group of the pentagon, and the group that swaps two of three points.

    >>> orbitals([[1, 2, 3, 4, 0], [0, 4, 3, 2, 1]], 5).valencies
    (1, 2, 2)
    >>> orbitals([[1, 0, 2]], 3).fibres
    ((0, 1), (2,))
    """
    relation = orbitals_relation(generators, degree)
    transitive = all(row[x] == 0 for x, row in enumerate(relation))
    return (AssociationScheme if transitive else CoherentConfiguration)(relation)


def _read_permutation(generator: Any, number: int, degree: int) -> list[int]:
    """Return the images of all points."""
    images = getattr(generator, "array_form", generator)
    if not isinstance(images, (list, tuple)):
        raise InputError(
            f"generators[{number}] is of type {type(generator).__name__}; accepted: a list or "
            "tuple of images, or a sympy Permutation"
        )
    if images is not generator:
        images = [*images, *range(len(images), degree)]
    if len(images) != degree or set(images) != set(range(degree)):
        raise InputError(
            f"generators[{number}] has the images {list(images)}; accepted: each of 0 to "
            f"{degree - 1} once"
        )
    return list(images)
