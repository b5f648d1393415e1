"""What training has learned: losses, geometries, dimensionalities and jumps of each instance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from superposition_numerics.training import (
    DataSet,
    Instance,
    Plan,
    Run,
    Samples,
    SpectralTrace,
    spectral_trace,
    train,
)
from superposition_numerics.training.jumps import LevelJump, level_jumps
from superposition_numerics.training.objectives import Source

from .learned import Learned, exact_source, learned_of, settings_of
from .wording import describe, named

SCHEMA = "superposition.training-report"
_LISTED = 40


@dataclass(frozen=True, eq=False)
class TrainingReport:
    """A run with what it has learned.

    Attributes
    ----------
    run : Run
    trace : SpectralTrace
    instances : tuple of Learned
        The best of each setting first, in the order of the settings, then the second best, ...
    jumps : tuple of LevelJump
        Of the fractional dimensionality, while the instance was learning.

    Examples
    --------
    >>> from superposition_proofs.training import train_report, training_plan
    >>> plan = training_plan(features=2, dims=2, source="population", steps=500, rate=0.05)
    >>> report = train_report(plan)
    >>> report.instances[0].geometry
    '2 x dedicated'
    """

    run: Run
    trace: SpectralTrace
    instances: tuple[Learned, ...]
    jumps: tuple[LevelJump, ...]

    @property
    def settings(self) -> tuple[Instance, ...]:
        """The settings, each with the seed 0."""
        return settings_of(self.run.plan.problem.instances)

    @property
    def sampled(self) -> bool:
        """Whether the losses along the run are means of batches."""
        source = self.run.plan.source
        return isinstance(source, Samples) or _is_batched(source)

    @property
    def diverged(self) -> int:
        """How many instances diverged."""
        return self.run.endings.count("diverged")

    @property
    def loss_meaning(self) -> str:
        """What the losses along the run are, in words."""
        steps = int(self.run.steps[-1] - self.run.steps[-2])
        over = f"mean over the last {steps} steps, each" if steps > 1 else "of the last step,"
        return f"{over} of a batch: an estimate" if self.sampled else f"{over} exact"

    @property
    def exact_meaning(self) -> str:
        """What the exact loss is of, in words."""
        source = exact_source(self.run.plan)
        return "none at hand" if source is None else f"{source.to_dict()['name']}, at the end"

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON data."""
        return {
            "schema": SCHEMA,
            "version": 1,
            "project_version": version("spectral-superposition"),
            "plan": self.run.plan.to_dict(),
            "loss_meaning": self.loss_meaning,
            "exact_loss_meaning": self.exact_meaning,
            "settings": [_described(setting) for setting in self.settings],
            "instances": [learned.to_dict() for learned in self.instances],
            "jumps": [jump.to_dict() for jump in self.jumps],
        }

    def render(self) -> str:
        """Return the report as text, the best instances first."""
        plan = self.run.plan
        model, count = plan.problem.model, plan.problem.count
        endings = Counter(self.run.endings)
        lines = [
            f"{head:<26}{value}"
            for head, value in (
                ("model", f"{model.kind}, {'tied' if model.tied else 'untied'}"),
                ("features n, dimensions m", f"{model.features}, {model.dimensions}"),
                ("source", named(plan.source.to_dict())),
                ("method", f"{named(plan.method.to_dict())}, {plan.steps} steps"),
                ("arithmetic", f"{plan.dtype}, {plan.backend}"),
                ("instances", f"{count}: {', '.join(f'{n} {x}' for x, n in endings.items())}"),
                ("loss", self.loss_meaning),
                ("exact loss", self.exact_meaning),
                ("energy-level jumps", str(len(self.jumps))),
            )
        ]
        most = max(1, _LISTED // len(self.settings))
        for number, setting in enumerate(self.settings[:_LISTED]):
            own = [learned for learned in self.instances if learned.setting == number]
            lines += ["", *describe([setting]), "seed      loss    exact loss  capacity  geometry"]
            lines += [_line(learned) for learned in own[:most]]
            count -= len(own[:most])
        if count:
            lines += ["", f"... {count} more (--json lists all)"]
        return "\n".join(lines)


def train_report(
    plan: Plan,
    *,
    checkpoint: str | Path | None = None,
    executor: Executor | None = None,
    parts: int = 1,
    progress: Callable[[int, int, float], None] | None = None,
) -> TrainingReport:
    """Train a plan and describe what was learned.

    Parameters
    ----------
    plan : Plan
    checkpoint, executor, parts, progress
        As in `superposition_numerics.training.train`.

    Returns
    -------
    TrainingReport

    Raises
    ------
    InputError
        As in `train`.

    Examples
    --------
    >>> from superposition_proofs.training import train_report, training_plan
    >>> plan = training_plan(features=3, dims=2, density=["0.1"], batch=64, steps=20)
    >>> report = train_report(plan)
    >>> report.loss_meaning, report.exact_meaning
    ('of the last step, of a batch: an estimate', 'population, at the end')
    """
    run = train(plan, checkpoint=checkpoint, executor=executor, parts=parts, progress=progress)
    trace = spectral_trace(run)
    jumps = tuple(jump for jump in level_jumps(trace) if jump.after <= run.ended[jump.instance])
    return TrainingReport(run, trace, learned_of(run, trace), jumps)


def _is_batched(source: Source) -> bool:
    return isinstance(source, DataSet) and source.batch is not None


def _described(setting: Instance) -> dict[str, Any]:
    return {key: value for key, value in setting.to_dict().items() if key != "seed"}


def _line(learned: Learned) -> str:
    """Return an instance in a line: a sampled loss to 3 digits, an exact one to 6."""
    exact = "-" if learned.exact_loss is None else f"{learned.exact_loss:.6g}"
    loss = f"{learned.loss:.3g}"
    told = "" if learned.ending == "completed" else f" ({learned.ending} at step {learned.ended})"
    capacity = float(learned.dimensionality.sum())
    return (
        f"{learned.instance.seed:>4}{loss:>10}{exact:>14}{capacity:>10.4g}  "
        f"{learned.geometry}{told}"
    )
