"""Finished parts of a long computation in a file of JSON lines that is only appended to."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from superposition_theory import InputError

from ..json_lines import append_line

_SCHEMA = "superposition.landscape"
_OPENING = f'{{"schema": "{_SCHEMA}", "key": "'.encode()


def part_key(*parts: object) -> str:
    """Return the hash of what a part depends on.

    Parameters
    ----------
    *parts : JSON values

    Returns
    -------
    str
        A sha256 in hexadecimal.

    Examples
    --------
    >>> part_key(1, [0.5]) == part_key(1, [0.25])
    False
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class PartStore:
    """Values under keys in a file; each is on the disk before `append` returns.

    A line that a kill has cut off is skipped, at the end of the file or, after a resumed run,
    inside it.

    Parameters
    ----------
    path : str or os.PathLike[str]
        Need not exist.

    Raises
    ------
    InputError
        If the file holds a line of something else, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     PartStore(f"{folder}/parts.jsonl").append("k", [0.1])
    ...     PartStore(f"{folder}/parts.jsonl").get("k")
    [0.1]
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._values: dict[str, Any] = {}
        try:
            lines = self.path.read_bytes().split(b"\n") if self.path.exists() else []
        except OSError as error:
            raise InputError(f"{self.path} cannot be read as a store: {error}") from error
        for number, line in enumerate(lines, start=1):
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            if isinstance(record, dict) and record.get("schema") == _SCHEMA:
                self._values[record["key"]] = record["value"]
            elif record is not None or line[: len(_OPENING)] != _OPENING[: len(line)]:
                raise InputError(
                    f"{self.path}, line {number} is not of a store; accepted: JSON lines of the "
                    f"schema {_SCHEMA!r}"
                )

    def get(self, key: str) -> Any:
        """Return the value last appended under a key, or None."""
        return self._values.get(key)

    def append(self, key: str, value: object) -> None:
        """Append a JSON value.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        append_line(self.path, {"schema": _SCHEMA, "key": key, "value": value})
        self._values[key] = value
