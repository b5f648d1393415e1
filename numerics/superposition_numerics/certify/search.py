"""The search of a branch: halve its boxes until the rules of the question close them all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from ..matrices import FloatArray
from .intervals import Arithmetic, Floats
from .questions import Question
from .trees import Box, Tree, as_boxes
from .verdicts import Proved, Refuted, Undecided, Verdict

_BATCH = 8192  # boxes at once in floats
_BATCH_ONE_BY_ONE = 64
MOST_LEFT = 1000  # open boxes that an undecided verdict lists


@dataclass(frozen=True)
class Progress:
    """How far a search is.

    Attributes
    ----------
    boxes : int
        Looked at so far.
    closed : float
        Part of the domain's volume that is closed, or of its portions, in [0, 1].

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import FLOATS, Formula, Positive, decide
    >>> side = (Fraction(0), Fraction(1))
    >>> question = Positive("above", ("x",), (side,), Formula(lambda x: x[0] + 1))
    >>> verdict = decide(question, FLOATS, progress=print)
    Progress(boxes=1, closed=1.0)
    """

    boxes: int
    closed: float


@dataclass(frozen=True)
class Branch:
    """A part of the domain, to be searched."""

    question: Question
    arithmetic: Arithmetic
    limits: tuple[int, ...]
    root: Box


@dataclass(frozen=True)
class Finding:
    """What the search of a branch gave."""

    text: str
    boxes: int
    point: tuple[Fraction, ...] | None
    left: tuple[Box, ...]
    reason: str
    open_boxes: int


class _Open:
    """The open boxes of a search: the last in first out, or the first."""

    def __init__(self, root: Box, *, last_first: bool) -> None:
        lower = np.array([[float(low)] for low, _ in root])
        upper = np.array([[float(high)] for _, high in root])
        self._chunks = deque([(np.zeros(1, dtype=np.int64), lower, upper)])
        self._last_first = last_first

    def push(self, nodes: npt.NDArray[np.int64], lower: FloatArray, upper: FloatArray) -> None:
        if nodes.size:
            self._chunks.append((nodes, lower, upper))

    def pop(self, count: int) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray]:
        if not self._last_first:
            return self._chunks.popleft()
        nodes, lower, upper = self._chunks.pop()
        if nodes.size > count:
            self._chunks.append((nodes[:-count], lower[:, :-count], upper[:, :-count]))
            nodes, lower, upper = nodes[-count:], lower[:, -count:], upper[:, -count:]
        return nodes, lower, upper

    def __len__(self) -> int:
        return sum(nodes.size for nodes, _, _ in self._chunks)

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def boxes(self, most: int) -> Iterator[Box]:
        for _, lower, upper in self._chunks:
            for box in as_boxes(lower.tolist(), upper.tolist()):
                if most <= 0:
                    return
                most -= 1
                yield box


def search(
    branch: Branch,
    most_boxes: int,
    progress: Callable[[Progress], None] | None = None,
    most_open: int | None = None,
) -> Finding:
    """Search a branch; with `most_open`, breadth first until that many boxes are open."""
    question, arithmetic = branch.question, branch.arithmetic
    batch = _BATCH if isinstance(arithmetic, Floats) else _BATCH_ONE_BY_ONE
    tree, todo = Tree(), _Open(branch.root, last_first=most_open is None)
    stuck: list[Box] = []
    stuck_boxes = 0
    sides = np.array([[float(high - low)] for low, high in question.domain])
    least = sides / np.exp2(np.array(branch.limits, dtype=float))[:, None]
    boxes, closed_volume = 0, 0.0
    with arithmetic.working():
        while todo:
            if boxes >= most_boxes or (most_open is not None and len(todo) >= most_open):
                break
            nodes, lower, upper = todo.pop(min(batch, most_boxes - boxes))
            boxes += nodes.size
            closed = _close(question, arithmetic, lower, upper, tree, nodes)
            closed_volume += float(np.prod((upper - lower)[:, closed] / sides, axis=0).sum())
            if progress is not None:
                progress(Progress(boxes, min(closed_volume, 1.0)))
            if closed.all():
                continue
            nodes, lower, upper = nodes[~closed], lower[:, ~closed], upper[:, ~closed]
            point = _refuting(question, arithmetic, lower, upper)
            if point is not None:
                return Finding("", boxes, point, (), "", 0)
            variables = _variables(question, arithmetic, lower, upper, least)
            done = variables < 0
            if done.any():
                stuck_boxes += int(done.sum())
                kept = done & (np.cumsum(done) <= MOST_LEFT - len(stuck))
                stuck += as_boxes(lower[:, kept].tolist(), upper[:, kept].tolist())
                nodes, lower, upper = nodes[~done], lower[:, ~done], upper[:, ~done]
                variables = variables[~done]
            todo.push(*_halves(tree, nodes, lower, upper, variables))
    left = (*stuck, *todo.boxes(MOST_LEFT - len(stuck)))
    reason = ""
    if stuck:
        reason = f"{stuck_boxes} boxes are as small as floats allow"
    elif todo:
        reason = f"{len(todo)} boxes are open after {boxes}"
    return Finding(tree.text(), boxes, None, left, reason, stuck_boxes + len(todo))


def _close(
    question: Question,
    arithmetic: Arithmetic,
    lower: FloatArray,
    upper: FloatArray,
    tree: Tree,
    nodes: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Try the rules on boxes, write down which one closes each, and say which are closed."""
    closed = np.zeros(nodes.size, dtype=bool)
    for rule in question.rules:
        (rest,) = np.nonzero(~closed)
        if not rest.size:
            break
        mask = np.zeros(rest.size, dtype=bool)
        for portion, low, high in arithmetic.batches(lower[:, rest], upper[:, rest]):
            mask[portion] = rule.closes(question, arithmetic, low, high)
        for node in nodes[rest[mask]].tolist():
            tree.close(node, rule.code)
        closed[rest[mask]] = True
    return closed


def _refuting(
    question: Question, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
) -> tuple[Fraction, ...] | None:
    """Return a midpoint at which the statement fails."""
    middle = (lower + upper) / 2
    for portion, points, _ in arithmetic.batches(middle, middle):
        refuted = np.atleast_1d(question.is_refuted(arithmetic, points))
        if refuted.any():
            column = middle[:, portion][:, int(np.argmax(refuted))]
            return tuple(Fraction(x) for x in column.tolist())
    return None


def _variables(
    question: Question,
    arithmetic: Arithmetic,
    lower: FloatArray,
    upper: FloatArray,
    least: FloatArray,
) -> npt.NDArray[np.int64]:
    """Return along which variable each box is halved; -1 where no side can be."""
    spreads = np.empty_like(lower)
    for portion, low, high in arithmetic.batches(lower, upper):
        found = question.spreads(arithmetic, low, high)
        spreads[:, portion] = found.reshape(found.shape[0], -1)
    spreads = np.where(np.isnan(spreads), np.inf, spreads)
    # an unbounded slope along several variables says nothing: take the longest of their sides
    sides = np.array([[float(high - low)] for low, high in question.domain])
    unbounded = np.isinf(spreads)
    spreads = np.where(
        unbounded.any(axis=0), np.where(unbounded, (upper - lower) / sides, -1), spreads
    )
    spreads = np.where(upper - lower > least, spreads, -np.inf)
    best = np.argmax(spreads, axis=0)
    return np.where(np.isneginf(spreads.max(axis=0)), -1, best)


def _halves(
    tree: Tree,
    nodes: npt.NDArray[np.int64],
    lower: FloatArray,
    upper: FloatArray,
    variables: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray]:
    """Return the lower and the upper halves of boxes."""
    first = np.array(
        [tree.halve(n, v) for n, v in zip(nodes.tolist(), variables.tolist(), strict=True)],
        dtype=np.int64,
    )
    columns = np.arange(nodes.size)
    middle = (lower[variables, columns] + upper[variables, columns]) / 2
    below, above = upper.copy(), lower.copy()
    below[variables, columns] = above[variables, columns] = middle
    return (
        np.concatenate([first, first + 1]),
        np.concatenate([lower, above], axis=1),
        np.concatenate([below, upper], axis=1),
    )


def verdict_of(question: Question, finding: Finding, seconds: float) -> Verdict:
    """Return the answer that a finding is."""
    if finding.point is not None:
        point = dict(zip(question.variables, finding.point, strict=True))
        return Refuted(point, finding.boxes, seconds)
    if finding.open_boxes:
        return Undecided(finding.left, finding.reason, finding.boxes, seconds, finding.open_boxes)
    return Proved(finding.text, finding.boxes, seconds)
