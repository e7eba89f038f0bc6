#include "services/participants/participants.h"

#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/participants/testing/test_server.h"

namespace equity::participants {
namespace {

using ParticipantStub = v1::ParticipantService::Stub;
using absl::StatusCode;
using changes::v1::ParticipantEvent;
using ::testing::ElementsAre;
using testing::NewRequestId;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::TestServer;

v1::Participant Amara() {
  v1::Participant person;
  person.set_external_ref("A-1");
  person.set_given_name("Amara");
  person.set_family_name("Okafor");
  person.set_email("amara@example.org");
  person.add_access_needs(v1::ACCESS_NEED_CAPTIONS);
  return person;
}

v1::Participant Bello() {
  v1::Participant person;
  person.set_external_ref("B-1");
  person.set_family_name("Bello");
  person.set_email("bello@example.org");
  return person;
}

class ParticipantsTest : public ::testing::Test {
 protected:
  ParticipantsTest() { server_.AddOrganisations(); }

  static v1::RegisterParticipantRequest RegisterRequest(const v1::Participant& person,
                                                        const std::string& organisation = "rde") {
    v1::RegisterParticipantRequest request;
    request.set_parent("organisations/" + organisation);
    *request.mutable_participant() = person;
    request.set_request_id(NewRequestId());
    return request;
  }
  absl::StatusOr<v1::RegisterParticipantResponse> Register(const v1::Participant& person,
                                                           const std::string& organisation = "rde") {
    return server_.Call(&ParticipantStub::RegisterParticipant, RegisterRequest(person, organisation), central_);
  }
  v1::Participant Registered(const v1::Participant& person, const std::string& organisation = "rde") {
    auto response = Register(person, organisation);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->participant() : v1::Participant();
  }
  absl::StatusOr<v1::Participant> Get(const std::string& name, const std::string& token = "") {
    v1::GetParticipantRequest request;
    request.set_name(name);
    auto response = server_.Call(&ParticipantStub::GetParticipant, request, token.empty() ? central_ : token);
    if (!response.ok()) return response.status();
    return response->participant();
  }
  absl::StatusOr<v1::UpdateParticipantResponse> Update(const v1::Participant& person,
                                                       std::vector<std::string> mask = {}) {
    v1::UpdateParticipantRequest request;
    *request.mutable_participant() = person;
    for (std::string& path : mask) request.mutable_update_mask()->add_paths(std::move(path));
    request.set_request_id(NewRequestId());
    return server_.Call(&ParticipantStub::UpdateParticipant, request, central_);
  }
  absl::StatusOr<v1::DeactivateParticipantResponse> Deactivate(const std::string& name) {
    v1::DeactivateParticipantRequest request;
    request.set_name(name);
    request.set_request_id(NewRequestId());
    return server_.Call(&ParticipantStub::DeactivateParticipant, request, central_);
  }
  static v1::MoveParticipantRequest MoveRequest(const std::string& name, const std::string& organisation) {
    v1::MoveParticipantRequest request;
    request.set_name(name);
    request.set_organisation("organisations/" + organisation);
    request.set_request_id(NewRequestId());
    return request;
  }
  absl::StatusOr<v1::MoveParticipantResponse> Move(const v1::MoveParticipantRequest& request) {
    return server_.Call(&ParticipantStub::MoveParticipant, request, central_);
  }
  v1::ListParticipantsResponse List(const v1::ListParticipantsRequest& request) {
    auto response = server_.Call(&ParticipantStub::ListParticipants, request, central_);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListParticipantsResponse();
  }
  absl::StatusOr<v1::Consent> Give(const std::string& name, const std::string& wording) {
    v1::GiveConsentRequest request;
    request.set_name(name);
    request.set_purpose(v1::PURPOSE_QUOTE_BY_NAME);
    request.set_wording_version(wording);
    request.set_request_id(NewRequestId());
    auto response = server_.Call(&ParticipantStub::GiveConsent, request, central_);
    if (!response.ok()) return response.status();
    return response->consent();
  }
  absl::StatusOr<v1::Consent> Withdraw(const std::string& name) {
    v1::WithdrawConsentRequest request;
    request.set_name(name);
    request.set_purpose(v1::PURPOSE_QUOTE_BY_NAME);
    request.set_request_id(NewRequestId());
    auto response = server_.Call(&ParticipantStub::WithdrawConsent, request, central_);
    if (!response.ok()) return response.status();
    return response->consent();
  }
  std::vector<v1::Consent> Consents(const std::string& name) {
    v1::ListConsentsRequest request;
    request.set_name(name);
    auto response = server_.Call(&ParticipantStub::ListConsents, request, central_);
    EXPECT_TRUE(response.ok()) << response.status();
    return {response->consents().begin(), response->consents().end()};
  }
  // The events about people, with the organisation that may see them.
  std::vector<std::string> Events() {
    std::vector<std::string> events;
    for (const auto& change : server_.Feed()) {
      if (!change.has_participant_event()) continue;
      events.push_back(ParticipantEvent::Kind_Name(change.participant_event().kind()).substr(5) + " " +
                       change.organisation());
    }
    return events;
  }

  TestServer server_;
  const std::string central_ = server_.Token();
};

TEST_F(ParticipantsTest, ARegisteredPersonIsReadAgain) {
  const v1::Participant person = Registered(Amara());
  EXPECT_THAT(person.name(), StartsWith("organisations/rde/participants/"));
  EXPECT_EQ(person.state(), v1::Participant::STATE_ACTIVE);
  EXPECT_EQ(person.etag(), "1");
  const auto again = Get(person.name());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), person.SerializeAsString());
  EXPECT_THAT(Events(), ElementsAre("REGISTERED organisations/rde"));
}

TEST_F(ParticipantsTest, AReplayReadsThePersonAgain) {
  const auto request = RegisterRequest(Amara());
  const auto first = server_.Call(&ParticipantStub::RegisterParticipant, request, central_);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(server_.Call(&ParticipantStub::RegisterParticipant, request, central_)->SerializeAsString(),
            first->SerializeAsString());
  v1::Participant changed = first->participant();
  changed.set_given_name("Amarachi");
  ASSERT_TRUE(Update(changed).ok());
  const auto later = server_.Call(&ParticipantStub::RegisterParticipant, request, central_);
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->participant().given_name(), "Amarachi");
  ASSERT_TRUE(Move(MoveRequest(changed.name(), "rgr")).ok());
  EXPECT_EQ(server_.Call(&ParticipantStub::RegisterParticipant, request, central_)->participant().state(),
            v1::Participant::STATE_MOVED);
}

TEST_F(ParticipantsTest, PersonRulesHoldForEveryWayIn) {
  v1::Participant nobody;
  nobody.set_email(" ");
  nobody.clear_email();
  nobody.set_other_access_need("a lift");
  const auto response = Register(nobody);
  EXPECT_EQ(response.status().code(), StatusCode::kInvalidArgument);
  std::vector<std::string> fields;
  for (const auto& fault : status::FieldFaults(response.status())) fields.push_back(fault.field);
  EXPECT_THAT(fields, ElementsAre("participant.external_ref", "participant.given_name", "participant.email",
                                  "participant.access_needs"));
  v1::Participant nameless = Registered(Amara());
  nameless.clear_given_name();
  nameless.clear_family_name();
  EXPECT_EQ(Update(nameless, {"given_name", "family_name"}).status().code(), StatusCode::kInvalidArgument);
  nameless.set_given_name("\xe2\x80\x8b");  // a zero-width space
  EXPECT_EQ(Update(nameless, {"given_name", "family_name"}).status().code(), StatusCode::kInvalidArgument);
  v1::Participant unseen = Bello();
  unseen.set_given_name("\xef\xbb\xbf");
  unseen.set_family_name("\xc2\xa0");
  EXPECT_EQ(status::FieldFaults(Register(unseen).status()).at(0).field, "participant.given_name");
}

TEST_F(ParticipantsTest, ExternalRefAndAddressAreUniqueInAnOrganisation) {
  Registered(Amara());
  v1::Participant same_ref = Bello();
  same_ref.set_external_ref("A-1");
  EXPECT_EQ(status::Reason(Register(same_ref).status()), "EXTERNAL_REF_IN_USE");
  v1::Participant same_address = Bello();
  same_address.set_email("AMARA@Example.org");
  EXPECT_EQ(status::Reason(Register(same_address).status()), "EMAIL_IN_USE");
  EXPECT_TRUE(Register(same_address, "rgr").ok());
  const v1::Participant bello = Registered(Bello());
  v1::Participant wanted = bello;
  wanted.set_external_ref("A-1");
  EXPECT_EQ(status::Reason(Update(wanted).status()), "EXTERNAL_REF_IN_USE");
  wanted = bello;
  wanted.set_email("amara@example.org");
  EXPECT_EQ(status::Reason(Update(wanted).status()), "EMAIL_IN_USE");
}

TEST_F(ParticipantsTest, AnAddressThatIsGivenUpIsFree) {
  v1::Participant amara = Registered(Amara());
  amara.set_email("okafor@example.org");
  ASSERT_TRUE(Update(amara, {"email"}).ok());
  v1::Participant bello = Bello();
  bello.set_email("amara@example.org");
  const v1::Participant registered = Registered(bello);
  ASSERT_TRUE(Deactivate(registered.name()).ok());
  bello.set_external_ref("B-2");
  EXPECT_TRUE(Register(bello).ok());
  // The case of one's own address can be changed.
  amara.set_email("OKAFOR@example.org");
  amara.clear_etag();
  EXPECT_TRUE(Update(amara, {"email"}).ok());
}

TEST_F(ParticipantsTest, AnUpdateTakesTheMaskAndTheEtag) {
  const v1::Participant before = Registered(Amara());
  v1::Participant wanted = before;
  wanted.set_given_name("Amarachi");
  wanted.set_job_title("Nurse");
  wanted.clear_access_needs();
  auto after = Update(wanted, {"job_title", "access_needs"});
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->participant().given_name(), "Amara");
  EXPECT_EQ(after->participant().job_title(), "Nurse");
  EXPECT_THAT(after->participant().access_needs(), SizeIs(0));
  EXPECT_EQ(after->participant().etag(), "2");
  EXPECT_EQ(status::Reason(Update(wanted, {"job_title"}).status()), "ETAG_MISMATCH");
  // Nothing to change is no change.
  after = Update(after->participant(), {"job_title"});
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->participant().etag(), "2");
  EXPECT_EQ(Update(after->participant(), {"moved_to"}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(Events(), ElementsAre("REGISTERED organisations/rde", "UPDATED organisations/rde"));
  v1::Participant nameless;
  EXPECT_EQ(Update(nameless).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(ParticipantsTest, WhoLeftStaysLeft) {
  const v1::Participant person = Registered(Amara());
  const auto left = Deactivate(person.name());
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->participant().state(), v1::Participant::STATE_INACTIVE);
  EXPECT_EQ(Deactivate(person.name())->participant().etag(), left->participant().etag());
  EXPECT_THAT(Events(), ElementsAre("REGISTERED organisations/rde", "DEACTIVATED organisations/rde"));
  EXPECT_EQ(status::Reason(Update(person).status()), "PARTICIPANT_NOT_ACTIVE");
  EXPECT_EQ(status::Reason(Move(MoveRequest(person.name(), "rgr")).status()), "PARTICIPANT_NOT_ACTIVE");
  EXPECT_EQ(status::Reason(Give(person.name(), "2021-06").status()), "PARTICIPANT_NOT_ACTIVE");
  EXPECT_EQ(status::Reason(Register(Amara()).status()), "EXTERNAL_REF_IN_USE");
}

TEST_F(ParticipantsTest, WhoMovesKeepsTheUuidAndLeavesATombstone) {
  const v1::Participant before = Registered(Amara());
  ASSERT_TRUE(Give(before.name(), "2021-06").ok());
  const auto moved = Move(MoveRequest(before.name(), "rgr"));
  ASSERT_TRUE(moved.ok()) << moved.status();
  const v1::Participant& after = moved->participant();
  EXPECT_EQ(after.name(), "organisations/rgr" + before.name().substr(std::string("organisations/rde").size()));
  EXPECT_EQ(after.email(), "amara@example.org");
  const auto tombstone = Get(before.name(), server_.Token("rde"));
  ASSERT_TRUE(tombstone.ok()) << tombstone.status();
  EXPECT_EQ(tombstone->state(), v1::Participant::STATE_MOVED);
  EXPECT_EQ(tombstone->moved_to(), after.name());
  EXPECT_EQ(tombstone->email() + tombstone->given_name() + tombstone->family_name(), "");
  EXPECT_THAT(Consents(after.name()), SizeIs(1));
  EXPECT_THAT(Consents(before.name()), SizeIs(0));
  EXPECT_EQ(status::Reason(Deactivate(before.name()).status()), "PARTICIPANT_NOT_ACTIVE");
  EXPECT_EQ(status::Reason(Withdraw(before.name()).status()), "CONSENT_NOT_GIVEN");
  const auto feed = server_.Feed();
  EXPECT_EQ(feed.back().participant_event().kind(), ParticipantEvent::KIND_MOVED);
  EXPECT_EQ(feed.back().participant_event().participant(), after.name());
  EXPECT_EQ(feed.back().participant_event().moved_from(), before.name());
  EXPECT_EQ(feed.back().organisation(), "organisations/rgr");

  // And back again.
  ASSERT_TRUE(Move(MoveRequest(after.name(), "rde")).ok());
  EXPECT_EQ(Get(before.name())->state(), v1::Participant::STATE_ACTIVE);
  EXPECT_EQ(Get(after.name())->moved_to(), before.name());
}

TEST_F(ParticipantsTest, WhatSomebodyWasCalledBeforeIsInNoFile) {
  v1::Participant person = Amara();
  person.set_given_name("Quinquereme");
  person.set_email("quinquereme@example.org");
  person = Registered(person);
  EXPECT_TRUE(server_.OnDisk("Quinquereme", absl::ZeroDuration()));
  person.set_given_name("Trireme");
  person.set_email("trireme@example.org");
  person.clear_etag();
  ASSERT_TRUE(Update(person).ok());
  EXPECT_FALSE(server_.OnDisk("Quinquereme"));
  EXPECT_FALSE(server_.OnDisk("quinquereme"));
  server_.Stop();
  EXPECT_TRUE(server_.OnDisk("Trireme", absl::ZeroDuration()));
  EXPECT_FALSE(server_.OnDisk("uinquereme"));
  server_.Restart();
}

TEST_F(ParticipantsTest, BothOrganisationsOfAMoveAreTold) {
  const v1::Participant before = Registered(Amara());
  const auto moved = Move(MoveRequest(before.name(), "rgr"));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_THAT(Events(),
              ElementsAre("REGISTERED organisations/rde", "MOVED_AWAY organisations/rde", "MOVED organisations/rgr"));
  // What a partner sees of it.
  const auto watch = [&](const std::string& organisation) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + server_.Token(organisation));
    const auto stub = changes::v1::ChangesService::NewStub(server_.channel());
    const auto stream = stub->WatchChanges(&context, {});
    std::vector<ParticipantEvent> events;
    changes::v1::WatchChangesResponse response;
    while (stream->Read(&response) && response.changes_size() > 0) {
      for (const auto& change : response.changes()) {
        if (change.has_participant_event()) events.push_back(change.participant_event());
      }
    }
    context.TryCancel();
    return events;
  };
  const auto left = watch("rde");
  ASSERT_THAT(left, SizeIs(2));
  EXPECT_EQ(left[1].kind(), ParticipantEvent::KIND_MOVED_AWAY);
  EXPECT_EQ(left[1].participant(), before.name());
  EXPECT_EQ(left[1].moved_from(), "");
  const auto joined = watch("rgr");
  ASSERT_THAT(joined, SizeIs(1));
  EXPECT_EQ(joined[0].kind(), ParticipantEvent::KIND_MOVED);
  EXPECT_EQ(joined[0].participant(), moved->participant().name());
}

TEST_F(ParticipantsTest, AMoveNeedsRoomAtTheOtherSide) {
  const v1::Participant amara = Registered(Amara());
  Registered(Amara(), "rgr");
  EXPECT_EQ(status::Reason(Move(MoveRequest(amara.name(), "rgr")).status()), "EXTERNAL_REF_IN_USE");
  auto request = MoveRequest(amara.name(), "rgr");
  request.set_external_ref("A-2");
  EXPECT_EQ(status::Reason(Move(request).status()), "EMAIL_IN_USE");
  request.set_email("amara2@example.org");
  const auto moved = Move(request);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->participant().external_ref(), "A-2");
  EXPECT_EQ(status::Reason(Move(MoveRequest(moved->participant().name(), "rgr")).status()), "SAME_ORGANISATION");
  EXPECT_EQ(Move(MoveRequest(moved->participant().name(), "nobody")).status(), status::NotFound());
  // The former address is free.
  v1::Participant other = Bello();
  other.set_email("amara@example.org");
  EXPECT_TRUE(Register(other).ok());
}

TEST_F(ParticipantsTest, AreListedOldestFirstInPages) {
  const std::string first = Registered(Amara()).name();
  const std::string second = Registered(Bello()).name();
  v1::Participant third = Amara();
  third.set_external_ref("C-1");
  third.set_email("c@example.org");
  const std::string left = Registered(third).name();
  ASSERT_TRUE(Deactivate(left).ok());
  v1::ListParticipantsRequest request;
  request.set_parent("organisations/rde");
  request.set_page_size(1);
  auto page = List(request);
  ASSERT_EQ(page.participants_size(), 1);
  EXPECT_EQ(page.participants(0).name(), first);
  request.set_page_token(page.next_page_token());
  page = List(request);
  EXPECT_EQ(page.participants(0).name(), second);
  EXPECT_EQ(page.next_page_token(), "");
  request.set_show_inactive(true);
  EXPECT_EQ(server_.Call(&ParticipantStub::ListParticipants, request, central_).status().code(),
            StatusCode::kInvalidArgument);
  request.clear_page_token();
  request.clear_page_size();
  EXPECT_THAT(List(request).participants(), SizeIs(3));
  request.set_external_ref("C-1");
  EXPECT_EQ(List(request).participants(0).name(), left);
  request.set_show_inactive(false);
  EXPECT_THAT(List(request).participants(), SizeIs(0));
}

TEST_F(ParticipantsTest, ForeignAndMissingAnswerAlike) {
  const std::string name = Registered(Amara()).name();
  const std::string missing = "organisations/rgr/participants/01890a5d-ac96-774b-bcce-b302099a8057";
  EXPECT_EQ(Get(name, server_.Token("rgr")).status(), status::NotFound());
  EXPECT_EQ(Get(missing, server_.Token("rgr")).status(), status::NotFound());
  EXPECT_EQ(Deactivate(missing).status(), status::NotFound());
  EXPECT_EQ(Move(MoveRequest(missing, "rde")).status(), status::NotFound());
  EXPECT_EQ(Give(missing, "2021-06").status(), status::NotFound());
  EXPECT_EQ(Withdraw(missing).status(), status::NotFound());
  v1::Participant nobody;
  nobody.set_name(missing);
  EXPECT_EQ(Update(nobody).status(), status::NotFound());
  EXPECT_EQ(Register(Amara(), "nobody").status(), status::NotFound());
  v1::ListParticipantsRequest list;
  list.set_parent("organisations/nobody");
  EXPECT_EQ(server_.Call(&ParticipantStub::ListParticipants, list, central_).status(), status::NotFound());
}

TEST_F(ParticipantsTest, ConsentsEndAndFollowEachOther) {
  const std::string name = Registered(Amara()).name();
  const auto given = Give(name, "2021-06");
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(Give(name, "2021-06")->SerializeAsString(), given->SerializeAsString());
  ASSERT_TRUE(Give(name, "2021-07").ok());
  auto consents = Consents(name);
  ASSERT_THAT(consents, SizeIs(2));
  EXPECT_EQ(consents[0].wording_version(), "2021-07");
  EXPECT_FALSE(consents[0].has_withdraw_time());
  EXPECT_TRUE(consents[1].has_withdraw_time());
  const auto ended = Withdraw(name);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(ended->has_withdraw_time());
  EXPECT_EQ(status::Reason(Withdraw(name).status()), "CONSENT_NOT_GIVEN");
  EXPECT_THAT(Events(), SizeIs(4));
}

TEST_F(ParticipantsTest, WhoIsErasedLeavesNothingButTheName) {
  v1::Participant person = Amara();
  person.set_external_ref("Erasable-1");
  const std::string first_name = Registered(person).name();
  auto move = MoveRequest(first_name, "rgr");
  ASSERT_TRUE(Move(move).ok());
  const std::string name = "organisations/rgr" + first_name.substr(first_name.find("/participants/"));
  ASSERT_TRUE(Give(name, "2021-06").ok());
  v1::EraseParticipantRequest request;
  request.set_name(name);
  request.set_request_id(NewRequestId());
  const auto erase = [&](const std::string& token) {
    return server_.Call(&ParticipantStub::EraseParticipant, request, token);
  };
  // Not another organisation's to erase; the former name only leads to the new one.
  EXPECT_EQ(erase(server_.Token("rde")).status().code(), StatusCode::kNotFound);
  const auto erased = erase(server_.Token("rgr"));
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->participant().state(), v1::Participant::STATE_ERASED);
  for (const std::string& each : {name, first_name}) {
    const auto left = Get(each);
    ASSERT_TRUE(left.ok()) << left.status();
    EXPECT_EQ(left->external_ref() + left->given_name() + left->family_name() + left->email(), "") << each;
  }
  EXPECT_EQ(server_.Feed().back().participant_event().kind(), ParticipantEvent::KIND_ERASED);
  EXPECT_EQ(status::Reason(Give(name, "2021-07").status()), "PARTICIPANT_NOT_ACTIVE");
  EXPECT_FALSE(server_.OnDisk("Okafor"));
  EXPECT_FALSE(server_.OnDisk("Erasable-1"));
  // Address and number are free: whoever registers again is somebody new.
  person = Registered(person, "rgr");
  EXPECT_NE(person.name(), name);
  server_.Restart();
  EXPECT_EQ(Get(name)->state(), v1::Participant::STATE_ERASED);
}

TEST_F(ParticipantsTest, ARestoredServerErasesAgainBeforeItServes) {
  const std::string name = Registered(Bello()).name();
  const std::string due = server_.host().data_folder() + "/erasures.due";
  const std::string ledger = server_.host().data_folder() + "/backups/erasures";
  // As a restore leaves it: somebody who is in the backup, and somebody who came after it.
  std::ofstream(due) << name << "\norganisations/rde/participants/01890a5d-ac96-774b-bcce-b302099a8057\n";
  server_.Restart();
  EXPECT_EQ(Get(name)->state(), v1::Participant::STATE_ERASED);
  EXPECT_EQ(Get(name)->email(), "");
  EXPECT_EQ(server_.Feed().back().participant_event().kind(), ParticipantEvent::KIND_ERASED);
  EXPECT_FALSE(std::filesystem::exists(due));
  std::stringstream text;
  text << std::ifstream(ledger).rdbuf();
  EXPECT_THAT(text.str(), ::testing::HasSubstr(name));
  EXPECT_FALSE(server_.OnDisk("bello@example.org"));
}

}  // namespace
}  // namespace equity::participants
