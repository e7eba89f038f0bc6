// Plans, their benefits and members, and how far the people came who attended.
#include "common/clock/clock.h"
#include "services/statistics/model/model.h"
#include "services/statistics/model/names.h"

namespace equity::statistics {
namespace {

using changes::v1::BenefitEvent;
using changes::v1::PlanEvent;
using changes::v1::PlanMemberEvent;

const sql::Sql kFindPlan{"plans.find",
                         "SELECT id, challenge, state, started, owner_left, realised FROM local_plans"
                         " WHERE generation = $1 AND name = $2"};
const sql::Sql kAddPlan{"plans.add",
                        "INSERT INTO local_plans (generation, name, challenge, organisation, draft_date)"
                        " VALUES ($1, $2, $3, $4, $5) RETURNING id"};
const sql::Sql kSetPlan{"plans.set",
                        "UPDATE local_plans SET state = $2, started = $3, owner_left = $4, start_date = $5,"
                        " last_date = $6, programme = $7 WHERE id = $1"};
const sql::Sql kSetOwnerLeft{"plans.set_owner_left", "UPDATE local_plans SET owner_left = $2 WHERE id = $1"};
const sql::Sql kSetRealised{"plans.set_realised", "UPDATE local_plans SET realised = $2 WHERE id = $1"};
const sql::Sql kWriteBenefit{"benefits.write",
                             "INSERT INTO local_benefits (generation, name, plan, state, unwanted)"
                             " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (generation, name)"
                             " DO UPDATE SET state = excluded.state, unwanted = excluded.unwanted"};
const sql::Sql kCountRealised{"benefits.realised",
                              "SELECT count(*) FROM local_benefits WHERE plan = $1 AND state = $2 AND unwanted = 0"};
const sql::Sql kAddMember{"members.add",
                          "INSERT INTO local_members (generation, plan, hash) VALUES ($1, $2, $3)"
                          " ON CONFLICT (generation, plan, hash) DO NOTHING"};
const sql::Sql kRemoveMember{"members.remove",
                             "DELETE FROM local_members WHERE generation = $1 AND plan = $2 AND hash = $3"};
const sql::Sql kMembersOf{"members.of",
                          "SELECT DISTINCT n.person FROM local_members m"
                          " JOIN local_names n ON n.generation = m.generation AND n.hash = m.hash"
                          " WHERE m.generation = $1 AND m.plan = $2"};
const sql::Sql kPersonOfHash{"names.person", "SELECT person FROM local_names WHERE generation = $1 AND hash = $2"};

const sql::Sql kReadJourney{"journeys.read",
                            "SELECT first_date, started, realised FROM local_journeys"
                            " WHERE generation = $1 AND person = $2 AND challenge = $3"};
const sql::Sql kWriteJourney{
    "journeys.write",
    "INSERT INTO local_journeys (generation, person, challenge, first_date, started, realised)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (generation, person, challenge) DO UPDATE SET"
    " first_date = excluded.first_date, started = excluded.started,"
    " realised = excluded.realised"};
const sql::Sql kRemoveJourney{"journeys.remove_one",
                              "DELETE FROM local_journeys WHERE generation = $1 AND person = $2 AND challenge = $3"};
// A cancelled booking is nobody's attendance.
const sql::Sql kFirstAttended{"bookings.first_attended",
                              "SELECT coalesce(min(s.date), '') FROM local_bookings b"
                              " JOIN local_sessions s ON s.id = b.session"
                              " WHERE b.person = $1 AND b.attended = 1 AND b.state <= 2 AND s.challenge = $2"};
const sql::Sql kPlansOfPerson{"members.plans",
                              "SELECT max(p.started), max(p.started AND p.realised > 0) FROM local_names n"
                              " JOIN local_members m ON m.generation = n.generation AND m.hash = n.hash"
                              " JOIN local_plans p ON p.id = m.plan WHERE n.person = $1 AND p.challenge = $2"};

// After which a plan counts as started for good.
bool HasStarted(PlanEvent::State state) {
  switch (state) {
    case PlanEvent::STATE_ACTIVE:
    case PlanEvent::STATE_PAUSED:
    case PlanEvent::STATE_CLOSING:
    case PlanEvent::STATE_CLOSED:
    case PlanEvent::STATE_LAPSED:
      return true;
    default:
      return false;
  }
}

std::string DayOf(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, London()); }

}  // namespace

Model::Plan Model::FindPlan(const std::string& name, absl::Time time, const std::string& challenge) {
  const auto found = transaction_.One(kFindPlan, {generation_, name}, [](const sql::Row& row) {
    return Plan{row.Int64(0), row.Int64(1), static_cast<PlanEvent::State>(row.Int(2)),
                row.Bool(3),  row.Bool(4),  row.Int64(5)};
  });
  if (found) return *found;
  const int64_t of = challenge.empty() ? 0 : Challenge(challenge);
  const int64_t id =
      *transaction_.One(kAddPlan, {generation_, name, of, Organisation(OrganisationOf(name)), DayOf(time)},
                        [](const sql::Row& row) { return row.Int64(0); });
  return {id, of, PlanEvent::STATE_UNSPECIFIED, false, false, 0};
}

void Model::ApplyPlan(const PlanEvent& event, absl::Time time) {
  const Plan before = FindPlan(event.plan(), time, event.challenge());
  Plan plan = before;
  plan.state = event.state();
  plan.started |= HasStarted(event.state());
  // A change of state says nothing about the owner; the same state again says what became of the owner.
  if (event.owner_left() || event.previous_state() == event.state()) plan.owner_left = event.owner_left();
  transaction_.Execute(kSetPlan, {plan.id, static_cast<int>(plan.state), plan.started, plan.owner_left,
                                  event.start_date(), event.last_date(), event.programme()});
  if (plan.started != before.started) RefreshMembers(plan);
}

void Model::ApplyBenefit(const BenefitEvent& event, absl::Time time) {
  const Plan plan = FindPlan(event.benefit().substr(0, event.benefit().rfind("/benefits/")), time);
  transaction_.Execute(kWriteBenefit,
                       {generation_, event.benefit(), plan.id, static_cast<int>(event.state()), event.is_disbenefit()});
  const int64_t realised = *transaction_.One(kCountRealised, {plan.id, static_cast<int>(BenefitEvent::STATE_REALISED)},
                                             [](const sql::Row& row) { return row.Int64(0); });
  if (realised == plan.realised) return;
  transaction_.Execute(kSetRealised, {plan.id, realised});
  if ((realised > 0) != (plan.realised > 0)) RefreshMembers(plan);
}

void Model::ApplyMember(const PlanMemberEvent& event, absl::Time time) {
  const Plan plan = FindPlan(event.plan(), time);
  const std::string hash = key_.Hash(event.participant());
  transaction_.Execute(event.role().empty() ? kRemoveMember : kAddMember, {generation_, plan.id, sql::Blob{hash}});
  if (event.role() == "OWNER") transaction_.Execute(kSetOwnerLeft, {plan.id, false});
  // Who is not known yet has attended nothing.
  const auto person =
      transaction_.One(kPersonOfHash, {generation_, sql::Blob{hash}}, [](const sql::Row& row) { return row.Int64(0); });
  if (person) RefreshJourney(ReadPerson(*person), plan.challenge);
}

void Model::RefreshMembers(const Plan& plan) {
  const auto people =
      transaction_.All(kMembersOf, {generation_, plan.id}, [](const sql::Row& row) { return row.Int64(0); });
  for (const int64_t person : people) RefreshJourney(ReadPerson(person), plan.challenge);
}

void Model::RefreshJourney(const Person& person, int64_t challenge) {
  const auto before = transaction_
                          .One(kReadJourney, {generation_, person.id, challenge},
                               [](const sql::Row& row) {
                                 return Journey{row.Text(0), row.Bool(1), row.Bool(2)};
                               })
                          .value_or(Journey());
  Journey after;
  after.first_date =
      *transaction_.One(kFirstAttended, {person.id, challenge}, [](const sql::Row& row) { return row.Text(0); });
  if (!after.first_date.empty()) {
    transaction_.Each(kPlansOfPerson, {person.id, challenge}, [&](const sql::Row& row) {
      after.started = row.Bool(0);
      after.realised = row.Bool(1);
    });
  }
  if (after == before) return;
  CountJourney(person, challenge, before, -1);
  CountJourney(person, challenge, after, +1);
  if (after.first_date.empty()) {
    transaction_.Execute(kRemoveJourney, {generation_, person.id, challenge});
  } else {
    transaction_.Execute(kWriteJourney,
                         {generation_, person.id, challenge, after.first_date, after.started, after.realised});
  }
}

void Model::CountJourney(const Person& person, int64_t challenge, const Journey& journey, int64_t sign) {
  if (journey.first_date.empty()) return;
  const auto count = [&](Counter counter) {
    cells_.AddJourneys(counter, challenge, person.organisation, journey.first_date, sign);
  };
  count(Counter::kJourneys);
  if (journey.started) count(Counter::kJourneysStarted);
  if (journey.realised) count(Counter::kJourneysRealised);
}

}  // namespace equity::statistics
