#include "services/statistics/model/iso_week.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "common/clock/clock.h"
#include "common/strings.h"

namespace equity::statistics {
namespace {

absl::CivilDay MondayOf(absl::CivilDay day) { return absl::PrevWeekday(day + 1, absl::Weekday::monday); }

// The Monday of a week written as above.
absl::CivilDay MondayOf(const std::string& week) {
  int year = 0;
  int number = 0;
  if (week.size() != 8 || !absl::SimpleAtoi(week.substr(0, 4), &year) || !absl::SimpleAtoi(week.substr(6), &number)) {
    return absl::CivilDay();
  }
  // 4 January is always in the first week.
  return MondayOf(absl::CivilDay(year, 1, 4)) + 7 * (number - 1);
}

}  // namespace

std::string IsoWeek(absl::CivilDay day) {
  const absl::CivilDay thursday = MondayOf(day) + 3;
  return absl::StrFormat("%04d-W%02d", thursday.year(), (absl::GetYearDay(thursday) - 1) / 7 + 1);
}

std::string IsoWeek(absl::Time time) { return IsoWeek(absl::ToCivilDay(time, London())); }

std::optional<std::string> IsoWeekOfDate(std::string_view date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(ToAbsl(date), &day)) return std::nullopt;
  return IsoWeek(day);
}

std::vector<std::string> WeeksBetween(const std::string& first, const std::string& last) {
  std::vector<std::string> weeks;
  const absl::CivilDay end = MondayOf(last);
  for (absl::CivilDay monday = MondayOf(first); monday <= end; monday += 7) weeks.push_back(IsoWeek(monday));
  return weeks;
}

}  // namespace equity::statistics
