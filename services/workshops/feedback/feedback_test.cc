// Feedback: from who came, once each, leading back to nobody, and shown when enough of it is there and no more can
// come.
#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "services/workshops/testing/delivery.h"

namespace equity::workshops {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Summary = v1::FeedbackSummary;

class FeedbackTest : public DeliveryTest {
 protected:
  // People 1 to `count` of the organisation came.
  void Came(int count, const std::string& organisation = "rde") {
    SetNow(London("2021-07-20 09:00"));
    for (int i = 1; i <= count; ++i) Booked(Person(organisation, i), session_);
    SetNow(London("2021-08-12 12:00"));
    for (int i = 1; i <= count; ++i) Record(Person(organisation, i), true);
  }
  v1::GiveFeedbackRequest RequestOf(int person, int rating, const std::string& comment = "", bool may_quote = false) {
    v1::GiveFeedbackRequest request;
    request.set_participant(Person("rde", person));
    request.set_session(session_);
    request.set_secret(Secret(person));
    request.set_rating(rating);
    request.set_comment(comment);
    request.set_may_quote(may_quote);
    return request;
  }
  absl::StatusOr<v1::GiveFeedbackResponse> Give(const v1::GiveFeedbackRequest& request) {
    return Feedback(rde_).GiveFeedback(request);
  }
  Summary SummaryAs(const client::CallOptions& who) {
    v1::GetFeedbackSummaryRequest request;
    request.set_session(session_);
    return Must(Feedback(who).GetFeedbackSummary(request)).summary();
  }
  std::vector<std::string> CommentsAs(const client::CallOptions& who, int page_size = 0) {
    v1::ListFeedbackCommentsRequest request;
    request.set_parent(session_);
    request.set_page_size(page_size);
    std::vector<std::string> comments;
    const absl::Status status =
        Feedback(who).ForEachFeedbackComment(std::move(request), [&](const v1::FeedbackComment& each) {
          comments.push_back(each.comment());
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return comments;
  }
  void CloseWindow() { SetNow(London("2021-08-27 00:00")); }
  std::vector<changes::v1::FeedbackEvent> Events() {
    std::vector<changes::v1::FeedbackEvent> events;
    for (const auto& change : Changes()) {
      if (!change.has_feedback_event()) continue;
      EXPECT_TRUE(change.restricted()) << "a partner could take the answers of its own people away";
      events.push_back(change.feedback_event());
    }
    return events;
  }
};

TEST_F(FeedbackTest, FromWhoCameAndOncePerPerson) {
  Booked(Person("rde", 3), session_);
  Booked(Person("rde", 4), session_);
  Came(2);
  Record(Person("rde", 4), false);
  const auto first = Must(Give(RequestOf(1, 5)));
  EXPECT_FALSE(first.replaced());
  EXPECT_EQ(first.close_time().seconds(), absl::ToUnixSeconds(London("2021-08-27 00:00")));
  EXPECT_EQ(WhyOf(Give(RequestOf(3, 5))), "NOT_ATTENDED") << "nobody said that this person came";
  EXPECT_EQ(WhyOf(Give(RequestOf(4, 5))), "NOT_ATTENDED") << "was absent";
  EXPECT_EQ(WhyOf(Give(RequestOf(5, 5))), "NOT_ATTENDED") << "had no place";

  v1::GiveFeedbackRequest again = RequestOf(1, 2);
  EXPECT_TRUE(Must(Give(again)).replaced());
  again.set_secret(Secret(77));
  EXPECT_EQ(WhyOf(Give(again)), "FEEDBACK_GIVEN");
  v1::GiveFeedbackRequest taken = RequestOf(2, 4);
  taken.set_secret(Secret(1));
  EXPECT_EQ(WhyOf(Give(taken)), "FEEDBACK_SECRET_USED");
  EXPECT_THAT(Column("SELECT rating FROM feedback_answers"), ElementsAre("2"));
}

TEST_F(FeedbackTest, AnotherOrganisationCannotAnswerForSomebodyElsesStaff) {
  Came(1);
  const client::CallOptions other = As("partner", "rgr");
  EXPECT_EQ(WhyOf(Feedback(other).GiveFeedback(RequestOf(1, 1))), "NOT_FOUND");
  v1::GiveFeedbackRequest disguised = RequestOf(1, 1);
  disguised.set_participant("organisations/rgr/" + Person("rde", 1).substr(strlen("organisations/rde/")));
  EXPECT_EQ(WhyOf(Feedback(other).GiveFeedback(disguised)), "NOT_ATTENDED");
}

TEST_F(FeedbackTest, RefusalsSayWhatIsWrong) {
  Came(1);
  EXPECT_EQ(WhyOf(Give(RequestOf(1, 0))), "rating");
  EXPECT_EQ(WhyOf(Give(RequestOf(1, 6))), "rating");
  v1::GiveFeedbackRequest request = RequestOf(1, 5);
  request.set_secret("my birthday");
  EXPECT_EQ(WhyOf(Give(request)), "secret");
  request = RequestOf(1, 5);
  request.set_session(std::string(kWorkshop) + "/sessions/2021-08-18-0900");
  EXPECT_EQ(WhyOf(Give(request)), "NOT_FOUND");
  v1::GetFeedbackSummaryRequest missing;
  missing.set_session(request.session());
  EXPECT_EQ(WhyOf(Feedback(team_).GetFeedbackSummary(missing)), "NOT_FOUND");
  v1::ListFeedbackCommentsRequest comments;
  comments.set_parent(request.session());
  EXPECT_EQ(WhyOf(Feedback(team_).ListFeedbackComments(comments)), "NOT_FOUND");
  comments.set_parent(session_);
  comments.set_page_token("nonsense");
  EXPECT_EQ(WhyOf(Feedback(team_).ListFeedbackComments(comments)), "page_token");
  v1::WithdrawQuoteRequest withdraw;
  withdraw.set_session(request.session());
  withdraw.set_secret(Secret(1));
  EXPECT_EQ(WhyOf(Feedback(rde_).WithdrawQuote(withdraw)), "NOT_FOUND");
  withdraw.set_session(session_);
  EXPECT_EQ(WhyOf(Feedback(rde_).WithdrawQuote(withdraw)), "NOT_FOUND") << "no answer has this secret";

  const std::string fallen = AddSession("2021-08-20", "09:00", 5);
  v1::CancelSessionRequest cancel;
  cancel.set_name(fallen);
  cancel.set_request_id(NewId());
  Must(Call(*sessions_, &v1::SessionService::Stub::CancelSession, cancel));
  request.set_session(fallen);
  EXPECT_EQ(WhyOf(Give(request)), "SESSION_CANCELLED");
  CloseWindow();
  EXPECT_EQ(WhyOf(Give(RequestOf(1, 5))), "FEEDBACK_CLOSED");
  EXPECT_EQ(WhyOf(Feedback(As("analyst")).GiveFeedback(RequestOf(1, 5))), "SCOPE_MISSING");
}

TEST_F(FeedbackTest, NobodyCanWatchAnswersArrive) {
  Came(9);
  const std::string before = SummaryAs(team_).SerializeAsString();
  const size_t changes = Changes().size();
  for (int i = 1; i <= 9; ++i) {
    Must(Give(RequestOf(i, i == 9 ? 1 : 5, absl::StrCat("It was good, says ", i), true)));
    EXPECT_EQ(SummaryAs(team_).SerializeAsString(), before) << i;
    EXPECT_THAT(CommentsAs(team_), IsEmpty());
  }
  EXPECT_THAT(Changes(), SizeIs(changes));
  EXPECT_EQ(SummaryAs(team_).status(), Summary::STATUS_COLLECTING);
  EXPECT_FALSE(SummaryAs(team_).has_answers());
  Sweep();
  EXPECT_THAT(Events(), IsEmpty());

  CloseWindow();
  const Summary shown = SummaryAs(As("analyst"));
  EXPECT_EQ(shown.status(), Summary::STATUS_SHOWN);
  EXPECT_EQ(shown.answers(), 9);
  EXPECT_THAT(shown.rating_counts(), ElementsAre(1, 0, 0, 0, 8));
  EXPECT_NEAR(shown.mean_rating(), 41.0 / 9, 1e-9);
  EXPECT_FALSE(shown.has_would_recommend()) << "fewer than 8 said something about it";
  Sweep();
  Sweep();
  ASSERT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Events()[0].session(), session_);
  EXPECT_FALSE(Events()[0].hidden());
  EXPECT_EQ(Events()[0].answers(), 9);
  EXPECT_THAT(Events()[0].rating_counts(), ElementsAre(1, 0, 0, 0, 8));
  // Who knows some of the answers gets no sum of all.
  v1::GetFeedbackSummaryRequest request;
  request.set_session(session_);
  EXPECT_EQ(WhyOf(Feedback(rde_).GetFeedbackSummary(request)), "SCOPE_MISSING");
  EXPECT_EQ(SummaryAs(As("analyst")).SerializeAsString(), shown.SerializeAsString());
}

TEST_F(FeedbackTest, FewerThanEightAreHiddenAndNever0) {
  Came(8);
  for (int i = 1; i <= 7; ++i) Must(Give(RequestOf(i, 5, "Quote me", true)));
  CloseWindow();
  const Summary hidden = SummaryAs(team_);
  EXPECT_EQ(hidden.status(), Summary::STATUS_HIDDEN);
  EXPECT_FALSE(hidden.has_answers());
  EXPECT_FALSE(hidden.has_mean_rating());
  EXPECT_THAT(hidden.rating_counts(), IsEmpty());
  EXPECT_THAT(CommentsAs(team_), IsEmpty());
  Sweep();
  ASSERT_THAT(Events(), SizeIs(1));
  EXPECT_TRUE(Events()[0].hidden());
  EXPECT_FALSE(Events()[0].has_answers());
  EXPECT_THAT(Events()[0].rating_counts(), IsEmpty());
  // With none at all it looks the same, in the summary and in the feed.
  SetNow(London("2021-08-01 09:00"));
  v1::GetFeedbackSummaryRequest request;
  request.set_session(AddSession("2021-08-13", "09:00", 5));
  v1::CancelSessionRequest cancel;
  cancel.set_name(AddSession("2021-08-13", "13:00", 5));
  cancel.set_request_id(NewId());
  Must(Call(*sessions_, &v1::SessionService::Stub::CancelSession, cancel));
  SetNow(London("2021-08-27 23:59"));
  Sweep();
  EXPECT_THAT(Events(), SizeIs(1));
  SetNow(London("2021-08-28 00:00"));
  Sweep();
  Sweep();
  ASSERT_THAT(Events(), SizeIs(2)) << "none for what never took any";
  changes::v1::FeedbackEvent of_none = Events()[1];
  EXPECT_EQ(of_none.session(), request.session());
  of_none.set_session(session_);
  EXPECT_EQ(of_none.SerializeAsString(), Events()[0].SerializeAsString());
  Summary none = Must(Feedback(team_).GetFeedbackSummary(request)).summary();
  none.set_session(hidden.session());
  *none.mutable_close_time() = hidden.close_time();
  EXPECT_EQ(none.SerializeAsString(), hidden.SerializeAsString());
}

TEST_F(FeedbackTest, EightAreShownWithWhatTheyWouldRecommend) {
  Came(8);
  for (int i = 1; i <= 8; ++i) {
    v1::GiveFeedbackRequest request = RequestOf(i, 4);
    request.set_recommend(i == 8 ? v1::GiveFeedbackRequest::RECOMMEND_NO : v1::GiveFeedbackRequest::RECOMMEND_YES);
    Must(Give(request));
  }
  CloseWindow();
  const Summary shown = SummaryAs(As("facilitator"));
  EXPECT_EQ(shown.status(), Summary::STATUS_SHOWN);
  EXPECT_EQ(shown.mean_rating(), 4);
  EXPECT_EQ(shown.would_recommend(), 7);
  EXPECT_EQ(shown.would_not_recommend(), 1);
}

TEST_F(FeedbackTest, CommentsAreQuotedWithConsentOnly) {
  Came(8);
  for (int i = 1; i <= 8; ++i)
    Must(Give(RequestOf(i, 4, absl::StrCat(i % 2 == 0 ? "Quote " : "Keep ", i), i % 2 == 0)));
  CloseWindow();
  for (const client::CallOptions& who : {rde_, As("facilitator")}) {
    EXPECT_THAT(CommentsAs(who), SizeIs(4));
    EXPECT_THAT(CommentsAs(who), Each(HasSubstr("Quote")));
  }
  EXPECT_THAT(CommentsAs(team_, 3), SizeIs(8));
  v1::WithdrawQuoteRequest withdraw;
  withdraw.set_session(session_);
  withdraw.set_secret(Secret(2));
  Must(Feedback(rde_).WithdrawQuote(withdraw));
  EXPECT_THAT(CommentsAs(rde_), SizeIs(3));
  EXPECT_THAT(CommentsAs(rde_), Not(::testing::Contains("Quote 2")));
  EXPECT_THAT(CommentsAs(team_), SizeIs(7));
  EXPECT_EQ(SummaryAs(team_).answers(), 8);
}

TEST_F(FeedbackTest, NothingThatIsKeptLeadsFromAnAnswerToAPerson) {
  Came(8);
  // In the order of their names, and their answers tell who is who.
  for (int i = 1; i <= 8; ++i) {
    v1::GiveFeedbackRequest request = RequestOf(i, 1 + i % 5, absl::StrCat("Quinquereme ", i), true);
    request.set_request_id(NewId());
    Must(Give(request));
    // A repeated request_id is known without the answer, so its hash cannot be tried with every rating.
    request.set_rating(1 + (i + 1) % 5);
    EXPECT_FALSE(Must(Give(request)).replaced());
  }
  EXPECT_THAT(Column("SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info('feedback_answers') "
                     "ORDER BY cid)"),
              ElementsAre("session secret_hash rating recommend comment may_quote"));
  EXPECT_THAT(Column("SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info('feedback_given') ORDER "
                     "BY cid)"),
              ElementsAre("session participant"));
  // Neither table says in which order rows came.
  EXPECT_THAT(Column("SELECT sql FROM sqlite_master WHERE name IN ('feedback_answers', 'feedback_given')"),
              Each(HasSubstr("WITHOUT ROWID")));
  EXPECT_THAT(Column("SELECT comment FROM feedback_answers"),
              Not(ElementsAre("Quinquereme 1", "Quinquereme 2", "Quinquereme 3", "Quinquereme 4", "Quinquereme 5",
                              "Quinquereme 6", "Quinquereme 7", "Quinquereme 8")));
  // The audit trail says that there was an answer, not whose nor by whose system.
  EXPECT_THAT(Column("SELECT DISTINCT resource FROM audit WHERE method LIKE '%GiveFeedback'"), ElementsAre(session_));
  EXPECT_THAT(Column("SELECT DISTINCT actor || organisation || request_id FROM audit WHERE method LIKE "
                     "'%GiveFeedback'"),
              ElementsAre("anonymous"));
  const std::string log = LogWith("GiveFeedback");
  EXPECT_THAT(log, HasSubstr("GiveFeedback"));
  for (int i = 1; i <= 8; ++i) EXPECT_THAT(log, Not(HasSubstr(Person("rde", i).substr(31))));
  EXPECT_THAT(log, Not(HasSubstr("Quinquereme")));
  const std::string files = AllFiles();
  EXPECT_THAT(files, HasSubstr("Quinquereme 3")) << "the scan looks where answers are";
  for (int i = 1; i <= 8; ++i) EXPECT_EQ(files.find(Secret(i)), std::string::npos) << i;
  // Once no more is taken, it is forgotten who answered.
  EXPECT_THAT(Column("SELECT participant FROM feedback_given"), SizeIs(8));
  CloseWindow();
  Sweep();
  EXPECT_THAT(Column("SELECT participant FROM feedback_given"), IsEmpty());
  EXPECT_EQ(SummaryAs(team_).answers(), 8);
  EXPECT_EQ(WhyOf(Give(RequestOf(1, 5))), "FEEDBACK_CLOSED");
}

// One copy of the files of a stopped server is all that a thief needs.
TEST_F(FeedbackTest, AStoppedServersFilesTellNeitherInWhichOrderAnswersCameNorWhatWasErased) {
  Came(8);
  // Person i says "Quinquereme i"; who has the order of both tables has the names.
  const std::vector<int> order = {5, 2, 8, 1, 7, 4, 3, 6};
  for (const int i : order) Must(Give(RequestOf(i, 1 + i % 5, absl::StrCat("Quinquereme ", i), true)));
  // Erased: by a new answer, and by withdrawing the quote.
  Must(Give(RequestOf(4, 3, "Trireme 4", true)));
  v1::WithdrawQuoteRequest withdraw;
  withdraw.set_session(session_);
  withdraw.set_secret(Secret(7));
  Must(Feedback(rde_).WithdrawQuote(withdraw));
  const auto comments = Column("SELECT comment FROM feedback_answers WHERE comment <> '' ORDER BY secret_hash");
  for (const char* erased : {"Quinquereme 4", "Quinquereme 7"}) {
    EXPECT_EQ(AllFilesWithout(erased).find(erased), std::string::npos) << erased;
  }
  StopServer();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/workshops.db-wal"));
  const std::string files = AllFiles();
  for (const char* erased : {"Quinquereme 4", "Quinquereme 7"}) EXPECT_EQ(files.find(erased), std::string::npos);
  // Where in the file they lie follows from what they are, and not from when they came.
  std::vector<size_t> answers;
  for (const std::string& comment : comments) answers.push_back(files.find(comment));
  EXPECT_THAT(answers, SizeIs(7));
  EXPECT_TRUE(std::is_sorted(answers.rbegin(), answers.rend()));
  // A row there is two columns: the session, which is 1, and the person.
  std::vector<size_t> people;
  for (int i = 1; i <= 8; ++i) people.push_back(files.find("\x03\x09\x55" + Person("rde", i).substr(31)));
  EXPECT_THAT(people, Each(::testing::Lt(files.size())));
  EXPECT_TRUE(std::is_sorted(people.rbegin(), people.rend()));
}

}  // namespace
}  // namespace equity::workshops
