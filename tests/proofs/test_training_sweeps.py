"""The command sweep: tables, pictures, exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from superposition_numerics.sweeps import Failure, Spec, SweepResult, read_sweep
from superposition_numerics.sweeps import sweep as run_sweep
from superposition_proofs import cli
from superposition_proofs.training.sweeps import (
    numeric_axis,
    render_sweep,
    sweep_csv,
    sweep_figure,
)

BASE = {
    "model": {"kind": "relu", "features": 3, "dimensions": 2},
    "source": {"name": "samples", "batch": 8},
    "steps": 10,
    "records": 2,
}
CONFIG = """
[base]
model = {kind = "relu", features = 3, dimensions = 2}
source = {name = "samples", batch = 8}
steps = 10
records = 2

[[axes]]
"instance.density" = [0.1, 0.5, 1.0]

[[axes]]
"instance.seed" = {range = [0, 1]}
"""


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def result_of(folder: Path, *axes: dict[str, Any], **base: Any) -> SweepResult:
    return run_sweep(
        Spec({**BASE, "source": {"name": "samples", "batch": 8}, **base}, axes), out=folder
    )


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Three densities by two seeds."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "sweep.toml").write_text(CONFIG, encoding="utf-8")
    return folder, run("sweep", folder / "sweep.toml", "--out", folder / "out")


def test_what_is_written_and_printed(swept: tuple[Path, Result]) -> None:
    folder, done = swept
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    names = {"results.jsonl", "report.json", "sweep.csv", "sweep.pdf", "sweep.png"}
    files = {path.name for path in (folder / "out").iterdir() if path.is_file()}
    assert files == names
    assert all(str(folder / "out" / name) in done.stdout for name in names)
    lines = done.stdout.splitlines()
    assert lines[0].split()[:2] == ["density", "seed"]
    assert [line.split()[:2] for line in lines[1:7]] == [
        ["0.1", "0"], ["0.1", "1"], ["0.5", "0"], ["0.5", "1"], ["1", "0"], ["1", "1"],
    ]  # fmt: skip
    assert lines[8] == "6 runs: 6 completed"
    report = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    assert report == json.loads(json.dumps(read_sweep(folder / "out").to_dict()))


def test_csv_holds_the_columns(swept: tuple[Path, Result]) -> None:
    folder, _ = swept
    result = read_sweep(folder / "out")
    with (folder / "out" / "sweep.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for name in ("instance.density", "loss", "capacity"):
        assert [float(row[name]) for row in rows] == result.column(name).tolist()
    assert {row["ending"] for row in rows} == {"completed"}


def test_the_same_command_runs_nothing_again(swept: tuple[Path, Result]) -> None:
    folder, _ = swept
    before = (folder / "out" / "results.jsonl").read_bytes()
    done = run("sweep", folder / "sweep.toml", "--out", folder / "out", "--json")
    assert done.exit_code == 0
    assert (folder / "out" / "results.jsonl").read_bytes() == before
    assert json.loads(done.stdout) == json.loads((folder / "out" / "report.json").read_text())


@pytest.mark.slow
def test_two_processes_find_the_same(swept: tuple[Path, Result], tmp_path: Path) -> None:
    folder, _ = swept
    done = run("sweep", folder / "sweep.toml", "--out", tmp_path, "--jobs", 2)
    assert done.exit_code == 0, done.output
    both = (tmp_path / "sweep.csv", folder / "out" / "sweep.csv")
    assert both[0].read_bytes() == both[1].read_bytes()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets that distributed closes later
def test_a_dask_cluster_finds_the_same(swept: tuple[Path, Result], tmp_path: Path) -> None:
    from distributed import LocalCluster

    folder, _ = swept
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        done = run("sweep", folder / "sweep.toml", "--out", tmp_path, "--dask", address)
    assert done.exit_code == 0, done.output
    both = (tmp_path / "sweep.csv", folder / "out" / "sweep.csv")
    assert both[0].read_bytes() == both[1].read_bytes()


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", [], "lacks the entry 'base'"),
        ("[base", [], "cannot be read as a sweep"),
        (CONFIG.replace("instance.density", "instance.dense"), [], "dense"),
        (CONFIG.replace("0.5", "1.5"), [], "density is 1.5"),
        (CONFIG, ["--jobs", 0], "0 is not in the range"),
        (CONFIG, ["--jobs", 2, "--dask", "tcp://127.0.0.1:1"], "jobs is 2 with dask"),
        (CONFIG, ["--dask", "nowhere://1"], "dask is 'nowhere://1', where no scheduler answers"),
    ],
)
def test_bad_input(tmp_path: Path, text: str, options: list[Any], message: str) -> None:
    (tmp_path / "sweep.toml").write_text(text, encoding="utf-8")
    done = run("sweep", tmp_path / "sweep.toml", "--out", tmp_path / "out", *options)
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 2
    assert done.stdout == ""
    assert message in done.stderr


def test_a_run_that_diverges_ends_with_1(tmp_path: Path) -> None:
    axes = '"method.rate" = [0.1, 1e6]'
    text = CONFIG.replace('"instance.density" = [0.1, 0.5, 1.0]', axes)
    text = text.replace("steps = 10", 'steps = 10\nmethod = {name = "sgd"}')
    (tmp_path / "sweep.toml").write_text(text, encoding="utf-8")
    done = run("sweep", tmp_path / "sweep.toml", "--out", tmp_path / "out")
    assert done.exit_code == 1, done.output
    assert "4 runs: 2 completed, 2 diverged" in done.stdout


def test_failures_are_told() -> None:
    result = SweepResult((), (Failure("k", {"steps": 1}, "MemoryError: too large"),))
    assert render_sweep(result) == "failed: MemoryError: too large\n\n1 runs: 1 failed"
    assert sweep_csv(result) == "\n"
    assert numeric_axis(result) is None


@pytest.mark.parametrize(
    ("axes", "axis"),
    [
        ([{"instance.density": [0.1, 1.0]}, {"instance.seed": [0, 1]}], "instance.density"),
        ([{"instance.seed": [0, 1]}], None),  # chance is no axis
        ([{"dtype": ["float32", "float64"]}], None),  # not numbers
        ([{"instance.density": [0.1, 1.0]}, {"method.rate": [0.1, 0.2]}], None),  # two
        ([{"model.dimensions": [1, 2]}], "model.dimensions"),
    ],
)
def test_which_sweeps_have_a_picture(
    tmp_path: Path, axes: list[dict[str, Any]], axis: str | None
) -> None:
    assert numeric_axis(result_of(tmp_path, *axes)) == axis


def test_the_picture_shows_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from superposition_proofs.training import sweeps

    kept: list[Any] = []

    def keep(figure: Any, _stem: Path) -> list[Path]:
        kept.append(figure)
        return []

    monkeypatch.setattr(sweeps, "save", keep)
    result = result_of(tmp_path, {"instance.density": [0.01, 1.0]}, {"instance.seed": [0, 1, 2]})
    sweep_figure(result, "instance.density", tmp_path)
    loss, capacity, star = kept[0].axes
    weights = [row.weights()["W"].astype(np.float64) for row in result.rows]
    shown = {
        loss: result.column("loss"),
        capacity: result.column("capacity"),
        star: np.array([2 / (W**2).sum() for W in weights]),
    }
    for axes, values in shown.items():
        points = np.asarray(axes.collections[0].get_offsets())
        np.testing.assert_allclose(points[:, 0], [0.01] * 3 + [1.0] * 3)
        np.testing.assert_allclose(points[:, 1], values, rtol=1e-6)
        medians = [np.median(values[:3]), np.median(values[3:])]
        np.testing.assert_allclose(axes.lines[0].get_ydata(), medians, rtol=1e-6)
        assert axes.get_xscale() == "log"


def test_long_tables_are_cut(tmp_path: Path) -> None:
    result = result_of(tmp_path, {"instance.seed": list(range(42))}, steps=1, records=1)
    lines = render_sweep(result).splitlines()
    assert lines[41] == "... 2 more (sweep.csv holds all)"
    assert lines[-1] == "42 runs: 42 completed"
    assert sweep_csv(result).count("\n") == 43
