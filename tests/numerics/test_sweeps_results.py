"""Results: columns, tables, filters, and what a folder holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.part_store import PartStore, part_key
from superposition_numerics.sweeps import Spec, SweepResult, read_sweep, sweep
from superposition_numerics.sweeps.results import open_store, result_of
from superposition_theory import InputError

FOLDER = Path("nowhere")
BASE = {"model": {"kind": "relu", "features": 2, "dimensions": 1}, "steps": 3}


def value(density: Any, rate: float, **results: Any) -> dict[str, Any]:
    settings = {"instance": {"density": density}, "method": {"name": "sgd", "rate": rate}}
    return {"settings": {**settings, "dtype": "float64"}, **results}


STORED: list[tuple[str, dict[str, Any]]] = [
    ("a", value(0.1, 1, loss=0.5, ending="completed", ended=9, losses=[1.0, 0.5], geometry="x")),
    ("b", value(0.2, 1, loss=None, ending="diverged", ended=3, losses=[2.0, None], geometry="y")),
    ("c", value([0.1, 0.2], 0.5, error="MemoryError: ")),
    ("d", value([0.1, 0.2], 1, loss=0.25, ending="stopped", ended=5, losses=[3.0], geometry="x")),
]
RESULT = result_of(STORED, FOLDER)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("ending", "U", ["completed", "diverged", "stopped"]),
        ("ended", "i", [9, 3, 5]),
        ("method.rate", "i", [1, 1, 1]),
        ("method.name", "U", ["sgd", "sgd", "sgd"]),
        # densities of one feature or of each; losses at different records
        ("instance.density", "O", [0.1, 0.2, [0.1, 0.2]]),
        ("losses", "O", [[1.0, 0.5], [2.0, None], [3.0]]),
    ],
)
def test_columns(name: str, kind: str, expected: list[Any]) -> None:
    column = RESULT.column(name)
    assert column.dtype.kind == kind
    assert column.tolist() == expected


def test_a_missing_number_is_nan() -> None:
    np.testing.assert_array_equal(RESULT.column("loss"), [0.5, np.nan, 0.25])
    first = result_of(STORED[:2], FOLDER)
    np.testing.assert_array_equal(first.column("losses"), [[1, 0.5], [2, np.nan]])


@pytest.mark.parametrize(
    ("entries", "kind", "shape"),
    [
        ([1, 2], "i", (2,)),
        ([1, 0.5], "f", (2,)),
        ([True, False], "b", (2,)),
        ([None, None], "O", (2,)),
        (["a", None], "O", (2,)),
        ([[1, 2], [3, 4]], "i", (2, 2)),
        ([[1, 2], [3, None]], "f", (2, 2)),
        ([[], []], "f", (2, 0)),
        ([1, [1]], "O", (2,)),
    ],
    ids=range(9),
)
def test_types_of_columns(entries: list[Any], kind: str, shape: tuple[int, ...]) -> None:
    rows = [(str(i), value(0.1, 1, x=entry)) for i, entry in enumerate(entries)]
    column = result_of(rows, FOLDER).column("x")
    assert (column.dtype.kind, column.shape) == (kind, shape)


def test_a_setting_that_some_runs_lack() -> None:
    rows = [*STORED[:2], ("e", {"settings": {"stopping": {"tolerance": 0.5}}, "loss": 1.0})]
    result = result_of(rows, FOLDER)
    np.testing.assert_array_equal(result.column("stopping.tolerance"), [np.nan, np.nan, 0.5])
    assert "stopping.tolerance" in result.varied


def test_what_varies() -> None:
    assert RESULT.varied == ("instance.density",)
    assert result_of(STORED[:1], FOLDER).varied == ()


def test_the_table_has_what_varies_and_one_value_a_row() -> None:
    table = RESULT.table()
    assert list(table) == ["instance.density", "loss", "ending", "ended", "geometry"]
    assert {len(column) for column in table.values()} == {3}


@pytest.mark.parametrize(
    ("wanted", "rows", "failures"),
    [
        ({}, "abd", "c"),
        ({"instance.density": 0.1}, "a", ""),
        ({"instance.density": (0.1, 0.2)}, "d", "c"),
        ({"instance.density": np.array([0.1, 0.2]), "method.rate": 0.5}, "", "c"),
        ({"method.rate": 1.0, "geometry": "x"}, "ad", ""),
        ({"ending": "diverged"}, "b", ""),
        ({"instance.density": 0.3}, "", ""),
    ],
    ids=range(7),
)
def test_filters(wanted: dict[str, Any], rows: str, failures: str) -> None:
    found = RESULT.where(wanted)
    assert "".join(row.key for row in found.rows) == rows
    assert "".join(failure.key for failure in found.failures) == failures


@pytest.mark.parametrize("call", ["column", "where"])
def test_names_that_no_run_has(call: str) -> None:
    with pytest.raises(
        InputError, match=r"'instance.densty' \(did you mean 'instance.density'\?\)"
    ):
        getattr(RESULT, call)("instance.densty" if call == "column" else {"instance.densty": 1})


def test_an_empty_result() -> None:
    empty = SweepResult(())
    assert (empty.varied, empty.table(), empty.where({})) == ((), {}, empty)
    with pytest.raises(InputError, match="unknown entry 'loss'"):
        empty.column("loss")


def test_json_data() -> None:
    data = json.loads(json.dumps(RESULT.to_dict(), allow_nan=False))
    assert (data["schema"], data["version"]) == ("superposition.sweep", 1)
    assert data["rows"][1] == {"key": "b", **STORED[1][1]}
    assert data["failures"] == [{"key": "c", **STORED[2][1]}]


def test_a_folder_is_read_as_it_was_left(tmp_path: Path) -> None:
    base = {"model": {"kind": "relu", "features": 20, "dimensions": 13}, "steps": 3, "records": 1}
    first = sweep(Spec(base, [{"instance.seed": [0, 1]}]), out=tmp_path)
    second = sweep(Spec(base, [{"instance.seed": [1, 2]}]), out=str(tmp_path))
    found = read_sweep(tmp_path)
    assert [row.to_dict() for row in found.rows] == [
        row.to_dict() for row in (*first.rows, second.rows[1])
    ]
    for mine, other in zip(found.rows, (*first.rows, second.rows[1]), strict=True):
        for name, values in mine.weights().items():
            np.testing.assert_array_equal(values, other.weights()[name])


def test_a_result_takes_the_place_of_an_error(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for key, stored in (STORED[2], STORED[0], ("c", STORED[1][1])):
        store.append(key, stored)
    assert [row.key for row in read_sweep(tmp_path).rows] == ["c", "a"]


@pytest.mark.parametrize(
    ("path", "match"),
    [
        (None, "path is None; accepted: the path of a folder"),
        (__file__, "path is '.*'; accepted: the path of a folder"),
        (Path(__file__).parent, r"holds no results\.jsonl; accepted: the folder of a sweep"),
        ("nowhere", r"nowhere holds no results\.jsonl"),
    ],
    ids=range(4),
)
def test_folders_refused(path: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        read_sweep(path)


@pytest.mark.parametrize(
    "stored",
    [
        3,
        None,
        [],
        {},
        {"error": "x"},
        {"settings": 3, "error": "x"},
        {"settings": {}, "error": 3},
        {"settings": {}},
        {"settings": {}, "ending": None},
        {"settings": {}, "ending": "completed", "weights": []},
    ],
    ids=range(10),
)
def test_values_that_are_no_outcome_are_refused(tmp_path: Path, stored: Any) -> None:
    key = next(iter(Spec(BASE).plans)).key
    for name in ("other", part_key(key, ())):
        PartStore(tmp_path / "results.jsonl", "superposition.sweep", 1).append(name, stored)
    match = r"results\.jsonl holds something else under the key 'other'; accepted: settings with"
    with pytest.raises(InputError, match=match):
        read_sweep(tmp_path)
    with pytest.raises(InputError, match=match):
        sweep(Spec(BASE), out=tmp_path)
