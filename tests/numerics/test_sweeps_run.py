"""Sweeps over real executors: equal results, failures, and kills that lose and repeat nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from numerics.sweep_samples import Failing, Watched, trapped_process
from superposition_numerics.sweeps import Spec, SweepResult, read_sweep, run, sweep
from superposition_theory import InputError

BASE: dict[str, Any] = {
    "model": {"kind": "relu", "features": 3, "dimensions": 2},
    "source": {"batch": 16},
    "steps": 20,
    "records": 2,
}
SEEDS = range(6)
SPEC = Spec(BASE, [{"instance.seed": SEEDS}])
TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_TOGETHER", 1)


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    return sweep(SPEC, out=tmp_path_factory.mktemp("serial"))


def with_source(source: Any) -> Spec:
    return Spec({**BASE, "source": source}, SPEC.axes)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_bytes().splitlines()]


def assert_complete(folder: Path, result: SweepResult, serial: SweepResult) -> None:
    """Everything is there, once, and as in the serial run to the last bit."""
    assert result.failures == ()
    assert result.to_dict() == serial.to_dict()
    assert read_sweep(folder).column("instance.seed").size == len(SEEDS)
    finished = Counter(line["key"] for line in lines(folder) if "error" not in line["value"])
    assert finished == Counter(row.key for row in serial.rows)


@contextmanager
def killing(folder: Path) -> Iterator[None]:
    """Kill the process that waits in the trap while something else goes on."""
    thread = Thread(target=lambda: os.kill(trapped_process(folder), signal.SIGKILL))
    thread.start()
    yield
    thread.join()


def test_rows_are_in_the_order_of_the_grid_and_progress_counts(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    backwards = Spec(BASE, [{"instance.seed": [3, 1, 2]}])
    result = sweep(backwards, out=tmp_path, progress=lambda *step: seen.append(step))
    assert result.column("instance.seed").tolist() == [3, 1, 2]
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_threads_change_nothing(tmp_path: Path, serial: SweepResult) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert_complete(tmp_path, sweep(SPEC, out=tmp_path, executor=pool), serial)


def test_finished_runs_are_never_run_again(tmp_path: Path, serial: SweepResult) -> None:
    half = Spec(BASE, [{"instance.seed": [1, 4]}])
    sweep(half, out=tmp_path)
    watched = with_source(Watched(16, folder=str(tmp_path)))
    assert_complete(tmp_path, sweep(watched, out=tmp_path), serial)
    assert (tmp_path / "log").read_text().splitlines() == ["[0]", "[2]", "[3]", "[5]"]
    before = (tmp_path / "results.jsonl").read_bytes()
    sweep(watched, out=tmp_path)
    assert (tmp_path / "results.jsonl").read_bytes() == before
    assert len(sweep(half, out=tmp_path).rows) == 2


def test_what_is_kept_is_part_of_the_key(tmp_path: Path) -> None:
    (first,) = sweep(Spec(BASE, keep=["losses"]), out=tmp_path).rows
    (second,) = sweep(Spec(BASE, keep=["weights"]), out=tmp_path).rows
    assert first.key != second.key
    assert "losses" not in second.results
    assert second.weights()["W"].shape == (2, 3)
    with pytest.raises(InputError, match="keep lacks 'weights'"):
        first.weights()


def test_failures_are_recorded_and_tried_again(tmp_path: Path, serial: SweepResult) -> None:
    result = sweep(with_source(Failing(16, seeds=(2, 5))), out=tmp_path)
    assert [f.settings["instance"]["seed"] for f in result.failures] == [2, 5]
    assert [f.error for f in result.failures] == [f"ZeroDivisionError: seed {k}" for k in (2, 5)]
    assert result.column("instance.seed").tolist() == [0, 1, 3, 4]
    assert read_sweep(tmp_path).to_dict() == {
        **result.to_dict(),
        "failures": [failure.to_dict() for failure in result.failures],
    }
    assert_complete(tmp_path, sweep(SPEC, out=tmp_path), serial)


def test_a_real_failure_of_some_settings(tmp_path: Path) -> None:
    spec = Spec(BASE, [{"method": ["adamw", "lbfgs"]}])
    result = sweep(spec, out=tmp_path)
    assert result.column("method.name").tolist() == ["adamw"]
    (failure,) = result.failures
    assert failure.settings["method"]["name"] == "lbfgs"
    assert failure.error.startswith(
        "InputError: method is 'lbfgs' on samples or batches; accepted:"
    )


class StoppedError(Exception):
    """What a progress callback raises in the middle of a sweep."""


def test_an_interrupted_sweep_goes_on(tmp_path: Path, serial: SweepResult) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise StoppedError(total)

    with pytest.raises(StoppedError), ThreadPoolExecutor(1) as pool:
        sweep(SPEC, out=tmp_path, executor=pool, progress=stop)
    assert len(lines(tmp_path)) == 2
    path = tmp_path / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-30])  # a kill cuts off the last line
    seen: list[int] = []
    result = sweep(SPEC, out=tmp_path, progress=lambda done, _: seen.append(done))
    assert seen == [1, 2, 3, 4, 5, 6]
    assert result.to_dict() == serial.to_dict()


def test_weights_that_are_gone_are_made_again(tmp_path: Path) -> None:
    wide = Spec({**BASE, "model": {"kind": "linear", "features": 20, "dimensions": 13}})
    (row,) = sweep(wide, out=tmp_path).rows
    before = row.weights()
    (path,) = (tmp_path / "weights").iterdir()
    assert path.name == f"{row.key}.npz"
    path.unlink()
    with pytest.raises(InputError, match="cannot be read as weights"):
        row.weights()
    (again,) = sweep(wide, out=tmp_path).rows
    assert {name: values.tobytes() for name, values in before.items()} == {
        name: values.tobytes() for name, values in again.weights().items()
    }


class Immediate(Executor):
    """Run each task when it is submitted, up to so many, and then break."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: list[int] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that is done, or raise what a broken pool raises."""
        if len(self.sizes) == self.most:
            raise BrokenProcessPool("the pool is not usable anymore")
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        self.sizes.append(len(future.result()))
        return future


@pytest.mark.parametrize(
    ("points", "sizes"), [(1, [1]), (6, 6 * [1]), (30, 7 * [4] + [2]), (200, 12 * [16] + [8])]
)
def test_an_executor_gets_several_jobs(tmp_path: Path, points: int, sizes: list[int]) -> None:
    executor = Immediate(100)
    spec = Spec({**BASE, "steps": 1, "records": 1}, [{"instance.seed": range(points)}], [])
    assert len(sweep(spec, out=tmp_path, executor=executor).rows) == points
    assert executor.sizes == sizes


def test_an_executor_that_is_broken_before_all_is_submitted(tmp_path: Path) -> None:
    result = sweep(SPEC, out=tmp_path, executor=Immediate(1))
    assert result.column("instance.seed").tolist() == [0]
    assert [f.error for f in result.failures] == 5 * [
        "lost by the executor: BrokenProcessPool: the pool is not usable anymore"
    ]


def test_an_executor_that_is_shut_down_is_an_error(tmp_path: Path) -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        sweep(SPEC, out=tmp_path, executor=pool)


@pytest.mark.slow
def test_a_process_that_is_killed_loses_only_what_it_ran(
    tmp_path: Path, serial: SweepResult
) -> None:
    spawn = multiprocessing.get_context("spawn")
    watched = with_source(Watched(16, folder=str(tmp_path), trap=3))
    with killing(tmp_path), ProcessPoolExecutor(1, mp_context=spawn) as pool:
        broken = sweep(watched, out=tmp_path, executor=pool)
    assert broken.column("instance.seed").tolist() == [0, 1, 2]
    lost = {f.settings["instance"]["seed"]: f.error for f in broken.failures}
    assert list(lost) == [3, 4, 5]
    assert lost[3].startswith("lost by the executor: BrokenProcessPool: ")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        result = sweep(watched, out=tmp_path, executor=pool)
    assert_complete(tmp_path, result, serial)
    begun = Counter((tmp_path / "log").read_text().splitlines())
    assert begun == Counter(f"[{seed}]" for seed in [*SEEDS, 3])


PROGRAM = """
import sys
from numerics.sweep_samples import Watched
from numerics.test_sweeps_run import with_source
from superposition_numerics.sweeps import run, sweep
run._TOGETHER = 1
sweep(with_source(Watched(16, folder=sys.argv[1], trap=4)), out=sys.argv[1])
"""


@pytest.mark.slow
def test_a_sweep_that_is_killed_as_a_whole_goes_on(tmp_path: Path, serial: SweepResult) -> None:
    with killing(tmp_path):
        killed = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
            check=False,
        )
    assert killed.returncode == -signal.SIGKILL
    before = (tmp_path / "results.jsonl").read_bytes()
    assert len(before.splitlines()) == 4
    result = sweep(with_source(Watched(16, folder=str(tmp_path))), out=tmp_path)
    assert_complete(tmp_path, result, serial)
    assert (tmp_path / "results.jsonl").read_bytes().startswith(before)
    begun = Counter((tmp_path / "log").read_text().splitlines())
    assert begun == Counter(f"[{seed}]" for seed in [*SEEDS, 4])


@pytest.mark.slow
def test_a_dask_cluster_whose_worker_is_killed(tmp_path: Path, serial: SweepResult) -> None:
    from distributed import Client, LocalCluster

    watched = with_source(Watched(16, folder=str(tmp_path), trap=2))
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
        killing(tmp_path),
    ):
        result = sweep(watched, out=tmp_path, executor=client.get_executor())
    assert_complete(tmp_path, result, serial)
    begun = Counter((tmp_path / "log").read_text().splitlines())
    assert set(begun) == {f"[{seed}]" for seed in SEEDS}
    assert begun["[2]"] == 2


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"spec": BASE}, "spec is {'model.*; accepted: Spec"),
        ({"out": __file__}, "out is '.*'; accepted: the path of a folder"),
        ({"out": None}, "out is None; accepted: the path of a folder"),
        # a Dask client has a `submit` of its own kind
        ({"executor": "processes"}, "executor is 'processes'; accepted: Executor"),
    ],
    ids=range(4),
)
def test_refusals(tmp_path: Path, change: dict[str, Any], match: str) -> None:
    arguments: dict[str, Any] = {"spec": SPEC, "out": tmp_path, **change}
    with pytest.raises(InputError, match=match):
        sweep(arguments.pop("spec"), **arguments)


def test_a_folder_with_other_results_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text('{"schema": "superposition.result", "version": 1, "key": "k"}\n')
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"line 1 is not of this store; accepted: .*\.sweep"):
        sweep(SPEC, out=tmp_path)
    assert path.read_bytes() == before
