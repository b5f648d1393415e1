"""The regular pentagon in the full model: questions, losses, and where the pairs take over."""

from .theorem import full_model_theorem as full_model_theorem

__all__ = ["full_model_theorem"]
