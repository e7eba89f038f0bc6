#include "common/feed/follower.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/client_callback.h"

namespace equity::feed {
namespace {

constexpr absl::Duration kShortestPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

// The stream's batches, to a thread that waits for them outside of gRPC: one that waited inside would be among those
// that look for the process's traffic, and hand each call of the server over to another thread.
class Batches final : public grpc::ClientReadReactor<changes::v1::WatchChangesResponse> {
 public:
  Batches(changes::v1::ChangesService::Stub& stub, grpc::ClientContext& context,
          const changes::v1::WatchChangesRequest& request) {
    stub.StartWatchChanges(&context, &request, this);
    AddHold();  // until Finish: reads are begun by a thread that gRPC knows nothing of
    StartRead(&batch_);
    StartCall();
  }

  // The next one, until it is asked for again; nothing at the end.
  const changes::v1::WatchChangesResponse* Next() {
    if (std::exchange(given_, true)) {
      SetState(State::kReading);
      StartRead(&batch_);
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return state_ != State::kReading; });
    return state_ == State::kRead ? &batch_ : nullptr;
  }

  // To be called once, and before this ends.
  grpc::Status Finish() {
    RemoveHold();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done_; });
    return status_;
  }

  void OnReadDone(bool ok) override { SetState(ok ? State::kRead : State::kEnded); }
  void OnDone(const grpc::Status& status) override {
    std::lock_guard lock(mutex_);
    status_ = status;
    done_ = true;
    changed_.notify_all();
  }

 private:
  enum class State { kReading, kRead, kEnded };

  void SetState(State state) {
    std::lock_guard lock(mutex_);
    state_ = state;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  changes::v1::WatchChangesResponse batch_;
  State state_ = State::kReading;
  bool given_ = false;
  bool done_ = false;
  grpc::Status status_;
};

}  // namespace

Follower::Follower(Options options) : options_(std::move(options)), thread_(&Follower::Run, this) {}

Follower::~Follower() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  stopped_.notify_all();
  thread_.join();
}

void Follower::Run() {
  absl::Duration pause = kShortestPause;
  while (true) {
    Connect().IgnoreError();  // whatever ended it, the next connection resumes
    if (progressed_) pause = kShortestPause;
    Pause(pause);
    pause = std::min(pause * 2, kLongestPause);
    std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
}

absl::Status Follower::Connect() {
  progressed_ = false;
  changes::v1::WatchChangesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_resume_token(), options_.load_token());
  for (const std::string& service : options_.services) request.add_services(service);
  request.set_min_interval_ms(options_.min_interval_ms);
  for (const std::string& event : options_.events) request.add_events(event);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + options_.bearer());
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return absl::OkStatus();
    context_ = &context;
  }
  const auto stub = changes::v1::ChangesService::NewStub(options_.channel);
  Batches batches(*stub, context, request);
  absl::Status applied;
  while (const auto* batch = batches.Next()) {
    applied = options_.apply(*batch);
    progressed_ = true;
    if (!applied.ok()) break;
  }
  if (!applied.ok()) context.TryCancel();
  const absl::Status ended = status::FromGrpc(batches.Finish());
  std::lock_guard lock(mutex_);
  context_ = nullptr;
  return applied.ok() ? ended : applied;
}

void Follower::Pause(absl::Duration duration) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, absl::ToChronoMilliseconds(duration), [&] { return stopping_; });
}

}  // namespace equity::feed
