"""Outcomes are plain data, contexts give reproducible streams."""

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_proofs.ledger import Context, Level, Outcome
from superposition_theory.errors import InputError


def test_defaults_and_dict() -> None:
    assert Outcome(True, "holds").to_dict() == {
        "holds": True,
        "reason": "holds",
        "margin": None,
        "cases": 1,
        "effective": 1,
        "witness": None,
        "details": {},
    }


def test_fields_become_plain() -> None:
    outcome = Outcome(
        None,
        "undecided",
        margin=np.float32(0.25),  # type: ignore[arg-type]
        cases=np.int64(3),  # type: ignore[arg-type]
        effective=0,
        witness=(Fraction(1, 2), np.inf),  # type: ignore[arg-type]
        details={"array": np.arange(2)},  # type: ignore[dict-item]
    )
    assert outcome.margin == 0.25
    assert type(outcome.margin) is float
    assert type(outcome.cases) is int
    assert outcome.witness == ["1/2", None]
    assert outcome.details == {"array": [0, 1]}
    assert Outcome(**outcome.to_dict()) == outcome  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("margin", "expected"),
    [
        (np.inf, None),
        (-np.inf, None),
        (Fraction(10**400), None),  # beyond the largest float
        (Fraction(1, 4), 0.25),
        (-1, -1.0),
        (None, None),
    ],
)
def test_margin(margin: Any, expected: float | None) -> None:
    assert Outcome(True, "holds", margin=margin).margin == expected


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"holds": 1}, r"Outcome.holds must be True, False or None, got 1 of type int"),
        ({"holds": np.True_}, r"Outcome.holds .* of type bool; write bool\("),
        ({"reason": " "}, r"Outcome.reason must be a non-empty string, got ' '"),
        ({"reason": 3}, r"Outcome.reason must be a non-empty string, got 3"),
        ({"margin": float("nan")}, r"Outcome.margin is NaN; give None"),
        ({"margin": "wide"}, r"Outcome.margin must be a real number or None, got 'wide'"),
        ({"margin": 1j}, r"Outcome.margin must be a real number or None, got 1j"),
        ({"cases": -1}, r"Outcome.cases must be an integer, at least 0, got -1"),
        ({"cases": 1.0}, r"Outcome.cases must be an integer, at least 0, got 1.0"),
        ({"effective": True}, r"Outcome.effective must be an integer, at least 0, got True"),
        ({"cases": 2, "effective": 3}, r"Outcome.effective is 3, more than the 2 cases tried"),
        ({"witness": 1j}, r"Outcome.witness is of type complex"),
        ({"details": [1]}, r"Outcome.details must be a mapping, got \[1\]"),
        ({"details": {"z": 1j}}, r"Outcome.details\['z'\] is of type complex"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_bad_outcomes(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Outcome(**{"holds": True, "reason": "holds", **fields})


@pytest.mark.parametrize(
    ("level", "seed", "message"),
    [
        ("quick", 0, r"Context.level must be one of Level.quick, Level.full, got 'quick'"),
        (Level.quick, -1, r"Context.seed must be an integer, at least 0, got -1"),
        (Level.quick, True, r"Context.seed must be an integer, at least 0, got True"),
        (Level.quick, 0.5, r"Context.seed must be an integer, at least 0, got 0.5"),
    ],
)
def test_bad_contexts(level: Any, seed: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Context(level, seed)


KEYS: list[tuple[str | int, ...]] = [
    (),
    ("a",),
    ("a", "b"),
    ("b", "a"),
    ("ab",),
    ("1",),
    (1,),
    (2,),
    (-1,),
    ("a", 1),
    ('a", "b',),
    ("",),
]


def first_draws(seed: int, key: tuple[str | int, ...]) -> tuple[int, ...]:
    return tuple(
        int(draw) for draw in Context(Level.quick, seed).rng(*key).bit_generator.random_raw(2)
    )


def test_every_key_and_seed_has_its_own_stream() -> None:
    streams = {
        (seed, key): first_draws(seed, key) for seed, key in itertools.product((0, 1, 2**70), KEYS)
    }
    assert len(set(streams.values())) == 3 * len(KEYS)


def test_streams_depend_on_nothing_else() -> None:
    context = Context(Level.quick, 5)
    context.rng("another").standard_normal(10)
    assert np.array_equal(
        context.rng("x", np.int64(2)).standard_normal(4),  # type: ignore[arg-type]
        Context(Level.full, 5).rng("x", 2).standard_normal(4),
    )


def test_streams_stay_the_same_for_ever() -> None:
    # Written down once: numpy keeps the raw stream of a seed sequence from version to version.
    assert first_draws(0, ("frames", 3)) == (9412434658865892537, 3416764362044779425)


@pytest.mark.parametrize("part", [1.0, None, True, ("a",)])
def test_bad_keys(part: Any) -> None:
    with pytest.raises(InputError, match=r"a part of key must be a string or an integer"):
        Context(Level.quick, 0).rng("a", part)
