"""Subcommands of the ledger: verify, claims, show, graph, tables."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
from superposition_theory import InputError
from superposition_theory.derivations import Derivation

from ..claims import REGISTRY
from ..claims.algebra import are_steps
from ..console import print_report, progress_bar
from ..files import output_directory, write_text
from ..ledger import Claim, Evidence, Level, Progress, Report, ResultStore, to_dot
from ..ledger import verify as run_verify
from .group import main
from .options import JOBS, JSON, LEVEL, SEED


def _run(ids: tuple[str, ...], level: str, seed: int, out: Path | None, jobs: int) -> Report:
    store = None if out is None else ResultStore(output_directory(out) / "results.jsonl")
    with progress_bar() as tick:

        def progress(step: Progress) -> None:
            tick(step.done, step.total, step.result.claim)

        options = {"level": Level(level), "seed": seed, "store": store, "progress": progress}
        if jobs == 1:
            return run_verify(REGISTRY, ids or None, **options)  # type: ignore[arg-type]
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
            return run_verify(REGISTRY, ids or None, executor=executor, **options)  # type: ignore[arg-type]


@main.command()
@click.argument("ids", nargs=-1, metavar="[IDS]...")
@LEVEL
@SEED
@JOBS
@JSON
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Keep results here, resume from them, write report.json.",
)
def verify(
    ids: tuple[str, ...], level: str, seed: int, jobs: int, as_json: bool, out: Path | None
) -> None:
    """Replay claims (all by default) and print their verdicts.

    Exit code 1 only for a theorem that is not upheld or evidence that is not sound (a negative
    control that passes, no effective case, a crash, evidences that disagree); 2 for bad input.
    """
    report = _run(ids, level, seed, out, jobs)
    text = json.dumps(report.to_dict(), indent=2, allow_nan=False)
    if out is not None:
        write_text(out / "report.json", text + "\n")
    if as_json:
        click.echo(text)
    else:
        print_report(report)
    sys.exit(report.exit_code)


@main.command()
@JSON
def claims(as_json: bool) -> None:
    """List the claims."""
    if as_json:
        rows = [{"id": c.id, "title": c.title, "kind": str(c.kind)} for c in REGISTRY.values()]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(claim) for claim in REGISTRY)
    for claim in REGISTRY.values():
        click.echo(f"{claim.id:<{width}}  {claim.title}")


@main.command()
@click.argument("claim_id", metavar="ID")
@JSON
def show(claim_id: str, as_json: bool) -> None:
    """Show a claim: statement, hypotheses, source, evidence and derivations."""
    claim = REGISTRY[claim_id]
    if as_json:
        click.echo(json.dumps(_described(claim), indent=2))
        return
    lines = [claim.title, "", claim.statement, ""]
    lines += [f"hypothesis: {hypothesis}" for hypothesis in claim.hypotheses]
    lines += [f"source: {claim.source}", f"kind: {claim.kind}", ""]
    for item in claim.evidence:
        if isinstance(item, Evidence):
            lines.append(f"{item.kind}: {item.name}. {item.description}")
            lines += [f"  control: {name}" for name in item.near_misses]
            if isinstance(item.subject, Derivation):
                lines += ["  " + line for line in item.subject.render().splitlines()]
            elif are_steps(item.subject):
                lines += [f"  decided: {step}" for step in item.subject]
        else:
            lines.append(f"{item.kind}: {item.text} {item.source}".rstrip())
        lines += [f"  uses: {used}" for used in item.uses]
    lines += ["", f"run it: superposition verify {claim.id}"]
    click.echo("\n".join(lines))


def _described(claim: Claim) -> dict[str, Any]:
    return {
        "schema": "superposition.claim",
        "version": 1,
        "id": claim.id,
        "title": claim.title,
        "statement": claim.statement,
        "hypotheses": list(claim.hypotheses),
        "source": claim.source,
        "kind": str(claim.kind),
        "uses": list(claim.uses),
        "evidence": [
            {
                "name": e.name,
                "kind": str(e.kind),
                "level": str(e.level),
                "controls": list(e.near_misses),
                "description": e.description,
            }
            for e in claim.executable
        ],
        "references": [reference.to_dict() for reference in claim.references],
    }


@main.command()
@click.option("--out", type=click.Path(path_type=Path), help="A .svg or .dot file; default: DOT.")
@LEVEL
@SEED
def graph(out: Path | None, level: str, seed: int) -> None:
    """Draw the graph of the claims, coloured by their computed status."""
    if out is not None and out.suffix not in {".svg", ".dot"}:
        raise InputError(f"out is {str(out)!r}; accepted: a file name that ends in .svg or .dot")
    report = _run((), level, seed, None, 1)
    if out is None:
        click.echo(to_dot(REGISTRY, report.statuses), nl=False)
        return
    output_directory(out.parent)
    if out.suffix == ".dot":
        write_text(out, to_dot(REGISTRY, report.statuses))
    else:
        from ..figures import claims_figure

        claims_figure(REGISTRY, report.statuses, out)
    click.echo(str(out))


@main.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Directory.")
@LEVEL
@SEED
def tables(out: Path, level: str, seed: int) -> None:
    """Write LaTeX tables: the ledger, a spectral summary, the geometries, the regular polygons."""
    from ..classification.tables import catalogue_table
    from ..phases.tables import polygons_table
    from ..tables import ledger_table, spectral_table

    directory = output_directory(out)
    report = _run((), level, seed, None, 1)
    click.echo(str(write_text(directory / "ledger.tex", ledger_table(REGISTRY, report))))
    click.echo(str(write_text(directory / "spectral_summary.tex", spectral_table())))
    click.echo(str(write_text(directory / "geometries.tex", catalogue_table())))
    click.echo(str(write_text(directory / "polygons.tex", polygons_table())))
