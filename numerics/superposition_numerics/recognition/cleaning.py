"""From a weight matrix or a Gram matrix to norms and cosines of its nonzero vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import Columns, FloatArray, MatrixLike, columns_of
from ..toy_model.arguments import number

UNIT_ROUNDOFF = 2.0**-53
# Asymmetry of a Gram matrix that float32 arithmetic leaves at any usual size.
_ASYMMETRY = 1e-5
_SMALLEST = float(np.finfo(np.float64).tiny)
# About ten matrices of n x n numbers are held: 3 GB, and half a minute where nothing is found.
MOST_FEATURES = 6000


@dataclass(frozen=True, eq=False)
class Vectors:
    """The nonzero vectors of a frame, up to rotation.

    Attributes
    ----------
    features : ndarray of int, shape (k,)
        Positions of the nonzero vectors among the n given.
    zero : tuple of int
        Positions of the others.
    norms : ndarray, shape (k,)
        Divided by the largest.
    cosines : ndarray, shape (k, k)
        Symmetric, in [-1, 1], with diagonal 1.
    coordinates : ndarray, shape (m, k), or None
        The unit vectors, where a weight matrix was given.
    epsilon : float
        Relative uncertainty of a stored entry.
    summation : float
        Bound on what the sum behind an inner product of unit vectors did to it.

    Examples
    --------
    >>> from superposition_numerics.recognition import clean_weights
    >>> vectors = clean_weights([[3.0, 0.0, 0.01], [4.0, 5.0, 0.0]])
    >>> vectors.zero, vectors.norms, vectors.cosines
    ((2,), array([1., 1.]), array([[1. , 0.8],
                                   [0.8, 1. ]]))
    """

    features: npt.NDArray[np.intp]
    zero: tuple[int, ...]
    norms: FloatArray
    cosines: FloatArray
    coordinates: FloatArray | None
    epsilon: float
    summation: float

    @property
    def rounding(self) -> float:
        """Bound on the error of a cosine.

        Entries off by epsilon move unit vectors x, y by 2 epsilon, with their norms, and the cosine
        by 4 epsilon.
        """
        return 4 * self.epsilon + self.summation

    def spectral_rounding(self, count: int, largest: float) -> float:
        """Bound on the error of the eigenvalues of the Gram matrix of some of the unit vectors.

        Parameters
        ----------
        count : int
            The number of the vectors.
        largest : float
            The largest eigenvalue. A matrix X of k unit vectors, off by D with |D| <= 2 epsilon
            sqrt(k), gives 2 |X| |D| + |D|^2. Of a Gram matrix, whose vectors are not known, every
            entry may be off by ``rounding``.
        """
        if self.coordinates is None:
            return count * self.rounding
        moved = 2 * self.epsilon * float(np.sqrt(count))
        return 2 * float(np.sqrt(largest)) * moved + moved**2 + count * self.summation

    @property
    def dimensions(self) -> int | None:
        """The number m of coordinates, where a weight matrix was given."""
        return None if self.coordinates is None else len(self.coordinates)


def clean_weights(W: MatrixLike, *, zero: float = 0.05, epsilon: float | None = None) -> Vectors:
    """Return norms and cosines of the columns of W, the small ones apart.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features, n >= 2.
    zero : float
        A column counts as zero up to this fraction of the largest norm.
    epsilon : float, optional
        Relative uncertainty of an entry; by default the precision of the stored type.

    Returns
    -------
    Vectors
        ``summation`` is (m + 8) 2^-53, for m products in float64.

    Raises
    ------
    InputError
        W is not a finite real matrix with at least two columns, or has more than 6000 nonzero ones.

    Examples
    --------
    >>> from superposition_numerics.recognition import clean_weights
    >>> clean_weights([[1e200, -1e200]]).cosines
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    zero = number("zero", zero, least=0, most=1)
    source = columns_of(W)
    _require_two(source, "columns")
    values = np.asarray(source.values[:, :]).astype(np.float64)
    largest = np.abs(values).max(axis=0)
    source.require_finite(values, float(largest.max()))
    scale = float(largest.max()) or 1.0
    units = values / np.where(largest > 0, largest, 1.0)
    lengths = np.sqrt((units**2).sum(axis=0))
    kept, dropped = _kept(lengths * (largest / scale), zero, source.name)
    units = units[:, kept] / lengths[kept]
    norms = lengths[kept] * (largest[kept] / scale)
    cosines = _cosines(units.T @ units)
    precision = _precision(source, epsilon)
    summation = (source.dimensions + 8) * UNIT_ROUNDOFF
    return Vectors(kept, dropped, _relative(norms), cosines, units, precision, summation)


def clean_gram(
    G: MatrixLike, *, zero: float = 0.05, tolerance: float = 0.03, epsilon: float | None = None
) -> Vectors:
    """Return norms and cosines of vectors with Gram matrix G, the small ones apart.

    Parameters
    ----------
    G : array_like, shape (n, n)
        Symmetric and positive semidefinite, n >= 2.
    zero : float
        A vector counts as zero up to this fraction of the largest norm.
    tolerance : float
        An eigenvalue may be as low as -tolerance times the largest absolute row sum, and a cosine
        as large as 1 + tolerance^2.
    epsilon : float, optional
        As in ``clean_weights``.

    Returns
    -------
    Vectors

    Raises
    ------
    InputError
        G is not finite and real, not square, not symmetric, has a negative eigenvalue or a cosine
        above 1, is below the normal numbers, or has more than 6000 nonzero vectors.

    Examples
    --------
    >>> from superposition_numerics.recognition import clean_gram
    >>> clean_gram([[4.0, -3.0], [-3.0, 9.0]]).cosines
    array([[ 1. , -0.5],
           [-0.5,  1. ]])
    """
    zero = number("zero", zero, least=0, most=1)
    tolerance = number("tolerance", tolerance, least=0, most=1)
    source = columns_of(G, name="G")
    if source.dimensions != source.features:
        shape = (source.dimensions, source.features)
        raise InputError(f"G has shape {shape}; accepted: a square Gram matrix, shape (n, n)")
    _require_two(source, "rows and columns")
    gram = np.asarray(source.values[:, :]).astype(np.float64)
    largest = float(np.abs(gram).max())
    source.require_finite(gram, largest)
    if 0 < largest < _SMALLEST:
        raise InputError(f"G has entries up to {largest:.3g}; accepted: normal numbers, or scale G")
    gram = gram / (largest or 1.0)
    asymmetry = float(np.abs(gram - gram.T).max())
    if asymmetry > _ASYMMETRY:
        raise InputError(
            f"G is not symmetric: G and its transpose differ by {asymmetry:.3g} of its largest "
            f"entry; accepted: at most {_ASYMMETRY:g}"
        )
    gram = (gram + gram.T) / 2
    # The factorisation of a semidefinite matrix succeeds where the shift exceeds its rounding
    # errors, n (n + 1) u times the largest diagonal entry (Higham 2002, theorem 10.7).
    n = source.features
    shift = max(tolerance * float(np.abs(gram).sum(axis=1).max()), 4 * n**2 * UNIT_ROUNDOFF)
    try:
        np.linalg.cholesky(gram + shift * np.eye(n))
    except np.linalg.LinAlgError as error:
        raise InputError(
            "G has an eigenvalue below -tolerance times its largest absolute row sum; accepted: a "
            "positive semidefinite Gram matrix"
        ) from error
    norms = np.sqrt(np.maximum(gram.diagonal(), 0.0))
    kept, dropped = _kept(norms, zero, source.name)
    norms = norms[kept]
    precision = _precision(source, epsilon)
    cosines = gram[np.ix_(kept, kept)] / np.outer(norms, norms)
    excess = float(np.abs(cosines).max(initial=0.0)) - 1
    if excess > 4 * precision + n * UNIT_ROUNDOFF + tolerance**2:
        raise InputError(
            f"G has a cosine of absolute value {1 + excess:.6g}; accepted: the Gram matrix of "
            "vectors, whose cosines are at most 1"
        )
    cosines = _cosines(cosines)
    summation = (n + 8) * UNIT_ROUNDOFF
    return Vectors(kept, dropped, _relative(norms), cosines, None, precision, summation)


def _require_two(source: Columns, what: str) -> None:
    """Refuse fewer than two vectors."""
    if source.features < 2:
        raise InputError(f"{source.name} has {source.features} {what}; accepted: at least 2")


def _precision(source: Columns, epsilon: float | None) -> float:
    """Return the relative uncertainty of a stored entry."""
    return source.epsilon if epsilon is None else number("epsilon", epsilon, least=0, most=1)


def _kept(
    norms: FloatArray, zero: float, name: str
) -> tuple[npt.NDArray[np.intp], tuple[int, ...]]:
    """Return the positions of the vectors above the threshold, and of the others."""
    small = norms <= zero * norms.max()
    count = int((~small).sum())
    if count > MOST_FEATURES:
        raise InputError(
            f"{name} has {count} nonzero features; accepted: at most {MOST_FEATURES}, since "
            "matrices of all their cosines are held; choose some of them"
        )
    return np.flatnonzero(~small), tuple(np.flatnonzero(small).tolist())


def _cosines(gram: FloatArray) -> FloatArray:
    """Return a symmetric matrix in [-1, 1] with diagonal 1."""
    cosines = np.clip((gram + gram.T) / 2, -1.0, 1.0)
    np.fill_diagonal(cosines, 1.0)
    return np.asarray(cosines)


def _relative(norms: FloatArray) -> FloatArray:
    """Divide by the largest norm."""
    return norms / norms.max() if norms.size else norms
