#include "common/obs/admin.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::obs {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A client of its own, so that no HTTP library tidies up what is sent.
class Client {
 public:
  explicit Client(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { close(fd_); }

  void Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(sent);
    }
  }
  // Until the server closes.
  std::string Receive() {
    std::string all;
    char part[4096];
    for (ssize_t size; (size = recv(fd_, part, sizeof part, 0)) > 0;) all.append(part, size);
    return all;
  }

 private:
  int fd_;
};

class Admin : public testing::Test {
 protected:
  Admin() {
    AdminServer::Options options;
    options.metrics = [this] { return metrics_; };
    options.live = [this] { return live_; };
    options.ready = [this]() -> std::string {
      if (ready_ == "throw") throw std::runtime_error("secret");
      return ready_;
    };
    server_ = *AdminServer::Start(std::move(options));
  }

  std::string Ask(std::string_view request) {
    Client client(server_->port());
    client.Send(request);
    return client.Receive();
  }
  std::string Get(const std::string& target) { return Ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"); }

  std::string metrics_ = "up 1\n", live_, ready_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(Admin, ServesItsPages) {
  const std::string metrics = Get("/metrics");
  EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(metrics, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(metrics, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(metrics, EndsWith("\r\n\r\nup 1\n"));
  EXPECT_THAT(Get("/metrics?name[]=up"), EndsWith("\r\n\r\nup 1\n"));
  EXPECT_THAT(Get("/livez"), EndsWith("\r\n\r\nok\n"));
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Admin, SaysWhatIsWrong) {
  ready_ = "the store of workshops is still opening";
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(Get("/readyz"), HasSubstr("\r\n\r\nthe store of workshops is still opening\n"));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Admin, HeadHasNoBody) {
  const std::string head = Ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST_F(Admin, RefusesTheRest) {
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Get("/metrics/../etc/passwd"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Get("/Metrics"), StartsWith("HTTP/1.1 404 "));
  const std::string post = Ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(post, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(post, HasSubstr("Allow: GET, HEAD\r\n"));
  EXPECT_THAT(Ask("TRACE /livez HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Ask("what is this\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask(std::string("\x16\x03\x01\x02\x00\x01", 6) + "\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(Admin, RefusesWhatIsTooLarge) {
  const std::string much(20'000, 'a');
  EXPECT_THAT(Ask("GET /livez HTTP/1.1\r\nX: " + much + "\r\n\r\n"), Not(HasSubstr("200 OK")));
  EXPECT_THAT(Ask("POST /livez HTTP/1.1\r\nContent-Length: 20000\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Admin, APageThatThrowsIsAnErrorWithoutItsText) {
  ready_ = "throw";
  const std::string reply = Get("/readyz");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(reply, Not(HasSubstr("secret")));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Admin, ASlowClientHoldsUpNobody) {
  Client slow(server_->port()), silent(server_->port());
  slow.Send("GET /livez HT");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  slow.Send("TP/1.1\r\n\r\n");
  EXPECT_THAT(slow.Receive(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Admin, StopsWhileClientsAreConnected) {
  Client slow(server_->port());
  slow.Send("GET /li");
  Get("/livez");
  const auto start = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

TEST_F(Admin, SaysThatAPortIsTaken) {
  AdminServer::Options options;
  options.port = server_->port();
  const auto second = AdminServer::Start(options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string(server_->port())));
}

TEST(AdminOptions, BadOnesAreNamed) {
  AdminServer::Options options;
  options.address = "localhost:1";
  EXPECT_EQ(AdminServer::Start(options).status().code(), absl::StatusCode::kInvalidArgument);
  options.address = "127.0.0.1";
  options.port = 65536;
  EXPECT_EQ(AdminServer::Start(options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(AdminOptions, AreAllOptional) {
  const auto server = AdminServer::Start({});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_GT((*server)->port(), 0);
}

}  // namespace
}  // namespace equity::obs
