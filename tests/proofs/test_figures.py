"""Pictures show the numbers of the analysis, for odd matrices too."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from superposition_numerics.samples import frame_with_singular_values, saturated_frame
from superposition_numerics.spectral import SpectralAnalysis, analyse
from superposition_proofs.diagnosis import Diagnosis
from superposition_proofs.figures import (
    claims_figure,
    diagnosis_figures,
    draw_dimensionality,
    draw_localization,
    draw_spectrum,
)
from superposition_proofs.ledger import Claim, ClaimKind, Reference, Registry, Status
from superposition_theory import InputError

MAGIC = {".pdf": b"%PDF-", ".png": b"\x89PNG\r\n\x1a\n", ".svg": b"<?xml"}
RNG = np.random.default_rng(3)
GENERIC = RNG.standard_normal((5, 12))
SATURATED = saturated_frame([(3, 15, 2.0), (5, 25, 7.0)], rng=RNG)
MANY = frame_with_singular_values(list(np.linspace(1, 3, 21)), 30, rng=RNG)
FILES = {
    name + suffix
    for name in ("dimensionality", "spectrum", "localization", "overview")
    for suffix in (".pdf", ".png")
}


def diagnosis_of(W: Any) -> Diagnosis:
    """Return the diagnosis of a matrix without a null."""
    return Diagnosis("w.npy", None, "features-in-columns", "float64", 0.0, analyse(W), None)


def panel() -> Any:
    """Return axes of a figure of their own."""
    return Figure(figsize=(3.4, 2.6), dpi=50, layout="constrained").subplots()


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    W = np.diag(np.arange(1.0, 61.0))
    return diagnosis_figures(diagnosis_of(W), tmp_path_factory.mktemp("sixty"))


def assert_valid(paths: tuple[Path, ...]) -> None:
    """Check names, first and last bytes of the files of a diagnosis."""
    assert {path.name for path in paths} == FILES
    assert set(paths[0].parent.iterdir()) == set(paths)
    for path in paths:
        data = path.read_bytes()
        assert data.startswith(MAGIC[path.suffix])
        assert data.rstrip().endswith(b"%%EOF" if path.suffix == ".pdf" else b"IEND\xaeB`\x82")


def test_all_files_are_written_and_valid(sixty: tuple[Path, ...], tmp_path: Path) -> None:
    assert_valid(sixty)
    open_before = plt.get_fignums()
    assert_valid(diagnosis_figures(diagnosis_of(np.zeros((3, 0))), tmp_path))
    assert plt.get_fignums() == open_before


def test_pictures_are_deterministic_and_carry_no_date(
    sixty: tuple[Path, ...], tmp_path: Path
) -> None:
    again = diagnosis_figures(diagnosis_of(np.diag(np.arange(1.0, 61.0))), tmp_path)
    for first, second in zip(sixty, again, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name
        assert b"CreationDate" not in first.read_bytes()


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dimensionality\.pdf cannot be written"):
        diagnosis_figures(diagnosis_of(GENERIC), tmp_path / "missing")
    plt.close("all")


@pytest.mark.parametrize(
    "W",
    [
        pytest.param(np.zeros((3, 4)), id="all zero"),
        pytest.param(np.array([[3.0], [4.0]]), id="one feature"),
        pytest.param(np.ones((4, 3)), id="rank one"),
        pytest.param(GENERIC * 1e-160, id="scale 1e-160"),
        pytest.param(GENERIC * 1e150, id="scale 1e150"),
        pytest.param(GENERIC * 1e-130, id="scale 1e-130"),
        pytest.param(np.diag([1e150, 1.0, 1e-150]), id="condition 1e300"),
        pytest.param(frame_with_singular_values([1.0, 1e-6, 1e-12], 9, rng=RNG), id="cond 1e12"),
        pytest.param(RNG.standard_normal((4, 2500)), id="many features"),
        pytest.param(MANY, id="21 eigenspaces"),
        pytest.param(GENERIC.astype(np.float16), id="float16"),
    ],
)
def test_odd_matrices_are_drawn_without_a_warning(W: Any) -> None:
    figure = Figure(figsize=(10.2, 2.8), dpi=40, layout="constrained")
    analysis = analyse(W)
    for axes, draw in zip(
        figure.subplots(1, 3),
        (draw_dimensionality, draw_spectrum, draw_localization),
        strict=True,
    ):
        draw(axes, analysis)
        assert np.isfinite([*axes.get_xlim(), *axes.get_ylim()]).all()
        assert axes.get_xlabel()
        assert axes.get_ylabel()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    assert buffer.getvalue().startswith(MAGIC[".png"])


def slopes(axes: Any) -> list[float]:
    """Return the slope of each line, all of which start at the origin."""
    found = []
    for line in axes.get_lines():
        (x0, x1), (y0, y1) = line.get_xdata(), line.get_ydata()
        assert (x0, y0) == (0, 0)
        found.append(y1 / x1)
    return found


@pytest.mark.parametrize("scale", [1.0, 3.0, 1e-100, 1e100])
@pytest.mark.parametrize("W", [GENERIC, SATURATED, MANY], ids=["generic", "saturated", "many"])
def test_points_are_squared_norm_and_d_and_lines_have_slope_one_over_eigenvalue(
    W: Any, scale: float
) -> None:
    axes = panel()
    draw_dimensionality(axes, analyse(scale * W))
    F = W @ W.T
    squares = (W * W).sum(axis=0)
    d = squares**2 / np.einsum("ai,ab,bi->i", W, F, W)
    (points,) = axes.collections
    drawn = np.asarray(points.get_offsets())
    np.testing.assert_allclose(drawn[:, 0], scale**2 * squares, rtol=1e-10)
    np.testing.assert_allclose(drawn[:, 1], d, rtol=1e-10)
    distinct = sorted({float(f"{x:.6g}") for x in np.linalg.eigvalsh(F)}, reverse=True)
    np.testing.assert_allclose(slopes(axes), [1 / (scale**2 * x) for x in distinct], rtol=1e-5)
    assert axes.get_xlim()[0] == 0
    assert axes.get_xlim()[1] >= scale**2 * squares.max()
    assert axes.get_ylim()[1] >= d.max()
    assert axes.get_title(loc="left") == f"capacity {d.sum():.4g} of rank {W.shape[0]}"


def test_legend_and_colours_belong_to_the_eigenspaces() -> None:
    axes = panel()
    draw_dimensionality(axes, analyse(SATURATED))
    legend = axes.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [
        r"$\lambda$ = 7 ($\times 5$)",
        r"$\lambda$ = 2 ($\times 3$)",
    ]
    on_line = np.linalg.norm(SATURATED, axis=0)
    F = SATURATED @ SATURATED.T
    kappa = np.einsum("ai,ab,bi->i", SATURATED, F, SATURATED) / on_line**2
    colours = [to_hex(c) for c in axes.collections[0].get_facecolors()[:, :3]]
    lines = [to_hex(line.get_color()) for line in axes.get_lines()]
    assert colours == [lines[0] if k > 4.5 else lines[1] for k in kappa]
    assert lines[0] != lines[1]


def test_many_eigenspaces_have_no_legend() -> None:
    axes = panel()
    draw_dimensionality(axes, analyse(MANY))
    assert axes.get_legend() is None
    assert len(axes.get_lines()) == 21


def test_units_that_float64_cannot_hold_are_said_on_the_axes() -> None:
    analysis = analyse(GENERIC * 1e-160)
    power = 2 * analysis.exponent
    for draw, label in ((draw_dimensionality, "get_xlabel"), (draw_spectrum, "get_ylabel")):
        axes = panel()
        draw(axes, analysis)
        assert f"2^{{{power}}}" in getattr(axes, label)()
        draw(plain := panel(), analyse(GENERIC))
        assert "2^{" not in getattr(plain, label)()
    axes = panel()
    draw_dimensionality(axes, analysis)
    expected = (GENERIC**2).sum(axis=0) * 2.0 ** (-power + 2 * np.log2(1e-160))
    drawn = np.asarray(axes.collections[0].get_offsets())[:, 0]
    np.testing.assert_allclose(drawn, expected, rtol=1e-9)


def test_zero_columns_are_not_drawn() -> None:
    axes = panel()
    draw_dimensionality(axes, analyse(np.array([[1.0, -1.0, 0.0]])))
    drawn = np.asarray(axes.collections[0].get_offsets())
    np.testing.assert_allclose(drawn, [[1, 0.5], [1, 0.5]], rtol=1e-12)
    localization = panel()
    draw_localization(localization, analyse(np.array([[1.0, -1.0, 0.0]])))
    assert sum(bar.get_height() for bar in localization.patches) == 2


def test_spectrum_shows_each_eigenvalue_with_its_multiplicity() -> None:
    axes = panel()
    draw_spectrum(axes, analyse(np.diag([3.0, 1.0, 1.0, 0.0])))
    (points,) = axes.collections
    np.testing.assert_allclose(points.get_offsets(), [[1, 9], [2, 1], [3, 1]])
    (double,) = axes.get_lines()
    assert list(double.get_xdata()) == [1.5, 3.5]
    np.testing.assert_allclose(double.get_ydata(), 1)
    assert double.get_linestyle() == "-"
    assert [text.get_text() for text in axes.texts] == [r"$\times 2$"]
    assert axes.get_title(loc="left") == "2 eigenspaces in 4 dimensions"
    assert axes.get_yscale() == "linear"


def test_a_chained_eigenspace_is_dotted_and_questioned() -> None:
    axes = panel()
    draw_spectrum(axes, analyse(np.diag(np.sqrt([1.0, 0.99, 0.98])), tolerance=0.015))
    (line,) = axes.get_lines()
    assert line.get_linestyle() == ":"
    assert [text.get_text() for text in axes.texts] == [r"$\times 3$?"]
    assert axes.get_title(loc="left") == "1 eigenspace in 3 dimensions"


def test_a_wide_spectrum_has_a_logarithmic_axis_that_holds_it() -> None:
    axes = panel()
    draw_spectrum(axes, analyse(np.diag([10.0, 1.0])))
    assert axes.get_yscale() == "log"
    low, high = axes.get_ylim()
    assert 0 < low < 1
    assert high > 100


def bars(axes: Any) -> list[tuple[float, float, float]]:
    """Return left edge, right edge and height of the bars that are not empty."""
    return [
        (bar.get_x(), bar.get_x() + bar.get_width(), bar.get_height())
        for bar in axes.patches
        if bar.get_height()
    ]


def test_localization_counts_features_by_participation_ratio() -> None:
    # (1, 0), (0, 1), (1, 1): F = [[2, 1], [1, 2]]; the first two have p = (1/2, 1/2), the third 1.
    axes = panel()
    draw_localization(axes, analyse(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])))
    low, high = bars(axes)
    assert (low[0] <= 1 < low[1], low[2]) == (True, 1)
    assert (high[0] <= 2 < high[1], high[2]) == (True, 2)
    assert axes.get_title(loc="left") == "1 of 3 features localized"


@pytest.mark.parametrize("W", [GENERIC, SATURATED, MANY, np.eye(60) * np.arange(1, 61)])
def test_localization_counts_every_represented_feature(W: Any) -> None:
    axes = panel()
    analysis: SpectralAnalysis = analyse(W)
    draw_localization(axes, analysis)
    assert sum(height for _, _, height in bars(axes)) == analysis.represented


def registry() -> Registry:
    """Return three claims: b and c use a, c uses b."""

    def claim(name: str, *uses: str) -> Claim:
        proof = Reference(Status.written, "By hand.", uses=uses)
        return Claim(name, name, "x", (), "ours", ClaimKind.theorem, (proof,))

    return Registry([claim("a-lemma"), claim("b", "a-lemma"), claim("c", "b")])


def test_claims_figure_is_deterministic_svg(tmp_path: Path) -> None:
    statuses = {"a-lemma": Status.written, "b": Status.proved, "c": Status.open}
    one = claims_figure(registry(), statuses, tmp_path / "one.svg").read_bytes()
    two = claims_figure(registry(), statuses, tmp_path / "two.svg").read_bytes()
    assert one == two
    assert one.startswith(MAGIC[".svg"])
    assert one.rstrip().endswith(b"</svg>")
    text = one.decode().lower()
    for colour in ("#999933", "#117733", "#dddddd"):  # written, proved, open
        assert f"fill: {colour}" in text
    assert "<dc:date>" not in text


def test_claims_figure_that_cannot_be_written(tmp_path: Path) -> None:
    statuses = dict.fromkeys(registry(), Status.written)
    with pytest.raises(InputError, match=r"g\.svg cannot be written"):
        claims_figure(registry(), statuses, tmp_path / "missing" / "g.svg")
    plt.close("all")
