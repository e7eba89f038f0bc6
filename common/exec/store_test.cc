#include "common/exec/store.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/exec/workers.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::exec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const sql::Sql kInsert{"t.insert", "INSERT INTO t (id) VALUES ($1)"};
const sql::Sql kAll{"t.all", "SELECT id FROM t ORDER BY id"};

class StoreTest : public testing::Test {
 protected:
  StoreTest() : folder_(std::filesystem::temp_directory_path() / ("store_test." + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~StoreTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  StoreOptions Options() {
    return {.name = "test",
            .folder = folder_,
            .migrations = {{1, "t", "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT"}},
            .on_fatal = [this](const std::string& why) { fatal_ = why; }};
  }
  void Open(StoreOptions options) {
    store_.reset();
    auto opened = Store::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  std::vector<int> Stored() {
    std::vector<int> ids;
    const absl::Status status = store_->Read([&](sql::ReadTransaction& transaction) {
      ids = transaction.All(kAll, {}, [](const sql::Row& row) { return row.Int(0); });
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return ids;
  }
  absl::Status Insert(int id, absl::Status result = absl::OkStatus()) {
    return store_->Write([=](sql::Transaction& transaction) {
      transaction.Execute(kInsert, {id});
      return result;
    });
  }
  absl::Status Execute(const std::string& text, bool forget) {
    const sql::Sql statement{"test", text};
    return store_->Write([&](sql::Transaction& transaction) {
      transaction.Execute(statement);
      if (forget) transaction.ForgetTrace();
      return absl::OkStatus();
    });
  }
  size_t LogBytes(const std::string& file = "test.db-wal") {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(folder_ / file, missing);
    return missing ? 0 : bytes;
  }
  void ExpectLogEmptied(const std::string& file = "test.db-wal") {
    for (int tries = 0; tries < 300 && LogBytes(file) > 0; ++tries) absl::SleepFor(absl::Milliseconds(10));
    EXPECT_EQ(LogBytes(file), 0u);
  }
  bool Contains(const std::string& text) {
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      std::stringstream file;
      file << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      bytes += file.str();
    }
    return bytes.find(text) != std::string::npos;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  std::string fatal_;
};

// A job that a test can look into.
class Probe final : public Job {
 public:
  Probe(std::function<absl::Status(sql::Transaction&)> body, std::function<void(const absl::Status&)> done)
      : body_(std::move(body)), done_(std::move(done)) {}
  absl::Status Run(sql::Transaction& transaction) override { return body_(transaction); }
  void Done(const absl::Status& status) override { done_(status); }

 private:
  std::function<absl::Status(sql::Transaction&)> body_;
  std::function<void(const absl::Status&)> done_;
};

TEST_F(StoreTest, AJobThatFailsLeavesNothingAndTakesNoOtherWithIt) {
  Open(Options());
  EXPECT_TRUE(Insert(1).ok());
  EXPECT_EQ(Insert(2, absl::FailedPreconditionError("no")).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Insert(1).code(), absl::StatusCode::kInternal);  // the primary key
  EXPECT_TRUE(Insert(3).ok());
  EXPECT_THAT(Stored(), ElementsAre(1, 3));
}

TEST_F(StoreTest, WhatQueuesDuringACommitIsCommittedTogether) {
  Open(Options());
  std::atomic<bool> go = false;
  std::atomic<int> done = 0;
  store_->Submit(std::make_unique<Probe>(
      [&](sql::Transaction&) {
        while (!go) std::this_thread::yield();
        return absl::OkStatus();
      },
      [&](const absl::Status&) { ++done; }));
  for (int i = 0; i < 100; ++i) {
    store_->Submit(std::make_unique<Probe>(
        [=](sql::Transaction& transaction) {
          transaction.Execute(kInsert, {i});
          return absl::OkStatus();
        },
        [&](const absl::Status& status) { done += status.ok() ? 1 : 0; }));
  }
  const int64_t before = store_->commits();
  go = true;
  while (done < 101) std::this_thread::yield();
  EXPECT_LE(store_->commits() - before, 2);
  EXPECT_EQ(Stored().size(), 100u);
}

TEST_F(StoreTest, AJobThatFailsAfterItWroteIsUndoneAndTheRestOfItsBatchStandsOnce) {
  Open(Options());
  std::atomic<bool> go = false;
  std::atomic<int> stored = 0;
  std::atomic<int> failed = 0;
  store_->Submit(std::make_unique<Probe>(
      [&](sql::Transaction&) {
        while (!go) std::this_thread::yield();
        return absl::OkStatus();
      },
      [](const absl::Status&) {}));
  for (int i = 0; i < 10; ++i) {
    store_->Submit(std::make_unique<Probe>(
        [=](sql::Transaction& transaction) -> absl::Status {
          transaction.Execute(kInsert, {i});
          if (i % 3 == 1) transaction.Execute(kInsert, {i});  // the primary key
          return i % 3 == 2 ? absl::FailedPreconditionError("no") : absl::OkStatus();
        },
        [&](const absl::Status& status) { ++(status.ok() ? stored : failed); }));
  }
  const int64_t before = store_->commits();
  go = true;
  while (stored + failed < 10) std::this_thread::yield();
  EXPECT_LE(store_->commits() - before, 2);
  EXPECT_EQ(stored, 4);
  EXPECT_THAT(Stored(), ElementsAre(0, 3, 6, 9));
}

TEST_F(StoreTest, ExpiredWorkIsNotBegun) {
  Open(Options());
  std::atomic<bool> ran = false;
  std::atomic<int> code = -1;
  auto job = std::make_unique<Probe>(
      [&](sql::Transaction&) {
        ran = true;
        return absl::OkStatus();
      },
      [&](const absl::Status& status) { code = static_cast<int>(status.code()); });
  job->deadline = absl::Now() - absl::Seconds(1);
  store_->Submit(std::move(job));
  while (code < 0) std::this_thread::yield();
  EXPECT_EQ(code, static_cast<int>(absl::StatusCode::kDeadlineExceeded));
  EXPECT_FALSE(ran);
}

TEST_F(StoreTest, AFullQueueRefusesAndSaysWhenToComeBack) {
  StoreOptions options = Options();
  options.queue.limit = 1;
  std::atomic<bool> started = false;
  std::atomic<bool> go = false;
  options.before_job = [&] {
    started = true;
    while (!go) std::this_thread::yield();
  };
  Open(std::move(options));
  std::atomic<int> done = 0;
  absl::Status refused;
  const auto call = [&](std::function<void(const absl::Status&)> answered) {
    auto job = std::make_unique<Probe>([](sql::Transaction&) { return absl::OkStatus(); }, std::move(answered));
    job->work = Work::kCall;
    store_->Submit(std::move(job));
  };
  call([&](const absl::Status&) { ++done; });
  while (!started) std::this_thread::yield();
  call([&](const absl::Status&) { ++done; });
  call([&](const absl::Status& status) { refused = status; });
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status::Reason(refused), "QUEUE_FULL");
  EXPECT_GT(status::RetryAfter(refused), absl::ZeroDuration());
  // What the service does by itself is never refused.
  store_->Submit(std::make_unique<Probe>([](sql::Transaction&) { return absl::OkStatus(); },
                                         [&](const absl::Status&) { ++done; }));
  go = true;
  while (done < 3) std::this_thread::yield();
}

TEST_F(StoreTest, WorkThatExpiredWhileItWaitedRunsNoStatement) {
  std::vector<std::string> statements;
  StoreOptions options = Options();
  std::atomic<bool> go = false;
  std::atomic<bool> started = false;
  options.before_job = [&] {
    started = true;
    while (!go) std::this_thread::yield();
  };
  options.observer = [&](const sql::Sql& sql, absl::Span<const sql::Value>) { statements.push_back(sql.name); };
  Open(std::move(options));
  std::atomic<int> done = 0;
  store_->Submit(std::make_unique<Probe>([](sql::Transaction&) { return absl::OkStatus(); },
                                         [&](const absl::Status&) { ++done; }));
  while (!started) std::this_thread::yield();
  statements.clear();
  for (int i = 0; i < 3; ++i) {
    auto job = std::make_unique<Probe>(
        [](sql::Transaction& transaction) {
          transaction.Execute(kInsert, {1});
          return absl::OkStatus();
        },
        [&](const absl::Status& status) {
          EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
          ++done;
        });
    job->deadline = absl::Now();
    store_->Submit(std::move(job));
  }
  absl::SleepFor(absl::Milliseconds(2));
  go = true;
  while (done < 4) std::this_thread::yield();
  store_.reset();
  EXPECT_THAT(statements, ElementsAre("commit"));  // of the first one
}

TEST_F(StoreTest, WhatIsCommittedIsThereAfterARestart) {
  Open(Options());
  EXPECT_TRUE(Insert(7).ok());
  Open(Options());
  EXPECT_THAT(Stored(), ElementsAre(7));
}

TEST_F(StoreTest, AStoreThatWasClosedLeavesNoLog) {
  Open(Options());
  EXPECT_TRUE(Insert(7).ok());
  EXPECT_THAT(Stored(), ElementsAre(7));  // a reader was there
  EXPECT_GT(LogBytes(), 0u);
  store_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "test.db-wal"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "test.db-shm"));
  Open(Options());
  EXPECT_THAT(Stored(), ElementsAre(7));
}

TEST_F(StoreTest, WhatIsErasedIsSoonNowhere) {
  StoreOptions options = Options();
  options.migrations.push_back({2, "words", "CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT) STRICT"});
  Open(std::move(options));
  // A word that fits into a page, and one that goes on over others.
  for (const int length : {1, 9000}) {
    const std::string word = "Quinquereme" + std::string(length, 'x');
    EXPECT_TRUE(Execute("INSERT INTO words (id, word) VALUES (1, '" + word + "')", false).ok());
    EXPECT_TRUE(Contains("Quinquereme"));
    EXPECT_TRUE(Execute("DELETE FROM words", true).ok());
    ExpectLogEmptied();
    EXPECT_FALSE(Contains("Quinquereme")) << length;
    EXPECT_FALSE(Contains("xxxx")) << length;
  }
  // Nothing else empties it.
  EXPECT_TRUE(Insert(1).ok());
  absl::SleepFor(absl::Milliseconds(150));
  EXPECT_GT(LogBytes(), 0u);
}

TEST_F(StoreTest, AReaderInTheWayOfForgettingHoldsNobodyUp) {
  Open(Options());
  EXPECT_TRUE(Insert(1).ok());
  const absl::Status read = store_->Read([&](sql::ReadTransaction& transaction) {
    EXPECT_TRUE(transaction.Exists(kAll, {}));
    EXPECT_TRUE(Execute("DELETE FROM t", true).ok());
    absl::SleepFor(absl::Milliseconds(200));
    EXPECT_GT(LogBytes(), 0u);
    const absl::Time before = absl::Now();
    for (int i = 2; i < 12; ++i) EXPECT_TRUE(Insert(i).ok());
    EXPECT_LT(absl::Now() - before, absl::Milliseconds(900));
    EXPECT_TRUE(transaction.Exists(kAll, {})) << "a reader sees one state";
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  ExpectLogEmptied();
  EXPECT_EQ(Stored().size(), 10u);
}

TEST_F(StoreTest, WithWorkWithoutEndItIsForgottenToo) {
  Open(Options());
  EXPECT_TRUE(Insert(1).ok());
  EXPECT_TRUE(Execute("DELETE FROM t", true).ok());
  size_t smallest = LogBytes();
  const absl::Time begin = absl::Now();
  for (int i = 2; absl::Now() - begin < absl::Seconds(2); ++i) {
    EXPECT_TRUE(Insert(i).ok());
    smallest = std::min(smallest, LogBytes());
  }
  // The answer comes first, so that the next commit may be there already.
  constexpr size_t kTwoPages = 2 * (4096 + 24) + 32;
  EXPECT_LE(smallest, kTwoPages);
}

TEST_F(StoreTest, WhatAProcessLeftThatEndedBadlyIsForgotten) {
  Open(Options());
  EXPECT_TRUE(Insert(1).ok());
  const auto copy = folder_ / "copy";
  std::filesystem::create_directories(copy);
  for (const char* file : {"test.db", "test.db-wal"}) std::filesystem::copy(folder_ / file, copy / file);
  StoreOptions options = Options();
  options.folder = copy;
  Open(std::move(options));
  ExpectLogEmptied("copy/test.db-wal");
  EXPECT_THAT(Stored(), ElementsAre(1));
}

TEST_F(StoreTest, AMigrationRunsOnceAndANewerStoreIsRefused) {
  StoreOptions newer = Options();
  newer.migrations.push_back({2, "u", "CREATE TABLE u (id INTEGER PRIMARY KEY) STRICT"});
  Open(newer);
  Open(newer);
  store_.reset();
  const auto older = Store::Open(Options());
  EXPECT_EQ(older.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(older.status().message()), HasSubstr("newer program"));
}

TEST_F(StoreTest, ABrokenMigrationLeavesTheStoreAsItWas) {
  Open(Options());
  EXPECT_TRUE(Insert(1).ok());
  store_.reset();
  StoreOptions broken = Options();
  broken.migrations.push_back({2, "broken", "CREATE TABLE u (id INTEGER PRIMARY KEY) STRICT; DROP TABLE t; NONSENSE;"});
  EXPECT_FALSE(Store::Open(broken).ok());
  Open(Options());
  EXPECT_THAT(Stored(), ElementsAre(1));
}

TEST_F(StoreTest, TheDailyTaskRunsBeforeTheFirstBatch) {
  auto opened = Store::Open(Options());
  store_ = *std::move(opened);
  int64_t seen = 0;
  store_->SetDailyTask([&](sql::Transaction&, int64_t day) { seen = day; });
  EXPECT_TRUE(Insert(1).ok());
  EXPECT_EQ(seen, absl::ToUnixSeconds(absl::Now()) / 86400);
}

TEST_F(StoreTest, ASubscriberIsToldOfACommit) {
  Open(Options());
  CommitSignal signal;
  store_->Subscribe(&signal);
  const absl::Time before = absl::Now();
  EXPECT_TRUE(Insert(1).ok());
  signal.Wait(absl::Seconds(30));
  store_->Unsubscribe(&signal);
  EXPECT_LT(absl::Now() - before, absl::Seconds(20));
}

TEST_F(StoreTest, ASecondProcessIsKeptOut) {
  const auto first = DataFolder::Lock(folder_);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = DataFolder::Lock(folder_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use by another server"));
}

TEST(WorkersTest, TasksBeyondTheLimitAreRefused) {
  std::atomic<bool> go = false;
  std::atomic<int> ran = 0;
  {
    Workers workers(2);
    const auto task = [&] {
      while (!go) std::this_thread::yield();
      ++ran;
    };
    EXPECT_EQ(workers.Start(task), Workers::Started::kYes);
    EXPECT_EQ(workers.Start(task), Workers::Started::kYes);
    EXPECT_EQ(workers.Start(task), Workers::Started::kNoThread);
    go = true;
  }
  EXPECT_EQ(ran, 2);
}

TEST(WorkersTest, AnOrganisationGetsAQuarterOfThem) {
  std::atomic<bool> go = false;
  Workers workers(8);
  const auto task = [&] {
    while (!go) std::this_thread::yield();
  };
  EXPECT_EQ(workers.Start(task, "one"), Workers::Started::kYes);
  EXPECT_EQ(workers.Start(task, "one"), Workers::Started::kYes);
  EXPECT_EQ(workers.Start(task, "one"), Workers::Started::kNoMoreForOne);
  EXPECT_EQ(workers.Start(task, "other"), Workers::Started::kYes);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(workers.Start(task), Workers::Started::kYes);
  EXPECT_EQ(workers.Start(task), Workers::Started::kNoThread);
  go = true;
}

TEST(WorkersTest, DrainingWaitsForWhatRunsAndRefusesMore) {
  Workers workers(2);
  std::atomic<bool> go = false;
  std::atomic<bool> ended = false;
  EXPECT_EQ(workers.Start([&] {
    while (!go) std::this_thread::yield();
    ended = true;
  }),
            Workers::Started::kYes);
  EXPECT_FALSE(workers.Drain(absl::Milliseconds(10)));
  EXPECT_EQ(workers.Start([] {}), Workers::Started::kNoThread);
  go = true;
  EXPECT_TRUE(workers.Drain(absl::Seconds(30)));
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace equity::exec
