-- Times are microseconds since 1970 in UTC; dates are text. Booleans are 0 or 1. Lists of words are text with commas
-- between. States, kinds and audiences are the contract's numbers.

CREATE TABLE members (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  participant TEXT NOT NULL UNIQUE,
  roles TEXT NOT NULL,
  expertise TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  capacity_per_week INTEGER NOT NULL,
  away_until TEXT NOT NULL,
  conflict_organisations TEXT NOT NULL,
  retired INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT;

-- Of an anonymous question nothing here tells who asked: asker, organisation and plan are empty, times are days.
CREATE TABLE requests (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  anonymous INTEGER NOT NULL,
  asker TEXT NOT NULL,
  organisation TEXT NOT NULL,
  actor TEXT NOT NULL,  -- the account that sent it
  plan TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  topics TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  four_a INTEGER NOT NULL,
  needed_by TEXT NOT NULL,
  audience INTEGER NOT NULL,
  state INTEGER NOT NULL,
  assignees TEXT NOT NULL,
  waited INTEGER NOT NULL,   -- working minutes, up to waiting_since
  waiting_since INTEGER,     -- null while the clock stands
  answer_time INTEGER,       -- of the first answer
  expire_time INTEGER,       -- when time alone moves it on
  duplicate_of TEXT NOT NULL,
  redirected_to TEXT NOT NULL,
  visibility INTEGER NOT NULL,  -- 0 visible, 1 hidden until decided, 2 hidden, 3 removed
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  CHECK (anonymous = 0 OR (asker = '' AND organisation = '' AND plan = ''))
) STRICT;
CREATE INDEX requests_to_move_on ON requests (expire_time) WHERE expire_time IS NOT NULL;

CREATE TABLE assignments (
  member TEXT NOT NULL,
  week TEXT NOT NULL,  -- its Monday
  request INTEGER NOT NULL,
  PRIMARY KEY (member, week, request)
) STRICT, WITHOUT ROWID;

CREATE TABLE contributions (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  request INTEGER NOT NULL REFERENCES requests (number),
  kind INTEGER NOT NULL,
  by_asker INTEGER NOT NULL,
  member TEXT NOT NULL,
  actor TEXT NOT NULL,
  on_behalf_of_group INTEGER NOT NULL,
  body TEXT NOT NULL,
  reference_list TEXT NOT NULL,  -- a line each
  accepted INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  create_time INTEGER NOT NULL
) STRICT;
CREATE INDEX contributions_of_request ON contributions (request, number);

-- Who is behind a name, sealed with a key that is not in this file.
CREATE TABLE sealed_people (
  target TEXT PRIMARY KEY,
  box BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reveals (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  state INTEGER NOT NULL,
  proposed_by TEXT NOT NULL,
  confirmed_by TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  confirm_time INTEGER
) STRICT;
CREATE INDEX reveals_of_target ON reveals (target);

CREATE TABLE consents (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  scope INTEGER NOT NULL,
  audience INTEGER NOT NULL,
  expire_date TEXT NOT NULL,
  give_time INTEGER NOT NULL,
  withdraw_time INTEGER,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_to_expire ON consents (expire_date) WHERE withdraw_time IS NULL AND expire_date <> '';

CREATE TABLE items (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type INTEGER NOT NULL,
  title TEXT NOT NULL,
  title_key TEXT NOT NULL,  -- the title as it is compared
  summary TEXT NOT NULL,
  context TEXT NOT NULL,
  what_was_done TEXT NOT NULL,
  what_changed TEXT NOT NULL,
  what_did_not_work TEXT NOT NULL,
  transferability TEXT NOT NULL,
  evidence_level INTEGER NOT NULL,
  topics TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  audience INTEGER NOT NULL,
  organisation TEXT NOT NULL,
  consent TEXT NOT NULL,
  state INTEGER NOT NULL,
  version INTEGER NOT NULL,
  review_by TEXT NOT NULL,
  request TEXT NOT NULL,
  author TEXT NOT NULL,  -- the account that wrote it
  visibility INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  publish_time INTEGER,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT;
CREATE INDEX items_of_consent ON items (consent) WHERE consent <> '';

CREATE TABLE adoptions (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  item INTEGER NOT NULL REFERENCES items (number),
  plan TEXT NOT NULL,
  organisation TEXT NOT NULL,
  adapted INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  note TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  UNIQUE (item, plan)
) STRICT;

CREATE TABLE comments (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  item INTEGER NOT NULL REFERENCES items (number),
  author TEXT NOT NULL,
  body TEXT NOT NULL,
  deleted INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_of_item ON comments (item, number);

CREATE TABLE flags (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  target TEXT NOT NULL,
  reason INTEGER NOT NULL,
  note TEXT NOT NULL,
  state INTEGER NOT NULL,
  action INTEGER NOT NULL,
  hidden_by_rule INTEGER NOT NULL,
  author TEXT NOT NULL,  -- accounts: of what is flagged, of the flag, of the decision, of the appeal
  flagger TEXT NOT NULL,
  decider TEXT NOT NULL,
  appellant TEXT NOT NULL,
  decision_note TEXT NOT NULL,
  appeal_note TEXT NOT NULL,
  appeal_decision_note TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL
) STRICT;
CREATE INDEX flags_of_target ON flags (target);

-- Tells whether the key beside this file is the one that it was sealed with.
CREATE TABLE local_key (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  key_check BLOB
) STRICT;
INSERT INTO local_key (one, key_check) VALUES (1, NULL);

-- Published items alone; made anew from them at will.
CREATE VIRTUAL TABLE local_search USING fts5 (title, summary, body, tokenize = 'porter unicode61 remove_diacritics 2');
