// equityctl quiz: questions that are answered in a session.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/delivery.h"
#include "clients/cpp/delivery.h"
#include "google/protobuf/util/json_util.h"

namespace equity::cli {
namespace delivery {
namespace {

namespace v1 = workshops::v1;

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
  v1::CreateQuizResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowQuiz(context, response.quiz());
}

absl::StatusOr<ExitCode> ListQuizzes(Context& context, const Arguments& arguments) {
  v1::ListQuizzesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_parent(), SessionOf(context, arguments.session, arguments.workshop));
  const bool is_json = context.format() == Format::kJson;
  v1::ListQuizzesResponse page;
  return context.ShowPages(request, &page, kQuizColumns, [&](Report& report) {
    for (const v1::Quiz& quiz : page.quizzes()) {
      if (is_json) {
        report.Add(quiz, {});
      } else {
        AddQuiz(report, quiz);
      }
    }
  });
}

absl::StatusOr<ExitCode> OneQuiz(Context& context, const Arguments& arguments) {
  v1::GetQuizRequest request;
  request.set_name(arguments.name);
  v1::GetQuizResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowQuiz(context, response.quiz());
}

template <class Request, class Response>
absl::StatusOr<ExitCode> TurnQuestion(Context& context, const Arguments& arguments) {
  Request request;
  request.set_name(arguments.name);
  request.set_question(arguments.number);
  Response response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowQuiz(context, response.quiz());
}

absl::StatusOr<ExitCode> AnswerQuestion(Context& context, const Arguments& arguments) {
  v1::AnswerQuestionRequest request;
  request.set_quiz(arguments.name);
  request.set_question(arguments.number);
  request.set_participant(arguments.public_name);
  for (const int choice : arguments.choices) request.add_choices(choice);
  v1::AnswerQuestionResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return context.Show(response, {"replaced"}, {response.replaced() ? "true" : "false"});
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

absl::StatusOr<ExitCode> ShowQuizResults(Context& context, const Arguments& arguments) {
  v1::GetQuizResultsRequest request;
  request.set_name(arguments.name);
  v1::GetQuizResultsResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
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

absl::StatusOr<ExitCode> WatchQuizResults(Context& context, const Arguments& arguments) {
  v1::WatchQuizResultsRequest request;
  request.set_name(arguments.name);
  request.set_min_interval_ms(arguments.number);
  RETURN_IF_ERROR(context.EnsureConnected());
  client::ExercisesClient client(context.channel(), context.call_options());
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
  RETURN_IF_ERROR(status);
  report->Finish();
  return kDone;
}

}  // namespace
}  // namespace delivery

void AddQuizzes(CLI::App& app, Context& context) {
  using namespace delivery;
  DeliveryGroup group(app, context, "quiz", "Questions that are answered in a session");
  Arguments& arguments = group.arguments();
  const auto named = [&group](const char* name, const char* description, DeliveryGroup::Run run) {
    return group.Named(group.New(name, description, run), "quiz", "workshops/{id}/sessions/{id}/quizzes/{uuid}");
  };
  const auto question = [&](CLI::App* command) {
    command->add_option("question", arguments.number, "Its number, from 1")->required();
    return command;
  };
  auto* create = group.Session(group.New("create", "Add a quiz", CreateQuiz));
  create->add_option("file", arguments.file, "The quiz as JSON, as in the contract; - is standard input")->required();
  group.Session(group.New("list", "The quizzes of a session", ListQuizzes));
  named("show", "One quiz", OneQuiz);
  question(named("open", "Let a question be answered",
                 TurnQuestion<workshops::v1::OpenQuestionRequest, workshops::v1::OpenQuestionResponse>));
  question(named("close", "End the answering of a question",
                 TurnQuestion<workshops::v1::CloseQuestionRequest, workshops::v1::CloseQuestionResponse>));
  auto* answer = question(named("answer", "Answer a question for somebody", AnswerQuestion));
  answer->add_option("participant", arguments.public_name, "organisations/{id}/participants/{uuid}")->required();
  answer->add_option("choices", arguments.choices, "Numbers of options, from 1")->required();
  named("results", "How the questions were answered", ShowQuizResults);
  auto* watch = named("watch", "How they are being answered, until you end it", WatchQuizResults);
  watch->add_option("--min-interval-ms", arguments.number, "The least time between two results");
  watch->add_flag("--until-caught-up", arguments.flag, "End when the results as they are have been shown");
}

}  // namespace equity::cli
