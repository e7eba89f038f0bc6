#include "clients/cpp/changes.h"

#include "clients/cpp/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::client {
namespace {

using changes::v1::WatchChangesRequest;
using changes::v1::WatchChangesResponse;
using ::testing::ElementsAre;

// Has five changes, and breaks every stream after two; the token is the last sequence.
class BreakingFeed : public changes::v1::ChangesService::Service {
 public:
  grpc::Status WatchChanges(grpc::ServerContext*, const WatchChangesRequest* request,
                            grpc::ServerWriter<WatchChangesResponse>* writer) override {
    only_new.push_back(request->only_new());
    if (!fatal.ok()) return fatal;
    const int from = request->resume_token().empty() ? 0 : std::stoi(request->resume_token());
    for (int i = from + 1; i <= 5; ++i) {
      if (i > from + 2) return {grpc::StatusCode::UNAVAILABLE, "broken"};
      WatchChangesResponse response;
      response.add_changes()->set_sequence(i);
      response.set_resume_token(std::to_string(i));
      writer->Write(response);
    }
    WatchChangesResponse caught_up;
    caught_up.set_resume_token("5");
    writer->Write(caught_up);
    // Ends as a server that shuts down does, then for good.
    return ++times_caught_up < 3 ? grpc::Status::OK : grpc::Status{grpc::StatusCode::PERMISSION_DENIED, "no"};
  }

  std::vector<bool> only_new;
  int times_caught_up = 0;
  grpc::Status fatal;
};

TEST(WatchChangesTest, AStreamThatBreaksIsResumed) {
  BreakingFeed service;
  TestServer server(service);
  ChangesClient client(server.Connect());
  std::vector<int64_t> seen;
  WatchChangesRequest request;
  request.set_only_new(true);
  const absl::Status status = client.WatchChanges(request, [&](const WatchChangesResponse& response) {
    seen.push_back(response.changes().empty() ? 0 : response.changes(0).sequence());
    return !response.changes().empty();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4, 5, 0));
  EXPECT_THAT(service.only_new, ElementsAre(true, false, false));
}

TEST(WatchChangesTest, CaughtUpIsSaidOnce) {
  BreakingFeed service;
  TestServer server(service);
  ChangesClient client(server.Connect());
  int empties = 0;
  const absl::Status status = client.WatchChanges({}, [&](const WatchChangesResponse& response) {
    if (response.changes().empty()) ++empties;
    return true;
  });
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_EQ(service.times_caught_up, 3);
  EXPECT_EQ(empties, 1);
}

TEST(WatchChangesTest, AServerThatStaysAwayIsGivenUp) {
  ChangesClient client(Connect({"127.0.0.1:1"}));
  const absl::Status status = client.WatchChanges(
      {}, [](const auto&) { return true; }, absl::Milliseconds(300));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST(WatchChangesTest, ARefusalIsFinal) {
  BreakingFeed service;
  service.fatal = {grpc::StatusCode::PERMISSION_DENIED, "no"};
  TestServer server(service);
  ChangesClient client(server.Connect());
  const absl::Status status = client.WatchChanges({}, [](const auto&) { return true; });
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_EQ(service.only_new.size(), 1u);
}

}  // namespace
}  // namespace equity::client
