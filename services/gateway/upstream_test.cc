// What goes on to the services and what comes back, before a server that answers as it is told.
#include <unistd.h>

#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "gmock/gmock.h"
#include "services/gateway/testing/fixture.h"

namespace equity::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kSessions[] = "/v1/workshops/-/sessions";
constexpr char kConnect[] = "/equity.workshops.v1.SessionService/ListSessions";

class UpstreamTest : public FakeTest {
 protected:
  Reply Connect(SentHeaders headers = {}) {
    headers.emplace("Content-Type", "application/json");
    return Ask(port(), "POST", kConnect, headers, "{}");
  }
};

TEST_F(UpstreamTest, EveryCodeHasItsStatus) {
  Start();
  struct Case {
    grpc::StatusCode code;
    int http;
    const char* connect;
  };
  for (const Case& c : {Case{grpc::CANCELLED, 499, "canceled"},
                        {grpc::UNKNOWN, 500, "internal"},
                        {grpc::INVALID_ARGUMENT, 400, "invalid_argument"},
                        {grpc::DEADLINE_EXCEEDED, 504, "deadline_exceeded"},
                        {grpc::NOT_FOUND, 404, "not_found"},
                        {grpc::ALREADY_EXISTS, 409, "already_exists"},
                        {grpc::PERMISSION_DENIED, 403, "permission_denied"},
                        {grpc::RESOURCE_EXHAUSTED, 429, "resource_exhausted"},
                        {grpc::FAILED_PRECONDITION, 400, "failed_precondition"},
                        {grpc::ABORTED, 409, "aborted"},
                        {grpc::OUT_OF_RANGE, 400, "out_of_range"},
                        {grpc::UNIMPLEMENTED, 501, "unimplemented"},
                        {grpc::INTERNAL, 500, "internal"},
                        {grpc::UNAVAILABLE, 503, "unavailable"},
                        {grpc::DATA_LOSS, 500, "internal"},
                        {grpc::UNAUTHENTICATED, 401, "unauthenticated"}}) {
    fake_.Answer({.status = {c.code, "why"}});
    EXPECT_EQ(Ask(port(), "GET", kSessions).status, c.http) << c.connect;
    const Reply reply = Connect();
    EXPECT_EQ(reply.status, c.http) << c.connect;
    EXPECT_EQ(reply.Json()["code"], c.connect);
  }
}

TEST_F(UpstreamTest, ErrorsKeepTheirDetailsAndSayWhenToComeAgain) {
  Start();
  fake_.Answer({.status = status::ToGrpc(status::Overloaded(absl::Milliseconds(1500)))});
  const Reply reply = Ask(port(), "GET", kSessions);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.Header("retry-after"), "2");
  EXPECT_THAT(reply.body,
              HasSubstr("\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"1.500s\""));
  fake_.Answer({.status = {grpc::UNAVAILABLE, "connect to ipv4:10.0.0.1:80 failed"}});
  EXPECT_THAT(Ask(port(), "GET", kSessions).body, Not(HasSubstr("10.0.0.1")));
}

TEST_F(UpstreamTest, OnlyCredentialTraceAndDeadlineGoOn) {
  Start();
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  Connect({{"Authorization", "Bearer abc"},
           {"Traceparent", trace},
           {"Equity-Actor", "somebody"},
           {"Grpc-Timeout", "1H"},
           {"X-Other", "y"},
           {"Connect-Timeout-Ms", "2000"}});
  Ask(port(), "GET", kSessions, {{"Traceparent", "bad"}});
  const auto received = fake_.received();
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[0].path, kConnect);
  EXPECT_EQ(received[0].metadata.at("authorization"), "Bearer abc");
  EXPECT_EQ(received[0].metadata.at("traceparent"), trace);
  EXPECT_FALSE(received[0].metadata.contains("equity-actor"));
  EXPECT_FALSE(received[0].metadata.contains("x-other"));
  EXPECT_LE(received[0].time_left.count(), 2500);
  EXPECT_GT(received[1].time_left.count(), 8000);
  EXPECT_LE(received[1].time_left.count(), 10500);  // HTTP/2 carries it rounded up
  EXPECT_FALSE(received[1].metadata.contains("traceparent"));
}

TEST_F(UpstreamTest, ALateServiceIsGivenUp) {
  Start();
  fake_.Answer({.hangs = true});
  const Reply reply = Connect({{"Connect-Timeout-Ms", "200"}});
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.Json()["code"], "deadline_exceeded");
  EXPECT_TRUE(fake_.WaitForCancelled(1));
}

TEST_F(UpstreamTest, AClientThatGoesCancelsItsCall) {
  Start();
  fake_.Answer({.hangs = true});
  {
    HttpClient client(port());
    client.Send("GET " + std::string(kSessions) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 300 && fake_.received().empty(); ++i) usleep(10'000);
    EXPECT_EQ(fake_.cancelled(), 0);
  }
  EXPECT_TRUE(fake_.WaitForCancelled(1));
}

TEST_F(UpstreamTest, NobodyBehindTheDoor) {
  auto gateway = Gateway::Start(grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()), {});
  ASSERT_TRUE(gateway.ok());
  const Reply reply = Ask((*gateway)->port(), "GET", kSessions);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.Header("retry-after"), "1");
  EXPECT_THAT(reply.body, HasSubstr("SERVICE_UNREACHABLE"));
}

std::string Page(const std::string& name, const std::string& next) {
  workshops::v1::ListSessionsResponse page;
  page.add_sessions()->set_name(name);
  page.set_next_page_token(next);
  return page.SerializeAsString();
}

TEST_F(UpstreamTest, CsvIsTheWholeList) {
  Start();
  fake_.AnswerInTurn({{.messages = {Page("workshops/a/sessions/1", "t1")}},
                      {.messages = {Page("workshops/a/sessions/2", "t2")}},
                      {.messages = {Page("workshops/a/sessions/3", "")}}});
  const Reply reply = Ask(port(), "GET", std::string(kSessions) + "?format=csv");
  EXPECT_TRUE(reply.whole);
  EXPECT_EQ(reply.Header("transfer-encoding"), "chunked");
  EXPECT_EQ(std::count(reply.body.begin(), reply.body.end(), '\n'), 4);
  EXPECT_THAT(reply.body, HasSubstr("\nworkshops/a/sessions/3,a,"));
  workshops::v1::ListSessionsRequest last;
  ASSERT_TRUE(last.ParseFromString(fake_.received().back().request));
  EXPECT_EQ(last.page_token(), "t2");
  EXPECT_EQ(last.parent(), "workshops/-");
}

TEST_F(UpstreamTest, HalfACsvIsNotTakenForAWhole) {
  Start();
  fake_.AnswerInTurn({{.messages = {Page("workshops/a/sessions/1", "t1")}}, {.status = {grpc::INTERNAL, ""}}});
  const Reply reply = Ask(port(), "GET", std::string(kSessions) + "?format=csv");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, StartsWith("session,"));
  EXPECT_FALSE(reply.whole);
}

TEST_F(UpstreamTest, PagesOfOriginsThatAreAllowed) {
  Gateway::Options options;
  options.application.origins = {"https://page.example.org"};
  Start(options);
  const Reply reply = Ask(port(), "GET", kSessions, {{"Origin", "https://page.example.org"}});
  EXPECT_EQ(reply.Header("access-control-allow-origin"), "https://page.example.org");
  EXPECT_EQ(reply.Header("access-control-allow-credentials"), "");
  EXPECT_EQ(reply.Header("vary"), "Origin");
  const Reply preflight = Ask(port(), "OPTIONS", kConnect,
                              {{"Origin", "https://page.example.org"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_THAT(preflight.Header("access-control-allow-headers"), HasSubstr("authorization"));
  EXPECT_EQ(Ask(port(), "GET", kSessions, {{"Origin", "https://other.example.org"}}).status, 403);
}

}  // namespace
}  // namespace equity::gateway::testing
