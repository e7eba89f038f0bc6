#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConsentsTest : public GroupTest {
 protected:
  client::ConsentsClient Consents(const client::CallOptions& options) { return To<client::ConsentsClient>(options); }
  v1::Item Story(const std::string& consent, v1::Audience audience = v1::AUDIENCE_ICS) {
    v1::Item item = NewItem("Being deaf in a waiting room", "Nobody called my name so that I could see it.");
    item.set_type(v1::Item::TYPE_LIVED_EXPERIENCE);
    item.set_consent(consent);
    item.set_audience(audience);
    return item;
  }
  absl::StatusOr<v1::GetItemResponse> Read(const client::CallOptions& options, const std::string& name) {
    v1::GetItemRequest request;
    request.set_name(name);
    return Knowledge(options).GetItem(request);
  }
  int Hits(const client::CallOptions& options, const std::string& query) {
    v1::SearchItemsRequest request;
    request.set_query(query);
    const auto found = Must(Knowledge(options).SearchItems(request));
    EXPECT_EQ(found.total_size(), found.hits_size());
    return found.hits_size();
  }
  int Listed(const client::CallOptions& options) {
    v1::ListItemsRequest request;
    for (int state = 1; state <= 6; ++state) request.add_states(static_cast<v1::Item::State>(state));
    return Must(Knowledge(options).ListItems(request)).items_size();
  }
};

// Acceptance test 8: gone from get, list, search and export in the same commit; adoptions stay without text.
TEST_F(ConsentsTest, WithdrawnConsentItemIsGoneEverywhereAtOnce) {
  const std::string consent = Consent();
  const std::string item = Publish(Story(consent)).name();
  v1::RecordAdoptionRequest adopt;
  adopt.set_parent(item);
  adopt.set_organisation("organisations/rde");
  adopt.mutable_adoption()->set_plan("plans/waiting-rooms");
  adopt.mutable_adoption()->set_note("We quote her words.");
  Must(Knowledge(Partner("rde")).RecordAdoption(adopt));
  v1::AddCommentRequest comment;
  comment.set_parent(item);
  comment.set_body("Her words: nobody called my name.");
  Must(Moderation(Partner("rde")).AddComment(comment));
  ASSERT_EQ(Hits(Partner("rde"), "waiting room"), 1);
  ASSERT_EQ(Listed(Partner("rde")), 1);

  v1::WithdrawConsentRequest withdraw;
  withdraw.set_name(consent);
  const auto withdrawn = Must(Consents(Group()).WithdrawConsent(withdraw));
  EXPECT_FALSE(withdrawn.consent().live());
  EXPECT_THAT(withdrawn.withdrawn_items(), ElementsAre(item));
  EXPECT_THAT(withdrawn.adopting_plans(), ElementsAre("plans/waiting-rooms"));
  for (const auto& reader : {Partner("rde"), Group(), Central(), As("facilitator"), As("safeguarding")}) {
    EXPECT_EQ(ReasonOf(Read(reader, item)), "NOT_FOUND");
    EXPECT_EQ(Hits(reader, "waiting room deaf"), 0);
    EXPECT_EQ(Listed(reader), 0);
  }
  v1::ListAdoptionsRequest adoptions;
  adoptions.set_parent(item);
  const auto kept = Must(Knowledge(Group()).ListAdoptions(adoptions));
  ASSERT_EQ(kept.adoptions_size(), 1);
  EXPECT_EQ(kept.adoptions(0).plan(), "plans/waiting-rooms");
  EXPECT_EQ(kept.adoptions(0).note(), "");
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rde")).ListAdoptions(adoptions)), "NOT_FOUND");
  // A second time nothing changes.
  const auto again = Must(Consents(Group()).WithdrawConsent(withdraw));
  EXPECT_EQ(again.consent().etag(), withdrawn.consent().etag());
  EXPECT_EQ(again.withdrawn_items_size(), 0);
}

TEST_F(ConsentsTest, NoTableHoldsTheWordsOfAWithdrawnStoryAnyMore) {
  const std::string consent = Consent();
  Publish(Story(consent));
  v1::WithdrawConsentRequest withdraw;
  withdraw.set_name(consent);
  Must(Consents(Group()).WithdrawConsent(withdraw));
  static const sql::Sql kItems{"test.items", "SELECT title || summary || context || topics FROM items"};
  static const sql::Sql kIndex{"test.index", "SELECT count(*) FROM local_search_content"};
  static const sql::Sql kTerms{"test.terms", "SELECT count(*) FROM local_search_data WHERE instr(block, 'deaf') > 0"};
  static const sql::Sql kDays{"test.days",
                              "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'request_day_%'"};
  EXPECT_TRUE(runtime_
                  ->Read([&](sql::ReadTransaction& transaction) {
                    const auto text = [](const sql::Row& row) { return row.Text(0); };
                    EXPECT_THAT(transaction.All(kItems, {}, text), ElementsAre(""));
                    EXPECT_THAT(transaction.All(kIndex, {}, text), ElementsAre("0"));
                    EXPECT_THAT(transaction.All(kTerms, {}, text), ElementsAre("0"));
                    for (const std::string& day : transaction.All(kDays, {}, text)) {
                      const sql::Sql answers{"test.answers", "SELECT answer FROM " + day};
                      for (const std::string& answer : transaction.All(answers, {}, text)) {
                        EXPECT_EQ(answer.find("waiting room"), std::string::npos);
                      }
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  for (const char* words : {"waiting room", "Nobody called", "called"}) EXPECT_THAT(FilesWith(words), IsEmpty());
}

TEST_F(ConsentsTest, LivedExperienceNeedsALiveConsentThatReachesAsFar) {
  const auto publish = [&](const v1::Item& item) {
    v1::CreateItemRequest create;
    *create.mutable_item() = item;
    v1::SubmitItemRequest submit;
    submit.set_name(Must(Knowledge(Group("author")).CreateItem(create)).item().name());
    return ReasonOf(Knowledge(Group("author")).SubmitItem(submit));
  };
  EXPECT_EQ(publish(Story("")), "CONSENT_MISSING");
  EXPECT_EQ(publish(Story(Consent(v1::AUDIENCE_GROUP_ONLY))), "CONSENT_MISSING");
  EXPECT_EQ(publish(Story(Consent(v1::AUDIENCE_GROUP_ONLY), v1::AUDIENCE_GROUP_ONLY)), "OK");
  EXPECT_EQ(publish(Story(Consent())), "OK");
}

TEST_F(ConsentsTest, AConsentEndsByItself) {
  const std::string consent = Consent(v1::AUDIENCE_ICS, "2021-08-01");
  const std::string item = Publish(Story(consent)).name();
  SetNow(LondonTime("2021-08-01 23:30"));
  EXPECT_EQ(ReasonOf(Read(Partner("rde"), item)), "OK");
  SetNow(LondonTime("2021-08-02 00:01"));
  // Gone before anybody swept.
  EXPECT_EQ(ReasonOf(Read(Partner("rde"), item)), "NOT_FOUND");
  EXPECT_EQ(Hits(Group(), "waiting room"), 0);
  Sweep();
  v1::GetConsentRequest get;
  get.set_name(consent);
  EXPECT_TRUE(Must(Consents(Group()).GetConsent(get)).consent().has_withdraw_time());
}

TEST_F(ConsentsTest, ErrorsEachOnce) {
  v1::GiveConsentRequest give;
  give.set_subject(Person("storytellers", 1));
  give.mutable_consent()->set_expire_date("2021-07-19");
  EXPECT_EQ(ReasonOf(Consents(Group()).GiveConsent(give)), "consent.scope,consent.audience,consent.expire_date");
  v1::GetConsentRequest get;
  get.set_name("consents/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(Consents(Group()).GetConsent(get)), "NOT_FOUND");
  v1::WithdrawConsentRequest withdraw;
  withdraw.set_name(get.name());
  EXPECT_EQ(ReasonOf(Consents(Group()).WithdrawConsent(withdraw)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Consents(Partner("rde")).ListConsents({})), "SCOPE_MISSING");
  Consent();
  Consent();
  v1::ListConsentsRequest list;
  list.set_page_size(1);
  const auto page = Must(Consents(Group()).ListConsents(list));
  EXPECT_EQ(page.consents_size(), 1);
  list.set_page_token(page.next_page_token());
  EXPECT_EQ(Must(Consents(Group()).ListConsents(list)).next_page_token(), "");
  list.set_page_token("x");
  EXPECT_EQ(ReasonOf(Consents(Group()).ListConsents(list)), "page_token");
}

}  // namespace
}  // namespace equity::referencegroup
