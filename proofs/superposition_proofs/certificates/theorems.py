"""Theorems that a branch and bound decides: constants, conditions on them, and questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from superposition_numerics.certify import (
    Arithmetic,
    Enclosure,
    Progress,
    Question,
    Verdict,
    decide,
)

_NARROW = Fraction(1, 10**40)


@dataclass(frozen=True)
class Condition:
    """A strict inequality between constants: it holds when the enclosed number is positive.

    Parameters
    ----------
    text : str
        As a reader writes it, such as "5 F* < 1/12".
    difference : Enclosure
        Right side less left side.

    Examples
    --------
    >>> from superposition_numerics.certify import pi_enclosure
    >>> from superposition_proofs.certificates import Condition
    >>> Condition("0 < pi", pi_enclosure()).holds
    True
    """

    text: str
    difference: Enclosure

    @property
    def holds(self) -> bool:
        """Whether the difference is certainly positive."""
        return self.difference.lower > 0


@dataclass(frozen=True)
class Identity:
    """A number that is 0 by derivation, enclosed: a slip in a formula or a constant would show.

    Parameters
    ----------
    text : str
        As a reader writes it, such as "K = F* + 2 pi mu/5".
    difference : Enclosure
        Right side less left side.

    Examples
    --------
    >>> from superposition_numerics.certify import pi_enclosure
    >>> from superposition_proofs.certificates import Identity
    >>> Identity("0 = pi", pi_enclosure()).holds
    False
    """

    text: str
    difference: Enclosure

    @property
    def holds(self) -> bool:
        """Whether the number is 0 to 40 decimals."""
        return self.difference.contains(0) and self.difference.width < _NARROW


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
    identities : tuple of Identity

    Examples
    --------
    >>> from superposition_proofs.certificates import pentagon_theorem
    >>> len(pentagon_theorem().conditions)
    10
    """

    name: str
    statement: str
    constants: Mapping[str, Enclosure]
    conditions: tuple[Condition, ...]
    questions: tuple[Question, ...]
    identities: tuple[Identity, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What became of a theorem's conditions and questions.

    Attributes
    ----------
    theorem : Theorem
    verdicts : dict from the name of a question to Verdict
    failed : tuple of str
        The identities and conditions that do not hold.

    Examples
    --------
    >>> from superposition_proofs.certificates import Decision, pentagon_theorem
    >>> Decision(pentagon_theorem(), {}, ("K < 1/4",)).answer
    'undecided'
    """

    theorem: Theorem
    verdicts: Mapping[str, Verdict]
    failed: tuple[str, ...] = field(default=())

    @property
    def answer(self) -> str:
        """One of proved, refuted, undecided: refuted if a question is, proved if all holds."""
        answers = {verdict.answer for verdict in self.verdicts.values()}
        if "refuted" in answers:
            return "refuted"
        complete = set(self.verdicts) == {question.name for question in self.theorem.questions}
        return "proved" if complete and not self.failed and answers <= {"proved"} else "undecided"


def decide_theorem(
    theorem: Theorem,
    arithmetic: Arithmetic,
    *,
    most_boxes: int = 10_000_000,
    executor: Executor | None = None,
    store: Path | None = None,
    progress: Callable[[str, Progress], None] | None = None,
) -> Decision:
    """Decide every identity, condition and question of a theorem.

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

    Examples
    --------
    >>> from superposition_numerics.certify import FLOATS
    >>> from superposition_proofs.certificates import decide_theorem, pentagon_theorem
    >>> decide_theorem(pentagon_theorem(), FLOATS).verdicts["coefficient of beta^2"].tree
    'n'
    """
    required: tuple[Identity | Condition, ...] = (*theorem.identities, *theorem.conditions)
    failed = tuple(relation.text for relation in required if not relation.holds)
    if failed:
        return Decision(theorem, {}, failed)
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
    return Decision(theorem, verdicts)
