// The admin port: /metrics, /livez, /readyz over HTTP/1.1, loopback unless told otherwise.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace equity::obs {

class AdminServer {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    int port = 0;                          // 0 takes a free one
    std::function<std::string()> metrics;  // the text of /metrics
    std::function<std::string()> live;     // what is wrong; empty means well: 200, otherwise 503 with the text
    std::function<std::string()> ready;
  };
  // ALREADY_EXISTS when the port is taken, naming it.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(Options options);
  ~AdminServer();

  int port() const;

 private:
  class Impl;
  explicit AdminServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace equity::obs
