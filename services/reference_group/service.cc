#include "services/reference_group/service.h"

#include "common/rpc/service.h"
#include "common/status/macros.h"
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
#include "services/reference_group/group.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/members/members.h"
#include "services/reference_group/moderation/moderation.h"
#include "services/reference_group/sealed/safeguarding.h"
#include "services/reference_group/search/search.h"
#include "services/reference_group/sweeper.h"

namespace equity::referencegroup {
namespace {

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

const sql::Sql kReadKeyCheck{"local_key.read", "SELECT coalesce(key_check, x'') FROM local_key"};
const sql::Sql kSetKeyCheck{"local_key.set", "UPDATE local_key SET key_check = $1"};

// With another key nobody could ever be found behind a seal, and no asker could come back.
absl::Status CheckKey(exec::Store& store, const Vault& vault) {
  return store.Write([&](sql::Transaction& transaction) {
    const std::string expected = vault.Check();
    const auto stored = *transaction.One(kReadKeyCheck, {}, [](const sql::Row& row) { return row.Text(0); });
    if (stored == expected) return absl::OkStatus();
    if (!stored.empty()) {
      return absl::FailedPreconditionError(
          "reference_group.key is not the key that reference_group.db was sealed with. Restore it from a copy. If it "
          "is lost, who asked anonymously stays unknown: then run `UPDATE local_key SET key_check = NULL` on "
          "reference_group.db, and start again.");
    }
    transaction.Execute(kSetKeyCheck, {sql::Blob{expected}});
    return absl::OkStatus();
  });
}

class ReferenceGroup final : public host::HostedService {
 public:
  ReferenceGroup(rpc::Shared& shared, std::unique_ptr<exec::Store> store, Vault vault)
      : group_(std::move(vault)), store_(std::move(store)), runtime_(shared, store_.get(), &group_) {}
  ~ReferenceGroup() override { Stop(); }

  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override {
    return {&members_, &advice_, &anonymous_, &safeguarding_, &consents_, &knowledge_, &moderation_};
  }
  void Start(const host::Peers&) override { sweeper_.Start(); }
  void Stop() override { sweeper_.Stop(); }

 private:
  const Group group_;
  const std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
  MemberMounts members_{runtime_};
  AdviceMounts advice_{runtime_};
  AnonymousAdviceMounts anonymous_{runtime_};
  SafeguardingMounts safeguarding_{runtime_};
  ConsentMounts consents_{runtime_};
  KnowledgeMounts knowledge_{runtime_};
  ModerationMounts moderation_{runtime_};
  Sweeper sweeper_{runtime_};
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
  ASSIGN_OR_RETURN(Vault vault, Vault::OpenOrCreate(options.folder));
  options.migrations = Schema();
  ASSIGN_OR_RETURN(auto store, exec::Store::Open(std::move(options)));
  RETURN_IF_ERROR(CheckKey(*store, vault));
  return std::make_unique<ReferenceGroup>(shared, std::move(store), std::move(vault));
}

}  // namespace equity::referencegroup
