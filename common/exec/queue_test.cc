#include "common/exec/queue.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::exec {
namespace {

using std::chrono::microseconds;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

class Waiter final : public Job {
 public:
  absl::Status Run(sql::Transaction&) override { return absl::OkStatus(); }
  void Done(const absl::Status&) override {}
  bool IsWanted() const override { return is_wanted; }
  int number = 0;
  bool is_wanted = true;
};

// A queue, a clock that moves when it is told to, and a writer whose jobs each take as long as they are told to.
class QueueTest : public testing::Test {
 protected:
  std::unique_ptr<Waiter> Make(const std::string& organisation, Work work = Work::kCall) {
    auto job = std::make_unique<Waiter>();
    job->number = next_++;
    job->work = work;
    job->organisation = organisation;
    return job;
  }
  JobQueue::Turned Push(const std::string& organisation, Work work = Work::kCall) {
    return queue_->Push(Make(organisation, work), now_);
  }
  void PushMany(const std::string& organisation, int count) {
    for (int i = 0; i < count; ++i) Push(organisation);
  }
  static std::string NameOf(const Job& job) { return job.work == Work::kOwn ? "own" : job.organisation; }

  // Runs a batch; how many of each organisation were in it.
  std::map<std::string, int> Batch(int most = 1000) {
    std::vector<std::unique_ptr<Job>> batch;
    queue_->Take(most, now_, wall_, batch, turned_);
    std::map<std::string, int> counts;
    std::vector<JobQueue::Duration> took;
    for (const auto& job : batch) {
      ++counts[NameOf(*job)];
      numbers_[NameOf(*job)].push_back(static_cast<Waiter&>(*job).number);
      const auto cost = costs_.find(job->organisation);
      took.push_back(cost == costs_.end() ? microseconds(100) : cost->second);
      now_ += took.back();
    }
    queue_->Settle(took, microseconds(100));
    last_ = batch.size();
    return counts;
  }
  // The same until the writer has worked for so long.
  std::map<std::string, int> Run(
      JobQueue::Duration how_long, std::function<void()> meanwhile = [] {}) {
    std::map<std::string, int> counts;
    for (const auto until = now_ + how_long; now_ < until && !queue_->empty();) {
      meanwhile();
      for (const auto& [name, count] : Batch()) counts[name] += count;
    }
    return counts;
  }
  void Open(JobQueue::Options options) { queue_ = std::make_unique<JobQueue>(std::move(options)); }

  JobQueue::Clock::time_point now_ = JobQueue::Clock::time_point(std::chrono::hours(1));
  absl::Time wall_ = absl::FromUnixSeconds(1'000'000);
  std::unique_ptr<JobQueue> queue_ = std::make_unique<JobQueue>(JobQueue::Options{});
  std::map<std::string, JobQueue::Duration> costs_;
  std::map<std::string, std::vector<int>> numbers_;
  std::vector<JobQueue::Turned> turned_;
  size_t last_ = 0;
  int next_ = 0;
};

TEST_F(QueueTest, TakesAllWhereThereIsNotTooMuch) {
  PushMany("one", 60);
  PushMany("other", 4);
  Batch();
  EXPECT_EQ(last_, 64u);
  EXPECT_TRUE(queue_->empty());
  EXPECT_EQ(queue_->waits().size(), 64u);
}

TEST_F(QueueTest, OrganisationsTakeTurnsAndEachIsServedInOrder) {
  PushMany("greedy", 1000);
  PushMany("polite", 10);
  const auto counts = Batch(20);
  EXPECT_EQ(counts.at("polite"), 10);
  EXPECT_EQ(counts.at("greedy"), 10);
  while (!queue_->empty()) Batch();
  for (const auto& [organisation, numbers] : numbers_) EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
}

TEST_F(QueueTest, WhoComesWhileOthersWaitIsInTheNextBatch) {
  PushMany("greedy", 1500);
  Run(std::chrono::milliseconds(60));  // by now there is too much
  Batch();
  EXPECT_THAT(last_, AllOf(Ge(1u), Le(25u))) << "batches are short";
  Push("polite");
  EXPECT_EQ(Batch(1).count("polite"), 1u);
}

TEST_F(QueueTest, NobodySavesUp) {
  PushMany("always", 1000);
  Run(std::chrono::milliseconds(50));
  PushMany("late", 500);
  const auto counts = Batch(100);
  EXPECT_NEAR(counts.at("always"), counts.at("late"), 1);
}

TEST_F(QueueTest, TurnsGoByTheTimeThatJobsTake) {
  costs_ = {{"heavy", microseconds(900)}, {"light", microseconds(100)}};
  Open({.limit = 10'000});
  PushMany("heavy", 500);
  PushMany("light", 5000);
  Run(std::chrono::milliseconds(200));  // learns what they cost
  const auto counts = Run(std::chrono::milliseconds(100));
  EXPECT_NEAR(counts.at("heavy") * 9, counts.at("light"), 60);
}

TEST_F(QueueTest, AHiccupIsNobodysFault) {
  PushMany("one", 500);
  PushMany("other", 500);
  Run(std::chrono::milliseconds(20));
  costs_["one"] = std::chrono::seconds(1);
  Batch(2);
  costs_.clear();
  const auto counts = Run(std::chrono::milliseconds(10));
  EXPECT_GE(counts.at("one"), 30);
  EXPECT_GE(counts.at("other"), 30);
}

TEST_F(QueueTest, WeightsDivideTheWriter) {
  Open({.weights = {{"large", 3}}});
  PushMany("large", 900);
  PushMany("small", 900);
  const auto counts = Batch(100);
  EXPECT_NEAR(counts.at("large"), 75, 2);
}

TEST_F(QueueTest, TheServicesOwnWorkGetsHalfOfTheWriterAndIsNeverRefused) {
  for (const char* partner : {"one", "two", "three"}) PushMany(partner, 600);
  for (int i = 0; i < 3000; ++i) EXPECT_EQ(Push("", Work::kOwn).job, nullptr);
  Run(std::chrono::milliseconds(40));  // learns what they cost
  const auto counts = Batch(20);
  EXPECT_NEAR(counts.at("own"), 10, 2);
}

TEST_F(QueueTest, TheLongestLineGivesWayWhenTheQueueIsFull) {
  Open({.limit = 100});
  PushMany("greedy", 100);
  // Its own next one is refused ...
  JobQueue::Turned turned = Push("greedy");
  EXPECT_EQ(turned.why, JobQueue::Why::kFull);
  EXPECT_EQ(status::Reason(turned.Status()), "QUEUE_FULL");
  EXPECT_EQ(static_cast<Waiter&>(*turned.job).number, 100);
  // ... and its last ones go where others come, until each has half.
  for (int i = 0; i < 50; ++i) {
    turned = Push("polite");
    ASSERT_NE(turned.job, nullptr);
    EXPECT_EQ(turned.job->organisation, "greedy");
    EXPECT_EQ(static_cast<Waiter&>(*turned.job).number, 99 - i);
  }
  EXPECT_EQ(Push("polite").job->organisation, "polite");
  EXPECT_EQ(queue_->size(), 100);
  // Streams are slowed, and own work is done: neither counts.
  EXPECT_EQ(Push("greedy", Work::kFlow).job, nullptr);
  EXPECT_EQ(Push("", Work::kOwn).job, nullptr);
}

TEST_F(QueueTest, AHeavyLineOfOneMayGiveItUp) {
  Open({.limit = 1, .weights = {{"large", 3}}});
  Push("small");
  EXPECT_EQ(Push("large").job->organisation, "small");
  EXPECT_EQ(Batch(), (std::map<std::string, int>{{"large", 1}}));
}

TEST_F(QueueTest, ALineThatIsTooSlowIsJoinedNoMore) {
  PushMany("greedy", 300);
  now_ += std::chrono::milliseconds(250);
  const JobQueue::Turned turned = Push("greedy");
  EXPECT_EQ(turned.why, JobQueue::Why::kSlow);
  EXPECT_EQ(turned.Status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status::Reason(turned.Status()), "QUEUE_SLOW");
  EXPECT_EQ(status::Detail(turned.Status(), "waiting"), "300");
  EXPECT_EQ(Push("greedy", Work::kFlow).job, nullptr);
  EXPECT_EQ(Push("polite").job, nullptr);
}

TEST_F(QueueTest, ALineIsJoinedAsLongAsItWillBeServedInTime) {
  costs_["greedy"] = std::chrono::milliseconds(1);
  PushMany("greedy", 100);
  while (!queue_->empty()) Batch();  // learns what they cost
  int joined = 0;
  while (Push("greedy").job == nullptr) ++joined;
  EXPECT_NEAR(joined, 180, 25);  // 200 ms, less the commits
  Push("polite");
  while (Push("polite").job == nullptr) ++joined;
  EXPECT_NEAR(joined, 180 + 90, 35) << "where two take turns, half as many";
}

TEST_F(QueueTest, AFewMayAlwaysWait) {
  PushMany("one", 63);
  now_ += std::chrono::seconds(5);
  EXPECT_EQ(Push("one").job, nullptr);
  EXPECT_NE(Push("one").job, nullptr);
}

TEST_F(QueueTest, WhoIsRefusedComesBackAtThePaceOfTheLine) {
  PushMany("greedy", 200);
  now_ += std::chrono::milliseconds(300);  // 1.5 ms each
  std::vector<absl::Duration> pauses;
  for (int i = 0; i < 1000; ++i) pauses.push_back(status::RetryAfter(Push("greedy").Status()));
  EXPECT_GE(pauses.front(), absl::Milliseconds(300));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(pauses.back() - pauses.front()), 999 * 1.5, 2);
  for (int i = 0; i < 20'000; ++i) pauses.push_back(status::RetryAfter(Push("greedy").Status()));
  EXPECT_LE(pauses.back(), absl::Seconds(10));
}

TEST_F(QueueTest, WhatNobodyWaitsForIsNotRunAndCostsNobodyATurn) {
  for (int i = 0; i < 30; ++i) {
    auto job = Make("one");
    if (i % 3 == 0) job->deadline = wall_ - absl::Milliseconds(1);
    if (i % 3 == 1) job->is_wanted = false;
    EXPECT_EQ(queue_->Push(std::move(job), now_).job, nullptr);
  }
  Batch(10);
  EXPECT_EQ(last_, 10u);
  ASSERT_EQ(turned_.size(), 20u);
  EXPECT_EQ(turned_[0].why, JobQueue::Why::kExpired);
  EXPECT_EQ(turned_[0].Status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(turned_[1].why, JobQueue::Why::kUnwanted);
  EXPECT_EQ(turned_[1].Status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(queue_->empty());
}

// The load of the drill: a writer that takes 1 ms for a job, 5,000 calls a second of one organisation, 50 of another.
TEST_F(QueueTest, OneThatSendsAHundredTimesAsMuchHoldsNobodyUp) {
  costs_ = {{"greedy", microseconds(1000)}, {"polite", microseconds(1000)}};
  JobQueue::Clock::time_point greedy_next = now_;
  JobQueue::Clock::time_point polite_next = now_;
  double longest = 0;
  int refused = 0;
  const auto begin = now_;
  const auto load = [&] {
    for (; greedy_next <= now_; greedy_next += microseconds(200)) refused += Push("greedy").job != nullptr ? 1 : 0;
    for (; polite_next <= now_; polite_next += std::chrono::milliseconds(20)) {
      const auto job = queue_->Push(Make("polite"), polite_next);
      EXPECT_EQ(job.job, nullptr);
    }
  };
  std::map<std::string, int> counts;
  load();
  while (now_ - begin < std::chrono::seconds(4)) {
    std::vector<std::unique_ptr<Job>> batch;
    queue_->Take(1000, now_, wall_, batch, turned_);
    std::vector<JobQueue::Duration> took;
    for (size_t i = 0; i < batch.size(); ++i) {
      ++counts[batch[i]->organisation];
      now_ += microseconds(1000);
      took.push_back(microseconds(1000));
      // But for the first moments, until it is known that there is too much.
      if (batch[i]->organisation == "polite" && now_ - begin > std::chrono::seconds(1)) {
        longest = std::max(longest, queue_->waits()[i]);
      }
    }
    queue_->Settle(took, microseconds(300));
    load();
  }
  EXPECT_LE(longest, 0.0025);
  EXPECT_NEAR(counts["greedy"] + counts["polite"], 4'000, 10);
  EXPECT_NEAR(counts["polite"], 200, 2);
  EXPECT_NEAR(refused, 20'000 - 3'800 - 200, 300);
}

}  // namespace
}  // namespace equity::exec
