// What must hold in the stores, whatever was sent.
#include <algorithm>
#include <deque>

#include "absl/strings/str_cat.h"
#include "tests/faults/check.h"

namespace equity::faults {
namespace {

using changes::v1::BookingEvent;

// A session, played through the change feed one event at a time by rules of its own.
class Replay {
 public:
  Replay(std::string name, const StoredSession& stored) : name_(std::move(name)), stored_(stored) {}

  void Play(const BookingEvent& event, Verdict& verdict) {
    const auto wrong = [&](const char* what) {
      verdict.broken.push_back(absl::StrCat(event.booking(), " ", what, " of ", name_));
    };
    // Where the capacity changed, what it was at each version is not in the feed.
    const bool sized_once = stored_.sizes <= 1;
    if (sized_once && version_ != 0 && event.version() != version_ && event.version() != version_ + 1)
      wrong("skips versions");
    // Within one version a place passes from one to the next.
    if (sized_once && event.version() != version_ && !InOrder())
      wrong("comes when a place is free and somebody waits, in the feed");
    version_ = event.version();
    if (event.previous_state() != State(event.booking())) wrong("leaves a state that it was not in, in the feed");
    if (event.state() == BookingEvent::STATE_SEATED && event.previous_state() == BookingEvent::STATE_WAITING &&
        (queue_.empty() || queue_.front() != event.booking())) {
      wrong("overtakes who waited longer, in the feed");
    }
    if (event.previous_state() == BookingEvent::STATE_SEATED) --seated_;
    if (event.previous_state() == BookingEvent::STATE_WAITING) std::erase(queue_, event.booking());
    if (event.state() == BookingEvent::STATE_SEATED) ++seated_;
    if (event.state() == BookingEvent::STATE_WAITING) queue_.push_back(event.booking());
    states_[event.booking()] = event.state();
    if (sized_once && seated_ > stored_.capacity) wrong("exceeds the capacity, in the feed");
  }

  // Compares the end with the tables.
  void Finish(const std::map<std::string, StoredBooking>& bookings, Verdict& verdict) const {
    if (!InOrder() || version_ > stored_.version) verdict.broken.push_back("the feed of " + name_);
    for (const auto& [name, booking] : bookings) {
      if (booking.session == name_ && booking.state != State(name)) {
        verdict.broken.push_back(name + " has another state than the feed told");
      }
    }
    if (seated_ != stored_.taken || static_cast<int>(queue_.size()) != stored_.waiting) {
      verdict.broken.push_back("the places of " + name_ + " are not those that the feed told");
    }
    for (size_t i = 1; i < queue_.size(); ++i) {
      const auto before = bookings.find(queue_[i - 1]), after = bookings.find(queue_[i]);
      if (before == bookings.end() || after == bookings.end() || before->second.ticket >= after->second.ticket) {
        verdict.broken.push_back("the waiting list of " + name_ + " is out of order");
      }
    }
  }

 private:
  int State(const std::string& booking) const {
    const auto found = states_.find(booking);
    return found == states_.end() ? BookingEvent::STATE_UNSPECIFIED : found->second;
  }
  bool InOrder() const { return queue_.empty() || seated_ == stored_.capacity; }

  const std::string name_;
  const StoredSession stored_;
  int version_ = 0;
  int seated_ = 0;
  std::deque<std::string> queue_;
  std::map<std::string, int> states_;  // of bookings
};

}  // namespace

void CheckRules(const Stored& stored, Verdict& verdict) {
  for (const std::string& damage : stored.damage) verdict.broken.push_back(damage);
  std::map<std::string, int> taken, waiting;
  std::set<std::pair<std::string, std::string>> live;
  for (const auto& [name, booking] : stored.bookings) {
    if (booking.state > 2) continue;
    ++(booking.state == 1 ? taken : waiting)[booking.session];
    if (!live.emplace(booking.participant, booking.session).second) {
      verdict.doubled.push_back(absl::StrCat(booking.participant, " at ", booking.session));
    }
  }
  std::map<std::string, Replay> replays;
  for (const auto& [name, session] : stored.sessions) {
    if (session.taken != taken[name] || session.waiting != waiting[name]) {
      verdict.broken.push_back("the places of " + name + " are not those of its bookings");
    }
    if (session.taken > session.capacity) verdict.broken.push_back(name + " is above its capacity");
    if (session.waiting > 0 && session.taken < session.capacity) {
      verdict.broken.push_back("somebody waits for " + name + ", which has a place");
    }
    replays.try_emplace(name, name, session);
  }
  for (const BookingEvent& event : stored.booking_events) {
    const auto replay = replays.find(event.session());
    if (replay == replays.end() || !stored.bookings.contains(event.booking())) {
      verdict.broken.push_back("the feed tells of " + event.booking() + ", which is not there");
    } else {
      replay->second.Play(event, verdict);
    }
  }
  for (const auto& [name, replay] : replays) replay.Finish(stored.bookings, verdict);
}

}  // namespace equity::faults
