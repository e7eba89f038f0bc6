// equityctl sessions
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "clients/cli/commands.h"
#include "clients/cli/csv_file.h"
#include "clients/cli/import_rows.h"
#include "clients/cli/sessions_lookup.h"
#include "common/status/errors.h"

namespace equity::cli {
namespace {

using workshops::v1::ImportedSession;
using workshops::v1::ImportedSessionResult;
using workshops::v1::Session;
using SessionRow = ImportRow<ImportedSession, ImportedSessionResult>;

const std::vector<std::string> kSessionColumns = {"session",      "workshop",  "date",     "start",
                                                  "end",          "time_zone", "platform", "capacity",
                                                  "places_taken", "waiting",   "state"};

std::vector<Cell> Cells(const Session& session) {
  return {session.name(),
          FirstId(session.name()),
          session.date(),
          session.start(),
          session.end(),
          session.time_zone(),
          session.platform(),
          int64_t{session.capacity()},
          int64_t{session.places_taken()},
          int64_t{session.waiting()},
          EnumName(session.state())};
}

// For people: how full each session is, at a glance.
const std::vector<std::string> kTableColumns = {"date", "time", "platform", "places", "waiting", "state", "session"};

// A full session that is over was sold out all the same.
std::string StateText(const Session& session) {
  const bool was_sold_out = session.state() == Session::STATE_PAST && session.capacity() > 0 &&
                            session.places_taken() >= session.capacity();
  return was_sold_out ? "SOLD OUT, PAST" : absl::StrReplaceAll(EnumName(session.state()), {{"_", " "}});
}

std::vector<Cell> TableCells(const Session& session) {
  return {session.date(),
          absl::StrCat(session.start(), "-", session.end()),
          session.platform(),
          absl::StrCat(session.places_taken(), "/", session.capacity()),
          int64_t{session.waiting()},
          StateText(session),
          session.name()};
}

ExitCode Show(Context& context, const Session& session) {
  const auto report = context.NewReport(Shape::kOne, kSessionColumns);
  report->Add(session, Cells(session));
  report->Finish();
  return kDone;
}

ImportedSessionResult SessionRefusal(std::string code, std::string field, std::string message) {
  ImportedSessionResult result;
  result.set_outcome(ImportedSessionResult::OUTCOME_REJECTED);
  result.set_code(std::move(code));
  result.set_field(std::move(field));
  result.set_message(std::move(message));
  return result;
}

SessionRow ToSessionRow(const CsvFile& file, const csv::Record& record) {
  SessionRow row{.line = record.line};
  if (record.fault.has_value()) {
    const RowFault fault = ToRowFault(*record.fault);
    row.result = SessionRefusal(fault.code, fault.column, fault.message);
    return row;
  }
  row.row.set_workshop(file.Value(record, "workshop"));
  row.row.set_date(file.Value(record, "date"));
  row.row.set_start(file.Value(record, "start"));
  row.row.set_end(file.Value(record, "end"));
  row.row.set_time_zone(file.Value(record, "time_zone"));
  row.row.set_platform(file.Value(record, "platform"));
  row.row.set_capacity(file.Value(record, "capacity"));
  return row;
}

absl::StatusOr<ExitCode> Import(Context& context, const std::string& path) {
  const Columns columns{.needed = {{"workshop"}, {"date"}, {"start"}, {"capacity"}},
                        .optional = {"end", "time_zone", "platform"}};
  ASSIGN_OR_RETURN(const auto file, CsvFile::Open(context, path, columns));
  std::vector<SessionRow> rows;
  for (csv::Record record; file->Next(record);) rows.push_back(ToSessionRow(*file, record));
  RETURN_IF_ERROR(file->status());

  ASSIGN_OR_RETURN(auto client, context.Connect<client::SessionsClient>());
  const auto send =
      [&](const std::vector<const ImportedSession*>& batch) -> absl::StatusOr<std::vector<ImportedSessionResult>> {
    workshops::v1::ImportSessionsRequest request;
    for (const auto* row : batch) *request.add_sessions() = *row;
    ASSIGN_OR_RETURN(const auto response, client.ImportSessions(std::move(request)));
    return std::vector<ImportedSessionResult>(response.results().begin(), response.results().end());
  };
  const auto refuse = [](const std::string& field, const std::string& message) {
    return SessionRefusal("INVALID_VALUE", field, message);
  };
  RETURN_IF_ERROR((SendRows<ImportedSession, ImportedSessionResult>(rows, send, refuse)));

  int refused = 0;
  const auto report = context.NewReport(Shape::kList, {"line", "session", "outcome", "code", "column", "message"});
  for (const SessionRow& row : rows) {
    const auto& result = *row.result;
    if (result.outcome() == ImportedSessionResult::OUTCOME_REJECTED) ++refused;
    report->Add(result, {int64_t{row.line}, result.session(), EnumName(result.outcome()), result.code(), result.field(),
                         result.message()});
  }
  report->Finish();
  context.streams().err << rows.size() - refused << " imported, " << refused << " refused" << std::endl;
  return refused > 0 ? kRefused : kDone;
}

absl::StatusOr<ExitCode> List(Context& context, const std::string& workshop) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::SessionsClient>());
  workshops::v1::ListSessionsRequest request;
  request.set_parent(WorkshopName(workshop));
  const bool is_table = context.format() == Format::kTable;
  const auto report = context.NewReport(Shape::kList, is_table ? kTableColumns : kSessionColumns);
  RETURN_IF_ERROR(client.ForEachSession(request, [&](const Session& session) {
    report->Add(session, is_table ? TableCells(session) : Cells(session));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

// What anyone may see; needs no credential.
absl::StatusOr<ExitCode> ListPublic(Context& context) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::SessionsClient>());
  const auto report =
      context.NewReport(Shape::kList, {"workshop", "date", "start", "end", "time_zone", "places_left", "state"});
  RETURN_IF_ERROR(client.ForEachPublicSession({}, [&](const workshops::v1::PublicSession& session) {
    report->Add(session, {session.workshop(), session.date(), session.start(), session.end(), session.time_zone(),
                          int64_t{session.places_left()}, EnumName(session.state())});
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> Create(Context& context, workshops::v1::CreateSessionRequest request) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::SessionsClient>());
  request.set_parent(WorkshopName(request.parent()));
  ASSIGN_OR_RETURN(const auto response, client.CreateSession(std::move(request)));
  return Show(context, response.session());
}

absl::StatusOr<ExitCode> SetCapacity(Context& context, const std::string& session, int capacity) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::SessionsClient>());
  workshops::v1::UpdateSessionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_session()->mutable_name(), FindSession(client, session, ""));
  request.mutable_session()->set_capacity(capacity);
  request.mutable_update_mask()->add_paths("capacity");
  ASSIGN_OR_RETURN(const auto response, client.UpdateSession(std::move(request)));
  context.streams().err << response.promoted_bookings_size() << " got a place from the waiting list" << std::endl;
  return Show(context, response.session());
}

absl::StatusOr<ExitCode> Cancel(Context& context, const std::string& session) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::SessionsClient>());
  workshops::v1::CancelSessionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), FindSession(client, session, ""));
  ASSIGN_OR_RETURN(const auto response, client.CancelSession(std::move(request)));
  context.streams().err << response.bookings_cancelled() << " bookings cancelled" << std::endl;
  return Show(context, response.session());
}

void AddCreate(CLI::App& group, Context& context) {
  auto* command = group.add_subcommand("create", "Add a session to a workshop");
  auto request = std::make_shared<workshops::v1::CreateSessionRequest>();
  Session* session = request->mutable_session();
  auto capacity = std::make_shared<int>(0);
  command->add_option("workshop", *request->mutable_parent(), "The workshop")->required();
  command->add_option("--date", *session->mutable_date(), "YYYY-MM-DD")->required();
  command->add_option("--start", *session->mutable_start(), "HH:MM")->required();
  command->add_option("--end", *session->mutable_end(), "HH:MM; otherwise it lasts as long as the workshop says");
  command->add_option("--time-zone", *session->mutable_time_zone(), "Europe/London unless given");
  command->add_option("--platform", *session->mutable_platform(), "Where it is held, such as Zoom");
  command->add_option("--capacity", *capacity, "How many places it has")->required();
  context.On(command, [&context, request, capacity] {
    request->mutable_session()->set_capacity(*capacity);
    return Create(context, *request);
  });
}

}  // namespace

absl::StatusOr<std::string> FindSession(client::SessionsClient& client, const std::string& text,
                                        const std::string& workshop) {
  if (text.find('/') != std::string::npos) return text;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day) || absl::FormatCivilTime(day) != text) {
    return status::Error(
        absl::StatusCode::kInvalidArgument, "INVALID_DATE",
        absl::StrCat(text, " is neither the name of a session nor a date that exists, written as YYYY-MM-DD."));
  }
  workshops::v1::ListSessionsRequest request;
  request.set_parent(WorkshopName(workshop.empty() ? "-" : workshop));
  std::vector<std::string> found;
  RETURN_IF_ERROR(client.ForEachSession(request, [&](const Session& session) {
    if (session.date() == text) found.push_back(session.name());
    return absl::OkStatus();
  }));
  if (found.empty()) {
    return status::Error(absl::StatusCode::kNotFound, "NO_SUCH_SESSION",
                         absl::StrCat("There is no session on ", text, ". See equityctl sessions list."));
  }
  if (found.size() > 1) {
    return status::Error(
        absl::StatusCode::kInvalidArgument, "AMBIGUOUS_SESSION",
        absl::StrCat("There is more than one session on ", text, ": give its full name or the workshop."));
  }
  return found[0];
}

void AddSessions(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("sessions", "Sessions of workshops")->require_subcommand(1);

  auto* import = group->add_subcommand("import", "Add the sessions of a CSV file");
  auto file = std::make_shared<std::string>();
  import
      ->add_option("file", *file,
                   "Columns workshop, date, start, end, time_zone, platform, capacity; - is standard input")
      ->required();
  context.On(import, [&context, file] { return Import(context, *file); });

  auto* list = group->add_subcommand("list", "Sessions in the order in which they start");
  auto workshop = std::make_shared<std::string>("-");
  auto is_public = std::make_shared<bool>(false);
  list->add_option("--workshop", *workshop, "Only those of this workshop");
  list->add_flag("--public", *is_public, "What anyone may see of the sessions to come");
  context.On(list,
             [&context, workshop, is_public] { return *is_public ? ListPublic(context) : List(context, *workshop); });

  AddCreate(*group, context);

  auto session = std::make_shared<std::string>();
  auto* capacity = group->add_subcommand("capacity", "Change the number of places");
  auto places = std::make_shared<int>(0);
  capacity->add_option("session", *session, "Its name or, where that is enough, its date")->required();
  capacity->add_option("places", *places, "How many places it has from now on")->required();
  context.On(capacity, [&context, session, places] { return SetCapacity(context, *session, *places); });

  auto* cancel = group->add_subcommand("cancel", "Cancel a session and all its bookings");
  cancel->add_option("session", *session, "Its name or, where that is enough, its date")->required();
  context.On(cancel, [&context, session] { return Cancel(context, *session); });
}

}  // namespace equity::cli
