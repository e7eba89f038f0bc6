// The tables of states in the README: the same as the code's, and every row and every other combination of verb and
// state is provoked.
#include "services/benefit_plans/rules/states.h"

#include <fstream>
#include <set>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using PlanState = v1::Plan::State;
using BenefitState = v1::Benefit::State;

struct Row {
  std::string verb;
  std::string from;
  std::string to;
  bool operator==(const Row&) const = default;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.verb << ": " << row.from << " -> " << row.to; }

std::vector<Row> TableUnder(const std::string& heading) {
  std::ifstream file(SERVICE_README);
  std::vector<Row> rows;
  bool here = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) here = line == "## " + heading;
    if (!here || !line.starts_with("| ") || line.starts_with("| verb") || line.starts_with("| ---")) continue;
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    for (std::string& cell : cells) cell = std::string(absl::StripAsciiWhitespace(cell));
    rows.push_back({cells[1], cells[2], cells[3]});
  }
  return rows;
}

template <class State>
std::string ShortName(State state) {
  const auto* value = google::protobuf::GetEnumDescriptor<State>()->FindValueByNumber(state);
  return std::string(absl::StripPrefix(value->name(), "STATE_"));
}

template <class State>
std::vector<State> AllStates() {
  std::vector<State> states;
  const auto* type = google::protobuf::GetEnumDescriptor<State>();
  for (int i = 1; i < type->value_count(); ++i) states.push_back(static_cast<State>(type->value(i)->number()));
  return states;
}

template <class State>
std::vector<Row> RowsOf(absl::Span<const Transition<State>> table) {
  std::vector<Row> rows;
  for (const auto& row : table) rows.push_back({std::string(row.verb), ShortName(row.from), ShortName(row.to)});
  return rows;
}

std::vector<std::string> VerbsOf(const std::vector<Row>& rows) {
  std::vector<std::string> verbs;
  for (const Row& row : rows) {
    if (verbs.empty() || verbs.back() != row.verb) verbs.push_back(row.verb);
  }
  return verbs;
}

// Where the README says the verb leads; empty where it is forbidden.
std::string Expected(const std::vector<Row>& rows, const std::string& verb, const std::string& from) {
  for (const Row& row : rows) {
    if (row.verb == verb && row.from == from) return row.to;
  }
  return "";
}

class StatesTest : public ServerTest {
 protected:
  // A plan in this state, with all that any verb could ask for.
  Ready PlanIn(PlanState state) {
    if (state == v1::Plan::STATE_DRAFT) {
      Ready ready = NewReady();
      SetStartDate(ready.plan, Day(0));
      return ready;
    }
    if (state == v1::Plan::STATE_LAPSED) {
      const Ready ready = NewStarted(Day(-100));
      SetDay(Day(15));
      return ready;
    }
    const Ready ready = NewStarted();
    if (state == v1::Plan::STATE_PAUSED) Must(Pause(ready.plan));
    if (state == v1::Plan::STATE_WITHDRAWN) Must(Withdraw(ready.plan));
    if (state == v1::Plan::STATE_CLOSING || state == v1::Plan::STATE_CLOSED) Must(BeginClosing(ready.plan));
    if (state == v1::Plan::STATE_CLOSED) {
      Must(Hold(ready.plan, v1::REVIEW_KIND_CLOSE));
      Must(Drop(ready.benefit));
      Must(Close(ready.plan));
    }
    return ready;
  }

  absl::Status Provoke(const std::string& verb, const Ready& ready) {
    if (verb == "StartPlan") return Start(ready.plan).status();
    if (verb == "PausePlan") return Pause(ready.plan).status();
    if (verb == "BeginClosing") return BeginClosing(ready.plan).status();
    if (verb == "WithdrawPlan") return Withdraw(ready.plan).status();
    if (verb == "ResumePlan") {
      v1::ResumePlanRequest request;
      request.set_name(ready.plan);
      return plans_->ResumePlan(request).status();
    }
    EXPECT_EQ(verb, "ClosePlan");
    // The guards, where they can be met at all.
    Hold(ready.plan, v1::REVIEW_KIND_CLOSE).IgnoreError();
    Drop(ready.benefit).IgnoreError();
    return Close(ready.plan).status();
  }

  // A benefit in this state, of a plan that runs.
  std::string BenefitIn(const Ready& ready, BenefitState state) {
    const std::string benefit = AddBenefit(ready.plan);
    if (state == v1::Benefit::STATE_IDENTIFIED) return benefit;
    if (state == v1::Benefit::STATE_DROPPED) {
      Must(Drop(benefit));
      return benefit;
    }
    Must(Agree(benefit, ready.partner));
    if (state == v1::Benefit::STATE_AGREED) return benefit;
    Must(StartActivity(AddActivity(ready.plan, benefit, ready.partner)));
    if (state == v1::Benefit::STATE_IN_DELIVERY) return benefit;
    Must(AddEvidence(benefit, true));
    Must(Realise(benefit, state));
    return benefit;
  }

  absl::Status Provoke(const std::string& verb, const Ready& ready, const std::string& benefit) {
    if (verb == "AgreeBenefit") return Agree(benefit, ready.partner).status();
    if (verb == "DropBenefit") return Drop(benefit).status();
    if (verb == "StartActivity") return StartActivity(AddActivity(ready.plan, benefit, ready.partner)).status();
    if (verb == "ReopenBenefit") {
      v1::ReopenBenefitRequest request;
      request.set_name(benefit);
      request.set_reason("Too early");
      return benefits_->ReopenBenefit(request).status();
    }
    Must(AddEvidence(benefit, true));
    for (const BenefitState state : AllStates<BenefitState>()) {
      if (verb == "RealiseBenefit " + ShortName(state)) return Realise(benefit, state).status();
    }
    ADD_FAILURE() << "nothing provokes " << verb;
    return absl::OkStatus();
  }
};

TEST_F(StatesTest, TheReadmeShowsTheTablesOfTheCode) {
  EXPECT_THAT(TableUnder("States of a plan"), ::testing::ElementsAreArray(RowsOf(PlanTransitions())));
  EXPECT_THAT(TableUnder("States of a benefit"), ::testing::ElementsAreArray(RowsOf(BenefitTransitions())));
}

TEST_F(StatesTest, EveryVerbOfAPlanInEveryState) {
  const auto rows = TableUnder("States of a plan");
  int allowed = 0;
  int forbidden = 0;
  for (const std::string& verb : VerbsOf(rows)) {
    if (verb.starts_with("the ")) continue;  // the clock's, below
    for (const PlanState state : AllStates<PlanState>()) {
      SCOPED_TRACE(verb + " on " + ShortName(state));
      const Ready ready = PlanIn(state);
      ASSERT_EQ(ShortName(Get(ready.plan).state()), ShortName(state));
      const absl::Status status = Provoke(verb, ready);
      const std::string to = Expected(rows, verb, ShortName(state));
      EXPECT_EQ(ReasonOf(status), to.empty() ? "TRANSITION_FORBIDDEN" : "OK") << status;
      EXPECT_EQ(ShortName(Get(ready.plan).state()), to.empty() ? ShortName(state) : to);
      ++(to.empty() ? forbidden : allowed);
    }
  }
  std::printf("STATES plan: %d allowed, %d forbidden\n", allowed, forbidden);
  EXPECT_EQ(allowed, 9);
  EXPECT_EQ(forbidden, 33);
}

TEST_F(StatesTest, TheClockInEveryStateOfAPlan) {
  const auto rows = TableUnder("States of a plan");
  for (const PlanState state : AllStates<PlanState>()) {
    SCOPED_TRACE(ShortName(state));
    const Ready ready = PlanIn(state);
    const absl::CivilDay start = ParseDay(Get(ready.plan).start_date());
    if (state != v1::Plan::STATE_LAPSED) {
      SetDay(FormatDay(start + 100));
      EXPECT_EQ(ShortName(Get(ready.plan).state()), ShortName(state));
    }
    const std::string over = Expected(rows, std::string(kDaysOver), ShortName(state));
    const std::string after = over.empty() ? ShortName(state) : over;
    if (state != v1::Plan::STATE_LAPSED) SetDay(FormatDay(start + 101));
    EXPECT_EQ(ShortName(Get(ready.plan).state()), after);
    if (state != v1::Plan::STATE_LAPSED) SetDay(FormatDay(start + 114));
    EXPECT_EQ(ShortName(Get(ready.plan).state()), after);
    SetDay(FormatDay(start + 115));
    const std::string lapsed = Expected(rows, std::string(kGraceOver), after);
    EXPECT_EQ(ShortName(Get(ready.plan).state()), lapsed.empty() ? after : lapsed);
  }
}

TEST_F(StatesTest, EveryVerbOfABenefitInEveryState) {
  const auto rows = TableUnder("States of a benefit");
  const Ready ready = NewStarted();
  int allowed = 0;
  int forbidden = 0;
  for (const std::string& verb : VerbsOf(rows)) {
    for (const BenefitState state : AllStates<BenefitState>()) {
      SCOPED_TRACE(verb + " on " + ShortName(state));
      const std::string benefit = BenefitIn(ready, state);
      ASSERT_EQ(ShortName(GetBenefit(benefit).state()), ShortName(state));
      const absl::Status status = Provoke(verb, ready, benefit);
      const std::string to = Expected(rows, verb, ShortName(state));
      // An activity refuses to begin for a benefit that may not move by it.
      const char* refusal = verb == "StartActivity" ? "BENEFIT_NOT_AGREED" : "TRANSITION_FORBIDDEN";
      EXPECT_EQ(ReasonOf(status), to.empty() ? refusal : "OK") << status;
      EXPECT_EQ(ShortName(GetBenefit(benefit).state()), to.empty() ? ShortName(state) : to);
      ++(to.empty() ? forbidden : allowed);
    }
  }
  std::printf("STATES benefit: %d allowed, %d forbidden\n", allowed, forbidden);
  EXPECT_EQ(allowed, 13);
  EXPECT_EQ(forbidden, 36);
}

template <class Contract, class Event>
void ExpectSameStates() {
  const auto* contract = google::protobuf::GetEnumDescriptor<Contract>();
  const auto* event = google::protobuf::GetEnumDescriptor<Event>();
  ASSERT_EQ(contract->value_count(), event->value_count());
  for (int i = 0; i < contract->value_count(); ++i) {
    EXPECT_EQ(contract->value(i)->name(), event->value(i)->name());
    EXPECT_EQ(contract->value(i)->number(), event->value(i)->number());
  }
}

TEST_F(StatesTest, TheChangeFeedHasTheSameStates) {
  ExpectSameStates<PlanState, changes::v1::PlanEvent::State>();
  ExpectSameStates<BenefitState, changes::v1::BenefitEvent::State>();
}

}  // namespace
}  // namespace equity::benefit_plans
