"""Capacity of trained models: close to saturation beside random weights, and not exactly there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from superposition_numerics.landscape import Setting, global_minimum
from superposition_numerics.matrices import FloatArray
from superposition_numerics.recognition import recognise
from superposition_numerics.spectral import SpectralAnalysis, analyse, gaussian_null
from superposition_numerics.toy_model import population_loss
from superposition_numerics.training import (
    AdamW,
    Model,
    Plan,
    Problem,
    Run,
    Samples,
    Schedule,
    instances_of,
    train,
)

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Status,
)

from .hypotheses import LOSS, UNIFORM

IVANOV = "Ivanov et al. 2026, Spectral Superposition, arXiv 2602.02224"
SETTINGS = (
    r"\text{ReLU output, equal importances; } W \text{ by Xavier's rule, } b = 0",
    r"\text{AdamW, 2000 steps on 256 fresh samples, rate } 10^{-2} \text{ to } 0",
)


@dataclass(frozen=True)
class Training:
    """Models of one size that differ in density and seed.

    Parameters
    ----------
    features, dimensions : int
    sparsities : tuple of float
        S = 1 - p, increasing.
    seeds : int
        So many for each sparsity.
    steps : int
        1 leaves the weights where they start, up to one step of the optimiser.
    """

    features: int
    dimensions: int
    sparsities: tuple[float, ...]
    seeds: int = 1
    steps: int = 2000


def trained(training: Training, context: Context) -> Run:
    """Train from seeds of the context; sparsities are the slower axis of the instances.

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training, trained
    >>> from superposition_proofs.ledger import Context, Level
    >>> run = trained(Training(3, 2, (0.0, 0.5), steps=1), Context(Level.full, 0))
    >>> [instance.density for instance in run.plan.problem.instances]
    [1.0, 0.5]
    """
    seeds = context.rng("weights").integers(2**32, size=training.seeds).tolist()
    densities = [1 - sparsity for sparsity in training.sparsities]
    model = Model("relu", training.features, training.dimensions)
    problem = Problem(model, instances_of(densities=densities, seeds=seeds))
    method = AdamW(1e-2, schedule=Schedule("cosine"))
    return train(Plan(problem, Samples(256), method, training.steps, records=1))


def trained_weights(training: Training, context: Context) -> tuple[FloatArray, FloatArray]:
    """Return W at the start and at the end, each of shape (sparsities, seeds, m, n).

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training, trained_weights
    >>> from superposition_proofs.ledger import Context, Level
    >>> start, end = trained_weights(Training(3, 2, (0.0, 0.5), steps=1), Context(Level.full, 0))
    >>> end.shape, float(abs(end - start).max()) < 0.02
    ((2, 1, 2, 3), True)
    """
    W = trained(training, context).parameters["W"].astype(np.float64)
    start, end = W.reshape(2, len(training.sparsities), training.seeds, *W.shape[-2:])
    return start, end


# ---------------------------------------------------------------- near saturation

_TENTH = 0.1
_TRIALS = 16


def deficits_fall(runs: tuple[Training, Training], context: Context) -> Outcome:
    """Decide whether the deficit of capacity / rank is a tenth of that of random weights.

    Random are W before the training, and the mean of 16 Gaussian matrices with the rank and the
    column norms of the trained W, each of which is also to be further from saturation.

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training, deficits_fall
    >>> from superposition_proofs.ledger import Context, Level
    >>> frozen = Training(12, 3, (0.5,), steps=1)
    >>> deficits_fall((frozen, frozen), Context(Level.quick, 0)).holds
    False
    """
    training = runs[context.level is Level.full]
    start, end = (W[:, 0] for W in trained_weights(training, context))
    rows: list[dict[str, Any]] = []
    for sparsity, before, after in zip(training.sparsities, start, end, strict=True):
        analysis = analyse(after)
        seed = int(context.rng("null", len(rows)).integers(2**32))
        null = gaussian_null(analysis, trials=_TRIALS, seed=seed)
        deficit = 1 - null.saturation
        rows.append(
            {
                "sparsity": sparsity,
                "saturation": null.saturation,
                "untrained": _saturation(analyse(before)),
                "null": null.mean,
                "z": null.z,
                "exceeded": null.exceeded,
                "ratio": deficit / (1 - max(null.mean, _saturation(analyse(before)))),
            }
        )
    worst = max(rows, key=lambda row: row["ratio"])
    holds = worst["ratio"] <= _TENTH and not any(row["exceeded"] for row in rows)
    reason = (
        f"deficits at most {worst['ratio']:.3g} of those of random weights "
        f"(S = {worst['sparsity']:.3g})"
    )
    return Outcome(
        holds, reason, _TENTH - worst["ratio"], len(rows), len(rows), details={"rows": rows}
    )


def _saturation(analysis: SpectralAnalysis) -> float:
    return analysis.capacity / analysis.rank


_SPARSITIES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
_SATURATING = (Training(40, 6, (0.0, 0.6, 0.9)), Training(400, 30, _SPARSITIES))

NEAR_SATURATION_IN_TRAINING = Claim(
    "capacity-nearly-saturates-in-training",
    "Training takes away nine tenths of the deficit of capacity of random weights",
    r"1 - \frac{\sum_i D_i}{\operatorname{rank} W} \le \frac1{10} \min\Bigl(1 - "
    r"\frac{\sum_i D_i^{(0)}}{\operatorname{rank} W^{(0)}},\ 1 - \mathbf E\, "
    r"\frac{\sum_i D_i(N)}{\operatorname{rank} W}\Bigr), \quad "
    r"\sum_i D_i > \sum_i D_i(N) \text{ in each of 16 draws}",
    (
        r"n = 400,\ m = 30,\ S = 0, \ldots, 0.95 \quad (\text{quick level: } n = 40,\ m = 6)",
        r"W^{(0)} \text{: before the training; } N \text{: Gaussian columns of the norms of } W",
        *SETTINGS,
    ),
    f"{IVANOV}, capacity saturation in the toy model; the comparison with random weights is ours",
    ClaimKind.conjecture,
    (
        Evidence(
            "training",
            Status.supported,
            deficits_fall,
            _SATURATING,
            {
                "one step": (
                    Training(40, 6, (0.0, 0.6, 0.9), steps=1),
                    Training(400, 30, (0.0, 0.6, 0.9), steps=1),
                ),
                "20 steps": (
                    Training(40, 6, (0.6,), steps=20),
                    Training(400, 30, (0.6,), steps=20),
                ),
            },
            description="Sampled training at each sparsity, from a seed of the run.",
        ),
    ),
)


# ---------------------------------------------------------------- not exactly

_RESOLVED = 1e-6


def least_is_not_saturated(setting: Setting, context: Context) -> Outcome:
    """Decide whether the deficit of the lowest minimum is beyond what the search leaves open.

    A minimum is found to the square root of rounding or better; 1e-6 is a hundred times that.

    Examples
    --------
    >>> from superposition_numerics.landscape import Setting
    >>> from superposition_proofs.claims.capacity_runs import least_is_not_saturated
    >>> from superposition_proofs.ledger import Context, Level
    >>> least_is_not_saturated(Setting(2, 1, 0.3), Context(Level.quick, 0)).holds
    False
    """
    found = global_minimum(setting, starts=16, rng=context.rng("starts"))
    analysis = analyse(found.W)
    deficit = analysis.rank - analysis.capacity
    return Outcome(
        bool(deficit > _RESOLVED),
        f"rank - sum D_i is {deficit:.3g} for the {found.phase.kind}",
        deficit - _RESOLVED,
        details={"W": found.W.tolist()},
    )


def best_is_not_saturated(training: Training, context: Context) -> Outcome:
    """Decide whether the best of several trained models has a deficit above 1/100.

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training, best_is_not_saturated
    >>> from superposition_proofs.ledger import Context, Level
    >>> digon = Training(2, 1, (0.8,), seeds=2, steps=50)
    >>> best_is_not_saturated(digon, Context(Level.full, 0)).holds
    False
    """
    run = trained(training, context)
    ends = run.final
    (density,) = {instance.density for instance in run.plan.problem.instances}
    losses = population_loss(ends["W"], ends["b"], density)
    best = ends["W"][losses.argmin()].astype(np.float64)
    analysis = analyse(best)
    deficit = analysis.rank - analysis.capacity
    names = [part.name or part.verdict.value for part in recognise(best).components]
    return Outcome(
        bool(deficit > 0.01),
        f"rank - sum D_i is {deficit:.3g} for the {' + '.join(names)}",
        deficit - 0.01,
        len(losses),
        len(losses),
        details={"losses": losses.tolist(), "W": best.tolist()},
    )


EXACT_SATURATION = Claim(
    "capacity-saturates-at-the-optimum",
    "What a search finds as the optimum saturates its capacity exactly",
    r"(W, b) \text{ the lowest minimum found} \implies "
    r"\textstyle\sum_i D_i = \operatorname{rank} W",
    (LOSS, UNIFORM, r"\text{found by descent from 16 starts, or the best of 8 trained models}"),
    f"ours; asked by the saturation of trained models in {IVANOV}",
    ClaimKind.conjecture,
    (
        Evidence(
            "a weak triangle",
            Status.supported,
            least_is_not_saturated,
            Setting(3, 2, 0.6, (1.0, 1.0, 0.7)),
            {"equal importances": Setting(3, 2, 0.6)},
            ("triangles-pairs-and-pentagons",),
            against=True,
            description="n = 3, m = 2, p = 0.6, importances 1, 1, 0.7: the lowest of a search from "
            "16 starts.",
        ),
        Evidence(
            "a square antiprism",
            Status.supported,
            best_is_not_saturated,
            Training(8, 3, (0.95,), seeds=8),
            {"a pentagon": Training(5, 2, (0.95,), seeds=8)},
            level=Level.full,
            against=True,
            description="n = 8, m = 3, p = 0.05, equal importances: the best of 8 trained models; "
            "its vectors are spread over two eigenspaces.",
        ),
    ),
)

CLAIMS = (NEAR_SATURATION_IN_TRAINING, EXACT_SATURATION)
