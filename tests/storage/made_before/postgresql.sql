CREATE TABLE cotlab_migrations (name TEXT COLLATE "C" PRIMARY KEY, applied_at BIGINT NOT NULL);
CREATE TABLE actors (
        id TEXT COLLATE "C" PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, name_folded TEXT COLLATE "C" NOT NULL,
        created_at BIGINT NOT NULL, sequence BIGINT NOT NULL, UNIQUE (kind, name_folded));
CREATE TABLE tokens (
        id TEXT COLLATE "C" PRIMARY KEY, actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), name TEXT COLLATE "C" NOT NULL,
        secret_hash TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE TABLE token_ends (
        token_id TEXT COLLATE "C" PRIMARY KEY REFERENCES tokens (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE projects (
        id TEXT COLLATE "C" PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, name_folded TEXT COLLATE "C" NOT NULL UNIQUE,
        created_at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE project_ends (
        project_id TEXT COLLATE "C" PRIMARY KEY REFERENCES projects (id), at BIGINT NOT NULL, reason TEXT COLLATE "C" NOT NULL,
        sequence BIGINT NOT NULL);
CREATE TABLE roles (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" REFERENCES projects (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        role TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX roles_by_actor ON roles (actor_id, project_id);
CREATE INDEX roles_by_project ON roles (project_id);
CREATE TABLE role_ends (
        role_id TEXT COLLATE "C" PRIMARY KEY REFERENCES roles (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE policies (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), sequence BIGINT NOT NULL, at BIGINT NOT NULL,
        document TEXT COLLATE "C" NOT NULL, PRIMARY KEY (project_id, sequence));
CREATE TABLE guideline_versions (
        id TEXT COLLATE "C" PRIMARY KEY, guideline TEXT COLLATE "C" NOT NULL, version TEXT COLLATE "C" NOT NULL, change TEXT COLLATE "C" NOT NULL, task TEXT COLLATE "C" NOT NULL,
        head TEXT COLLATE "C" NOT NULL, quick_reference TEXT COLLATE "C" NOT NULL, text TEXT COLLATE "C" NOT NULL, published_at BIGINT NOT NULL,
        sequence BIGINT NOT NULL, UNIQUE (guideline, version));
CREATE TABLE guidelines_in_force (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), task TEXT COLLATE "C" NOT NULL, domain TEXT COLLATE "C" NOT NULL,
        sequence BIGINT NOT NULL, guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id),
        at BIGINT NOT NULL, PRIMARY KEY (project_id, task, domain, sequence));
CREATE TABLE problems (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), digest TEXT COLLATE "C" NOT NULL,
        text TEXT COLLATE "C" NOT NULL, domain TEXT COLLATE "C" NOT NULL, language TEXT COLLATE "C" NOT NULL, source TEXT COLLATE "C", collected_at TEXT COLLATE "C",
        tags TEXT COLLATE "C" NOT NULL, difficulty BIGINT, reference_answer TEXT COLLATE "C", passages TEXT COLLATE "C" NOT NULL,
        sequence BIGINT NOT NULL, UNIQUE (project_id, digest));
CREATE TABLE traces (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        problem_id TEXT COLLATE "C" NOT NULL REFERENCES problems (id), digest TEXT COLLATE "C" NOT NULL, external_id TEXT COLLATE "C",
        origin TEXT COLLATE "C" NOT NULL, generator TEXT COLLATE "C", strategy TEXT COLLATE "C", canonical BIGINT NOT NULL, final_answer TEXT COLLATE "C",
        first_position BIGINT NOT NULL, last_position BIGINT NOT NULL,
        parent_id TEXT COLLATE "C" REFERENCES traces (id), alternative_kind TEXT COLLATE "C", author_id TEXT COLLATE "C" REFERENCES actors (id),
        sequence BIGINT NOT NULL, UNIQUE (project_id, digest));
CREATE INDEX traces_by_project ON traces (project_id, id);
CREATE INDEX traces_by_parent ON traces (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE steps (
        trace_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id), position BIGINT NOT NULL, text TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (trace_id, position));
CREATE TABLE assignments (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), item_id TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), purpose TEXT COLLATE "C" NOT NULL, round BIGINT NOT NULL,
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id), informed BIGINT NOT NULL,
        claimed_at BIGINT NOT NULL, sequence BIGINT NOT NULL,
        UNIQUE (item_id, actor_id, purpose, round));
CREATE TABLE assignment_ends (
        assignment_id TEXT COLLATE "C" PRIMARY KEY REFERENCES assignments (id), ending TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE TABLE answers (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), item_id TEXT COLLATE "C" NOT NULL,
        position BIGINT NOT NULL, question TEXT COLLATE "C" NOT NULL, value TEXT COLLATE "C" NOT NULL,
        replaces TEXT COLLATE "C" REFERENCES answers (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), purpose TEXT COLLATE "C" NOT NULL,
        assignment_id TEXT COLLATE "C" REFERENCES assignments (id),
        guideline_version_id TEXT COLLATE "C" REFERENCES guideline_versions (id),
        rationale TEXT COLLATE "C", unsure BIGINT NOT NULL, informed BIGINT NOT NULL, visible_until BIGINT,
        shown_at BIGINT, chosen_at BIGINT, received_at BIGINT NOT NULL, elapsed_ms BIGINT,
        sequence BIGINT NOT NULL);
CREATE UNIQUE INDEX answers_replaced_once ON answers (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX answers_by_item ON answers (item_id, position);
CREATE INDEX answers_by_assignment ON answers (assignment_id, position) WHERE assignment_id IS NOT NULL;
CREATE INDEX answers_by_actor ON answers (actor_id, project_id, received_at) WHERE assignment_id IS NOT NULL;
CREATE TABLE citations (
        answer_id TEXT COLLATE "C" NOT NULL REFERENCES answers (id), number BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL,
        name TEXT COLLATE "C" NOT NULL, start BIGINT, stop BIGINT, PRIMARY KEY (answer_id, number));
CREATE TABLE exports (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), actor_id TEXT COLLATE "C" NOT NULL,
        manifest TEXT COLLATE "C" NOT NULL, made_at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE signing_keys (
        id TEXT COLLATE "C" PRIMARY KEY, public_key TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE events (
        chain TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL, body TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (chain, sequence));
CREATE TABLE heads (
        chain TEXT COLLATE "C" NOT NULL, size BIGINT NOT NULL, hash TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, key_id TEXT COLLATE "C" NOT NULL,
        signature TEXT COLLATE "C" NOT NULL, PRIMARY KEY (chain, size));
CREATE TABLE queue (
        item_id TEXT COLLATE "C" PRIMARY KEY REFERENCES traces (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        taken BIGINT NOT NULL, priority BIGINT NOT NULL);
CREATE INDEX queue_by_priority ON queue (project_id, taken, priority, item_id);
CREATE TABLE leases (
        assignment_id TEXT COLLATE "C" PRIMARY KEY REFERENCES assignments (id), project_id TEXT COLLATE "C" NOT NULL, item_id TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL, expires_at BIGINT NOT NULL, visible BIGINT NOT NULL,
        shown_at BIGINT NOT NULL);
CREATE INDEX leases_by_actor ON leases (actor_id, project_id);
CREATE INDEX leases_by_expiry ON leases (project_id, expires_at);
CREATE TABLE sessions (
        actor_id TEXT COLLATE "C" PRIMARY KEY REFERENCES actors (id), started_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
        worked BIGINT NOT NULL, step_open BIGINT NOT NULL);
CREATE TABLE replies (
        actor_id TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" NOT NULL, digest TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, PRIMARY KEY (actor_id, key));
CREATE INDEX replies_by_time ON replies (at);
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tokens_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON tokens FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER token_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON token_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER projects_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON projects FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER project_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON project_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER roles_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER role_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON role_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policies_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON policies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guideline_versions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON guideline_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guidelines_in_force_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON guidelines_in_force FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER problems_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON problems FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER traces_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON traces FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER steps_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER assignments_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON assignments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER assignment_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON assignment_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answers_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON answers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER citations_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON citations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exports_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON exports FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signing_keys_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON signing_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER heads_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0001_first', 1700000000000000);
CREATE TABLE acknowledgements (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id), at BIGINT NOT NULL,
        sequence BIGINT NOT NULL, PRIMARY KEY (project_id, actor_id, guideline_version_id));
CREATE TABLE questions (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id),
        assignment_id TEXT COLLATE "C" REFERENCES assignments (id), item_id TEXT COLLATE "C" REFERENCES traces (id), position BIGINT,
        text TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX questions_by_project ON questions (project_id, sequence);
CREATE INDEX questions_by_actor ON questions (actor_id, project_id);
CREATE TABLE question_answers (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        question_id TEXT COLLATE "C" NOT NULL REFERENCES questions (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        resolution TEXT COLLATE "C" NOT NULL, rule TEXT COLLATE "C", text TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX question_answers_by_question ON question_answers (question_id);
CREATE TABLE pilots (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), people BIGINT NOT NULL, seed BIGINT NOT NULL, domain TEXT COLLATE "C",
        experts TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX pilots_by_project ON pilots (project_id, sequence);
CREATE TABLE pilot_items (
        pilot_id TEXT COLLATE "C" NOT NULL REFERENCES pilots (id), item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id),
        PRIMARY KEY (pilot_id, item_id));
CREATE TABLE sign_offs (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id), document TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX sign_offs_by_project ON sign_offs (project_id, guideline_version_id);
CREATE TABLE openings (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), sequence BIGINT NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), missing TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C", at BIGINT NOT NULL,
        PRIMARY KEY (project_id, sequence));
DROP INDEX answers_by_actor;
CREATE INDEX answers_by_actor ON answers (actor_id, project_id, received_at, guideline_version_id, value)
        WHERE assignment_id IS NOT NULL;
CREATE INDEX citations_by_rule ON citations (name) WHERE kind = 'rule';
CREATE TRIGGER acknowledgements_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON acknowledgements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER questions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON questions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER question_answers_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON question_answers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pilots_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON pilots FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pilot_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON pilot_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sign_offs_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON sign_offs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER openings_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON openings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0002_guidelines', 1700000000000000);
CREATE TABLE cases (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id), position BIGINT NOT NULL, number BIGINT NOT NULL,
        reasons TEXT COLLATE "C" NOT NULL, seats BIGINT NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL,
        UNIQUE (item_id, position, number));
CREATE INDEX cases_by_project ON cases (project_id, sequence);
CREATE TABLE case_passes (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        reason TEXT COLLATE "C" NOT NULL, experts TEXT COLLATE "C" NOT NULL, seats BIGINT NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX case_passes_by_case ON case_passes (case_id, sequence);
CREATE TABLE case_outcomes (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
        answer_id TEXT COLLATE "C" REFERENCES answers (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL,
        PRIMARY KEY (case_id, sequence));
CREATE INDEX case_outcomes_by_project ON case_outcomes (project_id, sequence);
CREATE TABLE guideline_gaps (
        answer_id TEXT COLLATE "C" PRIMARY KEY REFERENCES answers (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
        text TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX guideline_gaps_by_project ON guideline_gaps (project_id, sequence);
CREATE TABLE decisions_seen (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL,
        PRIMARY KEY (case_id, actor_id, sequence));
CREATE INDEX decisions_seen_by_actor ON decisions_seen (actor_id, project_id);
ALTER TABLE assignments ADD COLUMN case_id TEXT COLLATE "C" REFERENCES cases (id);
CREATE INDEX assignments_by_case ON assignments (case_id) WHERE case_id IS NOT NULL;
ALTER TABLE question_answers ADD COLUMN to_all BIGINT NOT NULL DEFAULT 0;
CREATE INDEX questions_by_item ON questions (item_id, position) WHERE item_id IS NOT NULL;
CREATE TABLE agreements_taken (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), domain TEXT COLLATE "C" NOT NULL,
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id), labels BIGINT NOT NULL,
        below BIGINT NOT NULL, document TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX agreements_taken_by_project ON agreements_taken (project_id, domain, sequence);
CREATE TABLE agreement_decisions (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), domain TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX agreement_decisions_by_project ON agreement_decisions (project_id, domain, sequence);
CREATE TABLE cohorts (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        cohort TEXT COLLATE "C" NOT NULL, since BIGINT NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX cohorts_by_project ON cohorts (project_id, sequence);
CREATE TABLE cohort_ends (
        cohort_id TEXT COLLATE "C" PRIMARY KEY REFERENCES cohorts (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), until BIGINT NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX cohort_ends_by_project ON cohort_ends (project_id, sequence);
CREATE TABLE due_cases (
        case_id TEXT COLLATE "C" PRIMARY KEY REFERENCES cases (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id), position BIGINT NOT NULL, reasons TEXT COLLATE "C" NOT NULL,
        early BIGINT NOT NULL, since BIGINT NOT NULL);
CREATE INDEX due_cases_in_order ON due_cases (project_id, early, since, item_id, position);
CREATE INDEX due_cases_by_item ON due_cases (item_id);
CREATE TABLE drawn (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), consequence TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL,
        PRIMARY KEY (project_id, consequence));
CREATE TABLE agreement_counts (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), domain TEXT COLLATE "C" NOT NULL,
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id), labels BIGINT NOT NULL,
        PRIMARY KEY (project_id, domain, guideline_version_id));
CREATE TRIGGER cases_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON cases FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_passes_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON case_passes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_outcomes_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON case_outcomes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guideline_gaps_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON guideline_gaps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_seen_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions_seen FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agreements_taken_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON agreements_taken FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agreement_decisions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cohorts_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON cohorts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cohort_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON cohort_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0003_cases', 1700000000000000);
CREATE TABLE gold_items (
        item_id TEXT COLLATE "C" PRIMARY KEY REFERENCES traces (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), origin TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX gold_items_by_project ON gold_items (project_id, sequence);
CREATE TABLE gold_ends (
        item_id TEXT COLLATE "C" PRIMARY KEY REFERENCES gold_items (item_id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE TABLE gold_labels (
        item_id TEXT COLLATE "C" NOT NULL REFERENCES gold_items (item_id), position BIGINT NOT NULL, number BIGINT NOT NULL,
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        value TEXT COLLATE "C" NOT NULL, justification TEXT COLLATE "C" NOT NULL,
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id), at BIGINT NOT NULL,
        sequence BIGINT NOT NULL, PRIMARY KEY (item_id, position, number));
CREATE INDEX gold_labels_by_project ON gold_labels (project_id, sequence);
CREATE TABLE calibration_sets (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), domain TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), seed BIGINT NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX calibration_sets_by_project ON calibration_sets (project_id, domain, sequence);
CREATE TABLE calibration_items (
        set_id TEXT COLLATE "C" NOT NULL REFERENCES calibration_sets (id), item_id TEXT COLLATE "C" NOT NULL REFERENCES gold_items (item_id),
        counted BIGINT NOT NULL, PRIMARY KEY (set_id, item_id));
CREATE TABLE calibration_decisions (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), domain TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), member_id TEXT COLLATE "C" REFERENCES actors (id), kind TEXT COLLATE "C" NOT NULL,
        reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX calibration_decisions_by_project ON calibration_decisions (project_id, domain, sequence);
CREATE TABLE drift_alarms (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), domain TEXT COLLATE "C" NOT NULL,
        member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), since BIGINT NOT NULL, document TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX drift_alarms_by_project ON drift_alarms (project_id, domain, sequence);
CREATE TABLE rechecks (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), domain TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        seed BIGINT NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX rechecks_by_project ON rechecks (project_id, sequence);
CREATE TABLE recheck_items (
        recheck_id TEXT COLLATE "C" NOT NULL REFERENCES rechecks (id), item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id),
        PRIMARY KEY (recheck_id, item_id));
CREATE INDEX assignments_by_actor ON assignments (actor_id, project_id, sequence);
CREATE TRIGGER gold_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON gold_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER gold_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON gold_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER gold_labels_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON gold_labels FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calibration_sets_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON calibration_sets FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calibration_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON calibration_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calibration_decisions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON calibration_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drift_alarms_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON drift_alarms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rechecks_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rechecks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER recheck_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON recheck_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0004_gold', 1700000000000000);
ALTER TABLE queue RENAME TO queue_until_4;
CREATE TABLE queue (
        item_id TEXT COLLATE "C" PRIMARY KEY REFERENCES traces (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        taken BIGINT NOT NULL, places BIGINT NOT NULL, since BIGINT NOT NULL, points DOUBLE PRECISION NOT NULL,
        priority BIGINT NOT NULL, field TEXT COLLATE "C" NOT NULL, known TEXT COLLATE "C" NOT NULL, settled BIGINT NOT NULL,
        batch_id TEXT COLLATE "C");
INSERT INTO queue (item_id, project_id, taken, places, since, points, priority, field, known, settled)
        SELECT q.item_id, q.project_id, q.taken, 0, q.priority, 0, q.priority, p.domain, '{}', 0
        FROM queue_until_4 q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id;
DROP TABLE queue_until_4;
CREATE INDEX queue_in_order ON queue (project_id, field, places, taken, priority, item_id)
        WHERE batch_id IS NULL;
CREATE INDEX queue_by_project ON queue (project_id, item_id);
CREATE INDEX queue_settled ON queue (project_id, item_id) WHERE settled = 1;
CREATE TABLE quota_counts (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), quota TEXT COLLATE "C" NOT NULL, filled BIGINT NOT NULL,
        PRIMARY KEY (project_id, quota));
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0005_queue', 1700000000000000);
CREATE TABLE places_passed (
        item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id), member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        assignment_id TEXT COLLATE "C" NOT NULL REFERENCES assignments (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL,
        PRIMARY KEY (item_id, member_id));
CREATE INDEX places_passed_by_member ON places_passed (member_id, project_id);
CREATE INDEX assignments_by_project ON assignments (project_id, sequence);
CREATE TRIGGER places_passed_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON places_passed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0006_places', 1700000000000000);
CREATE TABLE verdicts (
        item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id), position BIGINT NOT NULL, checker TEXT COLLATE "C" NOT NULL,
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), verdict TEXT COLLATE "C" NOT NULL, document TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL, PRIMARY KEY (item_id, position, checker));
CREATE INDEX verdicts_by_project ON verdicts (project_id, sequence);
CREATE INDEX verdicts_by_checker ON verdicts (project_id, checker, verdict);
CREATE TABLE verdicts_shown (
        item_id TEXT COLLATE "C" NOT NULL, position BIGINT NOT NULL, checker TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        answer_id TEXT COLLATE "C" NOT NULL REFERENCES answers (id), sequence BIGINT NOT NULL,
        PRIMARY KEY (item_id, actor_id, position, checker),
        FOREIGN KEY (item_id, position, checker) REFERENCES verdicts (item_id, position, checker));
CREATE INDEX verdicts_shown_by_project ON verdicts_shown (project_id, sequence);
CREATE TRIGGER verdicts_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON verdicts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER verdicts_shown_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON verdicts_shown FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0007_evidence', 1700000000000000);
CREATE TABLE pace_alarms (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), since BIGINT NOT NULL, until BIGINT NOT NULL,
        document TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX pace_alarms_by_project ON pace_alarms (project_id, member_id, sequence);
CREATE TABLE pace_alarm_ends (
        alarm_id TEXT COLLATE "C" PRIMARY KEY REFERENCES pace_alarms (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), decision TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX pace_alarm_ends_by_project ON pace_alarm_ends (project_id, sequence);
CREATE TRIGGER pace_alarms_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON pace_alarms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pace_alarm_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON pace_alarm_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0008_pace', 1700000000000000);
CREATE INDEX traces_by_problem ON traces (problem_id);
CREATE INDEX leases_by_item ON leases (item_id);
CREATE TABLE writing_tasks (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        problem_id TEXT COLLATE "C" NOT NULL REFERENCES problems (id), strategy TEXT COLLATE "C" NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX writing_tasks_by_project ON writing_tasks (project_id, sequence);
CREATE INDEX writing_tasks_by_problem ON writing_tasks (problem_id);
CREATE TABLE writing_ends (
        task_id TEXT COLLATE "C" PRIMARY KEY REFERENCES writing_tasks (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX writing_ends_by_project ON writing_ends (project_id, sequence);
CREATE TABLE written_paths (
        task_id TEXT COLLATE "C" PRIMARY KEY REFERENCES writing_tasks (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        assignment_id TEXT COLLATE "C" NOT NULL REFERENCES assignments (id), trace_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), labelled_others BIGINT NOT NULL, digest TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX written_paths_by_project ON written_paths (project_id, sequence);
CREATE TABLE writing_returns (
        assignment_id TEXT COLLATE "C" PRIMARY KEY REFERENCES assignments (id), task_id TEXT COLLATE "C" NOT NULL
            REFERENCES writing_tasks (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX writing_returns_by_task ON writing_returns (task_id);
CREATE TRIGGER writing_tasks_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON writing_tasks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER writing_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON writing_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_paths_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON written_paths FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER writing_returns_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON writing_returns FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0009_writing', 1700000000000000);
CREATE TABLE batches (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), due BIGINT NOT NULL, note TEXT COLLATE "C", at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX batches_by_project ON batches (project_id, sequence);
CREATE TABLE batch_items (
        batch_id TEXT COLLATE "C" NOT NULL REFERENCES batches (id), item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id),
        PRIMARY KEY (batch_id, item_id));
CREATE TABLE batch_people (
        batch_id TEXT COLLATE "C" NOT NULL REFERENCES batches (id), member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        PRIMARY KEY (batch_id, member_id));
CREATE INDEX batch_people_by_member ON batch_people (member_id);
CREATE TABLE batch_ends (
        batch_id TEXT COLLATE "C" PRIMARY KEY REFERENCES batches (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX batch_ends_by_project ON batch_ends (project_id);
CREATE INDEX queue_by_batch ON queue (batch_id, priority, item_id) WHERE batch_id IS NOT NULL;
CREATE TABLE deactivations (
        id TEXT COLLATE "C" PRIMARY KEY, member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX deactivations_by_member ON deactivations (member_id);
CREATE TABLE deactivation_ends (
        deactivation_id TEXT COLLATE "C" PRIMARY KEY REFERENCES deactivations (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE TRIGGER batches_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON batches FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER batch_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER batch_people_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_people FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER batch_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deactivations_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON deactivations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deactivation_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON deactivation_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0010_batches', 1700000000000000);
ALTER TABLE traces ADD COLUMN task TEXT COLLATE "C" NOT NULL DEFAULT 'steps';
CREATE INDEX pairs_by_problem ON traces (problem_id) WHERE task = 'pairs';
CREATE TABLE pairs (
        item_id TEXT COLLATE "C" PRIMARY KEY REFERENCES traces (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        messages TEXT COLLATE "C" NOT NULL, first_text TEXT COLLATE "C" NOT NULL, second_text TEXT COLLATE "C" NOT NULL, first_origin TEXT COLLATE "C" NOT NULL,
        second_origin TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX pairs_by_project ON pairs (project_id, item_id);
CREATE TABLE pair_sides (
        assignment_id TEXT COLLATE "C" PRIMARY KEY REFERENCES assignments (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), left_one TEXT COLLATE "C" NOT NULL, others TEXT COLLATE "C" NOT NULL,
        repeats BIGINT NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX pair_sides_by_project ON pair_sides (project_id, sequence);
CREATE INDEX pair_sides_repeating ON pair_sides (actor_id, project_id, sequence) WHERE repeats = 1;
CREATE TRIGGER pairs_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON pairs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pair_sides_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON pair_sides FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0011_pairs', 1700000000000000);
CREATE TABLE gold_criteria (
        item_id TEXT COLLATE "C" NOT NULL REFERENCES gold_items (item_id), criterion TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL,
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        value TEXT COLLATE "C" NOT NULL, justification TEXT COLLATE "C" NOT NULL,
        guideline_version_id TEXT COLLATE "C" NOT NULL REFERENCES guideline_versions (id), at BIGINT NOT NULL,
        sequence BIGINT NOT NULL, PRIMARY KEY (item_id, criterion, number));
CREATE INDEX gold_criteria_by_project ON gold_criteria (project_id, sequence);
CREATE TABLE source_rows (
        answer_id TEXT COLLATE "C" PRIMARY KEY REFERENCES answers (id), item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id),
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), number BIGINT NOT NULL, row_id TEXT COLLATE "C",
        left_one TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX source_rows_by_item ON source_rows (item_id, number);
CREATE TRIGGER gold_criteria_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON gold_criteria FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER source_rows_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON source_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0012_gold_pairs', 1700000000000000);
CREATE TABLE position_alarms (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), since BIGINT NOT NULL, until BIGINT NOT NULL,
        document TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX position_alarms_by_project ON position_alarms (project_id, member_id, sequence);
CREATE TABLE position_alarm_ends (
        alarm_id TEXT COLLATE "C" PRIMARY KEY REFERENCES position_alarms (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), decision TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX position_alarm_ends_by_project ON position_alarm_ends (project_id, sequence);
CREATE TABLE position_counts (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), member_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        lefts BIGINT NOT NULL, choices BIGINT NOT NULL, since BIGINT NOT NULL, after BIGINT NOT NULL,
        PRIMARY KEY (project_id, member_id));
CREATE TRIGGER position_alarms_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON position_alarms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER position_alarm_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON position_alarm_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0013_position', 1700000000000000);
ALTER TABLE actors ADD COLUMN carried_name TEXT COLLATE "C";
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0015_people_moved_in', 1700000000000000);
CREATE TABLE evaluations (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), model TEXT COLLATE "C", predictions TEXT COLLATE "C" NOT NULL, as_of BIGINT NOT NULL,
        document TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX evaluations_by_project ON evaluations (project_id, sequence);
CREATE TABLE reopenings (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        evaluation_id TEXT COLLATE "C" NOT NULL REFERENCES evaluations (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        part TEXT COLLATE "C" NOT NULL, people BIGINT NOT NULL, seed BIGINT NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX reopenings_by_project ON reopenings (project_id, sequence);
CREATE INDEX reopenings_by_evaluation ON reopenings (evaluation_id);
CREATE TABLE reopening_items (
        reopening_id TEXT COLLATE "C" NOT NULL REFERENCES reopenings (id), item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id),
        PRIMARY KEY (reopening_id, item_id));
CREATE INDEX reopening_items_by_item ON reopening_items (item_id);
CREATE TRIGGER evaluations_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON evaluations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reopenings_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON reopenings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reopening_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON reopening_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0016_evaluations', 1700000000000000);
CREATE TABLE models (
        id TEXT COLLATE "C" PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, driver TEXT COLLATE "C" NOT NULL, place TEXT COLLATE "C", options TEXT COLLATE "C" NOT NULL,
        sha256 TEXT COLLATE "C" NOT NULL, actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE TABLE model_ends (
        model_id TEXT COLLATE "C" PRIMARY KEY REFERENCES models (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE draft_requests (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), kind TEXT COLLATE "C" NOT NULL,
        item_id TEXT COLLATE "C" REFERENCES traces (id), problem_id TEXT COLLATE "C" REFERENCES problems (id), position BIGINT,
        model_id TEXT COLLATE "C" NOT NULL, model TEXT COLLATE "C" NOT NULL, sampling TEXT COLLATE "C" NOT NULL, seed BIGINT NOT NULL,
        number BIGINT NOT NULL, strategy TEXT COLLATE "C", actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX draft_requests_by_project ON draft_requests (project_id, sequence);
CREATE TABLE drafts (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        request_id TEXT COLLATE "C" NOT NULL REFERENCES draft_requests (id), ordinal BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL,
        item_id TEXT COLLATE "C" REFERENCES traces (id), problem_id TEXT COLLATE "C" REFERENCES problems (id), position BIGINT,
        document TEXT COLLATE "C" NOT NULL, provenance TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, sequence BIGINT NOT NULL,
        UNIQUE (request_id, ordinal));
CREATE INDEX drafts_by_project ON drafts (project_id, sequence);
CREATE INDEX drafts_by_item ON drafts (item_id, position);
CREATE TABLE draft_ends (
        request_id TEXT COLLATE "C" PRIMARY KEY REFERENCES draft_requests (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        ending TEXT COLLATE "C" NOT NULL, sentence TEXT COLLATE "C", actor_id TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX draft_ends_by_project ON draft_ends (project_id, sequence);
CREATE TABLE draft_leases (
        request_id TEXT COLLATE "C" PRIMARY KEY REFERENCES draft_requests (id), asked_at BIGINT NOT NULL, worker TEXT COLLATE "C",
        expires_at BIGINT NOT NULL);
CREATE INDEX draft_leases_in_order ON draft_leases (asked_at, request_id);
CREATE TRIGGER models_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON models FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER model_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON model_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draft_requests_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON draft_requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drafts_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON drafts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draft_ends_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON draft_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0018_drafting', 1700000000000000);
ALTER TABLE exports ADD COLUMN ordered TEXT COLLATE "C";
CREATE TABLE releases (
        id TEXT COLLATE "C" PRIMARY KEY, project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), name TEXT COLLATE "C" NOT NULL,
        export_id TEXT COLLATE "C" NOT NULL REFERENCES exports (id), ordered TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
        sequence BIGINT NOT NULL, UNIQUE (project_id, name));
CREATE INDEX exports_by_project ON exports (project_id, sequence);
CREATE TRIGGER releases_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON releases FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0019_releases', 1700000000000000);
CREATE TABLE derivations (
        item_id TEXT COLLATE "C" PRIMARY KEY REFERENCES traces (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        parent_digest TEXT COLLATE "C" NOT NULL, position BIGINT NOT NULL, way TEXT COLLATE "C" NOT NULL, changes TEXT COLLATE "C" NOT NULL,
        sequence BIGINT NOT NULL);
CREATE INDEX derivations_by_parent ON derivations (project_id, parent_digest);
CREATE TRIGGER derivations_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON derivations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0020_derivations', 1700000000000000);
ALTER TABLE draft_requests ADD COLUMN answers BIGINT NOT NULL DEFAULT 0;
CREATE INDEX draft_requests_by_item ON draft_requests (project_id, kind, item_id);
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0021_opinions', 1700000000000000);
CREATE TABLE draft_drops (
        draft_id TEXT COLLATE "C" PRIMARY KEY REFERENCES drafts (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        request_id TEXT COLLATE "C" NOT NULL REFERENCES draft_requests (id), why TEXT COLLATE "C" NOT NULL, beside TEXT COLLATE "C", shared BIGINT,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX draft_drops_by_request ON draft_drops (request_id);
CREATE INDEX draft_drops_by_project ON draft_drops (project_id, sequence);
CREATE TABLE draft_decisions (
        draft_id TEXT COLLATE "C" PRIMARY KEY REFERENCES drafts (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        request_id TEXT COLLATE "C" NOT NULL REFERENCES draft_requests (id), decision TEXT COLLATE "C" NOT NULL,
        item_id TEXT COLLATE "C" REFERENCES traces (id), edited TEXT COLLATE "C", reason TEXT COLLATE "C", content TEXT COLLATE "C", actor_id TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX draft_decisions_by_request ON draft_decisions (request_id);
CREATE INDEX draft_decisions_by_project ON draft_decisions (project_id, sequence);
CREATE INDEX draft_decisions_by_item ON draft_decisions (item_id);
CREATE INDEX drafts_by_problem ON drafts (problem_id, kind);
CREATE TABLE drafted_traces (
        item_id TEXT COLLATE "C" PRIMARY KEY REFERENCES traces (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        document TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL);
CREATE TRIGGER draft_drops_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON draft_drops FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draft_decisions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON draft_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drafted_traces_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON drafted_traces FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0022_drafts_decided', 1700000000000000);
CREATE TABLE reveals (
        id TEXT COLLATE "C" PRIMARY KEY, item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id), position BIGINT NOT NULL,
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
        assignment_id TEXT COLLATE "C" NOT NULL REFERENCES assignments (id), drafts TEXT COLLATE "C" NOT NULL, how TEXT COLLATE "C" NOT NULL,
        at BIGINT NOT NULL, sequence BIGINT NOT NULL);
CREATE INDEX reveals_by_item ON reveals (item_id, actor_id);
CREATE INDEX reveals_by_project ON reveals (project_id, sequence);
CREATE TABLE assistance (
        answer_id TEXT COLLATE "C" NOT NULL REFERENCES answers (id), draft_id TEXT COLLATE "C" NOT NULL REFERENCES drafts (id),
        item_id TEXT COLLATE "C" NOT NULL REFERENCES traces (id), project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
        similarity BIGINT, sequence BIGINT NOT NULL, PRIMARY KEY (answer_id, draft_id));
CREATE INDEX assistance_by_item ON assistance (item_id, answer_id);
CREATE INDEX assistance_by_project ON assistance (project_id, sequence);
CREATE TABLE rationale_requests (
        request_id TEXT COLLATE "C" PRIMARY KEY REFERENCES draft_requests (id),
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), answer_id TEXT COLLATE "C" NOT NULL REFERENCES answers (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL,
        UNIQUE (answer_id));
CREATE INDEX rationale_requests_by_project ON rationale_requests (project_id, sequence);
CREATE TRIGGER reveals_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON reveals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER assistance_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON assistance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rationale_requests_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rationale_requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0023_revealed', 1700000000000000);
ALTER TABLE queue ADD COLUMN at_random BIGINT NOT NULL DEFAULT 0;
DROP INDEX queue_in_order;
CREATE INDEX queue_in_order ON queue (project_id, field, places, taken, at_random, priority, item_id,
        points) WHERE batch_id IS NULL;
CREATE TABLE queue_sources (
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), source TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (project_id, source));
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0024_selection', 1700000000000000);
ALTER TABLE assignments ADD COLUMN brought_by TEXT COLLATE "C";
ALTER TABLE queue ADD COLUMN reached BIGINT NOT NULL DEFAULT 0;
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0026_brought_by', 1700000000000000);
ALTER TABLE draft_leases RENAME TO draft_leases_until_26;
CREATE TABLE draft_leases (
        request_id TEXT COLLATE "C" PRIMARY KEY REFERENCES draft_requests (id), model_id TEXT COLLATE "C" NOT NULL, rank BIGINT NOT NULL,
        asked_at BIGINT NOT NULL, worker TEXT COLLATE "C", expires_at BIGINT NOT NULL, lost BIGINT NOT NULL);
INSERT INTO draft_leases (request_id, model_id, rank, asked_at, worker, expires_at, lost)
        SELECT l.request_id, r.model_id, CASE WHEN r.kind = 'rationale' THEN 0 ELSE 1 END, l.asked_at,
            CASE WHEN l.expires_at = 0 THEN NULL ELSE l.worker END, l.expires_at, 0
        FROM draft_leases_until_26 l JOIN draft_requests r ON r.id = l.request_id
        WHERE NOT EXISTS (SELECT 1 FROM project_ends p WHERE p.project_id = r.project_id);
DROP TABLE draft_leases_until_26;
CREATE INDEX draft_leases_in_order ON draft_leases (model_id, rank, asked_at, request_id);
ALTER TABLE rationale_requests RENAME TO rationale_requests_until_26;
CREATE TABLE rationale_requests (
        request_id TEXT COLLATE "C" PRIMARY KEY REFERENCES draft_requests (id),
        project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id), answer_id TEXT COLLATE "C" NOT NULL REFERENCES answers (id),
        actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id), at BIGINT NOT NULL, sequence BIGINT NOT NULL);
INSERT INTO rationale_requests (request_id, project_id, answer_id, actor_id, at, sequence)
        SELECT request_id, project_id, answer_id, actor_id, at, sequence FROM rationale_requests_until_26;
DROP TABLE rationale_requests_until_26;
CREATE INDEX rationale_requests_by_project ON rationale_requests (project_id, sequence);
CREATE INDEX rationale_requests_by_answer ON rationale_requests (answer_id, sequence);
CREATE TRIGGER rationale_requests_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rationale_requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO cotlab_migrations (name, applied_at) VALUES ('0027_waiting_drafts', 1700000000000000);
INSERT INTO actors (id, kind, name, name_folded, created_at, sequence, carried_name) VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'person', 'ann', 'ann', 1700000000000000, 1, NULL);
INSERT INTO projects (id, name, name_folded, created_at, sequence) VALUES ('pppppppppppppppppppppppppppppppp', 'Law', 'law', 1700000000000000, 1);
INSERT INTO policies (project_id, sequence, at, document) VALUES ('pppppppppppppppppppppppppppppppp', 1, 1700000000000000, '{}');
INSERT INTO signing_keys (id, public_key, at, sequence) VALUES ('56475aa75463474c', '03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8', 1700000000000000, 1);
INSERT INTO events (chain, sequence, body, hash) VALUES ('server', 1, '{"actor":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","at":1700000000000000,"chain":"server","data":{"name":"Law"},"kind":"project.created","sequence":1}', '8d9f485678b7e77671b0c4058be72107277964439a584eb0ef328c2fc475a0b0');
INSERT INTO events (chain, sequence, body, hash) VALUES ('pppppppppppppppppppppppppppppppp', 1, '{"actor":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","at":1700000000000000,"chain":"pppppppppppppppppppppppppppppppp","data":{},"kind":"policy.set","sequence":1}', 'dae6b5cd1d5ca018ad09322a47373e0a9c3ccdb308a2e75b91b22220cf206ecb');
INSERT INTO heads (chain, size, hash, at, key_id, signature) VALUES ('server', 1, '8d9f485678b7e77671b0c4058be72107277964439a584eb0ef328c2fc475a0b0', 1700000000000000, '56475aa75463474c', 'b96d7493b92d610364e2c7167b7d022a56a5093075aaa6c523b7f050e3dcba8732733591ebc629bad04cde9fc15b89c81441958ce514cb5a7beeac211da83107');
INSERT INTO heads (chain, size, hash, at, key_id, signature) VALUES ('pppppppppppppppppppppppppppppppp', 1, 'dae6b5cd1d5ca018ad09322a47373e0a9c3ccdb308a2e75b91b22220cf206ecb', 1700000000000000, '56475aa75463474c', '429bc43ba61fdd285c6204719e165cafedf92cd30585b180cfc27ed03d68588b3b99604025d3e85ae524f88e064b92d964a44e4d509788d700e9d34c3cd64e06');
