"""The flows of W, of the Gram matrix, of the frame operator, and of D, from the gradient in M."""

from typing import Any

from sympy import ImmutableMatrix
from sympy.polys.matrices import DomainMatrix

from superposition_theory.errors import InputError
from superposition_theory.frames.algebraic import OrderedField
from superposition_theory.frames.matrices import read_matrix, to_immutable


def weight_flow(W: Any, G: Any) -> ImmutableMatrix:
    """Return W' = -2 W G, minus the gradient of a loss f(W^T W) with symmetric gradient G in M.

    Parameters
    ----------
    W : sympy Matrix, or list or tuple of rows, shape (m, n)
        Columns are features; entries int, Fraction, or real algebraic sympy numbers.
    G : the same, shape (n, n)
        Symmetric.

    Returns
    -------
    ImmutableMatrix, shape (m, n)

    Raises
    ------
    InputError
        For entries that are not of these kinds, other shapes, and a G that is not symmetric.

    References
    ----------
    Ivanov et al. 2026, gradient flow.

    Examples
    --------
    >>> weight_flow([[1, -1]], [[1, 2], [2, 0]])
    Matrix([[2, -4]])
    """
    weights, slopes, field = _weights_and_slopes(W, G)
    return to_immutable(-2 * weights * slopes, field)


def frame_flow(W: Any, G: Any) -> ImmutableMatrix:
    """Return F' = -4 W G W^T, the flow of the frame operator F = W W^T.

    Parameters
    ----------
    W, G
        As for `weight_flow`.

    Returns
    -------
    ImmutableMatrix, shape (m, m)

    Raises
    ------
    InputError
        As for `weight_flow`.

    Examples
    --------
    >>> frame_flow([[1, -1]], [[1, 2], [2, 0]])
    Matrix([[12]])
    """
    weights, slopes, field = _weights_and_slopes(W, G)
    return to_immutable(-4 * weights * slopes * weights.transpose(), field)


def gram_flow(M: Any, G: Any) -> ImmutableMatrix:
    """Return M' = -2 (G M + M G), the flow of the Gram matrix M = W^T W.

    Parameters
    ----------
    M, G : sympy Matrix, or list or tuple of rows, shape (n, n)
        Symmetric; entries int, Fraction, or real algebraic sympy numbers.

    Returns
    -------
    ImmutableMatrix, shape (n, n)

    Raises
    ------
    InputError
        For entries that are not of these kinds, other shapes, and matrices that are not symmetric.

    Examples
    --------
    >>> gram_flow([[1, -1], [-1, 1]], [[1, 2], [2, 0]])
    Matrix([
    [ 4, -6],
    [-6,  8]])
    """
    gram, slopes, field = read_pair(M, G)
    return to_immutable(-2 * (slopes * gram + gram * slopes), field)


def dimensionality_rates(M: Any, G: Any) -> tuple[Any, ...]:
    """Return the rates of D_i = M_ii^2 / (M^2)_ii along the Gram flow.

    D_i' = D_i (4 (M G M + M^2 G)_ii / (M^2)_ii - 8 (M G)_ii / M_ii); 0 for a zero feature, since D
    is of second order in time there.

    Parameters
    ----------
    M, G
        As for `gram_flow`; M positive semidefinite, which is not checked.

    Returns
    -------
    tuple of n sympy numbers

    Raises
    ------
    InputError
        As for `gram_flow`.

    Examples
    --------
    >>> dimensionality_rates([[1, 1], [1, 2]], [[1, 0], [0, 0]])
    (-1, 16/25)
    """
    gram, slopes, field = read_pair(M, G)
    square = gram * gram
    norms, energies = _diagonal(gram), _diagonal(square)
    once, between, twice = map(_diagonal, (gram * slopes, gram * slopes * gram, square * slopes))
    rates = [
        a**2 / b * (4 * (k + s) / b - 8 * c / a) if a else field.domain.zero
        for a, b, c, k, s in zip(norms, energies, once, between, twice, strict=True)
    ]
    return tuple(field.to_sympy(rate) for rate in rates)


def read_pair(M: Any, G: Any, *numbers: Any) -> tuple[DomainMatrix, DomainMatrix, OrderedField]:
    """Read two symmetric matrices into one field, which holds the further numbers too.

    Raises
    ------
    InputError
        As for `gram_flow`.

    Examples
    --------
    >>> M, G, field = read_pair([[1]], [[2]])
    >>> field.domain
    QQ
    """
    rows = [*_symmetric_rows(M, "M"), *_symmetric_rows(G, "G")]
    n = len(rows[0])
    if len(rows) != 2 * n:
        raise InputError(f"G has {len(rows) - n} rows; accepted: {n}, as M")
    padding = [[number, *[0] * (n - 1)] for number in numbers]
    both, field = read_matrix([*rows, *padding], "M and G")
    return both[:n, :], both[n : 2 * n, :], field


def _weights_and_slopes(W: Any, G: Any) -> tuple[DomainMatrix, DomainMatrix, OrderedField]:
    """Read W and a symmetric G into one field."""
    weights, field = read_matrix(W, "W")
    m, n = weights.shape
    rows = _symmetric_rows(G, "G")
    if len(rows) != n or not n:
        raise InputError(f"G has {len(rows)} rows and W {n} columns; accepted: as many, at least 1")
    above = to_immutable(weights, field).tolist()
    both, field = read_matrix([*above, *rows], "W and G")
    return both[:m, :], both[m:, :], field


def _symmetric_rows(matrix: Any, name: str) -> list[list[Any]]:
    """Return the rows of a checked symmetric matrix."""
    read, field = read_matrix(matrix, name)
    if read.shape[0] != read.shape[1] or not read.shape[0]:
        raise InputError(f"{name} has shape {read.shape}; accepted: square, not empty")
    if read != read.transpose():
        raise InputError(f"{name} is not symmetric; accepted: {name} = {name}^T")
    rows: list[list[Any]] = to_immutable(read, field).tolist()
    return rows


def _diagonal(matrix: DomainMatrix) -> list[Any]:
    """Return the diagonal."""
    return [row[i] for i, row in enumerate(matrix.to_list())]
