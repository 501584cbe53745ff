"""The history of the schema: a list that only grows, one file a migration, the same for both engines."""

from cotlab.storage.migrations import (
    m0001_first_schema,
    m0002_guidelines,
    m0003_cases_and_taken_agreement,
    m0004_gold_and_calibration,
    m0005_queue_by_fields,
    m0006_passed_places,
    m0007_check_verdicts,
    m0008_pace_alarms,
    m0009_writing_tasks,
    m0010_batches_and_absence,
    m0011_pairs,
    m0012_gold_pairs,
    m0013_position_alarms,
    m0015_people_moved_in,
    m0016_evaluations,
    m0018_models_and_drafts,
    m0019_releases,
    m0020_altered_traces,
    m0021_opinion_requests,
    m0022_draft_decisions,
    m0023_shown_drafts,
    m0024_random_share_of_the_queue,
    m0026_reason_of_first_claims,
    m0027_order_of_draft_requests,
)
from cotlab.storage.migrations.migration import Migration

MIGRATIONS: tuple[Migration, ...] = (
    Migration("0001_first", m0001_first_schema.STATEMENTS, m0001_first_schema.APPEND_ONLY),
    Migration("0002_guidelines", m0002_guidelines.STATEMENTS, m0002_guidelines.APPEND_ONLY),
    Migration("0003_cases", m0003_cases_and_taken_agreement.STATEMENTS, m0003_cases_and_taken_agreement.APPEND_ONLY),
    Migration("0004_gold", m0004_gold_and_calibration.STATEMENTS, m0004_gold_and_calibration.APPEND_ONLY),
    Migration("0005_queue", m0005_queue_by_fields.STATEMENTS, m0005_queue_by_fields.APPEND_ONLY),
    Migration("0006_places", m0006_passed_places.STATEMENTS, m0006_passed_places.APPEND_ONLY),
    Migration("0007_evidence", m0007_check_verdicts.STATEMENTS, m0007_check_verdicts.APPEND_ONLY),
    Migration("0008_pace", m0008_pace_alarms.STATEMENTS, m0008_pace_alarms.APPEND_ONLY),
    Migration("0009_writing", m0009_writing_tasks.STATEMENTS, m0009_writing_tasks.APPEND_ONLY),
    Migration("0010_batches", m0010_batches_and_absence.STATEMENTS, m0010_batches_and_absence.APPEND_ONLY),
    Migration("0011_pairs", m0011_pairs.STATEMENTS, m0011_pairs.APPEND_ONLY),
    Migration("0012_gold_pairs", m0012_gold_pairs.STATEMENTS, m0012_gold_pairs.APPEND_ONLY),
    Migration("0013_position", m0013_position_alarms.STATEMENTS, m0013_position_alarms.APPEND_ONLY),
    Migration("0015_people_moved_in", m0015_people_moved_in.STATEMENTS, m0015_people_moved_in.APPEND_ONLY),
    Migration("0016_evaluations", m0016_evaluations.STATEMENTS, m0016_evaluations.APPEND_ONLY),
    Migration("0018_drafting", m0018_models_and_drafts.STATEMENTS, m0018_models_and_drafts.APPEND_ONLY),
    Migration("0019_releases", m0019_releases.STATEMENTS, m0019_releases.APPEND_ONLY),
    Migration("0020_derivations", m0020_altered_traces.STATEMENTS, m0020_altered_traces.APPEND_ONLY),
    Migration("0021_opinions", m0021_opinion_requests.STATEMENTS, m0021_opinion_requests.APPEND_ONLY),
    Migration("0022_drafts_decided", m0022_draft_decisions.STATEMENTS, m0022_draft_decisions.APPEND_ONLY),
    Migration("0023_revealed", m0023_shown_drafts.STATEMENTS, m0023_shown_drafts.APPEND_ONLY),
    Migration(
        "0024_selection", m0024_random_share_of_the_queue.STATEMENTS, m0024_random_share_of_the_queue.APPEND_ONLY
    ),
    Migration("0026_brought_by", m0026_reason_of_first_claims.STATEMENTS, m0026_reason_of_first_claims.APPEND_ONLY),
    Migration(
        "0027_waiting_drafts", m0027_order_of_draft_requests.STATEMENTS, m0027_order_of_draft_requests.APPEND_ONLY
    ),
)
