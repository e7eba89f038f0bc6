// The path templates of google.api.http, such as /v1/{name=workshops/*/sessions/*}:cancel.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace equity::gateway {

class PathTemplate {
 public:
  struct Variable {
    std::string field;  // the path of the request's field, such as session.name
    size_t begin;       // its segments
    size_t end;
  };
  // The values of the variables by field.
  using Captures = std::map<std::string, std::string>;

  // INVALID_ARGUMENT for what is none. `**` is not taken: no contract of ours needs it.
  static absl::StatusOr<PathTemplate> Parse(std::string_view text);

  // Matches a path that is not decoded. Of a variable of one segment everything is decoded, of a longer one everything
  // but slashes, as google.api.http says.
  std::optional<Captures> Match(std::string_view path) const;
  // Whether some path matches both.
  bool Overlaps(const PathTemplate& other) const;

  const std::vector<std::string>& segments() const { return segments_; }  // `*` for any
  const std::vector<Variable>& variables() const { return variables_; }
  const std::string& verb() const { return verb_; }

 private:
  std::vector<std::string> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

}  // namespace equity::gateway
