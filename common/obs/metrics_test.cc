#include "common/obs/metrics.h"

#include <chrono>
#include <cstdio>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.pb.h"
#include "gtest/gtest.h"

namespace equity::obs {
namespace {

using google::protobuf::MethodDescriptor;
using testing::HasSubstr;

const MethodDescriptor* HealthMethod(const char* name) {
  const auto* file = grpc::health::v1::HealthCheckRequest::descriptor()->file();
  return file->FindServiceByName("Health")->FindMethodByName(name);
}

// The value of the sample that stands in the text with exactly this name and these labels.
std::string ValueOf(const Metrics& metrics, const std::string& sample) {
  std::istringstream text(metrics.Text());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(sample) && line[sample.size()] == ' ') return line.substr(sample.size() + 1);
  }
  return "missing";
}

constexpr char kCheck[] = R"(grpc_method="Check",grpc_service="grpc.health.v1.Health",grpc_type="unary")";

std::string Handled(const char* code) {
  return absl::StrCat("grpc_server_handled_total{grpc_code=\"", code, "\",", kCheck, "}");
}

TEST(Metrics, EveryCodeStandsAtZeroFromTheStart) {
  Metrics metrics("1.2.3");
  metrics.ForMethod(HealthMethod("Check"));
  for (const char* code : {"OK", "Canceled", "NotFound", "Unauthenticated", "DataLoss"}) {
    EXPECT_EQ(ValueOf(metrics, Handled(code)), "0") << metrics.Text();
  }
  EXPECT_EQ(ValueOf(metrics, absl::StrCat("grpc_server_started_total{", kCheck, "}")), "0");
  EXPECT_EQ(ValueOf(metrics, absl::StrCat("grpc_server_handling_seconds_count{", kCheck, "}")), "0");
}

TEST(Metrics, CountsCalls) {
  Metrics metrics("1.2.3");
  MethodMetrics* check = metrics.ForMethod(HealthMethod("Check"));
  check->Started();
  check->Started();
  check->Handled(grpc::StatusCode::OK, absl::Milliseconds(3));
  check->Handled(grpc::StatusCode::NOT_FOUND, absl::Milliseconds(30));
  check->Handled(static_cast<grpc::StatusCode>(99), absl::Milliseconds(30));
  EXPECT_EQ(ValueOf(metrics, absl::StrCat("grpc_server_started_total{", kCheck, "}")), "2");
  EXPECT_EQ(ValueOf(metrics, Handled("OK")), "1");
  EXPECT_EQ(ValueOf(metrics, Handled("NotFound")), "1");
  EXPECT_EQ(ValueOf(metrics, Handled("Unknown")), "1");
  const std::string bucket = absl::StrCat("grpc_server_handling_seconds_bucket{", kCheck);
  EXPECT_EQ(ValueOf(metrics, absl::StrCat(bucket, ",le=\"0.0025\"}")), "0");
  EXPECT_EQ(ValueOf(metrics, absl::StrCat(bucket, ",le=\"0.005\"}")), "1");
  EXPECT_EQ(ValueOf(metrics, absl::StrCat(bucket, ",le=\"+Inf\"}")), "3");
}

TEST(Metrics, OneObjectAMethod) {
  Metrics metrics("1.2.3");
  EXPECT_EQ(metrics.ForMethod(HealthMethod("Check")), metrics.ForMethod(HealthMethod("Check")));
  EXPECT_NE(metrics.ForMethod(HealthMethod("Check")), metrics.ForMethod(HealthMethod("Watch")));
  EXPECT_THAT(metrics.Text(), HasSubstr("grpc_method=\"Watch\",grpc_service=\"grpc.health.v1.Health\","
                                        "grpc_type=\"server_stream\""));
}

TEST(Metrics, RequestsOverHttp) {
  Metrics metrics("1.2.3");
  for (const int status : {200, 200, 404}) {
    metrics.HttpHandled("GET", "/v1/{name=advice/*}", status, absl::Milliseconds(3));
  }
  const std::string count =
      "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"";
  EXPECT_EQ(ValueOf(metrics, count + "200\",http_route=\"/v1/{name=advice/*}\"}"), "2") << metrics.Text();
  EXPECT_EQ(ValueOf(metrics, count + "404\",http_route=\"/v1/{name=advice/*}\"}"), "1");
}

TEST(Metrics, Writers) {
  Metrics metrics("1.2.3");
  Metrics::Writer* writer = metrics.ForWriter("workshops");
  EXPECT_EQ(writer, metrics.ForWriter("workshops"));
  writer->Batch(17, absl::Milliseconds(2));
  writer->Batch(3, absl::Milliseconds(2));
  writer->QueueLength(5);
  writer->Waited({0.0001, 0.003, 7});
  writer->Turned("slow");
  writer->Turned("expired");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_batches_total{store=\"workshops\"}"), "2");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_jobs_total{store=\"workshops\"}"), "20");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_commit_seconds_count{store=\"workshops\"}"), "2");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_queue_length{store=\"workshops\"}"), "5");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_wait_seconds_bucket{store=\"workshops\",le=\"0.0001\"}"), "1");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_wait_seconds_bucket{store=\"workshops\",le=\"0.005\"}"), "2");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_wait_seconds_count{store=\"workshops\"}"), "3");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_refused_total{reason=\"slow\",store=\"workshops\"}"), "1");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_refused_total{reason=\"full\",store=\"workshops\"}"), "0");
  EXPECT_EQ(ValueOf(metrics, "equity_writer_dropped_total{reason=\"expired\",store=\"workshops\"}"), "1");
}

TEST(Metrics, TheBuildAndTheProcess) {
  const Metrics metrics("1.2.3 \"quoted\"\n");
  EXPECT_THAT(metrics.Text(), HasSubstr(R"(build_info{version="1.2.3 \"quoted\"\n"} 1)"));
  for (const char* name : {"process_resident_memory_bytes", "process_virtual_memory_bytes", "process_open_fds",
                           "process_max_fds", "process_start_time_seconds"}) {
    EXPECT_GT(std::atof(ValueOf(metrics, name).c_str()), 0) << name;
  }
  EXPECT_THAT(metrics.Text(), HasSubstr("# TYPE process_cpu_seconds_total counter"));
  const double started = std::atof(ValueOf(metrics, "process_start_time_seconds").c_str());
  EXPECT_NEAR(started, absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()), 600);
}

TEST(Metrics, CodeNames) {
  EXPECT_EQ(CodeName(grpc::StatusCode::OK), "OK");
  EXPECT_EQ(CodeName(grpc::StatusCode::CANCELLED), "Canceled");
  EXPECT_EQ(CodeName(grpc::StatusCode::UNAUTHENTICATED), "Unauthenticated");
  EXPECT_EQ(CodeName(grpc::StatusCode::DO_NOT_USE), "Unknown");
}

// Not a promise about any machine: says loudly when counting has become dear.
TEST(Metrics, CountingIsCheap) {
  Metrics metrics("1.2.3");
  MethodMetrics* check = metrics.ForMethod(HealthMethod("Check"));
  constexpr int kCalls = 200'000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) check->Handled(grpc::StatusCode::OK, absl::Milliseconds(2));
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  std::printf("counting a call costs %.0f ns\n", took.count() / kCalls);
  EXPECT_LT(took.count() / kCalls, 10'000);
}

}  // namespace
}  // namespace equity::obs
