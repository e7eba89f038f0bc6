#include <google/protobuf/descriptor.pb.h>

#include "absl/strings/str_cat.h"
#include "common/rpc/acceptor.h"
#include "common/rpc/call.h"
#include "common/rpc/method.h"
#include "equity/participants/v1/organisations.pb.h"
#include "equity/participants/v1/participants.pb.h"
#include "equity/participants/v1/registrations.pb.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "equity/workshops/v1/facilitators.pb.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <class Request>
std::vector<std::string> Faults(const Request& request) {
  std::vector<std::string> faults;
  for (const auto& fault : MessageRules(Request::descriptor()).Check(request)) {
    faults.push_back(fault.field + " " + fault.description);
  }
  return faults;
}

TEST(MessageRulesTest, AllFaultsAreReportedAtOnceWithTheirPaths) {
  participants::v1::RegisterParticipantRequest request;
  request.set_parent("organisations/RDE");
  request.mutable_participant()->set_email("nobody");
  request.mutable_participant()->set_given_name(std::string(201, 'x'));
  request.mutable_participant()->add_access_needs(static_cast<participants::v1::AccessNeed>(99));
  request.set_request_id("1");
  EXPECT_THAT(Faults(request), ElementsAre("parent must be a name such as organisations/*",
                                           "participant.given_name must be at most 200 characters long",
                                           "participant.email must be an e-mail address, such as name@example.org",
                                           "participant.access_needs[0] must be one of the values of the contract",
                                           HasSubstr("request_id must be a UUID")));
}

TEST(MessageRulesTest, WhatIsRightPasses) {
  workshops::v1::BookPlaceRequest request;
  request.set_participant("organisations/rde/participants/01890a5d-ac96-774b-bcce-b302099a8057");
  request.set_session("workshops/health-equity-challenge/sessions/2021-08-12-0900");
  request.set_request_id("01890A5D-AC96-774B-BCCE-B302099A8057");
  EXPECT_THAT(Faults(request), IsEmpty());
}

TEST(MessageRulesTest, RequiredNumbersListsAndFormats) {
  EXPECT_THAT(Faults(workshops::v1::SeatPeopleRequest()), ElementsAre("rows must be set"));
  workshops::v1::ListSessionsRequest list;
  list.set_parent("workshops/-");
  list.set_page_size(-1);
  EXPECT_THAT(Faults(list), ElementsAre("page_size must be at least 0"));
  workshops::v1::Session session;
  session.set_date("2021-02-30");
  session.set_start("24:00");
  session.set_time_zone("Europe/Nowhere");
  session.set_capacity(100001);
  session.set_platform("two\nlines");
  EXPECT_EQ(Faults(session).size(), 5u);
  workshops::v1::RecordAttendanceRequest attendance;
  attendance.set_session("workshops/w1/sessions/s1");
  attendance.set_request_id("01890a5d-ac96-774b-bcce-b302099a8057");
  for (int i = 0; i < 501; ++i) attendance.add_rows()->set_participant("organisations/rde/participants/p1");
  EXPECT_THAT(Faults(attendance), ElementsAre("rows must have at most 500 items"));
}

TEST(MessageRulesTest, TextThatOthersReadIsSeen) {
  constexpr char kUnseen[] = "must have text that can be seen, or be left out";
  for (const char* unseen : {" ", "\xc2\xa0 ", "\xe2\x80\x8b\xef\xbb\xbf", "\xe2\x80\xae"}) {
    participants::v1::Organisation organisation;
    organisation.set_display_name(unseen);
    EXPECT_THAT(Faults(organisation), ElementsAre(absl::StrCat("display_name ", kUnseen)));
    workshops::v1::Facilitator facilitator;
    facilitator.set_public_name(unseen);
    facilitator.set_biography(unseen);
    EXPECT_THAT(Faults(facilitator),
                ElementsAre(absl::StrCat("public_name ", kUnseen), absl::StrCat("biography ", kUnseen)));
  }
  participants::v1::Organisation organisation;
  organisation.set_display_name("\xd8\xb5\xd8\xad\xd8\xa9\xe2\x80\x8f Essex");  // Arabic, with a right-to-left mark
  EXPECT_THAT(Faults(organisation), IsEmpty());
}

TEST(MessageRulesTest, ANameDoesNotTurnTheDirectionOfWriting) {
  for (const char* mark : {"\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"}) {
    const std::string text = absl::StrCat("Trust ", mark, "txt.exe");
    participants::v1::Organisation organisation;
    organisation.set_display_name(text);
    EXPECT_THAT(Faults(organisation), ElementsAre(HasSubstr("display_name must not have marks that turn the direction "
                                                            "of writing (U+202A to U+202E, U+2066 to U+2069)")));
    workshops::v1::Facilitator facilitator;
    facilitator.set_public_name(text);
    facilitator.set_biography(text);  // what people write may need them
    EXPECT_THAT(Faults(facilitator), ElementsAre(HasSubstr("public_name must not have marks")));
  }
}

TEST(MessageRulesTest, RawTextIsLeftToTheHandler) {
  participants::v1::RegistrationRow row;
  row.set_row(1);
  row.set_given_name(std::string("Nul\0Byte\ttab", 12));
  row.set_email("nobody");
  EXPECT_THAT(Faults(row), IsEmpty());
}

TEST(MessageRulesTest, TenantNamesAreFoundInMessagesBelowToo) {
  participants::v1::UpdateParticipantRequest request;
  request.mutable_participant()->set_name("organisations/rde/participants/p1");
  EXPECT_THAT(MessageRules(request.GetDescriptor()).TenantNames(request),
              ElementsAre("organisations/rde/participants/p1"));
}

TEST(MessageRulesTest, PersonalFieldsAreClearedAndOthersStay) {
  participants::v1::UpdateParticipantResponse response;
  response.mutable_participant()->set_name("organisations/rde/participants/p1");
  response.mutable_participant()->set_given_name("Amara");
  response.mutable_participant()->add_access_needs(participants::v1::ACCESS_NEED_BREAKS);
  const MessageRules rules(response.GetDescriptor());
  EXPECT_TRUE(rules.HasPersonal());
  rules.ClearPersonal(response);
  EXPECT_EQ(response.participant().name(), "organisations/rde/participants/p1");
  EXPECT_EQ(response.participant().given_name(), "");
  EXPECT_EQ(response.participant().access_needs_size(), 0);
}

TEST(NamesTest, PatternsAreMatchedSegmentBySegment) {
  EXPECT_TRUE(MatchesPattern("organisations/*", "organisations/rde"));
  EXPECT_TRUE(MatchesPattern("organisations/*", "organisations/-"));
  for (const char* wrong : {"", "organisations", "organisations/", "organisations/RDE", "organisations/rde/x",
                            "organisation/rde", "/organisations/rde", "organisations/r d", "organisations//rde"}) {
    EXPECT_FALSE(MatchesPattern("organisations/*", wrong)) << wrong;
  }
  EXPECT_EQ(OrganisationOf("organisations/rde/bookings/b1"), "rde");
  EXPECT_EQ(OrganisationOf("workshops/w1"), "");
}

TEST(TraceTest, AValidTraceparentIsContinuedAndAnythingElseBeginsATrace) {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(TraceFrom("00-" + id + "-00f067aa0ba902b7-01").trace_id, id);
  EXPECT_NE(TraceFrom("00-" + id + "-00f067aa0ba902b7-01").span_id, "00f067aa0ba902b7");
  for (const std::string& wrong :
       {std::string(), "ff-" + id + "-00f067aa0ba902b7-01", "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
        "00-" + id + "-0000000000000000-01", "00-" + id + "-00f067aa0ba902b7-01-extra", "00-" + id,
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")}) {
    const Trace trace = TraceFrom(wrong);
    EXPECT_NE(trace.trace_id, id) << wrong;
    EXPECT_EQ(trace.trace_id.size(), 32u);
    EXPECT_EQ(trace.span_id.size(), 16u);
  }
}

// A contract made up for the test: one RPC with these options.
class ContractOf {
 public:
  explicit ContractOf(const google::protobuf::MethodOptions& options, bool with_request_id = true)
      : pool_(google::protobuf::DescriptorPool::generated_pool()) {
    google::protobuf::FileDescriptorProto file;
    file.set_name("made_up.proto");
    file.set_syntax("proto3");
    auto* message = file.add_message_type();
    message->set_name("M");
    auto* field = message->add_field();
    field->set_name(with_request_id ? "request_id" : "other");
    field->set_number(1);
    field->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
    field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    auto* service = file.add_service();
    service->set_name("S");
    auto* method = service->add_method();
    method->set_name("Do");
    method->set_input_type(".M");
    method->set_output_type(".M");
    *method->mutable_options() = options;
    method_ = pool_.BuildFile(file)->service(0)->method(0);
  }
  std::string Fault() const {
    const auto method = Method::Of(method_);
    return method.ok() ? "" : std::string(method.status().message());
  }

 private:
  google::protobuf::DescriptorPool pool_;
  const google::protobuf::MethodDescriptor* method_;
};

TEST(MethodTest, AContractThatIsNotWholeIsRefused) {
  google::protobuf::MethodOptions options;
  EXPECT_THAT(ContractOf(options).Fault(), HasSubstr("names no scope"));
  auto* access = options.MutableExtension(common::v1::access);
  access->add_scopes(common::v1::SCOPE_PARTNER);
  EXPECT_THAT(ContractOf(options).Fault(), HasSubstr("names no tenant rule"));
  access->set_tenant(common::v1::TENANT_RULE_SHARED);
  EXPECT_THAT(ContractOf(options).Fault(), HasSubstr("names no idempotency level"));
  options.set_idempotency_level(google::protobuf::MethodOptions::IDEMPOTENT);
  EXPECT_EQ(ContractOf(options).Fault(), "");
  EXPECT_THAT(ContractOf(options, false).Fault(), HasSubstr("has no request_id"));
  access->set_tenant(common::v1::TENANT_RULE_OWN);
  EXPECT_THAT(ContractOf(options).Fault(), HasSubstr("no field marked tenant"));
}

TEST(AcceptorTest, WhoDoesNotAcceptDoesNotAnswer) {
  for (const char* address : {"127.0.0.1", "localhost", "0.0.0.0"}) {
    const auto acceptor = Acceptor::Listen(address, 0, {});
    ASSERT_TRUE(acceptor.ok()) << acceptor.status();
    EXPECT_EQ(Acceptor::Listen(address, (*acceptor)->port(), {}).status().code(), absl::StatusCode::kAlreadyExists);
  }
  const auto acceptor = Acceptor::Listen("127.0.0.1", 0, {});
  EXPECT_THAT((*acceptor)->NotAnswering(), HasSubstr("no connection is accepted"));
  (*acceptor)->Stop();
  EXPECT_EQ((*acceptor)->NotAnswering(), "");
  EXPECT_EQ(Acceptor::Listen("nowhere.invalid", 0, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace equity::rpc
