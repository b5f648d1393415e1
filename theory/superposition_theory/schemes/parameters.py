"""Parameters of strongly regular and distance-regular graphs, and what they must satisfy."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt

from flint import fmpq, fmpq_mat

from superposition_theory.errors import ExactnessError, InputError
from superposition_theory.reading import read_count, read_list

from .eigenmatrices import Eigenmatrices


@dataclass(frozen=True)
class StronglyRegularParameters:
    """The parameters (v, k, lambda, mu) of a graph that need not exist.

    Parameters
    ----------
    v, k, lam, mu : int
        v points of valency k; lam common neighbours of adjacent points, mu of the others.

    Raises
    ------
    InputError
        Unless 0 < k < v - 1, 0 <= lam < k and 0 <= mu <= k.

    Notes
    -----
    The conditions are necessary; they do not prove that a graph exists.

    References
    ----------
    Brouwer and Van Maldeghem 2022, "Strongly Regular Graphs", chapter 1.

    Examples
    --------
    >>> StronglyRegularParameters(10, 3, 0, 1).infeasibilities
    ()
    >>> StronglyRegularParameters(28, 9, 0, 4).infeasibilities
    ('a Krein parameter is negative', 'the absolute bound fails')
    """

    v: int
    k: int
    lam: int
    mu: int

    def __post_init__(self) -> None:
        for name in ("v", "k", "lam", "mu"):
            read_count(getattr(self, name), name, 0)
        fits = 0 < self.k < self.v - 1 and self.lam < self.k and self.mu <= self.k
        if not fits:
            raise InputError(
                f"(v, k, lambda, mu) = {(self.v, self.k, self.lam, self.mu)}; accepted: "
                "0 < k < v - 1, 0 <= lambda < k, 0 <= mu <= k"
            )

    @property
    def discriminant(self) -> int:
        """(lambda - mu)^2 + 4 (k - mu), the square of the difference of the eigenvalues r > s."""
        return (self.lam - self.mu) ** 2 + 4 * (self.k - self.mu)

    @property
    def is_conference(self) -> bool:
        """Whether the parameters are (v, (v-1)/2, (v-5)/4, (v-1)/4)."""
        return 2 * self.k == self.v - 1 == 4 * self.mu and self.lam == self.mu - 1

    @property
    def complement(self) -> StronglyRegularParameters:
        """The parameters of the complementary graph."""
        v, k, lam, mu = self.v, self.k, self.lam, self.mu
        return StronglyRegularParameters(v, v - k - 1, v - 2 - 2 * k + mu, v - 2 * k + lam)

    @property
    def multiplicities(self) -> tuple[Fraction, Fraction] | None:
        """The multiplicities of r and s; None where they would be irrational."""
        v, k, lam, mu = self.v, self.k, self.lam, self.mu
        shift = 2 * k + (v - 1) * (lam - mu)
        if shift == 0:
            half = Fraction(v - 1, 2)
            return half, half
        root = isqrt(self.discriminant)
        if not root or root * root != self.discriminant:
            return None
        return Fraction((v - 1) * root - shift, 2 * root), Fraction(
            (v - 1) * root + shift, 2 * root
        )

    @cached_property
    def infeasibilities(self) -> tuple[str, ...]:
        """The necessary conditions that fail, in words; empty where all hold."""
        v, k, lam, mu = self.v, self.k, self.lam, self.mu
        if k * (k - lam - 1) != (v - k - 1) * mu:
            return ("k (k - lambda - 1) = (v - k - 1) mu fails",)
        if v * k % 2 or v * k * lam % 6:
            return ("the number of edges or of triangles is not an integer",)
        if v - 2 * k + mu < 2:  # lambda of the complement; its mu is never negative here
            return ("an intersection number is negative",)
        multiplicities = self.multiplicities
        if multiplicities is None or any(m.denominator != 1 for m in multiplicities):
            return ("a multiplicity is not an integer",)
        if self.is_conference and not _sum_of_two_squares(v):
            return ("v is not the sum of two squares, as a conference graph needs",)
        if 0 < mu < k:
            return _violations(self.eigenmatrices)
        return ()

    @cached_property
    def eigenmatrices(self) -> Eigenmatrices:
        """P and Q of the scheme of rank 3 that such a graph would give.

        Relation 1 is adjacency.
        """
        v, k, lam, mu = self.v, self.k, self.lam, self.mu
        other = v - k - 1
        return Eigenmatrices(
            (
                ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
                ((0, 1, 0), (k, lam, mu), (0, k - lam - 1, k - mu)),
                ((0, 0, 1), (0, k - lam - 1, k - mu), (other, v - 2 * k + lam, other - k + mu - 1)),
            ),
            (0, 1, 2),
        )

    @property
    def gives_equiangular_tight_frame(self) -> bool:
        """Whether k = 2 mu: on v points, equivalent to a real tight frame of v + 1 lines."""
        return self.k == 2 * self.mu


@dataclass(frozen=True)
class IntersectionArray:
    """The array {b_0, ..., b_{d-1}; c_1, ..., c_d} of a graph that need not exist.

    Parameters
    ----------
    b, c : iterable of int
        Of one length d >= 1: from a point at distance i, b_i neighbours lead to distance i + 1 and
        c_i to distance i - 1.

    Raises
    ------
    InputError
        For tuples of different lengths, c_1 != 1, entries that are not positive, or
        b_i + c_i > b_0.

    References
    ----------
    Brouwer, Cohen, Neumaier 1989, "Distance-Regular Graphs", chapter 4.

    Examples
    --------
    >>> icosahedron = IntersectionArray((5, 2, 1), (1, 2, 5))
    >>> [int(k) for k in icosahedron.valencies], icosahedron.eigenmatrices.multiplicities
    ([1, 5, 5, 1], (1, 3, 5, 3))
    """

    b: tuple[int, ...]
    c: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "b", tuple(read_list(self.b, "b")))
        object.__setattr__(self, "c", tuple(read_list(self.c, "c")))
        b, c = self.b, self.c
        for name, entries in (("b", b), ("c", c)):
            for i, entry in enumerate(entries):
                read_count(entry, f"{name}[{i}]", 1)
        fits = len(b) == len(c) >= 1 and c[0] == 1
        if not fits or any(x + y > b[0] for x, y in zip(b[1:], c, strict=False)) or c[-1] > b[0]:
            raise InputError(
                f"b = {b}, c = {c}; accepted: positive integers, as many in b as in c, c_1 = 1, "
                "b_i + c_i <= b_0"
            )

    @property
    def diameter(self) -> int:
        """The number d of classes."""
        return len(self.b)

    @cached_property
    def valencies(self) -> tuple[Fraction, ...]:
        """The numbers of points at each distance: k_{i+1} = k_i b_i / c_{i+1}."""
        sizes = [Fraction(1)]
        for down, up in zip(self.b, self.c, strict=True):
            sizes.append(sizes[-1] * down / up)
        return tuple(sizes)

    @cached_property
    def intersections(self) -> tuple[tuple[tuple[Fraction, ...], ...], ...]:
        """The tables p_ij^k by i, j, k, from A_1 A_i = b_{i-1} A_{i-1} + a_i A_i + c_{i+1} A_{i+1}.

        They need not be integers.
        """
        size = self.diameter + 1
        b, c = (*self.b, 0), (0, *self.c)
        a = [b[0] - x - y for x, y in zip(b, c, strict=True)]
        rows = [[0] * size for _ in range(size)]
        for j in range(size):
            rows[j][j] = a[j]
            if j:
                rows[j][j - 1], rows[j - 1][j] = b[j - 1], c[j]
        first = fmpq_mat(rows)
        tables = [fmpq_mat([[int(j == k) for k in range(size)] for j in range(size)]), first]
        for i in range(1, size - 1):
            following = tables[i] * first - tables[i] * a[i] - tables[i - 1] * b[i - 1]
            tables.append(following / c[i + 1])
        return tuple(
            tuple(tuple(_fraction(entry) for entry in row) for row in table.tolist())
            for table in tables
        )

    @cached_property
    def infeasibilities(self) -> tuple[str, ...]:
        """The necessary conditions that fail, in words; empty where all hold.

        Raises
        ------
        ExactnessError
            As for `Eigenmatrices`.
        """
        entries = [p for table in self.intersections for row in table for p in row]
        if any(p.denominator != 1 or p < 0 for p in entries):
            return ("an intersection number is negative or not an integer",)
        relations = range(1, self.diameter + 1)
        odd = any(self.order * self.valencies[i] % 2 for i in relations) or any(
            self.valencies[i] * self.intersections[j][i][i] % 2
            for i in relations
            for j in relations
        )
        if odd:
            return ("a relation would have an odd sum of degrees",)
        try:
            tables = self.eigenmatrices
        except ExactnessError:
            raise
        except ArithmeticError as error:
            return (str(error),)
        return _violations(tables)

    @property
    def order(self) -> Fraction:
        """The number of points."""
        return sum(self.valencies, start=Fraction(0))

    @cached_property
    def eigenmatrices(self) -> Eigenmatrices:
        """P and Q of the scheme that such a graph would give; relation i is distance i.

        Raises
        ------
        InputError
            Where an intersection number is not an integer.
        ArithmeticError
            Where a multiplicity is not an integer.
        ExactnessError
            As for `Eigenmatrices`.
        """
        if any(p.denominator != 1 for table in self.intersections for row in table for p in row):
            raise InputError(f"{self} has an intersection number that is not an integer")
        tables = [[[int(p) for p in row] for row in table] for table in self.intersections]
        return Eigenmatrices(tables, range(self.diameter + 1))


def _fraction(value: fmpq) -> Fraction:
    """Return a rational number as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def _violations(tables: Eigenmatrices) -> tuple[str, ...]:
    """Return the conditions on eigenmatrices that fail, in words."""
    conditions = (
        ("a Krein parameter is negative", tables.krein_condition),
        ("the absolute bound fails", tables.absolute_bound),
    )
    return tuple(reason for reason, holds in conditions if not holds)


def _sum_of_two_squares(value: int) -> bool:
    """Whether a positive integer is a sum of two squares."""
    return any(isqrt(value - x * x) ** 2 == value - x * x for x in range(isqrt(value) + 1))
