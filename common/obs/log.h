// The log: one JSON object per line, ids and codes only. Nothing about a person ever goes in.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

namespace equity::obs {

enum class Severity { kDebug, kInfo, kWarning, kError };

// What is logged of a call. The views need to live until Write returns.
struct CallRecord {
  std::string_view service;       // such as equity.workshops.v1.BookingService
  std::string_view method;        // such as BookPlace
  std::string_view code;          // such as OK, NotFound
  std::string_view reason;        // the ErrorInfo reason, such as SESSION_FULL
  std::string_view subject;       // who, by the credential
  std::string_view organisation;  // the caller's organisation id
  std::string_view request_id;
  std::string_view trace_id;  // 32 hexadecimal digits
  std::string_view span_id;   // 16
  absl::Time start;           // system clock
  absl::Duration latency;
  int64_t request_bytes = 0;
  int64_t response_bytes = 0;
};

// What is logged of a request over HTTP: its route, never its address, as that names things.
struct HttpRecord {
  std::string_view method;    // such as GET
  std::string_view route;     // such as /v1/{parent=workshops/*}/sessions; empty where there is none
  int status = 0;             // such as 200; 499 where the client had gone before the reply
  bool whole = true;          // the reply was sent to its end
  std::string_view trace_id;  // 32 hexadecimal digits
  absl::Time start;           // system clock
  absl::Duration latency;
  int64_t request_bytes = 0;
  int64_t response_bytes = 0;
};

// Lines are queued and written by a thread of the log's own, so that a call never waits for the disk; when the queue
// is full (65,536 lines) lines are dropped and counted, and the count is logged. Thread-safe.
class Log {
 public:
  // Writes to the file descriptor, which it does not close.
  explicit Log(int fd, Severity least = Severity::kInfo);
  ~Log();  // writes what is queued
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Call(const CallRecord& record);
  void Http(const HttpRecord& record);
  using Field = std::pair<std::string_view, std::string_view>;
  void Event(Severity severity, std::string_view message, std::initializer_list<Field> fields = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Sends gRPC's own log lines to `log` (one log a process) until called with null, which must be before it goes.
void CaptureGrpcLog(Log* log);

}  // namespace equity::obs
