#include "services/gateway/gateway.h"

#include "common/status/macros.h"

namespace equity::gateway {

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Backends& backends, Options options) {
  ASSIGN_OR_RETURN(auto application, Application::Create(backends, std::move(options.application)));
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(application)));
  ASSIGN_OR_RETURN(
      gateway->server_,
      HttpServer::Start(std::move(options.http), [application = gateway->application_.get()](
                                                     const ExchangePtr& exchange) { application->Handle(exchange); }));
  return gateway;
}

Gateway::~Gateway() { Stop(absl::Seconds(5)); }

void Gateway::Stop(absl::Duration patience) {
  if (stopped_ || server_ == nullptr) return;
  stopped_ = true;
  server_->Drain(patience);
  application_->WaitUntilIdle();
}

}  // namespace equity::gateway
