// The decisions of this service, pure: no store, no clock, no calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace equity::workshops {

// The places of a session. `version` rises with every change to them.
struct Places {
  int capacity = 0;
  int taken = 0;
  int waiting = 0;
  int next_ticket = 1;
  int version = 0;

  // Whether somebody who asks now gets a place. Nobody overtakes those who wait.
  bool HasFree() const { return taken < capacity && waiting == 0; }
};

// How many of those who wait get a place when the capacity becomes `capacity`.
int Promoted(const Places& places, int capacity);

enum class SessionState { kOpen, kSoldOut, kPast, kCancelled };

SessionState StateOf(bool cancelled, absl::Time start, const Places& places, absl::Time now);

// A session, to somebody who looks for a place. `session` is its number in the store.
struct Offer {
  int64_t session = 0;
  std::string name;
  std::string date;
  absl::Time start;
  bool cancelled = false;
  Places places;
};

// A live booking of the person who asks: where it is, and where it was asked for.
struct Held {
  int64_t session = 0;
  int64_t requested = 0;
};

enum class OnFull { kReject, kWaitlist, kNextDate };

// Why a booking stands as it was made; stored with it. The numbers are kept for good.
enum class Rule {
  kPlaceFree = 1,   // the session asked for had a place
  kWaitlist = 2,    // it was full, and the person waits
  kNextDate = 3,    // it was full, and a later one had a place
  kNoNextDate = 4,  // it was full, so were all later ones, and the person waits
};

// The version of these rules, stored with each decision.
inline constexpr int kPolicy = 1;

enum class Refusal {
  kNone,
  kNoSuchSession,
  kAmbiguousSession,
  kSessionCancelled,
  kSessionInPast,
  kSessionFull,
};

// The code of a refusal, such as SESSION_FULL.
std::string_view Code(Refusal refusal);

// What becomes of somebody who asks for a place.
struct Decision {
  enum class Kind { kSeat, kWait, kKeep, kRefuse };
  Kind kind = Kind::kRefuse;
  Rule rule = Rule::kPlaceFree;      // of kSeat and kWait
  Refusal refusal = Refusal::kNone;  // of kRefuse
  const Offer* asked = nullptr;
  Offer* offer = nullptr;  // the session of the place or the wait; the one asked for otherwise
  int64_t held = 0;        // of kKeep: the session of the booking that stands
  Places before;           // the places of `offer` when it was decided
};

// `held` are the live bookings of the person, `later` the sessions of the same workshop in the order of their start.
Decision Decide(Offer& asked, OnFull on_full, absl::Span<const Held> held, absl::Time now,
                absl::FunctionRef<absl::Span<Offer* const>()> later);

// What a batch asks for by date alone: the one session of the day that was not cancelled.
struct OnDate {
  Offer* offer = nullptr;
  Refusal refusal = Refusal::kNone;
};
OnDate ChooseOnDate(absl::Span<Offer* const> offers);

// When a session is held: instants of its local times.
struct SessionTimes {
  absl::Time start;
  absl::Time end;
  std::string end_of_day;  // HH:MM where it is held
  std::string field;       // what is wrong, and why; empty where nothing is
  std::string fault;
};

// Resolves local times that are well-formed. Without an end the session lasts `duration`. A time that the clocks skip
// is refused; of one that comes twice, the first is taken.
SessionTimes ResolveTimes(const std::string& date, const std::string& start, const std::string& end,
                          const std::string& time_zone, absl::Duration duration);

// What is wrong with the date of a new session, or empty: one that is years away is a slip of the keyboard.
std::string DateFault(const std::string& date, absl::Time now);

// The id of a session: its date and start, and a number where cancelled ones hold that id.
std::string SessionId(std::string_view date, std::string_view start, int copy);

// The least number of people of whom something is said together.
inline constexpr int kSmallestShown = 8;

// Feedback is taken until the end of this day after the session, in the time zone given.
inline constexpr int kFeedbackDays = 14;
absl::Time FeedbackCloses(const std::string& date, absl::TimeZone zone);
// The first date whose sessions still take feedback.
std::string FeedbackTakenFrom(absl::Time now, absl::TimeZone zone);

// Whether counts about people may be shown: enough of them answered, and each option was chosen by enough or by nobody.
// All or nothing, as a hidden count could be found from the others.
bool MayShowCounts(int answers, const std::vector<int>& counts);

// What is wrong with the choices among so many options, or empty.
std::string ChoicesFault(absl::Span<const int> choices, int options, bool several);

// What a workshop is called that is known by its id alone: `health-equity` is "Health equity".
std::string NameFromId(std::string_view id);

}  // namespace equity::workshops
