// Metrics under the names of the go-grpc middleware, so that existing dashboards fit; text in Prometheus format.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/support/status_code_enum.h"

namespace equity::obs {

// "OK", "NotFound": the names of grpc_code labels and log lines.
std::string_view CodeName(grpc::StatusCode code);

// The counters of one RPC; found once, when it is mounted.
class MethodMetrics {
 public:
  virtual ~MethodMetrics() = default;
  virtual void Started() = 0;
  virtual void Handled(grpc::StatusCode code, absl::Duration latency) = 0;
};

// grpc_server_started_total, grpc_server_handled_total, grpc_server_handling_seconds{grpc_type,grpc_service,
// grpc_method[,grpc_code]}, zero from the start for every RPC; process_* and build_info. Thread-safe.
class Metrics {
 public:
  explicit Metrics(std::string_view version);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same object for the same method.
  MethodMetrics* ForMethod(const google::protobuf::MethodDescriptor* method);

  // A request over HTTP was answered: http_server_request_duration_seconds{http_request_method,http_route,
  // http_response_status_code}. Method and route must be of a limited number.
  void HttpHandled(const std::string& method, const std::string& route, int status, absl::Duration latency);

  // The counters and histograms of a store's writer: batches, their jobs, seconds per commit, and of what waits for it.
  class Writer {
   public:
    virtual ~Writer() = default;
    virtual void Batch(int jobs, absl::Duration commit) = 0;
    virtual void QueueLength(int jobs) = 0;
    // How long the jobs of a batch had waited, in seconds.
    virtual void Waited(const std::vector<double>& seconds) = 0;
    // A job that is not run: `full` or `slow`, where too much waits, or `expired` or `unwanted`, as nobody waits for
    // it.
    virtual void Turned(std::string_view why) = 0;
  };
  Writer* ForWriter(std::string_view store);

  // Connections from outside: equity_connections_accepted_total, equity_connections_refused_total{reason} and
  // equity_connections_open. The reasons are `client` and `all`, of which there are enough, `descriptors`, and
  // `memory`, for which an accepted one was closed again.
  class Connections {
   public:
    virtual ~Connections() = default;
    virtual void Accepted() = 0;
    virtual void Refused(const char* reason) = 0;
    virtual void Open(int connections) = 0;
  };
  Connections* ForConnections();

  // What must always hold was looked at, and so much did not: equity_invariant_violations, and when that was,
  // equity_invariants_check_timestamp_seconds. Absent until it was looked at.
  void InvariantsChecked(int violations, absl::Time time);

  // Everything, in the Prometheus text format.
  std::string Text() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace equity::obs
