#include "services/workshops/people/people.h"

#include "google/protobuf/util/time_util.h"
#include "services/workshops/bookings/seat.h"
#include "services/workshops/facilitators/facilitators.h"
#include "services/workshops/facilitators/store.h"
#include "services/workshops/names.h"

namespace equity::workshops {
namespace {

using changes::v1::ParticipantEvent;

const sql::Sql kRecord{"local_people.record",
                       "INSERT INTO local_people (participant, organisation, state, as_of) VALUES ($1, $2, $3, $4) "
                       "ON CONFLICT (participant, organisation) DO UPDATE SET state = excluded.state, as_of = "
                       "excluded.as_of WHERE local_people.as_of <= excluded.as_of"};

bool Record(sql::Transaction& transaction, std::string_view name, PersonState state, absl::Time as_of) {
  return RecordPerson(transaction, OrganisationId(name), ChildId(name), state, as_of);
}

}  // namespace

bool RecordPerson(sql::Transaction& transaction, std::string_view organisation, std::string_view participant,
                  PersonState state, absl::Time as_of) {
  return transaction.Execute(kRecord, {participant, organisation, static_cast<int>(state), as_of}) > 0;
}

void ApplyChange(rpc::WriteContext& context, sql::Transaction& transaction, const changes::v1::Change& change) {
  const ParticipantEvent& event = change.participant_event();
  const absl::Time time =
      absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(change.time()));
  switch (event.kind()) {
    case ParticipantEvent::KIND_REGISTERED:
    case ParticipantEvent::KIND_UPDATED:
      Record(transaction, event.participant(), PersonState::kActive, time);
      break;
    case ParticipantEvent::KIND_DEACTIVATED:
      // Not when the person was registered again since: the places are that registration's.
      if (Record(transaction, event.participant(), PersonState::kLeft, time)) {
        ReleaseAll(context, transaction, event.participant());
        FacilitatorLeft(context, transaction, event.participant());
      }
      break;
    case ParticipantEvent::KIND_MOVED:
      Record(transaction, event.moved_from(), PersonState::kMoved, time);
      if (Record(transaction, event.participant(), PersonState::kActive, time)) {
        store::SetFacilitatorOrganisation(transaction, ChildId(event.participant()),
                                          OrganisationId(event.participant()));
      }
      break;
    default:
      break;
  }
}

std::vector<const sql::Sql*> PeopleStatements() { return {&kRecord}; }

}  // namespace equity::workshops
