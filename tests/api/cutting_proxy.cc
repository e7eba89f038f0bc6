#include "tests/api/cutting_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace equity::api {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Connect(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  close(socket);
  return -1;
}

}  // namespace

CuttingProxy::CuttingProxy(int target_port) : target_port_(target_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  accepter_ = std::thread(&CuttingProxy::Accept, this);
}

CuttingProxy::~CuttingProxy() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  accepter_.join();
  Cut();
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : open_) close(socket);
  close(listener_);
}

void CuttingProxy::Cut() {
  std::lock_guard lock(mutex_);
  for (const int socket : open_) shutdown(socket, SHUT_RDWR);
}

void CuttingProxy::Accept() {
  while (!stopping_) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = Connect(target_port_);
    if (server < 0) {
      close(client);
      continue;
    }
    std::lock_guard lock(mutex_);
    open_.push_back(client);
    open_.push_back(server);
    threads_.emplace_back(&CuttingProxy::Forward, this, client, server);
    threads_.emplace_back(&CuttingProxy::Forward, this, server, client);
  }
}

void CuttingProxy::Forward(int from, int to) {
  std::vector<char> buffer(65536);
  while (true) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got <= 0) break;
    for (ssize_t sent = 0; sent < got;) {
      const ssize_t n = send(to, buffer.data() + sent, static_cast<size_t>(got - sent), MSG_NOSIGNAL);
      if (n <= 0) {
        shutdown(from, SHUT_RDWR);
        return;
      }
      sent += n;
    }
  }
  shutdown(to, SHUT_RDWR);
}

}  // namespace equity::api
