#include "common/csv/reader.h"

#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <streambuf>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::csv {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Shows a record as `line:CODE:column` or `line:field|field`.
std::string Show(const Record& record) {
  if (record.fault.has_value()) {
    return absl::StrCat(record.line, ":", std::string(Code(record.fault->kind)), ":", record.fault->column);
  }
  std::string text = absl::StrCat(record.line, ":");
  for (size_t i = 0; i < record.fields.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : "|", record.fields[i]);
  return text;
}

std::vector<Record> ReadAll(std::istream& input) {
  std::vector<Record> records;
  absl::StatusOr<Reader> reader = Reader::Open(input);
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (!reader.ok()) return records;
  for (Record record; reader->Next(record);) records.push_back(record);
  EXPECT_TRUE(reader->status().ok()) << reader->status();
  return records;
}

std::vector<std::string> Read(const std::string& text) {
  std::istringstream input(text);
  std::vector<std::string> shown;
  for (const Record& record : ReadAll(input)) shown.push_back(Show(record));
  return shown;
}

// Gives a text in pieces of random size, as a pipe does.
class PieceBuffer : public std::streambuf {
 public:
  PieceBuffer(std::string text, uint32_t seed) : text_(std::move(text)), random_(seed) {}

 protected:
  int_type underflow() override {
    if (used_ == text_.size()) return traits_type::eof();
    const size_t size = std::min<size_t>(1 + random_() % 7, text_.size() - used_);
    setg(text_.data() + used_, text_.data() + used_, text_.data() + used_ + size);
    used_ += size;
    return traits_type::to_int_type(*gptr());
  }

 private:
  std::string text_;
  std::mt19937 random_;
  size_t used_ = 0;
};

TEST(ReaderTest, NamesOfColumnsAreTrimmedAndInLowerCase) {
  std::istringstream input("\xef\xbb\xbf\r\n External_Ref ,\"EMAIL\",Notes\r\n");
  const auto reader = Reader::Open(input);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_THAT(reader->columns(), ElementsAre("external_ref", "email", "notes"));
  EXPECT_EQ(reader->Find("email"), 1u);
  EXPECT_EQ(reader->Find("Email"), std::nullopt);
}

TEST(ReaderTest, AFileWithoutAHeaderIsRefused) {
  for (const char* text : {"", "\xef\xbb\xbf", "\n\r\n  \n", "a,\"b\n", "a,\xe9\n",
                           "\xff\xfe"
                           "a\n"}) {
    std::istringstream input(text);
    EXPECT_EQ(Reader::Open(input).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ReaderTest, LinesThatEndInCrAloneAreRefusedAtTheHeader) {
  const std::string mark = "\xef\xbb\xbf";
  for (const std::string& text : {std::string("a,b\r1,2\r3,4\r"), mark + "a\r1\r2", std::string("a,\"b\"\r1,2\r"),
                                  std::string("a,b\r\"x\",2\r")}) {
    std::istringstream input(text);
    const absl::Status status = Reader::Open(input).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("end in LF or CRLF")) << text;
  }
  // Another control character has another way out, unless it stands around the name.
  std::istringstream tabs("a\tb\n1\t2\n");
  const absl::Status status = Reader::Open(tabs).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("separated by commas"));
  EXPECT_THAT(Read("a\t,b\n1,2\n"), ElementsAre("2:1|2"));
}

TEST(ReaderTest, ReadsQuotesAndBothLineEnds) {
  EXPECT_THAT(Read("a,b\n1,2\r\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\n,\"\""),
              ElementsAre("2:1|2", "3:x,y|say \"hi\"", "4:two\r\nlines|", "6:|"));
}

TEST(ReaderTest, ABlankLineIsNoRecord) {
  EXPECT_THAT(Read("a,b\n\n1,2\n\r\n \t\n3,4\n\n"), ElementsAre("3:1|2", "6:3|4"));
  EXPECT_THAT(Read("a\n\n1\n\n"), ElementsAre("3:1"));
}

TEST(ReaderTest, AStrayQuoteSpoilsItsLineOnly) {
  EXPECT_THAT(Read("a,b\nx\"y,1\n\"x\"y,1\n \"x\",1\nx,y\"\nlast,1\n"),
              ElementsAre("2:CSV_QUOTE:a", "3:CSV_QUOTE:a", "4:CSV_QUOTE:a", "5:CSV_QUOTE:b", "6:last|1"));
}

TEST(ReaderTest, AnUnclosedQuoteSpoilsItsLineOnly) {
  EXPECT_THAT(Read("a,b\n1,\"x\n\n2,y\n"), ElementsAre("2:CSV_QUOTE:b", "4:2|y"));
  EXPECT_THAT(Read("a,b\n1,\"x\n2,\"y\"\n3,z\n"), ElementsAre("2:CSV_QUOTE:b", "3:2|y", "4:3|z"));
  EXPECT_THAT(Read("a,b\n1,\"x\n2,\"y\n3,\"z\n"), ElementsAre("2:CSV_QUOTE:b", "3:CSV_QUOTE:b", "4:CSV_QUOTE:b"));
}

TEST(ReaderTest, AnUnclosedQuoteSpoilsItsLineOnlyInALongFile) {
  std::string text = "a,b\n\"x,1\n";
  for (int i = 0; i < 50'000; ++i) absl::StrAppend(&text, "row,", i, "\n");
  std::istringstream input(text);
  const std::vector<Record> records = ReadAll(input);
  ASSERT_EQ(records.size(), 50'001u);
  EXPECT_EQ(Show(records[0]), "2:CSV_QUOTE:a");
  EXPECT_EQ(Show(records[1]), "3:row|0");
  EXPECT_EQ(Show(records.back()), "50002:row|49999");
}

TEST(ReaderTest, AWrongNumberOfValuesNeverTakesTheNextRecordWithIt) {
  EXPECT_THAT(Read("a,b\n1\n1,2,3\n1,2\n"), ElementsAre("2:WRONG_COLUMN_COUNT:", "3:WRONG_COLUMN_COUNT:", "4:1|2"));
  EXPECT_THAT(Read("a,b\n1,2,\"\n3,4\n5,6,\"\n7,8\n"),
              ElementsAre("2:WRONG_COLUMN_COUNT:", "3:3|4", "4:CSV_QUOTE:", "5:7|8"));
}

TEST(ReaderTest, AFaultyRecordKeepsWhatCouldBeRead) {
  std::istringstream input("a,b,c\nref,x\"y,z\nref,caf\xe9,z\n");
  const std::vector<Record> records = ReadAll(input);
  ASSERT_EQ(records.size(), 2u);
  ASSERT_TRUE(records[0].fault.has_value());
  EXPECT_THAT(records[0].fields, ElementsAre("ref", ""));
  EXPECT_THAT(records[1].fields, ElementsAre("ref", "", "z"));
  EXPECT_FALSE(records[0].fault->message.empty());
  EXPECT_FALSE(records[0].fault->fix.empty());
}

TEST(ReaderTest, TextMustBeUtf8) {
  EXPECT_THAT(Read("a,b\n1,Caf\xe9\n1,Caf\xc3\xa9\n\xed\xa0\x80,1\n\xc0\xaf,1\n\xf4\x90\x80\x80,1\n"),
              ElementsAre("2:NOT_UTF8:b", "3:1|Caf\xc3\xa9", "4:NOT_UTF8:a", "5:NOT_UTF8:a", "6:NOT_UTF8:a"));
}

TEST(ReaderTest, ARecordHasAtMost64KiB) {
  const std::string most(kMaxRecordBytes - 2, 'x');
  EXPECT_THAT(Read("a,b\n1," + most + "\r\n2,y\n"), ElementsAre("2:1|" + most, "3:2|y"));
  EXPECT_THAT(Read("a,b\n1," + most + "x\r\n2,y\n"), ElementsAre("2:RECORD_TOO_LONG:", "3:2|y"));
  EXPECT_THAT(Read("a,b\n" + most + "xx,\n2,y"), ElementsAre("2:RECORD_TOO_LONG:", "3:2|y"));
  const std::string quoted = "\"" + std::string(kMaxRecordBytes - 4, 'x') + "\"";
  EXPECT_THAT(Read("a,b\n1," + quoted + "\n2,y\n"),
              ElementsAre("2:1|" + quoted.substr(1, kMaxRecordBytes - 4), "3:2|y"));
  EXPECT_THAT(Read("a,b\n11," + quoted + "\n2,y\n"), ElementsAre("2:RECORD_TOO_LONG:", "3:2|y"));
  EXPECT_THAT(Read("a,b\n1,2\n" + std::string(1 << 20, 'x')), ElementsAre("2:1|2", "3:RECORD_TOO_LONG:"));
}

TEST(ReaderTest, AnInputThatBreaksIsReported) {
  std::ifstream folder(TEST_DATA);
  EXPECT_EQ(Reader::Open(folder).status().code(), absl::StatusCode::kUnavailable);
}

TEST(ReaderTest, ThePiecesInWhichTheInputComesDoNotMatter) {
  std::ifstream file(TEST_DATA "/staff-messy.csv", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::string> expected = Read(text);
  for (uint32_t seed = 0; seed < 100; ++seed) {
    PieceBuffer pieces(text, seed);
    std::istream input(&pieces);
    std::vector<std::string> shown;
    for (const Record& record : ReadAll(input)) shown.push_back(Show(record));
    ASSERT_EQ(shown, expected) << "seed " << seed;
  }
}

TEST(ReaderTest, PositionReachesTheEnd) {
  std::string text = "a,b\n";
  for (int i = 0; i < 30'000; ++i) absl::StrAppend(&text, "row,", i, "\n");
  std::istringstream input(text);
  auto reader = Reader::Open(input);
  ASSERT_TRUE(reader.ok());
  for (Record record; reader->Next(record);) continue;
  EXPECT_EQ(reader->position(), static_cast<int64_t>(text.size()));
}

// The expected file names every record by its line, and the faults that are the reader's to find.
TEST(ReaderTest, TheMessyStaffFileComesOutAsExpected) {
  std::ifstream messy(TEST_DATA "/staff-messy.csv", std::ios::binary);
  std::ifstream expected(TEST_DATA "/staff-messy.expected.csv", std::ios::binary);
  const std::vector<Record> records = ReadAll(messy);
  const std::vector<Record> rows = ReadAll(expected);
  ASSERT_EQ(records.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<std::string>& row = rows[i].fields;  // line, external_ref, outcome, code, column
    EXPECT_EQ(absl::StrCat(records[i].line), row[0]);
    EXPECT_EQ(records[i].fields[0], row[1]) << "line " << row[0];
    const bool is_ours = row[3] == "CSV_QUOTE" || row[3] == "WRONG_COLUMN_COUNT" || row[3] == "NOT_UTF8";
    ASSERT_EQ(records[i].fault.has_value(), is_ours) << "line " << row[0];
    if (!is_ours) continue;
    EXPECT_EQ(Code(records[i].fault->kind), row[3]) << "line " << row[0];
    EXPECT_EQ(records[i].fault->column, row[4]) << "line " << row[0];
  }
}

}  // namespace
}  // namespace equity::csv
