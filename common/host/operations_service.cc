#include "common/host/operations_service.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace equity::host {
namespace {

// A mistyped year cannot be taken back.
constexpr absl::Duration kLongestStep = absl::Hours(24 * 3653);

const sql::Sql kTables{"state.tables", "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"};
const sql::Sql kColumns{"state.columns", "SELECT name FROM pragma_table_info($1) ORDER BY cid"};

bool IsDomainTable(const std::string& table) {
  for (const char* other : {"feed", "audit", "schema_migrations"}) {
    if (table == other) return false;
  }
  for (const char* prefix : {"request_day_", "local_", "sqlite_"}) {
    if (absl::StartsWith(table, prefix)) return false;
  }
  return true;
}

}  // namespace

std::string StateHash(sql::ReadTransaction& transaction) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  const auto add = [&](std::string_view bytes) {
    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
    EVP_DigestUpdate(context.get(), "\n", 1);
  };
  const auto text = [](const sql::Row& row) { return row.Text(0); };
  for (const std::string& table : transaction.All(kTables, {}, text)) {
    if (!IsDomainTable(table)) continue;
    add(table);
    std::vector<std::string> quoted;
    const std::vector<std::string> columns = transaction.All(kColumns, {table}, text);
    for (const std::string& column : columns) quoted.push_back(absl::StrCat("quote(", column, ")"));
    const sql::Sql rows{"state.rows", absl::StrCat("SELECT ", absl::StrJoin(quoted, "||','||"), " FROM ", table,
                                                   " ORDER BY ", absl::StrJoin(columns, ","))};
    transaction.Each(rows, {}, [&](const sql::Row& row) { add(row.Bytes(0)); });
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), digest, &size);
  return absl::BytesToHexString({reinterpret_cast<char*>(digest), size});
}

absl::StatusOr<operations::v1::GetStateHashResponse> OperationsMounts::Hash(const rpc::Context&,
                                                                            const v1::GetStateHashRequest&) {
  std::vector<exec::Store*> stores = stores_;
  std::sort(stores.begin(), stores.end(), [](auto* a, auto* b) { return a->name() < b->name(); });
  v1::GetStateHashResponse response;
  for (exec::Store* store : stores) {
    auto* service = response.add_services();
    service->set_service(store->name());
    RETURN_IF_ERROR(store->Read([&](sql::ReadTransaction& transaction) {
      service->set_sha256(StateHash(transaction));
      return absl::OkStatus();
    }));
  }
  return response;
}

absl::StatusOr<operations::v1::GetBusinessTimeResponse> OperationsMounts::Time(const rpc::Context& context,
                                                                               const v1::GetBusinessTimeRequest&) {
  v1::GetBusinessTimeResponse response;
  response.mutable_time()->set_seconds(absl::ToUnixSeconds(context.now()));
  response.set_demonstration(runtime_.shared().clock.IsDemonstration());
  return response;
}

absl::StatusOr<operations::v1::AdvanceBusinessTimeResponse> OperationsMounts::Advance(
    const rpc::Context&, const v1::AdvanceBusinessTimeRequest& request) {
  BusinessClock& clock = runtime_.shared().clock;
  if (!clock.IsDemonstration()) {
    return status::Error(absl::StatusCode::kFailedPrecondition, "REAL_TIME",
                         "This server runs on real time, which nobody moves. A demonstration begins with --demo-now.");
  }
  const absl::Time time = absl::FromUnixSeconds(request.time().seconds());
  if (time - clock.Now() > kLongestStep) {
    return status::InvalidField("time", "must be within ten years from now: the clock never goes back");
  }
  RETURN_IF_ERROR(clock.AdvanceTo(time));
  v1::AdvanceBusinessTimeResponse response;
  response.mutable_time()->set_seconds(absl::ToUnixSeconds(clock.Now()));
  return response;
}

absl::StatusOr<operations::v1::CreateBackupResponse> OperationsMounts::Backup(const rpc::Context&,
                                                                              const v1::CreateBackupRequest& request) {
  v1::CreateBackupResponse response;
  ASSIGN_OR_RETURN(*response.add_backups(), backups_.Make(request.request_id(), request.retain()));
  return response;
}

absl::StatusOr<operations::v1::CheckInvariantsResponse> OperationsMounts::Check(const rpc::Context&,
                                                                                const v1::CheckInvariantsRequest&) {
  return host::CheckInvariants(runtime_.shared(), stores_);
}

}  // namespace equity::host
