"""Time to a phase diagram: two features in one dimension, best of ten random starts in each cell.

    python benchmarks/phase_answer.py

On 30 x 30 cells (density 1 to 0.01, importance of the second feature 0.1 to 10, both on log scales)
9,000 models descend by L-BFGS on the exact loss, 100 evaluations each, from the Xavier start; with
numpy alone, and with numba where it is installed, whose compilation is timed apart. The best loss
of each cell is compared with that of `superposition_numerics.landscape.phase_diagram`, which also
starts from structured points and from its neighbours' minima.

Where torch is installed, a piece of the sampled loop of the public notebook is timed on the 900
models of one start, and its time extrapolated to ten starts of 2,000 steps each. That loop is then
not at the minima yet, and its answer is noisy: the ratio of times compares unequal answers.
"""

from __future__ import annotations

import json
import statistics
from importlib.util import find_spec
from typing import Any

import numpy as np
from superposition_numerics.landscape import Axis, Parameter, Setting, phase_diagram
from superposition_numerics.training import Instance, Lbfgs, Model, Plan, Population, Problem, train
from timing import timed

DENSITIES = tuple(np.geomspace(1, 0.01, 30).tolist())
IMPORTANCES = tuple(np.geomspace(0.1, 10, 30).tolist())
STARTS = 10
EVALUATIONS = 100
ROUNDS = 7
SAME = 1e-6  # relative
NOTEBOOK_STEPS, PIECE = 2_000, 10


def problem(starts: int) -> Problem:
    """Return the models, cell by cell."""
    cells = [(p, r) for p in DENSITIES for r in IMPORTANCES]
    return Problem(
        Model("relu", 2, 1),
        [
            Instance(p, (1.0, r), seed=starts * k + s)
            for k, (p, r) in enumerate(cells)
            for s in range(starts)
        ],
    )


def plan(models: Problem, backend: str, steps: int = EVALUATIONS) -> Plan:
    """Return the descent; the last record is the loss at the last evaluation."""
    return Plan(
        models,
        Population(),
        Lbfgs(),
        steps=steps,
        records=[steps - 1],
        dtype="float64",
        backend=backend,
    )


def answer(backend: str) -> tuple[dict[str, Any], Any]:
    """Time the descents; return figures, and the loss of every cell and start."""
    models = problem(STARTS)
    first = timed(lambda: train(plan(models.part(slice(0, 2)), backend, steps=2)))
    times, losses = [], np.zeros(0)
    for _ in range(ROUNDS):

        def work() -> None:
            nonlocal losses
            losses = train(plan(problem(STARTS), backend)).losses[-1]

        times.append(timed(work))
    figures = {
        "seconds, median": statistics.median(times),
        "seconds, all": times,
        "first call of two models (import, compilation or its cache), seconds": first,
    }
    return figures, losses.reshape(len(DENSITIES), len(IMPORTANCES), STARTS)


def notebook() -> dict[str, float]:
    """Time a piece of the sampled loop on the models of one start."""
    import torch
    from torch_notebook import Notebook

    torch.set_num_threads(1)
    models = problem(1)
    weights = 0.8 * np.random.default_rng(0).standard_normal((models.count, 2, 1))
    loop = Notebook(weights, models.densities[:, 0], models.importances, 1024)
    loop.train(PIECE)
    step = statistics.median(timed(lambda: loop.train(PIECE)) / PIECE for _ in range(ROUNDS))
    return {
        "milliseconds for a step of 900 models, measured": 1e3 * step,
        "seconds for ten starts of 2,000 steps, extrapolated": STARTS * NOTEBOOK_STEPS * step,
    }


def main() -> None:
    """Run, and print the results as JSON."""
    axes = Axis(Parameter("density"), DENSITIES), Axis(Parameter("importance"), IMPORTANCES)
    known = phase_diagram(Setting(2, 1, 0.1), *axes).loss
    results: dict[str, Any] = {}
    for backend in ("numpy", "numba"):
        if find_spec(backend) is None:
            results[backend] = "not installed"
            continue
        figures, losses = answer(backend)
        excess = losses.min(axis=-1) / known - 1
        one = losses[..., 0] / known - 1
        results[backend] = figures | {
            "cells": known.size,
            "cells whose best loss agrees": int((abs(excess) <= SAME).sum()),
            "cells whose best loss is lower": int((excess < -SAME).sum()),
            "largest relative excess": float(excess.max()),
            "share of single starts that agree": float((one <= SAME).mean()),
            "share of all starts that agree": float(
                (losses <= known[..., None] * (1 + SAME)).mean()
            ),
        }
    results["torch, notebook loop"] = notebook() if find_spec("torch") else "not installed"
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
