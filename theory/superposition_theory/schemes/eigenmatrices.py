"""Eigenmatrices, multiplicities and Krein parameters of a commutative scheme, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, cmp_to_key
from typing import Any

from flint import fmpq_mat, fmpq_poly, fmpz_mat, fmpz_poly

from superposition_theory.errors import InputError

from .numbers import AlgebraicNumber, NumberField
from .relations import read_index
from .rendering import from_expression
from .roots import Root, roots_of
from .splitting import splitting_field

Matrix = tuple[tuple[AlgebraicNumber, ...], ...]
Table = Sequence[Sequence[int]]


class Eigenmatrices:
    """P and Q of a commutative association scheme, over the field of its eigenvalues.

    ``A_i = sum_j P[j][i] E_j`` and ``E_j = (1/n) sum_i Q[i][j] A_i`` for the primitive idempotents
    E_0 = J/n, E_1, ..., so that P Q = n I. The idempotents after E_0 are in decreasing order of
    P[j][1], then P[j][2], and so on (by real, then imaginary part).

    Parameters
    ----------
    intersections : sequence of matrices
        ``intersections[i][j][k]`` = p_ij^k, with A_0 = I.
    transpose : sequence of int
        The number of the transpose of each relation.

    Raises
    ------
    ArithmeticError
        Where a multiplicity is not an integer: the tables are of no scheme.
    ExactnessError
        Where the eigenvalues generate a field of degree over 64 or are not found in one.

    References
    ----------
    Bannai, Bannai, Ito, Tanaka 2021, "Algebraic Combinatorics", sections 2.2-2.5.

    Examples
    --------
    >>> from superposition_theory.schemes import AssociationScheme
    >>> rows = [[min((y - x) % 5, (x - y) % 5) for y in range(5)] for x in range(5)]
    >>> pentagon = AssociationScheme(rows).eigenmatrices
    >>> pentagon.multiplicities, pentagon.P[1][1].as_expr()
    ((1, 2, 2), -1/2 + sqrt(5)/2)
    >>> pentagon.duality_holds()
    True
    """

    def __init__(self, intersections: Sequence[Table], transpose: Sequence[int]) -> None:
        self.rank = len(intersections)
        self._transpose = tuple(transpose)
        self.valencies = tuple(int(intersections[i][transpose[i]][0]) for i in range(self.rank))
        self.order = sum(self.valencies)
        found = _characters(intersections, self._multiplicity)
        trivial = next(c for c in found if all(map(_equals, c[0], self.valencies)))
        self._field = trivial[0][0].field
        others = [c for c in found if c is not trivial]
        order = cmp_to_key(self._compare)
        found = [trivial, *sorted(others, key=lambda c: order(c[0]))]
        self.P: Matrix = tuple(row for row, _ in found)
        self.multiplicities = tuple(multiplicity for _, multiplicity in found)
        self._krein: dict[tuple[int, int], tuple[AlgebraicNumber, ...]] = {}

    @property
    def field(self) -> Any:
        """The number field of all entries."""
        return self._field

    @cached_property
    def Q(self) -> Matrix:
        """The second eigenmatrix: Q[i][j] = m_j conj(P[j][i]) / k_i."""
        return tuple(
            tuple(
                row[self._transpose[i]] * Fraction(m, k)
                for row, m in zip(self.P, self.multiplicities, strict=True)
            )
            for i, k in enumerate(self.valencies)
        )

    def duality_holds(self) -> bool:
        """Decide P Q = n I by multiplying the matrices over their field."""
        size = range(self.rank)
        return all(
            sum((self.P[j][i] * self.Q[i][k] for i in size), start=self.field.number(0))
            == (self.order if j == k else 0)
            for j in size
            for k in size
        )

    def index_of(self, eigenvalues: Mapping[int, Any]) -> int:
        """Return the number of the only idempotent with these eigenvalues.

        Parameters
        ----------
        eigenvalues : mapping of int to int, Fraction, AlgebraicNumber or real sympy number
            Relation to eigenvalue of its matrix.

        Raises
        ------
        InputError
            Where no idempotent or more than one has them, and for a key that is no relation.
        """
        values = {
            read_index(i, "a key of eigenvalues", self.rank): value
            if isinstance(value, AlgebraicNumber)
            else from_expression(value)
            for i, value in eigenvalues.items()
        }
        found = [
            j for j, row in enumerate(self.P) if all(row[i] == value for i, value in values.items())
        ]
        if len(found) != 1:
            raise InputError(
                f"eigenvalues = {dict(eigenvalues)} belong to {len(found)} idempotents; "
                "accepted are eigenvalues of exactly one"
            )
        return found[0]

    def krein_parameters(self, i: int, j: int) -> tuple[AlgebraicNumber, ...]:
        """Return q_ij^k for all k: E_i o E_j = (1/n) sum_k q_ij^k E_k (entrywise product).

        They are real and nonnegative (Scott 1973).

        Raises
        ------
        InputError
            For a number that is no idempotent.
        """
        pair = (read_index(i, "i", self.rank), read_index(j, "j", self.rank))
        first, second = min(pair), max(pair)
        if (first, second) not in self._krein:
            self._krein[first, second] = self._product(first, second)
        return self._krein[first, second]

    def _product(self, first: int, second: int) -> tuple[AlgebraicNumber, ...]:
        """Return n E_first o E_second in the idempotents."""
        products = [row[first] * row[second] for row in self.Q]
        return tuple(
            sum(
                (product * value for product, value in zip(products, row, strict=True)),
                start=self.field.number(0),
            )
            * Fraction(1, self.order)
            for row in self.P
        )

    @cached_property
    def krein_condition(self) -> bool:
        """Whether every Krein parameter is real and nonnegative, decided exactly."""
        return all(
            parameter.is_real and parameter.sign() >= 0
            for i in range(self.rank)
            for j in range(i, self.rank)
            for parameter in self.krein_parameters(i, j)
        )

    @cached_property
    def absolute_bound(self) -> bool:
        """Whether the ranks of the constituents of E_i o E_j fit its rank (Neumaier 1981).

        The sum of m_k over q_ij^k != 0 is at most m_i m_j, and at most m_i (m_i + 1) / 2 for i = j.
        """
        for i, mi in enumerate(self.multiplicities):
            for j, mj in enumerate(self.multiplicities[: i + 1]):
                present = sum(
                    m
                    for m, q in zip(self.multiplicities, self.krein_parameters(i, j), strict=True)
                    if q
                )
                if present > (mi * (mi + 1) // 2 if i == j else mi * mj):
                    return False
        return True

    @cached_property
    def q_polynomial_orderings(self) -> tuple[tuple[int, ...], ...]:
        """The orders of the idempotents in which the scheme is Q-polynomial."""
        orders = []
        for i in range(1, self.rank):
            pattern = [
                {k for k, q in enumerate(self.krein_parameters(i, j)) if q}
                for j in range(self.rank)
            ]
            order = path_from(pattern, 0, i)
            if order is not None:
                orders.append(order)
        return tuple(orders)

    def _multiplicity(self, row: Sequence[AlgebraicNumber]) -> int:
        """Return n / sum_i |P_ji|^2 / k_i, the rank of E_j, from one row or a conjugate of it."""
        total = sum(
            (
                row[i] * row[self._transpose[i]] * Fraction(1, k)
                for i, k in enumerate(self.valencies)
            ),
            start=row[0].field.number(0),
        )
        if not total.is_rational:
            raise ArithmeticError("a multiplicity is irrational: the tables are of no scheme")
        multiplicity = self.order / total.as_fraction()
        if multiplicity.denominator != 1:
            raise ArithmeticError(f"a multiplicity is {multiplicity}: the tables are of no scheme")
        return int(multiplicity)

    def _compare(self, first: Sequence[AlgebraicNumber], second: Sequence[AlgebraicNumber]) -> int:
        """Return -1 if the first row comes before the second."""
        for i, (a, b) in enumerate(zip(first, second, strict=True)):
            difference = a - b
            if difference:
                opposite = first[self._transpose[i]] - second[self._transpose[i]]
                if difference + opposite:
                    return -difference.sign_of_real_part()
                return -difference.sign_of_imaginary_part()
        return 0


def path_from(neighbours: Sequence[set[int]], start: int, second: int) -> tuple[int, ...] | None:
    """Return the order along which a symmetric pattern is a path, None if it is none.

    Each vertex of the path meets itself, its predecessor and its successor only.
    """
    order = [start]
    following: int | None = second
    while following is not None:
        order.append(following)
        fresh = neighbours[following] - set(order)
        if len(fresh) > 1:
            return None
        following = next(iter(fresh), None)
    if len(order) < len(neighbours) or neighbours[start] - {start, second}:
        return None
    position = {vertex: place for place, vertex in enumerate(order)}
    near = all(abs(position[a] - position[b]) <= 1 for a in order for b in neighbours[a])
    return tuple(order) if near else None


def _equals(number: AlgebraicNumber, value: int) -> bool:
    """Whether a number is this integer."""
    return number == value


def _characters(
    intersections: Sequence[Table], multiplicity: Callable[[Sequence[AlgebraicNumber]], int]
) -> list[tuple[tuple[AlgebraicNumber, ...], int]]:
    """Return the homomorphisms of the algebra to the complex numbers, by their values on the A_i.

    Each comes with its multiplicity, which is found first: in a small field.

    With an element B that generates the algebra, A_i = g_i(B) for a rational polynomial g_i, and
    the characters are g_i(t) for the eigenvalues t of B. The minimal polynomial of g_i(t) is exact;
    which of its roots it is, balls decide. These polynomials are small where that of B is not.
    """
    polynomial, inverse = _generator(intersections)
    size = len(intersections)
    expansions = [fmpq_poly([inverse[i, t] for t in range(size)]) for i in range(size)]
    located: list[list[Root]] = []
    multiplicities: list[int] = []
    for factor, _ in polynomial.factor()[1]:
        field = NumberField(roots_of(factor)[0])
        values = [field.element(expansion) for expansion in expansions]
        multiplicities += [multiplicity(values)] * field.degree
        minimal = [roots_of(value.minimal_polynomial()) for value in values]
        for root in roots_of(factor):
            numbers = [NumberField(root).element(expansion) for expansion in expansions]
            located.append([n.among(roots) for n, roots in zip(numbers, minimal, strict=True)])
    distinct = {_key(root): root for row in located for root in row}
    _, elements = splitting_field(list(distinct.values()))
    known = dict(zip(distinct, elements, strict=True))
    rows = [tuple(known[_key(root)] for root in row) for row in located]
    return list(zip(rows, multiplicities, strict=True))


def _key(root: Root) -> tuple[str, int]:
    """Return what tells a root that `roots_of` gave from others."""
    return str(root.polynomial), root.index


def _generator(intersections: Sequence[Table]) -> tuple[fmpz_poly, fmpq_mat]:
    """Return the characteristic polynomial of a generator B, and A_i in powers of B as rows.

    Of the combinations sum_i t^i A_i, t = 2, 3, ..., all but finitely many generate.
    """
    size = len(intersections)
    for weights in _combinations(size):
        table = fmpz_mat(
            [
                [
                    sum(w * intersections[i][j][k] for i, w in enumerate(weights) if w)
                    for k in range(size)
                ]
                for j in range(size)
            ]
        )
        power = fmpz_mat([[1, *[0] * (size - 1)]])
        rows = []
        for _ in range(size):
            rows.append([power[0, k] for k in range(size)])
            power = power * table
        krylov = fmpz_mat(rows)
        if krylov.rank() == size:
            return table.charpoly(), fmpq_mat(krylov).inv()
    raise AssertionError("unreachable: a commutative scheme has a generator")


def _combinations(size: int) -> Iterator[list[int]]:
    """Yield coefficient vectors: the single relations, then the powers of 2, 3, ..."""
    for i in range(size):
        yield [int(j == i) for j in range(size)]
    t = 2
    while True:
        yield [t**j for j in range(size)]
        t += 1
