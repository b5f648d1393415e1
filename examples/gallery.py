"""Put twelve geometries of the catalogue side by side, shuffle and turn them, and classify them.

    python examples/gallery.py --out out/gallery

The matrix holds the geometries as orthogonal blocks, in random order and under a random rotation,
with noise of a thousandth of the norm in each coordinate.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.linalg import block_diag
from superposition_numerics.matrices import FloatArray
from superposition_proofs.cli import main as superposition
from superposition_theory.geometries import (
    Geometry,
    cell_24,
    cuboctahedron,
    dodecahedron,
    hypercube,
    icosahedron,
    petersen,
    polygon,
    schlafli,
    simplex,
    square_antiprisms,
)

NOISE = 1e-3


def vectors(geometry: Geometry) -> FloatArray:
    """Return unit vectors with the Gram matrix of a geometry, as columns."""
    cosines = np.array([float(cosine) for cosine in geometry.cosines])
    values, basis = np.linalg.eigh(cosines[np.array(geometry.relation)])
    kept = values > 1e-9
    columns: FloatArray = np.sqrt(values[kept])[:, None] * basis[:, kept].T
    return columns


def main() -> None:
    """Write the matrix and run the command on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    rng = np.random.default_rng(0)
    solids = (square_antiprisms()[0], hypercube(3), cuboctahedron(), icosahedron(), dodecahedron())
    others = (simplex(2), simplex(3), polygon(5), simplex(4), petersen(), cell_24(), schlafli())
    W = block_diag(*(vectors(geometry) for geometry in (*solids, *others)))
    turn, _ = np.linalg.qr(rng.standard_normal((len(W), len(W))))
    W = turn @ W[:, rng.permutation(W.shape[1])]
    W += NOISE * rng.standard_normal(W.shape)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "gallery.npy", W)
    superposition(["classify", str(out / "gallery.npy"), "--out", str(out)])


if __name__ == "__main__":
    main()
