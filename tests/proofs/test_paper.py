"""The written proof: its numbers are generated, and it compiles."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from superposition_proofs.certificates import polygon_constants
from superposition_proofs.claims import pentagon
from superposition_proofs.paper import FILES, write_numbers
from superposition_proofs.paper.other_polygons import numbers as other_numbers
from superposition_proofs.paper.pentagon import numbers, polynomial

PAPER = Path(__file__).parents[2] / "proofs" / "pentagon"
MACRO = re.compile(r"\\newcommand\{\\([a-zA-Z]+)\}")
needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed"
)


@pytest.fixture(scope="module")
def generated() -> str:
    return numbers()


@pytest.fixture(scope="module")
def text() -> str:
    return (PAPER / "pentagon.tex").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_the_numbers_are_those_of_the_program(name: str) -> None:
    kept = (PAPER / name).read_text(encoding="utf-8")
    assert kept == FILES[name](), "python -m superposition_proofs.paper"


def test_all_files_are_written(tmp_path: Path) -> None:
    paths = write_numbers(tmp_path)
    assert [path.name for path in paths] == list(FILES)
    for path in paths:
        assert path.read_text(encoding="utf-8") == (PAPER / path.name).read_text(encoding="utf-8")


def test_every_macro_of_other_polygons_is_used() -> None:
    section = (PAPER / "other_n.tex").read_text(encoding="utf-8")
    names = MACRO.findall(other_numbers())
    assert len(names) > 15
    assert [name for name in names if name not in section] == []


def test_macros_are_defined_once_and_used(generated: str, text: str) -> None:
    defined = MACRO.findall(generated)
    assert len(set(defined)) == len(defined)
    for name in set(re.findall(r"\\((?:val|poly|margin)[A-Za-z]+)", text)):
        assert name in defined


def test_no_decimal_is_typed(text: str) -> None:
    body = text[text.index(r"\begin{document}") : text.index(r"\begin{thebibliography}")]
    assert re.findall(r"\d\.\d", body) == []
    assert polygon_constants(5).loss.digits(6) not in body


def test_the_claims_that_the_text_names_exist(text: str) -> None:
    ids = {claim.id for claim in pentagon.CLAIMS}
    named = set(re.findall(r"\\texttt\{([a-z]+(?:-[a-z]+)+)\}", text))
    assert named == ids


def test_the_decimals_of_the_guide() -> None:
    guide = (PAPER.parents[1] / "docs" / "pentagon.md").read_text(encoding="utf-8")
    constants = polygon_constants(5)
    known = [
        getattr(constants, field).digits(30).lstrip("-")
        for field in ("squared_norm", "bias", "loss")
    ]
    found = re.findall(r"\d\.\d{10,}", guide)
    assert len(found) >= 6
    for decimal in found:
        assert any(digits.startswith(decimal) for digits in known), decimal


@pytest.mark.parametrize(
    ("coefficients", "latex"),
    [
        ((1,), "1"),
        ((1, 0), "x"),
        ((-1, 2, -3), r"- x^{2}{} \allowbreak + 2 x{} \allowbreak - 3"),
        ((2, 0, 0), "2 x^{2}"),
    ],
)
def test_polynomials(coefficients: tuple[int, ...], latex: str) -> None:
    assert polynomial(coefficients) == latex


@needs_latex
def test_the_paper_compiles(tmp_path: Path) -> None:
    for source in PAPER.glob("*.tex"):
        shutil.copy(source, tmp_path)
    for _ in range(2):  # the second run knows the references
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "pentagon.tex"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=120,
        )
        log = (tmp_path / "pentagon.log").read_text(encoding="latin1")
        assert done.returncode == 0, [line for line in log.splitlines() if line.startswith("!")]
    assert (tmp_path / "pentagon.pdf").read_bytes().startswith(b"%PDF-")
    for trouble in ("Overfull", "undefined", "multiply defined", "Missing character"):
        assert trouble not in log
