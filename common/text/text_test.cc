#include "common/text/text.h"

#include "gtest/gtest.h"

namespace equity::text {
namespace {

TEST(TextTest, Utf8IsToldFromOtherBytes) {
  EXPECT_TRUE(IsUtf8("Zo\xc3\xab"));
  EXPECT_FALSE(IsUtf8("Caf\xe9"));
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));  // a surrogate
  EXPECT_FALSE(IsUtf8("\xc0\xaf"));      // overlong
}

TEST(TextTest, LengthIsInCodePoints) {
  EXPECT_EQ(CodePoints("Zo\xc3\xab"), 3);
  EXPECT_EQ(CodePoints(""), 0);
}

TEST(TextTest, ControlCharactersAreFoundAndJoinersAreNone) {
  EXPECT_TRUE(HasControl("Tab\there"));
  EXPECT_TRUE(HasControl(std::string_view("a\0b", 3)));
  EXPECT_TRUE(HasControl("\xc2\x85"));  // next line
  EXPECT_FALSE(HasControl("\xe2\x80\x8d"));
  EXPECT_FALSE(HasControl("\xc2\xa0 \xc3\xa9"));
}

TEST(TextTest, OuterWhiteSpaceGoes) {
  EXPECT_EQ(Trim(" \t Priya\xc2\xa0\n"), "Priya");
  EXPECT_EQ(Trim("van der Berg"), "van der Berg");
  EXPECT_EQ(Trim("\xc2\xa0"), "");
}

TEST(TextTest, NormalisationComposesAndChangesNothingElse) {
  EXPECT_EQ(Nfc("Zoe\xcc\x88"), "Zo\xc3\xab");
  EXPECT_EQ(Nfc("McDonald"), "McDonald");
}

TEST(TextTest, FoldingComparesWithoutCase) {
  EXPECT_EQ(Fold("AMARA.M001@Example.org"), "amara.m001@example.org");
  EXPECT_EQ(Fold("\xc3\x89"), Fold("e\xcc\x81"));
}

TEST(TextTest, EmailAddressesAreToldFromOtherText) {
  for (const char* good : {"a@b.org", "o'connor+x@mail.example.org", "zo\xc3\xab@example.org"})
    EXPECT_TRUE(IsEmail(good)) << good;
  for (const char* bad : {"", "a", "@b.org", "a@", "a@b", "two@@example.org", "a@b@c.org", "a b@c.org", "a@.org",
                          "a@b..org", ".a@b.org", "a.@b.org", "a@-b.org", "a@b-.org", "<a@b.org>", "a@b.org."}) {
    EXPECT_FALSE(IsEmail(bad)) << bad;
  }
}

}  // namespace
}  // namespace equity::text
