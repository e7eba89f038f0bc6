// Frozen numbers of past weeks, through a real server.
#include "services/statistics/snapshots.h"

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "services/statistics/testing/service.h"

namespace equity::statistics {
namespace {

using testing::BookingEvent;
using ::testing::ElementsAre;
using testing::kMonday;
using testing::kSummer;
using testing::ParticipantEvent;
using testing::ServiceTest;
using ::testing::SizeIs;

// The business clock stands after the end of two weeks in which something happened.
class SnapshotTest : public ServiceTest {
 protected:
  static constexpr char kFirst[] = "challenges/summer/snapshots/2021-w29";
  static constexpr char kSecond[] = "challenges/summer/snapshots/2021-w30";

  SnapshotTest() {
    Stop();
    demo_now_ = testing::TimeAt("2021-08-03 12:00");
    std::filesystem::remove_all(folder_.path());
    std::filesystem::create_directory(folder_.path());
    StartHost();
  }
  void Stop() {
    host_->Stop(absl::Seconds(5));
    host_.reset();
  }

  // Week 29, 30 and 31: 12 people, then 9 more with a plan, then another 10.
  void SayThreeWeeks() {
    Say("workshops", {testing::WorkshopOf(kSummer), testing::SessionIs(kMonday, kSummer, "2021-07-23", 100)});
    Say("participants", {testing::OrganisationIs("trust", "NHS_TRUST", "WEST_SUFFOLK")});
    Book(0, 12, "2021-07-20 09:00");
    Book(12, 21, "2021-07-26 00:00");
    Say("benefit_plans", {testing::PlanIs(testing::PlanOf("trust", 1), testing::PlanEvent::STATE_DRAFT)},
        "2021-07-27 09:00");
    Book(21, 31, "2021-08-02 00:00");
    freeze_ = absl::Milliseconds(100);
    Restart();
  }
  void Book(int begin, int end, const std::string& time) {
    for (int i = begin; i < end; ++i) {
      const std::string person = testing::Person("trust", i);
      Say("participants", {testing::Participant(ParticipantEvent::KIND_REGISTERED, person)}, time);
      Say("workshops", {testing::Books(testing::Booking("trust", i), person, kMonday, BookingEvent::STATE_SEATED)},
          time);
    }
  }

  std::vector<v1::Snapshot> List(int page_size = 0, std::string* token = nullptr) {
    v1::ListSnapshotsRequest request;
    request.set_parent("challenges/-");
    request.set_page_size(page_size);
    if (token != nullptr) request.set_page_token(*token);
    v1::ListSnapshotsResponse response;
    const auto context = As("");
    EXPECT_TRUE(stub_->ListSnapshots(context.get(), request, &response).ok());
    if (token != nullptr) *token = response.next_page_token();
    return {response.snapshots().begin(), response.snapshots().end()};
  }
  std::vector<v1::Snapshot> Await(size_t snapshots) {
    std::vector<v1::Snapshot> list;
    for (int i = 0; i < 100 && (list = List()).size() < snapshots; ++i) absl::SleepFor(absl::Milliseconds(50));
    EXPECT_THAT(list, SizeIs(snapshots));
    return list;
  }
  std::vector<std::string> Frozen(const std::string& snapshot, const std::string& measure,
                                  std::vector<v1::Dimension> dimensions = {}) {
    v1::QueryPublicTableRequest request;
    request.set_measure(measure);
    for (const v1::Dimension dimension : dimensions) request.add_dimensions(dimension);
    request.set_snapshot(snapshot);
    v1::QueryPublicTableResponse response;
    const auto context = As("");
    const auto status = stub_->QueryPublicTable(context.get(), request, &response);
    if (!status.ok()) return {status.error_message()};
    EXPECT_EQ(response.table().snapshot(), snapshot);
    return Show(response.table().cells());
  }
};

TEST_F(SnapshotTest, AWeekThatHasEndedIsFrozenAsItStood) {
  SayThreeWeeks();
  const auto snapshots = Await(2);
  EXPECT_EQ(snapshots[0].name(), kSecond);
  EXPECT_EQ(snapshots[1].name(), kFirst);
  EXPECT_EQ(snapshots[1].week(), "2021-W29");
  EXPECT_EQ(snapshots[1].end_time().seconds(), absl::ToUnixSeconds(testing::TimeAt("2021-07-26 00:00")));
  EXPECT_EQ(snapshots[1].sha256().size(), 64u);
  EXPECT_NE(snapshots[0].sha256(), snapshots[1].sha256());
  EXPECT_THAT(Frozen(kFirst, "people.registered"), ElementsAre("=10"));
  EXPECT_THAT(Frozen(kSecond, "people.registered"), ElementsAre("=20"));
  EXPECT_THAT(Frozen(kFirst, "plans.drafted"), ElementsAre("=0"));
  EXPECT_THAT(Frozen(kSecond, "plans.drafted"), ElementsAre("=1"));
  EXPECT_EQ(Show(Summary(As("central_team"))->funnel())[0], "people.registered=31");

  v1::GetSnapshotRequest request;
  request.set_name(kFirst);
  v1::GetSnapshotResponse response;
  auto context = As("");
  ASSERT_TRUE(stub_->GetSnapshot(context.get(), request, &response).ok());
  EXPECT_EQ(response.snapshot().sha256(), snapshots[1].sha256());
  EXPECT_EQ(response.summary().tier(), v1::TIER_PUBLISHABLE);
  EXPECT_EQ(response.summary().snapshot(), kFirst);
  EXPECT_EQ(Show(response.summary().funnel())[0], "people.registered=10");

  std::string token;
  EXPECT_EQ(List(1, &token).at(0).name(), kSecond);
  EXPECT_EQ(List(1, &token).at(0).name(), kFirst);
  EXPECT_EQ(token, "");
}

TEST_F(SnapshotTest, WhatComesLaterDoesNotChangeIt) {
  SayThreeWeeks();
  const auto before = Await(2);
  const auto sessions = Frozen(kFirst, "people.attended", {v1::DIMENSION_SESSION});
  // Who came in week 29 is recorded in week 31.
  for (int i = 0; i < 9; ++i) {
    Say("workshops", {testing::Attends(testing::Booking("trust", i), testing::Person("trust", i), kMonday, true)},
        "2021-08-03 09:00");
  }
  EXPECT_EQ(Show(Summary(As("central_team"))->funnel())[3], "people.attended=9");
  EXPECT_EQ(Frozen(kFirst, "people.attended", {v1::DIMENSION_SESSION}), sessions);
  const auto after = List();
  EXPECT_EQ(before[1].late_records(), 0);
  EXPECT_EQ(after[1].late_records(), 9);
  EXPECT_EQ(after[1].sha256(), before[1].sha256());
  // Neither does a rebuild, nor a restart.
  EXPECT_TRUE(Rebuild(NewUuidV7(absl::Now()))->equal());
  Restart();
  EXPECT_THAT(List(), SizeIs(2));
  EXPECT_EQ(List()[1].sha256(), before[1].sha256());
}

TEST_F(SnapshotTest, AStoreThatIsMadeAnewMakesTheSameOnes) {
  SayThreeWeeks();
  const auto before = Await(2);
  Say("workshops", {testing::Attends(testing::Booking("trust", 1), testing::Person("trust", 1), kMonday, true)},
      "2021-08-03 09:00");
  Stop();
  for (const char* file : {"statistics.db", "statistics.db-wal", "statistics.db-shm", "statistics.key"}) {
    std::filesystem::remove(folder_.path() + "/" + file);
  }
  StartHost();
  const auto after = Await(2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(after[i].sha256(), before[i].sha256());
    EXPECT_EQ(after[i].feed_position(), before[i].feed_position());
  }
}

TEST_F(SnapshotTest, ItHasThePublishableTablesInEitherOrder) {
  SayThreeWeeks();
  Await(2);
  EXPECT_THAT(Frozen(kSecond, "people.registered", {v1::DIMENSION_SECTOR}), ElementsAre("NHS_TRUST=20"));
  EXPECT_EQ(Frozen(kSecond, "people.registered", {v1::DIMENSION_SECTOR, v1::DIMENSION_ISO_WEEK}),
            Frozen(kSecond, "people.registered", {v1::DIMENSION_SECTOR, v1::DIMENSION_ISO_WEEK}));
  EXPECT_THAT(Frozen(kSecond, "people.registered", {v1::DIMENSION_ISO_WEEK, v1::DIMENSION_SECTOR}), SizeIs(2));
  EXPECT_THAT(Frozen("challenges/summer/snapshots/2021-w28", "people.registered"), SizeIs(1));
  auto request = TableRequest("people.registered");
  request.set_snapshot("challenges/summer/snapshots/2021-w28");
  EXPECT_EQ(Query(As("analyst"), request).status().code(), absl::StatusCode::kNotFound);
  request.set_snapshot(kFirst);
  EXPECT_THAT(Show(Query(As("central_team"), request)->cells()), ElementsAre("=10"));
  request.set_tier(v1::TIER_OPERATIONAL);
  EXPECT_EQ(status::FieldFaults(Query(As("central_team"), request).status()).at(0).field, "tier");
}

}  // namespace
}  // namespace equity::statistics
