// A server with participants and workshops in this process, at 20 July 2021 09:00 in London, and short ways to call it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/host/host.h"
#include "common/status/grpc_status.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "equity/participants/v1/organisations.grpc.pb.h"
#include "equity/participants/v1/participants.grpc.pb.h"
#include "equity/participants/v1/registrations.grpc.pb.h"
#include "equity/workshops/v1/bookings.grpc.pb.h"
#include "equity/workshops/v1/sessions.grpc.pb.h"
#include "services/participants/registrations/sweeper.h"
#include "services/participants/testing/faulty_bookings.h"

namespace equity::participants::testing {

class TestServer {
 public:
  // A sweeper that is not in the way of a test.
  static registrations::SweeperOptions NoSweeper() { return {.age = absl::Hours(1), .every = absl::Hours(1)}; }

  explicit TestServer(registrations::SweeperOptions sweeper = NoSweeper());
  ~TestServer();

  // Stops and starts again on the same data.
  void Restart(registrations::SweeperOptions sweeper = NoSweeper());
  void Stop();

  // A credential; a partner of `organisation`, or the central team where that is empty.
  std::string Token(const std::string& organisation = "", const std::string& subject = "test") const;

  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, const std::string& token) const {
    // Stubs differ in nothing but their methods.
    Stub stub(channel_);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    context.set_deadline(std::chrono::system_clock::now() + patience);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return status::FromGrpc(status);
    return response;
  }

  // Organisations RDE and RGR, with the ODS codes of these names, and ESSEX-CC of a local code.
  void AddOrganisations();
  // A session at 09:00; returns its name.
  std::string AddSession(const std::string& date, int capacity);
  // What the feed of participants says.
  std::vector<changes::v1::Change> Feed();

  // Whether a file of the data folder holds this, once the stores were idle: what was erased leaves the disk then.
  bool OnDisk(const std::string& text, absl::Duration patience = absl::Seconds(3)) const;

  FaultyBookings& bookings() { return bookings_; }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  exec::Store& store() { return *store_; }
  host::Host& host() { return *host_; }

  std::chrono::milliseconds patience{20000};

 private:
  void Start(registrations::SweeperOptions sweeper);

  std::string folder_;
  FaultyBookings bookings_;
  std::unique_ptr<host::Host> host_;
  exec::Store* store_ = nullptr;
  std::shared_ptr<grpc::Channel> channel_;
};

std::string NewRequestId();

}  // namespace equity::participants::testing
