"""The ReLU toy model x' = ReLU(W^T W x + b): its population loss as an exact object."""

from collections.abc import Mapping
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from sympy import oo
from sympy.polys.matrices import DomainMatrix

from superposition_theory.errors import InputError
from superposition_theory.frames.matrices import read_matrix

from .germs import Germs
from .kernel import Moments, Support, supports
from .parameters import Gradient, ToyModel
from .reading import check_index, check_order, read_density, read_numbers


class ReluModel(ToyModel):
    """The ReLU toy model, x' = ReLU(W^T W x + b).

    Every x_i is uniform on [0, 1] with probability p_i and 0 otherwise, independently. The loss
    is sum_j I_j E (x_j - x'_j)^2, a sum over outputs; it is an element of the field that W, b, I
    and p generate, and all values here are exact. It is continuously differentiable in (W, b)
    except where w_i = 0 = b_i for some feature i.

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
    Elhage et al. 2022, "Toy Models of Superposition", the ReLU output model.

    Examples
    --------
    >>> from sympy import Rational
    >>> pair = ReluModel([[1, -1]], [0, 0])
    >>> pair.loss(Rational(1, 2))
    1/12
    >>> pair.active_losses
    (0, 0, 1/3)
    """

    def loss(self, density: Any) -> Any:
        """Return the loss.

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
        >>> ReluModel([[1]], [-1]).loss(1)
        1/3
        """
        model, losses = self._output_losses(density)
        return model._field.to_sympy(sum(losses, model._field.domain.zero))

    def output_losses(self, density: Any) -> tuple[Any, ...]:
        """Return I_j E (x_j - x'_j)^2 for each output j.

        Parameters
        ----------
        density : exact number in [0, 1], or list or tuple of n of them

        Returns
        -------
        tuple of n sympy numbers

        Raises
        ------
        InputError
            For a density that is not accepted.

        Examples
        --------
        >>> ReluModel([[1, 0]], [0, 0], importances=[1, 2]).output_losses(1)
        (0, 2/3)
        """
        model, losses = self._output_losses(density)
        return tuple(model._field.to_sympy(loss) for loss in losses)

    @cached_property
    def support_losses(self) -> Mapping[Support, Any]:
        """The loss given that exactly the features of A are active, by A (increasing tuple)."""
        return MappingProxyType(
            {A: self._field.to_sympy(self._given(A)) for A in supports(self.features)}
        )

    @cached_property
    def active_losses(self) -> tuple[Any, ...]:
        """T_0, ..., T_n: T_k is the sum of `support_losses` over the A of k features.

        With one density p for all features, the loss is sum_k p^k (1-p)^(n-k) T_k.
        """
        zero = self._field.domain.zero
        totals = [zero] * (self.features + 1)
        for A in supports(self.features):
            totals[len(A)] += self._given(A)
        return tuple(self._field.to_sympy(total) for total in totals)

    @property
    def one_active(self) -> Any:
        """T_1, the sum over features of the loss given that this one alone is active."""
        return self.active_losses[1]

    @property
    def sparse_limit(self) -> Any:
        """The limit of L/(p (1-p)^(n-1)) for one density p -> 0.

        It is T_1 where T_0 = sum_j I_j max(b_j, 0)^2 is 0, and oo otherwise.
        """
        return oo if self.active_losses[0] != 0 else self.one_active

    def gradient(self, density: Any) -> Gradient:
        """Return the gradient in W and b, from moments E[x_i (max(z_j, 0) - x_j) 1_{z_j > 0}].

        With G_ij = dL/dg_ij = 2 I_j times this moment (input i, output j), dL/dW = W (G + G^T);
        dL/db_j is the same without the factor x_i.

        Parameters
        ----------
        density : exact number in [0, 1], or list or tuple of n of them

        Returns
        -------
        Gradient

        Raises
        ------
        InputError
            For a density that is not accepted, where only the Gram matrix is known, and where the
            loss has a kink: w_i = 0 = b_i for a feature of positive density and importance.

        Examples
        --------
        >>> ReluModel([[1, 1]], [0, 0]).gradient(1)
        Gradient(weights=Matrix([[7/3, 7/3]]), biases=(1, 1))
        """
        self._known_weights("gradient")
        model, p = self._joined(read_density(density, self.features))
        dropped = [
            i
            for i, row in enumerate(model._gram.to_list())
            if not row[i] and not model._biases[i] and p[i] and model._importances[i]
        ]
        if dropped:
            raise InputError(
                f"features {dropped} have zero weights and zero bias, where the loss has a kink "
                "and no gradient; accepted are models without such features (bias_slopes and "
                "expansion give one-sided derivatives)"
            )
        n = range(model.features)
        by_gram = [[model._slope(j, p, (i,)) for j in n] for i in n]
        return model._gradient(by_gram, [model._slope(j, p, ()) for j in n])

    def bias_slopes(self, feature: int, density: Any) -> tuple[Any, Any]:
        """Return the left and the right derivative of the loss in b_i.

        They differ only at a dropped feature, w_i = 0 = b_i.

        Parameters
        ----------
        feature : int
            i.
        density : exact number in [0, 1], or list or tuple of n of them

        Returns
        -------
        left, right : sympy number

        Raises
        ------
        InputError
            For a feature or a density that is not accepted.

        Examples
        --------
        >>> ReluModel([[0]], [0]).bias_slopes(0, 1)
        (0, -1)
        """
        check_index(feature, "feature", self.features)
        model, p = self._joined(read_density(density, self.features))
        one, zero = model._field.domain.one, model._field.domain.zero
        slopes = []
        for sign in (-one, one):
            biases = [sign if j == feature else zero for j in range(model.features)]
            slopes.append(sign * model._germ([model._gram], biases, p, 1)[1])
        left, right = (model._field.to_sympy(slope) for slope in slopes)
        return left, right

    def expansion(self, dW: Any, db: Any, density: Any, order: int = 2) -> tuple[Any, ...]:
        """Return the one-sided Taylor coefficients of the loss along a direction.

        L(W + t dW, b + t db) = sum_k c_k t^k for t -> 0+, at any point, kinks included; so the
        one-sided slope is c_1 and the one-sided second derivative 2 c_2.

        Parameters
        ----------
        dW : sympy Matrix, or list or tuple of rows, shape (m, n)
            Exact, as W.
        db : list or tuple of n exact real numbers
        density : exact number in [0, 1], or list or tuple of n of them
        order : int
            The highest k, >= 0.

        Returns
        -------
        tuple of sympy numbers
            c_0, ..., c_order.

        Raises
        ------
        InputError
            For arguments that are not accepted, and where only the Gram matrix is known.

        Examples
        --------
        Where w = 0 = b for the one feature, growing w gains at order t^2:

        >>> ReluModel([[0]], [0]).expansion([[1]], [0], 1)
        (1/3, 0, -2/3)
        """
        shape = self._known_weights("expansion").shape
        check_order(order)
        direction, field = read_matrix(dW, "dW")
        if direction.shape != shape:
            raise InputError(f"dW has shape {direction.shape}; accepted is the shape of W, {shape}")
        numbers = [field.to_sympy(entry) for row in direction.to_list() for entry in row]
        n, size = self.features, len(numbers)
        numbers += read_numbers(db, "db", n) + read_density(density, n)
        model, found = self._joined(numbers)
        W, domain = model._known_weights("expansion"), model._field.domain
        grid = [found[i * n : (i + 1) * n] for i in range(shape[0])]
        V = DomainMatrix(grid, shape, domain).to_dense()
        mixed = W.transpose() * V
        grams = [model._gram, mixed + mixed.transpose(), V.transpose() * V]
        germ = model._germ(grams, found[size : size + n], found[size + n :], order)
        return tuple(model._field.to_sympy(c) for c in germ)

    @cached_property
    def _moments(self) -> Moments:
        """The kernel over the field."""
        field = self._field
        return Moments(
            self._gram.to_list(),
            self._biases,
            field.domain,
            lambda _j, _B, value: field.sign(value) > 0,
            field.domain.quo,
        )

    @cached_property
    def _conditional(self) -> dict[tuple[int, Support], Any]:
        """E_A (x_j - x'_j)^2 for the (j, A) met so far."""
        return {}

    def _output_loss(self, output: int, active: Support) -> Any:
        """Return E_A (x_j - x'_j)^2."""
        key = (output, active)
        if key not in self._conditional:
            self._conditional[key] = self._moments.loss(output, active)
        return self._conditional[key]

    def _given(self, active: Support) -> Any:
        """Return the loss for one active set."""
        return sum(
            (w * self._output_loss(j, active) for j, w in enumerate(self._importances) if w),
            self._field.domain.zero,
        )

    def _output_losses(self, density: Any) -> tuple["ReluModel", list[Any]]:
        """Return the model over the field of the density too, and the loss of each output."""
        model, p = self._joined(read_density(density, self.features))
        return model, [
            weight * model._moments.mean(p, partial(model._output_loss, j)) if weight else weight
            for j, weight in enumerate(model._importances)
        ]

    def _slope(self, output: int, density: list[Any], factors: Support) -> Any:
        """Return 2 I_j E[ prod x_i (max(z_j, 0) - x_j) 1_{z_j > 0} ]."""
        moments = self._moments

        def given(A: Support) -> Any:
            return moments(output, A, 1, factors) - moments(output, A, 0, (*factors, output))

        importance = self._importances[output]
        return 2 * importance * moments.mean(density, given) if importance else importance

    def _germ(
        self, grams: list[DomainMatrix], direction: list[Any], density: list[Any], order: int
    ) -> list[Any]:
        """Return the Taylor coefficients of the loss for the Gram matrix sum_k grams[k] t^k."""
        germs = Germs(self._field, order)
        rows = [gram.to_list() for gram in grams]
        n = range(self.features)
        moments = Moments(
            [[germs.polynomial([row[i][j] for row in rows]) for j in n] for i in n],
            [germs.polynomial([b, d]) for b, d in zip(self._biases, direction, strict=True)],
            germs.domain,
            lambda _j, _B, value: germs.is_positive(value),
            germs.divide,
        )
        p = [germs.polynomial([q]) for q in density]
        total = germs.domain.zero
        for j, importance in enumerate(self._importances):
            if importance:
                mean = moments.mean(p, partial(moments.loss, j))
                total += germs.polynomial([importance]) * mean
        return germs.coefficients(total)
