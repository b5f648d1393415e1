"""Classification of weight files: what is found, drawn, written and refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numerics.trained.reading import trained_models
from proofs.test_cli import accepted, refused, strict
from proofs.test_tables import compile_tex
from superposition_proofs.classification import classify, summary
from superposition_proofs.classification.figures import classification_figures, hull_edges
from superposition_proofs.classification.tables import catalogue_table, classification_table
from superposition_theory import InputError
from superposition_theory.geometries import Geometry, dodecahedron, icosahedron, square_antiprisms

TURN = 2 * np.pi * np.arange(5) / 5
PENTAGON = np.array([np.cos(TURN), np.sin(TURN)])
MIXED = next(m for m in trained_models() if m.name.startswith("39")).trained.W
KEYS = {
    *("indices", "size", "dimension", "geometry", "verdict", "fractional_dimensionality"),
    *("cosines", "scheme", "margin", "residual", "levels", "tight", "noise"),
}


def stored(folder: Path, W: Any, name: str = "w.npy") -> Path:
    """Save a matrix and return its path."""
    np.save(folder / name, W)
    return folder / name


def gram_of(geometry: Geometry) -> np.ndarray[Any, Any]:
    """Return the Gram matrix of a geometry in floats."""
    cosines = [float(cosine) for cosine in geometry.cosines]
    return np.array([[cosines[colour] for colour in row] for row in geometry.relation])


def test_report_of_a_pentagon_beside_a_dropped_feature(tmp_path: Path) -> None:
    path = stored(tmp_path, np.column_stack((PENTAGON, [0.0, 0.0])))
    report = strict(accepted("classify", path, "--json"))
    assert report["schema"] == "superposition.classification"
    assert report["summary"] == "pentagon + 1 zero"
    assert report["zero_features"] == [5]
    (component,) = report["components"]
    assert set(component) >= KEYS
    assert component["indices"] == [0, 1, 2, 3, 4]
    assert (component["geometry"], component["verdict"]) == ("pentagon", "recognised")
    assert (component["dimension"], component["tight"]) == (2, True)
    assert component["fractional_dimensionality"] == pytest.approx(0.4, abs=1e-12)
    assert component["cosines"] == pytest.approx(np.cos([4 * np.pi / 5, 2 * np.pi / 5]), abs=1e-12)
    scheme = component["scheme"]
    assert (scheme["rank"], scheme["valencies"], scheme["multiplicities"]) == (
        3,
        [1, 2, 2],
        [1, 2, 2],
    )
    assert component["margin"] > 1e6


@pytest.mark.parametrize(
    ("W", "options", "expected"),
    [
        (PENTAGON.T, ("--layout", "features-in-rows"), "pentagon"),
        (PENTAGON.T @ PENTAGON, ("--gram",), "pentagon"),  # the same from the Gram matrix
        (np.eye(3), (), "3 x dedicated"),
        (np.kron(np.eye(2), [[1.0, -1.0]]), (), "2 x digon (square)"),
        (np.kron(np.diag([1.0, 1.2]), [[1.0, -1.0]]), (), "2 x digon"),  # a rhombus
        (PENTAGON * [1, 1, 1, 1, 1.05], (), "5 features in 2 dimensions (not scheme-like)"),
        (
            PENTAGON * [1, -1, 1, -1, 1],
            ("--lines",),
            "lines through the 10-gon",
        ),  # signs do not count
        (np.array([[1.0, 1.0], [0.0, 0.0]]), (), "collapsed"),
    ],
)
def test_summaries(tmp_path: Path, W: Any, options: tuple[str, ...], expected: str) -> None:
    report = strict(accepted("classify", stored(tmp_path, W), "--json", *options))
    assert report["summary"] == expected


def test_tensor_of_an_archive(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", a=np.eye(2), b=PENTAGON)
    report = strict(accepted("classify", tmp_path / "w.npz", "--tensor", "b", "--json"))
    assert (report["tensor"], report["summary"]) == ("b", "pentagon")


def test_tolerance_decides_what_noise_is_accepted(tmp_path: Path) -> None:
    noisy = PENTAGON + 0.02 * np.random.default_rng(0).standard_normal((2, 5))
    path = stored(tmp_path, noisy)
    assert "recognised: pentagon" in accepted("classify", path)
    assert "not scheme-like" in accepted("classify", path, "--tolerance", "0.001")


@pytest.mark.parametrize(
    ("W", "options", "message"),
    [
        (np.ones((2, 3)), ("--gram",), "accepted"),
        (np.array([[1.0, 0.5], [-0.5, 1.0]]), ("--gram",), "accepted"),  # not symmetric
        (np.array([[1.0, 2.0], [2.0, 1.0]]), ("--gram",), "accepted"),  # not semidefinite
        (np.array([[1.0, np.nan]]), (), "accepted"),
        (np.array([[1.0]]), (), "accepted"),  # one feature
        (np.eye(2), ("--tolerance", "2"), "tolerance is 2"),
    ],
)
def test_refusals(tmp_path: Path, W: Any, options: tuple[str, ...], message: str) -> None:
    assert message in refused("classify", stored(tmp_path, W), *options)


def test_files_of_a_trained_model(tmp_path: Path) -> None:
    path = stored(tmp_path, MIXED)
    said = accepted("classify", path, "--out", tmp_path / "out")
    assert "square antiprism" in said
    assert "2 x pentagon" in said
    names = {"report.json", "classification.tex"} | {
        stem + suffix for stem in ("geometries", "graph") for suffix in (".pdf", ".png")
    }
    assert {file.name for file in (tmp_path / "out").iterdir()} == names
    assert (tmp_path / "out" / "graph.pdf").read_bytes().startswith(b"%PDF-")
    report = strict((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert sorted(i for c in report["components"] for i in c["indices"]) == list(range(20))


def test_table_counts_copies_and_says_what_is_not_tight(tmp_path: Path) -> None:
    classification = classify(stored(tmp_path, MIXED))
    lines = classification_table(classification).splitlines()
    pentagons = next(line for line in lines if line.startswith("pentagon"))
    assert pentagons.split(" & ")[1:6] == ["2", "5", "2", "$0.4$", "yes"]
    antiprism = next(line for line in lines if line.startswith("square antiprism"))
    assert antiprism.split(" & ")[5] == "no"


def test_dropped_features_are_said_in_the_caption(tmp_path: Path) -> None:
    classification = classify(stored(tmp_path, np.column_stack((PENTAGON, np.zeros((2, 2))))))
    assert "2 features are not represented" in classification_table(classification)


@pytest.mark.parametrize(
    ("geometry", "edges"),
    [
        (icosahedron(), 30),
        (dodecahedron(), 30),
        (square_antiprisms()[0], 16),  # 8 of the two squares, 8 of the triangles
    ],
)
def test_hull_edges_are_those_of_the_polyhedron(geometry: Geometry, edges: int) -> None:
    values, basis = np.linalg.eigh(gram_of(geometry))
    points = basis[:, -3:] * np.sqrt(values[-3:])
    noise = 1e-3 * np.random.default_rng(1).standard_normal(points.shape)
    assert len(hull_edges(points)) == edges
    assert len(hull_edges(points + noise)) == edges


def test_pictures_of_what_has_no_name(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    for place, W in enumerate((rng.standard_normal((3, 7)), np.zeros((2, 3)), np.eye(1, 2))):
        folder = tmp_path / str(place)
        folder.mkdir()
        files = classification_figures(classify(stored(folder, W)), folder)
        assert all(file.stat().st_size > 500 for file in files)
    assert summary(classify(stored(tmp_path, np.zeros((2, 3)))).recognition) == "3 zero"


def test_a_gram_matrix_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="accepted"):
        classify(stored(tmp_path, -np.eye(3)), gram=True)


@pytest.fixture(scope="module")
def catalogued() -> str:
    """Return the table of the catalogue, which takes seconds."""
    return catalogue_table()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_tables_compile(tmp_path: Path, catalogued: str) -> None:
    classification = classify(stored(tmp_path, MIXED, "we_%$ird.npy"))
    for name, text in (
        ("classification", classification_table(classification)),
        ("catalogue", catalogued),
    ):
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
        log = compile_tex(tmp_path, f"{name}.tex")
        assert "Overfull" not in log
        assert "Missing character" not in log


def test_catalogue_table_holds_exact_rows(catalogued: str) -> None:
    lines = catalogued.splitlines()
    pentagon = next(line for line in lines if "{\\raggedright pentagon\\" in line)
    assert r"& 5 & 2 & $2 / 5$ & yes & $4$ &" in pentagon
    assert r"$- 1 / 4 + \sqrt{5} / 4$ (2)" in pentagon
    coulomb = next(line for line in lines if "(Coulomb)" in line)
    assert r"$\approx 0.374376$ & no" in coulomb
