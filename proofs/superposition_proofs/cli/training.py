"""The subcommand that trains toy models: train."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
from superposition_numerics.training.initial import INITIALS
from superposition_numerics.training.methods import METHODS
from superposition_numerics.training.methods.schedules import SHAPES
from superposition_numerics.training.models import KINDS
from superposition_numerics.training.objectives import SOURCES
from superposition_numerics.training.plan import BACKENDS, DTYPES

from ..console import progress_bar
from ..files import output_directory, write_text
from ..training import train_report, training_plan
from .group import main
from .options import JOBS, JSON, SEED, TENSOR


@main.command()
@click.option(
    "--model", type=click.Choice(list(KINDS)), default="relu", show_default=True, help="Its kind."
)
@click.option("--features", type=int, required=True, help="n.")
@click.option("--dims", type=int, required=True, help="m.")
@click.option(
    "--tied/--untied", default=True, show_default=True, help="Whether W2 is W1's transpose."
)
@click.option("--hidden-bias", is_flag=True, help="A bias under the hidden ReLU.")
@click.option(
    "--density",
    multiple=True,
    metavar="P",
    help="Probability that a feature is on: a number; one for each feature, 1,0.5,...; 0.9^i; or "
    "1..0.01:10, ten settings at equal ratios. Several times: several settings.  [default: 1]",
)
@click.option(
    "--importance", multiple=True, metavar="I", help="Weight in the loss, likewise.  [default: 1]"
)
@click.option(
    "--correlation",
    multiple=True,
    metavar="KIND",
    help="independent, correlated:SETS or anticorrelated:SETS.  [default: independent]",
)
@click.option(
    "--instances", type=int, default=1, show_default=True, help="Of each setting, by their seeds."
)
@SEED
@click.option(
    "--source",
    type=click.Choice(list(SOURCES)),
    help="Where gradients come from: fresh samples, or an exact loss.  [default: samples]",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Train on the rows of this file (.npy, .npz, .safetensors, .csv) instead.",
)
@TENSOR
@click.option("--batch", type=int, help="Samples, or rows of data, of a step.")
@click.option("--method", type=click.Choice(list(METHODS)), default="adamw", show_default=True)
@click.option("--rate", type=float, help="Learning rate; default: the method's.")
@click.option("--weight-decay", type=float, help="Default: the method's.")
@click.option("--schedule", type=click.Choice(SHAPES), help="Of the rate.  [default: constant]")
@click.option("--warmup", type=int, help="Steps.  [default: 0]")
@click.option("--steps", type=int, default=10_000, show_default=True)
@click.option("--records", type=int, default=100, show_default=True, help="Times that are kept.")
@click.option("--initial", type=click.Choice(list(INITIALS)), default="xavier", show_default=True)
@click.option("--dtype", type=click.Choice(DTYPES), default="float32", show_default=True)
@click.option("--backend", type=click.Choice(BACKENDS), default="numpy", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory for results; a run that was stopped goes on from what it holds.",
)
@JOBS
@JSON
def train(out: Path, jobs: int, as_json: bool, **options: Any) -> None:
    """Train toy models and show what they learn.

    Writes run.safetensors, report.json, training.tex and the pictures geometry, dimensionality,
    spectrum and losses. The same command goes on where it was stopped. Exit code 1 if an instance
    diverged.

    Example: superposition train --features 5 --dims 2 --density 1 --density 0.2 --density 0.1
    --importance 0.9^i --instances 8 --rate 0.01 --schedule cosine --out out
    """
    from ..training.figures import training_figures
    from ..training.tables import training_table

    plan = training_plan(**options)
    directory = output_directory(out)
    parts = min(jobs, plan.problem.count)
    try:
        with ExitStack() as stack:
            tick = stack.enter_context(progress_bar())
            executor = None
            if parts > 1:
                pool = ProcessPoolExecutor(parts, mp_context=get_context("spawn"))
                executor = stack.enter_context(pool)
            report = train_report(
                plan,
                checkpoint=directory / "run.safetensors",
                executor=executor,
                parts=parts,
                progress=lambda done, total, loss: tick(done, total, f"loss {loss:.3g}"),
            )
    except KeyboardInterrupt:
        click.echo(f"interrupted; the same command goes on from what {out} holds", err=True)
        sys.exit(130)
    text = json.dumps(report.to_dict(), indent=2, allow_nan=False)
    paths = [
        directory / "run.safetensors",
        write_text(directory / "report.json", text + "\n"),
        write_text(directory / "training.tex", training_table(report)),
        *training_figures(report, directory),
    ]
    if as_json:
        click.echo(text)
    else:
        click.echo(report.render() + "\n")
        for path in paths:
            click.echo(str(path))
    sys.exit(1 if report.diverged else 0)
