#include "services/benefit_plans/people/people.h"

#include "google/protobuf/util/time_util.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/rules/states.h"
#include "services/benefit_plans/store/plans.h"

namespace equity::benefit_plans::people {
namespace {

using changes::v1::ParticipantEvent;

// The numbers are stored.
enum class State { kActive = 1, kLeft = 2, kMoved = 3 };

const sql::Sql kRecord{"local_people.record",
                       "INSERT INTO local_people (participant, organisation, state, as_of) VALUES ($1, $2, $3, $4) "
                       "ON CONFLICT (participant, organisation) DO UPDATE SET state = excluded.state, as_of = "
                       "excluded.as_of WHERE local_people.as_of <= excluded.as_of"};
const sql::Sql kFindPerson{"local_people.find",
                           "SELECT state FROM local_people WHERE participant = $1 AND organisation = $2"};
const sql::Sql kKnow{"local_names.put", "INSERT INTO local_names (name) VALUES ($1) ON CONFLICT DO NOTHING"};
const sql::Sql kIsKnown{"local_names.find", "SELECT 1 FROM local_names WHERE name = $1"};
const sql::Sql kSession{"local_sessions.put",
                        "INSERT INTO local_sessions (session, challenge, date) VALUES ($1, $2, $3) "
                        "ON CONFLICT (session) DO UPDATE SET challenge = excluded.challenge, date = excluded.date"};
const sql::Sql kAttended{"local_attendances.put",
                         "INSERT INTO local_attendances (participant, session) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
const sql::Sql kAbsent{"local_attendances.delete",
                       "DELETE FROM local_attendances WHERE participant = $1 AND session = $2"};
const sql::Sql kFirstAttendance{
    "local_attendances.first",
    "SELECT min(s.date) FROM local_attendances a JOIN local_sessions s ON s.session = a.session WHERE a.participant = "
    "$1 AND s.challenge = $2"};

bool Record(sql::Transaction& transaction, std::string_view name, State state, absl::Time as_of) {
  return transaction.Execute(kRecord, {ChildId(name), OrganisationId(name), static_cast<int>(state), as_of}) > 0;
}

void TellOwnedPlans(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view name, bool left) {
  for (const std::string& id : store::PlansOwnedBy(transaction, ChildId(name))) {
    const auto plan = store::FindPlanById(transaction, id);
    if (plan && !IsEnded(plan->state())) Emit(context, *plan, plan->state(), left);
  }
}

void ApplyParticipant(rpc::WriteContext& context, sql::Transaction& transaction, const ParticipantEvent& event,
                      absl::Time time) {
  switch (event.kind()) {
    case ParticipantEvent::KIND_REGISTERED:
      if (Record(transaction, event.participant(), State::kActive, time)) {
        TellOwnedPlans(context, transaction, event.participant(), false);
      }
      break;
    case ParticipantEvent::KIND_UPDATED:
      Record(transaction, event.participant(), State::kActive, time);
      break;
    case ParticipantEvent::KIND_DEACTIVATED:
      if (Record(transaction, event.participant(), State::kLeft, time)) {
        TellOwnedPlans(context, transaction, event.participant(), true);
      }
      break;
    case ParticipantEvent::KIND_MOVED:
      Record(transaction, event.participant(), State::kActive, time);
      if (Record(transaction, event.moved_from(), State::kMoved, time)) {
        TellOwnedPlans(context, transaction, event.moved_from(), true);
      }
      break;
    default:
      break;
  }
}

}  // namespace

absl::Status CheckActive(sql::ReadTransaction& transaction, std::string_view participant) {
  const auto state = transaction.One(kFindPerson, {ChildId(participant), OrganisationId(participant)},
                                     [](const sql::Row& row) { return static_cast<State>(row.Int(0)); });
  if (!state) return errors::ParticipantNotKnownYet();
  return *state == State::kActive ? absl::OkStatus() : errors::ParticipantNotActive();
}

absl::Status CheckKnown(sql::ReadTransaction& transaction, const std::string& name) {
  return transaction.Exists(kIsKnown, {name}) ? absl::OkStatus() : errors::NotKnownYet();
}

std::optional<std::string> FirstAttendance(sql::ReadTransaction& transaction, std::string_view participant,
                                           std::string_view challenge) {
  std::optional<std::string> date;
  transaction.Each(kFirstAttendance, {ChildId(participant), challenge}, [&](const sql::Row& row) {
    if (!row.IsNull(0)) date = row.Text(0);
  });
  return date;
}

void ApplyChange(rpc::WriteContext& context, sql::Transaction& transaction, const changes::v1::Change& change) {
  using google::protobuf::util::TimeUtil;
  if (change.has_participant_event()) {
    ApplyParticipant(context, transaction, change.participant_event(),
                     absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(change.time())));
  } else if (change.has_organisation_event()) {
    transaction.Execute(kKnow, {change.organisation_event().organisation()});
  } else if (change.has_workshop_event()) {
    transaction.Execute(kKnow, {change.workshop_event().challenge()});
  } else if (change.has_session_event()) {
    const auto& event = change.session_event();
    transaction.Execute(kSession, {event.session(), event.challenge(), event.date()});
  } else if (change.has_attendance_event()) {
    const auto& event = change.attendance_event();
    transaction.Execute(event.attended() ? kAttended : kAbsent, {ChildId(event.participant()), event.session()});
  }
}

std::vector<const sql::Sql*> PeopleStatements() {
  return {&kRecord, &kFindPerson, &kKnow, &kIsKnown, &kSession, &kAttended, &kAbsent, &kFirstAttendance};
}

}  // namespace equity::benefit_plans::people
