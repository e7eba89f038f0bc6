// The read model: what the change feeds said, as facts about people, bookings, sessions and organisations, and the
// counters that follow from them.
//
// Within a service changes come in order; between services in any: a booking may come before its person's registration.
// So a person is known from whichever change comes first, and what a later one says is taken back from the counters and
// counted again. Whatever the interleaving, the same changes give the same model.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "common/sql/sql.h"
#include "equity/changes/v1/changes.pb.h"
#include "services/statistics/model/cells.h"
#include "services/statistics/model/person_key.h"

namespace equity::statistics {

using changes::v1::Change;

// A model in one transaction. Flush at its end.
class Model {
 public:
  Model(sql::Transaction& transaction, const PersonKey& key, int64_t generation)
      : transaction_(transaction), key_(key), generation_(generation) {}

  void Apply(const Change& change);
  void Flush() { cells_.Flush(transaction_, generation_); }

 private:
  struct Person {
    int64_t id;
    int64_t organisation;
    std::string week;
    bool registered;
  };
  struct Booking {
    int64_t person;
    int64_t organisation;
    int64_t session;
    changes::v1::BookingEvent::State state;
    bool attended;
  };
  // How many bookings, or one booking, are in each of the three counts.
  struct Tally {
    int64_t seated = 0;
    int64_t waiting = 0;
    int64_t attended = 0;
  };
  static Tally TallyOf(const Booking& booking);

  void ApplyOrganisation(const changes::v1::OrganisationEvent& event);
  void ApplyParticipant(const changes::v1::ParticipantEvent& event, const std::string& week);
  void ApplySession(const changes::v1::SessionEvent& event);
  void ApplyBooking(const changes::v1::BookingEvent& event);
  void ApplyAttendance(const changes::v1::AttendanceEvent& event);

  // The number of a name, given to it where it is new.
  int64_t Challenge(const std::string& name);
  int64_t Organisation(const std::string& name);
  // A session stays with the challenge that it began in, which its first event tells before any of its bookings.
  int64_t Session(const std::string& name, const std::string& challenge = "");
  int64_t Number(const sql::Sql& find, const sql::Sql& add, const std::string& name);
  int64_t ChallengeOf(int64_t session);

  // The person of a name, made where it is new.
  Person FindPerson(const std::string& name);
  static Person ToPerson(const sql::Row& row);
  Person ReadPerson(int64_t id);
  void WritePerson(const Person& person);
  // The person of both names, who moved from one to the other.
  Person JoinNames(const std::string& former, const std::string& name);
  // What is known of `other` becomes known of `person`.
  void Merge(Person& person, const Person& other);
  // Counts a person, or with -1 takes the person back.
  void CountPerson(const Person& person, int64_t sign);
  // Counts what changes for a person whose bookings in a challenge were `before` and are `after`.
  void CountPresence(const Person& person, int64_t challenge, const Tally& before, const Tally& after);

  // Replaces the booking and counts what follows.
  void ChangeBooking(const std::string& name, const Person& person, const std::string& session,
                     absl::FunctionRef<void(Booking&)> change);
  void CountBooking(const Booking& booking, const Person& person, int64_t sign);
  void AddToParticipation(int64_t person, int64_t challenge, const Tally& tally, int64_t sign);

  sql::Transaction& transaction_;
  const PersonKey& key_;
  const int64_t generation_;
  Cells cells_;
  // What was looked up before in this transaction and does not change.
  std::map<std::pair<const sql::Sql*, std::string>, int64_t> numbers_;
  std::map<int64_t, int64_t> challenges_;  // by session
  int64_t next_person_ = 0;                // the id that a new person gets; 0 where it is not known yet
};

// Applies the changes of a batch that are new and not beyond `until`, and keeps the place. Returns how many those were.
int ApplyBatch(sql::Transaction& transaction, const PersonKey& key, int64_t generation, const std::string& service,
               const changes::v1::WatchChangesResponse& batch, int64_t until);

// Removes everything of a generation.
void Clear(sql::Transaction& transaction, int64_t generation);

}  // namespace equity::statistics
