"""The manifest of an export, from what is known beforehand and what was counted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from cotlab import __version__
from cotlab.domain.datasets.export_command import command
from cotlab.domain.datasets.exports import ExportOrder, Manifest
from cotlab.domain.datasets.manifests import Bar, ExportedFile, ManifestAgreement
from cotlab.domain.datasets.pair_exports import Compared
from cotlab.domain.traces.records import Origin
from cotlab.services.audit.as_of import opened_early
from cotlab.services.datasets.items import Source
from cotlab.services.datasets.plan import Plan
from cotlab.services.datasets.tally import OutputFile, Tally, ordered, sha256_of
from cotlab.services.labels.selection import Counts
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.labels import exports as stored
from cotlab.storage.projects import projects

GENERATED = (Origin.MODEL.value, Origin.SEMI_SYNTHETIC.value)
ONE_GROUP = 0.5
"""The share of the problems from which on one group of near duplicates is worth a warning."""


class Frame:
    """What a manifest says of the project and the order, as of the sequence that is read."""

    def __init__(
        self, db: Reading, project: Row, order: ExportOrder, source: Source, as_of: int, audit_head: str
    ) -> None:
        self.project, self.order, self.source, self.as_of, self.audit_head = project, order, source, as_of, audit_head
        policy = projects.policy(db, project["id"], as_of)
        self.bar = Bar(gate=policy.gate, team_bar=policy.team_bar, agreement_bar=policy.agreement_bar)
        self.opened_early = opened_early(db, project["id"], as_of)
        self.kept_apart = stored.kept_apart(db, project["id"], as_of, source.task)
        texts, heads = guidelines.texts(db, tuple(source.senses.heads)), source.senses.heads
        self.hashes = {heads[one].title: sha256(text.encode()).hexdigest() for one, text in texts.items()}


def manifest_of(
    frame: Frame, plan: Plan, files: Sequence[OutputFile], tally: Tally, counts: Counts,
    agreement: tuple[ManifestAgreement, ...], outcome_dropped: Counter[str], now: int,
) -> Manifest:  # fmt: skip
    """`now` is microseconds UTC. Pairs are counted as traces are."""
    order, project, told = frame.order, frame.project, tuple(file.told() for file in files)
    target = frame.source.target
    return Manifest(
        format=frame.source.format, packing=order.packing, cotlab_version=__version__, project=project["name"],
        project_id=project["id"], labels=order.labels, mapping=target.name, stale=order.stale, doubted=order.doubted,
        without_assisted=order.without_assisted,
        guideline=order.guideline, where=order.where, mapping_values=target.values,
        guidelines=ordered(tally.guidelines),
        guideline_hashes={title: frame.hashes[title] for title in ordered(tally.guidelines) if title in frame.hashes},
        rows=tally.rows, steps=tally.steps, traces_read=counts.traces_read, traces_kept=counts.traces_kept,
        traces_dropped=ordered(counts.traces_dropped), steps_dropped=ordered(counts.steps_dropped),
        labels_dropped=_labels_dropped(counts, frame.kept_apart), label_distribution=ordered(tally.labels),
        kind_distribution=ordered(tally.kinds), stale_labels=tally.stale, doubted_labels=tally.doubted,
        value_distribution={str(value).lower(): tally.values[value] for value in sorted(tally.values)},
        settled_by=ordered(counts.settled_by), shape=frame.source.shape,
        compared=None if frame.source.shape is None else order.compared, redundant=order.redundant,
        most_per_step=order.most_per_step if order.compared is Compared.STEPS else None,
        comparisons=ordered(tally.comparisons), opened_early=frame.opened_early,
        longest_row_characters=tally.longest, agreement=agreement, bar=frame.bar, votes=counts.votes,
        assisted_votes=counts.assisted, draft_assisted_votes=counts.drafted,
        assisted_share=round(counts.drafted / counts.votes, 4) if counts.votes else 0.0,
        origins=ordered(tally.origins), domains=ordered(tally.domains),
        lengths=tally.lengths(), splits=order.splits, near_duplicates=plan.near_duplicates,
        benchmarks=plan.benchmarks, paired=order.paired, outcome_dropped=ordered(outcome_dropped),
        warnings=tuple(_warnings(order, plan, told, tally)), files=told, release=order.release,
        command=command(order, project["name"], frame.as_of, tally.tokens.by), as_of=frame.as_of,
        audit_head=frame.audit_head, made_at=now, sha256=sha256_of(told), bytes=sum(one.bytes for one in told),
    )  # fmt: skip


def _labels_dropped(counts: Counts, kept_apart: Mapping[str, int]) -> dict[str, int]:
    return ordered(counts.labels_dropped + Counter(kept_apart))


def _warnings(
    order: ExportOrder, plan: Plan, files: Sequence[ExportedFile], tally: Tally
) -> Iterator[str]:  # fmt: skip
    for file in (one for one in files if one.split is not None):
        if not file.rows:
            yield f"the split {file.split} has no row in the format {file.format}, and no file"
        elif file.format == files[0].format and {*file.origins} <= {*GENERATED}:
            yield f"everything in the split {file.split} was written by a model, wholly or in part"
    for domain, items in sorted(tally.domains.items()):
        if items == tally.generated[domain]:
            yield f"everything of the domain {domain} was written by a model, wholly or in part"
    near = plan.near_duplicates
    if near is not None and near.problems > 1 and near.largest > ONE_GROUP * near.problems:
        yield f"{near.largest:,} of {near.problems:,} problems are near duplicates of each other and lie in one split"
