#include "common/host/peers.h"

#include <grpcpp/create_channel.h>

namespace equity::host {

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address, const rpc::TlsFiles& tls) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("equity-service/0.1");
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  // Left to itself gRPC pauses for minutes between attempts, and asks for an address twice a minute; a service that is
  // restarted is back in seconds, and maybe at another address.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 3'000);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1'000);
  return grpc::CreateCustomChannel(address, rpc::ChannelCredentialsOf(tls), arguments);
}

}  // namespace equity::host
