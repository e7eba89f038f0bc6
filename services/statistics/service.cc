#include "services/statistics/service.h"

#include "common/rpc/service.h"
#include "common/status/macros.h"
#include "equity/statistics/v1/statistics.grpc.pb.h"
#include "services/statistics/numbers.h"
#include "services/statistics/rebuild.h"
#include "services/statistics/snapshots.h"

namespace equity::statistics {
namespace {

class StatisticsMounts final : public rpc::Service<v1::StatisticsService> {
 public:
  StatisticsMounts(rpc::Runtime& runtime, Numbers& numbers, Rebuild& rebuild)
      : Service(runtime), numbers_(numbers), rebuild_(rebuild) {}

  EQUITY_FLOW(GetSummary, numbers_.GetSummary)
  EQUITY_FLOW(QueryTable, numbers_.QueryTable)
  EQUITY_READ(GetPublicSummary, statistics::GetPublicSummary)
  EQUITY_READ(QueryPublicTable, statistics::QueryPublicTable)
  EQUITY_READ(ListSnapshots, statistics::ListSnapshots)
  EQUITY_READ(GetSnapshot, statistics::GetSnapshot)
  EQUITY_READ(ListMeasures, statistics::ListMeasures)
  EQUITY_FLOW(RebuildReadModel, rebuild_.Run)

 private:
  Numbers& numbers_;
  Rebuild& rebuild_;
};

constexpr absl::Duration kFreeze = absl::Seconds(10);

const sql::Sql kReadKeyCheck{"model.key_check", "SELECT coalesce(key_check, x'') FROM local_model"};
const sql::Sql kSetKeyCheck{"model.set_key_check", "UPDATE local_model SET key_check = $1"};

// With another key everybody would be counted a second time.
absl::Status CheckKey(exec::Store& store, const PersonKey& key) {
  return store.Write([&](sql::Transaction& transaction) {
    const std::string expected = key.Hash("statistics.key");
    const auto stored = *transaction.One(kReadKeyCheck, {}, [](const sql::Row& row) { return row.Text(0); });
    if (stored == expected) return absl::OkStatus();
    if (!stored.empty()) {
      return absl::FailedPreconditionError(
          "statistics.key is not the key that statistics.db was made with. Restore it, or remove both: they are made "
          "anew from the change feed.");
    }
    transaction.Execute(kSetKeyCheck, {sql::Blob{expected}});
    return absl::OkStatus();
  });
}

class Statistics final : public host::HostedService {
 public:
  Statistics(rpc::Shared& shared, std::unique_ptr<exec::Store> store, PersonKey key, absl::Duration freeze)
      : store_(std::move(store)),
        key_(std::move(key)),
        runtime_(shared, store_.get()),
        freezer_(runtime_, key_, consumer_, freeze) {}
  ~Statistics() override { Stop(); }

  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override { return {&mounts_}; }
  void Start(const host::Peers& peers) override {
    std::vector<Consumer::Source> sources;
    for (const char* service : {"participants", "workshops", "benefit_plans", "reference_group"}) {
      // The last two are followed where this process knows the way.
      if (const host::Peer peer = peers.To(service); peer.channel) sources.push_back({service, peer});
    }
    consumer_.Start(std::move(sources));
    freezer_.Start();
  }
  void Stop() override {
    freezer_.Stop();
    consumer_.Stop();
  }

 private:
  const std::unique_ptr<exec::Store> store_;
  const PersonKey key_;
  rpc::Runtime runtime_;
  Consumer consumer_{*store_, key_};
  Numbers numbers_{runtime_};
  Rebuild rebuild_{runtime_, key_, consumer_};
  Freezer freezer_;
  StatisticsMounts mounts_{runtime_, numbers_, rebuild_};
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              absl::Duration freeze) {
  ASSIGN_OR_RETURN(PersonKey key, PersonKey::OpenOrCreate(options.folder));
  options.migrations = Schema();
  ASSIGN_OR_RETURN(auto store, exec::Store::Open(std::move(options)));
  auto statistics = std::make_unique<Statistics>(shared, std::move(store), key, freeze);
  RETURN_IF_ERROR(CheckKey(*statistics->runtime().store(), key));
  return statistics;
}

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
  return OpenWith(shared, std::move(options), kFreeze);
}

}  // namespace equity::statistics
