"""The flows of (W, b) and of (M, b), by an explicit Runge-Kutta method of order 8.

The rank of M is conserved by the Gram flow, but not stably: a rounding error in the kernel grows
like exp(-4 t g) where the loss falls in that direction. So the right side is evaluated at M cut to
its rank, which changes nothing at a matrix of this rank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import integer, number, numbers
from .losses import GramLoss, WeightLoss

Rate = Callable[[FloatArray], FloatArray]
_ZERO = 1e-10  # of the largest eigenvalue of M: below it one counts as 0


@dataclass(frozen=True)
class Flow:
    """A solution at some times.

    Attributes
    ----------
    times : ndarray, shape (T,)
    gram : ndarray, shape (T, n, n)
        M; of the flow of W, W^T W.
    biases : ndarray, shape (T, n)
    weights : ndarray, shape (T, m, n), or None
        W; None for the flow of M.
    evaluations : int
        Of the gradient.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import Flow
    >>> Flow(np.zeros(1), np.ones((1, 2, 2)), np.zeros((1, 2)), None, 0).gram.shape
    (1, 2, 2)
    """

    times: FloatArray
    gram: FloatArray
    biases: FloatArray
    weights: FloatArray | None
    evaluations: int


def weight_flow(
    loss: WeightLoss,
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    train_biases: bool = True,
    tolerance: float = 1e-11,
) -> Flow:
    """Integrate W' = -dL/dW, b' = -dL/db.

    Parameters
    ----------
    loss : callable
        (W, b) -> an object with ``weights`` = dL/dW and ``biases`` = dL/db, as
        `PopulationLoss.of_weights`.
    W : array_like, shape (m, n)
        At the first time; columns are features.
    biases : array_like, shape (n,)
    times : array_like, shape (T,)
        Increasing, from the start on.
    train_biases : bool
        False keeps b fixed.
    tolerance : float
        Of the local error, relative and absolute. Where second derivatives of the loss jump it is
        underestimated: give 1e-13 for 1e-8 over a whole training.

    Returns
    -------
    Flow

    Raises
    ------
    InputError
        Shapes that do not fit, times that do not increase, a tolerance that is not positive, a
        flow that the integrator cannot follow.

    Examples
    --------
    >>> from superposition_numerics.flows import PopulationLoss, weight_flow
    >>> loss = PopulationLoss(0.1)
    >>> flow = weight_flow(loss.of_weights, [[0.3, -0.2]], [0.0, 0.0], [0.0, 1.0, 10.0])
    >>> flow.weights.shape, bool(flow.gram[-1, 0, 1] < 0)
    ((3, 1, 2), True)
    """
    start, offsets = checked_start("W", W, biases)
    m, n = start.shape

    def rate(y: FloatArray) -> FloatArray:
        gradient = loss(y[: m * n].reshape(m, n), y[m * n :])
        return -_joined(gradient.weights, gradient.biases, train_biases)

    y, at, evaluations = solved(rate, _joined(start, offsets, True), times, tolerance)
    weights = y[:, : m * n].reshape(-1, m, n)
    return Flow(at, np.swapaxes(weights, 1, 2) @ weights, y[:, m * n :], weights, evaluations)


def gram_flow(
    loss: GramLoss,
    M: npt.ArrayLike,
    biases: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    rank: int,
    train_biases: bool = True,
    tolerance: float = 1e-11,
) -> Flow:
    """Integrate M' = -2 (G M + M G), b' = -dL/db.

    Parameters
    ----------
    loss : callable
        (M, b) -> `GramGradient`, as a `PopulationLoss`.
    M : array_like, shape (n, n)
        At the first time; symmetric, positive semidefinite.
    biases : array_like, shape (n,)
    times : array_like, shape (T,)
    rank : int
        Of M, which the flow conserves: eigenvalues above 1e-10 of the largest one.
    train_biases : bool
    tolerance : float

    Returns
    -------
    Flow

    Raises
    ------
    InputError
        As for `weight_flow`; an M that is not symmetric, has a negative eigenvalue or another rank;
        a rank outside 1, ..., n.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import PopulationLoss, gram_flow, weight_flow
    >>> loss, W, times = PopulationLoss(0.1), np.array([[0.3, -0.2]]), [0.0, 10.0]
    >>> by_gram = gram_flow(loss, W.T @ W, [0.0, 0.0], times, rank=1)
    >>> by_weights = weight_flow(loss.of_weights, W, [0.0, 0.0], times)
    >>> bool(abs(by_gram.gram - by_weights.gram).max() < 1e-10)
    True
    """
    start, offsets = checked_start("M", M, biases)
    n = len(start)
    if start.shape != (n, n) or not np.allclose(start, start.T, rtol=1e-12, atol=0):
        raise InputError(f"M has shape {start.shape} or is not symmetric; accepted: symmetric")
    rank = integer("rank", rank, least=1, most=n)
    values = np.linalg.eigvalsh(start)
    zero = _ZERO * np.abs(values).max()
    if values[0] < -zero or (values > zero).sum() != rank:
        raise InputError(
            f"M has the eigenvalues {values.tolist()}; accepted: {rank} positive ones, as rank, "
            "and 0"
        )

    def rate(y: FloatArray) -> FloatArray:
        gram = cut_to_rank(y[: n * n].reshape(n, n), rank)
        gradient = loss(gram, y[n * n :])
        product = gradient.gram @ gram
        return -_joined(2 * (product + product.T), gradient.biases, train_biases)

    y, at, evaluations = solved(rate, _joined(start, offsets, True), times, tolerance)
    return Flow(at, y[:, : n * n].reshape(-1, n, n), y[:, n * n :], None, evaluations)


def cut_to_rank(M: FloatArray, rank: int) -> FloatArray:
    """Return a symmetric matrix with its smallest eigenvalues set to 0.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows.integrate import cut_to_rank
    >>> cut_to_rank(np.diag([2.0, 1e-3]), 1).tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """
    values, vectors = np.linalg.eigh(M)
    kept = vectors[:, len(M) - rank :]
    return np.asarray((kept * values[len(M) - rank :]) @ kept.T)


def checked_start(
    name: str, matrix: npt.ArrayLike, biases: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return a matrix and the biases of its columns.

    Raises
    ------
    InputError
        An empty matrix, or another number of biases.

    Examples
    --------
    >>> from superposition_numerics.flows.integrate import checked_start
    >>> checked_start("W", [[1, 2]], [0, 0])[0].shape
    (1, 2)
    """
    start, offsets = numbers(name, matrix), numbers("biases", biases)
    if start.ndim != 2 or not start.size:
        raise InputError(f"{name} has shape {start.shape}; accepted: a matrix that is not empty")
    if offsets.shape != start.shape[1:]:
        raise InputError(f"biases has shape {offsets.shape}; accepted: {start.shape[1:]}")
    return start, offsets


def _joined(matrix: FloatArray, biases: FloatArray, with_biases: bool) -> FloatArray:
    """Return both in one row, the biases as 0 where they are not trained."""
    return np.concatenate((matrix.ravel(), biases if with_biases else np.zeros_like(biases)))


def solved(
    rate: Rate, start: FloatArray, times: npt.ArrayLike, tolerance: float
) -> tuple[FloatArray, FloatArray, int]:
    """Return the solution of y' = rate(y) at the times, the times, and the evaluations it took.

    Raises
    ------
    InputError
        Times that do not increase, a tolerance outside [1e-13, 1e-2], a solution that blows up.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows.integrate import solved
    >>> y, _, _ = solved(lambda y: -y, np.ones(1), [0.0, 1.0], 1e-12)
    >>> bool(abs(y[-1, 0] - np.exp(-1)) < 1e-11)
    True
    """
    from scipy.integrate import solve_ivp

    at = numbers("times", times)
    if at.ndim != 1 or len(at) < 2 or not (np.diff(at) > 0).all():
        raise InputError(f"times has shape {at.shape}; accepted: two or more increasing numbers")
    tolerance = number("tolerance", tolerance, least=1e-13, most=1e-2)
    solution = solve_ivp(
        lambda _, y: rate(y),
        (at[0], at[-1]),
        start,
        method="DOP853",
        t_eval=at,
        rtol=tolerance,
        atol=tolerance,
    )
    if not solution.success:
        raise InputError(f"loss cannot be followed to the last of times: {solution.message}")
    return solution.y.T, at, int(solution.nfev)
