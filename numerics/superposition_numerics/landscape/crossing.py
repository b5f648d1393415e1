"""Where two branches have the same loss: a transition of first or of second order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from superposition_theory import InputError

from ..decisions import Decision
from ..matrices import FloatArray
from ..toy_model.arguments import check_type, numbers
from .branches import Branch, separation

_LOSS_ERROR = 4e-15  # of a loss, over the silent loss
_MERGED = 1e-2  # separation at a root, over that at the ends, below which the branches merge there
_SAME_SLOPE = 1e-6  # relative difference of slopes up to which a transition is of second order
_SHRINK = 0.75  # of the separation, from one point to the next
_POINTS = 14
_SETTLED = 6  # order of extrapolation from which twice the spread of all estimates is the error


@dataclass(frozen=True)
class Crossing:
    """A transition between two branches.

    Attributes
    ----------
    value, error : float
        Of the parameter, and an estimate of its error.
    losses, slopes : tuple of two floats
        L and dL/dparameter of the two branches there; for merging branches the first is
        extrapolated.
    second_order : Decision
        Whether the two slopes agree.
    separation : float
        Of the Gram matrices and biases: 0 where the branches merge.

    Examples
    --------
    >>> from superposition_numerics.decisions import Decision
    >>> from superposition_numerics.landscape import Crossing
    >>> same = Decision.at_most(0.02, 1e-8, "difference of the slopes")
    >>> Crossing(0.2, 1e-14, (0.1, 0.1), (0.3, 0.32), same, 0.5).order
    'first'
    """

    value: float
    error: float
    losses: tuple[float, float]
    slopes: tuple[float, float]
    second_order: Decision
    separation: float

    @property
    def order(self) -> str:
        """The order in a word."""
        return "second" if self.second_order.value else "first"


def crossing(first: Branch, second: Branch, bracket: tuple[float, float]) -> Crossing:
    """Return the value of the parameter where two branches have the same loss.

    Where the losses cross, the root is found by bracketing. Where the branches merge, their
    separation q goes to 0 and the parameter is a smooth function of q: it is computed at points of
    decreasing q and extrapolated to q = 0.

    Parameters
    ----------
    first, second : Branch
        In the same parameter. If they merge, the first is the one that ends in the second.
    bracket : tuple of two floats
        Values on both sides of the transition.

    Returns
    -------
    Crossing

    Raises
    ------
    InputError
        Branches in different parameters, or a bracket that is not two numbers, or without a
        transition.

    Examples
    --------
    >>> from superposition_numerics.landscape import Parameter, Setting, crossing, follow
    >>> setting, importance = Setting(2, 1, 0.1, (1, 0.05)), Parameter("importance")
    >>> pair = follow(setting, importance, [[1, -1]], [0, 0], 0.06)
    >>> drop = follow(setting, importance, [[1, 0]], [0, 0.05], 0.06)
    >>> found = crossing(pair, drop, (0.04, 0.06))
    >>> round(found.value, 10), found.order
    (0.0487218979, 'first')
    """
    check_type("first", first, Branch)
    check_type("second", second, Branch)
    given = numbers("bracket", bracket)
    if given.shape != (2,):
        raise InputError(f"bracket is {bracket!r}; accepted: two numbers")
    if first.parameter != second.parameter:
        raise InputError(
            f"second is a branch in {second.parameter}; accepted: in {first.parameter}, as the "
            "first"
        )
    low, high = given.tolist()
    for branch in (first, second):
        low, high = branch.reach(low), branch.reach(high)
    bracket = low, high
    ends = [(first.at(value), second.at(value)) for value in bracket]
    apart = [separation(*pair) for pair in ends]
    steepest = max(abs(point.slope) for pair in ends for point in pair)
    if (ends[0][0].loss - ends[0][1].loss) * (ends[1][0].loss - ends[1][1].loss) < 0:
        root = brentq(
            lambda value: first.at(value).loss - second.at(value).loss, *bracket, xtol=1e-15
        )
        a, b = first.at(root), second.at(root)
        if separation(a, b) > _MERGED * max(apart):
            scale = first.setting.vary(first.parameter, root).silent_loss
            error = _LOSS_ERROR * scale / abs(a.slope - b.slope) + 4e-16 * abs(root)
            return _crossing(
                root, error, (a.loss, b.loss), (a.slope, b.slope), separation(a, b), steepest
            )
    far_first = bracket if apart[0] >= apart[1] else bracket[::-1]
    return _merger(first, second, far_first, steepest)


def _merger(first: Branch, second: Branch, ends: tuple[float, float], steepest: float) -> Crossing:
    """Extrapolate to where the separation vanishes, from the first of the ends on."""
    value, stop = ends
    rows: list[tuple[float, float, float, float]] = []  # separation; value, loss, slope of first
    while len(rows) < _POINTS and min(ends) <= value <= max(ends):
        a = first.at(value)
        apart = separation(a, second.at(value))
        if rows and not 0 < apart < rows[-1][0]:
            break
        rows.append((apart, value, a.loss, a.slope))
        recent = np.array(rows[-4:])
        if len(rows) == 1:
            value += 0.05 * (stop - value)
        else:
            value = _extrapolated(recent[:, 0], recent[:, 1], _SHRINK * apart)[-1]
    table = np.array(rows)
    values, losses, slopes = (_extrapolated(table[:, 0], table[:, k], 0.0) for k in (1, 2, 3))
    # From some order on the estimates drift, as rounding of the closest points is amplified.
    settled = values[min(_SETTLED, len(values) - 1) :]
    best = len(values) - len(settled) + len(settled) // 2
    # Without the closest point the rounding is another one.
    again = _extrapolated(table[:-1, 0], table[:-1, 1], 0.0)[_SETTLED:] if len(settled) > 1 else []
    if len(values) == 1 or not min(ends) <= values[best] <= max(ends):
        raise InputError(
            f"bracket is {ends}, as far as both branches reach; accepted: values between which "
            "the losses cross or the branches merge"
        )
    end = second.at(values[best])
    return _crossing(
        values[best],
        2 * (np.ptp([*settled, *again]) if len(settled) > 1 else abs(values[-1] - values[-2])),
        (losses[best], end.loss),
        (slopes[best], end.slope),
        0.0,
        steepest,
    )


def _extrapolated(x: FloatArray, y: FloatArray, at: float) -> list[float]:
    """Return the values at a point of the polynomials through the last 1, 2, 3, ... points."""
    column = np.array(y, dtype=np.float64)
    estimates = [float(column[-1])]
    for k in range(1, len(x)):
        column = ((at - x[:-k]) * column[1:] - (at - x[k:]) * column[:-1]) / (x[k:] - x[:-k])
        estimates.append(float(column[-1]))
    return estimates


def _crossing(
    value: float,
    error: float,
    losses: tuple[float, float],
    slopes: tuple[float, float],
    apart: float,
    steepest: float,
) -> Crossing:
    """Put together a crossing, with the decision about its order.

    Slopes are compared on the scale of the steepest one at the ends of the bracket: at a merger
    both may vanish, as in the penalty of a feature that is dropped.
    """
    gap = float(abs(slopes[0] - slopes[1]))
    decision = Decision.at_most(gap, _SAME_SLOPE * float(steepest), "difference of the slopes")
    return Crossing(
        float(value),
        float(error),
        (float(losses[0]), float(losses[1])),
        (float(slopes[0]), float(slopes[1])),
        decision,
        apart,
    )
