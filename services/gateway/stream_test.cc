// Streams: server-sent events, clients that go, clients that are slow, a server that goes.
#include <unistd.h>

#include "equity/changes/v1/changes.pb.h"
#include "gmock/gmock.h"
#include "services/gateway/testing/fixture.h"

namespace equity::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kWatchMethod[] = "WatchChanges";

std::string WatchRequest(const std::string& token, const std::string& headers = "", const std::string& query = "") {
  return "GET /v1/changes:watch" + query + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n" + headers +
         "\r\n";
}

// The last event id in what was read.
std::string LastId(const std::string& text) {
  const size_t at = text.rfind("\nid: ") == std::string::npos ? text.rfind("id: ") : text.rfind("\nid: ") + 1;
  return text.substr(at + 4, text.find('\n', at) - at - 4);
}

class EventsTest : public ServicesTest {};

TEST_F(EventsTest, ChangesComeAsTheyHappen) {
  HttpClient client(port());
  client.Send(WatchRequest(environment_->Token("central_team")));
  const std::string text = client.ReadUntil("\"changes\":[]");  // all that there was
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(text, HasSubstr("\"sessionEvent\""));
  const std::string person = environment_->AddParticipant("rde", "event-1");
  EXPECT_THAT(client.ReadUntil(person), HasSubstr(person));

  // A browser that lost the stream says where it was.
  HttpClient again(port());
  again.Send(WatchRequest(environment_->Token("central_team"), "Last-Event-ID: " + LastId(text) + "\r\n"));
  const std::string resumed = again.ReadUntil(person);
  EXPECT_THAT(resumed, HasSubstr(person));
  EXPECT_THAT(resumed, Not(HasSubstr("\"sessionEvent\"")));
}

TEST_F(EventsTest, ARefusalIsNoStream) {
  EXPECT_EQ(Get("/v1/changes:watch").status, 401);
  EXPECT_EQ(GetAs("analyst", "/v1/changes:watch").status, 403);
  EXPECT_EQ(GetAs("central_team", "/v1/changes:watch?resume_token=!").status, 400);
  EXPECT_EQ(Ask(port(), "HEAD", "/v1/changes:watch", As("central_team")).Header("content-type"), "text/event-stream");
}

// A client may have 128 connections: streams that are over are none of them.
TEST_F(EventsTest, StreamsThatAreOverHoldNoConnection) {
  for (int i = 0; i < 140; ++i) ASSERT_EQ(Get("/v1/changes:watch").status, 401) << i;
  for (int i = 0; i < 140; ++i) {
    HttpClient client(port());
    client.Send(WatchRequest(environment_->Token("central_team")));
    ASSERT_THAT(client.ReadUntil("data:"), StartsWith("HTTP/1.1 200 OK\r\n")) << i;
  }
}

TEST_F(EventsTest, AClientThatGoesEndsItsCall) {
  const auto running = [] {
    return Metric("grpc_server_started_total", kWatchMethod) - Metric("grpc_server_handled_total", kWatchMethod);
  };
  // Services follow each other for good; the streams of the tests before end a moment later.
  int others = running();
  for (int quiet = 0; quiet < 100; ++quiet, usleep(10'000)) {
    if (const int now = running(); now != others) others = now, quiet = 0;
  }
  {
    HttpClient client(port());
    client.Send(WatchRequest(environment_->Token("central_team")));
    client.ReadUntil("data: ");
    EXPECT_EQ(running(), others + 1);
  }
  for (int i = 0; i < 500 && running() != others; ++i) usleep(10'000);
  EXPECT_EQ(running(), others);
}

class StreamTest : public FakeTest {
 protected:
  static std::string Message(size_t bytes) {
    changes::v1::WatchChangesResponse response;
    response.set_resume_token(std::string(bytes, 'x'));
    return response.SerializeAsString();
  }
};

TEST_F(StreamTest, ASlowClientHoldsUpTheServiceAndNobodyElse) {
  Start();
  fake_.Answer({.messages = {Message(100'000)}, .repeats = true});
  HttpClient slow(port());
  slow.Send(WatchRequest("t"));
  int sent = -1;
  for (int i = 0; i < 100 && sent != fake_.messages_sent(); ++i) {  // until nothing moves any more
    sent = fake_.messages_sent();
    usleep(200'000);
  }
  EXPECT_LT(sent, 300);  // the buffers of the kernel and of HTTP/2, and not the memory of the gateway
  fake_.Answer({.messages = {""}});
  EXPECT_EQ(Ask(port(), "GET", "/v1/public/sessions").status, 200);
  slow.Close();
  EXPECT_TRUE(fake_.WaitForCancelled(1));
}

TEST_F(StreamTest, AClientThatTakesNothingIsCutOff) {
  Gateway::Options options;
  options.http.limits.write = absl::Milliseconds(300);
  Start(options);
  fake_.Answer({.messages = {Message(500'000)}, .repeats = true});
  HttpClient slow(port());
  slow.Send(WatchRequest("t"));
  EXPECT_TRUE(fake_.WaitForCancelled(1));
}

TEST_F(StreamTest, AnErrorAfterMessagesIsAnEvent) {
  Start();
  fake_.Answer({.messages = {Message(1)}, .status = {grpc::StatusCode::UNAVAILABLE, "ipv4:127.0.0.1:1 refused"}});
  const Reply reply = Ask(port(), "GET", "/v1/changes:watch");
  EXPECT_TRUE(reply.whole);
  EXPECT_THAT(reply.body, HasSubstr("id: x\ndata: {"));
  EXPECT_THAT(reply.body, HasSubstr("\n\nevent: error\ndata: {\"code\":14,"));
  EXPECT_THAT(reply.body, Not(HasSubstr("127.0.0.1")));
}

TEST_F(StreamTest, AStreamWithoutNewsShowsThatItLives) {
  Start();
  fake_.Answer({.hangs = true});
  HttpClient client(port());
  client.Send(WatchRequest("t"));
  EXPECT_THAT(client.ReadUntil("\r\n\r\n3\r\n:\n\n"), HasSubstr("HTTP/1.1 200"));
}

TEST_F(StreamTest, StreamsEndWhenTheServerGoes) {
  Start();
  fake_.Answer({.hangs = true});
  HttpClient events(port());
  events.Send(WatchRequest("t"));
  events.ReadUntil(":\n\n");
  HttpClient idle(port());
  const auto begin = std::chrono::steady_clock::now();
  gateway_->Stop(absl::Seconds(5));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  const Reply reply = events.Read();
  EXPECT_TRUE(reply.whole);
  EXPECT_THAT(reply.body, HasSubstr("SERVER_GOING"));
  EXPECT_TRUE(idle.ClosedWithin(std::chrono::seconds(1)));
  EXPECT_TRUE(fake_.WaitForCancelled(1));
}

TEST_F(StreamTest, Http10ClientsGetItUnframed) {
  Start();
  fake_.Answer({.messages = {Message(1)}});
  HttpClient client(port());
  client.Send("GET /v1/changes:watch HTTP/1.0\r\n\r\n");
  const std::string text = client.ReadUntil("event: end");
  EXPECT_THAT(text, HasSubstr("\r\n\r\nid: x\ndata: "));
  EXPECT_THAT(text, HasSubstr("Connection: close\r\n"));
}

}  // namespace
}  // namespace equity::gateway::testing
