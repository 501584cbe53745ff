"""The words that a check reads, each table for one purpose."""

OPERATORS = {
    ("plus",): "+",
    ("minus",): "-",
    ("times",): "*",
    ("multiplied", "by"): "*",
    ("divided", "by"): "/",
}
RELATIONS = {
    ("is", "equal", "to"): "=",
    ("are", "equal", "to"): "=",
    ("equal", "to"): "=",
    ("which", "is", "equal", "to"): "=",
    ("which", "equals"): "=",
    ("equals",): "=",
    ("equal",): "=",
    ("is", "approximately", "equal", "to"): "≈",
    ("is", "approximately"): "≈",
    ("is", "about"): "≈",
    ("is", "less", "than"): "<",
    ("is", "greater", "than"): ">",
    ("is", "not", "equal", "to"): "≠",
}
WEAK_RELATIONS = {
    ("is",): "=",
    ("are",): "=",
    ("gives",): "=",
    ("makes",): "=",
    ("yields",): "=",
    ("which", "is"): "=",
    ("to", "get"): "=",
}
"""Relations after a real operator only: "5 times 9 is 45", and not "stadium 4 is 3/4 full"."""
PROPERTIES = {
    ("is", "divisible", "by"): "divisible",
    ("is", "not", "divisible", "by"): "not divisible",
    ("is", "a", "multiple", "of"): "divisible",
    ("is", "not", "a", "multiple", "of"): "not divisible",
    ("is", "a", "factor", "of"): "divides",
    ("is", "a", "divisor", "of"): "divides",
    ("divides",): "divides",
    ("is", "prime"): "prime",
    ("is", "a", "prime"): "prime",
    ("is", "a", "prime", "number"): "prime",
    ("is", "not", "prime"): "not prime",
    ("is", "not", "a", "prime"): "not prime",
    ("is", "not", "a", "prime", "number"): "not prime",
    ("is", "composite"): "not prime",
}
UNARY = frozenset({"prime", "not prime"})
"""Properties without a second side."""
APPROXIMATELY = {"about", "approximately", "roughly", "around", "nearly", "almost", "approx", "~"}
NEGATIONS = {"not", "no", "never", "cannot", "nor", "neither", "wrong", "false", "incorrect", "incorrectly",
             "impossible", "contradiction", "contradicts", "contradictory", "mistake", "mistakenly", "error",
             "invalid", "untrue", "instead", "fails", "fail", "unlike", "rather", "except", "without", "doesn't",
             "isn't", "don't", "can't", "won't", "wouldn't", "aren't", "didn't", "couldn't", "shouldn't",
             "inconsistent"}  # fmt: skip
DIRECT_NEGATIONS = {"not", "never", "cannot", "neither", "nor", "false", "untrue", "wrong", "isn't", "doesn't",
                    "aren't", "incorrect", "can't", "impossible"}  # fmt: skip
HYPOTHESES = {"if", "suppose", "supposing", "assume", "assuming", "would", "could", "might", "unless", "otherwise",
              "imagine", "pretend", "hypothetically", "whether", "should", "try", "trying", "guess", "perhaps",
              "maybe", "want", "need", "must", "say", "test", "testing", "check", "see"}  # fmt: skip
SOFT_HYPOTHESES = {"want", "need", "must", "say", "test", "testing", "check", "see", "should", "try", "trying",
                   "could", "might"}  # fmt: skip
"""They make a premise of an equation with letters; a sum of numbers beside them is a claim all the same."""
GIVEN = {"let", "with", "given", "when", "where", "define", "denote", "set", "setting", "plug", "plugging",
         "substitute", "substituting", "choose", "using", "at", "for", "take", "taking", "letting", "put", "putting",
         "assign", "replacing", "replace"}  # fmt: skip
NEW_SCOPE = {"case", "second", "another", "other", "third", "alternatively", "similarly", "likewise", "next", "first",
             "example", "instance", "option", "choice", "scenario", "different", "new", "now let"}  # fmt: skip
TESTS = {"plug", "plugging", "plugged", "substituting", "substitute", "check", "checking", "verify", "verifying",
         "test", "testing", "try", "trying", "tried"}  # fmt: skip
"""Values are tried out: a number alone on the left is what is compared, and the two may differ."""
CUES = {"expanding", "expand", "expands", "expanded", "factoring", "factor", "factors", "factored", "simplifying",
        "simplify", "simplifies", "simplified", "distributing", "distribute", "combining", "cancelling", "canceling",
        "identity", "rewriting", "rewrite"}  # fmt: skip
"""Before an equation they say that one side is the other written differently."""
LINKS = {"so", "thus", "then", "that", "since", "because", "therefore", "hence", "have", "has", "get", "gets", "is",
         "are", "and", "but", "now", "which", "means", "calculate", "compute", "computing", "obtain", "know", "where",
         "with", "as", "follows", "find", "gives", "equation", "equals", "yields", "implies", "show", "note", "also",
         "clearly", "indeed"}  # fmt: skip
"""After one of these a number alone can be a side; after any other word it is a label, as in "Week 3 ="."""
CUTTING = {"of", "by", "than", "plus", "minus", "times", "per", "between", "from", "divided", "multiplied", "over",
           "difference", "average", "mean", "product", "sum", "ratio", "remainder", "squared", "cubed", "root",
           "square", "percent", "dozen", "half", "third", "twice", "double", "triple", "through", "mod", "modulo",
           "log", "ln", "every", "each", "least", "most", "to"}  # fmt: skip
"""A side next to one of these is not complete."""
LABELS = {"day", "week", "month", "year", "step", "part", "chapter", "question", "case", "equation", "page", "number",
          "room", "level", "group", "class", "type", "team", "option", "choice", "figure", "line", "box", "round",
          "grade", "method", "problem", "table", "exercise", "row", "column", "quarter", "game"}  # fmt: skip
"""A number or letter after one of these is its name: "on day 1 * 2"."""
LEADING = {"of", "to", "from", "every", "each", "per"}
"""They may stand before a whole sum with a sign of equality: a total of 3 + 8 = 11."""
COUNTING = {"more", "less", "fewer", "times", "out", "off"}
"""Directly after a number they may name what is counted."""
ENDING = {"and", "or", "so", "which", "because", "since", "but", "that", "then", "remainder", "with", "when", "if"}
"""After one of these the number does not go on."""
COMPARING = {"more", "less", "fewer", "times", "than", "higher", "lower", "older", "younger", "longer", "shorter",
             "greater", "larger", "smaller", "percent", "plus", "minus", "divided", "multiplied", "squared", "cubed",
             "mod", "modulo", "dozen", "out", "factorial", "over", "short", "off", "into"}  # fmt: skip
"""After the right side of a relation in words they say that the number goes on."""
STOPS = {"and", "or", "so", "is", "are", "the", "that", "then", "which", "who", "was", "were", "but", "because",
         "since", "if", "when", "to", "from", "by", "with", "for", "we", "he", "she", "they", "it", "there", "has",
         "have", "than", "equals", "equal", "of", "as", "not", "where", "gives", "get", "will", "would", "in", "at",
         "on", "plus", "minus", "times", "divided", "multiplied", "this", "these", "his", "her", "their", "after",
         "before", "more", "less", "fewer", "out", "also", "x"}  # fmt: skip
"""They end the words of a unit."""
FRACTIONS = {"half": 2, "third": 3, "thirds": 3, "fourth": 4, "fourths": 4, "quarter": 4, "quarters": 4, "fifth": 5,
             "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10}  # fmt: skip
COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
          "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}  # fmt: skip
MULTIPLES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12, "trillion":
          1_000_000_000_000}  # fmt: skip
FUNCTIONS = {"sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "arcsec", "arccsc", "arccot",
             "sinh", "cosh", "tanh", "log",
             "ln", "exp", "sqrt", "abs", "gcd", "lcm", "max", "min", "floor", "ceil", "factorial", "cbrt"}  # fmt: skip
SYNONYMS = {"gcf": "gcd", "hcf": "gcd", "ceiling": "ceil", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
            "asec": "arcsec", "acsc": "arccsc", "acot": "arccot"}  # fmt: skip
GREEK = frozenset({"theta", "alpha", "beta", "gamma", "phi"})
"""Letters that are also spelt out in a text."""
ANGLE: dict[tuple[str, ...], str] = {("is",): "=", ("measures",): "="}
"""Relations between a named angle and its size: "angle A is 30 degrees"."""
PHRASES = {
    ("gcd", "of"): "gcd", ("gcf", "of"): "gcd", ("hcf", "of"): "gcd", ("lcm", "of"): "lcm",
    ("greatest", "common", "divisor", "of"): "gcd", ("greatest", "common", "factor", "of"): "gcd",
    ("least", "common", "multiple", "of"): "lcm", ("sum", "of"): "+", ("product", "of"): "*",
    ("derivative", "of"): "derivative", ("square", "root", "of"): "sqrt",
}  # fmt: skip
"""Functions in words: "the LCM of 4 and 6"."""
RESETS = {"mistake", "wait", "oops", "actually", "instead", "wrong", "incorrect", "contradiction", "restart"}
"""A step with one of these takes back what was said before it."""
DIGITS = {"digit", "digits"}
