"""Each row: a text, what the terminal shows for it, and what would be wrong otherwise."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.mathematics import has_mathematics, readable

FORMULAS = [
    # fractions
    (r"$\frac{a+b}{2}$", "(a+b)/2", "a+b/2 is another number"),
    (r"$\frac{1}{2}$", "1/2", "nothing beside it, no bracket"),
    (r"$\frac12$", "1/2", "arguments may be single signs"),
    (r"$\dfrac{x}4$", "x/4", "all sizes of a fraction are one"),
    (r"$\frac{1}{2}x$", "(1/2)x", "1/2x is 1/(2x) to many"),
    (r"$x\frac{a}{b}$", "x(a/b)", "a factor before"),
    (r"$\frac{x}{y}\cdot z$", "(x/y) · z", "x/y · z is x/(yz) to some"),
    (r"$3 \times \frac{1}{2}$", "3 × 1/2", "both readings are the same number"),
    (r"$-\frac{a}{b}$", "-a/b", "the sign belongs to the whole"),
    (r"$-\frac{a+b}{c}$", "-(a+b)/c", "the sign belongs to the whole"),
    (r"$- \frac{-2}{3}$", "- (-2)/3", "two signs are no decrement"),
    (r"$\frac{b}{2a}$", "b/(2a)", "b/2a is ba/2 to a calculator"),
    (r"$\frac{2a}{b}$", "2a/b", "2a/b and 2(a/b) are the same number"),
    (r"$\frac{\frac{1}{2}}{3}$", "(1/2)/3", "nested above"),
    (r"$\frac{10}{\frac{2}{5}} = 25$", "10/(2/5) = 25", "nested below"),
    (r"$\frac{8}{7} \div \frac{12}{20}$", "(8/7) ÷ (12/20)", "8/7 ÷ 12/20 goes from left to right"),
    (r"$a/\frac{b}{c}$", "a/(b/c)", "a/b/c is another number"),
    (r"$\frac{1}{2}^2$", "(1/2)²", "1/2² is a quarter"),
    (r"$\frac{n!}{k!(n-k)!}$", "n!/(k!(n-k)!)", "n!/k!(n-k)! has two readings"),
    (r"$\frac{\sin x}{x}$", "(sin x)/x", "sin x/x is the sine of 1"),
    (r"$\frac{dy}{dx}$", "dy/dx", "a derivative is read as one"),
    (r"$\frac{10 \cdot 11}{2}$", "(10 · 11)/2", "the bar spans the product"),
    (r"$33\frac{1}{3}\%$", "33⅓%", "331/3 and 33(1/3) are other numbers"),
    (r"$2\frac{3}{7}$", r"$2\frac{3}{7}$", "no single sign for 3/7, and 2(3/7) is a product"),
    (r"$1 \over 3$", "1/3", "the old way to write a fraction"),
    (r"$x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}$", "x = (-b ± √(b²-4ac))/(2a)", "all of it together"),
    # powers and indices
    (r"$x^{n+1}$", "xⁿ⁺¹", "x^n+1 is another number"),
    (r"$2^{10}3$", "2¹⁰3", "2^103 is another number"),
    (r"$8^{2/3}$", "8^(2/3)", "8²/3 is another number"),
    (r"$2^{3^4}$", "2^(3⁴)", "a power of a power"),
    (r"$(2^3)^4$", "(2³)⁴", "and the other order"),
    (r"$x^\alpha y$", "x^(α)y", "x^αy has two readings"),
    (r"$x^\alpha$", "x^α", "alone it has one"),
    (r"$x_\alpha^2$", "x_(α)²", "the square is not α's"),
    (r"$x^10$", r"$x^10$", "LaTeX shows x¹0, its writer meant x¹⁰"),
    (r"$10^-3$", r"$10^-3$", "LaTeX shows 10⁻3"),
    (r"$x_1y_2$", "x₁y₂", "indices end where they end"),
    (r"$a_{n+1}$", "aₙ₊₁", "a_n+1 is another number"),
    (r"$a_{i,j}$", "a_(i,j)", "no comma below the line"),
    (r"$101_{2}$", "101₂", "the base of a numeral"),
    (r"$90^\circ - 30^{\circ}$", "90° - 30°", "a degree is no power"),
    (r"$f'(x)$", "f′(x)", "a prime"),
    (r"$A^T$", "Aᵀ", "transposed"),
    (r"$\sin^2 \theta$", "sin² θ", "a power of a function"),
    (r"$\log_{10} 100$", "log₁₀ 100", "a base, then its number"),
    # roots, binomials
    (r"$\sqrt[3]{x+1}$", "∛(x+1)", "the root spans the sum"),
    (r"$\sqrt{2}$", "√2", "one number needs no bracket"),
    (r"$\sqrt{x^2}$", "√(x²)", "√x² is x to some"),
    (r"$\sqrt{2}x$", "√(2)x", "√2x has two readings"),
    (r"$2\sqrt[5]{x}$", "2(⁵√x)", "2⁵ is another number"),
    (r"$\sqrt{x}^2$", "(√x)²", "√x² is |x|"),
    (r"$\sqrt{\frac{a}{b}}$", "√(a/b)", "√a/b is another number"),
    (r"$\binom{n}{k}$", "C(n,k)", "nk is a product"),
    (r"${6 \choose 2} = 15$", "C(6,2) = 15", "the old way to write it"),
    (r"$x\binom{n}{k}$", "x C(n,k)", "xC is no name"),
    # matrices, rows
    (r"$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$", "(1, 2; 3, 4)", "rows by semicolons"),
    (r"$\begin{vmatrix} a & b \\ c & d \end{vmatrix}$", "|a, b; c, d|", "a determinant"),
    (r"$\left[\begin{array}{cc} 1 & 2 \\ 3 & 4\end{array}\right]$", "[1, 2; 3, 4]", "an array takes its brackets"),
    (r"$\begin{matrix} 1 & 2 \end{matrix}$", r"$\begin{matrix} 1 & 2 \end{matrix}$", "without brackets it is a list"),
    (r"$\begin{pmatrix} f(1,2) & 3 \end{pmatrix}$", r"$\begin{pmatrix} f(1,2) & 3 \end{pmatrix}$", "commas within"),
    (r"\begin{pmatrix} 1 \\ -7 \end{pmatrix} holds", "(1; -7) holds", "an environment marks itself"),
    ("\\begin{align*}\na &= b \\\\\n&= c\n\\end{align*}", "a = b\n= c", "aligned rows are lines"),
    (r"$$\begin{cases} x & x \ge 0, \\ -x & \text{otherwise} \end{cases}$$", "{ x, x ≥ 0; -x, otherwise }", "cases"),
    # signs
    (r"$x \le 5$ $\left( y \right)$", "x ≤ 5 (y)", r"\le starts \left"),
    (r"55 \equiv 1 \pmod{9}.", "55 ≡ 1 (mod 9).", r"\pm starts \pmod"),
    (r"$a \pm b$", "a ± b", "both signs"),
    (r"$10\cdot 11 \times 2 \div 3$", "10 · 11 × 2 ÷ 3", "blanks on both sides or on none"),
    (r"$2\pi r$", "2πr", "the blank only ended the name"),
    (r"$\sum_{i=1}^{n} i^2$", "∑(i=1 to n) i²", "limits"),
    (r"$\int_0^1 x\,dx$", "∫₀¹ x dx", "limits of an integral"),
    (r"$\lim_{x \to 0} \frac{\sin x}{x}$", "lim(x → 0) ((sin x)/x)", "the limit of the whole"),
    (r"$\sum_{k=0}^\infty x^k$", "∑(k=0 to ∞) xᵏ", "infinity"),
    (r"$\{1, 2, \ldots, n\} \cup A \setminus B$", "{1, 2, …, n} ∪ A ∖ B", "sets"),
    (r"$\overline{AB}$ $0.\overline{7}$", "A̅B̅ 0.7̅", "bars over letters and digits"),
    (r"$\overline{z_1}$", "z̅₁", "the bar is over the letter"),
    (r"$\overline{x^2}$", "overline(x²)", "x̅² is another number"),
    (r"$\vec{v} \cdot \vec{PQ}$", "v⃗ · vec(PQ)", "one arrow over two letters"),
    (r"So 5+4+2=\boxed{11}.", "So 5+4+2=⟦11⟧.", "the box stays"),
    (r"$x \in \mathbb{R}$", "x ∈ ℝ", "the reals"),
    (r"$\mathbf{a} = a$", "𝐚 = a", "a vector is not its length"),
    (r"$v = 5 \text{ km per hour}$", "v = 5 km per hour", "words keep their blanks"),
    (r"$a \not= b$", "a ≠ b", "a negated sign"),
    (r"$\lfloor \sqrt{45} \rfloor$", "⌊√45⌋", "rounded down"),
    (r"$\{x \mid x > 0\}$ $|x|\frac{1}{2}$", "{x ∣ x > 0} |x|(1/2)", "bars between and around"),
    (r"$n$th, $x$-axis", "nth, x-axis", "what follows is no part"),
    # prose
    (r"T = \frac{5}{6}S and \sqrt{52}", "T = (5/6)S and √52", "commands in prose"),
    (r"\cos \theta = 1.", "cos θ = 1.", "commands in prose"),
    (r"(0, 9)\cup (9, 36)", "(0, 9) ∪ (9, 36)", "an operator has blanks on both sides"),
    (r"x^\frac{1}{2}", "x^(1/2)", "x^1/2 is another number"),
    (r"2\% of \$5", "2% of $5", "escaped amounts"),
    (r"\[ x = 1 \]Find \( y \).", "x = 1 Find y.", "a displayed formula does not join a word"),
    (r"$\$ 9.24$ and $25\%$", "$ 9.24 and 25%", "money and percent in a formula"),
]

UNTOUCHED = [
    ("costs $5 and $7", "money"),
    ("$43 + $4 = $47", "money with operators"),
    ("$85/$25 = 3.4 friends", "money divided"),
    ("between $5 and 10$ off", "a formula has no words"),
    ("$5 apples or 7$", "a formula has no words"),
    ("R$5, R$7 and US$5/A$", "other currencies"),
    ("5$, 7$ and 9$", "the sign behind the amount"),
    ("$5-$.50", "an amount follows"),
    ("$x$5 and $a$.50", "an amount follows"),
    ("$" + "{" * 30 + "x" + "}" * 30 + "$", "nested deeper than anybody reads"),
    (r"equal to $\$1.50 in all", "a mark that nothing closes"),
    ("$HOME/$USER", "variables of a shell"),
    ("50% of 20 # & snake_case x^2 {a} ~", "signs of prose"),
    (r"m\_0c^2, R\*(1/n), \#5", "signs escaped for Markdown"),
    (r"`$x$` and ``\frac{1}{2}`` and" + "\n```\n$y$\n```", "code"),
    (r"https://example.org/$x$?a=\pi", "an address"),
    (r"C:\temp\pi and C:\alpha and docs\to\file", "paths"),
    (r"is:\n12 and \nu or \ne", "line ends that came as two signs"),
    (r"$\unknown{x} + 1$ \unknown{\frac{1}{2}}", "an unknown command"),
    (r"$\frac{1}{2$ and \frac{1}{2", "unbalanced braces"),
    (r"$50% + x$", "in LaTeX the rest is a comment"),
    ("$x = 2 or x = 3$", "LaTeX would show no blanks"),
    (r"\(2\)2 and 5$2$ and the$x$", "what would run together"),
    (r"$x^2^3$ $=^2$ $x^{}$", "scripts without one reading"),
    (r"\( f(x \)", "a bracket is missing"),
    ("$a\n\nb$", "a formula ends with its paragraph"),
    (r"$$ and \[ and \( and \begin{align} and \left(", "nothing closes them"),
]

HOSTILE = [
    "{" * 100_000 + "}" * 100_000,
    "$" * 200_000,
    "$x" * 100_000,
    "$x$ " * 50_000,
    "\\" * 200_000,
    "\\[" * 100_000,
    "\\(" * 50_000 + "\\)" * 50_000,
    "`" * 3 + "` " * 100_000,
    r"\frac{" * 33_000,
    r"\frac{1}{2}" * 18_000,
    r"\frac" * 40_000,
    r"\sqrt" * 40_000 + "2",
    r"\begin{align}" * 15_000,
    r"\begin{pmatrix}" * 5_000 + r"\end{pmatrix}" * 5_000,
    r"\left(" * 15_000 + r"\right)" * 15_000,
    "$" + "x^{" * 1_300 + "}" * 1_300 + "$",
    "$" + r"\," * 1_900 + "$",
    "$" + "{" * 23 + "x" + "}" * 23 + "$",
    "$" + "|" * 3_900 + "$",
    r"\pi " * 50_000,
    "$" + "a" * 199_000 + "$",
    r"\text" + "{" * 1_000 + "}" * 1_000,
    r"$5 \alpha" * 20_000,
]


@pytest.mark.parametrize(("source", "shown", "why"), FORMULAS, ids=[source for source, _, _ in FORMULAS])
def test_a_formula_is_shown_without_another_meaning(source: str, shown: str, why: str) -> None:
    assert readable(source) == shown, why
    assert has_mathematics(source) == (shown != source)


@pytest.mark.parametrize(("text", "why"), UNTOUCHED, ids=range(len(UNTOUCHED)))
def test_what_is_no_mathematics_stays(text: str, why: str) -> None:
    assert readable(text) == text, why
    assert not has_mathematics(text)


def test_a_formula_that_is_not_understood_leaves_its_neighbours() -> None:
    assert readable(r"$x^10$, $x^{10}$ and $\foo$ for $5") == r"$x^10$, x¹⁰ and $\foo$ for $5"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_costs_little(text: str) -> None:
    start = time.process_time()
    readable(text)
    assert time.process_time() - start < 4


def test_only_so_many_formulas_of_a_text_are_shown() -> None:
    shown = readable("$x^2$ " * 20_000)
    assert shown.startswith("x² ")
    assert shown.endswith("$x^2$ ")


def test_a_long_step_is_quick() -> None:
    step = (
        r"Then $x_1 = \frac{-b + \sqrt{b^2 - 4ac}}{2a}$ is the larger root, which we put into the first line. " * 20
    )[:2000]
    readable(r"$\pi$")
    start = time.process_time()
    readable(step)
    assert time.process_time() - start < 0.1


@given(st.text(st.characters(exclude_characters="$\\", exclude_categories=["Cs"])))
def test_text_without_marks_is_itself(text: str) -> None:
    assert readable(text) == text
    assert not has_mathematics(text)


_PIECES = [
    *(
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "{",
        "}",
        "[",
        "]",
        "^",
        "_",
        "&",
        "\\\\",
        "%",
        "`",
        " ",
        "\n",
        "x",
        "2",
        "|",
        "'",
    ),
    *(
        "\\begin{cases}",
        "\\end{cases}",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "\\left",
        "\\right",
        "\\frac",
        "\\sqrt",
        "\\over",
    ),
    *(
        "\\text",
        "\\sum",
        "\\sin",
        "\\pi",
        "\\le",
        "\\boxed",
        "\\not",
        "\\mathbf",
        "\\n",
        "\\foo",
        "\\",
        "~",
        "\\,",
        "é",
        "+",
    ),
]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
def test_no_text_raises_and_both_functions_agree(text: str) -> None:
    assert has_mathematics(text) == (readable(text) != text)


@given(st.text(st.sampled_from("ab1 .,\n"), max_size=20), st.text(st.sampled_from("ab1 .,\n"), max_size=20))
def test_what_surrounds_a_formula_stays(before: str, after: str) -> None:
    shown = readable(f"{before} $x^{{n+1}}$ {after}")
    assert shown == f"{before} xⁿ⁺¹ {after}"


def _texts(name: str) -> Iterator[str]:
    folder = os.environ.get("COTLAB_TEST_DATA")
    if not folder:
        pytest.skip("COTLAB_TEST_DATA does not name the public data")
    with (Path(folder) / "data" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield from (text for text in (row.get("problem"), *(row.get("steps") or ())) if isinstance(text, str))


@pytest.mark.data
@pytest.mark.parametrize(
    "name", ["gsm8k", "gsm8k_model_solutions", "mr_gsm8k_judged", "stepverify", "bigbench_mistake"]
)
def test_real_texts_about_money_stay(name: str) -> None:
    changed = [text for text in set(_texts(name)) if readable(text) != text]
    assert changed == []


@pytest.mark.data
@pytest.mark.parametrize(("name", "least"), [("prmbench", 2_500), ("mr_ben", 150)])
def test_real_mathematics_is_shown(name: str, least: int) -> None:
    texts = set(_texts(name))
    plain = [text for text in texts if "$" not in text and "\\" not in text]
    assert [text for text in plain if readable(text) != text] == []
    assert sum(readable(text) != text for text in texts) > least
