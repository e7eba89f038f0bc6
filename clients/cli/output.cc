#include "clients/cli/output.h"

#include <utf8proc.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/csv/writer.h"
#include "common/strings.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"

namespace equity::cli {
namespace {

std::string Text(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* number = std::get_if<int64_t>(&cell)) return absl::StrCat(*number);
  return "";
}

struct Shown {
  std::string text;
  size_t width;  // in columns of a terminal
};

// Text that is safe on a terminal: a control character of somebody's data must not move the cursor.
Shown Show(const std::string& text) {
  Shown shown{"", 0};
  const auto* next = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto* end = next + text.size();
  while (next < end) {
    utf8proc_int32_t code_point;
    const auto length = utf8proc_iterate(next, end - next, &code_point);
    if (length <= 0 || utf8proc_category(code_point) == UTF8PROC_CATEGORY_CC) {
      shown.text += ' ';
      ++shown.width;
      ++next;
      continue;
    }
    shown.text.append(reinterpret_cast<const char*>(next), static_cast<size_t>(length));
    shown.width += static_cast<size_t>(std::max(utf8proc_charwidth(code_point), 0));
    next += length;
  }
  return shown;
}

class JsonReport : public Report {
 public:
  JsonReport(Shape shape, std::ostream& output) : shape_(shape), output_(output) {}

  void Add(const google::protobuf::Message& message, const std::vector<Cell>&) override {
    if (shape_ == Shape::kOne) {
      output_ << ToJson(message, true);
    } else if (shape_ == Shape::kStream) {
      output_ << ToJson(message) << std::endl;
    } else {
      output_ << (std::exchange(empty_, false) ? "[\n" : ",\n") << ToJson(message);
    }
  }

  void Finish() override {
    if (shape_ == Shape::kList) output_ << (empty_ ? "[]\n" : "\n]\n");
    output_.flush();
  }

 private:
  Shape shape_;
  std::ostream& output_;
  bool empty_ = true;
};

class CsvReport : public Report {
 public:
  CsvReport(Shape shape, const std::vector<std::string>& columns, std::ostream& output)
      : shape_(shape), columns_(columns), output_(output), writer_(output) {}

  void Add(const google::protobuf::Message&, const std::vector<Cell>& cells) override {
    PrintHeader();
    for (const Cell& cell : cells) {
      if (const auto* number = std::get_if<int64_t>(&cell)) {
        writer_.Number(*number);
      } else {
        writer_.Text(Text(cell));
      }
    }
    writer_.EndRecord();
    if (shape_ == Shape::kStream) output_.flush();
  }

  void Finish() override {
    PrintHeader();
    output_.flush();
  }

 private:
  // Not before there is something: a call that is refused has no rows.
  void PrintHeader() {
    if (!columns_.empty()) writer_.TextRecord(std::exchange(columns_, {}));
  }

  Shape shape_;
  std::vector<std::string> columns_;
  std::ostream& output_;
  csv::Writer writer_;
};

// Holds the first rows back to learn the widths; the rows of a long list follow as they come.
class TableReport : public Report {
 public:
  TableReport(Shape shape, const std::vector<std::string>& columns, std::ostream& output)
      : held_rows_(shape == Shape::kStream ? 0 : 1'000), output_(output), widths_(columns.size(), 0) {
    Hold(std::vector<Cell>(columns.begin(), columns.end()));
  }

  void Add(const google::protobuf::Message&, const std::vector<Cell>& cells) override {
    Hold(cells);
    if (rows_.size() > held_rows_) PrintHeld();
  }

  void Finish() override {
    PrintHeld();
    output_.flush();
  }

 private:
  struct ShownCell {
    Shown shown;
    bool is_number;
  };

  void Hold(const std::vector<Cell>& cells) {
    auto& row = rows_.emplace_back();
    for (size_t i = 0; i < cells.size(); ++i) {
      row.push_back({Show(Text(cells[i])), std::holds_alternative<int64_t>(cells[i])});
      widths_[i] = std::max(widths_[i], row.back().shown.width);
    }
  }

  void PrintHeld() {
    for (const auto& row : rows_) Print(row);
    rows_.clear();
    held_rows_ = 0;
    output_.flush();
  }

  void Print(const std::vector<ShownCell>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths_[i] - row[i].shown.width, ' ');
      absl::StrAppend(&line, i == 0 ? "" : "  ", row[i].is_number ? padding : "", row[i].shown.text,
                      row[i].is_number ? "" : padding);
    }
    absl::StripTrailingAsciiWhitespace(&line);
    output_ << line << '\n';
  }

  size_t held_rows_;
  std::ostream& output_;
  std::vector<size_t> widths_;
  std::vector<std::vector<ShownCell>> rows_;
};

// One object, a line for each of its values.
class CardReport : public Report {
 public:
  CardReport(std::vector<std::string> columns, std::ostream& output) : columns_(std::move(columns)), output_(output) {}

  void Add(const google::protobuf::Message&, const std::vector<Cell>& cells) override {
    size_t width = 0;
    for (const std::string& column : columns_) width = std::max(width, column.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string line =
          absl::StrCat(columns_[i], std::string(width + 2 - columns_[i].size(), ' '), Show(Text(cells[i])).text);
      absl::StripTrailingAsciiWhitespace(&line);
      output_ << line << '\n';
    }
  }

  void Finish() override { output_.flush(); }

 private:
  std::vector<std::string> columns_;
  std::ostream& output_;
};

// What stands before each name of an enumeration, such as STATE_.
std::string_view Prefix(const google::protobuf::EnumDescriptor& type) {
  std::string_view zero = type.value(0)->name();
  zero.remove_suffix(std::string_view("UNSPECIFIED").size());
  return zero;
}

}  // namespace

std::unique_ptr<Report> NewReport(Format format, Shape shape, std::vector<std::string> columns, std::ostream& output) {
  if (format == Format::kJson) return std::make_unique<JsonReport>(shape, output);
  if (format == Format::kCsv) return std::make_unique<CsvReport>(shape, columns, output);
  if (shape == Shape::kOne) return std::make_unique<CardReport>(std::move(columns), output);
  return std::make_unique<TableReport>(shape, columns, output);
}

std::string ToJson(const google::protobuf::Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails for messages with an Any that nobody knows, which ours have not.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "null";
  return json;
}

Cell TimeCell(const google::protobuf::Timestamp& time, bool is_set) {
  if (!is_set) return {};
  return google::protobuf::util::TimeUtil::ToString(time);
}

Cell PositiveCell(int64_t number) { return number > 0 ? Cell(number) : Cell(); }

std::string EnumName(const google::protobuf::EnumDescriptor& type, int value) {
  const auto* found = type.FindValueByNumber(value);
  if (found == nullptr) return absl::StrCat(value);  // of a newer server
  return value == 0 ? "" : found->name().substr(Prefix(type).size());
}

std::optional<int> EnumValue(const google::protobuf::EnumDescriptor& type, std::string_view name) {
  const std::string wanted = absl::AsciiStrToUpper(ToAbsl(name));
  for (int i = 1; i < type.value_count(); ++i) {
    if (EnumName(type, type.value(i)->number()) == wanted) return type.value(i)->number();
  }
  return std::nullopt;
}

std::string EnumNames(const google::protobuf::EnumDescriptor& type) {
  std::string names;
  for (int i = 1; i < type.value_count(); ++i) {
    absl::StrAppend(&names, i == 1 ? "" : ", ", EnumName(type, type.value(i)->number()));
  }
  return names;
}

}  // namespace equity::cli
