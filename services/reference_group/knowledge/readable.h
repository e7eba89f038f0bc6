// Which items somebody may read, as a condition of SQL on `items i`: $1 is whether the reader is of the group, $2 the
// reader's organisation, $3 today. States: 3 published, 6 withdrawn; audiences: 2 own organisation, 3 everybody. An
// item that rests on a consent is there for nobody when that does not hold.
#pragma once

// What a condition needs that does not read $1 and $2 otherwise.
#define EQUITY_CONSENT_HOLDS                                                                                    \
  "(i.consent = '' OR EXISTS (SELECT 1 FROM consents c WHERE c.id = i.consent AND c.withdraw_time IS NULL AND " \
  "(c.expire_date = '' OR c.expire_date >= $3)))"

#define EQUITY_READABLE_ITEM                                                                                 \
  "i.state <> 6 AND ($1 = 1 OR ($2 <> '' AND i.organisation = $2 AND (i.state <> 3 OR (i.audience >= 2 AND " \
  "i.visibility = 0))) OR (i.state = 3 AND i.visibility = 0 AND i.audience = 3)) AND " EQUITY_CONSENT_HOLDS
