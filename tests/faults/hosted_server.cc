#include "tests/faults/hosted_server.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/status/macros.h"
#include "services/all/services.h"

namespace equity::faults {

absl::StatusOr<std::unique_ptr<HostedServer>> HostedServer::Start(const ServerPlace& place, const std::string& vfs) {
  return StartWith(place, [&](exec::StoreOptions& store) { store.vfs = vfs; });
}

absl::StatusOr<std::unique_ptr<HostedServer>> HostedServer::StartWith(const ServerPlace& place, Tune tune,
                                                                      std::vector<std::string> services) {
  if (services.empty()) {
    for (const Service& service : AllServices()) services.push_back(service.name);
  }
  const int log = open(place.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return absl::NotFoundError("cannot write to " + place.log);
  std::unique_ptr<HostedServer> server(new HostedServer(log));
  host::HostOptions options{.data_folder = place.folder, .dev_issuer = true, .log_fd = log};
  options.server.port = place.port;
  absl::ParseTime(absl::RFC3339_full, kDrillNow, &options.demo_now, nullptr);
  options.tune_store = std::move(tune);
  options.on_fatal = [self = server.get()](const std::string&) { self->failed_ = true; };
  ASSIGN_OR_RETURN(server->host_, host::Host::Create(std::move(options)));
  RETURN_IF_ERROR(AddServices(*server->host_, services));
  RETURN_IF_ERROR(server->host_->Start());
  return server;
}

HostedServer::~HostedServer() {
  host_.reset();
  close(log_);
}

std::optional<int> HostedServer::Terminate(absl::Duration patience) {
  host_->Stop(patience);
  host_.reset();
  return failed_ ? 70 : 0;
}

}  // namespace equity::faults
