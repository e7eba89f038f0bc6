// One session that everybody wants: many clients book, cancel, retry and send twice, and what they were told is
// replayed against a model by the `version` that every answer carries.
#pragma once

#include <string>
#include <vector>

#include "tests/api/environment.h"

namespace equity::api {

struct HotSessionOptions {
  int clients = 64;
  int operations = 20000;
  int capacity = 20;
  int people = 300;
  unsigned seed = 1;
};

struct HotSessionReport {
  int operations = 0;  // answers, duplicates included
  int effects = 0;     // bookings made and cancelled
  int promotions = 0;
  int refusals = 0;    // SESSION_FULL
  int duplicates = 0;  // requests sent again with the same request_id
  int most_seated = 0;
  std::vector<std::string> violations;  // the first 20
  int violation_count = 0;
};

HotSessionReport RunHotSession(Environment& environment, const HotSessionOptions& options);

}  // namespace equity::api
