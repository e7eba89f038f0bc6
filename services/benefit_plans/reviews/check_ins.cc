#include "common/status/macros.h"
#include "services/benefit_plans/lists.h"
#include "services/benefit_plans/reviews/reviews.h"

namespace equity::benefit_plans {

absl::StatusOr<v1::CheckInResponse> CheckIn(rpc::WriteContext& context, sql::Transaction& transaction,
                                            const v1::CheckInRequest& request) {
  // While a plan is paused its health is frozen.
  ASSIGN_OR_RETURN(v1::Plan plan,
                   Take(context, transaction, request.parent(), {v1::Plan::STATE_ACTIVE, v1::Plan::STATE_CLOSING}));
  const absl::CivilDay today = DayOf(context.now());
  v1::CheckInNote note = request.check_in();
  if (note.date().empty()) note.set_date(FormatDay(today));
  if (ParseDay(note.date()) > today) return status::InvalidField("check_in.date", "must not lie in the future");
  if (note.date() < plan.start_date()) {
    return status::InvalidField("check_in.date", "must not lie before the start date");
  }
  RETURN_IF_ERROR(store::AddPart(transaction, plan.name(), note, context.now()));
  // One that is entered later does not hide a newer one.
  if (note.date() >= plan.last_check_in()) {
    plan.set_last_check_in(note.date());
    plan.set_health(note.health());
    StoreDerived(transaction, plan);
  }
  context.SetResource(note.name());
  v1::CheckInResponse response;
  *response.mutable_check_in() = std::move(note);
  return response;
}

absl::StatusOr<v1::ListCheckInsResponse> ListCheckIns(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListCheckInsRequest& request) {
  return ListPage<v1::CheckInNote, v1::ListCheckInsRequest, v1::ListCheckInsResponse>(
      context, transaction, request, [](v1::ListCheckInsResponse& response) { return response.add_check_ins(); });
}

}  // namespace equity::benefit_plans
