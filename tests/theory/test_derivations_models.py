"""An independent oracle: every hypothesis and every step holds for rational matrices.

A model gives each letter a rational matrix, each scalar a rational number and E a finite law. That
the hypotheses of a derivation have a model shows that they do not contradict one another; that the
steps hold in it is checked by matrix arithmetic, without the rewriting of the checker.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory.derivations.context import Fact, Hypothesis, Value
from superposition_theory.derivations.derivation import Case, Step, Steps
from superposition_theory.derivations.matrix_steps import Equality, Square, TraceEquality
from superposition_theory.derivations.polynomials import Polynomial
from superposition_theory.derivations.rewriting import Rule, TraceRule
from superposition_theory.derivations.scalar_steps import Nonnegative, ScalarIdentity
from superposition_theory.derivations.scalars import EXPECTATION, symbol
from superposition_theory.derivations.spectral import SPECTRAL_DERIVATIONS
from superposition_theory.derivations.traces import TracePolynomial

Q = sympy.Rational


@dataclass(frozen=True)
class Model:
    """Matrices, scalars, and the joint law of the random variables as weighted atoms."""

    letters: Mapping[str, sympy.Matrix]
    scalars: Mapping[str, object]
    sizes: Mapping[str, int]
    law: tuple[tuple[object, Mapping[str, object]], ...] = ((1, {}),)
    cases: Mapping[str, "Model"] = field(default_factory=dict)

    def number(self, expression: object, atom: Mapping[str, object] | None = None) -> sympy.Expr:
        """Return the value of a scalar at one atom, E(...) being the weighted sum."""
        given_ = sympy.sympify(expression)
        means = {
            inner: sum(
                sympy.sympify(weight) * self.number(inner.args[0], point)
                for weight, point in self.law
            )
            for inner in given_.atoms(EXPECTATION)
        }
        values = {**self.sizes, **self.scalars, **(atom or {})}
        result = given_.xreplace(means).subs({symbol(k): v for k, v in values.items()})
        assert result.is_Rational, (expression, result)
        return result

    def matrix(self, polynomial: Polynomial) -> sympy.Matrix:
        """Return the value of a polynomial."""
        size = {**self.sizes, "1": 1}
        total = sympy.zeros(size[polynomial.rows], size[polynomial.cols])
        for word, coefficient in polynomial.terms:
            product = sympy.eye(size[polynomial.rows])
            for letter in word:
                factor = self.letters[letter.name]
                product *= factor.T if letter.starred else factor
            total += self.number(coefficient) * product
        return total

    def trace(self, expression: TracePolynomial) -> sympy.Expr:
        """Return the value of a combination of traces."""
        return sum(
            (
                self.number(value)
                * (self.matrix(Polynomial.of(w[0].rows, w[0].rows, {w: 1})).trace() if w else 1)
                for w, value in expression.terms
            ),
            start=sympy.Integer(0),
        )

    def related(self, expression: object, relation: str) -> bool:
        """Return whether a relation holds at every atom."""
        values = [self.number(expression, point) for _, point in self.law]
        tests = {
            "= 0": lambda v: v == 0,
            "!= 0": lambda v: v != 0,
            ">= 0": lambda v: v >= 0,
            "> 0": lambda v: v > 0,
        }
        return all(tests[relation](value) for value in values)

    def satisfies(self, item: Hypothesis | Step) -> bool:
        """Return whether a hypothesis or a step holds."""
        if isinstance(item, Rule | Equality):
            return bool(self.matrix(item.lhs) == self.matrix(item.rhs))
        if isinstance(item, TraceRule):
            return bool(self.trace(item.lhs) == self.number(item.rhs))
        if isinstance(item, TraceEquality):
            return bool(self.trace(item.lhs) == self.trace(item.rhs))
        if isinstance(item, Square):
            square = self.matrix(item.vector.star * item.vector).trace()
            if isinstance(item.lhs, TracePolynomial):
                return bool(self.trace(item.lhs) == square)
            return bool(self.matrix(item.lhs)[0] == square)
        if isinstance(item, Value | ScalarIdentity):
            return self.related(item.lhs - item.rhs, "= 0")
        if isinstance(item, Fact):
            return self.related(item.expression, item.relation)
        if isinstance(item, Nonnegative):
            return self.related(item.expression, "> 0" if item.strict else ">= 0")
        return self.related(EXPECTATION(item.integrand), ">= 0")


def run(
    model: Model,
    assumed: tuple[Hypothesis, ...],
    steps: Steps,
    inherited: tuple[Hypothesis, ...] = (),
) -> Iterator[str]:
    """Yield the names of all that was verified, failing at the first that does not hold."""
    for item in inherited:
        assert model.satisfies(item), item.name
    for item in assumed:
        assert model.satisfies(item), item.name
        yield item.name
    for step in steps:
        if isinstance(step, Case):
            inner = model.cases.get(step.name, model)
            yield from run(inner, step.assuming, step.steps, inherited + assumed)
        else:
            assert model.satisfies(step), step.name
            yield step.name


def rotation(size: int, entries: tuple[int, ...]) -> sympy.Matrix:
    """Return the Cayley transform of an integer skew matrix: orthogonal and rational."""
    skew = sympy.zeros(size, size)
    values = iter(entries)
    for i in range(size):
        for j in range(i):
            skew[i, j] = next(values)
            skew[j, i] = -skew[i, j]
    return (sympy.eye(size) - skew) * (sympy.eye(size) + skew).inv()


def extended(model: Model, letters: Mapping[str, sympy.Matrix], **scalars: object) -> Model:
    """Return the model with more letters and scalars."""
    return replace(
        model, letters={**model.letters, **letters}, scalars={**model.scalars, **scalars}
    )


def factorised(u: sympy.Matrix, v: sympy.Matrix) -> Model:
    """Return the letters of a rank factorisation."""
    letters = {"U": u, "V": v, "A": (u.T * u).inv(), "B": (v * v.T).inv()}
    return Model(letters, {}, {"m": u.rows, "r": u.cols, "n": v.cols})


def with_column(model: Model, e: sympy.Matrix) -> Model:
    """Add the vector e and the scalars of the feature W e, by direct arithmetic."""
    w = model.letters["U"] * model.letters["V"] * e
    frame = model.letters["U"] * model.letters["V"]
    frame = frame * frame.T
    g = (w.T * w)[0]
    row = model.letters["V"]
    leverage = (e.T * row.T * (row * row.T).inv() * row * e)[0]
    rayleigh = (w.T * frame * w)[0] / g
    return extended(model, {"e": e}, g=g, h=leverage, kappa=rayleigh)


def coordinate(size: int, index: int) -> sympy.Matrix:
    """Return a coordinate vector."""
    return sympy.Matrix([int(i == index) for i in range(size)])


def generic(numbers: tuple[int, ...]) -> Model:
    """Return W of shape (3, 4), rank 2, whose last column is zero and first is not."""
    a, b, c, d, *_ = numbers
    model = factorised(
        sympy.Matrix([[1, 0], [0, 1], [a, b]]), sympy.Matrix([[1, 0, c, 0], [0, 1, d, 0]])
    )
    null = extended(model, {"e": coordinate(4, 3)})
    return replace(with_column(model, coordinate(4, 0)), cases={"zero column": null})


def spectral(numbers: tuple[int, ...], split: bool) -> Model:
    """Return W = U V with eigenvalues 9, 4, 1 (split) or one eigenvalue 4, on rational axes."""
    axes = rotation(4, numbers[:6])
    scale = sympy.diag(3, 2, 1) if split else 2 * sympy.eye(3)
    rows = rotation(4, tuple(reversed(numbers)))[:3, :]
    return factorised(axes[:, :3] * scale, rows)


def capacity_model(numbers: tuple[int, ...]) -> Model:
    """Return a model of the capacity bound."""
    return generic(numbers)


def saturation_model(numbers: tuple[int, ...]) -> Model:
    """Return a model with cases: generic outside, an eigenvector inside."""
    model = generic(numbers)
    tight = with_column(spectral(numbers, split=False), coordinate(4, 0))
    saturated = extended(tight, {}, **{"lambda": tight.scalars["kappa"]})
    cases = {**model.cases, "saturated": saturated, "localized": saturated}
    return replace(model, cases=cases)


def deficit_model(numbers: tuple[int, ...]) -> Model:
    """Return a model with the eigenvalues 9, 4 and 1 and the law of one feature."""
    model = with_column(spectral(numbers, split=True), coordinate(4, 0))
    axes = model.letters["U"] * sympy.diag(Q(1, 3), Q(1, 2), 1)
    projectors = [axes[:, k] * axes[:, k].T for k in range(3)]
    w = model.letters["U"] * model.letters["V"] * model.letters["e"]
    norm = (w.T * w)[0]
    weights = [(w.T * projector * w)[0] / norm for projector in projectors]
    law = tuple((p, {"lambda": value}) for p, value in zip(weights, (9, 4, 1), strict=True))
    scalars = {"w2": norm, "p_k": weights[0], "lambda_k": 9}
    letters = {
        "P_k": projectors[0],
        "P_l": projectors[1],
        "P_rest": projectors[1] + projectors[2],
    }
    return replace(extended(model, letters, **scalars), law=law)


def near_model(numbers: tuple[int, ...]) -> Model:
    """Return a law on three eigenvalues with the gaps that it has."""
    weights = [1 + abs(k) for k in numbers[:3]]
    atoms = [1 + abs(numbers[3]), 4 + abs(numbers[3]), 6 + abs(numbers[3])]
    shares = [Q(w, sum(weights)) for w in weights]
    law = tuple(
        (
            p * q,
            {"lambda": a, "p": p, "mu": b, "q": q, "apart": int(a != b)},
        )
        for p, a in zip(shares, atoms, strict=True)
        for q, b in zip(shares, atoms, strict=True)
    )
    gaps = [(a, b) for a in atoms for b in atoms if a < b]
    scalars = {
        "kappa": sum(p * a for p, a in zip(shares, atoms, strict=True)),
        "S": sum(p * p for p in shares),
        "p_max": max(shares),
        "lambda_max": max(atoms),
        "gamma": min(b - a for a, b in gaps),
        "rho": min(Q((b - a) ** 2, a * b) for a, b in gaps),
        "w2": Q(7, 3),
        "a": atoms[0],
        "b": atoms[1],
    }
    return Model({}, scalars, {}, law)


def tight_model(numbers: tuple[int, ...]) -> Model:
    """Return a saturated frame: eigenvalue 4 on a plane, 9 on a line, and one zero column."""
    axes = rotation(3, numbers[:3])
    plane, line = axes[:, :2], axes[:, 2:]
    wk = 2 * plane * rotation(3, numbers[3:])[:2, :]
    z = (3 * line).row_join(sympy.zeros(3, 1))
    letters = {
        "F": wk * wk.T + z * z.T,
        "W_k": wk,
        "Z": z,
        "Z_values": sympy.diag(9, 0),
        "N": sympy.diag(Q(1, 5), Q(-1, 4)),
        "w_i": wk[:, 0],
        "w_j": z[:, 0],
        "v": plane * sympy.Matrix([2, -5]),
    }
    scalars = {"lambda_k": 4, "kappa_i": 4, "kappa_j": 9}
    return Model(letters, scalars, {"m": 3, "c": 3, "q": 2})


def plateau_model(numbers: tuple[int, ...]) -> Model:
    """Return four vectors of equal norm, tight for a plane: the axes of it and their opposites."""
    plane = rotation(3, numbers[:3])[:, :2]
    wk = 3 * plane.row_join(-plane)
    letters = {"F": wk * wk.T, "P_k": plane * plane.T, "W_k": wk, "w": wk[:, 0]}
    scalars = {"lambda_k": 18, "a": 9, "b": 162, "d_k": 2}
    return Model(letters, scalars, {"m": 3, "c": 4})


def range_model(numbers: tuple[int, ...]) -> Model:
    """Return a nonzero vector among two others, and in the case orthogonal to them."""
    w = sympy.Matrix([1, 0, numbers[0]])
    others = sympy.Matrix([[numbers[1], 2], [numbers[2], 1], [numbers[3], -1]])
    overlap = (w.T * others * others.T * w)[0]
    sizes = {"m": 3, "q": 2}
    a = (w.T * w)[0]
    normal = sympy.Matrix([[numbers[0], 0], [1, 2], [-1, 0]])
    alone = Model({"w": w, "R": normal}, {"a": a, "b": 0}, sizes)
    return Model(
        {"w": w, "R": others},
        {"a": a, "b": overlap},
        sizes,
        cases={"orthogonal to all others": alone},
    )


def potential_model(numbers: tuple[int, ...]) -> Model:
    """Return any W of shape (3, 4), and a tight one in the case."""
    w = sympy.Matrix(3, 4, lambda i, j: numbers[(2 * i + j) % 6] + i * j)
    tight = 2 * rotation(4, numbers[:6])[:3, :]

    def of(matrix: sympy.Matrix) -> Model:
        gram = matrix.T * matrix
        scalars = {"t": gram.trace(), "phi": (gram * gram).trace()}
        return Model({"W": matrix}, scalars, {"m": 3, "n": 4})

    return replace(of(w), cases={"tight": of(tight)})


def welch_model(numbers: tuple[int, ...]) -> Model:
    """Return four unit vectors in three dimensions and their coherence."""
    w = rotation(3, numbers[:3]).row_join(rotation(3, numbers[3:])[:, 0])
    gram = w.T * w
    others = [gram[i, j] for i in range(4) for j in range(4) if i != j]
    scalars = {"mu": max(abs(x) for x in others), "s": sum(x * x for x in others)}
    return Model({"W": w}, scalars, {"m": 3, "n": 4})


def stieltjes_model(numbers: tuple[int, ...]) -> Model:
    """Return a Gram matrix of size 5 with the eigenvalues 4, 4, 9, 1, 0, and points z."""
    axes = rotation(5, numbers + numbers[:4])
    single = [axes[:, k] * axes[:, k].T for k in range(5)]
    letters = {"P_k": single[0] + single[1], "P_l": single[2], "P_0": single[4]}
    letters["N"] = 9 * single[2] + single[3]

    def at(z: sympy.Rational) -> Model:
        later = single[3] / (1 - z)
        resolvents = {"R_l": later, "R_rest": single[2] / (9 - z) + later}
        scalars = {"z": z, "tau": 1 / (9 - z) + 1 / (1 - z), "tau_l": 1 / (1 - z)}
        scalars |= {"lambda_k": 4, "lambda_l": 9, "m_k": 2, "m_l": 1}
        return Model({**letters, **resolvents}, scalars, {"n": 5, "r": 4})

    cases = {"at the pole lambda_k": at(Q(4)), "at the pole 0": at(Q(0))}
    return replace(at(Q(1 + 2 * abs(numbers[0]), 2)), cases=cases)


MODELS = {
    "capacity_bound": capacity_model,
    "deficit_identity": deficit_model,
    "saturation_iff_localization": saturation_model,
    "near_saturation": near_model,
    "tight_decomposition": tight_model,
    "projective_linearity": plateau_model,
    "range_of_D": range_model,
    "frame_potential": potential_model,
    "welch_bound": welch_model,
    "stieltjes_poles": stieltjes_model,
}
NUMBERS = st.tuples(*(st.integers(-2, 2) for _ in range(6)))


def names_in(steps: Steps) -> Iterator[str]:
    """Yield the names of all steps, those of cases included."""
    for step in steps:
        if isinstance(step, Case):
            yield from names_in(step.steps)
        else:
            yield step.name


@pytest.mark.parametrize("name", list(SPECTRAL_DERIVATIONS))
@settings(max_examples=8)
@given(numbers=NUMBERS)
def test_hypotheses_and_steps_hold_for_rational_matrices(
    name: str, numbers: tuple[int, ...]
) -> None:
    derivation = SPECTRAL_DERIVATIONS[name]()
    verified = list(run(MODELS[name](numbers), derivation.hypotheses, derivation.steps))
    assert sorted(verified) == sorted([*derivation.hypothesis_names, *names_in(derivation.steps)])


@pytest.mark.parametrize(
    ("name", "step", "changes"),
    [
        # the oracle itself refuses what is false
        ("capacity_bound", "leverage minus D", {"vector": None}),
        ("welch_bound", "Welch", {"expression": -1}),
        ("near_saturation", "localization", {"expression": -symbol("rho")}),
        ("deficit_identity", "deficit", {"rhs": 1}),
    ],
)
def test_the_oracle_refuses_false_steps(name: str, step: str, changes: dict[str, object]) -> None:
    derivation = SPECTRAL_DERIVATIONS[name]()
    if changes.get("vector", 0) is None:
        vector = next(
            s.vector
            for case in derivation.steps
            if isinstance(case, Case)
            for s in case.steps
            if isinstance(s, Square) and s.name == step
        )
        changes = {"vector": 2 * vector}
    broken = derivation.with_step(step, **changes)
    with pytest.raises(AssertionError, match=step):
        list(run(MODELS[name]((1, -1, 2, 1, 0, 2)), broken.hypotheses, broken.steps))
