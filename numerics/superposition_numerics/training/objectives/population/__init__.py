"""The exact population loss as a source of gradients."""

from .source import Population as Population

__all__ = ["Population"]
