"""Claims about certified phases have their statuses, and their evidence can fail."""

from __future__ import annotations

import pytest
from superposition_proofs.claims import REGISTRY
from superposition_proofs.claims.certified_phases import CLAIMS, CLOSE_BOUNDS
from superposition_proofs.claims.phase_enclosures import ENCLOSED
from superposition_proofs.ledger import Context, Evidence, Level, Registry, Report, Status, verify

OWN = {claim.id for claim in CLAIMS}
QUICK = {
    "output-of-a-pair-without-partner": Status.proved,
    "pair-output-over-its-bias": Status.written,
    "outputs-that-are-always-on": Status.proved,
    "opposite-signs-are-no-worse": Status.written,
    # their certificates stand on proofs in prose
    "dropping-is-globally-optimal": Status.written,
    "antipodal-pair-is-globally-optimal": Status.written,
}


def registry() -> Registry:
    """Their claims and those that they use."""
    others = tuple(REGISTRY[name] for name in REGISTRY if name not in OWN)
    return Registry((*others, *CLAIMS))


@pytest.fixture(scope="module")
def report() -> Report:
    return verify(registry(), sorted(QUICK), level=Level.quick)


@pytest.mark.parametrize(("claim", "status"), sorted(QUICK.items()))
def test_status(report: Report, claim: str, status: Status) -> None:
    assert report.statuses[claim] is status


@pytest.mark.parametrize(
    "claim", ["dropping-is-globally-optimal", "antipodal-pair-is-globally-optimal"]
)
def test_certificates_hold(report: Report, claim: str) -> None:
    (verdict,) = (verdict for verdict in report.verdicts if verdict.id == claim)
    assert verdict.upheld
    assert "opposite-signs-are-no-worse" in verdict.modulo
    assert [result.kind for result in verdict.results] == [Status.certified]


def test_enclosures_of_boundaries() -> None:
    (evidence,) = ENCLOSED.evidence
    assert isinstance(evidence, Evidence)
    context = Context(Level.full, 0)
    assert evidence.check(evidence.subject, context).holds
    assert not any(evidence.check(miss, context).holds for miss in evidence.near_misses.values())


@pytest.mark.slow
def test_two_percent_above_is_not_proved() -> None:
    (evidence,) = CLOSE_BOUNDS.evidence
    assert isinstance(evidence, Evidence)
    assert evidence.kind is Status.certified
    context = Context(Level.full, 0)
    assert evidence.check(evidence.subject[:1], context).holds
    assert not any(evidence.check(miss, context).holds for miss in evidence.near_misses.values())


def test_every_evidence_has_near_misses() -> None:
    evidence = [e for claim in CLAIMS for e in claim.evidence if isinstance(e, Evidence)]
    assert len(evidence) == 7
    assert all(e.near_misses for e in evidence)
