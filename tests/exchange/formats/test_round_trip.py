"""What the native writer writes, the native reader reads back, for any path and any trace."""

import io
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from cotlab.domain.answers import Citation, StepSize
from cotlab.domain.checks import Claim, KeptVerdict, Verdict
from cotlab.domain.datasets.exports import ExportedLabel, ExportedStep, LabelledAlternative, LabelledPath
from cotlab.domain.traces.records import Origin, Passage, Problem, Trace
from cotlab.exchange.formats import writer
from cotlab.exchange.formats.path_rows import accepted
from cotlab.exchange.readers.jsonl import Good, byte_lines, dump_line, read_traces
from tests.exchange.paths import NO_MAPPING, PATHS, RATINGS

characters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.text(characters, max_size=20)
filled = texts.map(lambda text: "x" + text)
names = st.text(string.ascii_letters + string.digits + "-é ", min_size=1, max_size=9).map(lambda text: f"n{text}n")
moments = st.none() | st.integers(0, 2**53 - 1)

spans = st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda both: {"start": both[0], "stop": sum(both)})
citations = st.builds(Citation, kind=st.just("rule"), name=names) | st.builds(
    lambda name, span: Citation(kind="passage", name=name, **span), names, st.just({}) | spans
)
labels = st.builds(
    ExportedLabel,
    source=names,
    value=names,
    kind=st.none() | names,
    rationale=st.none() | texts,
    unsure=st.booleans(),
    citations=st.lists(citations, max_size=2).map(tuple),
    step_size=st.sampled_from([None, StepSize.TOO_COARSE, StepSize.TOO_FINE]),
    guideline=st.none() | names,
    schema_version=st.none() | names,
    stale=st.booleans(),
    doubted=st.booleans(),
    given_at=moments,
    elapsed_ms=moments,
    visible_until=st.none() | st.integers(1, 9),
)
claims = st.builds(
    Claim,
    start=st.integers(0, 9),
    end=st.integers(0, 9),
    kind=names,
    normalised=texts,
    verdict=st.sampled_from(Verdict),
    reason=texts,
    conflicts_with=st.none() | st.integers(0, 9),
)
evidence = st.lists(
    st.builds(
        KeptVerdict,
        verdict=st.sampled_from(Verdict),
        claims=st.lists(claims, max_size=2).map(tuple),
        reason=texts,
        position=st.integers(0, 9),
        checker=names,
    ),
    max_size=2,
).map(tuple)
steps = st.builds(ExportedStep, text=filled, labels=st.tuples(labels))
alternatives = st.builds(
    LabelledAlternative,
    position=st.just(1),
    kind=st.sampled_from(["rewording", "missing"]),
    origin=st.sampled_from(Origin),
    steps=st.lists(steps, min_size=1, max_size=3).map(tuple),
    evidence=evidence,
)
problems = st.builds(
    Problem,
    text=filled,
    domain=names,
    source=st.none() | names,
    tags=st.lists(names, max_size=2).map(tuple),
    difficulty=st.none() | st.integers(1, 5),
    reference_answer=st.none() | texts,
    passages=st.lists(st.builds(Passage, name=names, text=filled), max_size=2, unique_by=lambda it: it.name).map(tuple),
)
paths = st.builds(
    LabelledPath,
    trace_id=names,
    external_id=st.none() | names,
    problem=problems,
    steps=st.lists(steps, min_size=1, max_size=3).map(tuple),
    rest=st.lists(filled, max_size=2).map(tuple),
    final_answer=st.none() | texts,
    origin=st.sampled_from([origin.value for origin in Origin]),
    generator=st.none() | names,
    strategy=st.none() | names,
    canonical=st.booleans(),
    labeller=st.none() | names,
    ending=st.sampled_from([None, "finished", "bad_problem", "give_up"]),
    labels=st.lists(labels, max_size=1).map(tuple),
    alternatives=st.lists(alternatives, max_size=2).map(tuple),
    evidence=evidence,
)


def read(data: bytes) -> list[Trace]:
    lines = list(read_traces(byte_lines(io.BytesIO(data))))
    assert all(isinstance(line, Good) for line in lines), lines
    return [trace for line in lines if isinstance(line, Good) for trace in line.traces]


@given(paths)
@settings(max_examples=60)
def test_native_reads_what_it_wrote(path: LabelledPath) -> None:
    data = b"".join(map(dump_line, writer("native").rows(path, NO_MAPPING)))
    (trace,) = read(data)
    whole = (trace.problem, trace.final_answer, trace.origin.value, trace.generator, trace.strategy, trace.canonical)
    assert whole == (
        path.problem, path.final_answer, path.origin, path.generator, path.strategy, path.canonical
    )  # fmt: skip
    assert trace.id == (path.external_id or path.trace_id)
    assert [label.value for label in trace.labels] == [
        *(label.value for label in path.labels), *([] if path.ending is None else [path.ending])
    ]  # fmt: skip
    assert [[step.text for step in other.steps] for other in trace.alternatives] == [
        [step.text for step in other.steps] for other in path.alternatives
    ]
    assert [step.text for step in trace.steps] == [*(step.text for step in path.steps), *path.rest]
    assert [label.model_dump() for step in trace.steps for label in step.labels] == [
        label.model_dump() for step in path.steps for label in step.labels
    ]
    assert trace.evidence == path.evidence
    row = trace.model_dump(mode="json") | {
        "canonical": path.canonical and accepted(path, NO_MAPPING), "canonical_in_file": path.canonical
    }  # fmt: skip
    assert dump_line(row) == data


def test_prm800k_reads_what_it_wrote() -> None:
    for path in PATHS:
        for row in writer("prm800k").rows(path, RATINGS):
            (trace,) = read(dump_line(row))
            assert [step.text for step in trace.steps] == [*(step.text for step in path.steps), *path.rest]
            values = [label.value for step in trace.steps for label in step.labels]
            assert values == [str(RATINGS.value(step.labels[0])) for step in path.steps]
            labelled = [other for other in path.alternatives if other.steps[0].labels]
            assert [other.steps[0].text for other in trace.alternatives] == [other.steps[0].text for other in labelled]
