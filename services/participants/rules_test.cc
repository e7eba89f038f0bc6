#include "services/participants/rules.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::participants {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Person Someone() {
  return {.external_ref = "A-1", .given_name = "Amara", .family_name = "Okafor", .email = "amara@example.org"};
}

std::vector<std::string> Faults(const Person& person) {
  std::vector<std::string> found;
  for (const Fault& fault : PersonFaults(person)) {
    EXPECT_FALSE(fault.what.empty());
    EXPECT_FALSE(fault.fix.empty());
    found.push_back(fault.code + " " + fault.field);
  }
  return found;
}

TEST(PersonRulesTest, AWholePersonHasNoFault) {
  EXPECT_THAT(Faults(Someone()), IsEmpty());
  Person mononym = Someone();
  mononym.family_name.clear();
  EXPECT_THAT(Faults(mononym), IsEmpty());
  std::swap(mononym.given_name, mononym.family_name);
  EXPECT_THAT(Faults(mononym), IsEmpty());
}

TEST(PersonRulesTest, AllFaultsAreFoundInTheOrderOfTheFields) {
  EXPECT_THAT(Faults({}), ElementsAre("MISSING_FIELD external_ref", "MISSING_FIELD given_name", "MISSING_FIELD email"));
  Person person = Someone();
  person.external_ref = std::string(101, 'x');
  person.given_name = "A\tB";
  person.family_name = std::string(201, 'x');
  person.email = "two@@example.org";
  person.job_title = "line\nbreak";
  person.access_needs = 1u << v1::ACCESS_NEED_OTHER;
  EXPECT_THAT(Faults(person),
              ElementsAre("TOO_LONG external_ref", "CONTROL_CHARACTER given_name", "TOO_LONG family_name",
                          "INVALID_EMAIL email", "CONTROL_CHARACTER job_title", "INVALID_VALUE access_needs"));
}

TEST(PersonRulesTest, LengthsAreCountedInCodePoints) {
  Person person = Someone();
  person.given_name.clear();
  for (int i = 0; i < 200; ++i) person.given_name += "é";
  EXPECT_THAT(Faults(person), IsEmpty());
  person.given_name += "é";
  EXPECT_THAT(Faults(person), ElementsAre("TOO_LONG given_name"));
}

TEST(PersonRulesTest, OtherGoesWithItsText) {
  Person person = Someone();
  person.other_access_need = "a lift nearby";
  EXPECT_THAT(Faults(person), ElementsAre("INVALID_VALUE access_needs"));
  person.access_needs = 1u << v1::ACCESS_NEED_OTHER | 1u << v1::ACCESS_NEED_BREAKS;
  EXPECT_THAT(Faults(person), IsEmpty());
  person.other_access_need = std::string(501, 'x');
  EXPECT_THAT(Faults(person), ElementsAre("TOO_LONG access_needs"));
}

TEST(PersonRulesTest, TextIsTrimmedAndComposedAndOtherwiseKept) {
  EXPECT_EQ(Clean(" \tMcDonald \xc2\xa0"), "McDonald");
  EXPECT_EQ(Clean("Zoe\xcc\x88"), "Zo\xc3\xab");
  EXPECT_EQ(Clean("van  der Berg"), "van  der Berg");
}

TEST(PersonRulesTest, TextThatCannotBeSeenIsNone) {
  EXPECT_EQ(Clean("\xe2\x80\x8b"), "");
  EXPECT_EQ(Clean(" \xef\xbb\xbf\xc2\xa0"), "");
  // Beside what can be seen it is kept: scripts need joiners.
  EXPECT_EQ(Clean("A\xe2\x80\x8d"), "A\xe2\x80\x8d");
}

TEST(PersonRulesTest, AnAnswerHasWhatTheRequestHad) {
  v1::Participant wanted;
  wanted.set_given_name("Amara");
  wanted.set_external_ref(" A-1 ");
  wanted.add_access_needs(v1::ACCESS_NEED_LARGE_PRINT);
  wanted.add_access_needs(v1::ACCESS_NEED_BREAKS);
  wanted.add_access_needs(v1::ACCESS_NEED_BREAKS);
  v1::Participant answer;
  Describe(PersonFrom(wanted), answer);
  EXPECT_EQ(answer.external_ref(), "A-1");
  EXPECT_THAT(answer.access_needs(), ElementsAre(v1::ACCESS_NEED_BREAKS, v1::ACCESS_NEED_LARGE_PRINT));
}

TEST(UpdateTest, AMaskSetsWhatItNamesEvenToNothing) {
  Person person = Someone();
  person.job_title = "Nurse";
  v1::Participant wanted;
  wanted.set_family_name("Bello");
  wanted.set_email("bello@example.org");
  google::protobuf::FieldMask mask;
  mask.add_paths("family_name");
  mask.add_paths("job_title");
  const Update update = Apply(person, wanted, mask);
  EXPECT_THAT(update.unknown_paths, IsEmpty());
  EXPECT_EQ(update.person.family_name, "Bello");
  EXPECT_EQ(update.person.job_title, "");
  EXPECT_EQ(update.person.email, "amara@example.org");
}

TEST(UpdateTest, WithoutAMaskWhatIsSetIsSet) {
  v1::Participant wanted;
  wanted.set_email("bello@example.org");
  const Update update = Apply(Someone(), wanted, {});
  EXPECT_EQ(update.person.email, "bello@example.org");
  EXPECT_EQ(update.person.family_name, "Okafor");
}

TEST(UpdateTest, OtherPathsAreNamed) {
  google::protobuf::FieldMask mask;
  mask.add_paths("state");
  mask.add_paths("email");
  mask.add_paths("*");
  EXPECT_THAT(Apply(Someone(), {}, mask).unknown_paths, ElementsAre("state", "*"));
}

TEST(OrganisationIdTest, IsTheCodeAsFarAsAnIdCanBe) {
  const auto id = [](const char* value) {
    v1::OrganisationCode code;
    code.set_scheme("LOCAL");
    code.set_value(value);
    return OrganisationId(code);
  };
  EXPECT_EQ(id("RDE"), "rde");
  EXPECT_EQ(id("ESSEX-CC"), "essex-cc");
  EXPECT_EQ(id("St. Helena's (Hospice)"), "st-helena-s-hospice");
  EXPECT_EQ(id("7"), "org-7");
  EXPECT_EQ(id("\xc3\x89"), "org-0");
  EXPECT_EQ(id(std::string(60, 'X').c_str()), std::string(40, 'x'));
}

TEST(NamesTest, AreThoseOfTheContractWithoutPrefix) {
  EXPECT_EQ(SectorName(v1::SECTOR_NHS_TRUST), "NHS_TRUST");
  EXPECT_EQ(PlaceName(v1::PLACE_WEST_SUFFOLK), "WEST_SUFFOLK");
  EXPECT_EQ(PlaceName(v1::PLACE_UNSPECIFIED), "");
}

}  // namespace
}  // namespace equity::participants
