#include "common/host/host.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/dev_issuer.h"
#include "common/backup/backup.h"
#include "common/feed/feed.h"
#include "common/feed/follower.h"
#include "common/feed/position.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "equity/operations/v1/operations.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace equity::host {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A service without RPCs: a store that changes can be written to.
class PlainService final : public HostedService {
 public:
  PlainService(Shared& shared, std::unique_ptr<exec::Store> store)
      : store_(std::move(store)), runtime_(shared, store_.get()) {}
  Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override { return {}; }

 private:
  std::unique_ptr<exec::Store> store_;
  Runtime runtime_;
};

class HostTest : public testing::Test {
 protected:
  HostTest() : folder_(std::filesystem::temp_directory_path() / "host_test-XXXXXX") {
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
  }
  ~HostTest() override {
    host_.reset();
    std::filesystem::remove_all(folder_);
  }
  HostOptions Options() {
    HostOptions options;
    options.data_folder = folder_;
    options.dev_issuer = true;
    options.log_fd = open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return options;
  }
  void Start(HostOptions options) {
    auto host = Host::Create(std::move(options));
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = *std::move(host);
    ASSERT_TRUE(
        host_
            ->Add(
                "plain",
                [this](Shared& shared, exec::StoreOptions store) {
                  store.migrations = {feed::CommonTables(), {2, "t", "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT"}};
                  return OpenPlain(shared, std::move(store));
                })
            .ok());
    ASSERT_TRUE(host_->Start().ok());
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", host_->port()), grpc::InsecureChannelCredentials());
    operations_ = operations::v1::OperationsService::NewStub(channel_);
    changes_ = changes::v1::ChangesService::NewStub(channel_);
  }
  absl::StatusOr<std::unique_ptr<HostedService>> OpenPlain(Shared& shared, exec::StoreOptions options) {
    auto store = exec::Store::Open(std::move(options));
    if (!store.ok()) return store.status();
    auto service = std::make_unique<PlainService>(shared, *std::move(store));
    plain_ = &service->runtime();
    return std::unique_ptr<HostedService>(std::move(service));
  }
  std::string Token(const std::string& role, const std::string& organisation = "") {
    return *auth::DevIssuer::Open(host_->dev_issuer_folder())
                ->Mint({.subject = "someone", .roles = {role}, .organisation = organisation}, absl::Now());
  }
  absl::Status StateHash(const std::string& token, absl::Duration deadline = absl::Seconds(10),
                         std::string* hash = nullptr) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    operations::v1::GetStateHashResponse response;
    const auto status = operations_->GetStateHash(&context, {}, &response);
    if (hash != nullptr && response.services_size() > 0) *hash = response.services(0).sha256();
    return status::FromGrpc(status);
  }
  // Something that happened, as a service would write it.
  void Happen(const std::string& organisation, bool domain = false, bool restricted = false) {
    ASSERT_TRUE(plain_
                    ->WriteAs({.name = "test"}, "test",
                              [=](rpc::WriteContext& context, sql::Transaction& transaction) {
                                static const sql::Sql kInsert{"t.insert", "INSERT INTO t DEFAULT VALUES"};
                                if (domain) transaction.Execute(kInsert, {});
                                changes::v1::Change change;
                                change.set_organisation(organisation);
                                change.set_restricted(restricted);
                                change.mutable_organisation_event()->set_organisation(organisation);
                                context.Emit(std::move(change));
                                return absl::OkStatus();
                              })
                    .ok());
  }
  std::string LogText() {
    host_.reset();
    std::stringstream text;
    text << std::ifstream(folder_ + "/log").rdbuf();
    return text.str();
  }

  std::string folder_;
  std::unique_ptr<Host> host_;
  Runtime* plain_ = nullptr;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<operations::v1::OperationsService::Stub> operations_;
  std::unique_ptr<changes::v1::ChangesService::Stub> changes_;
};

TEST_F(HostTest, CredentialsAreCheckedBeforeScopes) {
  Start(Options());
  EXPECT_EQ(status::Reason(StateHash("")), "CREDENTIAL_MISSING");
  EXPECT_EQ(status::Reason(StateHash("rubbish")), "CREDENTIAL_INVALID");
  EXPECT_EQ(status::Reason(StateHash(Token("analyst"))), "SCOPE_MISSING");
  EXPECT_TRUE(StateHash(Token("central_team")).ok());
}

TEST_F(HostTest, APublicMethodNeedsNoCredentialButRefusesAWrongOne) {
  Start(Options());
  const auto ask = [&](const std::string& authorization) {
    grpc::ClientContext context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    operations::v1::GetBusinessTimeResponse response;
    return status::FromGrpc(operations_->GetBusinessTime(&context, {}, &response));
  };
  EXPECT_TRUE(ask("").ok());
  EXPECT_EQ(status::Reason(ask("Bearer rubbish")), "CREDENTIAL_INVALID");
  EXPECT_EQ(status::Reason(ask("Basic c2VjcmV0")), "CREDENTIAL_INVALID");
}

TEST_F(HostTest, CallsAreLoggedAndCountedWithoutTheirCredential) {
  Start(Options());
  const std::string token = Token("central_team");
  EXPECT_TRUE(StateHash(token).ok());
  const std::string metrics = host_->shared().metrics->Text();
  EXPECT_THAT(metrics, HasSubstr("grpc_server_handled_total{"));
  const std::string log = LogText();
  EXPECT_THAT(log, HasSubstr("\"GetStateHash\""));
  EXPECT_THAT(log, Not(HasSubstr(token)));
  EXPECT_THAT(log, Not(HasSubstr(token.substr(token.rfind('.')))));
}

TEST_F(HostTest, TheStateHashIsOfTheDomainAlone) {
  Start(Options());
  std::string before, after_event, after_row;
  EXPECT_TRUE(StateHash(Token("central_team"), absl::Seconds(10), &before).ok());
  Happen("organisations/rde");
  EXPECT_TRUE(StateHash(Token("central_team"), absl::Seconds(10), &after_event).ok());
  Happen("organisations/rde", true);
  EXPECT_TRUE(StateHash(Token("central_team"), absl::Seconds(10), &after_row).ok());
  EXPECT_EQ(before.size(), 64u);
  EXPECT_EQ(before, after_event);
  EXPECT_NE(before, after_row);
}

TEST_F(HostTest, TheFeedIsInOrderResumableAndFilteredByOrganisation) {
  Start(Options());
  for (int i = 0; i < 1200; ++i) Happen(i % 2 == 0 ? "organisations/rde" : "organisations/rgr");
  const auto read = [&](const std::string& token, const std::string& from) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    changes::v1::WatchChangesRequest request;
    request.set_resume_token(from);
    const auto stream = changes_->WatchChanges(&context, request);
    std::vector<changes::v1::Change> changes;
    changes::v1::WatchChangesResponse response;
    std::string resume;
    while (stream->Read(&response)) {
      resume = response.resume_token();
      if (response.changes_size() == 0) break;
      changes.insert(changes.end(), response.changes().begin(), response.changes().end());
    }
    context.TryCancel();
    return std::pair(changes, resume);
  };
  const auto [all, end] = read(Token("central_team"), "");
  ASSERT_EQ(all.size(), 1200u);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].sequence(), static_cast<int64_t>(i + 1));
  Happen("organisations/rde");
  const auto [later, ignored] = read(Token("central_team"), end);
  EXPECT_EQ(later.size(), 1u);
  const auto [own, own_end] = read(Token("partner", "rde"), "");
  EXPECT_EQ(own.size(), 601u);
  EXPECT_EQ(*feed::Parse(own_end, "f"), (feed::Position{{"plain", 1201}}));
}

TEST_F(HostTest, ManyChangesOfOthersAreNotTheEndOfTheFeed) {
  Start(Options());
  for (int i = 0; i < 1100; ++i) Happen("organisations/rde");
  Happen("organisations/rgr");
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + Token("partner", "rgr"));
  const auto stream = changes_->WatchChanges(&context, {});
  changes::v1::WatchChangesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_EQ(response.changes_size(), 1);
  EXPECT_EQ(response.changes(0).sequence(), 1101);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.changes_size(), 0);
  // Only once: what happens to others from then on is not told at all.
  Happen("organisations/rde");
  absl::SleepFor(absl::Milliseconds(500));
  Happen("organisations/rgr");
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_EQ(response.changes_size(), 1);
  EXPECT_EQ(response.changes(0).sequence(), 1103);
  context.TryCancel();
}

TEST_F(HostTest, ARestrictedChangeIsForTheCentralTeamAndServicesAlone) {
  Start(Options());
  Happen("organisations/rde");
  Happen("", false, true);
  Happen("organisations/rde", false, true);  // whosever it is
  Happen("");
  // From every position, up to the message that says that there is no more.
  const auto read = [&](const std::string& token, int64_t after) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    changes::v1::WatchChangesRequest request;
    request.set_resume_token(feed::Format({{"plain", after}}));
    const auto stream = changes_->WatchChanges(&context, request);
    std::vector<int64_t> sequences;
    changes::v1::WatchChangesResponse response;
    while (stream->Read(&response) && response.changes_size() > 0) {
      for (const auto& change : response.changes()) sequences.push_back(change.sequence());
    }
    EXPECT_EQ(feed::Parse(response.resume_token(), "f")->at("plain"), 4) << "the position goes on past what is hidden";
    context.TryCancel();
    return sequences;
  };
  EXPECT_THAT(read(Token("central_team"), 0), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(read(Token("service"), 0), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(read(Token("partner", "rde"), 0), ElementsAre(1, 4));
  EXPECT_THAT(read(Token("partner", "rde"), 1), ElementsAre(4));
  EXPECT_THAT(read(Token("partner", "rde"), 2), ElementsAre(4));
  EXPECT_THAT(read(Token("partner", "rde"), 3), ElementsAre(4));
  EXPECT_THAT(read(Token("partner", "rgr"), 0), ElementsAre(4));

  // Live it is passed over, and what follows is told.
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + Token("partner", "rgr"));
  changes::v1::WatchChangesRequest request;
  request.set_only_new(true);
  const auto stream = changes_->WatchChanges(&context, request);
  changes::v1::WatchChangesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.changes_size(), 0);
  Happen("", false, true);
  absl::SleepFor(absl::Milliseconds(500));
  Happen("organisations/rgr");
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_EQ(response.changes_size(), 1);
  EXPECT_EQ(response.changes(0).sequence(), 6);
  EXPECT_EQ(feed::Parse(response.resume_token(), "f")->at("plain"), 6);
  context.TryCancel();
}

TEST_F(HostTest, AStreamWithALongIntervalEndsWithTheServer) {
  Start(Options());
  Happen("organisations/rde");
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + Token("central_team"));
  changes::v1::WatchChangesRequest request;
  request.set_min_interval_ms(10000);
  const auto stream = changes_->WatchChanges(&context, request);
  changes::v1::WatchChangesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.changes_size(), 0);
  absl::SleepFor(absl::Milliseconds(300));  // by now it waits for its interval
  const absl::Time begun = absl::Now();
  host_->Stop(absl::Seconds(20));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(3));
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(status::Reason(status::FromGrpc(stream->Finish())), "SERVER_GOING");
}

TEST_F(HostTest, AResumeTokenThatIsNotOursIsRefused) {
  Start(Options());
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + Token("central_team"));
  changes::v1::WatchChangesRequest request;
  request.set_resume_token("nonsense");
  const auto stream = changes_->WatchChanges(&context, request);
  changes::v1::WatchChangesResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const absl::Status status = status::FromGrpc(stream->Finish());
  ASSERT_EQ(status::FieldFaults(status).size(), 1u);
  EXPECT_EQ(status::FieldFaults(status)[0].field, "resume_token");
}

TEST_F(HostTest, AServiceThatIsNotHereIsRefusedWithThoseThatAre) {
  Start(Options());
  Happen("organisations/rde");
  const auto watch = [&](const std::vector<std::string>& services, int& changes) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + Token("central_team"));
    changes::v1::WatchChangesRequest request;
    for (const std::string& service : services) request.add_services(service);
    const auto stream = changes_->WatchChanges(&context, request);
    changes::v1::WatchChangesResponse response;
    changes = 0;
    bool open = true;
    while ((open = stream->Read(&response)) && response.changes_size() > 0) changes += response.changes_size();
    if (open) context.TryCancel();
    return status::FromGrpc(stream->Finish());
  };
  int changes = 0;
  const auto faults = status::FieldFaults(watch({"plain", "nosuch"}, changes));
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].field, "services");
  EXPECT_EQ(faults[0].description, "must be among plain");
  EXPECT_EQ(changes, 0);
  (void)watch({"plain", "plain"}, changes);
  EXPECT_EQ(changes, 1) << "named twice, told once";
}

TEST_F(HostTest, WhoWantsCertainEventsIsSentThoseAndNowAndThenAPosition) {
  Start(Options());
  Happen("organisations/rde");
  const auto watch = [&](const std::string& event) {
    changes::v1::WatchChangesRequest request;
    request.add_events(event);
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", "Bearer " + Token("central_team"));
    auto stream = changes_->WatchChanges(context.get(), request);
    return std::pair(std::move(context), std::move(stream));
  };
  changes::v1::WatchChangesResponse response;
  {
    const auto [context, stream] = watch("organisation_event");
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.changes_size(), 1);
    context->TryCancel();
  }
  const auto [context, stream] = watch("booking_event");
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.changes_size(), 0) << "there is none";
  for (int i = 0; i < 1000; ++i) Happen("organisations/rde");
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.changes_size(), 0);
  EXPECT_GE(feed::Parse(response.resume_token(), "f")->at("plain"), 1001);
  context->TryCancel();

  for (const char* wrong : {"bookings", "sequence", ""}) {
    const auto [refused, none] = watch(wrong);
    EXPECT_FALSE(none->Read(&response));
    const auto faults = status::FieldFaults(status::FromGrpc(none->Finish()));
    ASSERT_EQ(faults.size(), 1u) << wrong;
    EXPECT_THAT(faults[0].field, testing::StartsWith("events"));
    EXPECT_THAT(faults[0].description, HasSubstr("booking_event"));
  }
}

TEST_F(HostTest, BytesThatAreNoMessageAreRefusedAsWhatTheyAre) {
  Start(Options());
  grpc::GenericStub stub(channel_);
  const grpc::Slice garbage("\xff\xff\xff");
  const grpc::ByteBuffer request(&garbage, 1);
  for (const char* method :
       {"/equity.operations.v1.OperationsService/GetStateHash", "/equity.changes.v1.ChangesService/WatchChanges"}) {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    std::promise<grpc::Status> answered;
    stub.UnaryCall(&context, method, {}, &request, &response,
                   [&](grpc::Status status) { answered.set_value(std::move(status)); });
    const grpc::Status status = answered.get_future().get();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    EXPECT_THAT(status.error_message(), HasSubstr("not a message of this call's type")) << method;
  }
}

TEST_F(HostTest, AStreamWhoseCallerWentAwayIsNoFaultOfOurs) {
  Start(Options());
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + Token("central_team"));
  const auto stream = changes_->WatchChanges(&context, {});
  changes::v1::WatchChangesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  const auto counted = [this] {
    return testing::Matches(ContainsRegex("grpc_code=\"Canceled\",grpc_method=\"WatchChanges\"[^\n]* 1\n"))(
        host_->shared().metrics->Text());
  };
  for (int i = 0; i < 100 && !counted(); ++i) absl::SleepFor(absl::Milliseconds(20));
  EXPECT_TRUE(counted()) << host_->shared().metrics->Text();
  const std::string log = LogText();
  EXPECT_THAT(log, HasSubstr("CALLER_GONE"));
  EXPECT_THAT(log, Not(HasSubstr("SERVER_GOING")));
  EXPECT_THAT(log, Not(HasSubstr("WARNING")));
}

TEST_F(HostTest, AFollowerGetsWhatHappensAndResumesAfterAnError) {
  Start(Options());
  std::mutex mutex;
  std::vector<int64_t> seen;
  std::string token;
  int failures = 0;
  {
    feed::Follower follower({.channel = channel_,
                             .bearer = [this] { return Token("service"); },
                             .services = {"plain"},
                             .load_token = [&]() -> absl::StatusOr<std::string> {
                               std::lock_guard lock(mutex);
                               return token;
                             },
                             .apply = [&](const changes::v1::WatchChangesResponse& batch) -> absl::Status {
                               std::lock_guard lock(mutex);
                               if (batch.changes_size() > 0 && failures++ == 0) return absl::UnavailableError("once");
                               for (const auto& change : batch.changes()) seen.push_back(change.sequence());
                               token = batch.resume_token();
                               return absl::OkStatus();
                             }});
    for (int i = 0; i < 20; ++i) Happen("organisations/rde");
    for (int i = 0; i < 1000; ++i) {
      absl::SleepFor(absl::Milliseconds(10));
      std::lock_guard lock(mutex);
      if (seen.size() >= 20) break;
    }
  }
  ASSERT_EQ(seen.size(), 20u);
  for (size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<int64_t>(i + 1));
}

// The stream may be over before the batch is: what is read next must not be waited for.
TEST_F(HostTest, AFollowerEndsWhileABatchIsApplied) {
  Start(Options());
  Happen("");
  std::promise<void> applying;
  std::promise<void> go_on;
  bool first = true;
  feed::Follower::Options options{.channel = channel_,
                                  .bearer = [&] { return Token("central_team"); },
                                  .services = {"plain"},
                                  .load_token = [] { return std::string(); }};
  options.apply = [&](const changes::v1::WatchChangesResponse&) {
    if (std::exchange(first, false)) {
      applying.set_value();
      go_on.get_future().wait();
    }
    return absl::OkStatus();
  };
  auto follower = std::make_unique<feed::Follower>(std::move(options));
  applying.get_future().wait();
  auto ended = std::async(std::launch::async, [&] { follower.reset(); });
  absl::SleepFor(absl::Milliseconds(200));  // the end of the stream arrives
  go_on.set_value();
  ended.wait();
}

TEST_F(HostTest, AStopEndsStreamsAndTellsHealth) {
  Start(Options());
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + Token("central_team"));
  const auto stream = changes_->WatchChanges(&context, {});
  changes::v1::WatchChangesResponse response;
  EXPECT_TRUE(stream->Read(&response));
  const absl::Time before = absl::Now();
  host_->Stop(absl::Seconds(10));
  EXPECT_LT(absl::Now() - before, absl::Seconds(5));
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(status::Reason(status::FromGrpc(stream->Finish())), "SERVER_GOING");
}

TEST_F(HostTest, HealthIsOpenToAnyone) {
  Start(Options());
  const auto health = grpc::health::v1::Health::NewStub(channel_);
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckResponse response;
  EXPECT_TRUE(health->Check(&context, {}, &response).ok());
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
}

TEST_F(HostTest, OffLoopbackThereIsNoDevelopmentIssuerNoDemonstrationAndNoSlowWriter) {
  HostOptions options = Options();
  options.server.address = "0.0.0.0";
  EXPECT_THAT(Host::Create(options).status().ToString(), HasSubstr("for one machine only"));
  options.dev_issuer = false;
  options.demo_now = absl::Now();
  EXPECT_THAT(Host::Create(options).status().ToString(), HasSubstr("for one machine only"));
  options.demo_now = absl::InfinitePast();
  options.writer_pace = 1;
  EXPECT_THAT(Host::Create(options).status().ToString(), HasSubstr("for one machine only"));
}

TEST_F(HostTest, WithoutAWayToKnowAnybodyItDoesNotStart) {
  HostOptions options = Options();
  options.dev_issuer = false;
  EXPECT_THAT(Host::Create(options).status().ToString(), HasSubstr("--jwks-file"));
}

TEST_F(HostTest, ATakenPortIsNamed) {
  Start(Options());
  HostOptions options = Options();
  options.data_folder = folder_ + "/second";
  options.server.port = host_->port();
  auto second = Host::Create(std::move(options));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT((*second)->Start().ToString(), HasSubstr(absl::StrCat(host_->port())));
}

TEST_F(HostTest, OnlyADemonstrationsClockIsMoved) {
  const auto advance = [this](int64_t seconds) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + Token("central_team"));
    operations::v1::AdvanceBusinessTimeRequest request;
    request.mutable_time()->set_seconds(seconds);
    request.set_request_id("01890a5d-ac96-774b-bcce-b302099a8057");
    operations::v1::AdvanceBusinessTimeResponse response;
    const auto status = status::FromGrpc(operations_->AdvanceBusinessTime(&context, request, &response));
    return status.ok() ? absl::StrCat(response.time().seconds()) : status::Reason(status);
  };
  Start(Options());
  EXPECT_EQ(advance(4'000'000'000), "REAL_TIME");
  host_.reset();
  HostOptions options = Options();
  options.data_folder = folder_ + "/demonstration";
  options.demo_now = absl::FromUnixSeconds(1'626'768'000);
  Start(options);
  EXPECT_EQ(advance(1'628'000'000), "1628000000");
  EXPECT_GE(host_->shared().clock.Now(), absl::FromUnixSeconds(1'628'000'000));
  EXPECT_EQ(advance(4'000'000'000), "INVALID_FIELDS") << "a mistyped year";
}

TEST_F(HostTest, TheBusinessClockGoesOnAfterARestart) {
  HostOptions options = Options();
  options.demo_now = absl::FromUnixSeconds(1626768000);
  Start(options);
  host_.reset();
  Start(Options());
  EXPECT_TRUE(host_->shared().clock.IsDemonstration());
  EXPECT_LT(host_->shared().clock.Now(), absl::FromUnixSeconds(1626768000) + absl::Minutes(1));
}

class BackupTest : public HostTest {
 protected:
  absl::StatusOr<operations::v1::Backup> Back(int retain = 0, const std::string& id = NewUuidV7(absl::Now())) {
    operations::v1::CreateBackupRequest request;
    request.set_retain(retain);
    request.set_request_id(id);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + Token("central_team"));
    operations::v1::CreateBackupResponse response;
    const auto status = operations_->CreateBackup(&context, request, &response);
    if (!status.ok()) return status::FromGrpc(status);
    return response.backups(0);
  }
  std::string Folder(const operations::v1::Backup& made) const { return folder_ + "/backups/" + made.name(); }
  static int64_t RowsIn(const std::string& folder) {
    sql::SqliteConnection connection({.file = folder + "/plain.db"});
    sql::ReadTransaction transaction(connection);
    const sql::Sql count{"t.count", "SELECT count(*) FROM t"};
    return *transaction.One(count, {}, [](const sql::Row& row) { return row.Int64(0); });
  }
};

TEST_F(BackupTest, HoldsWhatWasCommittedAndIsRestoredIntoAnEmptyFolderOnly) {
  Start(Options());
  Happen("organisations/rde", true);
  const std::string id = NewUuidV7(absl::Now());
  const auto made = Back(0, id);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->stores(0).service(), "plain");
  EXPECT_EQ(made->stores(0).schema_version(), 2);
  EXPECT_EQ(made->stores(0).feed_sequence(), 1);
  Happen("organisations/rde", true);
  EXPECT_EQ(Back(0, id)->name(), made->name());  // the same request
  EXPECT_THAT(*backup::Verify(Folder(*made)), ::testing::IsEmpty());

  const std::string restored = folder_ + "/restored";
  backup::RestoreOptions options{.backup = Folder(*made), .data_folder = restored};
  std::filesystem::remove(folder_ + "/backups/erasures");
  // Without the ledger of erasures nobody knows who must not come back.
  EXPECT_THAT(std::string(backup::Restore(options).status().message()), HasSubstr("ledger"));
  std::ofstream(folder_ + "/backups/erasures") << "organisations/rde/participants/1\n";
  EXPECT_TRUE(backup::Restore(options).ok());
  EXPECT_EQ(RowsIn(restored), 1);
  EXPECT_THAT(std::string(backup::Restore(options).status().message()), HasSubstr("not empty"));
  options.data_folder = folder_;
  EXPECT_THAT(std::string(backup::Restore(options).status().message()), HasSubstr("in use"));

  // One that was cut off keeps servers away, and is done again.
  std::ofstream(restored + "/RESTORING").put('x');
  EXPECT_FALSE(exec::DataFolder::Lock(restored).ok());
  options.data_folder = restored;
  EXPECT_TRUE(backup::Restore(options).ok());
  EXPECT_TRUE(exec::DataFolder::Lock(restored).ok());
}

TEST_F(BackupTest, KeepsTheNewestAndSeesDamage) {
  Start(Options());
  Happen("organisations/rde", true);
  ASSERT_TRUE(Back().ok());
  ASSERT_TRUE(Back().ok());
  const auto newest = Back(2);
  ASSERT_TRUE(newest.ok());
  const auto kept = backup::List(folder_ + "/backups");
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept.back().name(), newest->name());
  std::fstream file(Folder(*newest) + "/plain.db", std::ios::in | std::ios::out);
  file.seekp(4100);
  file.put('x');
  file.close();
  EXPECT_THAT(*backup::Verify(Folder(*newest)), ElementsAre(HasSubstr("not what was written")));
  EXPECT_FALSE(backup::Restore({.backup = Folder(*newest), .data_folder = folder_ + "/r"}).ok());
}

TEST_F(BackupTest, IsOneMomentWhileWritersGoOn) {
  Start(Options());
  std::atomic<bool> over = false;
  std::thread writer([&] {
    while (!over) Happen("organisations/rde", true);
  });
  for (int i = 0; i < 5; ++i) {
    const auto made = Back();
    EXPECT_TRUE(made.ok()) << made.status();
    if (made.ok()) {
      EXPECT_EQ(RowsIn(Folder(*made)), made->stores(0).feed_sequence());
    }
  }
  over = true;
  writer.join();
}

}  // namespace
}  // namespace equity::host
