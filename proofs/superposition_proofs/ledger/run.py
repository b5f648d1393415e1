"""Run the evidence of a registry and compute the verdicts."""

from __future__ import annotations

import functools
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superposition_theory.errors import InputError

from .environment import environment, fingerprint, has_source
from .records import Context, Evidence, Level, Outcome, Status
from .registry import Registry, load_registry
from .results import EvidenceResult, Report
from .status import judge
from .store import ResultStore, result_key

_FRAMES_SHOWN = 3


@dataclass(frozen=True)
class Progress:
    """One step of a run: a result has come in.

    Parameters
    ----------
    done, total : int
        Evidences with a result so far, and in all.
    result : EvidenceResult
        The one that came in.
    reused : bool
        Whether it was found in the store and not run.

    Examples
    --------
    >>> result = EvidenceResult("c", "e", Status.checked, Outcome(True, "holds"), {}, 0.0, "key")
    >>> Progress(1, 4, result, reused=False).done
    1
    """

    done: int
    total: int
    result: EvidenceResult
    reused: bool


@dataclass(frozen=True)
class _Task:
    """One evidence to be run."""

    claim: str
    evidence: str
    kind: Status
    level: Level
    seed: int
    key: str


def verify(
    registry: Registry,
    ids: Iterable[str] | None = None,
    *,
    level: Level = Level.quick,
    seed: int = 0,
    executor: Executor | None = None,
    store: ResultStore | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Run the evidence of claims, and of all that they use, and compute the verdicts.

    Every evidence is one task: its check is run on its subject and then on each of its near
    misses. A check that raises an exception gives a result with an error, and the others go on.
    An interrupt (Ctrl-C) is passed on; what was done by then is in the store.

    Parameters
    ----------
    registry : Registry
        The claims.
    ids : Iterable[str], optional
        Those to verify; all of them when left out.
    level : Level
        `quick` leaves out the evidence marked `full`.
    seed : int
        Of the random streams, at least 0.
    executor : concurrent.futures.Executor, optional
        Runs the tasks; without it they run here, one after the other. The results are the same.
        Anything but a thread pool needs a registry with an origin. It is not shut down.
    store : ResultStore, optional
        Results in it whose key is the same are not computed again; new ones are appended as they
        come.
    progress : Callable[[Progress], None], optional
        Called in this thread after each result.

    Returns
    -------
    Report
        The verdicts of the claims and of all that they use, in the registry's order.

    Raises
    ------
    InputError
        If an id is unknown, nothing is selected, an argument is out of range, or the registry
        cannot be reached from the executor's processes.

    Examples
    --------
    >>> from superposition_proofs.ledger import Claim, ClaimKind
    >>> def is_even(number: int, context: Context) -> Outcome:
    ...     return Outcome(number % 2 == 0, f"{number} mod 2 is {number % 2}")
    >>> evidence = Evidence("by-division", Status.checked, is_even, 4, {"odd": 5})
    >>> claim = Claim("even", "Four is even", "$2 | 4$", (), "ours", ClaimKind.theorem, (evidence,))
    >>> report = verify(Registry([claim]))
    >>> report.verdicts[0].label, report.verdicts[0].reason, report.exit_code
    ('checked', '4 mod 2 is 0', 0)
    """
    started = time.perf_counter()
    context = Context(level, seed)
    claims = registry.closure(registry if ids is None else ids)
    if not claims:
        raise InputError("no claim is selected; leave out ids to verify all of a registry")
    run = _runner(registry, executor)
    tasks = _tasks(registry, claims, context, stored=store is not None)
    results: dict[tuple[str, str], EvidenceResult] = {}

    def finish(result: EvidenceResult, *, reused: bool = False) -> None:
        if store is not None and not reused:
            store.append(result)
        results[result.claim, result.evidence] = result
        if progress is not None:
            progress(Progress(len(results), len(tasks), result, reused))

    missing: list[_Task] = []
    for task in tasks:
        found = None if store is None else store.get(task.key)
        if found is None:
            missing.append(task)
        else:
            finish(found, reused=True)
    if executor is None:
        for task in missing:
            finish(run(task))
    else:
        _run_on(executor, run, missing, finish, store)

    statuses: dict[str, Status] = {}
    verdicts = {}
    for claim_id in claims:
        ran = {name: result for (owner, name), result in results.items() if owner == claim_id}
        verdicts[claim_id] = judge(
            registry[claim_id], ran, statuses, level=context.level, seed=context.seed
        )
        statuses[claim_id] = verdicts[claim_id].status
    return Report(
        verdicts=tuple(verdicts[claim_id] for claim_id in registry if claim_id in verdicts),
        environment=environment(),
        level=context.level,
        seed=context.seed,
        seconds=time.perf_counter() - started,
    )


def _tasks(
    registry: Registry, claims: Iterable[str], context: Context, *, stored: bool
) -> list[_Task]:
    """Return the evidence to be run at a level, with the keys of the results."""
    selected = [
        (claim_id, evidence)
        for claim_id in claims
        for evidence in registry[claim_id].executable
        if context.level.includes(evidence.level)
    ]
    modules = {_module(evidence.check) for _, evidence in selected}
    if registry.origin is not None:
        modules.add(registry.origin.partition(":")[0])
    unknown = sorted(module for module in modules if not has_source(module))
    if stored and unknown:
        raise InputError(
            f"store cannot be used with checks defined in {', '.join(unknown)}: without a source "
            "file a change of the check would go unnoticed; move them to a file or give no store"
        )
    sources = fingerprint(modules)
    level, seed = context.level, context.seed
    return [
        _Task(
            claim_id,
            evidence.name,
            evidence.kind,
            level,
            seed,
            result_key(sources, claim_id, evidence.name, evidence.kind, level, seed),
        )
        for claim_id, evidence in selected
    ]


def _module(check: Callable[..., Outcome]) -> str:
    """Return the name of the module that defines a check."""
    while isinstance(check, functools.partial):
        check = check.func
    return str(check.__module__)


def _runner(registry: Registry, executor: Executor | None) -> Callable[[_Task], EvidenceResult]:
    """Return what runs a task, and can be sent to wherever the executor runs it."""
    if executor is None or isinstance(executor, ThreadPoolExecutor):
        return functools.partial(_run_task, registry)
    if registry.origin is None:
        raise InputError(
            f"executor is a {type(executor).__name__}, but the registry has no origin from which "
            "another process could import it; give Registry(..., origin='module:attribute') or "
            "use a ThreadPoolExecutor"
        )
    found = load_registry(registry.origin)
    if _contents(found) != _contents(registry):
        raise InputError(
            f"the registry's origin {registry.origin!r} holds other claims than the registry"
        )
    return functools.partial(_run_from_origin, registry.origin)


def _contents(registry: Registry) -> dict[str, list[str]]:
    """Return the ids of the claims and the names of their evidence."""
    return {
        claim.id: [evidence.name for evidence in claim.executable] for claim in registry.values()
    }


def _run_from_origin(origin: str, task: _Task) -> EvidenceResult:
    """Run a task of a registry that is imported where this is called."""
    return _run_task(load_registry(origin), task)


def _run_task(registry: Registry, task: _Task) -> EvidenceResult:
    """Run the check of one evidence on its subject and on its near misses."""
    evidence = next(item for item in registry[task.claim].executable if item.name == task.evidence)
    context = Context(task.level, task.seed)
    outcome = None
    controls: dict[str, Outcome] = {}
    error = None
    place = "on the subject"
    started = time.perf_counter()
    try:
        outcome = _outcome(evidence, evidence.subject, context)
        for name, near_miss in evidence.near_misses.items():
            place = f"on the control {name}"
            controls[name] = _outcome(evidence, near_miss, context)
    except Exception as failure:  # noqa: BLE001  a check is foreign code: what it raises is a result
        error = f"crashed {place}: {_describe(failure)}"
    return EvidenceResult(
        claim=task.claim,
        evidence=task.evidence,
        kind=task.kind,
        outcome=outcome,
        controls=controls,
        seconds=time.perf_counter() - started,
        key=task.key,
        error=error,
    )


def _outcome(evidence: Evidence[Any], subject: object, context: Context) -> Outcome:
    """Return the outcome of a check, which must be an Outcome."""
    outcome = evidence.check(subject, context)
    if not isinstance(outcome, Outcome):
        raise InputError(f"the check must return an Outcome, got {outcome!r}")
    return outcome


def _describe(failure: BaseException) -> str:
    """Return type, message and last frames of an exception, on one line."""
    message = " ".join("".join(traceback.format_exception_only(failure)).split())
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(failure.__traceback__)[-_FRAMES_SHOWN:]
    ]
    return f"{message} ({' > '.join(frames)})" if frames else message


def _run_on(
    executor: Executor,
    run: Callable[[_Task], EvidenceResult],
    tasks: Iterable[_Task],
    finish: Callable[[EvidenceResult], None],
    store: ResultStore | None,
) -> None:
    """Run tasks on an executor; when interrupted, drop those not begun and store those done."""
    futures: dict[Future[EvidenceResult], _Task] = {}
    try:
        for task in tasks:
            futures[executor.submit(run, task)] = task
        for future in as_completed(tuple(futures)):
            task = futures.pop(future)
            failure = future.exception()
            if failure is None:
                finish(future.result())
            elif isinstance(failure, Exception):
                finish(_lost(task, failure))
            else:
                raise failure
    finally:
        for future in futures:
            done = not future.cancel() and future.done()
            if done and store is not None and future.exception() is None:
                store.append(future.result())


def _lost(task: _Task, failure: Exception) -> EvidenceResult:
    """Return the result of a task that did not come back from its worker."""
    return EvidenceResult(
        claim=task.claim,
        evidence=task.evidence,
        kind=task.kind,
        outcome=None,
        controls={},
        seconds=0.0,
        key=task.key,
        error=f"lost by the executor: {_describe(failure)}",
    )
