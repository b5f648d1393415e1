"""The subcommand for weights of a model: diagnose."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from ..console import print_diagnosis, progress_bar
from ..diagnosis import diagnose as run_diagnosis
from ..files import output_directory, write_text
from .group import main
from .options import FILE, JSON, LAYOUT, SEED, TENSOR


@main.command()
@FILE
@TENSOR
@LAYOUT
@click.option(
    "--tolerance",
    type=float,
    default=0.0,
    show_default=True,
    help="Also merge neighbouring eigenvalues whose relative difference is at most this.",
)
@click.option(
    "--epsilon",
    type=float,
    help="Relative uncertainty of an entry; default: the precision of the stored type.",
)
@click.option(
    "--null-trials",
    type=int,
    default=16,
    show_default=True,
    help="Random matrices for the Gaussian null; 0 leaves it out.",
)
@SEED
@JSON
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write report, features.csv, figures and a table here.",
)
def diagnose(
    file: Path,
    tensor: str | None,
    layout: str,
    tolerance: float,
    epsilon: float | None,
    null_trials: int,
    seed: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Diagnose the feature geometry of a weight matrix in FILE.

    Example: superposition diagnose model.safetensors --tensor embed.weight
    --layout features-in-rows --out out
    """
    directory = None if out is None else output_directory(out)
    with progress_bar() as tick:
        diagnosis = run_diagnosis(
            file,
            layout=layout,
            tensor=tensor,
            tolerance=tolerance,
            epsilon=epsilon,
            null_trials=null_trials,
            seed=seed,
            progress=tick,
        )
    text = json.dumps(diagnosis.to_dict(), indent=2, allow_nan=False)
    if directory is not None:
        from ..figures import diagnosis_figures
        from ..tables import diagnosis_table, features_csv

        write_text(directory / "report.json", text + "\n")
        write_text(directory / "diagnosis.tex", diagnosis_table(diagnosis))
        write_text(directory / "features.csv", features_csv(diagnosis.analysis))
        diagnosis_figures(diagnosis, directory)
    if as_json:
        click.echo(text)
    else:
        print_diagnosis(diagnosis)
        if directory is not None:
            click.echo(
                f"\nwritten to {directory}{os.sep}: "
                "report.json, features.csv, diagnosis.tex, figures"
            )
