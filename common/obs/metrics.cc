#include "common/obs/metrics.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "common/obs/process.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace equity::obs {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;

// In the order of grpc::StatusCode, by the names the Go middleware gives them.
constexpr std::array<std::string_view, 17> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// From half a millisecond on: a booking takes less than the Go middleware's smallest bucket of 5 ms.
const Histogram::BucketBoundaries kCallSeconds = {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
const Histogram::BucketBoundaries kCommitSeconds = {.0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .25, 1};
const Histogram::BucketBoundaries kWaitSeconds = {.0001, .00025, .0005, .001, .0025, .005, .01,
                                                  .025,  .05,    .1,    .2,   .5,    1};

size_t IndexOf(grpc::StatusCode code) {
  const auto index = static_cast<size_t>(code);
  return index < kCodeNames.size() ? index : static_cast<size_t>(grpc::StatusCode::UNKNOWN);
}

const char* TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

struct MethodFamilies {
  Family<Counter>& started;
  Family<Counter>& handled;
  Family<Histogram>& seconds;
};

class Method final : public MethodMetrics {
 public:
  Method(const MethodFamilies& families, const Labels& labels)
      : started_(families.started.Add(labels)), seconds_(families.seconds.Add(labels, kCallSeconds)) {
    for (size_t i = 0; i < kCodeNames.size(); ++i) {
      Labels with_code = labels;
      with_code["grpc_code"] = kCodeNames[i];
      handled_[i] = &families.handled.Add(with_code);
    }
  }

  void Started() override { started_.Increment(); }
  void Handled(grpc::StatusCode code, absl::Duration latency) override {
    handled_[IndexOf(code)]->Increment();
    seconds_.Observe(absl::ToDoubleSeconds(latency));
  }

 private:
  Counter& started_;
  Histogram& seconds_;
  std::array<Counter*, kCodeNames.size()> handled_;
};

struct WriterFamilies {
  Family<Counter>& batches;
  Family<Counter>& jobs;
  Family<Histogram>& commit_seconds;
  Family<Gauge>& queue_length;
  Family<Histogram>& wait_seconds;
  Family<Counter>& refused;
  Family<Counter>& dropped;
};

Labels With(Labels labels, const char* name, const char* value) {
  labels[name] = value;
  return labels;
}

class StoreWriter final : public Metrics::Writer {
 public:
  StoreWriter(const WriterFamilies& families, const Labels& labels)
      : batches_(families.batches.Add(labels)),
        jobs_(families.jobs.Add(labels)),
        commit_seconds_(families.commit_seconds.Add(labels, kCommitSeconds)),
        queue_length_(families.queue_length.Add(labels)),
        wait_seconds_(families.wait_seconds.Add(labels, kWaitSeconds)) {
    for (const char* why : {"full", "slow"}) turned_[why] = &families.refused.Add(With(labels, "reason", why));
    for (const char* why : {"expired", "unwanted"}) turned_[why] = &families.dropped.Add(With(labels, "reason", why));
  }

  void Batch(int jobs, absl::Duration commit) override {
    batches_.Increment();
    jobs_.Increment(jobs);
    commit_seconds_.Observe(absl::ToDoubleSeconds(commit));
  }
  void QueueLength(int jobs) override { queue_length_.Set(jobs); }
  void Waited(const std::vector<double>& seconds) override {
    std::vector<double> in_buckets(kWaitSeconds.size() + 1);
    double sum = 0;
    for (const double each : seconds) {
      ++in_buckets[std::lower_bound(kWaitSeconds.begin(), kWaitSeconds.end(), each) - kWaitSeconds.begin()];
      sum += each;
    }
    wait_seconds_.ObserveMultiple(in_buckets, sum);
  }
  void Turned(std::string_view why) override {
    if (const auto found = turned_.find(why); found != turned_.end()) found->second->Increment();
  }

 private:
  Counter& batches_;
  Counter& jobs_;
  Histogram& commit_seconds_;
  Gauge& queue_length_;
  Histogram& wait_seconds_;
  std::map<std::string_view, Counter*> turned_;
};

class OutsideConnections final : public Metrics::Connections {
 public:
  OutsideConnections(Family<Counter>& accepted, Family<Counter>& refused, Family<Gauge>& open)
      : accepted_(accepted.Add({})), refused_(refused), open_(open.Add({})) {
    for (const char* reason : {"all", "client", "descriptors", "memory"}) refused_.Add({{"reason", reason}});
  }

  void Accepted() override { accepted_.Increment(); }
  void Refused(const char* reason) override { refused_.Add({{"reason", reason}}).Increment(); }
  void Open(int connections) override { open_.Set(connections); }

 private:
  Counter& accepted_;
  Family<Counter>& refused_;
  Gauge& open_;
};

Family<Counter>& NewCounter(prometheus::Registry* registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry);
}
Family<Gauge>& NewGauge(prometheus::Registry* registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry);
}
Family<Histogram>& NewHistogram(prometheus::Registry* registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry);
}

}  // namespace

std::string_view CodeName(grpc::StatusCode code) { return kCodeNames[IndexOf(code)]; }

class Metrics::Impl {
 public:
  explicit Impl(std::string_view version) {
    const Labels labels = {{"version", std::string(version)}};
    NewGauge(&registry_, "build_info", "Always 1; the labels say what was built.").Add(labels).Set(1);
  }

  MethodMetrics* ForMethod(const google::protobuf::MethodDescriptor& method) {
    const Labels labels = {
        {"grpc_type", TypeOf(method)}, {"grpc_service", method.service()->full_name()}, {"grpc_method", method.name()}};
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Method>& made = methods_[method.full_name()];
    if (!made) made = std::make_unique<Method>(method_families_, labels);
    return made.get();
  }

  Writer* ForWriter(std::string_view store) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<StoreWriter>& made = writers_[std::string(store)];
    if (!made) made = std::make_unique<StoreWriter>(writer_families_, Labels{{"store", std::string(store)}});
    return made.get();
  }

  Connections* ForConnections() { return &connections_; }

  void HttpHandled(const std::string& method, const std::string& route, int status, absl::Duration latency) {
    // Found again where they are there already.
    http_seconds_
        .Add({{"http_request_method", method},
              {"http_route", route},
              {"http_response_status_code", std::to_string(status)}},
             kCallSeconds)
        .Observe(absl::ToDoubleSeconds(latency));
  }

  void InvariantsChecked(int violations, absl::Time time) {
    violations_.Add({}).Set(violations);
    check_time_.Add({}).Set(absl::ToDoubleSeconds(time - absl::UnixEpoch()));
  }

  std::string Text() const {
    std::vector<prometheus::MetricFamily> families = registry_.Collect();
    for (auto& family : ProcessMetrics()) families.push_back(std::move(family));
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  prometheus::Registry registry_;
  const MethodFamilies method_families_ = {
      NewCounter(&registry_, "grpc_server_started_total", "RPCs started on the server."),
      NewCounter(&registry_, "grpc_server_handled_total", "RPCs completed on the server, by code."),
      NewHistogram(&registry_, "grpc_server_handling_seconds", "Seconds an RPC took on the server.")};
  const WriterFamilies writer_families_ = {
      NewCounter(&registry_, "equity_writer_batches_total", "Batches a store's writer has committed."),
      NewCounter(&registry_, "equity_writer_jobs_total", "Jobs in these batches."),
      NewHistogram(&registry_, "equity_writer_commit_seconds", "Seconds a commit took."),
      NewGauge(&registry_, "equity_writer_queue_length", "Jobs that wait for a store's writer."),
      NewHistogram(&registry_, "equity_writer_wait_seconds", "Seconds a job waited for a store's writer."),
      NewCounter(&registry_, "equity_writer_refused_total", "Calls refused, as too much waited for a store's writer."),
      NewCounter(&registry_, "equity_writer_dropped_total", "Jobs not run, as nobody waited for them any more.")};
  Family<Histogram>& http_seconds_ = NewHistogram(&registry_, "http_server_request_duration_seconds",
                                                  "Seconds from a request over HTTP to the end of its reply.");
  Family<Gauge>& violations_ =
      NewGauge(&registry_, "equity_invariant_violations", "What must always hold and did not at the last check.");
  Family<Gauge>& check_time_ =
      NewGauge(&registry_, "equity_invariants_check_timestamp_seconds", "When that was checked last.");
  OutsideConnections connections_{
      NewCounter(&registry_, "equity_connections_accepted_total", "Connections from outside that were accepted."),
      NewCounter(&registry_, "equity_connections_refused_total", "Connections that were refused or closed, by reason."),
      NewGauge(&registry_, "equity_connections_open", "Connections from outside that are open.")};
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Method>> methods_;
  std::map<std::string, std::unique_ptr<StoreWriter>> writers_;
};

Metrics::Metrics(std::string_view version) : impl_(std::make_unique<Impl>(version)) {}
Metrics::~Metrics() = default;

MethodMetrics* Metrics::ForMethod(const google::protobuf::MethodDescriptor* method) {
  return impl_->ForMethod(*method);
}
void Metrics::HttpHandled(const std::string& method, const std::string& route, int status, absl::Duration latency) {
  impl_->HttpHandled(method, route, status, latency);
}
Metrics::Writer* Metrics::ForWriter(std::string_view store) { return impl_->ForWriter(store); }
Metrics::Connections* Metrics::ForConnections() { return impl_->ForConnections(); }
void Metrics::InvariantsChecked(int violations, absl::Time time) { impl_->InvariantsChecked(violations, time); }
std::string Metrics::Text() const { return impl_->Text(); }

}  // namespace equity::obs
