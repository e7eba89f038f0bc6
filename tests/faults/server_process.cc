#include "tests/faults/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iterator>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace equity::faults {

int FreePort() {
  std::random_device random;
  while (true) {
    const int port = std::uniform_int_distribution<int>(11'000, 32'000)(random);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    if (is_free) return port;
  }
}

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(const std::string& program,
                                                                    const ServerPlace& place) {
  return Start({program, "--data", place.folder, "--port", absl::StrCat(place.port), "--admin-port", "0",
                "--dev-issuer", "--demo-now", kDrillNow, "--log-file", place.log});
}

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return absl::InternalError("no pipe");
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError("no fork");
  if (pid == 0) {
    // Only what is allowed between fork and exec of a process with threads. It ends with us, however we end.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(pipe_ends[1], STDOUT_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  return std::unique_ptr<ServerProcess>(new ServerProcess(pid, pipe_ends[0]));
}

ServerProcess::~ServerProcess() {
  Kill();
  close(output_);
}

absl::Status ServerProcess::AwaitReady(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  std::string said;
  while (said.find('\n') == said.npos) {
    pollfd readable{.fd = output_, .events = POLLIN, .revents = 0};
    const int64_t left = absl::ToInt64Milliseconds(until - absl::Now());
    if (left <= 0 || poll(&readable, 1, static_cast<int>(left)) == 0) {
      return absl::DeadlineExceededError("the server did not say that it is ready");
    }
    char bytes[256];
    const ssize_t count = read(output_, bytes, sizeof bytes);
    if (count <= 0) return absl::UnavailableError("the server ended before it was ready");
    said.append(bytes, static_cast<size_t>(count));
  }
  if (!said.starts_with("ready ")) return absl::InternalError("the server said: " + said);
  return absl::OkStatus();
}

void ServerProcess::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::optional<int> ServerProcess::Terminate(absl::Duration patience) {
  if (pid_ != 0) kill(pid_, SIGTERM);
  return AwaitEnd(patience);
}

std::optional<int> ServerProcess::AwaitEnd(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  while (pid_ != 0) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = 0;
      exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
      break;
    }
    if (absl::Now() > until) return std::nullopt;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return exit_;
}

absl::Status ServerProcess::LimitFileSize(uint64_t bytes) {
  const rlimit limit{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
  if (prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) != 0) return absl::InternalError("no limit on file sizes");
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> ServerProcess::LimitDescriptors(uint64_t most) {
  rlimit limit{};
  if (prlimit(pid_, RLIMIT_NOFILE, nullptr, &limit) != 0) return absl::InternalError("no limit of descriptors");
  const uint64_t former = std::exchange(limit.rlim_cur, most);
  if (prlimit(pid_, RLIMIT_NOFILE, &limit, nullptr) != 0) return absl::InternalError("no limit on descriptors");
  return former;
}

uint64_t ServerProcess::Descriptors() const {
  const std::filesystem::directory_iterator open(absl::StrCat("/proc/", pid_, "/fd"));
  return static_cast<uint64_t>(std::distance(begin(open), end(open)));
}

}  // namespace equity::faults
