// Random histories of a small world. What the model counts must be what a recount of the world's facts gives, whichever
// way the changes of the two services came in.
#include <cmath>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/statistics/model/iso_week.h"
#include "services/statistics/tables/measures.h"
#include "services/statistics/testing/testing.h"

namespace equity::statistics {
namespace {

using testing::AdviceEvent;
using testing::BenefitEvent;
using testing::BookingEvent;
using testing::Change;
using testing::Feed;
using testing::ParticipantEvent;
using testing::PlanEvent;

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    for (const char* challenge : {"challenges/summer", "challenges/winter"})
      workshops_.Add(testing::WorkshopOf(challenge));
    for (int i = 0; i < 6; ++i) {
      const std::string id = absl::StrCat("org", i);
      organisations_.push_back({id, i % 2 == 0 ? "NHS_TRUST" : "VCSE", i < 4 ? "WEST_SUFFOLK" : ""});
      participants_.Add(testing::OrganisationIs(id, organisations_[i].sector, organisations_[i].place));
    }
    for (int i = 0; i < 5; ++i) {
      Session session{absl::StrCat("workshops/equity/sessions/s", i), absl::StrCat("2021-08-", 10 + 5 * i),
                      i < 4 ? "challenges/summer" : "challenges/winter", 10 + i, false};
      sessions_.push_back(session);
      workshops_.Add(testing::SessionIs(session.name, session.challenge, session.date, session.capacity));
    }
    for (int i = 0; i < 500; ++i) Happen();
    ReleaseFeedback();
  }

  const Feed& participants() const { return participants_; }
  const Feed& workshops() const { return workshops_; }
  std::vector<const Feed*> feeds() const { return {&participants_, &workshops_, &plans_feed_, &group_feed_}; }

  // Of those of the summer who attended and whose day 100 has passed on that day: all of them, and those in a plan that
  // started, or of which a benefit is realised.
  struct Share {
    int reached = 0;
    int eligible = 0;
    int not_yet_due = 0;
    bool operator==(const Share&) const = default;
  };
  std::map<std::string, Share> RecountShares(const Measure& measure, const std::vector<v1::Dimension>& dimensions,
                                             absl::CivilDay today) const {
    std::map<std::string, Share> shares;
    for (size_t i = 0; i < people_.size(); ++i) {
      std::string first = "9999-12-31";
      for (const Booking& booking : bookings_) {
        const Session& session = sessions_[booking.session];
        const bool counts = booking.person == i && session.challenge == "challenges/summer" && booking.attended &&
                            booking.state <= BookingEvent::STATE_WAITING;
        if (counts) first = std::min(first, session.date);
      }
      absl::CivilDay day;
      if (first == "9999-12-31" || !absl::ParseCivilTime(first, &day)) continue;
      Share& share = shares[Key(dimensions, &organisations_[people_[i].organisation], nullptr, "")];
      if (today - day <= 100) {
        ++share.not_yet_due;
        continue;
      }
      ++share.eligible;
      bool reached = false;
      for (const Plan& plan : plans_) {
        const bool is_in = std::any_of(people_[i].names.begin(), people_[i].names.end(),
                                       [&](const std::string& name) { return plan.members.contains(name); });
        const bool realised = std::any_of(plan.benefits.begin(), plan.benefits.end(), [](const auto& benefit) {
          return benefit.second == BenefitEvent::STATE_REALISED;
        });
        reached |= is_in && plan.started && (measure.counter == Counter::kJourneysStarted || realised);
      }
      share.reached += reached;
    }
    return shares;
  }

  int RecountPlans(Measure::Pick pick) const {
    return static_cast<int>(std::count_if(plans_.begin(), plans_.end(), [&](const Plan& plan) {
      return pick == Measure::Pick::kAll || (pick == Measure::Pick::kStarted && plan.started) ||
             (pick == Measure::Pick::kClosed && plan.state == PlanEvent::STATE_CLOSED);
    }));
  }

  // The released answers of the summer: how many, and what their ratings add up to.
  struct Ratings {
    int answers = 0;
    int sum = 0;
    bool operator==(const Ratings&) const = default;
  };
  std::map<std::string, Ratings> RecountFeedback(const std::vector<v1::Dimension>& dimensions) const {
    std::map<std::string, Ratings> ratings;
    for (const auto& [which, counts] : feedback_) {
      const Session& session = sessions_[which];
      if (session.challenge != "challenges/summer" || session.cancelled) continue;
      Ratings& counted = ratings[Key(dimensions, nullptr, &session, IsoWeekOfDate(session.date).value())];
      for (int i = 0; i < 5; ++i) {
        counted.answers += counts[i];
        counted.sum += (i + 1) * counts[i];
      }
    }
    return ratings;
  }

  // By counting the facts: the cells of a table that are not 0.
  std::map<std::string, int> Recount(const Measure& measure, const std::vector<v1::Dimension>& dimensions,
                                     const std::string& challenge, const std::string& organisation) const {
    std::map<std::string, int> cells;
    const bool by_session = std::count(dimensions.begin(), dimensions.end(), v1::DIMENSION_SESSION) > 0;
    if (measure.id == "places.capacity") {
      for (const Session& session : sessions_) {
        if (session.challenge != challenge || session.cancelled) continue;
        cells[Key(dimensions, nullptr, &session, IsoWeekOfDate(session.date).value())] += session.capacity;
      }
    } else if (measure.source == Measure::Source::kBookings || by_session) {
      for (const Booking& booking : bookings_) {
        const Session& session = sessions_[booking.session];
        const Organisation& made_for = organisations_[booking.organisation];
        if (session.challenge != challenge || !Counts(measure, booking)) continue;
        if (measure.disclosure_controlled() && !organisation.empty() && made_for.Name() != organisation) continue;
        ++cells[Key(dimensions, &made_for, &session, IsoWeekOfDate(session.date).value())];
      }
    } else {
      for (size_t i = 0; i < people_.size(); ++i) {
        const Person& person = people_[i];
        const Organisation& now = organisations_[person.organisation];
        if (!organisation.empty() && now.Name() != organisation) continue;
        bool counted = measure.id == "people.registered" && person.active;
        for (const Booking& booking : bookings_) {
          counted |=
              booking.person == i && sessions_[booking.session].challenge == challenge && Counts(measure, booking);
        }
        if (counted) ++cells[Key(dimensions, &now, nullptr, person.week)];
      }
    }
    return cells;
  }

 private:
  struct Organisation {
    std::string id;
    std::string sector;
    std::string place;
    std::string Name() const { return "organisations/" + id; }
  };
  struct Session {
    std::string name;
    std::string date;
    std::string challenge;
    int capacity;
    bool cancelled;
  };
  struct Person {
    std::vector<std::string> names;
    int number;
    size_t organisation;
    std::string week;
    bool active;
  };
  struct Booking {
    std::string name;
    size_t person;
    size_t organisation;
    size_t session;
    BookingEvent::State state;
    bool attended;
  };

  struct Plan {
    std::string name;
    PlanEvent::State state;
    bool started;
    std::map<int, BenefitEvent::State> benefits;
    std::set<std::string> members;
  };

  static bool Counts(const Measure& measure, const Booking& booking) {
    const bool seated = booking.state == BookingEvent::STATE_SEATED;
    const bool waiting = booking.state == BookingEvent::STATE_WAITING;
    switch (measure.counter) {
      case Counter::kSeated:
        return seated;
      case Counter::kWaiting:
        return waiting;
      case Counter::kAttended:
        return booking.attended && (seated || waiting);
      default:
        return false;
    }
  }

  static std::string Key(const std::vector<v1::Dimension>& dimensions, const Organisation* organisation,
                         const Session* session, const std::string& week) {
    std::string key;
    for (size_t i = 0; i < dimensions.size(); ++i) {
      if (i > 0) key += "|";
      switch (dimensions[i]) {
        case v1::DIMENSION_ORGANISATION:
          key += organisation->Name();
          break;
        case v1::DIMENSION_SECTOR:
          key += organisation->sector;
          break;
        case v1::DIMENSION_PLACE:
          key += organisation->place.empty() ? "WHOLE_SYSTEM" : organisation->place;
          break;
        case v1::DIMENSION_SESSION:
          key += session->name;
          break;
        default:
          key += week;
      }
    }
    return key;
  }

  size_t Any(size_t count) { return random_() % count; }
  std::string AnyNameOf(const Person& person) { return person.names[Any(person.names.size())]; }

  void Happen() {
    ++day_;
    const size_t what = Any(26);
    if (what >= 20) return HappenInPlans(what);
    if (people_.empty() || what < 4) return Register();
    if (what < 12) return Book();
    if (what < 14) return Attend();
    if (what == 14) return Deactivate();
    if (what == 15) return Move();
    if (what == 16) return Substitute();
    if (what == 17) return ChangeOrganisation();
    if (what == 18) return Promote();
    if (Any(20) == 0) return CancelSession();
    Cancel();
  }

  void HappenInPlans(size_t what) {
    if (plans_.empty() || what == 20) return Draft();
    Plan& plan = plans_[Any(plans_.size())];
    switch (what) {
      case 21:
        plan.state = static_cast<PlanEvent::State>(1 + Any(7));
        plan.started |= plan.state != PlanEvent::STATE_DRAFT && plan.state != PlanEvent::STATE_WITHDRAWN;
        return plans_feed_.Add(testing::PlanIs(plan.name, plan.state, "2021-08-12", "2021-11-20"));
      case 22: {
        const int number = 1 + static_cast<int>(Any(2));
        plan.benefits[number] = static_cast<BenefitEvent::State>(3 + Any(3));
        return plans_feed_.Add(testing::BenefitIs(plan.name, number, plan.benefits[number]));
      }
      case 23:
        if (plan.members.empty()) return;
        plans_feed_.Add(testing::Joins(plan.name, *plan.members.begin(), ""));
        plan.members.erase(plan.members.begin());
        return;
      case 24:
        return group_feed_.Add(testing::QuestionIs(static_cast<int>(Any(9)), AdviceEvent::STATE_ASSIGNED,
                                                   static_cast<int>(Any(900)), Any(2) == 0, Any(2) == 0));
      default: {
        const std::string name = AnyNameOf(people_[Any(people_.size())]);
        plan.members.insert(name);
        plans_feed_.Add(testing::Joins(plan.name, name));
      }
    }
  }

  void Draft() {
    const std::string& organisation = organisations_[Any(organisations_.size())].id;
    plans_.push_back({testing::PlanOf(organisation, ++numbers_), PlanEvent::STATE_DRAFT, false, {}, {}});
    plans_feed_.Add(testing::PlanIs(plans_.back().name, PlanEvent::STATE_DRAFT));
  }

  std::string Time() const { return absl::FormatCivilTime(absl::CivilDay(2021, 5, 10) + day_ / 4) + " 12:00"; }

  void Tell(ParticipantEvent::Kind kind, const std::string& name, const std::string& moved_from = "") {
    participants_.Add(testing::At(Time(), testing::Participant(kind, name, moved_from)));
  }

  void Register() {
    const size_t organisation = Any(organisations_.size());
    const std::string name = testing::Person(organisations_[organisation].id, ++numbers_);
    Tell(ParticipantEvent::KIND_REGISTERED, name);
    people_.push_back({{name}, numbers_, organisation, IsoWeek(WhenLast()), true});
  }

  absl::Time WhenLast() const { return absl::FromUnixSeconds(participants_.changes().back().time().seconds()); }

  void Deactivate() {
    Person& person = people_[Any(people_.size())];
    // Some come back.
    Tell(person.active ? ParticipantEvent::KIND_DEACTIVATED : ParticipantEvent::KIND_REGISTERED, person.names.back());
    person.active = !person.active;
  }

  void Move() {
    Person& person = people_[Any(people_.size())];
    if (!person.active) return;
    const size_t before = person.organisation;
    person.organisation = Any(organisations_.size());
    if (person.organisation == before) return;
    // The last part of the name may stay, so that who moves back has the first name again.
    const int number = Any(2) == 0 ? person.number : ++numbers_;
    person.names.push_back(testing::Person(organisations_[person.organisation].id, number));
    Tell(ParticipantEvent::KIND_MOVED, person.names.back(), person.names[person.names.size() - 2]);
  }

  void ChangeOrganisation() {
    Organisation& organisation = organisations_[Any(organisations_.size())];
    organisation.sector = Any(2) == 0 ? "NHS_TRUST" : "LOCAL_AUTHORITY";
    participants_.Add(testing::OrganisationIs(organisation.id, organisation.sector, organisation.place));
  }

  void Tell(const Booking& booking) {
    workshops_.Add(testing::Books(booking.name, AnyNameOf(people_[booking.person]), sessions_[booking.session].name,
                                  booking.state));
  }

  void Book() {
    Booking booking;
    booking.person = Any(people_.size());
    booking.organisation = people_[booking.person].organisation;
    booking.name = testing::Booking(organisations_[booking.organisation].id, ++numbers_);
    booking.session = Any(sessions_.size());
    if (sessions_[booking.session].cancelled) return;
    booking.state = Any(4) == 0 ? BookingEvent::STATE_WAITING : BookingEvent::STATE_SEATED;
    booking.attended = false;
    bookings_.push_back(booking);
    Tell(booking);
  }

  Booking* AnyLive() {
    std::vector<Booking*> live;
    for (Booking& booking : bookings_) {
      if (booking.state <= BookingEvent::STATE_WAITING) live.push_back(&booking);
    }
    return live.empty() ? nullptr : live[Any(live.size())];
  }

  void Attend() {
    Booking* booking = AnyLive();
    if (booking == nullptr || booking->state != BookingEvent::STATE_SEATED) return;
    booking->attended = Any(4) != 0;  // some records are corrected
    workshops_.Add(testing::Attends(booking->name, AnyNameOf(people_[booking->person]),
                                    sessions_[booking->session].name, booking->attended));
  }

  void Substitute() {
    Booking* booking = AnyLive();
    if (booking == nullptr || booking->attended) return;
    Change change = testing::Books(booking->name, "", sessions_[booking->session].name, booking->state);
    change.mutable_booking_event()->set_previous_participant(AnyNameOf(people_[booking->person]));
    booking->person = Any(people_.size());
    change.mutable_booking_event()->set_participant(AnyNameOf(people_[booking->person]));
    workshops_.Add(change);
  }

  void Promote() {
    Booking* booking = AnyLive();
    if (booking == nullptr) return;
    booking->state = BookingEvent::STATE_SEATED;
    Tell(*booking);
  }

  void Cancel() {
    Booking* booking = AnyLive();
    if (booking == nullptr) return;
    booking->state = BookingEvent::STATE_CANCELLED;
    Tell(*booking);
  }

  void CancelSession() {
    const size_t which = Any(sessions_.size());
    Session& session = sessions_[which];
    session.cancelled = true;
    workshops_.Add(testing::SessionIs(session.name, session.challenge, session.date, session.capacity, true));
    for (Booking& booking : bookings_) {
      if (booking.session != which || booking.state > BookingEvent::STATE_WAITING) continue;
      booking.state = BookingEvent::STATE_CANCELLED_BY_ORGANISER;
      Tell(booking);
    }
  }

  // Of some sessions few gave feedback.
  void ReleaseFeedback() {
    for (size_t i = 0; i < sessions_.size(); ++i) {
      std::vector<int> counts(5);
      for (int& count : counts) count = static_cast<int>(Any(i % 2 == 0 ? 9 : 2));
      counts[4] += i % 2 == 0 ? 8 : 0;
      if (i % 2 == 0) feedback_[i] = counts;
      workshops_.Add(testing::FeedbackIs(sessions_[i].name, counts));
    }
  }

  std::mt19937 random_;
  int numbers_ = 0;
  int day_ = 0;
  std::vector<Organisation> organisations_;
  std::vector<Session> sessions_;
  std::vector<Person> people_;
  std::vector<Booking> bookings_;
  Feed participants_{"participants"};
  std::vector<Plan> plans_;
  std::map<size_t, std::vector<int>> feedback_;  // that is shown, by session
  Feed workshops_{"workshops"};
  Feed plans_feed_{"benefit_plans"};
  Feed group_feed_{"reference_group"};
};

std::vector<std::vector<v1::Dimension>> TablesOf(const Measure& measure) {
  std::vector<std::vector<v1::Dimension>> tables = {{}};
  for (const v1::Dimension first : measure.dimensions) {
    tables.push_back({first});
    for (const v1::Dimension second : measure.dimensions) {
      if (first != second) tables.push_back({first, second});
    }
  }
  return tables;
}

void ExpectRecount(testing::TestModel& model, const World& world, const std::string& challenge,
                   const std::string& organisation) {
  for (const Measure& measure : Measures()) {
    if (!measure.disclosure_controlled() && measure.unit != "places") continue;
    if (measure.kind != v1::Measure::KIND_COUNT) continue;
    for (const auto& dimensions : TablesOf(measure)) {
      std::map<std::string, int> counted;
      for (const auto& [key, value] :
           model.Table(measure.id, dimensions, v1::TIER_OPERATIONAL, organisation, challenge)) {
        if (value != "0") counted[key] = std::stoi(value);
      }
      EXPECT_EQ(counted, world.Recount(measure, dimensions, challenge, organisation))
          << measure.id << " by " << ::testing::PrintToString(dimensions) << " of " << challenge << " " << organisation;
    }
  }
}

void ExpectRecountOfPlans(testing::TestModel& model, const World& world) {
  model.SetNow("2021-11-30 12:00");
  int eligible = 0;
  for (const char* id : {"people.plan_started_rate", "people.benefit_realised_rate"}) {
    const Measure& measure = *FindMeasure(id);
    for (const std::vector<v1::Dimension>& by :
         {std::vector<v1::Dimension>{}, {v1::DIMENSION_SECTOR}, {v1::DIMENSION_PLACE}}) {
      std::map<std::string, World::Share> counted;
      for (const v1::Cell& cell : model.Cells(id, by)) {
        const World::Share share{cell.numerator(), cell.eligible(), cell.not_yet_due()};
        if (!(share == World::Share())) counted[cell.category()] = share;
        eligible += share.eligible;
      }
      EXPECT_TRUE(counted == world.RecountShares(measure, by, absl::CivilDay(2021, 11, 30))) << id;
    }
  }
  EXPECT_GT(eligible, 0);
  for (const char* id : {"plans.drafted", "plans.started", "plans.closed"}) {
    EXPECT_EQ(model.Total(id), absl::StrCat(world.RecountPlans(FindMeasure(id)->pick))) << id;
  }
}

void ExpectRecountOfFeedback(testing::TestModel& model, const World& world) {
  const Measure& measure = *FindMeasure("feedback.answers");
  for (const auto& by : TablesOf(measure)) {
    const auto answers = model.Cells("feedback.answers", by);
    const auto means = model.Cells("feedback.rating", by);
    std::map<std::string, World::Ratings> counted;
    for (size_t i = 0; i < answers.size(); ++i) {
      EXPECT_EQ(answers[i].status(), means[i].status());
      EXPECT_EQ(answers[i].has_value(), answers[i].status() == v1::Cell::STATUS_EXACT);
      if (!answers[i].has_value()) continue;
      const std::string second = by.size() == 2 ? "|" + answers[i].category2() : "";
      counted[answers[i].category() + second] = {answers[i].value(),
                                                 static_cast<int>(std::round(means[i].number() * answers[i].value()))};
    }
    EXPECT_TRUE(counted == world.RecountFeedback(by)) << ::testing::PrintToString(by);
  }
}

void ApplyAll(testing::TestModel& model, std::vector<const Feed*> feeds) {
  for (const Feed* feed : feeds) model.Apply(*feed);
}

TEST(InterleavingTest, CountersEqualARecount) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const World world(seed);
    testing::TestModel model;
    ApplyAll(model, world.feeds());
    ExpectRecountOfPlans(model, world);
    ExpectRecountOfFeedback(model, world);
    for (const char* challenge : {"challenges/summer", "challenges/winter"}) {
      ExpectRecount(model, world, challenge, "");
      ExpectRecount(model, world, challenge, "organisations/org1");
    }
  }
}

TEST(InterleavingTest, AnyOrderOfTheServicesGivesTheSameModel) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const World world(seed);
    testing::TestModel reference;
    ApplyAll(reference, world.feeds());
    testing::TestModel reversed;
    auto feeds = world.feeds();
    std::reverse(feeds.begin(), feeds.end());
    ApplyAll(reversed, feeds);
    EXPECT_EQ(reversed.Digest(), reference.Digest());
    ExpectRecount(reversed, world, "challenges/summer", "");
    ExpectRecountOfPlans(reversed, world);
    ExpectRecountOfFeedback(reversed, world);
    for (unsigned order = 0; order < 4; ++order) {
      std::mt19937 random(100 * seed + order);
      testing::TestModel model;
      std::map<const Feed*, size_t> done;
      const auto is_left = [&](const Feed* feed) { return done[feed] < feed->changes().size(); };
      while (std::any_of(feeds.begin(), feeds.end(), is_left)) {
        const Feed& feed = *feeds[random() % feeds.size()];
        const size_t begin = done[&feed] - std::min<size_t>(done[&feed], random() % 10);  // some come again
        const size_t count = 1 + random() % 60;
        model.Apply(feed, begin, count);
        done[&feed] = std::max(done[&feed], std::min(feed.changes().size(), begin + count));
      }
      EXPECT_EQ(model.Digest(), reference.Digest()) << "seed " << seed << ", order " << order;
    }
  }
}

TEST(InterleavingTest, WhatComesTwiceIsCountedOnce) {
  const World world(9);
  testing::TestModel model;
  EXPECT_EQ(model.Apply(world.participants()), static_cast<int>(world.participants().changes().size()));
  EXPECT_GT(model.Apply(world.workshops()), 100);
  const std::string digest = model.Digest();
  EXPECT_EQ(model.Apply(world.participants()), 0);
  EXPECT_EQ(model.Apply(world.workshops()), 0);
  EXPECT_EQ(model.Digest(), digest);
}

}  // namespace
}  // namespace equity::statistics
