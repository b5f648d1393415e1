"""Phase diagrams beside brute force, in the same run.

    python benchmarks/landscape.py [--quick]

1. n = 2, m = 1 on 100 x 100 cells and n = 3, m = 2 on 40 x 40, two processes: wall time, and time
   per cell beside 64 random descents a cell in one process.
2. On random cells of each diagram: by how much 64 random descents find a lower loss (relative to
   the silent loss; a positive number would be a failure of the diagram).
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from superposition_numerics.landscape import (
    Axis,
    Diagram,
    Parameter,
    Setting,
    minimise,
    phase_diagram,
    random_starts,
)

STARTS = 64


def diagram(features: int, dimensions: int, grid: int) -> tuple[Diagram, float]:
    """Compute a diagram over density and importance with two processes, and its wall time."""
    setting = Setting(features, dimensions, 0.5)
    rows = Axis.logarithmic(Parameter("importance"), 0.1, 10, grid)
    columns = Axis.logarithmic(Parameter("density"), 0.01, 1, grid)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        start = time.perf_counter()
        found = phase_diagram(setting, rows, columns, executor=executor)
        return found, time.perf_counter() - start


def brute_force(found: Diagram, cells: int) -> dict[str, float]:
    """Descend from 64 random starts in random cells, and compare with the diagram."""
    rng = np.random.default_rng(0)
    lower, seconds = [], 0.0
    for flat in rng.choice(found.loss.size, size=cells, replace=False):
        row, column = np.unravel_index(flat, found.loss.shape)
        setting = found.setting.vary(found.rows.parameter, found.rows.values[row]).vary(
            found.columns.parameter, found.columns.values[column]
        )
        start = time.perf_counter()
        W, biases = random_starts(setting, STARTS, rng)
        ends = minimise(W, biases, setting.densities, importances=setting.importances)
        seconds += time.perf_counter() - start
        lower.append((found.loss[row, column] - ends.loss.min()) / setting.silent_loss)
    return {
        "cells": cells,
        "largest gain of brute force": float(max(lower)),
        "cells where it is lower by 1e-12": int(np.sum(np.array(lower) > 1e-12)),
        "seconds a cell": seconds / cells,
    }


def main() -> None:
    """Run both diagrams and print the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small grids and 50 cells each")
    quick = parser.parse_args().quick
    results: dict[str, dict[str, float]] = {}
    for features, dimensions, grid, cells in ((2, 1, 100, 500), (3, 2, 40, 200)):
        size, sample = (12, 50) if quick else (grid, cells)
        found, seconds = diagram(features, dimensions, size)
        forced = brute_force(found, sample)
        results[f"n = {features}, m = {dimensions}, {size} x {size}"] = {
            "wall seconds, 2 processes": seconds,
            "process seconds a cell": 2 * seconds / size**2,
            **{f"brute force: {name}": value for name, value in forced.items()},
            "brute force / diagram, seconds a cell": forced["seconds a cell"]
            / (2 * seconds / size**2),
        }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
