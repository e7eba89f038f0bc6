#include "services/reference_group/advice/states.h"

namespace equity::referencegroup {
namespace {

using R = v1::AdviceRequest;

constexpr RequestTransition kRequestTransitions[] = {
    {R::STATE_SUBMITTED, RequestAction::kUpdate, R::STATE_SUBMITTED},
    {R::STATE_SUBMITTED, RequestAction::kTriage, R::STATE_TRIAGED},
    {R::STATE_SUBMITTED, RequestAction::kRedirect, R::STATE_REDIRECTED},
    {R::STATE_SUBMITTED, RequestAction::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_TRIAGED, RequestAction::kUpdate, R::STATE_TRIAGED},
    {R::STATE_TRIAGED, RequestAction::kAssign, R::STATE_ASSIGNED},
    {R::STATE_TRIAGED, RequestAction::kAskForInfo, R::STATE_NEEDS_INFO},
    {R::STATE_TRIAGED, RequestAction::kRedirect, R::STATE_REDIRECTED},
    {R::STATE_TRIAGED, RequestAction::kMerge, R::STATE_MERGED},
    {R::STATE_TRIAGED, RequestAction::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_NEEDS_INFO, RequestAction::kUpdate, R::STATE_NEEDS_INFO},
    {R::STATE_NEEDS_INFO, RequestAction::kProvideInfo, R::STATE_TRIAGED, When::kUnassigned},
    {R::STATE_NEEDS_INFO, RequestAction::kProvideInfo, R::STATE_ASSIGNED, When::kAssigned},
    {R::STATE_NEEDS_INFO, RequestAction::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_NEEDS_INFO, RequestAction::kTimePasses, R::STATE_LAPSED},
    {R::STATE_ASSIGNED, RequestAction::kUpdate, R::STATE_ASSIGNED},
    {R::STATE_ASSIGNED, RequestAction::kAssign, R::STATE_ASSIGNED},
    {R::STATE_ASSIGNED, RequestAction::kAskForInfo, R::STATE_NEEDS_INFO},
    {R::STATE_ASSIGNED, RequestAction::kRespond, R::STATE_RESPONDED},
    {R::STATE_ASSIGNED, RequestAction::kWithdraw, R::STATE_WITHDRAWN},
    {R::STATE_RESPONDED, RequestAction::kRespond, R::STATE_RESPONDED},
    {R::STATE_RESPONDED, RequestAction::kAccept, R::STATE_ACCEPTED},
    {R::STATE_RESPONDED, RequestAction::kReopen, R::STATE_ASSIGNED},
    {R::STATE_RESPONDED, RequestAction::kTimePasses, R::STATE_CLOSED},
    {R::STATE_ACCEPTED, RequestAction::kReopen, R::STATE_ASSIGNED},
    {R::STATE_CLOSED, RequestAction::kReopen, R::STATE_ASSIGNED},
};

}  // namespace

std::optional<RequestState> NextState(RequestState from, RequestAction action, bool assigned) {
  for (const RequestTransition& transition : kRequestTransitions) {
    if (transition.from != from || transition.action != action) continue;
    if (transition.when == When::kAlways || (transition.when == When::kAssigned) == assigned) return transition.to;
  }
  return std::nullopt;
}

}  // namespace equity::referencegroup
