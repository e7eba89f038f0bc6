#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

using I = v1::Item;
using ::testing::ElementsAre;

constexpr char kMissing[] = "knowledge/01890a5d-ac96-774b-bcce-b302099a8057";

class ItemsTest : public GroupTest {
 protected:
  absl::StatusOr<v1::CreateItemResponse> Create(const client::CallOptions& options, const v1::Item& item) {
    v1::CreateItemRequest request;
    *request.mutable_item() = item;
    return Knowledge(options).CreateItem(request);
  }
  absl::StatusOr<v1::GetItemResponse> Read(const client::CallOptions& options, const std::string& name) {
    v1::GetItemRequest request;
    request.set_name(name);
    return Knowledge(options).GetItem(request);
  }
  absl::StatusOr<v1::PublishItemResponse> PublishAs(const std::string& subject, const std::string& name,
                                                    const std::string& review_by = "") {
    v1::PublishItemRequest request;
    request.set_name(name);
    request.set_review_by(review_by);
    return Knowledge(Group(subject)).PublishItem(request);
  }
};

TEST_F(ItemsTest, PublishedByAnotherPersonForAYear) {
  const std::string name = Must(Create(Group("author"), NewItem("Easy read letters"))).item().name();
  v1::SubmitItemRequest submit;
  submit.set_name(name);
  Must(Knowledge(Group("author")).SubmitItem(submit));
  EXPECT_EQ(ReasonOf(PublishAs("author", name)), "SAME_PERSON");
  EXPECT_EQ(ReasonOf(PublishAs("reviewer", name, "2021-07-19")), "review_by");
  const v1::Item item = Must(PublishAs("reviewer", name)).item();
  EXPECT_EQ(item.review_by(), "2022-07-20");
  EXPECT_EQ(item.version(), 1);
  v1::ListItemsRequest overdue;
  overdue.set_only_review_overdue(true);
  EXPECT_EQ(Must(Knowledge(Group()).ListItems(overdue)).items_size(), 0);
  SetNow(LondonTime("2022-07-21 09:00"));
  // It stays where it is, and is marked.
  EXPECT_TRUE(Must(Read(Partner("rde"), name)).item().review_overdue());
  EXPECT_EQ(Must(Knowledge(Group()).ListItems(overdue)).items(0).name(), name);
  v1::RenewItemRequest renew;
  renew.set_name(name);
  renew.set_review_by("2023-01-31");
  EXPECT_EQ(Must(Knowledge(Group()).RenewItem(renew)).item().review_by(), "2023-01-31");
  EXPECT_FALSE(Must(Read(Partner("rde"), name)).item().review_overdue());
}

TEST_F(ItemsTest, WhoMayReadAndWrite) {
  const v1::Item draft = Must(Create(Partner("rde"), NewItem("Ours"))).item();
  EXPECT_EQ(draft.organisation(), "organisations/rde");
  EXPECT_EQ(ReasonOf(Read(Partner("rde"), draft.name())), "OK");
  EXPECT_EQ(ReasonOf(Read(Group(), draft.name())), "OK");
  for (const auto& other : {Partner("rgr"), As("facilitator"), As("analyst")}) {
    EXPECT_EQ(ReasonOf(Read(other, draft.name())), "NOT_FOUND");
  }
  v1::SubmitItemRequest submit;
  submit.set_name(draft.name());
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rgr")).SubmitItem(submit)), "NOT_FOUND");
  Must(Knowledge(Partner("rde")).SubmitItem(submit));
  Must(PublishAs("reviewer", draft.name()));
  EXPECT_EQ(ReasonOf(Read(Partner("rgr"), draft.name())), "OK");
  EXPECT_EQ(ReasonOf(Read(As("analyst"), draft.name())), "OK");
  v1::ReviseItemRequest revise;
  revise.set_name(draft.name());
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rgr")).ReviseItem(revise)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rde")).ReviseItem(revise)), "OK");
  EXPECT_EQ(ReasonOf(Read(Partner("rgr"), draft.name())), "NOT_FOUND");

  v1::Item own = NewItem("For us alone");
  own.set_audience(v1::AUDIENCE_OWN_ORGANISATION);
  own.set_organisation("organisations/rde");
  own = Publish(own);
  EXPECT_EQ(ReasonOf(Read(Partner("rde"), own.name())), "OK");
  EXPECT_EQ(ReasonOf(Read(Partner("rgr"), own.name())), "NOT_FOUND");
  v1::Item group = NewItem("For the group");
  group.set_audience(v1::AUDIENCE_GROUP_ONLY);
  group = Publish(group);
  EXPECT_EQ(ReasonOf(Read(Partner("rde"), group.name())), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Read(Central(), group.name())), "OK");
}

TEST_F(ItemsTest, ErrorsEachOnce) {
  EXPECT_EQ(ReasonOf(Create(Partner("rde"), {})), "item.type,item.title");
  v1::Item item = NewItem("Title");
  item.set_audience(v1::AUDIENCE_OWN_ORGANISATION);
  EXPECT_EQ(ReasonOf(Create(Group(), item)), "item.organisation");
  item.set_organisation("organisations/rgr");
  EXPECT_EQ(ReasonOf(Create(Partner("rde"), item)), "NOT_FOUND");
  // One that named a consent which is not there would be there for nobody.
  item = NewItem("Title");
  item.set_consent("consents/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(Create(Group(), item)), "CONSENT_MISSING");
  const std::string no_consent = item.consent();
  item = Must(Create(Group("author"), NewItem("Title"))).item();
  v1::UpdateItemRequest update;
  update.mutable_item()->set_name(item.name());
  update.mutable_item()->set_consent(no_consent);
  EXPECT_EQ(ReasonOf(Knowledge(Group()).UpdateItem(update)), "CONSENT_MISSING");
  update.Clear();
  update.mutable_item();
  EXPECT_EQ(ReasonOf(Knowledge(Group()).UpdateItem(update)), "item.name");
  update.mutable_item()->set_name(kMissing);
  EXPECT_EQ(ReasonOf(Knowledge(Group()).UpdateItem(update)), "NOT_FOUND");
  update.mutable_item()->set_name(item.name());
  update.mutable_item()->set_etag("77");
  EXPECT_EQ(ReasonOf(Knowledge(Group()).UpdateItem(update)), "ETAG_MISMATCH");
  update.mutable_item()->clear_etag();
  update.mutable_update_mask()->add_paths("state");
  EXPECT_EQ(ReasonOf(Knowledge(Group()).UpdateItem(update)), "update_mask");
  update.mutable_update_mask()->clear_paths();
  update.mutable_update_mask()->add_paths("title");
  EXPECT_EQ(ReasonOf(Knowledge(Group()).UpdateItem(update)), "item.title");
  update.mutable_item()->set_title("Another\ntitle");
  EXPECT_EQ(Must(Knowledge(Group()).UpdateItem(update)).item().title(), "Another\ntitle");
  update.mutable_item()->set_title("Bell \a");
  EXPECT_EQ(ReasonOf(Knowledge(Group()).UpdateItem(update)), "item.title");
  EXPECT_EQ(ReasonOf(Read(Group(), kMissing)), "NOT_FOUND");
  v1::ListItemsRequest list;
  list.set_page_token("x");
  EXPECT_EQ(ReasonOf(Knowledge(Group()).ListItems(list)), "page_token");
  v1::WithdrawItemRequest withdraw;
  withdraw.set_name(item.name());
  EXPECT_EQ(ReasonOf(Knowledge(Group()).WithdrawItem(withdraw)), "reason");
}

TEST_F(ItemsTest, AWithdrawnItemIsGoneAndItsAnswerIsRepeated) {
  const std::string name = Publish(NewItem("Wrong advice")).name();
  v1::WithdrawItemRequest withdraw;
  withdraw.set_name(name);
  withdraw.set_reason(v1::WithdrawItemRequest::REASON_HARM);
  withdraw.set_request_id("01890a5d-ac96-7abc-8def-000000009999");
  const auto first = Must(Knowledge(Group()).WithdrawItem(withdraw));
  EXPECT_EQ(first.item().state(), I::STATE_WITHDRAWN);
  EXPECT_EQ(Must(Knowledge(Group()).WithdrawItem(withdraw)).SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(ReasonOf(Read(Group(), name)), "NOT_FOUND");
  EXPECT_EQ(Changes().back().knowledge_event().state(), changes::v1::KnowledgeEvent::STATE_WITHDRAWN);
}

TEST_F(ItemsTest, AQuestionBecomesAnItemWithoutWhoAskedAndWhoAnswered) {
  const std::string member = AddMember(1);
  const std::string request = Submit("rde").name();
  v1::PromoteToKnowledgeRequest promote;
  promote.set_request(kMissing);
  EXPECT_EQ(ReasonOf(Knowledge(Group()).PromoteToKnowledge(promote)), "request");
  promote.set_request(request);
  EXPECT_EQ(ReasonOf(Knowledge(Group()).PromoteToKnowledge(promote)), "WRONG_STATE");
  const auto answers = Answer(request, member, 2);
  v1::AcceptResponsesRequest accept;
  accept.set_name(request);
  accept.add_responses(answers[1]);
  Must(Advice(Partner("rde")).AcceptResponses(accept));
  const v1::Item item = Must(Knowledge(Group()).PromoteToKnowledge(promote)).item();
  EXPECT_EQ(item.state(), I::STATE_DRAFT);
  EXPECT_EQ(item.type(), I::TYPE_FAQ);
  EXPECT_EQ(item.title(), "How do we reach carers?");
  EXPECT_EQ(item.what_was_done(), "Answer 2");
  EXPECT_EQ(item.request(), request);
  const std::string text = item.Utf8DebugString();
  EXPECT_EQ(text.find("rde"), std::string::npos);
  EXPECT_EQ(text.find(member), std::string::npos);
}

TEST_F(ItemsTest, PlansTakeItemsUp) {
  const v1::Item item = Publish(NewItem("Drop-in checks at the mosque"));
  v1::RecordAdoptionRequest request;
  request.set_parent(item.name());
  request.set_organisation("organisations/rde");
  request.mutable_adoption();
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rde")).RecordAdoption(request)), "adoption.plan");
  request.mutable_adoption()->set_plan("plans/one");
  request.mutable_adoption()->set_note("In three places.");
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rgr")).RecordAdoption(request)), "NOT_FOUND");
  const auto made = Must(Knowledge(Partner("rde")).RecordAdoption(request)).adoption();
  request.mutable_adoption()->set_outcome(v1::Adoption::OUTCOME_HELPED);
  request.mutable_adoption()->set_adapted(true);
  const auto changed = Must(Knowledge(Partner("rde")).RecordAdoption(request)).adoption();
  EXPECT_EQ(changed.name(), made.name());
  EXPECT_EQ(changed.outcome(), v1::Adoption::OUTCOME_HELPED);
  request.set_organisation("organisations/rgr");
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rgr")).RecordAdoption(request)), "NOT_FOUND");

  v1::ListAdoptionsRequest list;
  list.set_parent(item.name());
  EXPECT_EQ(Must(Knowledge(Group()).ListAdoptions(list)).adoptions(0).organisation(), "organisations/rde");
  const auto others = Must(Knowledge(Partner("rgr")).ListAdoptions(list));
  ASSERT_EQ(others.adoptions_size(), 1);
  EXPECT_EQ(others.adoptions(0).organisation(), "");
  list.set_parent(kMissing);
  EXPECT_EQ(ReasonOf(Knowledge(Group()).ListAdoptions(list)), "NOT_FOUND");

  v1::ArchiveItemRequest archive;
  archive.set_name(item.name());
  Must(Knowledge(Group()).ArchiveItem(archive));
  request.set_organisation("organisations/rde");
  request.mutable_adoption()->set_plan("plans/two");
  EXPECT_EQ(ReasonOf(Knowledge(Central()).RecordAdoption(request)), "NOT_PUBLISHED");
  EXPECT_TRUE(Changes().back().has_knowledge_event());
}

}  // namespace
}  // namespace equity::referencegroup
