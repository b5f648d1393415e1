"""Theorems that a branch and bound decides: constants, conditions on them, and questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from superposition_numerics.certify import (
    Arithmetic,
    Enclosure,
    Progress,
    Question,
    Verdict,
    decide,
)


@dataclass(frozen=True)
class Condition:
    """A strict inequality between constants: it holds when the enclosed number is positive.

    Parameters
    ----------
    text : str
        As a reader writes it, such as "5 F* < 1/12".
    difference : Enclosure
        Right side less left side.
    """

    text: str
    difference: Enclosure

    @property
    def holds(self) -> bool:
        """Whether the difference is certainly positive."""
        return self.difference.lower > 0


@dataclass(frozen=True)
class Theorem:
    """A statement, reduced by hand to conditions on constants and questions about boxes.

    Parameters
    ----------
    name : str
        Lower-case words joined by hyphens.
    statement : str
        What is certified, in one sentence of plain text: what the conditions and questions say,
        not what a proof on paper makes of them.
    constants : mapping of str to Enclosure
        Solved for and enclosed in code.
    conditions : tuple of Condition
    questions : tuple of Question
        Their names are distinct.
    """

    name: str
    statement: str
    constants: Mapping[str, Enclosure]
    conditions: tuple[Condition, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Decision:
    """What became of a theorem's conditions and questions.

    Attributes
    ----------
    theorem : Theorem
    verdicts : dict from the name of a question to Verdict
    failed : tuple of str
        The conditions that do not hold.
    """

    theorem: Theorem
    verdicts: Mapping[str, Verdict]
    failed: tuple[str, ...] = field(default=())

    @property
    def answer(self) -> str:
        """One of proved, refuted, undecided: that of the first part that is not proved."""
        if self.failed:
            return "undecided"
        answers = [verdict.answer for verdict in self.verdicts.values()]
        return next((answer for answer in answers if answer != "proved"), "proved")


def decide_theorem(
    theorem: Theorem,
    arithmetic: Arithmetic,
    *,
    most_boxes: int = 10_000_000,
    executor: Executor | None = None,
    store: Path | None = None,
    progress: Callable[[str, Progress], None] | None = None,
) -> Decision:
    """Decide every condition and question of a theorem.

    Parameters
    ----------
    theorem : Theorem
    arithmetic : Arithmetic
    most_boxes, executor, store
        As for `superposition_numerics.certify.decide`.
    progress : callable, optional
        Called with the name of the question and its `Progress`.

    Returns
    -------
    Decision
    """
    verdicts: dict[str, Verdict] = {}
    for question in theorem.questions:

        def report(step: Progress, name: str = question.name) -> None:
            if progress is not None:
                progress(name, step)

        verdicts[question.name] = decide(
            question,
            arithmetic,
            most_boxes=most_boxes,
            executor=executor,
            store=store,
            progress=report,
        )
    failed = tuple(condition.text for condition in theorem.conditions if not condition.holds)
    return Decision(theorem, verdicts, failed)
