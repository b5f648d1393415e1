"""Phase diagrams of density and importance: the true optimum beside the frozen theory."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_numerics.landscape import (
    Axis,
    Diagram,
    Parameter,
    Phase,
    Setting,
    phase_of,
)
from superposition_numerics.landscape import phase_diagram as search_diagram
from superposition_numerics.matrices import FloatArray
from superposition_theory import InputError
from superposition_theory.phases import DENSITY, IMPORTANCE, Candidate, frozen_candidates
from sympy import lambdify

from .curves import Curves, phase_curves
from .report import MOST_FEATURES

SCHEMA = "superposition.phase-diagram"
DENSITIES = (0.01, 1.0)
IMPORTANCES = (0.1, 10.0)
COLUMNS = (
    *("density", "importance", "phase", "kind", "name", "loss"),
    *("frozen", "frozen_loss", "excess", "runner_up", "runner_up_loss", "weights", "biases"),
)
_WORDS = {"antipodal pair": "strong pair", "weak antipodal pair": "weak pair"}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class PhaseDiagram:
    """The best minimum and the best frozen candidate at every cell, and the lines between phases.

    Attributes
    ----------
    optimum : Diagram
        Rows are importances of the last feature, columns densities.
    candidates : tuple of Candidate
        Of the frozen theory.
    best_candidate : ndarray of int
        Index of the best candidate, the first of equals.
    frozen_loss : ndarray
    curves : Curves or None
        None where no curve is known.
    seed : int
    """

    optimum: Diagram
    candidates: tuple[Candidate, ...]
    best_candidate: npt.NDArray[np.intp]
    frozen_loss: FloatArray
    curves: Curves | None
    seed: int

    @property
    def labels(self) -> npt.NDArray[np.str_]:
        """The phases of the optimum in short words."""
        phases = self.optimum.phases
        return np.array([label(phase) for phase in phases.ravel()]).reshape(phases.shape)

    @property
    def frozen_labels(self) -> npt.NDArray[np.str_]:
        """The phases of the frozen theory in the same words."""
        dims = self.optimum.setting.dimensions
        names = [label(phase_of(_weights(c, dims))) for c in self.candidates]
        return np.array(names)[self.best_candidate]

    @property
    def excess(self) -> FloatArray:
        """(frozen loss - least loss) / frozen loss, and 0 where the frozen loss is 0."""
        gap = self.frozen_loss - self.optimum.loss
        return np.divide(gap, self.frozen_loss, out=np.zeros_like(gap), where=self.frozen_loss > 0)

    def to_dict(self) -> dict[str, Any]:
        """Return settings, axes, counts and lines as JSON data."""
        setting = self.optimum.setting
        curves = self.curves
        return {
            "schema": SCHEMA,
            "version": 1,
            "project_version": version("spectral-superposition"),
            "features": setting.features,
            "dims": setting.dimensions,
            "loss": "sum_i I_i E(x_i - x'_i)^2",
            "seed": self.seed,
            "density": list(self.optimum.columns.values),
            "importance_of_the_last_feature": list(self.optimum.rows.values),
            "cells": dict(Counter(self.labels.ravel().tolist()).most_common()),
            "frozen_cells": dict(Counter(self.frozen_labels.ravel().tolist()).most_common()),
            "largest_excess": float(self.excess.max()),
            "curves": None if curves is None else [curve.to_dict() for curve in curves.curves],
            "points": None if curves is None else [vars(mark) for mark in curves.marks],
        }

    def to_csv(self) -> str:
        """Return one line a cell.

        Weights (rows are dimensions) and biases are JSON; a runner-up is the lowest stationary
        point of another name that was found, and empty where there is none.
        """
        diagram = self.optimum
        excess, labels, runners_up = self.excess, self.labels, diagram.runner_up_names
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for i, importance in enumerate(diagram.rows.values):
            for j, density in enumerate(diagram.columns.values):
                second = float(diagram.runner_up_loss[i, j])
                writer.writerow(
                    [
                        density,
                        importance,
                        labels[i, j],
                        diagram.phases[i, j].kind,
                        diagram.phases[i, j].name,
                        float(diagram.loss[i, j]),
                        self.candidates[self.best_candidate[i, j]].name,
                        float(self.frozen_loss[i, j]),
                        float(excess[i, j]),
                        runners_up[i, j],
                        "" if np.isinf(second) else second,
                        json.dumps(diagram.W[i, j].tolist()),
                        json.dumps(diagram.biases[i, j].tolist()),
                    ]
                )
        return text.getvalue()


def label(phase: Phase) -> str:
    """Return a phase in short words, the same for exchanges of all features but the last.

    Dedicated features are left out, unless it is the last one, "alone" beside shared directions,
    or all of them.

    Examples
    --------
    >>> from superposition_numerics.landscape import phase_of
    >>> from superposition_proofs.phases.diagram import label
    >>> label(phase_of([[1, 0]])), label(phase_of([[1, -1]])), label(phase_of([[1, -0.4]]))
    ('drop 2', 'strong pair', 'weak pair')
    >>> label(phase_of([[1, -1, 0], [0, 0, 1]])), label(phase_of([[1, 0, 0], [0, 1, -1]]))
    ('strong pair, 3 alone', 'strong pair with 3')
    >>> label(phase_of([[1, 0, 0, 0], [0, 1, -1, 0]]))
    'strong pair, drop 4'
    """
    features = sum(len(component.features) for component in phase.components)
    last = features - 1
    shared = [c for c in phase.components if c.shape not in ("dedicated", "dropped")]
    counts = Counter(c.shape for c in shared)
    words = []
    for shape, count in counts.items():
        members = [i for c in shared if c.shape == shape for i in c.features]
        word = _WORDS.get(shape, shape)
        word = word if count == 1 else f"{count} {word}s"
        words.append(
            f"{word} with {features}" if last in members and len(members) < features else word
        )
    dropped_others = len(phase.dropped) - (last in phase.dropped)
    if shared and last not in phase.dropped and not any(last in c.features for c in shared):
        words.append(f"{features} alone")
    if last in phase.dropped:
        words.append(f"drop {features}")
    if dropped_others:
        words.append("drop 1" if last == 1 else f"drop {dropped_others} of 1-{last}")
    return ", ".join(words) or "all dedicated"


def phase_diagram(
    features: int,
    dims: int,
    grid: int,
    *,
    seed: int = 0,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> PhaseDiagram:
    """Find the best minimum and the best frozen candidate on a grid of densities and importances.

    Parameters
    ----------
    features, dims : int
        1 <= m <= n <= 6.
    grid : int
        Cells a side, at least 2: densities from 0.01 to 1 and importances of the last feature from
        0.1 to 10, with equal ratios. The other importances are 1.
    seed : int
    executor : concurrent.futures.Executor, optional
    store : path, optional
        Finished chunks of the search are kept in this file, and found in it.
    progress : callable, optional
        Called with the stage, what is done and how much there is.

    Returns
    -------
    PhaseDiagram

    Raises
    ------
    InputError
        Numbers outside these ranges.

    Examples
    --------
    >>> from superposition_proofs.phases.diagram import phase_diagram
    >>> phase_diagram(4, 3, 2).frozen_labels.tolist()[0]
    ['strong pair with 4', 'drop 4']
    """
    if not 1 <= features <= MOST_FEATURES:
        raise InputError(f"features is {features!r}; accepted: 1 to {MOST_FEATURES}")
    if not 1 <= dims <= features:
        raise InputError(f"dims is {dims!r}; accepted: 1 to features = {features}")
    if grid < 2:
        raise InputError(f"grid is {grid!r}; accepted: at least 2")
    rows = Axis.logarithmic(Parameter("importance"), *IMPORTANCES, grid)
    columns = Axis.logarithmic(Parameter("density"), *DENSITIES, grid)
    optimum = search_diagram(
        Setting(features, dims, 1.0),
        rows,
        columns,
        seed=seed,
        executor=executor,
        store=store,
        progress=progress,
    )
    curves = phase_curves(features, dims, executor=executor, progress=progress)
    candidates = frozen_candidates(features, dims)
    p, importance = np.meshgrid(columns.values, rows.values)
    losses = np.stack(
        [
            np.broadcast_to(
                lambdify((DENSITY, IMPORTANCE), c.loss, "numpy")(p, importance), p.shape
            )
            for c in candidates
        ]
    )
    best = losses.argmin(axis=0)
    return PhaseDiagram(optimum, candidates, best, losses.min(axis=0), curves, seed)


def _weights(candidate: Candidate, dims: int) -> FloatArray:
    """Return weights, shape (m, n), with the Gram matrix of a candidate."""
    values, vectors = np.linalg.eigh(np.array(candidate.gram.tolist(), dtype=np.float64))
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))).T[::-1][:dims])
