// Quizzes: who has a place answers, everybody sees what all say together, and nobody what one of them said.
#include <chrono>
#include <thread>

#include "services/workshops/testing/delivery.h"

namespace equity::workshops {
namespace {

using changes::v1::ExerciseEvent;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using v1::QuestionResult;
using v1::QuizQuestion;

void AddQuestion(v1::Quiz& quiz, QuizQuestion::Kind kind, const std::vector<std::string>& options,
                 const std::vector<int>& correct, bool several = false) {
  QuizQuestion& question = *quiz.add_questions();
  question.set_kind(kind);
  question.set_text("Which of these?");
  question.set_several(several);
  for (const std::string& option : options) question.add_options()->set_text(option);
  for (const int each : correct) question.mutable_options(each - 1)->set_correct(true);
}

class ExercisesTest : public DeliveryTest {
 protected:
  // The first message that a stream gives.
  v1::WatchQuizResultsResponse FirstOf(const v1::WatchQuizResultsRequest& request) {
    v1::WatchQuizResultsResponse first;
    const absl::Status status =
        Exercises(rde_).WatchQuizResults(request, [&](const v1::WatchQuizResultsResponse& response) {
          first = response;
          return false;
        });
    EXPECT_TRUE(status.ok()) << status;
    return first;
  }
  // Question 1 has one correct option of three, 2 two of three, 3 is about people.
  ExercisesTest() {
    v1::CreateQuizRequest request = NewRequest();
    quiz_ = Must(Exercises(facilitator_).CreateQuiz(request)).quiz().name();
    for (int i = 1; i <= 20; ++i) Booked(Person("rde", i), session_);
    SetNow(London("2021-08-12 09:30"));
  }

  v1::CreateQuizRequest NewRequest() {
    v1::CreateQuizRequest request;
    request.set_parent(session_);
    v1::Quiz& quiz = *request.mutable_quiz();
    quiz.set_title("What do you know?");
    AddQuestion(quiz, QuizQuestion::KIND_KNOWLEDGE, {"50", "100", "200"}, {2});
    AddQuestion(quiz, QuizQuestion::KIND_KNOWLEDGE, {"Awareness", "Austerity", "Allyship"}, {1, 3}, true);
    AddQuestion(quiz, QuizQuestion::KIND_ABOUT_PEOPLE, {"Often", "Never"}, {});
    return request;
  }
  absl::Status Open(int question, const std::string& quiz = "") {
    v1::OpenQuestionRequest request;
    request.set_name(quiz.empty() ? quiz_ : quiz);
    request.set_question(question);
    return Exercises(facilitator_).OpenQuestion(request).status();
  }
  absl::Status Close(int question) {
    v1::CloseQuestionRequest request;
    request.set_name(quiz_);
    request.set_question(question);
    return Exercises(facilitator_).CloseQuestion(request).status();
  }
  v1::AnswerQuestionRequest RequestOf(int person, int question, const std::vector<int>& choices) {
    v1::AnswerQuestionRequest request;
    request.set_participant(Person("rde", person));
    request.set_quiz(quiz_);
    request.set_question(question);
    for (const int choice : choices) request.add_choices(choice);
    return request;
  }
  absl::StatusOr<v1::AnswerQuestionResponse> Answer(int person, int question, const std::vector<int>& choices) {
    return Exercises(rde_).AnswerQuestion(RequestOf(person, question, choices));
  }
  QuestionResult ResultOf(int question) {
    v1::GetQuizResultsRequest request;
    request.set_name(quiz_);
    return Must(Exercises(As("analyst")).GetQuizResults(request)).results(question - 1);
  }
  static std::vector<int> Counts(const QuestionResult& result) {
    std::vector<int> counts;
    for (const auto& option : result.options()) counts.push_back(option.has_count() ? option.count() : -1);
    return counts;
  }
  v1::Quiz Get(const client::CallOptions& who) {
    v1::GetQuizRequest request;
    request.set_name(quiz_);
    return Must(Exercises(who).GetQuiz(request)).quiz();
  }
  static int Correct(const QuizQuestion& question) {
    int correct = 0;
    for (const auto& option : question.options()) correct += option.correct() ? 1 : 0;
    return correct;
  }

  client::CallOptions facilitator_ = As("facilitator");
  std::string quiz_;
};

TEST_F(ExercisesTest, WhatIsCorrectIsSaidWhenTheQuestionIsClosed) {
  for (const client::CallOptions& who : {team_, facilitator_, rde_}) {
    const v1::Quiz quiz = Get(who);
    for (const QuizQuestion& question : quiz.questions()) {
      EXPECT_EQ(Correct(question), 0);
      EXPECT_EQ(question.state(), QuizQuestion::STATE_WAITING);
    }
  }
  EXPECT_EQ(ReasonOf(Open(1)), "OK");
  EXPECT_EQ(Correct(Get(rde_).questions(0)), 0);
  EXPECT_FALSE(ResultOf(1).options(1).has_correct());
  EXPECT_EQ(ReasonOf(Close(1)), "OK");
  EXPECT_TRUE(Get(rde_).questions(0).options(1).correct());
  EXPECT_EQ(Correct(Get(rde_).questions(0)), 1);
  EXPECT_EQ(Correct(Get(rde_).questions(1)), 0) << "still waits";
  EXPECT_TRUE(ResultOf(1).options(1).correct());
  EXPECT_FALSE(ResultOf(1).options(0).correct());
}

TEST_F(ExercisesTest, WhoHasAPlaceAnswersAndMayChangeUntilItIsClosed) {
  EXPECT_EQ(WhyOf(Answer(1, 1, {2})), "QUESTION_NOT_OPEN");
  EXPECT_EQ(ReasonOf(Close(1)), "QUESTION_NOT_OPEN");
  EXPECT_EQ(ReasonOf(Open(1)), "OK");
  EXPECT_EQ(ReasonOf(Open(1)), "OK");
  EXPECT_FALSE(Must(Answer(1, 1, {1})).replaced());
  EXPECT_FALSE(Must(Answer(2, 1, {2})).replaced());
  EXPECT_THAT(Counts(ResultOf(1)), ElementsAre(1, 1, 0));
  EXPECT_TRUE(Must(Answer(1, 1, {2})).replaced());
  EXPECT_THAT(Counts(ResultOf(1)), ElementsAre(0, 2, 0));
  EXPECT_EQ(ResultOf(1).answers(), 2);
  // The same request again, even with other choices: one effect and the same answer.
  v1::AnswerQuestionRequest request = RequestOf(3, 1, {3});
  request.set_request_id(NewId());
  EXPECT_FALSE(Must(Exercises(rde_).AnswerQuestion(request)).replaced());
  request.set_choices(0, 1);
  EXPECT_FALSE(Must(Exercises(rde_).AnswerQuestion(request)).replaced());
  EXPECT_THAT(Counts(ResultOf(1)), ElementsAre(0, 2, 1));

  EXPECT_EQ(WhyOf(Answer(21, 1, {2})), "NOT_SEATED");
  v1::AnswerQuestionRequest disguised = RequestOf(4, 1, {2});
  EXPECT_EQ(WhyOf(Exercises(As("partner", "rgr")).AnswerQuestion(disguised)), "NOT_FOUND");
  disguised.set_participant("organisations/rgr/" + Person("rde", 4).substr(strlen("organisations/rde/")));
  EXPECT_EQ(WhyOf(Exercises(As("partner", "rgr")).AnswerQuestion(disguised)), "NOT_SEATED");
  EXPECT_EQ(WhyOf(Answer(4, 1, {1, 2})), "choices");
  EXPECT_EQ(WhyOf(Answer(4, 1, {4})), "choices");
  EXPECT_EQ(WhyOf(Answer(4, 1, {})), "choices");
  EXPECT_EQ(WhyOf(Answer(4, 9, {1})), "question");

  EXPECT_EQ(ReasonOf(Open(2)), "OK");
  Must(Answer(1, 2, {1, 3}));
  EXPECT_THAT(Counts(ResultOf(2)), ElementsAre(1, 0, 1));
  EXPECT_EQ(ReasonOf(Close(1)), "OK");
  EXPECT_EQ(ReasonOf(Close(1)), "OK");
  EXPECT_EQ(WhyOf(Answer(4, 1, {1})), "QUESTION_NOT_OPEN");
  EXPECT_EQ(ReasonOf(Open(1)), "QUESTION_CLOSED");
  EXPECT_THAT(Counts(ResultOf(1)), ElementsAre(0, 2, 1));
}

TEST_F(ExercisesTest, AboutPeopleNothingIsSaidUntilItIsClosedAndNoSmallNumberEver) {
  EXPECT_EQ(ReasonOf(Open(3)), "OK");
  for (int i = 1; i <= 15; ++i) {
    Must(Answer(i, 3, {i <= 8 ? 1 : 2}));
    const QuestionResult result = ResultOf(3);
    EXPECT_EQ(result.status(), QuestionResult::STATUS_COLLECTING);
    EXPECT_FALSE(result.has_answers());
    EXPECT_THAT(Counts(result), ElementsAre(-1, -1));
  }
  EXPECT_EQ(ReasonOf(Close(3)), "OK");
  EXPECT_EQ(ResultOf(3).status(), QuestionResult::STATUS_HIDDEN) << "7 chose the second";
  EXPECT_FALSE(ResultOf(3).has_answers());
  EXPECT_THAT(Counts(ResultOf(3)), ElementsAre(-1, -1));

  quiz_ = Must(Exercises(facilitator_).CreateQuiz(NewRequest())).quiz().name();
  EXPECT_EQ(ReasonOf(Open(3)), "OK");
  for (int i = 1; i <= 16; ++i) Must(Answer(i, 3, {i <= 8 ? 1 : 2}));
  EXPECT_EQ(ReasonOf(Close(3)), "OK");
  EXPECT_EQ(ResultOf(3).status(), QuestionResult::STATUS_SHOWN);
  EXPECT_EQ(ResultOf(3).answers(), 16);
  EXPECT_THAT(Counts(ResultOf(3)), ElementsAre(8, 8));
  EXPECT_FALSE(ResultOf(3).options(0).has_correct());
  // Who knows some of the answers gets no sum of all.
  v1::GetQuizResultsRequest request;
  request.set_name(quiz_);
  const QuestionResult of_partner = Must(Exercises(rde_).GetQuizResults(request)).results(2);
  EXPECT_EQ(of_partner.status(), QuestionResult::STATUS_HIDDEN);
  EXPECT_THAT(Counts(of_partner), ElementsAre(-1, -1));
}

TEST_F(ExercisesTest, WhoAnsweredWhatIsForgottenWhenItIsClosed) {
  EXPECT_EQ(ReasonOf(Open(1)), "OK");
  EXPECT_EQ(ReasonOf(Open(2)), "OK");
  Must(Answer(1, 1, {1}));
  Must(Answer(1, 2, {2}));
  EXPECT_THAT(Column("SELECT choices FROM quiz_answers"), ElementsAre("1", "2"));
  EXPECT_EQ(ReasonOf(Close(1)), "OK");
  EXPECT_THAT(Column("SELECT choices FROM quiz_answers"), ElementsAre("2"));
  // Time closes what nobody does.
  SetNow(London("2021-08-13 11:29"));
  Sweep();
  EXPECT_EQ(ResultOf(2).state(), QuizQuestion::STATE_OPEN);
  SetNow(London("2021-08-13 11:30"));
  Sweep();
  EXPECT_EQ(ResultOf(2).state(), QuizQuestion::STATE_CLOSED);
  EXPECT_THAT(Column("SELECT choices FROM quiz_answers"), IsEmpty());
  EXPECT_EQ(ReasonOf(Open(3)), "SESSION_OVER");
  std::vector<ExerciseEvent::State> states;
  for (const auto& change : Changes()) {
    if (!change.has_exercise_event()) continue;
    states.push_back(change.exercise_event().state());
    EXPECT_THAT(change.DebugString(), Not(HasSubstr("participants")));
  }
  EXPECT_THAT(states, ElementsAre(ExerciseEvent::STATE_OPEN, ExerciseEvent::STATE_OPEN, ExerciseEvent::STATE_CLOSED,
                                  ExerciseEvent::STATE_CLOSED));
  EXPECT_THAT(Column("SELECT DISTINCT actor || organisation || request_id || resource FROM audit WHERE method LIKE "
                     "'%AnswerQuestion'"),
              ElementsAre("anonymous" + quiz_));
  EXPECT_THAT(LogWith("AnswerQuestion"), Not(HasSubstr(Person("rde", 1).substr(31))));
}

TEST_F(ExercisesTest, WhoAnsweredWhatIsInNoFileOnceItIsClosed) {
  EXPECT_EQ(ReasonOf(Open(3)), "OK");
  for (int i = 1; i <= 12; ++i) Must(Answer(i, 3, {1 + i % 2}));
  // A row as the engine keeps it: of quiz 1 and question 3, by the person, with one choice.
  const auto row = [](int person) { return "\x05\x09\x01\x55\x0f\x03" + Person("rde", person).substr(31); };
  const std::string files = AllFiles();
  for (int i = 1; i <= 12; ++i) EXPECT_NE(files.find(row(i)), std::string::npos) << i;
  EXPECT_EQ(ReasonOf(Close(3)), "OK");
  for (int i = 1; i <= 12; ++i) EXPECT_EQ(AllFilesWithout(row(i)).find(row(i)), std::string::npos) << i;
}

TEST_F(ExercisesTest, AStreamBringsTheLatestResults) {
  EXPECT_EQ(ReasonOf(Open(1)), "OK");
  EXPECT_EQ(ReasonOf(Open(3)), "OK");
  Must(Answer(20, 1, {1}));
  v1::WatchQuizResultsRequest request;
  request.set_name(quiz_);
  request.set_min_interval_ms(400);
  std::vector<v1::WatchQuizResultsResponse> got;
  std::thread voters;
  absl::Time began;
  const absl::Status status =
      Exercises(rde_).WatchQuizResults(request, [&](const v1::WatchQuizResultsResponse& response) {
        if (got.empty()) began = absl::Now();
        got.push_back(response);
        if (got.size() == 2) {
          voters = std::thread([&] {
            for (int i = 1; i <= 12; ++i) Must(Answer(i, 3, {1}));
            for (int i = 1; i <= 12; ++i) Must(Answer(i, 1, {2}));
          });
        }
        return got.back().results().empty() || got.back().results(0).answers() < 13;
      });
  voters.join();
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_GE(got.size(), 3u);
  EXPECT_EQ(got[0].results(0).answers(), 1);
  EXPECT_THAT(got[1].results(), IsEmpty()) << "says that the first results were sent";
  EXPECT_THAT(Counts(got.back().results(0)), ElementsAre(1, 12, 0));
  // Not one message for each answer, and none for answers about people.
  EXPECT_LE(static_cast<int>(got.size()), 3 + (absl::Now() - began) / absl::Milliseconds(400));
  for (size_t i = 1; i < got.size(); ++i) {
    if (i > 1) {
      EXPECT_NE(got[i].results(0).answers(), got[i > 2 ? i - 1 : 0].results(0).answers());
      EXPECT_FALSE(got[i].results(2).has_answers());
    }
  }
  // Who resumes where nothing changed gets no results again.
  request.set_resume_token(got.back().resume_token());
  EXPECT_THAT(FirstOf(request).results(), IsEmpty());
  // Nor does anything tell how many answered about people.
  for (int i = 13; i <= 16; ++i) Must(Answer(i, 3, {1}));
  EXPECT_THAT(FirstOf(request).results(), IsEmpty());
  EXPECT_EQ(FirstOf(request).resume_token(), request.resume_token());
  request.set_name(session_ + "/quizzes/" + NewId());
  EXPECT_EQ(WhyOf(Exercises(rde_).WatchQuizResults(request, [](const auto&) { return true; })), "NOT_FOUND");
}

TEST_F(ExercisesTest, AQuizIsWrittenUntilItsFirstQuestionOpens) {
  auto exercises = Exercises(facilitator_);
  v1::UpdateQuizRequest update;
  EXPECT_EQ(WhyOf(exercises.UpdateQuiz(update)), "quiz");
  update.mutable_quiz()->set_title("Do you know?");
  EXPECT_EQ(WhyOf(exercises.UpdateQuiz(update)), "quiz.name");
  update.mutable_quiz()->set_name(quiz_);
  update.mutable_quiz()->set_etag("old");
  EXPECT_EQ(WhyOf(exercises.UpdateQuiz(update)), "ETAG_MISMATCH");
  update.mutable_quiz()->set_etag(Get(team_).etag());
  const v1::Quiz renamed = Must(exercises.UpdateQuiz(update)).quiz();
  EXPECT_EQ(renamed.title(), "Do you know?");
  EXPECT_THAT(renamed.questions(), SizeIs(3));
  EXPECT_NE(renamed.etag(), update.quiz().etag());
  update.mutable_quiz()->clear_etag();
  update.mutable_update_mask()->add_paths("name");
  EXPECT_EQ(WhyOf(exercises.UpdateQuiz(update)), "update_mask");
  update.clear_update_mask();
  AddQuestion(*update.mutable_quiz(), QuizQuestion::KIND_KNOWLEDGE, {"Yes", "No"}, {});
  EXPECT_EQ(WhyOf(exercises.UpdateQuiz(update)), "quiz.questions[0].options");
  update.mutable_quiz()->mutable_questions(0)->mutable_options(0)->set_correct(true);
  EXPECT_THAT(Must(exercises.UpdateQuiz(update)).quiz().questions(), SizeIs(1));
  EXPECT_EQ(ReasonOf(Open(1)), "OK");
  EXPECT_EQ(WhyOf(exercises.UpdateQuiz(update)), "QUIZ_STARTED");
  EXPECT_EQ(WhyOf(Open(2)), "question");
}

TEST_F(ExercisesTest, RefusalsSayWhatIsWrong) {
  auto exercises = Exercises(facilitator_);
  v1::CreateQuizRequest create;
  create.set_parent(session_);
  create.mutable_quiz();
  EXPECT_EQ(WhyOf(exercises.CreateQuiz(create)), "quiz.title,quiz.questions");
  create = NewRequest();
  AddQuestion(*create.mutable_quiz(), QuizQuestion::KIND_ABOUT_PEOPLE, {"Yes", "No"}, {1});
  AddQuestion(*create.mutable_quiz(), QuizQuestion::KIND_KNOWLEDGE, {"Yes", "No"}, {1, 2});
  AddQuestion(*create.mutable_quiz(), QuizQuestion::KIND_KNOWLEDGE, {"Yes"}, {1});
  create.mutable_quiz()->add_questions();
  EXPECT_EQ(WhyOf(exercises.CreateQuiz(create)),
            "quiz.questions[3].options,quiz.questions[4].options,quiz.questions[5].options,quiz.questions[6].kind,quiz."
            "questions[6].text,quiz.questions[6].options,quiz.questions[6].options");
  create = NewRequest();
  create.set_parent(std::string(kWorkshop) + "/sessions/2021-08-18-0900");
  EXPECT_EQ(WhyOf(exercises.CreateQuiz(create)), "NOT_FOUND");
  EXPECT_EQ(WhyOf(Exercises(rde_).CreateQuiz(create)), "SCOPE_MISSING");
  v1::ListQuizzesRequest list;
  list.set_parent(create.parent());
  EXPECT_EQ(WhyOf(exercises.ListQuizzes(list)), "NOT_FOUND");
  list.set_parent(session_);
  list.set_page_token("nonsense");
  EXPECT_EQ(WhyOf(exercises.ListQuizzes(list)), "page_token");
  list.clear_page_token();
  Must(exercises.CreateQuiz(NewRequest()));
  list.set_page_size(1);
  int quizzes = 0;
  EXPECT_TRUE(exercises
                  .ForEachQuiz(list,
                               [&](const v1::Quiz&) {
                                 ++quizzes;
                                 return absl::OkStatus();
                               })
                  .ok());
  EXPECT_EQ(quizzes, 2);

  // A quiz has one name only.
  const std::string fallen = AddSession("2021-08-20", "09:00", 5);
  create.set_parent(fallen);
  const std::string other = Must(exercises.CreateQuiz(create)).quiz().name();
  v1::GetQuizRequest get;
  get.set_name(session_ + other.substr(fallen.size()));
  EXPECT_EQ(WhyOf(exercises.GetQuiz(get)), "NOT_FOUND");
  v1::GetQuizResultsRequest results;
  results.set_name(get.name());
  EXPECT_EQ(WhyOf(exercises.GetQuizResults(results)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Open(1, get.name())), "NOT_FOUND");
  v1::CancelSessionRequest cancel;
  cancel.set_name(fallen);
  cancel.set_request_id(NewId());
  Must(Call(*sessions_, &v1::SessionService::Stub::CancelSession, cancel));
  EXPECT_EQ(ReasonOf(Open(1, other)), "SESSION_CANCELLED");
  EXPECT_EQ(WhyOf(exercises.CreateQuiz(create)), "SESSION_CANCELLED");
}

}  // namespace
}  // namespace equity::workshops
