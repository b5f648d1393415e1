"""Boundaries without a closed form: a polynomial system and the float loss must agree on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sympy import Rational

from superposition_proofs.boundaries import (
    Located,
    drop_to_pair,
    drop_to_pair_by_penalty,
    drop_weak_strong,
    polygons_cross,
    sparser_feature,
    strong_pair_on_soft_line,
    symmetric_to_asymmetric,
    weak_to_strong,
)
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Status,
)
from superposition_proofs.ledger.json_values import Json

from .algebra import has_decimals
from .hypotheses import TWO_FEATURES, UNIFORM

_RESIDUAL = Rational(1, 10**30)


@dataclass(frozen=True)
class Stated:
    """A point of a boundary as a claim states it.

    Attributes
    ----------
    locate : callable
        Returns the point by both routes.
    arguments : tuple
        Of `locate`.
    decimals : str
        Of the value, truncated.
    order : str
        "first" or "second"; "" where no branch is followed through the point.
    quick : bool
        Whether it is a part of the quick level.
    """

    locate: Callable[..., Located]
    arguments: tuple[Any, ...]
    decimals: str
    order: str = "first"
    quick: bool = False


def agrees(points: tuple[Stated, ...], context: Context) -> Outcome:
    """Decide whether points have their decimals and orders, by both routes.

    The system must be solved to a residual below 1e-30 on its own cell, and the float crossing must
    lie within its own error (and four roundings) of the solution.

    Examples
    --------
    >>> from superposition_proofs.claims.lines import Stated, agrees
    >>> from superposition_proofs.boundaries import drop_weak_strong
    >>> from superposition_proofs.ledger import Context, Level
    >>> point = Stated(drop_weak_strong, (), "0.5117380321176", order="", quick=True)
    >>> agrees((point,), Context(Level.quick, 0)).holds
    True
    """
    chosen = [point for point in points if point.quick or context.level is Level.full]
    worst = 0.0
    rows: list[dict[str, Json]] = []
    for point in chosen:
        located = point.locate(*point.arguments)
        value, slack, ratio, failure = _compared(located)
        worst = max(worst, ratio)
        where = ", ".join((located.name, *map(str, point.arguments)))
        order = "" if located.crossing is None else located.crossing.order
        if not has_decimals((value - slack, value + slack), point.decimals):
            failure = f"{value.round(16)} is not {point.decimals}"
        elif order != point.order:
            failure = f"of {order or 'no'} order"
        if failure:
            reason = f"{where}: {failure}"
            return Outcome(False, reason, cases=len(chosen), effective=len(rows) + 1)
        rows.append({"where": where, "value": str(value.round(18))})
    reason = f"{len(rows)} points agree; float route within {worst:.2g} of its error"
    return Outcome(True, reason, 1 - worst, len(chosen), len(chosen), details={"points": rows})


def _compared(located: Located) -> tuple[Rational, Rational, float, str]:
    """Return the value, its slack, how far the routes are apart in errors, and what is wrong."""
    value, found = located.value, located.crossing
    float_error = 0.0 if found is None else found.error + 4 * 2.0**-53 * abs(found.value)
    if located.exact is None:
        return value, Rational(float_error), 0.0, ""
    slack = 10 * abs(located.exact.step) + Rational(1, 10**18)
    if not located.exact.residual < _RESIDUAL:
        return value, slack, 0.0, f"residual {float(located.exact.residual):.2g}"
    if found is None:
        return value, slack, 0.0, ""
    ratio = abs(float(value) - found.value) / float_error
    return value, slack, ratio, "" if ratio <= 1 else f"the float route gives {found.value!r}"


def by_both_routes(points: tuple[Stated, ...]) -> Evidence[tuple[Stated, ...]]:
    """Return evidence that a boundary is where a claim says, with two controls."""
    first = next(point for point in points if point.quick)
    places = len(first.decimals.partition(".")[2])
    shifted = Rational(first.decimals) * Rational(101, 100)
    wrong = {
        "boundary shifted by 1/100": (replace(first, decimals=_decimals(shifted, places)),),
    }
    if first.order:
        wrong["the other order"] = (replace(first, order="second"),)
        wrong["float route off by 1/1000"] = (replace(first, locate=_Shifted(first.locate)),)
    return Evidence(
        "both routes",
        Status.supported,
        agrees,
        points,
        wrong,
        ("population-loss",),
        description="Newton on the derived system in exact rationals, and the float loss followed "
        "along both minima; that no third minimum is lower rests on a multistart search.",
    )


@dataclass(frozen=True)
class _Shifted:
    """A boundary whose float route is off by one in a thousand."""

    locate: Callable[..., Located]

    def __call__(self, *arguments: Any) -> Located:
        """Locate, and shift."""
        located = self.locate(*arguments)
        assert located.crossing is not None
        crossing = replace(located.crossing, value=1.001 * located.crossing.value)
        return replace(located, crossing=crossing)


def _decimals(number: Rational, places: int) -> str:
    """Return a positive number with its decimals truncated."""
    units = int(number * 10**places)
    return f"{units // 10**places}.{units % 10**places:0{places}d}"


_F = Fraction

DROP_TO_PAIR = Claim(
    "pair-takes-over-at-first-order",
    "Below the triple point dropping gives way to a strong pair at first order",
    r"I^*(0.05) = 0.0227385703\ldots,\ I^*(0.1) = 0.0487218979\ldots,\ "
    r"I^*(0.2) = 0.1138213901\ldots,\ I^*(0.3) = 0.2046990763\ldots,\ "
    r"I^*(0.4) = 0.3372804685\ldots,\ I^*(0.5) = 0.5357387640\ldots; \quad "
    r"I^*(0.9) = 0.9409533110\ldots < I_c \text{ (weak)}",
    (TWO_FEATURES, r"I^*(p): \text{ equal losses of the best pair and of dropping}", UNIFORM),
    "ours",
    ClaimKind.conjecture,
    (
        by_both_routes(
            (
                Stated(drop_to_pair, (_F(1, 20),), "0.0227385703"),
                Stated(drop_to_pair, (_F(1, 10),), "0.0487218979"),
                Stated(drop_to_pair, (_F(1, 5),), "0.1138213901", quick=True),
                Stated(drop_to_pair, (_F(3, 10),), "0.2046990763"),
                Stated(drop_to_pair, (_F(2, 5),), "0.3372804685"),
                Stated(drop_to_pair, (_F(1, 2),), "0.5357387640"),
                Stated(drop_to_pair, (_F(9, 10),), "0.9409533110"),
            )
        ),
    ),
)

WEAK_TO_STRONG = Claim(
    "weak-and-strong-pairs",
    "Weak and strong pairs are two phases, from a triple point to a symmetry breaking at I = 1",
    r"\text{drop, weak, strong: } p = 0.5117380321\ldots; \quad "
    r"\text{weak} \mid \text{strong: } I(0.55) = 0.6654620427\ldots,\ "
    r"I(0.6) = 0.8077499280\ldots,\ I(0.65) = 0.9255113493\ldots; \quad "
    r"\text{symmetric} \mid \text{asymmetric, } I = 1: "
    r"p = 0.7064036926\ldots",
    (TWO_FEATURES, UNIFORM),
    "ours",
    ClaimKind.conjecture,
    (
        by_both_routes(
            (
                Stated(symmetric_to_asymmetric, (), "0.7064036926", quick=True),
                Stated(drop_weak_strong, (), "0.5117380321", order="", quick=True),
                Stated(strong_pair_on_soft_line, (), "0.511741470172", order="", quick=True),
                Stated(weak_to_strong, (_F(11, 20),), "0.6654620427"),
                Stated(weak_to_strong, (_F(3, 5),), "0.8077499280"),
                Stated(weak_to_strong, (_F(13, 20),), "0.9255113493"),
            )
        ),
    ),
)

PENALTY_LINE = Claim(
    "regularised-first-order-values",
    "With a penalty on interference, the first-order part of the critical surface",
    r"\lambda_c(0.05, 1) = 0.0147050473\ldots,\ \lambda_c(0.05, \tfrac12) = 0.0070288941\ldots,\ "
    r"\lambda_c(0.2, 1) = 0.0375539547\ldots,\ \lambda_c(0.2, \tfrac12) = 0.0152650544\ldots,\ "
    r"\lambda_c(0.4, 1) = 0.0333869970\ldots,\ \lambda_c(0.4, \tfrac12) = 0.0069106700\ldots",
    (
        TWO_FEATURES,
        r"L_\lambda = L + \lambda \sum_{i \ne j} \langle w_i, w_j \rangle^2",
        r"\lambda_c(p, I): \text{ dropping is optimal from this penalty on}",
        UNIFORM,
    ),
    "ours; Math for AI Safety registry, problem O51",
    ClaimKind.conjecture,
    (
        by_both_routes(
            (
                Stated(drop_to_pair_by_penalty, (_F(1, 20), _F(1)), "0.0147050473"),
                Stated(drop_to_pair_by_penalty, (_F(1, 20), _F(1, 2)), "0.0070288941"),
                Stated(drop_to_pair_by_penalty, (_F(1, 5), _F(1)), "0.0375539547"),
                Stated(drop_to_pair_by_penalty, (_F(1, 5), _F(1, 2)), "0.0152650544"),
                Stated(drop_to_pair_by_penalty, (_F(2, 5), _F(1)), "0.0333869970", quick=True),
                Stated(drop_to_pair_by_penalty, (_F(2, 5), _F(1, 2)), "0.0069106700"),
            )
        ),
    ),
)

POLYGON_LINES = Claim(
    "pentagon-pairs-triangle",
    "Five features in two dimensions: pentagon, two pairs, triangle; three features: the triangle",
    r"n = 5: \text{ pentagon} \mid \text{2 pairs } p = 0.22487544936\ldots, \quad "
    r"\text{2 pairs} \mid \text{triangle } p = 0.64424036446\ldots; \qquad "
    r"n = 3: \text{ pair + 1} \mid \text{triangle } p = 0.52183765907\ldots",
    (r"m = 2,\ I = 1, \text{ other features dropped}", UNIFORM),
    "ours; the phases are those of Elhage et al. 2022",
    ClaimKind.conjecture,
    (
        by_both_routes(
            (
                Stated(polygons_cross, ("pair + 1 | triangle",), "0.52183765907", quick=True),
                Stated(polygons_cross, ("pentagon | 2 pairs",), "0.22487544936"),
                Stated(polygons_cross, ("2 pairs | triangle",), "0.64424036446"),
            )
        ),
    ),
)

SPARSER_FEATURE = Claim(
    "pentagon-with-one-sparser-feature",
    "How much sparser one of five features must be for two pairs to beat the pentagon",
    r"\rho(0.05) = 0.2690811529\ldots,\quad \rho(0.1) = 0.4254822181\ldots: \text{ first order}",
    (
        r"n = 5,\ m = 2,\ I = 1; \text{ feature 1 has density } \rho p, \text{ the others } p",
        UNIFORM,
    ),
    "ours; Elhage et al. 2022 read 1/2.5 off trained models at p = 0.05",
    ClaimKind.conjecture,
    (
        by_both_routes(
            (
                Stated(sparser_feature, (_F(1, 20),), "0.2690811529", quick=True),
                Stated(sparser_feature, (_F(1, 10),), "0.4254822181"),
            )
        ),
    ),
)

CLAIMS = (DROP_TO_PAIR, WEAK_TO_STRONG, PENALTY_LINE, POLYGON_LINES, SPARSER_FEATURE)
