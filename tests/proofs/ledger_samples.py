"""Invented claims for the tests of the ledger, importable by another process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Reference,
    Registry,
    Status,
)

HOLDS = Outcome(True, "holds", margin=0.5, cases=10, effective=8)
FAILS = Outcome(False, "fails", margin=-0.5, cases=10, effective=8, witness=[1, 2])
UNDECIDED = Outcome(None, "undecided", cases=10, effective=8)
VACUOUS = Outcome(True, "nothing to see", cases=10, effective=0)
ORIGIN = "proofs.ledger_samples:REGISTRY"


def answer(subject: Outcome | Exception, context: Context) -> Outcome:
    """Return the outcome that the subject is, or raise the exception that it is."""
    del context
    if isinstance(subject, Exception):
        raise subject
    return subject


def evidence(name: str = "e", subject: object = HOLDS, **fields: Any) -> Evidence[Any]:
    """Return evidence whose outcome is its subject."""
    return Evidence(
        **{
            "name": name,
            "kind": Status.checked,
            "check": answer,
            "subject": subject,
            "near_misses": {"near": FAILS},
            **fields,
        }
    )


def claim(
    claim_id: str,
    *items: Evidence[Any] | Reference,
    kind: ClaimKind = ClaimKind.theorem,
    title: str = "A title",
) -> Claim:
    """Return a claim with the given evidence."""
    return Claim(claim_id, title, "$x = x$", ("$x$ is real",), "ours", kind, items)


def mean_is_small(size: int, context: Context) -> Outcome:
    """Draw from the stream of the context: the margin shows every bit of the stream."""
    mean = float(context.rng("mean", size).standard_normal(size).mean())
    return Outcome(abs(mean) < 10 / size, "mean of normals", margin=mean, cases=size)


def logged(name: str, context: Context) -> Outcome:
    """Write the name of the subject to a log; wait for ever at the one that is to stop the run."""
    del context
    if name == "wrong":
        return Outcome(False, "not a name")
    if os.environ.get("LEDGER_SAMPLES_STOP") == name:
        print("stopped", flush=True)
        sys.stdin.read()
    with Path(os.environ["LEDGER_SAMPLES_LOG"]).open("a") as log:
        log.write(f"{name}\n")
    return Outcome(True, f"{name} was here")


def crash(divisor: int, context: Context) -> Outcome:
    """Divide by the subject."""
    del context
    return Outcome(1 / divisor > 0, "positive")


def leave(code: int, context: Context) -> Outcome:
    """End the process without a word, as a crash in compiled code does."""
    del context
    if code:
        os._exit(code)
    return Outcome(False, "did not leave")


REGISTRY = Registry(
    [
        claim(
            "means",
            *(
                Evidence(f"of-{size}", Status.supported, mean_is_small, size, {"two": 10**5})
                for size in (1, 2, 3, 5, 8)
            ),
            Evidence("of-many", Status.checked, mean_is_small, 9, {"two": 10**5}, level=Level.full),
        ),
        claim(
            "crashing",
            Evidence("division", Status.checked, crash, 0, {"negative": -1}),
            kind=ClaimKind.conjecture,
        ),
    ],
    origin=ORIGIN,
)
LOGGED = Registry(
    [
        claim(
            "names",
            *(
                Evidence(name, Status.checked, logged, name, {"wrong": "wrong"})
                for name in ("one", "two", "three", "four")
            ),
        )
    ],
    origin="proofs.ledger_samples:LOGGED",
)
LEAVING = Registry(
    [claim("leaving", Evidence("exit", Status.checked, leave, 3, {"stay": 0}))],
    origin="proofs.ledger_samples:LEAVING",
)
NOT_A_REGISTRY = 3.5
OTHER = Registry([claim("other")])
