#include "clients/cli/csv_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <istream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/strings.h"
#include "common/text/text.h"

namespace equity::cli {
namespace {

bool Knows(const Columns& columns, const std::string& name) {
  const auto has = [&](const auto& list) { return std::find(list.begin(), list.end(), name) != list.end(); };
  return has(columns.optional) || std::any_of(columns.needed.begin(), columns.needed.end(), has);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CsvFile>> CsvFile::Open(Context& context, const std::string& path,
                                                       const Columns& columns) {
  std::unique_ptr<CsvFile> file(new CsvFile(path == "-" ? "standard input" : path));
  std::istream* input = &context.streams().in;
  if (path != "-") {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      return absl::InvalidArgumentError(path + " is a folder, not a file.");
    }
    file->file_.open(path, std::ios::binary);
    if (!file->file_)
      return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read: ", std::strerror(errno), "."));
    const auto size = std::filesystem::file_size(path, error);
    if (!error) file->size_ = static_cast<int64_t>(size);
    input = &file->file_;
  }
  absl::StatusOr<csv::Reader> reader = csv::Reader::Open(*input);
  if (!reader.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(file->path_, ": ", reader.status().message()));
  }
  file->reader_ = std::make_unique<csv::Reader>(*std::move(reader));
  RETURN_IF_ERROR(file->CheckColumns(context, columns));
  return file;
}

absl::Status CsvFile::CheckColumns(Context& context, const Columns& columns) const {
  std::vector<std::string> missing;
  for (const auto& choices : columns.needed) {
    if (std::none_of(choices.begin(), choices.end(),
                     [&](const auto& name) { return reader_->Find(name).has_value(); })) {
      missing.push_back(absl::StrJoin(choices, " or "));
    }
  }
  if (!missing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, " lacks the column", missing.size() == 1 ? " " : "s ", absl::StrJoin(missing, ", "),
                     ". Its header row has: ", absl::StrJoin(reader_->columns(), ", "), "."));
  }
  std::vector<std::string> ignored;
  for (const std::string& name : reader_->columns()) {
    if (!Knows(columns, name)) {
      ignored.push_back(name.empty() ? "(without a name)" : name);
    } else if (std::count(reader_->columns().begin(), reader_->columns().end(), name) > 1) {
      return absl::InvalidArgumentError(absl::StrCat(path_, " has the column ", name, " more than once."));
    }
  }
  if (!ignored.empty()) {
    context.Warn(absl::StrCat("Ignored column", ignored.size() == 1 ? ": " : "s: ", absl::StrJoin(ignored, ", ")));
  }
  return absl::OkStatus();
}

absl::Status CsvFile::status() const {
  if (reader_->status().ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(path_, ": ", reader_->status().message()));
}

std::string CsvFile::Value(const csv::Record& record, std::string_view column) const {
  const auto index = reader_->Find(column);
  if (!index.has_value() || *index >= record.fields.size()) return "";
  return std::string(text::Trim(record.fields[*index]));
}

double CsvFile::Progress() const {
  return size_ > 0 ? static_cast<double>(reader_->position()) / static_cast<double>(size_) : -1;
}

RowFault ToRowFault(const csv::Fault& fault) {
  return {std::string(csv::Code(fault.kind)), fault.column, absl::StrCat(fault.message, " ", fault.fix)};
}

}  // namespace equity::cli
