#include "tests/faults/linearizable.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

namespace equity::faults {
namespace {

using Kind = Operated::Kind;

constexpr int kOutOfRange = 1 << 20;

// A session, as simple as can be.
struct Model {
  int capacity = 0;
  std::vector<int> seated;  // bookings, sorted
  std::vector<int> queue;   // bookings, in order

  bool operator==(const Model&) const = default;

  uint64_t Hash() const {
    uint64_t hash = 1469598103934665603u ^ static_cast<uint64_t>(capacity);
    const auto mix = [&](int value) { hash = (hash ^ static_cast<uint64_t>(value + 7)) * 0x9E3779B97F4A7C15u + 1; };
    for (const int booking : seated) mix(booking);
    mix(-1);
    for (const int booking : queue) mix(booking);
    return hash ^ (hash >> 29);
  }
  void Seat(int booking) { seated.insert(std::lower_bound(seated.begin(), seated.end(), booking), booking); }
  bool Promote() {
    if (queue.empty() || static_cast<int>(seated.size()) >= capacity) return false;
    Seat(queue.front());
    queue.erase(queue.begin());
    return true;
  }
};

class Search {
 public:
  // `hinted`: looks only where versions suggest that something without an answer happened.
  Search(const std::vector<Operated>& history, int capacity, int64_t steps, bool hinted)
      : history_(history), steps_(steps), hinted_(hinted), done_(history.size(), false) {
    std::sort(history_.begin(), history_.end(), [](const auto& a, const auto& b) { return a.sent < b.sent; });
    uint64_t seed = 88172645463325252u;
    for (size_t i = 0; i < history_.size(); ++i) {
      seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
      keys_.push_back(seed);
      if (history_[i].answered != Operated::kNever) ++answered_;
      // A booking of which nobody was told has a number that nobody else has.
      if (history_[i].kind == Kind::kBook && history_[i].booking < 0) {
        history_[i].booking = kOutOfRange + static_cast<int>(i);
      }
      if (history_[i].kind == Kind::kBook && !history_[i].existed) {
        person_[history_[i].booking] = history_[i].person;
      }
    }
    model_.capacity = capacity;
  }

  Finding Run(int* stuck_at) {
    std::vector<Frame> stack;
    stack.push_back({.candidates = Candidates()});
    int best = 0;
    while (true) {
      if (linearized_ == answered_) return Finding::kLinearizable;
      Frame& top = stack.back();
      if (top.next == top.candidates.size()) {
        stack.pop_back();
        if (stack.empty()) {
          if (stuck_at != nullptr) *stuck_at = best;
          return Finding::kNotLinearizable;
        }
        Undo(stack.back());
        continue;
      }
      if (--steps_ < 0) return Finding::kGaveUp;
      const size_t chosen = top.candidates[top.next++];
      top.before = model_;
      top.version = version_;
      // What has no answer and no effect need not have happened.
      const bool matters =
          Apply(history_[chosen]) && (history_[chosen].answered != Operated::kNever || !(model_ == top.before));
      if (!matters || !Enter(chosen)) {
        model_ = top.before;
        continue;
      }
      top.chosen = chosen;
      // One without an answer is taken for the one that was missing.
      version_ =
          history_[chosen].answered == Operated::kNever ? version_ + 1 : std::max(version_, history_[chosen].version);
      best = std::max(best, linearized_);
      stack.push_back({.candidates = Candidates()});
    }
  }

 private:
  struct Frame {
    std::vector<size_t> candidates;
    size_t next = 0;
    size_t chosen = 0;
    Model before;
    int version = 0;
  };

  // What may come next: what was sent before the earliest answer that is still to come. In the order that versions
  // suggest, which is as a rule the right one and saves most of the search; every other is tried after it, so that
  // nothing depends on it. What may never have happened comes last, unless a version is missing before the next.
  std::vector<size_t> Candidates() {
    while (first_ < history_.size() && done_[first_]) ++first_;
    std::vector<size_t> certain, uncertain;
    int64_t earliest = Operated::kNever;
    for (size_t i = first_; i < history_.size() && history_[i].sent <= earliest; ++i) {
      if (done_[i]) continue;
      earliest = std::min(earliest, history_[i].answered);
      (history_[i].answered == Operated::kNever ? uncertain : certain).push_back(i);
    }
    const auto too_late = [&](size_t i) { return history_[i].sent > earliest; };
    std::erase_if(certain, too_late);
    std::erase_if(uncertain, too_late);
    const auto hint = [&](size_t i) {
      const Operated& each = history_[i];
      const bool changes = each.kind != Kind::kLook && !each.refused;
      return std::tuple(each.existed ? 0 : each.version, !changes, each.answered);
    };
    std::sort(certain.begin(), certain.end(), [&](size_t a, size_t b) { return hint(a) < hint(b); });
    const bool is_missing =
        !certain.empty() && !history_[certain[0]].existed && history_[certain[0]].version > version_ + 1;
    if (hinted_ && !uncertain.empty()) return is_missing ? uncertain : certain;
    certain.insert(is_missing ? certain.begin() : certain.end(), uncertain.begin(), uncertain.end());
    return certain;
  }

  // False where this configuration was reached before.
  bool Enter(size_t chosen) {
    const uint64_t set = set_ ^ keys_[chosen];
    if (!seen_.insert(set * 31 + model_.Hash()).second) return false;
    set_ = set;
    done_[chosen] = true;
    if (history_[chosen].answered != Operated::kNever) ++linearized_;
    return true;
  }

  void Undo(Frame& frame) {
    model_ = frame.before;
    version_ = frame.version;
    set_ ^= keys_[frame.chosen];
    done_[frame.chosen] = false;
    first_ = std::min(first_, frame.chosen);
    if (history_[frame.chosen].answered != Operated::kNever) --linearized_;
  }

  // Takes the step; false where the model would have said something else.
  bool Apply(const Operated& operation) {
    const bool known = operation.answered != Operated::kNever;
    switch (operation.kind) {
      case Kind::kBook:
        return Book(operation, known);
      case Kind::kCancel:
        return Cancel(operation, known);
      case Kind::kSetCapacity: {
        const bool refused = operation.capacity < static_cast<int>(model_.seated.size());
        if (!refused) {
          model_.capacity = operation.capacity;
          while (model_.Promote()) {
          }
        }
        return !known || (refused == operation.refused && (refused || IsSeen(operation)));
      }
      case Kind::kLook:
        return !known || (model_.capacity == operation.capacity && IsSeen(operation));
    }
    return false;
  }

  bool IsSeen(const Operated& operation) const {
    return static_cast<int>(model_.seated.size()) == operation.taken &&
           static_cast<int>(model_.queue.size()) == operation.waiting;
  }

  bool Book(const Operated& operation, bool known) {
    const auto is_theirs = [&](int booking) { return person_.at(booking) == operation.person; };
    const auto seat = std::find_if(model_.seated.begin(), model_.seated.end(), is_theirs);
    const auto wait = std::find_if(model_.queue.begin(), model_.queue.end(), is_theirs);
    if (seat != model_.seated.end() || wait != model_.queue.end()) {
      const bool has_seat = seat != model_.seated.end();
      const int held = has_seat ? *seat : *wait;
      const int position = has_seat ? 0 : static_cast<int>(wait - model_.queue.begin()) + 1;
      // One that nobody was told of when it was made is known by a name that no other one has.
      const bool is_same = held < kOutOfRange ? operation.booking == held : !person_.contains(operation.booking);
      return !known || (operation.existed && is_same && operation.position == position);
    }
    if (known && operation.existed) return false;
    if (model_.queue.empty() && static_cast<int>(model_.seated.size()) < model_.capacity) {
      model_.Seat(operation.booking);
      return !known || (!operation.refused && operation.position == 0);
    }
    if (!operation.waits) return !known || operation.refused;
    model_.queue.push_back(operation.booking);
    return !known || (!operation.refused && operation.position == static_cast<int>(model_.queue.size()));
  }

  bool Cancel(const Operated& operation, bool known) {
    const auto seat = std::find(model_.seated.begin(), model_.seated.end(), operation.booking);
    const auto wait = std::find(model_.queue.begin(), model_.queue.end(), operation.booking);
    bool promoted = false;
    if (seat != model_.seated.end()) {
      model_.seated.erase(seat);
      promoted = model_.Promote();
    } else if (wait != model_.queue.end()) {
      model_.queue.erase(wait);
    }
    return !known || promoted == operation.promoted;
  }

  std::vector<Operated> history_;
  int64_t steps_;
  const bool hinted_;
  Model model_;
  std::map<int, int> person_;  // of each booking
  std::vector<uint64_t> keys_;
  std::vector<bool> done_;
  std::unordered_set<uint64_t> seen_;
  uint64_t set_ = 0;
  size_t first_ = 0;
  int version_ = 0;     // the newest of those in order
  int linearized_ = 0;  // of those with an answer
  int answered_ = 0;
};

}  // namespace

Finding FindOrder(const std::vector<Operated>& history, int capacity, int64_t steps, int* stuck_at) {
  // An order is an order, however it was found: the quick way first.
  if (Search(history, capacity, steps / 10, true).Run(nullptr) == Finding::kLinearizable) return Finding::kLinearizable;
  return Search(history, capacity, steps, false).Run(stuck_at);
}

std::string CheckVersions(const std::vector<Operated>& history, int first_version, int last_version, int unknown) {
  // Of several that cancel one booking only one has the effect, and all say its version.
  std::map<int, int> cancellations;
  for (const Operated& each : history) {
    if (each.kind == Kind::kCancel) ++cancellations[each.booking];
  }
  std::vector<Operated> timed;
  std::set<int> effects, booked;
  for (const Operated& each : history) {
    if (each.answered == Operated::kNever || each.existed) continue;
    if (each.kind == Kind::kBook && !each.refused && !booked.insert(each.version).second) {
      return "two bookings have version " + std::to_string(each.version);
    }
    if (each.kind != Kind::kLook && !each.refused) effects.insert(each.version);
    if (each.kind != Kind::kCancel || cancellations[each.booking] == 1) timed.push_back(each);
  }
  std::vector<std::pair<int64_t, int>> answers;
  for (const Operated& each : timed) answers.emplace_back(each.answered, each.version);
  std::sort(answers.begin(), answers.end());
  std::sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) { return a.sent < b.sent; });
  size_t next = 0;
  int newest = first_version;
  for (const Operated& each : timed) {
    for (; next < answers.size() && answers[next].first < each.sent; ++next) {
      newest = std::max(newest, answers[next].second);
    }
    if (each.version < newest) {
      return "version " + std::to_string(each.version) + " was answered to what was sent after version " +
             std::to_string(newest) + " had been answered";
    }
  }
  int missing = 0;
  for (int version = first_version + 1; version <= last_version; ++version) missing += !effects.contains(version);
  if (missing > unknown) return std::to_string(missing) + " versions that no effect has";
  if (!effects.empty() && *effects.rbegin() > last_version) return "a version beyond the last one";
  return "";
}

}  // namespace equity::faults
