"""Training: from record to record, with what was learned safe at each."""

from __future__ import annotations

import os
from concurrent.futures import Executor

from superposition_theory import InputError

from ..toy_model.arguments import check_type, integer, number
from .files import checked_path
from .loop import Progress, train_whole
from .parts import check_siblings, train_parts
from .plan import Plan
from .run import Run


def train(
    plan: Plan,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    every: float = 30.0,
    executor: Executor | None = None,
    parts: int = 1,
    progress: Progress | None = None,
) -> Run:
    """Train all instances of a plan.

    Parameters
    ----------
    plan : Plan
    checkpoint : str or path-like, optional
        A .npz or .safetensors file. A run that it was written by goes on from there, and ends equal
        to one without a break, bit for bit on the same machine; a finished one is returned. In the
        end it is what `save_run` writes. Only records are written: at most the steps since the last
        write are lost by a kill, those since the last record by Ctrl-C.
    every : float
        Seconds between writes of the checkpoint; 0 for one at each record.
    executor : Executor, optional
        Where the parts are trained: anything whose ``submit`` returns
        ``concurrent.futures.Future``. The result is the same, bit for bit.
    parts : int
        Into how many parts the instances are cut; above 1 only with an executor. Each has a
        checkpoint of its own beside the given one, ``run.part-0-of-2.npz`` of ``run.npz``.
    progress : callable, optional
        Called with the steps done, all steps and the mean loss of the instances that still learn;
        with parts, with the means over all instances.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        A source that cannot serve the problem, or a method that needs an exact one; initial
        parameters with a loss that is not finite; a checkpoint that is damaged, of another plan (or
        unfinished and of other parts or software), or that cannot be written; more parts than
        instances, parts without an executor, or something else than one.

    Examples
    --------
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> run = train(Plan(Problem(Model("relu", 2, 2)), Samples(256), steps=2000))
    >>> bool(run.losses[-1].item() < 0.1 * run.losses[0].item())
    True
    """
    check_type("plan", plan, Plan)
    every = number("every", every, least=0)
    parts = integer("parts", parts, least=1, most=plan.problem.count)
    if executor is None and parts > 1:
        raise InputError(f"parts is {parts} without an executor; accepted: 1, or an executor")
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InputError(f"executor is {executor!r}; accepted: a concurrent.futures.Executor")
    file = None if checkpoint is None else checked_path("checkpoint", checkpoint)
    if file is not None and not file.exists():
        check_siblings(file, 0 if executor is None else parts)
    if executor is None:
        return train_whole(plan, file, every, progress)
    return train_parts(plan, file, every, executor, parts, progress)
