// What must always hold is looked for by the server itself: each violation that is planted in a stopped store is found.
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

#include "clients/cpp/operations.h"
#include "common/backup/backup.h"
#include "common/sql/sqlite.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/load.h"
#include "tests/faults/server_process.h"

namespace equity::faults {
namespace {

namespace files = std::filesystem;

// Bookings of the scene, made by a load of half a second; then the server is stopped.
class InvariantsTest : public testing::Test {
 protected:
  ~InvariantsTest() override {
    server_.reset();
    files::remove_all(folder_);
  }
  void Start() {
    auto server = ServerProcess::Start(EQUITYD, {.folder = data_, .log = folder_ + "/log", .port = port_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->AwaitReady(absl::Seconds(20)).ok());
    calls_ = *Credentials(data_);
  }
  void Stop() { ASSERT_EQ(server_->Terminate(absl::Seconds(20)), 0); }
  void MakeBookings() {
    Start();
    Ledger ledger;
    const auto scene = SetScene(Connect(port_), calls_, ledger);
    ASSERT_TRUE(scene.ok()) << scene.status();
    Load load(*scene, ledger, calls_, port_, LoadOptions{.clients = 4, .registrars = 0, .seed = 7});
    absl::SleepFor(absl::Milliseconds(500));
    ASSERT_TRUE(load.Finish(absl::Seconds(20)));
    EXPECT_THAT(Rules(), testing::IsEmpty());
    Stop();
  }
  std::vector<std::string> Rules() {
    client::OperationsClient operations(Connect(port_), calls_);
    const auto response = operations.CheckInvariants({});
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    EXPECT_TRUE(response->totals_compared());
    std::vector<std::string> rules;
    for (const auto& violation : response->violations()) {
      EXPECT_NE(violation.subject(), "");
      EXPECT_NE(violation.message(), "");
      if (rules.empty() || rules.back() != violation.rule()) rules.push_back(violation.rule());
    }
    return rules;
  }
  // The rules that a store breaks after this was done to a copy of it.
  std::vector<std::string> Planted(const std::string& service, const std::string& script) {
    const std::string copy = absl::StrCat(folder_, "/", service, ".db");
    files::copy_file(absl::StrCat(data_, "/", service, ".db"), copy, files::copy_options::overwrite_existing);
    {
      SQLite::Database database(copy, SQLite::OPEN_READWRITE);
      database.exec("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;" + script);
    }
    sql::SqliteConnection connection({.file = copy});
    sql::ReadTransaction transaction(connection);
    std::vector<std::string> rules;
    for (const auto& each : backup::Violations(transaction, service, 100)) rules.push_back(each.rule());
    return rules;
  }

  static std::string NewFolder() {
    std::string folder = files::temp_directory_path() / "invariants-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    return folder;
  }
  const std::string folder_ = NewFolder();
  const std::string data_ = folder_ + "/data";
  const int port_ = FreePort();
  client::CallOptions calls_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(InvariantsTest, EachPlantedViolationIsFound) {
  ASSERT_NO_FATAL_FAILURE(MakeBookings());
  const std::string seated = "(SELECT id FROM bookings WHERE state = 1 LIMIT 1)";
  const std::string full = "(SELECT session FROM session_places WHERE waiting > 0 LIMIT 1)";
  const std::string unique_gone = "DROP INDEX bookings_of_person; DROP INDEX bookings_live_elsewhere; ";
  const std::vector<std::pair<std::string, std::string>> plants = {
      {"places_add_up", "UPDATE session_places SET taken = taken - 1 WHERE taken > 0 AND waiting = 0"},
      {"places_add_up", "UPDATE bookings SET state = 3, live = NULL WHERE id = " + seated},
      {"never_oversold", "UPDATE session_places SET capacity = taken - 1 WHERE taken > 0"},
      {"none_free_while_waiting", "UPDATE session_places SET capacity = capacity + 1 WHERE session = " + full},
      {"cancelled_is_empty", "UPDATE sessions SET cancelled = 1 WHERE number = " + full},
      {"one_live_booking", unique_gone +
                               "UPDATE bookings SET participant = (SELECT b.participant FROM bookings b WHERE "
                               "b.state = 1 AND b.session = bookings.session LIMIT 1) WHERE state = 1"},
      {"live_is_what_it_says", "UPDATE bookings SET live = NULL WHERE id = " + seated},
      {"waiting_in_order",
       "UPDATE bookings SET ticket = 1000000 WHERE id = (SELECT id FROM bookings WHERE state = 1 AND "
       "session = " +
           full + " LIMIT 1)"},
      {"waiting_by_number", "UPDATE bookings SET ticket = 1 WHERE state = 2 AND session = " + full},
      {"waiting_by_number", "UPDATE session_places SET next_ticket = 1 WHERE session = " + full}};
  for (const auto& [rule, script] : plants) {
    EXPECT_THAT(Planted("workshops", script), testing::Contains(rule)) << script;
  }
  const std::string person = "(SELECT id FROM participants WHERE state = 1 LIMIT 1)";
  EXPECT_THAT(Planted("participants", "INSERT INTO erasures VALUES (" + person + ", 'x', 0)"),
              testing::Contains("erased_is_erased"));
  EXPECT_THAT(Planted("participants", "DELETE FROM participants WHERE id = " + person),
              testing::Contains("address_of_its_holder"));
  EXPECT_THAT(Planted("participants",
                      "CREATE TEMP TABLE t AS SELECT * FROM participants WHERE state = 1 LIMIT 1; UPDATE t SET "
                      "organisation = 'other'; INSERT INTO participants SELECT * FROM t"),
              testing::Contains("one_place_of_a_person"));
  EXPECT_THAT(Planted("workshops", ""), testing::IsEmpty());
}

TEST_F(InvariantsTest, ARunningServerFindsThemAndTotalsThatDisagree) {
  ASSERT_NO_FATAL_FAILURE(MakeBookings());
  SQLite::Database(data_ + "/workshops.db", SQLite::OPEN_READWRITE)
      .exec("UPDATE bookings SET state = 3, live = NULL WHERE id = (SELECT id FROM bookings WHERE state = 1 LIMIT 1)");
  Start();
  EXPECT_THAT(Rules(), testing::ElementsAre("totals_agree", "places_add_up"));
  Stop();
}

}  // namespace
}  // namespace equity::faults
