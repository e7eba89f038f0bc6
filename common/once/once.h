// Idempotency: a request_id has one effect, and the same request sent again gets the same answer.
//
// A row holds a hash of the request and the answer without its personal fields, in the transaction of the effect. Rows
// live in one table a day, which is dropped whole after 100 days. An id that carries its own day (UUIDv7) is looked for
// in that day's table alone; others are looked for in all of them. Random ids cost SQLite a factor of 2 to 3 in this
// table at some million rows; ids that grow with time cost nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/sql/sql.h"

namespace equity::once {

inline constexpr int kKeptDays = 100;

// What identifies a request: the caller's tenant and the id; what it says: the hash.
struct Key {
  std::string tenant;      // organisation id, or empty for who is bound to none
  std::string request_id;  // a UUID
  std::string hash;        // of method and body
};

// SHA-256 of the method's name and the body, 16 bytes of it.
std::string Hash(std::string_view method, std::string_view body);

// The tables of one store. Used by its writer thread only.
class Requests {
 public:
  // Makes the tables for today and tomorrow and drops what is too old. `day` counts from 1970-01-01.
  void StartDay(sql::Transaction& transaction, int64_t day);

  // The answer remembered for this request; nothing where it is new. INVALID_ARGUMENT (REQUEST_ID_REUSED) when the id
  // was used for something else.
  absl::StatusOr<std::optional<std::string>> Find(sql::Transaction& transaction, const Key& key);
  void Remember(sql::Transaction& transaction, const Key& key, std::string_view answer);

 private:
  struct Day {
    explicit Day(const std::string& table);
    sql::Sql find;
    sql::Sql insert;
    sql::Sql create;
  };
  void Store(sql::Transaction& transaction, const Key& key, std::string_view answer);
  Day* OwnDay(const std::string& request_id);

  int64_t today_ = 0;
  std::map<int64_t, std::unique_ptr<Day>> days_;
};

}  // namespace equity::once
