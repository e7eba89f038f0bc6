// Compares what was acknowledged with what is stored and with what a server says.
#pragma once

#include <string>
#include <vector>

#include "tests/faults/api_view.h"
#include "tests/faults/ledger.h"
#include "tests/faults/stored.h"

namespace equity::faults {

// What is wrong, each in a line.
struct Verdict {
  std::vector<std::string> lost;     // acknowledged and not stored
  std::vector<std::string> doubled;  // one request, more than one effect or answer
  std::vector<std::string> unasked;  // stored, and nobody sent it
  std::vector<std::string> broken;   // what must hold in a store does not

  bool ok() const { return lost.empty() && doubled.empty() && unasked.empty() && broken.empty(); }
  // The first few lines of each.
  std::string Text() const;
  void Add(const Verdict& other);
};

// When everything was settled, more can be said: what was refused is not there, and nothing is left undecided.
enum class Moment { kUnderway, kSettled };

// What must hold whatever was sent: SQLite's checks, places never above the capacity, waiting lists in order, one live
// booking of a person for a session, and a change feed that tells how all of it came about.
void CheckRules(const Stored& stored, Verdict& verdict);

// acknowledged <= stored <= sent, and each request once.
void CheckLedger(const Ledger::Snapshot& ledger, const Stored& stored, Moment moment, Verdict& verdict);

// The server said, when all was quiet, what its files hold.
void CheckView(const ApiView& view, const Stored& stored, Verdict& verdict);

}  // namespace equity::faults
