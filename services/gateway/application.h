// Which protocol answers a request, and what holds for all of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/gateway/connect.h"
#include "services/gateway/contract.h"
#include "services/gateway/http.h"
#include "services/gateway/observed.h"
#include "services/gateway/rest.h"
#include "services/gateway/routes.h"
#include "services/gateway/upstream.h"
#include "services/gateway/web_files.h"

namespace equity::gateway {

class Application {
 public:
  struct Options {
    std::string web_folder;            // files of the page; empty for none
    std::vector<std::string> origins;  // whose pages may use it beside its own, such as https://dashboard.example.org
    Observer observer;                 // of each request; may be null
  };
  static absl::StatusOr<std::unique_ptr<Application>> Create(const Backends& backends, Options options);

  void Handle(const ExchangePtr& taken);
  // Until no call to a service is on its way.
  void WaitUntilIdle() { upstream_.WaitUntilIdle(); }

 private:
  Application(const Backends& backends, Options options, std::unique_ptr<Contract> contract, Routes routes,
              WebFiles web_files);

  // Says which route it took in `observed`, where that is not null.
  void Dispatch(const ExchangePtr& exchange, Target target, ObservedExchange* observed);
  // The HTTP methods that an address takes; empty where there is nothing.
  std::string Allow(const std::string& path) const;
  void AnswerOptions(const ExchangePtr& exchange, const Target& target) const;

  const Options options_;
  const std::unique_ptr<Contract> contract_;
  const Routes routes_;
  const WebFiles web_files_;
  Upstream upstream_;
  const Connect connect_;
  const Rest rest_;
  const std::string openapi_;
};

}  // namespace equity::gateway
