// No statement scans a table: each finds its rows by a key or an index.
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/sql/sqlite.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/participants/registrations/ledger.h"
#include "services/participants/store.h"

namespace equity::participants {
namespace {

size_t ParameterCount(const std::string& text) {
  size_t count = 0;
  while (absl::StrContains(text, absl::StrCat("$", count + 1))) ++count;
  return count;
}

TEST(StatementsTest, NoneScansATable) {
  const auto folder = std::filesystem::temp_directory_path() / ("equity-" + NewUuidV7(absl::Now()));
  std::filesystem::create_directories(folder);
  {
    sql::SqliteConnection connection({.file = folder / "test.db"});
    for (const auto& migration : Schema()) connection.RunScript(migration.script);
    auto statements = store::Statements();
    for (const sql::Sql* each : registrations::ledger::Statements()) statements.push_back(each);
    for (const sql::Sql* each : statements) {
      const sql::Sql explain{each->name, "EXPLAIN QUERY PLAN " + each->text};
      const std::vector<sql::Value> nothing(ParameterCount(each->text), sql::Value(nullptr));
      connection.Run(explain, nothing, [&](const sql::Row& row) {
        const std::string step = row.Text(3);
        EXPECT_FALSE(absl::StartsWith(step, "SCAN")) << each->name << ": " << step;
        EXPECT_FALSE(absl::StrContains(step, "TEMP B-TREE")) << each->name << ": " << step;
        EXPECT_FALSE(absl::StrContains(step, "AUTOMATIC")) << each->name << ": " << step;
      });
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace equity::participants
