#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CardsTest : public ServerTest {
 protected:
  absl::StatusOr<v1::PublishCardResponse> Publish(const std::string& plan, bool consent = true) {
    v1::PublishCardRequest request;
    request.set_name(plan);
    request.set_text("Warm homes for all");
    request.set_consent(consent);
    return cards_->PublishCard(request);
  }
  std::vector<v1::Card> Cards(int page_size = 0) {
    v1::ListCardsRequest request;
    request.set_page_size(page_size);
    std::vector<v1::Card> cards;
    const absl::Status status = anyone().ForEachCard(request, [&](const v1::Card& card) {
      cards.push_back(card);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return cards;
  }
  client::CardsClient anyone() { return client::CardsClient(channel_); }
};

TEST_F(CardsTest, ACardSaysWhatAnyoneMayKnow) {
  const Ready ready = NewStarted();
  const std::string named = AddPartner(ready.plan, true);
  EXPECT_TRUE(Must(Publish(ready.plan)).plan().card_published());
  SetDay("2021-08-15");
  ASSERT_EQ(Cards().size(), 1u);
  const v1::Card card = Cards()[0];
  EXPECT_EQ(card.organisation(), "organisations/rde");
  EXPECT_EQ(card.text(), "Warm homes for all");
  EXPECT_EQ(card.day(), 3);
  EXPECT_THAT(card.partners(), ElementsAre("Friends of the Estate"));  // of two, the one that agreed
  // Nobody is named in it.
  EXPECT_EQ(card.ShortDebugString().find("participants/"), std::string::npos);
  v1::UpdatePartnerRequest update;
  update.mutable_partner()->set_name(named);
  update.mutable_update_mask()->add_paths("consent_to_name");
  Must(community_->UpdatePartner(update));
  EXPECT_THAT(Cards()[0].partners(), IsEmpty());
}

TEST_F(CardsTest, NoCardWithoutConsentNorBeforeTheStart) {
  EXPECT_EQ(ReasonOf(Publish(NewPlan())), "PLAN_STATE");
  const Ready ready = NewStarted();
  EXPECT_THAT(FieldsOf(Publish(ready.plan, false).status()), ElementsAre("consent"));
  EXPECT_THAT(Cards(), IsEmpty());
}

TEST_F(CardsTest, AWithdrawnOrLapsedPlanShowsNone) {
  const Ready withdrawn = NewStarted();
  Must(Publish(withdrawn.plan));
  Must(Withdraw(withdrawn.plan));
  EXPECT_THAT(Cards(), IsEmpty());
  const Ready lapsed = NewStarted();
  Must(Publish(lapsed.plan));
  SetDay("2021-12-10");
  EXPECT_THAT(Cards(), IsEmpty());
}

TEST_F(CardsTest, ListsArePaged) {
  for (int i = 0; i < 3; ++i) Must(Publish(NewStarted().plan));
  EXPECT_EQ(Cards(1).size(), 3u);
  v1::ListCardsRequest request;
  request.set_page_token("nonsense");
  EXPECT_EQ(ReasonOf(anyone().ListCards(request)), "INVALID_FIELDS");
}

}  // namespace
}  // namespace equity::benefit_plans
