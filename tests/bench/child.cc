#include "tests/bench/child.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <mutex>
#include <optional>
#include <set>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"

namespace equity::bench {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

// Under the lock a pid of this set is a child that nobody has waited for: it cannot have become another process.
std::mutex mutex;
std::set<pid_t> running;
bool closed = false;

absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& command, int output, bool errors_too) {
  std::vector<char*> arguments;
  for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  std::lock_guard lock(mutex);
  if (closed) return absl::CancelledError("interrupted");
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "fork");
  if (pid == 0) {
    // Only what is safe between fork and exec. Should this process be killed, the child ends too.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output, STDOUT_FILENO);
    if (errors_too) dup2(output, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  running.insert(pid);
  return pid;
}

void Signal(pid_t pid, int signal) {
  std::lock_guard lock(mutex);
  if (running.contains(pid)) kill(pid, signal);
}

// The exit status, once it has ended.
std::optional<int> Reap(pid_t pid) {
  std::lock_guard lock(mutex);
  int status = 0;
  if (waitpid(pid, &status, WNOHANG) == 0) return std::nullopt;
  running.erase(pid);
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(std::vector<std::string> command) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  std::unique_ptr<Child> child(new Child(command[0]));
  const absl::StatusOr<pid_t> pid = Spawn(command, pipe_ends[1], false);
  close(pipe_ends[1]);
  absl::Status status = pid.status();
  if (pid.ok()) {
    child->pid_ = *pid;
    status = child->WaitUntilReady(pipe_ends[0]);
  }
  close(pipe_ends[0]);
  RETURN_IF_ERROR(status);
  return child;
}

absl::StatusOr<std::unique_ptr<Child>> Child::Start(std::vector<std::string> command, const std::string& output_file,
                                                    std::string target, std::function<bool(const Child&)> answers) {
  const int output = open(output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return absl::ErrnoToStatus(errno, output_file);
  std::unique_ptr<Child> child(new Child(command[0]));
  child->target_ = std::move(target);
  const absl::StatusOr<pid_t> pid = Spawn(command, output, true);
  close(output);
  RETURN_IF_ERROR(pid.status());
  child->pid_ = *pid;
  const absl::Time until = absl::Now() + kPatience;
  while (!answers(*child)) {
    if (absl::Now() > until) {
      return absl::UnavailableError(absl::StrCat(child->program_, " did not start: see ", output_file));
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return child;
}

absl::Status Child::WaitUntilReady(int output) {
  const absl::Time until = absl::Now() + kPatience;
  std::string line;
  while (line.empty() || line.back() != '\n') {
    pollfd readable{.fd = output, .events = POLLIN};
    poll(&readable, 1, 100);
    char character = 0;
    const ssize_t got = readable.revents == 0 ? -1 : read(output, &character, 1);
    if (got == 1) line.push_back(character);
    if (got == 0 || absl::Now() > until) return absl::UnavailableError(absl::StrCat(program_, " did not start"));
  }
  for (const auto word : absl::StrSplit(line, absl::ByAnyChar(" \n"))) {
    if (absl::StartsWith(word, "target=")) target_ = std::string(word.substr(7));
    if (absl::StartsWith(word, "admin=")) admin_ = std::string(word.substr(6));
  }
  return target_.empty() ? absl::InternalError(absl::StrCat(program_, " printed ", line)) : absl::OkStatus();
}

void Child::KillAll() {
  std::lock_guard lock(mutex);
  closed = true;
  for (const pid_t pid : running) kill(pid, SIGKILL);
  for (const pid_t pid : running) waitpid(pid, nullptr, 0);
  running.clear();
}

Child::~Child() { Stop().IgnoreError(); }

absl::Status Child::Stop() {
  if (pid_ < 0) return absl::OkStatus();
  const pid_t pid = std::exchange(pid_, -1);
  Signal(pid, SIGTERM);
  const absl::Time until = absl::Now() + kPatience;
  bool killed = false;
  while (true) {
    if (const auto status = Reap(pid)) {
      if (*status == 0) return absl::OkStatus();
      return absl::InternalError(absl::StrCat(program_, " ended badly: wait status ", *status));
    }
    if (!killed && absl::Now() > until) {
      killed = true;
      Signal(pid, SIGKILL);
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

absl::StatusOr<double> Child::Metric(const std::string& name) const {
  const std::vector<std::string> parts = absl::StrSplit(admin_, ':');
  sockaddr_in address{.sin_family = AF_INET};
  int port = 0;
  if (parts.size() != 2 || inet_pton(AF_INET, parts[0].c_str(), &address.sin_addr) != 1 ||
      !absl::SimpleAtoi(parts[1], &port)) {
    return absl::InternalError(program_ + " said nothing of an admin port");
  }
  address.sin_port = htons(static_cast<uint16_t>(port));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto done = absl::MakeCleanup([&] { close(fd); });
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      write(fd, request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
    return absl::ErrnoToStatus(errno, admin_);
  }
  std::string text;
  char buffer[16384];
  for (ssize_t got = 0; (got = read(fd, buffer, sizeof(buffer))) > 0;) text.append(buffer, static_cast<size_t>(got));
  const size_t at = text.find("\n" + name + " ");
  double value = 0;
  if (at != text.npos)
    (void)absl::SimpleAtod(text.substr(at + name.size() + 2, text.find('\n', at + 1) - at - name.size() - 2), &value);
  return value;
}

double Child::StatusMb(const std::string& key) const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/status"));
  std::string word;
  double kib = 0;
  while (file >> word) {
    if (word == key && file >> kib) break;
  }
  return kib / 1024;
}

double Child::CpuSeconds() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The name of the program, in brackets, may hold spaces; utime and stime are the 12th and 13th field after it.
  const std::vector<std::string> fields = absl::StrSplit(text.substr(text.rfind(')') + 2), ' ');
  int64_t user = 0;
  int64_t system = 0;
  if (fields.size() < 13 || !absl::SimpleAtoi(fields[11], &user) || !absl::SimpleAtoi(fields[12], &system)) return 0;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double Child::HighestMemory() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/status"));
  for (std::string line; std::getline(file, line);) {
    int64_t kilobytes = 0;
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.size() > 1 && words[0] == "VmHWM:" && absl::SimpleAtoi(words[1], &kilobytes)) {
      return static_cast<double>(kilobytes) * 1024;
    }
  }
  return 0;
}

}  // namespace equity::bench
