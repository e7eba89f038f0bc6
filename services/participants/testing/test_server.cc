#include "services/participants/testing/test_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/dev_issuer.h"
#include "common/clock/clock.h"
#include "common/feed/feed.h"
#include "common/ids/uuid.h"
#include "services/participants/service.h"
#include "services/workshops/service.h"

namespace equity::participants::testing {
namespace {

void Need(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  std::abort();
}

template <class T>
T Need(absl::StatusOr<T> result, const char* what) {
  Need(result.status(), what);
  return *std::move(result);
}

// The participants service with its way to workshops through the faults.
class Rewired final : public host::HostedService {
 public:
  Rewired(std::unique_ptr<host::HostedService> inner, FaultyBookings& bookings)
      : inner_(std::move(inner)), bookings_(bookings) {}
  rpc::Runtime& runtime() override { return inner_->runtime(); }
  std::vector<grpc::Service*> mounts() override { return inner_->mounts(); }
  void Start(const host::Peers& peers) override {
    bookings_.Forward(peers.To("workshops").channel);
    host::Peers rewired = peers;
    rewired.by_service["workshops"].channel = bookings_.channel();
    inner_->Start(rewired);
  }
  void Stop() override { inner_->Stop(); }

 private:
  std::unique_ptr<host::HostedService> inner_;
  FaultyBookings& bookings_;
};

std::string MakeFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "equity-participants-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) std::abort();
  return folder;
}

}  // namespace

bool TestServer::OnDisk(const std::string& text, absl::Duration patience) const {
  const absl::Time end = absl::Now() + patience;
  while (true) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::stringstream bytes;
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      all += bytes.str();
    }
    if (all.find(text) == std::string::npos) return false;
    if (absl::Now() >= end) return true;
    absl::SleepFor(absl::Milliseconds(50));
  }
}

std::string NewRequestId() { return NewUuidV7(absl::Now()); }

TestServer::TestServer(registrations::SweeperOptions sweeper) : folder_(MakeFolder()) { Start(sweeper); }

TestServer::~TestServer() {
  Stop();
  std::filesystem::remove_all(folder_);
}

void TestServer::Start(registrations::SweeperOptions sweeper) {
  host::HostOptions options;
  options.data_folder = folder_;
  options.dev_issuer = true;
  options.demo_now = absl::FromCivil(absl::CivilMinute(2021, 7, 20, 9, 0), London());
  options.log_fd = open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  host_ = Need(host::Host::Create(std::move(options)), "host");
  const auto open = [this, sweeper](rpc::Shared& shared,
                                    exec::StoreOptions store) -> absl::StatusOr<std::unique_ptr<host::HostedService>> {
    auto service = OpenWith(shared, std::move(store), sweeper);
    if (!service.ok()) return service.status();
    store_ = (*service)->runtime().store();
    return std::make_unique<Rewired>(*std::move(service), bookings_);
  };
  Need(host_->Add("participants", open), "participants");
  Need(host_->Add("workshops", workshops::Open), "workshops");
  Need(host_->Start(), "start");
  channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", host_->port()), grpc::InsecureChannelCredentials());
}

void TestServer::Stop() {
  channel_.reset();
  if (host_ != nullptr) host_->Stop(absl::Seconds(2));
  host_.reset();
}

void TestServer::Restart(registrations::SweeperOptions sweeper) {
  Stop();
  Start(sweeper);
}

std::string TestServer::Token(const std::string& organisation, const std::string& subject) const {
  const auto issuer = Need(auth::DevIssuer::Open(host_->dev_issuer_folder()), "issuer");
  return Need(issuer.Mint({.subject = subject,
                           .roles = {organisation.empty() ? "central_team" : "partner"},
                           .organisation = organisation},
                          absl::Now()),
              "token");
}

void TestServer::AddOrganisations() {
  v1::ImportOrganisationsRequest request;
  const auto add = [&](const char* scheme, const char* value, v1::Sector sector) {
    auto* row = request.add_organisations();
    row->mutable_code()->set_scheme(scheme);
    row->mutable_code()->set_value(value);
    row->set_display_name(absl::StrCat("Organisation ", value));
    row->set_sector(sector);
  };
  add("ODS", "RDE", v1::SECTOR_NHS_TRUST);
  add("ODS", "RGR", v1::SECTOR_NHS_TRUST);
  add("LOCAL", "ESSEX-CC", v1::SECTOR_LOCAL_AUTHORITY);
  request.set_request_id(NewRequestId());
  Need(Call(&v1::OrganisationService::Stub::ImportOrganisations, request, Token()), "organisations");
}

std::string TestServer::AddSession(const std::string& date, int capacity) {
  workshops::v1::ImportSessionsRequest request;
  auto* row = request.add_sessions();
  row->set_workshop("health-equity-challenge");
  row->set_date(date);
  row->set_start("09:00");
  row->set_end("11:30");
  row->set_platform("Zoom");
  row->set_capacity(absl::StrCat(capacity));
  request.set_request_id(NewRequestId());
  return Need(Call(&workshops::v1::SessionService::Stub::ImportSessions, request, Token()), "session")
      .results(0)
      .session();
}

std::vector<changes::v1::Change> TestServer::Feed() {
  std::vector<changes::v1::Change> changes;
  Need(store_->Read([&](sql::ReadTransaction& transaction) {
    int64_t last = 0;
    changes = feed::ReadAfter(transaction, "participants", 0, "", {}, 100000, last);
    return absl::OkStatus();
  }),
       "feed");
  return changes;
}

}  // namespace equity::participants::testing
