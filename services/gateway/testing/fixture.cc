#include "services/gateway/testing/fixture.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"

namespace equity::gateway::testing {

api::Environment* ServicesTest::environment_ = nullptr;
Gateway* ServicesTest::gateway_ = nullptr;
int ServicesTest::port_ = 0;
std::string ServicesTest::session_;

void ServicesTest::SetUpTestSuite() {
  environment_ = new api::Environment();
  environment_->AddOrganisations({"rde", "rgr"});
  session_ = environment_->AddSession("2021-08-12", "09:00", 100);
  if (environment_->processes() != nullptr) {  // it is a process too
    port_ = environment_->processes()->http_port();
    return;
  }
  Gateway::Options options;
  options.http.limits.head = absl::Seconds(2);
  auto gateway = Gateway::Start(environment_->host()->server().InProcessChannel(), options);
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  gateway_ = gateway->release();
  port_ = gateway_->port();
}

void ServicesTest::TearDownTestSuite() {
  delete gateway_;
  delete environment_;
}

SentHeaders ServicesTest::As(const std::string& role, const std::string& organisation, SentHeaders headers) {
  headers["Authorization"] = "Bearer " + environment_->Token(role, organisation);
  return headers;
}

Reply ServicesTest::Send(const std::string& method, const std::string& target, const nlohmann::json& body,
                         SentHeaders headers) {
  headers = As("central_team", "", std::move(headers));
  headers.emplace("Content-Type", "application/json");
  return Ask(port(), method, target, headers, body.dump());
}

std::string ServicesTest::NewId() { return NewUuidV7(absl::Now()); }

int ServicesTest::Metric(const std::string& name, const std::string& method) {
  const auto* processes = environment_->processes();
  const std::string text = processes == nullptr ? environment_->host()->shared().metrics->Text()
                                                : Ask(processes->gateway_admin_port(), "GET", "/metrics").body;
  int sum = 0;
  const std::string label = absl::StrCat("grpc_method=\"", method, "\"");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, name + "{") || !absl::StrContains(line, label)) continue;
    int value = 0;
    if (absl::SimpleAtoi(line.substr(line.rfind(' ') + 1), &value)) sum += value;
  }
  return sum;
}

void FakeTest::Start(Gateway::Options options) {
  auto gateway = Gateway::Start(fake_.channel(), std::move(options));
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  gateway_ = *std::move(gateway);
}

}  // namespace equity::gateway::testing
