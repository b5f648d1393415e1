"""The training loop of the public notebook of "Toy Models of Superposition", in torch.

A faithful copy of what the notebook does in a step: two uniform tensors and a `where` for the
batch, an einsum each way, autograd, the importance-weighted mean over batch and features, summed
over instances, and `torch.optim.AdamW` with its default weight decay. Only the shape of the
initial weights is free, so that a benchmark can start both programs at the same point.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

FloatArray = npt.NDArray[np.floating[Any]]


class Notebook:
    """Instances of the ReLU output model, trained as the notebook trains them.

    Parameters
    ----------
    W : ndarray, shape (instances, n, m)
        Initial weights, features in rows.
    density : ndarray, shape (instances,)
    importance : ndarray, shape (instances, n)
    batch : int
        Samples of each instance in a step.
    """

    def __init__(
        self, W: FloatArray, density: FloatArray, importance: FloatArray, batch: int
    ) -> None:
        as_tensor = torch.as_tensor
        self.W = torch.nn.Parameter(as_tensor(W, dtype=torch.float32).clone())
        self.b = torch.nn.Parameter(torch.zeros(W.shape[:2]))
        self.density = as_tensor(density, dtype=torch.float32)[:, None]
        self.importance = as_tensor(importance, dtype=torch.float32)
        self.batch = batch
        self.optimiser = torch.optim.AdamW([self.W, self.b], lr=1e-3)

    def draw(self) -> Any:
        """Return a batch, shape (batch, instances, n)."""
        values = torch.rand((self.batch, *self.b.shape))
        return torch.where(
            torch.rand((self.batch, *self.b.shape)) <= self.density, values, torch.zeros(())
        )

    def loss(self, batch: Any) -> Any:
        """Return the sum over instances of the mean over batch and features."""
        hidden = torch.einsum("...if,ifh->...ih", batch, self.W)
        out = torch.relu(torch.einsum("...ih,ifh->...if", hidden, self.W) + self.b)
        error = self.importance * (batch.abs() - out) ** 2
        return error.mean(dim=(0, 2)).sum()

    def train(self, steps: int) -> None:
        """Take so many steps."""
        for _ in range(steps):
            self.optimiser.zero_grad(set_to_none=True)
            loss = self.loss(self.draw())
            loss.backward()
            self.optimiser.step()
