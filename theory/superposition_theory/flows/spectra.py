"""How the eigenvalues and the projectors of M move along the Gram flow, exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import ImmutableMatrix
from sympy.polys.matrices import DomainMatrix

from superposition_theory.errors import InputError
from superposition_theory.frames import Frame
from superposition_theory.frames.algebraic import OrderedField
from superposition_theory.frames.matrices import to_immutable

from .matrices import read_pair


@dataclass(frozen=True)
class EigenvalueRate:
    """A positive eigenvalue of M and how it moves.

    Parameters
    ----------
    value : sympy number
    multiplicity : int
    rate : sympy number
        Of the mean of the eigenvalues that are equal to `value` here: -4 value tr(P G) / d.
    splits : bool
        Whether they part at first order: P G P is not a multiple of P. Their rates are then the
        eigenvalues of -4 value P G P on the eigenspace, and `rate` is their mean.

    Examples
    --------
    >>> EigenvalueRate(1, 1, 0, False).splits
    False
    """

    value: Any
    multiplicity: int
    rate: Any
    splits: bool


def eigenvalue_rates(M: Any, G: Any) -> tuple[EigenvalueRate, ...]:
    """Return how the positive eigenvalues of M move under M' = -2 (G M + M G).

    Parameters
    ----------
    M : sympy Matrix, or list or tuple of rows, shape (n, n)
        Symmetric and positive semidefinite; entries int, Fraction, or real algebraic sympy numbers.
    G : the same
        Symmetric.

    Returns
    -------
    tuple of EigenvalueRate
        Increasing; an eigenvalue 0 stays 0.

    Raises
    ------
    InputError
        For entries that are not of these kinds, other shapes, matrices that are not symmetric, and
        an M that is not positive semidefinite.

    References
    ----------
    Ivanov et al. 2026, eigenvalue flow; Kato 1966, "Perturbation Theory for Linear Operators".

    Examples
    --------
    >>> eigenvalue_rates([[1, -1], [-1, 1]], [[1, 2], [2, 0]])
    (EigenvalueRate(value=2, multiplicity=1, rate=12, splits=False),)
    >>> eigenvalue_rates([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    (EigenvalueRate(value=1, multiplicity=2, rate=0, splits=True),)
    """
    return tuple(space.moved() for space in _eigenspaces(M, G))


def projector_rates(M: Any, G: Any) -> tuple[ImmutableMatrix, ...]:
    """Return P_k' for the projectors on the eigenspaces of the positive eigenvalues of M.

    P_k' = -2 sum_{l != k} (lambda_k + lambda_l) / (lambda_k - lambda_l) (P_k G P_l + P_l G P_k),
    over all other eigenspaces, the kernel included.

    Parameters
    ----------
    M, G
        As for `eigenvalue_rates`.

    Returns
    -------
    tuple of ImmutableMatrix, shape (n, n)
        In the order of `eigenvalue_rates`.

    Raises
    ------
    InputError
        As for `eigenvalue_rates`, and where an eigenspace splits: only the projector on all of it
        goes on as a smooth function, and that is not the projector on an eigenspace.

    References
    ----------
    Ivanov et al. 2026, projector flow.

    Examples
    --------
    >>> projector_rates([[1, 0], [0, 3]], [[0, 1], [1, 0]])[0]
    Matrix([
    [0, 4],
    [4, 0]])
    """
    return tuple(space.turned() for space in _eigenspaces(M, G))


@dataclass(frozen=True)
class _Eigenspace:
    """An eigenspace of M with its matrices over a field that holds the eigenvalue."""

    value: Any
    multiplicity: int
    eigenvalue: Any  # in the field
    gram: DomainMatrix
    slopes: DomainMatrix
    field: OrderedField

    @property
    def projector(self) -> DomainMatrix:
        """P, from a basis of the kernel of M - lambda."""
        basis = (self.gram - self._scalar(self.eigenvalue)).nullspace()
        return basis.transpose() * (basis * basis.transpose()).inv() * basis

    def moved(self) -> EigenvalueRate:
        """Return how the eigenvalue moves."""
        P = self.projector
        inside = P * self.slopes * P
        mean = sum((row[i] for i, row in enumerate(inside.to_list())), self.field.domain.zero)
        mean /= self.field.domain.convert(self.multiplicity)
        return EigenvalueRate(
            self.value,
            self.multiplicity,
            self.field.to_sympy(-4 * self.eigenvalue * mean),
            inside != self._scalar(mean) * P,
        )

    def turned(self) -> ImmutableMatrix:
        """Return P M' S + S M' P with the reduced resolvent S."""
        if self.moved().splits:
            raise InputError(
                f"M has the eigenvalue {self.value} of multiplicity {self.multiplicity}, which "
                "splits under G; accepted: eigenspaces on which P G P is a multiple of P"
            )
        P = self.projector
        S = (self._scalar(self.eigenvalue) - self.gram + P).inv() - P
        flow = -2 * (self.slopes * self.gram + self.gram * self.slopes)
        half = P * flow * S
        return to_immutable(half + half.transpose(), self.field)

    def _scalar(self, number: Any) -> DomainMatrix:
        """Return a number times the identity."""
        n = self.gram.shape[0]
        return DomainMatrix.diag([number] * n, self.field.domain, (n, n)).to_dense()


def _eigenspaces(M: Any, G: Any) -> Iterator[_Eigenspace]:
    """Yield the eigenspaces of the positive eigenvalues of M."""
    read_pair(M, G)
    for eigenvalue in Frame.from_gram(M).spectrum:
        gram, slopes, field = read_pair(M, G, eigenvalue.value)
        element = field.domain.from_sympy(eigenvalue.value)
        yield _Eigenspace(eigenvalue.value, eigenvalue.multiplicity, element, gram, slopes, field)
