#include "services/workshops/service.h"

#include "common/feed/follower.h"
#include "common/status/macros.h"
#include "services/workshops/people/people.h"
#include "services/workshops/sweeper.h"

namespace equity::workshops {
namespace {

constexpr char kParticipantsFeed[] = "participants";

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
    const host::Peer participants = peers.To("participants");
    follower_ = std::make_unique<feed::Follower>(feed::Follower::Options{
        .channel = participants.channel,
        .bearer = participants.bearer,
        .services = {kParticipantsFeed},
        .load_token = [this] { return LoadToken(); },
        .apply = [this](const changes::v1::WatchChangesResponse& batch) { return Apply(batch); }});
    sweeper_.Start();
  }
  void Stop() override {
    sweeper_.Stop();
    follower_.reset();
  }

 private:
  absl::StatusOr<std::string> LoadToken() {
    std::string token;
    RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
      token = FeedToken(transaction, kParticipantsFeed);
      return absl::OkStatus();
    }));
    return token;
  }

  absl::Status Apply(const changes::v1::WatchChangesResponse& batch) {
    return runtime_.WriteAs({.name = "workshops"}, "participants feed",
                            [&](rpc::WriteContext& context, sql::Transaction& transaction) {
                              for (const auto& change : batch.changes()) ApplyChange(context, transaction, change);
                              StoreFeedToken(transaction, kParticipantsFeed, batch.resume_token());
                              return absl::OkStatus();
                            });
  }

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
