#include <deque>
#include <map>

#include "absl/time/clock.h"
#include "clients/cpp/statistics.h"
#include "clients/cpp/test_server.h"
#include "clients/cpp/workshops.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::client {
namespace {

using ::testing::ElementsAre;
using workshops::v1::BookPlaceRequest;
using workshops::v1::BookPlaceResponse;

// Answers with the failures it was given, one a call, then with success.
class FlakyBookings : public workshops::v1::BookingService::Service {
 public:
  grpc::Status BookPlace(grpc::ServerContext* context, const BookPlaceRequest* request,
                         BookPlaceResponse* response) override {
    request_ids.push_back(request->request_id());
    metadata.clear();
    for (const auto& [key, value] : context->client_metadata()) {
      metadata[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
    }
    time_left = absl::FromChrono(context->deadline()) - absl::Now();
    if (failures.empty()) {
      response->mutable_booking()->set_name("organisations/rde/bookings/1");
      return grpc::Status::OK;
    }
    const absl::Status failure = failures.front();
    failures.pop_front();
    return status::ToGrpc(failure);
  }

  grpc::Status ListBookings(grpc::ServerContext*, const workshops::v1::ListBookingsRequest* request,
                            workshops::v1::ListBookingsResponse* response) override {
    page_sizes.push_back(request->page_size());
    const int page = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    for (int i = 0; i < 2; ++i) response->add_bookings()->set_name(absl::StrCat(page, "/", i));
    if (page < 2) response->set_next_page_token(absl::StrCat(page + 1));
    return grpc::Status::OK;
  }

  std::deque<absl::Status> failures;
  std::vector<std::string> request_ids;
  std::vector<int> page_sizes;
  std::map<std::string, std::string> metadata;
  absl::Duration time_left;
};

class CallTest : public ::testing::Test {
 protected:
  FlakyBookings service_;
  TestServer server_{service_};
  BookingsClient client_{server_.Connect()};
};

TEST_F(CallTest, AnUnavailableServerIsAskedAgainWithTheSameRequestId) {
  // A server that is going cancels what arrives last.
  service_.failures = {absl::UnavailableError("x"), absl::CancelledError("y")};
  const auto response = client_.BookPlace({});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->booking().name(), "organisations/rde/bookings/1");
  ASSERT_EQ(service_.request_ids.size(), 3u);
  EXPECT_TRUE(UuidV7Time(service_.request_ids[0]).has_value());
  EXPECT_EQ(service_.request_ids[1], service_.request_ids[0]);
  EXPECT_EQ(service_.request_ids[2], service_.request_ids[0]);
}

TEST_F(CallTest, EachCallHasARequestIdOfItsOwnUnlessTheCallerGivesOne) {
  BookPlaceRequest request;
  ASSERT_TRUE(client_.BookPlace(request).ok());
  ASSERT_TRUE(client_.BookPlace(request).ok());
  EXPECT_NE(service_.request_ids[0], service_.request_ids[1]);
  request.set_request_id("mine");
  ASSERT_TRUE(client_.BookPlace(request).ok());
  EXPECT_EQ(service_.request_ids[2], "mine");
}

TEST_F(CallTest, ARefusalIsNotRetriedAndKeepsItsDetails) {
  const absl::Status refusal = status::Error(absl::StatusCode::kFailedPrecondition, "SESSION_FULL", "It is full.");
  service_.failures = {refusal};
  EXPECT_EQ(client_.BookPlace({}).status(), refusal);
  EXPECT_EQ(service_.request_ids.size(), 1u);
}

TEST_F(CallTest, RetryInfoSaysWhenToComeBack) {
  service_.failures = {status::Overloaded(absl::Milliseconds(300))};
  const absl::Time start = absl::Now();
  EXPECT_TRUE(client_.BookPlace({}).ok());
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(300));
  EXPECT_EQ(service_.request_ids.size(), 2u);
}

TEST_F(CallTest, ExhaustionWithoutRetryInfoIsNotRetried) {
  service_.failures = {absl::ResourceExhaustedError("too big")};
  EXPECT_TRUE(absl::IsResourceExhausted(client_.BookPlace({}).status()));
  EXPECT_EQ(service_.request_ids.size(), 1u);
}

TEST_F(CallTest, TriesAndTimeAreLimited) {
  service_.failures.assign(100, absl::UnavailableError("x"));
  CallOptions few;
  few.max_tries = 2;
  EXPECT_TRUE(absl::IsUnavailable(client_.BookPlace({}, few).status()));
  EXPECT_EQ(service_.request_ids.size(), 2u);

  CallOptions brief;
  brief.deadline = absl::Milliseconds(400);
  const absl::Time start = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable(client_.BookPlace({}, brief).status()));
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

TEST_F(CallTest, ACallAlwaysHasADeadline) {
  ASSERT_TRUE(client_.BookPlace({}).ok());
  EXPECT_GT(service_.time_left, absl::Seconds(8));
  EXPECT_LT(service_.time_left, absl::Seconds(11));
}

TEST_F(CallTest, CredentialActorAndTraceTravelAsMetadata) {
  CallOptions options;
  options.bearer_token = "token";
  options.actor = "organisations/rde";
  options.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ASSERT_TRUE(client_.BookPlace({}, options).ok());
  EXPECT_EQ(service_.metadata["authorization"], "Bearer token");
  EXPECT_EQ(service_.metadata["equity-actor"], options.actor);
  EXPECT_EQ(service_.metadata["traceparent"], options.traceparent);
  ASSERT_TRUE(client_.BookPlace({}).ok());
  EXPECT_EQ(service_.metadata.count("authorization"), 0u);
}

TEST_F(CallTest, AListIsReadPageByPage) {
  std::vector<std::string> names;
  EXPECT_TRUE(client_
                  .ForEachBooking({},
                                  [&](const workshops::v1::Booking& booking) {
                                    names.push_back(booking.name());
                                    return absl::OkStatus();
                                  })
                  .ok());
  EXPECT_THAT(names, ElementsAre("0/0", "0/1", "1/0", "1/1", "2/0", "2/1"));
  EXPECT_THAT(service_.page_sizes, ElementsAre(1000, 1000, 1000));
}

TEST_F(CallTest, AVisitThatFailsEndsTheList) {
  const absl::Status enough = absl::AbortedError("enough");
  EXPECT_EQ(client_.ForEachBooking({}, [&](const auto&) { return enough; }), enough);
  EXPECT_EQ(service_.page_sizes.size(), 1u);
}

TEST_F(CallTest, TheTypeOfARequestSaysWhichCallToMake) {
  service_.failures = {absl::UnavailableError("x")};
  BookPlaceRequest request;
  BookPlaceResponse response;
  ASSERT_TRUE(Call(server_.Connect(), {}, request, &response).ok());
  EXPECT_EQ(response.booking().name(), "organisations/rde/bookings/1");
  ASSERT_EQ(service_.request_ids.size(), 2u);
  EXPECT_EQ(service_.request_ids[0], request.request_id());
  EXPECT_EQ(service_.request_ids[1], request.request_id());
}

TEST_F(CallTest, PagesAreReadUntilTheLastOrUntilAVisitFails) {
  workshops::v1::ListBookingsRequest request;
  workshops::v1::ListBookingsResponse page;
  std::vector<std::string> names;
  const auto visit = [&] {
    for (const auto& booking : page.bookings()) names.push_back(booking.name());
    return absl::OkStatus();
  };
  ASSERT_TRUE(ForEachPage(server_.Connect(), {}, request, &page, visit).ok());
  EXPECT_THAT(names, ElementsAre("0/0", "0/1", "1/0", "1/1", "2/0", "2/1"));
  EXPECT_THAT(service_.page_sizes, ElementsAre(1000, 1000, 1000));

  const absl::Status enough = absl::AbortedError("enough");
  EXPECT_EQ(ForEachPage(server_.Connect(), {}, request, &page, [&] { return enough; }), enough);
  EXPECT_EQ(service_.page_sizes.size(), 4u);
}

TEST(MethodOfTest, EveryRequestHasItsRpc) {
  EXPECT_EQ(MethodOf(*BookPlaceRequest::descriptor()).full_name(), "equity.workshops.v1.BookingService.BookPlace");
  EXPECT_EQ(MethodOf(*statistics::v1::GetSummaryRequest::descriptor()).name(), "GetSummary");
}

TEST(ConnectTest, AServerThatIsNotThereIsUnavailable) {
  CallOptions options;
  options.deadline = absl::Milliseconds(300);
  BookingsClient client(Connect({"127.0.0.1:1"}), options);
  EXPECT_TRUE(absl::IsUnavailable(client.BookPlace({}).status()));
}

TEST(ConnectTest, AServerThatComesBackIsFound) {
  FlakyBookings service;
  auto server = std::make_unique<TestServer>(service);
  const int port = server->port();
  BookingsClient client(server->Connect());
  ASSERT_TRUE(client.BookPlace({}).ok());
  server.reset();
  std::thread later([&] {
    absl::SleepFor(absl::Milliseconds(500));
    server = std::make_unique<TestServer>(service, port);
  });
  const auto response = client.BookPlace({});
  later.join();
  EXPECT_TRUE(response.ok()) << response.status();
}

}  // namespace
}  // namespace equity::client
