"""Draw the flow of the spectrum in a training, and a symmetric start that loses its symmetry.

    python examples/eigenvalue_flow.py --out docs/images

Five features in two dimensions from random weights; then the square of four features at the density
0.7, where it is a saddle: the distance to the Bose-Mesner algebra of the 4-cycle grows at the rate
of the lowest curvature.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from superposition_numerics.flows import (
    AdjacencyAlgebra,
    PopulationLoss,
    breaking_rate,
    reduced_flow,
    track,
    weight_flow,
)
from superposition_numerics.landscape import polish
from superposition_numerics.matrices import FloatArray
from superposition_theory.schemes import cyclic

FEATURES, DIMENSIONS, SPARSE, SEED = 5, 2, 0.05, 3
DENSE, STEP = 0.7, 1e-9


def draw_training(spectrum: Any, features: Any) -> None:
    """Draw the eigenvalues on one axis, D_i and the capacity on the other."""
    W = 0.1 * np.random.default_rng(SEED).normal(size=(DIMENSIONS, FEATURES))
    times = np.concatenate(([0.0], np.geomspace(0.3, 600.0, 120)))
    flow = weight_flow(
        PopulationLoss(SPARSE).of_weights, W, np.zeros(FEATURES), times, tolerance=1e-9
    )
    found = track(flow.gram, rank=DIMENSIONS)
    spectrum.semilogx(times[1:], found.eigenvalues[1:])
    spectrum.set(xlabel="time", ylabel=r"eigenvalues $\lambda_k$ of $W W^T$")
    features.semilogx(times[1:], found.dimensionality[1:], color="tab:blue", alpha=0.7)
    features.semilogx(times[1:], found.capacity[1:], color="black")
    features.set(xlabel="time", ylabel=r"$D_i$ (blue) and capacity (black)", ylim=(0, 2.1))


def draw_breaking(axes: Any) -> None:
    """Draw the distance to the algebra, and the exponential of the curvature beside it."""
    scheme, loss = cyclic(4), PopulationLoss(DENSE)
    end = reduced_flow(scheme, loss, [0.0, 0.3, 0.0], 0.0, [0.0, 100.0])
    values, vectors = np.linalg.eigh(end.gram[-1])
    start = polish(np.sqrt(values[2:])[:, None] * vectors[:, 2:].T, end.biases[-1], DENSE)
    rate, direction = breaking_rate(scheme, loss, start.W, start.biases)
    step, size = STEP * direction, start.W.size
    times: FloatArray = np.linspace(0.0, 1500.0, 101)
    W, b = start.W + step[:size].reshape(start.W.shape), start.biases + step[size:]
    flow = weight_flow(loss.of_weights, W, b, times)
    distance = AdjacencyAlgebra(scheme).residual(flow.gram)
    axes.semilogy(times, distance, color="tab:red")
    line = times[(times > 200) & (times < 1000)]
    axes.semilogy(
        line, 3 * distance[14] * np.exp(rate * (line - times[14])), "k--", label=f"rate {rate:.4f}"
    )
    axes.set(xlabel="time", ylabel="relative distance to the algebra")
    axes.legend(frameon=False)


def main() -> None:
    """Write flow.png."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
    draw_training(axes[0], axes[1])
    draw_breaking(axes[2])
    figure.savefig(out / "flow.png", dpi=110)


if __name__ == "__main__":
    main()
