"""The command: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from proofs.ledger_samples import FAILS, HOLDS, LOGGED, UNDECIDED, VACUOUS, claim, evidence
from superposition_numerics.samples import saturated_frame
from superposition_proofs import cli
from superposition_proofs.claims import REGISTRY
from superposition_proofs.ledger import ClaimKind, Level, Registry, ResultStore

TESTS = Path(__file__).parents[1]
FAST = [name for name in REGISTRY if name in REGISTRY.closure(["deficit-identity", "welch-bound"])]
GENERIC = np.random.default_rng(11).standard_normal((4, 9))


def run(*arguments: str | Path) -> Result:
    """Run the command here."""
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def accepted(*arguments: str | Path) -> str:
    """Run the command, require exit code 0, and return what it prints."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def refused(*arguments: str | Path) -> str:
    """Run the command, require exit code 2 and one plain message, and return it."""
    result = run(*arguments)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def strict(text: str) -> Any:
    """Parse JSON that holds no NaN and no Infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own, in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "superposition_proofs", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )


def without_times(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report of verify with every wall time set to zero."""
    report["seconds"] = 0
    for verdict in report["claims"]:
        verdict["seconds"] = 0
        for result in verdict["evidence"]:
            result["seconds"] = 0
    return report


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Leave only a few claims in the command's registry."""
    registry = Registry([REGISTRY[name] for name in FAST])
    monkeypatch.setattr(cli.ledger, "REGISTRY", registry)
    return registry


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    np.save(tmp_path / "w.npy", GENERIC)
    return tmp_path / "w.npy"


# ---------------------------------------------------------------- verify


def test_all_claims_in_a_pipe_by_two_processes(tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    done = process("verify", "--json", "--jobs", "2", *out, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stderr == ""  # no progress bar in a pipe
    report = strict(done.stdout)
    assert [c["id"] for c in report["claims"]] == list(REGISTRY)
    for verdict in report["claims"]:
        assert set(verdict) >= {"id", "status", "reason", "cases", "effective", "seconds", "seed"}
        theorem = REGISTRY[verdict["id"]].kind is ClaimKind.theorem
        decided = {"proved", "certified", "checked", "written", "open"}
        assert verdict["status"] in (decided if theorem else {"supported", "refuted", "open"})
        assert verdict["reason"]
        ran = bool(verdict["evidence"])
        assert ran is (verdict["seconds"] > 0)
        assert ran is (0 < verdict["effective"] <= verdict["cases"])
        assert verdict["seed"] == 0
        assert verdict["errors"] == []
    statuses = {"proved": 59, "certified": 6, "checked": 14, "written": 14}
    statuses |= {"supported": 8, "refuted": 8, "open": 10}
    assert {s: n for s, n in report["summary"]["statuses"].items() if n} == statuses
    assert report["summary"]["theorems_not_upheld"] == []
    assert report["summary"]["controls_passed"] == []
    assert (report["level"], report["seed"], report["exit_code"]) == ("quick", 0, 0)
    assert strict((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == report
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"report.json", "results.jsonl"}
    store = ResultStore(tmp_path / "out" / "results.jsonl")
    assert len(store) == sum(
        e.level is Level.quick for c in REGISTRY.values() for e in c.executable
    )
    assert store.skipped == ()
    serial = without_times(strict(accepted("verify", *FAST, "--json")))["claims"]
    assert [c for c in without_times(report)["claims"] if c["id"] in FAST] == serial


def test_chosen_claims_bring_those_they_use() -> None:
    report = strict(accepted("verify", "deficit-identity", "--json", "--seed", "3"))
    needed = REGISTRY.closure(["deficit-identity"])
    assert len(needed) > 1
    assert [c["id"] for c in report["claims"]] == [name for name in REGISTRY if name in needed]
    assert report["seed"] == 3
    assert {c["seed"] for c in report["claims"]} == {3}


def test_a_second_run_resumes(tmp_path: Path) -> None:
    arguments = ("verify", "capacity-bound", "--json", "--out", tmp_path / "new" / "out")
    first = strict(accepted(*arguments))
    stored = (tmp_path / "new" / "out" / "results.jsonl").read_bytes()
    second = strict(accepted(*arguments))
    assert (tmp_path / "new" / "out" / "results.jsonl").read_bytes() == stored
    assert second["claims"] == first["claims"]  # the times too: nothing was run again
    accepted("verify", "capacity-bound", "--seed", "1", "--out", tmp_path / "new" / "out")
    assert len((tmp_path / "new" / "out" / "results.jsonl").read_bytes()) > len(stored)


def test_the_table_of_verdicts(fast: Registry) -> None:
    shown = accepted("verify")
    for name in fast:
        (line,) = [line for line in shown.splitlines() if line.startswith(name)]
        assert "proved" in line
        assert re.search(r" (\d+)/\1 ", line)
    assert shown.splitlines()[-1].startswith(f"{len(fast)} claims: {len(fast)} proved; ")
    assert "\x1b" not in shown  # no colours in a pipe


THEOREM, CONJECTURE = ClaimKind.theorem, ClaimKind.conjecture


@pytest.mark.parametrize(
    ("subject", "controls", "kind", "code", "said"),
    [
        pytest.param(HOLDS, {"near": FAILS}, THEOREM, 0, "checked", id="sound"),
        pytest.param(FAILS, {"near": FAILS}, THEOREM, 1, "refuted", id="theorem refuted"),
        pytest.param(FAILS, {"near": FAILS}, CONJECTURE, 0, "refuted", id="conjecture refuted"),
        pytest.param(UNDECIDED, {"near": FAILS}, THEOREM, 1, "inconclusive", id="undecided"),
        pytest.param(UNDECIDED, {"near": FAILS}, CONJECTURE, 0, "inconclusive", id="open question"),
        pytest.param(HOLDS, {"near": HOLDS}, THEOREM, 1, "control passed: near", id="control"),
        pytest.param(HOLDS, {"near": HOLDS}, CONJECTURE, 1, " 0/1 ", id="conjecture's control"),
        pytest.param(VACUOUS, {"near": FAILS}, THEOREM, 1, "vacuous", id="no effective case"),
        pytest.param(
            ZeroDivisionError("[bold]x[/]"), {"near": FAILS}, THEOREM, 1, "[bold]x[/]", id="crash"
        ),
    ],
)
def test_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    subject: object,
    controls: dict[str, object],
    kind: ClaimKind,
    code: int,
    said: str,
) -> None:
    item = evidence("e", subject, near_misses=controls)
    monkeypatch.setattr(cli.ledger, "REGISTRY", Registry([claim("invented", item, kind=kind)]))
    shown = run("verify")
    assert shown.exit_code == code
    assert said in shown.stdout
    as_json = run("verify", "--json")
    assert as_json.exit_code == code
    assert strict(as_json.stdout)["exit_code"] == code


def test_a_theorem_that_is_not_upheld_still_leaves_its_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cli.ledger, "REGISTRY", Registry([claim("invented", evidence("e", FAILS))]))
    assert run("verify", "--out", tmp_path).exit_code == 1
    report = strict((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["summary"]["theorems_not_upheld"] == ["invented"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "capacity-bounds"], r"'capacity-bounds'; close matches: capacity-bound"),
        (["verify", "capacity-bound", "nothing-like-it"], "there is no claim 'nothing-like-it'"),
        (["verify", ""], "there is no claim ''"),
        (["show", "welch"], "close matches: welch-bound"),
        (["show"], "Missing argument 'ID'"),
        (["verify", "--level", "slow"], "'slow' is not one of 'quick', 'full'"),
        (["verify", "--seed", "-1"], "-1 is not in the range x>=0"),
        (["verify", "--seed", "pi"], "'pi' is not a valid integer"),
        (["verify", "--jobs", "0"], "0 is not in the range"),
        (["graph", "--out", "x.png"], r"out is 'x.png'; accepted: a file name that ends in .svg"),
        (["graph", "--out", "svg"], r"accepted: a file name that ends in .svg"),
        (["graph", "--out", ".svg"], r"accepted: a file name that ends in .svg"),
        (["tables"], "Missing option '--out'"),
        (["prove"], "No such command 'prove'"),
    ],
)
def test_bad_arguments(arguments: list[str], message: str) -> None:
    assert message in refused(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "capacity-bound", "--out"],
        ["tables", "--out"],
        ["diagnose", "w.npy", "--out"],
    ],
    ids=lambda arguments: str(arguments[0]),
)
@pytest.mark.parametrize("place", ["file", "file/below"])
def test_out_that_is_a_file(
    monkeypatch: pytest.MonkeyPatch, weights: Path, arguments: list[str], place: str
) -> None:
    monkeypatch.chdir(weights.parent)
    Path("file").write_text("kept", encoding="utf-8")
    message = refused(*arguments, place)
    assert f"out is '{place}', which cannot be a directory" in message
    assert Path("file").read_text(encoding="utf-8") == "kept"


def test_a_store_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text("shopping list\nbread\n", encoding="utf-8")
    assert "results.jsonl, line 1 is not JSON" in refused("verify", "--out", tmp_path)
    assert (tmp_path / "results.jsonl").read_text(encoding="utf-8") == "shopping list\nbread\n"
    folder = tmp_path / "other"
    (folder / "results.jsonl").mkdir(parents=True)
    assert "cannot be read as a store" in refused("verify", "--out", folder)


def test_a_store_that_cannot_be_written(fast: Registry, tmp_path: Path) -> None:
    assert fast
    (tmp_path / "results.jsonl").symlink_to(tmp_path / "missing" / "results.jsonl")
    assert "results.jsonl" in refused("verify", "--out", tmp_path)


def test_a_report_that_cannot_be_written(fast: Registry, tmp_path: Path) -> None:
    assert fast
    (tmp_path / "report.json").mkdir()
    assert "report.json cannot be written" in refused("verify", "capacity-bound", "--out", tmp_path)


PROGRAM = """
import sys
from proofs.ledger_samples import LOGGED
from superposition_proofs.cli import ledger, main
ledger.REGISTRY = LOGGED
main(["verify", "--out", sys.argv[1]])
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_leaves_what_was_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log, out = tmp_path / "log", tmp_path / "out"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, [TESTS, *sys.path])),
        "LEDGER_SAMPLES_LOG": str(log),
    }
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "LEDGER_SAMPLES_STOP": "three"},
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "stopped\n"
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert log.read_text(encoding="utf-8").split() == ["one", "two"]
    assert len(ResultStore(out / "results.jsonl")) == 2
    assert not (out / "report.json").exists()

    monkeypatch.setattr(cli.ledger, "REGISTRY", LOGGED)
    monkeypatch.setenv("LEDGER_SAMPLES_LOG", str(log))
    accepted("verify", "--out", out)
    assert log.read_text(encoding="utf-8").split() == ["one", "two", "three", "four"]


# ---------------------------------------------------------------- claims, show, graph, tables


def test_claims_are_listed() -> None:
    lines = accepted("claims").splitlines()
    assert [line.split()[0] for line in lines] == list(REGISTRY)
    assert all(REGISTRY[line.split()[0]].title in line for line in lines)
    rows = strict(accepted("claims", "--json"))
    assert [row["id"] for row in rows] == list(REGISTRY)
    assert set(rows[0]) >= {"id", "title", "kind"}


def test_show_as_json() -> None:
    shown = strict(accepted("show", "capacity-bound", "--json"))
    found = REGISTRY["capacity-bound"]
    assert shown["statement"] == found.statement
    assert shown["hypotheses"] == list(found.hypotheses)
    assert [e["name"] for e in shown["evidence"]] == [e.name for e in found.executable]
    assert all(e["controls"] for e in shown["evidence"])
    assert strict(accepted("show", "generic-frames-do-not-saturate", "--json"))["references"]


def test_show_says_how_to_run_it() -> None:
    assert "superposition verify welch-bound" in accepted("show", "welch-bound")


def test_graph_as_dot(fast: Registry, tmp_path: Path) -> None:
    dot = accepted("graph")
    assert dot.startswith("digraph claims {\n")
    assert dot.endswith("}\n")
    assert all(f'"{name}" [label=' in dot for name in fast)
    edges = {f'"{name}" -> "{used}";' for name in fast for used in fast[name].uses}
    assert edges
    assert all(edge in dot for edge in edges)
    assert dot.count("#117733") == len(fast)  # proved
    path = tmp_path / "new folder" / "claims.dot"
    assert accepted("graph", "--out", path) == f"{path}\n"
    assert path.read_text(encoding="utf-8") == dot


def test_graph_as_svg(fast: Registry, tmp_path: Path) -> None:
    path = tmp_path / "claims.svg"
    assert accepted("graph", "--out", path) == f"{path}\n"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert "#117733" in text.lower()
    assert fast


def test_tables_are_written(fast: Registry, tmp_path: Path) -> None:
    said = accepted("tables", "--out", tmp_path / "tables")
    paths = [Path(line) for line in said.splitlines()]
    names = ["ledger.tex", "spectral_summary.tex", "geometries.tex", "polygons.tex"]
    assert [path.name for path in paths] == names
    ledger, summary, geometries, polygons = (path.read_text(encoding="utf-8") for path in paths)
    assert "icosahedron" in geometries
    assert all(REGISTRY[name].statement in ledger for name in fast)
    assert "digon" in summary
    assert "$1.3699757668$" in polygons  # the pentagon's squared norm


# ---------------------------------------------------------------- diagnose

KEYS = {
    "features",
    "dimensions",
    "represented",
    "rank",
    "capacity",
    "saturation",
    "deficit",
    "deficit_identity_residual",
    "frame_bounds",
    "tight",
    "localized",
    "eigenspaces",
    "null",
}


def test_diagnose_as_json(weights: Path) -> None:
    found = strict(accepted("diagnose", weights, "--json"))
    assert set(found) >= KEYS
    assert (found["features"], found["dimensions"], found["rank"]) == (9, 4, 4)
    assert len(found["frame_bounds"]) == 2
    assert all(set(s) >= {"eigenvalue", "multiplicity", "features"} for s in found["eigenspaces"])
    assert found["null"]["trials"] == 16
    assert isinstance(found["null"]["z"], float)


def test_diagnose_options(weights: Path) -> None:
    np.save(weights.with_name("t.npy"), GENERIC.T.copy())
    plain = strict(accepted("diagnose", weights, "--json", "--null-trials", "0"))
    rows = accepted(
        "diagnose", weights.with_name("t.npy"), "--layout", "features-in-rows", "--json"
    )
    assert plain["null"] is None
    assert strict(rows)["capacity"] == pytest.approx(plain["capacity"], rel=1e-12)
    assert strict(rows)["layout"] == "features-in-rows"
    merged = accepted("diagnose", weights, "--json", "--tolerance", "0.999")
    assert len(strict(merged)["eigenspaces"]) < 4
    seeded = strict(accepted("diagnose", weights, "--json", "--null-trials", "2", "--seed", "9"))
    assert (seeded["null"]["trials"], seeded["null"]["seed"]) == (2, 9)
    np.savez(weights.with_name("w.npz"), a=GENERIC, b=np.eye(2))
    chosen = accepted("diagnose", weights.with_name("w.npz"), "--tensor", "b", "--json")
    assert strict(chosen)["tensor"] == "b"


def test_diagnose_prints_a_summary(weights: Path) -> None:
    lines = accepted("diagnose", weights).splitlines()
    said = {line[:26].strip(): line[26:] for line in lines if line}
    assert said["features n, dimensions m"] == "9, 4"
    assert said["rank"].startswith("4  (")
    assert said["localized"].startswith("no, 0 of 9  (")
    assert "z about " in said["Gaussian null"]
    assert said["eigenspaces"] == "4"


def test_diagnose_lists_no_more_than_twelve_eigenspaces(weights: Path) -> None:
    np.save(weights, np.diag(np.arange(1.0, 61.0)))
    shown = accepted("diagnose", weights, "--null-trials", "0")
    assert "... 48 more (--json lists all)" in shown
    assert len(shown.splitlines()) < 40


@pytest.mark.parametrize(
    "W",
    [
        pytest.param(np.zeros((3, 0)), id="no features"),
        pytest.param(np.zeros((3, 4)), id="all zero"),
        pytest.param(GENERIC * 1e-160, id="1e-160"),
        pytest.param(GENERIC * 1e150, id="1e150"),
        pytest.param(np.array([[3.0], [4.0]]), id="one feature"),
    ],
)
def test_diagnose_prints_odd_matrices(weights: Path, W: Any) -> None:
    np.save(weights, W)
    shown = accepted("diagnose", weights, "--null-trials", "2")
    assert "nan" not in shown
    assert "None" not in shown


def test_diagnose_writes_report_table_and_figures(tmp_path: Path) -> None:
    # In a process of its own, as from a notebook whose backend is not installed here.
    name = "wé_%$ü.csv"
    (tmp_path / name).write_text("1,-1,0\n0,0,2\n", encoding="utf-8")
    out = tmp_path / "new" / "out"
    done = process(
        "diagnose",
        tmp_path / name,
        "--out",
        out,
        MPLBACKEND="module://no_such_backend",
        PYTHONUTF8="1",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    figures = {"dimensionality", "spectrum", "localization", "overview"}
    assert {path.name for path in out.iterdir()} == {
        "report.json",
        "features.csv",
        "diagnosis.tex",
        *(f"{figure}.{suffix}" for figure in figures for suffix in ("pdf", "png")),
    }
    assert all((out / f"{figure}.pdf").read_bytes().startswith(b"%PDF-") for figure in figures)
    assert all((out / f"{figure}.png").read_bytes().startswith(b"\x89PNG") for figure in figures)
    report = strict((out / "report.json").read_text(encoding="utf-8"))
    assert set(report) >= KEYS
    assert report["source"] == name
    assert report["rank"] == 2
    assert f"written to {out}{os.sep}" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("w.npy", b"\x93NUMPY", "w.npy", id="truncated"),
        pytest.param("w.npy", b"not a matrix", "w.npy", id="wrong magic"),
        pytest.param("w.csv", b"1,2\n3\n", "w.csv: row 2 has 1 cells", id="ragged"),
        pytest.param("w.csv", b"1,nan\n", "w.csv", id="NaN"),
        pytest.param("w.csv", b"1,inf\n", "w.csv", id="infinity"),
        pytest.param("w.csv", b"", "w.csv: is empty", id="empty"),
        pytest.param("w.pt", b"x", "w.pt: a .pt file can run code", id="pickle"),
        pytest.param("w.txt", b"1", "w.txt: has the suffix '.txt'", id="suffix"),
        pytest.param("w_é%.csv", b"x\n", "w_é%.csv", id="name that is not ASCII"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert message in refused("diagnose", tmp_path / name)
    assert message in refused("diagnose", tmp_path / name, "--json", "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.npy"], "missing.npy: no such file"),
        (["."], "is a directory"),
        (["w.npy", "--tensor", "W"], "w.npy: tensor is 'W'"),
        (["w.npy", "--layout", "columns"], "'columns' is not one of"),
        (["w.npy", "--tolerance", "nan"], "tolerance is nan"),
        (["w.npy", "--tolerance", "-0.1"], "tolerance is -0.1"),
        (["w.npy", "--tolerance", "1"], "tolerance is 1.0"),
        (["w.npy", "--null-trials", "1"], "null_trials is 1"),
        (["w.npy", "--null-trials", "-2"], "null_trials is -2"),
        (["w.npy", "--seed", "-2"], "-2 is not in the range"),
        ([], "Missing argument 'FILE'"),
    ],
)
def test_bad_options_of_diagnose(
    monkeypatch: pytest.MonkeyPatch, weights: Path, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(weights.parent)
    assert message in refused("diagnose", *arguments)


def test_a_figure_that_cannot_be_written(weights: Path) -> None:
    (weights.parent / "out" / "diagnosis.tex").mkdir(parents=True)
    message = refused("diagnose", weights, "--null-trials", "0", "--out", weights.parent / "out")
    assert "diagnosis.tex cannot be written" in message


def test_help_and_version() -> None:
    for name in (
        "verify",
        "claims",
        "show",
        "graph",
        "tables",
        "diagnose",
        "classify",
        "phase",
        "phase-diagram",
    ):
        assert name in accepted("--help")
        assert accepted(name, "-h").startswith("Usage:")
    assert "version" in accepted("--version")


def test_epsilon_of_float32_weights_stored_as_float64(weights: Path) -> None:
    rng = np.random.default_rng(4)
    W = saturated_frame([(2, 6, 1.0), (3, 7, 5.0)], rng=rng).astype(np.float32)
    np.save(weights, W.astype(np.float64))
    exact = strict(accepted("diagnose", weights, "--null-trials", "0", "--json"))
    rounded = strict(
        accepted("diagnose", weights, "--null-trials", "0", "--json", "--epsilon", str(2.0**-23))
    )
    assert exact["localized"] is False
    assert rounded["localized"] is True
    assert [s["multiplicity"] for s in rounded["eigenspaces"]] == [3, 2]
    assert (rounded["stored_dtype"], rounded["tolerance"]) == ("float64", 0.0)


def test_a_matrix_that_may_lie_on_its_side_is_noted(weights: Path) -> None:
    np.save(weights, np.random.default_rng(5).standard_normal((9, 4)))
    assert "is --layout as the file has it?" in accepted("diagnose", weights)
    turned = accepted("diagnose", weights, "--layout", "features-in-rows")
    assert "is --layout" not in turned


# ---------------------------------------------------------------- phase, phase-diagram


def test_phase_as_json() -> None:
    found = strict(
        accepted("phase", "--features", "3", "--dims", "2", "--density", "0.6", "--json")
    )
    assert (found["schema"], found["version"]) == ("superposition.phase", 1)
    keys = {"phase", "name", "loss", "weights", "biases", "runner_up", "frozen_theory"}
    assert set(found) >= keys
    assert found["phase"] == "triangle"
    assert found["loss"] == pytest.approx(0.0939793068, rel=1e-9)
    assert np.array(found["weights"]).shape == (2, 3)
    assert set(found["runner_up"]) == {"phase", "name", "loss", "weights", "biases"}
    assert found["frozen_theory"]["phase"] == "drop 3"


def test_phase_options() -> None:
    place = ("phase", "--features", "2", "--dims", "1", "--density", "0.05", "--json")
    kinds = [
        strict(accepted(*place, *options))["phase"]
        for options in (
            ["--starts", "4"],
            ["--penalty", "0.0148"],
            ["--importance", "0.01"],
            ["--seed", "5"],
        )
    ]
    dropped = "1 dedicated + 1 dropped"
    assert kinds == ["antipodal pair", dropped, dropped, "antipodal pair"]


def test_phase_prints_a_summary() -> None:
    place = ("--features", "2", "--dims", "1", "--density", "0.6", "--importance", "0.2")
    lines = accepted("phase", *place).splitlines()
    said = {line[:26].strip(): line[26:] for line in lines if line}
    assert said["phase"].startswith("1 dedicated + 1 dropped  (feature 1 dedicated; feature 2 d")
    assert float(said["loss"]) == pytest.approx(0.2 * (0.2 - 0.09), rel=1e-9)  # I (p/3 - p^2/4)
    assert said["frozen theory"].endswith("(drop 2)")
    assert lines[-1].split() == ["2", "0.2", "0.300000", "0.000000"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["phase", "--dims", 1, "--density", 0.5], "Missing option '--features'"),
        (["phase", "--features", 2, "--dims", 1], "Missing option '--density'"),
        (["phase", "--features", 7, "--dims", 1, "--density", 0.5], "features is 7; accepted"),
        (["phase", "--features", 2, "--dims", 3, "--density", 0.5], "dims is 3; accepted"),
        (["phase", "--features", 2, "--dims", 1, "--density", 1.5], "density is 1.5; accepted"),
        (["phase", "--features", 2, "--dims", 1, "--density", "nan"], "density is nan"),
        (["phase-diagram", "--features", 2, "--dims", 1], "Missing option '--out'"),
        (
            ["phase-diagram", "--features", 2, "--dims", 3, "--out", "o"],
            "dims is 3; accepted: 1 to features = 2",
        ),
        (["phase-diagram", "--features", 7, "--dims", 1, "--out", "o"], "features is 7; accepted"),
        (
            ["phase-diagram", "--features", 2, "--dims", 1, "--grid", 1, "--out", "o"],
            "grid is 1; accepted: at least 2",
        ),
        (
            ["phase-diagram", "--features", 2, "--dims", 1, "--jobs", 0, "--out", "o"],
            "0 is not in the range",
        ),
    ],
)
def test_bad_options_of_phases(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[Any], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refused(*map(str, arguments))


DIAGRAM = ("phase-diagram", "--features", "3", "--dims", "1", "--grid", "15")


def test_phase_diagram_resumes_after_a_cut(tmp_path: Path) -> None:
    first = accepted(*DIAGRAM, "--out", tmp_path)
    assert "resumed" not in first
    assert "n = 3, m = 1: no exact lines are known" in first
    names = {"cells.csv", "diagram.json", "phase-diagram.pdf", "phase-diagram.png"}
    assert {path.name for path in tmp_path.iterdir()} == {*names, "cells.jsonl"}
    assert all(str(tmp_path / name) in first for name in names)
    csv, store = (tmp_path / "cells.csv").read_bytes(), tmp_path / "cells.jsonl"
    assert csv.count(b"\n") == 1 + 15**2
    lines = store.read_bytes().splitlines(keepends=True)
    assert len(lines) > 2
    store.write_bytes(lines[0] + lines[1][: len(lines[1]) // 2])  # killed while writing
    (tmp_path / "cells.csv").unlink()
    again = accepted(*DIAGRAM, "--out", tmp_path)
    assert f"resumed: 1 chunk was in {store}" in again
    assert (tmp_path / "cells.csv").read_bytes() == csv


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_phase_diagram_resumes_after_a_kill(tmp_path: Path) -> None:
    place = ("phase-diagram", "--features", "3", "--dims", "1", "--grid", "45", "--out")
    store = tmp_path / "cells.jsonl"
    with subprocess.Popen(
        [sys.executable, "-m", "superposition_proofs", *place, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as running:
        while not (store.exists() and store.stat().st_size) and running.poll() is None:
            time.sleep(0.02)
        running.kill()
    assert not (tmp_path / "cells.csv").exists()
    assert "resumed: " in accepted(*place, tmp_path)


@pytest.mark.slow
def test_phase_diagram_with_lines_by_two_processes(tmp_path: Path) -> None:
    place = ("phase-diagram", "--features", "2", "--dims", "1", "--grid", "12", "--jobs", "2")
    said = accepted(*place, "--out", tmp_path)
    assert "no exact lines" not in said
    assert "0.511738032118" in (tmp_path / "boundaries.tex").read_text(encoding="utf-8")
    diagram = strict((tmp_path / "diagram.json").read_text(encoding="utf-8"))
    assert {curve["order"] for curve in diagram["curves"]} == {"first", "second", "frozen"}
