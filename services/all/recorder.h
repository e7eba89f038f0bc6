// Records what the writers run, so that a benchmark can run the same straight into SQLite.
#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "common/sql/sql.h"

namespace equity {

// The file is a sequence of records, each a line of JSON: {"sql":N,"store":S,"text":T} the first time that a statement
// is seen, then {"run":N,"values":[...]}; a value is null, a number, text {"t":"base64"} or a blob {"b":"base64"}.
class StatementRecorder {
 public:
  ~StatementRecorder();
  bool Open(const std::string& file);
  std::function<void(const sql::Sql&, absl::Span<const sql::Value>)> ForStore(const std::string& store);

 private:
  void Record(const std::string& store, const sql::Sql& sql, absl::Span<const sql::Value> values);

  std::mutex mutex_;
  std::FILE* file_ = nullptr;
  std::map<std::pair<std::string, std::string>, int> statements_;
};

}  // namespace equity
