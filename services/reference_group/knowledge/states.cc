#include "services/reference_group/knowledge/states.h"

namespace equity::referencegroup {
namespace {

using I = v1::Item;
using A = ItemAction;

constexpr ItemTransition kTransitions[] = {
    {I::STATE_DRAFT, A::kUpdate, I::STATE_DRAFT},          {I::STATE_DRAFT, A::kSubmit, I::STATE_IN_REVIEW},
    {I::STATE_DRAFT, A::kArchive, I::STATE_ARCHIVED},      {I::STATE_DRAFT, A::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_IN_REVIEW, A::kReturn, I::STATE_DRAFT},      {I::STATE_IN_REVIEW, A::kReject, I::STATE_REJECTED},
    {I::STATE_IN_REVIEW, A::kPublish, I::STATE_PUBLISHED}, {I::STATE_IN_REVIEW, A::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_PUBLISHED, A::kRenew, I::STATE_PUBLISHED},   {I::STATE_PUBLISHED, A::kRevise, I::STATE_DRAFT},
    {I::STATE_PUBLISHED, A::kArchive, I::STATE_ARCHIVED},  {I::STATE_PUBLISHED, A::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_ARCHIVED, A::kRevise, I::STATE_DRAFT},       {I::STATE_ARCHIVED, A::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_REJECTED, A::kRevise, I::STATE_DRAFT},       {I::STATE_REJECTED, A::kArchive, I::STATE_ARCHIVED},
    {I::STATE_REJECTED, A::kWithdraw, I::STATE_WITHDRAWN},
};

}  // namespace

std::optional<ItemState> NextState(ItemState from, ItemAction action) {
  for (const ItemTransition& transition : kTransitions) {
    if (transition.from == from && transition.action == action) return transition.to;
  }
  return std::nullopt;
}

}  // namespace equity::referencegroup
