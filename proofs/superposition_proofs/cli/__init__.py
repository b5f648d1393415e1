"""The command `superposition`."""

from . import geometry, ledger, phases, weights
from .group import main as main

__all__ = ["geometry", "ledger", "main", "phases", "weights"]
