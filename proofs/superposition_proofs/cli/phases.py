"""Subcommands for small toy models: phase, phase-diagram."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import click

from ..console import print_phase, progress_bar
from ..files import output_directory, write_text
from ..phases import phase as run_phase
from ..phases import phase_diagram as run_diagram
from ..phases.report import MOST_FEATURES
from .group import main
from .options import JOBS, JSON, SEED

_FEATURES = click.option("--features", type=int, required=True, help=f"n, up to {MOST_FEATURES}.")
_DIMS = click.option("--dims", type=int, required=True, help="m, from 1 to n.")


@main.command()
@_FEATURES
@_DIMS
@click.option("--density", type=float, required=True, help="Probability p that a feature is on.")
@click.option(
    "--importance", type=float, default=1.0, show_default=True, help="Of the last feature."
)
@click.option(
    "--penalty",
    type=float,
    default=0.0,
    show_default=True,
    help="Of the squared interference, over ordered pairs of features.",
)
@click.option("--starts", type=int, default=32, show_default=True, help="Random starts.")
@SEED
@JSON
def phase(
    features: int,
    dims: int,
    density: float,
    importance: float,
    penalty: float,
    starts: int,
    seed: int,
    as_json: bool,
) -> None:
    """Search the best minimum of the toy model x' = ReLU(W'Wx + b).

    The loss sum_i I_i E(x_i - x'_i)^2 is a sum, not a mean; all importances but that of the last
    feature are 1. Up to four features take seconds, six about 20 s.

    Example: superposition phase --features 2 --dims 1 --density 0.3 --importance 0.5
    """
    report = run_phase(
        features,
        dims,
        density,
        importance=importance,
        penalty=penalty,
        starts=starts,
        seed=seed,
    )
    if as_json:
        click.echo(json.dumps(report.to_dict(), indent=2, allow_nan=False))
    else:
        print_phase(report)


@main.command("phase-diagram")
@_FEATURES
@_DIMS
@click.option("--grid", type=int, default=40, show_default=True, help="Cells a side.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory for results; a run that was stopped goes on from what it holds.",
)
@JOBS
@SEED
def phase_diagram(features: int, dims: int, grid: int, out: Path, jobs: int, seed: int) -> None:
    """Map the phases over density (0.01 to 1) and importance of the last feature (0.1 to 10).

    Writes cells.csv, diagram.json, phase-diagram.pdf and .png, and the chunks that are done to
    cells.jsonl. Exact lines between phases, and boundaries.tex with their numbers, come for
    2 features in 1 dimension and 3 in 2; they take about a minute of one processor.

    Example: superposition phase-diagram --features 2 --dims 1 --grid 40 --out out --jobs 2
    """
    from ..phases.figures import phase_diagram_figure
    from ..phases.tables import boundaries_table

    directory = output_directory(out)
    found_at_start: dict[str, int] = {}
    with ExitStack() as stack:
        tick = stack.enter_context(progress_bar())

        def progress(stage: str, done: int, total: int) -> None:
            found_at_start.setdefault(stage, done)
            tick(done, total, stage)

        executor = None
        if jobs > 1:
            pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
            executor = stack.enter_context(pool)
        diagram = run_diagram(
            features,
            dims,
            grid,
            seed=seed,
            executor=executor,
            store=directory / "cells.jsonl",
            progress=progress,
        )
    resumed = sum(found_at_start.values())
    if resumed:
        were = "chunk was" if resumed == 1 else "chunks were"
        click.echo(f"resumed: {resumed} {were} in {directory / 'cells.jsonl'}")
    text = json.dumps(diagram.to_dict(), indent=2, allow_nan=False)
    paths = [
        write_text(directory / "cells.csv", diagram.to_csv()),
        write_text(directory / "diagram.json", text + "\n"),
        *phase_diagram_figure(diagram, directory),
    ]
    if diagram.curves is None:
        click.echo(f"n = {features}, m = {dims}: no exact lines are known")
    else:
        table = boundaries_table(diagram.curves, features, dims)
        paths.append(write_text(directory / "boundaries.tex", table))
    for path in paths:
        click.echo(str(path))
