// The service behind a real server, with the credentials of its callers and services whose changes it follows.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/auth/dev_issuer.h"
#include "common/feed/feed.h"
#include "common/ids/uuid.h"
#include "common/status/grpc_status.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "equity/statistics/v1/statistics.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/statistics/service.h"
#include "services/statistics/testing/testing.h"

namespace equity::statistics::testing {

// A service that says what a test wants it to say.
class Source final : public host::HostedService {
 public:
  static absl::StatusOr<std::unique_ptr<HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
    options.migrations = {feed::CommonTables()};
    return std::make_unique<Source>(shared, *exec::Store::Open(std::move(options)));
  }
  Source(rpc::Shared& shared, std::unique_ptr<exec::Store> store)
      : store_(std::move(store)), runtime_(shared, store_.get()) {}
  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override { return {}; }

 private:
  std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
};

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() { StartHost(); }

  void StartHost() {
    host_ =
        *host::Host::Create({.data_folder = folder_.path(), .dev_issuer = true, .demo_now = demo_now_, .log_fd = -1});
    const auto add = [&](const std::string& name, const host::Host::Open& open) {
      const absl::Status added = host_->Add(name, [&](rpc::Shared& shared, exec::StoreOptions options) {
        auto service = open(shared, std::move(options));
        if (service.ok()) stores_[name] = (*service)->runtime().store();
        return service;
      });
      ASSERT_TRUE(added.ok()) << added;
    };
    add("participants", Source::Open);
    add("workshops", Source::Open);
    add("benefit_plans", Source::Open);
    add("statistics", [this](rpc::Shared& shared, exec::StoreOptions options) {
      return OpenWith(shared, std::move(options), freeze_);
    });
    ASSERT_TRUE(host_->Start().ok());
    issuer_ = std::make_unique<auth::DevIssuer>(*auth::DevIssuer::Open(host_->dev_issuer_folder()));
    const auto channel = host_->server().InProcessChannel();
    stub_ = v1::StatisticsService::NewStub(channel);
    changes_ = changes::v1::ChangesService::NewStub(channel);
  }

  void Restart() {
    host_->Stop(absl::Seconds(5));
    host_.reset();
    StartHost();
  }

  void Say(const std::string& service, const std::vector<Change>& changes,
           const std::string& time = "2021-07-20 09:00") {
    ASSERT_TRUE(stores_[service]
                    ->Write([&](sql::Transaction& transaction) {
                      for (const Change& change : changes) feed::Append(transaction, TimeAt(time), change);
                      return absl::OkStatus();
                    })
                    .ok());
  }

  // Trust: 12 people with a place on Monday, of whom 3 came. Council: 4 people, who wait for Thursday.
  void SaySummer() {
    std::vector<Change> people = {OrganisationIs("trust", "NHS_TRUST", "WEST_SUFFOLK"),
                                  OrganisationIs("council", "LOCAL_AUTHORITY", "")};
    std::vector<Change> bookings = {WorkshopOf(kSummer), SessionIs(kThursday, kSummer, "2021-08-12", 0),
                                    SessionIs(kMonday, kSummer, "2021-08-02", 20)};
    for (int i = 0; i < 16; ++i) {
      const bool trust = i < 12;
      const std::string organisation = trust ? "trust" : "council";
      const std::string person = Person(organisation, i);
      const std::string booking = Booking(organisation, i);
      people.push_back(Participant(ParticipantEvent::KIND_REGISTERED, person));
      bookings.push_back(Books(booking, person, trust ? kMonday : kThursday,
                               trust ? BookingEvent::STATE_SEATED : BookingEvent::STATE_WAITING));
      if (i < 3) bookings.push_back(Attends(booking, person, kMonday, true));
    }
    Say("workshops", bookings);
    Say("participants", people);
  }

  std::string Position() {
    changes::v1::GetFeedPositionResponse response;
    const auto context = As("central_team");
    EXPECT_TRUE(changes_->GetFeedPosition(context.get(), {}, &response).ok());
    return response.position();
  }

  std::unique_ptr<grpc::ClientContext> As(const std::string& role, const std::string& organisation = "") {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(9)));
    if (role.empty()) return context;
    const auto token = issuer_->Mint({.subject = role, .roles = {role}, .organisation = organisation}, absl::Now());
    context->AddMetadata("authorization", "Bearer " + *token);
    return context;
  }

  absl::StatusOr<v1::GetSummaryResponse> Summary(std::unique_ptr<grpc::ClientContext> context,
                                                 v1::Tier tier = v1::TIER_UNSPECIFIED) {
    v1::GetSummaryRequest request;
    request.set_tier(tier);
    request.set_min_feed_position(Position());
    v1::GetSummaryResponse response;
    const absl::Status status = status::FromGrpc(stub_->GetSummary(context.get(), request, &response));
    if (!status.ok()) return status;
    return response;
  }

  v1::QueryTableRequest TableRequest(const std::string& measure, std::vector<v1::Dimension> dimensions = {},
                                     v1::Tier tier = v1::TIER_UNSPECIFIED) {
    v1::QueryTableRequest request;
    request.set_measure(measure);
    for (const v1::Dimension dimension : dimensions) request.add_dimensions(dimension);
    request.set_tier(tier);
    request.set_min_feed_position(Position());
    return request;
  }
  absl::StatusOr<v1::Table> Query(std::unique_ptr<grpc::ClientContext> context, const v1::QueryTableRequest& request) {
    v1::QueryTableResponse response;
    const absl::Status status = status::FromGrpc(stub_->QueryTable(context.get(), request, &response));
    if (!status.ok()) return status;
    return response.table();
  }
  absl::StatusOr<v1::RebuildReadModelResponse> Rebuild(const std::string& request_id) {
    v1::RebuildReadModelRequest request;
    request.set_request_id(request_id);
    v1::RebuildReadModelResponse response;
    const auto context = As("central_team");
    const absl::Status status = status::FromGrpc(stub_->RebuildReadModel(context.get(), request, &response));
    if (!status.ok()) return status;
    return response;
  }

  template <class Cells>
  static std::vector<std::string> Show(const Cells& cells) {
    std::vector<std::string> shown;
    for (const v1::Cell& cell : cells) {
      shown.push_back(absl::StrCat(cell.category(), "=", cell.has_value() ? absl::StrCat(cell.value()) : "-"));
    }
    return shown;
  }

  void Execute(const std::string& text) {
    ASSERT_TRUE(stores_["statistics"]
                    ->Write([&](sql::Transaction& transaction) {
                      transaction.Execute({"test", text});
                      return absl::OkStatus();
                    })
                    .ok());
  }

  TemporaryFolder folder_;
  absl::Time demo_now_ = absl::InfinitePast();
  absl::Duration freeze_ = absl::InfiniteDuration();
  std::unique_ptr<host::Host> host_;
  std::map<std::string, exec::Store*> stores_;
  std::unique_ptr<auth::DevIssuer> issuer_;
  std::unique_ptr<v1::StatisticsService::Stub> stub_;
  std::unique_ptr<changes::v1::ChangesService::Stub> changes_;
};

}  // namespace equity::statistics::testing
