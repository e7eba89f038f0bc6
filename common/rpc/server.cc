#include "common/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/rpc/limits.h"
#include "grpc/health/v1/health.pb.h"

namespace equity::rpc {
namespace {

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kLargestMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kLargestMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  // A compressed message of 1 MB can cost 1 GB: what arrives compressed is refused.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 5000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 15 * 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 30 * 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 30 * 1000);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Shared& shared, const std::vector<Runtime*>& runtimes,
                                                      const std::vector<grpc::Service*>& services,
                                                      ServerOptions options) {
  for (const Runtime* runtime : runtimes) {
    if (const auto unmounted = runtime->Unmounted(); !unmounted.empty()) {
      return absl::FailedPreconditionError("without a handler: " + absl::StrJoin(unmounted, ", "));
    }
  }
  // Reflection finds the health service only where its descriptor is linked in.
  grpc::health::v1::HealthCheckRequest::descriptor();
  static const bool once = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(once);
  shared.certificates = options.tls.has_value();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  auto acceptor = Acceptor::Listen(options.address, options.port, {.per_client = options.connections_per_client});
  if (!acceptor.ok()) {
    return absl::Status(acceptor.status().code(), absl::StrCat("cannot listen on ", options.address, ":", options.port,
                                                               ": ", acceptor.status().message()));
  }
  auto connections = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      options.tls ? ServerCredentialsOf(*options.tls) : grpc::InsecureServerCredentials());
  const std::string own_address = absl::StrCat("unix-abstract:equity-", NewUuidV7(absl::Now()));
  builder.AddListeningPort(own_address, grpc::InsecureServerCredentials());
  for (grpc::Service* service : services) builder.RegisterService(service);
  auto server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("gRPC does not start, for the reason in its log");
  (*acceptor)->Start(std::move(connections), *shared.metrics->ForConnections(), *shared.log);
  return std::unique_ptr<Server>(
      new Server(shared, std::move(server), *std::move(acceptor), own_address, options.address));
}

Server::Server(Shared& shared, std::unique_ptr<grpc::Server> server, std::unique_ptr<Acceptor> acceptor,
               std::string own_address, std::string address)
    : shared_(shared),
      server_(std::move(server)),
      acceptor_(std::move(acceptor)),
      own_address_(std::move(own_address)),
      address_(std::move(address)) {}

Server::~Server() { Drain(absl::Seconds(5)); }

std::string Server::target() const { return absl::StrCat(address_, ":", port()); }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  return server_->InProcessChannel(arguments);
}

std::shared_ptr<grpc::Channel> Server::Connect() const {
  grpc::ChannelArguments arguments;
  // A connection of its own, as a connection has room for so many streams.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  return grpc::CreateCustomChannel(own_address_, grpc::InsecureChannelCredentials(), arguments);
}

void Server::Drain(absl::Duration patience) {
  if (drained_) return;
  drained_ = true;
  shared_.draining = true;
  if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
  acceptor_->Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + patience));
  server_->Wait();
}

}  // namespace equity::rpc
