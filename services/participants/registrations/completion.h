// The second half of a registration: asks for the places of rows that were recorded, and decides the rows. Whoever
// recorded them does it, and the sweeper when nobody did; both at once have one effect.
#pragma once

#include <string>
#include <vector>

#include "common/rpc/runtime.h"
#include "services/participants/registrations/ledger.h"
#include "services/participants/registrations/seats.h"

namespace equity::participants::registrations {

// Who does something, and by which method, for the audit trail.
struct Doing {
  rpc::Runtime::Actor actor;
  std::string method;
  absl::Time give_up = absl::InfiniteFuture();
};

// The same, to who gives places.
Asking AskingOf(const Doing& doing);

// Decides the entries of the segment that are pending. With an error nothing is decided, and it can be tried again.
absl::Status Complete(rpc::Runtime& runtime, Seats& seats, const Doing& doing, const Operation& operation,
                      const Segment& segment, std::vector<Entry>& entries);

}  // namespace equity::participants::registrations
