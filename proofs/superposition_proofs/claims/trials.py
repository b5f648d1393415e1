"""Evidence from seeded random trials of the float code, each to a stated error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from superposition_proofs.ledger import Context, Evidence, Level, Outcome, Status

# Error of a float loss over sum_j I_j (1 + Z_j)^2, Z_j a bound of |z_j|: three times the largest of
# 3,800 cases beside exact rationals (docs/toy_model.md; the derived bound is in the hundreds).
LOSS_ERROR = 4 * 2.0**-53

Trial = Callable[[np.random.Generator], float | None]


@dataclass(frozen=True)
class Trials:
    """A law, and how often it is tried.

    Parameters
    ----------
    law : callable
        rng -> violation relative to its stated error (at most 1 where the law holds), or None where
        the draw does not meet the hypotheses.
    quick, full : int
        Number of draws at each level.
    """

    law: Trial
    quick: int
    full: int


def in_trials(
    law: Trial,
    near_misses: Mapping[str, Trial],
    *uses: str,
    quick: int,
    full: int,
    name: str = "random trials",
    description: str,
) -> Evidence[Trials]:
    """Return evidence from seeded random trials.

    Parameters
    ----------
    law : callable
        rng -> violation relative to its stated error, or None.
    near_misses : mapping of str to callable
    *uses : str
        Ids of claims taken for granted.
    quick, full : int
        Number of draws at each level.
    name : str
        Unique in its claim.
    description : str

    Returns
    -------
    Evidence of kind ``supported``

    Examples
    --------
    >>> from superposition_proofs.claims.trials import in_trials
    >>> in_trials(lambda rng: 0.0, {"off": lambda rng: 2.0}, quick=1, full=1, description="x").kind
    <Status.supported: 'supported'>
    """
    return Evidence(
        name,
        Status.supported,
        run_trials,
        Trials(law, quick, full),
        {miss: Trials(wrong, quick, full) for miss, wrong in near_misses.items()},
        uses,
        description=description,
    )


def run_trials(trials: Trials, context: Context) -> Outcome:
    """Try a law on the random draws of the context.

    Examples
    --------
    >>> from superposition_proofs.claims.trials import Trials, run_trials
    >>> from superposition_proofs.ledger import Context, Level
    >>> run_trials(Trials(lambda rng: rng.random(), 3, 3), Context(Level.quick, 0)).effective
    3
    """
    count = trials.quick if context.level is Level.quick else trials.full
    worst, effective = 0.0, 0
    for k in range(count):
        violation = trials.law(context.rng("trial", k))
        if violation is None:
            continue
        effective += 1
        if not violation <= 1:
            reason = f"violated by {violation:.3g} times the stated error in draw {k}"
            return Outcome(False, reason, 1 - violation, k + 1, effective, witness={"draw": k})
        worst = max(worst, violation)
    reason = f"largest violation {worst:.2g} of the stated error"
    return Outcome(True, reason, 1 - worst, count, effective)


def loss_error(weights: Any, biases: Any, importances: Any = 1.0) -> float:
    """Return the stated error of a float loss: `LOSS_ERROR` times sum_j I_j (1 + Z_j)^2.

    Z_j = |b_j| + |w_j| sum_i |w_i| bounds the preactivation of output j (docs/toy_model.md).

    Examples
    --------
    >>> from superposition_proofs.claims.trials import LOSS_ERROR, loss_error
    >>> loss_error([[1.0, -1.0]], [0.0, 0.0]) / LOSS_ERROR
    18.0
    """
    norms = np.sqrt((np.asarray(weights, dtype=np.float64) ** 2).sum(axis=0))
    bound = np.abs(np.asarray(biases, dtype=np.float64)) + norms * norms.sum()
    return LOSS_ERROR * float((np.asarray(importances) * (1 + bound) ** 2).sum())


def worst_ratio(differences: Any, bound: float) -> float:
    """Return the largest absolute difference relative to a bound.

    Examples
    --------
    >>> from superposition_proofs.claims.trials import worst_ratio
    >>> worst_ratio([1.0, -3.0], 2.0)
    1.5
    """
    return float(np.max(np.abs(np.asarray(differences, dtype=np.float64)))) / bound
