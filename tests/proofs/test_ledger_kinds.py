"""The order of the statuses and the levels."""

import itertools

import pytest
from superposition_proofs.ledger import Level, Status

STRENGTH = {  # by hand, from the specification of the ledger
    "formal": 6,
    "proved": 5,
    "certified": 4,
    "checked": 3,
    "written": 2,
    "cited": 2,
    "supported": 1,
    "refuted": 0,
    "inconclusive": 0,
    "open": 0,
}


def test_every_status_has_its_rank() -> None:
    assert {str(status): status.rank for status in Status} == STRENGTH
    assert {str(status) for status in Status if not status.upheld} == {
        "refuted",
        "inconclusive",
        "open",
    }


@pytest.mark.parametrize(("first", "second"), list(itertools.product(Status, repeat=2)), ids=str)
def test_order_is_that_of_the_ranks(first: Status, second: Status) -> None:
    difference = STRENGTH[first] - STRENGTH[second]
    assert (first < second) is (difference < 0)
    assert (first <= second) is (difference <= 0)
    assert (first > second) is (difference > 0)
    assert (first >= second) is (difference >= 0)


def test_a_status_is_equal_to_its_name() -> None:
    assert Status.written == "written"
    assert Status("cited") is Status.cited


def test_order_with_another_string_is_that_of_strings() -> None:
    assert Status.open < "z"
    assert Status.open <= "open"
    assert Status.open > "a"
    assert Status.open >= "open"


@pytest.mark.parametrize(
    ("level", "of_evidence", "included"),
    [
        (Level.quick, Level.quick, True),
        (Level.quick, Level.full, False),
        (Level.full, Level.quick, True),
        (Level.full, Level.full, True),
    ],
)
def test_full_includes_quick(level: Level, of_evidence: Level, included: bool) -> None:
    assert level.includes(of_evidence) is included
