#include "services/benefit_plans/service.h"

#include "common/host/follow.h"
#include "common/status/macros.h"
#include "services/benefit_plans/people/people.h"
#include "services/benefit_plans/plans/sweeper.h"

namespace equity::benefit_plans {
namespace {

// Each batch costs a commit, and who attended is not asked for within moments.
constexpr int kMinIntervalMs = 100;

constexpr absl::Duration kSweep = absl::Seconds(30);

class HostedBenefitPlans final : public host::HostedService {
 public:
  HostedBenefitPlans(rpc::Shared& shared, std::unique_ptr<exec::Store> store, absl::Duration sweep)
      : store_(std::move(store)), runtime_(shared, store_.get()), sweeper_(runtime_, sweep) {}

  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override {
    return {&plans_, &cards_, &benefits_, &activities_, &measures_, &community_, &reviews_};
  }

  void Start(const host::Peers& peers) override {
    participants_ = Follow("participants", peers);
    workshops_ = Follow("workshops", peers);
    sweeper_.Start();
  }
  void Stop() override {
    participants_.reset();
    workshops_.reset();
    sweeper_.Stop();
  }

 private:
  std::unique_ptr<feed::Follower> Follow(const std::string& feed, const host::Peers& peers) {
    return host::Follow(
        runtime_, peers.To(feed),
        {.own = "benefit_plans", .feed = feed, .min_interval_ms = kMinIntervalMs, .apply = people::ApplyChange});
  }

  const std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
  PlanMounts plans_{runtime_};
  CardMounts cards_{runtime_};
  BenefitMounts benefits_{runtime_};
  ActivityMounts activities_{runtime_};
  MeasureMounts measures_{runtime_};
  CommunityMounts community_{runtime_};
  ReviewMounts reviews_{runtime_};
  Sweeper sweeper_;
  std::unique_ptr<feed::Follower> participants_;
  std::unique_ptr<feed::Follower> workshops_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              absl::Duration sweep) {
  options.migrations = Schema();
  ASSIGN_OR_RETURN(auto store, exec::Store::Open(std::move(options)));
  return std::make_unique<HostedBenefitPlans>(shared, std::move(store), sweep);
}

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
  return OpenWith(shared, std::move(options), kSweep);
}

}  // namespace equity::benefit_plans
