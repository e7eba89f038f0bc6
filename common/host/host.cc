#include "common/host/host.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/auth/dev_issuer.h"
#include "common/auth/jwt.h"
#include "common/exec/pace.h"
#include "common/host/changes_service.h"
#include "common/host/operations_service.h"
#include "common/host/relay.h"
#include "common/status/macros.h"
#include "common/strings.h"

namespace equity::host {
namespace {

constexpr char kVersion[] = "0.1.0";
constexpr int kExitStoreFailed = 70;
constexpr rlim_t kMostDescriptors = 65536;

bool IsLoopback(const std::string& address) {
  return address.starts_with("127.") || address == "localhost" || address == "[::1]";
}

// A connection takes one, and the soft limit is often 1,024.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kMostDescriptors) return;
  limit.rlim_cur = std::min(limit.rlim_max, kMostDescriptors);
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Host>> Host::Create(HostOptions options) {
  // A write to a closed pipe, and one beyond a file size limit, are errors to handle, not ends of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  RaiseDescriptorLimit();
  const bool demonstration = options.demo_now != absl::InfinitePast();
  if ((options.dev_issuer || demonstration || options.writer_pace > 0) && !IsLoopback(options.server.address)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a development issuer, a demonstration clock and slow writers are for one machine only: they are refused with "
        "the address ",
        options.server.address, ". Use a loopback address, or an identity provider and real time."));
  }
  std::unique_ptr<Host> host(new Host(std::move(options)));
  ASSIGN_OR_RETURN(host->folder_, exec::DataFolder::Lock(host->options_.data_folder));
  if (!host->options_.relays) RETURN_IF_ERROR(host->OpenBackupFolder());
  ASSIGN_OR_RETURN(host->shared_.clock,
                   demonstration ? BusinessClock::OpenDemonstration(host->options_.data_folder, host->options_.demo_now)
                                 : BusinessClock::Open(host->options_.data_folder));
  RETURN_IF_ERROR(host->Authenticators());
  RETURN_IF_ERROR(host->CheckPeers());
  return host;
}

Host::Host(HostOptions options)
    : options_(std::move(options)),
      log_(std::make_unique<obs::Log>(options_.log_fd)),
      metrics_(std::make_unique<obs::Metrics>(kVersion)) {
  shared_.log = log_.get();
  shared_.metrics = metrics_.get();
  if (!options_.on_fatal) {
    options_.on_fatal = [this](const std::string& why) {
      log_->Event(obs::Severity::kError, "the store cannot go on; ending", {{"cause", why}});
      // Answers that are on their way get a moment; then the disk alone says what is true.
      std::thread([] {
        usleep(50 * 1000);
        _exit(kExitStoreFailed);
      }).detach();
    };
  }
}

Host::~Host() { Stop(absl::Seconds(5)); }

absl::Status Host::AddJwt(std::vector<std::unique_ptr<auth::Authenticator>>& members, std::string jwks_file,
                          std::string issuer) {
  auth::JwtOptions options{.jwks_file = std::move(jwks_file), .issuer = std::move(issuer)};
  options.on_bad_file = [log = log_.get()](const absl::Status& status) {
    log->Event(obs::Severity::kError, "the new key set is not usable; the old keys stay",
               {{"cause", ToStd(status.message())}});
  };
  ASSIGN_OR_RETURN(auto jwt, auth::NewJwtAuthenticator(std::move(options)));
  members.push_back(std::move(jwt));
  return absl::OkStatus();
}

absl::Status Host::Authenticators() {
  std::vector<std::unique_ptr<auth::Authenticator>> members;
  auto secret = std::make_unique<auth::ProcessSecret>("equityd");
  bearer_ = secret->bearer();
  members.push_back(std::move(secret));
  if (options_.dev_issuer) {
    ASSIGN_OR_RETURN(const auth::DevIssuer issuer, auth::DevIssuer::OpenOrCreate(dev_issuer_folder()));
    RETURN_IF_ERROR(AddJwt(members, issuer.jwks_file(), auth::DevIssuer::kIssuer));
  }
  if (!options_.jwks_file.empty()) RETURN_IF_ERROR(AddJwt(members, options_.jwks_file, options_.issuer));
  if (members.size() == 1) {
    return absl::FailedPreconditionError(
        "nobody could prove who they are: give --jwks-file and --issuer, or --dev-issuer on loopback");
  }
  shared_.authenticator = std::make_unique<auth::AnyOf>(std::move(members));
  return absl::OkStatus();
}

absl::Status Host::OpenBackupFolder() {
  shared_.backup_folder = options_.backup_folder.empty() ? options_.data_folder + "/backups" : options_.backup_folder;
  std::error_code error;
  std::filesystem::create_directories(shared_.backup_folder, error);
  // Copies of personal data are its owner's alone.
  if (!error) std::filesystem::permissions(shared_.backup_folder, std::filesystem::perms::owner_all, error);
  if (!error) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the backup folder ", shared_.backup_folder, " cannot be used: ", error.message()));
}

absl::Status Host::CheckPeers() {
  if (options_.server.tls) RETURN_IF_ERROR(rpc::CheckTlsFiles(*options_.server.tls));
  if (options_.peers.empty()) return absl::OkStatus();
  if (!options_.server.tls || (options_.token_file.empty() && !options_.relays)) {
    return absl::InvalidArgumentError(
        "services in other processes are reached with a certificate and a token: give --tls-cert, --tls-key, --tls-ca "
        "and --token-file");
  }
  if (options_.relays) return absl::OkStatus();
  ASSIGN_OR_RETURN(token_, auth::TokenFile::Open(options_.token_file));
  return absl::OkStatus();
}

absl::Status Host::Add(const std::string& name, const Open& open) {
  exec::StoreOptions store;
  store.name = name;
  store.folder = options_.data_folder;
  store.metrics = metrics_->ForWriter(name);
  store.on_fatal = options_.on_fatal;
  if (options_.writer_pace > 0) {
    store.before_job = [pace = std::make_shared<exec::Pace>(options_.writer_pace)] { pace->Wait(); };
  }
  if (options_.tune_store) options_.tune_store(store);
  ASSIGN_OR_RETURN(auto service, open(shared_, std::move(store)));
  if (service->runtime().store() != nullptr) stores_.push_back(service->runtime().store());
  services_.push_back(std::move(service));
  names_.push_back(name);
  return absl::OkStatus();
}

std::string Host::NotReady() const {
  if (shared_.draining) return "draining";
  for (const exec::Store* store : stores_) {
    if (std::string why = store->Health(); !why.empty()) return absl::StrCat(store->name(), ": the store has failed");
  }
  return "";
}

absl::Status Host::Start() {
  own_runtime_ = std::make_unique<Runtime>(shared_, nullptr);
  if (options_.relays) {
    relayed_ = AllPeers();
    own_services_.push_back(std::make_unique<ChangesRelay>(*own_runtime_, relayed_));
    own_services_.push_back(std::make_unique<OperationsRelay>(*own_runtime_, relayed_));
  } else {
    own_services_.push_back(std::make_unique<ChangesMounts>(*own_runtime_, stores_));
    own_services_.push_back(std::make_unique<OperationsMounts>(*own_runtime_, stores_, options_.data_folder));
  }
  std::vector<Runtime*> runtimes = {own_runtime_.get()};
  std::vector<grpc::Service*> mounts;
  for (const auto& own : own_services_) mounts.push_back(own.get());
  for (const auto& service : services_) {
    runtimes.push_back(&service->runtime());
    for (grpc::Service* mount : service->mounts()) mounts.push_back(mount);
  }
  ASSIGN_OR_RETURN(server_, Server::Start(shared_, runtimes, mounts, options_.server));
  started_ = true;
  obs::AdminServer::Options admin;
  admin.address = options_.admin_address;
  admin.port = options_.admin_port;
  admin.metrics = [this] { return metrics_->Text(); };
  admin.live = [this] { return server_->NotAnswering(); };
  admin.ready = [this] { return NotReady(); };
  ASSIGN_OR_RETURN(admin_, obs::AdminServer::Start(std::move(admin)));
  const Peers peers = AllPeers();
  for (const auto& service : services_) service->Start(peers);
  log_->Event(obs::Severity::kInfo, "serving", {{"target", server_->target()}});
  return absl::OkStatus();
}

Peers Host::AllPeers() {
  Peers peers;
  for (const auto& [name, address] : options_.peers) {
    peers.by_service[name] = {ChannelTo(address, *options_.server.tls),
                              [this] { return token_ == nullptr ? std::string() : token_->Token(); }};
  }
  if (options_.relays) return peers;
  for (const std::string& name : names_) peers.by_service[name] = {server_->Connect(), [this] { return bearer_; }};
  return peers;
}

void Host::Stop(absl::Duration patience) {
  if (stopped_ || !started_) return;
  stopped_ = true;
  shared_.draining = true;
  for (const auto& service : services_) service->Stop();
  // Before the server: whoever calls it from within this process while it goes meets a null pointer in gRPC 1.51.
  shared_.workers.Drain(patience);
  server_->Drain(patience);
  log_->Event(obs::Severity::kInfo, "stopped");
}

}  // namespace equity::host
