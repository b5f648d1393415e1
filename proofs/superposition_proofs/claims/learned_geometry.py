"""Geometry that sampled training finds from random starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from superposition_numerics.recognition import recognise
from superposition_numerics.training import (
    AdamW,
    Model,
    Plan,
    Problem,
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

_ELHAGE = "Elhage et al. 2022, Toy Models of Superposition"


@dataclass(frozen=True)
class Pentagons:
    """Training of five features in two dimensions from random starts.

    Parameters
    ----------
    density : float
    steps : int
        Of AdamW at a rate that falls from 1e-2 along a cosine, with batches of 256.
    least : int
        How many of 20 seeds are to end as a regular pentagon.
    """

    density: float = 0.05
    steps: int = 2000
    least: int = 18


def are_learned(runs: Pentagons, context: Context) -> Outcome:
    """Decide whether `recognise` finds a regular pentagon of all features after enough runs.

    Examples
    --------
    >>> from superposition_proofs.claims.learned_geometry import Pentagons, are_learned
    >>> from superposition_proofs.ledger import Context, Level
    >>> are_learned(Pentagons(steps=1), Context(Level.full, 0)).reason
    '0 of 20 runs end as a pentagon'
    """
    seeds = context.rng("pentagons").integers(2**32, size=20).tolist()
    instances = instances_of(densities=(runs.density,), seeds=seeds)
    problem = Problem(Model("relu", 5, 2), instances)
    method = AdamW(1e-2, schedule=Schedule("cosine"))
    run = train(Plan(problem, Samples(256), method, runs.steps, records=1))
    names = []
    for W in run.final["W"].astype(np.float64):
        found = recognise(W)
        parts = [part.name or part.verdict.value for part in found.components]
        names.append(" + ".join(parts + ["dropped"] * len(found.zero_features)))
    count = names.count("pentagon")
    reason = f"{count} of {len(names)} runs end as a pentagon"
    details = {"seeds": seeds, "geometries": names}
    return Outcome(
        count >= runs.least, reason, count - runs.least, len(names), len(names), details=details
    )


PENTAGONS = Claim(
    "pentagon-from-random-starts",
    "Five sparse features in the plane are learned as a regular pentagon",
    r"n = 5,\ m = 2,\ p = \tfrac1{20}: \quad \text{18 or more of 20 random starts} \allowbreak "
    r"\text{ end as a regular pentagon,} \allowbreak \text{ cosines within } 0.03",
    (
        r"\text{ReLU output, equal importances; } W \text{ by Xavier's rule, } b = 0",
        r"\text{AdamW, 2000 steps on 256 fresh samples, rate } 10^{-2} \text{ to } 0",
    ),
    _ELHAGE + ", introduction; the settings are ours",
    ClaimKind.conjecture,
    (
        Evidence(
            "training",
            Status.supported,
            are_learned,
            Pentagons(),
            {
                "half of the features active": Pentagons(density=0.5),
                "one step": Pentagons(steps=1),
            },
            level=Level.full,
            description="Sampled training from 20 seeds; the geometry by its relations.",
        ),
    ),
)

CLAIMS = (PENTAGONS,)
