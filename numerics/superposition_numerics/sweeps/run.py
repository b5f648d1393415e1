"""Running a sweep: jobs over an executor, results appended as they come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from pathlib import Path
from typing import Any

from ..part_store import part_key
from ..toy_model.arguments import check_type
from .jobs import Job, carry_out, failure, jobs_of
from .results import SweepResult, folder_of, open_store, result_of
from .settings import settings_of
from .spec import Spec
from .weights import put_weights, weights_are_there

_TOGETHER = 64  # runs of a job: a step of small models side by side costs little more than of one;
_SHARED = 16  # with an executor fewer, which are almost as fast,
_JOBS = 8  # and of a small sweep so few that there are about so many jobs

Progress = Callable[[int, int], None]

_Values = dict[str, dict[str, Any]]


def sweep(
    spec: Spec,
    *,
    out: str | os.PathLike[str],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Run all points of a sweep that have no result yet.

    Each result is in the folder before the next one is asked for, under the hash of its settings:
    after a kill the same call goes on where it was. A run does not depend on the others, on the
    executor, or on which of them are run together.

    Parameters
    ----------
    spec : Spec
    out : path
        A folder, made where it is missing. ``results.jsonl`` there is only appended to; large
        weights go to ``weights/``. One sweep at a time may write to it.
    executor : concurrent.futures.Executor, optional
        Processes, threads, or a cluster, such as the ``get_executor()`` of a Dask client. Only
        this process writes to the folder. Without it everything runs here.
    progress : callable, optional
        Called with the number of points that are done and of all points.

    Returns
    -------
    SweepResult
        Of the points of this spec. A run that raised an error, or was lost with a worker that
        died, is among the ``failures`` and is tried again by the next call.

    Raises
    ------
    InputError
        Something else than a spec, a folder or an executor (of a Dask client its
        ``get_executor()``); a folder with results of something else.
    OSError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.sweeps import Spec, sweep
    >>> base = {"model": {"kind": "relu", "features": 3, "dimensions": 2}, "steps": 5}
    >>> spec = Spec(base, [{"method.rate": [0.01, 0.1]}])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = sweep(spec, out=folder)
    ...     again = sweep(spec, out=folder, progress=print)
    2 2
    >>> again.to_dict() == first.to_dict()
    True
    """
    check_type("spec", spec, Spec)
    if executor is not None:
        check_type("executor", executor, Executor)
    folder = folder_of("out", out)
    store = open_store(folder)
    plans = {part_key(plan.key, spec.keep): plan for plan in spec.plans}
    missing = {key: plan for key, plan in plans.items() if not _finished(store.get(key), folder)}
    done = len(plans) - len(missing)
    if progress is not None:
        progress(done, len(plans))
    most = _TOGETHER if executor is None else min(_SHARED, -(-len(missing) // _JOBS))
    for values in _carried_out(jobs_of(missing, spec.keep, most), executor):
        for key, value in values.items():
            if "weights" in value:
                value["weights"] = put_weights(value["weights"], folder, key)
            store.append(key, {"settings": settings_of(plans[key]), **value})
        done += len(values)
        if progress is not None:
            progress(done, len(plans))
    return result_of(((key, store.get(key)) for key in plans), folder)


def _finished(value: Mapping[str, Any] | None, folder: Path) -> bool:
    """Whether a run has a result, and its weights are there."""
    return (
        value is not None
        and "error" not in value
        and ("weights" not in value or weights_are_there(value["weights"], folder))
    )


def _carried_out(jobs: Sequence[Job], executor: Executor | None) -> Iterator[_Values]:
    """Carry jobs out, and yield what is kept of each job's runs when it is done."""
    if executor is None:
        yield from map(carry_out, jobs)
        return
    futures: dict[Future[_Values], Job] = {}
    try:
        for job in jobs:
            futures[_submitted(executor, job)] = job
        for future in as_completed(futures):
            yield _values(future, futures.pop(future))
    finally:
        for future in futures:
            future.cancel()


def _submitted(executor: Executor, job: Job) -> Future[_Values]:
    """Submit a job; where the executor has broken, return a future that says so."""
    try:
        return executor.submit(carry_out, job)
    except BrokenExecutor as error:
        broken: Future[_Values] = Future()
        broken.set_exception(error)
        return broken


def _values(future: Future[_Values], job: Job) -> _Values:
    """Return what is kept of a job's runs, or that the executor has lost them."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001  `carry_out` raises nothing: this is the executor
        return {key: failure(error, "lost by the executor: ") for key in job.plans}
