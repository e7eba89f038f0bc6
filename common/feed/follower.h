// Follows the change feed of another service, for good: reconnects with back-off and resumes where it was.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "equity/changes/v1/changes.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

namespace equity::feed {

class Follower {
 public:
  struct Options {
    std::shared_ptr<grpc::Channel> channel;
    std::function<std::string()> bearer;  // the credential to send
    std::vector<std::string> services;    // whose changes, such as `participants`
    std::vector<std::string> events;      // only these, by the names of Change's fields; empty means all
    int min_interval_ms = 0;              // between two batches
    // Where to begin: the token that `apply` stored last, or empty. Asked at every connection.
    std::function<absl::StatusOr<std::string>()> load_token;
    // Applies a batch and stores the token that resumes after it, in one transaction. An error ends the connection; the
    // batch comes again. A batch may be empty: then there is nothing older left.
    std::function<absl::Status(const changes::v1::WatchChangesResponse& batch)> apply;
  };

  explicit Follower(Options options);
  // Ends the stream at once.
  ~Follower();

 private:
  void Run();
  absl::Status Connect();
  void Pause(absl::Duration duration);

  Options options_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  grpc::ClientContext* context_ = nullptr;
  bool progressed_ = false;
  std::thread thread_;
};

}  // namespace equity::feed
