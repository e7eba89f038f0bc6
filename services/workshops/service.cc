#include "services/workshops/service.h"

#include "common/host/follow.h"
#include "common/status/macros.h"
#include "services/workshops/people/people.h"
#include "services/workshops/sweeper.h"

namespace equity::workshops {
namespace {

class HostedWorkshops final : public host::HostedService {
 public:
  HostedWorkshops(rpc::Shared& shared, std::unique_ptr<exec::Store> store)
      : store_(std::move(store)),
        runtime_(shared, store_.get()),
        workshops_(runtime_),
        sessions_(runtime_),
        bookings_(runtime_) {}
  ~HostedWorkshops() override { Stop(); }

  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override {
    return {&workshops_, &sessions_, &bookings_, &facilitators_, &feedback_, &exercises_};
  }

  void Start(const host::Peers& peers) override {
    follower_ = host::Follow(runtime_, peers.To("participants"),
                             {.own = "workshops", .feed = "participants", .apply = ApplyChange});
    sweeper_.Start();
  }
  void Stop() override {
    sweeper_.Stop();
    follower_.reset();
  }

 private:
  const std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
  WorkshopMounts workshops_;
  SessionMounts sessions_;
  BookingMounts bookings_;
  FacilitatorMounts facilitators_{runtime_};
  FeedbackMounts feedback_{runtime_};
  ExerciseMounts exercises_{runtime_};
  Sweeper sweeper_{runtime_};
  std::unique_ptr<feed::Follower> follower_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
  options.migrations = Schema();
  ASSIGN_OR_RETURN(auto store, exec::Store::Open(std::move(options)));
  return std::make_unique<HostedWorkshops>(shared, std::move(store));
}

}  // namespace equity::workshops
