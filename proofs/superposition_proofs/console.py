"""What the command prints on a terminal or into a pipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from .classification import Classification, summary
from .diagnosis import Diagnosis
from .ledger import STATUS_COLOURS, Report, Status, Verdict, text_colour
from .phases import PhaseReport

_MEANINGS = {
    Status.formal: "checked by the kernel of a proof assistant",
    Status.proved: "a derivation for every size, each step decided by the program",
    Status.certified: "rigorous interval arithmetic, with a certificate",
    Status.checked: "exact on a stated finite family",
    Status.written: "a proof in prose, which no program decides",
    Status.cited: "a proof in the literature, which no program decides",
    Status.supported: "seeded random or trained cases, each to its stated error",
    Status.refuted: "a witness against it",
    Status.inconclusive: "the evidence does not decide",
    Status.open: "no evidence at this level",
}


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Yield a callback (done, total, what): a bar on a terminal, silence in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total, _what: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=total, description=what
        )


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=120)


def print_report(report: Report) -> None:
    """Print the table of verdicts, what went wrong, and the totals."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head, justify in (
        ("claim", "left"),
        ("status", "left"),
        ("cases", "right"),
        ("controls", "right"),
        ("margin", "right"),
        ("seconds", "right"),
    ):
        table.add_column(head, justify=justify, no_wrap=head == "claim")  # type: ignore[arg-type]
    for verdict in report.verdicts:
        colour = STATUS_COLOURS[verdict.status]
        controls = sum(len(result.controls) for result in verdict.results)
        table.add_row(
            verdict.id,
            Text(verdict.label, style=f"{text_colour(colour)} on {colour}"),
            f"{verdict.effective}/{verdict.cases}",
            f"{controls - len(verdict.controls_passed)}/{controls}",
            _least_margin(verdict),
            f"{verdict.seconds:.2f}",
        )
    console = _console()
    console.print(table)
    for verdict in report.verdicts:
        for error in verdict.errors:
            console.print(f"error in {verdict.id}: {error}", markup=False)
    counts = Counter(verdict.status for verdict in report.verdicts)
    said = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    present = {verdict.status for verdict in report.verdicts}
    console.print()
    for status in Status:
        if status in present:
            console.print(f"{status}: {_MEANINGS[status]}")
    console.print(f"{len(report.verdicts)} claims: {said}; {report.seconds:.1f} s")


def _least_margin(verdict: Verdict) -> str:
    """Return the smallest margin of the evidence that has one."""
    outcomes = (result.outcome for result in verdict.results)
    margins = [o.margin for o in outcomes if o is not None and o.margin is not None]
    return f"{min(margins):.2g}" if margins else "-"


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print the summary of a diagnosis and its largest eigenspaces."""
    analysis, null = diagnosis.analysis, diagnosis.null
    lower, upper = analysis.frame_bounds
    rows = [
        ("features n, dimensions m", f"{analysis.features}, {analysis.dimensions}"),
        ("layout", diagnosis.layout),
        ("entries", f"{diagnosis.stored_dtype}, taken as exact to {analysis.epsilon:.2g}"),
        ("represented", f"{analysis.represented} nonzero columns"),
        ("rank", f"{analysis.rank}  ({analysis.rank_decision.reason})"),
        ("capacity", f"{analysis.capacity:.6g}  (error at most {analysis.capacity_error:.2g})"),
        (
            "saturation",
            "undefined" if analysis.saturation is None else f"{analysis.saturation:.6g}",
        ),
    ]
    if null is not None:
        z = "undefined" if null.z is None else f"about {null.z:.2g}"
        rows.append(
            (
                "Gaussian null",
                (
                    f"{null.mean:.4g}, standard deviation {null.standard_deviation:.2g} over "
                    f"{null.trials} draws, {null.exceeded} at least as saturated; z {z}"
                ),
            )
        )
    spread = analysis.eigenspaces_per_feature
    if spread is not None:
        rows.append(
            (
                "eigenspaces per feature",
                (
                    f"{spread['median']:.3g}  (5 % to 95 %: "
                    f"{spread['low']:.3g} to {spread['high']:.3g})"
                ),
            )
        )
    localized = int(analysis.feature_table.localized.sum())
    rows += [
        (
            "deficit identity",
            (
                f"residual {analysis.deficit_identity_residual:.2g}, "
                f"bound {analysis.deficit_identity_bound:.2g}"
            ),
        ),
        ("frame bounds", f"{_shown(lower)}, {_shown(upper)}"),
        ("tight", f"{analysis.tight.answer}  ({analysis.tight.reason})"),
        (
            "localized",
            (
                f"{analysis.localized.answer}, {localized} of {analysis.represented}"
                f"  ({analysis.localized.reason})"
            ),
        ),
        ("eigenspaces", str(len(analysis.eigenspaces))),
    ]
    if any(space.chained for space in analysis.eigenspaces):
        rows.append(
            ("note", "~ marks eigenvalues that only neighbour by neighbour cannot be told apart")
        )
    if 0 < analysis.features <= analysis.dimensions:
        rows.append(("note", "no more features than dimensions: is --layout as the file has it?"))
    for label, value in rows:
        click.echo(f"{label:<26}{value}")
    click.echo("\neigenvalue     multiplicity  features  capacity")
    for space in analysis.eigenspaces[:12]:
        click.echo(
            f"{_shown(space.eigenvalue) + '~' * space.chained:<15}"
            f"{space.multiplicity:>12}{space.features:>10}"
            f"{space.capacity:>10.4g}"
        )
    if len(analysis.eigenspaces) > 12:
        click.echo(f"... {len(analysis.eigenspaces) - 12} more (--json lists all)")


def print_classification(classification: Classification) -> None:
    """Print the summary of a classification and a line for each kind of component."""
    recognition = classification.recognition
    click.echo(f"{'geometry':<26}{summary(recognition)}")
    click.echo(f"{'features n':<26}{recognition.features}")
    if recognition.dimensions is not None:
        click.echo(f"{'dimensions m':<26}{recognition.dimensions}")
    click.echo("\ncopies  size  dim       D  tight      margin   noise  verdict")
    for component, copies in classification.kinds[:40]:
        margin = "-" if component.margin is None else f"{component.margin:.3g}"
        noise = "-" if component.noise is None else f"{component.noise:.1e}"
        what = component.name or component.reason
        click.echo(
            f"{copies:>6}{component.size:>6}{component.dimension:>5}"
            f"{component.fractional_dimensionality:>8.4f}  {component.tight.answer:<9}"
            f"{margin:>8}{noise:>8}  {component.verdict.value}: {what}"
        )
    if len(classification.kinds) > 40:
        click.echo(f"... {len(classification.kinds) - 40} more kinds (--json lists all)")


def print_phase(report: PhaseReport) -> None:
    """Print the best minimum, the runner-up and the frozen theory."""
    setting, best, second = report.setting, report.best, report.runner_up
    rows = [
        ("features n, dimensions m", f"{setting.features}, {setting.dimensions}"),
        ("density p", f"{setting.density:.6g}"),
        ("penalty", f"{setting.penalty:.6g}"),
        ("phase", f"{best.phase.kind}  ({best.name})"),
        ("loss", f"{best.loss:.12g}"),
        (
            "runner-up",
            "none found" if second is None else f"{second.loss:.12g}  ({second.name})",
        ),
        ("frozen theory", f"{report.frozen_loss:.12g}  ({report.frozen.name})"),
    ]
    for head, value in rows:
        click.echo(f"{head:<26}{value}")
    click.echo("\nfeature  importance        bias  weights")
    importances = setting.options["importances"]
    for i, column in enumerate(best.W.T):
        weights = " ".join(f"{_rounded(weight):10.6f}" for weight in column)
        click.echo(f"{i + 1:>7}{importances[i]:>12.6g}{_rounded(best.biases[i]):>12.6f}  {weights}")


def _rounded(value: float) -> float:
    """Return a number without a minus sign where it is shown as 0."""
    return round(float(value), 6) + 0.0


def _shown(value: float | None) -> str:
    return "not representable" if value is None else f"{value:.6g}"
