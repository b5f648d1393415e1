"""Finite frames with exact entries: capacity, spectrum, tightness."""

from functools import cached_property
from typing import Any

from sympy import ImmutableMatrix, Integer
from sympy.polys.matrices import DomainMatrix

from superposition_theory.errors import InputError

from .algebraic import OrderedField
from .capacity import Cluster, DeficitIdentity, deficit_identity
from .matrices import read_matrix, to_immutable
from .measure import SpectralMeasure, spectral_measure
from .spectrum import Spectrum, spectral_factors
from .stieltjes import StieltjesTransform


class Frame:
    """n features in m dimensions, the columns of an exact real matrix W.

    All quantities are exact and depend on the Gram matrix M = W^T W and the dimension m only
    (`matrix` and `frame_operator` apart). They are computed on demand and kept.

    Parameters
    ----------
    W : sympy Matrix, or list or tuple of rows, shape (m, n)
        m >= 1, n >= 0; columns are features. Entries are int, Fraction, or real algebraic sympy
        numbers: rationals, roots, cosines of rational multiples of pi, CRootOf, and their sums,
        products and rational powers. Zero columns are allowed.

    Raises
    ------
    InputError
        For entries that are not of these kinds, ragged rows, and m = 0.

    References
    ----------
    Ivanov et al. 2026, "Spectral Superposition: A Theory of Feature Geometry", arXiv 2602.02224.

    Examples
    --------
    >>> from sympy import Rational, sqrt
    >>> half = Rational(1, 2)
    >>> triangle = Frame([[1, -half, -half], [0, sqrt(3) / 2, -sqrt(3) / 2]])
    >>> triangle.capacity, triangle.rank, triangle.fractional_dimensionalities
    (2, 2, (2/3, 2/3, 2/3))
    >>> triangle.is_tight, triangle.coherence
    (True, 1/2)
    """

    def __init__(self, W: Any) -> None:
        matrix, field = read_matrix(W, "W")
        if not matrix.shape[0]:
            raise InputError("W has no rows; accepted are matrices with m >= 1 rows")
        self._field: OrderedField = field
        self._matrix: DomainMatrix | None = matrix
        self._gram: DomainMatrix = matrix.transpose() * matrix

    @classmethod
    def from_gram(cls, M: Any) -> "Frame":
        """Return a frame that is known by its Gram matrix, up to rotation.

        Its dimension m is taken to be the rank of M.

        Parameters
        ----------
        M : sympy Matrix, or list or tuple of rows, shape (n, n)
            Symmetric and positive semidefinite, entries as for W.

        Returns
        -------
        Frame

        Raises
        ------
        InputError
            For entries that are not accepted, and where M is not square, not symmetric or has a
            negative eigenvalue (all decided exactly).

        Examples
        --------
        >>> Frame.from_gram([[1, -1], [-1, 1]]).dimensions
        1
        """
        gram, field = read_matrix(M, "M")
        if gram.shape[0] != gram.shape[1]:
            raise InputError(f"M has shape {gram.shape}; accepted are square matrices")
        entries = gram.to_list()
        for i, row in enumerate(entries):
            for j in range(i):
                if row[j] != entries[j][i]:
                    raise InputError(
                        f"M[{i}, {j}] = {field.to_sympy(row[j])} but M[{j}, {i}] = "
                        f"{field.to_sympy(entries[j][i])}; accepted are symmetric matrices"
                    )
        frame = cls.__new__(cls)
        frame._field, frame._matrix, frame._gram = field, None, gram
        if any(field.sign(c) * (-1) ** k < 0 for k, c in enumerate(frame._characteristic)):
            raise InputError(
                "M has a negative eigenvalue; accepted are positive semidefinite matrices"
            )
        return frame

    def __repr__(self) -> str:
        kind = "Gram matrix" if self._matrix is None else "W"
        return f"<Frame by {kind}: {self.features} features in {self.dimensions} dimensions>"

    @property
    def features(self) -> int:
        """The number n of features."""
        return int(self._gram.shape[0])

    @property
    def dimensions(self) -> int:
        """The number m of dimensions (the rank, if only the Gram matrix is known)."""
        return self.rank if self._matrix is None else int(self._matrix.shape[0])

    @cached_property
    def matrix(self) -> ImmutableMatrix:
        """W, shape (m, n); InputError where only the Gram matrix is known."""
        return to_immutable(self._known_matrix("matrix"), self._field)

    @cached_property
    def gram(self) -> ImmutableMatrix:
        """M = W^T W, shape (n, n)."""
        return to_immutable(self._gram, self._field)

    @cached_property
    def frame_operator(self) -> ImmutableMatrix:
        """F = W W^T, shape (m, m); InputError where only the Gram matrix is known."""
        matrix = self._known_matrix("frame_operator")
        return to_immutable(matrix * matrix.transpose(), self._field)

    @property
    def rank(self) -> int:
        """The rank of W, by elimination."""
        return len(self._echelon[1])

    @cached_property
    def represented(self) -> tuple[int, ...]:
        """The indices of the nonzero columns, increasing."""
        return tuple(i for i, norm in enumerate(self._norms_squared) if norm)

    @cached_property
    def norms_squared(self) -> tuple[Any, ...]:
        """|w_i|^2 of every feature."""
        return self._exact(self._norms_squared)

    @cached_property
    def spectrum(self) -> Spectrum:
        """The distinct positive eigenvalues of F with multiplicity, increasing."""
        return Spectrum(spectral_factors(self._characteristic, self._field))

    def spectral_measure(self, feature: int) -> SpectralMeasure:
        """Return the spectral measure of a represented feature.

        Parameters
        ----------
        feature : int
            An index, from 0 to n - 1, of a nonzero column.

        Returns
        -------
        SpectralMeasure

        Raises
        ------
        InputError
            If there is no such feature, or its column is zero.

        Examples
        --------
        >>> Frame([[1, 0], [0, 2]]).spectral_measure(1).mean
        4
        """
        if isinstance(feature, bool) or not isinstance(feature, int):
            raise InputError(f"feature = {feature!r}; accepted is an int")
        if not 0 <= feature < self.features:
            raise InputError(
                f"feature = {feature}; accepted are indices from 0 to {self.features - 1}"
            )
        measure = self._measures[feature]
        if measure is None:
            raise InputError(
                f"feature {feature} is not represented (its column is zero); "
                f"accepted are {self.represented}"
            )
        return measure

    @cached_property
    def fractional_dimensionalities(self) -> tuple[Any, ...]:
        """D_i = M_ii^2 / (M^2)_ii, in [0, 1]; 0 for zero columns (Elhage et al. 2022)."""
        return self._exact(self._dimensionalities)

    @cached_property
    def leverage_scores(self) -> tuple[Any, ...]:
        """h_i = w_i^T F^+ w_i, the diagonal of the projector on the row space of W."""
        basis = self._echelon[0].extract(range(self.rank), range(self.features))
        projector = basis.transpose() * (basis * basis.transpose()).inv() * basis
        return self._exact(_diagonal(projector))

    @cached_property
    def capacity(self) -> Any:
        """The sum of the D_i; at most the rank (Ivanov et al. 2026, capacity bound)."""
        return self._field.to_sympy(sum(self._dimensionalities, self._field.domain.zero))

    @cached_property
    def deficit_identity(self) -> DeficitIdentity:
        """Rank minus capacity by two routes, and the variance bound below it."""
        return deficit_identity(
            self._field,
            self.rank,
            self._dimensionalities,
            self._norms_squared,
            self._measures,
            self.spectrum,
        )

    @property
    def is_saturated(self) -> bool:
        """Whether the capacity equals the rank; by the deficit identity, iff `is_localized`."""
        return bool(self.capacity == self.rank)

    @property
    def is_localized(self) -> bool:
        """Whether every nonzero column is an eigenvector of F, by the spectral measures."""
        return all(measure is None or measure.is_localized for measure in self._measures)

    @property
    def is_tight_on_span(self) -> bool:
        """Whether all positive eigenvalues of F are equal (so too if there are none)."""
        return len(self.spectrum) <= 1

    @property
    def is_tight(self) -> bool:
        """Whether F is a multiple of the identity on R^m (the multiple 0 included)."""
        return self.is_tight_on_span and self.rank in (0, self.dimensions)

    @property
    def frame_bounds(self) -> tuple[Any, Any]:
        """The smallest and the largest eigenvalue of F on R^m."""
        lower, upper = self.frame_bounds_on_span
        return (lower if self.rank == self.dimensions else Integer(0)), upper

    @property
    def frame_bounds_on_span(self) -> tuple[Any, Any]:
        """The smallest and the largest positive eigenvalue of F; (0, 0) for rank 0."""
        if not self.rank:
            return Integer(0), Integer(0)
        return self.spectrum.smallest.value, self.spectrum.largest.value

    @cached_property
    def frame_potential(self) -> Any:
        """|M|_F^2, the sum of all squared inner products (Benedetto and Fickus 2003)."""
        return self._field.to_sympy(sum(self._gram_squared, self._field.domain.zero))

    @property
    def frame_potential_bound(self) -> Any:
        """(tr M)^2/m, 0 for rank 0: at most `frame_potential`, and equal to it iff `is_tight`."""
        total = sum(self._norms_squared, self._field.domain.zero)
        return self._field.to_sympy(total**2 / max(self.dimensions, 1))

    @cached_property
    def coherence(self) -> Any:
        """Max |<w_i, w_j>|/(|w_i||w_j|) over two represented features; 0 if there are not two."""
        gram, norms = self._gram.to_list(), self._norms_squared
        cosines_squared = (
            gram[i][j] ** 2 / (norms[i] * norms[j])
            for i in self.represented
            for j in self.represented
            if i < j
        )
        return self._field.square_root(self._field.largest(cosines_squared))

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """At saturation, the features by eigenvalue, increasing; InputError otherwise."""
        if not self.is_saturated:
            raise InputError(
                f"W is not saturated (capacity {self.capacity}, rank {self.rank}); clusters are "
                "defined where every nonzero column is an eigenvector of F"
            )
        return tuple(
            Cluster(
                eigenvalue,
                tuple(
                    i
                    for i in self.represented
                    if self.spectral_measure(i).atoms[0].eigenvalue is eigenvalue
                ),
            )
            for eigenvalue in self.spectrum
        )

    @property
    def stieltjes(self) -> StieltjesTransform:
        """The Stieltjes transform of M; InputError for n = 0."""
        if not self.features:
            raise InputError("W has no columns; the Stieltjes transform needs n >= 1 features")
        return StieltjesTransform(self.features, self.spectrum)

    def _known_matrix(self, name: str) -> DomainMatrix:
        """Return W, or raise InputError where it is not known."""
        if self._matrix is None:
            raise InputError(
                f"{name} needs W, and this frame is known by its Gram matrix only; "
                "accepted are frames built as Frame(W)"
            )
        return self._matrix

    def _exact(self, elements: Any) -> tuple[Any, ...]:
        """Return elements of the field as sympy numbers."""
        return tuple(self._field.to_sympy(element) for element in elements)

    @cached_property
    def _norms_squared(self) -> list[Any]:
        """The diagonal of M."""
        return _diagonal(self._gram)

    @cached_property
    def _gram_squared(self) -> list[Any]:
        """The diagonal of M^2."""
        zero = self._field.domain.zero
        return [sum((entry**2 for entry in row), zero) for row in self._gram.to_list()]

    @cached_property
    def _dimensionalities(self) -> list[Any]:
        """The D_i in the field."""
        return [
            norm**2 / square if norm else norm
            for norm, square in zip(self._norms_squared, self._gram_squared, strict=True)
        ]

    @cached_property
    def _echelon(self) -> tuple[DomainMatrix, tuple[int, ...]]:
        """The reduced row echelon form of W (or of M), and its pivots."""
        form, pivots = (self._gram if self._matrix is None else self._matrix).rref()
        return form, tuple(pivots)

    @cached_property
    def _factored_operator(self) -> tuple[DomainMatrix, DomainMatrix, DomainMatrix]:
        """L, A, R with L A^j R = M^{j+1}: A is the smaller of F and M."""
        if self._matrix is not None and self._matrix.shape[0] < self.features:
            transpose = self._matrix.transpose()
            return transpose, self._matrix * transpose, self._matrix
        identity = DomainMatrix.eye(self.features, self._field.domain).to_dense()
        return identity, self._gram, self._gram

    @cached_property
    def _characteristic(self) -> list[Any]:
        """The characteristic polynomial of F or M, highest power first."""
        return list(self._factored_operator[1].charpoly())

    @cached_property
    def _moments(self) -> list[list[Any]]:
        """w_i^T F^j w_i for j = 0, ..., d - 1, d the number of positive eigenvalues."""
        left, operator, right = self._factored_operator
        zero = self._field.domain.zero
        rows = left.to_list()
        moments: list[list[Any]] = [[] for _ in rows]
        for _ in range(len(self.spectrum)):
            columns = right.transpose().to_list()
            for of_feature, row, column in zip(moments, rows, columns, strict=True):
                of_feature.append(sum((a * b for a, b in zip(row, column, strict=True)), zero))
            right = operator * right
        return moments

    @cached_property
    def _measures(self) -> list[SpectralMeasure | None]:
        """The spectral measure of each feature, None for zero columns."""
        return [
            spectral_measure(i, moments, self.spectrum, self._field) if norm else None
            for i, (norm, moments) in enumerate(
                zip(self._norms_squared, self._moments, strict=True)
            )
        ]


def _diagonal(matrix: DomainMatrix) -> list[Any]:
    """Return the diagonal of a square matrix."""
    return [row[i] for i, row in enumerate(matrix.to_list())]
