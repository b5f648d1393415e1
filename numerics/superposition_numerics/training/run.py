"""What a run of training leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..matrices import FloatArray
from .models import Array
from .plan import Plan

ENDINGS = ("completed", "stopped", "diverged")


@dataclass(frozen=True, eq=False)
class Run:
    """Weights and losses of all instances at the records of a run.

    Every number is finite, whatever happened to an instance.

    Attributes
    ----------
    plan : Plan
    steps : ndarray of int, shape (records,)
    losses : ndarray, shape (records, instances)
        At the first record the loss there; then the mean over the steps since the record before.
        An instance that has ended keeps its last loss.
    flat : ndarray, shape (records, instances, size)
        Parameters, as `Model.views` reads them.
    endings : tuple of str, one for each instance
        ``completed`` all steps, of `Lbfgs` also where it stood still before, at a minimum or not;
        ``stopped`` early; ``diverged``: the loss or a parameter was no
        longer finite, or the loss exceeded a million times both the first one and the sum of the
        importances; loss and parameters are then those of the last record before.
    ended : ndarray of int, shape (instances,)
        The step at which each instance ended; for a diverged one, at which that was noticed.

    Examples
    --------
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> run = train(Plan(Problem(Model("relu", 3, 2)), Samples(64), steps=20, records=2))
    >>> run.steps.tolist(), run.parameters["W"].shape, run.endings
    ([0, 10, 20], (3, 1, 2, 3), ('completed',))
    """

    plan: Plan
    steps: npt.NDArray[np.int64]
    losses: FloatArray
    flat: Array
    endings: tuple[str, ...]
    ended: npt.NDArray[np.int64]

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters by name, shape (records, instances, *shape)."""
        return self.plan.problem.model.views(self.flat)

    @property
    def final(self) -> dict[str, Array]:
        """The parameters at the end, shape (instances, *shape)."""
        return self.plan.problem.model.views(self.flat[-1])


def joined(plan: Plan, runs: Sequence[Run]) -> Run:
    """Return the run of a plan from the runs of its parts.

    Parameters
    ----------
    plan : Plan
    runs : sequence of Run
        The k-th of q is of the instances k, k + q, k + 2 q, ...

    Returns
    -------
    Run

    Examples
    --------
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, instances_of
    >>> from superposition_numerics.training import train
    >>> from superposition_numerics.training.run import joined
    >>> problem = Problem(Model("relu", 3, 2), instances_of(seeds=range(2)))
    >>> plan = Plan(problem, Samples(64), steps=2)
    >>> parts = [train(plan.part(slice(k, k + 1))) for k in range(2)]
    >>> bool((joined(plan, parts).flat == train(plan).flat).all())
    True
    """
    dealt = [k for first in range(len(runs)) for k in range(plan.problem.count)[first :: len(runs)]]
    back = np.argsort(dealt)
    endings = [ending for run in runs for ending in run.endings]
    return Run(
        plan,
        plan.record_steps,
        np.concatenate([run.losses for run in runs], axis=1)[:, back],
        np.concatenate([run.flat for run in runs], axis=1)[:, back],
        tuple(endings[k] for k in back),
        np.concatenate([run.ended for run in runs])[back],
    )
