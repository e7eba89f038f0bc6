#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

using Result = v1::ImportedSessionResult;
using SessionStub = v1::SessionService::Stub;

v1::ImportedSession Row(const std::string& date, const std::string& start, const std::string& capacity) {
  v1::ImportedSession row;
  row.set_workshop("health-equity-challenge");
  row.set_date(date);
  row.set_start(start);
  row.set_platform("Microsoft Teams");
  row.set_capacity(capacity);
  return row;
}

class ImportTest : public ServerTest {
 protected:
  std::vector<Result> Import(const std::vector<v1::ImportedSession>& rows) {
    v1::ImportSessionsRequest request;
    for (const auto& row : rows) *request.add_sessions() = row;
    request.set_request_id(NewId());
    const auto response = Call(*sessions_, &SessionStub::ImportSessions, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    return {response->results().begin(), response->results().end()};
  }
  Result Import(const v1::ImportedSession& row) { return Import(std::vector<v1::ImportedSession>{row}).at(0); }
  void ExpectRejected(const v1::ImportedSession& row, const std::string& code, const std::string& field) {
    const Result result = Import(row);
    EXPECT_EQ(result.outcome(), Result::OUTCOME_REJECTED) << result.DebugString();
    EXPECT_EQ(result.code(), code) << result.DebugString();
    EXPECT_EQ(result.field(), field) << result.DebugString();
    EXPECT_NE(result.message(), "");
  }
};

TEST_F(ImportTest, MakesWhatIsMissing) {
  v1::ImportedSession trimmed = Row(" 2021-07-27\t", "14:30", " 80 ");
  trimmed.set_end("17:00");
  trimmed.set_time_zone("Europe/London");
  const auto results = Import({Row("2021-08-02", "13:00", "80"), trimmed});
  EXPECT_EQ(results[0].outcome(), Result::OUTCOME_CREATED);
  EXPECT_EQ(results[1].session(), "workshops/health-equity-challenge/sessions/2021-07-27-1430");
  EXPECT_EQ(GetSession(results[0].session()).end(), "15:30");
  v1::GetWorkshopRequest workshop;
  workshop.set_name(kWorkshop);
  const auto made = Call(*workshops_, &v1::WorkshopService::Stub::GetWorkshop, workshop);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->workshop().display_name(), "Health equity challenge");
  EXPECT_EQ(made->workshop().themes_size(), 4);
  v1::GetChallengeRequest challenge;
  challenge.set_name(made->workshop().challenge());
  const auto opened = Call(*workshops_, &v1::WorkshopService::Stub::GetChallenge, challenge);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->challenge().name(), "challenges/health-equity");
  EXPECT_EQ(opened->challenge().display_name(), "100 Day Health Equity Challenge");
  EXPECT_EQ(opened->challenge().launch_date(), "2021-07-27");
}

TEST_F(ImportTest, UsesTheChallengeThatIsThere) {
  AddWorkshop();
  v1::ImportedSession row = Row("2021-08-02", "13:00", "80");
  row.set_workshop("follow-up");
  EXPECT_EQ(Import(row).outcome(), Result::OUTCOME_CREATED);
  v1::GetWorkshopRequest workshop;
  workshop.set_name("workshops/follow-up");
  EXPECT_EQ(Call(*workshops_, &v1::WorkshopService::Stub::GetWorkshop, workshop)->workshop().challenge(), kChallenge);
}

TEST_F(ImportTest, TheSameAgainIsUnchangedAndDifferencesAreUpdates) {
  const std::string name = Import(Row("2021-08-02", "13:00", "1")).session();
  EXPECT_EQ(Import(Row("2021-08-02", "13:00", "1")).outcome(), Result::OUTCOME_UNCHANGED);
  Booked(Person("rde", 1), name);
  const v1::Booking waits = Booked(Person("rde", 2), name, v1::ON_FULL_WAITLIST);
  v1::ImportedSession larger = Row("2021-08-02", "13:00", "2");
  larger.set_platform("Zoom");
  EXPECT_EQ(Import(larger).outcome(), Result::OUTCOME_UPDATED);
  EXPECT_EQ(GetSession(name).platform(), "Zoom");
  EXPECT_EQ(GetBooking(waits.name()).state(), v1::Booking::STATE_SEATED);
  ExpectRejected(Row("2021-08-02", "13:00", "1"), "CAPACITY_BELOW_TAKEN", "capacity");
  // An empty platform stays as it is.
  larger.clear_platform();
  EXPECT_EQ(Import(larger).outcome(), Result::OUTCOME_UNCHANGED);
  larger.set_platform("\xe2\x80\x8b");  // nor does one that nobody sees change it
  EXPECT_EQ(Import(larger).outcome(), Result::OUTCOME_UNCHANGED);
  larger.set_end("16:00");
  ExpectRejected(larger, "INVALID_VALUE", "end");
}

TEST_F(ImportTest, RowsAreJudgedOneByOne) {
  ExpectRejected(Row("", "13:00", "80"), "MISSING_FIELD", "date");
  ExpectRejected(Row("2021-02-29", "13:00", "80"), "INVALID_DATE", "date");
  ExpectRejected(Row("2121-08-02", "13:00", "80"), "INVALID_DATE", "date");
  ExpectRejected(Row("1921-08-02", "13:00", "80"), "INVALID_DATE", "date");
  ExpectRejected(Row("2021-08-02", "1pm", "80"), "INVALID_VALUE", "start");
  ExpectRejected(Row("2021-08-02", "13:00", "many"), "INVALID_VALUE", "capacity");
  ExpectRejected(Row("2021-08-02", "13:00", "0"), "INVALID_VALUE", "capacity");
  ExpectRejected(Row("2021-03-28", "01:30", "80"), "INVALID_VALUE", "start");
  v1::ImportedSession row = Row("2021-08-02", "13:00", "80");
  row.set_workshop("Health Equity");
  ExpectRejected(row, "INVALID_VALUE", "workshop");
  row = Row("2021-08-02", "13:00", "80");
  row.set_time_zone("Europe/Nowhere");
  ExpectRejected(row, "INVALID_VALUE", "time_zone");
  row = Row("2021-08-02", "13:00", "80");
  row.set_platform("two\nlines");
  ExpectRejected(row, "INVALID_VALUE", "platform");
  row.set_platform("Zoom \xe2\x80\xaetfosorciM");
  ExpectRejected(row, "INVALID_VALUE", "platform");
  // Of several faults, the first by column is named, and all are said.
  const Result both = Import(Row("soon", "13:00", ""));
  EXPECT_EQ(both.code(), "INVALID_DATE");
  EXPECT_THAT(both.message(), testing::HasSubstr("capacity must be given"));
  // A rejected row leaves nothing behind.
  EXPECT_THAT(Changes(), testing::IsEmpty());
}

TEST_F(ImportTest, PastAndCancelledSessionsStay) {
  const std::string past = Import(Row("2021-07-01", "13:00", "80")).session();
  EXPECT_EQ(Import(Row("2021-07-01", "13:00", "80")).outcome(), Result::OUTCOME_UNCHANGED);
  ExpectRejected(Row("2021-07-01", "13:00", "90"), "SESSION_IN_PAST", "date");
  v1::CancelSessionRequest cancel;
  cancel.set_name(Import(Row("2021-08-02", "13:00", "80")).session());
  cancel.set_request_id(NewId());
  ASSERT_TRUE(Call(*sessions_, &SessionStub::CancelSession, cancel).ok());
  ExpectRejected(Row("2021-08-02", "13:00", "80"), "SESSION_CANCELLED", "date");
}

}  // namespace
}  // namespace equity::workshops
