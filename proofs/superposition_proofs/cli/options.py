"""Options that several subcommands share."""

from __future__ import annotations

from pathlib import Path

import click
from superposition_numerics.weights import LAYOUTS

from ..ledger import Level

FILE = click.argument("file", type=click.Path(path_type=Path))
TENSOR = click.option("--tensor", help="Name of the tensor, where the file holds several.")
LAYOUT = click.option(
    "--layout",
    type=click.Choice(list(LAYOUTS)),
    default="features-in-columns",
    show_default=True,
    help="How the file holds the features; embeddings often hold them in rows.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
LEVEL = click.option(
    "--level",
    type=click.Choice([str(level) for level in Level]),
    default=str(Level.quick),
    show_default=True,
    help="quick: in seconds; full: all evidence.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1, max=61),
    default=1,
    show_default=True,
    help="Worker processes.",
)
