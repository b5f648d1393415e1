"""Loss and gradient of one instance from the active entries of its inputs, with scipy."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from ...matrices import FloatArray
from ..models import Array, Model
from .draws import Entries


class Sparse:
    """Loss and gradient of one instance, from blocks of rows, a sample each.

    Where a row has few active features, most outputs have the target zero, and their residual is
    the output itself: targets, and the ReLU's slope, matter at the active entries only.

    Parameters
    ----------
    model : Model
    batch : int
        The samples of a step, zero ones included.
    rows : int
        At most so many in a block.
    dtype : dtype
    """

    def __init__(self, model: Model, batch: int, rows: int, dtype: str) -> None:
        self.model, self.batch, self.rows = model, batch, rows
        self.gram = not model.hidden_relu
        n, m = model.features, model.dimensions
        self.outer = np.zeros((n, n if self.gram else m), dtype)
        self.inner = np.zeros((n, 0 if self.gram else m), dtype)
        self.hidden_bias = np.zeros(m if model.hidden_bias else 0, dtype)
        self.bias = np.zeros(n, dtype)
        self.squares = np.zeros(n)

    @property
    def nbytes(self) -> int:
        """The memory of the sums, and of what a block passes through."""
        model, outer = self.model, self.outer
        passing = self.rows * (model.features + 2 * self.inner.shape[1]) + 2 * outer.size
        return outer.nbytes + self.inner.nbytes + outer.itemsize * passing

    def begin(self, flat: Array, importances: FloatArray) -> None:
        """Take parameters, shape (1, size), and importances, shape (1, n)."""
        self.importances = importances[0]
        self.factors = (self.importances * (2 / self.batch)).astype(flat.dtype)
        self.parameters = self.model.views(flat[0])
        self.encoder = self.parameters["W" if self.model.tied else "W1"]
        self.decoder = self.encoder.T if self.model.tied else self.parameters["W2"]
        if self.gram:
            self.across = self.encoder.T @ self.decoder.T
        else:
            self.back = self.decoder * self.factors[:, None]
            self.across = np.ascontiguousarray(self.encoder.T)
        for total in (self.outer, self.inner, self.hidden_bias, self.bias, self.squares):
            total.fill(0)

    def add_entries(self, entries: Entries, last: float) -> None:
        """Add rows, the last of which stands for so many samples."""
        model = self.model
        shape = (entries.rows, model.features)
        x = csr_array((entries.values, entries.features, entries.starts), shape=shape)
        error = x @ self.across
        if not self.gram:
            hidden = error
            if model.hidden_bias:
                hidden += self.parameters["c"]
            np.maximum(hidden, np.zeros_like(hidden[0]), out=hidden)
            error = hidden @ self.decoder.T
        error += self.parameters["b"]
        if model.output_relu:
            np.maximum(error, np.zeros_like(error[0]), out=error)
        self._subtract_targets(error, entries)
        self.squares += np.einsum("si,si->i", error, error)
        if last != 1:
            self.squares += (last - 1) * error[-1] ** 2
            error[-1] *= last
        self.bias += error.sum(axis=0)
        if self.gram:
            self.outer += x.T @ error
            return
        self.outer += error.T @ hidden
        behind = error @ self.back
        behind *= hidden > 0
        if model.hidden_bias:
            self.hidden_bias += behind.sum(axis=0)
        self.inner += x.T @ behind

    def finish(self, gradient: Array) -> FloatArray:
        """Write the gradient and return the mean loss."""
        slopes = self.model.views(gradient[0])
        np.multiply(self.bias, self.factors, out=slopes["b"])
        if self.gram:
            into_encoder = (self.decoder.T * self.factors) @ self.outer.T
            into_decoder = (self.encoder @ self.outer) * self.factors  # transposed
            if self.model.tied:
                np.add(into_encoder, into_decoder, out=slopes["W"])
            else:
                slopes["W1"][...], slopes["W2"][...] = into_encoder, into_decoder.T
        else:
            outer = self.outer * self.factors[:, None]
            if self.model.tied:
                np.add(self.inner.T, outer.T, out=slopes["W"])
            else:
                slopes["W1"][...], slopes["W2"][...] = self.inner.T, outer
        if self.model.hidden_bias:
            slopes["c"][...] = self.hidden_bias
        return np.atleast_1d(self.squares @ self.importances / self.batch)

    def _subtract_targets(self, error: Array, entries: Entries) -> None:
        """Subtract the targets where the unit is on; where it is off, only count their squares."""
        features = entries.features
        target = np.abs(entries.values) if self.model.absolute else entries.values
        rows = np.repeat(np.arange(entries.rows), np.diff(entries.starts))
        places = rows * self.model.features + features
        flat = error.reshape(-1)
        output = flat[places]
        if not self.model.output_relu:
            flat[places] = output - target
            return
        on = output > 0
        flat[places] = (output - target) * on
        lost = target**2 * ~on
        self.squares += np.bincount(features, weights=lost, minlength=self.model.features)
