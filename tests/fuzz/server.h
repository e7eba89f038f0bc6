// Services in this process, on stores of their own, for fuzz targets. TMPDIR should be in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/options.h"
#include "common/host/host.h"
#include "grpcpp/channel.h"

namespace equity::fuzz {

// Says what was found.
void Tell(const std::string& finding);
// ... and ends the process, so that the input is kept.
[[noreturn]] void Report(const std::string& finding);

// Has `stop` called when the process ends: before what exists by now goes, and on a thread of its own, as what is this
// one's has gone.
void StopAtExit(void (*stop)());

class Server {
 public:
  // All services where none is named. Ends the process where they do not start.
  explicit Server(std::vector<std::string> services = {});
  // Stops in order; a store that failed, and a word of a request that is in the log, are findings.
  ~Server();

  std::string Token(const std::string& role, const std::string& organisation) const;
  client::CallOptions CentralTeam() const;
  // Does not leave the process.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // For streams that are cancelled (see common/rpc/server.h).
  const std::shared_ptr<grpc::Channel>& socket() const { return socket_; }

 private:
  std::string folder_;
  int log_ = -1;
  std::unique_ptr<host::Host> host_;
  std::shared_ptr<grpc::Channel> channel_;
  std::shared_ptr<grpc::Channel> socket_;
};

// What every text in a request of the targets has in it that is not a name, a date or the like: no error and no line of
// the log may have it.
inline constexpr char kMark[] = "zqx";

}  // namespace equity::fuzz
