// Random files full of rows that depend on each other: however they are cut into messages, and in a dry run, every row
// gets the outcome that it gets when rows are sent one at a time.
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/participants/testing/rows.h"

namespace equity::participants::registrations {
namespace {

using namespace participants::testing;  // NOLINT: the fixture of this whole file

constexpr const char* kDates[] = {"2021-07-27", "2021-08-02", "2021-08-12", "2021-08-17"};

class EquivalenceTest : public ::testing::TestWithParam<int> {
 protected:
  int Any(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  Rows RandomRows(int count) {
    Rows rows;
    for (int i = 0; i < count; ++i) {
      v1::RegistrationRow row = Row(i + 2, absl::StrCat("p", Any(12)));
      if (Any(5) == 0) row.set_email(absl::StrCat("P", Any(12), "@example.org"));
      if (Any(8) == 0) row.set_given_name("Other");
      if (Any(8) == 0) row.clear_job_title();
      if (Any(10) == 0) row.set_access_needs("BREAKS");
      if (Any(12) == 0) row.set_email("wrong");
      if (Any(4) == 0) row.set_organisation("RGR");
      if (Any(20) == 0) row.set_organisation("NOBODY");
      if (Any(6) != 0) row.set_session_date(kDates[Any(4)]);
      if (Any(15) == 0) row.set_session_date("2021-09-01");
      constexpr const char* kOnFull[] = {"", "REJECT", "WAITLIST", "NEXT_DATE", "NEXT_DATE"};
      row.set_on_full(kOnFull[Any(5)]);
      rows.push_back(row);
    }
    return rows;
  }

  static void Prepare(TestServer& server) {
    server.AddOrganisations();
    for (const char* date : kDates) server.AddSession(date, 3);
  }

  static Sending New(const TestServer& server, v1::SubmissionMode mode = v1::SUBMISSION_MODE_BEST_EFFORT) {
    return {.token = server.Token(), .operation = NewRequestId(), .mode = mode};
  }

  static void ExpectSame(const std::vector<std::string>& actual, const std::vector<std::string>& expected) {
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) EXPECT_EQ(actual[i], expected[i]);
  }

  // What two runs must have in common: everything but what only a real run can name.
  static std::vector<std::string> Comparable(const absl::StatusOr<Outcomes>& outcomes) {
    if (!outcomes.ok()) return {outcomes.status().ToString()};
    std::vector<std::string> lines;
    for (v1::RegistrationOutcome outcome : *outcomes) {
      outcome.clear_participant();
      outcome.clear_booking();
      lines.push_back(outcome.ShortDebugString());
    }
    return lines;
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
};

TEST_P(EquivalenceTest, MessagesAndDryRunsAnswerAsSingleRows) {
  TestServer one_at_a_time;
  TestServer in_messages;
  Prepare(one_at_a_time);
  Prepare(in_messages);
  // Somebody is there already.
  const Rows before = RandomRows(10);
  ExpectSame(Comparable(Submit(one_at_a_time, New(one_at_a_time), before)),
             Comparable(Submit(in_messages, New(in_messages), before)));
  const Rows rows = RandomRows(60);
  const auto expected = Comparable(Stream(one_at_a_time, New(one_at_a_time), rows, 1));
  const size_t chunk = static_cast<size_t>(1 + Any(60));
  ExpectSame(Comparable(Stream(in_messages, New(in_messages), rows, chunk, /*validate_only=*/true)), expected);
  ExpectSame(Comparable(Validate(in_messages, New(in_messages), rows)), expected);
  ExpectSame(Comparable(Stream(in_messages, New(in_messages), rows, chunk)), expected);
  // A second run over the same file.
  const auto again = Comparable(Stream(one_at_a_time, New(one_at_a_time), rows, 1));
  ExpectSame(Comparable(Validate(in_messages, New(in_messages), rows)), again);
  ExpectSame(Comparable(Submit(in_messages, New(in_messages), rows)), again);
}

TEST_P(EquivalenceTest, DryBatchesAnswerAsRealOnes) {
  TestServer server;
  Prepare(server);
  for (int round = 0; round < 12; ++round) {
    const Rows rows = RandomRows(1 + Any(4));
    const auto dry = Comparable(Validate(server, New(server, v1::SUBMISSION_MODE_ATOMIC), rows));
    ExpectSame(Comparable(Submit(server, New(server, v1::SUBMISSION_MODE_ATOMIC), rows)), dry);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, EquivalenceTest, ::testing::Range(1, 13));

}  // namespace
}  // namespace equity::participants::registrations
