"""The generated numbers of the section on other polygons are those in the tree."""

from __future__ import annotations

from pathlib import Path

from superposition_proofs.other_polygons_paper import main, numbers

FOLDER = Path(__file__).resolve().parents[2] / "proofs" / "pentagon"


def test_the_numbers_are_up_to_date() -> None:
    assert (FOLDER / "numbers_other_n.tex").read_text(encoding="utf-8") == numbers()


def test_every_macro_is_used_or_in_the_table() -> None:
    text = (FOLDER / "other_n.tex").read_text(encoding="utf-8")
    names = [line.split("{")[1].rstrip("}") for line in numbers().splitlines() if "command" in line]
    assert len(names) > 15
    assert [name for name in names if name not in text] == []


def test_main_writes_the_file(tmp_path: Path) -> None:
    main([str(tmp_path)])
    assert (tmp_path / "numbers_other_n.tex").read_text(encoding="utf-8") == numbers()
