"""Coherent configurations: the axioms, the intersection numbers, fusions and components."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from superposition_theory.errors import InputError
from superposition_theory.reading import read_list

from .relations import canonical, read_index, relabelled
from .verification import path_counts, transposed_colours

if TYPE_CHECKING:
    from .scheme import AssociationScheme


class CoherentConfiguration:
    """A partition of the pairs of n points whose 0/1 matrices span an algebra.

    The matrices A_0, ..., A_{r-1} of the colours sum to J, some of them sum to I, the transpose of
    each is one of them, and A_i A_j = sum_k p_ij^k A_k with the intersection numbers p_ij^k. All of
    this is decided exactly when the object is made.

    Parameters
    ----------
    relation : rows of nonnegative integers, shape (n, n)
        ``relation[x][y]`` is the colour of (x, y). The colours are numbered anew: see `canonical`.

    Raises
    ------
    InputError
        For a matrix that is not one of colours, and, with a witness, where an axiom fails.

    References
    ----------
    Higman 1975, "Coherent configurations I"; Cameron 1999, "Permutation Groups", chapter 3.

    Examples
    --------
    >>> square = CoherentConfiguration([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]])
    >>> square.rank, square.valencies, square.intersection_number(1, 1, 2)
    (3, (1, 2, 1), 2)
    """

    def __init__(self, relation: Any) -> None:
        self.relation = canonical(relation)
        self.rank = max(map(max, self.relation)) + 1
        self.transpose = transposed_colours(self.relation, self.rank)
        self._paths = path_counts(self.relation, self.rank)

    def __repr__(self) -> str:
        fibres = ", ".join(str(len(fibre)) for fibre in self.fibres)
        return f"<{type(self).__name__} of rank {self.rank} on fibres of {fibres} points>"

    def __eq__(self, other: object) -> bool:
        """Whether the colours of all pairs of points agree; isomorphism is another question."""
        if not isinstance(other, CoherentConfiguration):
            return NotImplemented
        return self.relation == other.relation

    def __hash__(self) -> int:
        return hash(self.relation)

    @property
    def order(self) -> int:
        """The number n of points."""
        return len(self.relation)

    @cached_property
    def fibres(self) -> tuple[tuple[int, ...], ...]:
        """The points of each diagonal colour, in the order of these colours."""
        count = max(row[x] for x, row in enumerate(self.relation)) + 1
        points: list[list[int]] = [[] for _ in range(count)]
        for x, row in enumerate(self.relation):
            points[row[x]].append(x)
        return tuple(map(tuple, points))

    @cached_property
    def representatives(self) -> tuple[tuple[int, int], ...]:
        """The first pair (x, y) of every colour, row by row."""
        found: dict[int, tuple[int, int]] = {}
        for x, row in enumerate(self.relation):
            for y, colour in enumerate(row):
                found.setdefault(colour, (x, y))
        return tuple(found[colour] for colour in range(self.rank))

    @cached_property
    def valencies(self) -> tuple[int, ...]:
        """The number k_i of points y with (x, y) of colour i, for x where colour i starts."""
        return tuple(
            self.relation[x].count(colour) for colour, (x, _) in enumerate(self.representatives)
        )

    def intersection_number(self, i: int, j: int, k: int) -> int:
        """Return p_ij^k: for (x, y) of colour k, the points z on a path of colours i, then j.

        Raises
        ------
        InputError
            For an argument that is no colour.
        """
        named = zip("ijk", (i, j, k), strict=True)
        return self._paths.number(*(self._check_colour(colour, name) for name, colour in named))

    def intersection_matrix(self, i: int) -> tuple[tuple[int, ...], ...]:
        """Return the matrix with entry p_ij^k in row j and column k: A_i A_j = sum_k p_ij^k A_k.

        Raises
        ------
        InputError
            If i is no colour.
        """
        colour = self._check_colour(i, "i")
        columns = [self._paths.row(colour, k) for k in range(self.rank)]
        return tuple(zip(*columns, strict=True))

    @property
    def is_homogeneous(self) -> bool:
        """Whether there is one fibre: the diagonal is one colour."""
        return len(self.fibres) == 1

    @property
    def is_symmetric(self) -> bool:
        """Whether every colour is its own transpose."""
        return self.transpose == tuple(range(self.rank))

    @cached_property
    def is_commutative(self) -> bool:
        """Whether p_ij^k = p_ji^k for all colours."""
        matrices = [self.intersection_matrix(i) for i in range(self.rank)]
        return all(matrices[i][j] == matrices[j][i] for i in range(self.rank) for j in range(i))

    def fusion(self, parts: Iterable[Iterable[int]]) -> CoherentConfiguration:
        """Return the configuration whose colours are unions of colours.

        Parameters
        ----------
        parts : iterable of iterables of int
            Disjoint sets of colours; a colour in none of them stays alone.

        Raises
        ------
        InputError
            For sets that are not disjoint or hold no colours, and, with a witness, where the fused
            colouring is not coherent.

        Examples
        --------
        The hexagon's two odd distances fused give the complete bipartite graph K_{3,3}.

        >>> rows = [[min((y - x) % 6, (x - y) % 6) for y in range(6)] for x in range(6)]
        >>> CoherentConfiguration(rows).fusion([[1, 3]]).valencies
        (1, 3, 2)
        """
        new = list(range(self.rank))
        taken: set[int] = set()
        for part in read_list(parts, "parts"):
            colours = [self._check_colour(c, "parts") for c in read_list(part, "a part")]
            if not colours or taken.intersection(colours) or len(set(colours)) < len(colours):
                raise InputError(
                    f"parts holds {colours}; accepted are disjoint nonempty sets of colours"
                )
            taken.update(colours)
            for colour in colours:
                new[colour] = min(colours)
        return made([[new[colour] for colour in row] for row in self.relation])

    def component(self, fibre: int) -> AssociationScheme:
        """Return the association scheme on the points of one fibre.

        Raises
        ------
        InputError
            If there is no such fibre.
        """
        from .scheme import AssociationScheme

        number = read_index(fibre, "fibre", len(self.fibres))
        return AssociationScheme(relabelled(self.relation, self.fibres[number]))

    def _check_colour(self, colour: int, name: str) -> int:
        """Return the colour if it is one."""
        return read_index(colour, name, self.rank)


def made(relation: Sequence[Sequence[int]]) -> CoherentConfiguration:
    """Return a configuration, as an association scheme where it has one fibre."""
    from .scheme import AssociationScheme

    homogeneous = len({row[x] for x, row in enumerate(relation)}) == 1
    return (AssociationScheme if homogeneous else CoherentConfiguration)(relation)
