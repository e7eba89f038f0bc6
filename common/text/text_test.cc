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

TEST(TextTest, BlankIsWhatCannotBeSeen) {
  for (const char* blank : {
           "", " \t\n",
           "\xc2\xa0",                   // no-break space
           "\xc2\xad",                   // soft hyphen
           "\xcd\x8f",                   // combining grapheme joiner
           "\xe1\x85\x9f",               // Hangul filler
           "\xe2\x80\x83",               // em space
           "\xe2\x80\x8b\xe2\x80\x8d",   // zero-width space and joiner
           "\xe2\x80\xa8",               // line separator
           "\xe2\x81\xa0",               // word joiner
           "\xe2\xa0\x80",               // Braille without a dot
           "\xe3\x80\x80",               // ideographic space
           "\xe3\x85\xa4",               // another Hangul filler
           "\xef\xb8\x8f",               // variation selector
           "\xef\xbb\xbf \xef\xbb\xbf",  // byte order marks
       }) {
    EXPECT_TRUE(IsBlank(blank)) << CodePoints(blank) << " code points: " << blank;
  }
  for (const char* seen : {"A", " \xc3\xab ", "\xe2\x80\x8b-", "\xe2\xa0\x81", "\xf0\x9f\x98\x80", "\xe3\x82\xa2"}) {
    EXPECT_FALSE(IsBlank(seen)) << seen;
  }
}

TEST(TextTest, MarksThatTurnTheDirectionOfWriting) {
  for (const char* mark : {"\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
                           "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9"}) {
    EXPECT_TRUE(TurnsDirection(mark));
    EXPECT_TRUE(TurnsDirection(std::string("\xe2\x82\xac 5 ") + mark + "x"));
  }
  // Left-to-right and right-to-left marks, a dash, a word joiner, an Arabic letter mark.
  for (const char* none : {"", "Trust", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\x93", "\xe2\x81\xa0", "\xd8\x9c"}) {
    EXPECT_FALSE(TurnsDirection(none)) << none;
  }
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
