// Facilitators: what is shown of them is what their consent says, to whom it says, as long as it says so.
#include "services/workshops/testing/delivery.h"

namespace equity::workshops {
namespace {

using changes::v1::FacilitatorEvent;
using changes::v1::ParticipantEvent;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using FacilitatorAgrees = v1::FacilitatorConsent;

constexpr char kBiography[] = "Grew up in Lowestoft and runs the carers' choir.";
constexpr char kLived[] = "Cared for a parent from the age of nine.";

FacilitatorAgrees Agrees(std::vector<FacilitatorAgrees::Aspect> aspects, FacilitatorAgrees::Audience audience,
                         const std::string& until = "") {
  FacilitatorAgrees consent;
  for (const auto aspect : aspects) consent.add_aspects(aspect);
  consent.set_audience(audience);
  consent.set_expire_date(until);
  return consent;
}

class FacilitatorsTest : public DeliveryTest {
 protected:
  // Of an organisation of people without an employer.
  FacilitatorsTest() : person_(Person("independent", 1)) { Know({person_}); }

  v1::CreateFacilitatorRequest NewRequest() {
    v1::CreateFacilitatorRequest request;
    request.mutable_facilitator()->set_participant(person_);
    request.set_request_id(NewId());
    return request;
  }
  // With all texts, shown to this audience.
  v1::Facilitator Add(FacilitatorAgrees::Audience audience, const std::string& until = "") {
    v1::CreateFacilitatorRequest request = NewRequest();
    v1::Facilitator& facilitator = *request.mutable_facilitator();
    *facilitator.mutable_consent() = Agrees(All(), audience, until);
    facilitator.set_public_name("Ade");
    facilitator.set_biography(kBiography);
    facilitator.set_lived_experience(kLived);
    facilitator.add_sessions(session_);
    return Must(Facilitators(team_).CreateFacilitator(request)).facilitator();
  }
  static std::vector<FacilitatorAgrees::Aspect> All() {
    return {FacilitatorAgrees::ASPECT_NAME, FacilitatorAgrees::ASPECT_BIOGRAPHY,
            FacilitatorAgrees::ASPECT_LIVED_EXPERIENCE};
  }
  absl::StatusOr<v1::GetFacilitatorResponse> Get(const client::CallOptions& who, const std::string& name) {
    v1::GetFacilitatorRequest request;
    request.set_name(name);
    return Facilitators(who).GetFacilitator(request);
  }
  std::vector<v1::Facilitator> ListAs(const client::CallOptions& who, v1::ListFacilitatorsRequest request = {}) {
    std::vector<v1::Facilitator> facilitators;
    const absl::Status status =
        Facilitators(who).ForEachFacilitator(std::move(request), [&](const v1::Facilitator& each) {
          facilitators.push_back(each);
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return facilitators;
  }
  std::vector<v1::PublicFacilitator> ListPublic() {
    const auto response = Must(Facilitators({}).ListPublicFacilitators({}));
    return {response.facilitators().begin(), response.facilitators().end()};
  }
  v1::Facilitator Consent(const std::string& name, FacilitatorAgrees consent) {
    v1::GiveConsentRequest request;
    request.set_name(name);
    *request.mutable_consent() = std::move(consent);
    return Must(Facilitators(team_).GiveConsent(request)).facilitator();
  }
  v1::Facilitator Withdraw(const std::string& name) {
    v1::WithdrawConsentRequest request;
    request.set_name(name);
    return Must(Facilitators(As("facilitator")).WithdrawConsent(request)).facilitator();
  }
  std::vector<FacilitatorEvent::Kind> Events() {
    std::vector<FacilitatorEvent::Kind> kinds;
    for (const auto& change : Changes()) {
      if (change.has_facilitator_event()) kinds.push_back(change.facilitator_event().kind());
    }
    return kinds;
  }
  void ExpectNoTexts() {
    EXPECT_THAT(Column("SELECT public_name || biography || lived_experience FROM facilitators"), ElementsAre(""));
  }

  std::string person_;
};

TEST_F(FacilitatorsTest, WithoutAConsentNothingIsTakenAndNothingShown) {
  v1::CreateFacilitatorRequest request = NewRequest();
  request.mutable_facilitator()->set_public_name("Ade");
  EXPECT_EQ(WhyOf(Facilitators(team_).CreateFacilitator(request)), "CONSENT_MISSING");
  request.mutable_facilitator()->clear_public_name();
  const auto facilitator = Must(Facilitators(team_).CreateFacilitator(request)).facilitator();
  EXPECT_EQ(facilitator.participant(), person_);
  EXPECT_FALSE(facilitator.has_consent());
  EXPECT_THAT(ListAs(team_), SizeIs(1));
  EXPECT_EQ(WhyOf(Get(rde_, facilitator.name())), "NOT_FOUND");
  EXPECT_THAT(ListAs(rde_), IsEmpty());
  EXPECT_THAT(ListPublic(), IsEmpty());

  v1::UpdateFacilitatorRequest update;
  update.mutable_facilitator()->set_name(facilitator.name());
  update.mutable_facilitator()->set_biography(kBiography);
  EXPECT_EQ(WhyOf(Facilitators(team_).UpdateFacilitator(update)), "CONSENT_MISSING");
  Consent(facilitator.name(), Agrees({FacilitatorAgrees::ASPECT_NAME}, FacilitatorAgrees::AUDIENCE_ICS));
  EXPECT_EQ(WhyOf(Facilitators(team_).UpdateFacilitator(update)), "CONSENT_MISSING") << "covers the name alone";
  EXPECT_EQ(WhyOf(Get(rde_, facilitator.name())), "NOT_FOUND") << "there is nothing to see yet";
}

TEST_F(FacilitatorsTest, EachAudienceSeesWhatTheConsentSays) {
  const std::string name = Add(FacilitatorAgrees::AUDIENCE_TEAM).name();
  EXPECT_EQ(Must(Get(As("facilitator"), name)).facilitator().public_name(), "Ade");
  EXPECT_EQ(WhyOf(Get(rde_, name)), "NOT_FOUND");
  EXPECT_THAT(ListAs(As("reference_group")), IsEmpty());
  EXPECT_THAT(ListPublic(), IsEmpty());

  Consent(name, Agrees(All(), FacilitatorAgrees::AUDIENCE_ICS));
  const v1::Facilitator seen = Must(Get(rde_, name)).facilitator();
  EXPECT_EQ(seen.biography(), kBiography);
  EXPECT_EQ(seen.lived_experience(), kLived);
  EXPECT_THAT(seen.sessions(), ElementsAre(session_));
  EXPECT_EQ(seen.participant(), "") << "whose person it is, is for the team";
  EXPECT_FALSE(seen.has_consent());
  EXPECT_THAT(ListAs(As("analyst")), SizeIs(1));
  EXPECT_THAT(ListPublic(), IsEmpty());

  Consent(name, Agrees(All(), FacilitatorAgrees::AUDIENCE_PUBLIC));
  ASSERT_THAT(ListPublic(), SizeIs(1));
  EXPECT_EQ(ListPublic()[0].public_name(), "Ade");
  EXPECT_EQ(ListPublic()[0].lived_experience(), kLived);
}

TEST_F(FacilitatorsTest, AWithdrawnConsentIsGoneAtOnceFromEverywhere) {
  v1::UpdateFacilitatorRequest update;
  const std::string name = Add(FacilitatorAgrees::AUDIENCE_PUBLIC).name();
  update.mutable_facilitator()->set_name(name);
  update.mutable_facilitator()->set_biography("Sings bass.");
  update.set_request_id(NewId());
  EXPECT_EQ(Must(Facilitators(team_).UpdateFacilitator(update)).facilitator().biography(), "Sings bass.");
  EXPECT_EQ(Must(Facilitators(team_).UpdateFacilitator(update)).facilitator().biography(), "Sings bass.");

  const v1::Facilitator left = Withdraw(name);
  EXPECT_FALSE(left.has_consent());
  EXPECT_EQ(left.public_name() + left.biography() + left.lived_experience(), "");
  EXPECT_EQ(WhyOf(Get(rde_, name)), "NOT_FOUND");
  EXPECT_THAT(ListAs(rde_), IsEmpty());
  EXPECT_THAT(ListPublic(), IsEmpty());
  EXPECT_EQ(Must(Get(team_, name)).facilitator().biography(), "");
  ExpectNoTexts();
  // Not from memory either.
  const auto repeated = Must(Facilitators(team_).UpdateFacilitator(update)).facilitator();
  EXPECT_EQ(repeated.name(), name);
  EXPECT_EQ(repeated.biography() + repeated.public_name(), "");
  Withdraw(name);
  EXPECT_THAT(Events(), ElementsAre(FacilitatorEvent::KIND_ADDED, FacilitatorEvent::KIND_CHANGED,
                                    FacilitatorEvent::KIND_CONSENT_WITHDRAWN));
  for (const auto& change : Changes()) {
    EXPECT_THAT(change.DebugString(), Not(HasSubstr("Ade")));
    EXPECT_THAT(change.DebugString(), Not(HasSubstr(person_)));
  }
  const std::string log = LogWith("WithdrawConsent");
  EXPECT_THAT(log, HasSubstr("WithdrawConsent"));
  EXPECT_THAT(log, Not(HasSubstr("Sings bass")));
  EXPECT_THAT(log, Not(HasSubstr("Lowestoft")));
  // Nor in any file: while the server runs, when nothing else is to be done, and when it was stopped.
  for (const char* text : {"Sings bass", "Lowestoft", "age of nine"}) {
    EXPECT_EQ(AllFilesWithout(text).find(text), std::string::npos) << text;
  }
  StopServer();
  for (const char* text : {"Sings bass", "Lowestoft", "age of nine"}) {
    EXPECT_EQ(AllFiles().find(text), std::string::npos) << text;
  }
}

TEST_F(FacilitatorsTest, ANarrowerConsentErasesWhatItDoesNotCover) {
  const std::string name = Add(FacilitatorAgrees::AUDIENCE_PUBLIC).name();
  const v1::Facilitator narrower =
      Consent(name, Agrees({FacilitatorAgrees::ASPECT_LIVED_EXPERIENCE}, FacilitatorAgrees::AUDIENCE_PUBLIC));
  EXPECT_EQ(narrower.public_name(), "");
  EXPECT_EQ(narrower.lived_experience(), kLived);
  ASSERT_THAT(ListPublic(), SizeIs(1));
  EXPECT_EQ(ListPublic()[0].public_name() + ListPublic()[0].biography(), "");
  // Wider again, what was erased does not come back.
  EXPECT_EQ(Consent(name, Agrees(All(), FacilitatorAgrees::AUDIENCE_PUBLIC)).biography(), "");
  EXPECT_THAT(Column("SELECT count(*) FROM facilitator_consents WHERE withdraw_time IS NULL"), ElementsAre("1"));
  const size_t events = Events().size();
  Consent(name, Agrees(All(), FacilitatorAgrees::AUDIENCE_PUBLIC));
  EXPECT_THAT(Events(), SizeIs(events)) << "the same consent again changes nothing";
}

TEST_F(FacilitatorsTest, AConsentEndsByItself) {
  const std::string name = Add(FacilitatorAgrees::AUDIENCE_PUBLIC, "2021-08-01").name();
  SetNow(London("2021-08-01 23:59"));
  EXPECT_THAT(ListPublic(), SizeIs(1));
  SetNow(London("2021-08-02 00:01"));
  EXPECT_THAT(ListPublic(), IsEmpty());
  EXPECT_EQ(WhyOf(Get(rde_, name)), "NOT_FOUND");
  EXPECT_EQ(Must(Get(team_, name)).facilitator().public_name(), "");
  Sweep();
  ExpectNoTexts();
  EXPECT_EQ(Events().back(), FacilitatorEvent::KIND_CONSENT_WITHDRAWN);
}

TEST_F(FacilitatorsTest, ListsAreNarrowedAndHavePages) {
  Add(FacilitatorAgrees::AUDIENCE_ICS);
  const std::string other = AddSession("2021-08-17", "09:00", 10);
  for (int i = 2; i <= 4; ++i) {
    Know({Person("independent", i)});
    v1::CreateFacilitatorRequest request;
    request.mutable_facilitator()->set_participant(Person("independent", i));
    request.mutable_facilitator()->add_sessions(other);
    Must(Facilitators(team_).CreateFacilitator(request));
  }
  v1::ListFacilitatorsRequest of_session;
  of_session.set_session(other);
  EXPECT_THAT(ListAs(team_, of_session), SizeIs(3));
  of_session.set_session(session_);
  EXPECT_THAT(ListAs(rde_, of_session), SizeIs(1));
  v1::ListFacilitatorsRequest paged;
  paged.set_page_size(3);
  EXPECT_THAT(ListAs(team_, paged), SizeIs(4));
  paged.set_page_token("nonsense");
  EXPECT_EQ(WhyOf(Facilitators(team_).ListFacilitators(paged)), "page_token");
  of_session.set_session(std::string(kWorkshop) + "/sessions/2021-08-18-0900");
  EXPECT_EQ(WhyOf(Facilitators(team_).ListFacilitators(of_session)), "NOT_FOUND");
}

TEST_F(FacilitatorsTest, RefusalsSayWhatIsWrong) {
  auto facilitators = Facilitators(team_);
  v1::CreateFacilitatorRequest create = NewRequest();
  create.mutable_facilitator()->clear_participant();
  create.mutable_facilitator()->mutable_consent()->set_expire_date("2021-07-19");
  EXPECT_EQ(WhyOf(facilitators.CreateFacilitator(create)),
            "facilitator.participant,facilitator.consent.aspects,facilitator.consent.audience,facilitator.consent."
            "expire_date");
  create = NewRequest();
  create.mutable_facilitator()->add_sessions(std::string(kWorkshop) + "/sessions/2021-08-18-0900");
  EXPECT_EQ(WhyOf(facilitators.CreateFacilitator(create)), "NOT_FOUND");
  create = NewRequest();
  create.mutable_facilitator()->set_participant(Person("independent", 9));
  client::CallOptions impatient = team_;
  impatient.max_tries = 1;
  EXPECT_EQ(WhyOf(facilitators.CreateFacilitator(create, impatient)), "PARTICIPANT_NOT_KNOWN_YET");
  const v1::Facilitator added = Add(FacilitatorAgrees::AUDIENCE_TEAM);
  EXPECT_EQ(WhyOf(facilitators.CreateFacilitator(NewRequest())), "FACILITATOR_EXISTS");

  v1::UpdateFacilitatorRequest update;
  EXPECT_EQ(WhyOf(facilitators.UpdateFacilitator(update)), "facilitator");
  update.mutable_facilitator()->set_biography("x");
  EXPECT_EQ(WhyOf(facilitators.UpdateFacilitator(update)), "facilitator.name");
  update.mutable_facilitator()->set_name(added.name());
  update.mutable_facilitator()->set_etag("old");
  EXPECT_EQ(WhyOf(facilitators.UpdateFacilitator(update)), "ETAG_MISMATCH");
  update.mutable_facilitator()->set_etag(added.etag());
  update.mutable_update_mask()->add_paths("consent");
  EXPECT_EQ(WhyOf(facilitators.UpdateFacilitator(update)), "update_mask");
  const std::string missing = "facilitators/" + NewId();
  update.clear_update_mask();
  update.mutable_facilitator()->set_name(missing);
  EXPECT_EQ(WhyOf(facilitators.UpdateFacilitator(update)), "NOT_FOUND");
  EXPECT_EQ(WhyOf(Get(team_, missing)), "NOT_FOUND");
  v1::GiveConsentRequest give;
  give.set_name(missing);
  *give.mutable_consent() = Agrees(All(), FacilitatorAgrees::AUDIENCE_TEAM);
  EXPECT_EQ(WhyOf(facilitators.GiveConsent(give)), "NOT_FOUND");
  v1::WithdrawConsentRequest withdraw;
  withdraw.set_name(missing);
  EXPECT_EQ(WhyOf(facilitators.WithdrawConsent(withdraw)), "NOT_FOUND");
  EXPECT_EQ(WhyOf(Facilitators(rde_).GiveConsent(give)), "SCOPE_MISSING");
}

TEST_F(FacilitatorsTest, WhoRetiresOrLeavesTakesTheTextsAlong) {
  const std::string name = Add(FacilitatorAgrees::AUDIENCE_PUBLIC).name();
  ParticipantEvent moved;
  moved.set_kind(ParticipantEvent::KIND_MOVED);
  moved.set_moved_from(person_);
  moved.set_participant("organisations/rde/" + person_.substr(person_.find("participants/")));
  Tell(moved);
  EXPECT_EQ(Must(Get(team_, name)).facilitator().participant(), moved.participant());
  EXPECT_THAT(ListPublic(), SizeIs(1));
  // Old news of the former organisation.
  ParticipantEvent left;
  left.set_kind(ParticipantEvent::KIND_DEACTIVATED);
  left.set_participant(person_);
  Tell(left);
  EXPECT_THAT(ListPublic(), SizeIs(1));
  left.set_participant(moved.participant());
  Tell(left);
  EXPECT_THAT(ListPublic(), IsEmpty());
  ExpectNoTexts();
  EXPECT_THAT(Events(), Contains(FacilitatorEvent::KIND_RETIRED));
  EXPECT_THAT(ListAs(team_), IsEmpty());
  v1::ListFacilitatorsRequest retired;
  retired.set_show_retired(true);
  EXPECT_THAT(ListAs(team_, retired), SizeIs(1));
  EXPECT_THAT(ListAs(rde_, retired), IsEmpty());
  // A person who left cannot be added.
  v1::CreateFacilitatorRequest create;
  create.mutable_facilitator()->set_participant(moved.participant());
  EXPECT_EQ(WhyOf(Facilitators(team_).CreateFacilitator(create)), "PARTICIPANT_NOT_ACTIVE");

  person_ = Person("independent", 2);
  Know({person_});
  v1::UpdateFacilitatorRequest update;
  update.mutable_facilitator()->set_name(Add(FacilitatorAgrees::AUDIENCE_PUBLIC).name());
  update.mutable_facilitator()->set_retired(true);
  EXPECT_TRUE(Must(Facilitators(team_).UpdateFacilitator(update)).facilitator().retired());
  EXPECT_THAT(ListPublic(), IsEmpty());
  EXPECT_THAT(Column("SELECT DISTINCT public_name || biography || lived_experience FROM facilitators"),
              ElementsAre(""));
}

}  // namespace
}  // namespace equity::workshops
