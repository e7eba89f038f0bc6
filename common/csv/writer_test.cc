#include "common/csv/writer.h"

#include <random>
#include <sstream>

#include "common/csv/reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::csv {
namespace {

std::string Written(const std::vector<std::string>& fields) {
  std::ostringstream output;
  Writer(output).TextRecord(fields);
  return output.str();
}

TEST(WriterTest, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(Written({"a", "", "b c", "x,y", "say \"hi\"", "two\nlines", "a\r"}),
            "a,,b c,\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\",\"a\r\"\n");
}

TEST(WriterTest, TextIsNeverAFormula) {
  EXPECT_EQ(Written({"=1+1", "+1", "-1", "@x", "\tx", "\rx", "'x", "x=1"}), "'=1+1,'+1,'-1,'@x,'\tx,\"'\rx\",'x,x=1\n");
}

TEST(WriterTest, NumbersStayNumbers) {
  std::ostringstream output;
  Writer writer(output);
  writer.Number(-5);
  writer.Empty();
  writer.Text("-5");
  writer.EndRecord();
  EXPECT_EQ(output.str(), "-5,,'-5\n");
}

TEST(WriterTest, WhatIsWrittenReadsTheSame) {
  constexpr std::string_view kCharacters = "ab,\"\n\r \xc3\xa9";
  std::mt19937 random(7);
  std::ostringstream output;
  Writer writer(output);
  writer.TextRecord({"a", "b", "c"});
  std::vector<std::vector<std::string>> expected;
  for (int i = 0; i < 2'000; ++i) {
    auto& fields = expected.emplace_back(std::vector<std::string>{"x", "x", "x"});
    for (std::string& field : fields) {
      for (size_t length = random() % 8; length > 0; --length) {
        const char c = kCharacters[random() % (kCharacters.size() - 1)];
        field.append(c == '\xc3' ? "\xc3\xa9" : std::string(1, c));
      }
    }
    writer.TextRecord(fields);
  }

  std::istringstream input(output.str());
  auto reader = Reader::Open(input);
  ASSERT_TRUE(reader.ok());
  Record record;
  for (const auto& fields : expected) {
    ASSERT_TRUE(reader->Next(record));
    ASSERT_FALSE(record.fault.has_value()) << record.fault->message;
    ASSERT_EQ(record.fields, fields);
  }
  EXPECT_FALSE(reader->Next(record));
}

}  // namespace
}  // namespace equity::csv
