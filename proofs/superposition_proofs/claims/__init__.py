"""The claims of the project, one module for each family of theorems."""

from superposition_proofs.ledger import Registry

from . import (
    capacity,
    classical,
    dropping,
    frozen,
    full_model,
    geometry,
    geometry_table,
    irregular,
    lines,
    minima,
    pairs,
    pentagon,
    polygons,
    recognised,
    rings,
    scheme_examples,
    scheme_geometries,
    schemes,
    sparsity,
    square_antiprisms,
    strongly_regular,
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
        *pentagon.CLAIMS,
        *full_model.CLAIMS,
        *minima.CLAIMS,
        *sparsity.CLAIMS,
        *schemes.CLAIMS,
        *strongly_regular.CLAIMS,
        *scheme_geometries.CLAIMS,
        *geometry_table.CLAIMS,
        *rings.CLAIMS,
        *square_antiprisms.CLAIMS,
        *scheme_examples.CLAIMS,
        *irregular.CLAIMS,
        *recognised.CLAIMS,
    ),
    origin="superposition_proofs.claims:REGISTRY",
)

__all__ = ["REGISTRY"]
