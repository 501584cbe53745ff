"""Labelled paths, each here for the trap that it sets to a format or to the code that reads the format."""

from cotlab.domain.answers import Basis, Citation, StepSize
from cotlab.domain.datasets.exports import ExportedLabel, ExportedStep, LabelledAlternative, LabelledPath, Target
from cotlab.domain.provenance import DraftedFrom, Provenance, Sampling
from cotlab.domain.shown_drafts import VisibleDraft
from cotlab.domain.traces.records import Passage, Problem

GUIDELINE = "step-correctness 1.0"
RENAMED = "step-correctness 2.0"
"""A version in which `incorrect` is called `false`, and so are the labels given before it."""
ERRORS = {GUIDELINE: frozenset({"incorrect", "incomplete"}), RENAMED: frozenset({"false", "incomplete"})}
CORRECTNESS = Target(
    name="correctness",
    values={
        GUIDELINE: {"correct": True, "redundant": True, "incorrect": False, "incomplete": False},
        RENAMED: {"correct": True, "redundant": True, "false": False, "incomplete": False},
    },
    errors=ERRORS,
)
RATINGS = Target(
    name="prm800k",
    values={
        GUIDELINE: {"correct": 1, "redundant": 0, "incorrect": -1, "incomplete": -1},
        RENAMED: {"correct": 1, "redundant": 0, "false": -1, "incomplete": -1},
    },
    errors=ERRORS,
)
NO_MAPPING = Target(name=None)
PROVENANCE = Provenance(driver="openai", model="judge", sampling=Sampling(temperature=0), seed=3, tokens=12)


def step(text: str, value: str, unsure: bool = False, elapsed_ms: int | None = None) -> ExportedStep:
    given_at = None if elapsed_ms is None else 1_750_000_000_000_000 + elapsed_ms
    label = ExportedLabel(
        source="settled", value=value, unsure=unsure, guideline=GUIDELINE, given_at=given_at, elapsed_ms=elapsed_ms,
        basis=Basis.ADJUDICATED,
    )  # fmt: skip
    return ExportedStep(text=text, labels=(label,))


def assisted(one: ExportedStep) -> ExportedStep:
    """The same step, labelled with drafts in sight and after evidence on the one before."""
    drafts = (
        VisibleDraft(draft="d1", kind="label_opinion", source="judge", said="incorrect", provenance=PROVENANCE),
        VisibleDraft(draft="d2", kind="rationale", source="judge", said="It takes three.", similarity=0.62),
    )
    labels = tuple(label.model_copy(update={"drafts": drafts, "evidence_seen": (2,)}) for label in one.labels)
    return one.model_copy(update={"labels": labels})


ONE_STEP = LabelledPath(
    trace_id="one-step",
    external_id=None,
    problem=Problem(text="What is 2 + 2?", domain="mathematics"),
    steps=(step("2 + 2 = 4.", "correct"),),
    final_answer="4",
    origin="human",
    answer_right=True,
)
UNLABELLED_TAIL = LabelledPath(
    trace_id="tail",
    external_id="lamp-7",
    problem=Problem(text="A lamp costs 40 and is 25 % off. What is paid?\n", reference_answer="30"),
    steps=(step("25 % of 40 is 10.", "correct", elapsed_ms=4_000),),
    rest=("40 - 10 = 30.", "So 30 is paid."),
    origin="model",
    generator="some-model",
    drafted=DraftedFrom(
        draft="d-1",
        kind="path",
        model="some-model",
        edited=True,
        provenance=Provenance(driver="openai", seed=7, sampling=Sampling(), libraries={"torch": "2.13.0"}),
    ),
    labeller="annotator-1f",
    ending="give_up",
    answer_right=True,
)
FOUR_LABELS = LabelledPath(
    trace_id="four",
    external_id=None,
    problem=Problem(
        text="May the tenant leave in March?",
        domain="law",
        passages=(Passage(name="Clause 4", text="Either side may end the lease with three months' notice."),),
    ),
    steps=(
        step("Notice was given in January.", "correct", elapsed_ms=1_500),
        step("January is the first month.", "redundant", elapsed_ms=900),
        assisted(step("One month's notice is enough.", "incorrect", elapsed_ms=2_000)),
        step("So March is fine.", "incomplete", unsure=True, elapsed_ms=None),
    ),
    final_answer="yes",
    answer_right=True,
    origin="semi-synthetic",
    strategy="forward",
    canonical=True,
    labeller="annotator-2a",
    ending="finished",
    alternatives=(
        LabelledAlternative(
            position=3, kind="rewording", origin="human", steps=(step("Clause 4 asks for three months.", "correct"),)
        ),
        LabelledAlternative(
            position=4,
            kind="missing",
            origin="human",
            steps=(step("Three months end in April.", "correct"), step("April is after March.", "redundant")),
        ),
        LabelledAlternative(
            position=3,
            kind="rewording",
            origin="model",
            steps=(ExportedStep(text="Nobody has judged this one."),),
            generator="some-model",
            drafted=DraftedFrom(
                draft="d-2",
                kind="alternatives",
                model="some-model",
                provenance=Provenance(driver="openai"),
            ),
        ),
    ),
)
BRANCH = FOUR_LABELS.model_copy(
    update={
        "steps": (*FOUR_LABELS.steps[:2], step("Clause 4 asks for three months.", "correct")),
        "rest": (),
        "branch": 2,
        "alternative": True,
        "alternatives": (),
    }
)
UNLABELLED_BRANCH = BRANCH.model_copy(update={"steps": BRANCH.steps[:2], "rest": ("Nobody has judged this one.",)})
NON_ASCII = LabelledPath(
    trace_id="non-ascii",
    external_id=None,
    problem=Problem(text="Сколько будет √16 ≤ x? 𝑥 ∈ ℕ", language="ru"),
    steps=(step("√16 = 4, то есть x ≥ 4.", "correct"), step("Ответ: 4 👍🏽 e\u0301 \u2028 конец", "incorrect")),
    origin="human",
    answer_right=False,
)
INNER_NEWLINE = LabelledPath(
    trace_id="inner",
    external_id=None,
    problem=Problem(text="Solve x + 1 = 3."),
    steps=(step("Subtract 1:\n\nx = 2", "correct"), step("Check:\n2 + 1 = 3", "redundant")),
    origin="model",
    answer_right=True,
)
SEPARATOR_AT_END = LabelledPath(
    trace_id="separator",
    external_id=None,
    problem=Problem(text="Solve x - 1 = 3.\n\n"),
    steps=(step("Add 1.\n", "correct"), step("x = 5.\r\n\n", "incorrect"), step("\nDone. ", "incorrect")),
    origin="model",
)
LONG = LabelledPath(
    trace_id="long",
    external_id=None,
    problem=Problem(text="Count to one hundred."),
    steps=tuple(
        step(f"Step {number:>3} of it.", "incorrect" if number == 80 else "correct") for number in range(1, 81)
    ),
    origin="model",
)
"""1,200 bytes and more, so that a maximum length of 1,024 tokens of one byte cuts it."""

BY_ANOTHER_VERSION = LabelledPath(
    trace_id="kinds",
    external_id=None,
    problem=Problem(text="What is 3 + 4 * 2?", passages=(Passage(name="Rule 2", text="Multiply before you add."),)),
    steps=(
        ExportedStep(
            text="3 + 4 = 7.",
            labels=(
                ExportedLabel(
                    source="settled",
                    value="false",
                    kind="wrong-order",
                    guideline=GUIDELINE,
                    schema_version=RENAMED,
                    citations=(
                        Citation(kind="rule", name="M3"),
                        Citation(kind="passage", name="Rule 2", start=0, stop=8),
                    ),
                ),
            ),
        ),
        ExportedStep(
            text="7 * 2 = 14, so the answer is 14.",
            labels=(
                ExportedLabel(
                    source="settled",
                    value="incomplete",
                    guideline=GUIDELINE,
                    schema_version=RENAMED,
                    stale=True,
                    step_size=StepSize.TOO_COARSE,
                ),
            ),
        ),
    ),
    origin="human",
)
"""Two labels that a later version reads otherwise: one with a kind and citations, one that is stale on a large step."""

MISTAKEN = LabelledPath(
    trace_id="mistaken",
    external_id="sums-8",
    problem=Problem(text="What is 3 + 4 * 2?", domain="mathematics", tags=("sums",), reference_answer="11"),
    steps=(
        step("4 * 2 = 8.", "correct"),
        ExportedStep(
            text="3 + 8 = 12.",
            labels=(
                ExportedLabel(
                    source="settled", value="incorrect", kind="wrong-sum", rationale="It is 11.", guideline=GUIDELINE
                ),
            ),
        ),
    ),
    rest=("Step 3: so it is 12.",),
    final_answer="12",
    origin="model",
    generator="some-model",
    answer_right=False,
)
RIGHT_BY_A_BAD_STEP = LabelledPath(
    trace_id="right-by-a-bad-step",
    external_id=None,
    problem=Problem(text="What is 16/64 in lowest terms?", domain="mathematics", reference_answer="1/4"),
    steps=(step("Cancel the 6 above and below.", "incorrect"), step("That leaves 1/4.", "correct")),
    final_answer="1/4",
    origin="model",
    canonical=True,
    answer_right=True,
)
"""The answer is right and a step is not: accepted by nobody."""
MARKERS_IN_TEXT = LabelledPath(
    trace_id="markers",
    external_id=None,
    problem=Problem(text="Чьи это руки?", language="ru"),
    steps=(step("Руки его.", "correct"),),
    origin="human",
)
"""The marker that ends a step stands inside words."""
JUDGED = (MISTAKEN, RIGHT_BY_A_BAD_STEP, MARKERS_IN_TEXT)

PATHS = (ONE_STEP, UNLABELLED_TAIL, FOUR_LABELS, BRANCH, UNLABELLED_BRANCH, NON_ASCII, INNER_NEWLINE, SEPARATOR_AT_END)
