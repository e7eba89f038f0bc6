// equityctl attendance: who came, as a list of staff references.
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/csv_file.h"
#include "clients/cli/import_rows.h"
#include "clients/cli/sessions_lookup.h"
#include "common/status/errors.h"
#include "equity/participants/v1/organisations.pb.h"
#include "equity/participants/v1/participants.pb.h"
#include "equity/workshops/v1/bookings.pb.h"

namespace equity::cli {
namespace {

using workshops::v1::AttendanceResult;
using workshops::v1::AttendanceRow;

struct AttendanceLine {
  std::string session_date;
  std::string organisation;
  std::string external_ref;
  std::string column;   // of the fault, if any
  std::string session;  // the resource name, once it is known
  ImportRow<AttendanceRow, AttendanceResult> import;
};

AttendanceResult AttendanceRefusal(std::string code, std::string message) {
  AttendanceResult result;
  result.set_outcome(AttendanceResult::OUTCOME_REJECTED);
  result.set_code(std::move(code));
  result.set_message(std::move(message));
  return result;
}

void Refuse(AttendanceLine& row, std::string code, std::string column, std::string message) {
  row.column = std::move(column);
  row.import.result = AttendanceRefusal(std::move(code), std::move(message));
}

std::optional<bool> ParseYesNo(const std::string& text) {
  static const std::set<std::string> kYes = {"yes", "y", "true", "1"};
  static const std::set<std::string> kNo = {"no", "n", "false", "0"};
  const std::string lower = absl::AsciiStrToLower(text);
  if (kYes.count(lower) > 0) return true;
  if (kNo.count(lower) > 0) return false;
  return std::nullopt;
}

AttendanceLine ToAttendanceLine(const CsvFile& file, const csv::Record& record) {
  AttendanceLine row;
  row.import.line = record.line;
  row.external_ref = file.Value(record, "external_ref");
  if (record.fault.has_value()) {
    const RowFault fault = ToRowFault(*record.fault);
    Refuse(row, fault.code, fault.column, fault.message);
    return row;
  }
  row.session_date = file.Value(record, "session_date");
  row.organisation = file.Value(record, "organisation");
  if (const auto attended = ParseYesNo(file.Value(record, "attended"))) {
    row.import.row.set_attended(*attended);
  } else {
    Refuse(row, "INVALID_VALUE", "attended", "attended must be yes or no.");
  }
  return row;
}

// Turns dates, organisations and references into resource names, and asks for each just once.
class Lookup {
 public:
  Lookup(Context& context, std::string workshop) : context_(context), workshop_(std::move(workshop)) {}

  absl::Status Resolve(AttendanceLine& row) {
    ASSIGN_OR_RETURN(const auto* session, Session(row.session_date));
    if (!session->ok()) {
      Refuse(row, status::Reason(session->status()), "session_date", std::string(session->status().message()));
      return absl::OkStatus();
    }
    row.session = **session;
    ASSIGN_OR_RETURN(const std::string organisation, Organisation(row.organisation));
    if (organisation.empty()) {
      Refuse(row, "NO_SUCH_ORGANISATION", "organisation", "No organisation has this id or code.");
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const auto* people, People(organisation));
    const auto person = people->find(row.external_ref);
    if (person == people->end()) {
      Refuse(row, "NO_SUCH_PARTICIPANT", "external_ref", "The organisation has registered nobody with this reference.");
      return absl::OkStatus();
    }
    row.import.row.set_participant(person->second);
    return absl::OkStatus();
  }

 private:
  using Found = absl::StatusOr<std::string>;

  absl::StatusOr<const Found*> Session(const std::string& date) {
    const auto known = session_by_date_.find(date);
    if (known != session_by_date_.end()) return &known->second;
    Found found = FindSession(context_, date, workshop_);
    if (!found.ok() && !absl::IsNotFound(found.status()) && !absl::IsInvalidArgument(found.status())) {
      return found.status();
    }
    return &session_by_date_.emplace(date, std::move(found)).first->second;
  }

  // Empty where there is none.
  absl::StatusOr<std::string> Organisation(const std::string& text) {
    if (organisation_by_code_.empty()) {
      participants::v1::ListOrganisationsRequest request;
      participants::v1::ListOrganisationsResponse page;
      RETURN_IF_ERROR(context_.ForEachPage(request, &page, [&] {
        for (const auto& each : page.organisations()) AddCodes(each);
      }));
    }
    auto found = organisation_by_code_.find(text);
    if (found == organisation_by_code_.end()) found = organisation_by_code_.find(OrganisationName(text));
    return found == organisation_by_code_.end() ? "" : found->second;
  }

  void AddCodes(const participants::v1::Organisation& organisation) {
    organisation_by_code_[organisation.name()] = organisation.name();
    organisation_by_code_[OrganisationName(LastPart(organisation.name()))] = organisation.name();
    for (const auto& code : organisation.codes()) {
      organisation_by_code_.emplace(code.value(), organisation.name());
      organisation_by_code_[absl::StrCat(code.scheme(), ":", code.value())] = organisation.name();
    }
  }

  absl::StatusOr<const std::map<std::string, std::string>*> People(const std::string& organisation) {
    const auto known = people_.find(organisation);
    if (known != people_.end()) return &known->second;
    participants::v1::ListParticipantsRequest request;
    request.set_parent(organisation);
    request.set_show_inactive(true);  // who left since may have come
    auto& people = people_[organisation];
    participants::v1::ListParticipantsResponse page;
    RETURN_IF_ERROR(context_.ForEachPage(request, &page, [&] {
      for (const auto& person : page.participants()) people.emplace(person.external_ref(), person.name());
    }));
    return &people;
  }

  Context& context_;
  std::string workshop_;
  std::map<std::string, Found> session_by_date_;
  std::map<std::string, std::string> organisation_by_code_;
  std::map<std::string, std::map<std::string, std::string>> people_;  // by organisation and reference
};

// Records one session's rows. A session that refuses attendance as a whole refuses them all.
absl::Status Record(Context& context, const std::string& session, const std::vector<AttendanceLine*>& rows) {
  std::vector<ImportRow<AttendanceRow, AttendanceResult>> imports;
  for (AttendanceLine* row : rows) imports.push_back(row->import);
  const auto send =
      [&](const std::vector<const AttendanceRow*>& batch) -> absl::StatusOr<std::vector<AttendanceResult>> {
    workshops::v1::RecordAttendanceRequest request;
    request.set_session(session);
    for (const auto* row : batch) *request.add_rows() = *row;
    workshops::v1::RecordAttendanceResponse response;
    const absl::Status status = context.Call(request, &response);
    if (absl::IsFailedPrecondition(status)) {
      return std::vector<AttendanceResult>(batch.size(),
                                           AttendanceRefusal(status::Reason(status), std::string(status.message())));
    }
    RETURN_IF_ERROR(status);
    return std::vector<AttendanceResult>(response.results().begin(), response.results().end());
  };
  const auto refuse = [](const std::string&, const std::string& message) {
    return AttendanceRefusal("INVALID_VALUE", message);
  };
  RETURN_IF_ERROR((SendRows<AttendanceRow, AttendanceResult>(imports, send, refuse)));
  for (size_t i = 0; i < rows.size(); ++i) rows[i]->import.result = imports[i].result;
  return absl::OkStatus();
}

ExitCode ShowAttendance(Context& context, const std::vector<AttendanceLine>& rows) {
  int refused = 0;
  const auto report = context.NewReport(Shape::kList, {"line", "external_ref", "outcome", "code", "column", "message"});
  for (const AttendanceLine& row : rows) {
    const AttendanceResult& result = *row.import.result;
    if (result.outcome() == AttendanceResult::OUTCOME_REJECTED) ++refused;
    report->Add(result, {int64_t{row.import.line}, row.external_ref, EnumName(result.outcome()), result.code(),
                         row.column, result.message()});
  }
  report->Finish();
  context.streams().err << rows.size() - refused << " recorded, " << refused << " refused" << std::endl;
  return refused > 0 ? kRefused : kDone;
}

struct AttendanceArguments {
  std::string file;
  std::string workshop;
};

absl::StatusOr<ExitCode> Import(Context& context, const AttendanceArguments& arguments) {
  const Columns columns{.needed = {{"session_date"}, {"organisation"}, {"external_ref"}, {"attended"}}};
  ASSIGN_OR_RETURN(const auto file, CsvFile::Open(context, arguments.file, columns));
  std::vector<AttendanceLine> rows;
  for (csv::Record record; file->Next(record);) rows.push_back(ToAttendanceLine(*file, record));
  RETURN_IF_ERROR(file->status());

  RETURN_IF_ERROR(context.EnsureConnected());
  Lookup lookup(context, arguments.workshop);
  std::map<std::string, std::vector<AttendanceLine*>> rows_by_session;
  for (AttendanceLine& row : rows) {
    if (!row.import.result.has_value()) RETURN_IF_ERROR(lookup.Resolve(row));
    if (!row.import.result.has_value()) rows_by_session[row.session].push_back(&row);
  }
  for (const auto& [session, of_session] : rows_by_session) RETURN_IF_ERROR(Record(context, session, of_session));
  return ShowAttendance(context, rows);
}

}  // namespace

void AddAttendance(CLI::App& app, Context& context) {
  Group<AttendanceArguments> group(app, context, "attendance", "Who came");
  auto* import = group.New("import", "Record who came, from a CSV file", Import);
  import
      ->add_option("file", group.arguments().file,
                   "Columns session_date, organisation, external_ref, attended; - is standard input")
      ->required();
  import->add_option("--workshop", group.arguments().workshop,
                     "The workshop, where a date alone could mean two sessions");
}

}  // namespace equity::cli
