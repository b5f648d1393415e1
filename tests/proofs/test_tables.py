r"""LaTeX tables compile as they are and inside a paper, and hold the exact values."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from proofs.ledger_samples import evidence
from superposition_numerics.spectral import NullComparison, analyse
from superposition_proofs.claims import REGISTRY
from superposition_proofs.diagnosis import Diagnosis
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Reference,
    Registry,
    Report,
    Status,
    verify,
)
from superposition_proofs.phases.tables import polygons_table
from superposition_proofs.tables import (
    diagnosis_table,
    escape,
    features_csv,
    ledger_table,
    spectral_table,
    table,
)

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed"
)
HARD_NAMES = [
    r"wé_%#$&~^{}\ ü日.npy",
    "a\n\nb\x01\tc.npy",
    r"\end{document}\input{x}.npy",
    "\udcff<>|\"'`.npy",
]


def registry() -> Registry:
    """Return two claims with formulas, one of them weaker for using the other."""
    return Registry(
        [
            Claim(
                "lemma",
                "50% of W_dec & more",
                r"\sum_i D_i \le \operatorname{rank} W",
                (),
                "ours",
                ClaimKind.theorem,
                (evidence(kind=Status.supported),),
            ),
            Claim(
                "theorem",
                "A theorem",
                r"a^2 \ge 0 \text{ for all } a",
                (),
                "ours",
                ClaimKind.theorem,
                (Reference(Status.written, "By hand.", uses=("lemma",)),),
            ),
        ]
    )


def report() -> Report:
    """Return the report on them."""
    return verify(registry(), seed=5)


def diagnosis_of(
    W: np.ndarray,
    source: str = "w.npy",
    tensor: str | None = None,
    null: NullComparison | None = None,
) -> Diagnosis:
    """Return a diagnosis of a matrix."""
    return Diagnosis(source, tensor, "features-in-columns", "float64", 0.0, analyse(W), null)


def body(tex: str) -> list[list[str]]:
    """Return the cells of the rows between midrule and bottomrule."""
    inside = re.search(r"\\midrule\n(.*)\n\\bottomrule", tex, re.DOTALL)
    assert inside is not None
    rows = (row.removesuffix(r" \\") for row in inside[1].splitlines())
    return [row.replace(" / ", "/").split(" & ") for row in rows]


def entries(tex: str) -> dict[str, str]:
    """Return the rows of a table of two columns."""
    return {key: value for key, value in body(tex)}  # noqa: C416  two cells each


# ---------------------------------------------------------------- escape


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("", ""),
        ("plain Text 1.0-x", "plain Text 1.0-x"),
        ("\\", r"\textbackslash{}"),
        ("&", r"\&"),
        ("%", r"\%"),
        ("$", r"\$"),
        ("#", r"\#"),
        ("_", r"\_"),
        ("{}", r"\{\}"),
        ("~", r"\textasciitilde{}"),
        ("^", r"\textasciicircum{}"),
        (r"\&", r"\textbackslash{}\&"),
        ("é", r"\'{e}"),
        ("e\u0301", r"\'{e}"),  # the same letter, decomposed
        ("ø", r"\texttt{U+00F8}"),  # no letter with an accent
        ("日", r"\texttt{U+65E5}"),
        ("\U0001f600", r"\texttt{U+1F600}"),
        ("a_b%", r"a\_b\%"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\0", "\x01", "\x0c", "\x1b", "\x7f"])
def test_escape_leaves_no_control_character(character: str) -> None:
    # A blank line ends a paragraph and most others are invalid input to LaTeX.
    assert escape(f"a{character}b") == rf"a\texttt{{U+{ord(character):04X}}}b"


# ---------------------------------------------------------------- contents


def test_table_has_heads_rows_and_caption() -> None:
    tex = table("A caption", "lr", ["one", "two"], [["1", "2"], ["3", "4"]])
    assert r"\caption{A caption}" in tex
    assert r"\begin{tabular}{lr}" in tex
    assert "\\toprule\none & two \\\\\n\\midrule\n1 & 2 \\\\\n3 & 4 \\\\\n\\bottomrule" in tex
    assert tex.isascii()


def test_ledger_table_holds_each_claim() -> None:
    tex = ledger_table(registry(), report())
    lines = re.search(r"\\endfoot\n(.*)\n\\end{longtable}", tex, re.DOTALL)
    assert lines is not None
    first, second = lines[1].splitlines()
    assert r"50\% of W\_dec \& more" in first
    assert registry()["lemma"].statement in first
    assert r"\raggedright supported\vspace{3pt}} & 8 " in first
    assert registry()["theorem"].statement in second
    assert "supported, modulo lemma" in second
    assert "level quick, seed 5" in tex


def test_spectral_table_holds_exact_values() -> None:
    rows = {row[0]: row[1:] for row in body(spectral_table())}
    # n, m, eigenvalues, dimensionalities, rank, capacity, deficit; by hand.
    assert rows["digon"] == ["2", "1", "$2$ (1)", "$1/2$ (2)", "1", "$1$", "$0$"]
    assert rows["triangle"][2:] == ["$3/2$ (2)", "$2/3$ (3)", "2", "$2$", "$0$"]
    assert rows["tetrahedron"][2:] == ["$4/3$ (3)", "$3/4$ (4)", "3", "$3$", "$0$"]
    assert rows["pentagon"][2:] == ["$5/2$ (2)", "$2/5$ (5)", "2", "$2$", "$0$"]
    assert rows["square antiprism, tight"][2:4] == ["$8/3$ (3)", "$3/8$ (8)"]
    assert rows["octahedron"] == ["6", "3", "$2$ (3)", "$1/2$ (6)", "3", "$3$", "$0$"]
    # Squared norms 1 and 4 on one line, F = 5: D = 1/5 and 4/5.
    assert rows["unequal digon"][:4] == ["3", "1", "$5$ (1)", "$1/5$ (1), $4/5$ (1)"]
    assert rows["two digons of different size"][2:4] == ["$8$ (1), $2$ (1)", "$1/2$ (4)"]
    # (2, 0), (-1, 1), (-1, -1): F = diag(6, 2), D = 2/3 and 2^2 / (6 + 2) twice.
    assert rows["unequal triangle and dropped"] == [
        *("4", "2", "$6$ (1), $2$ (1)", "$1/2$ (2), $2/3$ (1)"),
        *("2", "$5/3$", "$1/3$"),
    ]
    assert "no features" not in rows
    assert "zero" not in rows
    assert "generic integers" not in rows
    for name, row in rows.items():
        capacity, deficit = row[-2].strip("$"), row[-1].strip("$")
        if capacity.isdigit() and deficit.isdigit():
            assert int(capacity) + int(deficit) == int(row[-3]), name


def test_diagnosis_table_by_hand() -> None:
    W = np.array([[1.0, -1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, -2.0, 0.0]])
    null = NullComparison(1.0, 0.75, 0.05, 5.0, 0, 16, 0)
    rows = entries(diagnosis_table(diagnosis_of(W, null=null)))
    assert rows["features, dimensions"] == "5, 2"
    assert rows["represented features"] == "4"
    assert rows["rank"] == "2"
    assert rows["capacity"] == "$2$"
    assert 0 < float(rows["error of the capacity, at most"].split()[0].strip("$")) < 10
    assert rows["saturation"] == "$1$"
    assert rows["frame bounds"] == "$2$, $8$"
    assert rows["eigenspaces"] == "2"
    assert rows["tight"] == "no"
    assert rows["localized"] == "yes"
    assert rows["mean of the Gaussian null (16 draws)"] == "$0.75$"
    assert rows["its standard deviation"] == "$0.05$"
    assert rows["$z$ of saturation"] == "$5$"


def test_diagnosis_table_without_a_null() -> None:
    rows = entries(diagnosis_table(diagnosis_of(np.eye(2))))
    assert not any("null" in key or "$z$" in key for key in rows)
    assert rows["tight"] == "yes"


@pytest.mark.parametrize(
    ("scale", "bounds"),
    [
        (1e-3, r"$1 \cdot 10^{-6}$"),
        (1e10, r"$1 \cdot 10^{20}$"),
        (1e-160, "not representable"),
        (1e160, "not representable"),
    ],
)
def test_frame_bounds_of_extreme_matrices(scale: float, bounds: str) -> None:
    entry = entries(diagnosis_table(diagnosis_of(scale * np.eye(2))))["frame bounds"]
    assert entry.count(bounds) == 2
    assert re.search(r"\de[+-]?\d", entry) is None


def test_undefined_z_is_said() -> None:
    null = NullComparison(1.0, 1.0, 0.0, None, 16, 16, 0)
    entry = entries(diagnosis_table(diagnosis_of(np.ones((1, 3)), null=null)))["$z$ of saturation"]
    assert "undefined" in entry


def test_caption_names_the_tensor_or_the_file() -> None:
    W = np.eye(2)
    assert r"\texttt{w.npy}" in diagnosis_table(diagnosis_of(W))
    assert r"\texttt{W\_E}" in diagnosis_table(diagnosis_of(W, "w.npz", "W_E"))


# ---------------------------------------------------------------- compilation


def compile_tex(folder: Path, name: str) -> str:
    """Compile a file of the folder; return the log."""
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", name],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=120,
    )
    log = (folder / name).with_suffix(".log").read_text(encoding="latin1")
    assert done.returncode == 0, [line for line in log.splitlines() if line.startswith("!")]
    assert (folder / name).with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
    return log


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write every kind of table, with names and numbers that are hard."""
    folder = tmp_path_factory.mktemp("tex")
    from superposition_proofs.claims import REGISTRY

    fast = verify(REGISTRY, ["capacity-bound"])
    full = Report(
        tuple(
            type(fast.verdicts[0])(
                **{
                    **fast.verdicts[0].__dict__,
                    "id": claim.id,
                    "title": claim.title,
                    "effective": 1_000_000,
                    "modulo": ("opposite-signs-are-no-worse", "pair-output-over-its-bias"),
                }
            )
            for claim in REGISTRY.values()
        ),
        fast.environment,
        fast.level,
        fast.seed,
        0.0,
    )
    null = NullComparison(1.0, 1e-9, 1e-12, -1234567.0, 16, 16, 0)
    files = {
        "ledger": ledger_table(REGISTRY, full),
        "small_ledger": ledger_table(registry(), report()),
        "spectral_summary": spectral_table(),
        "polygons": polygons_table(7),
        "diagnosis": diagnosis_table(diagnosis_of(np.eye(3), null=null)),
        "no_features": diagnosis_table(diagnosis_of(np.zeros((3, 0)))),
        "huge": diagnosis_table(diagnosis_of(1e160 * np.eye(2), "w.npz", "W_E")),
        **{
            f"name{i}": diagnosis_table(diagnosis_of(np.eye(2), name))
            for i, name in enumerate(HARD_NAMES)
        },
    }
    for name, tex in files.items():
        (folder / f"{name}.tex").write_text(tex, encoding="utf-8")
    return folder


@needs_latex
@pytest.mark.parametrize(
    "name",
    [
        "ledger",
        "spectral_summary",
        "polygons",
        "diagnosis",
        "no_features",
        "huge",
        "name0",
        "name1",
    ],
)
def test_each_table_compiles_as_it_is(written: Path, name: str) -> None:
    log = compile_tex(written, f"{name}.tex")
    assert "Overfull" not in log
    assert "too large for page" not in log
    assert "Missing character" not in log


@needs_latex
@pytest.mark.parametrize("options", ["", "[11pt]"])
def test_all_tables_go_into_one_article(written: Path, options: str) -> None:
    names = sorted(path.stem for path in written.glob("*.tex") if "host" not in path.stem)
    assert len(names) == 7 + len(HARD_NAMES)
    inputs = "\\clearpage\n".join(rf"\input{{{name}}}" for name in names)
    host = f"host{len(options)}.tex"
    (written / host).write_text(
        f"\\documentclass{options}{{article}}\n\\usepackage{{booktabs,amsmath,longtable}}\n"
        f"\\begin{{document}}\nbefore\n{inputs}\n\\typeout{{reached the end}}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    log = compile_tex(written, host)
    assert "reached the end" in log  # no table has ended the document


def test_features_csv_holds_every_feature() -> None:
    W = np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 2.0]])
    rows = [line.split(",") for line in features_csv(analyse(W)).splitlines()]
    assert rows[0][:4] == ["feature", "exponent", "norm", "D"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "2"]
    exponents = {int(row[1]) for row in rows[1:]}
    assert exponents == {2}
    assert [float(row[2]) * 4 for row in rows[1:]] == pytest.approx([1.0, 1.0, 2.0])
    assert [float(row[3]) for row in rows[1:]] == pytest.approx([0.5, 0.5, 1.0])
    assert [row[rows[0].index("eigenspace")] for row in rows[1:]] == ["1", "1", "0"]


def test_ledger_table_states_the_hypotheses() -> None:
    report = verify(REGISTRY, ["welch-bound"])
    assert r"given $\|w_i\| = 1$" in ledger_table(REGISTRY, report)
