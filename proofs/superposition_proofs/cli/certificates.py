"""Subcommands for theorems with certificates: certify, check."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import click
from superposition_numerics.certify import Progress

from ..certificates import CATALOGUE
from ..certificates import certify_theorem as run_certify
from ..certificates.catalogue import ARITHMETICS
from ..certificates.check import Rejected, check_file
from ..console import progress_bar
from .group import main
from .options import FILE, JOBS, JSON


@main.command()
@click.argument("name", required=False)
@click.option("--list", "as_list", is_flag=True, help="List the theorems; so does no NAME.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Directory for NAME.json; a run that was stopped goes on from what it holds.",
)
@click.option(
    "--arithmetic",
    type=click.Choice(list(ARITHMETICS)),
    help="Floats or balls rounded outward, or exact integers; default: what suits the theorem.",
)
@click.option(
    "--most-boxes",
    type=click.IntRange(min=1),
    default=10_000_000,
    show_default=True,
    help="Boxes after which a question is left undecided.",
)
@JOBS
@JSON
def certify(
    name: str | None,
    as_list: bool,
    out: Path | None,
    arithmetic: str | None,
    most_boxes: int,
    jobs: int,
    as_json: bool,
) -> None:
    """Prove a theorem by branch and bound, and write its certificate.

    Exit code 1 if it is not proved: refuted, with the point, or undecided, with boxes left.

    Example: superposition certify pentagon --out out
    """
    if name is None or as_list:
        titles = {key: found.title for key, found in CATALOGUE.items()}
        width = max(len(key) for key in titles)
        listed = "\n".join(f"{key:<{width}}  {title}" for key, title in titles.items())
        click.echo(json.dumps(titles, indent=2) if as_json else listed)
        return
    with ExitStack() as stack:
        tick = stack.enter_context(progress_bar())

        def progress(part: str, step: Progress) -> None:
            tick(int(100 * step.closed), 100, f"{part}: {step.boxes} boxes")

        executor = None
        if jobs > 1:
            pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
            executor = stack.enter_context(pool)
        certification = run_certify(
            name,
            out,
            arithmetic=arithmetic,
            most_boxes=most_boxes,
            executor=executor,
            progress=progress,
        )
    as_text = json.dumps(certification.to_dict(), indent=2, allow_nan=False)
    click.echo(as_text if as_json else certification.render())
    sys.exit(0 if certification.decision.answer == "proved" else 1)


@main.command()
@FILE
@JSON
def check(file: Path, as_json: bool) -> None:
    """Check a certificate by integer arithmetic alone; exit code 1 if it is not accepted.

    Runs certificates/check.py, which can also be copied out and run by itself: python check.py FILE

    Example: superposition check out/pentagon.json
    """
    try:
        report = check_file(str(file))
    except Rejected as error:
        if as_json:
            verdict = {"accepted": False, "place": error.place, "reason": error.reason}
            click.echo(json.dumps(verdict, indent=2))
        else:
            click.echo(f"rejected: {file}: {error}", err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({"accepted": True, **report.to_dict()}, indent=2))
    else:
        click.echo(report.render())
