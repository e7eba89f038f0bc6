#include "tests/bench/growth/population.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"

namespace equity::bench {
namespace {

constexpr int64_t kFewestPeople = 4'000;
constexpr int64_t kBookingsPerSession = 1'250;
// The rounds from here on are for who books scattered.
constexpr int64_t kScatteredRound = Site::kSessions / 2;
constexpr absl::Duration kRegistering = absl::Hours(24 * 28);
constexpr absl::Duration kBooking = absl::Hours(24 * 100);

// Monday 8 March 2021.
absl::Time Begin() { return absl::FromUnixSeconds(1615161600); }

// SplitMix64: neighbouring numbers become numbers that have nothing in common.
uint64_t Mix(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

// Number 0, 1, 2, ... of `all` in an order in which those of a while lie as far apart as they can.
int64_t Leap(int64_t number, int64_t all) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  auto step = static_cast<int64_t>(static_cast<double>(all) * kGoldenRatio);
  while (std::gcd(step, all) != 1) ++step;
  return number % all * step % all;
}

}  // namespace

Population::Population(int64_t bookings)
    : bookings_(bookings),
      challenges_(std::max<int64_t>(1, bookings / (kBookingsPerSession * Site::kSessions))),
      people_of_each_(std::max(kFewestPeople, bookings * 2 / 25 / challenges_)) {}

Population::Booking Population::At(int64_t number) const {
  const int64_t bookings_of_each = bookings_ / challenges_;
  const int64_t challenge = std::min(number / bookings_of_each, challenges_ - 1);
  const int64_t within = number - challenge * bookings_of_each;
  return InRound(challenge * people_of_each_ + Leap(within, people_of_each_), within / people_of_each_);
}

Population::Booking Population::ScatteredAt(int64_t number) const {
  return InRound(Leap(number, people()), kScatteredRound + number / people());
}

Population::Booking Population::InRound(int64_t person, int64_t round) const {
  const auto first = static_cast<int64_t>(Mix(static_cast<uint64_t>(person)) % Site::kSessions);
  return {person, ChallengeOf(person) * Site::kSessions + (first + round) % Site::kSessions};
}

std::string Population::PersonId(int64_t person) const {
  return SeededUuid(RegisterTime(person), static_cast<uint64_t>(person));
}

std::string Population::PersonName(int64_t person) const {
  return absl::StrCat("organisations/", OrganisationId(OrganisationOf(person)), "/participants/", PersonId(person));
}

absl::Time Population::RegisterTime(int64_t person) const {
  return Begin() + absl::Microseconds(absl::ToInt64Microseconds(kRegistering) / people() * person);
}

absl::Time Population::BookTime(int64_t number) const {
  return Begin() + kRegistering + absl::Microseconds(absl::ToInt64Microseconds(kBooking) / bookings_ * number);
}

absl::Time Population::MeasuredWeek() { return absl::FromUnixSeconds(1626649200); }

std::string SeededUuid(absl::Time time, uint64_t seed) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(time));
  const uint64_t high = milliseconds << 16 | 0x7000 | (Mix(seed) & 0x0fff);
  const uint64_t low = (Mix(seed + 1'000'000'007) & 0x3fffffffffffffff) | 0x8000000000000000;
  std::string text(36, '-');
  for (int digit = 0, at = 0; digit < 32; ++digit, ++at) {
    if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
    const uint64_t word = digit < 16 ? high : low;
    text[at] = kDigits[word >> (60 - digit % 16 * 4) & 15];
  }
  return text;
}

}  // namespace equity::bench
