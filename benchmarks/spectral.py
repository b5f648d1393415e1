"""Time and memory of the spectral analysis beside its peers, in the same run.

    python benchmarks/spectral.py [--quick]

1. 768 x 50,000 float32: the analysis beside its two float64 matrix products and its
   eigendecomposition alone (ratio of medians over interleaved rounds), and its peak memory beyond
   the input relative to the input.
2. The (n, n)-Gram route of public notebooks, D = diag(M)^2 / diag(M M), at n = 5,000.
3. 4096 x 100,000 float32 (1.6 GB) from a memory-mapped file: time and peak resident memory.

Peak memory is the growth of the high-water mark of resident memory in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from superposition_numerics.spectral import analyse
from timing import interleaved, timed


def peak_mib() -> float:
    """Return the high-water mark of this process's resident memory in MiB (Linux)."""
    # Not ru_maxrss: a child inherits that mark from its parent.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def in_own_process(work: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """Run the work in a fresh process, so that its peak memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def memory_of_analysis(m: int, n: int) -> dict[str, float]:
    """Measure the peak memory of the analysis beyond its input."""
    W = np.random.default_rng(0).standard_normal((m, n), dtype=np.float32)
    analyse(W[:, :100])  # libraries load and allocate before the measurement
    before = peak_mib()
    analyse(W)
    return {"input MiB": W.nbytes / 2**20, "beyond MiB": peak_mib() - before}


def memory_of_gram(m: int, n: int) -> dict[str, float]:
    """Measure the peak memory of the Gram route beyond its input."""
    W = np.random.default_rng(0).standard_normal((m, n), dtype=np.float32)
    gram_route(W[:, :100])
    before = peak_mib()
    gram_route(W)
    return {"input MiB": W.nbytes / 2**20, "beyond MiB": peak_mib() - before}


def gram_route(W: np.ndarray) -> np.ndarray:
    """Return D the way that notebooks do: the whole Gram matrix and its square."""
    M = W.T @ W
    return np.asarray(np.diag(M) ** 2 / np.einsum("ij,ij->i", M, M))


def from_file(path: str) -> dict[str, float]:
    """Analyse a memory-mapped file; return seconds and peak resident memory."""
    mapped = np.load(path, mmap_mode="r")
    seconds = timed(lambda: analyse(mapped))
    return {"seconds": seconds, "peak MiB": peak_mib()}


def write_matrix(path: Path, m: int, n: int) -> None:
    """Write a Gaussian float32 matrix without holding it in memory."""
    mapped = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(m, n))
    rng = np.random.default_rng(1)
    for row in range(0, m, 64):
        mapped[row : row + 64] = rng.standard_normal((min(64, m - row), n), dtype=np.float32)
    mapped.flush()


def against_its_kernels(m: int, n: int, rounds: int) -> dict[str, float]:
    """Time the analysis beside its two products and its eigendecomposition."""
    W = np.random.default_rng(0).standard_normal((m, n), dtype=np.float32)
    B = W.astype(np.float64)
    C = B.T.copy()
    F = B @ C
    V = np.linalg.eigh(F)[1]
    works: dict[str, Callable[[], Any]] = {
        "analysis": lambda: analyse(W),
        "two products and eigh": lambda: (B @ C, np.linalg.eigh(F), V.T @ B),
    }
    times = interleaved(works, rounds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {**medians, "ratio": medians["analysis"] / medians["two products and eigh"]}


def against_gram(m: int, n: int, rounds: int) -> dict[str, float]:
    """Time the analysis beside the Gram route."""
    W = np.random.default_rng(0).standard_normal((m, n), dtype=np.float32)
    times = interleaved({"analysis": lambda: analyse(W), "gram": lambda: gram_route(W)}, rounds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {**medians, "gram / analysis": medians["gram"] / medians["analysis"]}


def main() -> None:
    """Run all three and print the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the 1.6 GB file")
    arguments = parser.parse_args()
    memory = in_own_process(memory_of_analysis, 768, 50_000)
    results: dict[str, dict[str, float]] = {
        "768 x 50000 float32, time": against_its_kernels(768, 50_000, rounds=7),
        "768 x 50000 float32, memory": {
            **memory,
            "ratio": memory["beyond MiB"] / memory["input MiB"],
        },
        "512 x 5000 float32, time": against_gram(512, 5_000, rounds=7),
        "512 x 5000 float32, memory of the analysis": in_own_process(
            memory_of_analysis, 512, 5_000
        ),
        "512 x 5000 float32, memory of the Gram route": in_own_process(memory_of_gram, 512, 5_000),
    }
    if not arguments.quick:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "w.npy"
            write_matrix(path, 4096, 100_000)
            results["4096 x 100000 float32, memory map"] = in_own_process(from_file, str(path))
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
