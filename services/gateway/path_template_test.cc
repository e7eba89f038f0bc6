#include "services/gateway/path_template.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/media.h"
#include "services/gateway/url.h"

namespace equity::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

PathTemplate Parse(const std::string& text) { return *PathTemplate::Parse(text); }

TEST(PathTemplateTest, CapturesSegmentsByField) {
  const auto match = Parse("/v1/{session.name=workshops/*/sessions/*}").Match("/v1/workshops/a/sessions/b");
  ASSERT_TRUE(match);
  EXPECT_THAT(*match, ElementsAre(Pair("session.name", "workshops/a/sessions/b")));
  EXPECT_FALSE(Parse("/v1/{name=workshops/*}").Match("/v1/workshops/a/sessions"));
  EXPECT_FALSE(Parse("/v1/{name=workshops/*}").Match("/v1/workshops/"));
  EXPECT_FALSE(Parse("/v1/{name=workshops/*}").Match("/v1/workshop/a"));
}

TEST(PathTemplateTest, SlashesAreDecodedInSingleSegmentsOnly) {
  EXPECT_EQ(Parse("/v1/statistics/{measure}").Match("/v1/statistics/a%2Fb%20c")->at("measure"), "a/b c");
  EXPECT_EQ(Parse("/v1/{name=workshops/*}").Match("/v1/workshops/a%2Fb%20c")->at("name"), "workshops/a%2Fb c");
  EXPECT_TRUE(Parse("/v1/workshops").Match("/v1/work%73hops"));
  EXPECT_FALSE(Parse("/v1/workshops/{id}").Match("/v1/workshops/%zz"));
}

TEST(PathTemplateTest, VerbsAreOfTheWholePath) {
  const PathTemplate cancel = Parse("/v1/{name=workshops/*/sessions/*}:cancel");
  EXPECT_EQ(cancel.Match("/v1/workshops/a/sessions/b:cancel")->at("name"), "workshops/a/sessions/b");
  EXPECT_FALSE(cancel.Match("/v1/workshops/a/sessions/b"));
  EXPECT_FALSE(cancel.Match("/v1/workshops/a/sessions/:cancel"));
  EXPECT_TRUE(Parse("/v1/changes:watch").Match("/v1/changes:watch"));
}

TEST(PathTemplateTest, RefusesWhatIsNone) {
  for (const char* text : {"", "v1", "/v1/{name", "/v1/{=a/*}", "/v1/{name=**}", "/v1//a", "/v1/*", "/v1/a:"}) {
    EXPECT_FALSE(PathTemplate::Parse(text).ok()) << text;
  }
}

TEST(PathTemplateTest, OverlapsAreSeen) {
  EXPECT_TRUE(Parse("/v1/{name=workshops/*}").Overlaps(Parse("/v1/workshops/{id}")));
  EXPECT_TRUE(Parse("/v1/{name=workshops/*}").Overlaps(Parse("/v1/workshops/public")));
  EXPECT_FALSE(Parse("/v1/{name=workshops/*}").Overlaps(Parse("/v1/{name=workshops/*}:cancel")));
  EXPECT_FALSE(Parse("/v1/workshops").Overlaps(Parse("/v1/challenges")));
}

TEST(UrlTest, QueriesAreDecoded) {
  const auto target = ParseTarget("/v1/a%2Fb?x=1+2&y=%C3%A9&empty=&z");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/a%2Fb");
  EXPECT_THAT(target->query, ElementsAre(Pair("x", "1 2"), Pair("y", "é"), Pair("empty", ""), Pair("z", "")));
  EXPECT_FALSE(ParseTarget("/v1?x=%4"));
  EXPECT_FALSE(ParseTarget("/v1/%"));
}

TEST(MediaTest, TheMostExactRangeCounts) {
  Request request;
  EXPECT_EQ(Quality(request, kCsv), 1);
  request.headers = {{"accept", "text/*;q=0.5, text/csv ; q=0.9, application/json;q=0, */*;q=0.1"}};
  EXPECT_EQ(Quality(request, kCsv), 0.9);
  EXPECT_EQ(Quality(request, "text/html"), 0.5);
  EXPECT_EQ(Quality(request, kJson), 0);
  EXPECT_EQ(Quality(request, "image/png"), 0.1);
  request.headers = {{"accept", "text/html"}};
  EXPECT_EQ(Quality(request, kJson), 0);
}

TEST(MediaTest, OnlyUtf8IsTaken) {
  EXPECT_EQ(MediaType("Application/JSON"), kJson);
  EXPECT_EQ(MediaType("application/json; charset=UTF-8"), kJson);
  EXPECT_EQ(MediaType("application/json; charset=latin1"), "*");
}

}  // namespace
}  // namespace equity::gateway
