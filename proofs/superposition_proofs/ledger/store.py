"""A file of results: appended as they come, found again by the hash of what they depend on."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from superposition_numerics.json_lines import append_line
from superposition_theory.errors import InputError

from .records import Level, Status
from .results import EvidenceResult

_SCHEMA = "superposition.result"
_VERSION = 1
_OPENING = f'{{"schema": "{_SCHEMA}", "version": {_VERSION}, "key": "'.encode()


def result_key(
    fingerprint: str, claim: str, evidence: str, kind: Status, level: Level, seed: int
) -> str:
    """Return the hash of everything that a result depends on.

    Parameters
    ----------
    fingerprint : str
        Of the sources and versions, as `environment.fingerprint` gives it.
    claim, evidence : str
        The id of the claim and the name of the evidence.
    kind : Status
        The kind of the evidence.
    level, seed : Level, int
        Of the run.

    Returns
    -------
    str
        A sha256 in hexadecimal.

    Examples
    --------
    >>> one = result_key("f", "c", "e", Status.checked, Level.quick, 0)
    >>> one == result_key("f", "c", "e", Status.checked, Level.quick, 1)
    False
    """
    parts = [fingerprint, claim, evidence, str(kind), str(level), seed]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class ResultStore:
    """Results in a file of JSON lines that is only ever appended to.

    Each result is one line, on the disk before `append` returns. What a kill in the middle of a
    line leaves behind is skipped, at the end of the file and, after a resumed run, inside it; any
    other line that is not a result is an error, so that a file of something else is not written
    to.

    Parameters
    ----------
    path : str or os.PathLike[str]
        Need not exist; its folder is made when the first result is appended.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    skipped : tuple[int, ...]
        Numbers, from 1, of the incomplete lines that were skipped when the file was opened.

    Raises
    ------
    InputError
        If the file cannot be read or holds something else, with the number of the line.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_proofs.ledger import Outcome
    >>> result = EvidenceResult("c", "e", Status.checked, Outcome(True, "holds"), {}, 0.5, "k")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ResultStore(f"{folder}/results.jsonl").append(result)
    ...     ResultStore(f"{folder}/results.jsonl").get("k") == result
    True
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._results: dict[str, EvidenceResult] = {}
        skipped: list[int] = []
        lines = self._read().split(b"\n")
        if not lines[-1]:
            lines.pop()
        foreign_end = None
        for number, line in enumerate(lines, start=1):
            try:
                result = _parse(line)
            except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
                if not _is_torn(line):
                    if number < len(lines):
                        raise self._refusal(number, "is not JSON") from None
                    foreign_end = number
                skipped.append(number)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise self._refusal(number, f"is not a result ({error!r})") from error
            else:
                self._results[result.key] = result
        if foreign_end is not None and not self._results:
            raise self._refusal(foreign_end, "is not JSON")
        self.skipped = tuple(skipped)

    def __len__(self) -> int:
        """Return the number of distinct keys."""
        return len(self._results)

    def get(self, key: str) -> EvidenceResult | None:
        """Return the result of a key, or None; a result with an error is not given out.

        Parameters
        ----------
        key : str
            As `result_key` gives it.

        Returns
        -------
        EvidenceResult or None
            The last one appended under the key.
        """
        result = self._results.get(key)
        return result if result is not None and result.error is None else None

    def append(self, result: EvidenceResult) -> None:
        """Append a result, and return when it is on the disk.

        Parameters
        ----------
        result : EvidenceResult
            Found again under its `key`.

        Raises
        ------
        OSError
            If the file cannot be written, for instance because the disk is full.
        """
        record = {
            "schema": _SCHEMA,
            "version": _VERSION,
            "key": result.key,
            "result": result.to_dict(),
        }
        append_line(self.path, record)
        self._results[result.key] = result

    def _read(self) -> bytes:
        """Return the contents of the file, or nothing when there is none."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be read as a store of results: {error}"
            ) from error

    def _refusal(self, number: int, problem: str) -> InputError:
        """Return the error for a line that does not belong into a store."""
        return InputError(
            f"{self.path}, line {number} {problem}; a store of results holds JSON lines of the "
            f"schema {_SCHEMA!r}, version {_VERSION}"
        )


def _parse(line: bytes) -> EvidenceResult:
    """Return the result in a line; ValueError, KeyError or TypeError when it is something else."""
    record = json.loads(line)
    if not isinstance(record, dict) or record.get("schema") != _SCHEMA:
        raise ValueError("no such schema")
    if record.get("version") != _VERSION:
        raise ValueError(f"version {record.get('version')!r}")
    result = EvidenceResult.from_dict(record["result"])
    if result.key != record["key"]:
        raise ValueError("two different keys")
    return result


def _is_torn(line: bytes) -> bool:
    """Whether a line begins as a record does, or holds what a lost disk block leaves: zeros."""
    start = line.strip(b"\0")[: len(_OPENING)]
    return start == _OPENING[: len(start)]
