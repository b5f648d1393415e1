"""A stationary point followed in one parameter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import check_type, integer, number
from .descent import minimise
from .newton import lowest_curvature, polish
from .setting import Parameter, Setting

_JUMP = 0.05  # largest change of Gram entries or biases from the prediction
_CLOSEST = 1e-7  # of the span of a step: shorter steps mean that the branch has ended
_SADDLE = 1e-7  # a curvature below minus this shows a saddle


@dataclass(frozen=True)
class BranchPoint:
    """A stationary point on a branch.

    Attributes
    ----------
    value : float
        Of the parameter.
    W, biases : ndarray, shapes (m, n) and (n,)
    loss, slope : float
        L, and dL/dparameter along the branch, by the envelope theorem.
    gradient_norm : float
        Largest entry of the gradient over the silent loss.
    curvature : float
        As `lowest_curvature` gives it: 0 to within 1e-7 or positive at a minimum.

    Examples
    --------
    >>> from superposition_numerics.landscape import Parameter, Setting, follow
    >>> point = follow(Setting(2, 1, 0.1), Parameter("density"), [[1, -1]], [0, 0], 0.2).start
    >>> point.value, point.is_minimum
    (0.1, True)
    """

    value: float
    W: FloatArray
    biases: FloatArray
    loss: float
    slope: float
    gradient_norm: float
    curvature: float

    @property
    def is_minimum(self) -> bool:
        """Whether no direction has negative curvature."""
        return self.curvature >= -_SADDLE


def separation(first: BranchPoint, second: BranchPoint) -> float:
    """Return the Euclidean distance of the Gram matrices and biases of two points.

    Examples
    --------
    >>> from superposition_numerics.landscape import Parameter, Setting, follow, separation
    >>> branch = follow(Setting(2, 1, 0.1), Parameter("density"), [[1, -1]], [0, 0], 0.2)
    >>> separation(branch.points[0], branch.points[0])
    0.0
    """
    grams = first.W.T @ first.W - second.W.T @ second.W
    return float(np.sqrt((grams**2).sum() + ((first.biases - second.biases) ** 2).sum()))


@dataclass(frozen=True)
class BranchEnd:
    """Where a branch was lost.

    Attributes
    ----------
    value : float
        Of the parameter, at the last good point.
    reason : str
        "ends" (no stationary point near, as at a fold) or "becomes a saddle".

    Examples
    --------
    >>> from superposition_numerics.landscape import BranchEnd
    >>> BranchEnd(0.7286, "becomes a saddle").reason
    'becomes a saddle'
    """

    value: float
    reason: str


@dataclass(frozen=True)
class Branch:
    """A local minimum followed in one parameter.

    Attributes
    ----------
    setting : Setting
    parameter : Parameter
    start : BranchPoint
        The stationary point at the setting itself, which may be a saddle.
    points : tuple of BranchPoint
        In the order in which they were found, all of them minima.
    lost : BranchEnd or None
        Where the branch stopped before the end that was asked for.

    Examples
    --------
    >>> from superposition_numerics.landscape import Parameter, Setting, follow
    >>> setting = Setting(2, 1, 0.6, (1, 0.5))
    >>> drop = follow(setting, Parameter("importance"), [[1, 0]], [0, 0.3], 1.0)
    >>> drop.lost.reason, round(drop.lost.value, 5), len(drop.points)
    ('becomes a saddle', 0.6654, 7)
    """

    setting: Setting
    parameter: Parameter
    start: BranchPoint
    points: tuple[BranchPoint, ...]
    lost: BranchEnd | None
    _tracker: _Tracker = field(repr=False, compare=False)

    def reach(self, value: float) -> float:
        """Return the value itself if the branch reaches it, else where it ends on the way."""
        return self._tracker.solve(number("value", value))[1]

    def at(self, value: float) -> BranchPoint:
        """Return the point at any value, followed on from the nearest one known, minimum or not.

        Parameters
        ----------
        value : float

        Returns
        -------
        BranchPoint

        Raises
        ------
        InputError
            If the branch ends before.

        Examples
        --------
        >>> from superposition_numerics.landscape import Parameter, Setting, follow, minimise
        >>> pair = follow(Setting(2, 1, 0.1), Parameter("density"), [[1, -1]], [0, 0], 0.2)
        >>> bool(abs(pair.at(0.15).loss - minimise([[1, -1]], [0, 0], 0.15).loss) < 1e-15)
        True
        """
        point, reached = self._tracker.solve(number("value", value))
        if point is None:
            raise InputError(
                f"value is {value!r}; accepted: a {self.parameter} that the branch reaches, which "
                f"ends at {reached!r}"
            )
        return point


def follow(
    setting: Setting,
    parameter: Parameter,
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    stop: float,
    *,
    steps: int = 20,
) -> Branch:
    """Follow a local minimum from its setting to another value of a parameter.

    Parameters
    ----------
    setting : Setting
        Where the branch starts.
    parameter : Parameter
    W, biases : array_like, shapes (m, n) and (n,)
        Near the minimum: the branch starts at the end of the descent from here.
    stop : float
        Last value.
    steps : int
        Number of points after the first, at equal distances; steps are halved where the
        solution bends.

    Returns
    -------
    Branch
        With `lost` set where it ends or becomes a saddle before `stop`: at the last value where
        a point was found, or where no curvature was below -1e-7 of the highest.

    Raises
    ------
    InputError
        Values outside the range of the parameter, or no step.

    Examples
    --------
    >>> from superposition_numerics.landscape import Parameter, Setting, follow
    >>> pair = follow(Setting(2, 1, 0.6), Parameter("density"), [[1, -1]], [0, 0], 0.8)
    >>> pair.lost.reason, round(pair.lost.value, 4)
    ('becomes a saddle', 0.713)
    """
    check_type("setting", setting, Setting)
    steps, stop = integer("steps", steps, least=1), number("stop", stop)
    setting.vary(parameter, stop)  # checks the value
    end = minimise(W, biases, setting.densities, **setting.options)
    first = setting.value(parameter)
    start = _point(setting, parameter, first, end.W, end.biases)
    tracker = _Tracker(setting, parameter, start)
    good: list[BranchPoint] = []
    lost = None
    for value in np.linspace(first, stop, steps + 1):
        point, reached = tracker.solve(float(value))
        if point is None:
            lost = BranchEnd(reached, "ends")
        elif not point.is_minimum:
            before = good[-1].value if good else first
            lost = BranchEnd(_last_minimum(tracker, before, point.value), "becomes a saddle")
        else:
            good.append(point)
            continue
        break
    return Branch(setting, parameter, start, tuple(good), lost, tracker)


def _last_minimum(tracker: _Tracker, good: float, bad: float) -> float:
    """Bisect for the value where a minimum becomes a saddle."""
    closest = _CLOSEST * abs(bad - good)
    while abs(bad - good) > closest:
        middle = 0.5 * (good + bad)
        point, _ = tracker.solve(middle)
        if point is not None and point.is_minimum:
            good = middle
        else:
            bad = middle
    return good


def _point(
    setting: Setting, parameter: Parameter, value: float, W: FloatArray, biases: FloatArray
) -> BranchPoint:
    """Return a branch point with what belongs to it."""
    here = setting.vary(parameter, value)
    fine = polish(W, biases, here.densities, **here.options)
    curvature, _ = lowest_curvature(fine.W, fine.biases, here.densities, **here.options)
    return BranchPoint(
        value,
        fine.W,
        fine.biases,
        float(fine.loss),
        here.loss_slope(parameter, fine.W, fine.biases),
        float(fine.gradient_norm),
        curvature,
    )


class _Tracker:
    """Points of one branch, by value, and how to find more."""

    def __init__(self, setting: Setting, parameter: Parameter, start: BranchPoint) -> None:
        self.setting = setting
        self.parameter = parameter
        self.known = {start.value: start}
        self.ends: set[tuple[float, bool]] = set()  # value, and whether no step leads up

    def solve(self, value: float) -> tuple[BranchPoint | None, float]:
        """Return the point at a value, or None, and the last value reached on the way."""
        reached = min(self.known, key=lambda known: abs(known - value))
        span = step = value - reached
        while reached != value:
            if (reached, step > 0) in self.ends:
                return None, reached
            target = value if abs(value - reached) <= abs(step) else reached + step
            point = self._try(target)
            if point is not None:
                self.known[target] = point
                reached, step = target, 2 * step
            else:
                step = 0.5 * (target - reached)
                if abs(step) < _CLOSEST * abs(span) or reached + step == reached:
                    self.ends.add((reached, step > 0))
        return self.known[value], value

    def _try(self, value: float) -> BranchPoint | None:
        """Predict and correct; None where the correction leaves the branch."""
        nearest = sorted(self.known, key=lambda known: abs(known - value))[:2]
        base = self.known[nearest[0]]
        W, biases = base.W, base.biases
        if len(nearest) == 2:
            other = self.known[nearest[1]]
            share = (value - base.value) / (base.value - other.value)
            if abs(share) <= 4:
                W = W + share * (W - other.W)
                biases = biases + share * (biases - other.biases)
        here = self.setting.vary(self.parameter, value)
        end = polish(W, biases, here.densities, **here.options)
        if not end.converged:
            end = minimise(end.W, end.biases, here.densities, **here.options)
        jump = float(np.abs(end.W.T @ end.W - W.T @ W).max())
        jump = max(jump, float(np.abs(end.biases - biases).max()))
        if jump > _JUMP or not end.converged:
            return None
        return _point(self.setting, self.parameter, value, end.W, end.biases)
