"""The linear toy model x' = W^T W x + b: its loss from means and variances."""

from typing import Any

from .parameters import Gradient, ToyModel
from .reading import read_density


class LinearModel(ToyModel):
    """The linear toy model, x' = W^T W x + b.

    Every x_i is uniform on [0, 1] with probability p_i and 0 otherwise, independently, so its
    mean is p_i/2 and its variance p_i/3 - p_i^2/4. The loss is sum_j I_j E (x_j - x'_j)^2.

    Parameters
    ----------
    W, biases, importances
        As for `ToyModel`.

    Raises
    ------
    InputError
        As for `ToyModel`.

    References
    ----------
    Elhage et al. 2022, "Toy Models of Superposition", the linear model.

    Examples
    --------
    >>> from sympy import Rational
    >>> LinearModel([[0]], [Rational(1, 4)]).loss(Rational(1, 2))
    5/48
    """

    def loss(self, density: Any) -> Any:
        """Return the loss, sum_j I_j (mean^2 + variance) of the residual x_j - x'_j.

        Parameters
        ----------
        density : exact number in [0, 1], or list or tuple of n of them

        Returns
        -------
        sympy number

        Raises
        ------
        InputError
            For a density that is not accepted.

        Examples
        --------
        >>> LinearModel([[1, 1]], [0, 0]).loss(1)
        2/3
        """
        model, densities = self._joined(read_density(density, self.features))
        domain = model._field.domain
        _, variances = _means_and_variances(densities)
        residuals, means = model._residuals(densities)
        total = domain.zero
        for j, importance in enumerate(model._importances):
            variance = sum(
                (r[j] ** 2 * v for r, v in zip(residuals, variances, strict=True)), domain.zero
            )
            total += importance * (means[j] ** 2 + variance)
        return model._field.to_sympy(total)

    def gradient(self, density: Any) -> Gradient:
        """Return the gradient in W and b.

        Parameters
        ----------
        density : exact number in [0, 1], or list or tuple of n of them

        Returns
        -------
        Gradient

        Raises
        ------
        InputError
            For a density that is not accepted, and where only the Gram matrix is known.

        Examples
        --------
        >>> LinearModel([[1, 1]], [0, 0]).gradient(1)
        Gradient(weights=Matrix([[7/3, 7/3]]), biases=(1, 1))
        """
        model, densities = self._joined(read_density(density, self.features))
        inputs, variances = _means_and_variances(densities)
        residuals, means = model._residuals(densities)
        doubled = [-2 * importance for importance in model._importances]
        by_gram = [
            [
                weight * (mean * centre + row * variance)
                for weight, mean, row in zip(doubled, means, residual, strict=True)
            ]
            for centre, variance, residual in zip(inputs, variances, residuals, strict=True)
        ]
        return model._gradient(
            by_gram, [weight * mean for weight, mean in zip(doubled, means, strict=True)]
        )

    def _residuals(self, densities: list[Any]) -> tuple[list[list[Any]], list[Any]]:
        """Return I - W^T W, and the means of x_j - x'_j."""
        domain, n = self._field.domain, self.features
        gram = self._gram.to_list()
        residuals = [
            [(domain.one if i == j else domain.zero) - gram[i][j] for j in range(n)]
            for i in range(n)
        ]
        inputs, _ = _means_and_variances(densities)
        means = [
            sum((residuals[i][j] * inputs[i] for i in range(n)), -self._biases[j]) for j in range(n)
        ]
        return residuals, means


def _means_and_variances(densities: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return p_i/2 and p_i/3 - p_i^2/4."""
    return [p / 2 for p in densities], [p / 3 - p**2 / 4 for p in densities]
