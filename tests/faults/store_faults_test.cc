// The store alone, over a disk that fails: OK is answered only for what is there when the store is opened again, and
// a job is there whole or not at all.
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "common/exec/store.h"
#include "common/once/once.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/vfs_shim.h"

namespace equity::faults {
namespace {

using ::testing::IsEmpty;

const sql::Sql kInsert{"t.insert", "INSERT INTO t (id, half, filler) VALUES ($1, $2, zeroblob($3))"};
const sql::Sql kHalves{"t.halves", "SELECT id, count(*) FROM t GROUP BY id"};
const sql::Sql kIntegrity{"integrity", "PRAGMA integrity_check"};

class StoreFaultsTest : public testing::Test {
 protected:
  StoreFaultsTest() : folder_(std::filesystem::temp_directory_path() / ("store_faults." + std::to_string(getpid()))) {
    NewFolder();
  }
  ~StoreFaultsTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void NewFolder() {
    store_.reset();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    acknowledged_.clear();
    fatal_ = 0;
    next_id_ = 1;
  }
  void Open(const std::string& vfs) {
    store_.reset();
    auto opened = exec::Store::Open(
        {.name = "test",
         .folder = folder_,
         .migrations = {{1, "t", "CREATE TABLE t (id INTEGER NOT NULL, half INTEGER NOT NULL, filler BLOB) STRICT"}},
         // A batch is all that waits.
         .queue = {.batch = std::chrono::hours(1), .short_batch = std::chrono::hours(1)},
         .checkpoint_pages = 2'000,
         .vfs = vfs,
         .on_fatal = [this](const std::string&) { ++fatal_; }});
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  // Two rows, which belong together.
  absl::Status Insert(int filler = 10) {
    const int id = next_id_++;
    const absl::Status status = store_->Write([=](sql::Transaction& transaction) {
      transaction.Execute(kInsert, {id, 1, filler});
      transaction.Execute(kInsert, {id, 2, filler});
      return absl::OkStatus();
    });
    if (status.ok()) {
      std::lock_guard lock(mutex_);
      acknowledged_.insert(id);
    }
    return status;
  }

  // Several threads write until the store fails, or each has written `most`.
  void Load(int most, int filler = 10) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([=, this] {
        for (int j = 0; j < most && fatal_ == 0; ++j) Insert(filler).IgnoreError();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  // Opens the store without faults and compares. How many were stored without being acknowledged.
  int Reopen() {
    Open("");
    std::set<int> stored;
    int halves = 0;
    std::string integrity;
    const absl::Status status = store_->Read([&](sql::ReadTransaction& transaction) {
      transaction.Each(kHalves, {}, [&](const sql::Row& row) {
        stored.insert(row.Int(0));
        if (row.Int(1) != 2) ++halves;
      });
      transaction.Each(kIntegrity, {}, [&](const sql::Row& row) { integrity = row.Text(0); });
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(integrity, "ok");
    EXPECT_EQ(halves, 0) << "jobs were stored by half, or twice";
    std::vector<int> lost;
    std::set_difference(acknowledged_.begin(), acknowledged_.end(), stored.begin(), stored.end(),
                        std::back_inserter(lost));
    EXPECT_THAT(lost, IsEmpty()) << "answered OK and not there";
    return static_cast<int>(stored.size() - acknowledged_.size());
  }

  FaultyVfs vfs_{"store_faults"};
  std::filesystem::path folder_;
  std::unique_ptr<exec::Store> store_;
  std::mutex mutex_;
  std::set<int> acknowledged_;
  std::atomic<int> fatal_ = 0;
  std::atomic<int> next_id_ = 1;
};

// Every fault at the n-th call, for many n.
struct Sweep {
  const char* name;
  DiskCall call;
  Fault fault;
  bool from_then_on;
  std::vector<int> nths;
};

class FaultSweepTest : public StoreFaultsTest, public testing::WithParamInterface<Sweep> {};

TEST_P(FaultSweepTest, OkIsAnsweredOnlyForWhatIsThereAfterwards) {
  const Sweep& sweep = GetParam();
  int unacknowledged = 0;
  for (const int nth : sweep.nths) {
    SCOPED_TRACE(nth);
    NewFolder();
    Open(vfs_.name());
    Load(5);
    vfs_.Arm({.call = sweep.call, .fault = sweep.fault, .nth = nth, .from_then_on = sweep.from_then_on});
    Load(10'000);
    EXPECT_EQ(fatal_, 1);
    EXPECT_GE(vfs_.hits(), 1);
    // Even if the disk is well again: what happened to it is found out by opening it anew.
    vfs_.Disarm();
    const int64_t commits = store_->commits();
    EXPECT_EQ(Insert().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(store_->commits(), commits);
    EXPECT_FALSE(store_->Health().empty());
    unacknowledged += Reopen();
    EXPECT_TRUE(Insert().ok());
  }
  RecordProperty("stored_without_acknowledgement", unacknowledged);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultSweepTest,
    testing::Values(Sweep{"SyncOnce", DiskCall::kSync, Fault::kIoError, false, {1, 2, 3, 5, 8, 20}},
                    Sweep{"SyncLosesWhatWasWritten", DiskCall::kSync, Fault::kLoss, false, {1, 2, 3, 5, 8, 20}},
                    Sweep{"SyncFromThenOn", DiskCall::kSync, Fault::kLoss, true, {1, 4}},
                    Sweep{"WriteOnce", DiskCall::kWrite, Fault::kIoError, false, {1, 2, 3, 4, 5, 6, 17, 50}},
                    Sweep{"DiskFullFromThenOn", DiskCall::kWrite, Fault::kDiskFull, true, {1, 2, 3, 4, 17, 50}},
                    Sweep{"ShortWrite", DiskCall::kWrite, Fault::kShortWrite, false, {1, 2, 3, 4, 5, 6, 17, 50}}),
    [](const auto& info) { return info.param.name; });

// A job that is done by a function.
class Task final : public exec::Job {
 public:
  using Body = std::function<absl::Status(sql::Transaction&)>;
  Task(Body body, std::promise<absl::Status>& done) : body_(std::move(body)), done_(done) {}
  absl::Status Run(sql::Transaction& transaction) override { return body_(transaction); }
  void Done(const absl::Status& status) override { done_.set_value(status); }

 private:
  const Body body_;
  std::promise<absl::Status>& done_;
};

struct VoidedBatch {
  Fault fault;
  bool from_then_on;
};

class VoidedBatchTest : public StoreFaultsTest, public testing::WithParamInterface<VoidedBatch> {};

TEST_P(VoidedBatchTest, AFailureInTheMiddleVoidsTheWholeBatch) {
  Open(vfs_.name());
  // One job holds the writer until the others wait, so that they make one batch. They write more than the cache holds,
  // so that pages go out, and fail, long before COMMIT.
  std::promise<void> held, go;
  std::vector<std::promise<absl::Status>> answers(41);
  size_t next = 0;
  const auto submit = [&](Task::Body body) {
    store_->Submit(std::make_unique<Task>(std::move(body), answers[next++]));
  };
  submit([&](sql::Transaction&) {
    held.set_value();
    go.get_future().wait();
    return absl::OkStatus();
  });
  held.get_future().wait();
  for (int id = 1; id <= 40; ++id) {
    submit([id](sql::Transaction& transaction) {
      transaction.Execute(kInsert, {id, 1, 1 << 20});
      transaction.Execute(kInsert, {id, 2, 1 << 20});
      return absl::OkStatus();
    });
  }
  vfs_.Arm({.call = DiskCall::kWrite, .fault = GetParam().fault, .nth = 100, .from_then_on = GetParam().from_then_on});
  go.set_value();
  EXPECT_TRUE(answers[0].get_future().get().ok());
  for (size_t i = 1; i < answers.size(); ++i) {
    const absl::Status answer = answers[i].get_future().get();
    EXPECT_EQ(answer.code(), absl::StatusCode::kUnavailable) << answer;
    EXPECT_GT(status::RetryAfter(answer), absl::ZeroDuration());
  }
  EXPECT_GE(vfs_.hits(), 1);
  vfs_.Disarm();
  EXPECT_EQ(Reopen(), 0) << "jobs of a batch that was void are stored";
}

INSTANTIATE_TEST_SUITE_P(Faults, VoidedBatchTest,
                         testing::Values(VoidedBatch{Fault::kDiskFull, false}, VoidedBatch{Fault::kDiskFull, true},
                                         VoidedBatch{Fault::kIoError, false}, VoidedBatch{Fault::kIoError, true},
                                         VoidedBatch{Fault::kShortWrite, false}),
                         [](const auto& info) {
                           return "Fault" + std::to_string(static_cast<int>(info.param.fault)) +
                                  (info.param.from_then_on ? "FromThenOn" : "Once");
                         });

TEST_F(StoreFaultsTest, ADiskThatWasFullBeforeCommitIsNoReasonToStop) {
  Open(vfs_.name());
  vfs_.Arm({.call = DiskCall::kWrite, .fault = Fault::kDiskFull, .nth = 1, .from_then_on = true});
  EXPECT_EQ(Insert(20 << 20).code(), absl::StatusCode::kUnavailable);
  EXPECT_GE(vfs_.hits(), 1);
  vfs_.Disarm();
  EXPECT_EQ(fatal_, 0);
  EXPECT_TRUE(Insert().ok());
  EXPECT_EQ(Reopen(), 0);
}

TEST_F(StoreFaultsTest, WhatWasAcknowledgedStandsWhenACheckpointFails) {
  for (const auto& [call, fault] :
       {std::pair(DiskCall::kSync, Fault::kLoss), std::pair(DiskCall::kWrite, Fault::kIoError),
        std::pair(DiskCall::kWrite, Fault::kShortWrite), std::pair(DiskCall::kWrite, Fault::kDiskFull)}) {
    for (const int nth : {1, 300}) {
      if (call == DiskCall::kSync && nth > 1) continue;
      SCOPED_TRACE(testing::Message() << static_cast<int>(fault) << " at " << nth);
      NewFolder();
      Open(vfs_.name());
      vfs_.Arm({.call = call, .fault = fault, .nth = nth, .file = "test.db"});
      Load(30, 50'000);  // 12 MB: beyond the size at which the log is copied
      EXPECT_GE(vfs_.hits(), 1);
      // A full disk may have room again, and what was acknowledged is safe in the log; any other failure ends it.
      const bool goes_on = fault == Fault::kDiskFull || fault == Fault::kShortWrite;
      EXPECT_EQ(fatal_, goes_on ? 0 : 1);
      vfs_.Disarm();
      if (goes_on) Load(30, 50'000);
      EXPECT_EQ(Reopen(), 0);
    }
  }
}

// Not even for what is to be forgotten: what the log holds is the truth.
TEST_F(StoreFaultsTest, AfterAFailedCommitNothingIsWrittenAnyMore) {
  Open(vfs_.name());
  vfs_.Arm({.call = DiskCall::kSync, .nth = 2, .file = "-wal"});
  const auto forget = [](sql::Transaction& transaction) {
    transaction.Execute(kInsert, {1'000'000, 1, 10});
    transaction.Execute(kInsert, {1'000'000, 2, 10});
    transaction.ForgetTrace();
    return absl::OkStatus();
  };
  EXPECT_TRUE(store_->Write(forget).ok());
  for (int i = 0; i < 100 && fatal_ == 0; ++i) Insert().IgnoreError();
  ASSERT_EQ(fatal_, 1);
  vfs_.Arm({.call = DiskCall::kAny, .nth = 1'000'000});
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(vfs_.calls(), 0);
  vfs_.Disarm();
}

TEST_F(StoreFaultsTest, ADayThatCouldNotBeBegunForLackOfSpaceIsBegunLater) {
  Open(vfs_.name());
  once::Requests requests;
  store_->SetDailyTask([&](sql::Transaction& transaction, int64_t day) { requests.StartDay(transaction, day); });
  vfs_.Arm({.call = DiskCall::kWrite, .fault = Fault::kDiskFull, .nth = 1});
  EXPECT_EQ(Insert().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(vfs_.hits(), 1);
  ASSERT_EQ(fatal_, 0);
  const once::Key key{"", "00000000-0000-4000-8000-000000000001", "hash"};
  const absl::Status status = store_->Write([&](sql::Transaction& transaction) {
    const auto found = requests.Find(transaction, key);
    EXPECT_TRUE(found.ok() && !found->has_value());
    requests.Remember(transaction, key, "answer");
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace equity::faults
