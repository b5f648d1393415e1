"""Hypotheses about matrices as oriented rewriting rules, and normal forms.

A `Rule` replaces a word by a polynomial whose words are all smaller in the degree-lexicographic
order, so rewriting stops. Equal normal forms prove equality modulo the rules; different normal
forms prove nothing, since no claim of confluence is made.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from superposition_theory.errors import InputError

from .polynomials import Polynomial
from .scalars import Scalar, ScalarLike, normal_scalar
from .traces import TracePolynomial, constant, rotations, trace
from .words import Word, word_order

Used: TypeAlias = frozenset[str]


@dataclass(frozen=True)
class Rule:
    """A hypothesis, a definition or an earlier result: the word `lhs` equals `rhs`.

    Parameters
    ----------
    name : str
        How steps and reports refer to the rule.
    lhs : Polynomial
        One word with coefficient 1 and at least one letter.
    rhs : Polynomial
        Of the same shape, every word smaller than that of `lhs` (degree first, then letters by
        name). A word `e* G e` of shape 1 x 1 may be named by `scalar(g)`.
    because : str
        Why a reader may assume it.

    Raises
    ------
    InputError
        If the rule does not decrease, or `lhs` is not one monic word.

    Examples
    --------
    >>> from superposition_theory.derivations.polynomials import matrix, identity
    >>> P = matrix("P", "n", "n", self_adjoint=True)
    >>> Rule("idempotent", P * P, P, because="P is a projector").text()
    'P P = P'
    >>> Rule("backwards", P, P * P, because="")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    superposition_theory.errors.InputError: rule backwards: P = P P does not decrease; ...
    """

    name: str
    lhs: Polynomial
    rhs: Polynomial
    because: str

    def __post_init__(self) -> None:
        if len(self.lhs.terms) != 1 or self.lhs.terms[0][1] != 1 or not self.lhs.terms[0][0]:
            raise InputError(
                f"rule {self.name}: lhs is {self.lhs}; accepted: one word, coefficient 1"
            )
        if self.lhs.shape != self.rhs.shape:
            raise InputError(
                f"rule {self.name}: lhs is {self.lhs.rows} x {self.lhs.cols}, rhs is "
                f"{self.rhs.rows} x {self.rhs.cols}; the shapes must agree"
            )
        if any(word_order(word) >= word_order(self.word) for word, _ in self.rhs.terms):
            raise InputError(
                f"rule {self.name}: {self.text()} does not decrease; accepted: every word on the "
                "right shorter, or as long and earlier in the order of letters"
            )

    @property
    def word(self) -> Word:
        """The word that is replaced."""
        return self.lhs.terms[0][0]

    def text(self, latex: bool = False) -> str:
        """Return the equation as text or as LaTeX."""
        return f"{self.lhs.text(latex)} = {self.rhs.text(latex)}"

    def oriented(self) -> tuple[tuple[Word, Polynomial], ...]:
        """Return the replacement and the transposed one, oriented by its greatest word."""
        transposed = (self.lhs - self.rhs).star
        word, leading = transposed.terms[0]
        head = Polynomial(transposed.rows, transposed.cols, ((word, leading),))
        replacements = {self.word: self.rhs}
        if leading.is_Rational:
            replacements.setdefault(word, (head - transposed) / leading)
        return tuple(replacements.items())


@dataclass(frozen=True)
class TraceRule:
    """A hypothesis or definition: the trace of one word has a scalar value.

    Parameters
    ----------
    name : str
        How steps and reports refer to the rule.
    lhs : TracePolynomial
        The trace of one word, with coefficient 1.
    rhs : int, Fraction or sympy expression
        The scalar.
    because : str
        Why a reader may assume it.

    Raises
    ------
    InputError
        If `lhs` is not the trace of one word.

    Examples
    --------
    >>> from superposition_theory.derivations.scalars import symbol
    >>> from superposition_theory.derivations.polynomials import matrix
    >>> P = matrix("P", "n", "n")
    >>> TraceRule("rank", trace(P), symbol("d"), because="P has rank d").text()
    'tr(P) = d'
    """

    name: str
    lhs: TracePolynomial
    rhs: ScalarLike
    because: str

    def __post_init__(self) -> None:
        if len(self.lhs.terms) != 1 or self.lhs.terms[0][1] != 1 or not self.lhs.terms[0][0]:
            raise InputError(
                f"trace rule {self.name}: lhs is {self.lhs}; accepted: the trace of one word"
            )

    @property
    def word(self) -> Word:
        """The word, least of its class, whose trace is replaced."""
        return self.lhs.terms[0][0]

    @property
    def value(self) -> Scalar:
        """The scalar value of the trace."""
        return normal_scalar(self.rhs, f"rhs of trace rule {self.name}")

    def text(self, latex: bool = False) -> str:
        """Return the equation as text or as LaTeX."""
        return f"{self.lhs.text(latex)} = {constant(self.value).text(latex)}"


@dataclass(frozen=True)
class Theory:
    """A set of rules, and normal forms modulo these rules.

    Parameters
    ----------
    rules : tuple of Rule
        Each is used together with its transpose; earlier rules are tried first.
    trace_rules : tuple of TraceRule
        Used on words that no rule shortens in any rotation.

    Examples
    --------
    >>> from superposition_theory.derivations.polynomials import matrix, identity
    >>> U, A = matrix("U", "m", "r"), matrix("A", "r", "r", self_adjoint=True)
    >>> inverse = Rule("A", U.star * U * A, identity("r"), because="A = (U*U)^-1")
    >>> theory = Theory((inverse,))
    >>> form, used = theory.normal_form(U * A * U.star * U)
    >>> print(form, sorted(used))
    U ['A']
    """

    rules: tuple[Rule, ...] = ()
    trace_rules: tuple[TraceRule, ...] = ()
    _replacements: tuple[tuple[str, Word, Polynomial], ...] = field(init=False, repr=False)
    _memo: dict[Word, tuple[Polynomial, Used]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        replacements = tuple(
            (rule.name, word, value) for rule in self.rules for word, value in rule.oriented()
        )
        object.__setattr__(self, "_replacements", replacements)

    def without(self, name: str) -> "Theory":
        """Return the theory without the rule or trace rule of this name."""
        return Theory(
            tuple(rule for rule in self.rules if rule.name != name),
            tuple(rule for rule in self.trace_rules if rule.name != name),
        )

    def _step(self, word: Word) -> tuple[str, Polynomial] | None:
        """Rewrite the leftmost redex of a nonempty word, or return None."""
        for start in range(len(word)):
            for name, pattern, value in self._replacements:
                end = start + len(pattern)
                if word[start:end] == pattern:
                    return name, _product(word[:start], value, word[end:])
        return None

    def _reduce(self, word: Word) -> tuple[Polynomial, Used]:
        """Return the normal form of a nonempty word and the names of the rules used."""
        if word not in self._memo:
            rewritten = self._step(word)
            if rewritten is None:
                shape = word[0].rows, word[-1].cols
                self._memo[word] = Polynomial.of(*shape, {word: 1}), frozenset()
            else:
                name, value = rewritten
                form, used = self.normal_form(value)
                self._memo[word] = form, used | {name}
        return self._memo[word]

    def normal_form(self, polynomial: Polynomial) -> tuple[Polynomial, Used]:
        """Return the normal form by leftmost reduction, and the names of the rules used.

        Parameters
        ----------
        polynomial : Polynomial
            Any polynomial.

        Returns
        -------
        tuple of (Polynomial, frozenset of str)
            A polynomial equal to the given one modulo the rules, in which no rule applies.
        """
        total = Polynomial(*polynomial.shape, ())
        used: Used = frozenset()
        for word, coefficient in polynomial.terms:
            if word:
                form, names = self._reduce(word)
                used |= names
            else:
                form = Polynomial.of(*polynomial.shape, {(): 1})
            total += coefficient * form
        return total, used

    def trace_normal_form(self, expression: TracePolynomial) -> tuple[TracePolynomial, Used]:
        """Return the normal form of a combination of traces, and the names of the rules used.

        A rotation is rewritten only where every resulting class of words is smaller, so that the
        reduction stops; trace rules apply to what is left.

        Parameters
        ----------
        expression : TracePolynomial
            Any combination of traces.

        Returns
        -------
        tuple of (TracePolynomial, frozenset of str)
            A combination equal to the given one modulo the rules.
        """
        total, used = constant(0), frozenset[str]()
        for word, coefficient in expression.terms:
            form, names = self._reduce_trace(word) if word else (constant(1), frozenset[str]())
            total += coefficient * form
            used |= names
        return total, used

    def _reduce_trace(self, word: Word) -> tuple[TracePolynomial, Used]:
        """Return the normal form of the trace of a nonempty cyclic word."""
        for rotation in rotations(word):
            form, used = self._reduce(rotation)
            reduced = trace(form)
            if used and all(word_order(new) < word_order(word) for new, _ in reduced.terms):
                final, more = self.trace_normal_form(reduced)
                return final, used | more
        for rule in self.trace_rules:
            if rule.word == word:
                return constant(rule.value), frozenset({rule.name})
        return TracePolynomial(((word, normal_scalar(1)),)), frozenset()


def _product(left: Word, value: Polynomial, right: Word) -> Polynomial:
    """Multiply by a word on each side; an empty word is no factor."""
    shape = left[0].rows if left else value.rows, right[-1].cols if right else value.cols
    return Polynomial.of(*shape, {left + word + right: c for word, c in value.terms})
