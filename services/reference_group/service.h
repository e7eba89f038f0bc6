// The reference_group service: members, advice, knowledge, consents, moderation.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exec/store.h"
#include "common/host/host.h"
#include "common/rpc/service.h"
#include "equity/referencegroup/v1/advice.grpc.pb.h"
#include "equity/referencegroup/v1/anonymous.grpc.pb.h"
#include "equity/referencegroup/v1/consents.grpc.pb.h"
#include "equity/referencegroup/v1/knowledge.grpc.pb.h"
#include "equity/referencegroup/v1/members.grpc.pb.h"
#include "equity/referencegroup/v1/moderation.grpc.pb.h"
#include "equity/referencegroup/v1/safeguarding.grpc.pb.h"
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/advice/anonymous.h"
#include "services/reference_group/consents/consents.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/members/members.h"
#include "services/reference_group/moderation/moderation.h"
#include "services/reference_group/sealed/safeguarding.h"
#include "services/reference_group/search/search.h"

namespace equity::referencegroup {

std::vector<exec::Migration> Schema();

class MemberMounts final : public rpc::Service<v1::MemberService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreateMember, referencegroup::CreateMember)
  EQUITY_READ(GetMember, referencegroup::GetMember)
  EQUITY_READ(ListMembers, referencegroup::ListMembers)
  EQUITY_WRITE(UpdateMember, referencegroup::UpdateMember)
};

class AdviceMounts final : public rpc::Service<v1::AdviceService> {
 public:
  using Service::Service;
  EQUITY_WRITE_PERSONAL(SubmitRequest, referencegroup::SubmitRequest, RefillRequest)
  EQUITY_READ(GetRequest, referencegroup::GetRequest)
  EQUITY_READ(ListRequests, referencegroup::ListRequests)
  EQUITY_WRITE_PERSONAL(UpdateRequest, referencegroup::UpdateRequest, RefillRequest)
  EQUITY_WRITE_PERSONAL(TriageRequest, referencegroup::TriageRequest, RefillRequest)
  EQUITY_WRITE_PERSONAL(AssignRequest, referencegroup::AssignRequest, RefillRequest)
  EQUITY_WRITE_PERSONAL(AskForInfo, referencegroup::AskForInfo, RefillRequest)
  EQUITY_WRITE_PERSONAL(ProvideInfo, referencegroup::ProvideInfo, RefillRequest)
  EQUITY_WRITE_PERSONAL(Respond, referencegroup::Respond, RefillRequest)
  EQUITY_WRITE_PERSONAL(AcceptResponses, referencegroup::AcceptResponses, RefillRequest)
  EQUITY_WRITE_PERSONAL(ReopenRequest, referencegroup::ReopenRequest, RefillRequest)
  EQUITY_WRITE_PERSONAL(WithdrawRequest, referencegroup::WithdrawRequest, RefillRequest)
  EQUITY_WRITE_PERSONAL(RedirectRequest, referencegroup::RedirectRequest, RefillRequest)
  EQUITY_WRITE_PERSONAL(MergeRequest, referencegroup::MergeRequest, RefillRequest)
  EQUITY_READ(GetWaitingTimes, referencegroup::GetWaitingTimes)
};

class AnonymousAdviceMounts final : public rpc::Service<v1::AnonymousAdviceService> {
 public:
  using Service::Service;
  EQUITY_WRITE_PERSONAL(SubmitAnonymousRequest, referencegroup::SubmitAnonymousRequest, RefillAnonymous)
  EQUITY_READ(GetAnonymousRequest, referencegroup::GetAnonymousRequest)
  EQUITY_WRITE_PERSONAL(ActOnAnonymousRequest, referencegroup::ActOnAnonymousRequest, RefillAnonymous)
};

class SafeguardingMounts final : public rpc::Service<v1::SafeguardingService> {
 public:
  using Service::Service;
  EQUITY_WRITE_PERSONAL(ProposeReveal, referencegroup::ProposeReveal, RefillReveal)
  EQUITY_WRITE_PERSONAL(ConfirmReveal, referencegroup::ConfirmReveal, RefillReveal)
  EQUITY_WRITE_PERSONAL(ReadReveal, referencegroup::ReadReveal, RefillReveal)
  EQUITY_READ(ListReveals, referencegroup::ListReveals)
};

class ConsentMounts final : public rpc::Service<v1::ConsentService> {
 public:
  using Service::Service;
  EQUITY_WRITE(GiveConsent, referencegroup::GiveConsent)
  EQUITY_READ(GetConsent, referencegroup::GetConsent)
  EQUITY_READ(ListConsents, referencegroup::ListConsents)
  EQUITY_WRITE(WithdrawConsent, referencegroup::WithdrawConsent)
};

class KnowledgeMounts final : public rpc::Service<v1::KnowledgeService> {
 public:
  using Service::Service;
  EQUITY_WRITE_PERSONAL(CreateItem, referencegroup::CreateItem, RefillItem)
  EQUITY_READ(GetItem, referencegroup::GetItem)
  EQUITY_READ(ListItems, referencegroup::ListItems)
  EQUITY_READ(SearchItems, referencegroup::SearchItems)
  EQUITY_WRITE_PERSONAL(UpdateItem, referencegroup::UpdateItem, RefillItem)
  EQUITY_WRITE_PERSONAL(SubmitItem, referencegroup::SubmitItem, RefillItem)
  EQUITY_WRITE_PERSONAL(ReturnItem, referencegroup::ReturnItem, RefillItem)
  EQUITY_WRITE_PERSONAL(RejectItem, referencegroup::RejectItem, RefillItem)
  EQUITY_WRITE_PERSONAL(PublishItem, referencegroup::PublishItem, RefillItem)
  EQUITY_WRITE_PERSONAL(RenewItem, referencegroup::RenewItem, RefillItem)
  EQUITY_WRITE_PERSONAL(ReviseItem, referencegroup::ReviseItem, RefillItem)
  EQUITY_WRITE_PERSONAL(ArchiveItem, referencegroup::ArchiveItem, RefillItem)
  EQUITY_WRITE(WithdrawItem, referencegroup::WithdrawItem)
  EQUITY_WRITE_PERSONAL(PromoteToKnowledge, referencegroup::PromoteToKnowledge, RefillItem)
  EQUITY_WRITE_PERSONAL(RecordAdoption, referencegroup::RecordAdoption, RefillAdoption)
  EQUITY_READ(ListAdoptions, referencegroup::ListAdoptions)
};

class ModerationMounts final : public rpc::Service<v1::ModerationService> {
 public:
  using Service::Service;
  EQUITY_WRITE_PERSONAL(AddComment, referencegroup::AddComment, RefillComment)
  EQUITY_READ(ListComments, referencegroup::ListComments)
  EQUITY_WRITE_PERSONAL(UpdateComment, referencegroup::UpdateComment, RefillComment)
  EQUITY_WRITE(DeleteComment, referencegroup::DeleteComment)
  EQUITY_WRITE_PERSONAL(FlagContent, referencegroup::FlagContent, RefillFlag)
  EQUITY_READ(ListFlags, referencegroup::ListFlags)
  EQUITY_WRITE_PERSONAL(DecideFlag, referencegroup::DecideFlag, RefillFlag)
  EQUITY_WRITE_PERSONAL(AppealFlag, referencegroup::AppealFlag, RefillFlag)
  EQUITY_WRITE_PERSONAL(DecideAppeal, referencegroup::DecideAppeal, RefillFlag)
};

// Opens the service's store and key, to be hosted.
absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);

}  // namespace equity::referencegroup
