"""Descent of a whole batch of models to stationary points of the population loss, by BFGS.

Every instance has its own line search; one evaluation of the loss serves one trial step of each.
The loss is C^1 with second derivatives that jump, so the line search brackets by the weak Wolfe
conditions (Lewis and Overton 2013), which need no second derivative. Where differences of losses
drown in rounding, the slope conditions alone decide (Hager and Zhang 2005).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model import Activity
from .problem import Descent, Problem

TOLERANCE = 1e-11
_ARMIJO, _CURVATURE = 1e-4, 0.9
_LOSS_ROUNDING = 1e-14  # of the loss over the silent loss
_MOST_TRIALS = 40  # of one line search
_LONGEST_STEP = 0.5


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
    search = _LineSearches(problem, final_x.copy())
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
        search.step()
    return problem.result(final_x, final_loss, final_gradient, tolerance)


class _LineSearches:
    """The state of the descents that are not done yet."""

    def __init__(self, problem: Problem, x: FloatArray) -> None:
        count, size = x.shape
        self.problem = problem
        self.rows = np.arange(count)
        self.x = x
        self.loss, self.gradient = problem(x, self.rows)
        self.inverse = np.broadcast_to(np.eye(size), (count, size, size)).copy()
        self.fresh = np.ones(count, dtype=bool)  # the inverse Hessian holds no curvature yet
        self.stuck = np.zeros(count, dtype=bool)
        self.direction = np.zeros_like(x)
        self.slope, self.length = np.zeros(count), np.zeros(count)
        self.low, self.high = np.zeros(count), np.full(count, np.inf)
        self.trials = np.zeros(count, dtype=np.intp)
        self._aim(np.arange(count))

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Forget the other instances."""
        if kept.all():
            return
        for name, values in vars(self).items():
            if name != "problem":
                setattr(self, name, values[kept])

    def _aim(self, which: npt.NDArray[np.intp]) -> None:
        """Start new line searches."""
        gradient = self.gradient[which]
        direction = -np.einsum("bij,bj->bi", self.inverse[which], gradient)
        slope = (direction * gradient).sum(axis=1)
        bad = ~(slope < 0)
        direction[bad], slope[bad] = -gradient[bad], -(gradient[bad] ** 2).sum(axis=1)
        self.inverse[which[bad]] = np.eye(self.x.shape[1])
        self.fresh[which[bad]] = True
        self.direction[which], self.slope[which] = direction, slope
        norm = np.sqrt((direction**2).sum(axis=1))
        self.length[which] = np.minimum(1.0, _LONGEST_STEP / np.maximum(norm, 1e-300))
        self.low[which], self.high[which], self.trials[which] = 0.0, np.inf, 0

    def step(self) -> None:
        """Make one trial step in every instance."""
        trial = self.x + self.length[:, None] * self.direction
        loss, gradient = self.problem(trial, self.rows)
        slope = (gradient * self.direction).sum(axis=1)
        falls = loss <= self.loss + _ARMIJO * self.length * self.slope
        level = (loss <= self.loss + _LOSS_ROUNDING) & (slope <= (2 * _ARMIJO - 1) * self.slope)
        falls |= level
        good = falls & (slope >= _CURVATURE * self.slope)
        self._accept(np.flatnonzero(good), trial, loss, gradient)
        self._change_length(np.flatnonzero(~good), falls, slope)

    def _accept(
        self,
        which: npt.NDArray[np.intp],
        trial: FloatArray,
        loss: FloatArray,
        gradient: FloatArray,
    ) -> None:
        """Move, and update the inverse Hessians."""
        moved = trial[which] - self.x[which]
        change = gradient[which] - self.gradient[which]
        self.x[which], self.loss[which] = trial[which], loss[which]
        self.gradient[which] = gradient[which]
        along = (moved * change).sum(axis=1)
        size = (change**2).sum(axis=1)
        useful = along > 1e-300
        scaled = self.fresh[which] & useful
        self.inverse[which[scaled]] *= (along[scaled] / size[scaled])[:, None, None]
        updated = which[useful]
        self.fresh[updated] = False
        moved, change, along = moved[useful], change[useful], along[useful, None, None]
        inverse = self.inverse[updated]
        image = np.einsum("bij,bj->bi", inverse, change)
        inner = (change * image).sum(axis=1)[:, None, None]
        mixed = moved[:, :, None] * image[:, None, :]
        self.inverse[updated] = (
            inverse
            + (1 + inner / along) / along * moved[:, :, None] * moved[:, None, :]
            - (mixed + np.swapaxes(mixed, 1, 2)) / along
        )
        self._aim(which)

    def _change_length(
        self, which: npt.NDArray[np.intp], falls: npt.NDArray[np.bool_], slope: FloatArray
    ) -> None:
        """Shorten the steps that do not fall, lengthen those that still fall steeply."""
        length, start, end = self.length[which], self.slope[which], slope[which]
        short = falls[which]
        self.low[which[short]] = length[short]
        self.high[which[~short]] = length[~short]
        low, high = self.low[which], self.high[which]
        bracketed = np.isfinite(high)
        width = np.where(bracketed, high - low, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            secant = length * start / (start - end)
        inside = np.clip(secant, low + 0.1 * width, low + 0.9 * width)
        inside = np.where(end > 0, inside, low + 0.5 * width)
        self.length[which] = np.where(bracketed, inside, 2 * low)
        self.trials[which] += 1
        lost = which[self.trials[which] > _MOST_TRIALS]
        self.stuck[lost[self.fresh[lost]]] = True
        again = lost[~self.fresh[lost]]
        self.inverse[again] = np.eye(self.x.shape[1])
        self.fresh[again] = True
        self._aim(again)
