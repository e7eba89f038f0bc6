// Follows the change feeds of other services and counts what they say.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/exec/store.h"
#include "common/feed/follower.h"
#include "common/host/host.h"
#include "services/statistics/model/person_key.h"

namespace equity::statistics {

class Consumer {
 public:
  Consumer(exec::Store& store, const PersonKey& key) : store_(store), key_(key) {}

  // A service whose changes are counted, and the way to it.
  struct Source {
    std::string service;
    host::Peer peer;
  };
  // Goes on where the model in use stands, with one stream for each source.
  void Start(std::vector<Source> sources);
  // Ends for good. A batch that is being counted is counted to its end.
  void Stop();
  // Ends until Resume, so that the model in use stands still.
  void Pause();
  void Resume();

  std::vector<Source> sources();

 private:
  void AddSources();
  void Follow();

  exec::Store& store_;
  const PersonKey& key_;
  std::mutex mutex_;
  std::vector<Source> sources_;  // empty before Start and after Stop
  std::vector<std::unique_ptr<feed::Follower>> followers_;
};

}  // namespace equity::statistics
