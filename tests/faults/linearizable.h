// Whether what many clients were told of one session can be: whether there is an order of their operations, each
// between its being sent and its being answered, in which a simple model would have said the same. A black box: nothing
// that the server says about order is believed here; its versions only say which order to try first.
//
// The search is that of Wing and Gong with Lowe's memory of configurations that lead nowhere. An operation without an
// answer may have happened at any time after it was sent, or not at all.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace equity::faults {

struct Operated {
  enum class Kind { kBook, kCancel, kSetCapacity, kLook };
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  Kind kind = Kind::kLook;
  int person = 0;      // who books
  int booking = -1;    // the number of the booking that is cancelled, or that was answered; each has its own
  bool waits = false;  // whether to wait when the session is full
  int capacity = 0;    // to be set, or as seen

  int64_t sent = 0;
  int64_t answered = kNever;

  // The answer.
  bool refused = false;   // as the session is full, or more places are taken
  bool existed = false;   // the booking stood already
  int position = 0;       // on the waiting list; 0 is a place
  bool promoted = false;  // somebody who waited got the place that was freed
  int taken = 0;          // as seen
  int waiting = 0;
  int version = 0;  // of the session, for the other check
};

enum class Finding { kLinearizable, kNotLinearizable, kGaveUp };

// Gives up after so many steps. `stuck_at` says, of one that is not linearizable, how far the best order came.
Finding FindOrder(const std::vector<Operated>& history, int capacity, int64_t steps, int* stuck_at = nullptr);

// The other check, in one pass: the versions that answers carry are in keeping with time, and each booking has its own.
// `unknown` effects may be missing. What is wrong, or empty.
std::string CheckVersions(const std::vector<Operated>& history, int first_version, int last_version, int unknown);

}  // namespace equity::faults
