#include "common/status/macros.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/lists.h"
#include "services/benefit_plans/reviews/reviews.h"

namespace equity::benefit_plans {
namespace {

bool IsOver(const v1::Barrier& barrier) {
  return barrier.state() == v1::Barrier::STATE_REMOVED || barrier.state() == v1::Barrier::STATE_ACCEPTED;
}

// A barrier that stands, of a plan that runs.
absl::StatusOr<v1::Barrier> TakeBarrier(rpc::WriteContext& context, sql::Transaction& transaction,
                                        const std::string& name) {
  RETURN_IF_ERROR(Take(context, transaction, name, kOpen).status());
  auto barrier = store::FindPart<v1::Barrier>(transaction, name);
  if (!barrier) return status::NotFound();
  if (IsOver(*barrier)) {
    return errors::BarrierState(barrier->state() == v1::Barrier::STATE_REMOVED ? "REMOVED" : "ACCEPTED");
  }
  return *std::move(barrier);
}

}  // namespace

absl::StatusOr<v1::RaiseBarrierResponse> RaiseBarrier(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::RaiseBarrierRequest& request) {
  ASSIGN_OR_RETURN(const v1::Plan plan, Take(context, transaction, request.parent(), kOpen));
  v1::Barrier barrier;
  barrier.set_text(request.barrier().text());
  barrier.set_level(request.barrier().level());
  barrier.set_raised_on(FormatDay(DayOf(context.now())));
  barrier.set_state(v1::Barrier::STATE_OPEN);
  RETURN_IF_ERROR(store::AddPart(transaction, plan.name(), barrier, context.now()));
  context.SetResource(barrier.name());
  v1::RaiseBarrierResponse response;
  *response.mutable_barrier() = std::move(barrier);
  return response;
}

absl::StatusOr<v1::CommitBarrierResponse> CommitBarrier(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CommitBarrierRequest& request) {
  ASSIGN_OR_RETURN(v1::Barrier barrier, TakeBarrier(context, transaction, request.name()));
  if (ParseDay(request.due()) < DayOf(context.now())) return status::InvalidField("due", "must not lie in the past");
  barrier.set_owner(request.owner());
  barrier.set_commitment(request.commitment());
  barrier.set_due(request.due());
  barrier.set_state(v1::Barrier::STATE_COMMITTED);
  store::UpdatePart(transaction, barrier, context.now());
  v1::CommitBarrierResponse response;
  *response.mutable_barrier() = std::move(barrier);
  return response;
}

absl::StatusOr<v1::ResolveBarrierResponse> ResolveBarrier(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::ResolveBarrierRequest& request) {
  if (request.outcome() != v1::Barrier::STATE_REMOVED && request.outcome() != v1::Barrier::STATE_ACCEPTED) {
    return status::InvalidField("outcome", "must be REMOVED or ACCEPTED");
  }
  ASSIGN_OR_RETURN(v1::Barrier barrier, TakeBarrier(context, transaction, request.name()));
  barrier.set_state(request.outcome());
  barrier.set_resolution(request.note());
  store::UpdatePart(transaction, barrier, context.now());
  v1::ResolveBarrierResponse response;
  *response.mutable_barrier() = std::move(barrier);
  return response;
}

absl::StatusOr<v1::GetBarrierResponse> GetBarrier(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetBarrierRequest& request) {
  v1::GetBarrierResponse response;
  ASSIGN_OR_RETURN(*response.mutable_barrier(), FindOne<v1::Barrier>(context, transaction, request.name()));
  return response;
}

absl::StatusOr<v1::ListBarriersResponse> ListBarriers(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListBarriersRequest& request) {
  return ListPage<v1::Barrier, v1::ListBarriersRequest, v1::ListBarriersResponse>(
      context, transaction, request, [](v1::ListBarriersResponse& response) { return response.add_barriers(); });
}

}  // namespace equity::benefit_plans
