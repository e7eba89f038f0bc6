// The CSV properties, and then the same file as `equityctl register` reads it.
#include <sstream>

#include "clients/cli/csv_file.h"
#include "common/text/text.h"
#include "tests/fuzz/properties.h"

namespace equity {

// All that the file asks of the command line's context, which would bring the rest of it along.
void cli::Context::Warn(std::string_view) {}

namespace fuzz {

std::string CheckStaffFile(std::string_view input) {
  std::string wrong = CheckCsv(input);
  if (!wrong.empty()) return wrong;
  std::istringstream in{std::string(input)};
  std::ostringstream out, err;
  cli::Context context(cli::Streams{.in = in, .out = out, .err = err});
  const cli::Columns columns{.needed = {{"external_ref"}, {"email"}, {"given_name", "family_name"}},
                             .optional = {"organisation", "job_title", "access_needs", "session_date", "on_full"}};
  const auto file = cli::CsvFile::Open(context, "-", columns);
  if (!file.ok()) return file.status().message().empty() ? "a file is refused without a word" : "";
  for (csv::Record record; (*file)->Next(record);) {
    if (record.fault.has_value()) {
      const cli::RowFault fault = cli::ToRowFault(*record.fault);
      if (fault.code.empty() || fault.message.empty()) return "a row is refused without a word";
    }
    for (const auto* names : {&columns.optional, &columns.needed[0], &columns.needed[1], &columns.needed[2]}) {
      for (const std::string& name : *names) {
        const std::string value = (*file)->Value(record, name);
        if (std::string(text::Trim(value)) != value || !text::IsUtf8(value)) return "a value is not as it is sent";
      }
    }
  }
  return (*file)->status().ok() ? "" : "a whole file cannot be read";
}

}  // namespace fuzz
}  // namespace equity
