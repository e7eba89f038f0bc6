// Imports: rows of a file go to the server in batches, and each learns what became of it, in the order of the file.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace equity::cli {

inline constexpr size_t kRowsPerRequest = 500;

// A row of a file: what is sent, and the result once it is known; a row that was refused here has it from the start.
template <class Row, class Result>
struct ImportRow {
  int line = 0;
  Row row;
  std::optional<Result> result;
};

// `rows[3].name` names the third row and its field.
struct RowField {
  size_t row;
  std::string field;
};
inline std::optional<RowField> ParseRowField(const std::string& path) {
  const size_t open = path.find('[');
  const size_t close = path.find("].", open);
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  return RowField{std::strtoul(path.c_str() + open + 1, nullptr, 10), path.substr(close + 2)};
}

// Sends the rows that have no result yet. A request that is refused for the fields of some rows is sent again without
// them, so that one wrong row does not stop the others; `refuse` makes the result of such a row.
template <class Row, class Result>
absl::Status SendRows(std::vector<ImportRow<Row, Result>>& rows,
                      absl::FunctionRef<absl::StatusOr<std::vector<Result>>(const std::vector<const Row*>&)> send,
                      absl::FunctionRef<Result(const std::string& field, const std::string& message)> refuse) {
  while (true) {
    std::vector<ImportRow<Row, Result>*> batch;
    std::vector<const Row*> contents;
    for (auto& row : rows) {
      if (row.result.has_value() || batch.size() == kRowsPerRequest) continue;
      batch.push_back(&row);
      contents.push_back(&row.row);
    }
    if (batch.empty()) return absl::OkStatus();

    const absl::StatusOr<std::vector<Result>> results = send(contents);
    if (results.ok()) {
      if (results->size() != batch.size()) return absl::InternalError("The server did not answer for every row.");
      for (size_t i = 0; i < batch.size(); ++i) batch[i]->result = (*results)[i];
      continue;
    }
    bool progress = false;
    for (const auto& fault : status::FieldFaults(results.status())) {
      const auto where = ParseRowField(fault.field);
      if (!where.has_value() || where->row >= batch.size()) return results.status();
      if (batch[where->row]->result.has_value()) continue;
      batch[where->row]->result = refuse(where->field, where->field + " " + fault.description + ".");
      progress = true;
    }
    if (!progress) return results.status();
  }
}

}  // namespace equity::cli
