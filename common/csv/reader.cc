#include "common/csv/reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/strings.h"
#include "common/text/text.h"

namespace equity::csv {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Whether a line ends in CR alone, as on an old Mac.
bool HasLoneCr(std::string_view text) {
  for (size_t at = text.find('\r'); at != text.npos; at = text.find('\r', at + 1)) {
    if (at + 1 < text.size() && text[at + 1] != '\n') return true;
  }
  return false;
}

}  // namespace

std::string_view Code(FaultKind kind) {
  switch (kind) {
    case FaultKind::kQuote:
      return "CSV_QUOTE";
    case FaultKind::kTooLong:
      return "RECORD_TOO_LONG";
    case FaultKind::kColumnCount:
      return "WRONG_COLUMN_COUNT";
    case FaultKind::kNotUtf8:
      return "NOT_UTF8";
  }
  return "";
}

absl::StatusOr<Reader> Reader::Open(std::istream& input) {
  Reader reader(input);
  while (reader.buffer_.size() < kByteOrderMark.size() && reader.Fill()) continue;
  if (reader.buffer_.starts_with(kByteOrderMark)) reader.start_ = kByteOrderMark.size();

  if (!reader.SkipBlankLines()) {
    if (!reader.status_.ok()) return reader.status_;
    return absl::InvalidArgumentError("The file is empty. Its first line must name the columns.");
  }
  std::vector<std::string> names;
  const Outcome outcome = reader.ReadFields(names);
  if (!reader.status_.ok()) return reader.status_;
  // With what ended it.
  if (HasLoneCr(std::string_view(reader.buffer_).substr(reader.start_, reader.next_ + 2 - reader.start_))) {
    return absl::InvalidArgumentError(
        "The lines of the file end in CR alone. Save it with lines that end in LF or CRLF, such as \"CSV UTF-8\".");
  }
  if (outcome != Outcome::kOk || !std::all_of(names.begin(), names.end(), text::IsUtf8)) {
    return absl::InvalidArgumentError(
        "The header row cannot be read. Save the file as \"CSV UTF-8\", separated by commas.");
  }
  for (std::string& name : names) {
    name = absl::AsciiStrToLower(ToAbsl(text::Trim(name)));
  }
  if (std::any_of(names.begin(), names.end(), text::HasControl)) {
    return absl::InvalidArgumentError(
        "The header row has a control character, such as a tab, in a name. Save the file as \"CSV UTF-8\", separated "
        "by commas.");
  }
  reader.columns_ = std::move(names);
  reader.TakeRecord();
  return reader;
}

std::optional<size_t> Reader::Find(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<size_t>(found - columns_.begin());
}

bool Reader::Next(Record& record) {
  if (!SkipBlankLines()) return false;
  record.line = line_;
  const Outcome outcome = ReadFields(record.fields);
  if (!status_.ok()) return false;
  record.fault = Check(outcome, record.fields);
  if (record.fault.has_value()) {
    if (outcome != Outcome::kOk) record.fields.back().clear();  // it was cut off
    for (std::string& field : record.fields) {
      if (!text::IsUtf8(field)) field.clear();
    }
  }
  // Where quotes or columns do not come out, nobody knows where the record ends: the next line may be a sound one.
  if (record.fault.has_value() && record.fault->kind != FaultKind::kNotUtf8) {
    SkipLine();
  } else {
    TakeRecord();
  }
  return true;
}

std::optional<Fault> Reader::Check(Outcome outcome, const std::vector<std::string>& fields) const {
  const std::string last = fields.empty() ? "" : ColumnName(fields.size() - 1);
  switch (outcome) {
    case Outcome::kStrayQuote:
      return Fault{FaultKind::kQuote, last, "A double quote stands where none may be.",
                   "Put the whole value in double quotes and write each quote inside it twice."};
    case Outcome::kOpenQuote:
      return Fault{FaultKind::kQuote, last, "A double quote opens a value and nothing closes it.",
                   "Close the quote, or write the value without it."};
    case Outcome::kTooLong:
      return Fault{FaultKind::kTooLong, "", "The record is longer than 64 KiB.",
                   "Shorten it; check for a missing line end."};
    case Outcome::kOk:
      break;
  }
  if (fields.size() != columns_.size()) {
    return Fault{FaultKind::kColumnCount, "",
                 absl::StrCat("The record has ", fields.size(), fields.size() == 1 ? " value" : " values",
                              ", the header has ", columns_.size(), " columns."),
                 "Check for missing or surplus commas; put a value that has a comma in double quotes."};
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!text::IsUtf8(fields[i])) {
      return Fault{FaultKind::kNotUtf8, columns_[i], "The value is not UTF-8 text.", "Save the file as \"CSV UTF-8\"."};
    }
  }
  return std::nullopt;
}

// Moves to the next line that has something on it; false where there is none.
bool Reader::SkipBlankLines() {
  while (true) {
    next_ = start_;
    while (Peek() == ' ' || Peek() == '\t') {
      if (IsFull()) break;
      ++next_;
    }
    if (!AtLineEnd()) {
      next_ = start_;
      return status_.ok();
    }
    if (Peek() == kEnd) return false;
    SkipLine();
  }
}

// Reads up to the end of the record. With a fault, the last field is the one that has it.
Reader::Outcome Reader::ReadFields(std::vector<std::string>& fields) {
  fields.clear();
  while (true) {
    const Outcome outcome = ReadField(fields.emplace_back());
    if (outcome != Outcome::kOk || AtLineEnd()) return outcome;
    ++next_;  // the comma
  }
}

// Reads a field and stops at the comma or line end after it.
Reader::Outcome Reader::ReadField(std::string& field) {
  if (next_ - start_ > kMaxRecordBytes) return Outcome::kTooLong;
  return Peek() == '"' ? ReadQuoted(field) : ReadPlain(field);
}

Reader::Outcome Reader::ReadQuoted(std::string& field) {
  ++next_;  // the opening quote
  while (true) {
    const int c = Peek();
    if (c == kEnd) return Outcome::kOpenQuote;
    // A record that grew too long over several lines is one whose quote was never meant to span them.
    if (IsFull()) return SpansLines() ? Outcome::kOpenQuote : Outcome::kTooLong;
    ++next_;
    if (c == '"') {
      if (Peek() == ',' || AtLineEnd()) return Outcome::kOk;
      // A closing quote in mid-value on a later line is the opening one of another record.
      if (Peek() != '"') return SpansLines() ? Outcome::kOpenQuote : Outcome::kStrayQuote;
      ++next_;  // a doubled quote stands for one
    }
    field.push_back(static_cast<char>(c));
  }
}

Reader::Outcome Reader::ReadPlain(std::string& field) {
  while (Peek() != ',' && !AtLineEnd()) {
    if (Peek() == '"') return Outcome::kStrayQuote;
    if (IsFull()) return Outcome::kTooLong;
    field.push_back(static_cast<char>(Peek()));
    ++next_;
  }
  return Outcome::kOk;
}

int Reader::Peek(size_t ahead) {
  while (next_ + ahead >= buffer_.size()) {
    if (!Fill()) return kEnd;
  }
  return static_cast<unsigned char>(buffer_[next_ + ahead]);
}

bool Reader::AtLineEnd() {
  const int c = Peek();
  return c == '\n' || c == kEnd || (c == '\r' && (Peek(1) == '\n' || Peek(1) == kEnd));
}

bool Reader::SpansLines() const {
  return std::string_view(buffer_).substr(start_, next_ - start_).find('\n') != std::string_view::npos;
}

bool Reader::Fill() {
  if (!status_.ok() || input_->eof()) return false;
  const size_t size = buffer_.size();
  buffer_.resize(size + kChunkBytes);
  input_->read(buffer_.data() + size, kChunkBytes);
  buffer_.resize(size + static_cast<size_t>(input_->gcount()));
  if (input_->bad()) status_ = absl::UnavailableError("The file cannot be read to its end.");
  return buffer_.size() > size;
}

// Goes past the record that was read, to the beginning of the line after it.
void Reader::TakeRecord() {
  if (Peek() == '\r') ++next_;
  if (Peek() == '\n') ++next_;
  line_ += static_cast<int>(std::count(buffer_.begin() + start_, buffer_.begin() + next_, '\n'));
  start_ = next_;
  Discard();
}

// Goes to the beginning of the line after the one on which the record starts, however long that is.
void Reader::SkipLine() {
  next_ = start_;
  while (Peek() != kEnd && Peek() != '\n') {
    const size_t line_end = buffer_.find('\n', next_);
    next_ = start_ = std::min(line_end, buffer_.size());
    Discard();
  }
  if (Peek() == '\n') {
    ++next_;
    ++line_;
  }
  start_ = next_;
}

// Lets go of what was dealt with, seldom enough to cost nothing.
void Reader::Discard() {
  if (start_ < kChunkBytes) return;
  buffer_.erase(0, start_);
  discarded_ += static_cast<int64_t>(start_);
  next_ -= start_;
  start_ = 0;
}

}  // namespace equity::csv
