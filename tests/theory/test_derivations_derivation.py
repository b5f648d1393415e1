"""The checker: order of steps, cases that do not leak, sabotage, and assumptions in plain sight."""

import pytest
from superposition_theory.derivations.context import Fact, Value
from superposition_theory.derivations.deciding import Using
from superposition_theory.derivations.derivation import Case, Derivation, check
from superposition_theory.derivations.expectations import Expectation
from superposition_theory.derivations.matrix_steps import Equality, TraceEquality
from superposition_theory.derivations.polynomials import identity, matrix, zero
from superposition_theory.derivations.rewriting import Rule, TraceRule
from superposition_theory.derivations.scalar_steps import Nonnegative, Product, ScalarIdentity
from superposition_theory.derivations.scalars import symbol
from superposition_theory.derivations.traces import constant, trace
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
    assert not check(Derivation("empty", (), (Case("c", (IDEMPOTENT,), ()),), "")).decided


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
    assert "  E over independent copies (lambda, p; mu, q); of all copies: apart" in lines
    assert r"  [rank] $\operatorname{tr}(X_{k}) = x$ (definition)" in lines
    assert r"  sign: $2 x \geq 0$" in lines
    assert check(derivation).decided
