// HTTP itself: limits, slow clients, requests that two servers could read in two ways.
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "gmock/gmock.h"
#include "services/gateway/testing/fixture.h"

namespace equity::gateway::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kGet[] = "GET /v1/public/measures HTTP/1.1\r\nHost: x\r\n\r\n";

class HttpServerTest : public FakeTest {
 protected:
  // The status of the first reply to these bytes, on a connection of their own.
  int Status(const std::string& bytes) {
    HttpClient client(port());
    client.Send(bytes);
    return client.Read().status;
  }
  // The same, and the connection must be closed after it: what follows must not be read as a request.
  int StatusAndEnd(const std::string& bytes) {
    HttpClient client(port());
    client.Send(bytes);
    const int status = client.Read().status;
    EXPECT_TRUE(client.ClosedWithin(milliseconds(3000))) << bytes.substr(0, 200);
    return status;
  }
};

TEST_F(HttpServerTest, ConnectionsAreUsedAgain) {
  Start();
  HttpClient client(port());
  for (int i = 0; i < 3; ++i) {
    client.Send(kGet);
    EXPECT_EQ(client.Read().status, 200);
  }
  client.Send(std::string(kGet) + kGet + "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(client.Read().status, 404);
  EXPECT_TRUE(client.ClosedWithin(milliseconds(3000)));
}

TEST_F(HttpServerTest, RequestsThatCouldBeReadInTwoWaysAreRefused) {
  Gateway::Options options;
  options.http.limits.head = absl::Seconds(1);
  Start(options);
  const std::string post = "POST /v1/sessions:import HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string headers : {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                                    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                                    "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                                    "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                                    "Content-Length: 2, 2\r\n\r\n{}",
                                    "Content-Length: +2\r\n\r\n{}",
                                    "Content-Length: -2\r\n\r\n{}",
                                    "Content-Length: 0x2\r\n\r\n{}",
                                    "Content-Length : 2\r\n\r\n{}",
                                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                                    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                                    "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                                    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                                    "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                                    "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
                                    "Transfer-Encoding: chunked\r\n\r\n3\r\n{}\r\n0\r\n\r\n",
                                    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
                                    "Host: y\r\n\r\n",
                                    "Bad Name: 1\r\n\r\n",
                                    "X: a\x01"
                                    "b\r\n\r\n",
                                    "X: a\rb\r\n\r\n"}) {
    const int status = StatusAndEnd(post + headers + hidden);
    EXPECT_TRUE(status == 400 || status == 501) << status << " for " << headers;
  }
  EXPECT_EQ(StatusAndEnd("GET /v1/public/measures HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusAndEnd("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(StatusAndEnd("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(StatusAndEnd("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(StatusAndEnd("\x16\x03\x01\x02\x01\x01\xfc\x03\r\n\r\n"), 400);
  EXPECT_EQ(StatusAndEnd("GET /v1/public/measures HTTP/1.1\nHost: x\n\n"), 505);
  EXPECT_EQ(Status("GET http://x/v1/public/measures HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_TRUE(fake_.received().empty());
}

TEST_F(HttpServerTest, BodiesInChunksAreRead) {
  Start();
  EXPECT_EQ(Status("POST /v1/sessions:import HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n"),
            200);
  EXPECT_EQ(fake_.received().size(), 1u);
}

TEST_F(HttpServerTest, WhatIsTooLargeIsRefused) {
  Start();
  EXPECT_EQ(StatusAndEnd("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(9000, 'a') + "\r\n\r\n"), 431);
  EXPECT_EQ(StatusAndEnd("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 431);
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "X: y\r\n";
  EXPECT_EQ(StatusAndEnd("GET / HTTP/1.1\r\nHost: x\r\n" + many + "\r\n"), 431);
  const std::string post = "POST /v1/sessions:import HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(StatusAndEnd(post + "Content-Length: 1048577\r\n\r\n"), 413);
  EXPECT_EQ(StatusAndEnd(post + "Content-Length: 99999999999\r\n\r\n"), 413);
  EXPECT_EQ(StatusAndEnd(post + "Transfer-Encoding: chunked\r\n\r\n180000\r\n" + std::string(0x180000, 'a')), 413);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(7000, 'a') + "\r\n\r\n"), 404);
  EXPECT_TRUE(fake_.received().empty());
}

TEST_F(HttpServerTest, ALargeBodyIsAskedForFirst) {
  Start();
  HttpClient client(port());
  client.Send(
      "POST /v1/sessions:import HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  client.Send("{}");
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(StatusAndEnd("GET / HTTP/1.1\r\nHost: x\r\nExpect: something\r\n\r\n"), 417);
}

TEST_F(HttpServerTest, SlowClientsAreGivenUp) {
  Gateway::Options options;
  options.http.limits.idle = absl::Milliseconds(300);
  options.http.limits.head = absl::Milliseconds(300);
  options.http.limits.body = absl::Milliseconds(300);
  Start(options);
  HttpClient silent(port());
  HttpClient dripping(port());
  HttpClient half(port());
  half.Send(
      "POST /v1/sessions:import HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
  for (const char c : std::string("GET / HTTP/1.1\r\n")) {
    dripping.Send(std::string(1, c));
    usleep(30'000);  // never silent for long, and never done
  }
  EXPECT_TRUE(silent.ClosedWithin(milliseconds(1000)));
  EXPECT_TRUE(dripping.ClosedWithin(milliseconds(1000)));
  EXPECT_TRUE(half.ClosedWithin(milliseconds(1000)));
  EXPECT_EQ(Status(kGet), 200);
  EXPECT_TRUE(fake_.received().size() == 1);
}

TEST_F(HttpServerTest, MoreConnectionsThanAreTaken) {
  Gateway::Options options;
  options.http.limits.connections = 3;
  Start(options);
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(kGet);
    EXPECT_EQ(clients.back()->Read().status, 200);
  }
  HttpClient refused(port());
  const Reply reply = refused.Read();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.Header("retry-after"), "1");
  EXPECT_TRUE(refused.ClosedWithin(milliseconds(3000)));
  clients.clear();
  int status = 0;
  for (int i = 0; i < 100 && status != 200; ++i) {
    usleep(20'000);
    status = Status(kGet);
  }
  EXPECT_EQ(status, 200);
}

TEST_F(HttpServerTest, AClientGetsItsShareOfTheConnections) {
  Gateway::Options options;
  options.http.limits.connections_per_client = 2;
  Start(options);
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(kGet);
    EXPECT_EQ(clients.back()->Read().status, 200);
  }
  HttpClient refused(port());
  EXPECT_EQ(refused.Read().status, 503);
  // Another address has its own share.
  HttpClient other(port(), "127.0.0.2");
  other.Send(kGet);
  EXPECT_EQ(other.Read().status, 200);
}

TEST_F(HttpServerTest, EachRequestIsReportedOnce) {
  std::mutex mutex;
  std::vector<CallReport> reports;
  Gateway::Options options;
  options.application.observer = [&](const CallReport& report) {
    const std::lock_guard lock(mutex);
    reports.push_back(report);
  };
  std::atomic<int> refused = 0;
  options.http.on_refused = [&](int status) { refused = status; };
  Start(options);
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  Ask(port(), "GET", "/v1/organisations/rde/bookings?page_size=1",
      {{"traceparent", "00-" + trace + "-b7ad6b7169203331-01"}});
  Ask(port(), "GET", "/nothing/01890a5d-ac96-774b-bcce-b302099a8057");
  Ask(port(), "POST", "/v1/advice/01890a5d-ac96-774b-bcce-b302099a8057:getAnonymous",
      {{"Content-Type", "application/json"}, {"traceparent", "00-" + trace + "-b7ad6b7169203331-01"}},
      R"({"secret": "known to one"})");
  Ask(port(), "BREW", "/v1/public/measures");
  EXPECT_EQ(Status("GET / HTTP/9.9\r\n\r\n"), 505);
  EXPECT_EQ(refused, 505);
  gateway_.reset();  // by then all were reported
  ASSERT_EQ(reports.size(), 4u);
  EXPECT_EQ(reports[0].method, "GET");
  EXPECT_EQ(reports[0].route, "/v1/{parent=organisations/*}/bookings");
  EXPECT_EQ(reports[0].status, 200);
  EXPECT_TRUE(reports[0].whole);
  EXPECT_EQ(reports[0].trace_id, trace);
  EXPECT_GT(reports[0].response_bytes, 0);
  EXPECT_EQ(reports[1].route, "") << "what somebody made up is told to nobody";
  EXPECT_EQ(reports[1].status, 404);
  EXPECT_EQ(reports[2].route, "/v1/{name=advice/*}:getAnonymous");
  EXPECT_EQ(reports[2].trace_id, "") << "sealed";
  EXPECT_EQ(reports[2].request_bytes + reports[2].response_bytes, 0) << "sealed";
  EXPECT_EQ(reports[3].method, "other");
}

TEST_F(HttpServerTest, ATakenPortIsNamed) {
  Start();
  Gateway::Options options;
  options.http.port = port();
  const auto second = Gateway::Start(fake_.channel(), options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string(port())));
}

class WebFilesTest : public HttpServerTest {
 protected:
  WebFilesTest() : folder_(std::filesystem::temp_directory_path() / "equity-web-XXXXXX") {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    Write("index.html", "<!doctype html><title>Challenge</title>");
    std::filesystem::create_directory(folder_ + "/modules");
    Write("modules/page.mjs", "export {};");
    Write(".secret", "secret");
    std::filesystem::create_symlink("/etc/passwd", folder_ + "/passwd.txt");
    Gateway::Options options;
    options.application.web_folder = folder_;
    Start(options);
  }
  ~WebFilesTest() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ + "/" + name) << text; }

  std::string folder_;
};

TEST_F(WebFilesTest, ServesThePage) {
  const Reply page = Ask(port(), "GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.Header("content-security-policy"), StartsWith("default-src 'self'"));
  const Reply module = Ask(port(), "GET", "/modules/page.mjs");
  EXPECT_EQ(module.body, "export {};");
  EXPECT_EQ(module.Header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(Ask(port(), "GET", "/", {{"If-None-Match", page.Header("etag")}}).status, 304);
  EXPECT_EQ(Ask(port(), "GET", "/", {{"If-None-Match", "\"other\""}}).status, 200);
  EXPECT_EQ(Ask(port(), "HEAD", "/").Header("content-length"), std::to_string(page.body.size()));
  EXPECT_EQ(Ask(port(), "POST", "/").status, 405);
}

TEST_F(WebFilesTest, NothingBesideThePage) {
  for (const char* path : {"/../etc/passwd", "/%2e%2e/etc/passwd", "/modules/../.secret", "/.secret", "/passwd.txt",
                           "//etc/passwd", "/modules", "/modules/", "/index.html%00.txt", "/..%2f..%2fetc%2fpasswd"}) {
    EXPECT_EQ(Ask(port(), "GET", path).status, 404) << path;
  }
}

}  // namespace
}  // namespace equity::gateway::testing
