#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

using F = v1::Flag;
using ::testing::ElementsAre;

class ModerationTest : public GroupTest {
 protected:
  absl::StatusOr<v1::AddCommentResponse> Comment(const client::CallOptions& options, const std::string& body) {
    v1::AddCommentRequest request;
    request.set_parent(item_);
    request.set_body(body);
    return Moderation(options).AddComment(request);
  }
  absl::StatusOr<v1::FlagContentResponse> FlagIt(const client::CallOptions& options, const std::string& target,
                                                 F::Reason reason) {
    v1::FlagContentRequest request;
    request.set_target(target);
    request.set_reason(reason);
    return Moderation(options).FlagContent(request);
  }
  absl::StatusOr<v1::DecideFlagResponse> Decide(const std::string& subject, const std::string& flag, F::Action action) {
    v1::DecideFlagRequest request;
    request.set_name(flag);
    request.set_action(action);
    request.set_note("Looked at.");
    return Moderation(Group(subject)).DecideFlag(request);
  }
  absl::StatusOr<v1::AppealFlagResponse> AppealIt(const client::CallOptions& options, const std::string& flag) {
    v1::AppealFlagRequest request;
    request.set_name(flag);
    request.set_note("That is not so.");
    return Moderation(options).AppealFlag(request);
  }
  absl::StatusOr<v1::DecideAppealResponse> DecideIt(const std::string& subject, const std::string& flag,
                                                    bool overturn) {
    v1::DecideAppealRequest request;
    request.set_name(flag);
    request.set_overturn(overturn);
    request.set_note("Looked at again.");
    return Moderation(Group(subject)).DecideAppeal(request);
  }
  v1::ListCommentsResponse Comments(const client::CallOptions& options) {
    v1::ListCommentsRequest request;
    request.set_parent(item_);
    return Must(Moderation(options).ListComments(request));
  }
  const std::string item_ = Publish(NewItem("Walking groups")).name();
};

TEST_F(ModerationTest, CommentsTellAuthorsApartUnderOneItem) {
  const std::string first = Must(Comment(Partner("rde"), "We tried.")).comment().name();
  Must(Comment(Partner("rgr"), "So did we."));
  Must(Comment(Partner("rde"), "It worked."));
  const auto comments = Comments(As("analyst"));
  ASSERT_EQ(comments.comments_size(), 3);
  EXPECT_EQ(comments.comments(0).author(), "Contributor 1");
  EXPECT_EQ(comments.comments(1).author(), "Contributor 2");
  EXPECT_EQ(comments.comments(2).author(), "Contributor 1");
  EXPECT_EQ(comments.Utf8DebugString().find("rde"), std::string::npos);

  v1::UpdateCommentRequest update;
  update.mutable_comment();
  EXPECT_EQ(ReasonOf(Moderation(Partner("rde")).UpdateComment(update)), "comment.name,comment.body");
  update.mutable_comment()->set_name(first);
  update.mutable_comment()->set_body("We tried twice.");
  EXPECT_EQ(ReasonOf(Moderation(Partner("rgr")).UpdateComment(update)), "NOT_AUTHOR");
  update.mutable_comment()->set_etag("5");
  EXPECT_EQ(ReasonOf(Moderation(Partner("rde")).UpdateComment(update)), "ETAG_MISMATCH");
  update.mutable_comment()->set_etag("1");
  EXPECT_EQ(Must(Moderation(Partner("rde")).UpdateComment(update)).comment().body(), "We tried twice.");
  update.mutable_update_mask()->add_paths("author");
  EXPECT_EQ(ReasonOf(Moderation(Partner("rde")).UpdateComment(update)), "update_mask");
  v1::DeleteCommentRequest remove;
  remove.set_name(first);
  EXPECT_EQ(ReasonOf(Moderation(Partner("rgr")).DeleteComment(remove)), "NOT_AUTHOR");
  EXPECT_EQ(ReasonOf(Moderation(Partner("rde")).DeleteComment(remove)), "OK");
  EXPECT_EQ(ReasonOf(Moderation(Partner("rde")).DeleteComment(remove)), "NOT_FOUND");
  EXPECT_TRUE(FilesWith("We tried").empty());
  const auto left = Comments(As("analyst"));
  ASSERT_EQ(left.comments_size(), 2);
  EXPECT_EQ(left.comments(0).author(), "Contributor 2");  // nobody's number changes
  v1::ListCommentsRequest list;
  list.set_parent("knowledge/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(Moderation(Group()).ListComments(list)), "NOT_FOUND");
}

TEST_F(ModerationTest, PrivacyAndSafeguardingHideAtOnceAndNothingElseDoes) {
  const auto visible = [&] {
    v1::GetItemRequest get;
    get.set_name(item_);
    return Knowledge(Partner("rde")).GetItem(get).ok();
  };
  for (const auto reason :
       {F::REASON_OFFENSIVE, F::REASON_INACCURATE, F::REASON_OFF_TOPIC, F::REASON_CONSENT, F::REASON_OTHER}) {
    EXPECT_FALSE(Must(FlagIt(Partner("rgr"), item_, reason)).flag().hidden_by_rule());
    EXPECT_TRUE(visible());
  }
  const v1::Flag flag = Must(FlagIt(Partner("rgr"), item_, F::REASON_SAFEGUARDING)).flag();
  EXPECT_TRUE(flag.hidden_by_rule());
  EXPECT_FALSE(visible());
  v1::SearchItemsRequest search;
  search.set_query("walking");
  EXPECT_EQ(Must(Knowledge(Partner("rde")).SearchItems(search)).total_size(), 0);
  EXPECT_EQ(Must(Knowledge(Group()).SearchItems(search)).total_size(), 1);
  // Two flags: while one stands undecided, it stays hidden.
  Must(FlagIt(Group("finder"), item_, F::REASON_PRIVACY));
  Must(Decide("first", flag.name(), F::ACTION_UNSPECIFIED));
  EXPECT_FALSE(visible());
}

TEST_F(ModerationTest, ADecisionAnAppealAndAReversal) {
  const std::string comment = Must(Comment(Partner("rde"), "That family again.")).comment().name();
  const std::string flag = Must(FlagIt(Partner("rgr"), comment, F::REASON_PRIVACY)).flag().name();
  EXPECT_TRUE(Comments(As("analyst")).comments(0).hidden());
  EXPECT_EQ(Comments(As("analyst")).comments(0).body(), "");
  EXPECT_EQ(Comments(Group()).comments(0).body(), "That family again.");
  EXPECT_EQ(ReasonOf(AppealIt(Partner("rde"), flag)), "WRONG_STATE");
  EXPECT_EQ(ReasonOf(DecideIt("second", flag, true)), "WRONG_STATE");
  EXPECT_EQ(Must(Decide("first", flag, F::ACTION_HIDE)).flag().state(), F::STATE_UPHELD);
  EXPECT_EQ(ReasonOf(Decide("second", flag, F::ACTION_HIDE)), "WRONG_STATE");
  EXPECT_EQ(ReasonOf(AppealIt(Partner("third-party"), flag)), "NOT_FOUND");
  EXPECT_EQ(Must(AppealIt(Partner("rde"), flag)).flag().state(), F::STATE_APPEALED);
  EXPECT_TRUE(Comments(As("analyst")).comments(0).hidden());  // the decision holds meanwhile
  EXPECT_EQ(ReasonOf(DecideIt("first", flag, true)), "SAME_PERSON");
  const v1::Flag overturned = Must(DecideIt("second", flag, true)).flag();
  EXPECT_EQ(overturned.state(), F::STATE_OVERTURNED);
  EXPECT_EQ(overturned.appeal_decision_note(), "Looked at again.");
  EXPECT_EQ(Comments(As("analyst")).comments(0).body(), "That family again.");
  std::vector<changes::v1::FlagEvent::State> states;
  for (const auto& change : Changes()) {
    if (change.has_flag_event()) states.push_back(change.flag_event().state());
  }
  using E = changes::v1::FlagEvent;
  EXPECT_THAT(states, ElementsAre(E::STATE_OPEN, E::STATE_UPHELD, E::STATE_APPEALED, E::STATE_OVERTURNED));
}

TEST_F(ModerationTest, ADismissalRestoresAndMayBeAppealedAgainstToo) {
  const std::string flag = Must(FlagIt(Partner("rgr"), item_, F::REASON_PRIVACY)).flag().name();
  Must(Decide("first", flag, F::ACTION_UNSPECIFIED));
  v1::GetItemRequest get;
  get.set_name(item_);
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rde")).GetItem(get)), "OK");
  Must(AppealIt(Partner("rgr"), flag));
  EXPECT_EQ(Must(DecideIt("second", flag, false)).flag().state(), F::STATE_CONFIRMED);
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rde")).GetItem(get)), "OK");
  const std::string other = Must(FlagIt(Partner("rgr"), item_, F::REASON_INACCURATE)).flag().name();
  Must(Decide("first", other, F::ACTION_UNSPECIFIED));
  Must(AppealIt(Partner("rgr"), other));
  Must(DecideIt("second", other, true));
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rde")).GetItem(get)), "NOT_FOUND");
}

TEST_F(ModerationTest, NobodyDecidesAboutTheirOwn) {
  const std::string flag = Must(FlagIt(Group("finder"), item_, F::REASON_OFFENSIVE)).flag().name();
  EXPECT_EQ(ReasonOf(Decide("author", flag, F::ACTION_WARN)), "SAME_PERSON");
  EXPECT_EQ(ReasonOf(Decide("finder", flag, F::ACTION_WARN)), "SAME_PERSON");
  EXPECT_EQ(ReasonOf(Decide("first", flag, F::ACTION_WARN)), "OK");
  v1::GetItemRequest get;
  get.set_name(item_);
  EXPECT_EQ(ReasonOf(Knowledge(Partner("rde")).GetItem(get)), "OK");
}

TEST_F(ModerationTest, QuestionsAndWhatWasSaidCanBeFlagged) {
  const std::string request = Submit("rde", "For all", v1::AUDIENCE_ICS).name();
  const std::string answer = Answer(request, AddMember(1))[0];
  const auto read = [&](const client::CallOptions& options) {
    v1::GetRequestRequest get;
    get.set_name(request);
    return Advice(options).GetRequest(get);
  };
  Must(FlagIt(Partner("rgr"), answer, F::REASON_PRIVACY));
  EXPECT_EQ(Must(read(Partner("rgr"))).request().contributions(0).body(), "");
  EXPECT_EQ(Must(read(Group())).request().contributions(0).body(), "Answer 1");
  Must(FlagIt(Partner("rgr"), request, F::REASON_SAFEGUARDING));
  EXPECT_EQ(ReasonOf(read(Partner("rgr"))), "NOT_FOUND");
  EXPECT_TRUE(Must(read(Group())).request().hidden());
  for (const std::string& nothing : {std::string("organisations/rde"), std::string("x"),
                                     request + "/contributions/01890a5d-ac96-774b-bcce-b302099a8057",
                                     item_ + "/comments/01890a5d-ac96-774b-bcce-b302099a8057",
                                     std::string("advice/01890a5d-ac96-774b-bcce-b302099a8057"),
                                     std::string("knowledge/01890a5d-ac96-774b-bcce-b302099a8057")}) {
    EXPECT_EQ(ReasonOf(FlagIt(Group(), nothing, F::REASON_OTHER)), "NOT_FOUND") << nothing;
  }
  v1::ListFlagsRequest list;
  list.add_states(F::STATE_OPEN);
  EXPECT_EQ(Must(Moderation(Group()).ListFlags(list)).flags_size(), 2);
  list.set_page_size(1);
  list.set_page_token(Must(Moderation(Group()).ListFlags(list)).next_page_token());
  EXPECT_EQ(Must(Moderation(Group()).ListFlags(list)).flags_size(), 1);
  const std::string missing = "flags/01890a5d-ac96-774b-bcce-b302099a8057";
  EXPECT_EQ(ReasonOf(Decide("first", missing, F::ACTION_WARN)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(AppealIt(Group(), missing)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(DecideIt("first", missing, true)), "NOT_FOUND");
}

}  // namespace
}  // namespace equity::referencegroup
