#include "services/reference_group/search/query.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reference_group/data.h"

namespace equity::referencegroup {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Synonyms& Shipped() {
  static const Synonyms synonyms(data::Synonyms());
  return synonyms;
}

TEST(QueryTest, WordsAreLettersAndDigits) {
  EXPECT_THAT(Words("Women's health: Core20PLUS5, 2021!"), ElementsAre("women", "s", "health", "core20plus5", "2021"));
  EXPECT_THAT(Words("  \"OR\" NEAR(a b) * - ^ "), ElementsAre("or", "near", "a", "b"));
  EXPECT_EQ(TitleKey("  Easy-Read   letters! "), "easy read letters");
}

TEST(QueryTest, NothingThatIsTypedIsAnOperator) {
  EXPECT_EQ(MatchExpression("carers NOT (housing* AND \"x", Shipped(), false),
            R"("caregiver" OR "carers" OR "housing" OR "x")");
  EXPECT_EQ(MatchExpression("?!", Shipped(), false), "");
}

TEST(QueryTest, WordsThatSayNothingAreLeftOutUnlessThereAreNoOthers) {
  EXPECT_EQ(MatchExpression("how do we find housing", Shipped(), false), R"("find" OR "housing")");
  EXPECT_EQ(MatchExpression("to be or not", Shipped(), false), R"("be" OR "not" OR "or" OR "to")");
}

TEST(QueryTest, SynonymsGoBothWays) {
  EXPECT_THAT(MatchExpression("GRT families", Shipped(), false), HasSubstr("\"gypsy roma and traveller\""));
  EXPECT_THAT(MatchExpression("Gypsy, Roma and Traveller sites", Shipped(), false), HasSubstr("\"grt\""));
  EXPECT_THAT(MatchExpression("LD health checks", Shipped(), false), HasSubstr("\"learning disability\""));
  EXPECT_THAT(MatchExpression("gypsy", Shipped(), false), Not(HasSubstr("grt")));
  EXPECT_FALSE(Shipped().version().empty());
}

TEST(QueryTest, TheLastWordMayBeABeginning) {
  EXPECT_EQ(LastWord("find inter"), "inter");
  EXPECT_EQ(LastWord("find inter "), "");
  EXPECT_EQ(LastWord("find in"), "");
  EXPECT_EQ(MatchExpression("find inter", Shipped(), true), R"("find" OR "inter" OR "inter"*)");
}

}  // namespace
}  // namespace equity::referencegroup
