-- Delivery: facilitators, feedback, exercises. Participants are kept by the last part of their names, which stays.

-- The texts are what a consent that holds covers, and nothing else.
CREATE TABLE facilitators (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organisation TEXT NOT NULL,
  participant TEXT NOT NULL UNIQUE,
  public_name TEXT NOT NULL,
  biography TEXT NOT NULL,
  lived_experience TEXT NOT NULL,
  retired INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT;

-- Kept when withdrawn: that there was a consent, and for what, must be provable.
CREATE TABLE facilitator_consents (
  number INTEGER PRIMARY KEY,
  facilitator INTEGER NOT NULL REFERENCES facilitators (number),
  aspects TEXT NOT NULL,  -- the contract's numbers of them, with commas between
  audience INTEGER NOT NULL,
  expire_date TEXT NOT NULL,
  give_time INTEGER NOT NULL,
  withdraw_time INTEGER
) STRICT;
CREATE INDEX facilitator_consents_of_facilitator ON facilitator_consents (facilitator, number);
CREATE UNIQUE INDEX facilitator_consents_standing ON facilitator_consents (facilitator) WHERE withdraw_time IS NULL;
CREATE INDEX facilitator_consents_ending ON facilitator_consents (expire_date)
  WHERE withdraw_time IS NULL AND expire_date <> '';

CREATE TABLE facilitator_sessions (
  facilitator INTEGER NOT NULL REFERENCES facilitators (number),
  session INTEGER NOT NULL,
  PRIMARY KEY (facilitator, session)
) STRICT, WITHOUT ROWID;

-- Who answered, and what was answered, have nothing in common but the session: no time, no order (rows lie by
-- participant there and by a hash of a random secret here).
CREATE TABLE feedback_given (
  session INTEGER NOT NULL,
  participant TEXT NOT NULL,
  PRIMARY KEY (session, participant)
) STRICT, WITHOUT ROWID;
CREATE TABLE feedback_answers (
  session INTEGER NOT NULL,
  secret_hash TEXT NOT NULL,
  rating INTEGER NOT NULL,
  recommend INTEGER NOT NULL,
  comment TEXT NOT NULL,
  may_quote INTEGER NOT NULL,
  PRIMARY KEY (session, secret_hash)
) STRICT, WITHOUT ROWID;
-- The sessions that got feedback, and whether what it says was told to the feed.
CREATE TABLE feedback_windows (
  session INTEGER PRIMARY KEY,
  close_time INTEGER NOT NULL,
  told INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_windows_due ON feedback_windows (close_time) WHERE told = 0;

CREATE TABLE quizzes (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session INTEGER NOT NULL,
  title TEXT NOT NULL,
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT;
CREATE INDEX quizzes_of_session ON quizzes (session, number);

CREATE TABLE quiz_questions (
  quiz INTEGER NOT NULL REFERENCES quizzes (number),
  question INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  text TEXT NOT NULL,
  several INTEGER NOT NULL,
  state INTEGER NOT NULL,
  close_by INTEGER NOT NULL,  -- when time closes it
  answers INTEGER NOT NULL,
  PRIMARY KEY (quiz, question)
) STRICT, WITHOUT ROWID;
CREATE INDEX quiz_questions_open ON quiz_questions (close_by) WHERE state = 2;

CREATE TABLE quiz_options (
  quiz INTEGER NOT NULL,
  question INTEGER NOT NULL,
  option INTEGER NOT NULL,
  text TEXT NOT NULL,
  correct INTEGER NOT NULL,
  chosen INTEGER NOT NULL,
  PRIMARY KEY (quiz, question, option)
) STRICT, WITHOUT ROWID;

-- Of open questions alone, so that an answer can be changed.
CREATE TABLE quiz_answers (
  quiz INTEGER NOT NULL,
  question INTEGER NOT NULL,
  participant TEXT NOT NULL,
  choices TEXT NOT NULL,
  PRIMARY KEY (quiz, question, participant)
) STRICT, WITHOUT ROWID;
