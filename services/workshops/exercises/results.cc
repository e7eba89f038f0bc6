#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "common/once/once.h"
#include "common/status/macros.h"
#include "services/workshops/errors.h"
#include "services/workshops/exercises/exercises.h"
#include "services/workshops/exercises/store.h"
#include "services/workshops/rules.h"

namespace equity::workshops {
namespace {

// A stream looks at most so often.
constexpr absl::Duration kLeastInterval = absl::Milliseconds(250);
// How long a stream that waits goes on after its end.
constexpr absl::Duration kLookAgain = absl::Milliseconds(200);

// A partner knows the answers of its own people, and could find those of others from counts of all.
v1::QuestionResult::Status ResultStatus(const rpc::Context& context, const v1::QuizQuestion& question, int answers,
                                        const std::vector<int>& chosen) {
  if (question.kind() == v1::QuizQuestion::KIND_KNOWLEDGE) return v1::QuestionResult::STATUS_SHOWN;
  if (question.state() != v1::QuizQuestion::STATE_CLOSED) return v1::QuestionResult::STATUS_COLLECTING;
  return !context.caller().IsBound() && MayShowCounts(answers, chosen) ? v1::QuestionResult::STATUS_SHOWN
                                                                       : v1::QuestionResult::STATUS_HIDDEN;
}

v1::QuestionResult ResultOf(const rpc::Context& context, const store::Quiz& quiz, int index) {
  const v1::QuizQuestion& question = quiz.message.questions(index);
  v1::QuestionResult result;
  result.set_question(index + 1);
  result.set_state(question.state());
  result.set_status(ResultStatus(context, question, quiz.answers[index], quiz.chosen[index]));
  const bool shown = result.status() == v1::QuestionResult::STATUS_SHOWN;
  if (shown) result.set_answers(quiz.answers[index]);
  for (int i = 0; i < question.options_size(); ++i) {
    v1::OptionResult& option = *result.add_options();
    option.set_option(i + 1);
    if (shown) option.set_count(quiz.chosen[index][i]);
    if (question.state() == v1::QuizQuestion::STATE_CLOSED && question.kind() == v1::QuizQuestion::KIND_KNOWLEDGE) {
      option.set_correct(question.options(i).correct());
    }
  }
  return result;
}

template <class Response>
absl::StatusOr<Response> Results(const rpc::Context& context, sql::ReadTransaction& transaction,
                                 const std::string& name) {
  const auto quiz = store::FindQuiz(transaction, name);
  if (!quiz) return status::NotFound();
  Response response;
  for (int i = 0; i < quiz->message.questions_size(); ++i) *response.add_results() = ResultOf(context, *quiz, i);
  return response;
}

// The results with their token. It follows from what is shown alone: a counter would tell how many answered.
absl::StatusOr<v1::WatchQuizResultsResponse> Look(const rpc::Context& context, rpc::Runtime& runtime,
                                                  const std::string& name) {
  v1::WatchQuizResultsResponse response;
  RETURN_IF_ERROR(runtime.Read([&](sql::ReadTransaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(response, Results<v1::WatchQuizResultsResponse>(context, transaction, name));
    return absl::OkStatus();
  }));
  response.set_resume_token(absl::BytesToHexString(once::Hash(name, response.SerializeAsString())));
  return response;
}

}  // namespace

absl::StatusOr<v1::GetQuizResultsResponse> GetQuizResults(const rpc::Context& context,
                                                          sql::ReadTransaction& transaction,
                                                          const v1::GetQuizResultsRequest& request) {
  return Results<v1::GetQuizResultsResponse>(context, transaction, request.name());
}

absl::Status WatchQuizResults(const rpc::Context& context, rpc::Runtime& runtime,
                              const v1::WatchQuizResultsRequest& request,
                              rpc::Sink<v1::WatchQuizResultsResponse>& sink) {
  exec::CommitSignal signal;
  runtime.store()->Subscribe(&signal);
  const auto unsubscribe = absl::MakeCleanup([&] { runtime.store()->Unsubscribe(&signal); });
  const absl::Duration interval = std::max(kLeastInterval, absl::Milliseconds(request.min_interval_ms()));
  std::string sent = request.resume_token();
  for (bool first = true; !sink.Over(); first = false) {
    const absl::Time looked = absl::Now();
    ASSIGN_OR_RETURN(const auto response, Look(context, runtime, request.name()));
    if (response.resume_token() != sent) {
      if (!sink.Write(response)) break;
      sent = response.resume_token();
    }
    if (first) {
      v1::WatchQuizResultsResponse all_sent;
      all_sent.set_resume_token(sent);
      if (!sink.Write(all_sent)) break;
    }
    for (absl::Duration left; (left = looked + interval - absl::Now()) > absl::ZeroDuration() && !sink.Over();) {
      absl::SleepFor(std::min(left, kLookAgain));
    }
    signal.Wait(kLookAgain);
  }
  return sink.Ending();
}

}  // namespace equity::workshops
