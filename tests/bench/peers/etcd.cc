#include "tests/bench/peers/etcd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"

namespace equity::bench {
namespace {

constexpr char kEtcd[] = "/usr/bin/etcd";
// A serialised BookPlaceResponse.
constexpr int kBookingBytes = 330;

}  // namespace

absl::StatusOr<int> FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "socket");
  const auto close_it = absl::MakeCleanup([&] { close(fd); });
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof(address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return absl::ErrnoToStatus(errno, "bind");
  }
  return ntohs(address.sin_port);
}

absl::StatusOr<std::unique_ptr<Child>> StartEtcd(const std::string& folder) {
  if (!std::filesystem::exists(kEtcd)) return absl::NotFoundError("etcd is not there (Debian: etcd-server)");
  ASSIGN_OR_RETURN(const int client_port, FreePort());
  ASSIGN_OR_RETURN(const int peer_port, FreePort());
  const std::string target = absl::StrCat("127.0.0.1:", client_port);
  const std::string clients = "http://" + target;
  const std::string peers = absl::StrCat("http://127.0.0.1:", peer_port);
  return Child::Start({kEtcd, "--name", "bench", "--data-dir", folder, "--listen-client-urls", clients,
                       "--advertise-client-urls", clients, "--listen-peer-urls", peers, "--initial-advertise-peer-urls",
                       peers, "--initial-cluster", "bench=" + peers, "--log-level", "error"},
                      folder + ".log", target, [](const Child& child) {
                        return Measure(child, {.length = absl::Milliseconds(100)}, MakePut()).ok();
                      });
}

PutWorkload MakePut() {
  return {.fill =
              [](v1::PutRequest& request, grpc::ClientContext&) {
                request.set_key(NewUuidV7(absl::Now()));
                request.mutable_value()->assign(kBookingBytes, 'x');
              },
          .check = [](const v1::PutResponse&) { return absl::OkStatus(); },
          .path = "/etcdserverpb.KV/Put"};
}

}  // namespace equity::bench
