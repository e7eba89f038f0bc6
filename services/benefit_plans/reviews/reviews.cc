#include "services/benefit_plans/reviews/reviews.h"

#include <algorithm>

#include "common/page/page.h"
#include "common/status/macros.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/reviews/schedule.h"
#include "services/benefit_plans/store/lists.h"
#include "services/benefit_plans/updates.h"

namespace equity::benefit_plans {
namespace {

using States = std::initializer_list<v1::Plan::State>;

// The states in which a review of this kind is held.
States StatesFor(v1::ReviewKind kind) {
  static constexpr States kBefore = {v1::Plan::STATE_ACTIVE, v1::Plan::STATE_PAUSED};
  static constexpr States kClose = {v1::Plan::STATE_ACTIVE, v1::Plan::STATE_CLOSING};
  static constexpr States kAfter = {v1::Plan::STATE_CLOSED};
  switch (kind) {
    case v1::REVIEW_KIND_CLOSE:
      return kClose;
    case v1::REVIEW_KIND_SUSTAINABILITY:
      return kAfter;
    default:
      return kBefore;
  }
}

// A plan that closes early or late holds its closing review when it closes.
bool InWindow(const v1::Plan& plan, const v1::Review& scheduled, absl::CivilDay day) {
  if (scheduled.kind() == v1::REVIEW_KIND_CLOSE && plan.state() == v1::Plan::STATE_CLOSING) {
    return plan.late() || day <= ParseDay(scheduled.window_end());
  }
  return day >= ParseDay(scheduled.window_start()) && day <= ParseDay(scheduled.window_end());
}

absl::Status MarkSustained(rpc::WriteContext& context, sql::Transaction& transaction, const v1::Plan& plan,
                           const v1::Review& review) {
  for (const auto& each : review.sustained()) {
    RETURN_IF_ERROR(CheckParts<v1::Benefit>(transaction, plan.name(), std::vector<std::string>{each.benefit()}));
    auto benefit = *store::FindPart<v1::Benefit>(transaction, each.benefit());
    benefit.set_sustained(each.sustained());
    store::UpdatePart(transaction, benefit, context.now());
  }
  return absl::OkStatus();
}

std::vector<status::FieldFault> FaultsOfReview(const v1::Review& review, absl::CivilDay held_on, const v1::Plan& plan,
                                               absl::CivilDay today) {
  std::vector<status::FieldFault> faults;
  if (held_on > today) faults.push_back({"review.held_on", "must not lie in the future"});
  if (held_on < ParseDay(plan.start_date())) faults.push_back({"review.held_on", "must not lie before the start date"});
  if (review.sustained_size() > 0 && review.kind() != v1::REVIEW_KIND_SUSTAINABILITY) {
    faults.push_back({"review.sustained", "must be set for SUSTAINABILITY alone"});
  }
  return faults;
}

}  // namespace

absl::StatusOr<v1::HoldReviewResponse> HoldReview(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::HoldReviewRequest& request) {
  v1::Review review = request.review();
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.parent(), StatesFor(review.kind())));
  const absl::CivilDay today = DayOf(context.now());
  if (review.held_on().empty()) review.set_held_on(FormatDay(today));
  const absl::CivilDay held_on = ParseDay(review.held_on());
  if (const auto faults = FaultsOfReview(review, held_on, plan, today); !faults.empty())
    return status::InvalidFields(faults);
  const Policy policy = store::FindPolicy(transaction, plan.policy_version());
  const v1::Review scheduled =
      ScheduleOf(transaction, plan, policy, today)[static_cast<size_t>(review.kind() - v1::REVIEW_KIND_START_UP)];
  if (scheduled.state() == v1::Review::STATE_HELD) return errors::ReviewHeld();
  if (!InWindow(plan, scheduled, held_on)) {
    return errors::ReviewOutsideWindow(scheduled.window_start(), scheduled.window_end());
  }
  RETURN_IF_ERROR(MarkSustained(context, transaction, plan, review));
  review.set_name(scheduled.name());
  review.set_state(v1::Review::STATE_HELD);
  review.set_due_date(scheduled.due_date());
  review.set_window_start(scheduled.window_start());
  review.set_window_end(scheduled.window_end());
  store::PutPart(transaction, review);
  StoreDerived(transaction, plan);  // who has held the closing review does not lapse
  context.SetResource(review.name());
  v1::HoldReviewResponse response;
  *response.mutable_review() = std::move(review);
  return response;
}

absl::StatusOr<v1::ListReviewsResponse> ListReviews(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::ListReviewsRequest& request) {
  ASSIGN_OR_RETURN(const v1::Plan plan, Find(context, transaction, request.parent()));
  // Never more than four, so that there is one page.
  if (!request.page_token().empty()) return status::InvalidPageToken();
  const Policy policy = store::FindPolicy(transaction, plan.policy_version());
  v1::ListReviewsResponse response;
  for (v1::Review& review : ScheduleOf(transaction, plan, policy, DayOf(context.now()))) {
    *response.add_reviews() = std::move(review);
  }
  return response;
}

}  // namespace equity::benefit_plans
