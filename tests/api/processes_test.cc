// Who gets in, and who is believed to be a service, where services are in processes of their own.
#include "tests/api/processes.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/changes.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/operations.h"
#include "clients/cpp/participants.h"
#include "common/auth/dev_issuer.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/api/need.h"

namespace equity::api {
namespace {

class ProcessesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new std::string(std::filesystem::temp_directory_path() / "equity-processes-XXXXXX");
    if (mkdtemp(folder_->data()) == nullptr) std::abort();
    processes_ = new Processes(EQUITYD, *folder_);
  }
  static void TearDownTestSuite() {
    delete processes_;
    std::filesystem::remove_all(*folder_);
    delete folder_;
  }

  static std::string Token(const std::string& role, const std::string& subject) {
    const auto issuer = Need(auth::DevIssuer::Open(processes_->dev_issuer_folder()), "issuer");
    return Need(issuer.Mint({.subject = subject, .roles = {role}, .organisation = ""}, absl::Now()), "token");
  }
  static absl::Status AskTime(const client::Target& target) {
    client::CallOptions options{.deadline = absl::Seconds(5), .max_tries = 1};
    return client::OperationsClient(client::Connect(target), options).GetBusinessTime({}).status();
  }
  static absl::Status AskPosition(const std::string& certificate, const std::string& token) {
    client::CallOptions options{.max_tries = 1, .bearer_token = token};
    return client::ChangesClient(client::Connect(processes_->TargetOf("workshops", certificate)), options)
        .GetFeedPosition({})
        .status();
  }

  static std::string* folder_;
  static Processes* processes_;
};

std::string* ProcessesTest::folder_;
Processes* ProcessesTest::processes_;

TEST_F(ProcessesTest, NobodyGetsInWithoutACertificateOfTheAuthority) {
  client::Target target = processes_->TargetOf("workshops");
  EXPECT_TRUE(AskTime(target).ok()) << AskTime(target);
  client::Target without = target;
  without.tls->certificate_chain = without.tls->private_key = "";
  EXPECT_TRUE(absl::IsUnavailable(AskTime(without))) << AskTime(without);
  client::Target in_clear = target;
  in_clear.tls.reset();
  EXPECT_TRUE(absl::IsUnavailable(AskTime(in_clear))) << AskTime(in_clear);
  // Of another authority, which has the same name.
  const std::string others = *folder_ + "/others";
  ASSERT_EQ(std::system(absl::StrCat(EQUITY_SOURCE_DIR, "/k8s/make-certificates ", others, " workshops").c_str()), 0);
  std::filesystem::rename(others + "/workshops", *folder_ + "/certificates/foreign");
  client::Target foreign = processes_->TargetOf("workshops", "foreign");
  foreign.tls->root_certificates = target.tls->root_certificates;
  EXPECT_TRUE(absl::IsUnavailable(AskTime(foreign))) << AskTime(foreign);
}

TEST_F(ProcessesTest, TheCommandLineShowsACertificate) {
  const std::string folder = *folder_ + "/certificates/edge/";
  const std::string target = processes_->TargetOf("workshops").address;
  const std::string ask = absl::StrCat(EQUITYCTL, " clock --target ", target, " >/dev/null 2>&1");
  EXPECT_NE(std::system(ask.c_str()), 0);
  const std::string tls =
      absl::StrCat(" --tls-ca ", folder, "ca.crt --tls-cert ", folder, "tls.crt --tls-key ", folder, "tls.key");
  EXPECT_EQ(std::system((absl::StrCat(EQUITYCTL, tls) + " clock --target " + target + " >/dev/null").c_str()), 0);
}

TEST_F(ProcessesTest, AServiceIsBelievedWithItsOwnCertificateAlone) {
  EXPECT_TRUE(AskPosition("participants", Token("service", "participants")).ok());
  const absl::Status stolen = AskPosition("edge", Token("service", "participants"));
  EXPECT_EQ(status::Reason(stolen), "CREDENTIAL_INVALID") << stolen;
  // A certificate by itself is nobody; and people are not bound to one.
  EXPECT_EQ(status::Reason(AskPosition("participants", "")), "CREDENTIAL_MISSING");
  EXPECT_TRUE(AskPosition("edge", Token("central_team", "someone")).ok());
}

TEST_F(ProcessesTest, AServiceSaysWhomItNeedsAndWhatBelongsTogether) {
  const auto code_of = [](std::vector<std::string> words) {
    std::string command;
    for (const std::string& word : words) absl::StrAppend(&command, word, " ");
    const int status = std::system((command + ">/dev/null 2>&1 </dev/null").c_str());
    return WEXITSTATUS(status);
  };
  const std::string base = absl::StrCat(EQUITYD, " --dev-issuer --port 0 --data ", *folder_, "/spare ");
  EXPECT_EQ(code_of({base, "--service workshops"}), 2);
  EXPECT_EQ(code_of({base, "--service nosuch"}), 2);
  EXPECT_EQ(code_of({base, "--service workshops --peer participants=localhost:1"}), 2) << "without a certificate";
  EXPECT_EQ(code_of({base, "--service workshops --peer participants"}), 2);
  EXPECT_EQ(code_of({base, "--service gateway"}), 2) << "without a port for HTTP";
  EXPECT_EQ(code_of({base, "--service gateway --http-port 0"}), 2) << "without its peers";
  EXPECT_EQ(code_of({base, "--service gateway --service workshops --http-port 0"}), 2) << "beside another";
  EXPECT_EQ(code_of({base, "--tls-cert x"}), 2);
  EXPECT_EQ(code_of({base, "--tls-cert x --tls-key x --tls-ca x"}), 2);
}

TEST_F(ProcessesTest, TheGatewayAnswersForAllServices) {
  const auto channel = client::Connect(processes_->TargetOf("gateway"));
  const client::CallOptions as_team{.bearer_token = Token("central_team", "someone")};
  client::OperationsClient operations(channel, as_team);
  const auto hash = operations.GetStateHash({});
  ASSERT_TRUE(hash.ok()) << hash.status();
  std::vector<std::string> services;
  for (const auto& service : hash->services()) services.push_back(service.service());
  EXPECT_THAT(services, testing::UnorderedElementsAreArray(processes_->services()));
  // The clocks of all are moved.
  operations::v1::AdvanceBusinessTimeRequest advance;
  advance.mutable_time()->set_seconds(operations.GetBusinessTime({})->time().seconds() + 3600);
  ASSERT_TRUE(operations.AdvanceBusinessTime(advance).ok());
  for (const std::string& service : processes_->services()) {
    client::OperationsClient of_service(client::Connect(processes_->TargetOf(service)), as_team);
    EXPECT_GE(of_service.GetBusinessTime({})->time().seconds(), advance.time().seconds()) << service;
  }
  EXPECT_EQ(client::OperationsClient(channel, {.bearer_token = Token("analyst", "somebody")})
                .AdvanceBusinessTime(advance)
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(ProcessesTest, TheGatewayFollowsAllServices) {
  client::OrganisationsClient organisations(client::Connect(processes_->TargetOf("participants")),
                                            {.bearer_token = Token("central_team", "someone")});
  participants::v1::ImportOrganisationsRequest request;
  auto* row = request.add_organisations();
  row->mutable_code()->set_scheme("LOCAL");
  row->mutable_code()->set_value("relayed");
  row->set_display_name("Relayed");
  row->set_sector(participants::v1::SECTOR_VCSE);
  ASSERT_TRUE(organisations.ImportOrganisations(request).ok());
  client::ChangesClient changes(client::Connect(processes_->TargetOf("gateway")),
                                {.bearer_token = Token("central_team", "someone")});
  std::string token;
  const auto watch = [&](changes::v1::WatchChangesRequest from) {
    std::vector<std::string> seen;
    const absl::Status status = changes.WatchChanges(std::move(from), [&](const auto& response) {
      token = response.resume_token();
      for (const auto& change : response.changes()) seen.push_back(change.organisation_event().organisation());
      return !response.changes().empty();
    });
    EXPECT_TRUE(status.ok()) << status;
    return seen;
  };
  EXPECT_THAT(watch({}), testing::Contains("organisations/relayed"));
  // Resumed, nothing comes twice.
  changes::v1::WatchChangesRequest resumed;
  resumed.set_resume_token(token);
  EXPECT_THAT(watch(resumed), testing::Not(testing::Contains("organisations/relayed")));
  const auto position = changes.GetFeedPosition({});
  ASSERT_TRUE(position.ok()) << position.status();
  EXPECT_FALSE(position->position().empty());
  changes::v1::WatchChangesRequest unknown;
  unknown.add_services("nosuch");
  const absl::Status refused = changes.WatchChanges(unknown, [](const auto&) { return true; });
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << refused;
}

TEST_F(ProcessesTest, NewCertificatesAreTakenUpWithoutARestart) {
  const client::Target old = processes_->TargetOf("statistics");
  processes_->RenewCertificates();
  const client::Target renewed = processes_->TargetOf("statistics");
  const absl::Time give_up = absl::Now() + absl::Seconds(30);
  while (!AskTime(renewed).ok() && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(200));
  EXPECT_TRUE(AskTime(renewed).ok()) << AskTime(renewed);
  EXPECT_TRUE(absl::IsUnavailable(AskTime(old))) << AskTime(old);
}

}  // namespace
}  // namespace equity::api
