"""Branch and bound: verdicts, portions, the store, interruptions, and what is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.certify import (
    FLOATS,
    Balls,
    Centred,
    Fixed,
    Formula,
    Natural,
    Positive,
    Progress,
    Proved,
    Refuted,
    Rule,
    Undecided,
    decide,
    leaves,
)
from superposition_numerics.certify.portions import _modules
from superposition_numerics.certify.trees import depth_limits
from superposition_theory import InputError

SIDE = (Fraction(-2), Fraction(2))


@dataclass(frozen=True)
class Camel:
    """The six-hump camel, lifted."""

    level: Fraction

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate."""
        u, v = x
        hump = 4 * u**2 - Fraction(21, 10) * u**4 + u**6 / 3
        return hump + u * v - 4 * v**2 + 4 * v**4 + self.level


PROVABLE = Positive("camel", ("u", "v"), (SIDE, SIDE), Formula(Camel(Fraction(11, 10))))
FALSE = replace(PROVABLE, objective=Formula(Camel(Fraction(102, 100))))
TIGHT = replace(PROVABLE, objective=Formula(lambda x: (x[0] - x[1]) ** 2))


class KilledError(Exception):
    """Stands for a kill between two portions."""


def test_portions_in_processes_and_from_a_store_give_the_same_tree(tmp_path: Path) -> None:
    serial = decide(PROVABLE, FLOATS)
    assert isinstance(serial, Proved)
    store = tmp_path / "boxes.jsonl"
    with ProcessPoolExecutor(1) as pool:
        for verdict in (
            decide(PROVABLE, FLOATS, executor=pool),
            decide(PROVABLE, FLOATS, store=store),
            decide(PROVABLE, FLOATS, store=store, executor=pool),
        ):
            assert isinstance(verdict, Proved)
            assert verdict.tree == serial.tree
            assert verdict.boxes == serial.boxes
        refuted = [
            decide(FALSE, FLOATS, store=tmp_path / "false"),
            decide(FALSE, FLOATS, executor=pool),
        ]
    assert all(isinstance(verdict, Refuted) for verdict in refuted)
    assert refuted[0].point == refuted[1].point  # type: ignore[union-attr]


@pytest.mark.parametrize("ring", [FLOATS, Fixed(64), Balls(64)])
def test_a_killed_run_is_resumed(ring: Any, tmp_path: Path) -> None:
    store = tmp_path / "boxes.jsonl"
    portions = 0

    def kill(_: Progress) -> None:
        nonlocal portions
        portions += 1
        if portions == 10:
            raise KilledError

    with pytest.raises(KilledError):
        decide(PROVABLE, ring, store=store, progress=kill)
    lines = store.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 10
    store.write_text("\n".join([*lines[:9], lines[9][:40]]), encoding="utf-8")  # the last is torn
    steps: list[Progress] = []
    resumed = decide(PROVABLE, ring, store=store, progress=steps.append)
    serial = decide(PROVABLE, ring)
    assert isinstance(resumed, Proved)
    assert isinstance(serial, Proved)
    assert resumed.tree == serial.tree
    assert steps[0].closed == pytest.approx(10 / (len(steps) + 9))  # nine portions were there
    assert steps[-1].closed == 1


@pytest.mark.parametrize("few", [1, 2, 7, 10])
def test_what_a_smaller_limit_left_open_is_searched_again(few: int, tmp_path: Path) -> None:
    store = tmp_path / "boxes.jsonl"
    assert decide(PROVABLE, FLOATS, most_boxes=few, store=store).answer == "undecided"
    resumed, serial = decide(PROVABLE, FLOATS, store=store), decide(PROVABLE, FLOATS)
    assert isinstance(resumed, Proved)
    assert isinstance(serial, Proved)
    assert resumed.tree == serial.tree


def test_a_store_of_another_question_or_arithmetic_is_not_used(tmp_path: Path) -> None:
    store = tmp_path / "boxes.jsonl"
    decide(PROVABLE, FLOATS, store=store)
    lines = len(store.read_text(encoding="utf-8").splitlines())
    assert isinstance(decide(FALSE, FLOATS, store=store), Refuted)
    changed = replace(PROVABLE, rules=(Natural(), Centred()))
    steps: list[Progress] = []
    decide(changed, FLOATS, store=store, progress=steps.append)
    assert len(steps) >= lines  # every portion was searched anew
    assert steps[0].closed < 0.1


class Inline(Executor):
    """Runs what is submitted when its result is asked for."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the first three calls; leave the others waiting."""
        future: Future[Any] = Future()
        if len(self.futures) < 3:
            future.set_result(fn(*args, **kwargs))
        self.futures.append(future)
        return future


def test_an_interruption_cancels_what_has_not_begun() -> None:
    pool = Inline()

    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decide(PROVABLE, FLOATS, executor=pool, progress=interrupt)
    assert len(pool.futures) > 10
    assert all(future.cancelled() for future in pool.futures[3:])


def test_portions_are_alike() -> None:
    """A breadth-first top: no portion holds half of the domain."""
    steps: list[Progress] = []
    pool = Inline()
    with pytest.raises(KilledError):
        decide(PROVABLE, FLOATS, executor=pool, progress=lambda step: _kill(steps, step))
    assert len(pool.futures) >= 24


def _kill(steps: list[Progress], step: Progress) -> None:
    steps.append(step)
    raise KilledError


def test_an_undecided_verdict_lists_a_thousand_boxes_and_counts_all() -> None:
    # a midpoint lies on the diagonal, where integers say that it is 0 exactly
    assert isinstance(decide(TIGHT, Fixed(64), most_boxes=10), Refuted)
    off = replace(TIGHT, objective=Formula(lambda x: (x[0] - x[1] - Fraction(1, 3)) ** 2))
    undecided = decide(off, FLOATS, most_boxes=20_000)
    assert isinstance(undecided, Undecided)
    assert len(undecided.left) == 1000
    assert undecided.open_boxes > 1000
    assert f"{undecided.open_boxes} boxes are open" in undecided.reason
    assert undecided.boxes <= 20_000


def test_a_few_boxes_left_hold_the_zero() -> None:
    near = Positive(
        "root", ("x",), ((Fraction(0), Fraction(4)),), Formula(lambda x: (x[0] ** 2 - 2) ** 2)
    )
    verdict = decide(near, FLOATS)
    assert isinstance(verdict, Undecided)
    assert any(low**2 <= 2 <= high**2 for ((low, high),) in verdict.left)


@pytest.mark.parametrize("most_boxes", [1, 2, 7, 100])
def test_most_boxes_is_kept(most_boxes: int) -> None:
    verdict = decide(PROVABLE, FLOATS, most_boxes=most_boxes)
    assert verdict.answer == "undecided"
    assert verdict.boxes <= most_boxes


def test_progress_rises_to_the_whole() -> None:
    steps: list[Progress] = []
    decide(PROVABLE, Fixed(64), progress=steps.append)
    closed = [step.closed for step in steps]
    assert closed == sorted(closed)
    assert closed[-1] == pytest.approx(1)


def test_open_boxes_stay_few() -> None:
    """Depth first: what waits is a few batches, whatever the number of boxes looked at."""
    from superposition_numerics.certify import search

    most = 0
    push = search._Open.push

    def watched(self: Any, *args: Any) -> None:
        nonlocal most
        push(self, *args)
        most = max(most, len(self))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search._Open, "push", watched)
        patch.setattr(search, "_BATCH", 64)
        verdict = decide(replace(TIGHT, objective=Formula(narrow)), FLOATS, most_boxes=30_000)
    assert verdict.boxes == 30_000
    assert most < 64 * 60


def narrow(x: Sequence[Any]) -> Any:
    return (x[0] - x[1] - Fraction(1, 3)) ** 2


def test_leaves_cover_the_domain() -> None:
    verdict = decide(PROVABLE, FLOATS)
    assert isinstance(verdict, Proved)
    volume = Fraction(0)
    for code, ((a, b), (c, d)) in leaves(verdict.tree, PROVABLE.domain):
        assert code in "nc"
        volume += (b - a) * (d - c)
    assert volume == 16
    assert sum(verdict.rules.values()) == (verdict.boxes + 1) // 2


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("0n", "ends while 1 boxes are still open"),
        ("nn", "1 marks behind the end"),
        ("2nn", "halves variable 2 of 2"),
        ("", "ends while 1"),
    ],
)
def test_broken_trees_are_rejected(text: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        list(leaves(text, PROVABLE.domain))


def test_superscripts_are_letters_not_digits() -> None:
    assert [code for code, _ in leaves("²", PROVABLE.domain)] == ["²"]


@pytest.mark.parametrize(
    ("low", "high", "match"),
    [
        (Fraction(1, 3), Fraction(1), "powers of 2"),
        (Fraction(1), Fraction(1), "lower < upper"),
        (Fraction(2**53), Fraction(2**53 + 1), "more than 52 bits"),
        (Fraction(0), Fraction(1, 2**1080), "behind the point"),  # its float is 0
    ],
)
def test_domains_that_cannot_be_halved_exactly(low: Fraction, high: Fraction, match: str) -> None:
    question = Positive("x", ("x",), ((low, high),), Formula(lambda x: x[0] + 1))
    with pytest.raises(InputError, match=match):
        decide(question, FLOATS)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (Fraction(-9, 2), Fraction(1)),
        (Fraction(3, 16), Fraction(15, 64)),
        (Fraction(0), Fraction(1, 2**990)),
        (Fraction(2**40), Fraction(2**40 + 1)),
    ],
)
def test_halving_is_exact_to_the_last(low: Fraction, high: Fraction) -> None:
    (limit,) = depth_limits(((low, high),))
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = low, high
        x, y = float(low), float(high)
        for _ in range(limit):
            middle, m = (a + b) / 2, (x + y) / 2
            if rng.random() < 0.5:
                a, x = middle, m
            else:
                b, y = middle, m
        assert (Fraction(x), Fraction(y)) == (a, b)
        assert x < y


@dataclass(frozen=True)
class Odd(Rule):
    """A rule of which the letter is at fault."""

    code: str

    def closes(self, question: Any, arithmetic: Any, lower: Any, upper: Any) -> Any:
        """Close no box."""
        del question, arithmetic, upper
        return np.zeros(lower.shape[1:], dtype=bool)


@pytest.mark.parametrize(
    ("change", "options", "match"),
    [
        ({"rules": (Natural(), Odd("n"))}, {}, "different letters"),
        ({"rules": (Odd("7"),)}, {}, "different letters"),
        ({"rules": (Odd("é"),)}, {}, "different letters"),
        ({"rules": (Odd("ab"),)}, {}, "different letters"),
        ({"variables": ("u",)}, {}, "1 names for 2 sides"),
        ({}, {"most_boxes": 0}, "at least 1"),
        ({"domain": (SIDE,) * 11, "variables": tuple("abcdefghijk")}, {}, "1 to 10 variables"),
    ],
)
def test_invalid_questions(change: Any, options: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        decide(replace(PROVABLE, **change), FLOATS, **options)


def test_a_lambda_cannot_be_sent_or_kept(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be pickled"):
        decide(replace(PROVABLE, objective=Formula(lambda x: x[0] ** 2 + x[1] ** 2 - x[0] * x[1])),
               FLOATS, store=tmp_path / "s")  # fmt: skip


def test_an_error_in_a_worker_is_not_taken_for_one_of_sending(tmp_path: Path) -> None:
    broken = replace(PROVABLE, objective=Formula(Broken(Fraction(11, 10))))
    with pytest.raises(AttributeError, match="no_such_method"):
        decide(broken, Balls(64), store=tmp_path / "s")


@dataclass(frozen=True)
class Broken(Camel):
    """Fails on small boxes."""

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate."""
        result = super().__call__(x)
        low, high = x[0].bounds() if hasattr(x[0], "bounds") else (0.0, 1.0)
        return result if high - low > 0.6 or high - low < 1e-9 else x[0].no_such_method()


def test_answers_of_bare_questions() -> None:
    def answers() -> Iterator[str]:
        for ring in (FLOATS, Fixed(64), Balls(64)):
            yield decide(PROVABLE, ring).answer
            yield decide(FALSE, ring).answer

    assert list(answers()) == ["proved", "refuted"] * 3


def test_what_a_partial_formula_calls_is_a_part_of_the_key() -> None:
    found = set(_modules(Formula(partial(shifted_square, 1))))
    assert shifted_square.__module__ in found
    assert shifted_square.__module__ not in set(_modules(Formula(partial(abs, 1))))


def shifted_square(shift: int, x: Sequence[Any]) -> Any:
    return x[0] ** 2 + shift
