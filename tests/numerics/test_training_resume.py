"""Runs that are interrupted or killed end as if nothing had happened."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.training import (
    Adam,
    AdamW,
    DataSet,
    GradientFlow,
    Instance,
    Lbfgs,
    Model,
    OneActive,
    Plan,
    Population,
    Problem,
    Run,
    Samples,
    Schedule,
    Sgd,
    Stopping,
    files,
    instances_of,
    loop,
    read_run,
    train,
)
from superposition_numerics.training.files import read_file
from superposition_theory import InputError

SERVER = multiprocessing.get_context("forkserver")
RELU = Problem(Model("relu", 4, 2), instances_of(densities=[0.2, 0.6], seeds=[1, 2]))
SETS = Problem(
    Model("absolute", 4, 3, tied=False, hidden_bias=True),
    [
        Instance(0.3, correlation="correlated", sets=2),
        Instance(0.3, correlation="anticorrelated", sets=2, seed=1),
    ],
)
ROWS = np.random.default_rng(5).random((50, 4))
COSINE = Schedule("cosine", warmup=3)
SOME = Plan(  # where nothing matters nothing is learned
    Problem(RELU.model, [Instance(0.2), Instance(0.2, importance=0), Instance(0.6)]),
    Samples(500),
    AdamW(0.002),
    stopping=Stopping(0.0, 9),
)

PLANS = {
    "samples, adamw": Plan(RELU, Samples(64), AdamW(0.01, schedule=COSINE)),
    "samples, momentum": Plan(SETS, Samples(33), Sgd(0.02, 0.9, 1e-3), dtype="float64"),
    "samples, wide": Plan(
        Problem(Model("relu", 60, 8), instances_of(densities=[0.02, 0.9])), Samples(64)
    ),
    "data in batches, adam": Plan(RELU, DataSet(ROWS, batch=7), Adam(0.01)),
    "data, lbfgs": Plan(RELU, DataSet(ROWS), Lbfgs(3), dtype="float64"),
    "population, adam": Plan(RELU, Population(), Adam(0.01)),
    "data, flow": Plan(RELU.part([0]), DataSet(ROWS[:5]), GradientFlow(0.1, 1e-2, 1e-2)),
    "population, lbfgs": Plan(RELU, Population(), Lbfgs()),
    "one active, lbfgs": Plan(RELU, OneActive(), Lbfgs(2), dtype="float64"),
    "linear, flow": Plan(
        Problem(Model("linear", 3, 2, tied=False)),
        Population(),
        GradientFlow(0.1, 1e-3, 1e-3),
        dtype="float64",
    ),
    "some stop": SOME,
    "some diverge": Plan(
        RELU,
        Samples(64),
        Sgd(0.05),
        initial={
            "W": np.array([1, 60, 1, 1])[:, None, None] * np.ones((4, 2, 4)),
            "b": [[0] * 4] * 4,
        },
    ),
    "samples, numba": Plan(RELU, Samples(64), backend="numba"),
    "wide, numba": Plan(
        Problem(Model("relu", 60, 8), instances_of(densities=[0.02, 0.9])),
        Samples(64),
        backend="numba",
    ),
    "some stop, numba": replace(SOME, backend="numba"),
    "population, numba": Plan(RELU, Population(), Adam(0.01), backend="numba"),
}
PLANS = {name: replace(plan, steps=120, records=40) for name, plan in PLANS.items()}


def assert_same(one: Run, other: Run) -> None:
    assert one.plan == other.plan
    np.testing.assert_array_equal(one.losses, other.losses)
    np.testing.assert_array_equal(one.flat, other.flat)
    assert one.flat.dtype == other.flat.dtype
    assert one.endings == other.endings
    np.testing.assert_array_equal(one.ended, other.ended)


NOT_KILLED = ("wide, numba", "some stop, numba")  # to compile takes longer than to train


class Interrupts:
    """Ctrl-C at a step."""

    def __init__(self, at: int) -> None:
        self.at, self.first = at, 0

    def __call__(self, done: int, _: int, loss: float) -> None:
        """Note the first step, and interrupt."""
        assert np.isfinite(loss)
        self.first = self.first or done
        if done >= self.at:
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if "numba" in name else name for name in PLANS],
)
def test_an_interrupted_run_goes_on(name: str, tmp_path: Path) -> None:
    if name.endswith("numba"):
        pytest.importorskip("numba")
    plan, whole = PLANS[name], train(PLANS[name])
    assert len(set(whole.losses[:, 0])) > 3
    if name.startswith("some"):
        assert sorted(set(whole.endings)) == ["completed", whole.endings[1]]
    for suffix, steps in ((".npz", (1, 61, 99)), (".safetensors", (35,))):
        file = tmp_path / f"run{suffix}"
        for at in steps:
            interrupts = Interrupts(at)
            try:
                train(plan, checkpoint=file, every=1e9, progress=interrupts)
            except KeyboardInterrupt:
                header, arrays = read_file(file)
                assert not header["finished"]
                assert len(arrays["losses"]) == 1 + at // 3  # at the last record before
        assert_same(train(plan, checkpoint=file), whole)
        assert_same(read_run(file, **given(plan)), whole)


def given(plan: Plan) -> dict[str, Any]:
    """Return what the file of a plan does not hold."""
    return {"source": plan.source} if isinstance(plan.source, DataSet) else {}


def start(plan: Plan, file: Path, **options: Any) -> Any:
    """Begin a run in another process; return when it has written a checkpoint."""
    SERVER.set_forkserver_preload(["superposition_numerics.training"])
    process = SERVER.Process(target=train, args=(plan,), kwargs={"checkpoint": file} | options)
    before = written(file)
    process.start()
    while process.is_alive() and written(file) == before:
        time.sleep(0.001)
    return process


def written(file: Path) -> tuple[int, int] | None:
    """Return what distinguishes a file from the one that was there before."""
    return (file.stat().st_ino, file.stat().st_mtime_ns) if file.exists() else None


def learned(file: Path) -> int:
    """Return how many records a checkpoint holds."""
    return len(read_file(file)[1]["losses"])


def kill(process: Any) -> bool:
    """End a process as no program can refuse; return whether it was still running."""
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return bool(process.exitcode)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PLANS if name not in NOT_KILLED])
def test_a_killed_run_goes_on(name: str, tmp_path: Path) -> None:
    if name.endswith("numba"):
        pytest.importorskip("numba")
    chance = random.Random(name)
    plan = PLANS[name]
    file = tmp_path / f"run{chance.choice(files.SUFFIXES)}"
    reached: list[int] = []
    while len(reached) < 2:
        process = start(plan, file, every=0)
        time.sleep(chance.uniform(0, 0.15))
        if kill(process) and not read_file(file)[0]["finished"]:
            reached.append(learned(file))
        else:  # it was too quick: begin anew
            file.unlink()
            reached.clear()
    assert reached == sorted(reached)  # nothing is lost
    calls = Interrupts(10**9)
    assert_same(train(plan, checkpoint=file, progress=calls), train(plan))
    assert calls.first > 3 * (reached[-1] - 1)  # it went on, it did not begin anew


@pytest.mark.slow
@pytest.mark.parametrize("suffix", files.SUFFIXES)
def test_a_kill_during_a_write_does_no_harm(suffix: str, tmp_path: Path) -> None:
    problem = Problem(Model("relu", 100, 20), instances_of(seeds=range(20)))
    plan = Plan(problem, Samples(1), steps=60, records=60)  # a record takes 168 kB
    chance = random.Random(suffix)
    file = tmp_path / f"run{suffix}"
    torn, reached = 0, 0
    for _ in range(40):
        process = start(plan, file, every=0)
        time.sleep(chance.uniform(0, 0.1))
        killed = kill(process)
        before, reached = reached, learned(file)
        assert reached >= before
        torn += len(list(tmp_path.iterdir())) - 1  # the file that was being written
        if torn or not killed:
            break
    assert torn > 0
    assert_same(train(plan, checkpoint=file), train(plan))
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.slow
def test_parts_outlive_a_killed_worker(tmp_path: Path) -> None:
    plan = replace(PLANS["samples, adamw"], steps=600, records=200)
    file = tmp_path / "run.npz"
    parts = [tmp_path / f"run.part-{k}-of-2.npz" for k in range(2)]
    SERVER.set_forkserver_preload(["superposition_numerics.training"])
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(2, SERVER) as executor, ThreadPoolExecutor(1) as waiter:
        future = waiter.submit(train, plan, checkpoint=file, every=0, executor=executor, parts=2)
        while not (future.done() or all(part.exists() and learned(part) > 2 for part in parts)):
            time.sleep(0.001)
        next(iter(set(multiprocessing.active_children()) - others)).kill()
        with pytest.raises(BrokenProcessPool):
            future.result()
    assert not file.exists()
    assert min(learned(part) for part in parts) > 2
    with pytest.raises(InputError, match=r"begun in other parts, of which run.part-0-of-2.npz is"):
        train(plan, checkpoint=file)
    with ThreadPoolExecutor(2) as executor:
        with pytest.raises(InputError, match="begun in other parts"):
            train(plan, checkpoint=file, executor=executor, parts=4)
        run = train(plan, checkpoint=file, executor=executor, parts=2)
    assert_same(run, train(plan))
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_a_finished_run_is_returned_at_once(tmp_path: Path, monkeypatch: Any) -> None:
    plan, file = PLANS["samples, adamw"], tmp_path / "run.npz"
    run = train(plan, checkpoint=file)
    before = file.read_bytes()
    monkeypatch.setattr(loop.Training, "go", None)
    monkeypatch.setattr(files, "environment", lambda _: {"numpy": "1.0"})  # of any software
    assert_same(train(plan, checkpoint=file), run)
    with ThreadPoolExecutor(1) as executor:
        assert_same(train(plan, checkpoint=file, executor=executor, parts=2), run)
    assert file.read_bytes() == before


@pytest.mark.slow
def test_ctrl_c_leaves_the_last_record(tmp_path: Path) -> None:
    plan = replace(PLANS["samples, adamw"], steps=10**6, records=10**5)
    file = tmp_path / "run.npz"
    process = start(plan, file, every=1e9)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGINT)
    process.join()
    assert process.exitcode == 1
    assert learned(file) > 1  # at its beginning it had been written


def unfinished(plan: Plan, file: Path) -> Path:
    with pytest.raises(KeyboardInterrupt):
        train(plan, checkpoint=file, progress=Interrupts(50))
    return file


WEIGHTS = {"W": np.ones((4, 2, 4)), "b": np.zeros((4, 4))}


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"steps": 240}, "steps is 120 there, 240 here; accepted: the same plan, or another file"),
        ({"records": 20}, "records is 40 there, 20 here"),
        ({"backend": "numba"}, "backend is 'numpy' there, 'numba' here"),
        ({"dtype": "float64"}, "dtype is 'float32' there, 'float64' here"),
        ({"source": Samples(65)}, "source.batch is 64 there, 65 here"),
        ({"source": Population()}, "source.name is 'samples' there, 'population' here; source.b"),
        ({"method": AdamW(0.01)}, "method.schedule.shape is 'cosine' there, 'constant' here"),
        ({"stopping": Stopping(0.1)}, "stopping is None there, {'tolerance': 0.1, 'patience': 5}"),
        ({"initial": "unit"}, "initial is 'xavier' there, 'unit' here"),
        ({"initial": WEIGHTS}, "initial is 'xavier' there, {'sha256': '"),
        ({"problem": RELU.part(slice(3))}, "problem.instances has 4 entries there, 3 here"),
        (
            {"problem": Problem(Model("relu", 4, 3), RELU.instances)},
            "problem.model.dimensions is 2 there, 3 here",
        ),
        (
            {"problem": RELU.part([0, 1, 2, 2])},
            "problem.instances.3.seed is 2 there, 1 here",
        ),
    ],
)
def test_another_plan_is_refused(
    changes: dict[str, Any], match: str, finished: bool, tmp_path: Path
) -> None:
    plan, file = PLANS["samples, adamw"], tmp_path / "run.npz"
    train(plan, checkpoint=file) if finished else unfinished(plan, file)
    before = file.read_bytes()
    with pytest.raises(InputError, match=f"run.npz is of another plan: .*{match}"):
        train(replace(plan, **changes), checkpoint=file)
    assert file.read_bytes() == before


def test_other_given_weights_and_data_are_another_plan(tmp_path: Path) -> None:
    plan = replace(PLANS["data, lbfgs"], initial=WEIGHTS)
    file = unfinished(plan, tmp_path / "run.npz")
    with pytest.raises(InputError, match=r"initial.sha256 is .* there, .* here"):
        train(replace(plan, initial=WEIGHTS | {"b": np.ones((4, 4))}), checkpoint=file)
    with pytest.raises(InputError, match=r"source.sha256 is .* there, .* here"):
        train(replace(plan, source=DataSet(2 * ROWS)), checkpoint=file)
    assert_same(train(plan, checkpoint=file), train(plan))


def test_other_software_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    plan = PLANS["samples, adamw"]
    monkeypatch.setattr(files, "environment", lambda _: {"numpy": "1.0"})
    file = unfinished(plan, tmp_path / "run.npz")
    monkeypatch.undo()
    with pytest.raises(InputError, match=r"was begun with other software: numpy is '1\.0' there"):
        train(plan, checkpoint=file)


def test_software_that_is_not_there_is_other_software(monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "version", without_numba)
    there = files.environment("numpy")
    assert "numba" not in there
    assert files.environment("numba") == there | {"numba": "not installed"}


def without_numba(name: str) -> str:
    """Return the version of a package, of which numba is not there."""
    if name == "numba":
        raise PackageNotFoundError(name)
    return version(name)


def test_a_run_in_one_part_is_not_taken_up_in_parts(tmp_path: Path) -> None:
    plan = PLANS["samples, adamw"]
    file = unfinished(plan, tmp_path / "run.npz")
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(InputError, match="was begun in one part without an executor; accepted: to"),
    ):
        train(plan, checkpoint=file, executor=executor, parts=2)


def test_an_unfinished_run_is_not_read(tmp_path: Path) -> None:
    file = unfinished(PLANS["samples, adamw"], tmp_path / "run.npz")
    with pytest.raises(InputError, match="is the checkpoint of an unfinished run; accepted: a fin"):
        read_run(file)


def test_writes_are_not_more_often_than_asked(tmp_path: Path, monkeypatch: Any) -> None:
    now: list[float] = [0.0]
    writes: list[tuple[int, int]] = []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def second(done: int, *_: Any) -> None:  # a step takes a second
        now[0] += 1
        if not writes or file.stat().st_mtime_ns != writes[-1][1]:
            writes.append((done, file.stat().st_mtime_ns))

    file = tmp_path / "run.npz"
    train(PLANS["samples, adamw"], checkpoint=file, every=30, progress=second)
    # the clock shows k - 1 at step k, records are 3 steps apart: written at 0, 32, 62 and 92
    assert [done for done, _ in writes] == [1, 33, 63, 93]
