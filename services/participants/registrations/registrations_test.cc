// What becomes of rows, through a real server with the real workshops service.
#include <random>

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/participants/testing/rows.h"

namespace equity::participants::registrations {
namespace {

using changes::v1::ParticipantEvent;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace participants::testing;  // NOLINT: the fixture of this whole file

constexpr char kJuly[] = "2021-07-27";
constexpr char kAugust[] = "2021-08-17";

class RegistrationsTest : public ::testing::Test {
 protected:
  RegistrationsTest() { server_.AddOrganisations(); }

  Sending New(v1::SubmissionMode mode = v1::SUBMISSION_MODE_BEST_EFFORT) const {
    return {.token = server_.Token(), .operation = NewRequestId(), .mode = mode};
  }
  std::vector<std::string> SubmitNew(const Rows& rows) { return Brief(Submit(server_, New(), rows)); }
  v1::ListParticipantsResponse People(const std::string& organisation = "rde", bool show_inactive = true) {
    v1::ListParticipantsRequest request;
    request.set_parent("organisations/" + organisation);
    request.set_show_inactive(show_inactive);
    request.set_page_size(1000);
    return *server_.Call(&v1::ParticipantService::Stub::ListParticipants, request, server_.Token());
  }
  int Bookings(const std::string& organisation = "rde") {
    workshops::v1::ListBookingsRequest request;
    request.set_parent("organisations/" + organisation);
    request.set_page_size(1000);
    return server_.Call(&workshops::v1::BookingService::Stub::ListBookings, request, server_.Token())->bookings_size();
  }
  absl::Status Deactivate(const std::string& name) {
    v1::DeactivateParticipantRequest request;
    request.set_name(name);
    request.set_request_id(NewRequestId());
    return server_.Call(&v1::ParticipantService::Stub::DeactivateParticipant, request, server_.Token()).status();
  }

  TestServer server_;
};

TEST_F(RegistrationsTest, PlacesAreAskedForInTheTurnOfTheCallersOrganisation) {
  server_.AddSession(kJuly, 2);
  EXPECT_EQ(server_.bookings().last_organisation(), std::nullopt);
  EXPECT_THAT(Brief(Submit(server_, New(), {Row(1, "a", kJuly)})), ElementsAre("SEATED"));
  EXPECT_EQ(server_.bookings().last_organisation(), "") << "a caller who is bound to none";
  Sending sending = New();
  sending.token = server_.Token("rde");
  EXPECT_THAT(Brief(Submit(server_, sending, {Row(1, "b", kJuly)})), ElementsAre("SEATED"));
  EXPECT_EQ(server_.bookings().last_organisation(), "rde");
}

TEST_F(RegistrationsTest, ANewPersonIsRegisteredAndSeated) {
  const std::string session = server_.AddSession(kJuly, 2);
  const auto outcomes =
      Submit(server_, New(), {Row(2, "a", kJuly), Row(3, "b"), Row(5, "c", kJuly), Row(7, "d", kJuly, "WAITLIST")});
  EXPECT_THAT(Brief(outcomes), ElementsAre("SEATED", "REGISTERED", "SEATED", "WAITLISTED"));
  const auto& seated = (*outcomes)[0];
  EXPECT_EQ(seated.row(), 2);
  EXPECT_EQ(seated.external_ref(), "a");
  EXPECT_EQ(seated.session(), session);
  EXPECT_EQ(seated.session_date(), kJuly);
  EXPECT_THAT(seated.participant(), StartsWith("organisations/rde/participants/"));
  EXPECT_THAT(seated.booking(), StartsWith("organisations/rde/bookings/"));
  EXPECT_EQ((*outcomes)[3].waiting_position(), 1);
  EXPECT_THAT(People().participants(), SizeIs(4));
  EXPECT_EQ(server_.bookings().last_actor(), "test");
  int registered = 0;
  for (const auto& change : server_.Feed()) {
    registered += change.participant_event().kind() == ParticipantEvent::KIND_REGISTERED;
  }
  EXPECT_EQ(registered, 4);
}

TEST_F(RegistrationsTest, TheSameFileAgainIsUnchanged) {
  server_.AddSession(kJuly, 2);
  const Rows rows = {Row(2, "a", kJuly), Row(3, "b"), Row(4, "c", kJuly), Row(5, "d", kJuly, "WAITLIST")};
  const Sending first = New();
  const auto outcomes = Submit(server_, first, rows);
  EXPECT_THAT(Brief(outcomes), ElementsAre("SEATED", "REGISTERED", "SEATED", "WAITLISTED"));
  // Under the same operation the same bytes, under a new one nothing to do.
  const auto replay = Submit(server_, first, rows);
  ASSERT_TRUE(replay.ok()) << replay.status();
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ((*replay)[i].SerializeAsString(), (*outcomes)[i].SerializeAsString());
  }
  const auto again = Submit(server_, New(), rows);
  EXPECT_THAT(Brief(again), ElementsAre("UNCHANGED", "UNCHANGED", "UNCHANGED", "UNCHANGED"));
  EXPECT_EQ((*again)[0].booking(), (*outcomes)[0].booking());
  EXPECT_EQ((*again)[3].waiting_position(), 1);
  EXPECT_EQ(Bookings(), 3);
}

TEST_F(RegistrationsTest, ARefusedPersonLeavesNothingBehind) {
  server_.AddSession(kJuly, 1);
  const auto outcomes = Submit(
      server_, New(), {Row(2, "a", kJuly), Row(3, "b", kJuly), Row(4, "c", "2021-07-28"), Row(5, "d", "2021-07-19")});
  EXPECT_THAT(Brief(outcomes),
              ElementsAre("SEATED", "REJECTED SESSION_FULL session_date", "REJECTED NO_SUCH_SESSION session_date",
                          "REJECTED NO_SUCH_SESSION session_date"));
  const auto& full = (*outcomes)[1];
  EXPECT_TRUE(full.retryable());
  EXPECT_FALSE((*outcomes)[2].retryable());
  EXPECT_EQ(full.participant() + full.booking(), "");
  EXPECT_EQ(full.session_date(), kJuly);
  EXPECT_THAT(full.message(), HasSubstr("full"));
  EXPECT_THAT(full.fix(), HasSubstr("WAITLIST"));
  EXPECT_THAT(People().participants(), SizeIs(1));
  // Neither the reference nor the address is taken.
  auto other = Row(2, "z");
  other.set_email("b@example.org");
  EXPECT_THAT(SubmitNew({other, Row(3, "c")}), ElementsAre("REGISTERED", "REGISTERED"));
}

TEST_F(RegistrationsTest, AFullSessionLeadsToTheNextDate) {
  server_.AddSession(kJuly, 1);
  server_.AddSession(kAugust, 1);
  const auto outcomes =
      Submit(server_, New(),
             {Row(2, "a", kJuly, "NEXT_DATE"), Row(3, "b", kJuly, "NEXT_DATE"), Row(4, "c", kJuly, "NEXT_DATE")});
  EXPECT_THAT(Brief(outcomes), ElementsAre("SEATED", "SEATED", "WAITLISTED"));
  EXPECT_EQ((*outcomes)[1].session_date(), kAugust);
  EXPECT_EQ((*outcomes)[2].session_date(), kJuly);
}

TEST_F(RegistrationsTest, DetailsChangeWhenTheRowStands) {
  server_.AddSession(kJuly, 1);
  EXPECT_THAT(SubmitNew({Row(2, "a"), Row(3, "b", kJuly)}), ElementsAre("REGISTERED", "SEATED"));
  auto changed = Row(2, "a", kJuly);
  changed.set_email("new@example.org");
  EXPECT_THAT(SubmitNew({changed}), ElementsAre("REJECTED SESSION_FULL session_date"));
  EXPECT_EQ(People().participants(0).email(), "a@example.org");
  // The address that was not taken is free.
  auto other = Row(2, "c");
  other.set_email("new@example.org");
  EXPECT_THAT(SubmitNew({other}), ElementsAre("REGISTERED"));
  changed.clear_session_date();
  changed.set_email("newer@example.org");
  changed.clear_job_title();
  EXPECT_THAT(SubmitNew({changed}), ElementsAre("UPDATED"));
  const auto person = People().participants(0);
  EXPECT_EQ(person.email(), "newer@example.org");
  EXPECT_EQ(person.job_title(), "Nurse");  // a row that says none leaves it
  EXPECT_EQ(person.etag(), "2");
  // The former address is free now.
  other = Row(2, "d");
  other.set_email("A@example.org");
  EXPECT_THAT(SubmitNew({other}), ElementsAre("REGISTERED"));
}

TEST_F(RegistrationsTest, ThePlaceOutranksTheDetails) {
  server_.AddSession(kJuly, 5);
  server_.AddSession(kAugust, 5);
  EXPECT_THAT(SubmitNew({Row(2, "a", kJuly)}), ElementsAre("SEATED"));
  auto row = Row(2, "a", kAugust);
  row.set_given_name("Changed");
  EXPECT_THAT(SubmitNew({row}), ElementsAre("SEATED"));
  row.set_given_name("Changed again");
  EXPECT_THAT(SubmitNew({row}), ElementsAre("UPDATED"));
  EXPECT_THAT(SubmitNew({row}), ElementsAre("UNCHANGED"));
}

TEST_F(RegistrationsTest, RowsOfOneFileThatContradictEachOther) {
  server_.AddSession(kJuly, 5);
  server_.AddSession(kAugust, 5);
  auto same_other_address = Row(4, "a", kJuly);
  same_other_address.set_email("other@example.org");
  auto other_same_address = Row(5, "b", kJuly);
  other_same_address.set_email("A@EXAMPLE.org");
  auto elsewhere = Row(7, "c", kJuly);
  elsewhere.set_email("a@example.org");
  elsewhere.set_organisation("ESSEX-CC");
  const Rows rows = {Row(2, "a", kJuly), Row(3, "a", kJuly),   same_other_address,
                     other_same_address, Row(6, "a", kAugust), elsewhere};
  const std::vector<std::string> expected = {
      "SEATED", "UNCHANGED", "REJECTED DUPLICATE_IN_FILE external_ref", "REJECTED EMAIL_IN_USE email",
      "SEATED", "SEATED"};
  EXPECT_EQ(Brief(Validate(server_, New(), rows)), expected);
  EXPECT_EQ(SubmitNew(rows), expected);
  // In a second run the first row about the person is the one that counts.
  EXPECT_THAT(SubmitNew(rows), ElementsAre("UNCHANGED", "UNCHANGED", "REJECTED DUPLICATE_IN_FILE external_ref",
                                           "REJECTED EMAIL_IN_USE email", "UNCHANGED", "UNCHANGED"));
}

TEST_F(RegistrationsTest, OrganisationsByIdCodeAndScheme) {
  v1::ImportOrganisationsRequest import;
  auto* organisation = import.add_organisations();
  organisation->mutable_code()->set_scheme("LOCAL");
  organisation->mutable_code()->set_value("RGR");
  organisation->set_display_name("Of the same code");
  organisation->set_sector(v1::SECTOR_VCSE);
  organisation->set_id("other");
  import.set_request_id(NewRequestId());
  ASSERT_TRUE(server_.Call(&v1::OrganisationService::Stub::ImportOrganisations, import, server_.Token()).ok());
  Rows rows;
  for (const char* text : {"rde", "RDE", "ODS:RDE", "ods:rde", "RGR", "LOCAL:RGR", "other", "NO-SUCH-ORG", ""}) {
    const int number = static_cast<int>(rows.size()) + 1;
    rows.push_back(Row(number, absl::StrCat("p", number)));
    rows.back().set_organisation(text);
  }
  EXPECT_THAT(SubmitNew(rows),
              ElementsAre("REGISTERED", "REGISTERED", "REGISTERED", "REGISTERED",
                          "REJECTED AMBIGUOUS_ORGANISATION organisation", "REGISTERED", "REGISTERED",
                          "REJECTED NO_SUCH_ORGANISATION organisation", "REJECTED MISSING_FIELD organisation"));
  EXPECT_THAT(People("other").participants(), SizeIs(2));
}

TEST_F(RegistrationsTest, AnIdIsItsOrganisationsOwnEvenIfAnotherHasItAsACode) {
  v1::ImportOrganisationsRequest import;
  auto* organisation = import.add_organisations();
  organisation->mutable_code()->set_scheme("LOCAL");
  organisation->mutable_code()->set_value("rde");
  organisation->set_display_name("Whose code is an id");
  organisation->set_sector(v1::SECTOR_VCSE);
  organisation->set_id("other");
  import.set_request_id(NewRequestId());
  ASSERT_TRUE(server_.Call(&v1::OrganisationService::Stub::ImportOrganisations, import, server_.Token()).ok());
  Rows rows;
  for (const char* text : {"rde", "RDE", "LOCAL:rde", "ODS:rde"}) {
    const int number = static_cast<int>(rows.size()) + 1;
    rows.push_back(Row(number, absl::StrCat("p", number)));
    rows.back().set_organisation(text);
  }
  const std::vector<std::string> expected = {"REGISTERED", "REJECTED AMBIGUOUS_ORGANISATION organisation", "REGISTERED",
                                             "REGISTERED"};
  EXPECT_EQ(Brief(Validate(server_, New(), rows)), expected);
  const auto outcomes = Submit(server_, New(), rows);
  EXPECT_EQ(Brief(outcomes), expected);
  EXPECT_THAT((*outcomes)[0].participant(), StartsWith("organisations/rde/"));
  EXPECT_THAT((*outcomes)[2].participant(), StartsWith("organisations/other/"));
  EXPECT_THAT((*outcomes)[3].participant(), StartsWith("organisations/rde/"));
}

TEST_F(RegistrationsTest, APartnerRegistersItsOwnStaffOnly) {
  Sending sending = New();
  sending.token = server_.Token("rde");
  Rows rows = {Row(1, "a"), Row(2, "b"), Row(3, "c"), Row(4, "d")};
  rows[1].clear_organisation();
  rows[2].set_organisation("RGR");
  rows[3].set_organisation("NOBODY");
  const auto outcomes = Submit(server_, sending, rows);
  EXPECT_THAT(Brief(outcomes), ElementsAre("REGISTERED", "REGISTERED", "REJECTED NO_SUCH_ORGANISATION organisation",
                                           "REJECTED NO_SUCH_ORGANISATION organisation"));
  EXPECT_EQ((*outcomes)[2].message(), (*outcomes)[3].message());
  EXPECT_EQ((*outcomes)[2].fix(), (*outcomes)[3].fix());
}

TEST_F(RegistrationsTest, ANameMustBeSeen) {
  Rows rows;
  for (const char* name : {"\xe2\x80\x8b", "\xc2\xa0", "\xef\xbb\xbf", "\xe3\x85\xa4"}) {
    const int number = static_cast<int>(rows.size()) + 1;
    rows.push_back(Row(number, absl::StrCat("p", number)));
    rows.back().set_given_name(name);
    rows.back().set_family_name(name);
  }
  EXPECT_EQ(SubmitNew(rows), std::vector<std::string>(rows.size(), "REJECTED MISSING_FIELD given_name"));
  // One that is seen is enough; the other is kept as none.
  rows[0].set_family_name("Okafor");
  EXPECT_THAT(SubmitNew({rows[0]}), ElementsAre("REGISTERED"));
  EXPECT_EQ(People().participants(0).given_name(), "");
}

TEST_F(RegistrationsTest, TheFirstFaultByColumnGivesTheCode) {
  auto row = Row(1, "a", kJuly, "MAYBE");
  row.set_organisation("NOBODY");
  row.set_email("wrong");
  const auto outcomes = Submit(server_, New(), {row});
  EXPECT_THAT(Brief(outcomes), ElementsAre("REJECTED NO_SUCH_ORGANISATION organisation"));
  EXPECT_THAT((*outcomes)[0].message(), HasSubstr("email is not an e-mail address."));
  EXPECT_THAT((*outcomes)[0].message(), HasSubstr("on_full is none of"));
}

TEST_F(RegistrationsTest, WhoMovedAndWhoLeft) {
  EXPECT_THAT(SubmitNew({Row(1, "a"), Row(2, "b")}), ElementsAre("REGISTERED", "REGISTERED"));
  v1::MoveParticipantRequest move;
  move.set_name(People().participants(0).name());
  move.set_organisation("organisations/rgr");
  move.set_request_id(NewRequestId());
  ASSERT_TRUE(server_.Call(&v1::ParticipantService::Stub::MoveParticipant, move, server_.Token()).ok());
  const std::string left = People().participants(1).name();
  ASSERT_TRUE(Deactivate(left).ok());
  EXPECT_THAT(SubmitNew({Row(1, "a"), Row(2, "b"), Row(3, "b")}),
              ElementsAre("REJECTED PARTICIPANT_MOVED external_ref", "REGISTERED", "UNCHANGED"));
  EXPECT_EQ(People().participants(1).name(), left);
  EXPECT_EQ(People().participants(1).state(), v1::Participant::STATE_ACTIVE);
  EXPECT_EQ(server_.Feed().back().participant_event().kind(), ParticipantEvent::KIND_REGISTERED);
}

TEST_F(RegistrationsTest, ABookingOfTheFormerOrganisationIsNotNamed) {
  const std::string session = server_.AddSession(kJuly, 1);
  EXPECT_THAT(SubmitNew({Row(1, "a", kJuly)}), ElementsAre("SEATED"));
  v1::MoveParticipantRequest move;
  move.set_name(People().participants(0).name());
  move.set_organisation("organisations/rgr");
  move.set_request_id(NewRequestId());
  ASSERT_TRUE(server_.Call(&v1::ParticipantService::Stub::MoveParticipant, move, server_.Token()).ok());
  auto row = Row(1, "a", kJuly);
  row.set_organisation("RGR");
  Sending sending = New();
  sending.token = server_.Token("rgr");
  for (const auto& outcomes : {Validate(server_, sending, {row}), Submit(server_, sending, {row})}) {
    EXPECT_THAT(Brief(outcomes), ElementsAre("UNCHANGED"));
    EXPECT_EQ((*outcomes)[0].booking(), "");
    EXPECT_EQ((*outcomes)[0].session(), session);
    EXPECT_THAT((*outcomes)[0].participant(), StartsWith("organisations/rgr/"));
  }
  EXPECT_EQ(Bookings("rde"), 1);
}

TEST_F(RegistrationsTest, WhoLeftStaysLeftWhenTheRowFalls) {
  server_.AddSession(kJuly, 1);
  EXPECT_THAT(SubmitNew({Row(1, "a"), Row(2, "b", kJuly)}), ElementsAre("REGISTERED", "SEATED"));
  ASSERT_TRUE(Deactivate(People().participants(0).name()).ok());
  EXPECT_THAT(SubmitNew({Row(1, "a", kJuly)}), ElementsAre("REJECTED SESSION_FULL session_date"));
  EXPECT_EQ(People().participants(0).state(), v1::Participant::STATE_INACTIVE);
  auto other = Row(1, "c");
  other.set_email("a@example.org");
  EXPECT_THAT(SubmitNew({other}), ElementsAre("REGISTERED"));
  EXPECT_THAT(SubmitNew({Row(1, "a")}), ElementsAre("REJECTED EMAIL_IN_USE email"));
}

TEST_F(RegistrationsTest, ABatchStandsOrFallsAsOne) {
  server_.AddSession(kJuly, 2);
  const Rows full = {Row(1, "a", kJuly), Row(2, "b"), Row(3, "c", kJuly), Row(4, "d", kJuly)};
  const std::vector<std::string> fallen = {"REJECTED BATCH_REFUSED ", "REJECTED BATCH_REFUSED ",
                                           "REJECTED BATCH_REFUSED ", "REJECTED SESSION_FULL session_date"};
  EXPECT_EQ(Brief(Validate(server_, New(v1::SUBMISSION_MODE_ATOMIC), full)), fallen);
  const Sending sending = New(v1::SUBMISSION_MODE_ATOMIC);
  const auto outcomes = Submit(server_, sending, full);
  EXPECT_EQ(Brief(outcomes), fallen);
  EXPECT_TRUE((*outcomes)[0].retryable());
  EXPECT_EQ(Brief(Submit(server_, sending, full)), fallen);
  EXPECT_THAT(People().participants(), IsEmpty());
  EXPECT_EQ(Bookings(), 0);

  Rows wrong = {Row(1, "a", kJuly), Row(2, "b"), Row(3, "c", kJuly)};
  wrong[1].set_email("wrong");
  EXPECT_THAT(Brief(Submit(server_, New(v1::SUBMISSION_MODE_ATOMIC), wrong)),
              ElementsAre("REJECTED BATCH_REFUSED ", "REJECTED INVALID_EMAIL email", "REJECTED BATCH_REFUSED "));
  EXPECT_THAT(People().participants(), IsEmpty());

  const Rows right = {Row(1, "a", kJuly), Row(2, "b"), Row(3, "a"), Row(4, "c", kJuly)};
  EXPECT_THAT(Brief(Submit(server_, New(v1::SUBMISSION_MODE_ATOMIC), right)),
              ElementsAre("SEATED", "REGISTERED", "UNCHANGED", "SEATED"));
  EXPECT_THAT(Brief(Submit(server_, New(v1::SUBMISSION_MODE_ATOMIC), {Row(1, "x"), Row(2, "y")})),
              ElementsAre("REGISTERED", "REGISTERED"));
}

TEST_F(RegistrationsTest, RowsOfABatchSeeEachOther) {
  server_.AddSession(kJuly, 5);
  auto changed = Row(2, "a", kJuly);
  changed.set_given_name("Other");
  EXPECT_THAT(Brief(Submit(server_, New(v1::SUBMISSION_MODE_ATOMIC), {Row(1, "a"), changed})),
              ElementsAre("REJECTED BATCH_REFUSED ", "REJECTED DUPLICATE_IN_FILE external_ref"));
  auto same_address = Row(2, "b");
  same_address.set_email("a@example.org");
  EXPECT_THAT(Brief(Submit(server_, New(v1::SUBMISSION_MODE_ATOMIC), {Row(1, "a"), same_address})),
              ElementsAre("REJECTED BATCH_REFUSED ", "REJECTED EMAIL_IN_USE email"));
  EXPECT_THAT(SubmitNew({Row(1, "a")}), ElementsAre("REGISTERED"));
  auto again = changed;
  again.set_row(3);
  EXPECT_THAT(Brief(Submit(server_, New(v1::SUBMISSION_MODE_ATOMIC), {changed, again})),
              ElementsAre("SEATED", "UNCHANGED"));
}

TEST_F(RegistrationsTest, AnOperationBelongsToWhoBeganIt) {
  Sending sending = New();
  ASSERT_TRUE(Submit(server_, sending, {Row(1, "a")}).ok());
  Sending other = sending;
  other.token = server_.Token("", "somebody else");
  EXPECT_EQ(status::Reason(Submit(server_, other, {Row(1, "a")}).status()), "OPERATION_REUSED");
  other.token = server_.Token("rde");
  const auto refused = Submit(server_, other, {Row(1, "a")}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status::Reason(refused), "OPERATION_REUSED");
}

TEST_F(RegistrationsTest, ARowNumberIsForOneRow) {
  const Sending sending = New();
  ASSERT_TRUE(Submit(server_, sending, {Row(1, "a")}).ok());
  EXPECT_EQ(status::Reason(Submit(server_, sending, {Row(1, "b"), Row(2, "c")}).status()), "REQUEST_ID_REUSED");
  EXPECT_THAT(People().participants(), SizeIs(1));
  Sending other = sending;
  other.workshop = "workshops/another";
  EXPECT_EQ(status::Reason(Submit(server_, other, {Row(1, "a")}).status()), "REQUEST_ID_REUSED");
  other = sending;
  other.mode = v1::SUBMISSION_MODE_ATOMIC;
  EXPECT_EQ(status::Reason(Submit(server_, other, {Row(1, "a")}).status()), "REQUEST_ID_REUSED");
  // The case of the operation's id does not matter.
  other = sending;
  for (char& c : other.operation) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_THAT(Brief(Submit(server_, other, {Row(1, "a")})), ElementsAre("REGISTERED"));
  // A batch that stands or falls as one is sent again as it was.
  const Sending batch = New(v1::SUBMISSION_MODE_ATOMIC);
  ASSERT_TRUE(Submit(server_, batch, {Row(1, "d"), Row(2, "e")}).ok());
  EXPECT_EQ(status::Reason(Submit(server_, batch, {Row(1, "d"), Row(2, "e"), Row(3, "f")}).status()),
            "REQUEST_ID_REUSED");
}

TEST_F(RegistrationsTest, RowsRise) {
  const auto fault = Submit(server_, New(), {Row(2, "a"), Row(2, "b")}).status();
  EXPECT_EQ(fault.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::FieldFaults(fault)[0].field, "rows[1].row");
  EXPECT_EQ(Validate(server_, New(), {Row(2, "a"), Row(1, "b")}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Submit(server_, New(), {Row(0, "a")}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(RegistrationsTest, AStreamAnswersEachMessageOnceItIsDurable) {
  server_.AddSession(kJuly, 2);
  const Sending sending = New();
  RowStream stream(server_, sending);
  auto answer = stream.Send({});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->last_durable_row(), 0);
  answer = stream.Send({Row(2, "a", kJuly), Row(5, "b", kJuly)});
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->outcomes(), SizeIs(2));
  EXPECT_EQ(answer->last_durable_row(), 5);
  EXPECT_FALSE(stream.Send({Row(5, "c")}));
  EXPECT_EQ(stream.Finish().code(), absl::StatusCode::kInvalidArgument);
  // Resumed from any earlier row, and by one call too.
  EXPECT_THAT(Brief(Stream(server_, sending, {Row(5, "b", kJuly), Row(6, "c", kJuly)}, 1)),
              ElementsAre("SEATED", "REJECTED SESSION_FULL session_date"));
  EXPECT_THAT(Brief(Submit(server_, sending, {Row(6, "c", kJuly)})), ElementsAre("REJECTED SESSION_FULL session_date"));
}

TEST_F(RegistrationsTest, AStreamNeedsItsOperation) {
  RowStream stream(server_, {.token = server_.Token()});
  EXPECT_FALSE(stream.Send({Row(1, "a")}));
  const absl::Status status = stream.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::FieldFaults(status)[0].field, "request_id");
}

// A stream that sends bytes, whatever they are.
class BytesStream {
 public:
  BytesStream(const TestServer& server, const std::string& token) {
    context_.AddMetadata("authorization", "Bearer " + token);
    stream_.reset(grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, v1::StreamRegistrationsResponse>::Create(
        server.channel().get(), method_, &context_));
  }
  bool Write(const std::string& bytes) {
    const grpc::Slice slice(bytes);
    return stream_->Write(grpc::ByteBuffer(&slice, 1));
  }
  bool Read(v1::StreamRegistrationsResponse& response) { return stream_->Read(&response); }
  void WritesDone() { stream_->WritesDone(); }
  absl::Status Finish() { return status::FromGrpc(stream_->Finish()); }

 private:
  const grpc::internal::RpcMethod method_{"/equity.participants.v1.RegistrationService/StreamRegistrations",
                                          grpc::internal::RpcMethod::BIDI_STREAMING};
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, v1::StreamRegistrationsResponse>> stream_;
};

TEST_F(RegistrationsTest, AMessageThatCannotBeReadEndsTheStreamAfterWhatWasBefore) {
  const Sending sending = New();
  const auto bytes = [&](const v1::RegistrationRow& row) {
    v1::StreamRegistrationsRequest request;
    request.set_request_id(sending.operation);
    *request.add_rows() = row;
    return request.SerializeAsString();
  };
  v1::RegistrationRow latin1 = Row(2, "b");
  latin1.set_given_name("Zoxx");
  std::string not_utf8 = bytes(latin1);
  not_utf8.replace(not_utf8.find("Zoxx"), 4, "Zo\xeb!");
  for (const std::string& bad : {not_utf8, std::string("\xff\xff\xff")}) {
    BytesStream stream(server_, sending.token);
    ASSERT_TRUE(stream.Write(bytes(Row(1, "a"))));
    ASSERT_TRUE(stream.Write(bad));
    stream.Write(bytes(Row(3, "c")));
    stream.WritesDone();
    v1::StreamRegistrationsResponse answer;
    ASSERT_TRUE(stream.Read(answer)) << "what became of the rows before it";
    EXPECT_EQ(answer.last_durable_row(), 1);
    EXPECT_FALSE(stream.Read(answer));
    const absl::Status status = stream.Finish();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_EQ(status::Reason(status), "MESSAGE_MALFORMED");
    EXPECT_EQ(status::Detail(status, "message_number"), "2");
    EXPECT_THAT(std::string(status.message()), HasSubstr("Message 2 of the stream"));
    EXPECT_THAT(People().participants(), SizeIs(1));
  }
  // And goes on from there.
  EXPECT_THAT(Brief(Stream(server_, sending, {Row(2, "b"), Row(3, "c")}, 1)), ElementsAre("REGISTERED", "REGISTERED"));
}

TEST_F(RegistrationsTest, AMessageThatIsTooLongDoesNotEndTheStreamWell) {
  BytesStream stream(server_, server_.Token());
  stream.Write(std::string(3 << 20, 'x'));
  stream.WritesDone();
  EXPECT_EQ(stream.Finish().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(RegistrationsTest, AStreamWhoseCallerWentAwayIsCountedAsThat) {
  {
    const Sending sending = New();
    RowStream left(server_, sending);
    ASSERT_TRUE(left.Send({Row(1, "a")}));
  }  // without its end
  const auto has = [this](const char* code, const char* count) {
    const std::string line = absl::StrCat("grpc_code=\"", code, "\",grpc_method=\"StreamRegistrations\"[^\n]* ", count);
    return ::testing::Matches(::testing::ContainsRegex(line + "\n"))(server_.host().shared().metrics->Text());
  };
  for (int i = 0; i < 100 && !has("Canceled", "[1-9]"); ++i) absl::SleepFor(absl::Milliseconds(20));
  EXPECT_TRUE(has("Canceled", "[1-9]"));
  EXPECT_TRUE(has("OK", "0"));
}

TEST_F(RegistrationsTest, AStreamEndsWhenTheServerGoes) {
  const Sending sending = New();
  RowStream stream(server_, sending);
  ASSERT_TRUE(stream.Send({Row(1, "a")}));
  server_.host().shared().draining = true;
  const absl::Status status = stream.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status::Reason(status), "SERVER_GOING");
}

TEST_F(RegistrationsTest, ADryRunChangesNothing) {
  server_.AddSession(kJuly, 1);
  const size_t before = server_.Feed().size();
  const auto outcomes = Validate(server_, New(), {Row(1, "a", kJuly), Row(2, "b", kJuly, "WAITLIST")});
  EXPECT_THAT(Brief(outcomes), ElementsAre("SEATED", "WAITLISTED"));
  EXPECT_EQ((*outcomes)[0].participant() + (*outcomes)[0].booking(), "");
  EXPECT_EQ((*outcomes)[1].waiting_position(), 1);
  EXPECT_THAT(People().participants(), IsEmpty());
  EXPECT_EQ(Bookings(), 0);
  EXPECT_EQ(server_.Feed().size(), before);
}

TEST_F(RegistrationsTest, ADryRunHasTheMessagesBeforeInMind) {
  server_.AddSession(kJuly, 1);
  Rows rows = {Row(1, "a", kJuly),
               Row(2, "a", kJuly),
               Row(3, "b", kJuly),
               Row(4, "b", kJuly, "WAITLIST"),
               Row(5, "c", kJuly, "WAITLIST"),
               Row(6, "b", kJuly, "WAITLIST")};
  const auto dry = Stream(server_, New(), rows, 1, /*validate_only=*/true);
  EXPECT_THAT(Brief(dry), ElementsAre("SEATED", "UNCHANGED", "REJECTED SESSION_FULL session_date", "WAITLISTED",
                                      "WAITLISTED", "UNCHANGED"));
  EXPECT_EQ((*dry)[4].waiting_position(), 2);
  EXPECT_EQ((*dry)[5].waiting_position(), 1);
  EXPECT_EQ(Brief(Stream(server_, New(), rows, 3)), Brief(dry));
}

}  // namespace
}  // namespace equity::participants::registrations
