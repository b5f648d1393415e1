"""Coordinates of known configurations, one unit vector in each column, and ways to disturb them."""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np
import numpy.typing as npt
from superposition_numerics.recognition import Component, Recognition
from superposition_numerics.samples import random_rotation
from superposition_theory.geometries import Geometry

Float = npt.NDArray[np.float64]
GOLDEN = (1 + 5**0.5) / 2
COULOMB_HEIGHT_SQUARED = (
    0.3140893678892019  # square antiprism of least Coulomb energy, by bisection
)
TRIBONACCI = 1.8392867552141612  # real root of x^3 = x^2 + x + 1


def columns(vectors: object) -> Float:
    """Return vectors as unit columns."""
    W = np.array(vectors, dtype=float).T
    return np.asarray(W / np.sqrt((W**2).sum(axis=0)))


def simplex(n: int) -> Float:
    """n vectors with cosine -1 / (n - 1), in n coordinates."""
    return columns(np.eye(n) - 1 / n)


def polygon(n: int) -> Float:
    angles = 2 * np.pi * np.arange(n) / n
    return np.array([np.cos(angles), np.sin(angles)])


def antiprism(n: int, height_squared: float) -> Float:
    angles = np.pi * np.arange(2 * n) / n
    radius = np.sqrt(1 - height_squared)
    heights = np.sqrt(height_squared) * (-1.0) ** np.arange(2 * n)
    return np.array([radius * np.cos(angles), radius * np.sin(angles), heights])


def cube(m: int) -> Float:
    return columns(list(product([-1, 1], repeat=m)))


def cross_polytope(m: int) -> Float:
    return np.hstack([np.eye(m), -np.eye(m)])


def cyclic(values: list[float]) -> list[tuple[float, ...]]:
    """Return all sign changes of the cyclic permutations."""
    rows = {
        tuple(np.roll(np.multiply(values, signs), k) + 0.0)
        for k in range(3)
        for signs in product([-1, 1], repeat=3)
    }
    return sorted(rows)


def icosahedron() -> Float:
    return columns(cyclic([0.0, 1.0, GOLDEN]))


def e8() -> Float:
    pairs = [
        s * np.eye(8)[i] + t * np.eye(8)[j]
        for i, j in combinations(range(8), 2)
        for s, t in product([-1, 1], repeat=2)
    ]
    halves = [np.array(s) / 2 for s in product([-1, 1], repeat=8) if np.prod(s) > 0]
    return columns(pairs + halves)


def schlaefli() -> Float:
    """27 vectors in R^6: roots of E8 with inner product 1 with both of two at 120 degrees."""
    roots = e8().T * np.sqrt(2)
    a = roots[0]
    b = next(root for root in roots if abs(a @ root + 1) < 1e-9)
    # c = -(a + b) completes the A2; the neighbours of a lattice direction project to 27 vectors.
    chosen = np.array([r for r in roots if abs(r @ a - 1) < 1e-9 and abs(r @ b) < 1e-9])
    basis = np.linalg.qr(np.array([a, b]).T)[0]
    return columns(chosen - chosen @ basis @ basis.T)


def johnson(v: int, k: int) -> Float:
    """k-subsets of v points, centred: the first nontrivial idempotent."""
    subsets = list(combinations(range(v), k))
    return columns([[float(x in s) - k / v for x in range(v)] for s in subsets])


def hamming(d: int, q: int) -> Float:
    words = product(range(q), repeat=d)
    corner = np.eye(q) - 1 / q
    return columns([np.concatenate([corner[x] for x in word]) for word in words])


def from_idempotent(adjacency: Float, eigenvalue: float) -> Float:
    """Columns of the projection onto an eigenspace of a graph."""
    values, vectors = np.linalg.eigh(adjacency)
    chosen = np.abs(values - eigenvalue) < 1e-6
    return columns(vectors[:, chosen])


def petersen() -> Float:
    """Disjointness of the pairs of five points, eigenvalue 1: ten vectors in R^5."""
    pairs = list(combinations(range(5), 2))
    adjacency = np.array([[float(not set(a) & set(b)) for a in pairs] for b in pairs])
    return from_idempotent(adjacency, 1.0)


def paley(q: int) -> Float:
    """Return vectors for the larger eigenvalue (sqrt(q) - 1) / 2 of a Paley graph, q prime."""
    squares = {x * x % q for x in range(1, q)}
    adjacency = np.array([[float((x - y) % q in squares) for x in range(q)] for y in range(q)])
    return from_idempotent(adjacency, (q**0.5 - 1) / 2)


def even(p: tuple[int, ...]) -> bool:
    return sum(p[i] > p[j] for i, j in combinations(range(len(p)), 2)) % 2 == 0


def snub_cube() -> Float:
    """Even permutations with an even number of minus signs, odd ones with an odd number."""
    values = np.array([1.0, 1 / TRIBONACCI, TRIBONACCI])
    return columns(
        [
            np.array(signs) * values[list(p)]
            for p in permutations(range(3))
            for signs in product([-1, 1], repeat=3)
            if (np.prod(signs) > 0) == even(p)
        ]
    )


def truncated_tetrahedron() -> Float:
    """Permutations of (3, 1, 1) with an even number of minus signs."""
    return columns(
        sorted(
            {
                tuple(np.roll([3, 1, 1], k) * np.array(s))
                for k in range(3)
                for s in product([-1, 1], repeat=3)
                if np.prod(s) > 0
            }
        )
    )


def orthogonal_sum(*frames: Float) -> Float:
    W = np.zeros((sum(len(f) for f in frames), sum(f.shape[1] for f in frames)))
    row = column = 0
    for frame in frames:
        W[row : row + frame.shape[0], column : column + frame.shape[1]] = frame
        row, column = row + frame.shape[0], column + frame.shape[1]
    return W


def disturbed(W: Float, sigma: float, rng: np.random.Generator) -> Float:
    """Add Gaussian noise to every coordinate."""
    return np.asarray(W + sigma * rng.standard_normal(W.shape))


def moved(W: Float, rng: np.random.Generator, sigma: float = 0.0) -> Float:
    """Rotate into a larger space, permute, scale and disturb."""
    m, n = W.shape
    lifted = np.vstack([W, np.zeros((1, n))])[:, rng.permutation(n)]
    return 3.7 * disturbed(random_rotation(m + 1, rng=rng) @ lifted, sigma, rng)


def coordinates(geometry: Geometry) -> Float:
    """Return the exact coordinates of a geometry in floats."""
    rows = geometry.coordinates.tolist()
    return np.array([[float(entry) for entry in row] for row in rows])


def without_height(geometry: Geometry) -> str:
    """Return the name that is given where the height of a prism or antiprism has none."""
    return geometry.name.split(" (h2 =")[0]


def only(result: Recognition) -> Component:
    """Return the component of a frame that has one."""
    (component,) = result.components
    return component


def random_tight(m: int, n: int, rng: np.random.Generator) -> Float:
    """Return a random tight frame of n unit vectors in R^m, by alternating projections."""
    W = rng.standard_normal((m, n))
    for _ in range(2000):
        W /= np.sqrt((W**2).sum(axis=0))
        values, vectors = np.linalg.eigh(W @ W.T)
        if np.ptp(values) < 1e-12:
            break
        W = vectors @ np.diag(np.sqrt(n / m / values)) @ vectors.T @ W
    return np.asarray(W / np.sqrt((W**2).sum(axis=0)))
