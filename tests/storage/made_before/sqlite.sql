PRAGMA application_id = 0x636F746C;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE actors (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL,
        created_at INTEGER NOT NULL, sequence INTEGER NOT NULL, UNIQUE (kind, name_folded)) STRICT;
CREATE TABLE tokens (
        id TEXT PRIMARY KEY, actor_id TEXT NOT NULL REFERENCES actors (id), name TEXT NOT NULL,
        secret_hash TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE TABLE token_ends (
        token_id TEXT PRIMARY KEY REFERENCES tokens (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE projects (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, name_folded TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE project_ends (
        project_id TEXT PRIMARY KEY REFERENCES projects (id), at INTEGER NOT NULL, reason TEXT NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE TABLE roles (
        id TEXT PRIMARY KEY, project_id TEXT REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        role TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX roles_by_actor ON roles (actor_id, project_id);
CREATE INDEX roles_by_project ON roles (project_id);
CREATE TABLE role_ends (
        role_id TEXT PRIMARY KEY REFERENCES roles (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE policies (
        project_id TEXT NOT NULL REFERENCES projects (id), sequence INTEGER NOT NULL, at INTEGER NOT NULL,
        document TEXT NOT NULL, PRIMARY KEY (project_id, sequence)) STRICT;
CREATE TABLE guideline_versions (
        id TEXT PRIMARY KEY, guideline TEXT NOT NULL, version TEXT NOT NULL, change TEXT NOT NULL, task TEXT NOT NULL,
        head TEXT NOT NULL, quick_reference TEXT NOT NULL, text TEXT NOT NULL, published_at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, UNIQUE (guideline, version)) STRICT;
CREATE TABLE guidelines_in_force (
        project_id TEXT NOT NULL REFERENCES projects (id), task TEXT NOT NULL, domain TEXT NOT NULL,
        sequence INTEGER NOT NULL, guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id),
        at INTEGER NOT NULL, PRIMARY KEY (project_id, task, domain, sequence)) STRICT;
CREATE TABLE problems (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), digest TEXT NOT NULL,
        text TEXT NOT NULL, domain TEXT NOT NULL, language TEXT NOT NULL, source TEXT, collected_at TEXT,
        tags TEXT NOT NULL, difficulty INTEGER, reference_answer TEXT, passages TEXT NOT NULL,
        sequence INTEGER NOT NULL, UNIQUE (project_id, digest)) STRICT;
CREATE TABLE traces (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        problem_id TEXT NOT NULL REFERENCES problems (id), digest TEXT NOT NULL, external_id TEXT,
        origin TEXT NOT NULL, generator TEXT, strategy TEXT, canonical INTEGER NOT NULL, final_answer TEXT,
        first_position INTEGER NOT NULL, last_position INTEGER NOT NULL,
        parent_id TEXT REFERENCES traces (id), alternative_kind TEXT, author_id TEXT REFERENCES actors (id),
        sequence INTEGER NOT NULL, UNIQUE (project_id, digest)) STRICT;
CREATE INDEX traces_by_project ON traces (project_id, id);
CREATE INDEX traces_by_parent ON traces (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE steps (
        trace_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (trace_id, position)) STRICT;
CREATE TABLE assignments (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), item_id TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), purpose TEXT NOT NULL, round INTEGER NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), informed INTEGER NOT NULL,
        claimed_at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (item_id, actor_id, purpose, round)) STRICT;
CREATE TABLE assignment_ends (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), ending TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE TABLE answers (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), item_id TEXT NOT NULL,
        position INTEGER NOT NULL, question TEXT NOT NULL, value TEXT NOT NULL,
        replaces TEXT REFERENCES answers (id), actor_id TEXT NOT NULL REFERENCES actors (id), purpose TEXT NOT NULL,
        assignment_id TEXT REFERENCES assignments (id),
        guideline_version_id TEXT REFERENCES guideline_versions (id),
        rationale TEXT, unsure INTEGER NOT NULL, informed INTEGER NOT NULL, visible_until INTEGER,
        shown_at INTEGER, chosen_at INTEGER, received_at INTEGER NOT NULL, elapsed_ms INTEGER,
        sequence INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX answers_replaced_once ON answers (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX answers_by_item ON answers (item_id, position);
CREATE INDEX answers_by_assignment ON answers (assignment_id, position) WHERE assignment_id IS NOT NULL;
CREATE INDEX answers_by_actor ON answers (actor_id, project_id, received_at) WHERE assignment_id IS NOT NULL;
CREATE TABLE citations (
        answer_id TEXT NOT NULL REFERENCES answers (id), number INTEGER NOT NULL, kind TEXT NOT NULL,
        name TEXT NOT NULL, start INTEGER, stop INTEGER, PRIMARY KEY (answer_id, number)) STRICT;
CREATE TABLE exports (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL,
        manifest TEXT NOT NULL, made_at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE signing_keys (
        id TEXT PRIMARY KEY, public_key TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE events (
        chain TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
        PRIMARY KEY (chain, sequence)) STRICT;
CREATE TABLE heads (
        chain TEXT NOT NULL, size INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, key_id TEXT NOT NULL,
        signature TEXT NOT NULL, PRIMARY KEY (chain, size)) STRICT;
CREATE TABLE queue (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        taken INTEGER NOT NULL, priority INTEGER NOT NULL) STRICT;
CREATE INDEX queue_by_priority ON queue (project_id, taken, priority, item_id);
CREATE TABLE leases (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), project_id TEXT NOT NULL, item_id TEXT NOT NULL,
        actor_id TEXT NOT NULL, expires_at INTEGER NOT NULL, visible INTEGER NOT NULL,
        shown_at INTEGER NOT NULL) STRICT;
CREATE INDEX leases_by_actor ON leases (actor_id, project_id);
CREATE INDEX leases_by_expiry ON leases (project_id, expires_at);
CREATE TABLE sessions (
        actor_id TEXT PRIMARY KEY REFERENCES actors (id), started_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
        worked INTEGER NOT NULL, step_open INTEGER NOT NULL) STRICT;
CREATE TABLE replies (
        actor_id TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (actor_id, key)) STRICT;
CREATE INDEX replies_by_time ON replies (at);
CREATE TRIGGER tokens_refuse_update BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'rows of tokens are never changed or deleted'); END;
CREATE TRIGGER tokens_refuse_delete BEFORE DELETE ON tokens BEGIN SELECT RAISE(ABORT, 'rows of tokens are never changed or deleted'); END;
CREATE TRIGGER token_ends_refuse_update BEFORE UPDATE ON token_ends BEGIN SELECT RAISE(ABORT, 'rows of token_ends are never changed or deleted'); END;
CREATE TRIGGER token_ends_refuse_delete BEFORE DELETE ON token_ends BEGIN SELECT RAISE(ABORT, 'rows of token_ends are never changed or deleted'); END;
CREATE TRIGGER projects_refuse_update BEFORE UPDATE ON projects BEGIN SELECT RAISE(ABORT, 'rows of projects are never changed or deleted'); END;
CREATE TRIGGER projects_refuse_delete BEFORE DELETE ON projects BEGIN SELECT RAISE(ABORT, 'rows of projects are never changed or deleted'); END;
CREATE TRIGGER project_ends_refuse_update BEFORE UPDATE ON project_ends BEGIN SELECT RAISE(ABORT, 'rows of project_ends are never changed or deleted'); END;
CREATE TRIGGER project_ends_refuse_delete BEFORE DELETE ON project_ends BEGIN SELECT RAISE(ABORT, 'rows of project_ends are never changed or deleted'); END;
CREATE TRIGGER roles_refuse_update BEFORE UPDATE ON roles BEGIN SELECT RAISE(ABORT, 'rows of roles are never changed or deleted'); END;
CREATE TRIGGER roles_refuse_delete BEFORE DELETE ON roles BEGIN SELECT RAISE(ABORT, 'rows of roles are never changed or deleted'); END;
CREATE TRIGGER role_ends_refuse_update BEFORE UPDATE ON role_ends BEGIN SELECT RAISE(ABORT, 'rows of role_ends are never changed or deleted'); END;
CREATE TRIGGER role_ends_refuse_delete BEFORE DELETE ON role_ends BEGIN SELECT RAISE(ABORT, 'rows of role_ends are never changed or deleted'); END;
CREATE TRIGGER policies_refuse_update BEFORE UPDATE ON policies BEGIN SELECT RAISE(ABORT, 'rows of policies are never changed or deleted'); END;
CREATE TRIGGER policies_refuse_delete BEFORE DELETE ON policies BEGIN SELECT RAISE(ABORT, 'rows of policies are never changed or deleted'); END;
CREATE TRIGGER guideline_versions_refuse_update BEFORE UPDATE ON guideline_versions BEGIN SELECT RAISE(ABORT, 'rows of guideline_versions are never changed or deleted'); END;
CREATE TRIGGER guideline_versions_refuse_delete BEFORE DELETE ON guideline_versions BEGIN SELECT RAISE(ABORT, 'rows of guideline_versions are never changed or deleted'); END;
CREATE TRIGGER guidelines_in_force_refuse_update BEFORE UPDATE ON guidelines_in_force BEGIN SELECT RAISE(ABORT, 'rows of guidelines_in_force are never changed or deleted'); END;
CREATE TRIGGER guidelines_in_force_refuse_delete BEFORE DELETE ON guidelines_in_force BEGIN SELECT RAISE(ABORT, 'rows of guidelines_in_force are never changed or deleted'); END;
CREATE TRIGGER problems_refuse_update BEFORE UPDATE ON problems BEGIN SELECT RAISE(ABORT, 'rows of problems are never changed or deleted'); END;
CREATE TRIGGER problems_refuse_delete BEFORE DELETE ON problems BEGIN SELECT RAISE(ABORT, 'rows of problems are never changed or deleted'); END;
CREATE TRIGGER traces_refuse_update BEFORE UPDATE ON traces BEGIN SELECT RAISE(ABORT, 'rows of traces are never changed or deleted'); END;
CREATE TRIGGER traces_refuse_delete BEFORE DELETE ON traces BEGIN SELECT RAISE(ABORT, 'rows of traces are never changed or deleted'); END;
CREATE TRIGGER steps_refuse_update BEFORE UPDATE ON steps BEGIN SELECT RAISE(ABORT, 'rows of steps are never changed or deleted'); END;
CREATE TRIGGER steps_refuse_delete BEFORE DELETE ON steps BEGIN SELECT RAISE(ABORT, 'rows of steps are never changed or deleted'); END;
CREATE TRIGGER assignments_refuse_update BEFORE UPDATE ON assignments BEGIN SELECT RAISE(ABORT, 'rows of assignments are never changed or deleted'); END;
CREATE TRIGGER assignments_refuse_delete BEFORE DELETE ON assignments BEGIN SELECT RAISE(ABORT, 'rows of assignments are never changed or deleted'); END;
CREATE TRIGGER assignment_ends_refuse_update BEFORE UPDATE ON assignment_ends BEGIN SELECT RAISE(ABORT, 'rows of assignment_ends are never changed or deleted'); END;
CREATE TRIGGER assignment_ends_refuse_delete BEFORE DELETE ON assignment_ends BEGIN SELECT RAISE(ABORT, 'rows of assignment_ends are never changed or deleted'); END;
CREATE TRIGGER answers_refuse_update BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'rows of answers are never changed or deleted'); END;
CREATE TRIGGER answers_refuse_delete BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'rows of answers are never changed or deleted'); END;
CREATE TRIGGER citations_refuse_update BEFORE UPDATE ON citations BEGIN SELECT RAISE(ABORT, 'rows of citations are never changed or deleted'); END;
CREATE TRIGGER citations_refuse_delete BEFORE DELETE ON citations BEGIN SELECT RAISE(ABORT, 'rows of citations are never changed or deleted'); END;
CREATE TRIGGER exports_refuse_update BEFORE UPDATE ON exports BEGIN SELECT RAISE(ABORT, 'rows of exports are never changed or deleted'); END;
CREATE TRIGGER exports_refuse_delete BEFORE DELETE ON exports BEGIN SELECT RAISE(ABORT, 'rows of exports are never changed or deleted'); END;
CREATE TRIGGER signing_keys_refuse_update BEFORE UPDATE ON signing_keys BEGIN SELECT RAISE(ABORT, 'rows of signing_keys are never changed or deleted'); END;
CREATE TRIGGER signing_keys_refuse_delete BEFORE DELETE ON signing_keys BEGIN SELECT RAISE(ABORT, 'rows of signing_keys are never changed or deleted'); END;
CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'rows of events are never changed or deleted'); END;
CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'rows of events are never changed or deleted'); END;
CREATE TRIGGER heads_refuse_update BEFORE UPDATE ON heads BEGIN SELECT RAISE(ABORT, 'rows of heads are never changed or deleted'); END;
CREATE TRIGGER heads_refuse_delete BEFORE DELETE ON heads BEGIN SELECT RAISE(ABORT, 'rows of heads are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (1, 'cotlab', '0001_first', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE acknowledgements (
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, PRIMARY KEY (project_id, actor_id, guideline_version_id)) STRICT;
CREATE TABLE questions (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id),
        assignment_id TEXT REFERENCES assignments (id), item_id TEXT REFERENCES traces (id), position INTEGER,
        text TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX questions_by_project ON questions (project_id, sequence);
CREATE INDEX questions_by_actor ON questions (actor_id, project_id);
CREATE TABLE question_answers (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        question_id TEXT NOT NULL REFERENCES questions (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        resolution TEXT NOT NULL, rule TEXT, text TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX question_answers_by_question ON question_answers (question_id);
CREATE TABLE pilots (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), people INTEGER NOT NULL, seed INTEGER NOT NULL, domain TEXT,
        experts TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX pilots_by_project ON pilots (project_id, sequence);
CREATE TABLE pilot_items (
        pilot_id TEXT NOT NULL REFERENCES pilots (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (pilot_id, item_id)) STRICT;
CREATE TABLE sign_offs (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), document TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX sign_offs_by_project ON sign_offs (project_id, guideline_version_id);
CREATE TABLE openings (
        project_id TEXT NOT NULL REFERENCES projects (id), sequence INTEGER NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), missing TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL,
        PRIMARY KEY (project_id, sequence)) STRICT;
DROP INDEX answers_by_actor;
CREATE INDEX answers_by_actor ON answers (actor_id, project_id, received_at, guideline_version_id, value)
        WHERE assignment_id IS NOT NULL;
CREATE INDEX citations_by_rule ON citations (name) WHERE kind = 'rule';
CREATE TRIGGER acknowledgements_refuse_update BEFORE UPDATE ON acknowledgements BEGIN SELECT RAISE(ABORT, 'rows of acknowledgements are never changed or deleted'); END;
CREATE TRIGGER acknowledgements_refuse_delete BEFORE DELETE ON acknowledgements BEGIN SELECT RAISE(ABORT, 'rows of acknowledgements are never changed or deleted'); END;
CREATE TRIGGER questions_refuse_update BEFORE UPDATE ON questions BEGIN SELECT RAISE(ABORT, 'rows of questions are never changed or deleted'); END;
CREATE TRIGGER questions_refuse_delete BEFORE DELETE ON questions BEGIN SELECT RAISE(ABORT, 'rows of questions are never changed or deleted'); END;
CREATE TRIGGER question_answers_refuse_update BEFORE UPDATE ON question_answers BEGIN SELECT RAISE(ABORT, 'rows of question_answers are never changed or deleted'); END;
CREATE TRIGGER question_answers_refuse_delete BEFORE DELETE ON question_answers BEGIN SELECT RAISE(ABORT, 'rows of question_answers are never changed or deleted'); END;
CREATE TRIGGER pilots_refuse_update BEFORE UPDATE ON pilots BEGIN SELECT RAISE(ABORT, 'rows of pilots are never changed or deleted'); END;
CREATE TRIGGER pilots_refuse_delete BEFORE DELETE ON pilots BEGIN SELECT RAISE(ABORT, 'rows of pilots are never changed or deleted'); END;
CREATE TRIGGER pilot_items_refuse_update BEFORE UPDATE ON pilot_items BEGIN SELECT RAISE(ABORT, 'rows of pilot_items are never changed or deleted'); END;
CREATE TRIGGER pilot_items_refuse_delete BEFORE DELETE ON pilot_items BEGIN SELECT RAISE(ABORT, 'rows of pilot_items are never changed or deleted'); END;
CREATE TRIGGER sign_offs_refuse_update BEFORE UPDATE ON sign_offs BEGIN SELECT RAISE(ABORT, 'rows of sign_offs are never changed or deleted'); END;
CREATE TRIGGER sign_offs_refuse_delete BEFORE DELETE ON sign_offs BEGIN SELECT RAISE(ABORT, 'rows of sign_offs are never changed or deleted'); END;
CREATE TRIGGER openings_refuse_update BEFORE UPDATE ON openings BEGIN SELECT RAISE(ABORT, 'rows of openings are never changed or deleted'); END;
CREATE TRIGGER openings_refuse_delete BEFORE DELETE ON openings BEGIN SELECT RAISE(ABORT, 'rows of openings are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (2, 'cotlab', '0002_guidelines', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE cases (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, number INTEGER NOT NULL,
        reasons TEXT NOT NULL, seats INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (item_id, position, number)) STRICT;
CREATE INDEX cases_by_project ON cases (project_id, sequence);
CREATE TABLE case_passes (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        case_id TEXT NOT NULL REFERENCES cases (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        reason TEXT NOT NULL, experts TEXT NOT NULL, seats INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX case_passes_by_case ON case_passes (case_id, sequence);
CREATE TABLE case_outcomes (
        project_id TEXT NOT NULL REFERENCES projects (id), case_id TEXT NOT NULL REFERENCES cases (id),
        answer_id TEXT REFERENCES answers (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (case_id, sequence)) STRICT;
CREATE INDEX case_outcomes_by_project ON case_outcomes (project_id, sequence);
CREATE TABLE guideline_gaps (
        answer_id TEXT PRIMARY KEY REFERENCES answers (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), case_id TEXT NOT NULL REFERENCES cases (id),
        text TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX guideline_gaps_by_project ON guideline_gaps (project_id, sequence);
CREATE TABLE decisions_seen (
        project_id TEXT NOT NULL REFERENCES projects (id), case_id TEXT NOT NULL REFERENCES cases (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (case_id, actor_id, sequence)) STRICT;
CREATE INDEX decisions_seen_by_actor ON decisions_seen (actor_id, project_id);
ALTER TABLE assignments ADD COLUMN case_id TEXT REFERENCES cases (id);
CREATE INDEX assignments_by_case ON assignments (case_id) WHERE case_id IS NOT NULL;
ALTER TABLE question_answers ADD COLUMN to_all INTEGER NOT NULL DEFAULT 0;
CREATE INDEX questions_by_item ON questions (item_id, position) WHERE item_id IS NOT NULL;
CREATE TABLE agreements_taken (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), labels INTEGER NOT NULL,
        below INTEGER NOT NULL, document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX agreements_taken_by_project ON agreements_taken (project_id, domain, sequence);
CREATE TABLE agreement_decisions (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX agreement_decisions_by_project ON agreement_decisions (project_id, domain, sequence);
CREATE TABLE cohorts (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), member_id TEXT NOT NULL REFERENCES actors (id),
        cohort TEXT NOT NULL, since INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX cohorts_by_project ON cohorts (project_id, sequence);
CREATE TABLE cohort_ends (
        cohort_id TEXT PRIMARY KEY REFERENCES cohorts (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), until INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX cohort_ends_by_project ON cohort_ends (project_id, sequence);
CREATE TABLE due_cases (
        case_id TEXT PRIMARY KEY REFERENCES cases (id), project_id TEXT NOT NULL REFERENCES projects (id),
        item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, reasons TEXT NOT NULL,
        early INTEGER NOT NULL, since INTEGER NOT NULL) STRICT;
CREATE INDEX due_cases_in_order ON due_cases (project_id, early, since, item_id, position);
CREATE INDEX due_cases_by_item ON due_cases (item_id);
CREATE TABLE drawn (
        project_id TEXT NOT NULL REFERENCES projects (id), consequence TEXT NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (project_id, consequence)) STRICT;
CREATE TABLE agreement_counts (
        project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), labels INTEGER NOT NULL,
        PRIMARY KEY (project_id, domain, guideline_version_id)) STRICT;
CREATE TRIGGER cases_refuse_update BEFORE UPDATE ON cases BEGIN SELECT RAISE(ABORT, 'rows of cases are never changed or deleted'); END;
CREATE TRIGGER cases_refuse_delete BEFORE DELETE ON cases BEGIN SELECT RAISE(ABORT, 'rows of cases are never changed or deleted'); END;
CREATE TRIGGER case_passes_refuse_update BEFORE UPDATE ON case_passes BEGIN SELECT RAISE(ABORT, 'rows of case_passes are never changed or deleted'); END;
CREATE TRIGGER case_passes_refuse_delete BEFORE DELETE ON case_passes BEGIN SELECT RAISE(ABORT, 'rows of case_passes are never changed or deleted'); END;
CREATE TRIGGER case_outcomes_refuse_update BEFORE UPDATE ON case_outcomes BEGIN SELECT RAISE(ABORT, 'rows of case_outcomes are never changed or deleted'); END;
CREATE TRIGGER case_outcomes_refuse_delete BEFORE DELETE ON case_outcomes BEGIN SELECT RAISE(ABORT, 'rows of case_outcomes are never changed or deleted'); END;
CREATE TRIGGER guideline_gaps_refuse_update BEFORE UPDATE ON guideline_gaps BEGIN SELECT RAISE(ABORT, 'rows of guideline_gaps are never changed or deleted'); END;
CREATE TRIGGER guideline_gaps_refuse_delete BEFORE DELETE ON guideline_gaps BEGIN SELECT RAISE(ABORT, 'rows of guideline_gaps are never changed or deleted'); END;
CREATE TRIGGER decisions_seen_refuse_update BEFORE UPDATE ON decisions_seen BEGIN SELECT RAISE(ABORT, 'rows of decisions_seen are never changed or deleted'); END;
CREATE TRIGGER decisions_seen_refuse_delete BEFORE DELETE ON decisions_seen BEGIN SELECT RAISE(ABORT, 'rows of decisions_seen are never changed or deleted'); END;
CREATE TRIGGER agreements_taken_refuse_update BEFORE UPDATE ON agreements_taken BEGIN SELECT RAISE(ABORT, 'rows of agreements_taken are never changed or deleted'); END;
CREATE TRIGGER agreements_taken_refuse_delete BEFORE DELETE ON agreements_taken BEGIN SELECT RAISE(ABORT, 'rows of agreements_taken are never changed or deleted'); END;
CREATE TRIGGER agreement_decisions_refuse_update BEFORE UPDATE ON agreement_decisions BEGIN SELECT RAISE(ABORT, 'rows of agreement_decisions are never changed or deleted'); END;
CREATE TRIGGER agreement_decisions_refuse_delete BEFORE DELETE ON agreement_decisions BEGIN SELECT RAISE(ABORT, 'rows of agreement_decisions are never changed or deleted'); END;
CREATE TRIGGER cohorts_refuse_update BEFORE UPDATE ON cohorts BEGIN SELECT RAISE(ABORT, 'rows of cohorts are never changed or deleted'); END;
CREATE TRIGGER cohorts_refuse_delete BEFORE DELETE ON cohorts BEGIN SELECT RAISE(ABORT, 'rows of cohorts are never changed or deleted'); END;
CREATE TRIGGER cohort_ends_refuse_update BEFORE UPDATE ON cohort_ends BEGIN SELECT RAISE(ABORT, 'rows of cohort_ends are never changed or deleted'); END;
CREATE TRIGGER cohort_ends_refuse_delete BEFORE DELETE ON cohort_ends BEGIN SELECT RAISE(ABORT, 'rows of cohort_ends are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (3, 'cotlab', '0003_cases', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE gold_items (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), origin TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX gold_items_by_project ON gold_items (project_id, sequence);
CREATE TABLE gold_ends (
        item_id TEXT PRIMARY KEY REFERENCES gold_items (item_id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE TABLE gold_labels (
        item_id TEXT NOT NULL REFERENCES gold_items (item_id), position INTEGER NOT NULL, number INTEGER NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        value TEXT NOT NULL, justification TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, PRIMARY KEY (item_id, position, number)) STRICT;
CREATE INDEX gold_labels_by_project ON gold_labels (project_id, sequence);
CREATE TABLE calibration_sets (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), seed INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX calibration_sets_by_project ON calibration_sets (project_id, domain, sequence);
CREATE TABLE calibration_items (
        set_id TEXT NOT NULL REFERENCES calibration_sets (id), item_id TEXT NOT NULL REFERENCES gold_items (item_id),
        counted INTEGER NOT NULL, PRIMARY KEY (set_id, item_id)) STRICT;
CREATE TABLE calibration_decisions (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), member_id TEXT REFERENCES actors (id), kind TEXT NOT NULL,
        reason TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX calibration_decisions_by_project ON calibration_decisions (project_id, domain, sequence);
CREATE TABLE drift_alarms (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        member_id TEXT NOT NULL REFERENCES actors (id), since INTEGER NOT NULL, document TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX drift_alarms_by_project ON drift_alarms (project_id, domain, sequence);
CREATE TABLE rechecks (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), member_id TEXT NOT NULL REFERENCES actors (id),
        seed INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX rechecks_by_project ON rechecks (project_id, sequence);
CREATE TABLE recheck_items (
        recheck_id TEXT NOT NULL REFERENCES rechecks (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (recheck_id, item_id)) STRICT;
CREATE INDEX assignments_by_actor ON assignments (actor_id, project_id, sequence);
CREATE TRIGGER gold_items_refuse_update BEFORE UPDATE ON gold_items BEGIN SELECT RAISE(ABORT, 'rows of gold_items are never changed or deleted'); END;
CREATE TRIGGER gold_items_refuse_delete BEFORE DELETE ON gold_items BEGIN SELECT RAISE(ABORT, 'rows of gold_items are never changed or deleted'); END;
CREATE TRIGGER gold_ends_refuse_update BEFORE UPDATE ON gold_ends BEGIN SELECT RAISE(ABORT, 'rows of gold_ends are never changed or deleted'); END;
CREATE TRIGGER gold_ends_refuse_delete BEFORE DELETE ON gold_ends BEGIN SELECT RAISE(ABORT, 'rows of gold_ends are never changed or deleted'); END;
CREATE TRIGGER gold_labels_refuse_update BEFORE UPDATE ON gold_labels BEGIN SELECT RAISE(ABORT, 'rows of gold_labels are never changed or deleted'); END;
CREATE TRIGGER gold_labels_refuse_delete BEFORE DELETE ON gold_labels BEGIN SELECT RAISE(ABORT, 'rows of gold_labels are never changed or deleted'); END;
CREATE TRIGGER calibration_sets_refuse_update BEFORE UPDATE ON calibration_sets BEGIN SELECT RAISE(ABORT, 'rows of calibration_sets are never changed or deleted'); END;
CREATE TRIGGER calibration_sets_refuse_delete BEFORE DELETE ON calibration_sets BEGIN SELECT RAISE(ABORT, 'rows of calibration_sets are never changed or deleted'); END;
CREATE TRIGGER calibration_items_refuse_update BEFORE UPDATE ON calibration_items BEGIN SELECT RAISE(ABORT, 'rows of calibration_items are never changed or deleted'); END;
CREATE TRIGGER calibration_items_refuse_delete BEFORE DELETE ON calibration_items BEGIN SELECT RAISE(ABORT, 'rows of calibration_items are never changed or deleted'); END;
CREATE TRIGGER calibration_decisions_refuse_update BEFORE UPDATE ON calibration_decisions BEGIN SELECT RAISE(ABORT, 'rows of calibration_decisions are never changed or deleted'); END;
CREATE TRIGGER calibration_decisions_refuse_delete BEFORE DELETE ON calibration_decisions BEGIN SELECT RAISE(ABORT, 'rows of calibration_decisions are never changed or deleted'); END;
CREATE TRIGGER drift_alarms_refuse_update BEFORE UPDATE ON drift_alarms BEGIN SELECT RAISE(ABORT, 'rows of drift_alarms are never changed or deleted'); END;
CREATE TRIGGER drift_alarms_refuse_delete BEFORE DELETE ON drift_alarms BEGIN SELECT RAISE(ABORT, 'rows of drift_alarms are never changed or deleted'); END;
CREATE TRIGGER rechecks_refuse_update BEFORE UPDATE ON rechecks BEGIN SELECT RAISE(ABORT, 'rows of rechecks are never changed or deleted'); END;
CREATE TRIGGER rechecks_refuse_delete BEFORE DELETE ON rechecks BEGIN SELECT RAISE(ABORT, 'rows of rechecks are never changed or deleted'); END;
CREATE TRIGGER recheck_items_refuse_update BEFORE UPDATE ON recheck_items BEGIN SELECT RAISE(ABORT, 'rows of recheck_items are never changed or deleted'); END;
CREATE TRIGGER recheck_items_refuse_delete BEFORE DELETE ON recheck_items BEGIN SELECT RAISE(ABORT, 'rows of recheck_items are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (4, 'cotlab', '0004_gold', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE queue RENAME TO queue_until_4;
CREATE TABLE queue (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        taken INTEGER NOT NULL, places INTEGER NOT NULL, since INTEGER NOT NULL, points REAL NOT NULL,
        priority INTEGER NOT NULL, field TEXT NOT NULL, known TEXT NOT NULL, settled INTEGER NOT NULL,
        batch_id TEXT) STRICT;
INSERT INTO queue (item_id, project_id, taken, places, since, points, priority, field, known, settled)
        SELECT q.item_id, q.project_id, q.taken, 0, q.priority, 0, q.priority, p.domain, '{}', 0
        FROM queue_until_4 q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id;
DROP TABLE queue_until_4;
CREATE INDEX queue_in_order ON queue (project_id, field, places, taken, priority, item_id)
        WHERE batch_id IS NULL;
CREATE INDEX queue_by_project ON queue (project_id, item_id);
CREATE INDEX queue_settled ON queue (project_id, item_id) WHERE settled = 1;
CREATE TABLE quota_counts (
        project_id TEXT NOT NULL REFERENCES projects (id), quota TEXT NOT NULL, filled INTEGER NOT NULL,
        PRIMARY KEY (project_id, quota)) STRICT;
INSERT INTO _sqlite_migrations VALUES (5, 'cotlab', '0005_queue', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE places_passed (
        item_id TEXT NOT NULL REFERENCES traces (id), member_id TEXT NOT NULL REFERENCES actors (id),
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        assignment_id TEXT NOT NULL REFERENCES assignments (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (item_id, member_id)) STRICT;
CREATE INDEX places_passed_by_member ON places_passed (member_id, project_id);
CREATE INDEX assignments_by_project ON assignments (project_id, sequence);
CREATE TRIGGER places_passed_refuse_update BEFORE UPDATE ON places_passed BEGIN SELECT RAISE(ABORT, 'rows of places_passed are never changed or deleted'); END;
CREATE TRIGGER places_passed_refuse_delete BEFORE DELETE ON places_passed BEGIN SELECT RAISE(ABORT, 'rows of places_passed are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (6, 'cotlab', '0006_places', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE verdicts (
        item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, checker TEXT NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), verdict TEXT NOT NULL, document TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (item_id, position, checker)) STRICT;
CREATE INDEX verdicts_by_project ON verdicts (project_id, sequence);
CREATE INDEX verdicts_by_checker ON verdicts (project_id, checker, verdict);
CREATE TABLE verdicts_shown (
        item_id TEXT NOT NULL, position INTEGER NOT NULL, checker TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), project_id TEXT NOT NULL REFERENCES projects (id),
        answer_id TEXT NOT NULL REFERENCES answers (id), sequence INTEGER NOT NULL,
        PRIMARY KEY (item_id, actor_id, position, checker),
        FOREIGN KEY (item_id, position, checker) REFERENCES verdicts (item_id, position, checker)) STRICT;
CREATE INDEX verdicts_shown_by_project ON verdicts_shown (project_id, sequence);
CREATE TRIGGER verdicts_refuse_update BEFORE UPDATE ON verdicts BEGIN SELECT RAISE(ABORT, 'rows of verdicts are never changed or deleted'); END;
CREATE TRIGGER verdicts_refuse_delete BEFORE DELETE ON verdicts BEGIN SELECT RAISE(ABORT, 'rows of verdicts are never changed or deleted'); END;
CREATE TRIGGER verdicts_shown_refuse_update BEFORE UPDATE ON verdicts_shown BEGIN SELECT RAISE(ABORT, 'rows of verdicts_shown are never changed or deleted'); END;
CREATE TRIGGER verdicts_shown_refuse_delete BEFORE DELETE ON verdicts_shown BEGIN SELECT RAISE(ABORT, 'rows of verdicts_shown are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (7, 'cotlab', '0007_evidence', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE pace_alarms (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        member_id TEXT NOT NULL REFERENCES actors (id), since INTEGER NOT NULL, until INTEGER NOT NULL,
        document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX pace_alarms_by_project ON pace_alarms (project_id, member_id, sequence);
CREATE TABLE pace_alarm_ends (
        alarm_id TEXT PRIMARY KEY REFERENCES pace_alarms (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), decision TEXT NOT NULL, reason TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX pace_alarm_ends_by_project ON pace_alarm_ends (project_id, sequence);
CREATE TRIGGER pace_alarms_refuse_update BEFORE UPDATE ON pace_alarms BEGIN SELECT RAISE(ABORT, 'rows of pace_alarms are never changed or deleted'); END;
CREATE TRIGGER pace_alarms_refuse_delete BEFORE DELETE ON pace_alarms BEGIN SELECT RAISE(ABORT, 'rows of pace_alarms are never changed or deleted'); END;
CREATE TRIGGER pace_alarm_ends_refuse_update BEFORE UPDATE ON pace_alarm_ends BEGIN SELECT RAISE(ABORT, 'rows of pace_alarm_ends are never changed or deleted'); END;
CREATE TRIGGER pace_alarm_ends_refuse_delete BEFORE DELETE ON pace_alarm_ends BEGIN SELECT RAISE(ABORT, 'rows of pace_alarm_ends are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (8, 'cotlab', '0008_pace', '2025-11-14 22:13:20.000000+00:00');
CREATE INDEX traces_by_problem ON traces (problem_id);
CREATE INDEX leases_by_item ON leases (item_id);
CREATE TABLE writing_tasks (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        problem_id TEXT NOT NULL REFERENCES problems (id), strategy TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX writing_tasks_by_project ON writing_tasks (project_id, sequence);
CREATE INDEX writing_tasks_by_problem ON writing_tasks (problem_id);
CREATE TABLE writing_ends (
        task_id TEXT PRIMARY KEY REFERENCES writing_tasks (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX writing_ends_by_project ON writing_ends (project_id, sequence);
CREATE TABLE written_paths (
        task_id TEXT PRIMARY KEY REFERENCES writing_tasks (id), project_id TEXT NOT NULL REFERENCES projects (id),
        assignment_id TEXT NOT NULL REFERENCES assignments (id), trace_id TEXT NOT NULL REFERENCES traces (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), labelled_others INTEGER NOT NULL, digest TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX written_paths_by_project ON written_paths (project_id, sequence);
CREATE TABLE writing_returns (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), task_id TEXT NOT NULL
            REFERENCES writing_tasks (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX writing_returns_by_task ON writing_returns (task_id);
CREATE TRIGGER writing_tasks_refuse_update BEFORE UPDATE ON writing_tasks BEGIN SELECT RAISE(ABORT, 'rows of writing_tasks are never changed or deleted'); END;
CREATE TRIGGER writing_tasks_refuse_delete BEFORE DELETE ON writing_tasks BEGIN SELECT RAISE(ABORT, 'rows of writing_tasks are never changed or deleted'); END;
CREATE TRIGGER writing_ends_refuse_update BEFORE UPDATE ON writing_ends BEGIN SELECT RAISE(ABORT, 'rows of writing_ends are never changed or deleted'); END;
CREATE TRIGGER writing_ends_refuse_delete BEFORE DELETE ON writing_ends BEGIN SELECT RAISE(ABORT, 'rows of writing_ends are never changed or deleted'); END;
CREATE TRIGGER written_paths_refuse_update BEFORE UPDATE ON written_paths BEGIN SELECT RAISE(ABORT, 'rows of written_paths are never changed or deleted'); END;
CREATE TRIGGER written_paths_refuse_delete BEFORE DELETE ON written_paths BEGIN SELECT RAISE(ABORT, 'rows of written_paths are never changed or deleted'); END;
CREATE TRIGGER writing_returns_refuse_update BEFORE UPDATE ON writing_returns BEGIN SELECT RAISE(ABORT, 'rows of writing_returns are never changed or deleted'); END;
CREATE TRIGGER writing_returns_refuse_delete BEFORE DELETE ON writing_returns BEGIN SELECT RAISE(ABORT, 'rows of writing_returns are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (9, 'cotlab', '0009_writing', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE batches (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), due INTEGER NOT NULL, note TEXT, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX batches_by_project ON batches (project_id, sequence);
CREATE TABLE batch_items (
        batch_id TEXT NOT NULL REFERENCES batches (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (batch_id, item_id)) STRICT;
CREATE TABLE batch_people (
        batch_id TEXT NOT NULL REFERENCES batches (id), member_id TEXT NOT NULL REFERENCES actors (id),
        PRIMARY KEY (batch_id, member_id)) STRICT;
CREATE INDEX batch_people_by_member ON batch_people (member_id);
CREATE TABLE batch_ends (
        batch_id TEXT PRIMARY KEY REFERENCES batches (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX batch_ends_by_project ON batch_ends (project_id);
CREATE INDEX queue_by_batch ON queue (batch_id, priority, item_id) WHERE batch_id IS NOT NULL;
CREATE TABLE deactivations (
        id TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES actors (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX deactivations_by_member ON deactivations (member_id);
CREATE TABLE deactivation_ends (
        deactivation_id TEXT PRIMARY KEY REFERENCES deactivations (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TRIGGER batches_refuse_update BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'rows of batches are never changed or deleted'); END;
CREATE TRIGGER batches_refuse_delete BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'rows of batches are never changed or deleted'); END;
CREATE TRIGGER batch_items_refuse_update BEFORE UPDATE ON batch_items BEGIN SELECT RAISE(ABORT, 'rows of batch_items are never changed or deleted'); END;
CREATE TRIGGER batch_items_refuse_delete BEFORE DELETE ON batch_items BEGIN SELECT RAISE(ABORT, 'rows of batch_items are never changed or deleted'); END;
CREATE TRIGGER batch_people_refuse_update BEFORE UPDATE ON batch_people BEGIN SELECT RAISE(ABORT, 'rows of batch_people are never changed or deleted'); END;
CREATE TRIGGER batch_people_refuse_delete BEFORE DELETE ON batch_people BEGIN SELECT RAISE(ABORT, 'rows of batch_people are never changed or deleted'); END;
CREATE TRIGGER batch_ends_refuse_update BEFORE UPDATE ON batch_ends BEGIN SELECT RAISE(ABORT, 'rows of batch_ends are never changed or deleted'); END;
CREATE TRIGGER batch_ends_refuse_delete BEFORE DELETE ON batch_ends BEGIN SELECT RAISE(ABORT, 'rows of batch_ends are never changed or deleted'); END;
CREATE TRIGGER deactivations_refuse_update BEFORE UPDATE ON deactivations BEGIN SELECT RAISE(ABORT, 'rows of deactivations are never changed or deleted'); END;
CREATE TRIGGER deactivations_refuse_delete BEFORE DELETE ON deactivations BEGIN SELECT RAISE(ABORT, 'rows of deactivations are never changed or deleted'); END;
CREATE TRIGGER deactivation_ends_refuse_update BEFORE UPDATE ON deactivation_ends BEGIN SELECT RAISE(ABORT, 'rows of deactivation_ends are never changed or deleted'); END;
CREATE TRIGGER deactivation_ends_refuse_delete BEFORE DELETE ON deactivation_ends BEGIN SELECT RAISE(ABORT, 'rows of deactivation_ends are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (10, 'cotlab', '0010_batches', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE traces ADD COLUMN task TEXT NOT NULL DEFAULT 'steps';
CREATE INDEX pairs_by_problem ON traces (problem_id) WHERE task = 'pairs';
CREATE TABLE pairs (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        messages TEXT NOT NULL, first_text TEXT NOT NULL, second_text TEXT NOT NULL, first_origin TEXT NOT NULL,
        second_origin TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX pairs_by_project ON pairs (project_id, item_id);
CREATE TABLE pair_sides (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), left_one TEXT NOT NULL, others TEXT NOT NULL,
        repeats INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX pair_sides_by_project ON pair_sides (project_id, sequence);
CREATE INDEX pair_sides_repeating ON pair_sides (actor_id, project_id, sequence) WHERE repeats = 1;
CREATE TRIGGER pairs_refuse_update BEFORE UPDATE ON pairs BEGIN SELECT RAISE(ABORT, 'rows of pairs are never changed or deleted'); END;
CREATE TRIGGER pairs_refuse_delete BEFORE DELETE ON pairs BEGIN SELECT RAISE(ABORT, 'rows of pairs are never changed or deleted'); END;
CREATE TRIGGER pair_sides_refuse_update BEFORE UPDATE ON pair_sides BEGIN SELECT RAISE(ABORT, 'rows of pair_sides are never changed or deleted'); END;
CREATE TRIGGER pair_sides_refuse_delete BEFORE DELETE ON pair_sides BEGIN SELECT RAISE(ABORT, 'rows of pair_sides are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (11, 'cotlab', '0011_pairs', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE gold_criteria (
        item_id TEXT NOT NULL REFERENCES gold_items (item_id), criterion TEXT NOT NULL, number INTEGER NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        value TEXT NOT NULL, justification TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, PRIMARY KEY (item_id, criterion, number)) STRICT;
CREATE INDEX gold_criteria_by_project ON gold_criteria (project_id, sequence);
CREATE TABLE source_rows (
        answer_id TEXT PRIMARY KEY REFERENCES answers (id), item_id TEXT NOT NULL REFERENCES traces (id),
        project_id TEXT NOT NULL REFERENCES projects (id), number INTEGER NOT NULL, row_id TEXT,
        left_one TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX source_rows_by_item ON source_rows (item_id, number);
CREATE TRIGGER gold_criteria_refuse_update BEFORE UPDATE ON gold_criteria BEGIN SELECT RAISE(ABORT, 'rows of gold_criteria are never changed or deleted'); END;
CREATE TRIGGER gold_criteria_refuse_delete BEFORE DELETE ON gold_criteria BEGIN SELECT RAISE(ABORT, 'rows of gold_criteria are never changed or deleted'); END;
CREATE TRIGGER source_rows_refuse_update BEFORE UPDATE ON source_rows BEGIN SELECT RAISE(ABORT, 'rows of source_rows are never changed or deleted'); END;
CREATE TRIGGER source_rows_refuse_delete BEFORE DELETE ON source_rows BEGIN SELECT RAISE(ABORT, 'rows of source_rows are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (12, 'cotlab', '0012_gold_pairs', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE position_alarms (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        member_id TEXT NOT NULL REFERENCES actors (id), since INTEGER NOT NULL, until INTEGER NOT NULL,
        document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX position_alarms_by_project ON position_alarms (project_id, member_id, sequence);
CREATE TABLE position_alarm_ends (
        alarm_id TEXT PRIMARY KEY REFERENCES position_alarms (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), decision TEXT NOT NULL, reason TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX position_alarm_ends_by_project ON position_alarm_ends (project_id, sequence);
CREATE TABLE position_counts (
        project_id TEXT NOT NULL REFERENCES projects (id), member_id TEXT NOT NULL REFERENCES actors (id),
        lefts INTEGER NOT NULL, choices INTEGER NOT NULL, since INTEGER NOT NULL, after INTEGER NOT NULL,
        PRIMARY KEY (project_id, member_id)) STRICT;
CREATE TRIGGER position_alarms_refuse_update BEFORE UPDATE ON position_alarms BEGIN SELECT RAISE(ABORT, 'rows of position_alarms are never changed or deleted'); END;
CREATE TRIGGER position_alarms_refuse_delete BEFORE DELETE ON position_alarms BEGIN SELECT RAISE(ABORT, 'rows of position_alarms are never changed or deleted'); END;
CREATE TRIGGER position_alarm_ends_refuse_update BEFORE UPDATE ON position_alarm_ends BEGIN SELECT RAISE(ABORT, 'rows of position_alarm_ends are never changed or deleted'); END;
CREATE TRIGGER position_alarm_ends_refuse_delete BEFORE DELETE ON position_alarm_ends BEGIN SELECT RAISE(ABORT, 'rows of position_alarm_ends are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (13, 'cotlab', '0013_position', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE actors ADD COLUMN carried_name TEXT;
INSERT INTO _sqlite_migrations VALUES (14, 'cotlab', '0015_people_moved_in', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE evaluations (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), model TEXT, predictions TEXT NOT NULL, as_of INTEGER NOT NULL,
        document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX evaluations_by_project ON evaluations (project_id, sequence);
CREATE TABLE reopenings (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        evaluation_id TEXT NOT NULL REFERENCES evaluations (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        part TEXT NOT NULL, people INTEGER NOT NULL, seed INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX reopenings_by_project ON reopenings (project_id, sequence);
CREATE INDEX reopenings_by_evaluation ON reopenings (evaluation_id);
CREATE TABLE reopening_items (
        reopening_id TEXT NOT NULL REFERENCES reopenings (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (reopening_id, item_id)) STRICT;
CREATE INDEX reopening_items_by_item ON reopening_items (item_id);
CREATE TRIGGER evaluations_refuse_update BEFORE UPDATE ON evaluations BEGIN SELECT RAISE(ABORT, 'rows of evaluations are never changed or deleted'); END;
CREATE TRIGGER evaluations_refuse_delete BEFORE DELETE ON evaluations BEGIN SELECT RAISE(ABORT, 'rows of evaluations are never changed or deleted'); END;
CREATE TRIGGER reopenings_refuse_update BEFORE UPDATE ON reopenings BEGIN SELECT RAISE(ABORT, 'rows of reopenings are never changed or deleted'); END;
CREATE TRIGGER reopenings_refuse_delete BEFORE DELETE ON reopenings BEGIN SELECT RAISE(ABORT, 'rows of reopenings are never changed or deleted'); END;
CREATE TRIGGER reopening_items_refuse_update BEFORE UPDATE ON reopening_items BEGIN SELECT RAISE(ABORT, 'rows of reopening_items are never changed or deleted'); END;
CREATE TRIGGER reopening_items_refuse_delete BEFORE DELETE ON reopening_items BEGIN SELECT RAISE(ABORT, 'rows of reopening_items are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (15, 'cotlab', '0016_evaluations', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE models (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, driver TEXT NOT NULL, place TEXT, options TEXT NOT NULL,
        sha256 TEXT NOT NULL, actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE TABLE model_ends (
        model_id TEXT PRIMARY KEY REFERENCES models (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE draft_requests (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), kind TEXT NOT NULL,
        item_id TEXT REFERENCES traces (id), problem_id TEXT REFERENCES problems (id), position INTEGER,
        model_id TEXT NOT NULL, model TEXT NOT NULL, sampling TEXT NOT NULL, seed INTEGER NOT NULL,
        number INTEGER NOT NULL, strategy TEXT, actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX draft_requests_by_project ON draft_requests (project_id, sequence);
CREATE TABLE drafts (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        request_id TEXT NOT NULL REFERENCES draft_requests (id), ordinal INTEGER NOT NULL, kind TEXT NOT NULL,
        item_id TEXT REFERENCES traces (id), problem_id TEXT REFERENCES problems (id), position INTEGER,
        document TEXT NOT NULL, provenance TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (request_id, ordinal)) STRICT;
CREATE INDEX drafts_by_project ON drafts (project_id, sequence);
CREATE INDEX drafts_by_item ON drafts (item_id, position);
CREATE TABLE draft_ends (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id), project_id TEXT NOT NULL REFERENCES projects (id),
        ending TEXT NOT NULL, sentence TEXT, actor_id TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX draft_ends_by_project ON draft_ends (project_id, sequence);
CREATE TABLE draft_leases (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id), asked_at INTEGER NOT NULL, worker TEXT,
        expires_at INTEGER NOT NULL) STRICT;
CREATE INDEX draft_leases_in_order ON draft_leases (asked_at, request_id);
CREATE TRIGGER models_refuse_update BEFORE UPDATE ON models BEGIN SELECT RAISE(ABORT, 'rows of models are never changed or deleted'); END;
CREATE TRIGGER models_refuse_delete BEFORE DELETE ON models BEGIN SELECT RAISE(ABORT, 'rows of models are never changed or deleted'); END;
CREATE TRIGGER model_ends_refuse_update BEFORE UPDATE ON model_ends BEGIN SELECT RAISE(ABORT, 'rows of model_ends are never changed or deleted'); END;
CREATE TRIGGER model_ends_refuse_delete BEFORE DELETE ON model_ends BEGIN SELECT RAISE(ABORT, 'rows of model_ends are never changed or deleted'); END;
CREATE TRIGGER draft_requests_refuse_update BEFORE UPDATE ON draft_requests BEGIN SELECT RAISE(ABORT, 'rows of draft_requests are never changed or deleted'); END;
CREATE TRIGGER draft_requests_refuse_delete BEFORE DELETE ON draft_requests BEGIN SELECT RAISE(ABORT, 'rows of draft_requests are never changed or deleted'); END;
CREATE TRIGGER drafts_refuse_update BEFORE UPDATE ON drafts BEGIN SELECT RAISE(ABORT, 'rows of drafts are never changed or deleted'); END;
CREATE TRIGGER drafts_refuse_delete BEFORE DELETE ON drafts BEGIN SELECT RAISE(ABORT, 'rows of drafts are never changed or deleted'); END;
CREATE TRIGGER draft_ends_refuse_update BEFORE UPDATE ON draft_ends BEGIN SELECT RAISE(ABORT, 'rows of draft_ends are never changed or deleted'); END;
CREATE TRIGGER draft_ends_refuse_delete BEFORE DELETE ON draft_ends BEGIN SELECT RAISE(ABORT, 'rows of draft_ends are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (16, 'cotlab', '0018_drafting', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE exports ADD COLUMN ordered TEXT;
CREATE TABLE releases (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), name TEXT NOT NULL,
        export_id TEXT NOT NULL REFERENCES exports (id), ordered TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, UNIQUE (project_id, name)) STRICT;
CREATE INDEX exports_by_project ON exports (project_id, sequence);
CREATE TRIGGER releases_refuse_update BEFORE UPDATE ON releases BEGIN SELECT RAISE(ABORT, 'rows of releases are never changed or deleted'); END;
CREATE TRIGGER releases_refuse_delete BEFORE DELETE ON releases BEGIN SELECT RAISE(ABORT, 'rows of releases are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (17, 'cotlab', '0019_releases', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE derivations (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        parent_digest TEXT NOT NULL, position INTEGER NOT NULL, way TEXT NOT NULL, changes TEXT NOT NULL,
        sequence INTEGER NOT NULL) STRICT;
CREATE INDEX derivations_by_parent ON derivations (project_id, parent_digest);
CREATE TRIGGER derivations_refuse_update BEFORE UPDATE ON derivations BEGIN SELECT RAISE(ABORT, 'rows of derivations are never changed or deleted'); END;
CREATE TRIGGER derivations_refuse_delete BEFORE DELETE ON derivations BEGIN SELECT RAISE(ABORT, 'rows of derivations are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (18, 'cotlab', '0020_derivations', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE draft_requests ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
CREATE INDEX draft_requests_by_item ON draft_requests (project_id, kind, item_id);
INSERT INTO _sqlite_migrations VALUES (19, 'cotlab', '0021_opinions', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE draft_drops (
        draft_id TEXT PRIMARY KEY REFERENCES drafts (id), project_id TEXT NOT NULL REFERENCES projects (id),
        request_id TEXT NOT NULL REFERENCES draft_requests (id), why TEXT NOT NULL, beside TEXT, shared INTEGER,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX draft_drops_by_request ON draft_drops (request_id);
CREATE INDEX draft_drops_by_project ON draft_drops (project_id, sequence);
CREATE TABLE draft_decisions (
        draft_id TEXT PRIMARY KEY REFERENCES drafts (id), project_id TEXT NOT NULL REFERENCES projects (id),
        request_id TEXT NOT NULL REFERENCES draft_requests (id), decision TEXT NOT NULL,
        item_id TEXT REFERENCES traces (id), edited TEXT, reason TEXT, content TEXT, actor_id TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX draft_decisions_by_request ON draft_decisions (request_id);
CREATE INDEX draft_decisions_by_project ON draft_decisions (project_id, sequence);
CREATE INDEX draft_decisions_by_item ON draft_decisions (item_id);
CREATE INDEX drafts_by_problem ON drafts (problem_id, kind);
CREATE TABLE drafted_traces (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        document TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE TRIGGER draft_drops_refuse_update BEFORE UPDATE ON draft_drops BEGIN SELECT RAISE(ABORT, 'rows of draft_drops are never changed or deleted'); END;
CREATE TRIGGER draft_drops_refuse_delete BEFORE DELETE ON draft_drops BEGIN SELECT RAISE(ABORT, 'rows of draft_drops are never changed or deleted'); END;
CREATE TRIGGER draft_decisions_refuse_update BEFORE UPDATE ON draft_decisions BEGIN SELECT RAISE(ABORT, 'rows of draft_decisions are never changed or deleted'); END;
CREATE TRIGGER draft_decisions_refuse_delete BEFORE DELETE ON draft_decisions BEGIN SELECT RAISE(ABORT, 'rows of draft_decisions are never changed or deleted'); END;
CREATE TRIGGER drafted_traces_refuse_update BEFORE UPDATE ON drafted_traces BEGIN SELECT RAISE(ABORT, 'rows of drafted_traces are never changed or deleted'); END;
CREATE TRIGGER drafted_traces_refuse_delete BEFORE DELETE ON drafted_traces BEGIN SELECT RAISE(ABORT, 'rows of drafted_traces are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (20, 'cotlab', '0022_drafts_decided', '2025-11-14 22:13:20.000000+00:00');
CREATE TABLE reveals (
        id TEXT PRIMARY KEY, item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        assignment_id TEXT NOT NULL REFERENCES assignments (id), drafts TEXT NOT NULL, how TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX reveals_by_item ON reveals (item_id, actor_id);
CREATE INDEX reveals_by_project ON reveals (project_id, sequence);
CREATE TABLE assistance (
        answer_id TEXT NOT NULL REFERENCES answers (id), draft_id TEXT NOT NULL REFERENCES drafts (id),
        item_id TEXT NOT NULL REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        similarity INTEGER, sequence INTEGER NOT NULL, PRIMARY KEY (answer_id, draft_id)) STRICT;
CREATE INDEX assistance_by_item ON assistance (item_id, answer_id);
CREATE INDEX assistance_by_project ON assistance (project_id, sequence);
CREATE TABLE rationale_requests (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id),
        project_id TEXT NOT NULL REFERENCES projects (id), answer_id TEXT NOT NULL REFERENCES answers (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (answer_id)) STRICT;
CREATE INDEX rationale_requests_by_project ON rationale_requests (project_id, sequence);
CREATE TRIGGER reveals_refuse_update BEFORE UPDATE ON reveals BEGIN SELECT RAISE(ABORT, 'rows of reveals are never changed or deleted'); END;
CREATE TRIGGER reveals_refuse_delete BEFORE DELETE ON reveals BEGIN SELECT RAISE(ABORT, 'rows of reveals are never changed or deleted'); END;
CREATE TRIGGER assistance_refuse_update BEFORE UPDATE ON assistance BEGIN SELECT RAISE(ABORT, 'rows of assistance are never changed or deleted'); END;
CREATE TRIGGER assistance_refuse_delete BEFORE DELETE ON assistance BEGIN SELECT RAISE(ABORT, 'rows of assistance are never changed or deleted'); END;
CREATE TRIGGER rationale_requests_refuse_update BEFORE UPDATE ON rationale_requests BEGIN SELECT RAISE(ABORT, 'rows of rationale_requests are never changed or deleted'); END;
CREATE TRIGGER rationale_requests_refuse_delete BEFORE DELETE ON rationale_requests BEGIN SELECT RAISE(ABORT, 'rows of rationale_requests are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (21, 'cotlab', '0023_revealed', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE queue ADD COLUMN at_random INTEGER NOT NULL DEFAULT 0;
DROP INDEX queue_in_order;
CREATE INDEX queue_in_order ON queue (project_id, field, places, taken, at_random, priority, item_id,
        points) WHERE batch_id IS NULL;
CREATE TABLE queue_sources (
        project_id TEXT NOT NULL REFERENCES projects (id), source TEXT NOT NULL,
        PRIMARY KEY (project_id, source)) STRICT;
DELETE FROM drawn WHERE consequence = 'scores';
INSERT INTO _sqlite_migrations VALUES (22, 'cotlab', '0024_selection', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE assignments ADD COLUMN brought_by TEXT;
ALTER TABLE queue ADD COLUMN reached INTEGER NOT NULL DEFAULT 0;
DELETE FROM drawn WHERE consequence = 'scores';
INSERT INTO _sqlite_migrations VALUES (23, 'cotlab', '0026_brought_by', '2025-11-14 22:13:20.000000+00:00');
ALTER TABLE draft_leases RENAME TO draft_leases_until_26;
CREATE TABLE draft_leases (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id), model_id TEXT NOT NULL, rank INTEGER NOT NULL,
        asked_at INTEGER NOT NULL, worker TEXT, expires_at INTEGER NOT NULL, lost INTEGER NOT NULL) STRICT;
INSERT INTO draft_leases (request_id, model_id, rank, asked_at, worker, expires_at, lost)
        SELECT l.request_id, r.model_id, CASE WHEN r.kind = 'rationale' THEN 0 ELSE 1 END, l.asked_at,
            CASE WHEN l.expires_at = 0 THEN NULL ELSE l.worker END, l.expires_at, 0
        FROM draft_leases_until_26 l JOIN draft_requests r ON r.id = l.request_id
        WHERE NOT EXISTS (SELECT 1 FROM project_ends p WHERE p.project_id = r.project_id);
DROP TABLE draft_leases_until_26;
CREATE INDEX draft_leases_in_order ON draft_leases (model_id, rank, asked_at, request_id);
ALTER TABLE rationale_requests RENAME TO rationale_requests_until_26;
CREATE TABLE rationale_requests (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id),
        project_id TEXT NOT NULL REFERENCES projects (id), answer_id TEXT NOT NULL REFERENCES answers (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
INSERT INTO rationale_requests (request_id, project_id, answer_id, actor_id, at, sequence)
        SELECT request_id, project_id, answer_id, actor_id, at, sequence FROM rationale_requests_until_26;
DROP TABLE rationale_requests_until_26;
CREATE INDEX rationale_requests_by_project ON rationale_requests (project_id, sequence);
CREATE INDEX rationale_requests_by_answer ON rationale_requests (answer_id, sequence);
CREATE TRIGGER rationale_requests_refuse_update BEFORE UPDATE ON rationale_requests BEGIN SELECT RAISE(ABORT, 'rows of rationale_requests are never changed or deleted'); END;
CREATE TRIGGER rationale_requests_refuse_delete BEFORE DELETE ON rationale_requests BEGIN SELECT RAISE(ABORT, 'rows of rationale_requests are never changed or deleted'); END;
INSERT INTO _sqlite_migrations VALUES (24, 'cotlab', '0027_waiting_drafts', '2025-11-14 22:13:20.000000+00:00');
INSERT INTO actors (id, kind, name, name_folded, created_at, sequence, carried_name) VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'person', 'ann', 'ann', 1700000000000000, 1, NULL);
INSERT INTO projects (id, name, name_folded, created_at, sequence) VALUES ('pppppppppppppppppppppppppppppppp', 'Law', 'law', 1700000000000000, 1);
INSERT INTO policies (project_id, sequence, at, document) VALUES ('pppppppppppppppppppppppppppppppp', 1, 1700000000000000, '{}');
INSERT INTO signing_keys (id, public_key, at, sequence) VALUES ('56475aa75463474c', '03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8', 1700000000000000, 1);
INSERT INTO events (chain, sequence, body, hash) VALUES ('server', 1, '{"actor":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","at":1700000000000000,"chain":"server","data":{"name":"Law"},"kind":"project.created","sequence":1}', '8d9f485678b7e77671b0c4058be72107277964439a584eb0ef328c2fc475a0b0');
INSERT INTO events (chain, sequence, body, hash) VALUES ('pppppppppppppppppppppppppppppppp', 1, '{"actor":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","at":1700000000000000,"chain":"pppppppppppppppppppppppppppppppp","data":{},"kind":"policy.set","sequence":1}', 'dae6b5cd1d5ca018ad09322a47373e0a9c3ccdb308a2e75b91b22220cf206ecb');
INSERT INTO heads (chain, size, hash, at, key_id, signature) VALUES ('server', 1, '8d9f485678b7e77671b0c4058be72107277964439a584eb0ef328c2fc475a0b0', 1700000000000000, '56475aa75463474c', 'b96d7493b92d610364e2c7167b7d022a56a5093075aaa6c523b7f050e3dcba8732733591ebc629bad04cde9fc15b89c81441958ce514cb5a7beeac211da83107');
INSERT INTO heads (chain, size, hash, at, key_id, signature) VALUES ('pppppppppppppppppppppppppppppppp', 1, 'dae6b5cd1d5ca018ad09322a47373e0a9c3ccdb308a2e75b91b22220cf206ecb', 1700000000000000, '56475aa75463474c', '429bc43ba61fdd285c6204719e165cafedf92cd30585b180cfc27ed03d68588b3b99604025d3e85ae524f88e064b92d964a44e4d509788d700e9d34c3cd64e06');
