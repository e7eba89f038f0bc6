// The service behind a real server, with the credentials of its callers and two services whose changes it follows.
#include "services/statistics/service.h"

#include <filesystem>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/auth/dev_issuer.h"
#include "common/feed/feed.h"
#include "common/feed/position.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/statistics/testing/testing.h"

namespace equity::statistics {
namespace {

using testing::BookingEvent;
using testing::Change;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kMonday;
using testing::kSummer;
using testing::kThursday;
using testing::ParticipantEvent;
using ::testing::SizeIs;

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
    host_ = *host::Host::Create({.data_folder = folder_.path(), .dev_issuer = true, .log_fd = -1});
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
    add("statistics", Open);
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

  void Say(const std::string& service, const std::vector<Change>& changes) {
    ASSERT_TRUE(stores_[service]
                    ->Write([&](sql::Transaction& transaction) {
                      absl::Time when;
                      std::string error;
                      absl::ParseTime("%Y-%m-%d %H:%M", "2021-07-20 09:00", London(), &when, &error);
                      for (const Change& change : changes) feed::Append(transaction, when, change);
                      return absl::OkStatus();
                    })
                    .ok());
  }

  // Trust: 12 people with a place on Monday, of whom 3 came. Council: 4 people, who wait for Thursday.
  void SaySummer() {
    std::vector<Change> people = {testing::OrganisationIs("trust", "NHS_TRUST", "WEST_SUFFOLK"),
                                  testing::OrganisationIs("council", "LOCAL_AUTHORITY", "")};
    std::vector<Change> bookings = {testing::WorkshopOf(kSummer),
                                    testing::SessionIs(kThursday, kSummer, "2021-08-12", 0),
                                    testing::SessionIs(kMonday, kSummer, "2021-08-02", 20)};
    for (int i = 0; i < 16; ++i) {
      const bool trust = i < 12;
      const std::string organisation = trust ? "trust" : "council";
      const std::string person = testing::Person(organisation, i);
      const std::string booking = testing::Booking(organisation, i);
      people.push_back(testing::Participant(ParticipantEvent::KIND_REGISTERED, person));
      bookings.push_back(testing::Books(booking, person, trust ? kMonday : kThursday,
                                        trust ? BookingEvent::STATE_SEATED : BookingEvent::STATE_WAITING));
      if (i < 3) bookings.push_back(testing::Attends(booking, person, kMonday, true));
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

  testing::TemporaryFolder folder_;
  std::unique_ptr<host::Host> host_;
  std::map<std::string, exec::Store*> stores_;
  std::unique_ptr<auth::DevIssuer> issuer_;
  std::unique_ptr<v1::StatisticsService::Stub> stub_;
  std::unique_ptr<changes::v1::ChangesService::Stub> changes_;
};

TEST_F(ServiceTest, TheCentralTeamSeesEverythingExactly) {
  SaySummer();
  const auto summary = Summary(As("central_team"));
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->challenge(), kSummer);
  EXPECT_EQ(summary->tier(), v1::TIER_OPERATIONAL);
  EXPECT_THAT(Show(summary->funnel()),
              ElementsAre("people.registered=16", "people.seated=12", "people.waiting=4", "people.attended=3"));
  ASSERT_THAT(summary->sessions(), SizeIs(2));
  const auto& monday = summary->sessions(0);
  EXPECT_EQ(monday.session(), kMonday);
  EXPECT_EQ(monday.date(), "2021-08-02");
  EXPECT_EQ(monday.capacity(), 20);
  EXPECT_EQ(monday.seated(), 12);
  EXPECT_EQ(monday.attended().value(), 3);
  EXPECT_EQ(summary->sessions(1).waiting(), 4);
  EXPECT_EQ(summary->data_as_of().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilHour(2021, 7, 20, 8), absl::UTCTimeZone())));
  EXPECT_EQ(summary->feed_position(), Position());
}

TEST_F(ServiceTest, APartnerSeesItsOwnPeopleExactlyAndSessionsWhole) {
  SaySummer();
  const auto summary = Summary(As("partner", "council"));
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->tier(), v1::TIER_OPERATIONAL);
  EXPECT_THAT(Show(summary->funnel()),
              ElementsAre("people.registered=4", "people.seated=0", "people.waiting=4", "people.attended=0"));
  EXPECT_EQ(summary->sessions(0).seated(), 12);
  // The attendance of others is not public.
  EXPECT_EQ(summary->sessions(0).attended().status(), v1::Cell::STATUS_SUPPRESSED_PRIMARY);
  const auto table = Query(As("partner", "council"), TableRequest("people.registered", {v1::DIMENSION_ORGANISATION}));
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(Show(table->cells()), ElementsAre("organisations/council=4"));
}

TEST_F(ServiceTest, APartnerMayHaveThePublishableNumbersOfAll) {
  SaySummer();
  const auto table = Query(As("partner", "council"),
                           TableRequest("people.registered", {v1::DIMENSION_ORGANISATION}, v1::TIER_PUBLISHABLE));
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->tier(), v1::TIER_PUBLISHABLE);
  EXPECT_THAT(Show(table->cells()), ElementsAre("organisations/council=-", "organisations/trust=-"));
  EXPECT_EQ(table->cells(0).status(), v1::Cell::STATUS_SUPPRESSED_PRIMARY);
  EXPECT_EQ(table->cells(1).status(), v1::Cell::STATUS_SUPPRESSED_SECONDARY);
}

TEST_F(ServiceTest, OthersHaveThePublishableTierOnly) {
  SaySummer();
  for (const char* role : {"facilitator", "reference_group", "analyst"}) {
    const auto summary = Summary(As(role));
    ASSERT_TRUE(summary.ok()) << summary.status();
    EXPECT_EQ(summary->tier(), v1::TIER_PUBLISHABLE);
    EXPECT_THAT(Show(summary->funnel()),
                ElementsAre("people.registered=15", "people.seated=10", "people.waiting=-", "people.attended=-"));
    EXPECT_FALSE(summary->sessions(0).attended().has_value());
    EXPECT_EQ(summary->sessions(0).seated(), 12);
    const auto refused = Summary(As(role), v1::TIER_OPERATIONAL).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(status::Reason(refused), "TIER_NOT_ALLOWED");
    EXPECT_EQ(status::Reason(Query(As(role), TableRequest("people.seated", {}, v1::TIER_OPERATIONAL)).status()),
              "TIER_NOT_ALLOWED");
  }
}

TEST_F(ServiceTest, AnyoneMayHavePublicTablesAndTheDefinitions) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  v1::QueryPublicTableRequest request;
  request.set_measure("people.registered");
  v1::QueryPublicTableResponse response;
  auto context = As("");
  ASSERT_TRUE(stub_->QueryPublicTable(context.get(), request, &response).ok());
  EXPECT_EQ(response.table().tier(), v1::TIER_PUBLISHABLE);
  EXPECT_THAT(Show(response.table().cells()), ElementsAre("=15"));

  v1::ListMeasuresResponse measures;
  context = As("");
  ASSERT_TRUE(stub_->ListMeasures(context.get(), {}, &measures).ok());
  EXPECT_THAT(measures.measures(), SizeIs(7));
  EXPECT_EQ(measures.measures(0).id(), "people.attended");
  EXPECT_TRUE(measures.measures(0).disclosure_controlled());
  EXPECT_THAT(measures.measures(1).definition(), HasSubstr("registered now"));
}

TEST_F(ServiceTest, AnyoneMayHaveThePublishableNumbersAtAGlance) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  v1::GetPublicSummaryResponse response;
  auto context = As("");
  ASSERT_TRUE(stub_->GetPublicSummary(context.get(), {}, &response).ok());
  EXPECT_EQ(response.summary().tier(), v1::TIER_PUBLISHABLE);
  EXPECT_THAT(response.summary().funnel(), SizeIs(4));
  for (const v1::Cell& cell : response.summary().funnel()) EXPECT_NE(cell.status(), v1::Cell::STATUS_EXACT);
  for (const v1::SessionNumbers& session : response.summary().sessions()) {
    EXPECT_NE(session.attended().status(), v1::Cell::STATUS_EXACT);
  }
}

TEST_F(ServiceTest, ExactNumbersNeedACredential) {
  EXPECT_EQ(Summary(As("")).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(ServiceTest, AChallengeThatIsNotThere) {
  EXPECT_EQ(Summary(As("central_team")).status().code(), absl::StatusCode::kNotFound);
  SaySummer();
  auto request = TableRequest("people.seated");
  request.set_challenge("challenges/other");
  EXPECT_EQ(Query(As("central_team"), request).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ServiceTest, TwoChallengesMustBeToldApart) {
  SaySummer();
  Say("workshops", {testing::WorkshopOf("challenges/winter")});
  const absl::Status status = Summary(As("central_team")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::FieldFaults(status).at(0).field, "challenge");
  auto request = TableRequest("people.seated");
  request.set_challenge("challenges/winter");
  EXPECT_THAT(Show(Query(As("central_team"), request)->cells()), ElementsAre("=0"));
}

TEST_F(ServiceTest, WrongQuestionsAreRefused) {
  SaySummer();
  const auto faults = [&](const v1::QueryTableRequest& request) {
    std::vector<std::string> fields;
    for (const auto& fault : status::FieldFaults(Query(As("central_team"), request).status()))
      fields.push_back(fault.field);
    return fields;
  };
  EXPECT_THAT(faults(TableRequest("people.happy")), ElementsAre("measure"));
  EXPECT_THAT(faults(TableRequest("people.registered", {v1::DIMENSION_SESSION})), ElementsAre("dimensions[0]"));
  EXPECT_THAT(faults(TableRequest("people.seated", {v1::DIMENSION_SECTOR, v1::DIMENSION_SECTOR})),
              ElementsAre("dimensions[1]"));
  auto request = TableRequest("people.seated");
  request.set_min_feed_position("tomorrow");
  EXPECT_THAT(faults(request), ElementsAre("min_feed_position"));
}

TEST_F(ServiceTest, APositionThatDoesNotComeIsNotWaitedForLong) {
  SaySummer();
  auto request = TableRequest("people.seated");
  request.set_min_feed_position(feed::Format({{"workshops", 1000000}}));
  auto context = As("central_team");
  context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(600)));
  const absl::Status status = Query(std::move(context), request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status::Reason(status), "STATISTICS_BEHIND");
  EXPECT_GT(status::RetryAfter(status), absl::ZeroDuration());
}

TEST_F(ServiceTest, WhatOthersSaidIsNotWaitedFor) {
  SaySummer();
  auto request = TableRequest("people.seated");
  auto position = *feed::Parse(request.min_feed_position(), "");
  position["benefit_plans"] = 1000000;
  request.set_min_feed_position(feed::Format(position));
  EXPECT_THAT(Show(Query(As("central_team"), request)->cells()), ElementsAre("=12"));
}

TEST_F(ServiceTest, AfterARestartItGoesOnWhereItWas) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  Restart();
  Say("participants", {testing::Participant(ParticipantEvent::KIND_REGISTERED, testing::Person("trust", 100))});
  EXPECT_EQ(Show(Summary(As("central_team"))->funnel())[0], "people.registered=17");
}

TEST_F(ServiceTest, AnotherKeyIsRefused) {
  host_->Stop(absl::Seconds(5));
  host_.reset();
  std::filesystem::remove(folder_.path() + "/statistics.key");
  host_ = *host::Host::Create({.data_folder = folder_.path(), .dev_issuer = true, .log_fd = -1});
  EXPECT_EQ(host_->Add("statistics", Open).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ServiceTest, ARebuiltModelEqualsTheOneInUse) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  const std::string id = NewUuidV7(absl::Now());
  const auto rebuilt = Rebuild(id);
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_TRUE(rebuilt->equal());
  EXPECT_EQ(rebuilt->changes_read(), 2 + 16 + 3 + 16 + 3);
  EXPECT_THAT(Show(Summary(As("central_team"))->funnel()),
              ElementsAre("people.registered=16", "people.seated=12", "people.waiting=4", "people.attended=3"));
  // The new model goes on being fed.
  Say("participants", {testing::Participant(ParticipantEvent::KIND_REGISTERED, testing::Person("trust", 100))});
  EXPECT_EQ(Show(Summary(As("central_team"))->funnel())[0], "people.registered=17");
  // Sent again, the request has its one effect and the same answer.
  EXPECT_EQ(Rebuild(id)->changes_read(), rebuilt->changes_read());
  const auto again = Rebuild(NewUuidV7(absl::Now()));
  EXPECT_TRUE(again->equal());
  EXPECT_EQ(again->changes_read(), rebuilt->changes_read() + 1);
}

TEST_F(ServiceTest, ARebuildRepairsAWrongModel) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  Execute("UPDATE local_cells SET value = value + 1");
  EXPECT_EQ(Show(Summary(As("central_team"))->funnel())[0], "people.registered=17");
  EXPECT_FALSE(Rebuild(NewUuidV7(absl::Now()))->equal());
  EXPECT_EQ(Show(Summary(As("central_team"))->funnel())[0], "people.registered=16");
}

TEST_F(ServiceTest, OneRebuildAtATime) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  // Of two, one waits for the store, which is held up until the other one has been refused.
  absl::Notification held;
  absl::Notification refused;
  std::thread holder([&] {
    EXPECT_TRUE(stores_["statistics"]
                    ->Write([&](sql::Transaction&) {
                      held.Notify();
                      refused.WaitForNotificationWithTimeout(absl::Seconds(8));
                      return absl::OkStatus();
                    })
                    .ok());
  });
  held.WaitForNotification();
  std::vector<absl::Status> outcomes(2);
  std::vector<std::thread> callers;
  for (absl::Status& outcome : outcomes) {
    callers.emplace_back([&] {
      outcome = Rebuild(NewUuidV7(absl::Now())).status();
      if (outcome.code() == absl::StatusCode::kAborted) refused.Notify();
    });
  }
  for (std::thread& caller : callers) caller.join();
  holder.join();
  if (outcomes[0].ok()) std::swap(outcomes[0], outcomes[1]);
  EXPECT_EQ(status::Reason(outcomes[0]), "REBUILD_RUNNING");
  EXPECT_TRUE(outcomes[1].ok()) << outcomes[1];
}

TEST_F(ServiceTest, ARebuildWithoutTheWholeFeedChangesNothing) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  Execute("UPDATE local_progress SET sequence = 1000000 WHERE service = 'workshops'");
  const absl::Status status = Rebuild(NewUuidV7(absl::Now())).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status::Reason(status), "REBUILD_INTERRUPTED");
  EXPECT_EQ(Show(Summary(As("central_team"))->funnel())[1], "people.seated=12");
}

TEST_F(ServiceTest, OnlyTheCentralTeamRebuilds) {
  v1::RebuildReadModelRequest request;
  request.set_request_id(NewUuidV7(absl::Now()));
  v1::RebuildReadModelResponse response;
  const auto context = As("analyst");
  EXPECT_EQ(stub_->RebuildReadModel(context.get(), request, &response).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace equity::statistics
