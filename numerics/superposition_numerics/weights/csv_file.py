"""Comma separated numbers without a header row."""

import io
import re
from array import array
from pathlib import Path

import numpy as np

from .checks import StoredMatrix, file_label, opened, refusal, shown

_ACCEPTED = "rows of equally many comma separated decimal numbers in UTF-8, without a header row"
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|nan|inf(?:inity)?)",
    re.ASCII | re.IGNORECASE,
)


def read_csv(path: Path) -> StoredMatrix:
    """Parse a .csv file to float64, one line at a time."""
    label = file_label(path)
    entries = array("d")
    rows = columns = blank = 0
    with opened(path) as handle, io.TextIOWrapper(handle, encoding="utf-8-sig") as text:
        try:
            for row, line in enumerate(text, start=1):
                if blank:
                    raise refusal(label, f"row {blank} is blank and is not the last one", _ACCEPTED)
                if not line.strip():
                    blank = row
                    continue
                numbers = _parse_row(label, row, line)
                if row > 1 and len(numbers) != columns:
                    raise refusal(
                        label,
                        f"row {row} has {len(numbers)} cells and row 1 has {columns}",
                        _ACCEPTED,
                    )
                rows, columns = row, len(numbers)
                entries.extend(numbers)
        except UnicodeDecodeError as error:
            raise refusal(label, f"is not UTF-8 text ({error.reason})", _ACCEPTED) from error
    if rows == 0:
        raise refusal(label, "is empty", _ACCEPTED)
    matrix = np.frombuffer(entries, np.float64).reshape(rows, columns)
    return StoredMatrix(matrix, "text", float(np.finfo(np.float64).eps), counted_from=1)


def _parse_row(label: str, row: int, line: str) -> list[float]:
    """Return the numbers of one line; refuse the first cell that is not one."""
    numbers = []
    for column, cell in enumerate(line.rstrip("\n").split(","), start=1):
        number = cell.strip(" \t")
        if not _NUMBER.fullmatch(number):
            header = " (a header row must be removed)" if row == 1 else ""
            raise refusal(
                label,
                f"row {row}, column {column} holds {shown(cell, 40)}, not a number{header}",
                _ACCEPTED,
            )
        numbers.append(float(number))
    return numbers
