"""The subcommands certify and check."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from proofs.certificate_samples import TOY, tilted, toy
from superposition_numerics.certify import FLOATS, Centred, Enclosure, Formula, Positive
from superposition_proofs.certificates import (
    Certification,
    Condition,
    Theorem,
    catalogue,
    certify_theorem,
    check,
    decide_theorem,
    pentagon_theorem,
    polygon_constants,
    read_certificate,
)
from superposition_proofs.certificates.catalogue import Entry
from superposition_proofs.certificates.files import stored
from superposition_proofs.cli import certificates as commands
from superposition_proofs.cli import main
from superposition_theory import InputError

SQUARE = ((Fraction(0), Fraction(1)),) * 2


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def theorem(level: Fraction, condition: int = 1) -> Theorem:
    """Return "x^2 + y^2 - xy > level on the unit square", true for level < 0, and a condition."""
    formula = Formula(lambda x: tilted(x) - level)
    question = Positive("bowl", ("x", "y"), SQUARE, formula, rules=(Centred(),))
    enclosure = Enclosure(Fraction(condition), Fraction(condition))
    return Theorem("bowl", "A bowl.", {}, (Condition("0 < 1", enclosure),), (question,))


ENTRIES = {
    "toy": Entry("Three facts", lambda: TOY, "integers"),
    "deep": Entry("Deeper than it is", lambda: theorem(Fraction(1, 100))),
    "touching": Entry("Just touching", lambda: theorem(Fraction(0))),
    "condition": Entry("A condition that fails", lambda: theorem(Fraction(-1), -1)),
}


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "CATALOGUE", ENTRIES)
    monkeypatch.setattr(commands, "CATALOGUE", ENTRIES)
    monkeypatch.setitem(check.STATEMENTS, "toy", toy)


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


# ---------------------------------------------------------------- certify


@pytest.mark.parametrize("name", catalogue.CATALOGUE)
def test_a_theorem_goes_by_its_own_name(name: str) -> None:
    assert catalogue.entry(name).build().name == name


def test_the_theorems_are_listed() -> None:
    lines = run("certify").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue.CATALOGUE)
    assert run("certify", "--list").stdout.splitlines() == lines
    assert list(strict(run("certify", "--list", "--json").stdout)) == list(catalogue.CATALOGUE)


def test_the_pentagon_from_nothing(tmp_path: Path) -> None:
    done = run("certify", "pentagon", "--out", tmp_path, "--arithmetic", "balls")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("proved: pentagon, in balls\n")
    assert done.stdout.endswith(f"written to {tmp_path / 'pentagon.json'}; checked\n")
    made, kept = read_certificate(tmp_path / "pentagon.json"), read_certificate(stored("pentagon"))
    assert (made.statement, made.constants, made.conditions) == (
        kept.statement,
        kept.constants,
        kept.conditions,
    )
    checked = run("check", tmp_path / "pentagon.json")
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert checked.stdout.startswith("certified: pentagon\n")
    assert "F = 0.015825627074494197669821482295..." in checked.stdout


@pytest.mark.usefixtures("entries")
def test_a_proof_as_json(tmp_path: Path) -> None:
    done = run("certify", "toy", "--out", tmp_path, "--json")
    report = strict(done.stdout)
    assert done.exit_code == 0
    assert (report["answer"], report["arithmetic"]) == ("proved", "integers")
    assert [part["answer"] for part in report["parts"]] == ["proved"] * 3
    assert report["parts"][2]["leaves"] == {"d": 1}
    assert report["file"] == str(tmp_path / "toy.json")
    assert run("check", tmp_path / "toy.json").exit_code == 0


@pytest.mark.usefixtures("entries")
def test_a_chosen_arithmetic_and_no_file() -> None:
    done = run("certify", "toy", "--arithmetic", "balls")
    assert done.stdout.startswith("proved: toy, in balls\n")
    assert "written" not in done.stdout


@pytest.mark.slow
def test_what_workers_began_the_process_itself_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a thread starts at once; that questions can be sent to processes is tested with the engine
    asked: list[int] = []
    monkeypatch.setattr(commands, "ProcessPoolExecutor", partial(_thread, asked))
    arguments = ("certify", "pentagon", "--arithmetic", "balls", "--out", tmp_path)
    assert run(*arguments, "--jobs", "2").exit_code == 0
    assert asked == [2]
    store, file = tmp_path / "pentagon.jsonl", tmp_path / "pentagon.json"
    lines, text = store.read_text().splitlines(keepends=True), file.read_text()
    file.unlink()
    torn = lines[50][:30]  # killed within a line
    store.write_text("".join(lines[:50]) + torn)
    assert run(*arguments).exit_code == 0
    assert file.read_text() == text
    # what was there is not searched again; each portion that was not there is appended once
    after = store.read_text().splitlines(keepends=True)
    assert after[:51] == [*lines[:50], torn + "\n"]
    assert _findings(after[51:]) == _findings(lines[50:])


def _thread(asked: list[int], jobs: int, **_: Any) -> ThreadPoolExecutor:
    asked.append(jobs)
    return ThreadPoolExecutor(1)


def _findings(lines: list[str]) -> list[tuple[str, str, str]]:
    records = [json.loads(line) for line in lines]
    return sorted((record["key"], record["box"], record["tree"]) for record in records)


@pytest.mark.usefixtures("entries")
def test_a_false_statement_is_refuted_with_a_point(tmp_path: Path) -> None:
    done = run("certify", "deep")
    assert done.exit_code == 1
    assert done.stdout.startswith("refuted: bowl, in floats\n")
    assert "bowl: refuted at x = " in done.stdout
    report = strict(run("certify", "deep", "--json").stdout)
    point = [Fraction(x) for x in report["parts"][0]["point"].values()]
    assert tilted(point) <= Fraction(1, 100)
    assert report["file"] is None
    assert not list(tmp_path.glob("*.json"))


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize("limit", [(), ("--most-boxes", "3")])
def test_what_is_undecided_names_boxes_that_are_left(limit: tuple[str, ...]) -> None:
    done = run("certify", "touching", *limit)
    assert done.exit_code == 1
    assert done.stdout.startswith("undecided: bowl, in floats\n")
    assert "boxes left, such as [0, " in done.stdout
    (part,) = strict(run("certify", "touching", *limit, "--json").stdout)["parts"]
    assert part["boxes_left"] >= len(part["first_boxes_left"]) > 0
    assert part["reason"]


@pytest.mark.usefixtures("entries")
def test_a_condition_that_fails_is_named() -> None:
    done = run("certify", "condition")
    assert done.exit_code == 1
    assert "condition does not hold: 0 < 1" in done.stdout


def test_a_line_that_is_too_high_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    k, by = polygon_constants(5), Fraction(1, 100)
    wrong = replace(k, level=Enclosure(k.level.lower + by, k.level.upper + by))
    theorem = pentagon_theorem(wrong)
    high = Entry("K too large", lambda: theorem)
    monkeypatch.setattr(catalogue, "CATALOGUE", {"pentagon": high})
    done = run("certify", "pentagon")
    assert done.exit_code == 1
    assert done.stdout.startswith("undecided: pentagon")
    assert "condition does not hold: H = 0\n" in done.stdout
    unconditional = Entry("only the boxes", lambda: replace(theorem, conditions=(), identities=()))
    monkeypatch.setattr(catalogue, "CATALOGUE", {"pentagon": unconditional})
    done = run("certify", "pentagon")
    assert done.exit_code == 1
    assert done.stdout.startswith("refuted: pentagon")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("certify", "square"), "name is 'square'; accepted: pentagon"),
        (("certify", "pentagon", "--arithmetic", "decimals"), "'decimals' is not one of"),
        (("certify", "pentagon", "--most-boxes", "0"), "0 is not in the range"),
        (("certify", "pentagon", "--out", __file__), "cannot be a directory"),
        (("check", "no-such-file.json"), "No such file"),
        (("check",), "Missing argument 'FILE'"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_arithmetic_is_refused() -> None:
    with pytest.raises(InputError, match="arithmetic is 'decimals'; accepted: floats, integers"):
        certify_theorem("pentagon", arithmetic="decimals")


def test_a_report_without_a_file() -> None:
    decision = decide_theorem(TOY, FLOATS)
    assert Certification(decision, "floats", None).to_dict()["file"] is None


# ---------------------------------------------------------------- check


def test_an_accepted_certificate_as_json() -> None:
    report = strict(run("check", stored("pentagon"), "--json").stdout)
    assert report["accepted"] is True
    assert report["constants"]["b"] == "-0.282297283126771638578969444057"
    trees = {part.name: part.tree for part in read_certificate(stored("pentagon")).parts}
    assert report["leaves"] == {name: len(tree) // 2 + 1 for name, tree in trees.items()}


def test_a_rejected_certificate(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(stored("pentagon").read_text()[:-50])
    done = run("check", tmp_path / "a.json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"rejected: {tmp_path / 'a.json'}: file: is not JSON" in done.stderr
    report = strict(run("check", tmp_path / "a.json", "--json").stdout)
    assert (report["accepted"], report["place"]) == (False, "file")
