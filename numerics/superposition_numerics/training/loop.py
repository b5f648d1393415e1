"""The loop of training: from stop to stop, with what was learned kept at each record."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from .checkpoints import Checkpoint, Snapshot
from .files import save_run
from .methods.method import Motion
from .models import Array
from .objectives import Objective
from .objectives.objective import State
from .plan import Plan
from .run import Run

_DIVERGED = 1e6  # times the first loss, or the sum of the importances where that is larger
_TICKS = 200  # calls of progress in a run, about

Progress = Callable[[int, int, float], None]


def train_whole(plan: Plan, file: Path | None, every: float, progress: Progress | None) -> Run:
    """Train all instances of a plan together, in this process.

    Parameters
    ----------
    plan : Plan
    file : Path, optional
        The checkpoint.
    every : float
        Seconds between its writes.
    progress : callable, optional

    Returns
    -------
    Run
    """
    checkpoint = None if file is None else Checkpoint(file, plan, every)
    before = None if checkpoint is None else checkpoint.read()
    if isinstance(before, Run):
        return before
    training = Training(plan, checkpoint, before)
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            training.go(progress)
    except BaseException:
        if checkpoint is not None:
            checkpoint.flush()
        raise
    run = training.run()
    if file is not None:
        save_run(run, file)
    return run


class Training:
    """A run under way.

    Instances that have ended are taken out of it: the source and the method only see those that
    learn.

    Parameters
    ----------
    plan : Plan
    checkpoint : Checkpoint, optional
        Is offered each record.
    before : Snapshot, optional
        Where to go on.
    """

    def __init__(self, plan: Plan, checkpoint: Checkpoint | None, before: Snapshot | None) -> None:
        self.plan, self.checkpoint = plan, checkpoint
        self.flat: Array = plan.start()
        count = plan.problem.count
        self.steps = plan.record_steps
        self.losses = np.zeros((len(self.steps), count))
        self.records = np.zeros((len(self.steps), *self.flat.shape), self.flat.dtype)
        self.at = 0  # records that are filled
        self.endings = ["completed"] * count
        self.ended = np.full(count, plan.steps, dtype=np.int64)
        self.active = np.arange(count)
        if before is None:
            self._begin()
        else:
            self._go_on(before)
        self.sum, self.weight = np.zeros(len(self.active)), 0  # of losses since the last record
        self.loss = float(self.losses[self.at - 1].mean())  # of the instances that learn
        importances = plan.problem.importances.sum(axis=1)
        self.most = _DIVERGED * np.maximum(self.losses[0], importances)

    def go(self, progress: Progress | None) -> None:
        """Take all steps that remain, or those that any instance takes."""
        ticks = np.arange(0, self.plan.steps, -(-self.plan.steps // _TICKS))
        stops = np.union1d(self.steps, ticks)
        for first, last in pairwise(stops[stops >= self.steps[self.at - 1]].tolist()):
            if not len(self.active):
                break
            self._advance(first, last)
            if last == self.steps[self.at]:
                self._record()
            if progress is not None:
                progress(last, self.plan.steps, self.loss)

    def run(self) -> Run:
        """Return what is there; records that were never reached repeat the last one."""
        self.losses[self.at :], self.records[self.at :] = (
            self.losses[self.at - 1],
            self.records[self.at - 1],
        )
        endings = tuple(self.endings)
        return Run(self.plan, self.steps, self.losses, self.records, endings, self.ended)

    def _begin(self) -> None:
        """Keep the beginning as the first record."""
        self._engage()
        with np.errstate(over="ignore", invalid="ignore"):
            losses = self.objective(self.flat, np.zeros_like(self.flat))
        finite = np.isfinite(losses)
        if not finite.all():
            raise InputError(
                f"initial gives instance {int(np.argmin(finite))} a loss that is not finite; "
                "accepted: parameters with finite losses"
            )
        self.losses[0], self.records[0] = losses, self.flat
        self.at = 1
        self._offer()

    def _go_on(self, before: Snapshot) -> None:
        """Take up a run at a record."""
        self.at = len(before.losses)
        self.losses[: self.at], self.records[: self.at] = before.losses, before.flat
        self.endings, self.ended = list(before.endings), before.ended
        self.active = before.active
        self.flat = self.records[self.at - 1, self.active]
        self._restore(before.motion, before.objective)

    def _engage(self) -> None:
        """Let the source and the method see the instances that learn."""
        plan = self.plan
        problem = plan.problem.part(self.active.tolist())
        self.objective: Objective = plan.source.objective(
            problem, dtype=plan.dtype, backend=plan.backend
        )
        if plan.method.needs_exact and not self.objective.deterministic:
            raise InputError(
                f"method is {plan.method.to_dict()['name']!r} on samples or batches; accepted: an "
                "exact source (population, one-active, or a data set as a whole)"
            )
        self.motion: Motion = plan.method.start(self.flat, plan.steps)

    def _advance(self, first: int, last: int) -> None:
        """Take steps, and notice who has diverged."""
        losses = self.motion.advance(self.objective, first, last)
        finite = np.isfinite(losses) & np.isfinite(self.flat).all(axis=1)
        tame = finite & (losses <= self.most[self.active])
        self.sum += losses * (last - first)
        self.weight += last - first
        if not tame.all():
            self._end(~tame, "diverged", last)
        if tame.any():
            self.loss = float(losses[tame].mean())

    def _record(self) -> None:
        """Keep weights and losses, and end the instances that have learned enough."""
        at, active = self.at, self.active
        self.losses[at], self.records[at] = self.losses[at - 1], self.records[at - 1]
        self.losses[at, active], self.records[at, active] = self.sum / self.weight, self.flat
        self.at += 1
        self.sum, self.weight = np.zeros(len(active)), 0
        rule = self.plan.stopping
        if rule is not None and rule.patience < at < len(self.steps) - 1:
            old = self.losses[at - rule.patience, active]
            done = ~(self.losses[at, active] < (1 - rule.tolerance) * old)
            if done.any():
                self._end(done, "stopped", int(self.steps[at]))
        self._offer()

    def _end(self, which: npt.NDArray[np.bool_], ending: str, step: int) -> None:
        """Take instances out of the run."""
        for k in self.active[which]:
            self.endings[k], self.ended[k] = ending, step
        left = ~which
        motion = {name: values[left] for name, values in self.motion.state().items()}
        objective = {name: values[left] for name, values in self.objective.state().items()}
        self.active, self.flat, self.sum = self.active[left], self.flat[left], self.sum[left]
        self._restore(motion, objective)

    def _restore(self, motion: State, objective: State) -> None:
        """Let the instances that learn go on from states."""
        if len(self.active):
            self._engage()
            self.motion.restore(motion)
            self.objective.restore(objective)

    def _offer(self) -> None:
        """Offer the last record to the checkpoint, unless the run ends with it."""
        if self.checkpoint is None or self.at == len(self.steps) or not len(self.active):
            return
        self.checkpoint.offer(
            Snapshot(
                self.losses[: self.at],
                self.records[: self.at],
                tuple(self.endings),
                self.ended.copy(),
                self.active,
                {name: values.copy() for name, values in self.motion.state().items()},
                {name: values.copy() for name, values in self.objective.state().items()},
            )
        )
