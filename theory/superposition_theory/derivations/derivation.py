"""Derivations: hypotheses with their reasons, steps that are decided in order, a conclusion.

`check` decides every step from the hypotheses and the earlier decided steps alone. Everything
that is assumed is a hypothesis with a reason, and `Derivation.render` prints all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from superposition_theory.errors import InputError

from .context import Context, Fact, Hypothesis, Value
from .deciding import Outcome, Using
from .declarations import letters_of, require_distinct_meanings, require_known_parts, shape_text
from .expectations import Expectation
from .matrix_steps import Equality, Square, TraceEquality
from .polynomials import Polynomial
from .results import Result, StepResult
from .rewriting import Rule, TraceRule
from .scalar_steps import Averaged, Nonnegative, Product, ScalarIdentity
from .words import Letter

Step: TypeAlias = Equality | TraceEquality | Square | ScalarIdentity | Nonnegative | Averaged


@dataclass(frozen=True)
class Case:
    """Steps under further assumptions; nothing that they prove is known outside.

    A case without steps is not decided, and neither is one whose assumptions visibly contradict
    one another or what is known outside (`Context.contradiction`); not every contradiction is
    visible.

    Parameters
    ----------
    name : str
        Name of the case.
    assuming : tuple of Rule, TraceRule, Fact or Value
        The assumptions of this case.
    steps : tuple of steps
        Decided from the hypotheses, the earlier steps outside, and the assumptions.

    Examples
    --------
    >>> Case("nothing assumed", (), ()).name
    'nothing assumed'
    """

    name: str
    assuming: tuple[Hypothesis, ...]
    steps: "tuple[Step | Case, ...]"


Steps: TypeAlias = tuple[Step | Case, ...]

_HYPOTHESES = frozenset({Rule, TraceRule, Fact, Value})
_MEMBERS = {
    "hypotheses": _HYPOTHESES,
    "assuming": _HYPOTHESES,
    "steps": frozenset(
        {Equality, TraceEquality, Square, ScalarIdentity, Nonnegative, Averaged, Case}
    ),
    "using": frozenset({Using}),
    "products": frozenset({Product}),
}


@dataclass(frozen=True)
class Derivation:
    """A size-free proof: every step is decided, and every assumption is listed.

    Parameters
    ----------
    title : str
        What is proved.
    hypotheses : tuple of Rule, TraceRule, Fact or Value
        Assumptions and definitions with their reasons.
    steps : tuple of steps
        In order; a step may use the hypotheses and the steps before it.
    conclusion : str
        The statement that follows, and the textbook inference that finishes the argument.
    notation : tuple of (str, Polynomial)
        Abbreviations that the text uses for products of letters.
    expectation : Expectation or None
        The distribution that E refers to.

    Raises
    ------
    InputError
        If a hypothesis or a step is not exactly of a known type, or if a name is used twice: for
        two hypotheses or steps, for two letters, or for a letter, an abbreviation and a scalar.

    Examples
    --------
    >>> from superposition_theory.derivations.matrix_steps import Equality
    >>> from superposition_theory.derivations.polynomials import matrix
    >>> P = matrix("P", "n", "n", self_adjoint=True)
    >>> projector = Rule("idempotent", P * P, P, because="P is a projector")
    >>> cube = Derivation("cubes", (projector,), (Equality("P P P = P", P * P * P, P),), "P^3 = P")
    >>> check(cube).decided, check(cube.without("idempotent")).failed
    (True, ('P P P = P',))
    """

    title: str
    hypotheses: tuple[Hypothesis, ...]
    steps: Steps
    conclusion: str
    notation: tuple[tuple[str, Polynomial], ...] = ()
    expectation: Expectation | None = None

    def __post_init__(self) -> None:
        require_known_parts(self, _MEMBERS)
        random = self.expectation.names if self.expectation else ()
        require_distinct_meanings(self, [name for name, _ in self.notation], random)
        names = [*self.hypothesis_names, *(step.name for step in _walk(self.steps))]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"the name {name!r} is used twice; accepted: distinct names")

    @property
    def assumptions(self) -> tuple[Hypothesis, ...]:
        """All hypotheses, those of the cases included."""
        cases = (step for step in _walk(self.steps) if isinstance(step, Case))
        return self.hypotheses + tuple(item for case in cases for item in case.assuming)

    @property
    def hypothesis_names(self) -> tuple[str, ...]:
        """The names of all hypotheses, those of the cases included."""
        return tuple(item.name for item in self.assumptions)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Every letter of the hypotheses, the steps and the notation, without stars."""
        return letters_of(self)

    @property
    def declarations(self) -> tuple[str, ...]:
        """What is assumed by declaring letters: the names of those that are self-adjoint."""
        return tuple(letter.name for letter in self.letters if letter.self_adjoint)

    def without(self, name: str) -> "Derivation":
        """Return the derivation with one hypothesis dropped, here or in a case.

        Parameters
        ----------
        name : str
            Name of the hypothesis.

        Returns
        -------
        Derivation
            To be checked like any other: a needed hypothesis leaves some step undecided.

        Raises
        ------
        InputError
            If no hypothesis has this name.
        """
        if name not in self.hypothesis_names:
            raise InputError(f"name is {name!r}; accepted: one of {self.hypothesis_names}")

        def drop(step: Step | Case) -> Step | Case:
            if not isinstance(step, Case):
                return step
            return replace(step, assuming=tuple(h for h in step.assuming if h.name != name))

        kept = tuple(h for h in self.hypotheses if h.name != name)
        return replace(self, hypotheses=kept, steps=_mapped(self.steps, drop))

    def with_step(self, name: str, **changes: Any) -> "Derivation":
        """Return the derivation with some fields of one step changed.

        Parameters
        ----------
        name : str
            Name of the step.
        **changes
            Fields of the step, such as ``rhs=...`` or ``vector=...``.

        Returns
        -------
        Derivation
            To be checked like any other: a false step stays undecided.

        Raises
        ------
        InputError
            If no step has this name.
        """
        steps = tuple(step.name for step in _walk(self.steps))
        if name not in steps:
            raise InputError(f"name is {name!r}; accepted: one of {steps}")

        def change(step: Step | Case) -> Step | Case:
            return replace(step, **changes) if step.name == name else step

        return replace(self, steps=_mapped(self.steps, change))

    def render(self, latex: bool = False) -> str:
        """Return the hypotheses, the steps and the conclusion for a reader.

        Parameters
        ----------
        latex : bool
            Whether formulas are written in LaTeX between dollar signs.

        Returns
        -------
        str
            Lines of text; every assumption is among them with its reason, and every letter with
            its shape and whether it is declared self-adjoint.
        """
        mark = "$" if latex else ""
        lines = [self.title, "Notation:"]
        lines += [f"  {mark}{name} = {value.text(latex)}{mark}" for name, value in self.notation]
        lines += [f"  {letter.name}: {shape_text(letter)}" for letter in self.letters]
        if self.expectation is not None:
            copies = "; ".join(", ".join(copy) for copy in self.expectation.copies)
            joint = ", ".join(self.expectation.joint) or "none"
            lines.append(f"  E over independent copies ({copies}); of all copies: {joint}")
        lines.append("Hypotheses:")
        for letter in self.letters:
            if letter.self_adjoint:
                name = letter.text(latex)
                equation = f"{name}^{{*}} = {name}" if latex else f"{name}* = {name}"
                lines.append(f"  {mark}{equation}{mark} (the letter is declared self-adjoint)")
        lines += [_assumption_text(item, latex) for item in self.hypotheses]
        lines.append("Steps:")
        lines += _step_lines(self.steps, latex, "  ")
        return "\n".join([*lines, f"Conclusion: {self.conclusion}"])


def _assumption_text(item: Hypothesis, latex: bool) -> str:
    """Return one line that shows an assumption and its reason."""
    mark = "$" if latex else ""
    return f"  [{item.name}] {mark}{item.text(latex)}{mark} ({item.because})"


def _step_lines(steps: Steps, latex: bool, indent: str) -> list[str]:
    """Return the lines of the steps, those of a case indented below its assumptions."""
    mark = "$" if latex else ""
    lines = []
    for step in steps:
        if isinstance(step, Case):
            lines.append(f"{indent}case {step.name}:")
            lines += [f"{indent}  assume{_assumption_text(h, latex)}" for h in step.assuming]
            lines += _step_lines(step.steps, latex, indent + "  ")
        else:
            lines.append(f"{indent}{step.name}: {mark}{step.statement(latex)}{mark}")
    return lines


def _walk(steps: Steps) -> Iterator[Step | Case]:
    """Yield all steps and cases, depth first."""
    for step in steps:
        yield step
        if isinstance(step, Case):
            yield from _walk(step.steps)


def _mapped(steps: Steps, change: Callable[[Step | Case], Step | Case]) -> Steps:
    """Return the steps with a change made to each, inside cases too."""
    inner = (
        replace(step, steps=_mapped(step.steps, change)) if isinstance(step, Case) else step
        for step in steps
    )
    return tuple(change(step) for step in inner)


def check(derivation: Derivation) -> Result:
    """Decide every step of a derivation from its hypotheses and the steps before it.

    Parameters
    ----------
    derivation : Derivation
        The derivation; nothing in it is trusted but its hypotheses.

    Returns
    -------
    Result
        `decided` is True when every step is decided and no hypothesis divides by something that
        is not known to be nonzero. A step that was not decided is not available to later ones.
        Where hypotheses cannot be used together or visibly contradict one another, none of the
        steps below them is decided.

    Examples
    --------
    >>> from superposition_theory.derivations.matrix_steps import Equality
    >>> from superposition_theory.derivations.polynomials import matrix
    >>> W = matrix("W", "m", "n")
    >>> wrong = Equality("sign", W * W.star, -W * W.star)
    >>> check(Derivation("wrong", (), (wrong,), "none")).steps[0].detail
    'left side minus right side reduces to 2 W W*'
    """
    context = Context((), derivation.expectation)
    results = tuple(_run(context, "", derivation.hypotheses, derivation.steps))
    return Result(derivation.title, bool(results) and all(r.decided for r in results), results)


def _run(
    outer: Context, case: str, assumed: tuple[Hypothesis, ...], steps: Steps
) -> Iterator[StepResult]:
    """Yield the results of the steps, adding what each proves to the context."""
    problem = None
    try:
        context = outer.extended(*assumed)
        problem = context.contradiction()
    except InputError as error:
        problem = str(error)
    if problem is not None:
        yield StepResult(f"hypotheses {case}".strip(), "consistent", False, problem, ())
        below = (step for step in _walk(steps) if not isinstance(step, Case))
        yield from (_reported(step, Outcome(False, problem)) for step in below)
        return
    yield from _ill_defined(context, assumed)
    for step in steps:
        if isinstance(step, Case):
            if not step.steps:
                yield StepResult(step.name, "case", False, "a case without steps", ())
            yield from _run(context, step.name, step.assuming, step.steps)
            continue
        try:
            outcome = step.decide(context)
            context = context.extended(*outcome.gained)
        except InputError as error:
            outcome = Outcome(False, str(error))
        yield _reported(step, outcome)


def _reported(step: Step, outcome: Outcome) -> StepResult:
    """Return the outcome of a step with its name and its statement."""
    try:
        statement = step.statement()
    except InputError as error:
        statement = str(error)
    used = tuple(sorted(outcome.used))
    return StepResult(step.name, statement, outcome.decided, outcome.detail, used)


def _ill_defined(context: Context, items: tuple[Hypothesis, ...]) -> Iterator[StepResult]:
    """Yield a failure for each hypothesis that divides by what may vanish."""
    for item in items:
        try:
            context.require_defined(*_scalars_of(item))
        except InputError as error:
            yield StepResult(f"hypothesis {item.name}", item.text(), False, str(error), ())


def _scalars_of(item: Hypothesis) -> tuple[Any, ...]:
    """Return the scalars that occur in a hypothesis."""
    if isinstance(item, Rule):
        return tuple(value for _, value in item.rhs.terms)
    if isinstance(item, TraceRule):
        return (item.value,)
    return (item.expression,) if isinstance(item, Fact) else (item.lhs, item.rhs)
