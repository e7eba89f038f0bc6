#include "services/gateway/application.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "common/status/macros.h"
#include "common/strings.h"
#include "services/gateway/errors.h"
#include "services/gateway/media.h"
#include "services/gateway/openapi.h"

namespace equity::gateway {
namespace {

constexpr char kOpenApiPath[] = "/openapi.json";
constexpr char kReadMethods[] = "GET, HEAD, OPTIONS";

// Adds to every reply what a browser must know of an origin that is allowed.
class CrossOriginExchange final : public Exchange {
 public:
  CrossOriginExchange(ExchangePtr inner, std::string origin) : inner_(std::move(inner)), origin_(std::move(origin)) {}

  const Request& request() const override { return inner_->request(); }
  void Reply(Response response) override { inner_->Reply(Allow(std::move(response))); }
  void Begin(Response head, std::function<void()> next) override {
    inner_->Begin(Allow(std::move(head)), std::move(next));
  }
  void Write(std::string part, std::function<void()> next) override { inner_->Write(std::move(part), std::move(next)); }
  void End() override { inner_->End(); }
  void Abort() override { inner_->Abort(); }
  void OnGone(std::function<void()> callback) override { inner_->OnGone(std::move(callback)); }
  void OnDrain(std::function<void()> callback) override { inner_->OnDrain(std::move(callback)); }
  void After(absl::Duration time, std::function<void()> callback) override { inner_->After(time, std::move(callback)); }
  void Post(std::function<void()> task) override { inner_->Post(std::move(task)); }

 private:
  Response Allow(Response response) const {
    response.headers.emplace_back("Access-Control-Allow-Origin", origin_);
    response.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After, Next-Page-Token");
    response.headers.emplace_back("Vary", "Origin");
    if (request().method == "OPTIONS" && request().Count("access-control-request-method") > 0) {
      response.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, PUT, DELETE");
      response.headers.emplace_back("Access-Control-Allow-Headers",
                                    "authorization, content-type, connect-protocol-version, connect-timeout-ms, "
                                    "idempotency-key, last-event-id, traceparent");
      response.headers.emplace_back("Access-Control-Max-Age", "600");
    }
    return response;
  }

  const ExchangePtr inner_;
  const std::string origin_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Application>> Application::Create(const Backends& backends, Options options) {
  ASSIGN_OR_RETURN(auto contract, Contract::Load());
  ASSIGN_OR_RETURN(Routes routes, Routes::Build(*contract));
  ASSIGN_OR_RETURN(WebFiles web_files, WebFiles::Load(options.web_folder));
  return std::unique_ptr<Application>(
      new Application(backends, std::move(options), std::move(contract), std::move(routes), std::move(web_files)));
}

Application::Application(const Backends& backends, Options options, std::unique_ptr<Contract> contract, Routes routes,
                         WebFiles web_files)
    : options_(std::move(options)),
      contract_(std::move(contract)),
      routes_(std::move(routes)),
      web_files_(std::move(web_files)),
      upstream_(backends),
      connect_(*contract_, upstream_),
      rest_(*contract_, routes_, upstream_),
      openapi_(OpenApi(*contract_, routes_, rest_)) {}

// A browser says whose page asks. There are no cookies, so a foreign page could do no more than anybody; but it has
// nothing to do here either.
void Application::Handle(const ExchangePtr& taken) {
  const auto observed = options_.observer ? std::make_shared<ObservedExchange>(taken, options_.observer) : nullptr;
  const ExchangePtr exchange = observed != nullptr ? observed : taken;
  const Request& request = exchange->request();
  auto target = request.target == "*" && request.method == "OPTIONS" ? Target{"*", {}} : ParseTarget(request.target);
  if (!target || request.target.empty() || (request.target[0] != '/' && request.target != "*")) {
    return exchange->Reply(ErrorResponse(BadRequest("MALFORMED_TARGET", "The address cannot be read.")));
  }
  const std::string_view origin = request.Header("origin");
  const size_t scheme = origin.find("://");
  const bool own = scheme != std::string_view::npos &&
                   absl::EqualsIgnoreCase(ToAbsl(origin.substr(scheme + 3)), ToAbsl(request.Header("host")));
  if (origin.empty() || own) return Dispatch(exchange, *std::move(target), observed.get());
  const auto& origins = options_.origins;
  if (std::find(origins.begin(), origins.end(), origin) == origins.end()) {
    return exchange->Reply(ErrorResponse(ForeignOrigin()));
  }
  Dispatch(std::make_shared<CrossOriginExchange>(exchange, std::string(origin)), *std::move(target), observed.get());
}

void Application::Dispatch(const ExchangePtr& exchange, Target target, ObservedExchange* observed) {
  const Request& request = exchange->request();
  const auto take = [&](const std::string& route, bool sealed = false) {
    if (observed != nullptr) observed->SetRoute(route, sealed);
  };
  if (request.method == "OPTIONS") return AnswerOptions(exchange, target);
  if (const Operation* operation = routes_.FindOperation(target.path)) {
    take(operation->path, operation->sealed);
    return connect_.Handle(exchange, *operation, std::move(target.query));
  }
  if (const auto match = routes_.Find(request.RouteMethod(), target.path)) {
    take(match->binding->path, match->binding->operation->sealed);
    return rest_.Handle(exchange, *match, std::move(target.query));
  }
  const std::string allow = Allow(target.path);
  if (allow.empty()) {
    const bool connect = request.method == "POST" && target.path.starts_with("/equity.");
    return exchange->Reply(connect ? ConnectErrorResponse(NoSuchMethod()) : ErrorResponse(NoSuchRoute()));
  }
  if (allow != kReadMethods || request.RouteMethod() != "GET") {
    return exchange->Reply(ErrorResponse(MethodNotAllowed()).With("Allow", allow));
  }
  take(target.path == kOpenApiPath ? kOpenApiPath : "page");
  if (target.path != kOpenApiPath) return exchange->Reply(web_files_.Serve(target.path, request));
  Response response{.content_type = kJson, .body = openapi_};
  exchange->Reply(std::move(response).With("Cache-Control", "no-cache"));
}

std::string Application::Allow(const std::string& path) const {
  if (const Operation* operation = routes_.FindOperation(path)) return Connect::Allow(*operation);
  auto methods = routes_.MethodsOf(path);
  if (!methods.empty()) {
    methods.insert("OPTIONS");
    return absl::StrJoin(methods, ", ");
  }
  return path == kOpenApiPath || web_files_.Has(path) ? kReadMethods : "";
}

void Application::AnswerOptions(const ExchangePtr& exchange, const Target& target) const {
  const std::string allow = target.path == "*" ? "GET, HEAD, OPTIONS, PATCH, POST" : Allow(target.path);
  if (allow.empty()) return exchange->Reply(ErrorResponse(NoSuchRoute()));
  exchange->Reply(Response{.status = 204}.With("Allow", allow));
}

}  // namespace equity::gateway
