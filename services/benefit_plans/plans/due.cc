// What needs somebody, plan by plan.
#include <algorithm>

#include "common/page/page.h"
#include "common/status/macros.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/plans/plans.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/reviews/schedule.h"
#include "services/benefit_plans/store/lists.h"
#include "services/benefit_plans/store/parts.h"
#include "services/benefit_plans/store/plans.h"

namespace equity::benefit_plans {
namespace {

class Collector {
 public:
  Collector(v1::ListDueResponse& response, absl::CivilDay today, int within_days)
      : response_(response), today_(today), until_(today + within_days) {}

  void Add(const v1::Plan& plan, v1::DueItem::Kind kind, absl::CivilDay due, const std::string& subject = "") {
    if (due > until_) return;
    v1::DueItem& item = *response_.add_items();
    item.set_plan(plan.name());
    item.set_title(plan.title());
    item.set_kind(kind);
    item.set_subject(subject);
    item.set_due_date(FormatDay(due));
    item.set_days_left(static_cast<int>(due - today_));
  }
  absl::CivilDay today() const { return today_; }

 private:
  v1::ListDueResponse& response_;
  const absl::CivilDay today_;
  const absl::CivilDay until_;
};

bool IsRunning(const v1::Plan& plan) {
  return std::find(kRunning.begin(), kRunning.end(), plan.state()) != kRunning.end();
}

void AddReviews(sql::ReadTransaction& transaction, const v1::Plan& plan, const Policy& policy, Collector& collector) {
  for (const v1::Review& review : ScheduleOf(transaction, plan, policy, collector.today())) {
    const bool open = review.state() == v1::Review::STATE_SCHEDULED || review.state() == v1::Review::STATE_DUE;
    // The sustainability review comes after the closing, the others before it.
    const bool after_closing = review.kind() == v1::REVIEW_KIND_SUSTAINABILITY;
    if (open && after_closing == (plan.state() == v1::Plan::STATE_CLOSED)) {
      collector.Add(plan, v1::DueItem::KIND_REVIEW, ParseDay(review.window_end()), review.name());
    }
  }
}

void AddRunning(sql::ReadTransaction& transaction, const v1::Plan& plan, const Policy& policy, Collector& collector) {
  const absl::CivilDay start = ParseDay(plan.start_date());
  collector.Add(plan, v1::DueItem::KIND_CLOSING, start + policy.length_days + policy.grace_days);
  for (const auto& barrier : store::ListParts<v1::Barrier>(transaction, plan.name())) {
    if (barrier.state() == v1::Barrier::STATE_COMMITTED) {
      collector.Add(plan, v1::DueItem::KIND_BARRIER, ParseDay(barrier.due()), barrier.name());
    }
  }
  if (plan.state() != v1::Plan::STATE_ACTIVE) return;
  const absl::CivilDay last = plan.last_check_in().empty() ? start : ParseDay(plan.last_check_in());
  collector.Add(plan, v1::DueItem::KIND_SILENCE, last + policy.check_in_days);
}

void AddDue(sql::ReadTransaction& transaction, const v1::Plan& plan, Collector& collector) {
  const Policy policy = store::FindPolicy(transaction, plan.policy_version());
  if (!IsEnded(plan.state())) {
    for (const v1::Member& member : store::ListMembers(transaction, ChildId(plan.name()))) {
      if (member.role() == v1::ROLE_OWNER && member.left()) {
        collector.Add(plan, v1::DueItem::KIND_OWNER_LEFT, collector.today());
      }
    }
  }
  if (IsRunning(plan)) AddRunning(transaction, plan, policy, collector);
  if (IsRunning(plan) || plan.state() == v1::Plan::STATE_CLOSED) AddReviews(transaction, plan, policy, collector);
}

}  // namespace

absl::StatusOr<v1::ListDueResponse> ListDue(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::ListDueRequest& request) {
  const std::string binding = absl::StrCat("ListDue|", request.parent(), "|", request.within_days());
  ASSIGN_OR_RETURN(const std::string after, page::Key(binding, request.page_token()));
  std::string_view organisation = OrganisationId(request.parent());
  if (organisation == "-") organisation = {};
  const int size = page::Size(request.page_size());
  auto plans = store::ListPlans(transaction, organisation, after, size + 1);
  v1::ListDueResponse response;
  if (static_cast<int>(plans.size()) > size) {
    plans.pop_back();
    response.set_next_page_token(page::Token(binding, ChildId(plans.back().name())));
  }
  Collector collector(response, DayOf(context.now()), request.within_days());
  for (v1::Plan& plan : plans) {
    Settle(transaction, plan, context.now());
    AddDue(transaction, plan, collector);
  }
  return response;
}

}  // namespace equity::benefit_plans
