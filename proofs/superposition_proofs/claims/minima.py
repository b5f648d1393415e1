"""Global minima of small models as a multistart search finds them: phases and losses."""

from __future__ import annotations

from dataclasses import dataclass, replace

from superposition_numerics.landscape import Setting, global_minimum
from superposition_theory.phases import DENSITY, IMPORTANCE, frozen_candidates
from sympy import Rational

from superposition_proofs.ledger import Claim, ClaimKind, Context, Evidence, Level, Outcome, Status

from .algebra import has_decimals
from .hypotheses import UNIFORM


@dataclass(frozen=True)
class StatedMinimum:
    """A global minimum as a claim states it.

    Attributes
    ----------
    features, dimensions : int
    density, importance : str
        p, and I of the last feature, as decimals.
    kind : str
        Of the phase.
    loss : str
        Decimals, truncated.
    quick : bool
        Whether it is a part of the quick level.
    """

    features: int
    dimensions: int
    density: str
    importance: str
    kind: str
    loss: str
    quick: bool = False


def is_found(points: tuple[StatedMinimum, ...], context: Context) -> Outcome:
    """Decide whether a search from random and structured starts ends in the stated minima.

    The random starts depend on the seed of the context.

    Examples
    --------
    >>> from superposition_proofs.claims.minima import StatedMinimum, is_found
    >>> from superposition_proofs.ledger import Context, Level
    >>> triangle = StatedMinimum(3, 2, "0.6", "1", "triangle", "0.0939793", quick=True)
    >>> is_found((triangle,), Context(Level.quick, 0)).holds
    True
    """
    chosen = [point for point in points if point.quick or context.level is Level.full]
    rows: list[dict[str, str]] = []
    for k, point in enumerate(chosen):
        importances = (1.0,) * (point.features - 1) + (float(point.importance),)
        setting = Setting(point.features, point.dimensions, float(point.density), importances)
        best = global_minimum(setting, starts=24, rng=context.rng("starts", k))
        bounds = (Rational(best.loss) - _SLACK, Rational(best.loss) + _SLACK)
        if best.phase.kind != point.kind or not has_decimals(bounds, point.loss):
            reason = (
                f"n = {point.features}, m = {point.dimensions}, p = {point.density}, "
                f"I = {point.importance}: {best.phase.kind} with {best.loss!r}"
            )
            return Outcome(False, reason, cases=len(chosen), effective=k + 1)
        rows.append({"phase": best.phase.kind, "loss": repr(best.loss)})
    reason = f"{len(rows)} minima found as stated"
    return Outcome(True, reason, cases=len(rows), effective=len(rows), details={"minima": rows})


_SLACK = Rational(1, 10**14)

_POINTS = (
    StatedMinimum(3, 2, "0.1", "1", "antipodal pair + 1 dedicated", "0.003319483990", quick=True),
    StatedMinimum(3, 2, "0.3", "1", "antipodal pair + 1 dedicated", "0.029310355270"),
    StatedMinimum(3, 2, "0.5", "1", "antipodal pair + 1 dedicated", "0.076282446989"),
    StatedMinimum(3, 2, "0.6", "1", "triangle", "0.093979306789", quick=True),
    StatedMinimum(3, 2, "0.7", "1", "triangle", "0.102201063727"),
    StatedMinimum(3, 2, "0.8", "1", "triangle", "0.102807495151"),
    StatedMinimum(3, 2, "0.9", "1", "triangle", "0.096237068129"),
    StatedMinimum(3, 2, "0.6", "0.7", "weak triangle", "0.076911618709", quick=True),
    StatedMinimum(5, 2, "0.05", "1", "pentagon", "0.008903593724"),
    StatedMinimum(5, 2, "0.1", "1", "pentagon", "0.026305131123"),
    StatedMinimum(5, 2, "0.2", "1", "pentagon", "0.079588052128"),
    StatedMinimum(5, 2, "0.3", "1", "2 antipodal pairs + 1 dropped", "0.136120710540"),
)


def lies_below_frozen(points: tuple[StatedMinimum, ...], context: Context) -> Outcome:
    """Decide whether the stated losses lie below every frozen candidate.

    Examples
    --------
    >>> from superposition_proofs.claims.minima import StatedMinimum, lies_below_frozen
    >>> from superposition_proofs.ledger import Context, Level
    >>> triangle = StatedMinimum(3, 2, "0.6", "1", "triangle", "0.0939793")
    >>> lies_below_frozen((triangle,), Context(Level.quick, 0)).holds
    True
    """
    margins = []
    for point in points:
        at = {DENSITY: Rational(point.density), IMPORTANCE: Rational(point.importance)}
        candidates = frozen_candidates(point.features, point.dimensions)
        frozen = min(candidate.loss.subs(at) for candidate in candidates)
        margins.append(float(1 - Rational(point.loss) / frozen))
    holds = min(margins) > 0
    reason = f"relative gaps from {min(margins):.2g} to {max(margins):.2g}"
    return Outcome(holds, reason, min(margins), len(margins), len(margins))


GLOBAL_MINIMA = Claim(
    "triangles-pairs-and-pentagons",
    "Phases of three and five features in two dimensions, triangle and weak triangle among them",
    r"n = 3: \text{ pair + 1 } (p = 0.1, 0.3, 0.5), \text{ triangle } (p = 0.6, 0.7, 0.8, 0.9), "
    r"\text{ weak triangle } (p = 0.6,\ I = 0.7); \quad "
    r"n = 5: \text{ pentagon } (p = 0.05, 0.1, 0.2), \text{ 2 pairs } (p = 0.3)",
    (r"m = 2, \text{ importance of the last feature } I = 1 \text{ unless stated}", UNIFORM),
    "ours; Elhage et al. 2022 leave the triangle out",
    ClaimKind.conjecture,
    (
        Evidence(
            "multistart",
            Status.supported,
            is_found,
            _POINTS,
            {
                "a pair instead of the triangle": (
                    replace(_POINTS[3], kind="antipodal pair + 1 dedicated"),
                ),
                "loss off by 1/100": (replace(_POINTS[3], loss="0.09491909"),),
            },
            ("population-loss",),
            description="Descents from structured and random starts; the lowest end and its name.",
        ),
        Evidence(
            "below the frozen candidates",
            Status.supported,
            lies_below_frozen,
            tuple(point for point in _POINTS if point.features == 3),
            {"the frozen pair": (replace(_POINTS[0], loss="0.00333334"),)},
            ("frozen-phases-three-features",),
            description="The losses found beside the exact losses of the frozen candidates.",
        ),
    ),
)

CLAIMS = (GLOBAL_MINIMA,)
