// The Connect protocol, against all services.
#include "absl/strings/escaping.h"
#include "equity/changes/v1/changes.pb.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "services/gateway/testing/fixture.h"

namespace equity::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kListPublic[] = "/equity.workshops.v1.SessionService/ListPublicSessions";
constexpr char kGetSession[] = "/equity.workshops.v1.SessionService/GetSession";
constexpr char kWatch[] = "/equity.changes.v1.ChangesService/WatchChanges";

std::string Envelope(const std::string& message) {
  std::string envelope(5, '\0');
  envelope[3] = static_cast<char>(message.size() >> 8);
  envelope[4] = static_cast<char>(message.size());
  return envelope + message;
}

struct Envelopes {
  std::vector<std::string> messages;
  nlohmann::json end;  // null where there was none
};

Envelopes Open(std::string_view body) {
  Envelopes envelopes;
  while (body.size() >= 5) {
    size_t size = 0;
    for (int i = 1; i <= 4; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
    const std::string message(body.substr(5, size));
    if (body[0] == 2) {
      envelopes.end = nlohmann::json::parse(message, nullptr, false);
    } else {
      envelopes.messages.push_back(message);
    }
    body.remove_prefix(std::min(body.size(), 5 + size));
  }
  return envelopes;
}

class ConnectTest : public ServicesTest {
 protected:
  static Reply Post(const std::string& path, const std::string& type, const std::string& body,
                    SentHeaders headers = {}) {
    headers.emplace("Content-Type", type);
    headers.emplace("Connect-Protocol-Version", "1");
    return Ask(port(), "POST", path, headers, body);
  }
};

TEST_F(ConnectTest, UnaryInJson) {
  const Reply reply = Post(kListPublic, "application/json", R"({"pageSize": 1, "fieldOfANewerClient": true})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(reply.Json()["sessions"][0]["placesLeft"], 100);
}

TEST_F(ConnectTest, UnaryInBinary) {
  workshops::v1::GetSessionRequest request;
  request.set_name(session_);
  const Reply reply = Post(kGetSession, "application/proto", request.SerializeAsString(), As("analyst"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "application/proto");
  workshops::v1::GetSessionResponse response;
  ASSERT_TRUE(response.ParseFromString(reply.body));
  EXPECT_EQ(response.session().capacity(), 100);
  EXPECT_EQ(Post(kGetSession, "application/proto", "\xff\xff").status, 400);
}

TEST_F(ConnectTest, ReadsByGet) {
  const std::string target = std::string(kListPublic) + "?connect=v1&encoding=json&message=%7B%7D";
  EXPECT_EQ(Get(target).Json()["sessions"][0]["date"], "2021-08-12");
  workshops::v1::GetSessionRequest request;
  request.set_name(session_);
  std::string message;
  absl::WebSafeBase64Escape(request.SerializeAsString(), &message);
  const Reply binary =
      Get(std::string(kGetSession) + "?connect=v1&encoding=proto&base64=1&message=" + message, As("analyst"));
  workshops::v1::GetSessionResponse response;
  ASSERT_TRUE(response.ParseFromString(binary.body));
  EXPECT_EQ(response.session().name(), session_);
  EXPECT_EQ(Get(std::string(kListPublic) + "?encoding=xml&message=").status, 415);
  EXPECT_EQ(Get(std::string(kListPublic) + "?encoding=json&base64=1&message=*").status, 400);
  EXPECT_EQ(Get(std::string(kListPublic) + "?encoding=json&compression=gzip&message=x").status, 501);
  // A write, and what has personal fields, is none for GET.
  EXPECT_EQ(Get("/equity.workshops.v1.SessionService/CancelSession?encoding=json&message=%7B%7D").Header("allow"),
            "OPTIONS, POST");
  EXPECT_EQ(Get("/equity.participants.v1.ParticipantService/ListParticipants?encoding=json&message=%7B%7D").status,
            405);
}

TEST_F(ConnectTest, ErrorsHaveTheirDetails) {
  const Reply reply = Post(kGetSession, "application/json", R"({"name": "wrong"})", As("analyst"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(reply.Json()["code"], "invalid_argument");
  const auto details = reply.Json()["details"];
  ASSERT_EQ(details.size(), 2u);
  for (const auto& detail : details) {
    std::string bytes;
    const std::string value = detail["value"];
    EXPECT_EQ(value.find('='), std::string::npos);
    ASSERT_TRUE(absl::Base64Unescape(value, &bytes));
    if (detail["type"] != "google.rpc.BadRequest") continue;
    google::rpc::BadRequest bad;
    ASSERT_TRUE(bad.ParseFromString(bytes));
    EXPECT_EQ(bad.field_violations(0).field(), "name");
  }
  EXPECT_EQ(Post(kGetSession, "application/json", "{}").Json()["code"], "unauthenticated");
  EXPECT_EQ(Post("/equity.workshops.v1.SessionService/Nothing", "application/json", "{}").Json()["code"],
            "unimplemented");
  EXPECT_EQ(Post("/equity.workshops.v1.BookingService/SeatPeople", "application/json", "{}").status, 404);
  EXPECT_EQ(
      Post("/equity.participants.v1.RegistrationService/StreamRegistrations", "application/connect+json", "").status,
      404);
}

TEST_F(ConnectTest, WhatTheProtocolDoesNotAllow) {
  EXPECT_EQ(Post(kListPublic, "text/plain", "{}").status, 415);
  EXPECT_EQ(Post(kListPublic, "application/connect+json", "{}").status, 415);
  EXPECT_EQ(Post(kWatch, "application/json", "{}").status, 415);
  EXPECT_THAT(Post(kWatch, "application/json", "{}").Header("accept-post"), HasSubstr("application/connect+json"));
  EXPECT_EQ(Post(kListPublic, "application/json", "{}", {{"Connect-Protocol-Version", "2"}}).status, 400);
  EXPECT_EQ(Post(kListPublic, "application/json", "{}", {{"Connect-Timeout-Ms", "soon"}}).status, 400);
  EXPECT_EQ(Post(kListPublic, "application/json", "{}", {{"Connect-Timeout-Ms", "12345678901"}}).status, 400);
  EXPECT_EQ(Post(kListPublic, "application/json", "{}", {{"Connect-Timeout-Ms", "5000"}}).status, 200);
  const Reply late = Post(kListPublic, "application/json", "{}", {{"Connect-Timeout-Ms", "0"}});
  EXPECT_EQ(late.status, 504);
  EXPECT_EQ(late.Json()["code"], "deadline_exceeded");
  EXPECT_EQ(Post(kListPublic, "application/json", "{}", {{"Content-Encoding", "gzip"}}).Json()["code"],
            "unimplemented");
  EXPECT_EQ(Ask(port(), "PUT", kListPublic).status, 405);
}

TEST_F(ConnectTest, StreamsInJsonAndBinary) {
  const auto until = [](const std::string& type, const std::string& request, const char* seen) {
    HttpClient client(port());
    const std::string body = Envelope(request);
    client.Send("POST " + std::string(kWatch) + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
                "\r\nAuthorization: Bearer " + environment_->Token("central_team") +
                "\r\nConnect-Timeout-Ms: 1500\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_THAT(client.ReadUntil(seen), HasSubstr(seen));
    const Reply reply = client.Read();
    EXPECT_TRUE(reply.whole);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.Header("content-type"), type);
    return Open(reply.body);
  };
  const Envelopes json = until("application/connect+json", "{}", "sessionEvent");
  ASSERT_GE(json.messages.size(), 2u);
  EXPECT_TRUE(nlohmann::json::parse(json.messages[0]).contains("resumeToken"));
  EXPECT_EQ(json.end["error"]["code"], "deadline_exceeded");
  const Envelopes binary = until("application/connect+proto", "", "workshops/health-equity-challenge");
  changes::v1::WatchChangesResponse response;
  ASSERT_TRUE(response.ParseFromString(binary.messages.at(0)));
  EXPECT_GT(response.changes_size(), 0);
}

TEST_F(ConnectTest, ErrorsOfStreamsComeAtTheirEnd) {
  const Reply missing = Post(kWatch, "application/connect+json", Envelope("{}"));
  EXPECT_EQ(missing.status, 200);
  EXPECT_EQ(Open(missing.body).end["error"]["code"], "unauthenticated");
  for (const std::string& body :
       {std::string("{}"), std::string("\x01\0\0\0\x02{}", 7), Envelope("{}") + "x", Envelope("{")}) {
    const Reply reply = Post(kWatch, "application/connect+json", body, As("central_team"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(Open(reply.body).end["error"]["code"], "invalid_argument") << body;
  }
  const Reply token = Post(kWatch, "application/connect+json", Envelope(R"({"resumeToken": "!"})"), As("central_team"));
  EXPECT_EQ(Open(token.body).end["error"]["code"], "invalid_argument");
}

}  // namespace
}  // namespace equity::gateway::testing
