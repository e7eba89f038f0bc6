#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

using ::testing::ElementsAre;
using WorkshopStub = v1::WorkshopService::Stub;

class ProgrammeTest : public ServerTest {
 protected:
  absl::StatusOr<v1::CreateChallengeResponse> CreateChallenge(const std::string& id, const v1::Challenge& challenge) {
    v1::CreateChallengeRequest request;
    request.set_challenge_id(id);
    *request.mutable_challenge() = challenge;
    request.set_request_id(NewId());
    return Call(*workshops_, &WorkshopStub::CreateChallenge, request);
  }
  absl::StatusOr<v1::CreateWorkshopResponse> CreateWorkshop(const std::string& id, const v1::Workshop& workshop) {
    v1::CreateWorkshopRequest request;
    request.set_workshop_id(id);
    *request.mutable_workshop() = workshop;
    request.set_request_id(NewId());
    return Call(*workshops_, &WorkshopStub::CreateWorkshop, request);
  }
  absl::StatusOr<v1::UpdateWorkshopResponse> Update(const v1::Workshop& workshop, std::vector<std::string> paths = {}) {
    v1::UpdateWorkshopRequest request;
    *request.mutable_workshop() = workshop;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NewId());
    return Call(*workshops_, &WorkshopStub::UpdateWorkshop, request);
  }
};

TEST_F(ProgrammeTest, AChallengeGetsItsDefaults) {
  v1::Challenge given;
  given.set_display_name("100 Day Health Equity Challenge");
  const auto created = CreateChallenge("summer", given);
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Challenge& challenge = created->challenge();
  EXPECT_EQ(challenge.name(), "challenges/summer");
  EXPECT_EQ(challenge.length_days(), 100);
  EXPECT_EQ(challenge.cost_statement(), "Places are free.");
  EXPECT_EQ(challenge.launch_date(), "2021-07-20");
  v1::GetChallengeRequest get;
  get.set_name("challenges/summer");
  EXPECT_EQ(Call(*workshops_, &WorkshopStub::GetChallenge, get)->challenge().SerializeAsString(),
            challenge.SerializeAsString());
  EXPECT_EQ(ReasonOf(CreateChallenge("summer", given)), "CHALLENGE_EXISTS");
  EXPECT_EQ(ReasonOf(CreateChallenge("winter", v1::Challenge())), "INVALID_FIELDS");
  get.set_name("challenges/winter");
  EXPECT_EQ(ReasonOf(Call(*workshops_, &WorkshopStub::GetChallenge, get)), "NOT_FOUND");
}

TEST_F(ProgrammeTest, AWorkshopGetsItsDefaults) {
  AddWorkshop();
  v1::GetWorkshopRequest get;
  get.set_name(kWorkshop);
  const auto got = Call(*workshops_, &WorkshopStub::GetWorkshop, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_THAT(got->workshop().themes(),
              ElementsAre(v1::THEME_AWARENESS, v1::THEME_ASSESSMENT, v1::THEME_ALLYSHIP, v1::THEME_ACCOUNTABILITY));
  EXPECT_EQ(got->workshop().duration_minutes(), 150);
  EXPECT_EQ(got->workshop().challenge(), kChallenge);
  get.set_name("workshops/none");
  EXPECT_EQ(ReasonOf(Call(*workshops_, &WorkshopStub::GetWorkshop, get)), "NOT_FOUND");
}

TEST_F(ProgrammeTest, WhatCreatingAWorkshopRefuses) {
  AddWorkshop();
  v1::Workshop workshop;
  EXPECT_EQ(status::FieldFaults(CreateWorkshop("another", workshop).status()).size(), 2u);
  workshop.set_display_name("Another");
  workshop.set_challenge("challenges/none");
  EXPECT_EQ(ReasonOf(CreateWorkshop("another", workshop)), "NOT_FOUND");
  workshop.set_challenge(kChallenge);
  EXPECT_EQ(ReasonOf(CreateWorkshop("health-equity-challenge", workshop)), "WORKSHOP_EXISTS");
}

TEST_F(ProgrammeTest, AnUpdateChangesWhatIsAskedAndTheEtag) {
  AddWorkshop();
  v1::Workshop workshop;
  workshop.set_name(kWorkshop);
  workshop.set_summary("Equity and justice");
  const auto updated = Update(workshop);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->workshop().summary(), "Equity and justice");
  EXPECT_EQ(updated->workshop().display_name(), "Health Equity Challenge");
  EXPECT_EQ(updated->workshop().etag(), "2");

  workshop = updated->workshop();
  workshop.clear_summary();
  workshop.clear_themes();
  workshop.add_themes(v1::THEME_ALLYSHIP);
  const auto masked = Update(workshop, {"summary", "themes"});
  ASSERT_TRUE(masked.ok()) << masked.status();
  EXPECT_EQ(masked->workshop().summary(), "");
  EXPECT_THAT(masked->workshop().themes(), ElementsAre(v1::THEME_ALLYSHIP));
  // The etag is a former one by now.
  EXPECT_EQ(ReasonOf(Update(workshop, {"summary"})), "ETAG_MISMATCH");
  // The same again changes nothing.
  EXPECT_EQ(Update(masked->workshop())->workshop().etag(), masked->workshop().etag());
}

TEST_F(ProgrammeTest, WhatAnUpdateRefusesAllAtOnce) {
  AddWorkshop();
  EXPECT_EQ(
      status::FieldFaults(Update(v1::Workshop(), {"challenge", "display_name", "duration_minutes"}).status()).size(),
      4u);
  v1::Workshop workshop;
  workshop.set_name("workshops/none");
  EXPECT_EQ(ReasonOf(Update(workshop)), "NOT_FOUND");
}

TEST_F(ProgrammeTest, ListsArePaged) {
  AddWorkshop();
  v1::Challenge challenge;
  challenge.set_display_name("Another");
  ASSERT_TRUE(CreateChallenge("another", challenge).ok());
  v1::ListChallengesRequest challenges;
  challenges.set_page_size(1);
  auto page = Call(*workshops_, &WorkshopStub::ListChallenges, challenges);
  EXPECT_EQ(page->challenges(0).name(), "challenges/another");
  challenges.set_page_token(page->next_page_token());
  page = Call(*workshops_, &WorkshopStub::ListChallenges, challenges);
  EXPECT_EQ(page->challenges(0).name(), kChallenge);
  EXPECT_EQ(page->next_page_token(), "");
  v1::ListWorkshopsRequest workshops;
  workshops.set_page_token(challenges.page_token());  // of another list
  EXPECT_EQ(ReasonOf(Call(*workshops_, &WorkshopStub::ListWorkshops, workshops)), "INVALID_FIELDS");
  workshops.clear_page_token();
  EXPECT_EQ(Call(*workshops_, &WorkshopStub::ListWorkshops, workshops)->workshops_size(), 1);
}

TEST_F(ProgrammeTest, ChallengesAndWorkshopsAreTold) {
  AddWorkshop();
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].workshop_event().challenge(), kChallenge);
  EXPECT_EQ(changes[0].workshop_event().workshop(), "");
  EXPECT_EQ(changes[1].workshop_event().workshop(), kWorkshop);
  EXPECT_EQ(changes[1].organisation(), "");
}

}  // namespace
}  // namespace equity::workshops
