// What the tests of this folder share: changes in few words, and a model in a store of its own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/exec/store.h"
#include "equity/changes/v1/changes.pb.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "services/statistics/model/person_key.h"

namespace equity::statistics::testing {

using changes::v1::AdviceEvent;
using changes::v1::BenefitEvent;
using changes::v1::BookingEvent;
using changes::v1::Change;
using changes::v1::ParticipantEvent;
using changes::v1::PlanEvent;

inline constexpr char kSummer[] = "challenges/summer";
inline constexpr char kMonday[] = "workshops/equity/sessions/2021-08-02";
inline constexpr char kThursday[] = "workshops/equity/sessions/2021-08-12";

// A folder that is removed in the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string Person(const std::string& organisation, int number);   // organisations/{organisation}/participants/...
std::string Booking(const std::string& organisation, int number);  // organisations/{organisation}/bookings/...

// Changes without service and sequence, which a Feed gives them.
Change OrganisationIs(const std::string& id, const std::string& sector, const std::string& place);
Change Participant(ParticipantEvent::Kind kind, const std::string& name, const std::string& moved_from = "");
Change WorkshopOf(const std::string& challenge);
Change SessionIs(const std::string& session, const std::string& challenge, const std::string& date, int capacity,
                 bool cancelled = false);
Change Books(const std::string& booking, const std::string& person, const std::string& session,
             BookingEvent::State state);
Change Attends(const std::string& booking, const std::string& person, const std::string& session, bool attended);
// The feedback on a session is complete: that many of each rating, hidden where they are too few.
Change FeedbackIs(const std::string& session, const std::vector<int>& rating_counts);
std::string PlanOf(const std::string& organisation, int number);  // organisations/{organisation}/plans/...
Change PlanIs(const std::string& plan, PlanEvent::State state, const std::string& start_date = "",
              const std::string& last_date = "");
Change BenefitIs(const std::string& plan, int number, BenefitEvent::State state, bool unwanted = false);
Change Joins(const std::string& plan, const std::string& person, const std::string& role = "CONTRIBUTOR");
Change QuestionIs(int number, AdviceEvent::State state, int waiting_minutes, bool waiting, bool answered);
absl::Time TimeAt(const std::string& time);  // in London
// The same, at that time in London.
Change At(const std::string& time, Change change);

// The changes of one service.
class Feed {
 public:
  explicit Feed(std::string service) : service_(std::move(service)) {}
  void Add(Change change);
  const std::string& service() const { return service_; }
  const std::vector<Change>& changes() const { return changes_; }
  // Those after `begin`, at most `count` of them, as the change feed sends them.
  changes::v1::WatchChangesResponse Batch(size_t begin, size_t count) const;

 private:
  std::string service_;
  std::vector<Change> changes_;
};

// A model in a store.
class TestModel {
 public:
  TestModel();

  int Apply(const Feed& feed) { return Apply(feed, 0, feed.changes().size()); }
  int Apply(const Feed& feed, size_t begin, size_t count);
  std::string Digest();
  // The values of a table, `-` where hidden: {"category": ..} or {"category|category2": ..}.
  std::map<std::string, std::string> Table(const std::string& measure, std::vector<v1::Dimension> dimensions,
                                           v1::Tier tier = v1::TIER_OPERATIONAL, const std::string& organisation = "",
                                           const std::string& challenge = kSummer);
  // The cells as they are; what is asked of a day is asked at `now`.
  std::vector<v1::Cell> Cells(const std::string& measure, std::vector<v1::Dimension> dimensions,
                              v1::Tier tier = v1::TIER_OPERATIONAL, const std::string& hierarchy_as_of = "");
  // In London.
  void SetNow(const std::string& time);
  // The total.
  std::string Total(const std::string& measure) { return Table(measure, {})[""]; }
  exec::Store& store() { return *store_; }
  const std::string& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  const PersonKey& key_;
  std::unique_ptr<exec::Store> store_;
  absl::Time now_;
};

}  // namespace equity::statistics::testing
