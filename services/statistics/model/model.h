// The read model: what the change feeds said, as facts about people, bookings, sessions and organisations, and the
// counters that follow from them.
//
// Within a service changes come in order; between services in any: a booking may come before its person's registration.
// So a person is known from whichever change comes first, and what a later one says is taken back from the counters and
// counted again. Whatever the interleaving, the same changes give the same model.
#pragma once

#include <limits>
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

  // Every kind of change that the contract has.
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

  // How far somebody came in a challenge who attended; nothing without a date.
  struct Journey {
    std::string first_date;
    bool started = false;
    bool realised = false;
    bool operator==(const Journey&) const = default;
  };
  struct Plan {
    int64_t id;
    int64_t challenge;
    changes::v1::PlanEvent::State state;
    bool started;
    bool owner_left;
    int64_t realised;
  };

  void ApplyOrganisation(const changes::v1::OrganisationEvent& event, absl::Time time);
  void ApplyParticipant(const changes::v1::ParticipantEvent& event, const std::string& week);
  void ApplySession(const changes::v1::SessionEvent& event);
  void ApplyBooking(const changes::v1::BookingEvent& event);
  void ApplyAttendance(const changes::v1::AttendanceEvent& event, const std::string& week);
  void ApplyFeedback(const changes::v1::FeedbackEvent& event);
  // Of benefit_plans (plans.cc).
  void ApplyPlan(const changes::v1::PlanEvent& event, absl::Time time);
  void ApplyBenefit(const changes::v1::BenefitEvent& event, absl::Time time);
  void ApplyMember(const changes::v1::PlanMemberEvent& event, absl::Time time);
  // Of reference_group (questions.cc).
  void ApplyQuestion(const changes::v1::AdviceEvent& event, absl::Time time);
  void ApplyItem(const changes::v1::KnowledgeEvent& event);
  void ApplyAdoption(const changes::v1::AdoptionEvent& event);
  void ApplyFlag(const changes::v1::FlagEvent& event);

  // The number of a name, given to it where it is new.
  int64_t Challenge(const std::string& name);
  int64_t Organisation(const std::string& name);
  // A session stays with the challenge that it began in, which its first event tells before any of its bookings.
  int64_t Session(const std::string& name, const std::string& challenge = "");
  int64_t Number(const sql::Sql& find, const sql::Sql& add, const std::string& name);
  int64_t ChallengeOf(int64_t session);

  // The plan of a name, made where it is new.
  Plan FindPlan(const std::string& name, absl::Time time, const std::string& challenge = "");

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

  // What the person's bookings and plans say now is counted in place of what they said before.
  void RefreshJourney(const Person& person, int64_t challenge);
  void RefreshMembers(const Plan& plan);
  void CountJourney(const Person& person, int64_t challenge, const Journey& journey, int64_t sign);

  sql::Transaction& transaction_;
  const PersonKey& key_;
  const int64_t generation_;
  Cells cells_;
  // What was looked up before in this transaction and does not change.
  std::map<std::pair<const sql::Sql*, std::string>, int64_t> numbers_;
  std::map<int64_t, int64_t> challenges_;  // by session
  int64_t next_person_ = 0;                // the id that a new person gets; 0 where it is not known yet
};

inline constexpr int64_t kEverything = std::numeric_limits<int64_t>::max();

// Applies the changes of a batch that are new, not beyond `until` and before the first one at `end` or later, and keeps
// the place. Returns how many those were.
int ApplyBatch(sql::Transaction& transaction, const PersonKey& key, int64_t generation, const std::string& service,
               const changes::v1::WatchChangesResponse& batch, int64_t until = kEverything,
               absl::Time end = absl::InfiniteFuture());

// Removes everything of a generation.
void Clear(sql::Transaction& transaction, int64_t generation);

}  // namespace equity::statistics
