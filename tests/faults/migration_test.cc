// Making and changing the tables of each service is cut off at each of its statements, by a kill or a loss of power:
// the next start completes it.
#include <SQLiteCpp/SQLiteCpp.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "common/exec/store.h"
#include "gtest/gtest.h"
#include "tests/faults/vfs_shim.h"

namespace equity {

// The schemas, as the services themselves open their stores with.
namespace participants {
std::vector<exec::Migration> Schema();
}
namespace workshops {
std::vector<exec::Migration> Schema();
}
namespace benefit_plans {
std::vector<exec::Migration> Schema();
}
namespace referencegroup {
std::vector<exec::Migration> Schema();
}
namespace statistics {
std::vector<exec::Migration> Schema();
}

namespace faults {
namespace {

namespace fs = std::filesystem;

DiskLog* traced = nullptr;
std::vector<int64_t>* statements = nullptr;  // where in the log each statement began

int OnStatement(unsigned, void*, void*, void*) {
  statements->push_back(traced->position());
  return 0;
}

int TraceConnection(sqlite3* database, const char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, OnStatement, nullptr);
}

struct MigratedService {
  const char* name;
  std::vector<exec::Migration> (*schema)();
};

class MigrationTest : public testing::TestWithParam<MigratedService> {
 protected:
  MigrationTest() {
    // In memory where that is possible: some thousand syncs are asked for.
    const fs::path base = fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    folder_ = base / "migration_test-XXXXXX";
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~MigrationTest() override { fs::remove_all(folder_); }

  absl::Status Open(const std::string& folder, const std::string& vfs) {
    fs::create_directories(folder);
    return exec::Store::Open({.name = "test", .folder = folder, .migrations = GetParam().schema(), .vfs = vfs})
        .status();
  }
  // Every table and index, and the migrations that were made.
  static std::set<std::string> Tables(const std::string& folder) {
    std::set<std::string> all;
    SQLite::Database database(folder + "/test.db", SQLite::OPEN_READWRITE);
    for (const char* select : {"SELECT type || name || coalesce(sql, '') FROM sqlite_master",
                               "SELECT version || name FROM schema_migrations", "PRAGMA integrity_check"}) {
      SQLite::Statement rows(database, select);
      while (rows.executeStep()) all.insert(rows.getColumn(0).getString());
    }
    return all;
  }

  std::string folder_;
};

TEST_P(MigrationTest, IsCompletedByTheNextStart) {
  DiskLog log(absl::ZeroDuration());
  std::vector<int64_t> moments;
  traced = &log;
  statements = &moments;
  {
    FaultyVfs vfs("migrated");
    vfs.Record(&log);
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(TraceConnection));
    const absl::Status opened = Open(folder_ + "/whole", vfs.name());
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(TraceConnection));
    ASSERT_TRUE(opened.ok()) << opened;
  }
  const std::set<std::string> whole = Tables(folder_ + "/whole");
  ASSERT_TRUE(whole.contains("ok"));
  ASSERT_GT(moments.size(), 20u);
  // What the last statements write, too.
  for (int64_t moment = 0; moment <= log.position(); moment += 7) moments.push_back(moment);
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  Disk disk(log);
  Random random(1);
  int cuts = 0;
  for (const int64_t moment : moments) {
    disk.Advance(moment);
    for (const Loss loss : {Loss::kNothing, Loss::kTail, Loss::kScattered}) {
      const std::string cut = folder_ + "/cut";
      fs::remove_all(cut);
      fs::create_directories(cut);
      for (const auto& [name, content] : disk.After(loss, "", random)) std::ofstream(cut + "/" + name) << content;
      const absl::Status opened = Open(cut, "");
      ASSERT_TRUE(opened.ok()) << opened << " at " << moment;
      ASSERT_EQ(Tables(cut), whole) << "at " << moment << ", loss " << static_cast<int>(loss);
      ++cuts;
    }
  }
  std::printf("MIGRATION %s: %d cuts\n", GetParam().name, cuts);
}

INSTANTIATE_TEST_SUITE_P(Services, MigrationTest,
                         testing::Values(MigratedService{"participants", participants::Schema},
                                         MigratedService{"workshops", workshops::Schema},
                                         MigratedService{"benefit_plans", benefit_plans::Schema},
                                         MigratedService{"reference_group", referencegroup::Schema},
                                         MigratedService{"statistics", statistics::Schema}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace faults
}  // namespace equity
