"""What a check is given beside its subject, and what it returns."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from superposition_theory.errors import InputError

from .fields import require_count, require_mapping, require_member, require_text, set_field
from .json_values import Json, json_value
from .kinds import Level


@dataclass(frozen=True)
class Outcome:
    """What one run of a check found.

    Everything is turned into plain JSON data when the outcome is made, so that an outcome is the
    same object whether it is used at once, sent by another process or read back from a file:
    rationals become strings, tuples lists, floats that are not finite None.

    Parameters
    ----------
    holds : bool or None
        True, False, or None when the check could not decide. A numpy bool is refused.
    reason : str
        One sentence for the reader.
    margin : float or None
        By how much, in units that `reason` states; an infinite margin becomes None, and NaN is
        refused: a comparison with NaN decides nothing.
    cases : int
        Cases tried.
    effective : int
        Cases that met the hypotheses, at most `cases`. Zero is a failure: nothing was tested.
    witness : Json
        The case that decided, such as a counterexample.
    details : Mapping[str, Json]
        Anything else worth keeping.

    Raises
    ------
    InputError
        If a field is not of that form.

    Examples
    --------
    >>> Outcome(True, "all sums are at most 3", margin=0.25, cases=10, effective=8).effective
    8
    >>> Outcome(False, "fails", witness=(1, 2)).witness
    [1, 2]
    """

    holds: bool | None
    reason: str
    margin: float | None = None
    cases: int = 1
    effective: int = 1
    witness: Json = None
    details: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every field and make it plain."""
        if type(self.holds) not in (bool, type(None)):
            raise InputError(
                f"Outcome.holds must be True, False or None, got {self.holds!r} of type "
                f"{type(self.holds).__name__}; write bool(...)"
            )
        require_text("Outcome.reason", self.reason)
        set_field(self, "margin", _margin(self.margin))
        set_field(self, "cases", require_count("Outcome.cases", self.cases))
        set_field(self, "effective", require_count("Outcome.effective", self.effective))
        if self.effective > self.cases:
            raise InputError(
                f"Outcome.effective is {self.effective}, more than the {self.cases} cases tried"
            )
        set_field(self, "witness", json_value(self.witness, "Outcome.witness"))
        require_mapping("Outcome.details", self.details)
        set_field(self, "details", json_value(self.details, "Outcome.details"))

    def to_dict(self) -> dict[str, Json]:
        """Return the outcome as plain JSON data, with the fields as keys."""
        return {
            "holds": self.holds,
            "reason": self.reason,
            "margin": self.margin,
            "cases": self.cases,
            "effective": self.effective,
            "witness": self.witness,
            "details": self.details,
        }


@dataclass(frozen=True)
class Context:
    """What a check is told about the run: the level and the source of random numbers.

    Parameters
    ----------
    level : Level
        How much the check may do.
    seed : int
        The seed of the run, at least 0.

    Raises
    ------
    InputError
        If the level is not a Level or the seed not such an integer.

    Examples
    --------
    >>> context = Context(Level.quick, seed=0)
    >>> int(context.rng("frames", 3).integers(100)) == int(context.rng("frames", 3).integers(100))
    True
    """

    level: Level
    seed: int

    def __post_init__(self) -> None:
        """Check both fields."""
        require_member("Context.level", self.level, Level, tuple(Level))
        set_field(self, "seed", require_count("Context.seed", self.seed))

    def rng(self, *key: str | int) -> np.random.Generator:
        """Return the random stream of a key: a function of the seed and the key alone.

        Streams of different keys, or of different seeds, are independent, so a result depends
        neither on the order of the runs nor on the process they run in. The string "1" and the
        integer 1 are different keys.

        Parameters
        ----------
        *key : str or int
            Any number of strings and integers that name the stream.

        Returns
        -------
        numpy.random.Generator
            A fresh generator at the start of its stream.

        Raises
        ------
        InputError
            If a part of the key is neither a string nor an integer.
        """
        plain = [_key_part(part) for part in key]
        digest = hashlib.sha256(json.dumps(plain).encode()).digest()
        words = tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=words))


def _key_part(part: object) -> str | int:
    """Return a part of a key as a plain string or integer."""
    if isinstance(part, str):
        return str(part)
    if isinstance(part, int | np.integer) and not isinstance(part, bool):
        return int(part)
    raise InputError(f"a part of key must be a string or an integer, got {part!r}")


def _margin(value: Any) -> float | None:
    """Return a margin as a finite float, or None when there is none or it is infinite."""
    if value is None:
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    except (TypeError, ValueError) as error:
        raise InputError(f"Outcome.margin must be a real number or None, got {value!r}") from error
    if math.isnan(number):
        raise InputError("Outcome.margin is NaN; give None when there is no margin")
    return number if math.isfinite(number) else None
