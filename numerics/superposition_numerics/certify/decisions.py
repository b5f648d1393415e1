"""Branch and bound: halve the boxes of a question until its rules close them all."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from superposition_theory.errors import InputError

from .intervals import Arithmetic
from .portions import in_portions
from .questions import Question
from .search import Branch, Progress, search, verdict_of
from .trees import depth_limits
from .verdicts import Verdict


def decide(
    question: Question,
    arithmetic: Arithmetic,
    *,
    most_boxes: int = 10_000_000,
    executor: Executor | None = None,
    store: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Verdict:
    """Decide a question: proved, refuted with a point, or undecided with the boxes left.

    The search is depth first, so that the boxes in memory are at most two batches for each level
    of halving; besides, nine bytes are kept for each box looked at, the record of the tree.

    Parameters
    ----------
    question : Question
    arithmetic : Arithmetic
        `FLOATS`, `Fixed(bits)` or `Balls(bits)`.
    most_boxes : int
        Where to stop undecided; for each portion of the domain when there is an executor or store.
    executor : concurrent.futures.Executor, optional
        Of processes. Searches portions of the domain at the same time; the answer is the same,
        and so is the tree of a proof. The question must then be picklable. The executor is not
        shut down; what it has not begun is cancelled when the search is interrupted or refuted.
    store : Path, optional
        JSON lines: portions decided there are not searched again, new ones are appended as they
        come. A portion counts only if the question, the arithmetic and the code are the same. The
        lines are trusted.
    progress : callable, optional
        Called with a `Progress` after each batch, or portion.

    Returns
    -------
    Proved, Refuted or Undecided

    Raises
    ------
    InputError
        If the domain cannot be halved exactly, a rule's letter is used twice, most_boxes is not
        positive, or the question cannot be sent to the executor or kept in the store.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Balls, Formula, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> below = Formula(lambda x: x[0] ** 2 - x[0] + Fraction(1, 5))
    >>> verdict = decide(Positive("false", ("x",), (side,), below), Balls(64))
    >>> verdict.answer, verdict.point["x"]
    ('refuted', Fraction(1, 2))
    """
    limits = depth_limits(question.domain)
    codes = [rule.code for rule in question.rules]
    if len(set(codes)) != len(codes) or any(
        len(code) != 1 or not (code.isascii() and code.isalpha()) for code in codes
    ):
        raise InputError(f"rules of {question.name!r} must have different letters, got {codes}")
    if len(question.variables) != len(question.domain):
        raise InputError(
            f"variables of {question.name!r} has {len(question.variables)} names for "
            f"{len(question.domain)} sides of domain"
        )
    if most_boxes < 1:
        raise InputError(f"most_boxes must be at least 1, got {most_boxes!r}")
    started = time.perf_counter()
    root = Branch(question, arithmetic, tuple(limits), question.domain)
    if executor is None and store is None:
        finding = search(root, most_boxes, progress)
    else:
        finding = in_portions(root, most_boxes, executor, store, progress)
    return verdict_of(question, finding, time.perf_counter() - started)
