#include "tests/bench/growth/prefill.h"

#include <array>
#include <filesystem>
#include <map>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/audit/audit.h"
#include "common/feed/feed.h"
#include "common/feed/position.h"
#include "common/once/once.h"
#include "common/sql/sqlite.h"
#include "common/status/macros.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "services/statistics/model/cells.h"
#include "services/statistics/model/iso_week.h"
#include "services/statistics/model/person_key.h"
#include "services/statistics/model/progress.h"

namespace equity::bench {
namespace {

using sql::Row;
using sql::Sql;
using statistics::Counter;

// One transaction without a journal: what fails begins anew. Indexes are kept up meanwhile, which is slower than to
// make them at the end, but leaves their pages as full as growing does; packed ones would be split by the first
// bookings.
constexpr char kBulk[] =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-1200000;";
// Requests are remembered for a hundred days, so these are all there.
constexpr absl::Duration kRequests = absl::Hours(24 * 95);

const Sql kBegin{"begin", "BEGIN IMMEDIATE"};
const Sql kCommit{"commit", "COMMIT"};

const Sql kAddParticipant{"participants.add",
                          "INSERT INTO participants (organisation, id, state, external_ref, given_name, family_name, "
                          "email, job_title, access_needs, other_access_need, moved_to, version, create_time, "
                          "update_time) VALUES ($1, $2, 1, $3, $4, $5, $6, 'Nurse', 0, '', '', 1, $7, $7)"};
const Sql kAddEmail{"emails.add", "INSERT INTO emails (organisation, email_key, participant) VALUES ($1, $2, $3)"};
const Sql kAddLocalPerson{"local_people.add",
                          "INSERT INTO local_people (participant, organisation, state, as_of) VALUES ($1, $2, 1, $3)"};
const Sql kSetToken{"local_feed_positions.set",
                    "INSERT INTO local_feed_positions (feed, token) VALUES ($1, $2) "
                    "ON CONFLICT (feed) DO UPDATE SET token = excluded.token"};

const Sql kSessions{"sessions.all",
                    "SELECT s.number, s.workshop, s.id, s.date, p.capacity, p.version FROM sessions s "
                    "JOIN session_places p ON p.session = s.number ORDER BY s.number"};
const Sql kAddBooking{
    "bookings.add",
    "INSERT INTO bookings (id, organisation, participant, session, live, requested_session, state, ticket, attendance, "
    "version, create_time, update_time, rule, policy, seen_capacity, seen_taken, seen_waiting, request_id) "
    "VALUES ($1, $2, $3, $4, $4, $4, 1, 0, 0, $5, $6, $6, 1, 1, $7, $8, 0, NULL)"};
const Sql kSetPlaces{"session_places.set", "UPDATE session_places SET taken = $2, version = $3 WHERE session = $1"};

const Sql kOrganisations{"organisations.all", "SELECT name, id FROM local_organisations WHERE generation = $1"};
const Sql kCountedSessions{"sessions.counted", "SELECT name, id, challenge FROM local_sessions WHERE generation = $1"};
const Sql kCountPerson{"people.count",
                       "INSERT INTO local_people (id, generation, organisation, week, registered) "
                       "VALUES ($1, $2, $3, $4, 1)"};
const Sql kCountName{"names.count", "INSERT INTO local_names (generation, hash, person) VALUES ($1, $2, $3)"};
const Sql kCountBooking{"bookings.count",
                        "INSERT INTO local_bookings (generation, id, person, organisation, session, state, attended) "
                        "VALUES ($1, $2, $3, $4, $5, 1, 0)"};
const Sql kCountParticipation{"participations.count",
                              "INSERT INTO local_participations (generation, person, challenge, seated, waiting, "
                              "attended) VALUES ($1, $2, $3, $4, 0, 0)"};
const Sql kFrozen{"frozen.set", "INSERT INTO local_frozen (one, week_end) VALUES (1, $1)"};

// The model of the weeks that are frozen begins as the one in use does; its rows have numbers of their own.
constexpr char kBeginFrozen[] = R"sql(
CREATE TEMP TABLE add_to AS SELECT (SELECT max(id) FROM local_challenges) AS challenge,
  (SELECT max(id) FROM local_organisations) AS organisation, (SELECT max(id) FROM local_sessions) AS session;
INSERT INTO local_challenges (id, generation, name) SELECT c.id + a.challenge, 3, name FROM local_challenges c, add_to a;
INSERT INTO local_organisations (id, generation, name, sector, place)
  SELECT o.id + a.organisation, 3, name, sector, place FROM local_organisations o, add_to a;
INSERT INTO local_placements (generation, organisation, since, sector, place)
  SELECT 3, p.organisation + a.organisation, since, sector, place FROM local_placements p, add_to a;
INSERT INTO local_sessions (id, generation, name, challenge, date, capacity, cancelled)
  SELECT s.id + a.session, 3, name, s.challenge + a.challenge, date, capacity, cancelled FROM local_sessions s, add_to a;
)sql";

std::string Bytes(const std::string& uuid) { return absl::HexStringToBytes(absl::StrReplaceAll(uuid, {{"-", ""}})); }

// The requests of a hundred days, until `end`.
absl::Time RequestTime(const Population& population, int64_t number, absl::Time end) {
  const int64_t apart = absl::ToInt64Microseconds(kRequests) / population.bookings();
  return end - absl::Microseconds(apart * (population.bookings() - number));
}

std::string BookingId(const Population& population, int64_t number, absl::Time end) {
  return SeededUuid(RequestTime(population, number, end), static_cast<uint64_t>(population.people() + number));
}

std::string BookingName(const std::string& organisation, const std::string& id) {
  return absl::StrCat("organisations/", organisation, "/bookings/", id);
}

// A store in one transaction.
class Bulk {
 public:
  Bulk(const std::string& folder, const std::string& store)
      : connection_({.file = absl::StrCat(folder, "/", store, ".db")}), transaction_(connection_) {
    connection_.RunScript(kBulk);
    transaction_.Execute(kBegin);
  }
  void Commit() { transaction_.Execute(kCommit); }
  sql::Transaction& transaction() { return transaction_; }
  sql::SqliteConnection& connection() { return connection_; }
  std::string FeedToken(const std::string& service) {
    return feed::Format({{service, feed::LastSequence(transaction_)}});
  }

 private:
  sql::SqliteConnection connection_;
  sql::Transaction transaction_;
};

// What other stores keep of a feed: how far it goes.
struct FeedEnd {
  int64_t sequence = 0;
  std::string token;
};

FeedEnd FillParticipants(const Population& population, const std::string& folder) {
  Bulk bulk(folder, "participants");
  sql::Transaction& transaction = bulk.transaction();
  feed::Change change;
  for (int64_t person = 0; person < population.people(); ++person) {
    const std::string organisation = OrganisationId(population.OrganisationOf(person));
    const std::string id = population.PersonId(person);
    const absl::Time time = population.RegisterTime(person);
    const std::string email = absl::StrCat("staff", person, "@bench.example");
    transaction.Execute(kAddParticipant,
                        {organisation, id, absl::StrCat("E", person), absl::StrCat("Given", person % 1000),
                         absl::StrCat("Family", person), email, time});
    transaction.Execute(kAddEmail, {organisation, email, id});
    change.set_organisation("organisations/" + organisation);
    auto& event = *change.mutable_participant_event();
    event.set_participant(population.PersonName(person));
    event.set_kind(changes::v1::ParticipantEvent::KIND_REGISTERED);
    feed::Append(transaction, time, change);
  }
  const FeedEnd end{feed::LastSequence(transaction), bulk.FeedToken("participants")};
  bulk.Commit();
  return end;
}

void AddLocalPeople(const Population& population, sql::Transaction& transaction, const FeedEnd& participants) {
  for (int64_t person = 0; person < population.people(); ++person) {
    transaction.Execute(kAddLocalPerson,
                        {population.PersonId(person), OrganisationId(population.OrganisationOf(person)),
                         population.RegisterTime(person)});
  }
  transaction.Execute(kSetToken, {"participants", participants.token});
}

struct Session {
  int64_t number;
  std::string name;
  std::string date;
  int64_t capacity;
  int64_t version;
  int64_t taken = 0;
};

// What one BookPlace leaves.
class BookingWriter {
 public:
  BookingWriter(const Population& population, sql::Transaction& transaction, absl::Time end)
      : population_(population), transaction_(transaction), end_(end) {
    sessions_ = transaction.All(kSessions, {}, [](const Row& row) {
      return Session{row.Int64(0), absl::StrCat("workshops/", row.Text(1), "/sessions/", row.Text(2)), row.Text(3),
                     row.Int64(4), row.Int64(5)};
    });
    for (int64_t person = 0; person < population.people(); ++person) people_.push_back(population.PersonId(person));
  }

  bool has_sessions() const { return static_cast<int64_t>(sessions_.size()) == population_.sessions(); }

  void Write(int64_t number) {
    const Population::Booking pair = population_.At(number);
    Session& session = sessions_[pair.session];
    const int organisation = population_.OrganisationOf(pair.person);
    const std::string tenant = OrganisationId(organisation);
    const std::string id = BookingId(population_, number, end_);
    const absl::Time time = population_.BookTime(number);
    ++session.version;
    transaction_.Execute(kAddBooking, {id, tenant, people_[pair.person], session.number, session.version, time,
                                       session.capacity, session.taken++});
    Describe(*response_.mutable_booking(), BookingName(tenant, id),
             absl::StrCat("organisations/", tenant, "/participants/", people_[pair.person]), session, time);
    LeaveTraces(number, tenant, organisation, time);
  }

  void WritePlaces() {
    for (const Session& session : sessions_) {
      transaction_.Execute(kSetPlaces, {session.number, session.taken, session.version});
    }
  }

 private:
  static void Describe(workshops::v1::Booking& booking, const std::string& name, const std::string& participant,
                       const Session& session, absl::Time time) {
    booking.set_name(name);
    booking.set_participant(participant);
    booking.set_session(session.name);
    booking.set_requested_session(session.name);
    booking.set_session_date(session.date);
    booking.set_state(workshops::v1::Booking::STATE_SEATED);
    booking.set_version(static_cast<int32_t>(session.version));
    const int64_t micros = absl::ToUnixMicros(time);
    booking.mutable_create_time()->set_seconds(micros / 1000000);
    booking.mutable_create_time()->set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
    *booking.mutable_update_time() = booking.create_time();
  }

  void LeaveTraces(int64_t number, const std::string& tenant, int organisation, absl::Time time) {
    const workshops::v1::Booking& booking = response_.booking();
    const absl::Time now = RequestTime(population_, number, end_);
    const std::string request_id = SeededUuid(now, static_cast<uint64_t>(-number));
    const std::string request = Bytes(request_id);
    audit::Append(transaction_, {.time = now,
                                 .actor = absl::StrCat("partner-", organisation),
                                 .organisation = tenant,
                                 .method = "equity.workshops.v1.BookingService.BookPlace",
                                 .resource = booking.name(),
                                 .request_id = request_id,
                                 .trace_id = absl::BytesToHexString(request)});
    change_.set_organisation("organisations/" + tenant);
    auto& event = *change_.mutable_booking_event();
    event.set_booking(booking.name());
    event.set_participant(booking.participant());
    event.set_session(booking.session());
    event.set_state(changes::v1::BookingEvent::STATE_SEATED);
    event.set_version(booking.version());
    feed::Append(transaction_, time, change_);
    if (const int64_t day = absl::ToUnixSeconds(now) / 86400; day != day_) {
      day_ = day;
      requests_.StartDay(transaction_, day);
    }
    // Any 16 bytes are as good as the hash of a request.
    requests_.Remember(transaction_, {.tenant = tenant, .request_id = request_id, .hash = request},
                       response_.SerializeAsString());
  }

  const Population& population_;
  sql::Transaction& transaction_;
  const absl::Time end_;
  std::vector<Session> sessions_;
  std::vector<std::string> people_;
  once::Requests requests_;
  int64_t day_ = 0;
  workshops::v1::BookPlaceResponse response_;
  feed::Change change_;
};

absl::StatusOr<FeedEnd> FillWorkshops(const Population& population, const std::string& folder, absl::Time end,
                                      const FeedEnd& participants) {
  Bulk bulk(folder, "workshops");
  AddLocalPeople(population, bulk.transaction(), participants);
  BookingWriter writer(population, bulk.transaction(), end);
  if (!writer.has_sessions()) return absl::FailedPreconditionError("the sessions are not those of the population");
  for (int64_t number = 0; number < population.bookings(); ++number) writer.Write(number);
  writer.WritePlaces();
  const FeedEnd result{feed::LastSequence(bulk.transaction()), bulk.FeedToken("workshops")};
  bulk.Commit();
  return result;
}

// A read model that has counted everything.
class ModelWriter {
 public:
  ModelWriter(const Population& population, sql::Transaction& transaction, int64_t generation)
      : population_(population),
        transaction_(transaction),
        generation_(generation),
        first_person_(generation == kInUse ? 1 : population.people() + 1) {
    transaction.Each(kOrganisations, {generation}, [&](const Row& row) { organisations_[row.Text(0)] = row.Int64(1); });
    transaction.Each(kCountedSessions, {generation}, [&](const Row& row) {
      sessions_[row.Text(0)] = {row.Int64(1), row.Int64(2)};
    });
  }

  static constexpr int64_t kInUse = 1;

  absl::Status Write(const std::vector<std::string>& sessions, const statistics::PersonKey& key, absl::Time end) {
    for (const std::string& name : sessions) {
      if (!sessions_.contains(name)) return absl::FailedPreconditionError(name + " was not counted before the end");
      in_order_.push_back(sessions_[name]);
    }
    std::vector<int64_t> places(population_.people());
    WriteBookings(end, places);
    WritePeople(key, places);
    cells_.Flush(transaction_, generation_);
    return absl::OkStatus();
  }

 private:
  struct Counted {
    int64_t id;
    int64_t challenge;
  };

  int64_t Organisation(int64_t person) {
    return organisations_.at("organisations/" + OrganisationId(population_.OrganisationOf(person)));
  }

  void WriteBookings(absl::Time end, std::vector<int64_t>& places) {
    std::array<int64_t, Site::kOrganisations> organisations;
    for (int i = 0; i < Site::kOrganisations; ++i) {
      organisations[i] = organisations_.at("organisations/" + OrganisationId(i));
    }
    std::vector<int64_t> seated(in_order_.size() * Site::kOrganisations);
    for (int64_t number = 0; number < population_.bookings(); ++number) {
      const Population::Booking pair = population_.At(number);
      const int organisation = population_.OrganisationOf(pair.person);
      const std::string id = Bytes(BookingId(population_, number, end));
      transaction_.Execute(kCountBooking, {generation_, sql::Blob{id}, first_person_ + pair.person,
                                           organisations[organisation], in_order_[pair.session].id});
      ++seated[pair.session * Site::kOrganisations + organisation];
      ++places[pair.person];
    }
    for (size_t i = 0; i < seated.size(); ++i) {
      const Counted& session = in_order_[i / Site::kOrganisations];
      cells_.AddBookings(Counter::kSeated, session.challenge, organisations[i % Site::kOrganisations], session.id,
                         seated[i]);
    }
  }

  void WritePeople(const statistics::PersonKey& key, const std::vector<int64_t>& places) {
    for (int64_t person = 0; person < population_.people(); ++person) {
      const std::string week = statistics::IsoWeek(population_.RegisterTime(person));
      const int64_t organisation = Organisation(person);
      const std::string hash = key.Hash(population_.PersonName(person));
      const int64_t id = first_person_ + person;
      transaction_.Execute(kCountPerson, {id, generation_, organisation, week});
      transaction_.Execute(kCountName, {generation_, sql::Blob{hash}, id});
      cells_.AddPeople(Counter::kRegistered, 0, organisation, week, 1);
      if (places[person] == 0) continue;
      const int64_t challenge = in_order_[population_.ChallengeOf(person) * Site::kSessions].challenge;
      transaction_.Execute(kCountParticipation, {generation_, id, challenge, places[person]});
      cells_.AddPeople(Counter::kSeated, challenge, organisation, week, 1);
    }
  }

  const Population& population_;
  sql::Transaction& transaction_;
  const int64_t generation_;
  const int64_t first_person_;
  std::map<std::string, int64_t> organisations_;
  std::map<std::string, Counted> sessions_;
  std::vector<Counted> in_order_;
  statistics::Cells cells_;
};

absl::Status FillStatistics(const Population& population, const std::vector<std::string>& sessions,
                            const std::string& folder, absl::Time end) {
  ASSIGN_OR_RETURN(const statistics::PersonKey key, statistics::PersonKey::OpenOrCreate(folder));
  Bulk bulk(folder, "statistics");
  bulk.connection().RunScript(kBeginFrozen);
  for (const int64_t generation : {ModelWriter::kInUse, statistics::kFrozenGeneration}) {
    RETURN_IF_ERROR(ModelWriter(population, bulk.transaction(), generation).Write(sessions, key, end));
  }
  bulk.Commit();
  return absl::OkStatus();
}

// The feeds need not be read again.
void FollowToTheEnd(const Population& population, const std::string& folder, const FeedEnd& participants,
                    const FeedEnd& workshops) {
  Bulk statistics(folder, "statistics");
  for (const int64_t generation : {ModelWriter::kInUse, statistics::kFrozenGeneration}) {
    const absl::Time newest = population.BookTime(population.bookings() - 1);
    statistics::WritePlace(statistics.transaction(), generation, "participants",
                           {participants.sequence, participants.token, newest});
    statistics::WritePlace(statistics.transaction(), generation, "workshops",
                           {workshops.sequence, workshops.token, newest});
  }
  statistics.transaction().Execute(kFrozen, {population.MeasuredWeek()});
  statistics.Commit();
  Bulk plans(folder, "benefit_plans");
  AddLocalPeople(population, plans.transaction(), participants);
  plans.transaction().Execute(kSetToken, {"workshops", workshops.token});
  plans.Commit();
}

}  // namespace

absl::Status Prefill(const Population& population, const std::vector<std::string>& sessions, const std::string& folder,
                     absl::Time end) {
  try {
    const FeedEnd participants = FillParticipants(population, folder);
    absl::Status counted;
    std::thread counting([&] {
      try {
        counted = FillStatistics(population, sessions, folder, end);
      } catch (const sql::Error& error) {
        counted = absl::InternalError(error.what());
      }
    });
    auto join = absl::MakeCleanup([&] { counting.join(); });
    ASSIGN_OR_RETURN(const FeedEnd workshops, FillWorkshops(population, folder, end, participants));
    std::move(join).Invoke();
    RETURN_IF_ERROR(counted);
    FollowToTheEnd(population, folder, participants, workshops);
  } catch (const sql::Error& error) {
    return absl::InternalError(error.what());
  }
  // So that it begins in the week that is measured.
  std::filesystem::remove(folder + "/business-clock");
  return absl::OkStatus();
}

}  // namespace equity::bench
