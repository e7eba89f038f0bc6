// How an item goes from one state to the next, and what follows from it: the index, the change feed, erasure.
#include "services/reference_group/errors.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/names.h"
#include "services/reference_group/search/index.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

using I = v1::Item;

void EmitItem(rpc::WriteContext& context, const store::Item& item, ItemState previous) {
  using State = changes::v1::KnowledgeEvent::State;
  changes::v1::Change change;
  // What is not for everybody is told to the organisation that it comes from.
  const bool for_all = item.message.state() == I::STATE_PUBLISHED && item.message.audience() == v1::AUDIENCE_ICS;
  if (!for_all) change.set_organisation(item.message.organisation());
  changes::v1::KnowledgeEvent& event = *change.mutable_knowledge_event();
  event.set_item(item.message.name());
  event.set_previous_state(static_cast<State>(previous));
  event.set_state(static_cast<State>(item.message.state()));
  event.set_version(item.message.version());
  if (item.message.state() == I::STATE_PUBLISHED) event.set_review_by(item.message.review_by());
  context.Emit(std::move(change));
}

search::Document DocumentOf(const store::Item& item) {
  const v1::Item& m = item.message;
  return {.number = item.number,
          .title = m.title(),
          .summary = m.summary(),
          .body = absl::StrCat(m.context(), "\n", m.what_was_done(), "\n", m.what_changed(), "\n",
                               m.what_did_not_work(), "\n", m.transferability(), "\n", List(m.topics(), " "))};
}

void Erase(sql::Transaction& transaction, store::Item& item) {
  v1::Item& m = item.message;
  for (std::string* text : {m.mutable_title(), m.mutable_summary(), m.mutable_context(), m.mutable_what_was_done(),
                            m.mutable_what_changed(), m.mutable_what_did_not_work(), m.mutable_transferability()}) {
    text->clear();
  }
  m.clear_topics();
  store::EraseWordsAbout(transaction, item.number);
}

}  // namespace

void Begin(rpc::WriteContext& context, sql::Transaction& transaction, store::Item& item) {
  item.id = context.NewId();
  item.message.set_name(Name(kKnowledge, item.id));
  item.message.set_state(I::STATE_DRAFT);
  if (item.message.audience() == v1::AUDIENCE_UNSPECIFIED) item.message.set_audience(v1::AUDIENCE_GROUP_ONLY);
  item.author = ActorKey(context);
  item.create_time = item.update_time = Stored(context.now());
  item.message.set_etag("1");
  store::InsertItem(transaction, item);
  context.SetResource(item.message.name());
  EmitItem(context, item, I::STATE_UNSPECIFIED);
}

absl::Status Enter(rpc::WriteContext& context, sql::Transaction& transaction, store::Item& item, ItemAction action) {
  const ItemState previous = item.message.state();
  const auto next = NextState(previous, action);
  if (!next) return errors::WrongState(I::State_Name(previous));
  item.message.set_state(*next);
  item.update_time = Stored(context.now());
  if (previous == I::STATE_PUBLISHED) search::Remove(transaction, item.number);
  if (*next == I::STATE_WITHDRAWN) Erase(transaction, item);
  if (*next == I::STATE_WITHDRAWN || action == ItemAction::kUpdate) transaction.ForgetTrace();
  if (*next != I::STATE_PUBLISHED) item.message.clear_review_by();
  store::UpdateItem(transaction, item);
  if (*next == I::STATE_PUBLISHED) search::Add(transaction, DocumentOf(item));
  if (*next == I::STATE_WITHDRAWN) search::Purge(transaction);
  if (action != ItemAction::kUpdate) EmitItem(context, item, previous);
  return absl::OkStatus();
}

Withdrawn WithdrawItemsOf(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view consent) {
  Withdrawn gone;
  for (store::Item& item : store::ItemsOfConsent(transaction, consent)) {
    for (std::string& plan : store::AdoptingPlans(transaction, item.number)) gone.plans.push_back(std::move(plan));
    gone.items.push_back(item.message.name());
    // Allowed in every state but the last, and those are not among them.
    (void)Enter(context, transaction, item, ItemAction::kWithdraw);
  }
  return gone;
}

}  // namespace equity::referencegroup
