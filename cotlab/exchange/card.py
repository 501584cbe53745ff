"""The card of a dataset, made from its manifest: Markdown with the YAML head that the `datasets` library reads.

Its sections are those of Datasheets for Datasets (Gebru et al., 2021), with the annotators and the language variety of
Data Statements (Bender & Friedman, 2018).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import yaml

from cotlab.domain.answers import Basis
from cotlab.domain.datasets.exports import LabelChoice, Manifest
from cotlab.domain.datasets.manifests import ExportedFile, ManifestAgreement
from cotlab.domain.datasets.pair_exports import Compared, PairShape
from cotlab.domain.datasets.splits import TRAIN
from cotlab.domain.projects.gates import Gate
from cotlab.exchange.formats.features import KNOWS_JSON, WITH_JSON, features

LABELS = {
    LabelChoice.SETTLED: "the settled label of each step or pair",
    LabelChoice.ADJUDICATED: "settled labels that an adjudicator decided, and no others",
    LabelChoice.EACH: "the labels of each person, under pseudonyms",
}
UNKNOWN = "Not recorded in the project; to be said by whoever passes the dataset on."


def card(manifest: Manifest, shape: PairShape) -> str:
    """The card of what the manifest tells of; `shape` is that of formats of pairs."""
    head = yaml.safe_dump(_head(manifest, shape), sort_keys=False, allow_unicode=True)
    body = "\n".join(line for part in SECTIONS for line in ("", *part(manifest)))
    return f"---\n{head}---\n\n# {_line(manifest.project)}: {manifest.format}\n{body}\n"


def _head(manifest: Manifest, shape: PairShape) -> dict[str, object]:
    formats = list(dict.fromkeys(file.format for file in manifest.files))
    configs: list[dict[str, object]] = []
    for place, format in enumerate(formats):
        files = [file for file in manifest.files if file.format == format and file.rows]
        data = [{"split": file.split or TRAIN, "path": file.path} for file in files if file.path]
        if data:
            configs.append({"config_name": format, "data_files": data} | ({"default": True} if not place else {}))
    found: dict[str, object] = {"pretty_name": f"{manifest.project} ({manifest.format})"}
    if not configs:
        return found
    names = [str(config["config_name"]) for config in configs]
    infos = [{"config_name": name, "features": features(name, shape)} for name in names]
    return found | {"configs": configs, "dataset_info": infos}


def _motivation(manifest: Manifest) -> Iterator[str]:
    yield "## Motivation and curation rationale"
    yield ""
    yield (
        f"Expert judgements from the project {_line(manifest.project)}, labelled with cotlab"
        f" {manifest.cotlab_version}, to train and to measure models with. What goes out: {LABELS[manifest.labels]}."
    )
    if manifest.where:
        yield f"Chosen were the items with {', '.join(map(_line, map(str, manifest.where)))}."
    if manifest.mapping is not None:
        yield f"Labels became values by the mapping `{manifest.mapping}`:"
        yield ""
        for version, values in manifest.mapping_values.items():
            said = ", ".join(f"{label} = {str(value).lower()}" for label, value in values.items())
            yield f"- {version}: {said}"


def _composition(manifest: Manifest) -> Iterator[str]:
    yield "## Composition"
    yield ""
    yield "| file | format | split | rows | traces or pairs | labels | sha256 |"
    yield "| --- | --- | --- | ---: | ---: | --- | --- |"
    for file in manifest.files:
        yield (
            f"| {file.path or 'this file'} | {file.format} | {file.split or TRAIN} | {file.rows:,} | {file.traces:,} |"
            f" {_counts(file.label_distribution)} | `{file.sha256}` |"
        )
    yield ""
    yield f"- Domains: {_counts(manifest.domains)}"
    yield f"- Origins (who or what wrote them): {_counts(manifest.origins)}"
    yield from (f"- {one}" for file in manifest.files for one in _balance(file))
    if manifest.lengths is not None:
        lengths = manifest.lengths
        yield (
            f"- Length: at most {lengths.longest:,} tokens ({lengths.by}). A `max_length` of {lengths.max_length:,}"
            f" cuts {lengths.rows_cut:,} rows, and with them {lengths.steps_cut:,} labelled steps."
        )


def _balance(file: ExportedFile) -> Iterator[str]:
    if file.unbalanced:
        yield f"{file.path}: {_counts(file.unbalanced)} before rows were left out for balance"


def _collection(manifest: Manifest) -> Iterator[str]:
    yield "## Collection process"
    yield ""
    if manifest.compared is Compared.RESPONSES:
        yield "Pairs are shown with sides drawn at random, and without where their responses came from."
    else:
        yield (
            "Traces are shown step by step, the next step once the one before is committed, without the reference"
            " answer and without who wrote them."
        )
    alone = manifest.votes - manifest.assisted_votes
    yield (
        f"{alone:,} of {manifest.votes:,} labels were given by somebody who had seen no answer or label of others;"
        f" {manifest.settled_by.get(Basis.ADJUDICATED, 0):,} labels were decided by an adjudicator, who saw them."
    )
    yield (
        f"Read at event {manifest.as_of} of the project's audit trail, whose hash is `{manifest.audit_head}`."
        f" Language variety: {UNKNOWN}"
    )


def _annotators(manifest: Manifest) -> Iterator[str]:
    yield "## Annotators and their qualification"
    yield ""
    gate = manifest.bar.gate if manifest.bar is not None else None
    yield f"- The bar before production, in force at the export: {'none.' if gate is None else _gate(gate)}"
    if manifest.bar is not None and manifest.bar.team_bar is not None:
        team_bar = manifest.bar.team_bar
        yield f"- The bar before a domain is opened, in force at the export: alpha among annotators of {team_bar:g}."
    yield from (f"- Opened before that: {_line(one)}" for one in manifest.opened_early)
    share = manifest.assisted_votes / manifest.votes if manifest.votes else 0
    yield (
        f"- {manifest.votes:,} labels by people are behind the steps and pairs here; {manifest.assisted_votes:,}"
        f" ({share:.1%}) were given by somebody who had seen answers or labels before."
    )
    yield (
        f"- {manifest.draft_assisted_votes:,} ({manifest.assisted_share:.1%}) were given with a draft of a model in"
        " sight, or with a reason that one began"
        + ("; such labels were left out." if manifest.without_assisted else ".")
    )
    yield f"- Demographics and pay: {UNKNOWN}"


def _gate(gate: Gate) -> str:
    return (
        f"{gate.coefficient} of {gate.threshold:g} against gold on {gate.steps} steps, and {gate.recall:.0%} of the"
        f" gold steps of each label found."
    )


def _guideline(manifest: Manifest) -> Iterator[str]:
    yield "## Guideline"
    yield ""
    if not manifest.guidelines:
        yield "No label here names a guideline version."
    for version, labels in manifest.guidelines.items():
        sha256 = manifest.guideline_hashes.get(version, "unknown")
        yield f"- {version}: {labels:,} labels; sha256 of its text `{sha256}`"


def _quality(manifest: Manifest) -> Iterator[str]:
    yield "## Quality"
    yield ""
    yield "Krippendorff's alpha among first, blind labels, with 95 % intervals:"
    yield ""
    yield "| label | alpha | interval | steps or pairs |"
    yield "| --- | ---: | --- | ---: |"
    yield from (_agreement(one) for one in manifest.agreement)
    yield ""
    yield f"Settled by: {_counts(manifest.settled_by)}."


def _agreement(one: ManifestAgreement) -> str:
    value = one.reason if one.value is None else f"{one.value:.3f}"
    ends = one.interval_reason if one.interval is None else f"{one.interval.low:.3f} to {one.interval.high:.3f}"
    return f"| {one.label or 'all'} | {value} | {ends} | {one.units:,} |"


def _left_out(manifest: Manifest) -> Iterator[str]:
    yield "## Preprocessing, and what was left out"
    yield ""
    yield "Nothing is padded: a trace ends before its first step without a label that counts."
    yield ""
    for what, counts in (
        ("traces or pairs", manifest.traces_dropped), ("steps", manifest.steps_dropped),
        ("labels", manifest.labels_dropped), ("outcomes", manifest.outcome_dropped),
    ):  # fmt: skip
        yield f"- {what} left out: {_counts(counts)}"
    for one in manifest.benchmarks:
        yield (
            f"- {_line(one.name)} (sha256 `{one.sha256}`): {one.found:,} problems were near to one of its"
            f" {one.problems:,}; {one.left_out:,} traces or pairs stay out."
        )
    if manifest.near_duplicates is not None:
        near = manifest.near_duplicates
        yield (
            f"- Splits share no problem and no near duplicate of one ({near.rule}): {near.problems:,} problems in"
            f" {near.groups:,} groups, the largest of {near.largest:,}."
        )


def _uses(manifest: Manifest) -> Iterator[str]:
    yield "## Uses"
    yield ""
    version = f" ({KNOWS_JSON} or later)" if manifest.format in WITH_JSON else ""
    yield (
        f"Load it with `datasets.load_dataset`{version} on this folder, or each file with the trainer that its format"
        " is of."
    )
    yield f"Further uses and those to avoid: {UNKNOWN}"


def _limits(manifest: Manifest) -> Iterator[str]:
    yield "## Known limits"
    yield ""
    yield from (f"- {_line(one[:1].upper() + one[1:])}." for one in manifest.warnings)
    if manifest.stale_labels:
        yield f"- {manifest.stale_labels:,} labels are stale: a newer guideline version asks for them anew."
    if manifest.doubted_labels:
        yield f"- {manifest.doubted_labels:,} labels are in doubt, as their people's gold had become worse."
    yield "- Near duplicates in other words, or in another language, are not found."


def _maintenance(manifest: Manifest) -> Iterator[str]:
    made = datetime.fromtimestamp(manifest.made_at / 1_000_000, UTC)
    yield "## Distribution and maintenance"
    yield ""
    yield f"Made on {made:%Y-%m-%d}. Licence: {UNKNOWN} The same files are made again by"
    yield ""
    yield f"    {manifest.command}"


SECTIONS = (
    _motivation, _composition, _collection, _annotators, _guideline, _quality, _left_out, _uses, _limits, _maintenance,
)  # fmt: skip


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{_line(name.replace('_', ' '))} {count:,}" for name, count in counts.items()) or "none"


def _line(text: str) -> str:
    """A text from data on one line of Markdown, where it makes no table cell and no tag."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
