// Reads CSV (RFC 4180) as people's spreadsheets and systems really write it, and says of each broken record what is
// wrong with it without losing the ones around it. See README.md for the rules.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace equity::csv {

// The most bytes of a record, its line end not counted.
inline constexpr size_t kMaxRecordBytes = 64 * 1024;

// What can be wrong with a record; the first that applies is reported.
enum class FaultKind { kQuote, kTooLong, kColumnCount, kNotUtf8 };

// Such as CSV_QUOTE.
std::string_view Code(FaultKind kind);

struct Fault {
  FaultKind kind;
  std::string column;   // as in columns(); empty where the fault is not one column's
  std::string message;  // what is wrong
  std::string fix;      // what to do about it
};

struct Record {
  int line = 0;                     // the line on which it starts; the file's first is 1
  std::vector<std::string> fields;  // UTF-8, in the order of columns(); of a faulty record, what could be read
  std::optional<Fault> fault;
};

// Streams: memory does not grow with the file.
class Reader {
 public:
  // Reads the header row. INVALID_ARGUMENT where there is none. `input` must outlive the reader.
  static absl::StatusOr<Reader> Open(std::istream& input);

  // The names of the columns in lower case, trimmed.
  const std::vector<std::string>& columns() const { return columns_; }
  // Where a column stands, by its name in lower case.
  std::optional<size_t> Find(std::string_view column) const;

  // Reads the next record, sound or faulty. False at the end of the input, or when it cannot be read: see status().
  bool Next(Record& record);
  const absl::Status& status() const { return status_; }

  // How many bytes the records so far took.
  int64_t position() const { return discarded_ + static_cast<int64_t>(start_); }

 private:
  enum class Outcome { kOk, kStrayQuote, kOpenQuote, kTooLong };
  static constexpr int kEnd = -1;

  explicit Reader(std::istream& input) : input_(&input) {}

  bool SkipBlankLines();
  Outcome ReadFields(std::vector<std::string>& fields);
  Outcome ReadField(std::string& field);
  Outcome ReadQuoted(std::string& field);
  Outcome ReadPlain(std::string& field);
  std::optional<Fault> Check(Outcome outcome, const std::vector<std::string>& fields) const;
  std::string ColumnName(size_t index) const { return index < columns_.size() ? columns_[index] : ""; }

  int Peek(size_t ahead = 0);
  bool AtLineEnd();
  bool IsFull() const { return next_ - start_ >= kMaxRecordBytes; }
  bool SpansLines() const;
  bool Fill();
  void TakeRecord();
  void SkipLine();
  void Discard();

  std::istream* input_;
  absl::Status status_;
  std::vector<std::string> columns_;
  std::string buffer_;     // what was read and may be needed again
  size_t start_ = 0;       // where the record begins in it
  size_t next_ = 0;        // the next byte to look at
  int64_t discarded_ = 0;  // how much came before it
  int line_ = 1;           // the line of start_
};

}  // namespace equity::csv
