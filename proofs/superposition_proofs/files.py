"""Writing results so that nothing the user had is lost."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from superposition_theory import InputError


def output_directory(path: str | Path) -> Path:
    """Create a directory for results.

    Parameters
    ----------
    path : str or Path
        Existing directories are kept as they are.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        The path is a file, or cannot be created.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_proofs.files import output_directory
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     output_directory(folder + "/results").is_dir()
    True
    """
    directory = Path(path)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"out is {str(path)!r}, which cannot be a directory ({error.strerror}); "
            "accepted: a directory that exists or can be created"
        ) from error
    return directory


def write_file(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file under a temporary name beside its place, then rename it.

    Parameters
    ----------
    path : Path
    write : callable
        Is given the temporary path, which has the same suffix.

    Returns
    -------
    Path
        The file, complete; on failure the old file, if any, is untouched.

    Raises
    ------
    InputError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from superposition_proofs.files import write_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(Path(folder) / "a.txt", lambda p: p.write_text("x") and None).read_text()
    'x'
    """
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror})") from error
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a text file as UTF-8, by ``write_file``.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from superposition_proofs.files import write_text
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(Path(folder) / "a.txt", "theorem").read_text()
    'theorem'
    """

    def write(temporary: Path) -> None:
        temporary.write_text(text, encoding="utf-8")

    return write_file(path, write)
