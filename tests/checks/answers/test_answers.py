"""What each kind of answer says, and what holds it back: (answer, reference, verdict, what the row is for)."""

import pytest

from cotlab.checks.answers.checking import check_answer

V, R, U = "verified", "refuted", "undecided"
Row = tuple[str, str, str, str]

KINDS: dict[str, list[Row]] = {
    "number": [
        ("18", "18", V, "the same"),
        ("18", "19", R, "another"),
        ("1,234", "1234", V, "thousands with a comma"),
        ("1.234", "1234", U, "a point that may separate thousands"),
        ("7/14", "0.5", V, "a fraction and its decimals"),
        ("\\frac65", "\\dfrac{6}{5}", V, "LaTeX in short"),
        ("2 1/2", "2.5", V, "a mixed number"),
        ("3\\sqrt{13}", "\\sqrt{117}", V, "roots"),
        ("1/3", "0.33", V, "a reference that is rounded"),
        ("0.33", "1/3", U, "an answer that is rounded to few digits"),
        ("3.1416", "\\pi", V, "an answer that is rounded to enough digits"),
        ("2.54", "2.5", U, "decimals beside fewer decimals"),
        ("15.2", "15.24", U, "an answer with fewer decimals"),
        ("33.5", "33", U, "decimals left off"),
        ("34.5", "33", R, "more than that"),
        ("about 98", "100", U, "approximate"),
        ("about 60", "100", R, "not even approximately"),
        ("5 million", "5,000,000", V, "a scale word"),
        ("5", "5 million", U, "a scale word that may be a label"),
        ("eighteen", "18", V, "a number's name"),
        ("twenty-five", "24", R, "another's"),
        ("1.5e3", "1500", V, "scientific"),
        ("5!", "120", V, "a factorial"),
        ("18!", "18", V, "an exclamation"),
        ("1/0", "5", U, "no number"),
    ],
    "percent": [
        ("50%", "0.5", V, "1/100"),
        ("1/2", "50\\%", V, "the other way round"),
        ("50%", "50", U, "the question may ask how many percent"),
        ("60", "60 percent", U, "the other way round"),
        ("50%", "0.6", R, "neither"),
        ("60%", "50%", R, "two percentages"),
        ("50%", "60", R, "neither as a label"),
    ],
    "units": [
        ("1 km", "1000 m", V, "a factor of pint"),
        ("1 km", "2000 m", R, "another amount"),
        ("5 hours", "300 minutes", V, "time"),
        ("$18", "18 dollars", V, "money"),
        ("$0.50", "50 cents", V, "money in two units"),
        ("\\$1{,}250", "1250", V, "a sign of money left out"),
        ("18 apples", "18", V, "a unit left out"),
        ("20 apples", "18", R, "another number"),
        ("5 km", "5000", U, "a factor between units"),
        ("5 apples", "6 pears", U, "two nouns"),
        ("$5", "€5", U, "two currencies"),
        ("90^\\circ", "90", V, "degrees"),
        ("30^\\circ", "\\frac{\\pi}{6}", V, "degrees and radians"),
        ("\\frac{\\pi}{6}", "30 degrees", V, "the other way round"),
        ("45^\\circ", "\\frac{\\pi}{6}", R, "another angle"),
        ("30^\\circ", "0.52", U, "radians as rounded"),
        ("20 °C", "68 °F", U, "two scales of temperature"),
    ],
    "choice": [
        ("(B)", "B", V, "brackets"),
        ("B) the cat", "(B)", V, "with its text"),
        ("Option B", "b", U, "a small letter alone may be anything"),
        ("\\text{(C)}", "The correct answer is (C) Plane.", V, "LaTeX and prose"),
        ("(B)", "(C)", R, "another"),
        ("(B) 4.1", "(C) 4.1", U, "the same text"),
        ("(B) 4.1", "(B) 4.2", U, "the same letter with another text"),
        ("A and C", "C, A", V, "several"),
        ("A", "A, C", R, "one of several"),
        ("None of the choices is correct.", "B", U, "no choice"),
        ("4.1", "B", U, "a value instead of a letter"),
    ],
    "category": [
        ("Yes, because 3 < 4.", "yes", V, "a reason after it"),
        ("Yes", "No", R, "another"),
        ("yes", "true", V, "across"),
        ("yes", "false", U, "across, the question may be negated"),
        ("No solution", "no", U, "not the word alone"),
        ("Tuesday", "monday", R, "days"),
        ("odd", "even", R, "parity"),
    ],
    "expression": [
        ("15x - 80", "5(3x - 16)", V, "an identity"),
        ("15x - 80", "15x - 8", R, "another"),
        ("\\cot x", "\\frac{1}{\\tan x}", V, "at points"),
        ("2x", "2y", U, "other letters"),
        ("x^2 + C", "x^2", U, "a constant of integration"),
        ("2x", "4", U, "a letter that may have a value"),
        ("y = 2x + 1", "2x + 1", V, "its value is named"),
    ],
    "equation": [
        ("5x - 7y + 4 = 0", "7y - 5x = 4", V, "a multiple"),
        ("5x - 7y + 4 = 0", "5x - 7y + 5 = 0", R, "another line"),
        ("x^2 = 4", "x^2 = 5", U, "not linear"),
        ("x = 5", "5", V, "the value of a letter"),
        ("x = 5", "x = 7", R, "another value"),
        ("x = 5", "y = 5", U, "another letter"),
        ("2 + 3 = 5", "5", V, "a chain"),
    ],
    "interval": [
        ("x > 5", "(5, \\infty)", V, "an inequality"),
        ("1 < x \\le 2", "(1, 2]", V, "two signs"),
        ("[1, 2)", "[1, 2]", R, "another end"),
        ("x<1 or x>3", "(-\\infty,1) \\cup (3,\\infty)", V, "a union"),
        ("x > 5", "n > 5", U, "another letter"),
        ("[1, 2]", "(1, 2)", U, "pairs or intervals"),
    ],
    "sequence": [
        ("} ) }", "})}", V, "blanks"),
        ("> )", "> >", R, "another sign"),
        ("apple bread corn dates eggs", "apple bread corn dates eggs", V, "words"),
        ("apple corn bread dates eggs", "apple bread corn dates eggs", R, "another order"),
        ("apple, corn, bread, dates, eggs", "apple, bread, corn, dates, eggs", U, "a list may be free"),
        ("Barack Hussein Obama", "Barack Obama", U, "a name"),
    ],
    "collection": [
        ("{1,2,3}", "\\{3, 2, 1\\}", V, "sets in any order"),
        ("(1, 2)", "(2, 1)", R, "tuples in theirs"),
        ("1, 2, 3", "3, 2 and 1", V, "lists"),
        ("{1, 2}", "{1, 3}", R, "another item"),
        ("{1, 2}", "{1, 2, 3}", R, "one is missing"),
        ("x = 2 or x = -3", "-3, 2", V, "named values"),
        ("\\pm 3", "3, -3", V, "two signs"),
        ("2", "2, 3", U, "one of several"),
        ("(1,234)", "1234", V, "thousands in brackets"),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix} 1 \\\\ 3 \\end{pmatrix}", R, "vectors"),
        ("{red, blue}", "{blue, red}", V, "words"),
        ("red, blue", "blue, red", U, "words that may be in order"),
        ("red, blue", "red, blue", V, "words in the same order"),
        ("[1, 2, 3]", "(1, 2, 3)", V, "other brackets"),
        ("{1, 2}", "(2, 1)", U, "a set beside a tuple in another order"),
        ("{red, blue}", "{blue, green}", U, "words never refute"),
        ("{1/2, 50%}", "{0.5, 1/2}", V, "each by its own kind"),
    ],
    "words": [
        ("The Paris.", "paris", V, "case, article, stop"),
        ("Paris, France", "Paris", U, "more words"),
        ("London", "Paris", U, "others"),
        ("10:30", "10:30", V, "what nothing else reads"),
    ],
    "prose": [
        ("The answer is 18.", "18", V, "a marker"),
        ("The answer is 19.", "18", R, "a marker"),
        ("So 12 + 6.\n#### 18", "18", V, "hashes"),
        ("First \\boxed{\\frac{1}{2}}", "0.5", V, "a box with brackets"),
        ("\\boxed{2}, then \\boxed{3}", "2", U, "two boxes"),
        ("Step 9. So it is 3/2.\n\n# Final Answer\n\n\\[ \\boxed{\\dfrac{3}{2}} \\]", "\\frac{3}{2}", V, "a heading"),
        ("So she sold 72 clips in all.", "72", V, "the only number of the last sentence"),
        ("So she sold 72 clips in all.", "70", U, "it may not be the answer"),
        ("It is not 18.", "18", U, "a negation"),
        ("Let x be 4. The answer is x + 4 = 8. Check: the answer is 8.", "8", V, "the last marker"),
        ("18", "She has 12 and 6.\n#### 18", V, "a reference that is a solution"),
        ("18", "Let's think step by step.", U, "a reference that is none"),
        ("", "18", U, "no answer"),
        ("18", " ", U, "no reference"),
        ("x" * 4_001, "18", U, "too long"),
    ],
}  # fmt: skip
ROWS = [pytest.param(*row, id=f"{kind}: {row[3]} [{row[0][:20]}]") for kind, rows in KINDS.items() for row in rows]


@pytest.mark.parametrize(("answer", "reference", "verdict", "why"), ROWS)
def test_verdicts(answer: str, reference: str, verdict: str, why: str) -> None:
    found = check_answer(answer, reference)
    assert (found.verdict, found.reason) == (verdict, found.reason)


def test_a_verdict_says_as_what_and_why() -> None:
    found = check_answer("The answer is $19.", "$18")
    assert (found.kind, found.reason) == ("units", "19 $ is not 18 $")
    found = check_answer("50%", "50")
    assert (found.kind, found.reason) == ("percent", "50% is not 50, but the percent sign may be a label")
