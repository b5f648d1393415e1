"""The claims about the full model: statuses, controls, the weights beside float Hessians."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from superposition_numerics.toy_model import active_losses
from superposition_proofs.certificates.full_model.theorem import (
    ANGLES,
    NORMS,
    THRESHOLDS,
    several_active,
)
from superposition_proofs.claims import full_model
from superposition_proofs.claims.full_model import (
    Anew,
    Stated,
    bending,
    is_decided,
    is_enclosed,
    more_curved,
    scaled,
    several_losses,
)
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Registry,
    Status,
    verify,
)

QUICK, FULL = Context(Level.quick, 0), Context(Level.full, 0)
EXPECTED = {
    "full-loss-near-the-sparse-limit": Status.proved,
    "full-model-by-quadratics": Status.proved,
    "several-active-features-bend-little": Status.written,
    "full-model-near-the-pentagon": Status.certified,
    "full-model-pentagon": Status.written,
    "pentagon-pairs-crossover": Status.certified,
}
ELSEWHERE = (
    "population-loss",
    "one-active-loss-by-pairs",
    "parallel-columns-cost-a-sixth",
    "neighbours-symmetrise",
    "two-variables-are-enough",
    "two-variable-inequality",
)


def claim(name: str) -> Claim:
    """Return a claim of the module."""
    return next(c for c in full_model.CLAIMS if c.id == name)


def given(name: str) -> Claim:
    """Return a claim of another family as one that holds."""
    evidence = Evidence(
        "given", Status.proved, lambda holds, _: Outcome(holds, "given"), True, {"not": False}
    )
    return Claim(name, name, name, (), "elsewhere", ClaimKind.theorem, (evidence,))


def test_these_are_the_claims() -> None:
    assert [c.id for c in full_model.CLAIMS] == list(EXPECTED)


@pytest.mark.slow
def test_statuses_at_the_quick_level() -> None:
    registry = Registry((*map(given, ELSEWHERE), *full_model.CLAIMS))
    report = verify(registry, list(EXPECTED))
    assert {v.id: v.status for v in report.verdicts if v.id in EXPECTED} == EXPECTED
    assert all(v.errors == () for v in report.verdicts)
    assert report.exit_code == 0


def test_the_loss_of_several_features_is_that_of_the_float_model() -> None:
    rng = np.random.default_rng(7)
    s, t = rng.normal(0.3, 0.1, 5), rng.uniform(0.1, 0.3, 5)
    theta = rng.uniform(1.1, 1.4, 5)
    theta *= 2 * np.pi / theta.sum()
    angles = np.r_[0, np.cumsum(theta[:-1])]
    W = np.exp(s / 2) * np.array([np.cos(angles), np.sin(angles)])
    terms = active_losses(W, -t * np.exp(s))
    expected = sum(0.1 ** (k - 1) * terms[k] for k in range(2, 6))
    (found,) = several_losses(np.r_[s, t, theta][None], 0.1)
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_hessian_needs_a_part_of_the_weights_and_some_of_them() -> None:
    needed = [bending(np.random.default_rng(seed)) for seed in range(4)]
    assert max(needed) < 1
    assert max(needed) > 0.001  # R itself is not convex there: the weights are needed
    assert bending(np.random.default_rng(0), factor=0.5) == pytest.approx(2 * needed[0], rel=1e-6)


def test_several_features_stay_above_their_tangent_less_the_weights() -> None:
    # the lower bound of R that the localisation uses, at random points of the box
    rng, several = np.random.default_rng(11), several_active()
    ratio = float(several.ratio)
    best = np.r_[np.full(5, np.log(1.36997576675702)), np.full(5, 0.20606005593443)]
    best = np.r_[best, np.full(5, 2 * np.pi / 5)]
    slopes = ratio * np.repeat(
        [float(several.norm_slope.middle), float(several.threshold_slope.middle), 0.0], 5
    )
    weights = np.repeat([float(w) for w in several.weights], 5)
    sides = np.repeat([np.log([float(x) for x in NORMS]), THRESHOLDS, ANGLES], 5, axis=0).astype(
        float
    )
    points = rng.uniform(sides[:, 0], sides[:, 1], (3000, 15))
    points[:, 10:] *= 2 * np.pi / points[:, 10:].sum(axis=1, keepdims=True)
    inside = ((points >= sides[:, 0]) & (points <= sides[:, 1])).all(axis=1)
    assert inside.sum() > 1000
    moves = points[inside] - best
    rise = several_losses(points[inside], ratio) - several_losses(best[None], ratio)
    assert (rise > moves @ slopes - moves**2 @ weights / 2).all()
    # and not by much: with weights of the other sign it is false
    assert (rise < moves @ slopes + moves**2 @ weights / 2).any()


@pytest.mark.parametrize(
    ("anew", "reason"),
    [
        # ten times the density: a right angle is not excluded
        (Anew(Fraction(14, 1000)), "not so: K + E < mu pi/2"),
        # three times the excess: the box of angles is too narrow
        (
            Anew(change=lambda s: scaled(s, factor=3, fields=("excess",))),
            "not so: K + 2 E < 95/64 mu",
        ),
        # slopes of the wrong sign
        (
            Anew(change=lambda s: scaled(s, factor=-1, fields=("norm_slope",))),
            "not so: 0 < dR/ds",
        ),
        # a weight so large that Psi is no longer convex in a
        (
            Anew(change=lambda s: replace(s, weights=s.weights._replace(norm=Fraction(1)))),
            "not so: Psi is convex in a",
        ),
    ],
)
def test_wrong_constants_are_named(anew: Anew, reason: str) -> None:
    outcome = is_decided(anew, QUICK)
    assert outcome.holds is False
    assert outcome.reason.startswith(reason)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (lambda s: s, True),
        (more_curved, False),  # twice the weights: the minors are not positive
        (lambda s: scaled(s, factor=4, fields=("norm_slope", "threshold_slope")), False),
    ],
)
def test_the_boxes_decide(change: full_model.Change, holds: bool) -> None:
    assert is_decided(Anew(change=change), FULL).holds is holds


def test_changes_change_what_they_name() -> None:
    several = several_active()
    tripled = scaled(several, factor=3, fields=("excess",))
    assert tripled.excess.lower == 3 * several.excess.lower
    assert replace(tripled, excess=several.excess) == several
    assert more_curved(several).weights.angle == 2 * several.weights.angle


@pytest.mark.slow
@pytest.mark.parametrize(
    ("decimals", "holds"),
    [
        ("0.22487544936365838780", True),
        ("0.22487544936366", False),  # rounded, not truncated
        ("0.22487544936365838781", False),
        ("0.2248754493636583878074864547735941581599999", False),  # more than are certain
    ],
)
def test_the_crossover_has_these_decimals_only(decimals: str, holds: bool) -> None:
    assert is_enclosed(Stated(decimals), QUICK).holds is holds
