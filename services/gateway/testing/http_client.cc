#include "services/gateway/testing/http_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace equity::gateway::testing {
namespace {

constexpr int kPatienceMs = 10'000;

}  // namespace

std::string Reply::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

HttpClient::HttpClient(int port, const std::string& from) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in own = {};
  own.sin_family = AF_INET;
  inet_pton(AF_INET, from.c_str(), &own.sin_addr);
  bind(fd_, reinterpret_cast<sockaddr*>(&own), sizeof own);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) Close();
}

HttpClient::~HttpClient() { Close(); }

void HttpClient::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

bool HttpClient::Fill() {
  pollfd waiting{fd_, POLLIN, 0};
  if (poll(&waiting, 1, kPatienceMs) <= 0) return false;
  char part[16384];
  const ssize_t size = recv(fd_, part, sizeof part, 0);
  if (size <= 0) return false;
  buffer_.append(part, static_cast<size_t>(size));
  return true;
}

std::string HttpClient::Take(size_t size) {
  while (buffer_.size() < size && Fill()) continue;
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, taken.size());
  return taken;
}

Reply HttpClient::Read(bool of_head) {
  Reply reply;
  size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return reply;
  }
  const std::vector<std::string> lines = absl::StrSplit(Take(end + 4), "\r\n", absl::SkipEmpty());
  reply.status = std::atoi(lines[0].substr(9, 3).c_str());
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> sides = absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    std::string& value = reply.headers[absl::AsciiStrToLower(sides[0])];
    value += (value.empty() ? "" : ", ") + sides[1];
  }
  if (reply.status == 100) return Read(of_head);
  reply.whole = true;
  if (of_head || reply.status == 204 || reply.status == 304) return reply;
  if (reply.Header("transfer-encoding") == "chunked") {
    for (size_t size = 1; size > 0;) {
      while ((end = buffer_.find("\r\n")) == std::string::npos) {
        if (!Fill()) {
          reply.whole = false;
          return reply;
        }
      }
      size = std::strtoul(Take(end + 2).c_str(), nullptr, 16);
      const std::string chunk = Take(size + 2);
      reply.body += chunk.substr(0, size);
    }
    return reply;
  }
  const size_t length = std::strtoul(reply.Header("content-length").c_str(), nullptr, 10);
  reply.body = Take(length);
  reply.whole = reply.body.size() == length;
  return reply;
}

std::string HttpClient::ReadUntil(std::string_view text) {
  while (buffer_.find(text) == std::string::npos && Fill()) continue;
  return buffer_;
}

bool HttpClient::ClosedWithin(std::chrono::milliseconds time) {
  const auto last = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < last) {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, 50) <= 0) continue;
    char part[4096];
    if (recv(fd_, part, sizeof part, 0) <= 0) return true;
  }
  return false;
}

Reply Ask(int port, const std::string& method, const std::string& target, const SentHeaders& headers,
          const std::string& body) {
  std::string request = absl::StrCat(method, " ", target, " HTTP/1.1\r\n");
  if (!headers.contains("Host")) absl::StrAppend(&request, "Host: 127.0.0.1:", port, "\r\n");
  for (const auto& [name, value] : headers) absl::StrAppend(&request, name, ": ", value, "\r\n");
  if (!body.empty()) absl::StrAppend(&request, "Content-Length: ", body.size(), "\r\n");
  HttpClient client(port);
  client.Send(absl::StrCat(request, "\r\n", body));
  return client.Read(method == "HEAD");
}

}  // namespace equity::gateway::testing
