#include "services/benefit_plans/reviews/schedule.h"

#include "services/benefit_plans/store/parts.h"

namespace equity::benefit_plans {
namespace {

v1::Review::State StateOn(absl::CivilDay today, absl::CivilDay first, absl::CivilDay last, bool for_ever) {
  if (today < first) return v1::Review::STATE_SCHEDULED;
  return today <= last || for_ever ? v1::Review::STATE_DUE : v1::Review::STATE_MISSED;
}

}  // namespace

std::vector<v1::Review> ScheduleOf(sql::ReadTransaction& transaction, const v1::Plan& plan, const Policy& policy,
                                   absl::CivilDay today) {
  if (plan.start_date().empty() || plan.state() == v1::Plan::STATE_DRAFT) return {};
  const absl::CivilDay start = ParseDay(plan.start_date());
  std::vector<v1::Review> reviews;
  const auto held = store::ListParts<v1::Review>(transaction, plan.name());
  for (int kind = v1::REVIEW_KIND_START_UP; kind <= v1::REVIEW_KIND_SUSTAINABILITY; ++kind) {
    v1::Review& review = reviews.emplace_back();
    const Window& window = policy.windows[kind];
    review.set_name(absl::StrCat(plan.name(), "/reviews/", kind));
    review.set_kind(static_cast<v1::ReviewKind>(kind));
    review.set_state(
        StateOn(today, start + window.first, start + window.last, kind == v1::REVIEW_KIND_CLOSE && plan.late()));
    for (const v1::Review& each : held) {
      if (each.kind() == kind) review = each;
    }
    review.set_due_date(FormatDay(start + window.due));
    review.set_window_start(FormatDay(start + window.first));
    review.set_window_end(FormatDay(start + window.last));
  }
  return reviews;
}

}  // namespace equity::benefit_plans
