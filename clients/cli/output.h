// What a command prints on standard output: a table for people, CSV or JSON for programs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace equity::cli {

enum class Format { kTable, kCsv, kJson };

// Nothing, text or a number: a spreadsheet must not take text for a formula, nor a number for text.
using Cell = std::variant<std::monostate, std::string, int64_t>;

// How many results there are: one object, a list, or a stream without an end (in JSON one object a line).
enum class Shape { kOne, kList, kStream };

// Prints results as they come. In JSON a result is its message, in the other formats its cells.
class Report {
 public:
  virtual ~Report() = default;
  virtual void Add(const google::protobuf::Message& message, const std::vector<Cell>& cells) = 0;
  // Prints what is still held back. Must be called once, at the end.
  virtual void Finish() = 0;
};

std::unique_ptr<Report> NewReport(Format format, Shape shape, std::vector<std::string> columns, std::ostream& output);

// protobuf JSON: lowerCamelCase names, every field present.
std::string ToJson(const google::protobuf::Message& message, bool pretty = false);

// An instant as in JSON, such as 2021-07-20T08:00:00Z; nothing for one that is not set.
Cell TimeCell(const google::protobuf::Timestamp& time, bool is_set);
// A number; nothing for 0.
Cell PositiveCell(int64_t number);

std::string EnumName(const google::protobuf::EnumDescriptor& type, int value);
std::optional<int> EnumValue(const google::protobuf::EnumDescriptor& type, std::string_view name);
// All names, separated by commas.
std::string EnumNames(const google::protobuf::EnumDescriptor& type);

// The value's name without the enumeration's prefix: SEATED for STATE_SEATED, nothing for STATE_UNSPECIFIED.
template <class Enum>
std::string EnumName(Enum value) {
  return EnumName(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

// The value with this name, in any case; INVALID_ARGUMENT that lists the names.
template <class Enum>
absl::StatusOr<Enum> ParseEnum(std::string_view what, std::string_view name) {
  const auto& type = *google::protobuf::GetEnumDescriptor<Enum>();
  if (const auto value = EnumValue(type, name)) return static_cast<Enum>(*value);
  return absl::InvalidArgumentError(std::string(what) + " must be one of " + EnumNames(type) + ".");
}

}  // namespace equity::cli
