"""The phase of a small toy model: the best minimum found, the runner-up, and the frozen theory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from typing import Any

from superposition_numerics.landscape import Minimum, Setting, local_minima
from superposition_theory import InputError
from superposition_theory.phases import DENSITY, IMPORTANCE, Candidate, frozen_candidates
from sympy import Rational

SCHEMA = "superposition.phase"
MOST_FEATURES = 6


@dataclass(frozen=True)
class PhaseReport:
    """What `phase` found for one setting.

    Attributes
    ----------
    setting : Setting
    best : Minimum
        The lowest local minimum found.
    runner_up : Minimum or None
        The next one of another geometry or with other biases.
    frozen : Candidate
        The best candidate of the theory with frozen weights.
    frozen_loss : float
        Its loss, the penalty included.

    Examples
    --------
    >>> from superposition_proofs.phases.report import phase
    >>> report = phase(2, 1, 0.5)
    >>> report.best.phase.kind, report.frozen.name
    ('antipodal pair', 'pair 1-2')
    """

    setting: Setting
    best: Minimum
    runner_up: Minimum | None
    frozen: Candidate
    frozen_loss: float

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        setting = self.setting
        return {
            "schema": SCHEMA,
            "version": 1,
            "project_version": version("spectral-superposition"),
            "features": setting.features,
            "dims": setting.dimensions,
            "density": setting.density,
            "importances": list(setting.importances),  # type: ignore[arg-type]
            "penalty": setting.penalty,
            **_described(self.best),
            "runner_up": None if self.runner_up is None else _described(self.runner_up),
            "frozen_theory": {
                "phase": self.frozen.name,
                "loss": self.frozen_loss,
                "gram": [[int(x) for x in row] for row in self.frozen.gram.tolist()],
                "biases": [float(b.subs(DENSITY, setting.density)) for b in self.frozen.biases],
            },
        }


def _described(minimum: Minimum) -> dict[str, Any]:
    return {
        "phase": minimum.phase.kind,
        "name": minimum.name,
        "loss": minimum.loss,
        "weights": minimum.W.tolist(),
        "biases": minimum.biases.tolist(),
    }


def phase(
    features: int,
    dims: int,
    density: float,
    *,
    importance: float = 1.0,
    penalty: float = 0.0,
    starts: int = 32,
    seed: int = 0,
) -> PhaseReport:
    """Search the minima of a small toy model and name the best one.

    The loss is sum_i I_i E(x_i - x'_i)^2, a sum and not a mean, plus
    penalty sum_{i != j} <w_i, w_j>^2.

    Parameters
    ----------
    features, dims : int
        1 <= m <= n <= 6.
    density : float
        p in (0, 1].
    importance : float
        Of the last feature, at least 0; the others have 1.
    penalty : float
        At least 0.
    starts : int
        Random starts beside the structured ones.
    seed : int

    Returns
    -------
    PhaseReport

    Raises
    ------
    InputError
        Numbers outside these ranges.

    Examples
    --------
    >>> from superposition_proofs.phases.report import phase
    >>> phase(3, 2, 0.6).to_dict()["phase"]
    'triangle'
    """
    if not 1 <= features <= MOST_FEATURES:
        raise InputError(f"features is {features!r}; accepted: 1 to {MOST_FEATURES}")
    if not 1 <= dims <= features:
        raise InputError(f"dims is {dims!r}; accepted: 1 to features = {features}")
    if not 0 < density <= 1:
        raise InputError(f"density is {density!r}; accepted: a number in (0, 1]")
    if not 0 <= importance < math.inf:
        raise InputError(f"importance is {importance!r}; accepted: a number of at least 0")
    if starts < 0:
        raise InputError(f"starts is {starts!r}; accepted: at least 0")
    setting = Setting(
        features,
        dims,
        density,
        importances=(1.0,) * (features - 1) + (importance,),
        penalty=penalty,
    )
    minima = local_minima(setting, starts=starts, rng=seed)
    if not minima:
        raise InputError(f"starts is {starts}: none ended in a minimum; accepted: more starts")
    frozen, loss = best_frozen(features, dims, density, importance, penalty)
    return PhaseReport(setting, minima[0], minima[1] if len(minima) > 1 else None, frozen, loss)


def best_frozen(
    features: int, dims: int, density: float, importance: float, penalty: float = 0.0
) -> tuple[Candidate, float]:
    """Return the best candidate with frozen weights, and its loss with the penalty.

    Examples
    --------
    >>> from superposition_proofs.phases.report import best_frozen
    >>> candidate, loss = best_frozen(2, 1, 0.5, 1.0)
    >>> candidate.name, round(loss, 12)
    ('pair 1-2', 0.083333333333)
    """
    p, r = (Rational(Fraction(x)) for x in (density, importance))

    def loss(candidate: Candidate) -> float:
        gram = candidate.gram
        overlap = sum(x**2 for x in gram) - sum(gram[i, i] ** 2 for i in range(features))
        return float(candidate.loss.subs({DENSITY: p, IMPORTANCE: r})) + penalty * float(overlap)

    best = min(frozen_candidates(features, dims), key=loss)
    return best, loss(best)
