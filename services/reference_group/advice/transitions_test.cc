// Every action in every state of a question, by the table in README.md: what is there works and leads where it says,
// and everything else is refused and changes nothing.
#include <map>

#include "services/reference_group/testing/fixture.h"
#include "services/reference_group/testing/readme_table.h"

namespace equity::referencegroup {
namespace {

using R = v1::AdviceRequest;

constexpr char kTime[] = "(20 working days)";

class RequestTransitionsTest : public GroupTest {
 protected:
  template <class Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
  client::AdviceClient group() { return Advice(Group()); }
  client::AdviceClient asker() { return Advice(Partner("rde")); }

  absl::Status Triage(const std::string& name) {
    return group().TriageRequest(Named<v1::TriageRequestRequest>(name)).status();
  }
  absl::Status Assign(const std::string& name) {
    auto request = Named<v1::AssignRequestRequest>(name);
    request.add_members(member_);
    return group().AssignRequest(request).status();
  }
  absl::Status Ask(const std::string& name) {
    auto request = Named<v1::AskForInfoRequest>(name);
    request.set_body("Where?");
    return group().AskForInfo(request).status();
  }
  absl::Status Provide(const std::string& name) {
    auto request = Named<v1::ProvideInfoRequest>(name);
    request.set_body("In Ipswich.");
    return asker().ProvideInfo(request).status();
  }
  absl::Status Respond(const std::string& name) {
    auto request = Named<v1::RespondRequest>(name);
    request.set_member(member_);
    request.set_kind(v1::Contribution::KIND_SIGNPOST);
    request.set_body("Ask the carers' centre.");
    return group().Respond(request).status();
  }
  absl::Status Accept(const std::string& name) {
    auto request = Named<v1::AcceptResponsesRequest>(name);
    std::string answer = name + "/contributions/01890a5d-ac96-774b-8000-000000000000";
    const v1::AdviceRequest question = Get(name);
    for (const auto& said : question.contributions()) {
      if (said.kind() == v1::Contribution::KIND_SIGNPOST) answer = said.name();
    }
    request.add_responses(answer);
    return asker().AcceptResponses(request).status();
  }
  absl::Status Reopen(const std::string& name) {
    auto request = Named<v1::ReopenRequestRequest>(name);
    request.set_body("And at night?");
    return asker().ReopenRequest(request).status();
  }
  absl::Status Withdraw(const std::string& name) {
    return asker().WithdrawRequest(Named<v1::WithdrawRequestRequest>(name)).status();
  }
  absl::Status Redirect(const std::string& name) {
    auto request = Named<v1::RedirectRequestRequest>(name);
    request.set_redirected_to("The information governance team");
    return group().RedirectRequest(request).status();
  }
  absl::Status Merge(const std::string& name) {
    auto request = Named<v1::MergeRequestRequest>(name);
    request.set_duplicate_of(other_);
    return group().MergeRequest(request).status();
  }
  absl::Status Update(const std::string& name) {
    v1::UpdateRequestRequest request;
    request.mutable_request()->set_name(name);
    request.mutable_request()->set_title("Changed");
    return asker().UpdateRequest(request).status();
  }
  // Nobody is told anything by the clock: what it does not move stays.
  absl::Status LetTimePass(const std::string& name) {
    const auto before = Get(name).state();
    Pass(absl::Hours(24 * 40));
    Sweep();
    return Get(name).state() == before ? errors_of_time_ : absl::OkStatus();
  }

  absl::Status Do(const std::string& action, const std::string& name) {
    const std::map<std::string, absl::Status (RequestTransitionsTest::*)(const std::string&)> kActions = {
        {"UpdateRequest", &RequestTransitionsTest::Update},     {"TriageRequest", &RequestTransitionsTest::Triage},
        {"AssignRequest", &RequestTransitionsTest::Assign},     {"AskForInfo", &RequestTransitionsTest::Ask},
        {"ProvideInfo", &RequestTransitionsTest::Provide},      {"Respond", &RequestTransitionsTest::Respond},
        {"AcceptResponses", &RequestTransitionsTest::Accept},   {"ReopenRequest", &RequestTransitionsTest::Reopen},
        {"WithdrawRequest", &RequestTransitionsTest::Withdraw}, {"RedirectRequest", &RequestTransitionsTest::Redirect},
        {"MergeRequest", &RequestTransitionsTest::Merge},       {kTime, &RequestTransitionsTest::LetTimePass}};
    EXPECT_TRUE(kActions.contains(action)) << action;
    return (this->*kActions.at(action))(name);
  }

  // A new question in this state, by the shortest way.
  std::string In(const std::string& state, bool assigned) {
    static const std::map<std::string, std::vector<std::string>> kWays = {
        {"SUBMITTED", {}},
        {"TRIAGED", {"TriageRequest"}},
        {"NEEDS_INFO", {"TriageRequest", "AskForInfo"}},
        {"ASSIGNED", {"TriageRequest", "AssignRequest"}},
        {"RESPONDED", {"TriageRequest", "AssignRequest", "Respond"}},
        {"ACCEPTED", {"TriageRequest", "AssignRequest", "Respond", "AcceptResponses"}},
        {"CLOSED", {"TriageRequest", "AssignRequest", "Respond", kTime}},
        {"LAPSED", {"TriageRequest", "AskForInfo", kTime}},
        {"WITHDRAWN", {"WithdrawRequest"}},
        {"REDIRECTED", {"RedirectRequest"}},
        {"MERGED", {"TriageRequest", "MergeRequest"}}};
    const std::string name = Submit("rde").name();
    std::vector<std::string> way = kWays.at(state);
    if (state == "NEEDS_INFO" && assigned) way.insert(way.begin() + 1, "AssignRequest");
    for (const std::string& action : way) {
      const absl::Status done = Do(action, name);
      EXPECT_TRUE(done.ok()) << action << " on the way to " << state << ": " << done;
    }
    EXPECT_EQ(StateOf(name), state);
    return name;
  }
  std::string StateOf(const std::string& name) { return R::State_Name(Get(name).state()).substr(sizeof("STATE_") - 1); }

  const absl::Status errors_of_time_ =
      status::Error(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "Time does not change that.");
  std::string member_ = AddMember(1);
  std::string other_ = Submit("rgr").name();
};

TEST_F(RequestTransitionsTest, EveryAllowedAndEveryForbiddenTransition) {
  std::map<std::pair<std::string, std::string>, std::vector<TableRow>> allowed;
  std::set<std::string> states;
  std::set<std::string> actions;
  for (const TableRow& row : ReadTable("## Questions")) {
    allowed[{row.state, row.action}].push_back(row);
    states.insert({row.state, row.next});
    actions.insert(row.action);
  }
  ASSERT_EQ(states.size(), static_cast<size_t>(R::State_descriptor()->value_count() - 1));
  ASSERT_EQ(actions.size(), 12u);
  int tried = 0;
  for (const std::string& state : states) {
    for (const std::string& action : actions) {
      for (const bool assigned : {false, true}) {
        if (assigned && state != "NEEDS_INFO") continue;
        SCOPED_TRACE(state + " " + action + (assigned ? " assigned" : ""));
        const std::string name = In(state, assigned);
        const absl::Status done = Do(action, name);
        std::string next;
        for (const TableRow& row : allowed[{state, action}]) {
          if (row.when.empty() || row.when == (assigned ? "assigned" : "unassigned")) next = row.next;
        }
        if (next.empty()) {
          EXPECT_EQ(ReasonOf(done), "WRONG_STATE");
          EXPECT_EQ(StateOf(name), state);
        } else {
          EXPECT_TRUE(done.ok()) << done;
          EXPECT_EQ(StateOf(name), next);
        }
        ++tried;
      }
    }
  }
  std::printf("TRANSITIONS advice: %d tried, %zu allowed\n", tried, ReadTable("## Questions").size());
}

}  // namespace
}  // namespace equity::referencegroup
