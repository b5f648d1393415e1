"""A question in portions: searched at the same time, kept in a store, put together."""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import flint
import numpy as np
from superposition_theory.errors import InputError

from ..json_lines import append_line
from .search import MOST_LEFT, Branch, Finding, Progress, search
from .trees import Box, leaves

_MOST_TOP = 1000  # boxes looked at in search of so many subtrees
_PORTIONS = 48  # subtrees that are searched and stored one by one


def in_portions(
    root: Branch,
    most_boxes: int,
    executor: Executor | None,
    store: Path | None,
    progress: Callable[[Progress], None] | None,
) -> Finding:
    """Divide the domain, search the portions, and put their trees together."""
    question = root.question
    top = search(root, min(most_boxes, _MOST_TOP), most_open=_PORTIONS)
    if top.point is not None or not top.open_boxes:
        return top
    key = _fingerprint(root)
    portions = [
        (place, Branch(question, root.arithmetic, root.limits, box))
        for place, (code, box) in enumerate(leaves(top.text, question.domain))
        if code == "?"
    ]
    places = {_text(portion.root): place for place, portion in portions}
    kept = _stored(store, key)
    findings = {places[box]: finding for box, finding in kept.items() if box in places}
    missing = [(place, portion) for place, portion in portions if place not in findings]
    boxes = top.boxes

    def finish(place: int, finding: Finding) -> None:
        nonlocal boxes
        boxes += finding.boxes
        if store is not None:
            box = _text(dict(portions)[place].root)
            append_line(store, {"key": key, "box": box, **_to_dict(finding)})
        findings[place] = finding
        if progress is not None:
            progress(Progress(boxes, len(findings) / len(portions)))

    for place, finding in _searched(missing, most_boxes, executor):
        finish(place, finding)
    found = [findings[place] for place, _ in portions if place in findings]
    boxes = top.boxes + sum(finding.boxes for finding in found)
    point = next((finding.point for finding in found if finding.point is not None), None)
    if point is not None:
        return replace(top, point=point, boxes=boxes)
    parts = iter(found)
    text = "".join(next(parts).text if mark == "?" else mark for mark in top.text)
    return Finding(
        text,
        boxes,
        None,
        tuple(islice((box for finding in found for box in finding.left), MOST_LEFT)),
        "; ".join(sorted({finding.reason for finding in found if finding.reason})),
        sum(finding.open_boxes for finding in found),
    )


def _searched(
    portions: list[tuple[int, Branch]], most_boxes: int, executor: Executor | None
) -> Iterator[tuple[int, Finding]]:
    """Search portions, here or by an executor; behind the first one refuted none need finish."""
    if executor is None:
        for place, portion in portions:
            finding = search(portion, most_boxes)
            yield place, finding
            if finding.point is not None:
                return
        return
    futures = {executor.submit(search, portion, most_boxes): place for place, portion in portions}
    try:
        for future in as_completed(futures):
            if future.cancelled():
                continue
            finding = future.result()
            yield futures[future], finding
            if finding.point is not None:
                for other, place in futures.items():
                    if place > futures[future]:
                        other.cancel()
    finally:
        for future in futures:
            future.cancel()


def _fingerprint(branch: Branch) -> str:
    """Return a hash of the question, the arithmetic and the code that they run."""
    try:
        content = pickle.dumps((branch.question, branch.arithmetic, branch.limits))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(
            f"question {branch.question.name!r} cannot be pickled, so that it can neither be kept "
            f"in a store nor sent to an executor: {error}"
        ) from error
    digest = hashlib.sha256(content)
    digest.update(f"{sys.version} {np.__version__} {flint.__version__}".encode())
    names = {__name__, *_modules(branch.question)}
    for file in sorted({file for name in names for file in _sources(name)}):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _modules(part: Any) -> Iterator[str]:
    """Yield the modules in which a question, its functions and their formulas are defined."""
    if isinstance(part, partial):
        for item in (part.func, *part.args, *part.keywords.values()):
            yield from _modules(item)
        return
    yield type(part).__module__
    yield str(getattr(part, "__module__", type(part).__module__))
    if is_dataclass(part):
        for field in fields(part):
            inner = getattr(part, field.name)
            for item in inner if isinstance(inner, tuple) else (inner,):
                if is_dataclass(item) or callable(item):
                    yield from _modules(item)


def _sources(name: str) -> Iterator[Path]:
    """Yield the source of a module, and of all of its package: whatever it may import there."""
    for owner in (name, name.partition(".")[0]):
        file = getattr(sys.modules.get(owner), "__file__", None)
        if file is not None:
            path = Path(file)
            yield from path.parent.rglob("*.py") if path.name == "__init__.py" else [path]


def _text(box: Box) -> str:
    return " ".join(f"{low},{high}" for low, high in box)


def _stored(store: Path | None, key: str) -> dict[str, Finding]:
    """Return what a store says of a question's boxes; torn and undecided lines do not count."""
    findings: dict[str, Finding] = {}
    if store is None or not store.exists():
        return findings
    for line in store.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(record, dict) and record.get("key") == key and not record["open_boxes"]:
            findings[str(record["box"])] = _from_dict(record)
    return findings


def _to_dict(finding: Finding) -> dict[str, Any]:
    return {
        "tree": finding.text,
        "boxes": finding.boxes,
        "point": None if finding.point is None else [str(x) for x in finding.point],
        "left": [[[str(a), str(b)] for a, b in box] for box in finding.left],
        "reason": finding.reason,
        "open_boxes": finding.open_boxes,
    }


def _from_dict(record: dict[str, Any]) -> Finding:
    point = record["point"]
    return Finding(
        str(record["tree"]),
        int(record["boxes"]),
        None if point is None else tuple(Fraction(x) for x in point),
        tuple(tuple((Fraction(a), Fraction(b)) for a, b in box) for box in record["left"]),
        str(record["reason"]),
        int(record["open_boxes"]),
    )
