-- The read model, built from the change feeds of other services. Two models may stand side by side while one
-- is built anew, so that every row says to which generation it belongs. All of it is derived: hence the prefix `local_`.

CREATE TABLE local_model (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  generation INTEGER NOT NULL CHECK (generation IN (1, 2)),  -- the one in use
  key_check BLOB                                             -- tells whether statistics.key is the one of this model
) STRICT;
INSERT INTO local_model (one, generation) VALUES (1, 1);

-- How far each service's changes are counted; written in the transaction that counts them.
CREATE TABLE local_progress (
  generation INTEGER NOT NULL,
  service TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  resume_token TEXT NOT NULL,
  newest INTEGER NOT NULL,  -- business time of the newest change
  PRIMARY KEY (generation, service)
) STRICT, WITHOUT ROWID;

-- Names become numbers, which keep five million bookings small.
CREATE TABLE local_challenges (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (generation, name)
) STRICT;

CREATE TABLE local_organisations (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  sector TEXT NOT NULL DEFAULT '',
  place TEXT NOT NULL DEFAULT '',
  UNIQUE (generation, name)
) STRICT;

CREATE TABLE local_sessions (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  challenge INTEGER NOT NULL DEFAULT 0,
  date TEXT NOT NULL DEFAULT '',
  capacity INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  UNIQUE (generation, name)
) STRICT;

-- A person, whose names are known as keyed hashes only: one for each organisation that the person was with.
CREATE TABLE local_people (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  organisation INTEGER NOT NULL,  -- where the person is now
  week TEXT NOT NULL,             -- the ISO week of the first registration
  registered INTEGER NOT NULL     -- takes part now
) STRICT;
CREATE INDEX local_people_by_generation ON local_people (generation);

CREATE TABLE local_names (
  generation INTEGER NOT NULL,
  hash BLOB NOT NULL,
  person INTEGER NOT NULL,
  PRIMARY KEY (generation, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX local_names_by_person ON local_names (person);

CREATE TABLE local_bookings (
  generation INTEGER NOT NULL,
  id BLOB NOT NULL,               -- the UUID
  person INTEGER NOT NULL,
  organisation INTEGER NOT NULL,  -- for which it was made
  session INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attended INTEGER NOT NULL,
  PRIMARY KEY (generation, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX local_bookings_by_person ON local_bookings (person);

-- How many bookings of a person in a challenge are seated, waiting, attended: what makes a count of people distinct.
CREATE TABLE local_participations (
  generation INTEGER NOT NULL,
  person INTEGER NOT NULL,
  challenge INTEGER NOT NULL,
  seated INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  attended INTEGER NOT NULL,
  PRIMARY KEY (generation, person, challenge)
) STRICT, WITHOUT ROWID;

-- The counters that queries add up, one grid for each set of dimensions (model/cells.h).
CREATE TABLE local_cells (
  generation INTEGER NOT NULL,
  measure INTEGER NOT NULL,
  challenge INTEGER NOT NULL,
  grid INTEGER NOT NULL,
  organisation INTEGER NOT NULL,
  session INTEGER NOT NULL,
  week TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (generation, measure, challenge, grid, organisation, session, week)
) STRICT, WITHOUT ROWID;
