#include "services/gateway/observed.h"

#include "absl/time/clock.h"

namespace equity::gateway {
namespace {

// A label of metrics: a client must not make new ones.
std::string KnownMethod(const std::string& method) {
  for (const char* known : {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}) {
    if (method == known) return method;
  }
  return "other";
}

}  // namespace

ObservedExchange::ObservedExchange(ExchangePtr inner, Observer observer)
    : inner_(std::move(inner)), observer_(std::move(observer)) {
  report_.start = absl::Now();
  report_.method = KnownMethod(request().method);
  report_.request_bytes = static_cast<int64_t>(request().body.size());
  const std::string_view trace = request().Header("traceparent");
  if (trace.size() >= 55 && trace.substr(3, 32).find_first_not_of("0123456789abcdef") == trace.npos) {
    report_.trace_id = trace.substr(3, 32);
  }
}

ObservedExchange::~ObservedExchange() {
  report_.latency = absl::Now() - report_.start;
  if (report_.sealed) {
    report_.trace_id.clear();
    report_.request_bytes = report_.response_bytes = 0;
  }
  observer_(report_);
}

void ObservedExchange::SetRoute(std::string route, bool sealed) {
  report_.route = std::move(route);
  report_.sealed = sealed;
}

void ObservedExchange::Reply(Response response) {
  report_.status = response.status;
  report_.whole = true;
  report_.response_bytes = static_cast<int64_t>(response.body.size());
  inner_->Reply(std::move(response));
}

void ObservedExchange::Begin(Response head, std::function<void()> next) {
  report_.status = head.status;
  inner_->Begin(std::move(head), std::move(next));
}

void ObservedExchange::Write(std::string part, std::function<void()> next) {
  report_.response_bytes += static_cast<int64_t>(part.size());
  inner_->Write(std::move(part), std::move(next));
}

void ObservedExchange::End() {
  report_.whole = true;
  inner_->End();
}

void ObservedExchange::Abort() { inner_->Abort(); }

}  // namespace equity::gateway
