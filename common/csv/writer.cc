#include "common/csv/writer.h"

namespace equity::csv {
namespace {

bool LooksLikeFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

}  // namespace

void Writer::Text(std::string_view text) {
  Separate();
  if (LooksLikeFormula(text)) {
    Field("'" + std::string(text));
  } else {
    Field(text);
  }
}

void Writer::Number(int64_t value) {
  Separate();
  *output_ << value;
}

void Writer::Empty() { Separate(); }

void Writer::EndRecord() {
  *output_ << '\n';
  at_start_ = true;
}

void Writer::TextRecord(const std::vector<std::string>& fields) {
  for (const std::string& field : fields) Text(field);
  EndRecord();
}

void Writer::Separate() {
  if (!at_start_) *output_ << ',';
  at_start_ = false;
}

void Writer::Field(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    *output_ << field;
    return;
  }
  *output_ << '"';
  for (char c : field) {
    if (c == '"') *output_ << '"';
    *output_ << c;
  }
  *output_ << '"';
}

}  // namespace equity::csv
