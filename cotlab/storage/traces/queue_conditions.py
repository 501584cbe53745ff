"""Conditions in SQL on a trace of the queue: who may have it, and how many people it wants."""

from cotlab.storage.traces.drafted_traces import NAMES

PASSED = "EXISTS (SELECT 1 FROM places_passed x WHERE x.item_id = {item} AND x.member_id = {member})"
"""Whether somebody's place passed to another person."""


APART = f"""(t.task <> 'steps' OR NOT EXISTS (SELECT 1 FROM traces o JOIN assignments b ON b.item_id = o.id
        AND b.actor_id = :me WHERE o.problem_id = t.problem_id AND o.task = 'pairs'))
    AND (t.task <> 'pairs' OR NOT EXISTS (SELECT 1 FROM leases m JOIN traces o ON o.id = m.item_id
            WHERE m.actor_id = :me AND o.problem_id = t.problem_id)
        AND NOT EXISTS (SELECT 1 FROM leases m JOIN writing_tasks w ON w.id = m.item_id
            WHERE m.actor_id = :me AND w.problem_id = t.problem_id))
    AND NOT EXISTS (SELECT 1 FROM derivations d JOIN traces o ON o.project_id = d.project_id
            AND o.digest = d.parent_digest JOIN assignments b ON b.item_id = o.id AND b.actor_id = :me
        WHERE d.item_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM derivations d JOIN assignments b ON b.item_id = d.item_id AND b.actor_id = :me
        WHERE d.project_id = t.project_id AND d.parent_digest = t.digest)
    AND NOT EXISTS (SELECT 1 FROM derivations d JOIN derivations s ON s.project_id = d.project_id
            AND s.parent_digest = d.parent_digest AND s.item_id <> d.item_id
            JOIN assignments b ON b.item_id = s.item_id AND b.actor_id = :me
        WHERE d.item_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM drafted_traces x JOIN drafts d ON d.item_id = t.parent_id AND {NAMES}
            JOIN reveals v ON v.item_id = t.parent_id AND v.actor_id = :me
        WHERE x.item_id = t.id AND v.drafts LIKE '%"' || d.id || '"%')"""
"""Who has seen a pair of a problem is given no trace of it, and no pair while a path of it is in their hands. Of a
trace and those that were made by altering it a person is given one: beside another one the altered step could be told.
An alternative that a person was shown as a model's, or that was made of one, is given to others.
"""


UNTOUCHED_BY_ME = f"""NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = t.id AND a.actor_id = :me) AND {APART}
    AND (t.author_id IS NULL OR t.author_id <> :me)
    AND (t.parent_id IS NULL OR (EXISTS (
        SELECT 1 FROM assignments m JOIN assignment_ends e ON e.assignment_id = m.id
        WHERE m.item_id = t.parent_id AND m.actor_id = :me AND e.ending = 'finished')
      AND (t.first_position = 1 OR EXISTS (
        SELECT 1 FROM answers n WHERE n.item_id = t.parent_id AND n.actor_id = :me AND n.question = 'label'
          AND n.position = t.first_position - 1))))"""
"""Nobody labels what they wrote. An alternative shows the steps before it, so that only those who labelled them all get
it.
"""


PLACES = "CASE q.places WHEN 0 THEN :overlap ELSE q.places END"
"""How many people a row `q` wants; `overlap` is the policy's."""
