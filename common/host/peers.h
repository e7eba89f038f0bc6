// How a service reaches the others, wherever they are.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/rpc/tls.h"
#include "grpcpp/channel.h"

namespace equity::host {

struct Peer {
  std::shared_ptr<grpc::Channel> channel;  // null where nobody said where the service is
  std::function<std::string()> bearer;     // the credential to send; asked for each call, as it is renewed
};

struct Peers {
  std::map<std::string, Peer> by_service;

  Peer To(const std::string& service) const {
    const auto found = by_service.find(service);
    return found == by_service.end() ? Peer() : found->second;
  }
};

// To a service in another process; the connection is made with the first call, and again whenever it is lost.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address, const rpc::TlsFiles& tls);

}  // namespace equity::host
