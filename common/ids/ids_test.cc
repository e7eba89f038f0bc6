#include <set>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "gtest/gtest.h"

namespace equity {
namespace {

const absl::Time kTime = absl::FromUnixMillis(1626768000123);

TEST(NewUuidV7Test, CarriesTheTimeToTheMillisecond) {
  const std::string id = NewUuidV7(kTime + absl::Microseconds(400));
  EXPECT_TRUE(IsUuid(id)) << id;
  EXPECT_EQ(id[14], '7') << id;
  EXPECT_EQ(UuidV7Time(id), kTime);
}

TEST(NewUuidV7Test, RisesWithinAMillisecond) {
  std::string former;
  for (int i = 0; i < 100'000; ++i) {
    const std::string id = NewUuidV7(kTime);
    ASSERT_LT(former, id);
    ASSERT_EQ(UuidV7Time(id), kTime);
    former = id;
  }
}

TEST(NewUuidV7Test, SortsByTime) { EXPECT_LT(NewUuidV7(kTime), NewUuidV7(kTime + absl::Milliseconds(1))); }

TEST(NewUuidV7Test, ThreadsNeverGetTheSameId) {
  constexpr int kThreads = 4;
  constexpr int kIds = 20'000;
  std::vector<std::vector<std::string>> made(kThreads);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < kIds; ++i) mine.push_back(NewUuidV7(absl::Now()));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), kThreads * kIds);
}

TEST(NewUuidV7Test, ATimeBeforeTheEpochIsTakenAsTheEpoch) {
  EXPECT_EQ(UuidV7Time(NewUuidV7(absl::InfinitePast())), absl::UnixEpoch());
}

TEST(IsUuidTest, TakesTheLongFormInEitherCase) {
  EXPECT_TRUE(IsUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  EXPECT_TRUE(IsUuid("C232AB00-9414-11EC-B3C8-9F6BDECED846"));
  EXPECT_FALSE(IsUuid(""));
  EXPECT_FALSE(IsUuid("017f22e279b07cc398c4dc0c0c07398f"));
  EXPECT_FALSE(IsUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398g"));
  EXPECT_FALSE(IsUuid("017f22e2-79b0-7cc3-98c4+dc0c0c07398f"));
  EXPECT_FALSE(IsUuid("{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"));
}

TEST(UuidV7TimeTest, ReadsTheExampleOfTheRfc) {
  EXPECT_EQ(UuidV7Time("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), absl::FromUnixMillis(0x017F22E279B0));
  EXPECT_EQ(UuidV7Time("919108f7-52d1-4320-9bac-f847db4148a8"), std::nullopt);
  EXPECT_EQ(UuidV7Time("017F22E2-79B0-7CC3-C8C4-DC0C0C07398F"), std::nullopt);
}

TEST(DerivedUuidTest, IsStableAndKeepsTheTime) {
  const std::string operation = NewUuidV7(kTime);
  const std::string id = DerivedUuid(operation, 7);
  EXPECT_EQ(id, DerivedUuid(operation, 7));
  EXPECT_NE(id, DerivedUuid(operation, 8));
  EXPECT_NE(id, DerivedUuid(NewUuidV7(kTime), 7));
  EXPECT_EQ(UuidV7Time(id), kTime);
  EXPECT_EQ(id.substr(0, 13), operation.substr(0, 13));
}

TEST(DerivedUuidTest, NeverChangesBetweenReleases) {
  EXPECT_EQ(DerivedUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 1), "017f22e2-79b0-7e65-ac18-7d6719b4ee3d");
  EXPECT_EQ(DerivedUuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 1),
            DerivedUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 1));
}

TEST(DerivedUuidTest, TakesAnyUuid) {
  const std::string id = DerivedUuid("919108f7-52d1-4320-9bac-f847db4148a8", 1);
  EXPECT_EQ(id.substr(0, 13), "919108f7-52d1");
  EXPECT_TRUE(UuidV7Time(id).has_value());
}

}  // namespace
}  // namespace equity
