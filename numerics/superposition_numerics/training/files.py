"""Runs in files: arrays and a header of settings, in the .npz or the .safetensors format."""

from __future__ import annotations

import hashlib
import json
import math
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..weights import list_tensors
from .instances import Problem
from .plan import Plan
from .run import ENDINGS, Run
from .traces import SpectralTrace, spectral_trace

SCHEMA = "superposition.training.run"
VERSION = 1
SUFFIXES = (".npz", ".safetensors")

FilePath = str | os.PathLike[str]
Header = dict[str, Any]
Arrays = dict[str, npt.NDArray[Any]]

_HEADER = "header"
_DIGEST = "sha256"
_ENTRIES = 1 << 22  # of weights whose spectral quantities are computed together
_ACCEPTED = "accepted: a file written by save_run or train"


def save_run(run: Run, path: FilePath) -> None:
    """Write a run to a file, with everything that it depends on.

    The file is complete or absent: it is written under another name, and renamed. It holds

    - ``steps``, ``losses``, ``flat``, ``ended``: the arrays of the run;
    - ``final/0/W``, ``final/0/b``, ...: the parameters of each instance at the end, features in
      columns for W and W1, to be read as weights of a model;
    - ``spectral/eigenvalues``, ...: the arrays of `spectral_trace`;
    - a header in JSON: schema, version, the plan, the endings, the versions of the software.

    Parameters
    ----------
    run : Run
    path : str or path-like
        Its suffix, .npz or .safetensors, names the format; its folder must exist.

    Raises
    ------
    InputError
        Another suffix, a folder that does not exist, a file that cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> from superposition_numerics.training import save_run
    >>> from superposition_numerics.weights import read_weights
    >>> run = train(Plan(Problem(Model("relu", 3, 2)), Samples(64), steps=20))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = folder + "/run.npz"
    ...     save_run(run, path)
    ...     W = read_weights(path, tensor="final/0/W", layout="features-in-columns")
    >>> bool((W.values == run.final["W"][0]).all())
    True
    """
    arrays: Arrays = {"steps": run.steps, "losses": run.losses, "flat": run.flat}
    arrays["ended"] = run.ended
    for name, values in run.final.items():
        arrays |= {f"final/{k}/{name}": one for k, one in enumerate(values)}
    arrays |= {f"spectral/{name}": values for name, values in _spectral_arrays(run).items()}
    header = {"plan": run.plan.to_dict(), "finished": True, "endings": list(run.endings)}
    write_file(checked_path("path", path), header, arrays)


def read_run(path: FilePath, /, **given: Any) -> Run:
    """Read a run that `save_run` or a finished `train` has written; nothing is ever unpickled.

    Parameters
    ----------
    path : str or path-like
    **given
        ``source`` where it is a data set, of which the file holds only the hash.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        A file that cannot be read, is damaged or holds something else; the checkpoint of a run
        that is not finished; another source than that of the run.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> from superposition_numerics.training import read_run, save_run
    >>> run = train(Plan(Problem(Model("relu", 3, 2)), Samples(64), steps=20))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_run(run, folder + "/run.safetensors")
    ...     again = read_run(folder + "/run.safetensors")
    >>> again.plan == run.plan, bool((again.flat == run.flat).all())
    (True, True)
    """
    file = checked_path("path", path)
    header, arrays = read_file(file)
    if not header["finished"]:
        raise InputError(
            f"{file} is the checkpoint of an unfinished run; accepted: a finished one, which "
            "train(plan, checkpoint=...) makes of it"
        )
    if not isinstance(header["plan"]["initial"], str):
        model = Problem.from_dict(header["plan"]["problem"]).model
        given = {"initial": model.views(arrays["flat"][0]), **given}
    return run_of(file, Plan.from_dict(header["plan"], **given), header, arrays)


def run_of(file: Path, plan: Plan, header: Header, arrays: Arrays) -> Run:
    """Return the run of a plan from what its file holds.

    Raises
    ------
    InputError
        Arrays that do not fit the plan.
    """
    steps, count = plan.record_steps, plan.problem.count
    shapes: dict[str, tuple[tuple[int, ...], str]] = {
        "steps": (steps.shape, "int64"),
        "losses": ((len(steps), count), "float64"),
        "flat": ((len(steps), count, plan.problem.model.size), plan.dtype),
        "ended": ((count,), "int64"),
    }
    for name, (shape, dtype) in shapes.items():
        values = arrays.get(name)
        if values is None or values.shape != shape or values.dtype != dtype:
            raise InputError(f"{file} has no {name} of {dtype} in the shape {shape}; {_ACCEPTED}")
        if not np.isfinite(values).all():
            raise InputError(f"{file} has {name} that are not finite; {_ACCEPTED}")
    endings = tuple(header["endings"])
    if len(endings) != count or not set(endings) <= set(ENDINGS):
        raise InputError(f"{file} has other endings than its instances; {_ACCEPTED}")
    return Run(plan, steps, arrays["losses"], arrays["flat"], endings, arrays["ended"])


def _spectral_arrays(run: Run) -> Arrays:
    """Return the arrays of the spectral trace, computed for some records at a time."""
    model = run.plan.problem.model
    width = max(1, _ENTRIES // (run.plan.problem.count * model.features * model.dimensions))
    parts = [slice(first, first + width) for first in range(0, len(run.steps), width)]
    traces = [
        spectral_trace(replace(run, steps=run.steps[k], losses=run.losses[k], flat=run.flat[k]))
        for k in parts
    ]
    names = [field.name for field in fields(SpectralTrace) if field.name != "steps"]
    return {name: np.concatenate([getattr(one, name) for one in traces]) for name in names}


def environment(backend: str) -> dict[str, str]:
    """Return the versions of the software that the numbers of a run may depend on."""
    names = ["spectral-superposition", "numpy", "scipy"] + (["numba"] if backend == "numba" else [])
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    """Return the version of a package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def checked_path(argument: str, path: FilePath) -> Path:
    """Return the path of a file in a folder that exists, in a format that is known.

    Raises
    ------
    InputError
        Another suffix, no such folder.
    """
    if not isinstance(path, str | os.PathLike):
        raise InputError(f"{argument} is {path!r}; accepted: a path")
    file = Path(path)
    if file.suffix not in SUFFIXES:
        raise InputError(f"{argument} is {str(file)!r}; accepted: {' or '.join(SUFFIXES)} files")
    if not file.parent.is_dir():
        raise InputError(f"{argument} is {str(file)!r}; accepted: a file in a folder that exists")
    return file


def write_file(file: Path, header: Header, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write a file that is complete and on the disk when it has its name.

    Raises
    ------
    InputError
        A file that cannot be written.
    """
    from safetensors.numpy import save

    plain = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    header = {
        "schema": SCHEMA,
        "version": VERSION,
        "environment": environment(header["plan"]["backend"]),
        **header,
    }
    text = json.dumps(header | {_DIGEST: _digest(header, plain)}, allow_nan=False)
    temporary = file.with_name(f".{file.stem}.writing{file.suffix}")
    try:
        with temporary.open("wb") as handle:
            if file.suffix == ".npz":
                data: dict[str, Any] = {_HEADER: np.frombuffer(text.encode(), np.uint8), **plain}
                np.savez(handle, **data)
            else:  # save_file would leave a file of its own behind if it were killed
                handle.write(save(plain, {_HEADER: text}))
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)


def read_file(file: Path) -> tuple[Header, Arrays]:
    """Return what `write_file` wrote.

    Raises
    ------
    InputError
        A file that cannot be read, is damaged, or is not of a run in this version.
    """
    from safetensors import SafetensorError

    tensors = list_tensors(file)
    try:
        size = sum(math.prod(one.shape) * np.dtype(one.dtype).itemsize for one in tensors)
        if size > file.stat().st_size:
            raise ValueError(f"claims {size} bytes of numbers")
        text, arrays = _READERS[file.suffix](file)
        header = json.loads(text)
        schema, written = header.get("schema"), header.get("version")
        if (schema, written) == (SCHEMA, VERSION) and (
            header.pop(_DIGEST, None) != _digest(header, arrays)
        ):
            raise ValueError("its numbers are not those that were written")
    except (
        AttributeError,
        EOFError,
        KeyError,
        OSError,
        SafetensorError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise InputError(f"{file} is damaged or not of a run ({error}); {_ACCEPTED}") from error
    if (schema, written) != (SCHEMA, VERSION):
        raise InputError(
            f"{file} is of schema {schema!r}, version {written!r}; accepted: {SCHEMA!r}, version "
            f"{VERSION}"
        )
    return header, arrays


def _read_npz(file: Path) -> tuple[str, Arrays]:
    """Return the header and the arrays of an archive."""
    with np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    return arrays.pop(_HEADER).tobytes().decode(), arrays


def _read_safetensors(file: Path) -> tuple[str, Arrays]:
    """Return the header and the arrays of a file of tensors."""
    from safetensors import safe_open

    with safe_open(file, framework="numpy") as tensors:
        text = (tensors.metadata() or {})[_HEADER]
        return text, {name: tensors.get_tensor(name) for name in tensors.keys()}  # noqa: SIM118


_READERS = {".npz": _read_npz, ".safetensors": _read_safetensors}


def _digest(header: Header, arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """Return the hash of a header and of arrays with their names, types and shapes."""
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        values = arrays[name]
        digest.update(json.dumps([name, values.dtype.str, values.shape]).encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()
