"""The best minimum of one setting, beside the frozen theory."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from superposition_numerics.toy_model import population_loss
from superposition_proofs.phases.report import PhaseReport, best_frozen, phase
from superposition_theory import InputError


@pytest.mark.parametrize(
    ("features", "dims", "density", "penalty", "kind", "loss"),
    [
        # The pentagon of five sparse features.
        (5, 2, 0.1, 0.0, "pentagon", 0.0263051311239),
        # The triangle, which the frozen theory does not have.
        (3, 2, 0.6, 0.0, "triangle", 0.0939793068),
        # Just above the penalty 0.014705 the pair no longer pays: p/3 - p^2/4 is left.
        (2, 1, 0.05, 0.0148, "1 dedicated + 1 dropped", 0.05 / 3 - 0.05**2 / 4),
    ],
)
def test_known_phases(
    features: int, dims: int, density: float, penalty: float, kind: str, loss: float
) -> None:
    found = phase(features, dims, density, penalty=penalty, starts=8).best
    assert found.phase.kind == kind
    assert found.loss == pytest.approx(loss, rel=2e-11, abs=5e-11)


def test_the_penalty_counts_ordered_pairs() -> None:
    # Just below the boundary a pair is best; with single counting it would be below 0.0148 too.
    assert phase(2, 1, 0.05, penalty=0.0146, starts=8).best.phase.kind == "antipodal pair"
    _, loss = best_frozen(2, 1, 0.05, 1.0, penalty=0.001)
    assert loss == pytest.approx(0.05**2 / 3 + 2 * 0.001, rel=1e-12)  # the frozen pair


@pytest.mark.parametrize(
    ("density", "importance", "name", "loss"),
    [
        (0.5, 1.0, "pair 1-2", 0.5**2 / 3),  # p^2 (1 + I)/6
        (0.5, 0.1, "drop 2", 0.1 * (0.5 / 3 - 0.5**2 / 4)),
        (0.5, 9.0, "drop 1", 0.5 / 3 - 0.5**2 / 4),
    ],
)
def test_best_frozen_by_hand(density: float, importance: float, name: str, loss: float) -> None:
    candidate, found = best_frozen(2, 1, density, importance)
    assert candidate.name == name
    assert found == pytest.approx(loss, rel=1e-14)


@pytest.fixture(scope="module")
def report() -> PhaseReport:
    return phase(2, 1, 0.51, importance=0.562, starts=8)


def test_report_holds_what_was_found(report: PhaseReport) -> None:
    data: dict[str, Any] = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert (data["features"], data["dims"], data["density"]) == (2, 1, 0.51)
    assert data["importances"] == [1.0, 0.562]
    assert (data["schema"], data["version"]) == ("superposition.phase", 1)
    assert data["runner_up"]["loss"] > data["loss"]
    for minimum in (data, data["runner_up"]):
        loss = population_loss(
            np.array(minimum["weights"]),
            np.array(minimum["biases"]),
            0.51,
            importances=np.array([1.0, 0.562]),
        )
        assert float(loss) == pytest.approx(minimum["loss"], rel=1e-13)
    frozen = data["frozen_theory"]
    assert frozen["loss"] >= data["loss"]
    assert frozen["phase"] == "drop 2"  # as 0.562 < 2p/(4 - 5p) = 0.703
    assert frozen["gram"] == [[1, 0], [0, 0]]
    assert frozen["biases"] == [0.0, 0.255]  # p/2


def test_the_importance_is_of_the_last_feature() -> None:
    assert phase(2, 1, 0.5, importance=0.1, starts=4).best.phase.dropped == (1,)
    assert phase(2, 1, 0.5, importance=9.0, starts=4).best.phase.dropped == (0,)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((0, 1, 0.5), {}, "features is 0; accepted: 1 to 6"),
        ((7, 2, 0.5), {}, "features is 7; accepted: 1 to 6"),
        ((3, 4, 0.5), {}, "dims is 4; accepted: 1 to features = 3"),
        ((3, 0, 0.5), {}, "dims is 0"),
        ((2, 1, 0.0), {}, r"density is 0.0; accepted: a number in \(0, 1\]"),
        ((2, 1, 1.5), {}, "density is 1.5"),
        ((2, 1, math.nan), {}, "density is nan"),
        ((2, 1, 0.5), {"importance": -1.0}, "importance is -1.0; accepted: a number of at least 0"),
        ((2, 1, 0.5), {"importance": math.inf}, "importance is inf"),
        ((2, 1, 0.5), {"importance": math.nan}, "importance is nan"),
        ((2, 1, 0.5), {"penalty": -0.1}, "penalty is -0.1"),
        ((2, 1, 0.5), {"starts": -1}, "starts is -1; accepted: at least 0"),
    ],
)
def test_bad_input(
    arguments: tuple[int, int, float], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        phase(*arguments, **options)
