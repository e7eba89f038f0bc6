// Builds the read model anew from the start of the change feeds, beside the one in use, compares the two and puts the
// new one in the place of the old one.
#pragma once

#include <mutex>

#include "absl/status/statusor.h"
#include "common/rpc/runtime.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "services/statistics/consumer.h"
#include "services/statistics/model/person_key.h"

namespace equity::statistics {

class Rebuild {
 public:
  Rebuild(rpc::Runtime& runtime, const PersonKey& key, Consumer& consumer)
      : runtime_(runtime), key_(key), consumer_(consumer) {}

  // One at a time. Numbers are served from the model in use meanwhile. What takes longer than the caller waits goes on,
  // and the same request sent again gets its answer.
  absl::StatusOr<v1::RebuildReadModelResponse> Run(const rpc::Context& context,
                                                   const v1::RebuildReadModelRequest& request);

 private:
  absl::StatusOr<v1::RebuildReadModelResponse> Build(const rpc::Context& context, const once::Key& key);
  // Reads on to where the model in use stands; adds up how many changes were read.
  absl::Status CatchUp(int64_t generation, int32_t& read);
  absl::Status ReadTo(const Consumer::Source& source, int64_t until, int64_t generation, int32_t& read);
  absl::StatusOr<bool> IsEqual(int64_t generation);
  absl::Status Use(int64_t generation, const rpc::Context& context, const once::Key& key,
                   const v1::RebuildReadModelResponse& response);

  rpc::Runtime& runtime_;
  const PersonKey& key_;
  Consumer& consumer_;
  std::mutex running_;
};

}  // namespace equity::statistics
