"""Three-valued answers."""

from __future__ import annotations

import pytest
from superposition_numerics import Decision


@pytest.mark.parametrize(
    ("quantity", "threshold", "value", "margin"),
    [
        (1.0, 4.0, True, 0.75),
        (4.0, 1.0, False, 0.75),
        (2.0, 2.0, True, 0.0),  # on the threshold
        (0.0, 0.0, True, 0.0),
        (0.0, 1.0, True, 1.0),
        (1.0, 0.0, False, 1.0),
    ],
)
def test_at_most(quantity: float, threshold: float, value: bool, margin: float) -> None:
    decision = Decision.at_most(quantity, threshold, "spread")
    assert decision.value is value
    assert decision.margin == margin
    relation = "is within" if value else "exceeds"
    assert decision.reason == f"spread {quantity:g} {relation} {threshold:g}"


@pytest.mark.parametrize(("value", "word"), [(True, "yes"), (False, "no"), (None, "undecided")])
def test_answer(value: bool | None, word: str) -> None:
    assert Decision(value, "because", 0.0).answer == word
