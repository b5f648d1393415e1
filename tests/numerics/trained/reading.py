"""The stored toy models, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numerics.trained.train import WEIGHTS, Component

Single = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Stage:
    """Weights (m, n) and biases (n,) at one moment of training."""

    W: Single
    b: Single


@dataclass(frozen=True)
class TrainedModel:
    """A toy model before, during and after training, and what its angles say that it became."""

    name: str
    setting: dict[str, Any]
    components: tuple[Component, ...]
    initial: Stage
    half: Stage
    trained: Stage


def trained_models() -> tuple[TrainedModel, ...]:
    """Return all models in the order of training."""
    with np.load(WEIGHTS, allow_pickle=False) as archive:
        settings = json.loads(str(archive["settings"]))
        return tuple(
            TrainedModel(
                model["name"],
                model["setting"],
                tuple(Component(c["shape"], tuple(c["features"])) for c in model["components"]),
                *(
                    Stage(
                        archive[f"{model['name']}/{stage}/W"], archive[f"{model['name']}/{stage}/b"]
                    )
                    for stage in ("initial", "half", "trained")
                ),
            )
            for model in settings["models"]
        )
