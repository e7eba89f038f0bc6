// The tables of quizzes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/exercises.pb.h"

namespace equity::workshops::store {

// A quiz as kept; the message says what is correct, whatever the state.
struct Quiz {
  int64_t number = 0;
  int64_t session = 0;
  v1::Quiz message;
  std::vector<int> answers;              // by question
  std::vector<std::vector<int>> chosen;  // by question and option
};

std::optional<Quiz> FindQuiz(sql::ReadTransaction& transaction, std::string_view name);
// Oldest first, after the number given.
std::vector<Quiz> ListQuizzes(sql::ReadTransaction& transaction, int64_t session, int64_t after, int limit);

void InsertQuiz(sql::Transaction& transaction, std::string_view id, int64_t session, const v1::Quiz& quiz,
                absl::Time now);
// Title and questions of a quiz that nobody answered yet.
void UpdateQuiz(sql::Transaction& transaction, int64_t number, const v1::Quiz& quiz, absl::Time now);

// Questions are counted from 1.
void OpenQuestion(sql::Transaction& transaction, int64_t quiz, int question, absl::Time close_by, absl::Time now);
// Forgets who answered what.
void CloseQuestion(sql::Transaction& transaction, int64_t quiz, int question, absl::Time now);

struct QuestionKey {
  std::string quiz;  // its name
  int question = 0;
};
std::vector<QuestionKey> QuestionsToClose(sql::ReadTransaction& transaction, absl::Time now, int limit);

// Keeps the answer and the counts. Whether it took the place of a former one.
bool StoreQuizAnswer(sql::Transaction& transaction, int64_t quiz, int question, std::string_view participant,
                     const std::vector<int>& choices);

std::vector<const sql::Sql*> QuizStatements();

}  // namespace equity::workshops::store
