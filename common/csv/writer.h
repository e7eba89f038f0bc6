// Writes CSV (RFC 4180, with \n between records) that is safe to open in a spreadsheet.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace equity::csv {

// Lines end in \n: the output is for terminals, pipes and diffs first, and spreadsheets read it as well.
class Writer {
 public:
  // `output` must outlive the writer.
  explicit Writer(std::ostream& output) : output_(&output) {}

  // Text that a spreadsheet would take for a formula (it starts with = + - @, a tab or a carriage return) gets an
  // apostrophe in front.
  void Text(std::string_view text);
  // A number, a date or another value that cannot be a formula of somebody's; a minus sign stays one.
  void Number(int64_t value);
  void Empty();
  void EndRecord();

  // A whole record of text.
  void TextRecord(const std::vector<std::string>& fields);

 private:
  void Separate();
  void Field(std::string_view field);

  std::ostream* output_;
  bool at_start_ = true;
};

}  // namespace equity::csv
