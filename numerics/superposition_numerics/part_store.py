"""Finished parts of a long computation in a file of JSON lines that is only appended to."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from superposition_theory import InputError

from .json_lines import append_line


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
    >>> from superposition_numerics.part_store import part_key
    >>> part_key(1, [0.5]) == part_key(1, [0.25])
    False
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class PartStore:
    """Values under keys in a file; each is on the disk before `append` returns.

    What a kill or a lost disk block leaves of a line is skipped, at the end of the file or, after a
    resumed run, inside it.

    Parameters
    ----------
    path : str or os.PathLike[str]
        Need not exist.
    schema : str
        What the values are.
    version : int
        Of the schema.

    Raises
    ------
    InputError
        If the file holds a line of something else, of another schema or version, or cannot be
        read.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.part_store import PartStore
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     PartStore(f"{folder}/parts.jsonl", "example", 1).append("k", [0.1])
    ...     PartStore(f"{folder}/parts.jsonl", "example", 1).get("k")
    [0.1]
    """

    def __init__(self, path: str | os.PathLike[str], schema: str, version: int) -> None:
        self.path = Path(path)
        self._head = {"schema": schema, "version": version}
        self._values: dict[str, Any] = {}
        try:
            lines = self.path.read_bytes().split(b"\n") if self.path.exists() else []
        except OSError as error:
            raise InputError(f"{self.path} cannot be read as a store: {error}") from error
        for number, line in enumerate(lines, start=1):
            if not self._take(line):
                raise InputError(
                    f"{self.path}, line {number} is not of this store; accepted: JSON lines of the "
                    f"schema {schema!r}, version {version}"
                )

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Go through the keys, in the order in which they came, and their last values."""
        return iter(self._values.items())

    def get(self, key: str) -> Any:
        """Return the value last appended under a key, or None."""
        return self._values.get(key)

    def append(self, key: str, value: object) -> None:
        """Append a JSON value; it is given out as it will be read: a tuple as a list.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        append_line(self.path, {**self._head, "key": key, "value": value})
        self._values[key] = json.loads(json.dumps(value))

    def _take(self, line: bytes) -> bool:
        """Take a line in, and return whether it is a record or what is left of one."""
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            opening = json.dumps({**self._head, "key": ""})[:-2].encode()
            start = line.strip(b"\0")[: len(opening)]
            return start == opening[: len(start)]
        if not isinstance(record, dict) or set(record) != {*self._head, "key", "value"}:
            return False
        key, value = record.pop("key"), record.pop("value")
        if record != self._head or not isinstance(key, str):
            return False
        self._values[key] = value
        return True
