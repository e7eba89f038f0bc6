// The change feed of one store: every write appends what happened in its own transaction; readers follow in order.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/exec/store.h"
#include "common/sql/sql.h"
#include "equity/changes/v1/changes.pb.h"

namespace equity::feed {

using changes::v1::Change;

// The tables that every store has for the cross-cutting things (feed, audit); the first of its migrations.
exec::Migration CommonTables();

// Appends a change. Service, sequence and time are set here; organisation, event and whether it is restricted by the
// caller.
void Append(sql::Transaction& transaction, absl::Time now, const Change& change);

// Up to `limit` changes after `sequence`, in order. With an organisation (`organisations/{id}`), only its own and those
// that belong to none, without those that are restricted. With events (numbers of fields of Change), only those.
// `last` becomes the sequence of the last row looked at, so that a reader moves on past what is not for it.
std::vector<Change> ReadAfter(sql::ReadTransaction& transaction, const std::string& service, int64_t sequence,
                              const std::string& organisation, const std::set<int>& events, int limit, int64_t& last);

// The sequence of the newest change; 0 where there is none.
int64_t LastSequence(sql::ReadTransaction& transaction);

}  // namespace equity::feed
