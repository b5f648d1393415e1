"""Branch and bound: halve the boxes of a question until its rules close them all."""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory.errors import InputError

from ..json_lines import append_line
from ..matrices import FloatArray
from .intervals import Arithmetic, Floats
from .questions import Question
from .trees import Box, Tree, as_boxes, depth_limits, leaves
from .verdicts import Proved, Refuted, Undecided, Verdict

_BATCH = 8192  # boxes at once in floats
_BATCH_ONE_BY_ONE = 64
_PORTIONS = 48  # subtrees that are searched and stored one by one
_MOST_LEFT = 1000  # open boxes that an undecided verdict lists


@dataclass(frozen=True)
class Progress:
    """How far a search is.

    Attributes
    ----------
    boxes : int
        Looked at so far.
    closed : float
        Part of the domain's volume that is closed, in [0, 1].
    """

    boxes: int
    closed: float


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

    The search is depth first, so that the boxes in memory are at most a batch for each level of
    halving; besides, nine bytes are kept for each box looked at, the record of the tree.

    Parameters
    ----------
    question : Question
    arithmetic : Arithmetic
        `FLOATS`, `Fixed(bits)` or `Balls(bits)`.
    most_boxes : int
        Where to stop undecided; for each portion of the domain when there is an executor or store.
    executor : concurrent.futures.Executor, optional
        Searches portions of the domain at the same time; the verdict is the same. The question
        must then be picklable. It is not shut down.
    store : Path, optional
        JSON lines: portions found there are not searched again, new ones are appended as they
        come. A portion counts only if the question, the arithmetic and the code are the same.
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
    if len(set(codes)) != len(codes) or any(len(c) != 1 or not c.isalpha() for c in codes):
        raise InputError(f"rules of {question.name!r} must have different letters, got {codes}")
    if len(question.variables) != len(question.domain):
        raise InputError(
            f"variables of {question.name!r} has {len(question.variables)} names for "
            f"{len(question.domain)} sides of domain"
        )
    if most_boxes < 1:
        raise InputError(f"most_boxes must be at least 1, got {most_boxes!r}")
    started = time.perf_counter()
    root = _Branch(question, arithmetic, tuple(limits), question.domain)
    if executor is None and store is None:
        finding = _search(root, most_boxes, progress)
        return _verdict(question, finding, finding.text, time.perf_counter() - started)
    return _in_portions(root, most_boxes, executor, store, progress, started)


@dataclass(frozen=True)
class _Branch:
    """A part of the domain, to be searched."""

    question: Question
    arithmetic: Arithmetic
    limits: tuple[int, ...]
    root: Box


@dataclass(frozen=True)
class _Finding:
    """What the search of a branch gave."""

    text: str
    boxes: int
    point: tuple[Fraction, ...] | None
    left: tuple[Box, ...]
    reason: str


class _Open:
    """The open boxes of a search, the last in first out."""

    def __init__(self, root: Box) -> None:
        lower = np.array([[float(low)] for low, _ in root])
        upper = np.array([[float(high)] for _, high in root])
        self._chunks = [(np.zeros(1, dtype=np.int64), lower, upper)]

    def push(self, nodes: npt.NDArray[np.int64], lower: FloatArray, upper: FloatArray) -> None:
        if nodes.size:
            self._chunks.append((nodes, lower, upper))

    def pop(self, count: int) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray]:
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


def _search(
    branch: _Branch,
    most_boxes: int,
    progress: Callable[[Progress], None] | None = None,
    most_open: int | None = None,
) -> _Finding:
    """Search a branch; with `most_open`, stop as soon as that many boxes are open."""
    question, arithmetic = branch.question, branch.arithmetic
    floats = isinstance(arithmetic, Floats)
    batch = 1 if most_open is not None else _BATCH if floats else _BATCH_ONE_BY_ONE
    tree, todo, stuck = Tree(), _Open(branch.root), []
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
                return _Finding("", boxes, point, (), "")
            variables = _variables(question, arithmetic, lower, upper, least)
            done = variables < 0
            if done.any():
                stuck += as_boxes(lower[:, done].tolist(), upper[:, done].tolist())
                nodes, lower, upper = nodes[~done], lower[:, ~done], upper[:, ~done]
                variables = variables[~done]
            todo.push(*_halves(tree, nodes, lower, upper, variables))
    left = (*stuck[:_MOST_LEFT], *todo.boxes(_MOST_LEFT))
    reason = ""
    if stuck:
        reason = f"{len(stuck)} boxes are as small as floats allow"
    elif left:
        reason = f"{len(todo)} boxes are open after {boxes}"
    return _Finding(tree.text(), boxes, None, left, reason)


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


def _in_portions(
    root: _Branch,
    most_boxes: int,
    executor: Executor | None,
    store: Path | None,
    progress: Callable[[Progress], None] | None,
    started: float,
) -> Verdict:
    """Divide the domain, search the portions, and put their trees together."""
    question = root.question
    top = _search(root, most_boxes, most_open=_PORTIONS)
    if top.point is not None or not top.left:
        return _verdict(question, top, top.text, time.perf_counter() - started)
    key = _fingerprint(root)
    portions = [
        (place, _Branch(question, root.arithmetic, root.limits, box))
        for place, (code, box) in enumerate(leaves(top.text, question.domain))
        if code == "?"
    ]
    findings = _stored(store, key)
    missing = [(place, portion) for place, portion in portions if place not in findings]
    boxes = top.boxes

    def finish(place: int, finding: _Finding) -> None:
        nonlocal boxes
        boxes += finding.boxes
        if store is not None and place not in findings:
            append_line(store, {"key": key, "place": place, **_to_dict(finding)})
        findings[place] = finding
        if progress is not None:
            progress(Progress(boxes, len(findings) / len(portions)))

    if executor is None:
        for place, portion in missing:
            finish(place, _search(portion, most_boxes))
    else:
        try:
            futures = {
                executor.submit(_search, portion, most_boxes): place for place, portion in missing
            }
            for future in as_completed(futures):
                finish(futures[future], future.result())
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise InputError(f"question cannot be sent to the executor: {error}") from error
    parts = iter([findings[place].text for place, _ in portions])
    text = "".join(next(parts) if mark == "?" else mark for mark in top.text)
    merged = _Finding(
        text,
        top.boxes + sum(f.boxes for f in findings.values()),
        next((f.point for f in findings.values() if f.point is not None), None),
        tuple(box for f in findings.values() for box in f.left)[:_MOST_LEFT],
        "; ".join(sorted({f.reason for f in findings.values() if f.reason})),
    )
    return _verdict(question, merged, text, time.perf_counter() - started)


def _verdict(question: Question, finding: _Finding, text: str, seconds: float) -> Verdict:
    if finding.point is not None:
        point = dict(zip(question.variables, finding.point, strict=True))
        return Refuted(point, finding.boxes, seconds)
    if finding.left:
        return Undecided(finding.left, finding.reason, finding.boxes, seconds)
    return Proved(text, finding.boxes, seconds)


def _fingerprint(branch: _Branch) -> str:
    """Return a hash of the question, the arithmetic and the code that they run."""
    try:
        content = pickle.dumps((branch.question, branch.arithmetic, branch.limits))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(
            f"question {branch.question.name!r} cannot be pickled, so that it can neither be kept "
            f"in a store nor sent to an executor: {error}"
        ) from error
    digest = hashlib.sha256(content)
    package = __package__ or ""
    modules = {name for name in sys.modules if name.startswith(package)}
    for name in sorted(modules | set(_modules(branch.question))):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None:
            digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def _modules(part: Any) -> Iterator[str]:
    """Yield the modules in which a question, its functions and their formulas are defined."""
    yield type(part).__module__
    yield str(getattr(part, "__module__", type(part).__module__))
    if is_dataclass(part):
        for field in fields(part):
            inner = getattr(part, field.name)
            for item in inner if isinstance(inner, tuple) else (inner,):
                if is_dataclass(item) or callable(item):
                    yield from _modules(item)


def _stored(store: Path | None, key: str) -> dict[int, _Finding]:
    """Return the findings in a store that belong to a key; torn lines are passed over."""
    findings: dict[int, _Finding] = {}
    if store is None or not store.exists():
        return findings
    for line in store.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(record, dict) and record.get("key") == key:
            findings[int(record["place"])] = _from_dict(record)
    return findings


def _to_dict(finding: _Finding) -> dict[str, Any]:
    return {
        "tree": finding.text,
        "boxes": finding.boxes,
        "point": None if finding.point is None else [str(x) for x in finding.point],
        "left": [[[str(a), str(b)] for a, b in box] for box in finding.left],
        "reason": finding.reason,
    }


def _from_dict(record: dict[str, Any]) -> _Finding:
    point = record["point"]
    return _Finding(
        str(record["tree"]),
        int(record["boxes"]),
        None if point is None else tuple(Fraction(x) for x in point),
        tuple(tuple((Fraction(a), Fraction(b)) for a, b in box) for box in record["left"]),
        str(record["reason"]),
    )
