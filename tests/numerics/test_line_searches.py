"""Line searches of a batch by the weak Wolfe conditions."""

from __future__ import annotations

import numpy as np
import pytest
from superposition_numerics.line_searches import LineSearches, Rows
from superposition_numerics.matrices import FloatArray


class _Steepest(LineSearches):
    """Descent along the negative gradient, times a factor."""

    factor = 1.0

    def direction_at(self, which: Rows) -> FloatArray:
        return -self.factor * self.gradient[which]

    def learn(self, which: Rows, moved: FloatArray, change: FloatArray) -> None:
        pass

    def forget(self, which: Rows) -> None:
        pass


def bent(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a convex C^1 loss, whose second derivative jumps from 2 to 20 at 0, and its slope."""
    steep = np.where(x > 0, 10.0, 1.0)
    return (steep * x**2 + x).sum(axis=1), 2 * steep * x + 1


def begun(x: FloatArray) -> _Steepest:
    search = _Steepest(x.copy(), *bent(x))
    search.aim(np.arange(len(x)))
    return search


STARTS = np.array([[3.0, -2.0], [0.01, 5.0], [-4.0, -4.0], [1.0, -0.5]])


def test_accepted_steps_meet_the_weak_wolfe_conditions() -> None:
    starts = 3 * np.random.default_rng(0).standard_normal((20, 4))
    search, accepted, refused = begun(starts), 0, 0
    search.factor = 3.0  # too far, near the end
    for _ in range(60):
        x, loss, slope = search.x.copy(), search.loss.copy(), search.slope.copy()
        direction, length = search.direction.copy(), search.length.copy()
        trial = search.trial()
        search.step(trial, *bent(trial))
        moved = (search.x != x).any(axis=1)
        falls = loss - search.loss >= 1e-4 * length * -slope - 1e-14
        flattens = (search.gradient * direction).sum(axis=1) >= 0.9 * slope
        assert (falls & flattens)[moved].all()
        np.testing.assert_array_equal(search.x[moved], trial[moved])
        under_way = abs(search.gradient).max(axis=1) > 1e-3
        accepted += (moved & under_way).sum()
        refused += (~moved & under_way).sum()
    assert accepted >= 10
    assert refused >= 10  # steps that are too long or too short do occur
    np.testing.assert_allclose(search.x, -0.5, atol=1e-6)  # of x^2 + x


def test_a_step_that_is_too_short_is_lengthened() -> None:
    search = begun(STARTS)
    search.length[:] = 1e-9
    trial = search.trial()
    search.step(trial, *bent(trial))
    np.testing.assert_array_equal(search.x, STARTS)
    np.testing.assert_array_equal(search.length, 2e-9)


def test_rows_that_are_dropped_change_nothing() -> None:
    whole, some = begun(STARTS), begun(STARTS)
    kept = np.array([False, True, False, True])
    some.keep(kept)
    assert some.rows.tolist() == [1, 3]
    for _ in range(20):
        for search in (whole, some):
            trial = search.trial()
            search.step(trial, *bent(trial))
    np.testing.assert_array_equal(some.x, whole.x[kept])
    np.testing.assert_array_equal(some.length, whole.length[kept])


def test_an_ascent_direction_is_turned() -> None:
    search = _Steepest(STARTS.copy(), *bent(STARTS))
    search.factor = -1.0
    search.aim(np.arange(4))
    np.testing.assert_array_equal(search.direction, -search.gradient)
    assert (search.slope < 0).all()


def test_a_gradient_that_lies_gets_stuck() -> None:
    search = _Steepest(STARTS[:1].copy(), *bent(STARTS[:1]))
    search.gradient *= -1
    search.aim(np.array([0]))
    for _ in range(100):
        trial = search.trial()
        loss, gradient = bent(trial)
        search.step(trial, loss, -gradient)
    assert search.stuck.all()
    assert search.loss.item() == pytest.approx(bent(STARTS[:1])[0].item())
