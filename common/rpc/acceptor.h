// Takes the connections from outside and hands them to a gRPC server. The listener of gRPC 1.51 never accepts again
// once accept() has failed for want of descriptors (CVE-2023-4785), and knows no limit on connections.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/rpc/limits.h"
#include "grpcpp/server_builder.h"

struct addrinfo;

namespace equity::rpc {

class Acceptor {
 public:
  struct Limits {
    int connections = kConnections;
    int per_client = kConnectionsPerClient;  // of one IPv4 address or IPv6 /64; 0 for no limit
    int64_t memory = kMemoryAlarmBytes;
  };
  // Listens on every address that `address` stands for; port 0 takes a free one. Callers wait until Start.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Listen(const std::string& address, int port, Limits limits);
  ~Acceptor();

  // `server` serves by now.
  void Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server, obs::Metrics::Connections& metrics,
             obs::Log& log);
  // No connection is accepted any more; those that were handed over stay. Idempotent.
  void Stop();

  int port() const { return port_; }
  // Opens a connection of its own. What is wrong, or nothing.
  std::string NotAnswering() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    ino_t inode;  // the socket's, as another one may have the descriptor by now
    uint64_t client;
    uint64_t received = 0;
    uint64_t recently = 0;  // of that, since the last look
  };

  explicit Acceptor(Limits limits) : limits_(limits) {}
  absl::Status ListenOn(const addrinfo& address, int port);
  void Run();
  void AcceptFrom(int listener);
  void Admit(int listener, int fd, uint64_t client);
  const char* Refusal(int fd, uint64_t client);
  // Without a descriptor left: accepts by the spare one and closes, so that who calls is told at once.
  bool TurnAway(int listener);
  void Pause() const;
  void Look();
  void Forget(int fd);
  void SaveMemory();

  const Limits limits_;
  int port_ = 0;
  std::vector<int> listeners_;
  int wake_ = -1;
  int spare_ = -1;
  int memory_file_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
  // The thread's own from here on.
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server_;
  obs::Metrics::Connections* metrics_ = nullptr;
  obs::Log* log_ = nullptr;
  std::unordered_map<int, Connection> connections_;  // by descriptor
  std::unordered_map<uint64_t, int> of_client_;
  Clock::time_point last_look_;
  Clock::time_point last_save_;
  int64_t known_memory_ = 0;  // when it was least, or saved last
  bool freed_ = false;        // by what was closed, and not given back yet
};

}  // namespace equity::rpc
