#include "clients/cpp/channel.h"

#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

namespace equity::client {
namespace {

std::shared_ptr<grpc::ChannelCredentials> Credentials(const Target& target) {
  if (!target.tls.has_value()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = target.tls->root_certificates;
  options.pem_cert_chain = target.tls->certificate_chain;
  options.pem_private_key = target.tls->private_key;
  return grpc::SslCredentials(options);
}

}  // namespace

std::shared_ptr<grpc::Channel> Connect(const Target& target) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("equity-cpp/0.1");
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  // gRPC's own pauses between attempts to connect grow to minutes; a server that restarts is back in seconds, and calls
  // of 10 s are to outlast one that was away for 5 s.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  return grpc::CreateCustomChannel(target.address, Credentials(target), arguments);
}

}  // namespace equity::client
