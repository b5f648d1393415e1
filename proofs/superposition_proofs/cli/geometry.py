"""The subcommand for the geometry of features: classify."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from ..classification import classify as run_classification
from ..console import print_classification
from ..files import output_directory, write_text
from .group import main
from .options import FILE, JSON, LAYOUT, SEED, TENSOR


@main.command()
@FILE
@click.option("--gram", is_flag=True, help="FILE holds a Gram matrix, not vectors.")
@TENSOR
@LAYOUT
@click.option(
    "--tolerance",
    type=float,
    default=0.03,
    show_default=True,
    help="Largest root mean square deviation of a cosine from the mean of its relation.",
)
@click.option("--lines", is_flag=True, help="Take every vector up to its sign.")
@SEED
@JSON
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write report, figures and a table here.",
)
def classify(
    file: Path,
    gram: bool,
    tensor: str | None,
    layout: str,
    tolerance: float,
    lines: bool,
    seed: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Name the geometries of the features in FILE.

    Example: superposition classify weights.npy --out out
    """
    directory = None if out is None else output_directory(out)
    classification = run_classification(
        file,
        layout=layout,
        tensor=tensor,
        gram=gram,
        tolerance=tolerance,
        lines=lines,
        seed=seed,
    )
    text = json.dumps(classification.to_dict(), indent=2, allow_nan=False)
    if directory is not None:
        from ..classification.figures import classification_figures
        from ..classification.tables import classification_table

        write_text(directory / "report.json", text + "\n")
        write_text(directory / "classification.tex", classification_table(classification))
        classification_figures(classification, directory)
    if as_json:
        click.echo(text)
    else:
        print_classification(classification)
        if directory is not None:
            click.echo(
                f"\nwritten to {directory}{os.sep}: report.json, classification.tex, figures"
            )
