"""Steps about matrices and traces of unspecified size, each decided by normal forms.

A step is decided when its statement reduces to zero modulo what its context holds; what it proves
is then added to the context of the later steps under the name of the step.
"""

from dataclasses import dataclass

from superposition_theory.errors import InputError

from .context import Context, Hypothesis
from .deciding import Outcome, Using, decided_fact, verdict
from .polynomials import Polynomial
from .rewriting import Rule
from .scalars import Scalar
from .traces import TracePolynomial, trace


@dataclass(frozen=True)
class Equality:
    """Two polynomials are equal modulo the rules.

    Decided when lhs - rhs minus the sum of the multiples in `using` has normal form zero.

    Parameters
    ----------
    name : str
        Name of the step.
    lhs, rhs : Polynomial
        Of one shape.
    using : tuple of Using
        Multiples of known identities whose sum is lhs - rhs.
    as_rule : bool
        Whether later steps rewrite lhs to rhs; lhs must then be one monic word greater than rhs.
        1 x 1 sides without letters become a scalar fact in any case.

    Raises
    ------
    InputError
        If `as_rule` is set and the equation cannot be oriented.

    Examples
    --------
    >>> from superposition_theory.derivations.polynomials import matrix
    >>> W = matrix("W", "m", "n")
    >>> step = Equality("transpose of a product", (W * W.star).star, W * W.star)
    >>> step.decide(Context(())).decided
    True
    """

    name: str
    lhs: Polynomial
    rhs: Polynomial
    using: tuple[Using, ...] = ()
    as_rule: bool = False

    def __post_init__(self) -> None:
        if self.as_rule:
            self._rule()

    def _rule(self) -> Rule:
        """Return the decided equation as a rule."""
        return Rule(self.name, self.lhs, self.rhs, because=f"decided by the step {self.name}")

    def statement(self, latex: bool = False) -> str:
        """Return what the step claims."""
        return f"{self.lhs.text(latex)} = {self.rhs.text(latex)}"

    def decide(self, context: Context) -> Outcome:
        """Decide the step."""
        lhs, rhs = context.polynomial(self.lhs), context.polynomial(self.rhs)
        difference, used = lhs - rhs, frozenset[str]()
        for item in self.using:
            multiple, names = item.of_matrix(context)
            difference, used = difference - multiple, used | names
        form, names = context.theory.normal_form(difference)
        common, _ = context.theory.normal_form(rhs)
        gained: tuple[Hypothesis, ...] = (self._rule(),) if self.as_rule else ()
        if self.lhs.value is not None and self.rhs.value is not None:
            gained = (decided_fact(self.name, self.lhs.value - self.rhs.value, "= 0"),)
        return verdict(form, used | names, f"both sides equal {common}", *gained)


@dataclass(frozen=True)
class TraceEquality:
    """Two combinations of traces are equal modulo the rules and the cyclicity of the trace.

    Parameters
    ----------
    name : str
        Name of the step. Sides without letters become a scalar fact.
    lhs, rhs : TracePolynomial
        The two sides.
    using : tuple of Using
        Multiples of trace rules whose sum is lhs - rhs.

    Examples
    --------
    >>> from superposition_theory.derivations.polynomials import matrix
    >>> W = matrix("W", "m", "n")
    >>> TraceEquality("cyclic", trace(W * W.star), trace(W.star * W)).decide(Context(())).decided
    True
    """

    name: str
    lhs: TracePolynomial
    rhs: TracePolynomial
    using: tuple[Using, ...] = ()

    def statement(self, latex: bool = False) -> str:
        """Return what the step claims."""
        return f"{self.lhs.text(latex)} = {self.rhs.text(latex)}"

    def decide(self, context: Context) -> Outcome:
        """Decide the step."""
        lhs, rhs = context.traces(self.lhs), context.traces(self.rhs)
        difference, used = lhs - rhs, frozenset[str]()
        for item in self.using:
            multiple, names = item.of_trace(context)
            difference, used = difference - multiple, used | names
        form, names = context.theory.trace_normal_form(difference)
        common, _ = context.theory.trace_normal_form(rhs)
        gained: tuple[Hypothesis, ...] = ()
        if self.lhs.value is not None and self.rhs.value is not None:
            gained = (decided_fact(self.name, self.lhs.value - self.rhs.value, "= 0"),)
        return verdict(form, used | names, f"both sides equal {common}", *gained)


@dataclass(frozen=True)
class Square:
    """A quantity is a square: v* v or tr(v* v), hence >= 0, and 0 exactly when v = 0.

    Parameters
    ----------
    name : str
        Name of the step. If `lhs` reduces to a scalar, later steps may use that it is >= 0.
    lhs : Polynomial or TracePolynomial
        A 1 x 1 polynomial, or a combination of traces.
    vector : Polynomial
        v, with one column where `lhs` is 1 x 1.

    Examples
    --------
    >>> from superposition_theory.derivations.polynomials import matrix
    >>> W, e = matrix("W", "m", "n"), matrix("e", "n", "1")
    >>> Square("norm", e.star * W.star * W * e, W * e).decide(Context(())).decided
    True
    """

    name: str
    lhs: Polynomial | TracePolynomial
    vector: Polynomial

    def statement(self, latex: bool = False) -> str:
        """Return what the step claims."""
        norm = r"\| %s \|^2 \geq 0" if latex else "|%s|^2 >= 0"
        return f"{self.lhs.text(latex)} = {norm % self.vector.text(latex)}"

    def decide(self, context: Context) -> Outcome:
        """Decide the step."""
        vector = context.polynomial(self.vector)
        square = vector.star * vector
        value: Scalar | None
        if isinstance(self.lhs, TracePolynomial):
            lhs = context.traces(self.lhs)
            form, used = context.theory.trace_normal_form(lhs - trace(square))
            reduced, names = context.theory.trace_normal_form(lhs)
            value, zero = reduced.value, form.is_zero
        else:
            if self.lhs.shape != ("1", "1"):
                raise InputError(f"lhs is {self.lhs.rows} x {self.lhs.cols}; accepted: 1 x 1")
            matrix_lhs = context.polynomial(self.lhs)
            matrix_form, used = context.theory.normal_form(matrix_lhs - square)
            matrix_reduced, names = context.theory.normal_form(matrix_lhs)
            value, zero = matrix_reduced.value, matrix_form.is_zero
            form = trace(matrix_form)
        if not zero:
            return Outcome(False, f"left side minus the square reduces to {form}", used)
        gained = () if value is None else (decided_fact(self.name, value, ">= 0"),)
        return Outcome(True, "left side minus the square reduces to 0", used | names, gained)
