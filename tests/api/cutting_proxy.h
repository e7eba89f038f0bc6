// A TCP proxy on loopback that cuts all its connections when told to, as a bad network would.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace equity::api {

class CuttingProxy {
 public:
  // Forwards to this port of 127.0.0.1.
  explicit CuttingProxy(int target_port);
  ~CuttingProxy();

  int port() const { return port_; }
  // Resets every connection there is.
  void Cut();

 private:
  void Accept();
  void Forward(int from, int to);

  const int target_port_;
  int listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<int> open_;  // sockets; closed in the destructor, after the threads
  std::vector<std::thread> threads_;
  std::thread accepter_;
};

}  // namespace equity::api
