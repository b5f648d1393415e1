"""Energy levels along a run: where fractional dimensionalities stay, and when they jump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import number, numbers
from .traces import SpectralTrace

# An absent feature, and one of a pentagon, digon, triangle, tetrahedron, and one by itself.
LEVELS = (0.0, 2 / 5, 1 / 2, 2 / 3, 3 / 4, 1.0)
_HOLD = 1.5  # times the tolerance: a feature at a level leaves it beyond
_APART = 2.5  # times the tolerance, so that no value is both held by a level and taken by another


@dataclass(frozen=True)
class LevelJump:
    """A fractional dimensionality that went from one level to another.

    Attributes
    ----------
    instance, feature : int
        From 0.
    before : int
        The step of the last record at the old level.
    after : int
        The step of the first record at the new one.
    origin, target : float
        The levels.

    Examples
    --------
    >>> from superposition_numerics.training.jumps import LevelJump
    >>> LevelJump(0, 3, 9000, 9600, 1.0, 0.5).to_dict()["after"]
    9600
    """

    instance: int
    feature: int
    before: int
    after: int
    origin: float
    target: float

    def to_dict(self) -> dict[str, Any]:
        """Return the jump as JSON data."""
        return asdict(self)


def level_jumps(
    trace: SpectralTrace,
    *,
    levels: Sequence[float] = LEVELS,
    tolerance: float = 0.03,
    plateau: float = 0.05,
    duration: float = 0.1,
) -> tuple[LevelJump, ...]:
    """Find and date the jumps of D_i(t) between levels.

    A feature comes to a level when D_i is within the tolerance of it, and stays until it is
    beyond 1.5 tolerances or within the tolerance of another level. Such a stay is a plateau if it
    is long enough and level: the means of D_i over its two halves differ by at most half the
    tolerance, which a drift through a level does not satisfy. A jump is what lies between two
    successive plateaus of different levels, if it is short enough.

    Parameters
    ----------
    trace : SpectralTrace
        An instance that ended early keeps its last values, as if it stayed there.
    levels : sequence of float
        In [0, 1], at least 2.5 tolerances apart.
    tolerance : float
        Positive. For 3/8 beside 2/5 take 0.01.
    plateau : float
        The least length of a plateau, as a fraction of the run.
    duration : float
        The greatest length of a jump, as a fraction of the run.

    Returns
    -------
    tuple of LevelJump
        By instance, feature and step.

    Raises
    ------
    InputError
        Levels that are outside [0, 1] or too close, numbers that are not positive.

    References
    ----------
    Elhage et al. 2022, "Toy Models of Superposition", on learning dynamics: discrete energy level
    jumps.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import numpy as np
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> from superposition_numerics.training import spectral_trace
    >>> from superposition_numerics.training.jumps import level_jumps
    >>> run = train(Plan(Problem(Model("relu", 1, 1)), Samples(8), steps=100, records=100))
    >>> steps = run.steps[:, None, None]
    >>> trace = replace(spectral_trace(run), dimensionality=np.where(steps < 60, 1.0, 0.5))
    >>> [(jump.before, jump.after, jump.origin, jump.target) for jump in level_jumps(trace)]
    [(59, 60, 1.0, 0.5)]
    """
    for name, value in (("tolerance", tolerance), ("plateau", plateau), ("duration", duration)):
        if number(name, value) <= 0:
            raise InputError(f"{name} is {value!r}; accepted: a positive number")
    heights = np.sort(numbers("levels", levels).ravel())
    if not heights.size or heights[0] < 0 or heights[-1] > 1:
        raise InputError(f"levels is {levels!r}; accepted: numbers in [0, 1], at least one")
    if (np.diff(heights) < _APART * tolerance).any():
        raise InputError(
            f"levels is {levels!r}; accepted: levels at least {_APART} tolerances "
            f"({_APART * tolerance:.3g}) apart"
        )
    steps, values = trace.steps, trace.dimensionality
    at = _levels_of(values, heights, tolerance)
    run = int(steps[-1] - steps[0])
    jumps = []
    for k, i in np.argwhere(at.max(axis=0) != at.min(axis=0)):
        stays = [
            stay
            for stay in _stays(at[:, k, i])
            if steps[stay.stop - 1] - steps[stay.start] >= plateau * run
            and _drift(values[stay, k, i]) <= tolerance / 2
        ]
        for old, new in pairwise(stays):
            before, after = int(steps[old.stop - 1]), int(steps[new.start])
            origin, target = (int(at[stay.start, k, i]) for stay in (old, new))
            if origin != target and after - before <= duration * run:
                ends = (float(heights[origin]), float(heights[target]))
                jumps.append(LevelJump(int(k), int(i), before, after, *ends))
    return tuple(jumps)


def _levels_of(values: FloatArray, heights: FloatArray, tolerance: float) -> npt.NDArray[np.int64]:
    """Return the number of the level that each value is at, -1 for none; time is axis 0."""
    distance = abs(values[..., None] - heights)
    nearest = distance.argmin(axis=-1)
    close = distance.min(axis=-1) <= tolerance
    at = np.where(close, nearest, -1)
    for record in range(1, len(at)):
        held = at[record - 1]
        off = np.take_along_axis(distance[record], np.maximum(held, 0)[..., None], axis=-1)[..., 0]
        stays = ~close[record] & (held >= 0) & (off <= _HOLD * tolerance)
        at[record] = np.where(stays, held, at[record])
    return at


def _stays(at: npt.NDArray[np.int64]) -> list[slice]:
    """Return the stretches of records at one level."""
    cuts = [0, *(np.flatnonzero(np.diff(at)) + 1).tolist(), len(at)]
    return [slice(first, last) for first, last in pairwise(cuts) if at[first] >= 0]


def _drift(values: FloatArray) -> float:
    """Return by how much the means of the two halves differ."""
    half = len(values) // 2
    return abs(float(values[:half].mean() - values[-half:].mean())) if half else 0.0
