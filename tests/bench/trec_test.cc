#include "tests/bench/trec.h"

#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/bench/search.h"

namespace equity::bench {
namespace {

class TrecTest : public testing::Test {
 protected:
  TrecTest() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~TrecTest() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ + "/" + name) << text; }
  std::string folder_ = std::filesystem::temp_directory_path() / "trec_test.XXXXXX";
};

TEST_F(TrecTest, ReadsDocumentsQueriesAndJudgements) {
  Write("documents.trec",
        "<DOC>\n<DOCNO> FT-1 </DOCNO>\n<HEADLINE>Clean <B>air</B></HEADLINE>\n<TEXT>\n<P>One</P>\n<P>Two</P>\n</TEXT>\n"
        "</DOC>\n<doc><docno>d2</docno>Plain text</doc>\n");
  Write("queries.trec",
        "<top>\n<num> Number: 301\n<title> clean air zones\n<desc> Description:\nLong.\n</top>\n"
        "<top><num>7</num><desc>Description: only this</desc></top>\n");
  Write("qrels.txt", "301 0 FT-1 2\n301 0 d2 0\n\n7 0 d2 1\n");
  const auto collection = ReadTrec(folder_);
  ASSERT_TRUE(collection.ok()) << collection.status();
  ASSERT_EQ(collection->documents.size(), 2u);
  EXPECT_EQ(collection->documents[0].id, "FT-1");
  EXPECT_EQ(collection->documents[0].title, "Clean    air");
  EXPECT_NE(collection->documents[0].text.find("One"), std::string::npos);
  EXPECT_EQ(collection->documents[0].text.find("FT-1"), std::string::npos);
  EXPECT_EQ(collection->documents[1].text, "Plain text");
  ASSERT_EQ(collection->queries.size(), 2u);
  EXPECT_EQ(collection->queries[0].id, "301");
  EXPECT_EQ(collection->queries[0].text, "clean air zones");
  EXPECT_EQ(collection->queries[1].text, "only this");
  EXPECT_EQ(collection->judgements.at("301").at("FT-1"), 2);
}

TEST_F(TrecTest, SaysWhatIsWrong) {
  EXPECT_EQ(ReadTrec(folder_).status().code(), absl::StatusCode::kNotFound);
  Write("documents.trec", "nothing");
  Write("queries.trec", "<top><num>1</num><title>x</title></top>");
  Write("qrels.txt", "1 0 d");
  EXPECT_THAT(std::string(ReadTrec(folder_).status().message()), ::testing::HasSubstr("line 1"));
  Write("qrels.txt", "");
  EXPECT_THAT(std::string(ReadTrec(folder_).status().message()), ::testing::HasSubstr("<DOC>"));
}

TEST_F(TrecTest, NdcgIsThatOfTrecEval) {
  EXPECT_DOUBLE_EQ(NdcgAt10({"a", "b"}, {{"a", 1}, {"b", 0}}), 1);
  EXPECT_DOUBLE_EQ(NdcgAt10({"b", "a"}, {{"a", 1}, {"b", 0}}), 1 / std::log2(3.0));
  EXPECT_DOUBLE_EQ(NdcgAt10({"b", "a"}, {{"a", 3}, {"b", 1}}), (1 + 3 / std::log2(3.0)) / (3 + 1 / std::log2(3.0)));
  EXPECT_DOUBLE_EQ(NdcgAt10({}, {{"a", 1}}), 0);
  EXPECT_DOUBLE_EQ(NdcgAt10({"a"}, {{"a", 0}}), 0);
}

TEST_F(TrecTest, TheSampleIsFoundBetterThanByPlainBm25) {
  const auto collection = ReadTrec(SAMPLE);
  ASSERT_TRUE(collection.ok()) << collection.status();
  const auto figures = MeasureSearch(*collection, folder_);
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->documents, static_cast<int>(collection->documents.size()));
  EXPECT_GE(figures->queries, 8);
  EXPECT_GT(figures->ndcg_at_10, 0.8);
  EXPECT_GT(figures->ndcg_at_10, figures->bm25_ndcg_at_10);
}

}  // namespace
}  // namespace equity::bench
