"""Number fields and their elements, against sympy and against floats far from any boundary."""

import operator
from fractions import Fraction
from typing import Any

import pytest
import sympy
from flint import acb, ctx, fmpq, fmpq_poly, fmpz, fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory import InputError
from superposition_theory.schemes import AlgebraicNumber, NumberField
from superposition_theory.schemes.roots import Root, roots_of
from superposition_theory.schemes.splitting import splitting_field
from theory.schemes_samples import LAW

x = sympy.Symbol("x")
# coefficients from the constant one; every polynomial is monic and irreducible
POLYNOMIALS: dict[str, list[int]] = {
    "rational": [-3, 1],
    "golden": [-1, -1, 1],
    "sqrt 2": [-2, 0, 1],
    "i": [1, 0, 1],
    "cube root of 2": [-2, 0, 0, 1],
    "heptagon": [-1, -2, 1, 1],  # 2 cos(2 pi / 7)
    "eighth root of unity": [1, 0, 0, 0, 1],
    "sqrt 2 + sqrt 3": [1, 0, -10, 0, 1],
    "golden times i": [1, 0, 3, 0, 1],
    "general": [-1, -1, 0, 0, 0, 1],
}


def fields(name: str) -> list[NumberField]:
    """Return one field for each root."""
    return [NumberField(root) for root in roots_of(fmpz_poly(POLYNOMIALS[name]))]


def field_at(name: str, value: complex) -> NumberField:
    """Return the field whose root is near a value."""
    return min(fields(name), key=lambda field: abs(approximate(field.generator) - value))


def approximate(number: AlgebraicNumber) -> complex:
    """Return a number as floats, off by less than 1e-15 of its size."""
    return complex(number.enclosure(100).mid())


GOLDEN = field_at("golden", 1.6).generator
CUBE_ROOT = field_at("cube root of 2", 1.26).generator
EIGHTH = field_at("eighth root of unity", 0.7 + 0.7j).generator
I = field_at("i", 1j).generator  # noqa: E741
ROOT_2 = field_at("sqrt 2", 1.4).generator


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_roots(name: str) -> None:
    polynomial = fmpz_poly(POLYNOMIALS[name])
    roots = roots_of(polynomial)
    expected = [complex(r) for r in sympy.Poly(POLYNOMIALS[name][::-1], x).nroots(n=20)]
    assert len(roots) == polynomial.degree()
    for place, root in enumerate(roots):
        assert (root.polynomial, root.index) == (polynomial, place)
        near = [complex(root.enclosure(bits).mid()) for bits in (64, 200)]
        assert min(abs(near[0] - value) for value in expected) < 1e-12
        assert abs(near[0] - near[1]) < 1e-12
        with ctx.workprec(300):
            assert polynomial(root.enclosure(200)).contains(0)
        assert root.enclosure(200).rad() < 2.0**-150
        assert root.conjugate().enclosure(64).conjugate().overlaps(root.enclosure(64))
        assert (root.conjugate().index == place) == root.enclosure(64).imag.is_zero()
    assert roots_of(fmpz_poly(POLYNOMIALS[name])) is roots  # found once


def test_enclosure_where_few_bits_do_not_separate() -> None:
    """Roots 2^-40 apart: 10 bits are refined until one ball meets the root."""
    close = fmpz_poly([-1, 2**40]) * fmpz_poly([-2, 2**40])
    first, second = roots_of(close)
    for root in (first, second):
        ball = root.enclosure(10)
        assert [other.index for other in (first, second) if other.ball.overlaps(ball)] == [
            root.index
        ]
        assert root.enclosure(10) is ball


def test_field_basics() -> None:
    field = GOLDEN.field
    assert field.degree == 2
    assert repr(field) == "<NumberField of degree 2: x^2 + (-1)*x + (-1) = 0>"
    assert field.generator == GOLDEN
    assert field.element(fmpq_poly([0, 0, 1])) == GOLDEN + 1  # reduced
    assert repr(field.element(fmpq_poly([0, 0, 1]))) == "<a + 1>"
    for value in (3, Fraction(7, 2), fmpq(7, 2), fmpz(3)):
        assert field.number(value).polynomial == fmpq_poly([fmpq(value) if not isinstance(
            value, Fraction) else fmpq(7, 2)])  # fmt: skip
    assert fields("rational")[0].generator == 3


OPERATIONS = [operator.add, operator.sub, operator.mul, operator.truediv]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", POLYNOMIALS)
def test_arithmetic_is_that_of_complex_numbers(name: str, operation: Any) -> None:
    """All numbers are of size 0.01 to 100 here: floats agree to 1e-10."""
    for field in fields(name):
        a = field.generator * 2 - Fraction(1, 3)
        b = a * a + 5
        numbers: list[Any] = [a, b, 7, Fraction(-2, 5), fmpq(3, 4), fmpz(-2)]
        for left in numbers:
            for right in numbers:
                if not isinstance(left, AlgebraicNumber) and not isinstance(right, AlgebraicNumber):
                    continue
                exact = operation(left, right)
                floats = [
                    approximate(n) if isinstance(n, AlgebraicNumber)
                    else complex(Fraction(str(n))) for n in (left, right)
                ]  # fmt: skip
                assert abs(approximate(exact) - operation(*floats)) < 1e-10
                assert exact.field is field
                assert exact.polynomial.degree() < field.degree


def test_arithmetic_by_hand() -> None:
    assert GOLDEN**2 == GOLDEN + 1
    assert GOLDEN**0 == 1
    assert GOLDEN**5 == 5 * GOLDEN + 3  # Fibonacci numbers
    assert 1 / GOLDEN == GOLDEN - 1
    assert GOLDEN / GOLDEN == 1
    assert (GOLDEN + 2) / (GOLDEN - 3) == (GOLDEN + 2) * (1 / (GOLDEN - 3))
    assert 3 - GOLDEN == -(GOLDEN - 3)
    assert GOLDEN * Fraction(1, 2) == GOLDEN / 2
    assert GOLDEN / fmpq(1, 3) == 3 * GOLDEN
    assert CUBE_ROOT**3 == 2
    assert 2 / CUBE_ROOT == CUBE_ROOT**2
    assert EIGHTH**4 == -1
    assert bool(GOLDEN)
    assert not GOLDEN - GOLDEN
    assert (GOLDEN - GOLDEN) == 0


def test_what_cannot_be_done() -> None:
    with pytest.raises(ZeroDivisionError):
        GOLDEN / 0
    with pytest.raises(ZeroDivisionError):
        1 / (GOLDEN - GOLDEN)
    with pytest.raises(InputError, match=r"^exponent = -1; accepted: nonnegative integers$"):
        GOLDEN**-1
    for operation in [*OPERATIONS, operator.lt]:
        for other in (ROOT_2, 0.5, "1", None):  # another field, no exact number
            with pytest.raises(TypeError):
                operation(GOLDEN, other)
            with pytest.raises(TypeError):
                operation(other, GOLDEN)
    with pytest.raises(InputError, match=r"^<a> is irrational; accepted: a rational number$"):
        GOLDEN.as_fraction()
    for number in (I, I + 1, EIGHTH):
        with pytest.raises(InputError, match=r"is not real; only real numbers have a sign$"):
            number.sign()
        with pytest.raises(InputError, match="only real numbers"):
            _ = number > 0
    assert GOLDEN != "a"
    assert GOLDEN != 1.618033988749895


@pytest.mark.parametrize(
    ("number", "minimal"),
    [
        (GOLDEN, [-1, -1, 1]),
        (GOLDEN / 3, [-1, -3, 9]),
        (GOLDEN - GOLDEN + Fraction(2, 3), [-2, 3]),
        (GOLDEN * 0, [0, 1]),
        (EIGHTH**2, [1, 0, 1]),  # i
        (EIGHTH + EIGHTH**7, [-2, 0, 1]),  # sqrt 2 in a field of degree 4
        (CUBE_ROOT**2, [-4, 0, 0, 1]),
        (-GOLDEN, [-1, 1, 1]),
        (1 / (3 * CUBE_ROOT), [-1, 0, 0, 54]),
    ],
)
def test_minimal_polynomials_by_hand(number: AlgebraicNumber, minimal: list[int]) -> None:
    assert list(map(int, number.minimal_polynomial().coeffs())) == minimal
    assert number.value_of(number.minimal_polynomial()) == 0
    assert not number.value_of(fmpz_poly([1, 1]) * number.minimal_polynomial())
    assert number.value_of(number.minimal_polynomial() + 1) == 1
    assert number.is_rational == (len(minimal) == 2)


@settings(LAW, max_examples=15)
@given(st.lists(st.integers(-3, 3), min_size=3, max_size=3))
def test_minimal_polynomial_is_that_of_sympy(coefficients: list[int]) -> None:
    for field, name in (
        (CUBE_ROOT.field, sympy.cbrt(2)),
        (EIGHTH.field, (1 + sympy.I) / sympy.sqrt(2)),
    ):
        number = field.element(fmpq_poly(coefficients))
        expression = sum(c * name**k for k, c in enumerate(coefficients))
        expected = sympy.minimal_polynomial(sympy.expand(expression), x, polys=True)
        ours = [int(c) for c in reversed(number.minimal_polynomial().coeffs())]
        assert ours == expected.all_coeffs()


def test_order() -> None:
    conjugate = 1 - GOLDEN  # -0.618
    assert conjugate < 0
    assert GOLDEN > 0
    assert GOLDEN > 1
    assert Fraction(1618034, 1000000) > GOLDEN
    assert fmpq(1618033, 1000000) < GOLDEN
    assert GOLDEN >= GOLDEN
    assert GOLDEN <= GOLDEN
    assert not GOLDEN < GOLDEN
    assert not GOLDEN > GOLDEN
    assert GOLDEN >= 1
    assert not GOLDEN <= 1
    assert not GOLDEN >= 2
    assert not conjugate >= 0
    assert conjugate <= 0
    assert sorted([GOLDEN, conjugate, GOLDEN * 2, GOLDEN * 0]) == [
        conjugate, 0, GOLDEN, 2 * GOLDEN
    ]  # fmt: skip
    assert [n.sign() for n in (GOLDEN, conjugate, GOLDEN - GOLDEN)] == [1, -1, 0]
    # the other embedding of the same field
    other = field_at("golden", -0.6).generator
    assert other < 0
    assert 1 - other > 0


@pytest.mark.parametrize("n", [150, 151, 400])
def test_signs_beyond_the_first_precision(n: int) -> None:
    """F_{n+1} - F_n a = (1 - a)^n for the golden ratio a: alternating, below 1e-31."""
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    small = b - a * GOLDEN
    assert small == (1 - GOLDEN) ** n
    assert small.sign() == (-1) ** n
    assert (-small).sign() == -small.sign()
    # the same beside a large part in the other direction: a root of x^2 - x - 1 times i
    field = field_at("golden times i", 1.6j)
    across = small.at(-field.generator * field.find(I.field.root)) * field.find(I.field.root)
    for number in (across + 1, across - 1):
        assert number.sign_of_imaginary_part() == (-1) ** n
        assert number.conjugate().sign_of_imaginary_part() == -((-1) ** n)
        assert (number * field.find(I.field.root)).sign_of_real_part() == -((-1) ** n)


@pytest.mark.parametrize(
    ("number", "real", "conjugate"),
    [
        (GOLDEN, True, GOLDEN),
        (I, False, -I),
        (I * I, True, I * I),
        (2 + 3 * I, False, 2 - 3 * I),
        (EIGHTH, False, EIGHTH**7),
        (EIGHTH + EIGHTH**7, True, EIGHTH + EIGHTH**7),
        (EIGHTH**2, False, -(EIGHTH**2)),
        (CUBE_ROOT, True, CUBE_ROOT),  # a real field
    ],
)
def test_conjugates(number: AlgebraicNumber, real: bool, conjugate: AlgebraicNumber) -> None:
    assert number.is_real is real
    assert number.conjugate() == conjugate
    assert number.conjugate().field is number.field
    assert abs(approximate(number.conjugate()) - approximate(number).conjugate()) < 1e-12
    assert (number * number.conjugate()).sign() == 1


def test_fields_not_closed_under_conjugation() -> None:
    field = field_at("cube root of 2", -0.6 + 1.1j)
    with pytest.raises(
        InputError,
        match=r"^<NumberField of degree 3: x\^3 \+ \(-2\) = 0> is not known to be closed under "
        "complex conjugation$",
    ):
        field.generator.conjugate()
    with pytest.raises(InputError, match="closed under complex conjugation"):
        _ = field.generator.is_real
    assert field.number(5).is_real


def test_equality_across_fields() -> None:
    """sqrt 2 in three fields, and its negative; golden in two embeddings."""
    eighth = EIGHTH + EIGHTH**7
    biquadratic = field_at("sqrt 2 + sqrt 3", 3.15)
    found = biquadratic.find(ROOT_2.field.root)
    assert found is not None
    same = [ROOT_2, eighth, found, field_at("sqrt 2", -1.4).generator * -1]
    for one in same:
        for other in same:
            assert one == other
            assert hash(one) == hash(other)
            assert one != -other
            assert one != other + 1
            assert one / 2 == other * Fraction(1, 2)
    first, second = (field.generator for field in fields("golden"))
    assert first != second
    assert first == 1 - second
    assert hash(first) == hash(second)  # conjugates may share a hash
    assert ROOT_2 != GOLDEN
    assert len({*same, -ROOT_2, GOLDEN}) == 3
    for value in (0, -2, Fraction(7, 3)):
        number = GOLDEN.field.number(value)
        assert number == value
        assert number == ROOT_2.field.number(value)
        assert hash(number) == hash(value)
        assert number.as_fraction() == value
        assert type(number.as_fraction()) is Fraction


def test_find() -> None:
    biquadratic = field_at("sqrt 2 + sqrt 3", 3.15)
    a = biquadratic.generator
    root_3 = roots_of(fmpz_poly([-3, 0, 1]))
    for root in (
        *root_3,
        *roots_of(fmpz_poly([-6, 0, 1])),
        *roots_of(fmpz_poly([1, 0, -10, 0, 1])),
    ):
        found = biquadratic.find(root)
        assert found is not None
        assert found.value_of(root.polynomial) == 0
        assert abs(approximate(found) - complex(root.ball.mid())) < 1e-12
    assert (
        biquadratic.find(root_3[1]) == (11 * a - a**3) / 2
        or biquadratic.find(root_3[0]) == (11 * a - a**3) / 2
    )
    # not in the field: a degree that does not divide, a quadratic number elsewhere
    assert biquadratic.find(roots_of(fmpz_poly([-2, 0, 0, 1]))[0]) is None
    assert biquadratic.find(roots_of(fmpz_poly([-5, 0, 1]))[0]) is None
    assert biquadratic.find(roots_of(fmpz_poly([1, 0, 1]))[0]) is None
    assert biquadratic.find(roots_of(fmpz_poly([-7, 1]))[0]) == 7
    assert GOLDEN.field.find(roots_of(fmpz_poly([1, 0, -10, 0, 1]))[0]) is None
    # the other cube roots of 2 are not in the field of one
    for field in fields("cube root of 2"):
        found_in = [field.find(root) is not None for root in roots_of(fmpz_poly([-2, 0, 0, 1]))]
        assert sum(found_in) == 1
        assert found_in[field.root.index]


def test_find_with_large_coefficients() -> None:
    """A number of 60 digits in terms of the generator."""
    big = 10**60
    number = GOLDEN * big + 7  # x^2 - (big + 14) x + ...
    (root,) = [
        r for r in roots_of(number.minimal_polynomial()) if r.index == number.among(
            roots_of(number.minimal_polynomial())).index
    ]  # fmt: skip
    assert GOLDEN.field.find(root) == number


@pytest.mark.parametrize("name", [n for n in POLYNOMIALS if n != "rational"])
def test_every_generator_is_found_and_is_among_its_roots(name: str) -> None:
    for field in fields(name):
        assert field.find(field.root) == field.generator
        assert field.generator.among(roots_of(field.root.polynomial)) is field.root
        assert field.generator.at(field.generator) == field.generator
        image = field.element(fmpq_poly([1, 2])).at(field.generator * field.generator)
        assert image == field.generator**2 * 2 + 1


# a Galois extension, a polynomial that splits in it
GALOIS = [
    (fmpz_poly.cos_minpoly(19), fmpz_poly.cos_minpoly(19)),  # cyclic of order 9
    (fmpz_poly.cyclotomic(13), fmpz_poly.cos_minpoly(13)),  # cyclic of order 12
    (fmpz_poly.cyclotomic(24), fmpz_poly([-3, 0, 1])),  # elementary abelian of order 8
]


@pytest.mark.parametrize(("own", "other"), GALOIS)
def test_roots_follow_from_automorphisms(
    own: fmpz_poly, other: fmpz_poly, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every root is found, as it is by a search of its own; with fewer searches than roots."""
    field, fresh = NumberField(roots_of(own)[0]), NumberField(roots_of(own)[0])
    search = NumberField._searched
    searched: list[Root] = []

    def counted(self: NumberField, root: Root) -> AlgebraicNumber | None:
        searched.append(root)
        return search(self, root)

    monkeypatch.setattr(NumberField, "_searched", counted)
    for root in [*roots_of(own)[::-1], *roots_of(other)[::-1], *roots_of(other)]:
        found, alone = field.find(root), search(fresh, root)
        assert found is not None
        assert alone is not None
        assert found.field is field
        assert found.polynomial == alone.polynomial
        assert found.among(roots_of(root.polynomial)).index == root.index
    assert 0 < len(searched) <= own.degree() / 2


def test_roots_in_a_field_that_is_not_abelian() -> None:
    """The splitting field of x^3 - 2: cube roots of 2, of unity, and six conjugates of a."""
    field, cubes = splitting_field(list(roots_of(fmpz_poly([-2, 0, 0, 1]))))
    assert field.degree == 6
    images = [field.find(root) for root in roots_of(field.root.polynomial)]
    permutations = set()
    for image in images:
        assert image is not None
        moved = [cube.at(image) for cube in cubes]
        permutations.add(tuple(cubes.index(cube) for cube in moved))
    assert len(permutations) == 6
    omega = cubes[0] / cubes[1]
    assert omega**2 + omega + 1 == 0
    assert omega.conjugate() == 1 / omega


def test_enclosures_hold_the_number() -> None:
    for bits in (30, 64, 500):
        ball = GOLDEN.enclosure(bits)
        with ctx.workprec(600):
            assert ball.contains((1 + acb(5).sqrt()) / 2)
        assert ball.rad() < 2.0 ** (3 - bits)


def test_roots_are_told_apart_by_index() -> None:
    one, other = roots_of(fmpz_poly([-2, 0, 1]))
    assert isinstance(one, Root)
    assert (one.index, other.index) == (0, 1)
    assert complex(one.ball.mid()).real < 0 < complex(other.ball.mid()).real
    assert one.ball.imag.is_zero()
