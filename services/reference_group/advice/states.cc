#include "services/reference_group/advice/states.h"

namespace equity::referencegroup {
namespace {

using R = v1::AdviceRequest;
using A = RequestAction;

constexpr RequestTransition kTransitions[] = {
    {R::STATE_SUBMITTED, A::kUpdate, R::STATE_SUBMITTED},
    {R::STATE_SUBMITTED, A::kTriage, R::STATE_TRIAGED},
    {R::STATE_SUBMITTED, A::kRedirect, R::STATE_REDIRECTED},
    {R::STATE_SUBMITTED, A::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_TRIAGED, A::kUpdate, R::STATE_TRIAGED},
    {R::STATE_TRIAGED, A::kAssign, R::STATE_ASSIGNED},
    {R::STATE_TRIAGED, A::kAskForInfo, R::STATE_NEEDS_INFO},
    {R::STATE_TRIAGED, A::kRedirect, R::STATE_REDIRECTED},
    {R::STATE_TRIAGED, A::kMerge, R::STATE_MERGED},
    {R::STATE_TRIAGED, A::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_NEEDS_INFO, A::kUpdate, R::STATE_NEEDS_INFO},
    {R::STATE_NEEDS_INFO, A::kProvideInfo, R::STATE_TRIAGED, When::kUnassigned},
    {R::STATE_NEEDS_INFO, A::kProvideInfo, R::STATE_ASSIGNED, When::kAssigned},
    {R::STATE_NEEDS_INFO, A::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_NEEDS_INFO, A::kTimePasses, R::STATE_LAPSED},
    {R::STATE_ASSIGNED, A::kUpdate, R::STATE_ASSIGNED},
    {R::STATE_ASSIGNED, A::kAssign, R::STATE_ASSIGNED},
    {R::STATE_ASSIGNED, A::kAskForInfo, R::STATE_NEEDS_INFO},
    {R::STATE_ASSIGNED, A::kRespond, R::STATE_RESPONDED},
    {R::STATE_ASSIGNED, A::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_RESPONDED, A::kRespond, R::STATE_RESPONDED},
    {R::STATE_RESPONDED, A::kAccept, R::STATE_ACCEPTED},
    {R::STATE_RESPONDED, A::kReopen, R::STATE_ASSIGNED},
    {R::STATE_RESPONDED, A::kTimePasses, R::STATE_CLOSED},
    {R::STATE_ACCEPTED, A::kReopen, R::STATE_ASSIGNED},
    {R::STATE_CLOSED, A::kReopen, R::STATE_ASSIGNED},
};

}  // namespace

std::optional<RequestState> NextState(RequestState from, RequestAction action, bool assigned) {
  for (const RequestTransition& transition : kTransitions) {
    if (transition.from != from || transition.action != action) continue;
    if (transition.when == When::kAlways || (transition.when == When::kAssigned) == assigned) return transition.to;
  }
  return std::nullopt;
}

}  // namespace equity::referencegroup
