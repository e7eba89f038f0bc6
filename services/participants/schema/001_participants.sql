-- Times are microseconds since 1970. Ids are TEXT. `code_key` and `value_key` are case-folded, as codes are found in
-- whatever case somebody wrote them.
CREATE TABLE organisations (
  id TEXT NOT NULL PRIMARY KEY,
  display_name TEXT NOT NULL,
  sector INTEGER NOT NULL,
  place INTEGER NOT NULL,
  version INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organisation_codes (
  code_key TEXT NOT NULL PRIMARY KEY,
  value_key TEXT NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  organisation TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX organisation_codes_by_value ON organisation_codes (value_key);
CREATE INDEX organisation_codes_by_organisation ON organisation_codes (organisation);

-- A person's registration with one organisation. Who moved has a row with each: the former one is a tombstone that
-- keeps nothing of the person but external_ref, and says where to look.
CREATE TABLE participants (
  organisation TEXT NOT NULL,
  id TEXT NOT NULL,
  state INTEGER NOT NULL,         -- 0 pending, 1 active, 2 inactive, 3 moved
  external_ref TEXT NOT NULL,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  email TEXT NOT NULL,
  job_title TEXT NOT NULL,
  access_needs INTEGER NOT NULL,  -- bit 1 << AccessNeed
  other_access_need TEXT NOT NULL,
  moved_to TEXT NOT NULL,         -- an organisation's id
  version INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  PRIMARY KEY (organisation, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX participants_by_external_ref ON participants (organisation, external_ref);

-- Who holds an address: those who are active or pending, and those who will once a registration row is decided.
CREATE TABLE emails (
  organisation TEXT NOT NULL,
  email_key TEXT NOT NULL,        -- case-folded
  participant TEXT NOT NULL,
  PRIMARY KEY (organisation, email_key)
) STRICT, WITHOUT ROWID;

-- By the person's UUID alone, so that consents move with the person.
CREATE TABLE consents (
  participant TEXT NOT NULL,
  id TEXT NOT NULL,
  purpose INTEGER NOT NULL,
  wording_version TEXT NOT NULL,
  give_time INTEGER NOT NULL,
  withdraw_time INTEGER,
  PRIMARY KEY (participant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX consents_standing ON consents (participant, purpose) WHERE withdraw_time IS NULL;
