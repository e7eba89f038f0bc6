#include "common/rpc/acceptor.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/strings.h"

// Of the allocator that equityd is linked with.
extern "C" [[gnu::weak]] void mi_collect(bool force);

namespace equity::rpc {
namespace {

constexpr std::chrono::milliseconds kLookEvery(250);
constexpr std::chrono::milliseconds kLookAgain(20);  // when there seems to be no room
constexpr int kPauseMilliseconds = 20;
constexpr int kAcceptedAtOnce = 64;
constexpr timeval kProbePatience{.tv_sec = 1, .tv_usec = 0};
// Files, probes and the process itself need descriptors when callers have taken the rest.
constexpr rlim_t kDescriptorsKept = 64;
constexpr int64_t kGrowth = 8 << 20;
constexpr uint64_t kMuch = 32 << 10;  // between two looks: nobody is sent away for less

// Who it is, as far as a limit on one client is concerned: an IPv4 address, or the network of an IPv6 one.
uint64_t ClientOf(const sockaddr_storage& from) {
  uint32_t ipv4 = 0;
  if (from.ss_family == AF_INET) {
    ipv4 = reinterpret_cast<const sockaddr_in&>(from).sin_addr.s_addr;
  } else {
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(from).sin6_addr;
    if (!IN6_IS_ADDR_V4MAPPED(&address)) {
      uint64_t network = 0;
      std::memcpy(&network, address.s6_addr, sizeof network);
      return network;
    }
    std::memcpy(&ipv4, address.s6_addr + 12, sizeof ipv4);
  }
  return 0xffff'0000'0000ULL | ipv4;
}

ino_t InodeOf(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

uint64_t ReceivedOn(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
}

// What was freed goes back to the system.
void GiveMemoryBack() {
  if (mi_collect != nullptr) {
    mi_collect(true);
  } else {
    malloc_trim(0);
  }
}

void Switch(int fd, int level, int option, int value) { setsockopt(fd, level, option, &value, sizeof value); }

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Listen(const std::string& address, int port, Limits limits) {
  std::string host = address;
  std::erase_if(host, [](char c) { return c == '[' || c == ']'; });  // of an IPv6 address
  const addrinfo hints{.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), "0", &hints, &found); error != 0) {
    return absl::InvalidArgumentError(gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  std::unique_ptr<Acceptor> acceptor(new Acceptor(limits));
  absl::Status failure;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    // Such as a machine without IPv6: one that can be listened on will do.
    if (auto status = acceptor->ListenOn(*one, port != 0 ? port : acceptor->port_); !status.ok()) failure = status;
  }
  if (acceptor->listeners_.empty() || (port != 0 && absl::IsAlreadyExists(failure))) return failure;
  acceptor->wake_ = eventfd(0, EFD_CLOEXEC);
  acceptor->spare_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  acceptor->memory_file_ = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  return acceptor;
}

absl::Status Acceptor::ListenOn(const addrinfo& address, int port) {
  const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::UnavailableError(std::strerror(errno));
  sockaddr_storage place{};
  std::memcpy(&place, address.ai_addr, address.ai_addrlen);
  // The port stands at the same place in both.
  reinterpret_cast<sockaddr_in&>(place).sin_port = htons(static_cast<uint16_t>(port));
  Switch(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.ai_family == AF_INET6) Switch(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  // What follows is handed on to the connections.
  Switch(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  Switch(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kKeepaliveTimeoutMilliseconds);
  socklen_t size = sizeof place;
  if (bind(fd, reinterpret_cast<sockaddr*>(&place), address.ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&place), &size) != 0) {
    const int error = errno;
    close(fd);
    if (error == EADDRINUSE || error == EACCES) {
      return absl::AlreadyExistsError(
          "the port is taken, or not allowed. Stop who has it, or choose another one with --port (0 takes a free "
          "one).");
    }
    return absl::UnavailableError(std::strerror(error));
  }
  port_ = ntohs(reinterpret_cast<sockaddr_in&>(place).sin_port);
  listeners_.push_back(fd);
  return absl::OkStatus();
}

Acceptor::~Acceptor() {
  Stop();
  for (const int fd : {wake_, spare_, memory_file_}) {
    if (fd >= 0) close(fd);
  }
}

void Acceptor::Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server,
                     obs::Metrics::Connections& metrics, obs::Log& log) {
  server_ = std::move(server);
  metrics_ = &metrics;
  log_ = &log;
  thread_ = std::thread([this] { Run(); });
}

void Acceptor::Stop() {
  if (stopping_.exchange(true)) return;
  const uint64_t one = 1;
  static_cast<void>(!write(wake_, &one, sizeof one));
  if (thread_.joinable()) thread_.join();
  for (const int fd : listeners_) close(fd);
}

void Acceptor::Run() {
  std::vector<pollfd> awaited = {{.fd = wake_, .events = POLLIN, .revents = 0}};
  for (const int fd : listeners_) awaited.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  while (true) {
    poll(awaited.data(), awaited.size(), connections_.empty() ? -1 : static_cast<int>(kLookEvery.count()));
    if (stopping_) return;
    for (const pollfd& listener : awaited) {
      if (listener.fd != wake_ && listener.revents != 0) AcceptFrom(listener.fd);
    }
    // Not by the last look: who is refused causes one as well.
    if (Clock::now() - last_save_ < kLookEvery) continue;
    last_save_ = Clock::now();
    Look();
    SaveMemory();
  }
}

void Acceptor::AcceptFrom(int listener) {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int fd = accept4(listener, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (spare_ < 0) spare_ = open("/dev/null", O_RDONLY | O_CLOEXEC);  // lost while there were none
      Admit(listener, fd, ClientOf(from));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno == EMFILE || errno == ENFILE) {
      if (!TurnAway(listener)) return Pause();
    } else if (errno == ENOBUFS || errno == ENOMEM) {
      return Pause();
    }  // else that connection was gone before it was accepted
  }
}

bool Acceptor::TurnAway(int listener) {
  if (spare_ >= 0) close(spare_);
  const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) {
    close(fd);
    metrics_->Refused("descriptors");
  }
  spare_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return fd >= 0;
}

// What is missing comes back without notice, and trying at once would only burn the processor.
void Acceptor::Pause() const {
  pollfd wake{.fd = wake_, .events = POLLIN, .revents = 0};
  poll(&wake, 1, kPauseMilliseconds);
}

void Acceptor::Admit(int listener, int fd, uint64_t client) {
  Forget(fd);  // who had this descriptor before
  if (const char* reason = Refusal(fd, client)) {
    close(fd);
    return metrics_->Refused(reason);
  }
  connections_[fd] = {.inode = InodeOf(fd), .client = client};
  ++of_client_[client];
  metrics_->Accepted();
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = listener;
  connection.fd = fd;  // gRPC's from here on
  server_->HandleNewConnection(&connection);
}

const char* Acceptor::Refusal(int fd, uint64_t client) {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  const rlim_t kept = std::min(kDescriptorsKept, descriptors.rlim_cur / 8);
  // The lowest free one is given, so this one tells how many there are.
  if (static_cast<rlim_t>(fd) >= descriptors.rlim_cur - kept) return "descriptors";
  for (const bool looked : {false, true}) {
    const bool full = static_cast<int>(connections_.size()) >= limits_.connections;
    const auto own = of_client_.find(client);
    const bool greedy = limits_.per_client > 0 && own != of_client_.end() && own->second >= limits_.per_client;
    if (!full && !greedy) return nullptr;
    if (looked || Clock::now() - last_look_ < kLookAgain) return full ? "all" : "client";
    Look();
  }
  return nullptr;
}

// gRPC does not tell when it closes a connection, so what the descriptors are now is looked up.
void Acceptor::Look() {
  last_look_ = Clock::now();
  std::vector<int> gone;
  for (auto& [fd, connection] : connections_) {
    if (InodeOf(fd) != connection.inode) gone.push_back(fd);
  }
  for (const int fd : gone) Forget(fd);
  metrics_->Open(static_cast<int>(connections_.size()));
}

void Acceptor::Forget(int fd) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;
  const auto own = of_client_.find(found->second.client);
  if (--own->second == 0) of_client_.erase(own);
  connections_.erase(found);
}

// gRPC 1.51 has no bound on what callers make it allocate, by requests that they reset at once (CVE-2023-44487) or
// headers that do not end. Where memory is short and still grows, who sends the most is sent away.
void Acceptor::SaveMemory() {
  char text[64] = {};
  if (pread(memory_file_, text, sizeof text - 1, 0) <= 0) return;
  const char* resident = std::strchr(text, ' ');
  const int64_t memory = resident == nullptr ? 0 : std::atoll(resident) * sysconf(_SC_PAGESIZE);
  known_memory_ = std::min(known_memory_, memory);
  uint64_t most = 0;
  for (auto& [fd, connection] : connections_) {
    const uint64_t received = ReceivedOn(fd);
    connection.recently = received - std::min(received, connection.received);
    connection.received = received;
    most = std::max(most, connection.recently);
  }
  if (memory < limits_.memory || memory < known_memory_ + kGrowth || most < kMuch) {
    if (std::exchange(freed_, false)) GiveMemoryBack();
    return;
  }
  known_memory_ = memory;
  freed_ = true;
  int closed = 0;
  for (const auto& [fd, connection] : connections_) {
    if (connection.recently < most / 2 || InodeOf(fd) != connection.inode) continue;
    shutdown(fd, SHUT_RDWR);
    metrics_->Refused("memory");
    ++closed;
  }
  log_->Event(obs::Severity::kWarning, "memory is short: the connections that send most were closed",
              {{"connections", absl::StrCat(closed)}, {"resident_bytes", absl::StrCat(memory)}});
}

std::string Acceptor::NotAnswering() const {
  sockaddr_storage place{};
  socklen_t size = sizeof place;
  if (stopping_ || getsockname(listeners_.front(), reinterpret_cast<sockaddr*>(&place), &size) != 0) return "";
  const int fd = socket(place.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "";  // without a descriptor nothing can be told
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kProbePatience, sizeof kProbePatience);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kProbePatience, sizeof kProbePatience);
  // The kernel connects whether or not anybody accepts. Who accepts says something, or ends as we do.
  std::string wrong;
  char byte;
  if (connect(fd, reinterpret_cast<sockaddr*>(&place), size) != 0) {
    wrong = absl::StrCat("port ", port_, ": cannot be connected to");
  } else if (shutdown(fd, SHUT_WR) == 0 && recv(fd, &byte, 1, 0) < 0 && errno != ECONNRESET) {
    wrong = absl::StrCat("port ", port_, ": no connection is accepted");
  }
  close(fd);
  return wrong;
}

}  // namespace equity::rpc
