#include <algorithm>
#include <sstream>
#include <streambuf>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/csv/reader.h"
#include "common/csv/writer.h"
#include "tests/fuzz/properties.h"

namespace equity::fuzz {
namespace {

using csv::FaultKind;
using csv::Reader;
using csv::Record;

// Gives a text in pieces of a few bytes, as a pipe may.
class Pieces final : public std::streambuf {
 public:
  explicit Pieces(std::string text) : text_(std::move(text)) {}

 protected:
  int_type underflow() override {
    if (used_ == text_.size()) return traits_type::eof();
    const size_t size = std::min<size_t>(1 + used_ % 5, text_.size() - used_);
    setg(text_.data() + used_, text_.data() + used_, text_.data() + used_ + size);
    used_ += size;
    return traits_type::to_int_type(*gptr());
  }

 private:
  std::string text_;
  size_t used_ = 0;
};

struct File {
  bool opened = false;
  std::vector<std::string> columns;
  std::vector<Record> records;
  std::string wrong;
};

File ReadAll(std::istream& input, size_t size) {
  File file;
  auto reader = Reader::Open(input);
  if (!reader.ok()) return file;
  file.opened = true;
  file.columns = reader->columns();
  int64_t position = reader->position();
  for (Record record; reader->Next(record);) {
    if (reader->position() <= position) file.wrong = "the position does not move";
    position = reader->position();
    file.records.push_back(record);
  }
  if (!reader->status().ok()) file.wrong = "an input that is whole cannot be read";
  if (position > static_cast<int64_t>(size)) file.wrong = "the position is beyond the end";
  return file;
}

File ReadText(const std::string& text) {
  std::istringstream input(text);
  return ReadAll(input, text.size());
}

bool Same(const Record& one, const Record& other, int lines_between) {
  return one.line == other.line + lines_between && one.fields == other.fields &&
         one.fault.has_value() == other.fault.has_value() &&
         (!one.fault.has_value() || (one.fault->kind == other.fault->kind && one.fault->column == other.fault->column &&
                                     one.fault->message == other.fault->message));
}

// Where each line begins.
std::vector<size_t> Lines(std::string_view text) {
  std::vector<size_t> starts = {0};
  for (size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) starts.push_back(at + 1);
  return starts;
}

std::string CheckRecords(const File& file, size_t lines) {
  int line = 0;
  for (const Record& record : file.records) {
    if (record.line <= line || record.line > static_cast<int>(lines)) return "a record is on a line that cannot be";
    line = record.line;
    if (!record.fault.has_value() && record.fields.size() != file.columns.size()) return "a sound record lacks values";
    size_t bytes = 0;
    for (const std::string& field : record.fields) bytes += field.size();
    if (bytes > csv::kMaxRecordBytes) return "a record is too long";
  }
  return "";
}

// What comes after a broken record is what a file would hold that begins with the line after the one on which the
// broken one starts.
std::string CheckWhatFollows(const File& file, std::string_view text, const std::vector<size_t>& lines, size_t broken) {
  const auto line = static_cast<size_t>(file.records[broken].line);  // the next one, from 0
  std::string header;
  for (size_t i = 0; i < file.columns.size(); ++i) absl::StrAppend(&header, i == 0 ? "" : ",", "c");
  const File rest =
      ReadText(absl::StrCat(header, "\n", line < lines.size() ? std::string(text.substr(lines[line])) : std::string()));
  if (!rest.opened || rest.records.size() != file.records.size() - broken - 1) {
    return "a broken record takes others with it";
  }
  for (size_t i = 0; i < rest.records.size(); ++i) {
    const Record& after = file.records[broken + 1 + i];
    const Record& alone = rest.records[i];
    if (after.line != alone.line + static_cast<int>(line) - 1 || after.fields != alone.fields ||
        after.fault.has_value() != alone.fault.has_value()) {
      return "a broken record changes the ones after it";
    }
  }
  return "";
}

// What was read and is written reads the same, but for the apostrophe before what looks like a formula.
std::string CheckRoundTrip(const File& file) {
  std::ostringstream output;
  csv::Writer writer(output);
  std::vector<std::string> header;
  for (size_t i = 0; i < file.columns.size(); ++i) header.push_back("c");
  writer.TextRecord(header);
  std::vector<std::vector<std::string>> expected;
  for (const Record& record : file.records) {
    if (record.fault.has_value()) continue;
    // A single value that is blank makes a blank line, which is no record.
    if (record.fields.size() == 1 && record.fields[0].find_first_not_of(" \t") == std::string::npos) continue;
    std::vector<std::string> fields = record.fields;
    size_t bytes = 0;
    for (std::string& field : fields) {
      if (!field.empty() && std::string_view("=+-@\t\r").find(field[0]) != std::string_view::npos) field.insert(0, "'");
      bytes += 2 * field.size() + 3;
    }
    if (bytes > csv::kMaxRecordBytes) continue;  // quotes make it longer
    writer.TextRecord(record.fields);
    expected.push_back(std::move(fields));
  }
  const File again = ReadText(output.str());
  if (!again.opened || again.records.size() != expected.size()) return "what is written reads as other records";
  for (size_t i = 0; i < expected.size(); ++i) {
    if (again.records[i].fault.has_value() || again.records[i].fields != expected[i]) {
      return "what is written reads otherwise";
    }
  }
  return "";
}

}  // namespace

std::string CheckCsv(std::string_view input) {
  const std::string text(input);
  const File file = ReadText(text);
  Pieces pieces(text);
  std::istream in_pieces(&pieces);
  const File same = ReadAll(in_pieces, text.size());
  if (!file.wrong.empty() || !same.wrong.empty()) return absl::StrCat(file.wrong, same.wrong);
  if (file.opened != same.opened || file.columns != same.columns || file.records.size() != same.records.size()) {
    return "the pieces in which the input comes matter";
  }
  for (size_t i = 0; i < file.records.size(); ++i) {
    if (!Same(file.records[i], same.records[i], 0)) return "the pieces in which the input comes matter";
  }
  if (!file.opened) return "";
  const std::vector<size_t> lines = Lines(text);
  std::string wrong = CheckRecords(file, lines.size());
  int looked_at = 0;
  for (size_t i = 0; i < file.records.size() && wrong.empty() && looked_at < 4; ++i) {
    const auto& fault = file.records[i].fault;
    if (!fault.has_value() || fault->kind == FaultKind::kNotUtf8) continue;
    ++looked_at;
    wrong = CheckWhatFollows(file, text, lines, i);
  }
  return wrong.empty() ? CheckRoundTrip(file) : wrong;
}

}  // namespace equity::fuzz
