"""Training steps beside a torch loop, in the same run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/training.py [--quick] [--only A] [--alone]

1. Four workloads of whole steps (fresh samples, gradient, AdamW) in float32 with one thread:
   medians of the ratios of interleaved rounds, in wall time and in process time, to the loop of
   `torch_notebook.py`; the seconds of start-up and compilation apart; the memory of the buffers and
   the peak of what Python allocates.
   Without torch our own steps are measured alone: pip install torch. For the smallest model also
   the steps on the exact loss.
2. Many instances in one process and split over two.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

import numpy as np
from superposition_numerics.training import (
    AdamW,
    Instance,
    Model,
    Plan,
    Population,
    Problem,
    Samples,
    geometric,
    instances_of,
    train,
)

BACKENDS = ("numpy", "numba")
DENSITIES = tuple(20.0 ** -np.linspace(0, 1, 10))
PHASES = [(1.0, float(r)) for r in np.geomspace(0.1, 10, 30)]

# model, instances, batch, steps of a round
WORKLOADS = {
    "A: 10 x n=5, m=2": (Model("relu", 5, 2), instances_of(densities=DENSITIES), 1024, 300),
    "B: 10 x n=80, m=20": (
        Model("relu", 80, 20),
        instances_of(densities=DENSITIES, importances=[geometric(0.9, 80)]),
        1024,
        30,
    ),
    "C: n=400, m=30, p=0.01": (Model("relu", 400, 30), (Instance(0.01),), 4096, 20),
    "D: 900 x n=2, m=1": (
        Model("relu", 2, 1),
        instances_of(densities=np.geomspace(1, 0.01, 30).tolist(), importances=PHASES),
        1024,
        12,
    ),
}


class Ours:
    """Steps of a plan, for as long as one likes."""

    def __init__(self, plan: Plan) -> None:
        self.flat = plan.start()
        start = time.perf_counter()
        self.objective: Any = plan.source.objective(
            plan.problem, dtype=plan.dtype, backend=plan.backend
        )
        self.motion = plan.method.start(self.flat, plan.steps)
        self.at = 0
        self.train(1)
        self.start_up = time.perf_counter() - start

    def train(self, steps: int) -> None:
        """Take so many steps."""
        self.motion.advance(self.objective, self.at, self.at + steps)
        self.at += steps


def notebook(plan: Plan) -> Any:
    """Return the torch loop at the start of a plan, or None without torch."""
    if find_spec("torch") is None:
        return None
    import torch
    from torch_notebook import Notebook

    torch.set_num_threads(1)
    W = plan.problem.model.views(plan.start())["W"]
    return Notebook(
        np.swapaxes(W, 1, 2),
        plan.problem.densities[:, 0],
        plan.problem.importances,
        plan.source.to_dict()["batch"],
    )


def both_times(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall time and the process time of a call."""
    wall, process = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - process


def peak(plan: Plan) -> dict[str, float]:
    """Return the buffers of a plan's gradient and the peak of a few steps, in MiB."""
    tracemalloc.start()
    ours = Ours(plan)
    ours.train(3)
    top = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"buffers, MiB": ours.objective.nbytes / 2**20, "peak, MiB": top / 2**20}


def beside_torch(name: str, rounds: int) -> dict[str, Any]:
    """Measure a workload beside torch."""
    model, instances, batch, steps = WORKLOADS[name]
    plan = Plan(Problem(model, instances), Samples(batch), AdamW(1e-3), steps=10**6)
    plans = {backend: replace(plan, backend=backend) for backend in BACKENDS}
    if model.features == 2:
        plans |= {
            f"{backend}, exact loss": replace(plan, source=Population(), backend=backend)
            for backend in BACKENDS
        }
    programs: dict[str, Any] = {program: Ours(one) for program, one in plans.items()}
    result: dict[str, Any] = {
        f"{program}: start-up, s": round(ours.start_up, 3) for program, ours in programs.items()
    }
    for backend in BACKENDS:
        ways = programs[backend].objective.ways
        result[f"{backend}: ways"] = {way: ways.count(way) for way in sorted(set(ways))}
    torch_loop = notebook(plan)
    if torch_loop is not None:
        programs["torch"] = torch_loop
    lengths = {name: max(1, steps // 10) if name == "torch" else steps for name in programs}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for k in range(rounds + 1):
        for program, works in programs.items():
            taken = both_times(partial(works.train, lengths[program]))
            if k:
                times[program].append(taken)
    per_step = {name: np.array(rows) / lengths[name] * 1e3 for name, rows in times.items()}
    for program, rows in per_step.items():
        result[f"{program}: ms a step"] = round(float(np.median(rows[:, 0])), 4)
        result[f"{program}: process ms a step"] = round(float(np.median(rows[:, 1])), 4)
    if torch_loop is not None:
        for program in plans:
            ratios = np.median(per_step["torch"] / per_step[program], axis=0)
            result[f"torch / {program}, wall"] = round(float(ratios[0]), 2)
            result[f"torch / {program}, process time"] = round(float(ratios[1]), 2)
    result["memory, numpy"] = peak(plan)
    return result


def worker_clock(_: int) -> tuple[int, float]:
    """Return a worker's number and its process time; wait, so that the other worker answers too."""
    time.sleep(0.2)
    return os.getpid(), time.process_time()


def plain_loop(_: int) -> float:
    """Return the seconds that a loop of the interpreter takes."""
    start, total = time.perf_counter(), 0
    for k in range(2 * 10**7):
        total += k
    return time.perf_counter() - start


def two_processes(name: str, backend: str, seconds: float) -> dict[str, float]:
    """Measure a run in one process and split over two warm workers.

    In process time the run split over two takes as long as the busier worker. What the machine
    gives at all is seen from a plain loop, alone and twice at once: 2 on two cores of their own.
    """
    model, instances, batch, _ = WORKLOADS[name]
    plan = Plan(
        Problem(model, instances), Samples(batch), AdamW(1e-3), steps=50, records=1, backend=backend
    )
    train(plan)
    wall = 0.0
    while wall < 1:
        plan = replace(plan, steps=2 * plan.steps)
        wall, _ = both_times(partial(train, plan))
    plan = replace(plan, steps=int(plan.steps * seconds / wall))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        train(replace(plan, steps=50), executor=executor, parts=2)
        one, one_process = both_times(lambda: train(plan))
        before = dict(executor.map(worker_clock, range(2)))
        two, _ = both_times(lambda: train(plan, executor=executor, parts=2))
        after = dict(executor.map(worker_clock, range(2)))
        alone = next(executor.map(plain_loop, range(1)))
        twice = max(executor.map(plain_loop, range(2)))
    two_process = max(after[worker] - before[worker] for worker in before)
    return {
        "steps": plan.steps,
        "one, s": one,
        "two, s": two,
        "one / two, wall": one / two,
        "one / two, process time": one_process / two_process,
        "one / two of a plain loop": 2 * alone / twice,
    }


def main() -> None:
    """Run the workloads and print the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three rounds, short runs")
    parser.add_argument("--only", default="", help="workloads whose name begins so")
    parser.add_argument("--alone", action="store_true", help="leave out the two processes")
    given = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        parser.error("one thread each: set OPENBLAS_NUM_THREADS=1")
    if find_spec("torch") is None:
        print("torch is not installed, ours is measured alone: pip install torch")
    for name in WORKLOADS:
        if name.startswith(given.only):
            print(json.dumps({name: beside_torch(name, 3 if given.quick else 9)}, indent=2))
    for name in WORKLOADS:
        if not given.alone and name.startswith(given.only) and name[0] in "AD":
            for backend in BACKENDS:
                found = two_processes(name, backend, 3 if given.quick else 25)
                print(json.dumps({f"{name}, {backend}, two processes": found}, indent=2))


if __name__ == "__main__":
    main()
