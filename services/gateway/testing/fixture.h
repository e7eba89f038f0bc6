// A gateway in the test's process, before all services or before a server that does as it is told.
#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/gateway/gateway.h"
#include "services/gateway/testing/fake_upstream.h"
#include "services/gateway/testing/http_client.h"
#include "tests/api/environment.h"

namespace equity::gateway::testing {

// All services, with two organisations and a session; shared by the tests of a suite. With EQUITY_API_PROCESSES they
// and the gateway are processes of their own.
class ServicesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  static int port() { return port_; }
  static Reply Get(const std::string& target, SentHeaders headers = {}) { return Ask(port(), "GET", target, headers); }
  // With a credential.
  static SentHeaders As(const std::string& role, const std::string& organisation = "", SentHeaders headers = {});
  static Reply GetAs(const std::string& role, const std::string& target) { return Get(target, As(role)); }
  // A write of the central team with JSON.
  static Reply Send(const std::string& method, const std::string& target, const nlohmann::json& body,
                    SentHeaders headers = {});
  static std::string NewId();
  // How many calls of an RPC the services count, such as grpc_server_started_total.
  static int Metric(const std::string& name, const std::string& method);

  static api::Environment* environment_;
  static Gateway* gateway_;  // null where it is a process of its own
  static int port_;
  static std::string session_;  // 2021-08-12 with 100 places
};

// A server that answers as it is told.
class FakeTest : public ::testing::Test {
 protected:
  // Starts the gateway; may be called once.
  void Start(Gateway::Options options = {});
  int port() const { return gateway_->port(); }

  FakeUpstream fake_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace equity::gateway::testing
