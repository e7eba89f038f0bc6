#include "services/participants/registrations/rules.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::participants::registrations {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::RegistrationRow Row() {
  v1::RegistrationRow row;
  row.set_row(2);
  row.set_external_ref("M-001");
  row.set_organisation("RDE");
  row.set_given_name("Amara");
  row.set_family_name("Okafor");
  row.set_email("amara.m001@example.org");
  row.set_session_date("2021-07-27");
  row.set_on_full("WAITLIST");
  return row;
}

std::vector<std::string> Faults(const v1::RegistrationRow& row) {
  std::vector<std::string> found;
  for (const Fault& fault : Read(row).faults) found.push_back(fault.code + " " + fault.field);
  return found;
}

TEST(RowTest, AGoodRowIsRead) {
  v1::RegistrationRow row = Row();
  row.set_given_name("  Priya  ");
  row.set_access_needs("LARGE_PRINT; breaks;;OTHER: a lift nearby ");
  const Reading reading = Read(row);
  EXPECT_THAT(reading.faults, IsEmpty());
  EXPECT_EQ(reading.row, 2);
  EXPECT_EQ(reading.person.given_name, "Priya");
  EXPECT_EQ(reading.person.access_needs,
            1u << v1::ACCESS_NEED_LARGE_PRINT | 1u << v1::ACCESS_NEED_BREAKS | 1u << v1::ACCESS_NEED_OTHER);
  EXPECT_EQ(reading.person.other_access_need, "a lift nearby");
  EXPECT_EQ(reading.session_date, "2021-07-27");
  EXPECT_EQ(reading.on_full, workshops::v1::ON_FULL_WAITLIST);
}

TEST(RowTest, BlankOnFullRejectsAndCaseDoesNotMatter) {
  v1::RegistrationRow row = Row();
  row.set_on_full(" ");
  EXPECT_EQ(Read(row).on_full, workshops::v1::ON_FULL_REJECT);
  row.set_on_full("next_date");
  EXPECT_EQ(Read(row).on_full, workshops::v1::ON_FULL_NEXT_DATE);
}

// Each code that the fields alone decide, with the field that it is about.
TEST(RowTest, EveryFieldFault) {
  using Change = void (*)(v1::RegistrationRow&);
  const std::pair<Change, const char*> kCases[] = {
      {[](auto& row) { row.set_external_ref(" \t "); }, "MISSING_FIELD external_ref"},
      {[](auto& row) { row.set_external_ref(std::string(101, 'x')); }, "TOO_LONG external_ref"},
      {[](auto& row) { row.set_external_ref("M\x01"); }, "CONTROL_CHARACTER external_ref"},
      {[](auto& row) { row.set_organisation("R\tDE"); }, "CONTROL_CHARACTER organisation"},
      {[](auto& row) { row.clear_given_name(), row.clear_family_name(); }, "MISSING_FIELD given_name"},
      {[](auto& row) { row.set_given_name(std::string(201, 'x')); }, "TOO_LONG given_name"},
      {[](auto& row) { row.set_given_name("Tab\tInside"); }, "CONTROL_CHARACTER given_name"},
      {[](auto& row) { row.set_given_name(std::string("Nul\0Byte", 8)); }, "CONTROL_CHARACTER given_name"},
      {[](auto& row) { row.set_family_name(std::string(201, 'x')); }, "TOO_LONG family_name"},
      {[](auto& row) { row.clear_email(); }, "MISSING_FIELD email"},
      {[](auto& row) { row.set_email("not-an-address"); }, "INVALID_EMAIL email"},
      {[](auto& row) { row.set_email("two@@example.org"); }, "INVALID_EMAIL email"},
      {[](auto& row) { row.set_email("tab\t@example.org"); }, "CONTROL_CHARACTER email"},
      {[](auto& row) { row.set_email(absl::StrCat(std::string(250, 'x'), "@example.org")); }, "TOO_LONG email"},
      {[](auto& row) { row.set_job_title(std::string(201, 'x')); }, "TOO_LONG job_title"},
      {[](auto& row) { row.set_access_needs("TELEPATHY"); }, "INVALID_VALUE access_needs"},
      {[](auto& row) { row.set_access_needs("OTHER"); }, "INVALID_VALUE access_needs"},
      {[](auto& row) { row.set_access_needs("BREAKS:long ones"); }, "INVALID_VALUE access_needs"},
      {[](auto& row) { row.set_access_needs("OTHER:a;OTHER:b"); }, "INVALID_VALUE access_needs"},
      {[](auto& row) { row.set_access_needs("UNSPECIFIED"); }, "INVALID_VALUE access_needs"},
      {[](auto& row) { row.set_access_needs("OTHER:a\nb"); }, "CONTROL_CHARACTER access_needs"},
      {[](auto& row) { row.set_access_needs(absl::StrCat("OTHER:", std::string(501, 'x'))); }, "TOO_LONG access_needs"},
      {[](auto& row) { row.set_session_date("27/07/2021"); }, "INVALID_DATE session_date"},
      {[](auto& row) { row.set_session_date("2021-02-30"); }, "INVALID_DATE session_date"},
      {[](auto& row) { row.set_session_date("2021-7-27"); }, "INVALID_DATE session_date"},
      {[](auto& row) { row.set_on_full("MAYBE"); }, "INVALID_VALUE on_full"},
      {[](auto& row) { row.set_on_full("UNSPECIFIED"); }, "INVALID_VALUE on_full"},
  };
  for (const auto& [change, expected] : kCases) {
    v1::RegistrationRow row = Row();
    change(row);
    EXPECT_THAT(Faults(row), ElementsAre(expected));
  }
}

TEST(RowTest, AllFaultsAreToldInTheOrderOfTheColumns) {
  v1::RegistrationRow row = Row();
  row.set_email("no-address");
  row.set_access_needs("TELEPATHY");
  row.set_on_full("MAYBE");
  EXPECT_THAT(Faults(row), ElementsAre("INVALID_EMAIL email", "INVALID_VALUE access_needs", "INVALID_VALUE on_full"));
  std::vector<Fault> faults = Read(row).faults;
  AddFault(faults, NoSuchOrganisation());
  EXPECT_EQ(faults.front().code, "NO_SUCH_ORGANISATION");
  const std::string message = Message(faults);
  EXPECT_THAT(message, HasSubstr("email is not an e-mail address. access_needs has"));
  EXPECT_THAT(Fix(faults), HasSubstr("name@example.org"));
  // What is wrong is told without what was written, which is about a person.
  EXPECT_THAT(message, ::testing::Not(HasSubstr("TELEPATHY")));
}

TEST(FaultTest, EveryCodeHasSentences) {
  const Fault kFaults[] = {NoOrganisationNamed(), NoSuchOrganisation(), AmbiguousOrganisation(), DuplicateInFile(),
                           EmailInUse(),          EmailInProgress(),    ParticipantMoved(),      BatchRefused()};
  for (const Fault& fault : kFaults) {
    EXPECT_FALSE(Message({fault}).empty());
    EXPECT_FALSE(Fix({fault}).empty());
  }
  for (const char* code : {"NO_SUCH_SESSION", "AMBIGUOUS_SESSION", "SESSION_CANCELLED", "SESSION_IN_PAST",
                           "SESSION_FULL", "BATCH_REFUSED"}) {
    EXPECT_EQ(Refused(code).code, code);
  }
  EXPECT_EQ(Refused("SESSION_FULL").field, "session_date");
  EXPECT_EQ(Refused("something new").code, "TRY_AGAIN");
}

TEST(FaultTest, RetryableIsWhatMayChangeByItself) {
  for (const char* code : {"SESSION_FULL", "TRY_AGAIN", "BATCH_REFUSED"}) EXPECT_TRUE(IsRetryable(code));
  for (const char* code : {"", "INVALID_EMAIL", "NO_SUCH_SESSION", "EMAIL_IN_USE"}) EXPECT_FALSE(IsRetryable(code));
}

TEST(MergeTest, WhatARowDoesNotSayStays) {
  const Person known{.external_ref = "a",
                     .given_name = "Amara",
                     .family_name = "Okafor",
                     .email = "a@x.org",
                     .job_title = "Nurse",
                     .access_needs = 1u << v1::ACCESS_NEED_OTHER,
                     .other_access_need = "a lift"};
  const Person merged = Merge(known, {.external_ref = "a", .given_name = "Amara", .email = "b@x.org"});
  EXPECT_EQ(merged.email, "b@x.org");
  EXPECT_EQ(merged.family_name, "");
  EXPECT_EQ(merged.job_title, "Nurse");
  EXPECT_EQ(merged.other_access_need, "a lift");
  EXPECT_EQ(Merge(known, known), known);
}

}  // namespace
}  // namespace equity::participants::registrations
