// The contract as a whole: it equals the golden one, and keeps the habits that lint tools cannot check.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/method.h"
#include "equity/benefitplans/v1/benefits.pb.h"
#include "equity/benefitplans/v1/community.pb.h"
#include "equity/benefitplans/v1/measures.pb.h"
#include "equity/benefitplans/v1/plans.pb.h"
#include "equity/benefitplans/v1/reviews.pb.h"
#include "equity/changes/v1/changes.pb.h"
#include "equity/operations/v1/operations.pb.h"
#include "equity/participants/v1/organisations.pb.h"
#include "equity/participants/v1/participants.pb.h"
#include "equity/participants/v1/registrations.pb.h"
#include "equity/referencegroup/v1/advice.pb.h"
#include "equity/referencegroup/v1/anonymous.pb.h"
#include "equity/referencegroup/v1/consents.pb.h"
#include "equity/referencegroup/v1/knowledge.pb.h"
#include "equity/referencegroup/v1/members.pb.h"
#include "equity/referencegroup/v1/moderation.pb.h"
#include "equity/referencegroup/v1/safeguarding.pb.h"
#include "equity/referencegroup/v1/sharing.pb.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "equity/workshops/v1/exercises.pb.h"
#include "equity/workshops/v1/facilitators.pb.h"
#include "equity/workshops/v1/feedback.pb.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "equity/workshops/v1/workshops.pb.h"
#include "google/api/annotations.pb.h"
#include "gtest/gtest.h"

namespace equity {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const FileDescriptor*> Files() {
  return {common::v1::Access::descriptor()->file(),
          common::v1::FieldRules::descriptor()->file(),
          changes::v1::Change::descriptor()->file(),
          operations::v1::ServiceHash::descriptor()->file(),
          participants::v1::Organisation::descriptor()->file(),
          participants::v1::Participant::descriptor()->file(),
          participants::v1::RegistrationRow::descriptor()->file(),
          workshops::v1::Workshop::descriptor()->file(),
          workshops::v1::Session::descriptor()->file(),
          workshops::v1::Booking::descriptor()->file(),
          workshops::v1::Facilitator::descriptor()->file(),
          workshops::v1::FeedbackSummary::descriptor()->file(),
          workshops::v1::Quiz::descriptor()->file(),
          benefitplans::v1::Plan::descriptor()->file(),
          benefitplans::v1::Benefit::descriptor()->file(),
          benefitplans::v1::Measure::descriptor()->file(),
          benefitplans::v1::Partner::descriptor()->file(),
          benefitplans::v1::Review::descriptor()->file(),
          referencegroup::v1::Audience_descriptor()->file(),
          referencegroup::v1::Member::descriptor()->file(),
          referencegroup::v1::AdviceRequest::descriptor()->file(),
          referencegroup::v1::AcceptedResponses::descriptor()->file(),
          referencegroup::v1::Reveal::descriptor()->file(),
          referencegroup::v1::Consent::descriptor()->file(),
          referencegroup::v1::Item::descriptor()->file(),
          referencegroup::v1::Flag::descriptor()->file(),
          statistics::v1::Table::descriptor()->file()};
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) methods.push_back(file->service(i)->method(j));
    }
  }
  return methods;
}

// Until the first release a change of the contract changes the golden one in the same commit; from v0.1.0 on the golden
// one is what was released, and only additions may differ from it.
TEST(ContractTest, EqualsTheGoldenContract) {
  std::string contract;
  for (const FileDescriptor* file : Files())
    absl::StrAppend(&contract, "// ", file->name(), "\n", file->DebugString(), "\n");
  const std::string golden_file = absl::StrCat(SOURCE_FOLDER, "/protos/golden.txt");
  if (std::getenv("EQUITY_UPDATE_GOLDEN") != nullptr) std::ofstream(golden_file) << contract;
  std::stringstream golden;
  golden << std::ifstream(golden_file).rdbuf();
  EXPECT_TRUE(contract == golden.str())
      << "The contract differs from protos/golden.txt. If that is meant, run EQUITY_UPDATE_GOLDEN=1 "
         "build/release/tests/contract_test and commit the difference.";
}

TEST(ContractTest, EveryRpcIsWhole) {
  ASSERT_GT(Methods().size(), 40u);
  for (const MethodDescriptor* method : Methods()) {
    const auto whole = rpc::Method::Of(method);
    EXPECT_TRUE(whole.ok()) << whole.status();
  }
}

TEST(ContractTest, ListsHavePagesAndUpdatesHaveMasks) {
  for (const MethodDescriptor* method : Methods()) {
    const Descriptor* request = method->input_type();
    if (absl::StartsWith(method->name(), "Update")) {
      EXPECT_NE(request->FindFieldByName("update_mask"), nullptr) << method->full_name();
      EXPECT_NE(request->field(0)->message_type()->FindFieldByName("etag"), nullptr) << method->full_name();
    }
    // What is few by nature says so in the comment of its request.
    const bool few = method->name() == "ListConsents" || method->name() == "ListCodes" ||
                     method->full_name() == "equity.statistics.v1.StatisticsService.ListMeasures";
    if (absl::StartsWith(method->name(), "List") && !few) {
      EXPECT_NE(request->FindFieldByName("page_size"), nullptr) << method->full_name();
      EXPECT_NE(request->FindFieldByName("page_token"), nullptr) << method->full_name();
      EXPECT_NE(method->output_type()->FindFieldByName("next_page_token"), nullptr) << method->full_name();
    }
  }
}

// The personal fields of a message and of those below it.
int PersonalFields(const Descriptor* message) {
  int count = 0;
  for (int i = 0; i < message->field_count(); ++i) {
    count += message->field(i)->options().GetExtension(common::v1::rules).personal() ? 1 : 0;
    const Descriptor* below = message->field(i)->message_type();
    if (below != nullptr && absl::StartsWith(below->full_name(), "equity.")) count += PersonalFields(below);
  }
  return count;
}

// A stream of requests has no form over HTTP/1.1, and what is for services alone needs none.
TEST(ContractTest, EveryRpcHasItsFormOverHttp) {
  for (const MethodDescriptor* method : Methods()) {
    const auto& options = method->options();
    const auto& scopes = options.GetExtension(common::v1::access).scopes();
    const bool for_services = scopes.size() == 1 && scopes.Get(0) == common::v1::SCOPE_SERVICE;
    if (method->client_streaming() || for_services) {
      EXPECT_FALSE(options.HasExtension(google::api::http)) << method->full_name();
      continue;
    }
    ASSERT_TRUE(options.HasExtension(google::api::http)) << method->full_name();
    const google::api::HttpRule& rule = options.GetExtension(google::api::http);
    const bool reads = options.idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
    EXPECT_TRUE(reads || rule.get().empty()) << method->full_name() << " writes";
    EXPECT_EQ(rule.body().empty(), !rule.get().empty()) << method->full_name();
  }
}

TEST(ContractTest, OnlyParticipantsHoldsPersonalData) {
  for (const MethodDescriptor* method : Methods()) {
    const int personal = PersonalFields(method->input_type()) + PersonalFields(method->output_type());
    if (method->file()->package() == "equity.participants.v1") continue;
    EXPECT_EQ(personal, 0) << method->full_name();
  }
  EXPECT_GE(PersonalFields(participants::v1::Participant::descriptor()), 7);
  EXPECT_GE(PersonalFields(participants::v1::RegistrationRow::descriptor()), 6);
  EXPECT_EQ(PersonalFields(changes::v1::Change::descriptor()), 0);
}

// The fields of a message and below that are sealed.
int SealedFields(const Descriptor* message) {
  int count = 0;
  for (int i = 0; i < message->field_count(); ++i) {
    count += message->field(i)->options().GetExtension(common::v1::rules).sealed() ? 1 : 0;
    const Descriptor* below = message->field(i)->message_type();
    if (below != nullptr && absl::StartsWith(below->full_name(), "equity.")) count += SealedFields(below);
  }
  return count;
}

TEST(ContractTest, WhoAskedAnonymouslyIsInNoAnswerButAReveal) {
  EXPECT_EQ(SealedFields(changes::v1::Change::descriptor()), 0);
  for (const MethodDescriptor* method : Methods()) {
    const bool may = method->name() == "ConfirmReveal" || method->name() == "ReadReveal" ||
                     method->name() == "SubmitAnonymousRequest";  // its answer has the asker's secret
    if (!may) {
      EXPECT_EQ(SealedFields(method->output_type()), 0) << method->full_name();
    }
    // Who sends a secret is not to be known either.
    const auto& access = method->options().GetExtension(common::v1::access);
    if (method->input_type()->FindFieldByName("secret") != nullptr) {
      EXPECT_TRUE(access.sealed()) << method->full_name();
    }
  }
}

}  // namespace
}  // namespace equity
