// What has to be true before a plan starts or is closed, or a benefit counts as realised. All that is missing is named
// at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/status/errors.h"
#include "services/benefit_plans/rules/days.h"

namespace equity::benefit_plans {

struct StartFacts {
  bool has_owner = false;
  bool owner_left = false;
  bool attended = false;  // or the central team lets it pass
  bool has_goal = false;
  std::optional<absl::CivilDay> start;
  absl::CivilDay today;
  bool benefit_agreed = false;
  bool better_off_measure = false;
  bool community = false;  // a partner, or an engagement at CONSULTATION or above
};
std::vector<status::Violation> StartGuards(const StartFacts& facts, const Policy& policy);

struct CloseFacts {
  bool review_held = false;
  std::vector<std::string> open_benefits;  // their names
  bool learning = false;
  bool next_path = false;
};
std::vector<status::Violation> CloseGuards(const CloseFacts& facts);

struct RealiseFacts {
  bool whole = false;  // REALISED; else PARTLY_REALISED
  bool is_disbenefit = false;
  bool measured = false;        // measured after the baseline
  bool target_met = false;      // and the target met by it
  bool community_says = false;  // evidence that the community confirms
};
std::vector<status::Violation> RealiseGuards(const RealiseFacts& facts);

}  // namespace equity::benefit_plans
