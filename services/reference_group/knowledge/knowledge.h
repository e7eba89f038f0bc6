// Handlers of KnowledgeService but the search, and what withdraws items.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/referencegroup/v1/knowledge.pb.h"
#include "services/reference_group/knowledge/states.h"
#include "services/reference_group/knowledge/store.h"

namespace equity::referencegroup {

#define EQUITY_ITEM_WRITE_(Rpc)                                                                    \
  absl::StatusOr<v1::Rpc##Response> Rpc(rpc::WriteContext& context, sql::Transaction& transaction, \
                                        const v1::Rpc##Request& request);
#define EQUITY_ITEM_READ_(Rpc)                                                                          \
  absl::StatusOr<v1::Rpc##Response> Rpc(const rpc::Context& context, sql::ReadTransaction& transaction, \
                                        const v1::Rpc##Request& request);
EQUITY_ITEM_WRITE_(CreateItem)
EQUITY_ITEM_READ_(GetItem)
EQUITY_ITEM_READ_(ListItems)
EQUITY_ITEM_WRITE_(UpdateItem)
EQUITY_ITEM_WRITE_(SubmitItem)
EQUITY_ITEM_WRITE_(ReturnItem)
EQUITY_ITEM_WRITE_(RejectItem)
EQUITY_ITEM_WRITE_(PublishItem)
EQUITY_ITEM_WRITE_(RenewItem)
EQUITY_ITEM_WRITE_(ReviseItem)
EQUITY_ITEM_WRITE_(ArchiveItem)
EQUITY_ITEM_WRITE_(WithdrawItem)
EQUITY_ITEM_WRITE_(PromoteToKnowledge)
EQUITY_ITEM_WRITE_(RecordAdoption)
EQUITY_ITEM_READ_(ListAdoptions)
#undef EQUITY_ITEM_WRITE_
#undef EQUITY_ITEM_READ_

// The item as it is shown to whoever may read it.
v1::Item ViewOf(const rpc::Context& context, const store::Item& item);
// The item, where the caller may read it. NOT_FOUND alike for what is missing, withdrawn, or for others.
absl::StatusOr<store::Item> ReadableItem(const rpc::Context& context, sql::ReadTransaction& transaction,
                                         std::string_view name);

// Stores a new item as a draft of the account that calls.
void Begin(rpc::WriteContext& context, sql::Transaction& transaction, store::Item& item);
// The way from one state to another, with index and change feed; stores the item. WRONG_STATE where the table forbids
// it.
absl::Status Enter(rpc::WriteContext& context, sql::Transaction& transaction, store::Item& item, ItemAction action);

// What is gone when a consent is.
struct Withdrawn {
  std::vector<std::string> items;  // names
  std::vector<std::string> plans;
};
// Takes away everything that rests on a consent, whatever its state.
Withdrawn WithdrawItemsOf(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view consent);

template <class Response>
absl::Status RefillItem(const rpc::Context& context, sql::ReadTransaction& transaction, Response& response) {
  auto item = ReadableItem(context, transaction, response.item().name());
  if (!item.ok()) return item.status();
  *response.mutable_item() = ViewOf(context, *item);
  return absl::OkStatus();
}
absl::Status RefillAdoption(const rpc::Context& context, sql::ReadTransaction& transaction,
                            v1::RecordAdoptionResponse& response);

}  // namespace equity::referencegroup
