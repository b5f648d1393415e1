"""The certified phase diagram of two features in one dimension.

For each interval of densities two lines are proved: up to the lower one dropping the second
feature is globally optimal, from the upper one on every global minimiser is antipodal. In between
nothing is claimed. By symmetry I and 1/I exchange the features, so that I <= 1 is the whole of
it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from superposition_numerics.certify import FLOATS
from superposition_numerics.json_lines import append_line
from superposition_theory.errors import InputError

from ..certificates import Theorem, decide_theorem
from ..certificates.phases import Line, Pair, antipodal_theorem, dropped_theorem
from ..certificates.phases.decided import proposed_boundary, proposed_pair, ratio

SCHEMA = "superposition.certified-phase-diagram"
DENSITIES = (Fraction(1, 50), Fraction(49, 50))
IMPORTANCES = (Fraction(1, 20), Fraction(1))
_SLACKS = (Fraction(1, 100), Fraction(1, 40), Fraction(1, 10))  # of I*, tried in turn
_MOST_BOXES = 150_000
_UNIT = 2**20  # lines are rounded to integers over this

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Column:
    """What is proved for an interval of densities.

    Attributes
    ----------
    densities : tuple of two Fraction
    dropped : Line, optional
        Up to which dropping is optimal.
    antipodal : Line, optional
        From which on the optimum is antipodal, up to I = 1.
    boxes : int
        Of both proofs.
    seconds : float

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.phases.certified import Column, Line
    >>> half = Fraction(1, 2)
    >>> column = Column((half / 2, half), Line(half), Line(half + half / 4), 3, 0.1)
    >>> float(column.proved((Fraction(0), Fraction(1))))
    0.875
    """

    densities: Interval
    dropped: Line | None
    antipodal: Line | None
    boxes: int
    seconds: float

    def proved(self, importances: Interval) -> float:
        """Return the part of a range of importances that is proved, in [0, 1]."""
        low, high = (float(x) for x in importances)
        p = np.linspace(float(self.densities[0]), float(self.densities[1]), 2001)
        below = np.full_like(p, low) if self.dropped is None else _at(self.dropped, p)
        above = np.full_like(p, high) if self.antipodal is None else _at(self.antipodal, p)
        undecided = np.clip(above, low, high) - np.clip(below, low, high)
        return 1 - float(undecided.mean()) / (high - low)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON data."""
        return {
            "densities": [str(x) for x in self.densities],
            "dropped": _line_to_list(self.dropped),
            "antipodal": _line_to_list(self.antipodal),
            "boxes": self.boxes,
            "seconds": self.seconds,
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Column:
        """Return a column from its JSON data."""
        low, high = (Fraction(x) for x in record["densities"])
        return cls(
            (low, high),
            _line_from_list(record["dropped"]),
            _line_from_list(record["antipodal"]),
            int(record["boxes"]),
            float(record["seconds"]),
        )


@dataclass(frozen=True)
class CertifiedDiagram:
    """The columns of a certified phase diagram, in order.

    Attributes
    ----------
    columns : tuple of Column
    """

    columns: tuple[Column, ...]

    def proved(self, densities: Interval = DENSITIES, importances: Interval = IMPORTANCES) -> float:
        """Return the part of a rectangle's area that is proved; outside the columns none is.

        Examples
        --------
        >>> from superposition_proofs.phases.certified import CertifiedDiagram
        >>> CertifiedDiagram(()).proved()
        0.0
        """
        total = 0.0
        for column in self.columns:
            low, high = (min(max(x, densities[0]), densities[1]) for x in column.densities)
            if low < high:
                part = Column((low, high), column.dropped, column.antipodal, 0, 0.0)
                total += part.proved(importances) * float(high - low)
        return total / float(densities[1] - densities[0])

    def to_dict(self) -> dict[str, Any]:
        """Return JSON data."""
        return {
            "schema": SCHEMA,
            "version": 1,
            "densities": [str(x) for x in DENSITIES],
            "importances": [str(x) for x in IMPORTANCES],
            "proved": self.proved(),
            "columns": [column.to_dict() for column in self.columns],
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> CertifiedDiagram:
        """Return a diagram from its JSON data."""
        return cls(tuple(Column.from_dict(column) for column in record["columns"]))


def certified_diagram(
    columns: int = 64,
    *,
    densities: Interval = DENSITIES,
    executor: Executor | None = None,
    store: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CertifiedDiagram:
    """Prove as much as possible of the phase diagram, column by column.

    Parameters
    ----------
    columns : int
        In which the densities from 0 to 1 are divided, a power of two; below 1/8 the width of a
        column is halved with every octave. With 64 a column takes 5 to 20 s.
    densities : tuple of two Fraction
    executor : concurrent.futures.Executor, optional
    store : Path, optional
        JSON lines; columns that are found there are not proved again.
    progress : callable, optional
        Called with the columns done and their number.

    Returns
    -------
    CertifiedDiagram

    Raises
    ------
    InputError
        A number of columns that is no power of two, or densities that are not in (0, 1).
    """
    if columns < 2 or columns & (columns - 1):
        raise InputError(f"columns is {columns}; accepted: 2, 4, 8, ...")
    if not 0 < densities[0] < densities[1] < 1:
        raise InputError(f"densities are {densities}; accepted: 0 < lower < upper < 1")
    intervals = list(_intervals(columns, densities))
    found = _stored(store)
    missing = [interval for interval in intervals if interval not in found]

    def finish(column: Column) -> None:
        if store is not None:
            append_line(store, column.to_dict())
        found[column.densities] = column
        if progress is not None:
            progress(sum(x in found for x in intervals), len(intervals))

    if executor is None:
        for interval in missing:
            finish(certified_column(interval))
    else:
        for future in as_completed([executor.submit(certified_column, x) for x in missing]):
            finish(future.result())
    return CertifiedDiagram(tuple(found[interval] for interval in sorted(intervals)))


def certified_column(densities: Interval) -> Column:
    """Prove what can be proved between two densities."""
    below, boxes, seconds = dropped_line(densities)
    above, more = antipodal_line(densities)
    return Column(densities, below, above, boxes + more, seconds)


def dropped_line(densities: Interval) -> tuple[Line | None, int, float]:
    """Return a line up to which dropping is proved to be optimal, the boxes and seconds spent."""
    boxes, seconds = 0, 0.0
    for slack in _SLACKS:
        ends = [_rounded((1 - float(slack)) * proposed_boundary(p)) for p in densities]
        line = Line.through(densities, (ends[0], ends[1]))
        answer, more, time = _decided(dropped_theorem(densities, line))
        boxes, seconds = boxes + more, seconds + time
        if answer == "proved":
            return line, boxes, seconds
    return None, boxes, seconds


def antipodal_line(densities: Interval) -> tuple[Line | None, int]:
    """Return a line from which on the optimum is proved to be antipodal, and the boxes spent.

    The pairs that are best at either end are joined, or one of them is taken, whichever needs the
    least importance.
    """
    boxes = 0
    for slack in _SLACKS:
        aims = [_above(proposed_boundary(p), float(slack)) for p in densities]
        first, last = (proposed_pair(p, i) for p, i in zip(densities, aims, strict=True))
        if first is None or last is None:
            continue
        tries = []
        for ends in ((first, last), (first, first), (last, last)):
            pair = Pair.between(densities, *ends)
            middle = (densities[0] + densities[1]) / 2
            needed = [_needed(pair, p) for p in (*densities, middle)]
            bulge = max(0.0, needed[2] - (needed[0] + needed[1]) / 2)
            heights = [
                min(max(aim, 1.002 * (least + bulge)), 1.0)
                for aim, least in zip(aims, needed, strict=False)
            ]
            tries.append((sum(heights), heights, pair))
        for _, heights, pair in sorted(tries, key=lambda one: one[0]):
            line = Line.through(densities, (_rounded(heights[0]), _rounded(heights[1])))
            answer, more, _ = _decided(antipodal_theorem(densities, line, pair))
            boxes += more
            if answer == "proved":
                return line, boxes
    return None, boxes


def _needed(pair: Pair, density: Fraction) -> float:
    """Return the least importance at which a pair is as good as dropping, by floats."""
    return ratio(density, tuple(line(density) for line in (pair.u, pair.v, pair.b1, pair.b2)))


def _decided(theorem: Theorem) -> tuple[str, int, float]:
    decision = decide_theorem(theorem, FLOATS, most_boxes=_MOST_BOXES)
    verdicts = decision.verdicts.values()
    return decision.answer, sum(v.boxes for v in verdicts), sum(v.seconds for v in verdicts)


def _above(boundary: float, slack: float) -> float:
    """Return an importance a little above the boundary, and below 1."""
    return min((1 + slack) * boundary, (1 + boundary) / 2)


def _rounded(importance: float) -> Fraction:
    return Fraction(round(importance * _UNIT), _UNIT)


def _intervals(columns: int, densities: Interval) -> Iterator[Interval]:
    """Yield the intervals that meet the densities; below 1/8 they halve with every octave."""
    low = Fraction(1)
    while low > densities[0]:
        width = Fraction(1, columns)
        octave = Fraction(1, 4)
        while low <= octave / 2:
            width, octave = width / 2, octave / 2
        low, high = low - width, low
        if low < densities[1]:
            yield low, min(high, 1 - width / 16)


def _stored(store: Path | None) -> dict[Interval, Column]:
    """Return the columns in a store; torn lines are passed over."""
    found: dict[Interval, Column] = {}
    if store is None or not store.exists():
        return found
    for line in store.read_text(encoding="utf-8").splitlines():
        try:
            column = Column.from_dict(json.loads(line))
        except (json.JSONDecodeError, KeyError):
            continue
        found[column.densities] = column
    return found


def _at(line: Line, p: Any) -> Any:
    return float(line.level) + float(line.slope) * p


def _line_to_list(line: Line | None) -> list[str] | None:
    return None if line is None else [str(line.level), str(line.slope)]


def _line_from_list(parts: Sequence[str] | None) -> Line | None:
    return None if parts is None else Line(*(Fraction(part) for part in parts))
