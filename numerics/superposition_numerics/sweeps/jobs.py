"""Jobs: runs that are carried out together, and what is kept of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ..spectral import analyse
from ..training import Plan, Problem, Run, train
from ..training.models import Array

_PARAMETERS = 2**14  # at most so many in a job of several runs: larger models gain nothing


@dataclass(frozen=True)
class Job:
    """Plans by key, of one instance each, that differ in their instances alone.

    Attributes
    ----------
    plans : mapping from key to Plan
    keep : sequence of str
        As in `Spec`.
    """

    plans: Mapping[str, Plan]
    keep: Sequence[str]


def jobs_of(plans: Mapping[str, Plan], keep: Sequence[str], most: int) -> list[Job]:
    """Put plans together that differ in their instances and initial parameters alone.

    The result of a plan does not depend on its company: an instance is trained as if it were
    alone, to the last bit.

    Parameters
    ----------
    plans : mapping from key to Plan
    keep : sequence of str
    most : int
        Plans of a job.

    Returns
    -------
    list of Job

    Examples
    --------
    >>> from superposition_numerics.sweeps import Spec
    >>> from superposition_numerics.sweeps.jobs import jobs_of
    >>> base = {"model": {"kind": "relu", "features": 5, "dimensions": 2}, "steps": 100}
    >>> axes = [{"instance.seed": [0, 1]}, {"method.rate": [0.1, 0.2]}]
    >>> plans = {plan.key: plan for plan in Spec(base, axes).plans}
    >>> jobs = jobs_of(plans, (), 64)
    >>> [[plan.problem.instances[0].seed for plan in job.plans.values()] for job in jobs]
    [[0, 1], [0, 1]]
    """
    alike: dict[str, list[str]] = {}
    for key, plan in plans.items():
        rest = {**plan.to_dict(), "problem": plan.problem.model.to_dict(), "initial": None}
        alike.setdefault(json.dumps(rest, sort_keys=True), []).append(key)
    jobs = []
    for keys in alike.values():
        size = max(1, min(most, _PARAMETERS // plans[keys[0]].problem.model.size))
        parts = [keys[at : at + size] for at in range(0, len(keys), size)]
        jobs += [Job({key: plans[key] for key in part}, keep) for part in parts]
    return jobs


def carry_out(job: Job) -> dict[str, dict[str, Any]]:
    """Train the plans of a job together, and return by key what is kept of each, or its error.

    If one of several plans fails, each is carried out on its own, so that the others go on.

    Examples
    --------
    >>> from superposition_numerics.sweeps import Spec
    >>> from superposition_numerics.sweeps.jobs import Job, carry_out
    >>> base = {"model": {"kind": "relu", "features": 2, "dimensions": 1}, "steps": 10}
    >>> (plan,) = Spec(base).plans
    >>> carry_out(Job({"a": plan}, ()))["a"]["ending"]
    'completed'
    """
    try:
        run = train(_together(list(job.plans.values())))
        return {key: _kept(run, i, job.keep) for i, key in enumerate(job.plans)}
    except Exception as error:  # noqa: BLE001  whatever a run raises is recorded as its result
        if len(job.plans) == 1:
            return dict.fromkeys(job.plans, failure(error))
    alone = (Job({key: plan}, job.keep) for key, plan in job.plans.items())
    return {key: value for one in alone for key, value in carry_out(one).items()}


def failure(error: BaseException, what: str = "") -> dict[str, str]:
    """Return what is kept of a run that failed.

    Examples
    --------
    >>> from superposition_numerics.sweeps.jobs import failure
    >>> failure(ValueError("boom"))
    {'error': 'ValueError: boom'}
    """
    return {"error": f"{what}{type(error).__name__}: {error}"}


def _together(plans: Sequence[Plan]) -> Plan:
    """Return one plan with the instances of all; each starts from where its own plan does."""
    model = plans[0].problem.model
    instances = [instance for plan in plans for instance in plan.problem.instances]
    starts = model.views(np.concatenate([plan.start() for plan in plans]))
    return replace(plans[0], problem=Problem(model, instances), initial=starts)


def _kept(run: Run, i: int, keep: Sequence[str]) -> dict[str, Any]:
    """Return what is kept of an instance."""
    weights = {name: values[i] for name, values in run.final.items()}
    W = weights["W"] if run.plan.problem.model.tied else weights["W2"].T
    measures = analyse(W)
    kept: dict[str, Any] = {
        "ending": run.endings[i],
        "ended": int(run.ended[i]),
        "loss": plain(run.losses[-1, i]),
        "rank": measures.rank,
        "capacity": measures.capacity,
        "saturation": measures.saturation,
        "dimensionality": plain(measures.feature_table.fractional_dimensionality),
        "squared_norms": plain((W.astype(np.float64) ** 2).sum(axis=0)),
    }
    if "losses" in keep:
        kept |= {"record_steps": run.steps.tolist(), "losses": plain(run.losses[:, i])}
    if "geometry" in keep:
        kept["geometry"] = geometry_of(W)
    if "weights" in keep:
        kept["weights"] = weights
    return kept


def plain(values: npt.ArrayLike) -> Any:
    """Return numbers as JSON data, None for those that are not finite.

    Examples
    --------
    >>> from superposition_numerics.sweeps.jobs import plain
    >>> plain([0.5, float("inf")])
    [0.5, None]
    """
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(array), array.astype(object), cast(Any, None)).tolist()


def geometry_of(W: Array) -> str:
    """Return the names of the orthogonal components of the columns of W, with their numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.sweeps.jobs import geometry_of
    >>> geometry_of(np.array([[1.0, -1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0, 0.0]]))
    '2 x digon + 1 zero'
    """
    from ..recognition import Verdict, recognise  # two seconds that only this needs

    recognition = recognise(W)
    names = Counter(
        component.name
        if component.verdict is Verdict.RECOGNISED and component.name
        else f"{component.size} features in {component.dimension} dimensions"
        for component in recognition.components
    )
    parts = [name if count == 1 else f"{count} x {name}" for name, count in names.items()]
    if recognition.zero_features:
        parts.append(f"{len(recognition.zero_features)} zero")
    return " + ".join(parts)
