"""The claims of the project, one module for each family of theorems."""

from superposition_proofs.ledger import Registry

from . import (
    capacity,
    classical,
    dropping,
    frozen,
    geometry,
    lines,
    minima,
    pairs,
    polygons,
    sparsity,
    toy_model,
)

REGISTRY = Registry(
    (
        *capacity.CLAIMS,
        *geometry.CLAIMS,
        *classical.CLAIMS,
        *toy_model.CLAIMS,
        *frozen.CLAIMS,
        *pairs.CLAIMS,
        *dropping.CLAIMS,
        *lines.CLAIMS,
        *polygons.CLAIMS,
        *minima.CLAIMS,
        *sparsity.CLAIMS,
    ),
    origin="superposition_proofs.claims:REGISTRY",
)

__all__ = ["REGISTRY"]
