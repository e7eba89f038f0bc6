#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

using R = v1::AdviceRequest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AdviceTest : public GroupTest {
 protected:
  absl::StatusOr<v1::GetRequestResponse> Read(const client::CallOptions& options, const std::string& name) {
    v1::GetRequestRequest request;
    request.set_name(name);
    return Advice(options).GetRequest(request);
  }
  std::string member_ = AddMember(1);
};

TEST_F(AdviceTest, AQuestionFromAskingToAcceptingSeveralAnswers) {
  const std::string name = Submit("rde").name();
  const auto answers = Answer(name, member_, 3);
  ASSERT_EQ(answers.size(), 3u);
  v1::AcceptResponsesRequest accept;
  accept.set_name(name);
  accept.add_responses(answers[0]);
  accept.add_responses(answers[2]);
  const v1::AdviceRequest accepted = Must(Advice(Partner("rde")).AcceptResponses(accept)).request();
  EXPECT_EQ(accepted.state(), R::STATE_ACCEPTED);
  std::vector<bool> which;
  for (const auto& said : accepted.contributions()) which.push_back(said.accepted());
  EXPECT_THAT(which, ElementsAre(true, false, true));
  EXPECT_EQ(accepted.contributions(0).author(), "Contributor 1");
  EXPECT_EQ(accepted.contributions(0).member(), "");  // for the group alone
  EXPECT_EQ(Get(name).contributions(0).member(), member_);

  std::vector<changes::v1::AdviceEvent::State> states;
  for (const auto& change : Changes()) {
    if (!change.has_advice_event()) continue;
    EXPECT_EQ(change.organisation(), "organisations/rde");
    states.push_back(change.advice_event().state());
  }
  using E = changes::v1::AdviceEvent;
  EXPECT_THAT(states, ElementsAre(E::STATE_SUBMITTED, E::STATE_TRIAGED, E::STATE_ASSIGNED, E::STATE_RESPONDED,
                                  E::STATE_RESPONDED, E::STATE_RESPONDED, E::STATE_ACCEPTED));
}

TEST_F(AdviceTest, WhoMayReadIt) {
  const v1::AdviceRequest closed = Submit("rde");
  const v1::AdviceRequest open = Submit("rde", "For all", v1::AUDIENCE_ICS);
  EXPECT_EQ(Must(Read(Group(), closed.name())).request().asker(), Person("rde", 1));
  EXPECT_EQ(Must(Read(Partner("rde"), closed.name())).request().asker(), Person("rde", 1));
  EXPECT_EQ(ReasonOf(Read(Partner("rgr"), closed.name())), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Read(As("facilitator"), closed.name())), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Read(Partner("rgr"), "advice/01890a5d-ac96-774b-bcce-b302099a8057")), "NOT_FOUND");
  // Who asks is shown to nobody else, whoever may read the rest.
  EXPECT_EQ(Must(Read(Partner("rgr"), open.name())).request().asker(), "");
  EXPECT_EQ(Must(Read(As("facilitator"), open.name())).request().title(), "For all");
  const auto names = [&](const client::CallOptions& options) {
    std::vector<std::string> names;
    const auto page = Must(Advice(options).ListRequests({}));
    for (const auto& each : page.requests()) names.push_back(each.name());
    return names;
  };
  EXPECT_THAT(names(Group()), ElementsAre(closed.name(), open.name()));
  EXPECT_THAT(names(Partner("rde")), ElementsAre(closed.name(), open.name()));
  EXPECT_THAT(names(Partner("rgr")), ElementsAre(open.name()));
  v1::TriageRequestRequest triage;
  triage.set_name(closed.name());
  // An account of the group that is bound to another organisation works on what it may read.
  EXPECT_EQ(ReasonOf(Advice(As("reference_group", "rgr")).TriageRequest(triage)), "NOT_FOUND");
  v1::WithdrawRequestRequest withdraw;
  withdraw.set_name(open.name());
  EXPECT_EQ(ReasonOf(Advice(Partner("rgr")).WithdrawRequest(withdraw)), "ASKER_ONLY");
}

TEST_F(AdviceTest, ListsByStateAssigneeAndWaiting) {
  const std::string waiting = Submit("rde").name();
  const std::string answered = Submit("rgr").name();
  Answer(answered, member_);
  v1::ListRequestsRequest list;
  list.set_only_waiting(true);
  auto page = Must(Advice(Group()).ListRequests(list));
  ASSERT_EQ(page.requests_size(), 1);
  EXPECT_EQ(page.requests(0).name(), waiting);
  list.Clear();
  list.set_assignee(member_);
  EXPECT_EQ(Must(Advice(Group()).ListRequests(list)).requests(0).name(), answered);
  list.Clear();
  list.add_states(R::STATE_RESPONDED);
  list.add_states(R::STATE_ACCEPTED);
  EXPECT_EQ(Must(Advice(Group()).ListRequests(list)).requests(0).name(), answered);
  list.Clear();
  list.set_page_size(1);
  page = Must(Advice(Group()).ListRequests(list));
  list.set_page_token(page.next_page_token());
  EXPECT_EQ(Must(Advice(Group()).ListRequests(list)).requests(0).name(), answered);
  list.set_only_waiting(true);
  EXPECT_EQ(ReasonOf(Advice(Group()).ListRequests(list)), "page_token");
}

TEST_F(AdviceTest, ErrorsEachOnce) {
  v1::SubmitRequestRequest submit;
  submit.set_asker(Person("rde", 1));
  submit.mutable_request();
  EXPECT_EQ(ReasonOf(Advice(Partner("rde")).SubmitRequest(submit)), "request.title,request.body");
  EXPECT_EQ(ReasonOf(Advice(Partner("rgr")).SubmitRequest(submit)), "NOT_FOUND");
  const std::string name = Submit("rde").name();
  v1::UpdateRequestRequest update;
  update.mutable_request();
  EXPECT_EQ(ReasonOf(Advice(Partner("rde")).UpdateRequest(update)), "request.name");
  update.mutable_request()->set_name(name);
  update.mutable_update_mask()->add_paths("title");
  update.mutable_update_mask()->add_paths("state");
  EXPECT_EQ(ReasonOf(Advice(Partner("rde")).UpdateRequest(update)), "update_mask,request.title");
  update.clear_update_mask();
  update.mutable_request()->set_title("Better");
  update.mutable_request()->set_etag("99");
  EXPECT_EQ(ReasonOf(Advice(Partner("rde")).UpdateRequest(update)), "ETAG_MISMATCH");
  update.mutable_request()->set_etag("1");
  const auto changed = Must(Advice(Partner("rde")).UpdateRequest(update)).request();
  EXPECT_EQ(changed.title(), "Better");
  EXPECT_FALSE(changed.body().empty());

  Answer(name, member_, 0);
  v1::RespondRequest respond;
  respond.set_name(name);
  respond.set_member(AddMember(2));
  respond.set_kind(v1::Contribution::KIND_INFORMATION);
  respond.set_body("Answer");
  EXPECT_EQ(ReasonOf(Advice(Group()).Respond(respond)), "kind");
  respond.set_kind(v1::Contribution::KIND_ADVICE);
  EXPECT_EQ(ReasonOf(Advice(Group()).Respond(respond)), "NOT_ASSIGNED");
  EXPECT_EQ(Get(name).state(), R::STATE_ASSIGNED);  // a refusal changes nothing
  respond.set_member(member_);
  Must(Advice(Group()).Respond(respond));
  v1::AcceptResponsesRequest accept;
  accept.set_name(name);
  accept.add_responses(name + "/contributions/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(Advice(Partner("rde")).AcceptResponses(accept)), "NO_SUCH_RESPONSE");
  EXPECT_EQ(Get(name).state(), R::STATE_RESPONDED);

  v1::TriageRequestRequest triage;
  triage.set_name(Submit("rde").name());
  Must(Advice(Group()).TriageRequest(triage));
  v1::MergeRequestRequest merge;
  merge.set_name(triage.name());
  merge.set_duplicate_of(triage.name());
  EXPECT_EQ(ReasonOf(Advice(Group()).MergeRequest(merge)), "CANNOT_MERGE");
  merge.set_duplicate_of("advice/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(Advice(Group()).MergeRequest(merge)), "NOT_FOUND");
  merge.set_duplicate_of(name);
  EXPECT_EQ(Must(Advice(Group()).MergeRequest(merge)).request().duplicate_of(), name);
}

TEST_F(AdviceTest, TheClockStandsWhileTheAskerIsAsked) {
  SetNow(LondonTime("2021-08-26 09:30"));  // a Thursday; Monday is a bank holiday
  const std::string name = Submit("rde").name();
  // Half a minute is for what the calls take.
  SetNow(LondonTime("2021-08-26 11:30") + absl::Seconds(30));
  v1::Waiting waiting = Get(name).waiting();
  EXPECT_EQ(waiting.minutes(), 120);
  EXPECT_TRUE(waiting.running());
  // Five working days from Thursday end on Friday of the next week, as Monday is none.
  EXPECT_NEAR(waiting.due_time().seconds(), absl::ToUnixSeconds(LondonTime("2021-09-03 09:30")), 29);
  v1::TriageRequestRequest triage;
  triage.set_name(name);
  Must(Advice(Group()).TriageRequest(triage));
  v1::AskForInfoRequest ask;
  ask.set_name(name);
  ask.set_body("Where?");
  Must(Advice(Group()).AskForInfo(ask));
  SetNow(LondonTime("2021-09-01 10:00") + absl::Seconds(30));
  waiting = Get(name).waiting();
  EXPECT_EQ(waiting.minutes(), 120);
  EXPECT_FALSE(waiting.running());
  EXPECT_FALSE(waiting.has_due_time());
  v1::ProvideInfoRequest provide;
  provide.set_name(name);
  provide.set_body("In Clacton.");
  Must(Advice(Partner("rde")).ProvideInfo(provide));
  SetNow(LondonTime("2021-09-09 10:01"));
  waiting = Get(name).waiting();
  EXPECT_EQ(waiting.minutes(), 120 + 6 * 480);
  EXPECT_TRUE(waiting.overdue());
  EXPECT_EQ(waiting.calendar(), "england-2027.1");
  EXPECT_FALSE(waiting.beyond_calendar());
}

// Acceptance test 9 of the statistics: whoever still waits counts.
TEST_F(AdviceTest, MedianWaitingTimeWithThreeAnsweredAndSevenOpenIsNotTwoDays) {
  SetNow(LondonTime("2021-07-26 08:30"));
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) names.push_back(Submit("rde").name());
  for (int day = 1; day <= 3; ++day) {
    SetNow(LondonTime("2021-07-26 08:30") + absl::Hours(24 * day));
    Answer(names[day - 1], member_);
  }
  auto times = Must(Advice(Central()).GetWaitingTimes({}));
  EXPECT_EQ(times.answered(), 3);
  EXPECT_EQ(times.open(), 7);
  SetNow(LondonTime("2021-07-26 08:30") + absl::Hours(24 * 42));  // thirty working days, less one bank holiday
  times = Must(Advice(Central()).GetWaitingTimes({}));
  EXPECT_FALSE(times.has_median_days()) << times.median_days();
  EXPECT_EQ(times.answered(), 3);
  EXPECT_EQ(times.answered_in_time(), 3);
  EXPECT_EQ(times.open(), 7);
  EXPECT_DOUBLE_EQ(times.longest_open_days(), 29);
  // Once more are answered, the median is that of all ten.
  for (int i = 3; i < 6; ++i) Answer(names[i], member_);
  times = Must(Advice(Central()).GetWaitingTimes({}));
  EXPECT_DOUBLE_EQ(times.median_days(), 29);
  v1::GetWaitingTimesRequest later;
  later.set_submitted_from("2021-07-27");
  EXPECT_EQ(Must(Advice(Central()).GetWaitingTimes(later)).answered(), 0);
  later.set_submitted_until("2021-07-26");
  later.clear_submitted_from();
  EXPECT_EQ(Must(Advice(Central()).GetWaitingTimes(later)).answered(), 6);
}

TEST_F(AdviceTest, AWithdrawnQuestionHasNoTextAndIsNotRepeatedFromMemory) {
  v1::SubmitRequestRequest submit;
  submit.set_asker(Person("rde", 1));
  submit.set_request_id("01890a5d-ac96-7abc-8def-000000007777");
  submit.mutable_request()->set_title("A private matter");
  submit.mutable_request()->set_body("Of which I should not have written.");
  const auto made = Must(Advice(Partner("rde")).SubmitRequest(submit));
  const auto again = Must(Advice(Partner("rde")).SubmitRequest(submit));
  EXPECT_EQ(again.request().name(), made.request().name());
  EXPECT_EQ(again.request().title(), "A private matter");
  v1::WithdrawRequestRequest withdraw;
  withdraw.set_name(made.request().name());
  const auto withdrawn = Must(Advice(Partner("rde")).WithdrawRequest(withdraw)).request();
  EXPECT_EQ(withdrawn.title() + withdrawn.body(), "");
  EXPECT_EQ(Must(Advice(Partner("rde")).SubmitRequest(submit)).request().title(), "");
  submit.mutable_request()->set_title("Another");
  EXPECT_EQ(ReasonOf(Advice(Partner("rde")).SubmitRequest(submit)), "REQUEST_ID_REUSED");
}

TEST_F(AdviceTest, WhatIsKnownAlreadyIsOfferedWhenSomebodyAsks) {
  const v1::Item item = Publish(NewItem("Interpreters for maternity appointments"));
  v1::Item hidden = NewItem("Interpreters at night");
  hidden.set_audience(v1::AUDIENCE_GROUP_ONLY);
  Publish(hidden);
  v1::SubmitRequestRequest submit;
  submit.set_asker(Person("rde", 1));
  submit.mutable_request()->set_title("How do we get interpreters?");
  submit.mutable_request()->set_body("For the clinic.");
  EXPECT_THAT(Must(Advice(Partner("rde")).SubmitRequest(submit)).similar_items(), ElementsAre(item.name()));
}

}  // namespace
}  // namespace equity::referencegroup
