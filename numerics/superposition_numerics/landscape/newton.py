"""Second derivatives of the population loss, and Newton steps to polish stationary points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..matrices import FloatArray
from ..toy_model import Activity
from .descent import TOLERANCE
from .problem import Descent, Problem

_DIFFERENCE = 1e-5  # step of the differences of the gradient
_ASIDE, _DIFFERENCE_ASIDE = 1e-4, 1e-6  # a point so far off has the Hessian of one side
_ROUNDS = 12
_FLAT = 1e-7  # curvature, over the largest one, below which Newton leaves a direction alone
_NEWTON_STEPS = 6
_DAMPING = (1.0, 0.5, 0.25, 0.0625)
_FLOOR = 2e-16  # gradient over the silent loss below which rounding is all there is


def polish(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike | Activity,
    *,
    importances: npt.ArrayLike = 1.0,
    penalty: float = 0.0,
    tolerance: float = TOLERANCE,
) -> Descent:
    """Lower the gradient at near stationary points by damped Newton steps.

    The Hessian is a central difference of the gradient. A step is taken only where it lowers the
    gradient; directions without curvature (rotations, a feature without importance) are left
    alone. Where second derivatives jump at the point itself the convergence is linear.

    Parameters
    ----------
    W, biases, density, importances, penalty, tolerance
        As for `minimise`; only the flag `converged` depends on the tolerance.

    Returns
    -------
    Descent

    Raises
    ------
    InputError
        As for the loss.

    Examples
    --------
    >>> from superposition_numerics.landscape import minimise, polish
    >>> rough = minimise([[1.0, -0.9]], [0.1, 0.1], 0.3, tolerance=1e-6)
    >>> fine = polish(rough.W, rough.biases, 0.3)
    >>> bool(rough.gradient_norm < 1e-12), bool(fine.gradient_norm < 1e-14)
    (False, True)
    """
    problem = Problem(W, biases, density, importances, penalty)
    x = problem.start.copy()
    every = np.arange(len(x))
    loss, gradient = problem(x, every)
    active = every
    for _ in range(_NEWTON_STEPS):
        if not active.size:
            break
        step = _newton_steps(problem, x[active], gradient[active], active)
        improved = np.zeros(len(active), dtype=bool)
        for damping in _DAMPING:
            open_ = np.flatnonzero(~improved)
            rows = active[open_]
            trial = x[rows] - damping * step[open_]
            new_loss, new_gradient = problem(trial, rows)
            better = np.abs(new_gradient).max(axis=1) < np.abs(gradient[rows]).max(axis=1)
            taken = rows[better]
            x[taken], loss[taken], gradient[taken] = (
                trial[better],
                new_loss[better],
                new_gradient[better],
            )
            improved[open_[better]] = True
        active = active[improved & (np.abs(gradient[active]).max(axis=1) > _FLOOR)]
    return problem.result(x, loss, gradient, tolerance)


def hessians(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike | Activity,
    *,
    importances: npt.ArrayLike = 1.0,
    penalty: float = 0.0,
) -> FloatArray:
    """Return the Hessian over the silent loss, in (W row by row, b), by central differences.

    Parameters
    ----------
    W, biases, density, importances, penalty
        As for `minimise`.

    Returns
    -------
    ndarray, shape (..., m n + n, m n + n)
        Good to about 1e-9 where the loss is smooth within 1e-5; else a mean of both sides.

    Raises
    ------
    InputError
        As for the loss.

    Examples
    --------
    >>> from superposition_numerics.landscape import hessians
    >>> bool(abs(hessians([[0.0]], [0.5], 1.0)[1, 1] - 2 / (1 / 3)) < 1e-8)
    True
    """
    problem = Problem(W, biases, density, importances, penalty)
    matrices = _hessians(problem, problem.start, np.arange(len(problem.start)))
    return matrices.reshape(*problem.shape, *matrices.shape[1:])


def lowest_curvature(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike | Activity,
    *,
    importances: npt.ArrayLike = 1.0,
    penalty: float = 0.0,
) -> tuple[float, FloatArray]:
    """Return the lowest second derivative at one stationary point, on one side, and where it is.

    At a dropped feature second derivatives jump: the loss may curve down for an overlap of one
    sign and up for the other, while the Hessian by central differences is positive. From the
    lowest eigenvector of that Hessian and its opposite, the direction is replaced by the lowest
    eigenvector of the Hessian a little to that side, as long as the curvature falls.

    Parameters
    ----------
    W, biases, density, importances, penalty
        As for `minimise`, for one instance.

    Returns
    -------
    curvature : float
        Over the largest eigenvalue of the Hessian; 0 to about 1e-9 along rotations.
    direction : ndarray, shape (m n + n,)
        The unit vector, pointing to that side, in (W row by row, b).

    Raises
    ------
    InputError
        As for the loss.

    Examples
    --------
    >>> from superposition_numerics.landscape import hessians, lowest_curvature
    >>> options = {"density": 0.6, "importances": [1.0, 0.7]}
    >>> curvature, direction = lowest_curvature([[1.0, 0.0]], [0.0, 0.3], **options)
    >>> curvature < 0, bool(direction[1] < 0), "the overlap that helps is negative"
    (True, True, 'the overlap that helps is negative')
    """
    problem = Problem(W, biases, density, importances, penalty)
    x, pair = problem.start, np.zeros(2, dtype=np.intp)
    values, vectors = np.linalg.eigh(_hessians(problem, x, pair[:1])[0])
    scale = float(np.abs(values).max()) or 1.0  # 0 where no unit is ever on
    directions = np.stack((vectors[:, 0], -vectors[:, 0]))
    best, best_direction = np.inf, directions[0]
    for _ in range(_ROUNDS):
        curvatures = _one_sided(problem, x, directions)
        lowest = int(np.argmin(curvatures))
        if curvatures[lowest] > best - _FLAT * scale:
            break
        best, best_direction = float(curvatures[lowest]), directions[lowest]
        aside = x + _ASIDE * directions
        vectors = np.linalg.eigh(_hessians(problem, aside, pair, _DIFFERENCE_ASIDE))[1][..., 0]
        directions = vectors * np.copysign(1.0, (vectors * directions).sum(axis=1))[:, None]
    return best / scale, best_direction


def _one_sided(problem: Problem, x: FloatArray, directions: FloatArray) -> FloatArray:
    """Return the second derivatives at x in the sense of unit vectors."""
    points = x + _ASIDE * np.array([0.0, 1.0, 2.0])[:, None, None] * directions
    rows = np.zeros(3 * len(directions), dtype=np.intp)
    gradient = problem(points.reshape(-1, x.shape[1]), rows)[1].reshape(points.shape)
    slopes = np.einsum("skd,kd->sk", gradient, directions)
    return np.asarray((4 * slopes[1] - slopes[2] - 3 * slopes[0]) / (2 * _ASIDE))


def _hessians(
    problem: Problem, x: FloatArray, rows: npt.NDArray[np.intp], step: float = _DIFFERENCE
) -> FloatArray:
    """Return the Hessians by differences of the gradient."""
    count, size = x.shape
    shifts = step * np.concatenate((np.eye(size), -np.eye(size)))
    points = (x[:, None, :] + shifts).reshape(-1, size)
    gradient = problem(points, np.repeat(rows, 2 * size))[1].reshape(count, 2 * size, size)
    matrices = (gradient[:, :size] - gradient[:, size:]) / (2 * step)
    return np.asarray(0.5 * (matrices + np.swapaxes(matrices, 1, 2)))


def _newton_steps(
    problem: Problem, x: FloatArray, gradient: FloatArray, rows: npt.NDArray[np.intp]
) -> FloatArray:
    """Return the Newton steps in the directions with curvature."""
    values, vectors = np.linalg.eigh(_hessians(problem, x, rows))
    curved = np.abs(values) > _FLAT * np.abs(values).max(axis=1, keepdims=True)
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=curved)
    parts = inverse * np.einsum("bji,bj->bi", vectors, gradient)
    return np.asarray(np.einsum("bij,bj->bi", vectors, parts))
