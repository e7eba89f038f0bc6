// The scene of a drill: organisations, sessions and people, invented; and the ways to the server that has them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/options.h"
#include "grpcpp/channel.h"
#include "tests/faults/ledger.h"

namespace equity::faults {

// A connection of its own to 127.0.0.1:port, which comes back quickly when the server does.
std::shared_ptr<grpc::Channel> Connect(int port);

// Credentials of the central team from the development issuer of a data folder. One try for each call.
absl::StatusOr<client::CallOptions> Credentials(const std::string& data_folder);

struct Scene {
  std::vector<std::string> organisations;  // names
  std::vector<std::string> sessions;       // names
  std::vector<std::string> people;         // names, registered without a place
};

// Makes the scene on a server that has nothing yet.
absl::StatusOr<Scene> SetScene(const std::shared_ptr<grpc::Channel>& channel, client::CallOptions options,
                               Ledger& ledger);

// A list of `count` staff for the organisations of the scene: mostly new, some known from lists with lower numbers,
// most with a wish for a session. `number` tells the list from others.
Operation StaffList(const Scene& scene, int number, int count, Random& random);

}  // namespace equity::faults
