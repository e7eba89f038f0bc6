// The handlers of ExerciseService, and what time does to quizzes.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/rpc/runtime.h"
#include "common/rpc/stream.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/exercises.pb.h"

namespace equity::workshops {

absl::StatusOr<v1::CreateQuizResponse> CreateQuiz(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::CreateQuizRequest& request);
absl::StatusOr<v1::GetQuizResponse> GetQuiz(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::GetQuizRequest& request);
absl::StatusOr<v1::ListQuizzesResponse> ListQuizzes(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::ListQuizzesRequest& request);
absl::StatusOr<v1::UpdateQuizResponse> UpdateQuiz(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::UpdateQuizRequest& request);
absl::StatusOr<v1::OpenQuestionResponse> OpenQuestion(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::OpenQuestionRequest& request);
absl::StatusOr<v1::CloseQuestionResponse> CloseQuestion(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CloseQuestionRequest& request);
absl::StatusOr<v1::AnswerQuestionResponse> AnswerQuestion(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::AnswerQuestionRequest& request);
absl::StatusOr<v1::GetQuizResultsResponse> GetQuizResults(const rpc::Context& context,
                                                          sql::ReadTransaction& transaction,
                                                          const v1::GetQuizResultsRequest& request);
absl::Status WatchQuizResults(const rpc::Context& context, rpc::Runtime& runtime,
                              const v1::WatchQuizResultsRequest& request,
                              rpc::Sink<v1::WatchQuizResultsResponse>& sink);

// Closes a question that is open.
void EndQuestion(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& quiz, int question);

}  // namespace equity::workshops
