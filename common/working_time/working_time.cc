#include "common/working_time/working_time.h"

#include <algorithm>
#include <sstream>

#include "common/clock/clock.h"

namespace equity {
namespace {

constexpr int kFirstHour = 9;
constexpr int kLastHour = 17;

absl::Time Opening(absl::CivilDay day) { return London().At(absl::CivilHour(day) + kFirstHour).pre; }
absl::Time Closing(absl::CivilDay day) { return London().At(absl::CivilHour(day) + kLastHour).pre; }

}  // namespace

Calendar::Calendar(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    absl::CivilDay day;
    if (first == "version") {
      words >> version_;
    } else if (first == "years") {
      words >> first_year_ >> last_year_;
    } else if (first.size() == 10 && absl::ParseCivilTime(first, &day)) {
      holidays_.insert(day);
    }
  }
}

bool Calendar::IsWorkingDay(absl::CivilDay day) const {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday && !holidays_.contains(day);
}

int64_t Calendar::Minutes(absl::Time from, absl::Time until) const {
  absl::Duration sum;
  const absl::CivilDay last = absl::ToCivilDay(until, London());
  for (absl::CivilDay day = absl::ToCivilDay(from, London()); day <= last; ++day) {
    if (!IsWorkingDay(day)) continue;
    sum += std::max(absl::ZeroDuration(), std::min(until, Closing(day)) - std::max(from, Opening(day)));
  }
  return absl::ToInt64Minutes(sum);
}

absl::Time Calendar::After(absl::Time from, int64_t minutes) const {
  absl::Duration left = absl::Minutes(minutes);
  for (absl::CivilDay day = absl::ToCivilDay(from, London());; ++day) {
    if (!IsWorkingDay(day) || from >= Closing(day)) continue;
    const absl::Time begin = std::max(from, Opening(day));
    if (left <= Closing(day) - begin) return begin + left;
    left -= Closing(day) - begin;
  }
}

bool Calendar::Covers(absl::Time from, absl::Time until) const {
  return absl::ToCivilYear(from, London()).year() >= first_year_ &&
         absl::ToCivilYear(until, London()).year() <= last_year_;
}

}  // namespace equity
