// Between the columns of the store and the fields of the contract.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/sql/sql.h"
#include "common/strings.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace equity::referencegroup {

inline void SetTime(google::protobuf::Timestamp& timestamp, absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  timestamp.set_seconds(micros / 1000000);
  timestamp.set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
}

// The store keeps microseconds; what is answered before it was read back must not differ.
inline absl::Time Stored(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

inline sql::Value OrNull(const std::optional<absl::Time>& time) {
  return time ? sql::Value(*time) : sql::Value(nullptr);
}
inline std::optional<absl::Time> TimeOrNone(const sql::Row& row, int column) {
  return row.IsNull(column) ? std::nullopt : std::optional(row.Time(column));
}

// A day as text, which sorts as days do.
inline std::string DayText(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, London()); }
inline absl::Time StartOfDay(absl::Time time) {
  return London().At(absl::CivilSecond(absl::ToCivilDay(time, London()))).pre;
}

// Words with commas between, or lines.
template <class Range>
std::string List(const Range& words, const char* separator = ",") {
  return absl::StrJoin(words, separator);
}
inline void ReadList(std::string_view text, google::protobuf::RepeatedPtrField<std::string>& words,
                     char separator = ',') {
  words.Clear();
  for (const auto& word : absl::StrSplit(ToAbsl(text), separator, absl::SkipEmpty())) words.Add(std::string(word));
}
template <class Enums>
void ReadNumbers(std::string_view text, Enums& numbers) {
  numbers.Clear();
  for (const auto& number : absl::StrSplit(ToAbsl(text), ',', absl::SkipEmpty())) {
    numbers.Add(std::stoi(std::string(number)));
  }
}
// `,3,4,`: what a statement looks for a number in.
template <class Range>
std::string Set(const Range& numbers) {
  return numbers.empty() ? std::string() : absl::StrCat(",", absl::StrJoin(numbers, ","), ",");
}

}  // namespace equity::referencegroup
