// A server for API tests. The tests speak to it through the client library alone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/cpp/benefit_plans.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/operations.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/statistics.h"
#include "clients/cpp/workshops.h"
#include "common/auth/dev_issuer.h"
#include "common/host/host.h"
#include "tests/api/processes.h"

namespace equity::api {

// All services, on a data folder that goes with them, at 20 July 2021 09:00 in London: in this process or, where
// EQUITY_API_PROCESSES is set, each in a process of its own over mutual TLS. No test knows a difference.
class Environment {
 public:
  Environment();
  ~Environment();

  // The credential of a role; a partner needs an organisation's id.
  std::string Token(const std::string& role, const std::string& organisation = "") const;
  // Where the key is that signs them.
  std::string dev_issuer_folder() const;
  client::CallOptions As(const std::string& role, const std::string& organisation = "") const;
  client::CallOptions CentralTeam() const { return As("central_team"); }
  client::CallOptions Partner(const std::string& organisation) const { return As("partner", organisation); }

  // A client of the process that serves it.
  template <class Client>
  Client To(client::CallOptions options) const {
    return Client(ChannelTo(Client::service_full_name()), std::move(options));
  }
  // For a gRPC service such as equity.workshops.v1.BookingService. Of those that every process serves, the first one's.
  std::shared_ptr<grpc::Channel> ChannelTo(std::string_view service) const { return ChannelsTo(service).front(); }
  // One for each process that serves it.
  std::vector<std::shared_ptr<grpc::Channel>> ChannelsTo(std::string_view service) const;
  // A connection of its own.
  std::shared_ptr<grpc::Channel> NewChannelTo(std::string_view service) const;

  // The host of all services; null where they have processes of their own.
  host::Host* host() { return host_.get(); }
  // Null where all are in this process.
  Processes* processes() { return processes_.get(); }

  // What Prometheus is told; empty where the services have processes of their own.
  std::string Metrics() const;
  // Ends the server, so that its logs are whole, and says where they are until this goes.
  std::vector<std::string> StopAndGetLogs();

  // Organisations with these ids, and sessions of the workshop health-equity-challenge.
  void AddOrganisations(const std::vector<std::string>& ids);
  // Returns the session's name.
  std::string AddSession(const std::string& date, const std::string& start, int capacity);
  // Registers somebody new and returns the name.
  std::string AddParticipant(const std::string& organisation, const std::string& external_ref);

 private:
  void StartHost();
  client::Target TargetOf(const std::string& service) const;
  // Who serves a gRPC service: by its package, or every one.
  std::vector<std::string> ServersOf(std::string_view service) const;

  std::string folder_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<Processes> processes_;
  std::map<std::string, std::shared_ptr<grpc::Channel>>
      channels_;  // by service; one alone, with an empty name, of the host
};

}  // namespace equity::api
