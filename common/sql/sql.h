// The seam between a service's SQL and an engine. One SQL text serves every engine: parameters are $1..$n, times are
// microseconds since 1970 in a BIGINT, booleans 0 or 1. A statement that fails throws sql::Error: such failures concern
// the store, not the request, and are handled once, by the writer and the reader pool (common/exec).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace equity::sql {

// A statement, a constant beside its only user. Its address is the key of the statement caches.
struct Sql {
  std::string name;  // for logs and metrics, such as `bookings.insert`
  std::string text;
};

enum class Failure {
  kConstraint,  // a UNIQUE or CHECK constraint
  kBusy,
  kFull,  // no space left
  kIo,
  kOther,
};

class Error : public std::runtime_error {
 public:
  Error(Failure failure, const std::string& what) : std::runtime_error(what), failure_(failure) {}
  Failure failure() const { return failure_; }

 private:
  Failure failure_;
};

struct Blob {
  std::string_view bytes;
};

// A parameter. Text and blobs are not copied: they live until the statement has run.
class Value {
 public:
  Value(std::nullptr_t) : value_(nullptr) {}
  Value(bool value) : value_(int64_t{value}) {}
  Value(int value) : value_(int64_t{value}) {}
  Value(int64_t value) : value_(value) {}
  Value(absl::Time time) : value_(absl::ToUnixMicros(time)) {}
  Value(std::string_view text) : value_(text) {}
  Value(const std::string& text) : value_(std::string_view(text)) {}
  Value(const char* text) : value_(std::string_view(text)) {}
  Value(Blob blob) : value_(blob) {}

  const std::variant<std::nullptr_t, int64_t, std::string_view, Blob>& get() const { return value_; }

 private:
  std::variant<std::nullptr_t, int64_t, std::string_view, Blob> value_;
};

using Values = std::initializer_list<Value>;

// The row that a statement stands on; valid only inside the callback that got it.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Int64(int column) const = 0;
  virtual std::string_view Bytes(int column) const = 0;

  int Int(int column) const { return static_cast<int>(Int64(column)); }
  bool Bool(int column) const { return Int64(column) != 0; }
  std::string Text(int column) const { return std::string(Bytes(column)); }
  absl::Time Time(int column) const { return absl::FromUnixMicros(Int64(column)); }
};

using RowCallback = absl::FunctionRef<void(const Row&)>;

// One connection to an engine. Not thread-safe.
class Connection {
 public:
  virtual ~Connection() = default;
  // Runs a statement to its end and returns how many rows it inserted, updated or deleted. A callback must not run the
  // statement that it is called for. Throws Error.
  virtual int64_t Run(const Sql& sql, absl::Span<const Value> parameters, RowCallback row) = 0;
  // Whether a transaction is open. An engine may end it by itself when a statement fails.
  virtual bool InTransaction() const = 0;
  // See Transaction::ForgetTrace.
  virtual void ForgetTrace() = 0;
};

// What a read may do.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection) : connection_(connection) {}

  template <class F>
  void Each(const Sql& sql, Values parameters, F&& row) {
    connection_.Run(sql, absl::MakeConstSpan(parameters.begin(), parameters.size()), row);
  }
  // The first row through `read`, or nothing.
  template <class F>
  auto One(const Sql& sql, Values parameters, F&& read) -> std::optional<decltype(read(std::declval<const Row&>()))> {
    std::optional<decltype(read(std::declval<const Row&>()))> result;
    Each(sql, parameters, [&](const Row& row) {
      if (!result) result.emplace(read(row));
    });
    return result;
  }
  template <class F>
  auto All(const Sql& sql, Values parameters, F&& read) -> std::vector<decltype(read(std::declval<const Row&>()))> {
    std::vector<decltype(read(std::declval<const Row&>()))> result;
    Each(sql, parameters, [&](const Row& row) { result.push_back(read(row)); });
    return result;
  }
  bool Exists(const Sql& sql, Values parameters) {
    bool found = false;
    Each(sql, parameters, [&](const Row&) { found = true; });
    return found;
  }

  Connection& connection() { return connection_; }

 private:
  Connection& connection_;
};

// What a write may do besides.
class Transaction : public ReadTransaction {
 public:
  using ReadTransaction::ReadTransaction;

  // Returns how many rows were inserted, updated or deleted.
  int64_t Execute(const Sql& sql, Values parameters = {}) {
    return connection().Run(sql, absl::MakeConstSpan(parameters.begin(), parameters.size()), [](const Row&) {});
  }
  // Says that this transaction erases words, or parts what must not be told together: soon after its commit nothing of
  // it is to be left in what the engine keeps beside the tables, such as a log of commits in their order.
  void ForgetTrace() { connection().ForgetTrace(); }
};

}  // namespace equity::sql
