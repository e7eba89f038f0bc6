// An invented challenge of any size: who is where, and who booked what. The same each time.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tests/bench/site.h"

namespace equity::bench {

// Challenges follow one another, each with people and sessions of its own. People book in rounds: each person books one
// place a round, in an order that leaps about, on a session of the person's challenge that the person has not booked
// before. So the rounds after those that were filled in are bookings that can still be made.
class Population {
 public:
  struct Booking {
    int64_t person;
    int64_t session;  // from 0, challenge by challenge
  };

  // A challenge for each 250,000 bookings, with 12 or 13 a person where there are enough of them.
  explicit Population(int64_t bookings);

  int64_t bookings() const { return bookings_; }
  int64_t people() const { return challenges_ * people_of_each_; }
  int64_t challenges() const { return challenges_; }
  int64_t sessions() const { return challenges_ * Site::kSessions; }

  // The booking of this number; those below bookings() were made, the others are of the last challenge.
  Booking At(int64_t number) const;
  // Bookings that were not made by people of all challenges in turn, who lie all over the stores.
  Booking ScatteredAt(int64_t number) const;
  int64_t ChallengeOf(int64_t person) const { return person / people_of_each_; }
  int OrganisationOf(int64_t person) const { return static_cast<int>(person % Site::kOrganisations); }
  // Of which the first part is the time.
  std::string PersonId(int64_t person) const;
  // `organisations/{id}/participants/{id}`.
  std::string PersonName(int64_t person) const;
  // When people registered and booked, by the business clock: first the one, for four weeks, then the other, for a
  // hundred days.
  absl::Time RegisterTime(int64_t person) const;
  absl::Time BookTime(int64_t number) const;
  // Before it all: when organisations and sessions are loaded. After it all: the begin of the week of Site::kNow.
  static constexpr char kLoadTime[] = "2021-03-01T09:00:00Z";
  static absl::Time MeasuredWeek();

 private:
  Booking InRound(int64_t person, int64_t round) const;

  int64_t bookings_;
  int64_t challenges_;
  int64_t people_of_each_;
};

// A UUIDv7 of this time with bits that follow from `seed`.
std::string SeededUuid(absl::Time time, uint64_t seed);

}  // namespace equity::bench
