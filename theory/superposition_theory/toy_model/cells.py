"""The loss as a rational expression on a cell, a region where no breakpoint changes sign."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sympy import MatrixBase, default_sort_key

from superposition_theory.errors import InputError
from superposition_theory.frames.matrices import read_number

from .expressions import Evaluation, read_expression
from .kernel import Moments, Support, supports
from .reading import check_index, check_sequence, read_density, read_importances


@dataclass(frozen=True)
class Cell:
    """An open region of parameters, named by the signs of all breakpoints b_j + sum_B g_ij.

    Parameters
    ----------
    signs : mapping from (j, B) to int
        -1, 0 or 1 for each output j and each set B of features, an increasing tuple; 0 only where
        the breakpoint is identically zero.
    breakpoints : mapping from (j, B) to sympy expression

    Examples
    --------
    >>> from sympy import Matrix, symbols
    >>> a, s, b = symbols("a s b")
    >>> cell = Cell.at(Matrix([[a, -s], [-s, a]]), [b, b], {a: 3, s: 2, b: 1})
    >>> cell.inequalities
    (b > 0, a + b > 0, b - s < 0, a + b - s > 0)
    """

    signs: Mapping[tuple[int, Support], int]
    breakpoints: Mapping[tuple[int, Support], Any] = field(repr=False)

    @classmethod
    def at(cls, gram: Any, biases: Any, point: Mapping[Any, Any]) -> "Cell":
        """Return the cell that holds a point.

        Parameters
        ----------
        gram : sympy Matrix of expressions, or list or tuple of rows, shape (n, n)
        biases : list or tuple of n expressions
        point : mapping from Symbol to exact real number
            A value for every symbol in `gram` and `biases`.

        Returns
        -------
        Cell

        Raises
        ------
        InputError
            For expressions that are not accepted, a symbol without a value, and a point on a
            wall, where a breakpoint vanishes that is not identically zero.

        Examples
        --------
        >>> from sympy.abc import b
        >>> Cell.at([[0]], [b], {b: -1}).inequalities
        (b < 0,)
        """
        rows, offsets = _read(gram, biases)
        expressions = [e for row in rows for e in row] + offsets
        values = _read_point(point, set().union(*(e.free_symbols for e in expressions)))
        symbolic, numeric = Evaluation(expressions), Evaluation(expressions, values)
        signs, breakpoints = {}, {}
        for key, terms in _breakpoint_terms(rows, offsets):
            identity = _total(symbolic, terms)
            sign = numeric.field.sign(_total(numeric, terms))
            breakpoints[key] = symbolic.expression(identity)
            if identity and not sign:
                raise InputError(
                    f"point lies on the wall {breakpoints[key]} = 0; accepted are points inside a "
                    "cell"
                )
            signs[key] = sign
        return cls(signs, breakpoints)

    @property
    def features(self) -> int:
        """The number n of features."""
        return 1 + max(j for j, _ in self.signs)

    @property
    def inequalities(self) -> tuple[Any, ...]:
        """The distinct strict inequalities in symbols that define the cell."""
        found: dict[Any, None] = {}
        for key, sign in self.signs.items():
            expression = self.breakpoints[key]
            if expression.free_symbols:
                found[expression > 0 if sign > 0 else expression < 0] = None
        return tuple(found)


def loss_on_cell(gram: Any, biases: Any, density: Any, cell: Cell, importances: Any = None) -> Any:
    """Return the loss of the ReLU toy model as one rational expression, valid on a cell.

    Parameters
    ----------
    gram : sympy Matrix of expressions, or list or tuple of rows, shape (n, n)
        Symmetric; g_ij = <w_i, w_j>.
    biases : list or tuple of n expressions
    density : expression, or list or tuple of n of them
    cell : Cell
        The signs of the breakpoints of `gram` and `biases`. The expression holds at the
        parameters where these are the signs, and by continuity on the closed cell.
    importances : list or tuple of n expressions, optional
        Ones by default.

    Returns
    -------
    sympy expression
        Cancelled; valid as a limit where an inner product vanishes that is not identically zero.

    Raises
    ------
    InputError
        For expressions that are not accepted, numbers out of range (densities, importances), and
        a cell of other breakpoints than those of `gram` and `biases`.

    Examples
    --------
    >>> from sympy import Matrix
    >>> from sympy.abc import a, b, p
    >>> gram = Matrix([[a]])
    >>> loss_on_cell(gram, [0], p, Cell.at(gram, [0], {a: 1}))
    a**2*p/3 - 2*a*p/3 + p/3
    """
    return _OnCell(gram, biases, density, cell, importances).total(range(cell.features))


def output_loss_on_cell(
    output: int, gram: Any, biases: Any, density: Any, cell: Cell, importances: Any = None
) -> Any:
    """Return I_j E (x_j - x'_j)^2 for one output j as a rational expression, valid on a cell.

    Parameters
    ----------
    output : int
        j.
    gram, biases, density, cell, importances
        As for `loss_on_cell`.

    Returns
    -------
    sympy expression

    Raises
    ------
    InputError
        As for `loss_on_cell`, and for an output that is not one.

    Examples
    --------
    >>> from sympy.abc import b, p
    >>> output_loss_on_cell(0, [[0]], [b], p, Cell.at([[0]], [b], {b: 1}))
    b**2 - b*p + p/3
    """
    on_cell = _OnCell(gram, biases, density, cell, importances)
    check_index(output, "output", cell.features)
    return on_cell.total([output])


class _OnCell:
    """The kernel over a fraction field, its signs those of a cell."""

    def __init__(self, gram: Any, biases: Any, density: Any, cell: Cell, importances: Any) -> None:
        rows, offsets = _read(gram, biases)
        n = len(offsets)
        _check_cell(cell, rows, offsets)
        densities = _densities(density, n)
        weights = _importances([1] * n if importances is None else importances, n)
        evaluate = Evaluation([*(e for row in rows for e in row), *offsets, *densities, *weights])
        self._evaluate = evaluate
        self._density = [evaluate(p) for p in densities]
        self._importances = [evaluate(importance) for importance in weights]
        self._moments = Moments(
            [[evaluate(e) for e in row] for row in rows],
            [evaluate(b) for b in offsets],
            evaluate.domain,
            lambda j, B, _value: cell.signs[j, B] > 0,
            evaluate.domain.quo,
        )

    def total(self, outputs: Any) -> Any:
        """Return the sum of the losses of some outputs."""
        moments, total = self._moments, self._moments.domain.zero
        for j in outputs:
            mean = moments.mean(self._density, partial(moments.loss, j))
            total += self._importances[j] * mean
        return self._evaluate.expression(total)


def _breakpoint_terms(
    rows: list[list[Any]], offsets: list[Any]
) -> Iterator[tuple[tuple[int, Support], list[Any]]]:
    """List b_j and the g_ij, i in B, for all (j, B)."""
    for j, offset in enumerate(offsets):
        for B in supports(len(offsets)):
            yield (j, B), [offset, *(rows[i][j] for i in B)]


def _check_cell(cell: Any, rows: list[list[Any]], offsets: list[Any]) -> None:
    """Refuse a cell of other breakpoints than those of the expressions."""
    if not isinstance(cell, Cell):
        raise InputError(f"cell is of type {type(cell).__name__}; accepted is a Cell")
    n = len(offsets)
    if cell.features != n:
        raise InputError(f"cell is one of {cell.features} features; accepted is one of {n}")
    evaluate = Evaluation([*(e for row in rows for e in row), *offsets, *cell.breakpoints.values()])
    for (j, B), terms in _breakpoint_terms(rows, offsets):
        own, given = _total(evaluate, terms), evaluate(cell.breakpoints[j, B])
        if own != given:
            raise InputError(
                f"cell has the breakpoint {cell.breakpoints[j, B]} for output {j} and features "
                f"{B}, but gram and biases have {evaluate.expression(own)}; accepted is a cell of "
                "this gram and these biases"
            )


def _total(evaluate: Evaluation, terms: list[Any]) -> Any:
    """Return the value of a sum."""
    return sum((evaluate(term) for term in terms), evaluate.domain.zero)


def _read(gram: Any, biases: Any) -> tuple[list[list[Any]], list[Any]]:
    """Return the checked expressions of a symmetric matrix and of the biases."""
    rows = gram.tolist() if isinstance(gram, MatrixBase) else gram
    if not isinstance(rows, (list, tuple)) or not rows:
        raise InputError(
            f"gram is {gram!r}; accepted are a sympy Matrix and a list or tuple of rows, n >= 1"
        )
    n = len(rows)
    found = [_expressions(row, f"gram[{i}]", n) for i, row in enumerate(rows)]
    for i in range(n):
        for j in range(i):
            if (found[i][j] - found[j][i]).expand() != 0:
                raise InputError(
                    f"gram[{i}][{j}] = {found[i][j]} but gram[{j}][{i}] = {found[j][i]}; "
                    "accepted are symmetric matrices"
                )
    return found, _expressions(biases, "biases", n)


def _expressions(values: Any, name: str, length: int) -> list[Any]:
    """Return a sequence of checked expressions, one for each feature."""
    check_sequence(values, name, length)
    return [read_expression(value, f"{name}[{i}]") for i, value in enumerate(values)]


def _densities(density: Any, length: int) -> list[Any]:
    """Return the checked density of each feature; those without symbols are in [0, 1]."""
    if not isinstance(density, (list, tuple)):
        density = [read_expression(density, "density")] * length
    densities = _expressions(density, "density", length)
    read_density([0 if p.free_symbols else p for p in densities], length)
    return densities


def _importances(importances: Any, length: int) -> list[Any]:
    """Return the checked importance of each feature; those without symbols are not negative."""
    weights = _expressions(importances, "importances", length)
    read_importances([0 if weight.free_symbols else weight for weight in weights], length)
    return weights


def _read_point(point: Any, symbols: set[Any]) -> dict[Any, Any]:
    """Return the checked values of the symbols."""
    if not isinstance(point, Mapping):
        raise InputError(
            f"point is of type {type(point).__name__}; accepted is a mapping from symbols to exact "
            "numbers"
        )
    missing = sorted((s for s in symbols if s not in point), key=default_sort_key)
    if missing:
        raise InputError(f"point has no value for {missing}; accepted is a value for every symbol")
    values = {}
    for symbol in symbols:
        element, number_field = read_number(point[symbol], f"point[{symbol}]")
        values[symbol] = number_field.to_sympy(element)
    return values
