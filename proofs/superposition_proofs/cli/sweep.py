"""The subcommand for grids of training runs: sweep."""

from __future__ import annotations

import json
import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import click
from superposition_numerics.sweeps import read_spec
from superposition_numerics.sweeps import sweep as run_sweep
from superposition_theory import InputError

from ..console import progress_bar
from ..files import output_directory, write_text
from .group import main
from .options import JOBS, JSON


@main.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory for results; a sweep that was stopped goes on from what it holds.",
)
@JOBS
@click.option("--dask", metavar="ADDRESS", help="Of a Dask scheduler that runs the sweep instead.")
@JSON
def sweep(config: Path, out: Path, jobs: int, dask: str | None, as_json: bool) -> None:
    """Train toy models over a grid of settings that CONFIG, a .toml or .json file, describes.

    Writes results.jsonl as results come, then report.json, sweep.csv and, where one number besides
    the seed varies, sweep.pdf and .png. Exit code 1 if a run failed or diverged; what failed is
    tried again by the same command.

    Example: superposition sweep sweep.toml --out out --jobs 2
    """
    from ..training.sweeps import numeric_axis, render_sweep, sweep_csv, sweep_figure

    if dask is not None and jobs > 1:
        raise InputError(f"jobs is {jobs} with dask; accepted: one of them")
    spec = read_spec(config)
    directory = output_directory(out)
    with ExitStack() as stack:
        tick = stack.enter_context(progress_bar())
        result = run_sweep(
            spec,
            out=directory,
            executor=_executor(stack, jobs, dask),
            progress=lambda done, total: tick(done, total, "runs"),
        )
    text = json.dumps(result.to_dict(), indent=2, allow_nan=False)
    paths = [
        directory / "results.jsonl",
        write_text(directory / "report.json", text + "\n"),
        write_text(directory / "sweep.csv", sweep_csv(result)),
    ]
    axis = numeric_axis(result)
    if axis is not None:
        paths += sweep_figure(result, axis, directory)
    if as_json:
        click.echo(text)
    else:
        click.echo(render_sweep(result) + "\n")
        for path in paths:
            click.echo(str(path))
    diverged = any(row.results["ending"] == "diverged" for row in result.rows)
    sys.exit(1 if diverged or result.failures else 0)


def _executor(stack: ExitStack, jobs: int, dask: str | None) -> Executor | None:
    """Return what runs the sweep; None for this process."""
    if dask is not None:
        return _cluster(stack, dask)
    if jobs == 1:
        return None
    return stack.enter_context(ProcessPoolExecutor(jobs, mp_context=get_context("spawn")))


def _cluster(stack: ExitStack, address: str) -> Executor:
    """Connect to a Dask scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(
            "dask is given, but is not installed; accepted: after "
            "pip install spectral-superposition[dask]"
        ) from error
    try:
        client = stack.enter_context(Client(address, timeout="10s"))  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise InputError(
            f"dask is {address!r}, where no scheduler answers ({error}); "
            "accepted: an address such as tcp://127.0.0.1:8786"
        ) from error
    executor: Executor = stack.enter_context(client.get_executor())
    return executor
