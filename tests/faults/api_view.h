// What a server says about everything, when all is quiet.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cpp/options.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "grpcpp/channel.h"
#include "tests/faults/ledger.h"
#include "tests/faults/scene.h"

namespace equity::faults {

struct ApiView {
  std::map<std::string, places_v1::Booking> bookings;  // cancelled ones too
  std::map<std::string, places_v1::Session> sessions;
  std::set<std::string> people;
  statistics::v1::GetSummaryResponse summary;
};

// Waits until what follows the change feed has caught up: somebody registered now can book a place, and the statistics
// have counted it.
absl::StatusOr<ApiView> ViewThroughApi(const std::shared_ptr<grpc::Channel>& channel, client::CallOptions options,
                                       const Scene& scene, Ledger& ledger);

}  // namespace equity::faults
