-- A run over a file: whose it is and what holds for all its rows. `create_time` here and `begin_time` below are of the
-- system clock, as they decide retention and retries.
CREATE TABLE local_operations (
  id TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  workshop TEXT NOT NULL,
  atomic INTEGER NOT NULL,
  create_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operations_by_time ON local_operations (create_time);

-- What became of a row, without personal data: the answer of a row that is sent again is made from this.
CREATE TABLE local_registration_rows (
  operation TEXT NOT NULL,
  row INTEGER NOT NULL,
  hash BLOB NOT NULL,             -- of the row as sent
  pending INTEGER NOT NULL,
  organisation TEXT NOT NULL,
  participant TEXT NOT NULL,      -- empty where refused
  session_date TEXT NOT NULL,     -- asked for
  on_full INTEGER NOT NULL,
  has_details INTEGER NOT NULL,   -- whether pending_details has a row
  kind INTEGER NOT NULL,
  code TEXT NOT NULL,
  field TEXT NOT NULL,
  message TEXT NOT NULL,
  fix TEXT NOT NULL,
  booking TEXT NOT NULL,
  session TEXT NOT NULL,
  booked_date TEXT NOT NULL,
  waiting_position INTEGER NOT NULL,
  PRIMARY KEY (operation, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX registration_rows_by_participant ON local_registration_rows (participant) WHERE participant <> '';

-- What a known person's details will be once the row stands.
CREATE TABLE local_pending_details (
  operation TEXT NOT NULL,
  row INTEGER NOT NULL,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  job_title TEXT NOT NULL,
  access_needs INTEGER NOT NULL,
  other_access_need TEXT NOT NULL,
  PRIMARY KEY (operation, row)
) STRICT, WITHOUT ROWID;

-- Rows that wait for their places, a range at a time: what the sweeper looks for.
CREATE TABLE local_open_segments (
  operation TEXT NOT NULL,
  first_row INTEGER NOT NULL,
  last_row INTEGER NOT NULL,
  begin_time INTEGER NOT NULL,
  PRIMARY KEY (operation, first_row)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_segments_by_time ON local_open_segments (begin_time);
