"""Fields in which polynomials split: degrees from Galois theory, elements checked exactly."""

import re

import pytest
from flint import fmpz_poly
from superposition_theory import ExactnessError
from superposition_theory.schemes import splitting
from superposition_theory.schemes.numbers import NumberField
from superposition_theory.schemes.roots import Root, roots_of
from superposition_theory.schemes.splitting import MAX_DEGREE, splitting_field


def all_roots(*polynomials: list[int]) -> list[Root]:
    return [root for coefficients in polynomials for root in roots_of(fmpz_poly(coefficients))]


@pytest.mark.parametrize(
    ("roots", "degree"),
    [
        ([], 1),
        (all_roots([-3, 1], [5, 1]), 1),  # rational
        (all_roots([-5, 0, 1]), 2),
        (all_roots([1, 0, 1]), 2),
        (all_roots([-1, -2, 1, 1]), 3),  # 2 cos(2 pi / 7): cyclic
        (all_roots([-1, 0, -3, 1])[:1], 3),
        (all_roots([-2, 0, 0, 1]), 6),  # symmetric group: another root must be adjoined
        (all_roots([-2, 0, 0, 1])[:1], 3),  # one root only
        (all_roots([-2, 0, 1], [-3, 0, 1]), 4),
        (all_roots([-2, 0, 1], [-3, 0, 1], [-6, 0, 1]), 4),  # sqrt 6 is there already
        (all_roots([-2, 0, 1], [-3, 0, 1], [-5, 0, 1]), 8),
        (all_roots([1, 0, 1], [1, 0, 0, 0, 1], [-2, 0, 1]), 4),  # i, zeta_8, sqrt 2
        (all_roots([-2, 0, 0, 0, 1]), 8),  # dihedral
        (all_roots([-2, 0, 0, 1], [-3, 1], [1, 1, 1]), 6),  # the roots of unity are there
        (all_roots([1, 0, -10, 0, 1], [-2, 0, 1]), 4),
        (all_roots([-2, 0, 0, 1], [-3, 0, 0, 1])[::3], 9),
    ],
)
def test_degrees_and_elements(roots: list[Root], degree: int) -> None:
    field, elements = splitting_field(roots)
    assert field.degree == degree
    assert field.root.polynomial.leading_coefficient() == 1
    assert len(elements) == len(roots)
    for root, element in zip(roots, elements, strict=True):
        assert element.field is field
        assert element.value_of(root.polynomial) == 0
        minimal = element.minimal_polynomial()
        assert minimal == root.polynomial
        assert element.among(roots_of(minimal)).index == root.index


def test_sums_and_products_of_all_roots_are_the_coefficients() -> None:
    for coefficients in ([-2, 0, 0, 1], [-2, 0, 0, 0, 1], [-1, -2, 1, 1], [3, -3, 0, 1]):
        _, elements = splitting_field(all_roots(coefficients))
        total, product = elements[0] * 0, elements[0] * 0 + 1
        for element in elements:
            total, product = total + element, product * element
        assert total == -coefficients[-2]
        assert product == (-1) ** len(elements) * coefficients[0]


def test_a_multiple_that_does_not_separate_is_passed_over() -> None:
    """Of s + t for the two square roots of 2 two are zero: s + 2 t separates."""
    plus, minus = roots_of(fmpz_poly([-2, 0, 1]))
    own = splitting_field([plus])[0]
    field = splitting._adjoined(own, minus)
    assert field.degree == 2
    assert field.find(plus) is not None
    assert field.root.polynomial == fmpz_poly([-2, 0, 1])


def test_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_DEGREE == 64
    (root,) = all_roots([-2, *[0] * 64, 1])[:1]
    message = "^eigenvalues generate a field of degree {} or more; exact coefficients are computed"
    with pytest.raises(ExactnessError, match=message.format(65) + " up to degree 64$"):
        splitting_field([root])
    cubic, quadratic = all_roots([-2, 0, 0, 1]), all_roots([-3, 0, 1])
    monkeypatch.setattr(splitting, "MAX_DEGREE", 6)
    assert splitting_field(cubic)[0].degree == 6
    assert splitting_field([cubic[0], *quadratic])[0].degree == 6
    monkeypatch.setattr(splitting, "MAX_DEGREE", 5)
    for roots in (cubic, [cubic[0], *quadratic]):
        with pytest.raises(ExactnessError, match=message.format(6) + " up to degree 5$"):
            splitting_field(roots)


def test_fields_that_may_grow_too_large_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    long = [all_roots([-3, *[0] * (n - 1), 1])[0] for n in (47, 23)]
    with pytest.raises(
        ExactnessError, match=r"^eigenvalues generate a field whose degree may reach 1081$"
    ):
        splitting_field(long)
    monkeypatch.setattr(splitting, "MAX_DEGREE", 3)  # the limit is 16 times that
    four = NumberField(all_roots([-5, 0, 0, 0, 1])[0])
    assert splitting._adjoined(four, all_roots([-3, *[0] * 11, 1])[0]).degree == 48
    with pytest.raises(ExactnessError, match="may reach 52"):
        splitting._adjoined(four, all_roots([-3, *[0] * 12, 1])[0])


def test_a_root_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    roots = all_roots([-2, 0, 1])
    field = splitting_field(roots)[0]
    monkeypatch.setattr(type(field), "find", lambda *_: None)
    with pytest.raises(ExactnessError) as refusal:
        splitting._found(field, roots[1])
    assert re.fullmatch(
        r"a root of x\^2 \+ \(-2\) was not found in <NumberField of degree 2: .*>",
        str(refusal.value),
    )
