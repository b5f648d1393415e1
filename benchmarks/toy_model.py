"""Time of the exact population loss of the toy model beside sampling.

    python benchmarks/toy_model.py

For n = 2 .. 6 features in 2 dimensions, random instances in batches of 1 and 1024: the time of the
loss, and of the loss with its gradient, for one instance. Beside it the time in which sampling
(numpy, float64, an instance's share of the same batch) brings its standard error to 1e-3 and to
1e-6 of the loss: the rate of sampling, measured in the same interleaved rounds, times the number of
samples that the measured standard deviation (median over the batch) asks for by the 1/sqrt(N) law.
Where that many samples are not drawn, the result says that it is extrapolated.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
from superposition_numerics.toy_model import loss_and_gradient, population_loss, sampled_loss
from timing import interleaved

DENSITY = 0.2
SAMPLES = {1: 4_000_000, 1024: 16_384}  # for each instance
CALLS = {1: 200, 1024: 1}  # timed together: a single call is too short
TARGETS = (1e-3, 1e-6)


def against_sampling(features: int, batch: int, rounds: int) -> dict[str, float]:
    """Time loss and gradient of a batch beside samples of the same instances."""
    rng = np.random.default_rng([features, batch])
    W = rng.standard_normal((batch, 2, features))
    biases = -0.1 * rng.random((batch, features))
    samples, calls = SAMPLES[batch], CALLS[batch]

    def repeated(function: Callable[..., Any]) -> None:
        for _ in range(calls):
            function(W, biases, DENSITY)

    works: dict[str, Callable[[], Any]] = {
        "loss": lambda: repeated(population_loss),
        "loss and gradient": lambda: repeated(loss_and_gradient),
        "sampling": lambda: sampled_loss(W, biases, DENSITY, samples=samples, rng=rng),
    }
    times = interleaved(works, rounds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    loss = medians["loss"] / batch / calls
    gradient = medians["loss and gradient"] / batch / calls
    one_sample = medians["sampling"] / batch / samples
    estimate = sampled_loss(W, biases, DENSITY, samples=samples, rng=rng)
    spread = float(np.median(estimate.standard_error / estimate.value)) * np.sqrt(samples)
    result = {
        "loss, microseconds": 1e6 * loss,
        "loss and gradient, microseconds": 1e6 * gradient,
        "one sample, microseconds": 1e6 * one_sample,
        "relative standard deviation of one sample": spread,
    }
    for target in TARGETS:
        needed = (spread / target) ** 2
        seconds = needed * one_sample
        how = "measured" if needed <= samples else "extrapolated"
        result[f"samples for {target:g}"] = round(needed)
        result[f"sampling to {target:g} ({how}), seconds"] = seconds
        result[f"sampling to {target:g} / loss"] = seconds / loss
        result[f"sampling to {target:g} / loss and gradient"] = seconds / gradient
    return result


def main() -> None:
    """Run all sizes and print the results as JSON."""
    results = {
        f"n = {features}, batch of {batch}": against_sampling(features, batch, rounds)
        for batch, rounds in ((1, 5), (1024, 3))
        for features in range(2, 7)
    }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
