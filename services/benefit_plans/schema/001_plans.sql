-- Times are microseconds since 1970 in UTC; dates are text, civil days in London.
--
-- A plan is read whole, with what belongs to it, and is looked up by few things: so plans and their parts are stored as
-- messages of the contract, beside columns for what they are looked up by.

CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  organisation TEXT NOT NULL,
  next_step TEXT NOT NULL,  -- the day on which the clock changes its state; empty for never
  plan BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX plans_of_organisation ON plans (organisation, id);
CREATE INDEX plans_by_next_step ON plans (next_step) WHERE next_step <> '';

CREATE TABLE members (
  plan TEXT NOT NULL REFERENCES plans (id),
  participant TEXT NOT NULL,
  organisation TEXT NOT NULL,
  role INTEGER NOT NULL,  -- the contract's number; 1 is the owner
  PRIMARY KEY (plan, participant)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_participant ON members (participant);
CREATE UNIQUE INDEX members_owner ON members (plan) WHERE role = 1;

-- Benefits, activities, measures and so on, by kind; measurements belong to a measure, whose number is their parent.
-- `state` says what lists and counts need without the message (store/parts.h).
CREATE TABLE parts (
  plan TEXT NOT NULL REFERENCES plans (id),
  kind INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  number INTEGER NOT NULL,
  state INTEGER NOT NULL,
  part BLOB NOT NULL,
  PRIMARY KEY (plan, kind, parent, number)
) STRICT, WITHOUT ROWID;

-- Apart from the plan, so that nothing of a card is left where consent was withdrawn.
CREATE TABLE cards (
  plan TEXT PRIMARY KEY REFERENCES plans (id),
  text TEXT NOT NULL,
  consent_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The rules of time, by version: a plan keeps the version that it was started with.
CREATE TABLE policies (
  version INTEGER PRIMARY KEY,
  length_days INTEGER NOT NULL,
  grace_days INTEGER NOT NULL,        -- after the last day, before a plan that was not reported lapses
  start_ahead_days INTEGER NOT NULL,  -- how far ahead a plan may start
  check_in_days INTEGER NOT NULL      -- without a check-in for longer, a plan is silent
) STRICT;
INSERT INTO policies VALUES (1, 100, 14, 14, 14);

-- `review` is the contract's number of its kind; the days count from the start date.
CREATE TABLE review_windows (
  version INTEGER NOT NULL REFERENCES policies (version),
  review INTEGER NOT NULL,
  due_day INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  PRIMARY KEY (version, review)
) STRICT, WITHOUT ROWID;
INSERT INTO review_windows VALUES
  (1, 1, 0, 0, 14),
  (1, 2, 50, 45, 60),
  (1, 3, 100, 95, 114),
  (1, 4, 190, 180, 210);

-- What comes from other services by their change feeds; the last part of a participant's name is unique everywhere.
CREATE TABLE local_people (
  participant TEXT NOT NULL,
  organisation TEXT NOT NULL,
  state INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  PRIMARY KEY (participant, organisation)
) STRICT, WITHOUT ROWID;

-- Organisations and challenges that there are.
CREATE TABLE local_names (
  name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE local_sessions (
  session TEXT PRIMARY KEY,
  challenge TEXT NOT NULL,
  date TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE local_attendances (
  participant TEXT NOT NULL,
  session TEXT NOT NULL,
  PRIMARY KEY (participant, session)
) STRICT, WITHOUT ROWID;

-- How far the feeds of other services were followed.
CREATE TABLE local_feed_positions (
  feed TEXT PRIMARY KEY,
  token TEXT NOT NULL
) STRICT, WITHOUT ROWID;
