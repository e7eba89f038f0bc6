// The calls that are measured.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "equity/workshops/v1/bookings.pb.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "tests/bench/bench.pb.h"
#include "tests/bench/load.h"
#include "tests/bench/site.h"

namespace equity::bench {

using EchoWorkload = Workload<v1::EchoRequest, v1::EchoResponse>;
using GetWorkload = Workload<workshops::v1::GetSessionRequest, workshops::v1::GetSessionResponse>;
using BookWorkload = Workload<workshops::v1::BookPlaceRequest, workshops::v1::BookPlaceResponse>;

EchoWorkload MakeEcho();

// Reads one session after the other.
GetWorkload MakeGet(const Site& site, std::vector<std::string> sessions);

// Books one place after the other, each for another pair of person and session; everyone must get it. Registers the
// people first, on the first session; that one is not booked.
absl::StatusOr<BookWorkload> MakeBook(Site& site, std::vector<std::string> sessions);

}  // namespace equity::bench
