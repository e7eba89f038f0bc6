#include "services/statistics/service.h"

#include <filesystem>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/feed/position.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/statistics/tables/measures.h"
#include "services/statistics/testing/service.h"

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
using testing::ServiceTest;
using ::testing::SizeIs;

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
  EXPECT_THAT(measures.measures(), SizeIs(Measures().size()));
  for (const v1::Measure& measure : measures.measures()) {
    EXPECT_EQ(measure.disclosure_controlled(), measure.id().starts_with("people.")) << measure.id();
    EXPECT_FALSE(measure.definition().empty() || measure.cohort_date().empty()) << measure.id();
    EXPECT_EQ(measure.publishable().empty(), measure.id().starts_with("feedback.")) << measure.id();
    if (measure.id() != "people.registered") continue;
    EXPECT_THAT(measure.definition(), HasSubstr("registered now"));
  }
}

TEST_F(ServiceTest, AnyoneMayHaveThePublishableNumbersAtAGlance) {
  SaySummer();
  ASSERT_TRUE(Summary(As("central_team")).ok());
  v1::GetPublicSummaryResponse response;
  auto context = As("");
  ASSERT_TRUE(stub_->GetPublicSummary(context.get(), {}, &response).ok());
  EXPECT_EQ(response.summary().tier(), v1::TIER_PUBLISHABLE);
  EXPECT_THAT(response.summary().funnel(), SizeIs(4));
  // Nobody is not a small number of people: 0 is exact.
  for (const v1::Cell& cell : response.summary().funnel()) {
    if (cell.status() == v1::Cell::STATUS_EXACT) {
      EXPECT_EQ(cell.value(), 0) << cell.category();
    }
  }
  for (const v1::SessionNumbers& session : response.summary().sessions()) {
    if (session.attended().status() == v1::Cell::STATUS_EXACT) {
      EXPECT_EQ(session.attended().value(), 0);
    }
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
  position["somebody_else"] = 1000000;
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

TEST_F(ServiceTest, PublishableTablesAreThoseThatAreNamed) {
  SaySummer();
  const auto table = TableRequest("people.seated", {v1::DIMENSION_ORGANISATION, v1::DIMENSION_ISO_WEEK});
  EXPECT_TRUE(Query(As("central_team"), table).ok());
  const absl::Status status = Query(As("analyst"), table).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::Reason(status), "TABLE_NOT_PUBLISHABLE");
}

TEST_F(ServiceTest, FeedbackIsForThoseWhoMayReadIt) {
  SaySummer();
  Say("workshops", {testing::FeedbackIs(kMonday, {0, 0, 1, 0, 8})}, "2021-08-17 00:00");
  const auto answers = TableRequest("feedback.answers", {v1::DIMENSION_SESSION});
  const auto rating = TableRequest("feedback.rating", {}, v1::TIER_OPERATIONAL);
  for (const char* role : {"central_team", "facilitator", "analyst"}) {
    const auto table = Query(As(role), answers);
    ASSERT_TRUE(table.ok()) << table.status();
    EXPECT_EQ(table->tier(), v1::TIER_OPERATIONAL);
    EXPECT_EQ(Show(table->cells())[0], absl::StrCat(kMonday, "=9"));
    EXPECT_EQ(Query(As(role), rating)->cells(0).number(), 4.78);
    const absl::Status published = Query(As(role), TableRequest("feedback.answers", {}, v1::TIER_PUBLISHABLE)).status();
    EXPECT_EQ(status::Reason(published), "TABLE_NOT_PUBLISHABLE");
  }
  for (const auto& [role, organisation] : {std::pair("partner", "trust"), std::pair("reference_group", "")}) {
    for (const v1::Tier tier : {v1::TIER_UNSPECIFIED, v1::TIER_OPERATIONAL, v1::TIER_PUBLISHABLE}) {
      const absl::Status refused = Query(As(role, organisation), TableRequest("feedback.rating", {}, tier)).status();
      EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
      EXPECT_EQ(status::Reason(refused), "MEASURE_NOT_ALLOWED");
    }
  }
  v1::QueryPublicTableRequest request;
  request.set_measure("feedback.answers");
  for (const char* snapshot : {"", "challenges/summer/snapshots/2021-w33"}) {
    request.set_snapshot(snapshot);
    v1::QueryPublicTableResponse response;
    const auto context = As("");
    EXPECT_EQ(status::Reason(status::FromGrpc(stub_->QueryPublicTable(context.get(), request, &response))),
              "TABLE_NOT_PUBLISHABLE");
  }
  const auto rebuilt = Rebuild(NewUuidV7(absl::Now()));
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_TRUE(rebuilt->equal());
  EXPECT_EQ(Query(As("analyst"), rating)->cells(0).number(), 4.78);
  // A rebuild finds out what is wrong here too.
  Execute("UPDATE local_feedback SET answers = answers + 1 WHERE rating = 5");
  EXPECT_FALSE(Rebuild(NewUuidV7(absl::Now()))->equal());
  EXPECT_EQ(Query(As("analyst"), rating)->cells(0).number(), 4.78);
}

TEST_F(ServiceTest, AnEarlierHierarchyIsForExactNumbersOnly) {
  SaySummer();
  Say("participants", {testing::OrganisationIs("trust", "NHS_TRUST", "NORTH_EAST_ESSEX")}, "2022-07-01 00:00");
  auto request = TableRequest("people.seated", {v1::DIMENSION_PLACE});
  request.set_hierarchy_as_of("2022-06-30");
  const auto before = Query(As("central_team"), request);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_THAT(Show(before->cells()), ElementsAre("WEST_SUFFOLK=12", "WHOLE_SYSTEM=0"));
  EXPECT_EQ(before->hierarchy_as_of(), "2022-06-30");
  request.set_hierarchy_as_of("2022-07-01");
  EXPECT_THAT(Show(Query(As("central_team"), request)->cells()), ElementsAre("NORTH_EAST_ESSEX=12", "WHOLE_SYSTEM=0"));
  EXPECT_EQ(status::FieldFaults(Query(As("analyst"), request).status()).at(0).field, "hierarchy_as_of");
}

TEST_F(ServiceTest, AHierarchyIsOfADayThatHasOne) {
  SaySummer();
  auto request = TableRequest("people.seated", {v1::DIMENSION_PLACE});
  for (const char* day : {"1999-12-31", "2100-01-01"}) {
    request.set_hierarchy_as_of(day);
    const auto refused = Query(As("central_team"), request).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << day;
    ASSERT_EQ(status::FieldFaults(refused).size(), 1u) << day;
    EXPECT_EQ(status::FieldFaults(refused).at(0).field, "hierarchy_as_of");
    EXPECT_THAT(status::FieldFaults(refused).at(0).description,
                ::testing::MatchesRegex("must be from 20[0-9-]+, .*, to 20[0-9-]+, today"));
  }
}

}  // namespace
}  // namespace equity::statistics
