"""The theorems by name, and how to make their certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superposition_numerics.certify import (
    FLOATS,
    Arithmetic,
    Balls,
    Fixed,
    Progress,
    Proved,
    Refuted,
    Verdict,
)
from superposition_theory.errors import InputError

from ..files import output_directory
from .check import STATEMENTS, Rejected, check_text
from .files import certificate_of, render, write_certificate
from .pentagon import pentagon_theorem
from .pentagon_dual import pentagon_dual_theorem
from .theorems import Decision, Theorem, decide_theorem

ARITHMETICS: Mapping[str, Arithmetic] = {
    "floats": FLOATS,
    "integers": Fixed(128),
    "balls": Balls(128),
}
_SHOWN = 10  # boxes of an undecided question


@dataclass(frozen=True)
class Entry:
    """How to make the certificate of a theorem.

    Attributes
    ----------
    title : str
        One line.
    build : callable
        () -> Theorem.
    arithmetic : str
        The one that suits it, a key of `ARITHMETICS`.

    Examples
    --------
    >>> from superposition_proofs.certificates import CATALOGUE
    >>> CATALOGUE["pentagon"].arithmetic
    'floats'
    """

    title: str
    build: Callable[[], Theorem]
    arithmetic: str = "floats"


def _hexagon() -> Theorem:
    from .hexagon import hexagon_theorem

    return hexagon_theorem()


def _hexagon_close_pairs() -> Theorem:
    from .hexagon import hexagon_pairs_theorem

    return hexagon_pairs_theorem()


def _full_model() -> Theorem:
    from .full_model import full_model_theorem

    return full_model_theorem()


def _dropped_phase() -> Theorem:
    from .phases import dropped_theorem

    return dropped_theorem()


def _antipodal_phase() -> Theorem:
    from .phases import antipodal_theorem

    return antipodal_theorem()


CATALOGUE: Mapping[str, Entry] = {
    "pentagon": Entry(
        "The inequality in two variables behind the pentagon theorem", pentagon_theorem
    ),
    "pentagon-five-variables": Entry(
        "The same by another route, in five variables", pentagon_dual_theorem
    ),
    "full-model": Entry("The pentagon at every small density, all of the loss", _full_model),
    "hexagon": Entry("The inequality in two variables for six features", _hexagon),
    "hexagon-close-pairs": Entry(
        "What is left for six features: pairs that overlap much", _hexagon_close_pairs
    ),
    "dropped-phase": Entry("Two features, one dimension: the second is dropped", _dropped_phase),
    "antipodal-phase": Entry(
        "Two features, one dimension: weights of opposite sign", _antipodal_phase
    ),
}


@dataclass(frozen=True)
class Certification:
    """What became of a theorem, and where its certificate is.

    Attributes
    ----------
    decision : Decision
    arithmetic : str
    path : Path, optional
        None if it is not proved, or no directory was given.

    Examples
    --------
    >>> from superposition_proofs.certificates import Certification, Decision, pentagon_theorem
    >>> failed = Decision(pentagon_theorem(), {}, ("K < 1/4",))
    >>> print(Certification(failed, "floats", None).render().splitlines()[0])
    undecided: pentagon, in floats
    """

    decision: Decision
    arithmetic: str
    path: Path | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        theorem = self.decision.theorem
        return {
            "schema": "superposition.certification",
            "version": 1,
            "name": theorem.name,
            "statement": theorem.statement,
            "answer": self.decision.answer,
            "failed_conditions": list(self.decision.failed),
            "arithmetic": self.arithmetic,
            "parts": [
                {"name": name, **_described(verdict)}
                for name, verdict in self.decision.verdicts.items()
            ],
            "file": None if self.path is None else str(self.path),
        }

    def render(self) -> str:
        """Return the lines for a reader."""
        theorem = self.decision.theorem
        lines = [
            f"{self.decision.answer}: {theorem.name}, in {self.arithmetic}",
            theorem.statement,
            *(f"  condition does not hold: {text}" for text in self.decision.failed),
            *(f"  {name}: {_told(verdict)}" for name, verdict in self.decision.verdicts.items()),
        ]
        if self.path is not None:
            checked = theorem.name in STATEMENTS
            known = "checked" if checked else "the checker that stands alone does not know it"
            lines.append(f"written to {self.path}; {known}")
        return "\n".join(lines)


def entry(name: str) -> Entry:
    """Return the entry of the catalogue with a name.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> from superposition_proofs.certificates.catalogue import entry
    >>> entry("pentagon").build().name
    'pentagon'
    """
    if name not in CATALOGUE:
        raise InputError(f"name is {name!r}; accepted: {', '.join(CATALOGUE)}")
    return CATALOGUE[name]


def certify_theorem(
    name: str,
    directory: str | Path | None = None,
    *,
    arithmetic: str | None = None,
    most_boxes: int = 10_000_000,
    executor: Executor | None = None,
    progress: Callable[[str, Progress], None] | None = None,
) -> Certification:
    """Decide a theorem of the catalogue and write its certificate.

    Parameters
    ----------
    name : str
        A key of `CATALOGUE`.
    directory : str or Path, optional
        For NAME.json, which is written once the theorem is proved, and NAME.jsonl with the
        portions that are done: a run that was stopped goes on from there.
    arithmetic : str, optional
        "floats", "integers" or "balls"; by default what the catalogue says.
    most_boxes, executor, progress
        As for `decide_theorem`.

    Returns
    -------
    Certification

    Raises
    ------
    InputError
        For an unknown name or arithmetic, a directory that cannot be made, or one whose stored
        portions were altered.

    Examples
    --------
    >>> from superposition_proofs.certificates import certify_theorem
    >>> certify_theorem("pentagon").decision.answer
    'proved'
    """
    found = entry(name)
    chosen = found.arithmetic if arithmetic is None else arithmetic
    if chosen not in ARITHMETICS:
        raise InputError(f"arithmetic is {chosen!r}; accepted: {', '.join(ARITHMETICS)}")
    folder = None if directory is None else output_directory(directory)
    decision = decide_theorem(
        found.build(),
        ARITHMETICS[chosen],
        most_boxes=most_boxes,
        executor=executor,
        store=None if folder is None else folder / f"{name}.jsonl",
        progress=progress,
    )
    path = None
    if folder is not None and decision.answer == "proved":
        certificate = certificate_of(decision, ARITHMETICS[chosen])
        if name in STATEMENTS:
            _check(render(certificate), folder)
        path = write_certificate(certificate, folder / f"{name}.json")
    return Certification(decision, chosen, path)


def _check(text: str, folder: Path) -> None:
    """Refuse to write a certificate that is not accepted, as one from altered portions."""
    try:
        check_text(text)
    except Rejected as error:
        raise InputError(
            f"directory is {str(folder)!r}, whose stored portions give a certificate that is "
            f"rejected ({error}); remove its .jsonl file"
        ) from error


def _told(verdict: Verdict) -> str:
    """Return a verdict in one line."""
    cost = f"{verdict.boxes} boxes, {verdict.seconds:.1f} s"
    if isinstance(verdict, Proved):
        return f"proved; {cost}"
    if isinstance(verdict, Refuted):
        point = ", ".join(f"{name} = {x}" for name, x in verdict.point.items())
        return f"refuted at {point}; {cost}"
    first = ", ".join(f"[{low}, {high}]" for low, high in verdict.left[0])
    return f"undecided, {verdict.reason}; {verdict.open_boxes} boxes left, such as {first}; {cost}"


def _described(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain data; of an undecided one the first boxes that are left."""
    described: dict[str, Any] = {
        "answer": verdict.answer,
        "boxes": verdict.boxes,
        "seconds": verdict.seconds,
    }
    if isinstance(verdict, Proved):
        return {**described, "leaves": dict(verdict.rules)}
    if isinstance(verdict, Refuted):
        return {**described, "point": {name: str(x) for name, x in verdict.point.items()}}
    left = [[[str(low), str(high)] for low, high in box] for box in verdict.left[:_SHOWN]]
    return {
        **described,
        "reason": verdict.reason,
        "boxes_left": verdict.open_boxes,
        "first_boxes_left": left,
    }
