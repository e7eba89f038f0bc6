// Mistakes on purpose, by which the checks of crashes and histories prove that they would find one. They exist in the
// builds with EQUITY_PLANTED alone, of tests; in every other one Planted is the constant false, and so is gone.
#pragma once

#include <cstdlib>
#include <cstring>
#include <iterator>

namespace equity::planted {

enum class Mistake {
  kNone,
  kCheckThenAct,         // places as remembered decide, and nothing guards the act
  kLastComesFirst,       // who waits since the latest is promoted first
  kForgetsRequests,      // a request that is sent again is done again
  kRemembersLater,       // the answer to a request is stored after its effect, in the next transaction
  kTwoStepCancel,        // a place is freed in one transaction, and given to who waits in the next
  kPromotesUntold,       // a promotion is not in the change feed
  kTellsLater,           // a change gets into the feed after it is stored, in the next transaction
  kAnswersBeforeCommit,  // the answers of a batch leave before it is committed
  kAnswersWhatIsUndone,  // what succeeded in its savepoint is answered so, whatever becomes of the transaction
  kStaleReads,           // reads see an older state now and then
  kRaisesInVain,         // more places, and nobody who waits gets one
  kLeavesSilently,       // a leaver's places are freed, and nobody is told or promoted
};

#ifdef EQUITY_PLANTED

inline constexpr const char* kMistakes[] = {"none",
                                            "check-then-act",
                                            "last-comes-first",
                                            "forgets-requests",
                                            "remembers-later",
                                            "two-step-cancel",
                                            "promotes-untold",
                                            "tells-later",
                                            "answers-before-commit",
                                            "answers-what-is-undone",
                                            "stale-reads",
                                            "raises-in-vain",
                                            "leaves-silently"};

// The one of the environment variable EQUITY_MISTAKE, which children of a process have too.
inline Mistake Chosen() {
  static const Mistake chosen = [] {
    const char* name = std::getenv("EQUITY_MISTAKE");
    for (int i = 0; name != nullptr && i < static_cast<int>(std::size(kMistakes)); ++i) {
      if (std::strcmp(name, kMistakes[i]) == 0) return static_cast<Mistake>(i);
    }
    return Mistake::kNone;
  }();
  return chosen;
}
static inline bool Planted(Mistake mistake) { return Chosen() == mistake; }

#else

static inline constexpr bool Planted(Mistake) { return false; }

#endif

}  // namespace equity::planted
