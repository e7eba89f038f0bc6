-- Who was erased: the UUID, the organisation at the time, and when. So that it can be shown that it was done, and so that
-- the ledger beside the backups can be made whole.
CREATE TABLE erasures (
  participant TEXT NOT NULL PRIMARY KEY,
  organisation TEXT NOT NULL,
  erase_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What must always hold here: a row for each thing that does not.
CREATE VIEW invariant_violations (rule, subject, message) AS
  SELECT 'one_place_of_a_person', id, 'takes part in ' || count(*) || ' organisations at once'
  FROM participants WHERE state = 1 GROUP BY id HAVING count(*) > 1
UNION ALL
  SELECT 'address_of_its_holder', 'organisations/' || organisation || '/participants/' || participant,
         'holds an address and is not there'
  FROM emails e WHERE NOT EXISTS (SELECT 1 FROM participants p WHERE p.organisation = e.organisation AND p.id = e.participant)
UNION ALL
  SELECT 'erased_is_erased', 'organisations/' || organisation || '/participants/' || id, 'is erased, and details are there'
  FROM participants
  WHERE id IN (SELECT participant FROM erasures)
    AND (state NOT IN (3, 4) OR given_name <> '' OR family_name <> '' OR email <> '' OR job_title <> '' OR access_needs <> 0
         OR other_access_need <> '' OR external_ref <> 'erased-' || id);

-- What who counts people must arrive at.
CREATE VIEW totals (name, value) AS
  SELECT 'people.registered', count(DISTINCT id) FROM participants WHERE state = 1;
