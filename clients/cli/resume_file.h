// Remembers the operation of a registration while it runs, so that the same command, run again after an interruption,
// goes on with the same operation: every row then has one effect and the same outcome.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace equity::cli {

// SHA-256 of a file's contents in hexadecimal.
absl::StatusOr<std::string> HashFile(const std::string& path);
// SHA-256 of texts in hexadecimal; where one text ends and the next begins makes a difference.
std::string HashTexts(std::initializer_list<std::string_view> texts);

// Kept in $XDG_STATE_HOME/equityctl (~/.local/state/equityctl), one file for each run; it holds no personal data.
class ResumeFile {
 public:
  // Without a file: for input that cannot be read twice.
  explicit ResumeFile(absl::Time now);
  // `key` says what run it is. Takes the operation of an interrupted run of the last week, else a new one.
  ResumeFile(std::string_view key, absl::Time now);

  const std::string& operation() const { return operation_; }
  bool is_resumed() const { return resumed_; }
  // The last row that the interrupted run knew to be durable.
  int last_durable_row() const { return last_durable_row_; }

  // Writes how far the run is. False where that is not possible.
  bool Save(int last_durable_row);
  // The run has ended.
  void Remove();

 private:
  std::string path_;  // empty where there is no folder for it
  std::string operation_;
  bool resumed_ = false;
  int last_durable_row_ = 0;
};

}  // namespace equity::cli
