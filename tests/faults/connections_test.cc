// Connections from outside: equityd accepts again after it had no descriptors, and one address cannot take them all.
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/faults/server_process.h"

namespace equity::faults {
namespace {

// A connection that says what HTTP/2 begins with.
class Caller {
 public:
  explicit Caller(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 1, .tv_usec = 500'000};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<uint16_t>(port));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&place), sizeof place) != 0) return;
    constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
    static_cast<void>(!send(fd_, kPreface, sizeof kPreface, MSG_NOSIGNAL));
  }
  Caller(Caller&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Caller() {
    if (fd_ >= 0) close(fd_);
  }

  enum class Answer { kServed, kSentAway, kNone };
  Answer Hear() const {
    char bytes[9];
    const ssize_t count = recv(fd_, bytes, sizeof bytes, 0);
    if (count > 0) return Answer::kServed;
    return count == 0 || errno == ECONNRESET ? Answer::kSentAway : Answer::kNone;
  }

 private:
  int fd_;
};

class ConnectionsTest : public testing::Test {
 protected:
  ConnectionsTest() : folder_(std::filesystem::temp_directory_path() / "faults_test-XXXXXX") {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~ConnectionsTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Start(std::vector<std::string> options = {}) {
    std::vector<std::string> words = {
        EQUITYD,        "--data",    folder_ + "/data", "--port",     std::to_string(port_),
        "--dev-issuer", "--service", "reference_group", "--log-file", folder_ + "/log"};
    words.insert(words.end(), options.begin(), options.end());
    auto server = ServerProcess::Start(words);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->AwaitReady(absl::Seconds(20)).ok());
  }

  bool IsServedWithin(absl::Duration patience) const {
    const absl::Time until = absl::Now() + patience;
    while (absl::Now() < until) {
      if (Caller(port_).Hear() == Caller::Answer::kServed) return true;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }

  std::vector<Caller> Throng(int count) const {
    std::vector<Caller> callers;
    for (int i = 0; i < count; ++i) callers.emplace_back(port_);
    return callers;
  }

  std::string folder_;
  const int port_ = FreePort();
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(ConnectionsTest, AcceptsAgainWhenDescriptorsComeFree) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_TRUE(IsServedWithin(absl::Seconds(1)));
  const uint64_t former = *server_->LimitDescriptors(4);
  {
    const std::vector<Caller> waiting = Throng(50);  // accept() fails
    EXPECT_EQ(waiting.back().Hear(), Caller::Answer::kNone);
  }
  ASSERT_TRUE(server_->LimitDescriptors(former).ok());
  EXPECT_TRUE(IsServedWithin(absl::Seconds(1)));
  // All are taken, one of them as a spare; and some are left, which are not for callers alone.
  for (const uint64_t most : {server_->Descriptors(), uint64_t{160}}) {
    ASSERT_TRUE(server_->LimitDescriptors(most).ok());
    EXPECT_EQ(Throng(200).back().Hear(), Caller::Answer::kSentAway) << most;
  }
  EXPECT_TRUE(IsServedWithin(absl::Seconds(1)));
  ASSERT_TRUE(server_->LimitDescriptors(former).ok());
  EXPECT_TRUE(IsServedWithin(absl::Seconds(1)));
  EXPECT_EQ(server_->Terminate(absl::Seconds(10)), 0);
}

TEST_F(ConnectionsTest, OneAddressHasSoMany) {
  ASSERT_NO_FATAL_FAILURE(Start({"--connections-per-client", "3"}));
  std::vector<Caller> callers = Throng(3);
  EXPECT_EQ(callers.back().Hear(), Caller::Answer::kServed);
  EXPECT_EQ(Caller(port_).Hear(), Caller::Answer::kSentAway);
  callers.clear();
  EXPECT_TRUE(IsServedWithin(absl::Seconds(1)));
}

}  // namespace
}  // namespace equity::faults
