"""Phases of two features in one dimension, certified as global optima."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from superposition_proofs.certificates.phases import Line, dropped_theorem
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Status,
)

from .certified import by_certificate, decided_anew, leaf_dropped
from .pair_outputs import AFFINE_PAIR, EQUAL_SIGNS, LONE_OUTPUT, ONE_OUTPUT, SETTING
from .phase_enclosures import ENCLOSED


def _cut_to_its_root(content: dict[str, Any]) -> None:
    """Forge a tree: the whole rectangle closed at once."""
    next(part for part in content["parts"] if part["name"] == "beyond")["tree"] = "c"


def _larger_importance(content: dict[str, Any]) -> None:
    """Forge a statement: a larger importance."""
    content["statement"] = content["statement"].replace("1/100", "1/10")


def _smaller_importance(content: dict[str, Any]) -> None:
    content["statement"] = content["statement"].replace("1/2", "1/8")


DROPPED = Claim(
    "dropping-is-globally-optimal",
    "Dropping the less important of two features is globally optimal, near p = 1/10",
    r"L(W, b) \ge I v(p) \quad \text{for all } W \in \mathbf R^{1 \times 2},\ b \in \mathbf R^2",
    (*SETTING, r"\tfrac{25}{256} \le p \le \tfrac{13}{128},\ 0 < I \le \tfrac1{100}"),
    "ours",
    ClaimKind.theorem,
    (
        by_certificate(
            "dropped-phase",
            {
                "a leaf is missing": leaf_dropped("ceiling"),
                "the whole rectangle at once": _cut_to_its_root,
                "a larger importance": _larger_importance,
            },
            "pair-output-over-its-bias",
            "opposite-signs-are-no-worse",
        ),
    ),
)

ANTIPODAL = Claim(
    "antipodal-pair-is-globally-optimal",
    "Every global minimiser is an antipodal pair, near p = 3/10",
    r"L(W, b) = \min L \implies w_1 w_2 < 0;\quad \min L < I v(p)",
    (*SETTING, r"\tfrac{9}{32} \le p \le \tfrac{5}{16},\ \tfrac12 \le I \le 1"),
    "ours",
    ClaimKind.theorem,
    (
        by_certificate(
            "antipodal-phase",
            {
                "a leaf is missing": leaf_dropped("saving"),
                "a smaller importance": _smaller_importance,
            },
            "opposite-signs-are-no-worse",
        ),
    ),
)

# ---------------------------------------------------------------- columns of the diagram


@dataclass(frozen=True)
class Bound:
    """Dropping is optimal for p between two numbers, and I up to a line.

    Attributes
    ----------
    densities : tuple of two Fraction
    line : Line
    """

    densities: tuple[Fraction, Fraction]
    line: Line


def is_dropped(bounds: tuple[Bound, ...], context: Context) -> Outcome:
    """Prove each bound by branch and bound."""
    boxes = 0
    for bound in bounds:
        outcome = decided_anew(dropped_theorem(bound.densities, bound.line), most_boxes=100_000)
        if not outcome.holds:
            return outcome
        boxes += outcome.cases
    return Outcome(
        True, f"{len(bounds)} bounds proved with {boxes} boxes", cases=boxes, effective=boxes
    )


_UNIT = Fraction(1, 2**20)
_TENTH = (Fraction(104857, 2**20), Fraction(104858, 2**20))
_HALF = (Fraction(1, 2), Fraction(1, 2) + _UNIT)
_SIX_TENTHS = (Fraction(629145, 2**20), Fraction(629146, 2**20))
_BOUNDS = (
    Bound(_TENTH, Line(Fraction(486, 10**4))),  # I* = 0.04872
    Bound(_HALF, Line(Fraction(533, 10**3))),  # I* = 0.53574
    Bound(_SIX_TENTHS, Line(Fraction(662, 10**3))),  # I_c = 0.66540
)
_TOO_HIGH = (Bound(_TENTH, Line(Fraction(486, 10**4) * Fraction(51, 50))),)

CLOSE_BOUNDS = Claim(
    "dropping-is-optimal-close-to-the-boundary",
    "Dropping is globally optimal up to 1/2 percent below where a pair takes over",
    r"L \ge I v:\quad p = \tfrac1{10},\ I \le 0.0486;\quad p = \tfrac12,\ I \le 0.533;\quad "
    r"p = \tfrac35,\ I \le 0.662",
    SETTING,
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "branch and bound",
            Status.certified,
            is_dropped,
            _BOUNDS,
            {"I 2 percent higher at p = 1/10": _TOO_HIGH},
            ("pair-output-over-its-bias", "opposite-signs-are-no-worse"),
            level=Level.full,
            description="In outward-rounded floats, on intervals around these densities.",
        ),
    ),
)

CLAIMS = (
    LONE_OUTPUT,
    ONE_OUTPUT,
    AFFINE_PAIR,
    EQUAL_SIGNS,
    DROPPED,
    ANTIPODAL,
    CLOSE_BOUNDS,
    ENCLOSED,
)
