"""What each instance of a run has learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_numerics.landscape import phase_of
from superposition_numerics.matrices import FloatArray
from superposition_numerics.recognition import recognise
from superposition_numerics.recognition.cleaning import MOST_FEATURES as MOST_RECOGNISED
from superposition_numerics.toy_model.activity import MOST_FEATURES as MOST_ENUMERATED
from superposition_numerics.training import DataSet, Instance, Plan, Run, Samples, SpectralTrace
from superposition_numerics.training.objectives import Population, Source
from superposition_numerics.training.traces import feature_directions

from ..classification import summary
from ..ledger.json_values import finite_or_none

_ZERO = 0.05  # of the largest norm: as in `recognise`


@dataclass(frozen=True, eq=False)
class Learned:
    """What one instance has learned.

    Attributes
    ----------
    number : int
        Its place in the plan, from 0.
    setting : int
        The number of its setting, from 0: instances that differ in their seed alone share one.
    rank : int
        By loss among those of its setting, from 1; those that diverged come last.
    instance : Instance
    W : ndarray, shape (m, n)
        The directions of the features: W, or W_2^T of an untied model.
    geometry : str
        Its name, as `superposition classify` gives it.
    loss : float
        The mean over the steps since the record before; of batches where the source draws them.
    exact_loss : float or None
        At the last weights, without sampling; None where no exact route is at hand.
    dimensionality : ndarray, shape (n,)
    ending : str
        ``completed``, ``stopped`` or ``diverged``.
    ended : int
        The step.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Instance
    >>> from superposition_proofs.training import Learned
    >>> W, D = np.array([[1.0, -1.0, 0.0]]), np.array([0.5, 0.5, 0.0])
    >>> best = Learned(0, 0, 1, Instance(), W, "digon", 0.1, None, D, "completed", 100)
    >>> best.norms.tolist(), best.represented.tolist()
    ([1.0, 1.0, 0.0], [True, True, False])
    """

    number: int
    setting: int
    rank: int
    instance: Instance
    W: FloatArray
    geometry: str
    loss: float
    exact_loss: float | None
    dimensionality: FloatArray
    ending: str
    ended: int

    @property
    def norms(self) -> FloatArray:
        """The norms of the features, shape (n,)."""
        return np.asarray(np.sqrt((self.W**2).sum(axis=0)))

    @property
    def represented(self) -> npt.NDArray[np.bool_]:
        """Whether the norm of each feature is above a twentieth of the largest."""
        return np.asarray(self.norms > _ZERO * self.norms.max(initial=0))

    def to_dict(self) -> dict[str, Any]:
        """Return what was learned as JSON data, without the weights."""
        return {
            "number": self.number,
            "setting": self.setting,
            "rank": self.rank,
            "instance": self.instance.to_dict(),
            "geometry": self.geometry,
            "loss": finite_or_none(self.loss),
            "exact_loss": self.exact_loss,
            "capacity": float(self.dimensionality.sum()),
            "represented": int(self.represented.sum()),
            "dimensionality": self.dimensionality.tolist(),
            "norms": self.norms.tolist(),
            "ending": self.ending,
            "ended": self.ended,
        }


def learned_of(run: Run, trace: SpectralTrace) -> tuple[Learned, ...]:
    """Return what all instances learned, the best of each setting first."""
    instances = run.plan.problem.instances
    directions = feature_directions(run)
    exact = _exact_losses(run)
    numbers = {setting: number for number, setting in enumerate(settings_of(instances))}
    own = [numbers[replace(instance, seed=0)] for instance in instances]
    judged = run.losses[-1] if exact is None else exact
    lost = np.array([ending == "diverged" for ending in run.endings])
    order = np.lexsort((judged, lost))
    seen: Counter[int] = Counter()
    found = []
    for k in order.tolist():
        seen[own[k]] += 1
        found.append(
            Learned(
                k,
                own[k],
                seen[own[k]],
                instances[k],
                directions[k],
                _geometry(directions[k]),
                float(run.losses[-1, k]),
                None if exact is None else finite_or_none(exact[k]),
                trace.dimensionality[-1, k],
                run.endings[k],
                int(run.ended[k]),
            )
        )
    return tuple(sorted(found, key=lambda learned: (learned.rank, learned.setting)))


def settings_of(instances: Sequence[Instance]) -> tuple[Instance, ...]:
    """Return the distinct settings of instances, without their seeds."""
    return tuple(dict.fromkeys(replace(instance, seed=0) for instance in instances))


def _geometry(W: FloatArray) -> str:
    """Return the name of the geometry of the columns of W."""
    if W.shape[1] == 1:
        return phase_of(W).kind
    if W.shape[1] > MOST_RECOGNISED:
        return f"not classified: more than {MOST_RECOGNISED} features"
    return summary(recognise(W))


def _exact_losses(run: Run) -> FloatArray | None:
    """Return the losses at the last weights without sampling, where there is a way."""
    source = exact_source(run.plan)
    if source is None:
        return None
    flat = run.flat[-1].astype(np.float64)
    objective = source.objective(run.plan.problem, dtype="float64", backend="numpy")
    with np.errstate(over="ignore", invalid="ignore"):
        return objective(flat, np.zeros_like(flat))


def exact_source(plan: Plan) -> Source | None:
    """Return the source of the exact loss of what a plan trains on."""
    source, model = plan.source, plan.problem.model
    if isinstance(source, DataSet):
        return DataSet(source.rows)
    if not isinstance(source, Samples):
        return source
    small = model.kind == "relu" and model.features <= MOST_ENUMERATED
    return Population() if small or model.kind == "linear" else None
