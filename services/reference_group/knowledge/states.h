// What can be done with an item in which state: the table of README.md. Pure.
#pragma once

#include <optional>

#include "equity/referencegroup/v1/knowledge.pb.h"

namespace equity::referencegroup {

using ItemState = v1::Item::State;

enum class ItemAction { kUpdate, kSubmit, kReturn, kReject, kPublish, kRenew, kRevise, kArchive, kWithdraw };

struct ItemTransition {
  ItemState from;
  ItemAction action;
  ItemState to;
};

// The state that the action leads to; nothing where it is forbidden.
std::optional<ItemState> NextState(ItemState from, ItemAction action);

}  // namespace equity::referencegroup
