// Who asked anonymously is nowhere: a scan of every byte that the server wrote or answered, after use, edit and delete.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "services/reference_group/service.h"
#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

constexpr char kOrganisation[] = "hidden-harbour-trust";
constexpr char kSubject[] = "hr-system-of-hidden-harbour";
constexpr char kAuthor[] = "organisations/hidden-harbour-trust/participants/01890a5d-ac96-774b-bcce-b302099a8057";
constexpr char kUuid[] = "01890a5d-ac96-774b-bcce-b302099a8057";
constexpr char kRequestId[] = "01890a5d-ac96-7abc-8def-000000001234";
constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

class AnonymityTest : public GroupTest {
 protected:
  // Everything that would tell, as text and as bytes.
  static std::vector<std::string> Needles() {
    const std::string hex = absl::StrReplaceAll(kUuid, {{"-", ""}});
    return {kOrganisation, kSubject, kUuid, hex, absl::AsciiStrToUpper(kUuid), absl::HexStringToBytes(hex), kTrace};
  }
  void Scan(const std::string& bytes, const std::string& what) {
    for (const std::string& needle : Needles()) {
      EXPECT_EQ(bytes.find(needle), std::string::npos) << what << " holds " << absl::CHexEscape(needle);
    }
    ++scanned_;
    bytes_ += bytes.size();
  }
  template <class Response>
  Response Seen(absl::StatusOr<Response> result, const std::string& what) {
    if (!result.ok()) {
      Scan(result.status().ToString(), what);
      return {};
    }
    Scan(result->SerializeAsString(), what);
    Scan(result->Utf8DebugString(), what);
    return *std::move(result);
  }
  // Every file of the data folder but the issuer's keys.
  void ScanFiles() {
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file() || entry.path().string().find("dev-issuer") != std::string::npos) continue;
      std::stringstream bytes;
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      Scan(bytes.str(), entry.path().filename());
      ++files;
    }
    EXPECT_GE(files, 4);  // store, its log, key, log
  }
  // What every role is told about the question.
  void ScanAllRoles(const std::string& name) {
    const std::vector<client::CallOptions> roles = {
        Central(),          Group(),       Partner("rde"),          As("facilitator"), As("analyst"),
        As("safeguarding"), As("service"), Partner("other-partner")};
    for (const client::CallOptions& role : roles) {
      v1::GetRequestRequest get;
      get.set_name(name);
      Seen(Advice(role).GetRequest(get), "GetRequest");
      Seen(Advice(role).ListRequests({}), "ListRequests");
      Seen(Advice(role).GetWaitingTimes({}), "GetWaitingTimes");
      v1::SearchItemsRequest search;
      search.set_query("fair hidden harbour trust");
      Seen(Knowledge(role).SearchItems(search), "SearchItems");
      Seen(Knowledge(role).ListItems({}), "ListItems");
      Seen(Moderation(role).ListFlags({}), "ListFlags");
      Seen(To<client::SafeguardingClient>(role).ListReveals({}), "ListReveals");
    }
  }
  // The log, once it holds this: it is written behind the calls.
  std::string LogWith(const std::string& text) {
    std::string log;
    for (int tries = 0; tries < 100 && log.find(text) == std::string::npos; ++tries) {
      absl::SleepFor(absl::Milliseconds(50));
      std::stringstream bytes;
      bytes << std::ifstream(log_file()).rdbuf();
      log = bytes.str();
    }
    return log;
  }
  client::CallOptions Asking() {
    client::CallOptions options = As("partner", kOrganisation, kSubject);
    options.traceparent = std::string("00-") + kTrace + "-00f067aa0ba902b7-01";
    return options;
  }
  v1::ActOnAnonymousRequestRequest Action() {
    v1::ActOnAnonymousRequestRequest action;
    action.set_name(name_);
    action.set_secret(secret_);
    return action;
  }
  // The asker's system sends its credential along, which it need not.
  void Act(const v1::ActOnAnonymousRequestRequest& action) {
    const auto result = Anonymous(Asking()).ActOnAnonymousRequest(action);
    EXPECT_TRUE(result.ok()) << result.status();
    Seen(result, "ActOnAnonymousRequest");
  }

  std::string name_;
  std::string secret_;
  int scanned_ = 0;
  size_t bytes_ = 0;
};

TEST_F(AnonymityTest, ByteScanAfterUseEditAndDeleteFindsNothing) {
  const std::string member = AddMember(1);
  v1::SubmitAnonymousRequestRequest request;
  request.set_asker(kAuthor);
  request.set_request_id(kRequestId);
  request.mutable_request()->set_title("Is this fair?");
  // Refused at first, and in ways that the log tells of.
  Seen(Anonymous(Asking()).SubmitAnonymousRequest(request), "refused");
  request.mutable_request()->set_body("My colleague is treated differently.");
  request.mutable_request()->set_audience(v1::AUDIENCE_ICS);
  const auto made = Seen(Anonymous(Asking()).SubmitAnonymousRequest(request), "SubmitAnonymousRequest");
  name_ = made.request().name();
  secret_ = made.secret();
  ASSERT_FALSE(secret_.empty());
  // Sent again, it has one effect and the same answer, secret included.
  const auto again = Seen(Anonymous(Asking()).SubmitAnonymousRequest(request), "repeated");
  EXPECT_EQ(again.SerializeAsString(), made.SerializeAsString());
  ScanAllRoles(name_);

  v1::TriageRequestRequest triage;
  triage.set_name(name_);
  Seen(Advice(Group()).TriageRequest(triage), "TriageRequest");
  v1::AskForInfoRequest ask;
  ask.set_name(name_);
  ask.set_body("Since when?");
  Seen(Advice(Group()).AskForInfo(ask), "AskForInfo");
  auto action = Action();
  action.mutable_edit()->set_body("My colleague is treated differently, every week.");
  Act(action);
  action = Action();
  action.set_provide_info("Since May.");
  Act(action);
  v1::AssignRequestRequest assign;
  assign.set_name(name_);
  assign.add_members(member);
  Seen(Advice(Group()).AssignRequest(assign), "AssignRequest");
  v1::RespondRequest respond;
  respond.set_name(name_);
  respond.set_member(member);
  respond.set_kind(v1::Contribution::KIND_ADVICE);
  respond.set_body("Talk to somebody you trust.");
  const auto answered = Seen(Advice(Group()).Respond(respond), "Respond");
  v1::FlagContentRequest flag;
  flag.set_target(name_);
  flag.set_reason(v1::Flag::REASON_PRIVACY);
  Seen(Moderation(Partner("rde")).FlagContent(flag), "FlagContent");
  action = Action();
  ASSERT_EQ(answered.request().contributions_size(), 3);
  action.mutable_accept()->add_responses(answered.request().contributions(2).name());
  Act(action);
  v1::PromoteToKnowledgeRequest promote;
  promote.set_request(name_);
  Seen(Knowledge(Group()).PromoteToKnowledge(promote), "PromoteToKnowledge");
  action = Action();
  action.set_reopen("And now?");
  Act(action);
  v1::ProposeRevealRequest propose;
  propose.set_target(name_);
  propose.set_reason("Somebody may be in danger.");
  Seen(To<client::SafeguardingClient>(As("safeguarding")).ProposeReveal(propose), "ProposeReveal");
  ScanAllRoles(name_);
  ScanFiles();

  action = Action();
  action.set_withdraw(true);
  Act(action);
  v1::GetAnonymousRequestRequest get;
  get.set_name(name_);
  get.set_secret(secret_);
  Seen(Anonymous().GetAnonymousRequest(get), "GetAnonymousRequest");
  get.set_secret("0123456789abcdef0123456789abcdef");
  EXPECT_EQ(ReasonOf(Anonymous().GetAnonymousRequest(get)), "NOT_FOUND");
  ScanAllRoles(name_);
  for (const auto& change : Changes()) {
    Scan(change.SerializeAsString(), "change");
    if (change.advice_event().request() == name_) {
      EXPECT_EQ(change.organisation(), "");
    }
  }
  // Ended, so that everything is written.
  host_->Stop(absl::Seconds(5));
  host_.reset();
  ScanFiles();
  std::printf("ANONYMITY %d things scanned, %zu bytes\n", scanned_, bytes_);
}

// Words can tell who wrote them: what the asker corrected or took back is in no file.
TEST_F(AnonymityTest, WordsThatWereErasedAreInNoFile) {
  const auto made = SubmitAnonymously(Asking(), kAuthor, "Quinquereme title");
  name_ = made.request().name();
  secret_ = made.secret();
  EXPECT_FALSE(FilesWith("Quinquereme", absl::ZeroDuration()).empty());
  auto action = Action();
  action.mutable_edit()->set_title("Trireme title");
  action.mutable_edit()->set_body("Trireme body " + std::string(4900, 'z'));
  Act(action);
  EXPECT_TRUE(FilesWith("Quinquereme").empty());
  EXPECT_TRUE(FilesWith("rather not say").empty());
  action = Action();
  action.set_withdraw(true);
  Act(action);
  EXPECT_TRUE(FilesWith("Trireme").empty());
  EXPECT_TRUE(FilesWith("zzzz").empty());
  host_->Stop(absl::Seconds(5));
  host_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/reference_group.db-wal"));
  EXPECT_TRUE(FilesWith("Trireme").empty());
}

TEST_F(AnonymityTest, TheLogSaysOfASealedCallThatItWasAndNothingOfWho) {
  SubmitAnonymously(Asking(), kAuthor);
  const std::string log = LogWith("SubmitAnonymousRequest");
  EXPECT_THAT(log, ::testing::HasSubstr("SubmitAnonymousRequest"));
  Scan(log, "log");
  // Of another call by the same account, the log does tell: so the scan looks for the right thing.
  Advice(Asking()).ListRequests({}).IgnoreError();
  const std::string later = LogWith("ListRequests");
  EXPECT_THAT(later, ::testing::HasSubstr(kSubject));
  EXPECT_THAT(later, ::testing::HasSubstr(kTrace));
}

TEST_F(AnonymityTest, NeitherItsNameNorItsTimesTellWhenItWasAsked) {
  SetNow(LondonTime("2021-07-20 14:37"));
  const v1::AdviceRequest made = SubmitAnonymously(Asking(), kAuthor).request();
  EXPECT_EQ(UuidV7Time(made.name().substr(made.name().find('/') + 1)), std::nullopt);
  const absl::Time day = LondonTime("2021-07-20 00:00");
  EXPECT_EQ(made.create_time().seconds(), absl::ToUnixSeconds(day));
  EXPECT_EQ(made.update_time().seconds(), absl::ToUnixSeconds(day));
  EXPECT_EQ(made.waiting().minutes(), 5 * 60 + 37);  // from the morning on
}

TEST_F(AnonymityTest, WhatWouldTellIsRefused) {
  v1::SubmitAnonymousRequestRequest request;
  request.set_asker(kAuthor);
  request.mutable_request()->set_title("Title");
  request.mutable_request()->set_body("Body");
  request.mutable_request()->set_asker(kAuthor);
  request.mutable_request()->set_plan("plans/1");
  request.mutable_request()->set_audience(v1::AUDIENCE_OWN_ORGANISATION);
  EXPECT_EQ(ReasonOf(Anonymous(Asking()).SubmitAnonymousRequest(request)),
            "request.plan,request.asker,request.audience");
  // For somebody of another organisation, as if that were not there.
  EXPECT_EQ(ReasonOf(Anonymous(Partner("rde")).SubmitAnonymousRequest(request)), "NOT_FOUND");
}

TEST_F(AnonymityTest, OnlyTheSecretMakesTheAsker) {
  const auto made = SubmitAnonymously(Asking(), kAuthor);
  const std::string name = made.request().name();
  v1::WithdrawRequestRequest withdraw;
  withdraw.set_name(name);
  EXPECT_EQ(ReasonOf(Advice(Central()).WithdrawRequest(withdraw)), "ASKER_ONLY");
  EXPECT_EQ(ReasonOf(Advice(Asking()).WithdrawRequest(withdraw)), "NOT_FOUND");
  v1::ActOnAnonymousRequestRequest action;
  action.set_name(name);
  action.set_withdraw(true);
  action.set_secret(SubmitAnonymously(Asking(), kAuthor).secret());
  EXPECT_EQ(ReasonOf(Anonymous(Asking()).ActOnAnonymousRequest(action)), "NOT_FOUND");
  action.set_secret(made.secret());
  EXPECT_EQ(ReasonOf(Anonymous().ActOnAnonymousRequest(action)), "OK");
  // A question under a name has no secret.
  action.set_name(Submit("rde").name());
  EXPECT_EQ(ReasonOf(Anonymous().ActOnAnonymousRequest(action)), "NOT_FOUND");
}

TEST_F(AnonymityTest, AnActionMustBeOne) {
  const auto made = SubmitAnonymously(Asking(), kAuthor);
  v1::ActOnAnonymousRequestRequest action;
  action.set_name(made.request().name());
  action.set_secret(made.secret());
  EXPECT_EQ(ReasonOf(Anonymous().ActOnAnonymousRequest(action)), "action");
  action.set_withdraw(false);
  EXPECT_EQ(ReasonOf(Anonymous().ActOnAnonymousRequest(action)), "withdraw");
  action.set_provide_info("");
  EXPECT_EQ(ReasonOf(Anonymous().ActOnAnonymousRequest(action)), "provide_info");
  action.set_reopen("");
  EXPECT_EQ(ReasonOf(Anonymous().ActOnAnonymousRequest(action)), "reopen");
  action.set_reopen("And?");
  EXPECT_EQ(ReasonOf(Anonymous().ActOnAnonymousRequest(action)), "WRONG_STATE");
}

TEST_F(AnonymityTest, AStoreIsNotOpenedWithAnotherKey) {
  host_->Stop(absl::Seconds(5));
  host_.reset();
  channel_.reset();
  std::filesystem::remove(folder_ + "/reference_group.key");
  host::HostOptions options{.data_folder = folder_, .dev_issuer = true, .log_fd = -1};
  host_ = *host::Host::Create(options);
  EXPECT_EQ(host_->Add("reference_group", Open).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace equity::referencegroup
