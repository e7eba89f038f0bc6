// equityctl facilitators, feedback and quiz: what a session is delivered with.
#include "clients/cpp/delivery.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/csv_file.h"
#include "clients/cli/sessions_lookup.h"
#include "common/status/errors.h"
#include "google/protobuf/util/json_util.h"

namespace equity::cli::delivery {
namespace {

namespace v1 = workshops::v1;

// What the command line says; each command uses some of it.
struct Arguments {
  std::string name;
  std::string session;
  std::vector<std::string> sessions;
  std::string workshop;
  std::string public_name;
  std::string biography;
  std::string lived_experience;
  std::vector<std::string> aspects;
  std::string audience;
  std::string until;
  std::string file;
  std::string secret;
  std::string recommend;
  std::string comment;
  int number = 0;
  std::vector<int> choices;
  bool flag = false;
  bool everybody = false;
};

std::string FacilitatorName(const std::string& text) {
  return text.find('/') == text.npos ? "facilitators/" + text : text;
}

absl::StatusOr<std::string> SessionOf(Context& context, const std::string& text, const std::string& workshop) {
  ASSIGN_OR_RETURN(auto sessions, context.Connect<client::SessionsClient>());
  return FindSession(sessions, text, workshop);
}

const std::vector<std::string> kFacilitatorColumns = {"facilitator",      "participant", "public_name", "biography",
                                                      "lived_experience", "sessions",    "shows",       "audience",
                                                      "expire_date",      "retired"};

std::vector<Cell> FacilitatorCells(const v1::Facilitator& facilitator) {
  const v1::FacilitatorConsent& consent = facilitator.consent();
  const std::string shows = absl::StrJoin(consent.aspects(), ";", [](std::string* out, int aspect) {
    out->append(EnumName(static_cast<v1::FacilitatorConsent::Aspect>(aspect)));
  });
  return {facilitator.name(),
          facilitator.participant(),
          facilitator.public_name(),
          facilitator.biography(),
          facilitator.lived_experience(),
          absl::StrJoin(facilitator.sessions(), ";"),
          shows,
          EnumName(consent.audience()),
          consent.expire_date(),
          facilitator.retired() ? "true" : "false"};
}

absl::StatusOr<ExitCode> ShowFacilitator(Context& context, const v1::Facilitator& facilitator) {
  const auto report = context.NewReport(Shape::kOne, kFacilitatorColumns);
  report->Add(facilitator, FacilitatorCells(facilitator));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> ListPublic(Context& context) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FacilitatorsClient>());
  const auto report = context.NewReport(Shape::kList, {"public_name", "biography", "lived_experience"});
  RETURN_IF_ERROR(client.ForEachPublicFacilitator({}, [&](const v1::PublicFacilitator& each) {
    report->Add(each, {each.public_name(), each.biography(), each.lived_experience()});
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> ListFacilitators(Context& context, const Arguments& arguments) {
  if (arguments.everybody) return ListPublic(context);
  v1::ListFacilitatorsRequest request;
  request.set_show_retired(arguments.flag);
  if (!arguments.session.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_session(), SessionOf(context, arguments.session, arguments.workshop));
  }
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FacilitatorsClient>());
  const auto report = context.NewReport(Shape::kList, kFacilitatorColumns);
  RETURN_IF_ERROR(client.ForEachFacilitator(std::move(request), [&](const v1::Facilitator& each) {
    report->Add(each, FacilitatorCells(each));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<v1::FacilitatorConsent> ConsentOf(const Arguments& arguments) {
  v1::FacilitatorConsent consent;
  for (const std::string& text : arguments.aspects) {
    ASSIGN_OR_RETURN(const auto aspect, ParseEnum<v1::FacilitatorConsent::Aspect>("--show", text));
    consent.add_aspects(aspect);
  }
  if (!arguments.audience.empty()) {
    ASSIGN_OR_RETURN(const auto audience,
                     ParseEnum<v1::FacilitatorConsent::Audience>("--audience", arguments.audience));
    consent.set_audience(audience);
  }
  consent.set_expire_date(arguments.until);
  return consent;
}

// What was given of texts and sessions.
absl::Status FillFacilitator(Context& context, const Arguments& arguments, v1::Facilitator& facilitator) {
  for (const std::string& text : arguments.sessions) {
    ASSIGN_OR_RETURN(*facilitator.add_sessions(), SessionOf(context, text, arguments.workshop));
  }
  facilitator.set_public_name(arguments.public_name);
  facilitator.set_biography(arguments.biography);
  facilitator.set_lived_experience(arguments.lived_experience);
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> CreateFacilitator(Context& context, const Arguments& arguments) {
  v1::CreateFacilitatorRequest request;
  v1::Facilitator& facilitator = *request.mutable_facilitator();
  facilitator.set_participant(arguments.name);
  RETURN_IF_ERROR(FillFacilitator(context, arguments, facilitator));
  if (!arguments.aspects.empty() || !arguments.audience.empty()) {
    ASSIGN_OR_RETURN(*facilitator.mutable_consent(), ConsentOf(arguments));
  }
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FacilitatorsClient>());
  ASSIGN_OR_RETURN(const auto response, client.CreateFacilitator(std::move(request)));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> UpdateFacilitator(Context& context, const Arguments& arguments) {
  v1::UpdateFacilitatorRequest request;
  v1::Facilitator& facilitator = *request.mutable_facilitator();
  facilitator.set_name(FacilitatorName(arguments.name));
  RETURN_IF_ERROR(FillFacilitator(context, arguments, facilitator));
  facilitator.set_retired(arguments.flag);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FacilitatorsClient>());
  ASSIGN_OR_RETURN(const auto response, client.UpdateFacilitator(std::move(request)));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> OneFacilitator(Context& context, const Arguments& arguments) {
  v1::GetFacilitatorRequest request;
  request.set_name(FacilitatorName(arguments.name));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FacilitatorsClient>());
  ASSIGN_OR_RETURN(const auto response, client.GetFacilitator(std::move(request)));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> Consent(Context& context, const Arguments& arguments) {
  v1::GiveConsentRequest request;
  request.set_name(FacilitatorName(arguments.name));
  ASSIGN_OR_RETURN(*request.mutable_consent(), ConsentOf(arguments));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FacilitatorsClient>());
  ASSIGN_OR_RETURN(const auto response, client.GiveConsent(std::move(request)));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> WithdrawConsent(Context& context, const Arguments& arguments) {
  v1::WithdrawConsentRequest request;
  request.set_name(FacilitatorName(arguments.name));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FacilitatorsClient>());
  ASSIGN_OR_RETURN(const auto response, client.WithdrawConsent(std::move(request)));
  return ShowFacilitator(context, response.facilitator());
}

// A random UUID (version 4): unlike our other ids it says nothing of when it was made.
std::string NewSecret() {
  std::random_device random;
  const auto word = [&random] { return static_cast<uint32_t>(random()); };
  const uint32_t first = word(), second = word(), third = word(), fourth = word();
  return absl::StrFormat("%08x-%04x-4%03x-%04x-%04x%08x", first, second >> 16, second & 0xfff,
                         0x8000 | ((third >> 16) & 0x3fff), third & 0xffff, fourth);
}

absl::StatusOr<ExitCode> Give(Context& context, const Arguments& arguments) {
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
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FeedbackClient>());
  ASSIGN_OR_RETURN(const auto response, client.GiveFeedback(std::move(request)));
  const auto report = context.NewReport(Shape::kOne, {"secret", "replaced", "close_time"});
  // JSON is the contract's message; the secret is the caller's own.
  report->Add(response, {secret, response.replaced() ? "true" : "false", TimeCell(response.close_time(), true)});
  report->Finish();
  return kDone;
}

struct FeedbackOutcome {
  std::string outcome;
  std::string code;
  std::string column;
  std::string message;
};

FeedbackOutcome RefusedFeedback(const absl::Status& status) {
  const auto faults = status::FieldFaults(status);
  return {"REJECTED", status::Reason(status), faults.empty() ? "" : faults.front().field,
          std::string(status.message())};
}

// One row of a file. An error of the server as a whole ends the import.
absl::StatusOr<FeedbackOutcome> ImportFeedback(Context& context, client::FeedbackClient& client, const CsvFile& file,
                                               const csv::Record& record, const std::string& workshop) {
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
  const auto response = client.GiveFeedback(std::move(request));
  if (response.ok()) return FeedbackOutcome{"RECORDED", "", "", ""};
  if (status::Reason(response.status()) == "FEEDBACK_GIVEN") {
    return FeedbackOutcome{"UNCHANGED", "FEEDBACK_GIVEN", "", ""};
  }
  const bool of_row = absl::IsInvalidArgument(response.status()) || absl::IsFailedPrecondition(response.status()) ||
                      absl::IsNotFound(response.status());
  if (!of_row) return response.status();
  return RefusedFeedback(response.status());
}

absl::StatusOr<ExitCode> Import(Context& context, const Arguments& arguments) {
  const Columns columns{.needed = {{"session_date"}, {"participant"}, {"rating"}},
                        .optional = {"recommend", "comment", "may_quote"}};
  ASSIGN_OR_RETURN(const auto file, CsvFile::Open(context, arguments.file, columns));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FeedbackClient>());
  int refused = 0;
  int rows = 0;
  const auto report = context.NewReport(Shape::kList, {"line", "outcome", "code", "column", "message"});
  for (csv::Record record; file->Next(record); ++rows) {
    ASSIGN_OR_RETURN(const auto outcome, ImportFeedback(context, client, *file, record, arguments.workshop));
    if (outcome.outcome == "REJECTED") ++refused;
    report->Add(v1::GiveFeedbackResponse(),
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
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FeedbackClient>());
  RETURN_IF_ERROR(client.WithdrawQuote(std::move(request)).status());
  return kDone;
}

Cell CountCell(bool has, int count) { return has ? Cell(int64_t{count}) : Cell(); }

absl::StatusOr<ExitCode> Summary(Context& context, const Arguments& arguments) {
  v1::GetFeedbackSummaryRequest request;
  ASSIGN_OR_RETURN(*request.mutable_session(), SessionOf(context, arguments.session, arguments.workshop));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FeedbackClient>());
  ASSIGN_OR_RETURN(const auto response, client.GetFeedbackSummary(std::move(request)));
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

absl::StatusOr<ExitCode> Comments(Context& context, const Arguments& arguments) {
  v1::ListFeedbackCommentsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_parent(), SessionOf(context, arguments.session, arguments.workshop));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::FeedbackClient>());
  const auto report = context.NewReport(Shape::kList, {"comment", "may_quote"});
  RETURN_IF_ERROR(client.ForEachFeedbackComment(std::move(request), [&](const v1::FeedbackComment& each) {
    report->Add(each, {each.comment(), each.may_quote() ? "true" : "false"});
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

const std::vector<std::string> kQuizColumns = {"quiz", "title", "question", "state",
                                               "kind", "text",  "options",  "correct"};

// A line for each question.
void AddQuiz(Report& report, const v1::Quiz& quiz) {
  for (int i = 0; i < quiz.questions_size(); ++i) {
    const v1::QuizQuestion& question = quiz.questions(i);
    std::vector<std::string> options;
    std::vector<std::string> correct;
    for (int j = 0; j < question.options_size(); ++j) {
      options.push_back(question.options(j).text());
      if (question.options(j).correct()) correct.push_back(absl::StrCat(j + 1));
    }
    report.Add(question,
               {quiz.name(), quiz.title(), int64_t{i + 1}, EnumName(question.state()), EnumName(question.kind()),
                question.text(), absl::StrJoin(options, ";"), absl::StrJoin(correct, ";")});
  }
}

absl::StatusOr<ExitCode> ShowQuiz(Context& context, const v1::Quiz& quiz) {
  if (context.format() == Format::kJson) {
    const auto report = context.NewReport(Shape::kOne, kQuizColumns);
    report->Add(quiz, {});
    report->Finish();
    return kDone;
  }
  const auto report = context.NewReport(Shape::kList, kQuizColumns);
  AddQuiz(*report, quiz);
  report->Finish();
  return kDone;
}

absl::StatusOr<std::string> ReadWhole(Context& context, const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(context.streams().in), {});
  std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError("The file " + path + " cannot be read.");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::StatusOr<ExitCode> CreateQuiz(Context& context, const Arguments& arguments) {
  v1::CreateQuizRequest request;
  ASSIGN_OR_RETURN(const std::string text, ReadWhole(context, arguments.file));
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, request.mutable_quiz());
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("The file is no quiz: ", std::string(parsed.message())));
  }
  ASSIGN_OR_RETURN(*request.mutable_parent(), SessionOf(context, arguments.session, arguments.workshop));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ExercisesClient>());
  ASSIGN_OR_RETURN(const auto response, client.CreateQuiz(std::move(request)));
  return ShowQuiz(context, response.quiz());
}

absl::StatusOr<ExitCode> ListQuizzes(Context& context, const Arguments& arguments) {
  v1::ListQuizzesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_parent(), SessionOf(context, arguments.session, arguments.workshop));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ExercisesClient>());
  const bool is_json = context.format() == Format::kJson;
  const auto report = context.NewReport(Shape::kList, kQuizColumns);
  RETURN_IF_ERROR(client.ForEachQuiz(std::move(request), [&](const v1::Quiz& quiz) {
    if (is_json) {
      report->Add(quiz, {});
    } else {
      AddQuiz(*report, quiz);
    }
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> OneQuiz(Context& context, const Arguments& arguments) {
  v1::GetQuizRequest request;
  request.set_name(arguments.name);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ExercisesClient>());
  ASSIGN_OR_RETURN(const auto response, client.GetQuiz(std::move(request)));
  return ShowQuiz(context, response.quiz());
}

template <class Request, class Response>
absl::StatusOr<ExitCode> TurnQuestion(Context& context, const Arguments& arguments,
                                      absl::StatusOr<Response> (client::ExercisesClient::*rpc)(
                                          Request, const std::optional<client::CallOptions>& options)) {
  Request request;
  request.set_name(arguments.name);
  request.set_question(arguments.number);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ExercisesClient>());
  ASSIGN_OR_RETURN(const auto response, (client.*rpc)(std::move(request), {}));
  return ShowQuiz(context, response.quiz());
}

absl::StatusOr<ExitCode> AnswerQuestion(Context& context, const Arguments& arguments) {
  v1::AnswerQuestionRequest request;
  request.set_quiz(arguments.name);
  request.set_question(arguments.number);
  request.set_participant(arguments.public_name);
  for (const int choice : arguments.choices) request.add_choices(choice);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ExercisesClient>());
  ASSIGN_OR_RETURN(const auto response, client.AnswerQuestion(std::move(request)));
  const auto report = context.NewReport(Shape::kOne, {"replaced"});
  report->Add(response, {response.replaced() ? "true" : "false"});
  report->Finish();
  return kDone;
}

const std::vector<std::string> kResultColumns = {"question", "state", "status", "answers",
                                                 "option",   "count", "correct"};

// A line for each option of each question.
template <class Results>
void AddResults(Report& report, const Results& results) {
  for (const v1::QuestionResult& result : results) {
    for (const v1::OptionResult& option : result.options()) {
      report.Add(result, {int64_t{result.question()}, EnumName(result.state()), EnumName(result.status()),
                          CountCell(result.has_answers(), result.answers()), int64_t{option.option()},
                          CountCell(option.has_count(), option.count()),
                          option.has_correct() ? Cell(option.correct() ? "true" : "false") : Cell()});
    }
  }
}

absl::StatusOr<ExitCode> Results(Context& context, const Arguments& arguments) {
  v1::GetQuizResultsRequest request;
  request.set_name(arguments.name);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ExercisesClient>());
  ASSIGN_OR_RETURN(const auto response, client.GetQuizResults(std::move(request)));
  const bool is_json = context.format() == Format::kJson;
  const auto report = context.NewReport(is_json ? Shape::kOne : Shape::kList, kResultColumns);
  if (is_json) {
    report->Add(response, {});
  } else {
    AddResults(*report, response.results());
  }
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> WatchResults(Context& context, const Arguments& arguments) {
  v1::WatchQuizResultsRequest request;
  request.set_name(arguments.name);
  request.set_min_interval_ms(arguments.number);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ExercisesClient>());
  const bool is_json = context.format() == Format::kJson;
  const auto report = context.NewReport(Shape::kStream, kResultColumns);
  const absl::Status status =
      client.WatchQuizResults(std::move(request), [&](const v1::WatchQuizResultsResponse& response) {
        if (response.results().empty()) return !arguments.flag;
        if (is_json) {
          report->Add(response, {});
        } else {
          AddResults(*report, response.results());
        }
        return true;
      });
  report->Finish();
  RETURN_IF_ERROR(status);
  return kDone;
}

using Run = std::function<absl::StatusOr<ExitCode>(Context&, const Arguments&)>;

// Declares subcommands of a group; each shares the arguments, as one of them runs.
class Group {
 public:
  Group(CLI::App& app, Context& context, const char* name, const char* description)
      : group_(*app.add_subcommand(name, description)->require_subcommand(1)), context_(context) {}

  CLI::App* New(const char* name, const char* description, Run run) {
    auto* command = group_.add_subcommand(name, description);
    context_.On(command, [&context = context_, arguments = arguments_, run = std::move(run)] {
      return run(context, *arguments);
    });
    return command;
  }
  CLI::App* Session(CLI::App* command) {
    command->add_option("session", arguments().session, "A date, or workshops/{id}/sessions/{id}")->required();
    return Workshop(command);
  }
  CLI::App* Workshop(CLI::App* command) {
    command->add_option("--workshop", arguments().workshop, "The workshop, where a date alone could mean two sessions");
    return command;
  }
  CLI::App* Named(CLI::App* command, const char* what, const char* form) {
    command->add_option(what, arguments().name, form)->required();
    return command;
  }
  Arguments& arguments() { return *arguments_; }

 private:
  CLI::App& group_;
  Context& context_;
  const std::shared_ptr<Arguments> arguments_ = std::make_shared<Arguments>();
};

void AddTexts(Group& group, CLI::App* command) {
  command->add_option("--session", group.arguments().sessions, "A date, or the session's name; may be repeated");
  group.Workshop(command);
  command->add_option("--name", group.arguments().public_name, "How the facilitator wants to be introduced");
  command->add_option("--biography", group.arguments().biography, "A few words about the facilitator");
  command->add_option("--lived-experience", group.arguments().lived_experience, "What the facilitator lived through");
}

void AddConsent(Group& group, CLI::App* command) {
  command->add_option("--show", group.arguments().aspects,
                      "What may be shown: NAME, BIOGRAPHY or LIVED_EXPERIENCE; may be repeated");
  command->add_option("--audience", group.arguments().audience, "To whom at most: TEAM, ICS or PUBLIC");
  command->add_option("--until", group.arguments().until, "The last day on which the consent holds, YYYY-MM-DD");
}

}  // namespace

void AddFacilitatorCommands(CLI::App& app, Context& context) {
  Group group(app, context, "facilitators", "Who delivers workshops, as far as they let it be shown");
  const char* const form = "facilitators/{uuid}";
  auto* list = group.New("list", "All facilitators", ListFacilitators);
  list->add_option("--session", group.arguments().session, "Only those of this session; a date or its name");
  group.Workshop(list);
  list->add_flag("--retired", group.arguments().flag, "Also those who deliver no workshops any more");
  list->add_flag("--public", group.arguments().everybody, "What anyone may see; needs no token");
  group.Named(group.New("show", "One facilitator", OneFacilitator), "facilitator", form);
  auto* create = group.Named(group.New("create", "Add a facilitator", CreateFacilitator), "participant",
                             "organisations/{id}/participants/{uuid}");
  AddTexts(group, create);
  AddConsent(group, create);
  auto* update = group.Named(group.New("update", "Change a facilitator", UpdateFacilitator), "facilitator", form);
  AddTexts(group, update);
  update->add_flag("--retire", group.arguments().flag, "Delivers no workshops any more");
  AddConsent(group, group.Named(group.New("consent", "Record what may be shown", Consent), "facilitator", form));
  group.Named(group.New("withdraw", "Take the consent back; texts are erased", WithdrawConsent), "facilitator", form);
}

void AddFeedbackCommands(CLI::App& app, Context& context) {
  Group group(app, context, "feedback", "What those who came thought of a session");
  Arguments& arguments = group.arguments();
  auto* give = group.Named(group.New("give", "Give one person's feedback; prints the secret to change it with", Give),
                           "participant", "organisations/{id}/participants/{uuid}");
  group.Session(give);
  give->add_option("--rating", arguments.number, "From 1, poor, to 5, excellent")->required();
  give->add_option("--recommend", arguments.recommend, "YES or NO");
  give->add_option("--comment", arguments.comment, "In words");
  give->add_flag("--may-quote", arguments.flag, "The comment may be quoted");
  give->add_option("--secret", arguments.secret, "Of the person's former answer, to change it");
  auto* import = group.New("import", "Give feedback from a CSV file", Import);
  import
      ->add_option("file", arguments.file,
                   "Columns session_date, participant, rating; recommend, comment, may_quote (yes); - is standard "
                   "input")
      ->required();
  group.Workshop(import);
  auto* withdraw = group.Session(group.New("withdraw", "Erase a comment that was given", WithdrawQuote));
  withdraw->add_option("secret", arguments.secret, "What the answer was given with")->required();
  group.Session(group.New("summary", "What the answers say together, from 8 on", Summary));
  group.Session(group.New("comments", "What may be quoted", Comments));
}

void AddQuizCommands(CLI::App& app, Context& context) {
  Group group(app, context, "quiz", "Questions that are answered in a session");
  Arguments& arguments = group.arguments();
  const auto named = [&group](const char* name, const char* description, Run run) {
    return group.Named(group.New(name, description, std::move(run)), "quiz",
                       "workshops/{id}/sessions/{id}/quizzes/{uuid}");
  };
  const auto question = [&](CLI::App* command) {
    command->add_option("question", arguments.number, "Its number, from 1")->required();
    return command;
  };
  auto* create = group.Session(group.New("create", "Add a quiz", CreateQuiz));
  create->add_option("file", arguments.file, "The quiz as JSON, as in the contract; - is standard input")->required();
  group.Session(group.New("list", "The quizzes of a session", ListQuizzes));
  named("show", "One quiz", OneQuiz);
  question(named("open", "Let a question be answered", [](Context& context, const Arguments& arguments) {
    return TurnQuestion(context, arguments, &client::ExercisesClient::OpenQuestion);
  }));
  question(named("close", "End the answering of a question", [](Context& context, const Arguments& arguments) {
    return TurnQuestion(context, arguments, &client::ExercisesClient::CloseQuestion);
  }));
  auto* answer = question(named("answer", "Answer a question for somebody", AnswerQuestion));
  answer->add_option("participant", arguments.public_name, "organisations/{id}/participants/{uuid}")->required();
  answer->add_option("choices", arguments.choices, "Numbers of options, from 1")->required();
  named("results", "How the questions were answered", Results);
  auto* watch = named("watch", "How they are being answered, until you end it", WatchResults);
  watch->add_option("--min-interval-ms", arguments.number, "The least time between two results");
  watch->add_flag("--until-caught-up", arguments.flag, "End when the results as they are have been shown");
}

}  // namespace equity::cli::delivery

namespace equity::cli {

void AddDelivery(CLI::App& app, Context& context) {
  delivery::AddFacilitatorCommands(app, context);
  delivery::AddFeedbackCommands(app, context);
  delivery::AddQuizCommands(app, context);
}

}  // namespace equity::cli
