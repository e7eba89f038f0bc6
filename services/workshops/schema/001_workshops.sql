-- Times are microseconds since 1970 in UTC; dates and times of day are text, as people where the session is held read
-- them. Booleans are 0 or 1.

CREATE TABLE challenges (
  id TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  launch_date TEXT NOT NULL,
  length_days INTEGER NOT NULL,
  enquiry_contact TEXT NOT NULL,
  cost_statement TEXT NOT NULL,
  create_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workshops (
  id TEXT PRIMARY KEY,
  challenge TEXT NOT NULL REFERENCES challenges (id),
  display_name TEXT NOT NULL,
  summary TEXT NOT NULL,
  themes TEXT NOT NULL,  -- the contract's names of them, with commas between
  duration_minutes INTEGER NOT NULL,
  enquiry_contact TEXT NOT NULL,
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A session has a number of its own, as bookings name it in many places and its name is long.
CREATE TABLE sessions (
  number INTEGER PRIMARY KEY,
  workshop TEXT NOT NULL REFERENCES workshops (id),
  id TEXT NOT NULL,
  date TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER NOT NULL,
  platform TEXT NOT NULL,
  cancelled INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  UNIQUE (workshop, id)
) STRICT;
CREATE UNIQUE INDEX sessions_standing ON sessions (workshop, date, starts) WHERE cancelled = 0;
CREATE INDEX sessions_by_date ON sessions (date, workshop);
CREATE INDEX sessions_by_start ON sessions (start_time);
CREATE INDEX sessions_of_workshop ON sessions (workshop, start_time);

-- Apart from the session, which a booking does not change.
CREATE TABLE session_places (
  session INTEGER PRIMARY KEY REFERENCES sessions (number),
  capacity INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  next_ticket INTEGER NOT NULL,
  version INTEGER NOT NULL,
  CHECK (taken BETWEEN 0 AND capacity AND waiting >= 0)
) STRICT;

-- State and attendance are the contract's numbers; 1 and 2 are the live states, 2 waits.
CREATE TABLE bookings (
  id TEXT PRIMARY KEY,
  organisation TEXT NOT NULL,
  participant TEXT NOT NULL,
  session INTEGER NOT NULL,  -- numbers of sessions; checked by whoever inserts, as no session is ever deleted
  requested_session INTEGER NOT NULL,
  state INTEGER NOT NULL,
  ticket INTEGER NOT NULL,  -- the order of waiting; 0 for who never waited
  attendance INTEGER NOT NULL,
  version INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  -- Why it was decided so: the rule, the version of the rules, and the places that were looked at.
  rule INTEGER NOT NULL,
  policy INTEGER NOT NULL,
  seen_capacity INTEGER NOT NULL,
  seen_taken INTEGER NOT NULL,
  seen_waiting INTEGER NOT NULL,
  request_id TEXT,  -- of the row of a batch that made it
  made_for TEXT,    -- the participant that it was made for, where another one has it now
  -- The session, while the state is live. (As a generated column it would keep an index from covering a query.)
  live INTEGER CHECK (live IS CASE WHEN state <= 2 THEN session END)
) STRICT, WITHOUT ROWID;
-- A person's bookings lie far apart, so that each index by person costs a page for each booking made: most bookings are
-- in just the first.
CREATE UNIQUE INDEX bookings_of_person ON bookings (participant, live);
CREATE UNIQUE INDEX bookings_live_elsewhere ON bookings (participant, requested_session)
  WHERE state <= 2 AND requested_session <> session;
CREATE INDEX bookings_of_organisation ON bookings (organisation, id);
CREATE INDEX bookings_of_session ON bookings (session, id);
CREATE INDEX bookings_waiting ON bookings (session, ticket) WHERE state = 2;
CREATE INDEX bookings_by_request ON bookings (request_id) WHERE request_id IS NOT NULL;

-- Who takes part, a copy of what participants told last, and when (`as_of`).
CREATE TABLE local_people (
  participant TEXT NOT NULL,
  organisation TEXT NOT NULL,
  state INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  PRIMARY KEY (participant, organisation)
) STRICT, WITHOUT ROWID;

-- How far the feeds of other services were followed.
CREATE TABLE local_feed_positions (
  feed TEXT PRIMARY KEY,
  token TEXT NOT NULL
) STRICT, WITHOUT ROWID;
