// equityctl organisations
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/csv_file.h"
#include "clients/cli/import_rows.h"
#include "equity/participants/v1/organisations.pb.h"

namespace equity::cli {
namespace {

using participants::v1::ImportedOrganisation;
using participants::v1::ImportedOrganisationResult;
using participants::v1::Organisation;
using OrganisationRow = ImportRow<ImportedOrganisation, ImportedOrganisationResult>;

ImportedOrganisationResult OrganisationRefusal(std::string code, std::string message) {
  ImportedOrganisationResult result;
  result.set_outcome(ImportedOrganisationResult::OUTCOME_REJECTED);
  result.set_code(std::move(code));
  result.set_message(std::move(message));
  return result;
}

OrganisationRow ToOrganisationRow(const CsvFile& file, const csv::Record& record) {
  OrganisationRow row{.line = record.line};
  if (record.fault.has_value()) {
    const RowFault fault = ToRowFault(*record.fault);
    row.result = OrganisationRefusal(fault.code, fault.message);
    return row;
  }
  row.row.mutable_code()->set_scheme(file.Value(record, "identifier_scheme"));
  row.row.mutable_code()->set_value(file.Value(record, "identifier"));
  row.row.set_display_name(file.Value(record, "name"));
  row.row.set_id(file.Value(record, "id"));
  const auto sector = ParseEnum<participants::v1::Sector>("sector", file.Value(record, "sector"));
  if (!sector.ok()) {
    row.result = OrganisationRefusal("INVALID_VALUE", std::string(sector.status().message()));
    return row;
  }
  row.row.set_sector(*sector);
  if (const std::string text = file.Value(record, "place"); !text.empty()) {
    const auto place = ParseEnum<participants::v1::Place>("place", text);
    if (place.ok()) {
      row.row.set_place(*place);
    } else {
      row.result = OrganisationRefusal("INVALID_VALUE", std::string(place.status().message()));
    }
  }
  return row;
}

struct OrganisationsArguments {
  std::string file;
};

absl::StatusOr<ExitCode> Import(Context& context, const OrganisationsArguments& arguments) {
  const Columns columns{.needed = {{"identifier_scheme"}, {"identifier"}, {"name"}, {"sector"}},
                        .optional = {"place", "id"}};
  ASSIGN_OR_RETURN(const auto file, CsvFile::Open(context, arguments.file, columns));
  std::vector<OrganisationRow> rows;
  for (csv::Record record; file->Next(record);) rows.push_back(ToOrganisationRow(*file, record));
  RETURN_IF_ERROR(file->status());

  RETURN_IF_ERROR(context.EnsureConnected());
  const auto send = [&](const std::vector<const ImportedOrganisation*>& batch)
      -> absl::StatusOr<std::vector<ImportedOrganisationResult>> {
    participants::v1::ImportOrganisationsRequest request;
    for (const auto* row : batch) *request.add_organisations() = *row;
    participants::v1::ImportOrganisationsResponse response;
    RETURN_IF_ERROR(context.Call(request, &response));
    return std::vector<ImportedOrganisationResult>(response.results().begin(), response.results().end());
  };
  const auto refuse = [](const std::string&, const std::string& message) {
    return OrganisationRefusal("INVALID_VALUE", message);
  };
  RETURN_IF_ERROR((SendRows<ImportedOrganisation, ImportedOrganisationResult>(rows, send, refuse)));

  int refused = 0;
  const auto report = context.NewReport(Shape::kList, {"line", "organisation", "outcome", "code", "message"});
  for (const OrganisationRow& row : rows) {
    const auto& result = *row.result;
    if (result.outcome() == ImportedOrganisationResult::OUTCOME_REJECTED) ++refused;
    report->Add(result, {int64_t{row.line}, result.organisation(), EnumName(result.outcome()), result.code(),
                         result.message()});
  }
  report->Finish();
  context.streams().err << rows.size() - refused << " imported, " << refused << " refused" << std::endl;
  return refused > 0 ? kRefused : kDone;
}

absl::StatusOr<ExitCode> List(Context& context, const OrganisationsArguments&) {
  // The last three with name, sector and place are what an import reads.
  participants::v1::ListOrganisationsRequest request;
  participants::v1::ListOrganisationsResponse page;
  return context.ShowPages(
      request, &page, {"organisation", "name", "sector", "place", "codes", "id", "identifier_scheme", "identifier"},
      [&](Report& report) {
        for (const Organisation& organisation : page.organisations()) {
          const std::string codes = absl::StrJoin(organisation.codes(), ";", [](std::string* out, const auto& code) {
            absl::StrAppend(out, code.scheme(), ":", code.value());
          });
          const std::string id = LastPart(organisation.name());
          const bool has_code = organisation.codes_size() > 0;
          report.Add(organisation,
                     {id, organisation.display_name(), EnumName(organisation.sector()), EnumName(organisation.place()),
                      codes, id, has_code ? organisation.codes(0).scheme() : std::string(),
                      has_code ? organisation.codes(0).value() : std::string()});
        }
      });
}

}  // namespace

void AddOrganisations(CLI::App& app, Context& context) {
  Group<OrganisationsArguments> group(app, context, "organisations", "Partner organisations");
  group.New("import", "Add or update the organisations of a CSV file", Import)
      ->add_option("file", group.arguments().file,
                   "Columns identifier_scheme, identifier, name, sector, place; - is standard input")
      ->required();
  group.New("list", "All organisations", List);
}

}  // namespace equity::cli
