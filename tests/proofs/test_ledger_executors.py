"""Executors give the same results, and neither a kill nor an interrupt loses any."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from proofs.ledger_samples import LEAVING, REGISTRY, claim, evidence
from superposition_proofs.ledger import (
    Context,
    Evidence,
    Level,
    Outcome,
    Progress,
    Registry,
    ResultStore,
    Status,
    verify,
)
from superposition_theory.errors import InputError

from proofs import ledger_samples

P = ParamSpec("P")
R = TypeVar("R")

NAMES = ["one", "two", "three", "four"]
TESTS = Path(__file__).parents[1]
PROGRAM = """
import sys
from proofs.ledger_samples import LOGGED
from superposition_proofs.ledger import ResultStore, verify
report = verify(LOGGED, store=ResultStore(sys.argv[1]))
print(report.exit_code, report.statuses["names"])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl"


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


class Immediate(Executor):
    """Run each task when it is submitted."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Return a future that is done."""
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except KeyboardInterrupt as interrupt:
            future.set_exception(interrupt)
        return future


@pytest.mark.parametrize(("level", "seed"), [(Level.quick, 0), (Level.full, 3)])
def test_processes_and_threads_agree_with_a_serial_run_bit_for_bit(
    processes: ProcessPoolExecutor, level: Level, seed: int
) -> None:
    serial = verify(REGISTRY, level=level, seed=seed)
    assert verify(REGISTRY, level=level, seed=seed, executor=processes) == serial
    with ThreadPoolExecutor(2) as threads:
        assert verify(REGISTRY, level=level, seed=seed, executor=threads) == serial
    margins = [result.outcome and result.outcome.margin for result in serial.verdicts[0].results]
    assert len(set(margins)) == (6 if level is Level.full else 5)


def test_order_of_the_claims_does_not_matter() -> None:
    backwards = Registry(reversed(list(REGISTRY.values())), origin=REGISTRY.origin)
    assert verify(backwards).verdicts[::-1] == verify(REGISTRY).verdicts


def test_results_of_processes_are_stored_and_reused(
    processes: ProcessPoolExecutor, path: Path
) -> None:
    steps: list[Progress] = []
    first = verify(REGISTRY, ["means"], executor=processes, store=ResultStore(path))
    again = verify(REGISTRY, ["means"], store=ResultStore(path), progress=steps.append)
    assert again == first
    assert all(step.reused for step in steps)
    assert len(path.read_bytes().splitlines()) == 5


def test_a_worker_that_dies_is_an_error_and_is_not_reused(path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        report = verify(LEAVING, executor=pool, store=ResultStore(path))
    (error,) = report.errors
    assert error.startswith("leaving: exit: lost by the executor: ")
    assert "BrokenProcessPool" in error
    assert report.exit_code == 1
    assert report.verdicts[0].results[0].kind is Status.checked
    (line,) = path.read_bytes().splitlines()
    assert ResultStore(path).get(json.loads(line)["key"]) is None


def test_a_registry_without_origin_runs_in_threads_but_not_elsewhere(
    processes: ProcessPoolExecutor,
) -> None:
    registry = Registry([claim("c", evidence())])
    with ThreadPoolExecutor(1) as threads:
        assert verify(registry, executor=threads) == verify(registry)
    with pytest.raises(InputError, match=r"ProcessPoolExecutor, but the registry has no origin"):
        verify(registry, executor=processes)
    with pytest.raises(InputError, match=r"executor is a Immediate, but"):
        verify(registry, executor=Immediate())


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("proofs.ledger_samples:OTHER", r"OTHER' holds other claims than the registry"),
        ("proofs.ledger_samples:MISSING", r"cannot be imported"),
    ],
)
def test_an_origin_must_hold_the_same_registry(origin: str, message: str) -> None:
    registry = Registry(REGISTRY.values(), origin=origin)
    with pytest.raises(InputError, match=message):
        verify(registry, executor=Immediate())


def stopping_at(step: int) -> Callable[[Progress], None]:
    def stop(progress: Progress) -> None:
        if progress.done == step:
            signal.raise_signal(signal.SIGINT)

    return stop


def test_interrupt_of_a_serial_run_leaves_what_was_done(path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        verify(REGISTRY, ["means"], store=ResultStore(path), progress=stopping_at(2))
    assert len(ResultStore(path)) == 2
    steps: list[Progress] = []
    verify(REGISTRY, ["means"], store=ResultStore(path), progress=steps.append)
    assert [step.reused for step in steps] == [True, True, False, False, False]


def test_interrupt_stores_what_the_executor_had_done(path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        verify(
            REGISTRY,
            ["means"],
            executor=Immediate(),
            store=ResultStore(path),
            progress=stopping_at(1),
        )
    lines = path.read_bytes().splitlines()
    assert len(lines) == 5
    assert len(ResultStore(path)) == 5


def test_interrupt_without_a_store() -> None:
    with pytest.raises(KeyboardInterrupt):
        verify(REGISTRY, executor=Immediate(), progress=stopping_at(1))


class Reluctant(Immediate):
    """Run the first task and never begin the others."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Return a future that is done, and from then on futures that wait for ever."""
        future = Future[R]() if self.futures else super().submit(fn, *args, **kwargs)
        self.futures.append(future)
        return future


def test_interrupt_drops_what_was_not_begun(path: Path) -> None:
    executor = Reluctant()
    with pytest.raises(KeyboardInterrupt):
        verify(REGISTRY, executor=executor, store=ResultStore(path), progress=stopping_at(1))
    assert [future.cancelled() for future in executor.futures] == [False] + 5 * [True]
    assert len(ResultStore(path)) == 1


def interrupting(subject: int, context: Context) -> Outcome:
    del context
    if subject == 1:
        raise KeyboardInterrupt
    return Outcome(False, "quiet")


@pytest.mark.parametrize("threaded", [False, True])
def test_interrupt_inside_a_check_is_passed_on(path: Path, threaded: bool) -> None:
    registry = Registry(
        [
            claim(
                "c",
                evidence("before"),
                Evidence("e", Status.checked, interrupting, 1, {"near": 0}),
                evidence("after"),
            )
        ]
    )
    with ThreadPoolExecutor(1) as threads, pytest.raises(KeyboardInterrupt):
        verify(registry, store=ResultStore(path), executor=threads if threaded else None)
    stored = [json.loads(line)["result"]["evidence"] for line in path.read_bytes().splitlines()]
    assert "before" in stored
    assert "e" not in stored


def start(path: Path, log: Path, stop: str) -> subprocess.Popen[str]:
    """Start a run in a process of its own that waits for ever at one evidence."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, [TESTS, *sys.path])),
            "LEDGER_SAMPLES_LOG": str(log),
            "LEDGER_SAMPLES_STOP": stop,
        },
    )


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT], ids=["kill", "interrupt"])
@pytest.mark.parametrize("torn", [False, True], ids=["between lines", "in a line"])
def test_a_run_that_was_killed_is_resumed(
    path: Path, tmp_path: Path, sent: signal.Signals, torn: bool
) -> None:
    log = tmp_path / "log"
    with start(path, log, "three") as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "stopped\n"
        run.send_signal(sent)
        run.communicate()
    assert run.returncode == (-signal.SIGKILL if sent is signal.SIGKILL else -signal.SIGINT)
    assert log.read_text().split() == ["one", "two"]
    before = path.read_bytes()
    assert len(ResultStore(path)) == 2
    if torn:
        before = before[:-20]
        path.write_bytes(before)

    with start(path, log, "nowhere") as resumed:
        output, errors = resumed.communicate()
    assert (output, errors) == ("0 checked\n", "")
    again = ["two"] if torn else []
    assert log.read_text().split() == ["one", "two", *again, "three", "four"]
    assert path.read_bytes().startswith(before)
    store = ResultStore(path)
    assert (len(store), store.skipped) == (4, (2,) if torn else ())

    with start(path, log, "one") as finished:
        assert finished.communicate()[0] == "0 checked\n"
    assert log.read_text().split() == ["one", "two", *again, "three", "four"]


def test_the_samples_are_the_same_module_here_and_in_a_worker() -> None:
    assert ledger_samples.REGISTRY.origin == ledger_samples.ORIGIN
    assert [item.name for item in ledger_samples.LOGGED["names"].executable] == NAMES
