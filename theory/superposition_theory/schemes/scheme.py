"""Association schemes: homogeneous coherent configurations, their subschemes and quotients."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any

from superposition_theory.errors import InputError

from .configuration import CoherentConfiguration
from .eigenmatrices import Eigenmatrices, path_from
from .relations import read_index, relabelled


class AssociationScheme(CoherentConfiguration):
    """A coherent configuration in which the diagonal is one colour, A_0 = I.

    It need be neither symmetric nor commutative.

    Parameters
    ----------
    relation : rows of nonnegative integers, shape (n, n)
        ``relation[x][y]`` is the relation of (x, y). Relations are numbered anew: see `canonical`.

    Raises
    ------
    InputError
        As for `CoherentConfiguration`, and where the diagonal has several colours.

    References
    ----------
    Bannai and Ito 1984, "Algebraic Combinatorics I"; Zieschang 2005, "Theory of Association
    Schemes".

    Examples
    --------
    >>> scheme = AssociationScheme([[0, 1, 2], [2, 0, 1], [1, 2, 0]])
    >>> scheme.is_symmetric, scheme.is_commutative, scheme.is_thin, scheme.is_primitive
    (False, True, True, True)
    """

    def __init__(self, relation: Any) -> None:
        super().__init__(relation)
        if not self.is_homogeneous:
            raise InputError(
                f"relation has {len(self.fibres)} colours on the diagonal; accepted by an "
                "association scheme is one"
            )

    def __repr__(self) -> str:
        return f"<AssociationScheme on {self.order} points with valencies {self.valencies}>"

    @property
    def classes(self) -> int:
        """The number of relations apart from the identity."""
        return self.rank - 1

    @property
    def is_thin(self) -> bool:
        """Whether all valencies are 1: the scheme is a group acting on itself."""
        return set(self.valencies) == {1}

    @cached_property
    def is_primitive(self) -> bool:
        """Whether only the trivial sets of relations are closed."""
        return all(len(self.generated([i])) == self.rank for i in range(1, self.rank))

    @cached_property
    def eigenmatrices(self) -> Eigenmatrices:
        """P, Q, multiplicities and Krein parameters, over the field of the eigenvalues.

        Raises
        ------
        InputError
            For a scheme that is not commutative.
        ExactnessError
            Where exact coefficients cannot be had.
        """
        if not self.is_commutative:
            raise InputError(f"{self!r} is not commutative; eigenmatrices need A_i A_j = A_j A_i")
        tables = [self.intersection_matrix(i) for i in range(self.rank)]
        return Eigenmatrices(tables, self.transpose)

    @cached_property
    def p_polynomial_orderings(self) -> tuple[tuple[int, ...], ...]:
        """The orders of the relations in which they are the distances of a graph."""
        orders = []
        for i in range(1, self.rank):
            if self.transpose[i] == i:
                table = self.intersection_matrix(i)
                pattern = [{k for k, p in enumerate(row) if p} for row in table]
                order = path_from(pattern, 0, i)
                if order is not None:
                    orders.append(order)
        return tuple(orders)

    def intersection_array(
        self, ordering: tuple[int, ...]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return {b_0, ..., b_{d-1}; c_1, ..., c_d} of a P-polynomial ordering.

        Raises
        ------
        InputError
            If the ordering is none of `p_polynomial_orderings`.
        """
        if ordering not in self.p_polynomial_orderings:
            raise InputError(
                f"ordering = {ordering!r}; accepted: one of {self.p_polynomial_orderings}"
            )
        graph = ordering[1]
        steps = list(pairwise(ordering))
        return (
            tuple(self.intersection_number(graph, far, near) for near, far in steps),
            tuple(self.intersection_number(graph, near, far) for near, far in steps),
        )

    @property
    def strongly_regular_parameters(self) -> tuple[tuple[int, int, int, int], ...]:
        """(v, k, lambda, mu) of the graph of each relation; none unless symmetric of rank 3.

        Complete multipartite graphs and their complements are included.
        """
        if self.rank != 3 or not self.is_symmetric:
            return ()
        return tuple(
            (
                self.order,
                self.valencies[i],
                self.intersection_number(i, i, i),
                self.intersection_number(i, i, 3 - i),
            )
            for i in (1, 2)
        )

    def generated(self, relations: Iterable[int]) -> frozenset[int]:
        """Return the smallest closed set of relations that contains the given ones.

        Raises
        ------
        InputError
            For a number that is no relation.
        """
        closed = {0}.union(self._check_colour(i, "relations") for i in relations)
        while True:
            larger = closed.union(
                k
                for i in closed
                for j in closed
                for k in range(self.rank)
                if k not in closed and self._paths.number(i, j, k)
            )
            if len(larger) == len(closed):
                return frozenset(closed)
            closed = larger

    @cached_property
    def closed_subsets(self) -> tuple[frozenset[int], ...]:
        """All closed sets of relations, by size, then by their members."""
        atoms = {self.generated([i]) for i in range(1, self.rank)}
        known = {frozenset({0})}
        fresh = set(known)
        while fresh:
            fresh = {self.generated(old | atom) for old in fresh for atom in atoms} - known
            known |= fresh
        return tuple(sorted(known, key=lambda subset: (len(subset), sorted(subset))))

    def subscheme(self, closed: Iterable[int], point: int = 0) -> AssociationScheme:
        """Return the scheme on the points that a closed set of relations joins to one point.

        Raises
        ------
        InputError
            For a set that is not closed, or a number that is no point.
        """
        relations = self._closed(closed)
        row = self.relation[read_index(point, "point", self.order)]
        members = [y for y, colour in enumerate(row) if colour in relations]
        return AssociationScheme(relabelled(self.relation, members))

    def quotient(self, closed: Iterable[int]) -> AssociationScheme:
        """Return the scheme whose points are the blocks of a closed set of relations.

        Two pairs of blocks are related alike where the relations between their points are the same
        set.

        Raises
        ------
        InputError
            For a set that is not closed.
        """
        relations = self._closed(closed)
        block = [-1] * self.order
        blocks: list[list[int]] = []
        for x, row in enumerate(self.relation):
            if block[x] == -1:
                members = [y for y, colour in enumerate(row) if colour in relations]
                for y in members:
                    block[y] = len(blocks)
                blocks.append(members)
        numbers: dict[frozenset[int], int] = {}
        return AssociationScheme(
            [
                [
                    numbers.setdefault(
                        frozenset(self.relation[x][y] for x in first for y in second), len(numbers)
                    )
                    for second in blocks
                ]
                for first in blocks
            ]
        )

    def _closed(self, relations: Iterable[int]) -> frozenset[int]:
        """Return a closed set of relations, or refuse one that is not."""
        chosen = frozenset(self._check_colour(i, "closed") for i in relations)
        if self.generated(chosen) != chosen:
            raise InputError(
                f"closed = {sorted(chosen)} generates {sorted(self.generated(chosen))}; "
                "accepted are closed sets of relations, with 0"
            )
        return chosen
