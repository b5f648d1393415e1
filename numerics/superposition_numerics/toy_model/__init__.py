"""The toy model in floats: population loss, gradient, activity laws, quadrature and sampling."""

from .activity import Activity as Activity
from .monte_carlo import Estimate as Estimate
from .monte_carlo import sampled_loss as sampled_loss
from .population import LossGradient as LossGradient
from .population import active_losses as active_losses
from .population import loss_and_gradient as loss_and_gradient
from .population import losses_by_support as losses_by_support
from .population import population_loss as population_loss
from .quadrature import quadrature_loss as quadrature_loss

__all__ = [
    "Activity",
    "Estimate",
    "LossGradient",
    "active_losses",
    "loss_and_gradient",
    "losses_by_support",
    "population_loss",
    "quadrature_loss",
    "sampled_loss",
]
