#include "services/statistics/consumer.h"

#include "common/status/macros.h"
#include "services/statistics/model/model.h"
#include "services/statistics/model/progress.h"

namespace equity::statistics {
namespace {

// Each batch costs a commit, and numbers need not be fresher than this.
constexpr int kMinIntervalMs = 50;

}  // namespace

void Consumer::Start(std::vector<Source> sources) {
  std::lock_guard lock(mutex_);
  sources_ = std::move(sources);
  AddSources();
  Follow();
}

void Consumer::Stop() {
  std::lock_guard lock(mutex_);
  sources_.clear();
  followers_.clear();
}

void Consumer::Pause() {
  std::lock_guard lock(mutex_);
  followers_.clear();
}

void Consumer::Resume() {
  std::lock_guard lock(mutex_);
  Follow();
}

std::vector<Consumer::Source> Consumer::sources() {
  std::lock_guard lock(mutex_);
  return sources_;
}

void Consumer::AddSources() {
  std::vector<std::string> services;
  for (const Source& source : sources_) services.push_back(source.service);
  // Where that fails the store fails, which ends the process.
  store_
      .Write([&](sql::Transaction& transaction) {
        AddServices(transaction, InUse(transaction), services);
        return absl::OkStatus();
      })
      .IgnoreError();
}

void Consumer::Follow() {
  for (const Source& source : sources_) {
    feed::Follower::Options options;
    options.channel = source.peer.channel;
    options.bearer = source.peer.bearer;
    options.services = {source.service};
    options.min_interval_ms = kMinIntervalMs;
    options.load_token = [this, service = source.service]() -> absl::StatusOr<std::string> {
      std::string token;
      RETURN_IF_ERROR(store_.Read([&](sql::ReadTransaction& transaction) {
        token = ReadPlace(transaction, InUse(transaction), service).resume_token;
        return absl::OkStatus();
      }));
      return token;
    };
    options.apply = [this, service = source.service](const changes::v1::WatchChangesResponse& batch) {
      return store_.Write([&](sql::Transaction& transaction) {
        ApplyBatch(transaction, key_, InUse(transaction), service, batch);
        return absl::OkStatus();
      });
    };
    followers_.push_back(std::make_unique<feed::Follower>(std::move(options)));
  }
}

}  // namespace equity::statistics
