#include "common/sql/sqlite.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "common/sql/scrub.h"
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

// Among others that stay, of all sizes, in tables that SQLite keeps rearranging: that leaves copies, which it does not
// overwrite by itself.
TEST_F(SqliteTest, NothingThatWasErasedStaysInTheFile) {
  writer_->RunScript("CREATE TABLE u (s INTEGER, h INTEGER, word TEXT, PRIMARY KEY (s, h)) STRICT, WITHOUT ROWID");
  const Sql insert{"u.insert", "INSERT INTO u (s, h, word) VALUES ($1, $2, $3)"};
  const Sql erase{"u.erase", "UPDATE u SET word = '' WHERE s = $1 AND h = $2"};
  const Sql remove{"u.remove", "DELETE FROM u WHERE s = $1 AND h = $2"};
  const Sql words{"u.words", "SELECT word FROM u WHERE word <> ''"};
  Transaction transaction(*writer_);
  std::mt19937 random(1);
  std::vector<std::pair<int, int64_t>> keys;
  constexpr int kLengths[] = {5, 40, 200, 900, 3000, 9000};
  const auto word = [&](size_t i) { return "word" + std::to_string(10000 + i) + std::string(kLengths[i % 6], 'x'); };
  std::set<std::string> left;
  writer_->RunScript("BEGIN");
  for (size_t i = 0; i < 3000; ++i) {
    keys.emplace_back(random() % 20, random());
    transaction.Execute(insert, {keys[i].first, keys[i].second, word(i)});
    left.insert(word(i));
    if (i % 2 == 0) continue;
    const size_t gone = random() % i;
    transaction.Execute(i % 4 == 1 ? erase : remove, {keys[gone].first, keys[gone].second});
    left.erase(word(gone));
  }
  writer_->RunScript("COMMIT");
  ASSERT_TRUE(writer_->EmptyLog());
  std::stringstream file;
  file << std::ifstream(file_, std::ios::binary).rdbuf();
  const std::string bytes = file.str();
  int found = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    const bool there = bytes.find(word(i).substr(0, 9)) != std::string::npos;
    EXPECT_EQ(there, left.contains(word(i))) << i;
    found += there ? 1 : 0;
  }
  EXPECT_GT(found, 1000);
  // To SQLite it is a whole file, with every row.
  SqliteConnection reader({.file = file_, .read_only = true});
  EXPECT_EQ(ReadTransaction(reader).All(words, {}, [](const Row& row) { return row.Text(0); }).size(), left.size());
  const Sql check{"check", "PRAGMA integrity_check"};
  EXPECT_THAT(ReadTransaction(reader).All(check, {}, [](const Row& row) { return row.Text(0); }), ElementsAre("ok"));
}

TEST(ScrubTest, OnlyBytesOfNoCellAreOverwritten) {
  std::vector<unsigned char> page(512, 0xee);
  // A leaf with one cell of 4 bytes at 500 and a free block of 8 at 504.
  const unsigned char header[] = {13, 504 >> 8, 504 & 0xff, 0, 1, 500 >> 8, 500 & 0xff, 0, 500 >> 8, 500 & 0xff};
  std::copy(std::begin(header), std::end(header), page.begin());
  page[504] = page[505] = page[506] = 0;
  page[507] = 8;
  ScrubPage(page.data(), page.size(), false);
  EXPECT_THAT(std::vector<int>(page.begin() + 10, page.begin() + 500), ::testing::Each(0));
  EXPECT_THAT(std::vector<int>(page.begin() + 500, page.begin() + 504), ::testing::Each(0xee));
  EXPECT_THAT(std::vector<int>(page.begin() + 508, page.end()), ::testing::Each(0));
  // What is no page of a b-tree, or a broken one, is not touched.
  for (const int kind : {0, 1, 13}) {
    std::vector<unsigned char> other(512, 0xee);
    other[0] = static_cast<unsigned char>(kind);
    const auto before = other;
    ScrubPage(other.data(), other.size(), false);
    EXPECT_EQ(other, before) << kind;
  }
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
