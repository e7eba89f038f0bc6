-- The read model follows benefit_plans and reference_group as well, and remembers where organisations were. What it has
-- counted is counted again from the beginning of the feeds, so that nothing of that is missing.
DELETE FROM local_progress;
DELETE FROM local_challenges;
DELETE FROM local_organisations;
DELETE FROM local_sessions;
DELETE FROM local_people;
DELETE FROM local_names;
DELETE FROM local_bookings;
DELETE FROM local_participations;
DELETE FROM local_cells;

-- An organisation's sector and place from an instant on.
CREATE TABLE local_placements (
  generation INTEGER NOT NULL,
  organisation INTEGER NOT NULL,
  since INTEGER NOT NULL,
  sector TEXT NOT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY (generation, organisation, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_plans (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  challenge INTEGER NOT NULL,
  organisation INTEGER NOT NULL,  -- which leads it
  state INTEGER NOT NULL DEFAULT 0,
  started INTEGER NOT NULL DEFAULT 0,  -- whether it ever was active
  owner_left INTEGER NOT NULL DEFAULT 0,
  realised INTEGER NOT NULL DEFAULT 0,  -- how many of its benefits are realised
  draft_date TEXT NOT NULL,
  start_date TEXT NOT NULL DEFAULT '',
  last_date TEXT NOT NULL DEFAULT '',
  programme TEXT NOT NULL DEFAULT '',
  UNIQUE (generation, name)
) STRICT;

CREATE TABLE local_benefits (
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  plan INTEGER NOT NULL,
  state INTEGER NOT NULL,
  unwanted INTEGER NOT NULL,
  PRIMARY KEY (generation, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX local_benefits_by_plan ON local_benefits (plan);

-- Who is in a plan, by the hash of the name: whose it is, local_names says.
CREATE TABLE local_members (
  generation INTEGER NOT NULL,
  plan INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (generation, plan, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX local_members_by_hash ON local_members (generation, hash);

-- How far people came who attended, from the date of their first session of the challenge on.
CREATE TABLE local_journeys (
  generation INTEGER NOT NULL,
  person INTEGER NOT NULL,
  challenge INTEGER NOT NULL,
  first_date TEXT NOT NULL,
  started INTEGER NOT NULL,   -- is in a plan that started
  realised INTEGER NOT NULL,  -- is in a plan of which a benefit is realised
  PRIMARY KEY (generation, person, challenge)
) STRICT, WITHOUT ROWID;

-- Records of attendance at a session of a week that came in a later one.
CREATE TABLE local_late_records (
  generation INTEGER NOT NULL,
  challenge INTEGER NOT NULL,
  week TEXT NOT NULL,
  recorded TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (generation, challenge, week, recorded)
) STRICT, WITHOUT ROWID;

-- Questions to the reference group: never who asked.
CREATE TABLE local_questions (
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  week TEXT NOT NULL,             -- in which it was asked
  state INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  waited INTEGER NOT NULL,        -- in minutes of working days
  waiting_since INTEGER,          -- where it still waits, since when on top of that
  PRIMARY KEY (generation, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_items (
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  state INTEGER NOT NULL,
  review_by TEXT NOT NULL,
  PRIMARY KEY (generation, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_adoptions (
  generation INTEGER NOT NULL,
  item TEXT NOT NULL,
  plan TEXT NOT NULL,
  adapted INTEGER NOT NULL,
  PRIMARY KEY (generation, item, plan)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_flags (
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  state INTEGER NOT NULL,
  PRIMARY KEY (generation, name)
) STRICT, WITHOUT ROWID;

-- The frozen numbers of past weeks. They belong to no generation: a rebuild keeps them, and where the store is made
-- anew they are made anew alike.
CREATE TABLE local_snapshots (
  id INTEGER PRIMARY KEY,
  challenge TEXT NOT NULL,
  week TEXT NOT NULL,
  snapshot BLOB NOT NULL,  -- equity.statistics.v1.Snapshot
  summary BLOB NOT NULL,   -- equity.statistics.v1.GetSummaryResponse
  UNIQUE (challenge, week)
) STRICT;

CREATE TABLE local_snapshot_tables (
  snapshot INTEGER NOT NULL,
  measure TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  content BLOB NOT NULL,  -- equity.statistics.v1.Table
  PRIMARY KEY (snapshot, measure, dimensions)
) STRICT, WITHOUT ROWID;

-- Up to which week everything is frozen.
CREATE TABLE local_frozen (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  week_end INTEGER NOT NULL
) STRICT;
