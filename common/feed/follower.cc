#include "common/feed/follower.h"

#include <algorithm>
#include <condition_variable>

#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "grpcpp/grpcpp.h"

namespace equity::feed {
namespace {

constexpr absl::Duration kShortestPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

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
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + options_.bearer());
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return absl::OkStatus();
    context_ = &context;
  }
  const auto stub = changes::v1::ChangesService::NewStub(options_.channel);
  const auto stream = stub->WatchChanges(&context, request);
  changes::v1::WatchChangesResponse batch;
  absl::Status applied;
  while (applied.ok() && stream->Read(&batch)) {
    applied = options_.apply(batch);
    progressed_ = true;
  }
  if (!applied.ok()) context.TryCancel();
  const absl::Status ended = status::FromGrpc(stream->Finish());
  std::lock_guard lock(mutex_);
  context_ = nullptr;
  return applied.ok() ? ended : applied;
}

void Follower::Pause(absl::Duration duration) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, absl::ToChronoMilliseconds(duration), [&] { return stopping_; });
}

}  // namespace equity::feed
