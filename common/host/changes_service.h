// The change feed of the stores of one process, as an RPC.
#pragma once

#include <vector>

#include "common/exec/store.h"
#include "common/rpc/service.h"
#include "equity/changes/v1/changes.grpc.pb.h"

namespace equity::host {

namespace v1 = equity::changes::v1;

class ChangesMounts final : public rpc::Service<v1::ChangesService> {
 public:
  ChangesMounts(rpc::Runtime& runtime, const std::vector<exec::Store*>& stores) : Service(runtime), stores_(stores) {}

  EQUITY_SERVER_STREAM(WatchChanges, Watch)
  EQUITY_FLOW(GetFeedPosition, Position)

 private:
  absl::Status Watch(const rpc::Context& context, const v1::WatchChangesRequest& request,
                     rpc::Sink<v1::WatchChangesResponse>& sink);
  absl::StatusOr<v1::GetFeedPositionResponse> Position(const rpc::Context& context,
                                                       const v1::GetFeedPositionRequest& request);

  const std::vector<exec::Store*>& stores_;
};

}  // namespace equity::host
