"""Time from a relation, and from a Gram matrix, to the algebra of a scheme, beside its peers.

    python benchmarks/schemes.py [--limit SECONDS] [--quick]

Ours: the coherent closure with its algebra (P, Q, multiplicities) from the matrix of relations, and
the whole recognition from a Gram matrix, checked to give the relations back. Peers, from the same
relations:

- networkx: `intersection_array`, and `is_strongly_regular` for the Paley graph, of the graph of one
  colour. It decides regularity only: no P, no Q, no other colours.
- GAP with its package AssociationSchemes, where both are installed: the verified scheme and
  `MatrixOfEigenvalues`, in a GAP that has already read the relations.

Medians of 7 interleaved rounds; start-up apart. A peer that needs more than the limit in one trial
is not run again. networkx 3.6 refuses polygons of 26 and more corners: it stops where the diameter
exceeds (8/3) log2 n, a bound that holds from valency 3 on.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import networkx
import numpy as np
from superposition_numerics.recognition import adjacency_algebra, coherent_closure, recognise_gram
from superposition_theory.schemes import families
from timing import interleaved

ROUNDS = 7
GAP_READY = "ready"
REFUSED = 3  # exit code of a trial


@dataclass(frozen=True)
class Case:
    """A scheme, and the colour whose graph the peers are given."""

    name: str
    relation: Callable[[], Sequence[Sequence[int]]]
    colour: int = 1
    strongly_regular: bool = False
    large: bool = False


def polygon(n: int) -> Sequence[Sequence[int]]:
    """Return the distances around a cycle of n points."""
    return families.translation_relation([n], [min(step, n - step) for step in range(n)])


CASES = (
    Case("60-gon", lambda: polygon(60)),
    Case("J(12,4)", lambda: families.johnson_relation(12, 4)),
    Case("1000-gon", lambda: polygon(1000)),
    Case("Paley(1009)", lambda: families.paley_relation(1009), strongly_regular=True),
    Case("H(10,2)", lambda: families.hamming_relation(10, 2)),
    Case("2000-gon", lambda: polygon(2000), large=True),
    Case(
        "cross-polytope, 2000 points",
        lambda: families.complete_multipartite_relation(1000, 2),
        colour=2,  # colour 1 joins antipodes
        large=True,
    ),
    Case("H(11,2)", lambda: families.hamming_relation(11, 2), large=True),
)


def embedding(relation: np.ndarray) -> np.ndarray:
    """Return the Gram matrix of the first idempotent whose cosines tell all colours apart.

    A common component is added, without which a cross-polytope falls into orthogonal pairs.
    """
    algebra = adjacency_algebra(coherent_closure(relation))
    assert algebra.Q is not None  # all cases are commutative
    for cosines in (algebra.Q / algebra.Q[0]).T[1:]:
        if np.diff(np.sort(cosines)).min() > 1e-6:
            return np.asarray(0.9 * cosines[relation] + 0.1)
    raise RuntimeError("no idempotent tells all colours apart")


def graph_of(relation: np.ndarray, colour: int) -> networkx.Graph:
    """Return the graph of one colour."""
    return networkx.from_numpy_array((relation == colour).astype(int))


def objection(work: Callable[[], Any], limit: float) -> str | None:
    """Return why a peer cannot be timed, after one trial in a process of its own."""
    trial = multiprocessing.get_context("fork").Process(target=_try, args=(work,))
    trial.start()
    trial.join(limit)
    if trial.is_alive():
        trial.kill()
        trial.join()
        return f"needs more than {limit:g} s"
    if trial.exitcode not in (0, REFUSED):
        raise RuntimeError(f"a peer failed with exit code {trial.exitcode}")
    return "refuses this scheme" if trial.exitcode else None


def _try(work: Callable[[], Any]) -> None:
    """Call, and say by the exit code where networkx refuses."""
    try:
        work()
    except networkx.NetworkXError:
        sys.exit(REFUSED)


class Gap:
    """A GAP process that holds the relations of one scheme."""

    def __init__(self, command: str, relation: np.ndarray) -> None:
        rows = ",\n".join(str(row) for row in relation.tolist())
        self.process = subprocess.Popen(
            [command, "-q", "-b"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._send('loaded := LoadPackage("AssociationSchemes", false);;\n')
        self._send(f"M := [{rows}];;\n")
        self.loaded = self._answer("loaded") == "true"

    def __call__(self) -> None:
        """Make a new scheme and ask for its eigenvalues."""
        answer = self._answer("IsList(MatrixOfEigenvalues(AssociationScheme(M)))")
        if answer != "true":
            raise RuntimeError(f"GAP answered {answer!r}")

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()

    def _send(self, text: str) -> None:
        """Write to GAP."""
        stream: IO[str] | None = self.process.stdin
        assert stream is not None
        stream.write(text)
        stream.flush()

    def _answer(self, expression: str) -> str:
        """Return the value of an expression as GAP prints it."""
        self._send(f'Print({expression}, " {GAP_READY}\\n");\n')
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith(f" {GAP_READY}\n"):
                return line.split()[-2]
        raise RuntimeError("GAP ended without an answer")


def measure(case: Case, limit: float, gap: str | None) -> dict[str, Any]:
    """Time one scheme."""
    relation = np.array(case.relation())
    gram, graph = embedding(relation), graph_of(relation, case.colour)
    ask = networkx.is_strongly_regular if case.strongly_regular else networkx.intersection_array
    works: dict[str, Callable[[], Any]] = {
        "closure and algebra": lambda: adjacency_algebra(coherent_closure(relation)),
        "recognition from the Gram matrix": lambda: recognise_gram(gram),
    }
    peers: dict[str, Callable[[], Any]] = {f"networkx.{ask.__name__}": lambda: ask(graph)}
    process = Gap(gap, relation) if gap else None
    if process:
        peers["GAP"] = process
    absent: dict[str, str] = {}
    for name, peer in peers.items():
        reason = objection(peer, limit)
        if reason is None:
            works[name] = peer
        else:
            absent[name] = reason
    if process and "GAP" in absent:
        process.close()  # it may still be busy
    (found,) = recognise_gram(gram).components
    if found.closure is None or not np.array_equal(found.closure.relation, relation):
        raise RuntimeError(f"{case.name} is not recognised")
    medians = {name: statistics.median(t) for name, t in interleaved(works, ROUNDS).items()}
    if process:
        process.close()
    ours = medians["closure and algebra"]
    return {
        "points": len(relation),
        "seconds": medians,
        "peer / closure and algebra": {
            name: absent.get(name) or medians[name] / ours for name in peers
        },
    }


def gap_command() -> tuple[str | None, str]:
    """Return GAP where it can serve as a peer, and what there is in words."""
    command = shutil.which("gap")
    if command is None:
        return None, "absent: GAP is not installed"
    process = Gap(command, np.zeros((1, 1), dtype=int))
    process.close()
    if not process.loaded:
        return None, "absent: GAP has no package AssociationSchemes"
    return command, "present"


def main() -> None:
    """Run all cases and print the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=float, default=20.0, help="seconds a trial of a peer has")
    parser.add_argument("--quick", action="store_true", help="leave out the cases of n = 2000")
    arguments = parser.parse_args()
    gap, presence = gap_command()
    results: dict[str, Any] = {"GAP with AssociationSchemes": presence}
    for case in CASES:
        if not (arguments.quick and case.large):
            results[case.name] = measure(case, arguments.limit, gap)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
