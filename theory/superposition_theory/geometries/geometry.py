"""A feature geometry: a scheme, a set of its idempotents, and a level for each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Add, ImmutableMatrix, Rational, expand, radsimp

from superposition_theory.errors import InputError
from superposition_theory.frames import OrderedField
from superposition_theory.frames.matrices import field_of, read_number
from superposition_theory.schemes.configuration import CoherentConfiguration
from superposition_theory.schemes.relations import Relation
from superposition_theory.schemes.scheme import AssociationScheme

from .coordinates import factor_gram
from .strength import design_strength


@dataclass(frozen=True)
class Eigenspace:
    """An idempotent E of the algebra of a scheme, and the eigenvalue of the Gram matrix on it.

    Parameters
    ----------
    level : sympy number
        The eigenvalue, positive.
    multiplicity : int
        The rank of E.
    entries : tuple of sympy numbers
        The entry of E at each colour.

    Examples
    --------
    >>> from superposition_theory.geometries import simplex
    >>> simplex(2).eigenspaces
    (Eigenspace(level=2, multiplicity=1, entries=(1/2, -1/2)),)
    """

    level: Any
    multiplicity: int
    entries: tuple[Any, ...]


@dataclass(frozen=True)
class Support:
    """What is known of a geometry without its points.

    Parameters
    ----------
    valencies : tuple of int
        k_i of every colour, in the canonical numbering of the relation.
    eigenspaces : tuple of Eigenspace

    Examples
    --------
    >>> from superposition_theory.geometries import simplex
    >>> simplex(2).valencies
    (1, 1)
    """

    valencies: tuple[int, ...]
    eigenspaces: tuple[Eigenspace, ...]


class Geometry:
    """n unit vectors whose Gram matrix is in the algebra of a coherent configuration.

    The Gram matrix is G = sum_j lambda_j E_j over a set of idempotents; every other quantity is
    derived from it exactly, on demand. Building a geometry costs nothing: `valencies`,
    `eigenspaces`, `cosines` and `relation` are made when asked for, and the axioms are verified
    when `configuration` is.

    Parameters
    ----------
    name : str
        The usual one.
    order : int
        The number n of points.
    support : callable
        Returns the `Support`.
    rows : callable
        Returns the canonical relation matrix.
    also_known_as : tuple of str
        Other names of the same configuration.
    symmetries : int or None
        The number of permutations of the points that keep the Gram matrix, None where not known.
    closed_form : callable or None
        Returns coordinates, shape (d, n), where a classical closed form is used.
    blocks : tuple of Geometry
        The blocks of an orthogonal sum; empty for a geometry that is none.

    Examples
    --------
    >>> from superposition_theory.geometries import polygon
    >>> pentagon = polygon(5)
    >>> pentagon.cosines, pentagon.dimension, pentagon.design_strength
    ((1, -1/4 + sqrt(5)/4, -sqrt(5)/4 - 1/4), 2, 4)
    """

    def __init__(
        self,
        name: str,
        order: int,
        support: Callable[[], Support],
        rows: Callable[[], Relation],
        *,
        also_known_as: tuple[str, ...] = (),
        symmetries: int | None = None,
        closed_form: Callable[[], Any] | None = None,
        blocks: tuple[Geometry, ...] = (),
    ) -> None:
        self.name = name
        self.order = order
        self.also_known_as = also_known_as
        self.symmetries = symmetries
        self.blocks = blocks
        self._make_support, self._make_rows, self._closed_form = support, rows, closed_form

    def __repr__(self) -> str:
        return f"<Geometry: {self.name}, {self.order} points>"

    @cached_property
    def _support(self) -> Support:
        """The valencies and eigenspaces, made once."""
        return self._make_support()

    @property
    def valencies(self) -> tuple[int, ...]:
        """The number k_i of points in each colour from one point, without verification."""
        return self._support.valencies

    @property
    def eigenspaces(self) -> tuple[Eigenspace, ...]:
        """The idempotents with a positive level."""
        return self._support.eigenspaces

    @cached_property
    def relation(self) -> Relation:
        """The canonical relation matrix, without verification."""
        return self._make_rows()

    @cached_property
    def configuration(self) -> CoherentConfiguration:
        """The verified configuration; an `AssociationScheme` where it has one fibre."""
        homogeneous = all(row[x] == 0 for x, row in enumerate(self.relation))
        return (AssociationScheme if homogeneous else CoherentConfiguration)(self.relation)

    @property
    def levels(self) -> tuple[tuple[Any, int], ...]:
        """The eigenvalue and the multiplicity of each eigenspace."""
        return tuple((space.level, space.multiplicity) for space in self.eigenspaces)

    @cached_property
    def cosines(self) -> tuple[Any, ...]:
        """The inner product of two points of each colour; 1 on the diagonal."""
        return tuple(
            expand(Add(*(space.level * space.entries[i] for space in self.eigenspaces)))
            for i in range(len(self.valencies))
        )

    @property
    def dimension(self) -> int:
        """The dimension d of the span: the rank of the Gram matrix."""
        return sum(space.multiplicity for space in self.eigenspaces)

    @property
    def is_determined(self) -> bool:
        """Whether no level holds a free symbol, such as the height of an antiprism."""
        return not any(level.free_symbols for level, _ in self.levels)

    @cached_property
    def is_tight(self) -> bool:
        """Whether all levels are equal: the frame is tight on its span."""
        self._check_determined("is_tight")
        first, *others = (level for level, _ in self.levels)
        return all(_are_equal(first, level) for level in others)

    @cached_property
    def fractional_dimensionalities(self) -> tuple[Any, ...]:
        """D = 1/(G^2)_xx for a point x of each fibre; d/n if there is one fibre and G is tight."""
        fibres = range(len({row[x] for x, row in enumerate(self.relation)}))
        squares = (
            Add(*(space.level**2 * space.entries[i] for space in self.eigenspaces)) for i in fibres
        )
        return tuple(expand(radsimp(1 / expand(square))) for square in squares)

    @cached_property
    def gram(self) -> ImmutableMatrix:
        """The Gram matrix, shape (n, n)."""
        cosines = self.cosines
        return ImmutableMatrix(
            self.order, self.order, [cosines[colour] for row in self.relation for colour in row]
        )

    @cached_property
    def coordinates(self) -> ImmutableMatrix:
        """Unit vectors with this Gram matrix as columns, shape (d, n).

        A classical closed form, or the pivots and rows of the exact elimination of the Gram matrix.
        """
        if self._closed_form is not None:
            return ImmutableMatrix(self._closed_form())
        field, elements = self._field
        return factor_gram([[elements[colour] for colour in row] for row in self.relation], field)

    @cached_property
    def design_strength(self) -> Any:
        """The largest t such that the points are a spherical t-design in their span.

        It is oo for the digon, whose sphere has no other points.
        """
        field, elements = self._field
        counts = [0] * len(elements)
        for row in self.relation:
            for colour in row:
                counts[colour] += 1
        return design_strength(counts, elements, self.dimension, field)

    @cached_property
    def idempotents(self) -> tuple[int, ...]:
        """The numbers j of the eigenspaces in ``configuration.eigenmatrices``.

        Raises
        ------
        InputError
            Where the configuration is not a commutative scheme, which has no eigenmatrices.
        """
        scheme = self.configuration
        if not isinstance(scheme, AssociationScheme) or not scheme.is_commutative:
            raise InputError(
                f"{self.name} has no eigenmatrices: its configuration is not a commutative "
                "scheme; accepted: geometries with one"
            )
        return tuple(
            scheme.eigenmatrices.index_of(
                {
                    i: expand(k * self.order * entry / space.multiplicity)
                    for i, (k, entry) in enumerate(zip(self.valencies, space.entries, strict=True))
                }
            )
            for space in self.eigenspaces
        )

    @cached_property
    def _field(self) -> tuple[OrderedField, list[Any]]:
        """The field that the cosines generate, and them as its elements."""
        self._check_determined("this quantity")
        return field_of(list(self.cosines))

    def _check_determined(self, name: str) -> None:
        """Refuse a quantity that depends on a free symbol."""
        if not self.is_determined:
            raise InputError(
                f"{name} of {self.name} depends on a free height; accepted: geometries with given "
                "levels"
            )


def tight_support(dimension: int, valencies: tuple[int, ...], cosines: Any) -> Support:
    """Return the support of a tight geometry with these cosines: G = (n/d) E."""
    n = sum(valencies)
    entries = tuple(Rational(dimension, n) * cosine for cosine in cosines)
    return Support(valencies, (Eigenspace(Rational(n, dimension), dimension, entries),))


def _are_equal(first: Any, second: Any) -> bool:
    """Decide whether two exact numbers are equal."""
    difference = expand(first - second)
    if isinstance(difference, Rational):
        return bool(difference == 0)
    return not read_number(difference, "level")[0]
