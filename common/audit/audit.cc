#include "common/audit/audit.h"

namespace equity::audit {
namespace {

const sql::Sql kAppend{"audit.append",
                       "INSERT INTO audit (time, actor, organisation, method, resource, request_id, trace_id) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7)"};

}  // namespace

void Append(sql::Transaction& transaction, const Entry& entry) {
  transaction.Execute(kAppend, {entry.time, entry.actor, entry.organisation, entry.method, entry.resource,
                                entry.request_id, entry.trace_id});
}

}  // namespace equity::audit
