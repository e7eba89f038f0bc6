#include "clients/cli/output.h"

#include <sstream>

#include "clients/cli/outcomes.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::cli {
namespace {

using workshops::v1::Booking;

Booking MakeBooking(const std::string& name, int position) {
  Booking booking;
  booking.set_name(name);
  booking.set_state(Booking::STATE_WAITING);
  booking.set_waiting_position(position);
  return booking;
}

std::string Printed(Format format, Shape shape, const std::vector<Booking>& bookings) {
  std::ostringstream output;
  const auto report = NewReport(format, shape, {"booking", "state", "waiting_position"}, output);
  for (const Booking& booking : bookings) {
    report->Add(booking, {booking.name(), EnumName(booking.state()), PositiveCell(booking.waiting_position())});
  }
  report->Finish();
  return output.str();
}

TEST(ReportTest, CsvHasAHeaderAndNoPadding) {
  EXPECT_EQ(Printed(Format::kCsv, Shape::kList, {MakeBooking("a", 12), MakeBooking("=b", 0)}),
            "booking,state,waiting_position\na,WAITING,12\n'=b,WAITING,\n");
  EXPECT_EQ(Printed(Format::kCsv, Shape::kList, {}), "booking,state,waiting_position\n");
}

TEST(ReportTest, ATableIsAlignedByWhatATerminalShows) {
  EXPECT_EQ(Printed(Format::kTable, Shape::kList, {MakeBooking("Zo\xc3\xab", 7), MakeBooking("longer name", 12)}),
            "booking      state    waiting_position\n"
            "Zo\xc3\xab          WAITING                 7\n"
            "longer name  WAITING                12\n");
}

TEST(ReportTest, ATableCannotMoveTheCursor) {
  EXPECT_EQ(Printed(Format::kTable, Shape::kOne, {MakeBooking("a\x1b[2Jb\nc\xff", 0)}),
            "booking           a [2Jb c\nstate             WAITING\nwaiting_position\n");
}

TEST(ReportTest, ALongTableDoesNotWaitForItsEnd) {
  std::ostringstream output;
  const auto report = NewReport(Format::kTable, Shape::kList, {"n"}, output);
  for (int64_t i = 0; i < 1'500; ++i) report->Add(Booking(), {i});
  EXPECT_NE(output.str().find("1499"), std::string::npos);
}

TEST(ReportTest, JsonIsOneArrayOneObjectOrOneObjectALine) {
  EXPECT_EQ(Printed(Format::kJson, Shape::kList, {}), "[]\n");
  const std::string list = Printed(Format::kJson, Shape::kList, {MakeBooking("a", 1), MakeBooking("b", 2)});
  EXPECT_EQ(list.substr(0, 3), "[\n{");
  EXPECT_NE(list.find("\"waitingPosition\":1"), std::string::npos) << list;
  EXPECT_NE(list.find("},\n{"), std::string::npos) << list;
  EXPECT_EQ(list.substr(list.size() - 4), "}\n]\n");
  EXPECT_EQ(Printed(Format::kJson, Shape::kOne, {MakeBooking("a", 1)}).front(), '{');
  const std::string stream = Printed(Format::kJson, Shape::kStream, {MakeBooking("a", 1), MakeBooking("b", 2)});
  EXPECT_EQ(std::count(stream.begin(), stream.end(), '\n'), 2);
}

TEST(EnumNameTest, LeavesThePrefixOut) {
  EXPECT_EQ(EnumName(Booking::STATE_CANCELLED_BY_ORGANISER), "CANCELLED_BY_ORGANISER");
  EXPECT_EQ(EnumName(Booking::STATE_UNSPECIFIED), "");
  EXPECT_EQ(EnumName(workshops::v1::ON_FULL_NEXT_DATE), "NEXT_DATE");
  EXPECT_EQ(EnumName(static_cast<Booking::State>(99)), "99");
}

TEST(ParseEnumTest, TakesNamesInAnyCaseAndListsThemOtherwise) {
  EXPECT_EQ(*ParseEnum<workshops::v1::OnFull>("--on-full", "waitlist"), workshops::v1::ON_FULL_WAITLIST);
  const auto wrong = ParseEnum<workshops::v1::OnFull>("--on-full", "MAYBE");
  EXPECT_EQ(wrong.status().message(), "--on-full must be one of REJECT, WAITLIST, NEXT_DATE.");
  EXPECT_FALSE(ParseEnum<workshops::v1::OnFull>("--on-full", "").ok());
}

Outcomes::Outcome Outcome(int row, Outcomes::Outcome::Kind kind) {
  Outcomes::Outcome outcome;
  outcome.set_row(row);
  outcome.set_kind(kind);
  return outcome;
}

TEST(OutcomesTest, RowsThatNobodySentStandInTheirPlace) {
  std::ostringstream output;
  Outcomes outcomes(NewReport(Format::kCsv, Shape::kList, Outcomes::Columns(), output));
  outcomes.AddRefused(Outcome(2, Outcomes::Outcome::KIND_REJECTED));
  EXPECT_EQ(outcomes.waiting(), 0u);
  outcomes.Expect(3);
  outcomes.AddRefused(Outcome(4, Outcomes::Outcome::KIND_REJECTED));
  outcomes.Expect(5);
  outcomes.AddRefused(Outcome(6, Outcomes::Outcome::KIND_REJECTED));
  EXPECT_EQ(outcomes.waiting(), 2u);
  outcomes.Add(Outcome(3, Outcomes::Outcome::KIND_SEATED));
  outcomes.Add(Outcome(5, Outcomes::Outcome::KIND_WAITLISTED));
  outcomes.Finish();
  EXPECT_EQ(output.str(),
            "line,external_ref,outcome,code,column,message,fix,session_date,waiting_position\n"
            "2,,REJECTED,,,,,,\n3,,SEATED,,,,,,\n4,,REJECTED,,,,,,\n5,,WAITLISTED,,,,,,\n6,,REJECTED,,,,,,\n");
  EXPECT_EQ(outcomes.Summary(), "1 seated, 1 waiting, 3 refused");
}

}  // namespace
}  // namespace equity::cli
