// Measures what became of each request.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "services/gateway/http.h"

namespace equity::gateway {

// What may be told of a call: its route, never its address, as that names things.
struct CallReport {
  std::string method;   // GET; `other` for one that is not known
  std::string route;    // as in the contract, such as /v1/{parent=workshops/*}/sessions; empty where there is none
  int status = 499;     // what was answered; 499 where the client had gone before
  bool whole = false;   // the reply was sent to its end
  bool sealed = false;  // nothing is told that could say who calls
  std::string trace_id;
  int64_t request_bytes = 0;
  int64_t response_bytes = 0;
  absl::Time start;
  absl::Duration latency;
};
// Called from any thread, once for each request.
using Observer = std::function<void(const CallReport&)>;

// Passes everything on, and reports when nobody holds it any more.
class ObservedExchange final : public Exchange {
 public:
  ObservedExchange(ExchangePtr inner, Observer observer);
  ~ObservedExchange() override;

  void SetRoute(std::string route, bool sealed = false);

  const Request& request() const override { return inner_->request(); }
  void Reply(Response response) override;
  void Begin(Response head, std::function<void()> next) override;
  void Write(std::string part, std::function<void()> next) override;
  void End() override;
  void Abort() override;
  void OnGone(std::function<void()> callback) override { inner_->OnGone(std::move(callback)); }
  void OnDrain(std::function<void()> callback) override { inner_->OnDrain(std::move(callback)); }
  void After(absl::Duration time, std::function<void()> callback) override { inner_->After(time, std::move(callback)); }
  void Post(std::function<void()> task) override { inner_->Post(std::move(task)); }

 private:
  const ExchangePtr inner_;
  const Observer observer_;
  CallReport report_;
};

}  // namespace equity::gateway
