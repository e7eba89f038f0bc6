#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/time_util.h"
#include "services/workshops/bookings/store.h"
#include "services/workshops/errors.h"
#include "services/workshops/exercises/exercises.h"
#include "services/workshops/exercises/store.h"
#include "services/workshops/names.h"
#include "services/workshops/pages.h"
#include "services/workshops/sessions/store.h"
#include "services/workshops/timestamps.h"
#include "services/workshops/updates.h"

namespace equity::workshops {
namespace {

constexpr const char* kChangeableOfQuiz[] = {"title", "questions"};
// How long after the end of its session a question closes by itself.
constexpr absl::Duration kLongestOpen = absl::Hours(24);

void AddQuestionFaults(const v1::QuizQuestion& question, const std::string& path,
                       std::vector<status::FieldFault>& faults) {
  if (question.kind() == v1::QuizQuestion::KIND_UNSPECIFIED) faults.push_back({path + ".kind", "must be set"});
  if (question.text().empty()) faults.push_back({path + ".text", "must be set"});
  if (question.options_size() < 2) faults.push_back({path + ".options", "must be at least two"});
  int correct = 0;
  for (int i = 0; i < question.options_size(); ++i) {
    if (question.options(i).text().empty()) {
      faults.push_back({absl::StrCat(path, ".options[", i, "].text"), "must be set"});
    }
    correct += question.options(i).correct() ? 1 : 0;
  }
  const bool about_people = question.kind() == v1::QuizQuestion::KIND_ABOUT_PEOPLE;
  if (about_people && correct > 0) {
    faults.push_back({path + ".options", "must not be correct: nothing is, about people"});
  } else if (!about_people && correct == 0) {
    faults.push_back({path + ".options", "must have one that is correct"});
  } else if (correct > 1 && !question.several()) {
    faults.push_back({path + ".options", "must have just one that is correct, as only one may be chosen"});
  }
}

std::vector<status::FieldFault> QuizFaults(const v1::Quiz& quiz) {
  std::vector<status::FieldFault> faults;
  if (quiz.title().empty()) faults.push_back({"quiz.title", "must be set"});
  if (quiz.questions().empty()) faults.push_back({"quiz.questions", "must be set"});
  for (int i = 0; i < quiz.questions_size(); ++i) {
    AddQuestionFaults(quiz.questions(i), absl::StrCat("quiz.questions[", i, "]"), faults);
  }
  return faults;
}

void NormaliseQuiz(v1::Quiz& quiz) {
  quiz.set_title(text::Nfc(quiz.title()));
  for (v1::QuizQuestion& question : *quiz.mutable_questions()) {
    question.set_text(text::Nfc(question.text()));
    for (v1::QuizOption& option : *question.mutable_options()) option.set_text(text::Nfc(option.text()));
  }
}

// What is correct is said of closed questions alone.
v1::Quiz Shown(v1::Quiz quiz) {
  for (v1::QuizQuestion& question : *quiz.mutable_questions()) {
    if (question.state() == v1::QuizQuestion::STATE_CLOSED) continue;
    for (v1::QuizOption& option : *question.mutable_options()) option.clear_correct();
  }
  return quiz;
}

bool HasStarted(const v1::Quiz& quiz) {
  return std::any_of(quiz.questions().begin(), quiz.questions().end(), [](const v1::QuizQuestion& question) {
    return question.state() != v1::QuizQuestion::STATE_WAITING;
  });
}

void EmitQuestion(rpc::WriteContext& context, const std::string& quiz, int question,
                  changes::v1::ExerciseEvent::State state) {
  changes::v1::Change change;
  changes::v1::ExerciseEvent& event = *change.mutable_exercise_event();
  event.set_quiz(quiz);
  event.set_question(question);
  event.set_state(state);
  context.Emit(std::move(change));
  context.SetResource(quiz);
}

// The quiz and the question that a request is about.
absl::StatusOr<store::Quiz> FindQuestion(sql::ReadTransaction& transaction, const std::string& quiz, int question) {
  auto found = store::FindQuiz(transaction, quiz);
  if (!found) return status::NotFound();
  if (question > found->message.questions_size()) {
    return status::InvalidField("question", absl::StrCat("must be at most ", found->message.questions_size()));
  }
  return *std::move(found);
}

template <class Response>
Response QuizAnswer(sql::ReadTransaction& transaction, const std::string& name) {
  Response response;
  *response.mutable_quiz() = Shown(store::FindQuiz(transaction, name)->message);
  return response;
}

}  // namespace

absl::StatusOr<v1::CreateQuizResponse> CreateQuiz(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::CreateQuizRequest& request) {
  v1::Quiz quiz = request.quiz();
  if (const auto faults = QuizFaults(quiz); !faults.empty()) return status::InvalidFields(faults);
  const auto session = store::FindOffer(transaction, Segment(request.parent(), 1), ChildId(request.parent()));
  if (!session) return status::NotFound();
  if (session->cancelled) return errors::SessionCancelled(session->places);
  NormaliseQuiz(quiz);
  const std::string id = context.NewId();
  store::InsertQuiz(transaction, id, session->session, quiz, context.now());
  const std::string name = QuizName(Segment(request.parent(), 1), ChildId(request.parent()), id);
  context.SetResource(name);
  return QuizAnswer<v1::CreateQuizResponse>(transaction, name);
}

absl::StatusOr<v1::GetQuizResponse> GetQuiz(const rpc::Context&, sql::ReadTransaction& transaction,
                                            const v1::GetQuizRequest& request) {
  auto quiz = store::FindQuiz(transaction, request.name());
  if (!quiz) return status::NotFound();
  v1::GetQuizResponse response;
  *response.mutable_quiz() = Shown(std::move(quiz->message));
  return response;
}

absl::StatusOr<v1::ListQuizzesResponse> ListQuizzes(const rpc::Context&, sql::ReadTransaction& transaction,
                                                    const v1::ListQuizzesRequest& request) {
  const std::string binding = absl::StrCat("ListQuizzes|", request.parent(), "|");
  ASSIGN_OR_RETURN(const int64_t after, NumberAfter(binding, request.page_token()));
  const auto session = store::FindOffer(transaction, Segment(request.parent(), 1), ChildId(request.parent()));
  if (!session) return status::NotFound();
  const int size = page::Size(request.page_size());
  auto quizzes = store::ListQuizzes(transaction, session->session, after, size + 1);
  v1::ListQuizzesResponse response;
  response.set_next_page_token(NextPage(binding, size, quizzes));
  for (auto& quiz : quizzes) *response.add_quizzes() = Shown(std::move(quiz.message));
  return response;
}

absl::StatusOr<v1::UpdateQuizResponse> UpdateQuiz(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::UpdateQuizRequest& request) {
  std::vector<status::FieldFault> faults;
  const auto mask = UpdateMask(request, request.quiz(), kChangeableOfQuiz, faults);
  if (request.quiz().name().empty()) faults.push_back({"quiz.name", "must be set"});
  if (!faults.empty()) return status::InvalidFields(faults);
  auto quiz = store::FindQuiz(transaction, request.quiz().name());
  if (!quiz) return status::NotFound();
  if (!request.quiz().etag().empty() && request.quiz().etag() != quiz->message.etag()) return status::EtagMismatch();
  if (HasStarted(quiz->message)) return errors::QuizStarted();
  const std::string before = quiz->message.SerializeAsString();
  google::protobuf::util::FieldMaskUtil::MergeOptions replace;
  replace.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.quiz(), mask, replace, &quiz->message);
  for (v1::QuizQuestion& question : *quiz->message.mutable_questions()) {
    question.set_state(v1::QuizQuestion::STATE_WAITING);
  }
  NormaliseQuiz(quiz->message);
  if (const auto wrong = QuizFaults(quiz->message); !wrong.empty()) return status::InvalidFields(wrong);
  if (quiz->message.SerializeAsString() != before) {
    store::UpdateQuiz(transaction, quiz->number, quiz->message, context.now());
  }
  return QuizAnswer<v1::UpdateQuizResponse>(transaction, request.quiz().name());
}

absl::StatusOr<v1::OpenQuestionResponse> OpenQuestion(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::OpenQuestionRequest& request) {
  ASSIGN_OR_RETURN(const auto quiz, FindQuestion(transaction, request.name(), request.question()));
  const auto session = store::FindSession(transaction, quiz.session);
  if (session->cancelled) return errors::SessionCancelled(session->places);
  const auto state = quiz.message.questions(request.question() - 1).state();
  if (state == v1::QuizQuestion::STATE_CLOSED) return errors::QuestionClosed();
  const absl::Time close_by =
      absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(session->message.end_time())) +
      kLongestOpen;
  if (context.now() >= close_by) return errors::SessionOver();
  if (state == v1::QuizQuestion::STATE_WAITING) {
    store::OpenQuestion(transaction, quiz.number, request.question(), close_by, context.now());
    EmitQuestion(context, request.name(), request.question(), changes::v1::ExerciseEvent::STATE_OPEN);
  }
  return QuizAnswer<v1::OpenQuestionResponse>(transaction, request.name());
}

absl::StatusOr<v1::CloseQuestionResponse> CloseQuestion(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CloseQuestionRequest& request) {
  ASSIGN_OR_RETURN(const auto quiz, FindQuestion(transaction, request.name(), request.question()));
  if (quiz.message.questions(request.question() - 1).state() == v1::QuizQuestion::STATE_WAITING) {
    return errors::QuestionNotOpen();
  }
  EndQuestion(context, transaction, request.name(), request.question());
  return QuizAnswer<v1::CloseQuestionResponse>(transaction, request.name());
}

absl::StatusOr<v1::AnswerQuestionResponse> AnswerQuestion(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::AnswerQuestionRequest& request) {
  ASSIGN_OR_RETURN(const auto quiz, FindQuestion(transaction, request.quiz(), request.question()));
  const v1::QuizQuestion& question = quiz.message.questions(request.question() - 1);
  const std::vector<int> choices(request.choices().begin(), request.choices().end());
  if (std::string fault = ChoicesFault(choices, question.options_size(), question.several()); !fault.empty()) {
    return status::InvalidField("choices", std::move(fault));
  }
  const std::string_view participant = ChildId(request.participant());
  const auto person = store::FindPerson(transaction, OrganisationId(request.participant()), participant);
  const auto booking = store::FindLiveBooking(transaction, participant, quiz.session);
  if (person.state != PersonState::kActive || !booking || booking->message.state() != v1::Booking::STATE_SEATED) {
    return errors::NotSeated();
  }
  if (question.state() != v1::QuizQuestion::STATE_OPEN) return errors::QuestionNotOpen();
  v1::AnswerQuestionResponse response;
  response.set_replaced(store::StoreQuizAnswer(transaction, quiz.number, request.question(), participant, choices));
  // Not the person: the audit trail has the time.
  context.SetResource(request.quiz());
  return response;
}

void EndQuestion(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& quiz, int question) {
  const auto found = store::FindQuiz(transaction, quiz);
  if (found->message.questions(question - 1).state() != v1::QuizQuestion::STATE_OPEN) return;
  store::CloseQuestion(transaction, found->number, question, context.now());
  EmitQuestion(context, quiz, question, changes::v1::ExerciseEvent::STATE_CLOSED);
}

}  // namespace equity::workshops
