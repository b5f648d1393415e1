"""Loss and gradient from inputs in planes: a row of memory for each feature."""

from __future__ import annotations

import numpy as np

from ...matrices import FloatArray
from ..models import Array, Model
from .choice import prefers_gram
from .draws import Entries

_FEW = 3  # features up to which einsum beats a matrix product with so long rows


class Planes:
    """Loss and gradient of instances side by side, from blocks of columns, a sample each.

    Begin with parameters; write a block into `block(columns)` and `add` it, as often as needed;
    then finish. A last row of ones under the inputs (or hidden units) carries the bias.

    Parameters
    ----------
    model : Model
    count : int
        The number of instances.
    batch : int
        The samples of a step, zero ones included.
    columns : int
        At most so many in a block.
    dtype : dtype
    """

    def __init__(self, model: Model, count: int, batch: int, columns: int, dtype: str) -> None:
        self.model, self.count, self.batch = model, count, batch
        n, m = model.features, model.dimensions
        self.gram = prefers_gram(model, batch)
        self.x = np.zeros(count * (n + 1) * columns, dtype)
        self.error = np.zeros(count * n * columns, dtype)
        self.on = np.zeros(count * n * columns, bool)
        self.target = np.zeros(count * n * columns if model.absolute else 0, dtype)
        self.zeros = np.zeros(columns, dtype)
        inner = 0 if self.gram else m
        self.hidden = np.zeros(0 if self.gram else count * (m + 1) * columns, dtype)
        self.behind = np.zeros(count * inner * columns, dtype)
        self.squares = np.zeros((count, n))
        width = (n if self.gram else m) + 1
        self.outward = np.zeros((count, n, width), dtype)  # what the residual is made with
        self.outer = np.zeros((count, n, width), dtype)  # and its slope
        self.inward = np.zeros((count, inner, n + 1), dtype)
        self.inner = np.zeros((count, inner, n + 1), dtype)
        self.shaped = 0

    @property
    def nbytes(self) -> int:
        """The memory of all arrays that last, and of products on their way into them."""
        arrays = [a for a in vars(self).values() if isinstance(a, np.ndarray)]
        passing = 2 * self.outer.nbytes + self.inner.nbytes
        return passing + sum(a.nbytes for a in arrays if a.base is None)

    def begin(self, flat: Array, importances: FloatArray) -> None:
        """Take parameters, shape (instances, size), and importances, shape (instances, n)."""
        model = self.model
        self.importances = importances
        self.factors = (importances * (2 / self.batch)).astype(flat.dtype)[..., None]
        self.parameters = model.views(flat)
        self.encoder = self.parameters["W" if model.tied else "W1"]
        self.decoder = np.swapaxes(self.encoder, -1, -2) if model.tied else self.parameters["W2"]
        if self.gram:
            np.matmul(self.decoder, self.encoder, out=self.outward[..., :-1])
        else:
            self.outward[..., :-1] = self.decoder
            self.inward[..., :-1] = self.encoder
            self.back = np.swapaxes(self.decoder * self.factors, -1, -2)
            if model.hidden_bias:
                self.inward[..., -1] = self.parameters["c"]
        self.outward[..., -1] = self.parameters["b"]
        for total in (self.squares, self.outer, self.inner):
            total.fill(0)

    def block(self, columns: int) -> Array:
        """Return where inputs go, shape (instances, n, columns), each instance contiguous."""
        count, n = self.count, self.model.features
        if self.shaped != columns:
            self.shaped = columns
            self.x3 = self.x[: count * (n + 1) * columns].reshape(count, n + 1, columns)
            self.x3[:, n] = 1
            self.e3 = self.error[: count * n * columns].reshape(count, n, columns)
            if not self.gram:
                m = self.model.dimensions
                self.h3 = self.hidden[: count * (m + 1) * columns].reshape(count, m + 1, columns)
                self.h3[:, m] = 1
                self.d3 = self.behind[: count * m * columns].reshape(count, m, columns)
        return self.x3[:, :n]

    def add(self, last: float = 1.0) -> None:
        """Add the block, whose last column stands for so many samples."""
        model, x, error = self.model, self.x3, self.e3
        n = model.features
        if self.gram:
            np.matmul(self.outward, x, out=error)
        else:
            hidden = self.h3[:, :-1]
            np.matmul(self.inward, x, out=hidden)
            if model.hidden_relu:
                np.maximum(hidden, self.zeros[: self.shaped], out=hidden)
            np.matmul(self.outward, self.h3, out=error)
        target = x[:, :n]
        if model.absolute:
            target = self.target[: error.size].reshape(error.shape)
            np.abs(x[:, :n], out=target)
        self._residual(error, target, self.squares, model.output_relu, last)
        self._outer(error, x if self.gram else self.h3, self.outer)
        if not self.gram:
            np.matmul(self.back, error, out=self.d3)
            if model.hidden_relu:
                self.d3 *= hidden > 0
            self._outer(self.d3, x, self.inner)

    def add_entries(self, entries: Entries, last: float) -> None:
        """Add rows of one instance by their active entries."""
        x = self.block(entries.rows)
        x.fill(0)
        rows = np.repeat(np.arange(entries.rows), np.diff(entries.starts))
        x[0, entries.features, rows] = entries.values
        self.add(last)

    def finish(self, gradient: Array) -> FloatArray:
        """Write the gradient and return the mean losses."""
        slopes = self.model.views(gradient)
        self.outer *= self.factors
        outer = self.outer[..., :-1]
        slopes["b"][...] = self.outer[..., -1]
        if self.gram and self.model.tied:
            np.matmul(self.encoder, outer + np.swapaxes(outer, -1, -2), out=slopes["W"])
        elif self.gram:
            np.matmul(np.swapaxes(self.decoder, -1, -2), outer, out=slopes["W1"])
            np.matmul(outer, np.swapaxes(self.encoder, -1, -2), out=slopes["W2"])
        elif self.model.tied:
            np.add(self.inner[..., :-1], np.swapaxes(outer, -1, -2), out=slopes["W"])
        else:
            slopes["W1"][...], slopes["W2"][...] = self.inner[..., :-1], outer
        if self.model.hidden_bias:
            slopes["c"][...] = self.inner[..., -1]
        return np.asarray((self.squares * self.importances).sum(axis=1) / self.batch)

    def _residual(
        self, error: Array, target: Array, squares: FloatArray, rectified: bool, last: float
    ) -> None:
        """Turn outputs before the ReLU into errors where the unit is on, and sum the squares."""
        if rectified:
            np.maximum(error, self.zeros[: self.shaped], out=error)
            on = self.on[: error.size].reshape(error.shape)
            np.greater(error, 0, out=on)
        error -= target
        squares += np.einsum("kis,kis->ki", error, error)
        if last != 1:
            squares += (last - 1) * error[..., -1] ** 2
            error[..., -1] *= last
        if rectified:
            error *= on

    def _outer(self, left: Array, right: Array, total: Array) -> None:
        """Add the sum over the columns of the products of two rows."""
        if self.model.features <= _FEW:
            total += np.einsum("kis,kjs->kij", left, right)
        else:
            total += np.matmul(left, np.swapaxes(right, -1, -2))
