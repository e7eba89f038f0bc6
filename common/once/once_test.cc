#include "common/once/once.h"

#include <unistd.h>

#include <filesystem>

#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/sql/sqlite.h"
#include "common/status/errors.h"
#include "gtest/gtest.h"

namespace equity::once {
namespace {

class RequestsTest : public testing::Test {
 protected:
  RequestsTest() : file_(std::filesystem::temp_directory_path() / ("once_test." + std::to_string(getpid()))) {
    Remove();
    connection_ = std::make_unique<sql::SqliteConnection>(sql::SqliteOptions{.file = file_});
    requests_.StartDay(transaction(), kToday);
  }
  ~RequestsTest() override {
    connection_.reset();
    Remove();
  }
  void Remove() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + suffix);
  }
  sql::Transaction& transaction() { return transaction_ ? *transaction_ : transaction_.emplace(*connection_); }
  std::optional<std::string> Find(const Key& key) {
    auto answer = requests_.Find(transaction(), key);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *answer;
  }
  static std::string IdOfDay(int64_t day) { return NewUuidV7(absl::FromUnixSeconds(day * 86400 + 3600)); }

  static constexpr int64_t kToday = 20000;
  static constexpr char kRandomId[] = "7f3c1b1e-6d2a-4c5f-9e0b-2f1f4a1d9c11";
  std::filesystem::path file_;
  std::unique_ptr<sql::SqliteConnection> connection_;
  std::optional<sql::Transaction> transaction_;
  Requests requests_;
};

TEST_F(RequestsTest, AnAnswerIsRememberedForItsTenant) {
  const Key key{"rde", IdOfDay(kToday), Hash("M", "body")};
  EXPECT_EQ(Find(key), std::nullopt);
  requests_.Remember(transaction(), key, "answer");
  EXPECT_EQ(Find(key), "answer");
  EXPECT_EQ(Find({"rgr", key.request_id, key.hash}), std::nullopt);
}

TEST_F(RequestsTest, TheSameIdForSomethingElseIsRefused) {
  const Key key{"rde", IdOfDay(kToday), Hash("M", "body")};
  requests_.Remember(transaction(), key, "answer");
  EXPECT_EQ(status::Reason(requests_.Find(transaction(), {"rde", key.request_id, Hash("M", "other")}).status()),
            "REQUEST_ID_REUSED");
  EXPECT_NE(Hash("M", "body"), Hash("Mb", "ody"));
}

TEST_F(RequestsTest, AnIdIsFoundOnLaterDaysWhetherItSaysItsDayOrNot) {
  const Key v7{"", IdOfDay(kToday), Hash("M", "1")};
  const Key v4{"", kRandomId, Hash("M", "2")};
  const Key old{"", IdOfDay(kToday - 5), Hash("M", "3")};  // of a day on which this store did not run
  for (const Key& key : {v7, v4, old}) requests_.Remember(transaction(), key, "answer");
  for (const int64_t day : {kToday + 1, kToday + 2, kToday + kKeptDays}) {
    requests_.StartDay(transaction(), day);
    for (const Key& key : {v7, v4, old}) EXPECT_EQ(Find(key), "answer") << day;
  }
}

TEST_F(RequestsTest, AfterAHundredDaysADayIsDroppedWhole) {
  const Key key{"", IdOfDay(kToday), Hash("M", "1")};
  requests_.Remember(transaction(), key, "answer");
  requests_.StartDay(transaction(), kToday + kKeptDays + 1);
  EXPECT_EQ(Find(key), std::nullopt);
}

TEST_F(RequestsTest, ANewProcessKnowsTheDaysThatAreThere) {
  const Key key{"", kRandomId, Hash("M", "1")};
  requests_.Remember(transaction(), key, "answer");
  Requests restarted;
  restarted.StartDay(transaction(), kToday + 3);
  EXPECT_EQ(**restarted.Find(transaction(), key), "answer");
}

TEST_F(RequestsTest, ADayWhoseTablesWereRolledBackIsStartedAgain) {
  const sql::Sql begin{"begin", "BEGIN"};
  const sql::Sql rollback{"rollback", "ROLLBACK"};
  transaction().Execute(begin);
  requests_.StartDay(transaction(), kToday + 10);
  transaction().Execute(rollback);
  requests_.StartDay(transaction(), kToday + 10);
  const Key key{"rde", IdOfDay(kToday + 10), Hash("M", "body")};
  requests_.Remember(transaction(), key, "answer");
  EXPECT_EQ(Find(key), "answer");
}

}  // namespace
}  // namespace equity::once
