"""The checker that stands alone: its arithmetic, its trees, its theorem, and what it needs."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest
import sympy
from proofs.certificate_samples import SQUARE, TOY, bowl, tilted, toy
from superposition_numerics.certify import FLOATS, Fixed
from superposition_proofs.certificates import (
    certificate_of,
    check,
    decide_theorem,
    polygon_constants,
)
from superposition_proofs.certificates.check import Interval, Rejected, Unbounded, check_text
from superposition_proofs.certificates.files import render, stored
from superposition_proofs.certificates.pentagon import Bracket, Excess

CHECKER = Path(check.__file__)
PENTAGON = stored("pentagon")
TINY = Fraction(1, 2**240)


def exact(interval: Interval) -> tuple[Fraction, Fraction]:
    return Fraction(interval.lower, check.ONE), Fraction(interval.upper, check.ONE)


def holds(interval: Interval, value: Fraction) -> bool:
    lower, upper = exact(interval)
    return lower <= value <= upper


def number(value: Any) -> Fraction:
    """Return a number of mpmath exactly."""
    mantissa, exponent = mpmath.mpf(value).man_exp
    return (-1 if value < 0 else 1) * int(mantissa) * Fraction(2) ** int(exponent)


def near(interval: Interval, value: Any, within: Fraction = TINY) -> bool:
    """Say whether an interval is narrow and contains a number known to 100 digits."""
    lower, upper = exact(interval)
    middle = number(value)
    return lower <= middle <= upper and upper - lower < within


@pytest.fixture(autouse=True)
def _precision() -> Any:
    with mpmath.workdps(110):
        yield


# ---------------------------------------------------------------- intervals

OPERATIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "sum": (lambda x, y: x + y, 2),
    "difference": (lambda x, y: x - y, 2),
    "product": (lambda x, y: x * y, 2),
    "quotient": (lambda x, y: x / y, 2),
    "negative": (lambda x: -x, 1),
    "power 0": (lambda x: x**0, 1),
    "square": (lambda x: x**2, 1),
    "cube": (lambda x: x**3, 1),
    "reciprocal": (lambda x: 1 / x, 1),
    "from an integer": (lambda x: 2 - x, 1),
    "with a fraction": (lambda x: Fraction(1, 3) * x + Fraction(1, 7), 1),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_intervals_contain_the_exact_results(name: str) -> None:
    operation, arity = OPERATIONS[name]
    draw = random.Random(name)
    decided = 0
    for _ in range(300):
        sides = [
            sorted(Fraction(draw.randint(-999, 999), draw.randint(1, 99)) for _ in "ab")
            for _ in range(arity)
        ]
        boxes = [Interval(Interval.of(low).lower, Interval.of(high).upper) for low, high in sides]
        points = [low + (high - low) * draw.choice((0, 1, Fraction(1, 3))) for low, high in sides]
        try:
            result = operation(*boxes)
        except Unbounded:
            continue  # a quotient by an interval around 0
        decided += 1
        assert holds(result, Fraction(operation(*points)))
    assert decided > 100


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (Interval.of(Fraction(1, 4)).sqrt(), Fraction(1, 2)),  # exact root
        (Interval.of(0).sqrt(), Fraction(0)),
        (Interval.of(-2).positive_part(3), Fraction(0)),
        (Interval.of(2).positive_part(3), Fraction(8)),
        (Interval.of(0).cos(), Fraction(1)),
        (Interval.of(0).sin(), Fraction(0)),
    ],
)
def test_values_by_hand(interval: Interval, expected: Fraction) -> None:
    assert holds(interval, expected)
    assert exact(interval)[1] - exact(interval)[0] < TINY


def test_the_step_at_zero_and_powers_around_zero() -> None:
    around = Interval(-check.ONE, 2 * check.ONE)
    for interval, bounds in (
        (around.positive_part(0), (0, 1)),
        (Interval.of(0).positive_part(0), (0, 1)),
        (around.positive_part(2), (0, 4)),
        (around**2, (0, 4)),
        (around**3, (-1, 8)),
    ):
        assert exact(interval) == tuple(map(Fraction, bounds))


@pytest.mark.parametrize("angle", [-3, -2, -1, 0, Fraction(1, 3), 1, Fraction(5, 2), 3])
def test_cosines_and_sines(angle: Fraction) -> None:
    value = mpmath.mpf(Fraction(angle).numerator) / Fraction(angle).denominator
    assert near(Interval.of(angle).cos(), mpmath.cos(value))
    if angle >= -1:
        assert near(Interval.of(angle).sin(), mpmath.sin(value))


def test_cosine_of_wide_intervals() -> None:
    assert exact(Interval(-check.ONE, 2 * check.ONE).cos())[1] == 1  # the maximum lies inside
    falling = Interval(check.ONE, 3 * check.ONE).cos()
    assert near(Interval(falling.lower, falling.lower + 2000), mpmath.cos(3))
    assert near(Interval(falling.upper - 2000, falling.upper), mpmath.cos(1))


def test_pi_and_roots() -> None:
    assert near(check.pi(), mpmath.pi)
    assert near(Interval.of(2).sqrt(), mpmath.sqrt(2))


@pytest.mark.parametrize(
    "operation",
    [
        lambda: Interval.of(1) / Interval(-1, 1),
        lambda: Interval(-1, 1).sqrt(),
        lambda: Interval.of(4).cos(),
        lambda: check.jets([Interval(-1, 1)], 2)[0].positive_part(1),
    ],
)
def test_what_has_no_bound_is_not_given_one(operation: Callable[[], Any]) -> None:
    with pytest.raises(Unbounded):
        operation()


def test_derivatives_against_symbolic_ones() -> None:
    def formula(x: Any) -> Any:
        overlap = (x[0].cos() - x[1]).positive_part(3) / (x[0].cos() * (1 - x[1]) ** 3)
        return (2 - x[0]) * overlap - x[1] ** 2 / (3 + x[0])

    u, v = sympy.symbols("u v")
    difference = sympy.cos(u) - v
    symbolic = (2 - u) * difference**3 / (sympy.cos(u) * (1 - v) ** 3)
    symbolic -= v**2 / (3 + u)
    point = (Fraction(2, 5), Fraction(1, 7))
    at = dict(zip((u, v), (sympy.Rational(x.numerator, x.denominator) for x in point), strict=True))
    jet = formula(check.jets([Interval.of(x) for x in point], 2))
    parts = {jet.value: symbolic}
    parts |= {jet.gradient[i]: sympy.diff(symbolic, (u, v)[i]) for i in range(2)}
    parts |= {
        jet.hessian[i][j]: sympy.diff(symbolic, (u, v)[i], (u, v)[j])
        for i in range(2)
        for j in range(i + 1)
    }
    for interval, derivative in parts.items():
        assert near(interval, mpmath.mpf(str(derivative.evalf(105, subs=at))), 2**10 * TINY)


def test_positivity_is_never_claimed_where_a_sample_is_not_positive() -> None:
    def wave(x: Any) -> Any:
        return x[0] ** 3 - 2 * x[0] * x[1] + x[1].cos() - Fraction(1, 2)

    draw = random.Random(5)
    claimed = refused = 0
    for _ in range(400):
        box = tuple(
            (low * check.ONE // 16, (low + draw.randint(1, 12)) * check.ONE // 16)
            for low in (draw.randint(-20, 20), draw.randint(-20, 20))
        )
        worst = min(
            wave([Interval.of(Fraction(a, check.ONE)), Interval.of(Fraction(b, check.ONE))]).lower
            for a in (box[0][0], sum(box[0]) // 2, box[0][1])
            for b in (box[1][0], sum(box[1]) // 2, box[1][1])
        )
        if check.is_positive(wave, box):
            claimed += 1
            assert worst > 0
        else:
            refused += worst <= 0
    assert claimed > 50
    assert refused > 50


@pytest.mark.parametrize(
    ("formula", "definite"),
    [
        (lambda x: x[0] ** 2 + x[1] ** 2 + x[0] * x[1], True),  # determinant 3
        (lambda x: x[0] ** 2 + x[1] ** 2 + 2 * x[0] * x[1], False),  # semidefinite
        (lambda x: x[0] ** 2 + x[1] ** 2 + 3 * x[0] * x[1], False),  # a saddle
        (lambda x: x[1] ** 2 - x[0] ** 2, False),
        (lambda x: x[0] ** 4 + x[1] ** 2, False),  # degenerate on x = 0
        (bowl, True),
    ],
)
def test_definiteness(formula: check.Formula, definite: bool) -> None:
    box = ((-check.ONE, check.ONE), (-check.ONE, check.ONE))
    assert check.on_pieces(lambda piece: check.is_definite(formula, piece), box) is definite


# ---------------------------------------------------------------- trees

ROOT = ((0, check.ONE), (0, check.ONE))


def test_leaves_of_a_tree_by_hand() -> None:
    boxes = [
        (letter, tuple(tuple(Fraction(x, check.ONE) for x in side) for side in box))
        for letter, box in check.leaves("0n1ic", ROOT, "part")
    ]
    half = Fraction(1, 2)
    assert boxes == [
        ("n", ((0, half), (0, 1))),
        ("i", ((half, 1), (0, half))),
        ("c", ((half, 1), (half, 1))),
    ]


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        ("0n", "part, mark 2: the tree ends while 1 boxes are open"),
        ("00nn", "part, mark 4: the tree ends while 1 boxes are open"),
        ("0nnn", "part, mark 3: the tree is already complete"),
        ("nn", "part, mark 1: the tree is already complete"),
        ("0n2nn", "part, mark 2: there is no variable 2"),
        ("0" * 300 + "n" * 301, "part, mark 256: a box is halved beyond the resolution"),
    ],
)
def test_malformed_trees(tree: str, place: str) -> None:
    with pytest.raises(Rejected, match=place):
        list(check.leaves(tree, ROOT, "part"))


def test_a_domain_that_cannot_be_halved_exactly_is_refused() -> None:
    with pytest.raises(ValueError, match="1/3"):
        check.units(Fraction(1, 3))


# ---------------------------------------------------------------- a small theorem


@pytest.fixture
def toy_text(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(check.STATEMENTS, "toy", toy)
    return render(certificate_of(decide_theorem(TOY, FLOATS), FLOATS))


def test_every_kind_of_leaf_is_checked(toy_text: str) -> None:
    content = check.parsed(toy_text)
    assert {letter for part in content["parts"] for letter in part["rules"]} == set("ijncxd")
    report = check_text(toy_text)
    assert set(report.leaves) == {"circle", "away", "bowl"}
    assert report.constants == {"third": "0." + "3" * 30, "half": "0.5" + "0" * 29}


def toy_with(part: int, **changes: Any) -> check.Statement:
    statement = toy()
    parts = list(statement.parts)
    parts[part] = replace(parts[part], **changes)
    return replace(statement, parts=tuple(parts))


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        # x + y - 9/8 < 0 somewhere outside the circle
        (
            lambda: toy_with(0, formula=lambda x: x[0] + x[1] - Fraction(9, 8)),
            "part 'circle', leaf",
        ),
        (lambda: toy_with(0, constraints=()), "part 'circle', leaf 1, box 0 <= x <= .* rule 'i'"),
        (lambda: toy_with(1, left_out=None), "part 'away', left_out"),
        # negative on a disc of radius 1e-6 about a point that is not left out
        (
            lambda: toy_with(
                1,
                formula=lambda x: (
                    (x[0] - Fraction(1, 2)) ** 2
                    + (x[1] - Fraction(1, 3)) ** 2
                    - Fraction(1, 10**12)
                ),
            ),
            "part 'away', leaf",
        ),
        (lambda: toy_with(2, formula=lambda x: bowl(x) - x[0] ** 2), "part 'bowl', leaf"),
        (lambda: toy_with(2, domain=SQUARE), "part 'bowl', domain"),
        (lambda: replace(toy(), constants={}), "constants"),
        (lambda: replace(toy(), conditions={"1/3 < 1/2": Interval(0, 5)}), "condition '1/3 < 1/2'"),
        (lambda: replace(toy(), identities={"1 = 0": Interval.of(1)}), "identity '1 = 0'"),
        (lambda: replace(toy(), identities={"0": Interval(-check.ONE, 1)}), "identity '0'"),
    ],
)
def test_a_theorem_that_differs_is_not_certified(
    toy_text: str,
    statement: Callable[[], check.Statement],
    place: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(check.STATEMENTS, "toy", statement)
    with pytest.raises(Rejected, match=place):
        check_text(toy_text)


def test_a_leaf_may_be_halved_further() -> None:
    part = check.Positive("p", ("x", "y"), SQUARE, lambda x: tilted(x) + Fraction(1, 50))
    assert not check.is_positive(part.formula, ROOT)
    assert part.closes("n", ROOT)


def test_pieces_end_at_the_resolution() -> None:
    def is_short(piece: check.Box) -> bool:
        return piece[0][1] - piece[0][0] <= 2

    assert check.on_pieces(is_short, ((0, 8),))
    assert not check.on_pieces(is_short, ((0, 7),))  # cannot be halved exactly


@pytest.mark.parametrize(
    ("box", "closed"),
    [
        (((0, 1), (0, 1)), True),  # the corner itself
        (((0, check.ONE // 4), (0, check.ONE // 4)), True),  # all of it
        (((0, check.ONE // 4 + 1), (0, 1)), False),  # beyond it by a unit
        (((0, 1), (-1, 1)), False),
        (((check.ONE // 4, check.ONE), (0, 1)), False),  # they share a side
    ],
)
def test_a_box_is_left_out_only_if_it_lies_inside(box: check.Box, closed: bool) -> None:
    away = toy().parts[1]
    assert away.closes("x", box) is closed


@pytest.mark.parametrize(
    ("bounds", "place"),
    [
        (("1/3", "1/3"), "constant third: is 0.333"),  # within the derived bounds, not around
        (("0.3", "1/3"), "constant third: is 0.333"),  # around the lower one only
        (("1/3", "0.4"), "constant third: is 0.333"),
        (("0.3", "0.4"), "constant third: is enclosed less narrowly"),
    ],
)
def test_bounds_of_a_constant_must_contain_the_derived_ones(
    toy_text: str, bounds: tuple[str, str], place: str
) -> None:
    content = check.parsed(toy_text)
    with pytest.raises(Rejected, match=place):
        check.check_constants({**content["constants"], "third": list(bounds)}, toy().constants)


# ---------------------------------------------------------------- the pentagon


def test_the_constants_are_those_of_the_engine_and_of_a_root_finder() -> None:
    derived, enclosed = check.pentagon_constants(), polygon_constants(5)
    names = ("cosine", "threshold", "squared_norm", "bias", "loss", "slope", "level")
    for value, name in zip(derived.values(), names, strict=True):
        lower, upper = exact(value)
        other = getattr(enclosed, name)
        assert lower <= other.upper, name
        assert other.lower <= upper, name
        assert max(upper - lower, other.width) < Fraction(1, 10**65), name
    c = mpmath.cos(2 * mpmath.pi / 5)
    root = mpmath.findroot(
        lambda t: 2 * (c - t) ** 2 * (t**2 + (1 - 2 * c) * t + 2 * (1 - c)) - c * t * (1 - t) ** 3,
        0.2,
    )
    assert near(derived["t"], root)
    assert near(derived["c"], c)


def gamma_quadratic(t: Any, theta: Any) -> tuple[Any, Any]:
    """Return P and Q of D(a, b) + 2 C(a cos theta, b) = 1/3 - 2 P a + Q a^2, by quadrature."""
    c = mpmath.cos(theta)

    def value(a: Any) -> Any:
        b = -t * a
        breaks = [0, *sorted({x for x in (t, t / c) if 0 < x < 1}), 1]
        return mpmath.quad(
            lambda x: (x - max(a * x + b, 0)) ** 2 + 2 * max(a * c * x + b, 0) ** 2, breaks
        )

    one, two, third = value(mpmath.mpf(1)), value(mpmath.mpf(2)), mpmath.mpf(1) / 3
    q = (two - 2 * one + third) / 2
    return (third + q - one) / 2, q


@pytest.mark.parametrize(
    ("t", "theta"),
    [
        ("0.2", "1.2"),  # near the pentagon
        ("0.6", "1.3"),  # c < t: no overlap
        ("-0.5", "0.7"),  # b = a/2 > 0
        ("0.05", "0.1"),
    ],
)
def test_the_formulas_against_quadrature(t: str, theta: str) -> None:
    """Kappa Q - P^2 is a bracket's quadratic for b >= 0, and (1 - t)^3/3 H for b < 0."""
    with mpmath.workdps(30):
        p, q = gamma_quadratic(mpmath.mpf(t), mpmath.mpf(theta))
        k = {name: mpmath.mpf(str(float(exact(v)[0]))) for name, v in POINTS.items()}
        kappa = mpmath.mpf(1) / 3 - k["K"] + k["mu"] * mpmath.mpf(theta)
        expected = kappa * q - p**2
    parts = check.pentagon().parts
    at, angle = Interval.of(Fraction(t)), Interval.of(Fraction(theta))
    if Fraction(t) < 0:
        beta = -at
        brackets = [part.formula([angle]) for part in parts[:3]]
        computed = brackets[0] + beta * brackets[1] + beta**2 * brackets[2]
    else:
        computed = (1 - at) ** 3 / 3 * parts[3].formula([at, angle])
    assert abs(number(expected) - exact(computed)[0]) < Fraction(1, 10**14)


POINTS = check.pentagon_constants()


def test_the_formulas_are_those_of_the_engine() -> None:
    ring = Fixed(256)
    k = polygon_constants(5)
    parts = check.pentagon().parts
    draw = random.Random(3)
    for _ in range(20):
        t, theta = Fraction(draw.randint(0, 736), 1024), Fraction(draw.randint(0, 1440), 1024)
        for power in range(3):
            engine = Bracket(power, k.slope, k.level)(ring.point([theta])).enclosure()
            own = exact(parts[power].formula([Interval.of(theta)]))
            assert engine.lower <= own[1]
            assert own[0] <= engine.upper
        engine = Excess(k.slope, k.level)(ring.point([t, theta])).enclosure()
        own = exact(parts[3].formula([Interval.of(t), Interval.of(theta)]))
        assert engine.lower <= own[1]
        assert own[0] <= engine.upper


@pytest.mark.parametrize(
    ("name", "factor", "place"),
    [
        ("K", Fraction(1, 10**9), "identity 'H\\(t\\*, 2 pi/5\\) = 0'"),
        ("mu", Fraction(1, 10**4), "identity 'H\\(t\\*, 2 pi/5\\) = 0'"),
        ("t", Fraction(1, 10**6), "identity 'H\\(t\\*, 2 pi/5\\) = 0'"),
        ("c", Fraction(1, 10**9), "identity 'cos 2 pi/5 = c'"),
        ("K", Fraction(2), "condition 'K < 1/4'"),
    ],
)
def test_a_checker_with_a_wrong_constant_certifies_nothing(
    name: str, factor: Fraction, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {**POINTS, name: POINTS[name] * (1 + factor)}
    monkeypatch.setattr(check, "pentagon_constants", lambda: wrong)
    monkeypatch.setattr(check, "check_constants", lambda *_: None)
    with pytest.raises(Rejected, match=place):
        check_text(PENTAGON.read_text())


def test_the_stored_certificate_is_accepted() -> None:
    report = check_text(PENTAGON.read_text())
    assert report.name == "pentagon"
    assert report.constants["F"] == "0.015825627074494197669821482295"
    assert list(report.leaves)[-2:] == ["outside", "neighbourhood"]
    assert min(report.leaves.values()) >= 1


# ---------------------------------------------------------------- standing alone


def test_it_imports_the_standard_library_only_and_asserts_nothing() -> None:
    tree = ast.parse(CHECKER.read_text())
    imported = set()
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Assert)
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).partition(".")[0])
    assert imported <= sys.stdlib_module_names
    assert not imported & {"random", "decimal", "cmath"}


def bare(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the checker by path on an interpreter that sees no installed package."""
    return subprocess.run(
        [sys.executable, "-I", "-S", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_runs_on_a_bare_python() -> None:
    done = bare(CHECKER, PENTAGON)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("certified: pentagon\n")


def test_an_optimised_python_rejects_too(tmp_path: Path) -> None:
    text = PENTAGON.read_text()
    (tmp_path / "changed.json").write_text(text.replace('"0.0158', '"0.0159'))
    done = bare("-O", CHECKER, tmp_path / "changed.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "sha256: does not belong to the content" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((), "usage: python check.py FILE"), (("no such file",), "No such file")],
)
def test_what_cannot_be_checked_is_not_accepted(arguments: tuple[str, ...], message: str) -> None:
    done = bare(CHECKER, *arguments)
    assert done.returncode == 1
    assert message in done.stderr
