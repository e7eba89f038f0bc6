// Public challenge cards.
#include "common/page/page.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/plans/plans.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/store/parts.h"
#include "services/benefit_plans/store/plans.h"

namespace equity::benefit_plans {
namespace {

constexpr char kListCards[] = "ListCards|";

// Plans with something to show.
constexpr std::initializer_list<v1::Plan::State> kShown = {v1::Plan::STATE_ACTIVE, v1::Plan::STATE_PAUSED,
                                                           v1::Plan::STATE_CLOSING, v1::Plan::STATE_CLOSED};

v1::Card CardOf(sql::ReadTransaction& transaction, const v1::Plan& plan, const std::string& text, absl::Time now) {
  v1::Card card;
  card.set_name(CardName(ChildId(plan.name())));
  card.set_organisation(absl::StrCat("organisations/", ToAbsl(OrganisationId(plan.name()))));
  card.set_title(plan.title());
  card.set_text(text);
  card.set_scope(plan.scope());
  *card.mutable_places() = plan.places();
  *card.mutable_four_as() = plan.four_as();
  for (const auto& partner : store::ListParts<v1::Partner>(transaction, plan.name())) {
    if (partner.consent_to_name()) card.add_partners(partner.display_name());
  }
  const v1::Plan answer = Answer(transaction, plan, now);
  if (answer.progress().has_day()) card.set_day(answer.progress().day());
  card.set_length_days(answer.progress().length_days());
  card.set_closed(plan.state() == v1::Plan::STATE_CLOSED);
  card.set_next_path(plan.next_path());
  return card;
}

// Nothing for a plan that lapsed meanwhile.
std::optional<v1::Card> Shown(const rpc::Context& context, sql::ReadTransaction& transaction, const store::Card& card) {
  auto plan = store::FindPlanById(transaction, card.plan);
  if (!plan) return std::nullopt;
  Settle(transaction, *plan, context.now());
  for (const v1::Plan::State state : kShown) {
    if (plan->state() == state) return CardOf(transaction, *plan, card.text, context.now());
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<v1::PublishCardResponse> PublishCard(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::PublishCardRequest& request) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.name(), kShown));
  store::PutCard(transaction, ChildId(plan.name()), text::Nfc(request.text()), context.now());
  v1::PublishCardResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::WithdrawCardResponse> WithdrawCard(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::WithdrawCardRequest& request) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.name()));
  store::DeleteCard(transaction, ChildId(plan.name()));
  v1::WithdrawCardResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::GetCardResponse> GetCard(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::GetCardRequest& request) {
  const auto stored = store::FindCard(transaction, Segment(request.name(), 1));
  if (!stored) return status::NotFound();
  auto card = Shown(context, transaction, *stored);
  if (!card) return status::NotFound();
  v1::GetCardResponse response;
  *response.mutable_card() = *std::move(card);
  return response;
}

absl::StatusOr<v1::ListCardsResponse> ListCards(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListCardsRequest& request) {
  ASSIGN_OR_RETURN(const std::string after, page::Key(kListCards, request.page_token()));
  const int size = page::Size(request.page_size());
  auto cards = store::ListCards(transaction, after, size + 1);
  v1::ListCardsResponse response;
  if (static_cast<int>(cards.size()) > size) {
    cards.pop_back();
    response.set_next_page_token(page::Token(kListCards, cards.back().plan));
  }
  for (const store::Card& each : cards) {
    if (auto card = Shown(context, transaction, each)) *response.add_cards() = *std::move(card);
  }
  return response;
}

}  // namespace equity::benefit_plans
