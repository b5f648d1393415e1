r"""The numbers of the written proof in ``proofs/pentagon``, as LaTeX macros made by the program."""

from __future__ import annotations

from pathlib import Path

from ..files import write_text
from . import full_model, other_polygons, pentagon

FILES = {
    "numbers.tex": pentagon.numbers,
    "numbers_full_model.tex": full_model.numbers,
    "numbers_other_n.tex": other_polygons.numbers,
}


def write_numbers(folder: Path) -> list[Path]:
    """Write the files of macros into a folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path

    Examples
    --------
    >>> from superposition_proofs.paper import FILES
    >>> sorted(FILES)
    ['numbers.tex', 'numbers_full_model.tex', 'numbers_other_n.tex']
    """
    return [write_text(folder / name, numbers()) for name, numbers in FILES.items()]


__all__ = ["FILES", "write_numbers"]
