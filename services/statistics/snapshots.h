// The frozen numbers of past weeks. A snapshot of a week is made from the changes of each service before its first one
// of a later week, in a model of its own (generation 3) that is always at the end of the last frozen week. So it does
// not depend on when it is made: a store that is made anew makes the same ones, and a rebuild has nothing to do with
// them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/runtime.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "services/statistics/consumer.h"
#include "services/statistics/model/person_key.h"

namespace equity::statistics {

// Makes them when the weeks have ended.
class Freezer {
 public:
  Freezer(rpc::Runtime& runtime, const PersonKey& key, Consumer& consumer, absl::Duration every)
      : runtime_(runtime), key_(key), consumer_(consumer), every_(every) {}
  ~Freezer() { Stop(); }

  void Start();
  void Stop();

 private:
  void Loop();
  absl::Status FreezeDue();
  // The end of the last week that is frozen; before the first one, of the week before the first change. Nothing where
  // nothing has happened yet.
  absl::StatusOr<std::optional<absl::Time>> FrozenUntil();
  absl::StatusOr<std::optional<absl::Time>> FirstChange();
  absl::Status CountUntil(absl::Time end);
  absl::Status Freeze(absl::Time end);

  rpc::Runtime& runtime_;
  const PersonKey& key_;
  Consumer& consumer_;
  const absl::Duration every_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// A table of a snapshot. NOT_FOUND.
absl::StatusOr<v1::Table> FrozenTable(sql::ReadTransaction& transaction, const std::string& snapshot,
                                      const std::string& measure,
                                      const google::protobuf::RepeatedField<int>& dimensions);

absl::StatusOr<v1::ListSnapshotsResponse> ListSnapshots(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                        const v1::ListSnapshotsRequest& request);
absl::StatusOr<v1::GetSnapshotResponse> GetSnapshot(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::GetSnapshotRequest& request);

}  // namespace equity::statistics
