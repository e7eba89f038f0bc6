// HTTP as the protocols of the gateway see it; how it travels is http_server's affair.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace equity::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string target;  // path and query, as sent
  Headers headers;     // names in lower case
  std::string body;

  // The header's value, or empty. `name` in lower case.
  std::string_view Header(std::string_view name) const;
  size_t Count(std::string_view name) const;
  bool IsHead() const { return method == "HEAD"; }
  // What decides the route: a HEAD is answered as the GET would be, without the body.
  std::string_view RouteMethod() const { return IsHead() ? "GET" : std::string_view(method); }
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  Headers headers;

  Response&& With(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }
};

// One request on its way to its reply. Everything but Post runs on the server's one thread. What is given to OnGone,
// OnDrain and After is dropped when the exchange ends.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Request& request() const = 0;

  // A whole reply.
  virtual void Reply(Response response) = 0;

  // A reply in parts, one after the other: the head, any number of parts, the end. `next` runs when there is room for
  // more, and never when the client has gone.
  virtual void Begin(Response head, std::function<void()> next) = 0;
  virtual void Write(std::string part, std::function<void()> next) = 0;
  virtual void End() = 0;
  // Breaks off, so that nobody takes what was sent for the whole.
  virtual void Abort() = 0;

  // Runs once when the client goes, or is cut off.
  virtual void OnGone(std::function<void()> callback) = 0;
  // Runs once when the server is going: a reply in parts then ends itself.
  virtual void OnDrain(std::function<void()> callback) = 0;
  // Runs once after this time; replaces a former one.
  virtual void After(absl::Duration time, std::function<void()> callback) = 0;
  // Runs the task on the server's thread. The only member for other threads.
  virtual void Post(std::function<void()> task) = 0;
};

using ExchangePtr = std::shared_ptr<Exchange>;

}  // namespace equity::gateway
