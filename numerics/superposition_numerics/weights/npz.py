"""The .npz format: a zip archive of .npy members, whose claims about sizes are not trusted."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from superposition_theory.errors import InputError

from .checks import StoredMatrix, TensorInfo, file_label, opened, refusal, require_matrix, shown
from .npy import PREFIX_BYTES, NpyHeader, parse_header, precision, require_size

_ACCEPTED = "an archive written by numpy.savez or numpy.savez_compressed"
_CHUNK = 1 << 20
_SUFFIX = ".npy"

# Deflate spends at least two bits on 258 bytes.
_LARGEST_DEFLATE_RATIO = 1032

_ENCRYPTED = 0x1 | 0x40

_ZIP_ERRORS = (
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; turn what the zip reader raises on damage into a refusal."""
    with opened(path) as handle:
        try:
            with zipfile.ZipFile(handle) as archive:
                yield archive
        except InputError:
            raise
        except _ZIP_ERRORS as error:
            raise refusal(
                file_label(path),
                f"is not a zip archive or is damaged ({type(error).__name__}: {shown(error)})",
                _ACCEPTED,
            ) from error


def _members(label: str, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the arrays of an archive by name; refuse two of one name."""
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if info.filename.endswith(_SUFFIX):
            name = info.filename.removesuffix(_SUFFIX)
            if name in members:
                raise refusal(label, f"holds two arrays named {shown(name)}", _ACCEPTED)
            members[name] = info
    return members


def _header(label: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NpyHeader:
    """Return the .npy header of a member that is neither encrypted nor oddly compressed."""
    if info.flag_bits & _ENCRYPTED:
        raise refusal(label, "is encrypted", _ACCEPTED)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refusal(
            label, f"has zip compression {info.compress_type}", "stored or deflated members"
        )
    with archive.open(info) as stream:
        return parse_header(label, stream.read(PREFIX_BYTES))


def list_npz(path: Path) -> tuple[TensorInfo, ...]:
    """List the arrays of an archive from their headers; nothing is unpickled."""
    label = file_label(path)
    with _archive(path) as archive:
        headers = {
            name: _header(f"{label}: tensor {shown(name)}", archive, info)
            for name, info in _members(label, archive).items()
        }
    return tuple(
        TensorInfo(name, header.shape, header.dtype.name) for name, header in headers.items()
    )


def read_npz(path: Path, name: str) -> StoredMatrix:
    """Read one matrix of an archive straight into its final memory."""
    label = f"{file_label(path)}: tensor {shown(name)}"
    with _archive(path) as archive:
        info = _members(label, archive)[name]
        header = _header(label, archive, info)
        require_matrix(label, header.shape, header.dtype)
        require_size(label, header, info.file_size)
        _require_possible(label, info, path.stat().st_size)
        entries = np.empty(header.shape, header.dtype, "F" if header.fortran_order else "C")
        target = entries.ravel(order="K").view(np.uint8)
        with archive.open(info) as stream:
            stream.read(header.offset)
            for start in range(0, target.size, _CHUNK):
                part = target[start : start + _CHUNK]
                data = stream.read(part.size)
                if len(data) != part.size:
                    raise EOFError("the compressed data end early")
                part[:] = np.frombuffer(data, np.uint8)
    if not header.dtype.isnative:
        entries = entries.byteswap(inplace=True).view(header.dtype.newbyteorder("="))
    return StoredMatrix(entries, header.dtype.name, precision(header.dtype))


def _require_possible(label: str, info: zipfile.ZipInfo, archive_bytes: int) -> None:
    """Refuse a member whose claimed size no compressed data of this length can have."""
    ratio = 1 if info.compress_type == zipfile.ZIP_STORED else _LARGEST_DEFLATE_RATIO
    if info.file_size > ratio * min(info.compress_size, archive_bytes):
        raise refusal(
            label,
            f"claims {info.file_size} bytes out of {info.compress_size} compressed ones in an"
            f" archive of {archive_bytes} bytes",
            _ACCEPTED,
        )
