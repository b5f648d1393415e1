"""The population loss of the model with a ReLU at its output."""

from __future__ import annotations

import numpy as np

from ....matrices import FloatArray
from ....toy_model.population import gains_gradient
from ..exact import ExactObjective, layers, write_slopes
from .pairs import pair_gradient


class ReluPopulation(ExactObjective):
    """By the recursion of `superposition_numerics.toy_model`.

    The tables are the probabilities of the supports and the importances.
    """

    def evaluate(self, flat: FloatArray, gradient: FloatArray, *tables: FloatArray) -> FloatArray:
        """Return the losses of a part of the instances and write the gradient."""
        encoder, decoder, biases = layers(self.model, flat)
        loss, slope, slope_b = gains_gradient(decoder @ encoder, biases, *tables)
        write_slopes(
            self.model,
            gradient,
            (
                np.swapaxes(decoder, -1, -2) @ slope,
                slope @ np.swapaxes(encoder, -1, -2),
                slope_b,
            ),
        )
        return loss


class PairPopulation(ExactObjective):
    """For two features by quadrature of the exact degree, an array over instances each number.

    The tables are those of `ReluPopulation`.
    """

    share = 128  # parts of 1024 instances, whose arrays stay in the cache

    def evaluate(self, flat: FloatArray, gradient: FloatArray, *tables: FloatArray) -> FloatArray:
        """Return the losses of a part of the instances and write the gradient."""
        probabilities, importances = (np.ascontiguousarray(table.T) for table in tables)
        columns, slopes = np.ascontiguousarray(flat.T), np.zeros(flat.shape[::-1])
        m, cut = self.model.dimensions, 2 * self.model.dimensions
        encoder, encoder_slope = columns[:cut].reshape(m, 2, -1), slopes[:cut].reshape(m, 2, -1)
        if self.model.tied:
            decoder, decoder_slope = encoder, encoder_slope
        else:
            decoder = columns[cut : 2 * cut].reshape(2, m, -1).swapaxes(0, 1)
            decoder_slope = slopes[cut : 2 * cut].reshape(2, m, -1).swapaxes(0, 1)
        gains = sum(decoder[k][:, None] * encoder[k] for k in range(m))
        loss, slope, slopes[-2:] = pair_gradient(gains, columns[-2:], probabilities, importances)
        for k in range(m):
            by_decoder = slope[:, 0] * encoder[k, 0] + slope[:, 1] * encoder[k, 1]
            encoder_slope[k] += slope[0] * decoder[k, 0] + slope[1] * decoder[k, 1]
            decoder_slope[k] += by_decoder
        gradient[...] = slopes.T
        return loss
