// A small HTTP client for tests: what it sends is sent as it is, however wrong.
#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace equity::gateway::testing {

struct Reply {
  int status = 0;                              // 0: none came
  std::map<std::string, std::string> headers;  // names in lower case; several of one name with commas between
  std::string body;
  bool whole = false;  // it ended as its head promised

  // The body; null where it is no JSON.
  nlohmann::json Json() const { return nlohmann::json::parse(body, nullptr, false); }
  std::string Header(const std::string& name) const;
};

class HttpClient {
 public:
  // From this address of the machine's own.
  explicit HttpClient(int port, const std::string& from = "127.0.0.1");
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  void Send(std::string_view bytes);
  // The next reply on this connection.
  Reply Read(bool of_head = false);
  // The head of a reply in parts, then what it holds until `text` was seen or time is up.
  std::string ReadUntil(std::string_view text);
  // Whether the server closed the connection, within the time.
  bool ClosedWithin(std::chrono::milliseconds time);
  void Close();

 private:
  bool Fill();
  std::string Take(size_t size);

  int fd_;
  std::string buffer_;
};

using SentHeaders = std::map<std::string, std::string>;

// One request on a connection of its own.
Reply Ask(int port, const std::string& method, const std::string& target, const SentHeaders& headers = {},
          const std::string& body = "");

}  // namespace equity::gateway::testing
