// Writes one flat JSON object into a string. For a line of the log a general JSON library took ten times as long.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace equity::obs {

// Names are ours and need no escaping; values may be anything.
class JsonLine {
 public:
  // Appends to `out`, which needs to outlive it.
  explicit JsonLine(std::string* out) : out_(*out) { out_ += '{'; }

  void Text(std::string_view name, std::string_view value);
  // Leaves the field out when the value is empty.
  void TextIfAny(std::string_view name, std::string_view value) {
    if (!value.empty()) Text(name, value);
  }
  void Number(std::string_view name, int64_t value);
  void Milliseconds(std::string_view name, absl::Duration value);  // to the microsecond
  void Time(std::string_view name, absl::Time value);              // RFC 3339, UTC, microseconds
  void End() { out_ += "}\n"; }

 private:
  void Name(std::string_view name);
  std::string& out_;
  bool first_ = true;
};

}  // namespace equity::obs
