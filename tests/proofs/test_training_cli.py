"""The command train: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import doctest
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from superposition_numerics.training import read_run
from superposition_numerics.training.methods import METHODS
from superposition_numerics.training.objectives import SOURCES
from superposition_proofs import cli
from superposition_proofs.training import figures
from superposition_theory import InputError

SMALL = ("train", "--features", 3, "--dims", 2, "--steps", 20, "--records", 4, "--batch", 8)
FILES = {"run.safetensors", "report.json", "training.tex"} | {
    f"{name}.{suffix}"
    for name in ("geometry", "dimensionality", "spectrum", "losses")
    for suffix in ("pdf", "png")
}


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_what_is_written_and_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "new" / "out"
    options = ("--density", "0.5", "--density", "0.1", "--importance", "0.9^i", "--instances", 2)
    done = run(*SMALL, *options, "--seed", 5, "--out", out)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert {path.name for path in out.iterdir()} == FILES
    assert all(str(out / name) in done.stdout for name in FILES)
    assert "\x1b" not in done.stdout
    assert "each of a batch: an estimate" in done.stdout
    report = strict((out / "report.json").read_text(encoding="utf-8"))
    assert report["schema"] == "superposition.training-report"
    assert len(report["instances"]) == 4
    assert {entry["instance"]["seed"] for entry in report["instances"]} == {5, 6}
    for entry in report["instances"]:
        assert f"{entry['loss']:.3g}" in done.stdout
    saved = read_run(out / "run.safetensors")
    assert json.loads(json.dumps(saved.plan.to_dict())) == report["plan"]
    shown = run("diagnose", out / "run.safetensors", "--tensor", "final/2/W", "--json")
    assert strict(shown.stdout)["capacity"] == pytest.approx(
        next(entry["capacity"] for entry in report["instances"] if entry["number"] == 2), rel=1e-6
    )
    for name in FILES:
        if name.endswith(("pdf", "png")):
            assert (out / name).read_bytes().startswith((b"%PDF-", b"\x89PNG\r\n\x1a\n"))
    monkeypatch.setattr(figures, "training_figures", lambda _report, _directory: ())
    # A second run reads the finished one, and prints the same as JSON.
    again = run(*SMALL, *options, "--seed", 5, "--out", out, "--json")
    assert again.exit_code == 0
    assert strict(again.stdout) == report


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the pictures, which take most of the time of a small run."""
    monkeypatch.setattr(figures, "training_figures", lambda _report, _directory: ())


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_two_processes_find_the_same(tmp_path: Path) -> None:
    options = (*SMALL[:-2], "--instances", 3, "--source", "population")
    alone, both = tmp_path / "alone", tmp_path / "both"
    assert run(*options, "--out", alone).exit_code == 0
    done = run(*options, "--jobs", 2, "--out", both)
    assert done.exit_code == 0, done.output
    assert (both / "report.json").read_bytes() == (alone / "report.json").read_bytes()


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("source", [*SOURCES, "data"])
def test_every_source(tmp_path: Path, source: str) -> None:
    np.save(tmp_path / "rows.npy", np.random.default_rng(0).random((20, 3)))
    given = ("--data", tmp_path / "rows.npy") if source == "data" else ("--source", source)
    done = run(*SMALL[:-2], *given, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    assert strict(done.stdout)["plan"]["source"]["name"] == (
        "data-set" if source == "data" else source
    )


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("method", METHODS)
def test_every_method(tmp_path: Path, method: str) -> None:
    options = ("--source", "population", "--method", method, "--out", tmp_path, "--json")
    done = run(*SMALL[:-2], *options)
    assert done.exit_code == 0, done.output
    assert strict(done.stdout)["plan"]["method"]["name"] == method


@pytest.mark.usefixtures("undrawn")
def test_a_run_that_diverges_ends_with_1(tmp_path: Path) -> None:
    done = run(*SMALL, "--method", "sgd", "--rate", "1e4", "--out", tmp_path)
    assert done.exit_code == 1
    assert "1 diverged" in done.stdout
    report = strict((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [entry["ending"] for entry in report["instances"]] == ["diverged"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--features", 3, "--out", "o"], "Missing option '--dims'"),
        (["--features", 3, "--dims", 2], "Missing option '--out'"),
        (["--features", 0, "--dims", 2, "--out", "o"], "features is 0"),
        (["--features", 3, "--dims", 0, "--out", "o"], "dims is 0"),
        (
            [*SMALL[1:], "--density", "2", "--out", "o"],
            "density is 2.0; accepted",
        ),
        ([*SMALL[1:], "--importance", "1,2", "--out", "o"], "importance has 2 entries"),
        ([*SMALL[1:], "--model", "tanh", "--out", "o"], "'tanh' is not one of"),
        ([*SMALL[1:], "--rate", "0", "--out", "o"], "rate is 0.0"),
        ([*SMALL[1:], "--data", "rows.npy", "--out", "o"], "rows.npy"),
        ([*SMALL[1:], "--jobs", "0", "--out", "o"], "0 is not in the range"),
        ([*SMALL[1:], "--out", "file"], "out is 'file', which cannot be a directory"),
    ],
)
def test_bad_options(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: list[Any], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("kept", encoding="utf-8")
    done = run("train", *options)
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert Path("file").read_text(encoding="utf-8") == "kept"
    assert not Path("o").exists()


@pytest.mark.usefixtures("undrawn")
def test_another_plan_does_not_touch_a_run(tmp_path: Path) -> None:
    assert run(*SMALL, "--out", tmp_path).exit_code == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = run(*SMALL, "--steps", 40, "--out", tmp_path)
    assert done.exit_code == 2
    assert "run.safetensors is of another plan" in done.stderr
    assert re.search(r"steps is 20 there, 40 here", done.stderr)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("undrawn")
def test_ctrl_c_leaves_a_checkpoint_and_the_same_command_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @contextmanager
    def pressed() -> Iterator[Callable[[int, int, str], None]]:
        def tick(done: int, total: int, what: str) -> None:
            assert what.startswith("loss ")
            if done >= total / 2:
                raise KeyboardInterrupt

        yield tick

    cut, whole = tmp_path / "cut", tmp_path / "whole"
    with monkeypatch.context() as patch:
        patch.setattr(cli.training, "progress_bar", pressed)
        done = run(*SMALL, "--out", cut)
    assert done.exit_code == 130
    assert done.stdout == ""
    assert done.stderr == f"interrupted; the same command goes on from what {cut} holds\n"
    assert [path.name for path in cut.iterdir()] == ["run.safetensors"]
    with pytest.raises(InputError, match="unfinished"):
        read_run(cut / "run.safetensors")
    steps = []

    @contextmanager
    def watched() -> Iterator[Callable[[int, int, str], None]]:
        yield lambda done, _total, _what: steps.append(done)

    with monkeypatch.context() as patch:
        patch.setattr(cli.training, "progress_bar", watched)
        assert run(*SMALL, "--out", cut).exit_code == 0
    assert min(steps) > 5  # it did not begin again
    assert run(*SMALL, "--out", whole).exit_code == 0
    first, second = (read_run(out / "run.safetensors") for out in (cut, whole))
    assert first.flat.tobytes() == second.flat.tobytes()
    assert (cut / "report.json").read_bytes() == (whole / "report.json").read_bytes()


def test_documentation() -> None:
    page = Path(__file__).parents[2] / "docs" / "training.md"
    found = doctest.testfile(str(page), module_relative=False)
    assert found.attempted > 4
    assert not found.failed
    text = page.read_text(encoding="utf-8")
    known = {
        name for item in cli.training.train.params for name in (*item.opts, *item.secondary_opts)
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - {"--tensor", "--dask"}
    assert len(named) > 15
    assert named <= known
    for name in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (page.parent / name).is_file(), name
