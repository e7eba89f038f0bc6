// Clients of what the workshops service has for delivery: facilitators, feedback, exercises. Methods are the contract's
// RPCs; see protos/equity/workshops/v1.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/workshops/v1/exercises.grpc.pb.h"
#include "equity/workshops/v1/facilitators.grpc.pb.h"
#include "equity/workshops/v1/feedback.grpc.pb.h"

namespace equity::client {

class FacilitatorsClient : public ServiceClient<workshops::v1::FacilitatorService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<workshops::v1::CreateFacilitatorResponse> CreateFacilitator(
      workshops::v1::CreateFacilitatorRequest request, const Options& options = {}) {
    return Call(&Stub::CreateFacilitator, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetFacilitatorResponse> GetFacilitator(workshops::v1::GetFacilitatorRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::GetFacilitator, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListFacilitatorsResponse> ListFacilitators(
      workshops::v1::ListFacilitatorsRequest request, const Options& options = {}) {
    return Call(&Stub::ListFacilitators, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListPublicFacilitatorsResponse> ListPublicFacilitators(
      workshops::v1::ListPublicFacilitatorsRequest request, const Options& options = {}) {
    return Call(&Stub::ListPublicFacilitators, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::UpdateFacilitatorResponse> UpdateFacilitator(
      workshops::v1::UpdateFacilitatorRequest request, const Options& options = {}) {
    return Call(&Stub::UpdateFacilitator, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GiveConsentResponse> GiveConsent(workshops::v1::GiveConsentRequest request,
                                                                 const Options& options = {}) {
    return Call(&Stub::GiveConsent, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::WithdrawConsentResponse> WithdrawConsent(workshops::v1::WithdrawConsentRequest request,
                                                                         const Options& options = {}) {
    return Call(&Stub::WithdrawConsent, std::move(request), options);
  }

  absl::Status ForEachFacilitator(workshops::v1::ListFacilitatorsRequest request,
                                  Visit<workshops::v1::Facilitator> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListFacilitators, std::move(request),
                       &workshops::v1::ListFacilitatorsResponse::facilitators, visit, options);
  }

  absl::Status ForEachPublicFacilitator(workshops::v1::ListPublicFacilitatorsRequest request,
                                        Visit<workshops::v1::PublicFacilitator> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListPublicFacilitators, std::move(request),
                       &workshops::v1::ListPublicFacilitatorsResponse::facilitators, visit, options);
  }
};

class FeedbackClient : public ServiceClient<workshops::v1::FeedbackService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<workshops::v1::GiveFeedbackResponse> GiveFeedback(workshops::v1::GiveFeedbackRequest request,
                                                                   const Options& options = {}) {
    return Call(&Stub::GiveFeedback, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::WithdrawQuoteResponse> WithdrawQuote(workshops::v1::WithdrawQuoteRequest request,
                                                                     const Options& options = {}) {
    return Call(&Stub::WithdrawQuote, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetFeedbackSummaryResponse> GetFeedbackSummary(
      workshops::v1::GetFeedbackSummaryRequest request, const Options& options = {}) {
    return Call(&Stub::GetFeedbackSummary, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListFeedbackCommentsResponse> ListFeedbackComments(
      workshops::v1::ListFeedbackCommentsRequest request, const Options& options = {}) {
    return Call(&Stub::ListFeedbackComments, std::move(request), options);
  }

  absl::Status ForEachFeedbackComment(workshops::v1::ListFeedbackCommentsRequest request,
                                      Visit<workshops::v1::FeedbackComment> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListFeedbackComments, std::move(request),
                       &workshops::v1::ListFeedbackCommentsResponse::comments, visit, options);
  }
};

class ExercisesClient : public ServiceClient<workshops::v1::ExerciseService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<workshops::v1::CreateQuizResponse> CreateQuiz(workshops::v1::CreateQuizRequest request,
                                                               const Options& options = {}) {
    return Call(&Stub::CreateQuiz, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetQuizResponse> GetQuiz(workshops::v1::GetQuizRequest request,
                                                         const Options& options = {}) {
    return Call(&Stub::GetQuiz, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListQuizzesResponse> ListQuizzes(workshops::v1::ListQuizzesRequest request,
                                                                 const Options& options = {}) {
    return Call(&Stub::ListQuizzes, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::UpdateQuizResponse> UpdateQuiz(workshops::v1::UpdateQuizRequest request,
                                                               const Options& options = {}) {
    return Call(&Stub::UpdateQuiz, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::OpenQuestionResponse> OpenQuestion(workshops::v1::OpenQuestionRequest request,
                                                                   const Options& options = {}) {
    return Call(&Stub::OpenQuestion, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::CloseQuestionResponse> CloseQuestion(workshops::v1::CloseQuestionRequest request,
                                                                     const Options& options = {}) {
    return Call(&Stub::CloseQuestion, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::AnswerQuestionResponse> AnswerQuestion(workshops::v1::AnswerQuestionRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::AnswerQuestion, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetQuizResultsResponse> GetQuizResults(workshops::v1::GetQuizResultsRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::GetQuizResults, std::move(request), options);
  }

  absl::Status ForEachQuiz(workshops::v1::ListQuizzesRequest request, Visit<workshops::v1::Quiz> visit,
                           const Options& options = {}) {
    return ForEachItem(&Stub::ListQuizzes, std::move(request), &workshops::v1::ListQuizzesResponse::quizzes, visit,
                       options);
  }

  // Visits the results as they change, until `visit` returns false (then the result is OK). A stream that breaks is
  // begun again; the result is an error when that fails for good, or when no server answered for `patience`. The
  // message without results that says that the first were sent is visited too.
  absl::Status WatchQuizResults(workshops::v1::WatchQuizResultsRequest request,
                                absl::FunctionRef<bool(const workshops::v1::WatchQuizResultsResponse&)> visit,
                                absl::Duration patience = absl::Minutes(1));
};

}  // namespace equity::client
