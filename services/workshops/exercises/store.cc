#include "services/workshops/exercises/store.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/strings.h"
#include "services/workshops/names.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops::store {
namespace {

#define QUIZ_SELECT                                                                                             \
  "SELECT q.number, q.session, q.id, q.title, q.revision, q.create_time, q.update_time, s.workshop, s.id FROM " \
  "quizzes q CROSS JOIN sessions s ON s.number = q.session "

const sql::Sql kFindQuiz{"quizzes.find", QUIZ_SELECT "WHERE q.id = $1 AND s.workshop = $2 AND s.id = $3"};
const sql::Sql kListQuizzes{"quizzes.list",
                            QUIZ_SELECT "WHERE q.session = $1 AND q.number > $2 ORDER BY q.number LIMIT $3"};
const sql::Sql kInsertQuiz{"quizzes.insert",
                           "INSERT INTO quizzes (id, session, title, revision, create_time, update_time) VALUES ($1, "
                           "$2, $3, 1, $4, $4) RETURNING number"};
const sql::Sql kTouchQuiz{"quizzes.touch",
                          "UPDATE quizzes SET revision = revision + 1, update_time = $2 WHERE number = $1"};
const sql::Sql kRenameQuiz{"quizzes.rename", "UPDATE quizzes SET title = $2 WHERE number = $1"};

const sql::Sql kQuestionsOfQuiz{"quiz_questions.list",
                                "SELECT kind, text, several, state, answers FROM quiz_questions WHERE quiz = $1 "
                                "ORDER BY question"};
const sql::Sql kInsertQuestion{
    "quiz_questions.insert",
    "INSERT INTO quiz_questions (quiz, question, kind, text, several, state, close_by, answers) VALUES ($1, $2, $3, "
    "$4, $5, 1, 0, 0)"};
const sql::Sql kClearQuestions{"quiz_questions.clear", "DELETE FROM quiz_questions WHERE quiz = $1"};
const sql::Sql kSetQuestion{"quiz_questions.set",
                            "UPDATE quiz_questions SET state = $3, close_by = $4 WHERE quiz = $1 AND question = $2"};
const sql::Sql kCountAnswer{"quiz_questions.count",
                            "UPDATE quiz_questions SET answers = answers + 1 WHERE quiz = $1 AND question = $2"};
const sql::Sql kDueQuestions{
    "quiz_questions.due",
    "SELECT s.workshop, s.id, z.id, q.question FROM quiz_questions q CROSS JOIN quizzes z ON z.number = q.quiz CROSS "
    "JOIN sessions s ON s.number = z.session WHERE q.state = 2 AND q.close_by <= $1 ORDER BY q.close_by LIMIT $2"};

const sql::Sql kOptionsOfQuiz{"quiz_options.list",
                              "SELECT question, text, correct, chosen FROM quiz_options WHERE quiz = $1 ORDER BY "
                              "question, option"};
const sql::Sql kInsertOption{
    "quiz_options.insert",
    "INSERT INTO quiz_options (quiz, question, option, text, correct, chosen) VALUES ($1, $2, $3, $4, $5, 0)"};
const sql::Sql kClearOptions{"quiz_options.clear", "DELETE FROM quiz_options WHERE quiz = $1"};
const sql::Sql kCountChoice{
    "quiz_options.count",
    "UPDATE quiz_options SET chosen = chosen + $4 WHERE quiz = $1 AND question = $2 AND option = $3"};

const sql::Sql kFindAnswer{"quiz_answers.find",
                           "SELECT choices FROM quiz_answers WHERE quiz = $1 AND question = $2 AND participant = $3"};
const sql::Sql kStoreAnswer{"quiz_answers.store",
                            "INSERT INTO quiz_answers (quiz, question, participant, choices) VALUES ($1, $2, $3, $4) "
                            "ON CONFLICT (quiz, question, participant) DO UPDATE SET choices = excluded.choices"};
const sql::Sql kForgetAnswers{"quiz_answers.forget", "DELETE FROM quiz_answers WHERE quiz = $1 AND question = $2"};

Quiz ReadQuiz(const sql::Row& row) {
  Quiz quiz{.number = row.Int64(0), .session = row.Int64(1)};
  v1::Quiz& message = quiz.message;
  message.set_name(QuizName(row.Bytes(7), row.Bytes(8), row.Bytes(2)));
  message.set_title(row.Text(3));
  message.set_etag(std::to_string(row.Int64(4)));
  SetTime(*message.mutable_create_time(), row.Time(5));
  SetTime(*message.mutable_update_time(), row.Time(6));
  return quiz;
}

void ReadQuestions(sql::ReadTransaction& transaction, Quiz& quiz) {
  transaction.Each(kQuestionsOfQuiz, {quiz.number}, [&](const sql::Row& row) {
    v1::QuizQuestion& question = *quiz.message.add_questions();
    question.set_kind(static_cast<v1::QuizQuestion::Kind>(row.Int(0)));
    question.set_text(row.Text(1));
    question.set_several(row.Bool(2));
    question.set_state(static_cast<v1::QuizQuestion::State>(row.Int(3)));
    quiz.answers.push_back(row.Int(4));
  });
  quiz.chosen.resize(quiz.answers.size());
  transaction.Each(kOptionsOfQuiz, {quiz.number}, [&](const sql::Row& row) {
    const int index = row.Int(0) - 1;
    v1::QuizOption& option = *quiz.message.mutable_questions(index)->add_options();
    option.set_text(row.Text(1));
    option.set_correct(row.Bool(2));
    quiz.chosen.at(index).push_back(row.Int(3));
  });
}

void InsertQuestions(sql::Transaction& transaction, int64_t number, const v1::Quiz& quiz) {
  for (int i = 0; i < quiz.questions_size(); ++i) {
    const v1::QuizQuestion& question = quiz.questions(i);
    transaction.Execute(kInsertQuestion,
                        {number, i + 1, static_cast<int>(question.kind()), question.text(), question.several()});
    for (int j = 0; j < question.options_size(); ++j) {
      transaction.Execute(kInsertOption,
                          {number, i + 1, j + 1, question.options(j).text(), question.options(j).correct()});
    }
  }
}

void CountChoices(sql::Transaction& transaction, int64_t quiz, int question, const std::vector<int>& choices,
                  int change) {
  for (const int choice : choices) transaction.Execute(kCountChoice, {quiz, question, choice, change});
}

}  // namespace

std::optional<Quiz> FindQuiz(sql::ReadTransaction& transaction, std::string_view name) {
  auto quiz = transaction.One(kFindQuiz, {Segment(name, 5), Segment(name, 1), Segment(name, 3)}, ReadQuiz);
  if (quiz) ReadQuestions(transaction, *quiz);
  return quiz;
}

std::vector<Quiz> ListQuizzes(sql::ReadTransaction& transaction, int64_t session, int64_t after, int limit) {
  auto quizzes = transaction.All(kListQuizzes, {session, after, limit}, ReadQuiz);
  for (Quiz& quiz : quizzes) ReadQuestions(transaction, quiz);
  return quizzes;
}

void InsertQuiz(sql::Transaction& transaction, std::string_view id, int64_t session, const v1::Quiz& quiz,
                absl::Time now) {
  const auto number =
      transaction.One(kInsertQuiz, {id, session, quiz.title(), now}, [](const sql::Row& row) { return row.Int64(0); });
  InsertQuestions(transaction, *number, quiz);
}

void UpdateQuiz(sql::Transaction& transaction, int64_t number, const v1::Quiz& quiz, absl::Time now) {
  transaction.Execute(kTouchQuiz, {number, now});
  transaction.Execute(kRenameQuiz, {number, quiz.title()});
  transaction.Execute(kClearOptions, {number});
  transaction.Execute(kClearQuestions, {number});
  InsertQuestions(transaction, number, quiz);
}

void OpenQuestion(sql::Transaction& transaction, int64_t quiz, int question, absl::Time close_by, absl::Time now) {
  transaction.Execute(kTouchQuiz, {quiz, now});
  transaction.Execute(kSetQuestion, {quiz, question, static_cast<int>(v1::QuizQuestion::STATE_OPEN), close_by});
}

void CloseQuestion(sql::Transaction& transaction, int64_t quiz, int question, absl::Time now) {
  transaction.Execute(kTouchQuiz, {quiz, now});
  transaction.Execute(kSetQuestion, {quiz, question, static_cast<int>(v1::QuizQuestion::STATE_CLOSED), now});
  transaction.Execute(kForgetAnswers, {quiz, question});
  transaction.ForgetTrace();
}

std::vector<QuestionKey> QuestionsToClose(sql::ReadTransaction& transaction, absl::Time now, int limit) {
  return transaction.All(kDueQuestions, {now, limit}, [](const sql::Row& row) {
    return QuestionKey{.quiz = QuizName(row.Bytes(0), row.Bytes(1), row.Bytes(2)), .question = row.Int(3)};
  });
}

bool StoreQuizAnswer(sql::Transaction& transaction, int64_t quiz, int question, std::string_view participant,
                     const std::vector<int>& choices) {
  const auto former =
      transaction.One(kFindAnswer, {quiz, question, participant}, [](const sql::Row& row) { return row.Text(0); });
  if (former) {
    std::vector<int> taken_back;
    for (const auto& choice : absl::StrSplit(*former, ',')) taken_back.push_back(std::stoi(std::string(choice)));
    CountChoices(transaction, quiz, question, taken_back, -1);
  } else {
    transaction.Execute(kCountAnswer, {quiz, question});
  }
  transaction.Execute(kStoreAnswer, {quiz, question, participant, absl::StrJoin(choices, ",")});
  CountChoices(transaction, quiz, question, choices, +1);
  return former.has_value();
}

std::vector<const sql::Sql*> QuizStatements() {
  return {&kFindQuiz,       &kListQuizzes,    &kInsertQuiz,  &kTouchQuiz,   &kRenameQuiz,   &kQuestionsOfQuiz,
          &kInsertQuestion, &kClearQuestions, &kSetQuestion, &kCountAnswer, &kDueQuestions, &kOptionsOfQuiz,
          &kInsertOption,   &kClearOptions,   &kCountChoice, &kFindAnswer,  &kStoreAnswer,  &kForgetAnswers};
}

}  // namespace equity::workshops::store
