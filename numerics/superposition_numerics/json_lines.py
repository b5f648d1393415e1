"""Appending to a file of JSON lines so that a kill costs at most the line being written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path


def append_line(path: Path, record: Mapping[str, object]) -> None:
    """Append a record as a line, and return when it is on the disk.

    A line that a kill has cut off is closed first, so that it spoils no other.

    Parameters
    ----------
    path : Path
        Its folder is made where it is missing.
    record : mapping
        JSON data without NaN or infinity.

    Raises
    ------
    OSError
        If the file cannot be written, for instance because the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from superposition_numerics.json_lines import append_line
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "results.jsonl"
    ...     _ = path.write_text('{"torn', encoding="utf-8")
    ...     append_line(path, {"key": 1})
    ...     path.read_text(encoding="utf-8").splitlines()
    ['{"torn', '{"key": 1}']
    """
    line = json.dumps(record, allow_nan=False).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
