-- What the released feedback on sessions says: how many gave each rating. Sessions whose feedback is hidden have no rows.
-- Feedback that was passed over before is counted as well: all of it from the beginning of the feeds.
DELETE FROM local_progress;
DELETE FROM local_challenges;
DELETE FROM local_organisations;
DELETE FROM local_placements;
DELETE FROM local_sessions;
DELETE FROM local_people;
DELETE FROM local_names;
DELETE FROM local_bookings;
DELETE FROM local_participations;
DELETE FROM local_plans;
DELETE FROM local_benefits;
DELETE FROM local_members;
DELETE FROM local_journeys;
DELETE FROM local_late_records;
DELETE FROM local_questions;
DELETE FROM local_items;
DELETE FROM local_adoptions;
DELETE FROM local_flags;
DELETE FROM local_cells;

CREATE TABLE local_feedback (
  generation INTEGER NOT NULL,
  session INTEGER NOT NULL,
  rating INTEGER NOT NULL,   -- 1 to 5
  answers INTEGER NOT NULL,
  PRIMARY KEY (generation, session, rating)
) STRICT, WITHOUT ROWID;
