"""The checker: order of steps, cases that do not leak, sabotage, and assumptions in plain sight."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
import sympy
from superposition_theory.derivations.context import Fact, Value
from superposition_theory.derivations.deciding import Outcome, Using
from superposition_theory.derivations.derivation import Case, Derivation, check
from superposition_theory.derivations.expectations import Expectation
from superposition_theory.derivations.matrix_steps import Equality, Square, TraceEquality
from superposition_theory.derivations.polynomials import Polynomial, identity, matrix, scalar, zero
from superposition_theory.derivations.rewriting import Rule, TraceRule
from superposition_theory.derivations.scalar_steps import Nonnegative, Product, ScalarIdentity
from superposition_theory.derivations.scalars import EXPECTATION, symbol
from superposition_theory.derivations.traces import TracePolynomial, constant, trace
from superposition_theory.errors import InputError

P = matrix("P", "n", "n", self_adjoint=True)
e = matrix("e", "n", "1")
x, y = symbol("x"), symbol("y")
IDEMPOTENT = Rule("idempotent", P * P, P, because="P is a projector")
CUBE = Equality("cube", P * P * P, P)
FIXED = Rule("fixed", P * e, e, because="e lies in the range")
INSIDE = Equality("inside", P * P * e, e)
PROJECTOR = Derivation(
    "Powers of a projector",
    (IDEMPOTENT,),
    (CUBE, Case("a fixed vector", (FIXED,), (INSIDE,))),
    "P^3 = P.",
    (("Q", identity("n") - P),),
)


def test_a_correct_derivation_is_decided_step_by_step() -> None:
    result = check(PROJECTOR)
    assert result.decided
    assert result.failed == ()
    assert result.title == "Powers of a projector"
    assert [(s.name, s.used) for s in result.steps] == [
        ("cube", ("idempotent",)),
        ("inside", ("fixed", "idempotent")),
    ]
    assert result.steps[0].statement == "P P P = P"


def test_dropping_a_hypothesis_leaves_the_step_that_needs_it() -> None:
    assert check(PROJECTOR.without("idempotent")).failed == ("cube",)
    assert check(PROJECTOR.without("fixed")).failed == ("inside",)
    assert PROJECTOR.hypothesis_names == ("idempotent", "fixed")
    assert PROJECTOR.without("fixed").hypothesis_names == ("idempotent",)


def test_sabotaged_steps_fail_by_name() -> None:
    broken = PROJECTOR.with_step("cube", rhs=2 * P)
    assert check(broken).failed == ("cube",)
    assert not check(broken).decided
    assert check(PROJECTOR.with_step("inside", rhs=-e)).failed == ("inside",)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(InputError, match="name is 'cube'; accepted: one of"):
        PROJECTOR.without("cube")
    with pytest.raises(InputError, match="name is 'idempotent'; accepted: one of"):
        PROJECTOR.with_step("idempotent", rhs=P)


def test_names_are_distinct_across_steps_and_hypotheses() -> None:
    with pytest.raises(InputError, match="the name 'cube' is used twice"):
        Derivation("t", (), (CUBE, CUBE), "")
    clash = Equality("idempotent", P, P)
    with pytest.raises(InputError, match="the name 'idempotent' is used twice"):
        Derivation("t", (IDEMPOTENT,), (clash,), "")
    with pytest.raises(InputError, match="the name 'inside' is used twice"):
        Derivation("t", (), (Case("inside", (), (INSIDE,)),), "")


def test_no_steps_decide_nothing() -> None:
    assert not check(Derivation("empty", (IDEMPOTENT,), (), "P^3 = P")).decided
    empty = check(Derivation("empty", (), (CUBE, Case("c", (IDEMPOTENT,), ())), ""))
    assert not empty.decided
    assert empty.failed == ("cube", "c")
    emptied = check(PROJECTOR.with_step("a fixed vector", steps=()))
    assert not emptied.decided
    assert emptied.failed == ("a fixed vector",)
    assert emptied.steps[-1].detail == "a case without steps"


def test_a_step_is_known_to_later_steps_only() -> None:
    square = Equality("P P e = P e", P * P * e, P * e, as_rule=True)
    later = Equality("later", P * P * P * e, P * e)
    assert check(Derivation("t", (IDEMPOTENT,), (square, later), "")).decided
    early = Derivation("t", (), (later, square), "")
    assert check(early).failed == ("later", "P P e = P e")


def test_an_undecided_step_helps_no_later_one() -> None:
    false = Equality("P e = 0", P * e, zero("n", "1"), as_rule=True)
    later = Equality("later", P * P * e, zero("n", "1"))
    assert check(Derivation("t", (), (false, later), "")).failed == ("P e = 0", "later")


def test_what_a_case_assumes_and_proves_stays_inside() -> None:
    assume = Rule("e is null", P * e, zero("n", "1"), because="assumed in the case")
    inner = Equality("inner", P * P * e, zero("n", "1"))
    fact = ScalarIdentity("inner fact", x, x)
    case = Case("null", (assume,), (inner, fact))
    outside = Equality("outside", P * e, zero("n", "1"))
    cited = ScalarIdentity("cited", x, x, using=(Using("inner fact"),))
    result = check(Derivation("t", (), (case, outside, cited), ""))
    assert result.failed == ("outside", "cited")
    assert result.steps[-1].detail.startswith("no scalar fact is named 'inner fact'")


def test_cases_nest_and_see_what_is_outside() -> None:
    known = Equality("P P e = e", P * P * e, e, as_rule=True)
    deep = Equality("deep", P * P * P * P * e, e)
    nested = Case("outer", (FIXED,), (known, Case("inner", (), (deep,))))
    derivation = Derivation("t", (), (nested,), "")
    assert check(derivation).decided
    assert check(derivation.without("fixed")).failed == ("P P e = e", "deep")
    assert check(derivation.with_step("deep", rhs=2 * e)).failed == ("deep",)


@pytest.mark.parametrize(
    "hypothesis",
    [
        Rule("bad", P * e, e / x, because=""),
        TraceRule("bad", trace(P), y / x, because=""),
        Fact("bad", 1 / x, "> 0", because=""),
        Value("bad", y, 1 / x, because=""),
    ],
)
def test_hypotheses_must_not_divide_by_what_may_vanish(
    hypothesis: Rule | TraceRule | Fact | Value,
) -> None:
    true = Equality("true", P, P)
    result = check(Derivation("t", (hypothesis,), (true,), ""))
    assert result.failed == ("hypothesis bad",)
    assert "divides by x" in result.steps[0].detail
    assert not result.decided
    inside = Derivation("t", (), (Case("c", (hypothesis,), (true,)),), "")
    assert check(inside).failed == ("hypothesis bad",)
    nonzero = Fact("x", x, "!= 0", because="")
    assert check(Derivation("t", (nonzero, hypothesis), (true,), "")).decided


def test_a_derivation_that_assumes_its_conclusion_shows_it() -> None:
    conclusion = Rule("too good", P * e, zero("n", "1"), "trust")
    cheat = Derivation("t", (conclusion,), (Equality("P e = 0", P * e, zero("n", "1")),), "P e = 0")
    result = check(cheat)
    assert result.steps[0].used == ("too good",)
    assert "[too good] P e = 0 (trust)" in cheat.render()
    assert cheat.hypothesis_names == ("too good",)
    assert not check(cheat.without("too good")).decided


def test_render_shows_every_assumption_step_and_letter() -> None:
    expected = """Powers of a projector
Notation:
  Q = -P + I
  P: n x n, self-adjoint
  e: n x 1
Hypotheses:
  P* = P (the letter is declared self-adjoint)
  [idempotent] P P = P (P is a projector)
Steps:
  cube: P P P = P
  case a fixed vector:
    assume  [fixed] P e = e (e lies in the range)
    inside: P P e = e
Conclusion: P^3 = P."""
    assert PROJECTOR.render() == expected


def test_render_in_latex_and_with_an_expectation() -> None:
    derivation = Derivation(
        "t",
        (
            TraceRule("rank", trace(matrix("X_k", "m", "m")), x, because="definition"),
            Fact("positive", x, "> 0", because="rank"),
        ),
        (
            TraceEquality("twice", 2 * trace(matrix("X_k", "m", "m")), constant(2 * x)),
            Nonnegative("sign", 2 * x, (Product(2, factors=("positive",)),)),
        ),
        "done",
        (),
        Expectation((("lambda", "p"), ("mu", "q")), ("apart",)),
    )
    lines = derivation.render(latex=True).splitlines()
    assert "  X_k: m x m" in lines
    assert (
        "  $P^{*} = P$ (the letter is declared self-adjoint)"
        in PROJECTOR.render(latex=True).splitlines()
    )
    assert "  E over independent copies (lambda, p; mu, q); of all copies: apart" in lines
    assert r"  [rank] $\operatorname{tr}(X_{k}) = x$ (definition)" in lines
    assert r"  sign: $2 x \geq 0$" in lines
    assert check(derivation).decided


ZERO = (x + 1) ** 2 - x**2 - 2 * x - 1  # 0, but not as it is written


def test_an_unexpanded_zero_is_not_a_positive_coefficient() -> None:
    with pytest.raises(InputError, match="accepted: a nonnegative int, Fraction or sympy"):
        Nonnegative("0 > 0", 0, (Product(ZERO),), strict=True)
    above = Nonnegative("0 > 0", 0, (Product(0),), strict=True)
    one_is_two = ScalarIdentity("1 = 2", 1, 2, using=(Using("nought", factor=-1 / ZERO),))
    nought = ScalarIdentity("nought", ZERO, 0)
    result = check(Derivation("t", (), (above, nought, one_is_two), "1 = 2"))
    assert result.failed == ("0 > 0", "1 = 2")


A, SYMMETRIC = matrix("A", "n", "n"), matrix("A", "n", "n", self_adjoint=True)
ROTATION = TraceRule("tr", trace(A * A), -2, because="a rotation by a quarter turn")
TRACE_SQUARE = Square("sq", trace(SYMMETRIC * SYMMETRIC), SYMMETRIC)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Derivation("t", (ROTATION,), (TRACE_SQUARE,), "-2 >= 0"),
        lambda: Derivation("t", (), (Case("c", (ROTATION,), (TRACE_SQUARE,)),), "-2 >= 0"),
        lambda: Derivation("t", (), (TRACE_SQUARE, Equality("A", A, A)), ""),
        lambda: Derivation("t", (), (TRACE_SQUARE,), "", (("N", A * A.star),)),
        lambda: Derivation("t", (Rule("r", P * P, A * A.star, ""),), (TRACE_SQUARE,), ""),
        lambda: Derivation(
            "t", (IDEMPOTENT,), (TRACE_SQUARE, Equality("c", P, P, (Using("r", left=A),))), ""
        ),
        lambda: Derivation(
            "t", (), (TRACE_SQUARE, Square("s", trace(P), matrix("A", "n", "k"))), ""
        ),
    ],
    ids=["trace rule", "case", "step", "notation", "right side", "cofactor", "shape"],
)
def test_one_name_is_one_letter_wherever_it_occurs(build: Any) -> None:
    with pytest.raises(InputError, match="the letter A occurs with two shapes"):
        build()


def test_symmetry_is_shown_where_only_a_step_declares_it() -> None:
    derivation = Derivation("t", (), (TRACE_SQUARE,), "tr A^2 >= 0 for symmetric A")
    assert check(derivation).decided
    assert derivation.assumptions == ()
    assert derivation.declarations == ("A",)
    assert "  A: n x n, self-adjoint" in derivation.render().splitlines()
    assert "  A* = A (the letter is declared self-adjoint)" in derivation.render().splitlines()
    undeclared = Derivation("t", (), (Square("sq", trace(A * A), A),), "")
    assert undeclared.declarations == ()
    assert [letter.name for letter in undeclared.letters] == ["A"]
    assert not check(undeclared).decided


# a row: facts that cannot all hold, and what is said of them
CONTRADICTIONS = [
    ((Fact("a", x, "= 0", ""), Fact("b", x, "!= 0", "")), "every factor is known to be nonzero"),
    ((Fact("a", x * y, "= 0", ""), Fact("b", x * y, "> 0", "")), "known to be nonzero"),
    ((Fact("a", ZERO, "!= 0", ""),), "the left side is 0"),
    ((Fact("a", ZERO, "> 0", ""),), "the left side is 0"),
    ((Fact("a", ZERO - 1, ">= 0", ""),), "the left side is -1"),
    ((Fact("a", ZERO + 1, "= 0", ""),), "known to be nonzero"),
    ((Fact("a", x - y, "> 0", ""), Fact("b", y - x, ">= 0", "")), "the sum is 0"),
    ((Fact("a", x - y, ">= 0", ""), Fact("b", y - x, "> 0", "")), "the sum is 0"),
    ((Fact("a", x - 2, ">= 0", ""), Fact("b", 1 - x, ">= 0", "")), "the sum is -1"),
    ((Value("a", x, y, ""), Fact("b", x - y, "> 0", "")), "the left side is 0"),
]


@pytest.mark.parametrize(("facts", "message"), CONTRADICTIONS)
def test_nothing_is_decided_from_a_visible_contradiction(
    facts: tuple[Fact | Value, ...], message: str
) -> None:
    true = Equality("true", P, P)
    inside = check(Derivation("t", (), (true, Case("c", facts, (CUBE,))), ""))
    assert inside.failed == ("hypotheses c", "cube")
    assert message in inside.steps[-1].detail
    below = check(Derivation("t", facts, (true, Case("c", (), (CUBE,))), ""))
    assert below.failed == ("hypotheses", "true", "cube")
    known = check(Derivation("t", facts[:-1], (Case("c", facts[-1:], (true,)),), ""))
    assert known.failed == ("hypotheses c", "true")


@pytest.mark.parametrize(
    "facts",
    [
        (Fact("a", x, "= 0", ""), Fact("b", x, ">= 0", "")),
        (Fact("a", x * y, "= 0", ""), Fact("b", x, "!= 0", "")),
        (Fact("a", x - y, ">= 0", ""), Fact("b", y - x, ">= 0", "")),
        (Fact("a", x - y, "> 0", ""), Fact("b", x + y, "> 0", "")),
        (Fact("a", ZERO, "= 0", ""), Fact("b", ZERO, ">= 0", "")),
        (Fact("a", ZERO + 1, "> 0", ""), Fact("b", x - 1, "> 0", ""), Fact("c", 2 - x, "> 0", "")),
    ],
)
def test_facts_that_can_hold_together_are_no_contradiction(facts: tuple[Fact, ...]) -> None:
    assert check(Derivation("t", facts, (Equality("true", P, P),), "")).decided


def test_what_cannot_be_assumed_leaves_the_steps_undecided() -> None:
    circular = Value("circular", x, x + 1, because="")
    result = check(Derivation("t", (), (CUBE, Case("c", (circular,), (INSIDE,))), ""))
    assert result.failed == ("cube", "hypotheses c", "inside")
    assert "uses the defined symbols" in result.steps[-1].detail


def test_an_expectation_of_two_arguments_is_undecided() -> None:
    lam = symbol("lambda")
    two = EXPECTATION(lam, lam)
    derivation = Derivation(
        "t", (), (ScalarIdentity("two", two, two),), "", (), Expectation((("lambda",),))
    )
    result = check(derivation)
    assert result.failed == ("two",)
    assert "E of one argument" in result.steps[0].detail
    assert "E of one argument" in result.steps[0].statement


@dataclass(frozen=True)
class Believer(Equality):
    """An equality that is decided whatever it says."""

    def decide(self, context: object) -> Outcome:
        """Decide without looking."""
        return Outcome(True, f"trust {context}")


@dataclass(frozen=True)
class Gift(Product):
    """A product that is positive whatever it is."""

    def is_positive(self, context: object) -> bool:
        """Return what is wished for."""
        return context is not None


@dataclass(frozen=True)
class Shape:
    """A look-alike of a step."""

    name: str

    def statement(self) -> str:
        """Return what the step claims."""
        return self.name

    def decide(self, context: object) -> Outcome:
        """Decide without looking."""
        return Outcome(True, f"trust {context}")


W = matrix("W", "m", "n")
WORD = W.terms[0][0]
TWICE = Polynomial("m", "n", ((WORD, sympy.Integer(1)), (WORD, sympy.Integer(-1))))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Believer("0 = I", P, zero("n", "n")), "steps is .*; accepted: a tuple of Averaged, Case"),
        (Shape("1 = 2"), "steps is .*; accepted: a tuple of Averaged, Case"),
        (
            Nonnegative("s", 0, (Gift(0),), strict=True),
            "products is .*; accepted: a tuple of Product",
        ),
        (Equality("s", P, P, using=("idempotent",)), "using is .*; accepted: a tuple of Using"),  # type: ignore[arg-type]
        (Case("c", (CUBE,), (CUBE,)), "assuming is .*; accepted: a tuple of Fact, Rule"),  # type: ignore[arg-type]
        (Case("c", (), [CUBE]), "steps is .*; accepted: a tuple of"),  # type: ignore[arg-type]
        (ScalarIdentity("s", 0.5, 0.5), "contains 0.5 of the type float"),
        (Equality("s", TWICE, -W), "the terms of W - W are not in order"),
        (Equality("s", Polynomial("m", "m", W.terms), identity("m")), "not a product of shape"),
        (
            TraceEquality("s", TracePolynomial((W.star * W).terms), constant(0)),
            "not the least of its class",
        ),
        (
            TraceEquality("s", TracePolynomial(((WORD, sympy.Integer(1)),)), constant(0)),
            "not a product of shape m x m",
        ),
        (
            TraceEquality("s", TracePolynomial(2 * trace(P).terms), constant(0)),
            "the terms of .* are not in order",
        ),
    ],
)
def test_only_the_types_of_the_checker_are_trusted(step: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Derivation("t", (), (step,), "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"notation": (("P", identity("n")),)}, "P is the name of a letter and of an abbreviation"),
        ({"notation": (("Q", P), ("Q", -P))}, "Q is the name of an abbreviation and of another"),
        ({"notation": (("n", P),)}, "n is the name of an abbreviation and of a scalar"),
        (
            {"expectation": Expectation((("n",),))},
            "n is the name of a random variable and of a dim",
        ),
        ({"expectation": Expectation((("P",),))}, "P is the name of a letter and of a scalar"),
        (
            {"expectation": Expectation((("Q",),))},
            "Q is the name of an abbreviation and of a scalar",
        ),
        (
            {"hypotheses": (IDEMPOTENT, Fact("f", symbol("e"), "> 0", ""))},
            "e is the name of a lett",
        ),
        (
            {"steps": (ScalarIdentity("s", symbol("E[x]"), 0),)},
            r"named 'E\[x\]'; accepted: an ident",
        ),
        ({"steps": (Equality("s", identity("n m"), P),)}, "named 'n m'; accepted: an identifier"),
    ],
)
def test_a_name_has_one_meaning(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(PROJECTOR, **changes)


def test_the_name_of_a_dimension_is_also_its_size() -> None:
    size = Nonnegative("n + 1", symbol("n") + 1, (Product(factors=("n > 0",)), Product(1)))
    positive = Fact("n > 0", symbol("n"), "> 0", because="")
    derivation = Derivation("t", (positive,), (size, Equality("one", scalar(1), scalar(1))), "")
    assert check(derivation).decided
