"""Descents of a batch, each with a line search of its own.

Every instance has its own line search; one evaluation of the loss serves one trial step of each.
Losses of ReLU models are C^1 with second derivatives that jump, so the line search brackets by the
weak Wolfe conditions (Lewis and Overton 2013), which need no second derivative. Where differences
of losses drown in rounding, the slope conditions alone decide (Hager and Zhang 2005).

Losses are meant relative to that of a silent model, so that they and their gradients are of order
one. An instance's numbers do not depend on the others in the batch, to the last bit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from .matrices import FloatArray

Rows = npt.NDArray[np.intp]

_ARMIJO, _CURVATURE = 1e-4, 0.9
_LOSS_ROUNDING = 1e-14  # of the loss over the silent loss
_MOST_TRIALS = 40  # of one line search
_LONGEST_STEP = 0.5


class LineSearches(ABC):
    """The descents that are not done yet; every array has an instance in each row.

    A subclass says which way to go: it has `direction_at`, `learn` and `forget`.

    Attributes
    ----------
    rows : ndarray of int
        Which instance each row belongs to.
    x, gradient : ndarray, shape (rows, size)
        The points reached.
    loss : ndarray, shape (rows,)
    stuck : ndarray of bool, shape (rows,)
        No step along the negative gradient lowers the loss.
    """

    def __init__(self, x: FloatArray, loss: FloatArray, gradient: FloatArray) -> None:
        count = len(x)
        self.rows = np.arange(count)
        self.x, self.loss, self.gradient = x, loss, gradient
        self.fresh = np.ones(count, dtype=bool)  # nothing is known of the curvature
        self.stuck = np.zeros(count, dtype=bool)
        self.direction = np.zeros_like(x)
        self.slope, self.length = np.zeros(count), np.zeros(count)
        self.low, self.high = np.zeros(count), np.full(count, np.inf)
        self.trials = np.zeros(count, dtype=np.intp)

    @abstractmethod
    def direction_at(self, which: Rows) -> FloatArray:
        """Return where to go from the points of some rows."""

    @abstractmethod
    def learn(self, which: Rows, moved: FloatArray, change: FloatArray) -> None:
        """Learn of the curvature from a step and the change of the gradient along it."""

    @abstractmethod
    def forget(self, which: Rows) -> None:
        """Forget the curvature, so that the direction is that of the negative gradient."""

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Drop the other rows."""
        if kept.all():
            return
        for name, values in vars(self).items():
            if isinstance(values, np.ndarray):
                setattr(self, name, values[kept])

    def aim(self, which: Rows) -> None:
        """Start new line searches."""
        gradient = self.gradient[which]
        direction = self.direction_at(which)
        slope = (direction * gradient).sum(axis=1)
        bad = ~(slope < 0)
        direction[bad], slope[bad] = -gradient[bad], -(gradient[bad] ** 2).sum(axis=1)
        self._start_afresh(which[bad])
        self.direction[which], self.slope[which] = direction, slope
        norm = np.sqrt((direction**2).sum(axis=1))
        self.length[which] = np.minimum(1.0, _LONGEST_STEP / np.maximum(norm, 1e-300))
        self.low[which], self.high[which], self.trials[which] = 0.0, np.inf, 0

    def trial(self) -> FloatArray:
        """Return the points at which losses are wanted next."""
        return self.x + self.length[:, None] * self.direction

    def step(self, trial: FloatArray, loss: FloatArray, gradient: FloatArray) -> None:
        """Use the losses and gradients at the trial points."""
        slope = (gradient * self.direction).sum(axis=1)
        falls = loss <= self.loss + _ARMIJO * self.length * self.slope
        level = (loss <= self.loss + _LOSS_ROUNDING) & (slope <= (2 * _ARMIJO - 1) * self.slope)
        falls |= level
        good = falls & (slope >= _CURVATURE * self.slope)
        self._accept(np.flatnonzero(good), trial, loss, gradient)
        self._change_length(np.flatnonzero(~good), falls, slope)

    def _accept(
        self, which: Rows, trial: FloatArray, loss: FloatArray, gradient: FloatArray
    ) -> None:
        """Move."""
        moved = trial[which] - self.x[which]
        change = gradient[which] - self.gradient[which]
        self.x[which], self.loss[which] = trial[which], loss[which]
        self.gradient[which] = gradient[which]
        useful = (moved * change).sum(axis=1) > 1e-300
        self.learn(which[useful], moved[useful], change[useful])
        self.fresh[which[useful]] = False
        self.aim(which)

    def _change_length(self, which: Rows, falls: npt.NDArray[np.bool_], slope: FloatArray) -> None:
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
        self._start_afresh(again)
        self.aim(again)

    def _start_afresh(self, which: Rows) -> None:
        """Go on as if nothing were known of the curvature."""
        self.forget(which)
        self.fresh[which] = True
