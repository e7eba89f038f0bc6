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
#include "equity/workshops/v1/sessions.pb.h"

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
  const bool was_sold_out =
      session.state() == Session::STATE_PAST && session.capacity() > 0 && session.places_taken() >= session.capacity();
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
  return context.Show(session, kSessionColumns, Cells(session));
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

struct SessionsArguments {
  std::string file;
  std::string workshop = "-";
  bool is_public = false;
  workshops::v1::CreateSessionRequest create;
  int capacity = 0;
  std::string session;
};

absl::StatusOr<ExitCode> Import(Context& context, const SessionsArguments& arguments) {
  const Columns columns{.needed = {{"workshop"}, {"date"}, {"start"}, {"capacity"}},
                        .optional = {"end", "time_zone", "platform"}};
  ASSIGN_OR_RETURN(const auto file, CsvFile::Open(context, arguments.file, columns));
  std::vector<SessionRow> rows;
  for (csv::Record record; file->Next(record);) rows.push_back(ToSessionRow(*file, record));
  RETURN_IF_ERROR(file->status());

  RETURN_IF_ERROR(context.EnsureConnected());
  const auto send =
      [&](const std::vector<const ImportedSession*>& batch) -> absl::StatusOr<std::vector<ImportedSessionResult>> {
    workshops::v1::ImportSessionsRequest request;
    for (const auto* row : batch) *request.add_sessions() = *row;
    workshops::v1::ImportSessionsResponse response;
    RETURN_IF_ERROR(context.Call(request, &response));
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

// What anyone may see; needs no credential.
absl::StatusOr<ExitCode> ListPublic(Context& context) {
  workshops::v1::ListPublicSessionsRequest request;
  workshops::v1::ListPublicSessionsResponse page;
  return context.ShowPages(
      request, &page, {"workshop", "date", "start", "end", "time_zone", "places_left", "state"}, [&](Report& report) {
        for (const workshops::v1::PublicSession& session : page.sessions()) {
          report.Add(session, {session.workshop(), session.date(), session.start(), session.end(), session.time_zone(),
                               int64_t{session.places_left()}, EnumName(session.state())});
        }
      });
}

absl::StatusOr<ExitCode> List(Context& context, const SessionsArguments& arguments) {
  if (arguments.is_public) return ListPublic(context);
  workshops::v1::ListSessionsRequest request;
  request.set_parent(WorkshopName(arguments.workshop));
  const bool is_table = context.format() == Format::kTable;
  workshops::v1::ListSessionsResponse page;
  return context.ShowPages(request, &page, is_table ? kTableColumns : kSessionColumns, [&](Report& report) {
    for (const Session& session : page.sessions()) report.Add(session, is_table ? TableCells(session) : Cells(session));
  });
}

absl::StatusOr<ExitCode> Create(Context& context, const SessionsArguments& arguments) {
  workshops::v1::CreateSessionRequest request = arguments.create;
  request.mutable_session()->set_capacity(arguments.capacity);
  request.set_parent(WorkshopName(request.parent()));
  workshops::v1::CreateSessionResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.session());
}

absl::StatusOr<ExitCode> SetCapacity(Context& context, const SessionsArguments& arguments) {
  workshops::v1::UpdateSessionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_session()->mutable_name(), FindSession(context, arguments.session, ""));
  request.mutable_session()->set_capacity(arguments.capacity);
  request.mutable_update_mask()->add_paths("capacity");
  workshops::v1::UpdateSessionResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  context.streams().err << response.promoted_bookings_size() << " got a place from the waiting list" << std::endl;
  return Show(context, response.session());
}

absl::StatusOr<ExitCode> Cancel(Context& context, const SessionsArguments& arguments) {
  workshops::v1::CancelSessionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), FindSession(context, arguments.session, ""));
  workshops::v1::CancelSessionResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  context.streams().err << response.bookings_cancelled() << " bookings cancelled" << std::endl;
  return Show(context, response.session());
}

}  // namespace

absl::StatusOr<std::string> FindSession(Context& context, const std::string& text, const std::string& workshop) {
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
  workshops::v1::ListSessionsResponse page;
  RETURN_IF_ERROR(context.ForEachPage(request, &page, [&] {
    for (const Session& session : page.sessions()) {
      if (session.date() == text) found.push_back(session.name());
    }
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
  Group<SessionsArguments> group(app, context, "sessions", "Sessions of workshops");
  SessionsArguments& arguments = group.arguments();

  group.New("import", "Add the sessions of a CSV file", Import)
      ->add_option("file", arguments.file,
                   "Columns workshop, date, start, end, time_zone, platform, capacity; - is standard input")
      ->required();

  auto* list = group.New("list", "Sessions in the order in which they start", List);
  list->add_option("--workshop", arguments.workshop, "Only those of this workshop");
  list->add_flag("--public", arguments.is_public, "What anyone may see of the sessions to come");

  auto* create = group.New("create", "Add a session to a workshop", Create);
  Session* session = arguments.create.mutable_session();
  create->add_option("workshop", *arguments.create.mutable_parent(), "The workshop")->required();
  create->add_option("--date", *session->mutable_date(), "YYYY-MM-DD")->required();
  create->add_option("--start", *session->mutable_start(), "HH:MM")->required();
  create->add_option("--end", *session->mutable_end(), "HH:MM; otherwise it lasts as long as the workshop says");
  create->add_option("--time-zone", *session->mutable_time_zone(), "Europe/London unless given");
  create->add_option("--platform", *session->mutable_platform(), "Where it is held, such as Zoom");
  create->add_option("--capacity", arguments.capacity, "How many places it has")->required();

  auto* capacity = group.New("capacity", "Change the number of places", SetCapacity);
  capacity->add_option("session", arguments.session, "Its name or, where that is enough, its date")->required();
  capacity->add_option("places", arguments.capacity, "How many places it has from now on")->required();

  group.New("cancel", "Cancel a session and all its bookings", Cancel)
      ->add_option("session", arguments.session, "Its name or, where that is enough, its date")
      ->required();
}

}  // namespace equity::cli
