"""Coherent closure of a colouring of pairs: two-dimensional Weisfeiler-Leman, stable or refined.

A colouring of the pairs (x, y) of n points is *coherent* when the diagonal has colours of its own,
the colour of (y, x) follows from that of (x, y), and the number p_ij(x, y) of points z with (x, z)
of colour i and (z, y) of colour j depends on the colour of (x, y) alone. The coherent closure is
the coarsest coherent refinement.

Refining. For weights a, b drawn for the colours the matrix product M = a[C] b[C] has the entries
M_xy = sum_ij p_ij(x, y) a_i b_j. With weights below 2**w and n 2**(2w) <= 2**53 it is an exact
integer in float64. Pairs of one colour with different entries have different p_ij: splitting them
is always right, so every colouring on the way is coarser than the closure or equal to it.

Stopping. It remains to show that the colouring is coherent. Let e_k be the entry of M at one pair
of colour k. A test draws a, b and v uniformly from the integers modulo 2**64 and compares

    a[C] (b[C] v)   with   e[C] v   modulo 2**64,

which takes O(n^2 + r n) operations and no matrix product. Suppose the colouring is not coherent: a
pair (x, y) of colour k differs from the one that represents k in some p_ij, by a number D_ij with
0 < |D_ij| <= n. The largest power of two that divides all D_ij(x, y) has an exponent
s <= log2(n). With a uniform, sum_i D_ij a_i is for one j equal to 2**s times a uniform residue, so
that the exponent grows by a geometric variable g1, P(g1 = k) = 2**-(k+1); with b uniform by another
one, g2. Row x of the two sides then differs by a multiple of 2**(s + g1 + g2) that is zero with
probability at most 2**(s + g1 + g2 - 64), or 1 where the exponent passes 64. With
t = 64 - floor(log2 n) the mean over g1 and g2 is

    P(the test passes) <= 2**-t (t (t + 1) / 8 + (t + 2) / 2),

which is 2**-45 for n = 2000. Tests are independent; they are repeated until the product of the
bounds is below 2**-50.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError
from superposition_theory.schemes import AssociationScheme, CoherentConfiguration

from ..toy_model.arguments import generator, integer

IntArray = npt.NDArray[np.int32]
Residues = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.intp]

_ACCEPTED_ERROR = 2.0**-50
_CHUNK = 1 << 22


@dataclass(frozen=True, eq=False)
class Closure:
    """The coherent closure of a colouring.

    Attributes
    ----------
    relation : ndarray of int32, shape (n, n)
        Colour of each pair: the colours of the diagonal first, in order of first appearance, then
        the others in order of first appearance row by row.
    rank : int
        The number of colours.
    fibres : ndarray of int32, shape (n,)
        Fibre of each point, which is the colour of its diagonal pair.
    stable : bool
        False where the search stopped because more colours than the limit appeared: then the
        relation is only a colouring that the closure refines.
    rounds : int
        The number of refinements.
    error_probability : float
        Bound on the probability, over the seed, that a stable relation is coarser than the closure:
        that of passing all tests, for each of the colourings that were tested.

    Examples
    --------
    >>> from superposition_numerics.recognition import coherent_closure
    >>> path = coherent_closure([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> path.fibres.tolist(), path.rank, path.homogeneous
    ([0, 1, 0], 5, False)
    """

    relation: IntArray
    rank: int
    fibres: IntArray
    stable: bool
    rounds: int
    error_probability: float

    @property
    def order(self) -> int:
        """The number n of points."""
        return len(self.fibres)

    @property
    def homogeneous(self) -> bool:
        """Whether there is one fibre."""
        return not self.fibres.any()

    def configuration(self) -> CoherentConfiguration:
        """Return the exact object, whose axioms are verified without random numbers.

        Raises
        ------
        InputError
            Where the closure is not coherent after all.
        """
        kind = AssociationScheme if self.homogeneous else CoherentConfiguration
        return kind(self.relation.tolist())


def coherent_closure(
    colours: npt.ArrayLike, *, rng: np.random.Generator | int = 0, limit: int | None = None
) -> Closure:
    """Return the coarsest coherent configuration that refines a colouring of pairs.

    Parameters
    ----------
    colours : array_like of int, shape (n, n)
        Colour of each pair (x, y), at least 0. The diagonal is split off and (x, y) is told from
        (y, x) where the colouring does.
    rng : numpy.random.Generator or int
        Source of the weights.
    limit : int, optional
        Stop, with ``stable`` False, when more colours than this appear.

    Returns
    -------
    Closure
        In canonical numbering: two colourings have the same closure iff the relations are equal.

    Raises
    ------
    InputError
        Not a square array of nonnegative integers with n >= 1.

    References
    ----------
    Weisfeiler and Leman 1968; Freivalds 1979 for the test.

    Examples
    --------
    The path with three edges: its ends and its inner points are told apart.

    >>> from superposition_numerics.recognition import coherent_closure
    >>> path = [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    >>> coherent_closure(path).relation.tolist()
    [[0, 2, 3, 4], [5, 1, 6, 7], [7, 6, 1, 5], [4, 3, 2, 0]]
    """
    given = checked_colours(colours)
    source = generator(rng)
    if limit is not None:
        limit = integer("limit", limit, least=1)
    n = len(given)
    marked = 2 * given
    marked[np.diag_indices(n)] += 1
    symmetric = np.array_equal(given, given.T)
    relation, heads = _classes([marked] if symmetric else [marked, marked.T], source)
    rounds = 0
    tests = 0
    bound = _survival_bound(n)
    while limit is None or heads.size <= limit:
        if _survives(relation, heads, source):
            tests += 1
            if bound**tests < _ACCEPTED_ERROR:
                error = (rounds + 1) * bound**tests
                return _closure(relation, heads.size, True, rounds, error)
        else:
            tests = 0
            rounds += 1
            product = _product(relation, heads.size, source)
            relation, heads = _classes([relation, product, product.T], source)
    return _closure(relation, heads.size, False, rounds, 1.0)


def representative_products(
    relation: IntArray, rows: Indices, columns: Indices, a: Residues, b: Residues
) -> Residues:
    """Return entries of a[C] b[C] modulo 2**64 at the pairs (rows[k], columns[k]), in O(n) each."""
    result = np.empty(rows.size, np.uint64)
    width = max(1, _CHUNK // len(relation))
    by_columns = np.ascontiguousarray(relation.T)
    for start in range(0, rows.size, width):
        part = slice(start, start + width)
        result[part] = (a[relation[rows[part]]] * b[by_columns[columns[part]]]).sum(axis=1)
    return result


def residues(size: int, source: np.random.Generator) -> Residues:
    """Return uniform integers modulo 2**64."""
    return source.integers(0, 2**64, size, dtype=np.uint64)


def _closure(relation: IntArray, rank: int, stable: bool, rounds: int, error: float) -> Closure:
    """Return the result for a colouring in canonical numbering."""
    return Closure(relation, rank, relation.diagonal().copy(), stable, rounds, error)


def checked_colours(colours: npt.ArrayLike, name: str = "colours") -> npt.NDArray[np.int64]:
    """Return colours of pairs as integers."""
    accepted = "accepted: a square array of integers >= 0, shape (n, n) with n >= 1"
    try:
        given = np.asarray(colours)
    except ValueError as error:
        raise InputError(f"{name} is not an array ({error}); {accepted}") from error
    if given.ndim != 2 or given.shape[0] != given.shape[1] or given.shape[0] == 0:
        raise InputError(f"{name} has shape {given.shape}; {accepted}")
    if given.dtype.kind not in "iu":
        raise InputError(f"{name} has entries of type {given.dtype}; {accepted}")
    if given.dtype.kind == "i" and given.min() < 0:
        raise InputError(f"{name} has the negative entry {given.min()}; {accepted}")
    return given.astype(np.int64)


def _survival_bound(n: int) -> float:
    """Bound the probability that a colouring that is not coherent passes one test."""
    t = 65 - n.bit_length()
    return 2.0**-t * (t * (t + 1) / 8 + (t + 2) / 2)


def _survives(relation: IntArray, heads: Indices, source: np.random.Generator) -> bool:
    """Compare a[C] b[C] v with e[C] v modulo 2**64 for random a, b and v."""
    n = len(relation)
    a, b, v = residues(heads.size, source), residues(heads.size, source), residues(n, source)
    entries = representative_products(relation, heads // n, heads % n, a, b)
    return bool(np.array_equal(a[relation] @ (b[relation] @ v), entries[relation] @ v))


def _product(relation: IntArray, rank: int, source: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return a[C] b[C] for random weights, an exact integer in float64."""
    width = (53 - len(relation).bit_length()) // 2
    a, b = source.integers(0, 1 << width, (2, rank)).astype(np.float64)
    return np.asarray((a[relation] @ b[relation]).astype(np.int64))


def _classes(
    keys: Sequence[npt.NDArray[Any]], source: np.random.Generator
) -> tuple[IntArray, Indices]:
    """Return canonical numbers of the distinct tuples of keys, found without sorting.

    Cells are hashed into slots; the first cell of a slot leads all cells of the slot that agree
    with it in every key, and the others try again with another hash. The numbers are exact: only
    the time depends on chance. The second result is the first cell of each number.
    """
    n = len(keys[0])
    flat = [np.ascontiguousarray(key).ravel() for key in keys]
    cells = np.arange(n * n)
    leader = np.empty(n * n, np.intp)
    bits = max((n * n).bit_length(), 4)
    owner = np.empty(1 << bits, np.intp)
    pending = cells
    values = flat
    while pending.size:
        mixed = np.zeros(pending.size, np.uint64)
        for value, factor in zip(values, residues(len(values), source), strict=True):
            mixed += value.astype(np.uint64)
            mixed *= factor | np.uint64(1)
        slot = (mixed >> np.uint64(64 - bits)).astype(np.intp)
        owner[slot[::-1]] = pending[::-1]  # the last write stays: the first cell of each slot
        first = owner[slot]
        agrees = np.ones(pending.size, bool)
        for key, value in zip(flat, values, strict=True):
            agrees &= key[first] == value
        leader[pending[agrees]] = first[agrees]
        pending = pending[~agrees]
        values = [key[pending] for key in flat]
    heads = np.flatnonzero(leader == cells)
    diagonal = heads % (n + 1) == 0
    heads = np.concatenate([heads[diagonal], heads[~diagonal]])
    number = np.empty(n * n, np.int32)
    number[heads] = np.arange(heads.size, dtype=np.int32)
    return number[leader].reshape(n, n), heads
