#include <algorithm>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/benefit_plans/benefits/agreement.h"
#include "services/benefit_plans/benefits/benefits.h"
#include "services/benefit_plans/benefits/move.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/lists.h"

namespace equity::benefit_plans {
namespace {

using Activity = v1::Activity;

constexpr const char* kChangeableOfActivity[] = {"title", "theme", "benefits",      "co_produced_with",
                                                 "rung",  "lead",  "planned_start", "planned_end"};

struct TakenActivity {
  v1::Plan plan;
  Activity activity;
};
// An activity in one of these states; ACTIVITY_STATE.
absl::StatusOr<TakenActivity> TakeActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                           const std::string& name, std::initializer_list<v1::Plan::State> plan_states,
                                           std::initializer_list<Activity::State> states) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, name, plan_states));
  auto activity = store::FindPart<Activity>(transaction, name);
  if (!activity) return status::NotFound();
  if (std::find(states.begin(), states.end(), activity->state()) == states.end()) {
    return errors::ActivityState(ShortName(activity->state()));
  }
  return TakenActivity{std::move(plan), *std::move(activity)};
}

absl::Status CheckActivity(sql::ReadTransaction& transaction, const v1::Plan& plan, const Activity& activity) {
  std::vector<status::FieldFault> faults;
  CheckSet(activity.title(), "activity.title", faults);
  if (activity.benefits().empty()) faults.push_back({"activity.benefits", "must name at least one benefit"});
  if (!activity.planned_start().empty() && !activity.planned_end().empty() &&
      activity.planned_end() < activity.planned_start()) {
    faults.push_back({"activity.planned_end", "must not lie before planned_start"});
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  RETURN_IF_ERROR(CheckParts<v1::Benefit>(transaction, plan.name(), activity.benefits()));
  return CheckParts<v1::Partner>(transaction, plan.name(), activity.co_produced_with());
}

// Work begins for benefits that the community agreed to; at least one of them must not have ended.
absl::Status BeginDelivery(rpc::WriteContext& context, sql::Transaction& transaction, const Activity& activity) {
  bool any_live = false;
  for (const std::string& name : activity.benefits()) {
    auto benefit = *store::FindPart<v1::Benefit>(transaction, name);
    if (IsEnded(benefit.state())) continue;
    if (!Next("StartActivity", benefit.state())) return errors::BenefitNotAgreed(name);
    any_live = true;
    RETURN_IF_ERROR(Move(context, transaction, benefit, "StartActivity"));
  }
  return any_live ? absl::OkStatus() : errors::BenefitNotAgreed(activity.benefits(0));
}

template <class Response>
Response Stored(rpc::WriteContext& context, sql::Transaction& transaction, Activity activity) {
  store::UpdatePart(transaction, activity, context.now());
  Response response;
  *response.mutable_activity() = std::move(activity);
  return response;
}

}  // namespace

absl::StatusOr<v1::CreateActivityResponse> CreateActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::CreateActivityRequest& request) {
  ASSIGN_OR_RETURN(const v1::Plan plan, Take(context, transaction, request.parent(), kOpen));
  RETURN_IF_ERROR(CheckActivity(transaction, plan, request.activity()));
  Activity activity;
  google::protobuf::FieldMask mask;
  for (const char* path : kChangeableOfActivity) mask.add_paths(path);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.activity(), mask, {}, &activity);
  activity.set_title(text::Nfc(activity.title()));
  activity.set_state(Activity::STATE_PROPOSED);
  RETURN_IF_ERROR(store::AddPart(transaction, plan.name(), activity, context.now()));
  context.SetResource(activity.name());
  v1::CreateActivityResponse response;
  *response.mutable_activity() = std::move(activity);
  return response;
}

absl::StatusOr<v1::GetActivityResponse> GetActivity(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::GetActivityRequest& request) {
  v1::GetActivityResponse response;
  ASSIGN_OR_RETURN(*response.mutable_activity(), FindOne<Activity>(context, transaction, request.name()));
  return response;
}

absl::StatusOr<v1::ListActivitiesResponse> ListActivities(const rpc::Context& context,
                                                          sql::ReadTransaction& transaction,
                                                          const v1::ListActivitiesRequest& request) {
  return ListPage<Activity, v1::ListActivitiesRequest, v1::ListActivitiesResponse>(
      context, transaction, request, [](v1::ListActivitiesResponse& response) { return response.add_activities(); });
}

absl::StatusOr<v1::UpdateActivityResponse> UpdateActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::UpdateActivityRequest& request) {
  ASSIGN_OR_RETURN(const auto mask, UpdateMask(request, request.activity(), "activity", kChangeableOfActivity));
  // Once it has begun, its benefits are in delivery by it.
  ASSIGN_OR_RETURN(TakenActivity taken, TakeActivity(context, transaction, request.activity().name(), kOpen,
                                                     {Activity::STATE_PROPOSED, Activity::STATE_AGREED}));
  RETURN_IF_ERROR(Merge(mask, request.activity(), taken.activity));
  RETURN_IF_ERROR(CheckActivity(transaction, taken.plan, taken.activity));
  taken.activity.set_title(text::Nfc(taken.activity.title()));
  return Stored<v1::UpdateActivityResponse>(context, transaction, std::move(taken.activity));
}

absl::StatusOr<v1::AgreeActivityResponse> AgreeActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::AgreeActivityRequest& request) {
  ASSIGN_OR_RETURN(TakenActivity taken,
                   TakeActivity(context, transaction, request.name(), kOpen, {Activity::STATE_PROPOSED}));
  RETURN_IF_ERROR(CheckAgreedBy(transaction, taken.plan.name(), request.agreed_by()));
  taken.activity.set_state(Activity::STATE_AGREED);
  taken.activity.set_agreed_by(request.agreed_by());
  return Stored<v1::AgreeActivityResponse>(context, transaction, std::move(taken.activity));
}

absl::StatusOr<v1::StartActivityResponse> StartActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::StartActivityRequest& request) {
  ASSIGN_OR_RETURN(TakenActivity taken, TakeActivity(context, transaction, request.name(), {v1::Plan::STATE_ACTIVE},
                                                     {Activity::STATE_AGREED}));
  RETURN_IF_ERROR(BeginDelivery(context, transaction, taken.activity));
  taken.activity.set_state(Activity::STATE_IN_PROGRESS);
  return Stored<v1::StartActivityResponse>(context, transaction, std::move(taken.activity));
}

absl::StatusOr<v1::DeliverActivityResponse> DeliverActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::DeliverActivityRequest& request) {
  ASSIGN_OR_RETURN(TakenActivity taken,
                   TakeActivity(context, transaction, request.name(), kRunning, {Activity::STATE_IN_PROGRESS}));
  const std::string today = FormatDay(DayOf(context.now()));
  const std::string delivered_on = request.delivered_on().empty() ? today : request.delivered_on();
  if (delivered_on > today) return status::InvalidField("delivered_on", "must not lie in the future");
  if (delivered_on < taken.plan.start_date()) {
    return status::InvalidField("delivered_on", "must not lie before the plan's start date");
  }
  taken.activity.set_state(Activity::STATE_DELIVERED);
  taken.activity.set_delivered_on(delivered_on);
  taken.activity.set_outputs(request.outputs());
  return Stored<v1::DeliverActivityResponse>(context, transaction, std::move(taken.activity));
}

absl::StatusOr<v1::CancelActivityResponse> CancelActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::CancelActivityRequest& request) {
  ASSIGN_OR_RETURN(TakenActivity taken,
                   TakeActivity(context, transaction, request.name(), kOpen,
                                {Activity::STATE_PROPOSED, Activity::STATE_AGREED, Activity::STATE_IN_PROGRESS}));
  taken.activity.set_state(Activity::STATE_CANCELLED);
  taken.activity.set_cancel_reason(request.reason());
  return Stored<v1::CancelActivityResponse>(context, transaction, std::move(taken.activity));
}

}  // namespace equity::benefit_plans
