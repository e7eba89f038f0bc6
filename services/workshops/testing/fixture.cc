#include "services/workshops/testing/fixture.h"

#include <fcntl.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "absl/strings/str_format.h"
#include "common/feed/feed.h"
#include "common/host/follow.h"
#include "services/workshops/names.h"
#include "services/workshops/people/people.h"
#include "services/workshops/service.h"

namespace equity::workshops {
namespace {

class StandInParticipants final : public host::HostedService {
 public:
  StandInParticipants(rpc::Shared& shared, std::unique_ptr<exec::Store> store)
      : store_(std::move(store)), runtime_(shared, store_.get()) {}
  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override { return {}; }

 private:
  std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
};

absl::StatusOr<std::unique_ptr<host::HostedService>> OpenParticipants(rpc::Shared& shared, exec::StoreOptions options) {
  options.migrations = {feed::CommonTables()};
  auto store = exec::Store::Open(std::move(options));
  if (!store.ok()) return store.status();
  return std::make_unique<StandInParticipants>(shared, *std::move(store));
}

std::string TemporaryFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "workshops_test.XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  return folder;
}

}  // namespace

std::string Person(std::string_view organisation, int number) {
  int of_organisation = 0;
  for (const char c : organisation) of_organisation = of_organisation * 31 % 9973 + c;
  return ParticipantName(organisation,
                         absl::StrFormat("01890a5d-ac96-774b-8%03x-%012d", of_organisation % 4096, number));
}

absl::Time London(const std::string& local) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", local, equity::London(), &time, &error)) << error;
  return time;
}

std::string ReasonOf(const absl::Status& status) { return status.ok() ? "OK" : status::Reason(status); }

ServerTest::ServerTest() : folder_(TemporaryFolder()) {
  host::HostOptions options;
  options.data_folder = folder_;
  options.dev_issuer = true;
  options.log_fd = open(log_file().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  auto host = host::Host::Create(options);
  EXPECT_TRUE(host.ok()) << host.status();
  host_ = *std::move(host);
  SetNow(London("2021-07-20 09:00"));
  const auto keep_runtime = [](auto open, rpc::Runtime*& runtime) {
    return [open, &runtime](rpc::Shared& shared,
                            exec::StoreOptions store) -> absl::StatusOr<std::unique_ptr<host::HostedService>> {
      auto service = open(shared, std::move(store));
      if (service.ok()) runtime = &(*service)->runtime();
      return service;
    };
  };
  EXPECT_TRUE(host_->Add("participants", keep_runtime(OpenParticipants, participants_runtime_)).ok());
  EXPECT_TRUE(host_->Add("workshops", keep_runtime(Open, workshops_runtime_)).ok());
  const absl::Status started = host_->Start();
  EXPECT_TRUE(started.ok()) << started;
  const host::Peer workshops = host_->AllPeers().To("workshops");
  workshops_ = v1::WorkshopService::NewStub(workshops.channel);
  sessions_ = v1::SessionService::NewStub(workshops.channel);
  bookings_ = v1::BookingService::NewStub(workshops.channel);
  service_ = workshops.bearer();
  central_ = Token("central_team");
}

ServerTest::~ServerTest() {
  StopServer();
  std::filesystem::remove_all(folder_);
}

void ServerTest::StopServer() {
  if (host_ != nullptr) host_->Stop(absl::Seconds(5));
  host_.reset();
}

std::string ServerTest::Token(const std::string& role, const std::string& organisation) {
  auto issuer = auth::DevIssuer::Open(host_->dev_issuer_folder());
  EXPECT_TRUE(issuer.ok()) << issuer.status();
  auto token = issuer->Mint({.subject = role, .roles = {role}, .organisation = organisation}, absl::Now());
  EXPECT_TRUE(token.ok()) << token.status();
  return *token;
}

void ServerTest::SetNow(absl::Time now) { host_->shared().clock.Set(now); }

void ServerTest::AddWorkshop() {
  v1::CreateChallengeRequest challenge;
  challenge.set_challenge_id("summer-2021");
  challenge.mutable_challenge()->set_display_name("100 Day Health Equity Challenge");
  challenge.set_request_id(NewId());
  EXPECT_EQ(ReasonOf(Call(*workshops_, &v1::WorkshopService::Stub::CreateChallenge, challenge)), "OK");
  v1::CreateWorkshopRequest workshop;
  workshop.set_workshop_id("health-equity-challenge");
  workshop.mutable_workshop()->set_challenge(kChallenge);
  workshop.mutable_workshop()->set_display_name("Health Equity Challenge");
  workshop.set_request_id(NewId());
  EXPECT_EQ(ReasonOf(Call(*workshops_, &v1::WorkshopService::Stub::CreateWorkshop, workshop)), "OK");
}

std::string ServerTest::AddSession(const std::string& date, const std::string& start, int capacity) {
  v1::CreateSessionRequest request;
  request.set_parent(kWorkshop);
  request.mutable_session()->set_date(date);
  request.mutable_session()->set_start(start);
  request.mutable_session()->set_capacity(capacity);
  request.set_request_id(NewId());
  const auto response = Call(*sessions_, &v1::SessionService::Stub::CreateSession, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->session().name() : "";
}

v1::Session ServerTest::GetSession(const std::string& name) {
  v1::GetSessionRequest request;
  request.set_name(name);
  const auto response = Call(*sessions_, &v1::SessionService::Stub::GetSession, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->session() : v1::Session();
}

v1::Booking ServerTest::GetBooking(const std::string& name) {
  v1::GetBookingRequest request;
  request.set_name(name);
  const auto response = Call(*bookings_, &v1::BookingService::Stub::GetBooking, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->booking() : v1::Booking();
}

void ServerTest::Know(const std::vector<std::string>& people) {
  const absl::Status status = workshops_runtime_->WriteAs(
      {.name = "test"}, "know", [&](rpc::WriteContext& context, sql::Transaction& transaction) {
        for (const std::string& name : people) {
          RecordPerson(transaction, OrganisationId(name), ChildId(name), PersonState::kActive, context.now());
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
}

void ServerTest::Tell(const changes::v1::ParticipantEvent& event) {
  const auto token = [&] {
    std::string token;
    EXPECT_TRUE(workshops_runtime_
                    ->Read([&](sql::ReadTransaction& transaction) {
                      token = host::FeedToken(transaction, "participants");
                      return absl::OkStatus();
                    })
                    .ok());
    return token;
  };
  // The feed of a new server is followed once its end was told.
  while (token().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const std::string before = token();
  const absl::Status status =
      participants_runtime_->WriteAs({.name = "test"}, "tell", [&](rpc::WriteContext& context, sql::Transaction&) {
        changes::v1::Change change;
        change.set_organisation(OrganisationName(OrganisationId(event.participant())));
        *change.mutable_participant_event() = event;
        context.Emit(std::move(change));
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  while (token() == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

absl::StatusOr<v1::BookPlaceResponse> ServerTest::Book(const std::string& participant, const std::string& session,
                                                       v1::OnFull on_full) {
  v1::BookPlaceRequest request;
  request.set_participant(participant);
  request.set_session(session);
  request.set_on_full(on_full);
  request.set_request_id(NewId());
  return Call(*bookings_, &v1::BookingService::Stub::BookPlace, request);
}

v1::Booking ServerTest::Booked(const std::string& participant, const std::string& session, v1::OnFull on_full) {
  Know({participant});
  const auto response = Book(participant, session, on_full);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->booking() : v1::Booking();
}

absl::StatusOr<v1::CancelBookingResponse> ServerTest::Cancel(const std::string& booking) {
  v1::CancelBookingRequest request;
  request.set_name(booking);
  request.set_request_id(NewId());
  return Call(*bookings_, &v1::BookingService::Stub::CancelBooking, request);
}

std::vector<v1::Booking> ServerTest::List(v1::ListBookingsRequest request) {
  if (request.parent().empty()) request.set_parent("organisations/-");
  std::vector<v1::Booking> bookings;
  do {
    const auto response = Call(*bookings_, &v1::BookingService::Stub::ListBookings, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) break;
    bookings.insert(bookings.end(), response->bookings().begin(), response->bookings().end());
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  return bookings;
}

std::vector<changes::v1::Change> ServerTest::Changes() {
  std::vector<changes::v1::Change> changes;
  const absl::Status status = workshops_runtime_->Read([&](sql::ReadTransaction& transaction) {
    int64_t last = 0;
    changes = feed::ReadAfter(transaction, "workshops", 0, "", {}, 100000, last);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return changes;
}

}  // namespace equity::workshops
