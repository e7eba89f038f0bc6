// The connection to a server. Make one per target and share it: channels and clients are thread-safe.
#pragma once

#include <memory>

#include "clients/cpp/options.h"
#include "grpcpp/channel.h"

namespace equity::client {

// Returns at once; the connection is made with the first call.
std::shared_ptr<grpc::Channel> Connect(const Target& target);

}  // namespace equity::client
