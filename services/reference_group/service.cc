#include "services/reference_group/service.h"

#include "common/status/macros.h"
#include "services/reference_group/group.h"
#include "services/reference_group/sweeper.h"

namespace equity::referencegroup {
namespace {

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
