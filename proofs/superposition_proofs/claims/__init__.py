"""The claims of the project, one module for each family of theorems."""

from superposition_proofs.ledger import Registry

from . import capacity, classical, geometry

REGISTRY = Registry(
    (*capacity.CLAIMS, *geometry.CLAIMS, *classical.CLAIMS),
    origin="superposition_proofs.claims:REGISTRY",
)

__all__ = ["REGISTRY"]
