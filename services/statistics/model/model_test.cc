#include "services/statistics/model/model.h"

#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/statistics/testing/testing.h"

namespace equity::statistics {
namespace {

using testing::At;
using testing::Attends;
using testing::BookingEvent;
using testing::Books;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::kMonday;
using testing::kSummer;
using testing::kThursday;
using testing::OrganisationIs;
using ::testing::Pair;
using testing::Participant;
using testing::ParticipantEvent;
using testing::SessionIs;

class ModelTest : public ::testing::Test {
 protected:
  ModelTest() {
    workshops_.Add(SessionIs(kMonday, kSummer, "2021-08-02", 20));
    workshops_.Add(SessionIs(kThursday, kSummer, "2021-08-12", 25));
    participants_.Add(OrganisationIs("trust", "NHS_TRUST", "WEST_SUFFOLK"));
    participants_.Add(OrganisationIs("council", "LOCAL_AUTHORITY", ""));
  }

  void Register(const std::string& person, const std::string& when = "2021-07-20 09:00") {
    participants_.Add(At(when, Participant(ParticipantEvent::KIND_REGISTERED, person)));
  }
  void Count() {
    model_.Apply(participants_);
    model_.Apply(workshops_);
  }
  auto By(const char* measure, v1::Dimension dimension) { return model_.Table(measure, {dimension}); }

  testing::Feed participants_{"participants"};
  testing::Feed workshops_{"workshops"};
  testing::TestModel model_;
  const std::string ann_ = testing::Person("trust", 1);
  const std::string ben_ = testing::Person("trust", 2);
  const std::string booking_ = testing::Booking("trust", 1);
  const std::string second_ = testing::Booking("trust", 2);
};

TEST_F(ModelTest, RegisteredArePeopleWhoTakePartNow) {
  Register(ann_);
  Register(ben_);
  Count();
  EXPECT_EQ(model_.Total("people.registered"), "2");
  participants_.Add(Participant(ParticipantEvent::KIND_DEACTIVATED, ben_));
  Count();
  EXPECT_THAT(By("people.registered", v1::DIMENSION_ORGANISATION),
              ElementsAre(Pair("organisations/council", "0"), Pair("organisations/trust", "1")));
}

TEST_F(ModelTest, WhoComesBackIsCountedInTheWeekOfTheFirstRegistration) {
  Register(ann_, "2021-07-20 09:00");
  participants_.Add(At("2021-07-27 09:00", Participant(ParticipantEvent::KIND_DEACTIVATED, ann_)));
  Register(ann_, "2021-08-03 09:00");
  Register(ben_, "2021-08-03 09:00");
  Count();
  EXPECT_THAT(By("people.registered", v1::DIMENSION_ISO_WEEK),
              ElementsAre(Pair("2021-W29", "1"), Pair("2021-W30", "0"), Pair("2021-W31", "1")));
}

TEST_F(ModelTest, APersonWithTwoPlacesIsOnePerson) {
  Register(ann_);
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  workshops_.Add(Books(second_, ann_, kThursday, BookingEvent::STATE_SEATED));
  Count();
  EXPECT_EQ(model_.Total("people.seated"), "1");
  EXPECT_EQ(model_.Total("places.taken"), "2");
  EXPECT_THAT(By("people.seated", v1::DIMENSION_SESSION), ElementsAre(Pair(kMonday, "1"), Pair(kThursday, "1")));
}

TEST_F(ModelTest, APromotionAndACancellation) {
  Register(ann_);
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_WAITING));
  Count();
  EXPECT_EQ(model_.Total("people.waiting"), "1");
  EXPECT_EQ(model_.Total("people.seated"), "0");
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  Count();
  EXPECT_EQ(model_.Total("people.waiting"), "0");
  EXPECT_EQ(model_.Total("people.seated"), "1");
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_CANCELLED));
  Count();
  EXPECT_EQ(model_.Total("people.seated"), "0");
  EXPECT_EQ(model_.Total("places.taken"), "0");
}

TEST_F(ModelTest, AttendanceIsCorrected) {
  Register(ann_);
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  workshops_.Add(Attends(booking_, ann_, kMonday, true));
  Count();
  EXPECT_EQ(model_.Total("people.attended"), "1");
  workshops_.Add(Attends(booking_, ann_, kMonday, false));
  Count();
  EXPECT_EQ(model_.Total("people.attended"), "0");
}

TEST_F(ModelTest, WhoAttendedAndLeftStillAttended) {
  Register(ann_);
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  workshops_.Add(Attends(booking_, ann_, kMonday, true));
  participants_.Add(Participant(ParticipantEvent::KIND_DEACTIVATED, ann_));
  Count();
  EXPECT_EQ(model_.Total("people.registered"), "0");
  EXPECT_EQ(model_.Total("people.attended"), "1");
}

TEST_F(ModelTest, ASubstituteTakesThePlaceOver) {
  Register(ann_, "2021-07-20 09:00");
  Register(ben_, "2021-07-27 09:00");
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  auto handed_over = Books(booking_, ben_, kMonday, BookingEvent::STATE_SEATED);
  handed_over.mutable_booking_event()->set_previous_state(BookingEvent::STATE_SEATED);
  handed_over.mutable_booking_event()->set_previous_participant(ann_);
  workshops_.Add(handed_over);
  Count();
  EXPECT_EQ(model_.Total("people.seated"), "1");
  EXPECT_THAT(By("people.seated", v1::DIMENSION_ISO_WEEK), ElementsAre(Pair("2021-W30", "1")));
}

TEST_F(ModelTest, WhoMovedIsCountedWithTheNewOrganisationAndTheBookingWithTheOld) {
  const std::string new_name = testing::Person("council", 3);
  Register(ann_);
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  participants_.Add(Participant(ParticipantEvent::KIND_MOVED, new_name, ann_));
  workshops_.Add(Books(second_, new_name, kThursday, BookingEvent::STATE_SEATED));
  Count();
  EXPECT_EQ(model_.Total("people.seated"), "1");
  for (const char* measure : {"people.registered", "people.seated"}) {
    EXPECT_THAT(By(measure, v1::DIMENSION_ORGANISATION),
                ElementsAre(Pair("organisations/council", "1"), Pair("organisations/trust", "0")));
  }
  EXPECT_THAT(model_.Table("people.seated", {v1::DIMENSION_SESSION, v1::DIMENSION_ORGANISATION}),
              Contains(Pair(std::string(kMonday) + "|organisations/trust", "1")));
}

TEST_F(ModelTest, TheFormerNameOfWhoMovedSaysNothingMore) {
  Register(ann_);
  participants_.Add(Participant(ParticipantEvent::KIND_MOVED, testing::Person("council", 3), ann_));
  participants_.Add(Participant(ParticipantEvent::KIND_DEACTIVATED, ann_));
  Count();
  EXPECT_EQ(model_.Total("people.registered"), "1");
}

TEST_F(ModelTest, ABookingBeforeItsPersonsRegistrationIsInAnUnknownWeekUntilThen) {
  Register(ann_);
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  model_.Apply(workshops_);
  EXPECT_THAT(By("people.seated", v1::DIMENSION_ISO_WEEK), ElementsAre(Pair("UNKNOWN", "1")));
  EXPECT_THAT(By("people.seated", v1::DIMENSION_SECTOR), ElementsAre(Pair("UNKNOWN", "1")));
  model_.Apply(participants_);
  EXPECT_THAT(By("people.seated", v1::DIMENSION_ISO_WEEK), ElementsAre(Pair("2021-W29", "1")));
  EXPECT_THAT(By("people.seated", v1::DIMENSION_SECTOR),
              ElementsAre(Pair("LOCAL_AUTHORITY", "0"), Pair("NHS_TRUST", "1")));
}

TEST_F(ModelTest, ACancelledSessionOffersNothing) {
  Register(ann_);
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_SEATED));
  workshops_.Add(SessionIs(kMonday, kSummer, "2021-08-02", 20, true));
  workshops_.Add(Books(booking_, ann_, kMonday, BookingEvent::STATE_CANCELLED_BY_ORGANISER));
  Count();
  EXPECT_THAT(By("places.capacity", v1::DIMENSION_SESSION), ElementsAre(Pair(kMonday, "0"), Pair(kThursday, "25")));
  EXPECT_EQ(model_.Total("places.taken"), "0");
  EXPECT_EQ(model_.Total("people.seated"), "0");
}

TEST_F(ModelTest, DetailsAndConsentsAreNotCounted) {
  Register(ann_);
  Count();
  const std::string digest = model_.Digest();
  participants_.Add(Participant(ParticipantEvent::KIND_UPDATED, ann_));
  participants_.Add(Participant(ParticipantEvent::KIND_CONSENT_CHANGED, ann_));
  Count();
  EXPECT_EQ(model_.Total("people.registered"), "1");
  EXPECT_NE(model_.Digest(), digest);  // the position moved on
}

TEST_F(ModelTest, NoNameOfAPersonIsStored) {
  const std::string odd = "organisations/trust/participants/a-name-that-nothing-else-holds";
  Register(odd);
  workshops_.Add(Books(booking_, odd, kMonday, BookingEvent::STATE_SEATED));
  Count();
  for (const char* file : {"statistics.db", "statistics.db-wal"}) {
    std::ifstream stream(model_.folder() + "/" + file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    EXPECT_FALSE(bytes.empty());
    EXPECT_EQ(bytes.find("a-name-that"), std::string::npos);
  }
}

}  // namespace
}  // namespace equity::statistics
