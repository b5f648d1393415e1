"""Claims about certified phases have their statuses, and their evidence can fail."""

from __future__ import annotations

import pytest
from superposition_proofs.claims import REGISTRY
from superposition_proofs.claims.certified_phases import CLAIMS
from superposition_proofs.ledger import Evidence, Level, Registry, Report, Status, verify

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


@pytest.mark.slow
def test_full_level() -> None:
    found = verify(registry(), ["phase-boundaries-enclosed"], level=Level.full)
    assert found.statuses["phase-boundaries-enclosed"] is Status.certified


def test_every_evidence_has_near_misses() -> None:
    evidence = [e for claim in CLAIMS for e in claim.evidence if isinstance(e, Evidence)]
    assert len(evidence) == 7
    assert all(e.near_misses for e in evidence)
