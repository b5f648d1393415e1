"""Subcommands for small toy models: phase, phase-diagram, certify-phase, certify-phases."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import click
from superposition_theory.errors import InputError

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


@main.command("certify-phase")
@click.option("--density", required=True, help="p, 0 < p < 1, such as 0.3 or 1/3: taken exactly.")
@click.option("--importance", required=True, help="I > 0 of the second feature, likewise.")
@JSON
def certify_phase(density: str, importance: str, as_json: bool) -> None:
    """Prove which phase of two features in one dimension is globally optimal.

    The first feature has importance 1. The answer is "drop 2", "drop 1", "antipodal", or, close to
    the boundary, "undecided"; it takes seconds.

    Example: superposition certify-phase --density 0.6 --importance 0.66
    """
    from ..certificates.phases import certify_phase as certify

    certificate = certify(_exact("density", density), _exact("importance", importance))
    if as_json:
        click.echo(json.dumps(certificate.to_dict(), indent=2, allow_nan=False))
    else:
        click.echo(certificate.render())


@main.command("certify-phases")
@click.option(
    "--columns", type=int, default=64, show_default=True, help="Of densities, a power of two."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory for results; a run that was stopped goes on from what it holds.",
)
@JOBS
def certify_phases(columns: int, out: Path, jobs: int) -> None:
    """Prove the phase diagram of two features in one dimension, by intervals of densities.

    Writes certified-phases.json, .pdf and .png, and the columns that are done to columns.jsonl. For
    64 columns it takes about 20 minutes of one processor.

    Example: superposition certify-phases --out out --jobs 2
    """
    from ..phases.certified import certified_diagram
    from ..phases.certified_figure import certified_figure

    directory = output_directory(out)
    with ExitStack() as stack:
        tick = stack.enter_context(progress_bar())
        executor = None
        if jobs > 1:
            pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
            executor = stack.enter_context(pool)
        diagram = certified_diagram(
            columns,
            executor=executor,
            store=directory / "columns.jsonl",
            progress=lambda done, total: tick(done, total, "columns"),
        )
    text = json.dumps(diagram.to_dict(), indent=2, allow_nan=False)
    click.echo(f"proved: {100 * diagram.proved():.2f} % of the area")
    for path in (
        write_text(directory / "certified-phases.json", text + "\n"),
        *certified_figure(diagram, directory),
    ):
        click.echo(str(path))


def _exact(name: str, text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f"{name} is {text!r}; accepted: a number such as 0.3 or 1/3") from error
