#include "services/statistics/model/model.h"

#include <algorithm>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "services/statistics/model/iso_week.h"
#include "services/statistics/model/names.h"
#include "services/statistics/model/progress.h"

namespace equity::statistics {
namespace {

using changes::v1::AttendanceEvent;
using changes::v1::BookingEvent;
using changes::v1::FeedbackEvent;
using changes::v1::OrganisationEvent;
using changes::v1::ParticipantEvent;
using changes::v1::SessionEvent;

const sql::Sql kFindChallenge{"challenges.find", "SELECT id FROM local_challenges WHERE generation = $1 AND name = $2"};
const sql::Sql kAddChallenge{"challenges.add",
                             "INSERT INTO local_challenges (generation, name) VALUES ($1, $2) RETURNING id"};
const sql::Sql kFindOrganisation{"organisations.find",
                                 "SELECT id FROM local_organisations WHERE generation = $1 AND name = $2"};
const sql::Sql kAddOrganisation{"organisations.add",
                                "INSERT INTO local_organisations (generation, name) VALUES ($1, $2) RETURNING id"};
const sql::Sql kSetOrganisation{"organisations.set",
                                "UPDATE local_organisations SET sector = $2, place = $3 WHERE id = $1"};
const sql::Sql kPlace{"placements.write",
                      "INSERT INTO local_placements (generation, organisation, since, sector, place)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (generation, organisation, since)"
                      " DO UPDATE SET sector = excluded.sector, place = excluded.place"};
const sql::Sql kFindSession{"sessions.find", "SELECT id FROM local_sessions WHERE generation = $1 AND name = $2"};
const sql::Sql kAddSession{"sessions.add",
                           "INSERT INTO local_sessions (generation, name, challenge) VALUES ($1, $2, $3) RETURNING id"};
const sql::Sql kSetSession{"sessions.set",
                           "UPDATE local_sessions SET date = $2, capacity = $3, cancelled = $4 WHERE id = $1"};
const sql::Sql kSessionsDate{"sessions.date", "SELECT date FROM local_sessions WHERE id = $1"};
const sql::Sql kAttendedSession{"bookings.attended",
                                "SELECT DISTINCT person FROM local_bookings"
                                " WHERE generation = $1 AND session = $2 AND attended = 1"};
const sql::Sql kAddLateRecord{
    "late_records.add",
    "INSERT INTO local_late_records (generation, challenge, week, recorded, number) VALUES ($1, $2, $3, $4, 1)"
    " ON CONFLICT (generation, challenge, week, recorded) DO UPDATE SET number = number + 1"};
const sql::Sql kSessionsChallenge{"sessions.challenge", "SELECT challenge FROM local_sessions WHERE id = $1"};

const sql::Sql kFindPerson{"people.find",
                           "SELECT p.id, p.organisation, p.week, p.registered FROM local_names n "
                           "JOIN local_people p ON p.id = n.person WHERE n.generation = $1 AND n.hash = $2"};
const sql::Sql kAddName{"names.add", "INSERT INTO local_names (generation, hash, person) VALUES ($1, $2, $3)"};
const sql::Sql kGiveNames{"names.give", "UPDATE local_names SET person = $2 WHERE person = $1"};
const sql::Sql kReadPerson{"people.read", "SELECT id, organisation, week, registered FROM local_people WHERE id = $1"};
// Where one is added for each event, RETURNING would cost SQLite more than the rest of it.
const sql::Sql kNextPerson{"people.next", "SELECT coalesce(max(id), 0) + 1 FROM local_people"};
const sql::Sql kAddPerson{"people.add",
                          "INSERT INTO local_people (id, generation, organisation, week, registered)"
                          " VALUES ($1, $2, $3, $4, $5)"};
const sql::Sql kSetPerson{"people.set",
                          "UPDATE local_people SET organisation = $2, week = $3, registered = $4 WHERE id = $1"};
const sql::Sql kRemovePerson{"people.remove", "DELETE FROM local_people WHERE id = $1"};

const sql::Sql kReadParticipation{"participations.read",
                                  "SELECT seated, waiting, attended FROM local_participations"
                                  " WHERE generation = $1 AND person = $2 AND challenge = $3"};
const sql::Sql kParticipationsOf{"participations.of",
                                 "SELECT challenge, seated, waiting, attended FROM local_participations"
                                 " WHERE generation = $1 AND person = $2"};
const sql::Sql kAddParticipation{
    "participations.add",
    "INSERT INTO local_participations (generation, person, challenge, seated, waiting, attended)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (generation, person, challenge) DO UPDATE SET seated = seated + excluded.seated,"
    " waiting = waiting + excluded.waiting, attended = attended + excluded.attended"};
const sql::Sql kRemoveParticipations{"participations.remove",
                                     "DELETE FROM local_participations WHERE generation = $1 AND person = $2"};

const sql::Sql kJourneysOf{"journeys.of",
                           "SELECT challenge, first_date, started, realised FROM local_journeys"
                           " WHERE generation = $1 AND person = $2"};
const sql::Sql kRemoveJourneys{"journeys.remove", "DELETE FROM local_journeys WHERE generation = $1 AND person = $2"};

const sql::Sql kReadBooking{"bookings.read",
                            "SELECT person, organisation, session, state, attended FROM local_bookings"
                            " WHERE generation = $1 AND id = $2"};
const sql::Sql kWriteBooking{
    "bookings.write",
    "INSERT INTO local_bookings (generation, id, person, organisation, session, state, attended)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (generation, id) DO UPDATE SET person = excluded.person,"
    " session = excluded.session, state = excluded.state, attended = excluded.attended"};
const sql::Sql kGiveBookings{"bookings.give", "UPDATE local_bookings SET person = $2 WHERE person = $1"};

const sql::Sql kWriteFeedback{"feedback.write",
                              "INSERT INTO local_feedback (generation, session, rating, answers)"
                              " VALUES ($1, $2, $3, $4) ON CONFLICT (generation, session, rating)"
                              " DO UPDATE SET answers = excluded.answers"};

// The 16 bytes of a booking's UUID: they grow with time, and are nobody's.
std::string BookingId(const std::string& name) {
  return absl::HexStringToBytes(absl::StrReplaceAll(name.substr(name.rfind('/') + 1), {{"-", ""}}));
}

}  // namespace

void Model::Apply(const Change& change) {
  switch (change.event_case()) {
    case Change::kOrganisationEvent:
      return ApplyOrganisation(change.organisation_event(), TimeOf(change));
    case Change::kParticipantEvent:
      return ApplyParticipant(change.participant_event(), IsoWeek(TimeOf(change)));
    case Change::kWorkshopEvent:
      if (!change.workshop_event().challenge().empty()) Challenge(change.workshop_event().challenge());
      return;
    case Change::kSessionEvent:
      return ApplySession(change.session_event());
    case Change::kBookingEvent:
      return ApplyBooking(change.booking_event());
    case Change::kAttendanceEvent:
      return ApplyAttendance(change.attendance_event(), IsoWeek(TimeOf(change)));
    case Change::kPlanEvent:
      return ApplyPlan(change.plan_event(), TimeOf(change));
    case Change::kBenefitEvent:
      return ApplyBenefit(change.benefit_event(), TimeOf(change));
    case Change::kPlanMemberEvent:
      return ApplyMember(change.plan_member_event(), TimeOf(change));
    case Change::kAdviceEvent:
      return ApplyQuestion(change.advice_event(), TimeOf(change));
    case Change::kKnowledgeEvent:
      return ApplyItem(change.knowledge_event());
    case Change::kAdoptionEvent:
      return ApplyAdoption(change.adoption_event());
    case Change::kFlagEvent:
      return ApplyFlag(change.flag_event());
    case Change::kFeedbackEvent:
      return ApplyFeedback(change.feedback_event());
    case Change::kFacilitatorEvent:
    case Change::kExerciseEvent:
      return;  // not counted
    case Change::EVENT_NOT_SET:
      return;  // of a newer contract
  }
}

void Model::ApplyOrganisation(const OrganisationEvent& event, absl::Time time) {
  const int64_t organisation = Organisation(event.organisation());
  transaction_.Execute(kSetOrganisation, {organisation, event.sector(), event.place()});
  transaction_.Execute(kPlace, {generation_, organisation, time, event.sector(), event.place()});
}

void Model::ApplyParticipant(const ParticipantEvent& event, const std::string& week) {
  const int64_t organisation = Organisation(OrganisationOf(event.participant()));
  switch (event.kind()) {
    case ParticipantEvent::KIND_REGISTERED: {
      Person person = FindPerson(event.participant());
      CountPerson(person, -1);
      person.organisation = organisation;
      person.week = std::min(person.week, week);
      person.registered = true;
      CountPerson(person, +1);
      return WritePerson(person);
    }
    case ParticipantEvent::KIND_DEACTIVATED: {
      Person person = FindPerson(event.participant());
      if (person.organisation != organisation) return;  // a former name of somebody who is elsewhere now
      CountPerson(person, -1);
      person.registered = false;
      CountPerson(person, +1);
      return WritePerson(person);
    }
    case ParticipantEvent::KIND_MOVED: {
      Person person = JoinNames(event.moved_from(), event.participant());
      CountPerson(person, -1);
      person.organisation = organisation;
      person.registered = true;
      CountPerson(person, +1);
      return WritePerson(person);
    }
    default:
      return;  // details and consents are not counted
  }
}

void Model::ApplySession(const SessionEvent& event) {
  const int64_t session = Session(event.session(), event.challenge());
  const auto before = *transaction_.One(kSessionsDate, {session}, [](const sql::Row& row) { return row.Text(0); });
  transaction_.Execute(kSetSession, {session, event.date(), event.capacity(), event.cancelled()});
  if (before.empty() || before == event.date()) return;
  // Who attended is seldom there yet when a date changes.
  const auto people =
      transaction_.All(kAttendedSession, {generation_, session}, [](const sql::Row& row) { return row.Int64(0); });
  for (const int64_t person : people) RefreshJourney(ReadPerson(person), ChallengeOf(session));
}

void Model::ApplyBooking(const BookingEvent& event) {
  ChangeBooking(event.booking(), FindPerson(event.participant()), event.session(),
                [&](Booking& booking) { booking.state = event.state(); });
}

void Model::ApplyAttendance(const AttendanceEvent& event, const std::string& week) {
  const int64_t session = Session(event.session());
  const auto date = *transaction_.One(kSessionsDate, {session}, [](const sql::Row& row) { return row.Text(0); });
  const std::string held = IsoWeekOfDate(date).value_or(kUnknown);
  if (held < week) transaction_.Execute(kAddLateRecord, {generation_, ChallengeOf(session), held, week});
  ChangeBooking(event.booking(), FindPerson(event.participant()), event.session(),
                [&](Booking& booking) { booking.attended = event.attended(); });
}

void Model::ApplyFeedback(const FeedbackEvent& event) {
  const int64_t session = Session(event.session());
  for (int i = 0; i < event.rating_counts_size(); ++i) {
    transaction_.Execute(kWriteFeedback, {generation_, session, i + 1, event.rating_counts(i)});
  }
}

int64_t Model::Challenge(const std::string& name) { return Number(kFindChallenge, kAddChallenge, name); }
int64_t Model::Organisation(const std::string& name) { return Number(kFindOrganisation, kAddOrganisation, name); }

int64_t Model::Number(const sql::Sql& find, const sql::Sql& add, const std::string& name) {
  int64_t& number = numbers_[{&find, name}];
  if (number != 0) return number;
  const auto id = [](const sql::Row& row) { return row.Int64(0); };
  const auto found = transaction_.One(find, {generation_, name}, id);
  number = found ? *found : *transaction_.One(add, {generation_, name}, id);
  return number;
}

int64_t Model::Session(const std::string& name, const std::string& challenge) {
  int64_t& number = numbers_[{&kFindSession, name}];
  if (number != 0) return number;
  const auto id = [](const sql::Row& row) { return row.Int64(0); };
  const auto found = transaction_.One(kFindSession, {generation_, name}, id);
  number = found
               ? *found
               : *transaction_.One(kAddSession, {generation_, name, challenge.empty() ? 0 : Challenge(challenge)}, id);
  return number;
}

int64_t Model::ChallengeOf(int64_t session) {
  const auto [known, added] = challenges_.try_emplace(session);
  if (added) {
    int64_t& challenge = known->second;
    transaction_.Each(kSessionsChallenge, {session}, [&](const sql::Row& row) { challenge = row.Int64(0); });
  }
  return known->second;
}

Model::Person Model::FindPerson(const std::string& name) {
  const std::string hash = key_.Hash(name);
  if (auto found = transaction_.One(kFindPerson, {generation_, sql::Blob{hash}}, ToPerson)) return *std::move(found);
  if (next_person_ == 0) {
    next_person_ = *transaction_.One(kNextPerson, {}, [](const sql::Row& row) { return row.Int64(0); });
  }
  const Person person{next_person_++, Organisation(OrganisationOf(name)), kUnknown, false};
  transaction_.Execute(kAddPerson, {person.id, generation_, person.organisation, person.week, person.registered});
  transaction_.Execute(kAddName, {generation_, sql::Blob{hash}, person.id});
  return person;
}

Model::Person Model::ToPerson(const sql::Row& row) { return {row.Int64(0), row.Int64(1), row.Text(2), row.Bool(3)}; }

Model::Person Model::ReadPerson(int64_t id) { return *transaction_.One(kReadPerson, {id}, ToPerson); }

void Model::WritePerson(const Person& person) {
  transaction_.Execute(kSetPerson, {person.id, person.organisation, person.week, person.registered});
}

Model::Person Model::JoinNames(const std::string& former, const std::string& name) {
  if (former.empty()) return FindPerson(name);
  Person person = FindPerson(former);
  const Person other = FindPerson(name);
  if (other.id != person.id) Merge(person, other);
  return person;
}

void Model::Merge(Person& person, const Person& other) {
  CountPerson(person, -1);
  CountPerson(other, -1);
  const auto participations = transaction_.All(kParticipationsOf, {generation_, other.id}, [](const sql::Row& row) {
    return std::make_pair(row.Int64(0), Tally{row.Int64(1), row.Int64(2), row.Int64(3)});
  });
  for (const auto& [challenge, tally] : participations) AddToParticipation(person.id, challenge, tally, +1);
  transaction_.Execute(kRemoveParticipations, {generation_, other.id});
  transaction_.Execute(kGiveBookings, {other.id, person.id});
  transaction_.Execute(kGiveNames, {other.id, person.id});
  transaction_.Execute(kRemovePerson, {other.id});
  transaction_.Execute(kRemoveJourneys, {generation_, other.id});
  person.week = std::min(person.week, other.week);
  person.registered |= other.registered;
  CountPerson(person, +1);
  WritePerson(person);
  const auto challenges =
      transaction_.All(kParticipationsOf, {generation_, person.id}, [](const sql::Row& row) { return row.Int64(0); });
  for (const int64_t challenge : challenges) RefreshJourney(person, challenge);
}

void Model::CountPerson(const Person& person, int64_t sign) {
  if (person.registered) cells_.AddPeople(Counter::kRegistered, 0, person.organisation, person.week, sign);
  transaction_.Each(kParticipationsOf, {generation_, person.id}, [&](const sql::Row& row) {
    const Tally tally{row.Int64(1), row.Int64(2), row.Int64(3)};
    CountPresence(person, row.Int64(0), sign > 0 ? Tally() : tally, sign > 0 ? tally : Tally());
  });
  transaction_.Each(kJourneysOf, {generation_, person.id}, [&](const sql::Row& row) {
    CountJourney(person, row.Int64(0), {row.Text(1), row.Bool(2), row.Bool(3)}, sign);
  });
}

void Model::CountPresence(const Person& person, int64_t challenge, const Tally& before, const Tally& after) {
  const auto count = [&](Counter counter, int64_t from, int64_t to) {
    if ((from > 0) == (to > 0)) return;
    cells_.AddPeople(counter, challenge, person.organisation, person.week, to > 0 ? 1 : -1);
  };
  count(Counter::kSeated, before.seated, after.seated);
  count(Counter::kWaiting, before.waiting, after.waiting);
  count(Counter::kAttended, before.attended, after.attended);
}

Model::Tally Model::TallyOf(const Booking& booking) {
  const bool cancelled =
      booking.state == BookingEvent::STATE_CANCELLED || booking.state == BookingEvent::STATE_CANCELLED_BY_ORGANISER;
  return {booking.state == BookingEvent::STATE_SEATED, booking.state == BookingEvent::STATE_WAITING,
          booking.attended && !cancelled};
}

void Model::ChangeBooking(const std::string& name, const Person& person, const std::string& session,
                          absl::FunctionRef<void(Booking&)> change) {
  const std::string id = BookingId(name);
  const auto known = transaction_.One(kReadBooking, {generation_, sql::Blob{id}}, [](const sql::Row& row) {
    return Booking{row.Int64(0), row.Int64(1), row.Int64(2), static_cast<BookingEvent::State>(row.Int(3)), row.Bool(4)};
  });
  if (known) CountBooking(*known, known->person == person.id ? person : ReadPerson(known->person), -1);
  Booking booking =
      known.value_or(Booking{0, Organisation(OrganisationOf(name)), 0, BookingEvent::STATE_UNSPECIFIED, false});
  booking.person = person.id;  // where a colleague took the place over, another one than before
  booking.session = Session(session);
  change(booking);
  CountBooking(booking, person, +1);
  transaction_.Execute(kWriteBooking, {generation_, sql::Blob{id}, booking.person, booking.organisation,
                                       booking.session, static_cast<int>(booking.state), booking.attended});
  const bool was_attended = known && known->attended;
  if (!was_attended && !booking.attended) return;
  const int64_t challenge = ChallengeOf(booking.session);
  if (known && known->person != person.id) RefreshJourney(ReadPerson(known->person), challenge);
  RefreshJourney(person, challenge);
}

void Model::CountBooking(const Booking& booking, const Person& person, int64_t sign) {
  const Tally tally = TallyOf(booking);
  if (tally.seated + tally.waiting + tally.attended == 0) return;
  const int64_t challenge = ChallengeOf(booking.session);
  const auto count = [&](Counter counter, int64_t bookings) {
    cells_.AddBookings(counter, challenge, booking.organisation, booking.session, sign * bookings);
  };
  count(Counter::kSeated, tally.seated);
  count(Counter::kWaiting, tally.waiting);
  count(Counter::kAttended, tally.attended);

  Tally before;
  transaction_.Each(kReadParticipation, {generation_, person.id, challenge}, [&](const sql::Row& row) {
    before = {row.Int64(0), row.Int64(1), row.Int64(2)};
  });
  AddToParticipation(person.id, challenge, tally, sign);
  const Tally after{before.seated + sign * tally.seated, before.waiting + sign * tally.waiting,
                    before.attended + sign * tally.attended};
  CountPresence(person, challenge, before, after);
}

void Model::AddToParticipation(int64_t person, int64_t challenge, const Tally& tally, int64_t sign) {
  transaction_.Execute(kAddParticipation, {generation_, person, challenge, sign * tally.seated, sign * tally.waiting,
                                           sign * tally.attended});
}

int ApplyBatch(sql::Transaction& transaction, const PersonKey& key, int64_t generation, const std::string& service,
               const changes::v1::WatchChangesResponse& batch, int64_t until, absl::Time end) {
  Place place = ReadPlace(transaction, generation, service);
  Model model(transaction, key, generation);
  int applied = 0;
  bool whole = true;
  for (const Change& change : batch.changes()) {
    whole &= change.sequence() <= until;
    // What was delivered before, and what is another service's, is passed over.
    if (change.service() != service || change.sequence() <= place.sequence || change.sequence() > until) continue;
    if (TimeOf(change) >= end) {
      whole = false;
      break;
    }
    model.Apply(change);
    place.sequence = change.sequence();
    place.newest = std::max(place.newest, TimeOf(change));
    ++applied;
  }
  model.Flush();
  // A batch of which some is left comes again.
  if (whole) place.resume_token = batch.resume_token();
  WritePlace(transaction, generation, service, place);
  return applied;
}

void Clear(sql::Transaction& transaction, int64_t generation) {
  static const auto& statements = *new std::vector<sql::Sql>{
      {"clear.progress", "DELETE FROM local_progress WHERE generation = $1"},
      {"clear.challenges", "DELETE FROM local_challenges WHERE generation = $1"},
      {"clear.organisations", "DELETE FROM local_organisations WHERE generation = $1"},
      {"clear.sessions", "DELETE FROM local_sessions WHERE generation = $1"},
      {"clear.feedback", "DELETE FROM local_feedback WHERE generation = $1"},
      {"clear.people", "DELETE FROM local_people WHERE generation = $1"},
      {"clear.names", "DELETE FROM local_names WHERE generation = $1"},
      {"clear.bookings", "DELETE FROM local_bookings WHERE generation = $1"},
      {"clear.participations", "DELETE FROM local_participations WHERE generation = $1"},
      {"clear.placements", "DELETE FROM local_placements WHERE generation = $1"},
      {"clear.plans", "DELETE FROM local_plans WHERE generation = $1"},
      {"clear.benefits", "DELETE FROM local_benefits WHERE generation = $1"},
      {"clear.members", "DELETE FROM local_members WHERE generation = $1"},
      {"clear.journeys", "DELETE FROM local_journeys WHERE generation = $1"},
      {"clear.late_records", "DELETE FROM local_late_records WHERE generation = $1"},
      {"clear.questions", "DELETE FROM local_questions WHERE generation = $1"},
      {"clear.items", "DELETE FROM local_items WHERE generation = $1"},
      {"clear.adoptions", "DELETE FROM local_adoptions WHERE generation = $1"},
      {"clear.flags", "DELETE FROM local_flags WHERE generation = $1"},
      {"clear.cells", "DELETE FROM local_cells WHERE generation = $1"},
  };
  for (const sql::Sql& statement : statements) transaction.Execute(statement, {generation});
}

}  // namespace equity::statistics
