// equityctl feedback: what those who came thought of a session.
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "clients/cli/csv_file.h"
#include "clients/cli/delivery.h"
#include "common/status/errors.h"
#include "equity/workshops/v1/feedback.pb.h"
#include "google/protobuf/struct.pb.h"

namespace equity::cli {
namespace delivery {
namespace {

namespace v1 = workshops::v1;

// A random UUID (version 4): unlike our other ids it says nothing of when it was made.
std::string NewSecret() {
  std::random_device random;
  const auto word = [&random] { return static_cast<uint32_t>(random()); };
  const uint32_t first = word(), second = word(), third = word(), fourth = word();
  return absl::StrFormat("%08x-%04x-4%03x-%04x-%04x%08x", first, second >> 16, second & 0xfff,
                         0x8000 | ((third >> 16) & 0x3fff), third & 0xffff, fourth);
}

absl::StatusOr<ExitCode> GiveFeedback(Context& context, const Arguments& arguments) {
  v1::GiveFeedbackRequest request;
  request.set_participant(arguments.name);
  ASSIGN_OR_RETURN(*request.mutable_session(), SessionOf(context, arguments.session, arguments.workshop));
  request.set_secret(arguments.secret.empty() ? NewSecret() : arguments.secret);
  request.set_rating(arguments.number);
  request.set_comment(arguments.comment);
  request.set_may_quote(arguments.flag);
  if (!arguments.recommend.empty()) {
    ASSIGN_OR_RETURN(const auto recommend,
                     ParseEnum<v1::GiveFeedbackRequest::Recommend>("--recommend", arguments.recommend));
    request.set_recommend(recommend);
  }
  const std::string secret = request.secret();
  v1::GiveFeedbackResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const auto report = context.NewReport(Shape::kOne, {"secret", "replaced", "close_time"});
  // In JSON too: the secret is in no message that the server sends.
  google::protobuf::Struct json;
  (*json.mutable_fields())["secret"].set_string_value(secret);
  (*json.mutable_fields())["replaced"].set_bool_value(response.replaced());
  const Cell close_time = TimeCell(response.close_time(), true);
  (*json.mutable_fields())["closeTime"].set_string_value(std::get<std::string>(close_time));
  report->Add(json, {secret, response.replaced() ? "true" : "false", close_time});
  report->Finish();
  return kDone;
}

struct FeedbackOutcome {
  std::string outcome;
  std::string code;
  std::string column;
  std::string message;
};

google::protobuf::Struct FeedbackJson(int64_t line, const FeedbackOutcome& outcome) {
  google::protobuf::Struct json;
  auto& fields = *json.mutable_fields();
  fields["line"].set_number_value(static_cast<double>(line));
  fields["outcome"].set_string_value(outcome.outcome);
  fields["code"].set_string_value(outcome.code);
  fields["column"].set_string_value(outcome.column);
  fields["message"].set_string_value(outcome.message);
  return json;
}

FeedbackOutcome RefusedFeedback(const absl::Status& status) {
  const auto faults = status::FieldFaults(status);
  return {"REJECTED", status::Reason(status), faults.empty() ? "" : faults.front().field,
          std::string(status.message())};
}

// One row of a file. An error of the server as a whole ends the import.
absl::StatusOr<FeedbackOutcome> ImportFeedback(Context& context, const CsvFile& file, const csv::Record& record,
                                               const std::string& workshop) {
  if (record.fault.has_value()) {
    const RowFault fault = ToRowFault(*record.fault);
    return FeedbackOutcome{"REJECTED", fault.code, fault.column, fault.message};
  }
  v1::GiveFeedbackRequest request;
  int rating = 0;
  if (!absl::SimpleAtoi(file.Value(record, "rating"), &rating)) {
    return FeedbackOutcome{"REJECTED", "INVALID_VALUE", "rating", "rating must be a number from 1 to 5."};
  }
  const auto session = SessionOf(context, file.Value(record, "session_date"), workshop);
  if (!session.ok()) {
    FeedbackOutcome refused = RefusedFeedback(session.status());
    refused.column = "session_date";
    return refused;
  }
  request.set_participant(file.Value(record, "participant"));
  request.set_session(*session);
  request.set_secret(NewSecret());
  request.set_rating(rating);
  request.set_comment(file.Value(record, "comment"));
  request.set_may_quote(file.Value(record, "may_quote") == "yes");
  const std::string recommend = file.Value(record, "recommend");
  if (!recommend.empty()) {
    const auto value = ParseEnum<v1::GiveFeedbackRequest::Recommend>("recommend", recommend);
    if (!value.ok()) {
      return FeedbackOutcome{"REJECTED", "INVALID_VALUE", "recommend", std::string(value.status().message())};
    }
    request.set_recommend(*value);
  }
  v1::GiveFeedbackResponse response;
  const absl::Status status = context.Call(request, &response);
  if (status.ok()) return FeedbackOutcome{"RECORDED", "", "", ""};
  if (status::Reason(status) == "FEEDBACK_GIVEN") return FeedbackOutcome{"UNCHANGED", "FEEDBACK_GIVEN", "", ""};
  if (absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) || absl::IsNotFound(status)) {
    return RefusedFeedback(status);
  }
  return status;
}

absl::StatusOr<ExitCode> ImportFeedbackFile(Context& context, const Arguments& arguments) {
  const Columns columns{.needed = {{"session_date"}, {"participant"}, {"rating"}},
                        .optional = {"recommend", "comment", "may_quote"}};
  ASSIGN_OR_RETURN(const auto file, CsvFile::Open(context, arguments.file, columns));
  RETURN_IF_ERROR(context.EnsureConnected());
  int refused = 0;
  int rows = 0;
  const auto report = context.NewReport(Shape::kList, {"line", "outcome", "code", "column", "message"});
  for (csv::Record record; file->Next(record); ++rows) {
    ASSIGN_OR_RETURN(const auto outcome, ImportFeedback(context, *file, record, arguments.workshop));
    if (outcome.outcome == "REJECTED") ++refused;
    report->Add(FeedbackJson(record.line, outcome),
                {int64_t{record.line}, outcome.outcome, outcome.code, outcome.column, outcome.message});
  }
  RETURN_IF_ERROR(file->status());
  report->Finish();
  context.streams().err << rows - refused << " recorded, " << refused << " refused" << std::endl;
  return refused > 0 ? kRefused : kDone;
}

absl::StatusOr<ExitCode> WithdrawQuote(Context& context, const Arguments& arguments) {
  v1::WithdrawQuoteRequest request;
  ASSIGN_OR_RETURN(*request.mutable_session(), SessionOf(context, arguments.session, arguments.workshop));
  request.set_secret(arguments.secret);
  v1::WithdrawQuoteResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return kDone;
}

absl::StatusOr<ExitCode> ShowFeedbackSummary(Context& context, const Arguments& arguments) {
  v1::GetFeedbackSummaryRequest request;
  ASSIGN_OR_RETURN(*request.mutable_session(), SessionOf(context, arguments.session, arguments.workshop));
  v1::GetFeedbackSummaryResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const v1::FeedbackSummary& summary = response.summary();
  const auto rated = [&](int index) {
    const bool has = index < summary.rating_counts_size();
    return CountCell(has, has ? summary.rating_counts(index) : 0);
  };
  const auto report =
      context.NewReport(Shape::kOne, {"session", "status", "close_time", "answers", "mean_rating", "rated_1", "rated_2",
                                      "rated_3", "rated_4", "rated_5", "would_recommend", "would_not_recommend"});
  report->Add(
      summary,
      {summary.session(), EnumName(summary.status()), TimeCell(summary.close_time(), summary.has_close_time()),
       CountCell(summary.has_answers(), summary.answers()),
       summary.has_mean_rating() ? Cell(absl::StrFormat("%.2f", summary.mean_rating())) : Cell(), rated(0), rated(1),
       rated(2), rated(3), rated(4), CountCell(summary.has_would_recommend(), summary.would_recommend()),
       CountCell(summary.has_would_not_recommend(), summary.would_not_recommend())});
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> ListFeedbackComments(Context& context, const Arguments& arguments) {
  v1::ListFeedbackCommentsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_parent(), SessionOf(context, arguments.session, arguments.workshop));
  v1::ListFeedbackCommentsResponse page;
  return context.ShowPages(request, &page, {"comment", "may_quote"}, [&](Report& report) {
    for (const v1::FeedbackComment& each : page.comments())
      report.Add(each, {each.comment(), each.may_quote() ? "true" : "false"});
  });
}

}  // namespace
}  // namespace delivery

void AddFeedback(CLI::App& app, Context& context) {
  using namespace delivery;
  DeliveryGroup group(app, context, "feedback", "What those who came thought of a session");
  Arguments& arguments = group.arguments();
  auto* give =
      group.Named(group.New("give", "Give one person's feedback; prints the secret to change it with", GiveFeedback),
                  "participant", "organisations/{id}/participants/{uuid}");
  group.Session(give);
  give->add_option("--rating", arguments.number, "From 1, poor, to 5, excellent")->required();
  give->add_option("--recommend", arguments.recommend, "YES or NO");
  give->add_option("--comment", arguments.comment, "In words");
  give->add_flag("--may-quote", arguments.flag, "The comment may be quoted");
  give->add_option("--secret", arguments.secret, "Of the person's former answer, to change it");
  auto* import = group.New("import", "Give feedback from a CSV file", ImportFeedbackFile);
  import
      ->add_option("file", arguments.file,
                   "Columns session_date, participant, rating; recommend, comment, may_quote (yes); - is standard "
                   "input")
      ->required();
  group.Workshop(import);
  auto* withdraw = group.Session(group.New("withdraw", "Erase a comment that was given", WithdrawQuote));
  withdraw->add_option("secret", arguments.secret, "What the answer was given with")->required();
  group.Session(group.New("summary", "What the answers say together, from 8 on", ShowFeedbackSummary));
  group.Session(group.New("comments", "What may be quoted", ListFeedbackComments));
}

}  // namespace equity::cli
