"""Weights, biases and importances of a toy model, read into one field."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from sympy import ImmutableMatrix
from sympy.polys.matrices import DomainMatrix

from superposition_theory.errors import InputError
from superposition_theory.frames import Frame, OrderedField
from superposition_theory.frames.matrices import read_matrix, to_immutable

from .reading import extended, read_importances, read_numbers


@dataclass(frozen=True)
class Gradient:
    """The gradient of a loss.

    Parameters
    ----------
    weights : ImmutableMatrix, shape (m, n)
        dL/dW.
    biases : tuple of n sympy numbers
        dL/db.

    Examples
    --------
    >>> from superposition_theory.toy_model import ReluModel
    >>> ReluModel([[1]], [0]).gradient(1)
    Gradient(weights=Matrix([[0]]), biases=(0,))
    """

    weights: ImmutableMatrix
    biases: tuple[Any, ...]


class ToyModel:
    """A model of n features in m dimensions: weights W, biases b, importances I, all exact.

    The common part of `ReluModel` and `LinearModel`.

    Parameters
    ----------
    W : sympy Matrix, or list or tuple of rows, shape (m, n)
        m >= 1; columns are features. Entries are int, Fraction, or real algebraic sympy numbers.
    biases : list or tuple of n exact real numbers
    importances : list or tuple of n exact real numbers, >= 0, optional
        Ones by default.

    Raises
    ------
    InputError
        For entries that are not of these kinds, wrong lengths, and negative importances.

    Examples
    --------
    >>> model = ToyModel([[1, -1]], [0, 0])
    >>> model.features, model.dimensions, model.gram
    (2, 1, Matrix([
    [ 1, -1],
    [-1,  1]]))
    """

    def __init__(self, W: Any, biases: Any, importances: Any = None) -> None:
        matrix, field = read_matrix(W, "W")
        if not matrix.shape[0]:
            raise InputError("W has no rows; accepted are matrices with m >= 1 rows")
        self._read(matrix, field, biases, importances)
        self._weights: DomainMatrix | None = self._matrix
        self._gram: DomainMatrix = self._matrix.transpose() * self._matrix
        self._dimensions = int(matrix.shape[0])

    @classmethod
    def from_gram(cls, M: Any, biases: Any, importances: Any = None) -> Self:
        """Return a model that is known by its Gram matrix; its dimension is the rank of M.

        What needs a direction in W (`gradient`, `expansion`) is not available for it.

        Parameters
        ----------
        M : sympy Matrix, or list or tuple of rows, shape (n, n)
            Symmetric and positive semidefinite, entries as for W.
        biases, importances
            As for the class.

        Returns
        -------
        the class

        Raises
        ------
        InputError
            As for the class, and where M is not square, symmetric and positive semidefinite.

        Examples
        --------
        >>> ToyModel.from_gram([[1, -1], [-1, 1]], [0, 0]).dimensions
        1
        """
        frame = Frame.from_gram(M)
        model = cls.__new__(cls)
        model._read(*read_matrix(M, "M"), biases, importances)
        model._weights, model._gram = None, model._matrix
        model._dimensions = frame.dimensions
        return model

    def __repr__(self) -> str:
        kind = "Gram matrix" if self._weights is None else "W"
        return (
            f"<{type(self).__name__} by {kind}: {self.features} features in "
            f"{self.dimensions} dimensions>"
        )

    @property
    def features(self) -> int:
        """The number n of features."""
        return len(self._biases)

    @property
    def dimensions(self) -> int:
        """The number m of dimensions (the rank, if only the Gram matrix is known)."""
        return self._dimensions

    @cached_property
    def gram(self) -> ImmutableMatrix:
        """M = W^T W, shape (n, n)."""
        return to_immutable(self._gram, self._field)

    @cached_property
    def biases(self) -> tuple[Any, ...]:
        """The biases b."""
        return tuple(self._field.to_sympy(b) for b in self._biases)

    @cached_property
    def importances(self) -> tuple[Any, ...]:
        """The importances I."""
        return tuple(self._field.to_sympy(importance) for importance in self._importances)

    def _read(self, matrix: DomainMatrix, field: OrderedField, biases: Any, weights: Any) -> None:
        """Read biases and importances, and hold them and the matrix over one field."""
        n = matrix.shape[1]
        if not n:
            raise InputError("there are no features; accepted are matrices with n >= 1 columns")
        numbers = read_numbers(biases, "biases", n) + read_importances(weights, n)
        self._hold(*extended(field, _flat(matrix), numbers), matrix.shape)

    def _hold(
        self,
        field: OrderedField,
        entries: Sequence[Any],
        numbers: Sequence[Any],
        shape: tuple[int, int],
    ) -> None:
        """Hold the entries of the matrix, and the biases and importances after them."""
        self._field = field
        self._matrix = _matrix(entries, shape, field)
        self._biases, self._importances = list(numbers[: shape[1]]), list(numbers[shape[1] :])

    def _joined(self, numbers: Sequence[Any]) -> tuple[Self, list[Any]]:
        """Return this model over a field that holds more numbers, and them as its elements."""
        own = [*_flat(self._matrix), *self._biases, *self._importances]
        field, elements, found = extended(self._field, own, numbers)
        if field is self._field:
            return self, found
        shape, size = self._matrix.shape, len(own) - 2 * self.features
        model = type(self).__new__(type(self))
        model._hold(field, elements[:size], elements[size:], shape)
        known = self._weights is not None
        model._weights = model._matrix if known else None
        model._gram = model._matrix.transpose() * model._matrix if known else model._matrix
        model._dimensions = self._dimensions
        return model, found

    def _known_weights(self, name: str) -> DomainMatrix:
        """Return W, or raise InputError where it is not known."""
        if self._weights is None:
            raise InputError(
                f"{name} needs W, and this model is known by its Gram matrix only; accepted are "
                f"models built as {type(self).__name__}(W, biases)"
            )
        return self._weights

    def _gradient(self, by_gram: Sequence[Sequence[Any]], by_bias: Sequence[Any]) -> Gradient:
        """Return the gradient from G_ij = dL/dg_ij, where z_j = b_j + sum_i g_ij x_i, and dL/db."""
        weights = self._known_weights("gradient")
        slopes = DomainMatrix([list(row) for row in by_gram], self._gram.shape, self._field.domain)
        return Gradient(
            to_immutable(weights * (slopes + slopes.transpose()), self._field),
            tuple(self._field.to_sympy(slope) for slope in by_bias),
        )


def _flat(matrix: DomainMatrix) -> list[Any]:
    """Return the entries of a matrix, row by row."""
    return [entry for row in matrix.to_list() for entry in row]


def _matrix(entries: Sequence[Any], shape: tuple[int, int], field: OrderedField) -> DomainMatrix:
    """Return the matrix with these entries, row by row."""
    rows, width = shape
    grid = [list(entries[i * width : (i + 1) * width]) for i in range(rows)]
    return DomainMatrix(grid, shape, field.domain).to_dense()
