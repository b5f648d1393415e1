"""The command `superposition`."""

from . import ledger, phases, weights
from .group import main as main

__all__ = ["ledger", "main", "phases", "weights"]
