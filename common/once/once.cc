#include "common/once/once.h"

#include <openssl/evp.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/ids/uuid.h"
#include "common/planted/planted.h"
#include "common/status/errors.h"

namespace equity::once {
namespace {

constexpr char kPrefix[] = "request_day_";

const sql::Sql kTables{"requests.tables",
                       "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'request_day_%'"};

// 16 bytes in place of 36 characters.
std::string Compact(const std::string& uuid) { return absl::HexStringToBytes(absl::StrReplaceAll(uuid, {{"-", ""}})); }

#ifdef EQUITY_PLANTED
// Answers that are not stored yet, of the store whose writer this thread is.
std::vector<std::pair<Key, std::string>>& Unstored() {
  thread_local std::vector<std::pair<Key, std::string>> unstored;
  return unstored;
}
#endif

}  // namespace

std::string Hash(std::string_view method, std::string_view body) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  // gRPC's threads come and go, so each frees its own.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> owner(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_MD_CTX* const context = owner.get();
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_DigestInit_ex2(context, sha256, nullptr);
  EVP_DigestUpdate(context, method.data(), method.size());
  EVP_DigestUpdate(context, "\0", 1);
  EVP_DigestUpdate(context, body.data(), body.size());
  EVP_DigestFinal_ex(context, digest, nullptr);
  return {reinterpret_cast<char*>(digest), 16};
}

Requests::Day::Day(const std::string& table)
    : find{"requests.find", absl::StrCat("SELECT hash, answer FROM ", table, " WHERE request_id = $1 AND tenant = $2")},
      insert{"requests.insert",
             absl::StrCat("INSERT INTO ", table, " (request_id, tenant, hash, answer) VALUES ($1, $2, $3, $4)")},
      create{"requests.create",
             absl::StrCat("CREATE TABLE IF NOT EXISTS ", table,
                          " (request_id BLOB NOT NULL, tenant TEXT NOT NULL, hash BLOB NOT NULL, answer BLOB NOT NULL,"
                          " PRIMARY KEY (request_id, tenant)) STRICT, WITHOUT ROWID")} {}

void Requests::StartDay(sql::Transaction& transaction, int64_t day) {
  today_ = day;
  for (const std::string& table : transaction.All(kTables, {}, [](const sql::Row& row) { return row.Text(0); })) {
    int64_t of = 0;
    if (!absl::SimpleAtoi(table.substr(sizeof(kPrefix) - 1), &of)) continue;
    if (of < day - kKeptDays) {
      const sql::Sql drop{"requests.drop", "DROP TABLE " + table};
      transaction.Execute(drop);
      days_.erase(of);
    } else if (!days_.contains(of)) {
      days_[of] = std::make_unique<Day>(table);
    }
  }
  // Tomorrow's too: the ids of a client whose clock is a little ahead.
  for (const int64_t each : {day, day + 1}) {
    std::unique_ptr<Day>& known = days_[each];
    if (known == nullptr) known = std::make_unique<Day>(absl::StrCat(kPrefix, each));
    // A known one too: the transaction that made its table may have been rolled back.
    transaction.Execute(known->create);
  }
}

Requests::Day* Requests::OwnDay(const std::string& request_id) {
  const std::optional<absl::Time> time = UuidV7Time(request_id);
  if (!time) return nullptr;
  const auto found = days_.find(absl::ToUnixSeconds(*time) / 86400);
  return found == days_.end() ? nullptr : found->second.get();
}

absl::StatusOr<std::optional<std::string>> Requests::Find(sql::Transaction& transaction, const Key& key) {
#ifdef EQUITY_PLANTED
  for (const auto& [earlier, told] : std::exchange(Unstored(), {})) Store(transaction, earlier, told);
  if (planted::Planted(planted::Mistake::kForgetsRequests)) return std::nullopt;
#endif
  const std::string id = Compact(key.request_id);
  std::optional<std::string> answer;
  bool reused = false;
  const auto look = [&](const Day& day) {
    transaction.Each(day.find, {sql::Blob{id}, key.tenant}, [&](const sql::Row& row) {
      reused = row.Bytes(0) != key.hash;
      answer = row.Text(1);
    });
  };
  if (Day* own = OwnDay(key.request_id)) {
    look(*own);
  } else {
    for (auto day = days_.rbegin(); day != days_.rend() && !answer; ++day) look(*day->second);
  }
  if (reused) return status::RequestIdReused();
  return answer;
}

void Requests::Remember(sql::Transaction& transaction, const Key& key, std::string_view answer) {
#ifdef EQUITY_PLANTED
  if (planted::Planted(planted::Mistake::kRemembersLater)) {
    Unstored().emplace_back(key, answer);
    return;
  }
  if (planted::Planted(planted::Mistake::kForgetsRequests)) return;
#endif
  Store(transaction, key, answer);
}

void Requests::Store(sql::Transaction& transaction, const Key& key, std::string_view answer) {
  const std::string id = Compact(key.request_id);
  Day* own = OwnDay(key.request_id);
  const Day& day = own != nullptr ? *own : *days_.at(today_);
  transaction.Execute(day.insert, {sql::Blob{id}, key.tenant, sql::Blob{key.hash}, sql::Blob{answer}});
}

}  // namespace equity::once
