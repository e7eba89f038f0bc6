// A server for API tests. The tests speak to it through the client library alone.
#pragma once

#include <memory>
#include <string>

#include "clients/cpp/channel.h"
#include "clients/cpp/operations.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/statistics.h"
#include "clients/cpp/workshops.h"
#include "common/auth/dev_issuer.h"
#include "common/host/host.h"

namespace equity::api {

// All services in this process, on a data folder that goes with it, at 20 July 2021 09:00 in London.
class Environment {
 public:
  Environment();
  ~Environment();

  // The credential of a role; a partner needs an organisation's id.
  std::string Token(const std::string& role, const std::string& organisation = "") const;
  client::CallOptions As(const std::string& role, const std::string& organisation = "") const;
  client::CallOptions CentralTeam() const { return As("central_team"); }
  client::CallOptions Partner(const std::string& organisation) const { return As("partner", organisation); }

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  host::Host& host() { return *host_; }
  std::string target() const;

  // Organisations with these ids, and sessions of the workshop health-equity-challenge.
  void AddOrganisations(const std::vector<std::string>& ids);
  // Returns the session's name.
  std::string AddSession(const std::string& date, const std::string& start, int capacity);
  // Registers somebody new and returns the name.
  std::string AddParticipant(const std::string& organisation, const std::string& external_ref);

 private:
  std::string folder_;
  std::unique_ptr<host::Host> host_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace equity::api
