"""Fuzz the readers of weight files: every input is a finite matrix or a refusal, nothing else.

Run ``python tests/fuzz/fuzz_weights.py --minutes 5 --seed 0``. Every input comes from the seed. The
process runs under a limit of its address space; any exception other than `InputError`, any warning,
any request for much memory ends the run, and the input that caused it is kept.
"""

import argparse
import faulthandler
import io
import json
import random
import resource
import shutil
import struct
import sys
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from superposition_numerics.weights import LAYOUTS, list_tensors, read_weights
from superposition_theory.errors import InputError

EXTRA_ADDRESS_SPACE = 2 << 30
LARGEST_GROWTH = 256 << 20

SIZES = [
    -1,
    0,
    1,
    2,
    3,
    7,
    255,
    65_536,
    2**31 - 1,
    2**31,
    2**32,
    2**53,
    2**62,
    2**63,
    2**64,
    10**30,
]
DESCRIPTIONS = [
    "'<f8'", "'>f4'", "'<f2'", "'<f16'", "'|b1'", "'<i8'", "'|u1'", "'|O'", "'<U3'", "'|S2'",
    "'|V2'", "'<c16'", "'<M8[s]'", "'<m8'", "'M8[s/0]'",
    "'f4,f4'", "'<f3'", "''", "'a5'", "'T'", "5", "None", "()", "[]",
    "{}", "('<f8',)", "('<f8', (2,))", "('<f8', 1)", "('<f8', (-1,))", "('<f8', (1 << 40,))",
    "('<f8', (9999999999, 9999999999))", "[('a', '<f4')]", "[('a', '<f4', (2,))]", "[('', '|V4')]",
    "[('a', '<f4'), ('a', '<f4')]", "[(('t', 'a'), '<f4')]", "b'<f4'", "{'a': 1}", "'\\ud800'",
]  # fmt: skip
DTYPE_PARTS = [
    "<", ">", "|", "=", "M8", "m8", "f4", "i8", "V", "S", "U", "O", "T", "b1", "c16", "?", "(", ")",
    "[", "]", "s", "D", "/", "0", "1", "2", "-1", "2147483647", "99999999999", ",", " ", "é", "\0",
]  # fmt: skip
HEADER_TEXTS = [
    "", "{", "'''", "[" * 3000, "(" * 199, "-" * 9000 + "1", "[1," * 3000, "{[]: 1}", "{**a}",
    "1if 2", "'\\d'",
    "\0", "{1: 2, 'a': 3}", "9" * 5000, "0x" + "f" * 9000, "a\n  b", "\x0c", "lambda: 0",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 2L), }", "1e999j", "f'{1}'", "\\",
    "1+" * 4900 + "1", "~" * 5000 + "1", "if x:\n    a\n  b", "x" + "[1]" * 3000,
]  # fmt: skip
CODES = [
    "F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL",
    "C64", "F8_E4M3", "F8_E5M2", "F4", "F6_E2M3", "f32", "", "X",
]  # fmt: skip
NAMES = [
    "W", "W_dec", "b", "", "a/b", "ü", "\u2028", "W\n", "__metadata__", "x" * 300, "../w", "x\0",
]  # fmt: skip
CELLS = [
    "1", "-2.5", "+3e4", ".5", "5.", "1e400", "-1e-400", "nan", "-inf", "Infinity", "", " ", "\t1 ",
    "1_0", "0x1", "1,5", "1;2", '"1"', "a", "é", "١", "ı", "\u2028", "\x0b", "\x00", "\ufeff", "−1",
    "9" * 400, "9" * 100_000, "1" * 100_000 + "x", "0." + "3" * 50_000, "1e" + "9" * 9000, "1e",
    "--1",
]  # fmt: skip
LINE_ENDS = ["\n", "\r\n", "\r", "\n\n", "\x85", "\u2028", "\x0c"]


def npy_text(rng: random.Random, header: str, data: bytes) -> bytes:
    """Return a .npy file with any header text, sometimes with a wrong length or version."""
    text = header.encode("utf-8", "surrogatepass")
    version = rng.choice([(1, 0), (1, 0), (1, 0), (2, 0), (3, 0), (0, 1), (4, 0)])
    wide = version != (1, 0)
    length = rng.choice([len(text)] * 9 + [0, 65_535, 2**32 - 1])
    packed = struct.pack("<I", length) if wide else struct.pack("<H", min(length, 65_535))
    return b"\x93NUMPY" + bytes(version) + packed + text + data


def valid_npy(rng: random.Random) -> bytes:
    """Return a .npy file that NumPy writes."""
    shape = [rng.randrange(1, 6) for _ in range(rng.choice([2] * 9 + [0, 1, 3]))]
    floats, others = ["<f8", "<f4", "<f2", ">f4"], ["<i8", "|i1", "<u8", "|b1", "<c8", "<U2"]
    dtype = rng.choice([*floats, rng.choice(others)])
    array = np.array([rng.randrange(2) for _ in range(int(np.prod(shape)))], dtype).reshape(shape)
    stream = io.BytesIO()
    np.save(stream, np.asarray(array, order=rng.choice(["C", "F"])))
    return stream.getvalue()


def edited_npy(rng: random.Random) -> bytes:
    """Return a .npy file whose header is made of doubtful parts."""
    if rng.random() < 0.2:
        return npy_text(rng, rng.choice(HEADER_TEXTS), rng.randbytes(16))
    sizes = [
        rng.choice([0, 1, 2, *rng.sample(SIZES, 3)])
        for _ in range(rng.choice([0, 1, 2, 2, 2, 3, 40]))
    ]
    shape = rng.choice(
        [str(tuple(sizes))] * 6 + [str(sizes), "(1.5, 2)", "(True, 2)", "(1,", "0x2, 1"]
    )
    scrambled = repr("".join(rng.choices(DTYPE_PARTS, k=rng.randrange(1, 8))))
    descr = rng.choice(["'<f8'", rng.choice(DESCRIPTIONS), scrambled])
    order = rng.choice(["True", "False", "False", "1", "None"])
    extra = rng.choice(["", "", "", ", 'more': 1", ", 'shape': (1, 1)", "\n"])
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}{extra}}}"
    return npy_text(rng, header, rng.randbytes(rng.choice([0, 8, 16, 48])))


def npy(rng: random.Random) -> bytes:
    """Return a .npy file, valid or with an edited header."""
    return rng.choice([valid_npy, valid_npy, edited_npy])(rng)


def npz(rng: random.Random) -> bytes:
    """Return an archive, whose directory may lie in any of its fields."""
    stream = io.BytesIO()
    methods = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED] * 5 + [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    with zipfile.ZipFile(stream, "w", rng.choice(methods)) as archive:
        for name in rng.sample(NAMES, rng.choice([0, 1, 1, 1, 1, 2, 3])):
            member = rng.choice([npy, npy, npy, mutated_npy, lambda _: b"", zeros])(rng)
            archive.writestr(name + rng.choice([".npy"] * 9 + [".txt"]), member)
    content = bytearray(stream.getvalue())
    for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
        signature = rng.choice([b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"])
        start = content.find(signature)
        if start >= 0:
            form = rng.choice(["<H", "<I"])
            largest = 256 ** struct.calcsize(form) - 1
            value = rng.choice([0, 1, 8, 9, 99, 1 << 16, 1 << 30, largest, rng.randrange(largest)])
            struct.pack_into(form, content, start + rng.randrange(4, 18), min(value, largest))
    return bytes(content)


def zeros(rng: random.Random) -> bytes:
    """Return a .npy file that deflates by a factor of a thousand."""
    stream = io.BytesIO()
    np.save(stream, np.zeros((rng.choice([1, 64]), 4096)))
    return stream.getvalue()


def mutated_npy(rng: random.Random) -> bytes:
    """Return a .npy file with wrong bytes; an archive of it has right checksums."""
    return mutate(rng, valid_npy(rng), npy)


def bomb(rng: random.Random) -> bytes:
    """Return an archive whose header and directory agree on a size that the data do not have."""
    rows = rng.choice([2**10, 2**20, 2**27, 2**28])
    header = f"{{'descr': '|i1', 'fortran_order': False, 'shape': ({rows}, 8)}}".encode()
    claimed = 10 + len(header) + 8 * rows
    stream = io.BytesIO()
    with zipfile.ZipFile(
        stream, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    ) as archive:
        member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(99)
        archive.writestr("W.npy", member)
        archive.writestr("padding", bytes(rng.choice([0, 70_000])))
    content = bytearray(stream.getvalue())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, claimed)
    if rng.random() < 0.5:
        struct.pack_into("<I", content, directory + 20, claimed)
    return bytes(content)


def far_member(rng: random.Random) -> bytes:
    """Return an archive whose directory has 64-bit fields."""
    content = bytearray(npz(rng))
    directory, end = content.rfind(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    if directory >= 0 and end > directory:
        fields = [rng.choice([0, 1, 2**31, 2**62, 2**63, 2**64 - 1]) for _ in range(3)]
        extra = struct.pack("<HH", 1, 8 * len(fields)) + struct.pack("<3Q", *fields)
        name_end = directory + 46 + struct.unpack_from("<H", content, directory + 28)[0]
        for offset in rng.sample([20, 24, 42], rng.randrange(1, 4)):
            struct.pack_into("<I", content, directory + offset, 2**32 - 1)
        struct.pack_into("<H", content, directory + 30, len(extra))
        length = struct.unpack_from("<I", content, end + 12)[0] + len(extra)
        struct.pack_into("<I", content, end + 12, length % 2**32)
        content[name_end:name_end] = extra
    return bytes(content)


def safetensors(rng: random.Random) -> bytes:
    """Return a .safetensors file, with doubtful records in doubtful JSON."""
    widths = {"F64": 8, "I64": 8, "U64": 8, "C64": 8, "F32": 4, "I32": 4, "U32": 4}
    widths |= {"F16": 2, "BF16": 2, "I16": 2, "U16": 2}
    records, position = [], 0
    for name in rng.sample(NAMES, rng.choice([0, 1, 1, 1, 1, 2, 3])):
        code = rng.choice([*CODES[:4], rng.choice(CODES)])
        shape = [rng.randrange(1, 5) for _ in range(rng.choice([0, 1, 2, 2, 2, 2, 3]))]
        size = int(np.prod(shape)) * widths.get(code, 1)
        offsets = [position, position + size]
        position += size
        record: object = {"dtype": code, "shape": shape, "data_offsets": offsets}
        if rng.random() < 0.3:
            doubtful: object = rng.choice([*SIZES, 1.5, None, "2", [], {}])
            record = rng.choice(
                [
                    [code, shape, offsets],
                    {"dtype": doubtful, "shape": shape, "data_offsets": offsets},
                    {"dtype": code, "shape": [doubtful, 0], "data_offsets": [0, 0]},
                    {"dtype": code, "shape": [doubtful, 1], "data_offsets": offsets},
                    {"dtype": code, "shape": shape, "data_offsets": [doubtful, position]},
                    {"dtype": code, "shape": shape, "data_offsets": offsets, "more": doubtful},
                    doubtful,
                ]
            )
        text = json.dumps(record, ensure_ascii=rng.random() < 0.5)
        if rng.random() < 0.05:
            text = rng.choice(
                ["[" * 5000, '{"a":' * 3000, "9" * 6000, "[" * 100 + "]" * 100, "NaN"]
            )
        records += [f"{json.dumps(name)}:{text}"] * rng.choice([1] * 19 + [2])
    if rng.random() < 0.2:
        records.append('"__metadata__":' + rng.choice(['{"a":"b"}', '{"a":1}', "null", "[]", "{}"]))
    header = ("{" + ",".join(records) + "}" + " " * rng.randrange(9)).encode()
    length = rng.choice([len(header)] * 9 + [0, 2**27, 2**63, 2**64 - 1])
    return (
        struct.pack("<Q", length)
        + header
        + bytes(rng.choice([1, 63, 127, 255]) for _ in range(position))
    )


def csv(rng: random.Random) -> bytes:
    """Return lines of numbers among which other cells, line ends and encodings are scattered."""
    columns, end = rng.randrange(1, 5), rng.choice(["\n"] * 9 + LINE_ENDS)
    doubt = rng.choice([0, 0, 0, 0.05, 0.5])
    lines = []
    for _ in range(rng.choice([0, 1, 2, 3, 4, 5])):
        width = columns if rng.random() > doubt / 4 else rng.randrange(6)
        cells = [
            rng.choice(CELLS) if rng.random() < doubt else repr(rng.uniform(-9, 9))
            for _ in range(width)
        ]
        lines.append(",".join(cells) + (end if rng.random() > doubt else rng.choice(LINE_ENDS)))
    encoding = rng.choice(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-32", "latin1"])
    return "".join(lines).encode(encoding, "replace")


FORMATS: dict[str, tuple[Callable[[random.Random], bytes], ...]] = {
    ".npy": (npy,),
    ".npz": (npz, npz, npz, npz, bomb, far_member),
    ".safetensors": (safetensors,),
    ".csv": (csv,),
}


def mutate(rng: random.Random, content: bytes, other: Callable[[random.Random], bytes]) -> bytes:
    """Return `content` after a few damages of random kinds."""
    damaged = bytearray(content)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        where = rng.randrange(len(damaged) + 1)
        match rng.randrange(7):
            case 0 if where < len(damaged):
                damaged[where] ^= 1 << rng.randrange(8)
            case 1 if where < len(damaged):
                damaged[where] = rng.choice([0, 1, 127, 128, 255, 0x28, 0x5B, 0x7B, 0x22])
            case 2:
                del damaged[where:]
            case 3:
                damaged = damaged[:where] + other(rng)[rng.randrange(64) :]
            case 4:
                del damaged[where : where + rng.choice([1, 4, 16])]
            case 5:
                damaged[where:where] = damaged[: rng.choice([1, 8, 64])]
            case _:
                width = rng.choice([2, 4, 8])
                value = rng.choice([0, 1, 2**16 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1])
                damaged[where : where + width] = (value % 256**width).to_bytes(width, "little")
    return bytes(damaged)


def attempt(rng: random.Random, path: Path) -> str:
    """Read one file in every way; return the outcome, or raise what must not be raised."""
    tensor = rng.choice([None, None, "W", rng.choice(NAMES)])
    names: list[str | None] = [tensor]
    if path.suffix in {".npz", ".safetensors"}:
        try:
            names += [info.name for info in list_tensors(path)]
        except InputError as refused:
            require_message(refused, path)
    outcome = "refused"
    for name in names:
        try:
            matrix = read_weights(path, layout=rng.choice(LAYOUTS), tensor=name)
        except InputError as refused:
            require_message(refused, path)
        else:
            values = matrix.values
            assert values.ndim == 2
            assert values.shape[0] > 0
            assert values.dtype in (np.float16, np.float32, np.float64)
            assert np.isfinite(values).all()
            assert not values.flags.writeable
            assert 0 <= matrix.epsilon < 0.01
            outcome = "read"
    return outcome


def require_message(refused: InputError, path: Path) -> None:
    """Fail on a refusal that does not name the file or does not say what is accepted."""
    message = str(refused)
    assert message.startswith(f"{path.name}: "), message
    assert "; accepted: " in message, message
    message.encode("utf-8")


def resident_bytes() -> int:
    """Return the largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def limit_address_space() -> None:
    """Forbid this process to grow by more than the allowed address space."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + EXTRA_ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def fuzz(seed: int, minutes: float, failures: Path, folder: Path) -> Counter[tuple[str, str]]:
    """Run until the time is over or an input fails; return the counts by format and outcome."""
    counts: Counter[tuple[str, str]] = Counter()
    baseline = resident_bytes()
    end = time.monotonic() + 60 * minutes
    slowest, case = 0.0, 0
    while time.monotonic() < end:
        rng = random.Random(f"{seed}/{case}")
        suffix = rng.choice(list(FORMATS))
        content = rng.choice(FORMATS[suffix])(rng)
        if rng.random() < 0.5:
            content = mutate(rng, content, FORMATS[suffix][0])
        path = folder / f"case{suffix}"
        path.write_bytes(content)
        outcome, started = None, time.monotonic()
        try:
            outcome = attempt(rng, path)
            growth = resident_bytes() - baseline
            if growth > LARGEST_GROWTH:
                outcome = None
                raise AssertionError(f"the process has grown by {growth >> 20} MB")
        finally:
            if outcome is None:
                failures.mkdir(parents=True, exist_ok=True)
                kept = shutil.copy(path, failures / f"seed-{seed}-case-{case}{suffix}")
                print(f"FAILED: seed {seed}, case {case}, input kept in {kept}", flush=True)
        slowest = max(slowest, time.monotonic() - started)
        counts[suffix, outcome] += 1
        case += 1
    print(f"slowest input {slowest:.3f} s, growth {(resident_bytes() - baseline) >> 20} MB")
    return counts


def main() -> int:
    """Parse the arguments, fuzz, print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--failures", type=Path, default=Path("out/fuzz"))
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    limit_address_space()
    faulthandler.enable()
    with TemporaryDirectory(prefix="fuzz-weights-") as folder:
        print(f"seed {arguments.seed}; a crash of the interpreter leaves its input in {folder}")
        counts = fuzz(arguments.seed, arguments.minutes, arguments.failures, Path(folder))
    for (suffix, outcome), count in sorted(counts.items()):
        print(f"{suffix:13} {outcome:8} {count:9}")
    print(f"seed {arguments.seed}, {counts.total()} inputs, no failures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
