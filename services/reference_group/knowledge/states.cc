#include "services/reference_group/knowledge/states.h"

namespace equity::referencegroup {
namespace {

using I = v1::Item;

constexpr ItemTransition kItemTransitions[] = {
    {I::STATE_DRAFT, ItemAction::kUpdate, I::STATE_DRAFT},
    {I::STATE_DRAFT, ItemAction::kSubmit, I::STATE_IN_REVIEW},
    {I::STATE_DRAFT, ItemAction::kArchive, I::STATE_ARCHIVED},
    {I::STATE_DRAFT, ItemAction::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_IN_REVIEW, ItemAction::kReturn, I::STATE_DRAFT},
    {I::STATE_IN_REVIEW, ItemAction::kReject, I::STATE_REJECTED},
    {I::STATE_IN_REVIEW, ItemAction::kPublish, I::STATE_PUBLISHED},
    {I::STATE_IN_REVIEW, ItemAction::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_PUBLISHED, ItemAction::kRenew, I::STATE_PUBLISHED},
    {I::STATE_PUBLISHED, ItemAction::kRevise, I::STATE_DRAFT},
    {I::STATE_PUBLISHED, ItemAction::kArchive, I::STATE_ARCHIVED},
    {I::STATE_PUBLISHED, ItemAction::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_ARCHIVED, ItemAction::kRevise, I::STATE_DRAFT},
    {I::STATE_ARCHIVED, ItemAction::kWithdraw, I::STATE_WITHDRAWN},
    {I::STATE_REJECTED, ItemAction::kRevise, I::STATE_DRAFT},
    {I::STATE_REJECTED, ItemAction::kArchive, I::STATE_ARCHIVED},
    {I::STATE_REJECTED, ItemAction::kWithdraw, I::STATE_WITHDRAWN},
};

}  // namespace

std::optional<ItemState> NextState(ItemState from, ItemAction action) {
  for (const ItemTransition& transition : kItemTransitions) {
    if (transition.from == from && transition.action == action) return transition.to;
  }
  return std::nullopt;
}

}  // namespace equity::referencegroup
