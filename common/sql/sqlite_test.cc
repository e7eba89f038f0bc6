#include "common/sql/sqlite.h"

#include <unistd.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::sql {
namespace {

using ::testing::ElementsAre;

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() : file_(std::filesystem::temp_directory_path() / ("sqlite_test." + std::to_string(getpid()))) {
    Remove();
    writer_ = std::make_unique<SqliteConnection>(SqliteOptions{.file = file_});
    writer_->RunScript("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, note BLOB) STRICT");
  }
  ~SqliteTest() override {
    writer_.reset();
    Remove();
  }
  void Remove() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + suffix);
  }

  const Sql insert_{"t.insert", "INSERT INTO t (note, name, id) VALUES ($3, $2, $1)"};
  const Sql names_{"t.names", "SELECT name FROM t WHERE id >= $1 ORDER BY id"};
  std::filesystem::path file_;
  std::unique_ptr<SqliteConnection> writer_;
};

TEST_F(SqliteTest, ParametersAreBoundByNumberWhateverTheirOrderInTheText) {
  Transaction transaction(*writer_);
  EXPECT_EQ(transaction.Execute(insert_, {1, "one", nullptr}), 1);
  EXPECT_EQ(transaction.Execute(insert_, {2, "two", Blob{std::string_view("\0x", 2)}}), 1);
  EXPECT_THAT(transaction.All(names_, {1}, [](const Row& row) { return row.Text(0); }), ElementsAre("one", "two"));
  EXPECT_EQ(transaction.One(names_, {3}, [](const Row& row) { return row.Text(0); }), std::nullopt);
}

TEST_F(SqliteTest, AConstraintIsAFailureThatCanBeToldFromOthers) {
  Transaction transaction(*writer_);
  transaction.Execute(insert_, {1, "one", nullptr});
  try {
    transaction.Execute(insert_, {2, "one", nullptr});
    FAIL() << "the second `one` went in";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::kConstraint);
  }
  transaction.Execute(insert_, {2, "two", nullptr});  // the statement can be used again
}

TEST_F(SqliteTest, TheWrongNumberOfParametersIsRefused) {
  Transaction transaction(*writer_);
  EXPECT_THROW(transaction.Execute(insert_, {1}), Error);
}

TEST_F(SqliteTest, AReaderCannotWrite) {
  SqliteConnection reader({.file = file_, .read_only = true});
  Transaction transaction(reader);
  EXPECT_THROW(transaction.Execute(insert_, {1, "one", nullptr}), Error);
}

TEST_F(SqliteTest, AReaderInATransactionSeesOneState) {
  SqliteConnection reader({.file = file_, .read_only = true});
  ReadTransaction read(reader);
  reader.RunScript("BEGIN");
  EXPECT_FALSE(read.Exists(names_, {1}));
  Transaction(*writer_).Execute(insert_, {1, "one", nullptr});
  EXPECT_FALSE(read.Exists(names_, {1}));
  reader.RunScript("COMMIT");
  EXPECT_TRUE(read.Exists(names_, {1}));
}

TEST_F(SqliteTest, ACheckpointStartsTheLogAnew) {
  Transaction transaction(*writer_);
  for (int i = 1; i <= 50; ++i) transaction.Execute(insert_, {i, std::to_string(i), nullptr});
  EXPECT_GE(writer_->wal_pages(), 50);
  writer_->Checkpoint();
  EXPECT_EQ(writer_->wal_pages(), 0);
  transaction.Execute(insert_, {51, "51", nullptr});
  EXPECT_LT(writer_->wal_pages(), 10);
}

TEST_F(SqliteTest, TextIsComparedByteByByte) {
  Transaction transaction(*writer_);
  int id = 0;
  for (const char* name : {"b", "B", "a-", "a", "a1", "\xc3\xa9"}) transaction.Execute(insert_, {++id, name, nullptr});
  const Sql ordered{"t.ordered", "SELECT name FROM t ORDER BY name"};
  EXPECT_THAT(transaction.All(ordered, {}, [](const Row& row) { return row.Text(0); }),
              ElementsAre("B", "a", "a-", "a1", "b", "\xc3\xa9"));
}

}  // namespace
}  // namespace equity::sql
