// Clients of the reference_group service. Methods are the contract's RPCs; see protos/equity/referencegroup/v1.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/referencegroup/v1/advice.grpc.pb.h"
#include "equity/referencegroup/v1/anonymous.grpc.pb.h"
#include "equity/referencegroup/v1/consents.grpc.pb.h"
#include "equity/referencegroup/v1/knowledge.grpc.pb.h"
#include "equity/referencegroup/v1/members.grpc.pb.h"
#include "equity/referencegroup/v1/moderation.grpc.pb.h"
#include "equity/referencegroup/v1/safeguarding.grpc.pb.h"

namespace equity::client {

class MembersClient : public ServiceClient<referencegroup::v1::MemberService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<referencegroup::v1::CreateMemberResponse> CreateMember(referencegroup::v1::CreateMemberRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::CreateMember, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::GetMemberResponse> GetMember(referencegroup::v1::GetMemberRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::GetMember, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListMembersResponse> ListMembers(referencegroup::v1::ListMembersRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListMembers, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::UpdateMemberResponse> UpdateMember(referencegroup::v1::UpdateMemberRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::UpdateMember, std::move(request), options);
  }

  absl::Status ForEachMember(referencegroup::v1::ListMembersRequest request, Visit<referencegroup::v1::Member> visit,
                             const Options& options = {}) {
    return ForEachItem(&Stub::ListMembers, std::move(request), &referencegroup::v1::ListMembersResponse::members, visit,
                       options);
  }
};

class AdviceClient : public ServiceClient<referencegroup::v1::AdviceService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<referencegroup::v1::SubmitRequestResponse> SubmitRequest(
      referencegroup::v1::SubmitRequestRequest request, const Options& options = {}) {
    return Call(&Stub::SubmitRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::GetRequestResponse> GetRequest(referencegroup::v1::GetRequestRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::GetRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListRequestsResponse> ListRequests(referencegroup::v1::ListRequestsRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::ListRequests, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::UpdateRequestResponse> UpdateRequest(
      referencegroup::v1::UpdateRequestRequest request, const Options& options = {}) {
    return Call(&Stub::UpdateRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::TriageRequestResponse> TriageRequest(
      referencegroup::v1::TriageRequestRequest request, const Options& options = {}) {
    return Call(&Stub::TriageRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::AssignRequestResponse> AssignRequest(
      referencegroup::v1::AssignRequestRequest request, const Options& options = {}) {
    return Call(&Stub::AssignRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::AskForInfoResponse> AskForInfo(referencegroup::v1::AskForInfoRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::AskForInfo, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ProvideInfoResponse> ProvideInfo(referencegroup::v1::ProvideInfoRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ProvideInfo, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::RespondResponse> Respond(referencegroup::v1::RespondRequest request,
                                                              const Options& options = {}) {
    return Call(&Stub::Respond, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::AcceptResponsesResponse> AcceptResponses(
      referencegroup::v1::AcceptResponsesRequest request, const Options& options = {}) {
    return Call(&Stub::AcceptResponses, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ReopenRequestResponse> ReopenRequest(
      referencegroup::v1::ReopenRequestRequest request, const Options& options = {}) {
    return Call(&Stub::ReopenRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::WithdrawRequestResponse> WithdrawRequest(
      referencegroup::v1::WithdrawRequestRequest request, const Options& options = {}) {
    return Call(&Stub::WithdrawRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::RedirectRequestResponse> RedirectRequest(
      referencegroup::v1::RedirectRequestRequest request, const Options& options = {}) {
    return Call(&Stub::RedirectRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::MergeRequestResponse> MergeRequest(referencegroup::v1::MergeRequestRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::MergeRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::GetWaitingTimesResponse> GetWaitingTimes(
      referencegroup::v1::GetWaitingTimesRequest request, const Options& options = {}) {
    return Call(&Stub::GetWaitingTimes, std::move(request), options);
  }

  absl::Status ForEachAdviceRequest(referencegroup::v1::ListRequestsRequest request,
                                    Visit<referencegroup::v1::AdviceRequest> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListRequests, std::move(request), &referencegroup::v1::ListRequestsResponse::requests,
                       visit, options);
  }
};

class AnonymousAdviceClient : public ServiceClient<referencegroup::v1::AnonymousAdviceService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<referencegroup::v1::SubmitAnonymousRequestResponse> SubmitAnonymousRequest(
      referencegroup::v1::SubmitAnonymousRequestRequest request, const Options& options = {}) {
    return Call(&Stub::SubmitAnonymousRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::GetAnonymousRequestResponse> GetAnonymousRequest(
      referencegroup::v1::GetAnonymousRequestRequest request, const Options& options = {}) {
    return Call(&Stub::GetAnonymousRequest, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ActOnAnonymousRequestResponse> ActOnAnonymousRequest(
      referencegroup::v1::ActOnAnonymousRequestRequest request, const Options& options = {}) {
    return Call(&Stub::ActOnAnonymousRequest, std::move(request), options);
  }
};

class SafeguardingClient : public ServiceClient<referencegroup::v1::SafeguardingService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<referencegroup::v1::ProposeRevealResponse> ProposeReveal(
      referencegroup::v1::ProposeRevealRequest request, const Options& options = {}) {
    return Call(&Stub::ProposeReveal, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ConfirmRevealResponse> ConfirmReveal(
      referencegroup::v1::ConfirmRevealRequest request, const Options& options = {}) {
    return Call(&Stub::ConfirmReveal, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ReadRevealResponse> ReadReveal(referencegroup::v1::ReadRevealRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::ReadReveal, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListRevealsResponse> ListReveals(referencegroup::v1::ListRevealsRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListReveals, std::move(request), options);
  }

  absl::Status ForEachReveal(referencegroup::v1::ListRevealsRequest request, Visit<referencegroup::v1::Reveal> visit,
                             const Options& options = {}) {
    return ForEachItem(&Stub::ListReveals, std::move(request), &referencegroup::v1::ListRevealsResponse::reveals, visit,
                       options);
  }
};

class ConsentsClient : public ServiceClient<referencegroup::v1::ConsentService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<referencegroup::v1::GiveConsentResponse> GiveConsent(referencegroup::v1::GiveConsentRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::GiveConsent, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::GetConsentResponse> GetConsent(referencegroup::v1::GetConsentRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::GetConsent, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListConsentsResponse> ListConsents(referencegroup::v1::ListConsentsRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::ListConsents, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::WithdrawConsentResponse> WithdrawConsent(
      referencegroup::v1::WithdrawConsentRequest request, const Options& options = {}) {
    return Call(&Stub::WithdrawConsent, std::move(request), options);
  }

  absl::Status ForEachConsent(referencegroup::v1::ListConsentsRequest request, Visit<referencegroup::v1::Consent> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListConsents, std::move(request), &referencegroup::v1::ListConsentsResponse::consents,
                       visit, options);
  }
};

class KnowledgeClient : public ServiceClient<referencegroup::v1::KnowledgeService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<referencegroup::v1::CreateItemResponse> CreateItem(referencegroup::v1::CreateItemRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::CreateItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::GetItemResponse> GetItem(referencegroup::v1::GetItemRequest request,
                                                              const Options& options = {}) {
    return Call(&Stub::GetItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListItemsResponse> ListItems(referencegroup::v1::ListItemsRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::ListItems, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::SearchItemsResponse> SearchItems(referencegroup::v1::SearchItemsRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::SearchItems, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::UpdateItemResponse> UpdateItem(referencegroup::v1::UpdateItemRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::UpdateItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::SubmitItemResponse> SubmitItem(referencegroup::v1::SubmitItemRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::SubmitItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ReturnItemResponse> ReturnItem(referencegroup::v1::ReturnItemRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::ReturnItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::RejectItemResponse> RejectItem(referencegroup::v1::RejectItemRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::RejectItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::PublishItemResponse> PublishItem(referencegroup::v1::PublishItemRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::PublishItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::RenewItemResponse> RenewItem(referencegroup::v1::RenewItemRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::RenewItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ReviseItemResponse> ReviseItem(referencegroup::v1::ReviseItemRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::ReviseItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ArchiveItemResponse> ArchiveItem(referencegroup::v1::ArchiveItemRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ArchiveItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::WithdrawItemResponse> WithdrawItem(referencegroup::v1::WithdrawItemRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::WithdrawItem, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::PromoteToKnowledgeResponse> PromoteToKnowledge(
      referencegroup::v1::PromoteToKnowledgeRequest request, const Options& options = {}) {
    return Call(&Stub::PromoteToKnowledge, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::RecordAdoptionResponse> RecordAdoption(
      referencegroup::v1::RecordAdoptionRequest request, const Options& options = {}) {
    return Call(&Stub::RecordAdoption, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListAdoptionsResponse> ListAdoptions(
      referencegroup::v1::ListAdoptionsRequest request, const Options& options = {}) {
    return Call(&Stub::ListAdoptions, std::move(request), options);
  }

  absl::Status ForEachKnowledgeItem(referencegroup::v1::ListItemsRequest request, Visit<referencegroup::v1::Item> visit,
                                    const Options& options = {}) {
    return ForEachItem(&Stub::ListItems, std::move(request), &referencegroup::v1::ListItemsResponse::items, visit,
                       options);
  }

  absl::Status ForEachSearchHit(referencegroup::v1::SearchItemsRequest request,
                                Visit<referencegroup::v1::SearchHit> visit, const Options& options = {}) {
    return ForEachItem(&Stub::SearchItems, std::move(request), &referencegroup::v1::SearchItemsResponse::hits, visit,
                       options);
  }

  absl::Status ForEachAdoption(referencegroup::v1::ListAdoptionsRequest request,
                               Visit<referencegroup::v1::Adoption> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListAdoptions, std::move(request), &referencegroup::v1::ListAdoptionsResponse::adoptions,
                       visit, options);
  }
};

class ModerationClient : public ServiceClient<referencegroup::v1::ModerationService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<referencegroup::v1::AddCommentResponse> AddComment(referencegroup::v1::AddCommentRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::AddComment, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListCommentsResponse> ListComments(referencegroup::v1::ListCommentsRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::ListComments, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::UpdateCommentResponse> UpdateComment(
      referencegroup::v1::UpdateCommentRequest request, const Options& options = {}) {
    return Call(&Stub::UpdateComment, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::DeleteCommentResponse> DeleteComment(
      referencegroup::v1::DeleteCommentRequest request, const Options& options = {}) {
    return Call(&Stub::DeleteComment, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::FlagContentResponse> FlagContent(referencegroup::v1::FlagContentRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::FlagContent, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::ListFlagsResponse> ListFlags(referencegroup::v1::ListFlagsRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::ListFlags, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::DecideFlagResponse> DecideFlag(referencegroup::v1::DecideFlagRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::DecideFlag, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::AppealFlagResponse> AppealFlag(referencegroup::v1::AppealFlagRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::AppealFlag, std::move(request), options);
  }

  absl::StatusOr<referencegroup::v1::DecideAppealResponse> DecideAppeal(referencegroup::v1::DecideAppealRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::DecideAppeal, std::move(request), options);
  }

  absl::Status ForEachComment(referencegroup::v1::ListCommentsRequest request, Visit<referencegroup::v1::Comment> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListComments, std::move(request), &referencegroup::v1::ListCommentsResponse::comments,
                       visit, options);
  }

  absl::Status ForEachFlag(referencegroup::v1::ListFlagsRequest request, Visit<referencegroup::v1::Flag> visit,
                           const Options& options = {}) {
    return ForEachItem(&Stub::ListFlags, std::move(request), &referencegroup::v1::ListFlagsResponse::flags, visit,
                       options);
  }
};

}  // namespace equity::client
