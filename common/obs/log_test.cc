#include "common/obs/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <sstream>
#include <thread>

#include "gmock/gmock.h"
#include "grpc/support/log.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace equity::obs {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A file without a name, and what a log has written into it.
class LogFile {
 public:
  LogFile() : file_(std::tmpfile()) {}
  ~LogFile() { std::fclose(file_); }
  int fd() const { return fileno(file_); }

  std::vector<json> Lines() const {
    std::string text(lseek(fd(), 0, SEEK_END), '\0');
    EXPECT_EQ(pread(fd(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    EXPECT_TRUE(text.empty() || text.back() == '\n');
    std::istringstream stream(text);
    std::vector<json> lines;
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(json::parse(line, nullptr, false));
      EXPECT_TRUE(lines.back().is_object()) << line;
    }
    return lines;
  }

 private:
  FILE* file_;
};

CallRecord Record() {
  CallRecord record;
  record.service = "equity.workshops.v1.BookingService";
  record.method = "BookPlace";
  record.code = "FailedPrecondition";
  record.reason = "SESSION_FULL";
  record.subject = "hr-system";
  record.organisation = "rde";
  record.request_id = "0190a0b0-0000-7000-8000-000000000001";
  record.trace_id = "0af7651916cd43dd8448eb211c80319c";
  record.span_id = "b7ad6b7169203331";
  record.start = absl::FromUnixMicros(1'626'768'000'000'007);  // 2021-07-20T08:00:00.000007Z
  record.latency = absl::Microseconds(1234);
  record.request_bytes = 120;
  record.response_bytes = 80;
  return record;
}

TEST(Log, WritesACallAsOneObject) {
  const LogFile file;
  Log(file.fd()).Call(Record());
  const json expected = {{"ts", "2021-07-20T08:00:00.001241Z"},
                         {"severity", "INFO"},
                         {"service", "equity.workshops.v1.BookingService"},
                         {"method", "BookPlace"},
                         {"code", "FailedPrecondition"},
                         {"reason", "SESSION_FULL"},
                         {"latency_ms", 1.234},
                         {"subject", "hr-system"},
                         {"organisation", "rde"},
                         {"request_id", "0190a0b0-0000-7000-8000-000000000001"},
                         {"trace_id", "0af7651916cd43dd8448eb211c80319c"},
                         {"span_id", "b7ad6b7169203331"},
                         {"request_bytes", 120},
                         {"response_bytes", 80}};
  EXPECT_EQ(file.Lines(), std::vector<json>{expected});
}

TEST(Log, LeavesOutWhatIsNotKnown) {
  const LogFile file;
  CallRecord record;
  record.code = "OK";
  record.latency = -absl::InfiniteDuration();
  record.start = absl::InfinitePast();
  Log(file.fd()).Call(record);
  const json line = file.Lines().at(0);
  EXPECT_FALSE(line.contains("reason") || line.contains("subject") || line.contains("trace_id"));
  EXPECT_EQ(line["latency_ms"], 0.0);
}

TEST(Log, OurFaultsStandOut) {
  const LogFile file;
  {
    Log log(file.fd());
    for (const char* code : {"OK", "NotFound", "Unavailable", "Internal"}) {
      CallRecord record = Record();
      record.code = code;
      log.Call(record);
    }
  }
  std::vector<std::string> severities;
  for (const json& line : file.Lines()) severities.push_back(line["severity"]);
  EXPECT_THAT(severities, testing::ElementsAre("INFO", "INFO", "WARNING", "ERROR"));
}

TEST(Log, NoValueBreaksOutOfItsField) {
  const LogFile file;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"say \"hi\"\n{\"severity\":\"ERROR\"}", "say \"hi\"\n{\"severity\":\"ERROR\"}"},
      {"back\\slash\\", "back\\slash\\"},
      {std::string("a\0b", 3), std::string("a\0b", 3)},
      {"\x01\x1f\x7f\t\r\b", "\x01\x1f\x7f\t\r\b"},
      {"Zoë 👩🏽‍💻 \u2028", "Zoë 👩🏽‍💻 \u2028"},
      {"\xff", "\uFFFD"},
      {"a\xc3", "a\uFFFD"},                                // cut short
      {"\xc0\xaf", "\uFFFD\uFFFD"},                        // overlong
      {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},              // half of a surrogate pair
      {"\xf4\x90\x80\x80!", "\uFFFD\uFFFD\uFFFD\uFFFD!"},  // beyond Unicode
      {std::string(5000, 'x'), std::string(1024, 'x')},
      {std::string(1023, 'x') + "é", std::string(1023, 'x') + "\uFFFD"},
      {"", ""},
  };
  {
    Log log(file.fd());
    for (const auto& [value, ignored] : cases) log.Event(Severity::kInfo, "message", {{"value", value}});
  }
  const std::vector<json> lines = file.Lines();
  ASSERT_EQ(lines.size(), cases.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(lines[i]["value"], cases[i].second) << i;
    EXPECT_EQ(lines[i].size(), 4u) << i;
    EXPECT_EQ(lines[i]["severity"], "INFO");
  }
}

TEST(Log, AnySingleAndDoubleByteIsSafe) {
  const LogFile file;
  {
    Log log(file.fd());
    for (int a = 0; a < 256; ++a) {
      std::string all;
      for (int b = 0; b < 256; ++b) all += {static_cast<char>(a), static_cast<char>(b)};
      log.Event(Severity::kInfo, all);
    }
  }
  EXPECT_EQ(file.Lines().size(), 256u);
}

TEST(Log, RequestsOverHttpByTheirRoute) {
  const LogFile file;
  {
    Log log(file.fd());
    log.Http({.method = "GET", .route = "/v1/{name=advice/*}", .status = 200, .latency = absl::Milliseconds(3)});
    log.Http({.method = "GET", .status = 503, .whole = false});
    log.Http({.method = "POST", .route = "/v1/registrations:submit", .status = 500});
  }
  const auto lines = file.Lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["http_route"], "/v1/{name=advice/*}");
  EXPECT_EQ(lines[0]["http_status"], 200);
  EXPECT_EQ(lines[0]["severity"], "INFO");
  EXPECT_FALSE(lines[1].contains("http_route"));
  EXPECT_EQ(lines[1]["cut_off"], "yes");
  EXPECT_EQ(lines[1]["severity"], "WARNING");
  EXPECT_EQ(lines[2]["severity"], "ERROR");
}

TEST(Log, LeavesOutWhatIsLessThanTheLeast) {
  const LogFile file;
  {
    Log log(file.fd(), Severity::kWarning);
    log.Call(Record());
    log.Event(Severity::kInfo, "no");
    log.Event(Severity::kWarning, "yes");
  }
  const auto lines = file.Lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["message"], "yes");
}

TEST(Log, ManyThreadsLoseNothing) {
  const LogFile file;
  {
    Log log(file.fd());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < 1000; ++i) log.Call(Record());
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(file.Lines().size(), 4000u);
}

TEST(Log, DropsAndCountsWhenNobodyReads) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::string text;
  std::thread reader;
  {
    Log log(ends[1]);
    for (int i = 0; i < 200'000; ++i) log.Event(Severity::kInfo, "x");  // more than pipe and queue hold
    reader = std::thread([&] {
      char part[65536];
      for (ssize_t size; (size = read(ends[0], part, sizeof part)) > 0;) text.append(part, size);
    });
  }
  close(ends[1]);
  reader.join();
  close(ends[0]);
  int64_t kept = 0, dropped = 0;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const json parsed = json::parse(line, nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << line;
    if (parsed["message"] == "log lines dropped") {
      dropped += std::stoll(parsed["count"].get<std::string>());
    } else {
      ++kept;
    }
  }
  EXPECT_GE(kept, 65'536);
  EXPECT_GT(dropped, 0);
  EXPECT_EQ(kept + dropped, 200'000);
}

TEST(Log, AReaderThatHasGoneDoesNoHarm) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  { Log(ends[1]).Event(Severity::kInfo, "to nobody"); }
  close(ends[1]);
}

TEST(Log, TakesGrpcsOwnLines) {
  const LogFile file;
  {
    Log log(file.fd());
    gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);  // as gRPC does when it starts
    CaptureGrpcLog(&log);
    gpr_log("src/core/x.cc", 7, GPR_LOG_SEVERITY_ERROR, "broken \"%s\"", "pipe");
    CaptureGrpcLog(nullptr);
  }
  const auto lines = file.Lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["message"], "broken \"pipe\"");
  EXPECT_EQ(lines[0]["place"], "x.cc:7");
  EXPECT_EQ(lines[0]["severity"], "ERROR");
}

// Not a promise about any machine: says loudly when a line has become dear.
TEST(Log, ALineIsCheap) {
  const int null = open("/dev/null", O_WRONLY);
  {
    Log log(null);
    const CallRecord record = Record();
    constexpr int kCalls = 50'000;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) log.Call(record);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    std::printf("a line costs its caller %.0f ns\n", took.count() / kCalls);
    EXPECT_LT(took.count() / kCalls, 50'000);
  }
  close(null);
}

}  // namespace
}  // namespace equity::obs
