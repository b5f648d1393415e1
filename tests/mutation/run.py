"""Mutate the exact frames, the schemes, the spectral core and the recogniser, and count what dies.

Every package is tried with its own tests. Run ``python tests/mutation/run.py``; ``--sample 0``
tries every mutant, ``--package frames`` one package. It needs the network: an environment (the
locked requirements and cosmic-ray) and one copy of the tree for each package are made in a
temporary directory, which is removed at the end. Two packages at a time run side by side. Mutants
that lie in docstrings, type annotations, ``frozen`` and ``kw_only`` flags or formatted messages do
not count; of the others a random sample is drawn from the seed. The exit code is 1 where a package
falls below 85 % killed.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = "cosmic-ray==8.7.0"
TIMEOUT_SECONDS = 60.0
REQUIRED = 0.85
COPIED = ("theory", "numerics", "proofs", "tests", "pyproject.toml")


@dataclass(frozen=True)
class Target:
    """A package and its tests, those that decide fast first."""

    package: str
    tests: tuple[str, ...]


TARGETS = {
    "frames": Target(
        "theory/superposition_theory/frames",
        tuple(
            f"tests/theory/test_frames_{name}.py"
            for name in (
                *("algebraic", "bounds", "spectrum", "stieltjes", "capacity", "measure"),
                *("frame", "matrices", "enclosure", "laws"),
            )
        ),
    ),
    "schemes": Target(
        "theory/superposition_theory/schemes",
        tuple(
            f"tests/theory/test_schemes_{name}.py"
            for name in (
                *("relations", "verification", "scheme", "configuration", "closure"),
                *("parameters", "eigenmatrices", "splitting", "numbers", "rendering"),
                *("permutations", "products", "graphs", "families"),
            )
        ),
    ),
    "recognition": Target(
        "numerics/superposition_numerics/recognition",
        tuple(
            f"tests/numerics/test_recognition_{name}.py"
            for name in (
                "closure",
                "algebra",
                "parts",
                "results",
                "naming",
                "recognise",
                "traps",
                "zoo",
            )
        ),
    ),
    "spectral": Target(
        "numerics/superposition_numerics/spectral",
        (
            *(
                f"tests/numerics/test_spectral_{name}.py"
                for name in ("analysis", "comparison", "pairwise", "null")
            ),
            "tests/numerics/test_matrices.py",
        ),
    ),
}


@dataclass(frozen=True)
class Mutant:
    """One mutant and, once it has run, what became of it."""

    job: str
    file: str
    line: int
    column: int
    operator: str
    outcome: str = ""
    output: str = ""
    diff: str = ""


def make_environment(folder: Path) -> Path:
    """Create a virtual environment with the locked requirements and the tool; return its bin."""
    binaries = folder / "bin"
    requirements = ["-r", str(ROOT / "requirements.lock")]
    if shutil.which("uv"):
        subprocess.run(["uv", "venv", "-q", "--python", sys.executable, folder], check=True)
        install = ["uv", "pip", "install", "-q", "--python", str(binaries / "python")]
    else:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [str(binaries / "python"), "-m", "pip", "install", "-q"]
    subprocess.run([*install, "--require-hashes", *requirements], check=True)
    subprocess.run([*install, TOOL], check=True)
    return binaries


def uncounted_spans(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the spans, (line, column) to (line, column), whose mutants say nothing of the code."""
    for node in ast.walk(ast.parse(source)):
        part: ast.expr | None = None
        match node:
            case ast.arg(annotation=part) | ast.AnnAssign(annotation=part):
                pass
            case ast.FunctionDef(returns=part):
                pass
            case ast.Expr(value=ast.Constant() as part) | (ast.JoinedStr() as part):
                pass
            case ast.keyword(arg="frozen" | "kw_only", value=part):
                pass
        if part is not None:
            end = (part.end_lineno or part.lineno, part.end_col_offset or part.col_offset)
            yield (part.lineno, part.col_offset), end


def counted(mutants: list[Mutant], copy: Path) -> list[Mutant]:
    """Return the mutants outside the uncounted spans, in an order that depends on the code only."""
    spans = {
        file: list(uncounted_spans((copy / file).read_text(encoding="utf-8")))
        for file in {mutant.file for mutant in mutants}
    }
    return [
        mutant
        for mutant in mutants
        if not any(start <= (mutant.line, mutant.column) < end for start, end in spans[mutant.file])
    ]


def planned(session: sqlite3.Connection) -> list[Mutant]:
    """Return every mutant of a session, in an order that depends on the code only."""
    rows = session.execute(
        "SELECT job_id, module_path, start_pos_row, start_pos_col, operator_name "
        "FROM mutation_specs "
        "ORDER BY module_path, start_pos_row, start_pos_col, operator_name, operator_args, "
        "occurrence"
    )
    return [Mutant(*row) for row in rows]


def finished(session: sqlite3.Connection) -> list[Mutant]:
    """Return every mutant that has run."""
    rows = session.execute(
        "SELECT job_id, module_path, start_pos_row, start_pos_col, operator_name, "
        "coalesce(test_outcome, worker_outcome), output, diff "
        "FROM mutation_specs JOIN work_results USING (job_id) "
        "ORDER BY module_path, start_pos_row, start_pos_col, operator_name"
    )
    return [Mutant(*row) for row in rows]


def keep_only(session: sqlite3.Connection, mutants: list[Mutant]) -> None:
    """Drop all other mutants from a session."""
    kept = json.dumps([mutant.job for mutant in mutants])
    for table in ("mutation_specs", "work_items"):
        session.execute(
            f"DELETE FROM {table} WHERE job_id NOT IN (SELECT value FROM json_each(?))", (kept,)
        )
    session.commit()


def mutate(
    target: Target, folder: Path, binaries: Path, sample: int, seed: int
) -> tuple[str, float]:
    """Run the mutants of one package in a copy of the tree; return the report and the rate."""
    copy = folder / "tree"
    copy.mkdir(parents=True)
    for name in COPIED:
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(origin, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(origin, copy / name)
    test = [str(binaries / "python"), "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(
        [*test, *target.tests], cwd=copy, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    # Stale byte code would hide a mutant; that of the tests may stay.
    shutil.rmtree(copy / target.package / "__pycache__")
    configuration, database = folder / "session.toml", folder / "session.sqlite"
    configuration.write_text(
        "[cosmic-ray]\n"
        f"module-path = [{json.dumps(target.package)}]\n"
        f"timeout = {TIMEOUT_SECONDS}\n"
        "excluded-modules = []\n"
        f"test-command = {json.dumps(' '.join([*test, *target.tests]))}\n"
        "[cosmic-ray.distributor]\n"
        'name = "local"\n',
        encoding="utf-8",
    )
    tool = str(binaries / "cosmic-ray")
    subprocess.run([tool, "init", configuration, database], cwd=copy, check=True)
    session = sqlite3.connect(database)
    proposed = planned(session)
    eligible = counted(proposed, copy)
    size = min(sample, len(eligible)) or len(eligible)
    keep_only(session, random.Random(seed).sample(eligible, size))
    subprocess.run([tool, "exec", configuration, database], cwd=copy, env=environment, check=True)
    results = finished(session)
    session.close()
    killed = sum(mutant.outcome == "KILLED" for mutant in results)
    return report(target, results, len(proposed), len(eligible)), killed / len(results)


def report(target: Target, results: list[Mutant], proposed: int, eligible: int) -> str:
    """Return the numbers of one package and its survivors as text."""
    outcomes = Counter(mutant.outcome for mutant in results)
    late = sum(mutant.output == "timeout" for mutant in results)
    headline = (
        f"{target.package}: {proposed} mutants, {eligible} counted, {len(results)} tried, "
        f"{outcomes['KILLED']} killed ({late} by timeout), {outcomes['SURVIVED']} survived, "
        f"{outcomes['INCOMPETENT']} incompetent: {outcomes['KILLED'] / len(results):.1%} killed"
    )
    lines = [headline]
    for mutant in results:
        if mutant.outcome != "KILLED":
            changes = [
                line
                for line in mutant.diff.splitlines()
                if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"}
            ]
            where = f"{mutant.file}:{mutant.line} {mutant.operator}"
            lines += [where, *(f"    {change}" for change in changes)]
    return "\n".join(lines)


def main() -> int:
    """Read the options, run the packages, print the reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", choices=sorted(TARGETS), action="append")
    parser.add_argument("--sample", type=int, default=220, help="mutants per package; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chosen = options.package or list(TARGETS)
    with tempfile.TemporaryDirectory(prefix="mutation-") as name, ThreadPoolExecutor(2) as pool:
        binaries = make_environment(Path(name) / "environment")
        runs = [
            pool.submit(
                mutate, TARGETS[key], Path(name) / key, binaries, options.sample, options.seed
            )
            for key in chosen
        ]
        reports = [run.result() for run in runs]
    print("\n\n".join(text for text, _ in reports))
    return int(any(rate < REQUIRED for _, rate in reports))


if __name__ == "__main__":
    sys.exit(main())
