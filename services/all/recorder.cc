#include "services/all/recorder.h"

#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/obs/json.h"
#include "common/strings.h"

namespace equity {
namespace {

std::string Encode(const sql::Value& value) {
  const auto& held = value.get();
  if (const auto* number = std::get_if<int64_t>(&held)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string_view>(&held)) {
    return absl::StrCat("{\"t\":\"", absl::Base64Escape(ToAbsl(*text)), "\"}");
  }
  if (const auto* blob = std::get_if<sql::Blob>(&held)) {
    return absl::StrCat("{\"b\":\"", absl::Base64Escape(ToAbsl(blob->bytes)), "\"}");
  }
  return "null";
}

}  // namespace

StatementRecorder::~StatementRecorder() {
  if (file_ != nullptr) std::fclose(file_);
}

bool StatementRecorder::Open(const std::string& file) {
  file_ = std::fopen(file.c_str(), "w");
  return file_ != nullptr;
}

std::function<void(const sql::Sql&, absl::Span<const sql::Value>)> StatementRecorder::ForStore(
    const std::string& store) {
  return [this, store](const sql::Sql& sql, absl::Span<const sql::Value> values) { Record(store, sql, values); };
}

void StatementRecorder::Record(const std::string& store, const sql::Sql& sql, absl::Span<const sql::Value> values) {
  std::lock_guard lock(mutex_);
  const auto [found, added] = statements_.try_emplace({store, sql.text}, static_cast<int>(statements_.size()));
  if (added) {
    std::string line;
    obs::JsonLine json(&line);
    json.Number("sql", found->second);
    json.Text("store", store);
    json.Text("text", sql.text);
    json.End();
    std::fputs(line.c_str(), file_);
  }
  std::string line = absl::StrCat("{\"run\":", found->second, ",\"values\":[");
  for (size_t i = 0; i < values.size(); ++i) absl::StrAppend(&line, i == 0 ? "" : ",", Encode(values[i]));
  std::fprintf(file_, "%s]}\n", line.c_str());
}

}  // namespace equity
