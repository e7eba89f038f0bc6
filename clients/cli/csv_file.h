// A CSV file that a command reads: its columns are known, and the needed ones are there.
#pragma once

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/context.h"
#include "common/csv/reader.h"

namespace equity::cli {

struct Columns {
  // Of each list, one column at least.
  std::vector<std::vector<std::string>> needed;
  std::vector<std::string> optional;
};

class CsvFile {
 public:
  // `-` is standard input. INVALID_ARGUMENT for a file that cannot be read and for missing columns; unknown columns get
  // a warning.
  static absl::StatusOr<std::unique_ptr<CsvFile>> Open(Context& context, const std::string& path,
                                                       const Columns& columns);

  // As csv::Reader.
  bool Next(csv::Record& record) { return reader_->Next(record); }
  absl::Status status() const;

  // A record's value without outer white space; empty where the file has no such column.
  std::string Value(const csv::Record& record, std::string_view column) const;

  // How much has been read, from 0 to 1; negative where the size is not known.
  double Progress() const;

 private:
  explicit CsvFile(std::string path) : path_(std::move(path)) {}
  absl::Status CheckColumns(Context& context, const Columns& columns) const;

  std::string path_;
  std::ifstream file_;
  int64_t size_ = 0;
  std::unique_ptr<csv::Reader> reader_;
};

// A row that the reader refused, as the services refuse rows.
struct RowFault {
  std::string code;
  std::string column;
  std::string message;
};
RowFault ToRowFault(const csv::Fault& fault);

}  // namespace equity::cli
