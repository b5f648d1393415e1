"""What a run holds, and how parts of it are joined."""

from __future__ import annotations

import numpy as np
import pytest
from superposition_numerics.training import Model, Plan, Problem, Run, Samples, instances_of, train
from superposition_numerics.training.run import ENDINGS, joined

MODEL = Model("absolute", 3, 2, tied=False, hidden_bias=True)
PLAN = Plan(Problem(MODEL, instances_of(seeds=range(3))), Samples(8), steps=4, records=2)


def test_parameters_are_views_by_name() -> None:
    run = train(PLAN)
    assert {name: values.shape for name, values in run.parameters.items()} == {
        "W1": (3, 3, 2, 3),
        "W2": (3, 3, 3, 2),
        "b": (3, 3, 3),
        "c": (3, 3, 2),
    }
    for name, values in run.final.items():
        np.testing.assert_array_equal(values, run.parameters[name][-1])
    np.testing.assert_array_equal(run.flat[0], PLAN.start())
    np.testing.assert_array_equal(MODEL.flatten(run.final), run.flat[-1])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_runs_are_joined_in_order(count: int) -> None:
    steps, size = PLAN.record_steps, MODEL.size
    parts = []
    for first in range(count):
        which = slice(first, None, count)
        marks = np.arange(3.0)[which]
        parts.append(
            Run(
                PLAN.part(which),
                steps,
                np.tile(marks, (3, 1)),
                np.tile(marks[:, None].astype(np.float32), (3, 1, size)),
                tuple(ENDINGS[k] for k in range(first, 3, count)),
                np.arange(3)[which],
            )
        )
    run = joined(PLAN, parts)
    assert run.losses.tolist() == [[0, 1, 2]] * 3
    assert run.flat[0, :, 0].tolist() == [0, 1, 2]
    assert run.flat.dtype == np.float32
    assert run.endings == ENDINGS
    assert run.ended.tolist() == [0, 1, 2]
