"""Descent of a whole batch of models to stationary points of the population loss, by BFGS."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..line_searches import LineSearches, Rows
from ..matrices import FloatArray
from ..toy_model import Activity
from .problem import Descent, Problem

TOLERANCE = 1e-11


def minimise(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike | Activity,
    *,
    importances: npt.ArrayLike = 1.0,
    penalty: float = 0.0,
    tolerance: float = TOLERANCE,
    most_evaluations: int = 1000,
) -> Descent:
    """Descend from every instance of a batch to a stationary point, by BFGS.

    Parameters
    ----------
    W : array_like, shape (..., m, n)
        Starts; columns are features.
    biases : array_like, shape (..., n)
    density : array_like broadcastable to (..., n), or Activity
    importances : array_like, broadcastable to (..., n)
    penalty : float
        As for `superposition_numerics.toy_model.loss_and_gradient`.
    tolerance : float
        An instance is done when no entry of its gradient exceeds this times the silent loss
        sum_i I_i p_i / 3.
    most_evaluations : int
        Of the loss, for each instance; the instances that need more end as not converged.

    Returns
    -------
    Descent

    Raises
    ------
    InputError
        As for the loss; a tolerance that is not positive; less than one evaluation.

    Examples
    --------
    >>> from superposition_numerics.landscape import minimise
    >>> end = minimise([[0.9, 0.1]], [0.1, 0.1], 0.1, importances=[1, 0.01])
    >>> bool(abs(end.W - [[1.0, 0.0]]).max() < 1e-9), end.biases.round(9)[1].item()
    (True, 0.05)
    """
    if not tolerance > 0:
        raise InputError(f"tolerance is {tolerance!r}; accepted: a positive number")
    if most_evaluations < 1:
        raise InputError(f"most_evaluations is {most_evaluations!r}; accepted: at least 1")
    problem = Problem(W, biases, density, importances, penalty)
    final_x = problem.start.copy()
    final_loss, final_gradient = np.zeros(len(final_x)), np.zeros_like(final_x)
    search = _Bfgs(final_x.copy(), *problem(final_x, np.arange(len(final_x))))
    search.aim(search.rows)
    for evaluation in range(most_evaluations):
        done = (np.abs(search.gradient).max(axis=1, initial=0.0) <= tolerance) | search.stuck
        if evaluation == most_evaluations - 1:
            done[:] = True
        rows = search.rows[done]
        final_x[rows] = search.x[done]
        final_loss[rows], final_gradient[rows] = search.loss[done], search.gradient[done]
        search.keep(~done)
        if not search.rows.size:
            break
        trial = search.trial()
        search.step(trial, *problem(trial, search.rows))
    return problem.result(final_x, final_loss, final_gradient, tolerance)


class _Bfgs(LineSearches):
    """Directions by dense approximations of the inverse Hessians."""

    def __init__(self, x: FloatArray, loss: FloatArray, gradient: FloatArray) -> None:
        super().__init__(x, loss, gradient)
        count, size = x.shape
        self.inverse = np.broadcast_to(np.eye(size), (count, size, size)).copy()

    def direction_at(self, which: Rows) -> FloatArray:
        return np.asarray(-np.einsum("bij,bj->bi", self.inverse[which], self.gradient[which]))

    def forget(self, which: Rows) -> None:
        self.inverse[which] = np.eye(self.x.shape[1])

    def learn(self, which: Rows, moved: FloatArray, change: FloatArray) -> None:
        along = (moved * change).sum(axis=1)
        first = self.fresh[which]
        scale = along[first] / (change[first] ** 2).sum(axis=1)
        self.inverse[which[first]] *= scale[:, None, None]
        along = along[:, None, None]
        inverse = self.inverse[which]
        image = np.einsum("bij,bj->bi", inverse, change)
        inner = (change * image).sum(axis=1)[:, None, None]
        mixed = moved[:, :, None] * image[:, None, :]
        self.inverse[which] = (
            inverse
            + (1 + inner / along) / along * moved[:, :, None] * moved[:, None, :]
            - (mixed + np.swapaxes(mixed, 1, 2)) / along
        )
