#include "common/obs/log.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/obs/json.h"
#include "grpc/support/log.h"

namespace equity::obs {
namespace {

constexpr int kMaxLines = 65'536;
// How long lines may gather before they are written: callers then seldom need to wake the writer.
constexpr std::chrono::milliseconds kGather(5);

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

// What we did wrong is an error, what we lacked a warning; the rest is the caller's business.
Severity SeverityOf(std::string_view code) {
  for (const std::string_view ours : {"Unknown", "Internal", "DataLoss"}) {
    if (code == ours) return Severity::kError;
  }
  for (const std::string_view lack : {"Unavailable", "DeadlineExceeded", "ResourceExhausted"}) {
    if (code == lack) return Severity::kWarning;
  }
  return Severity::kInfo;
}

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(written);
    } else if (errno == EAGAIN) {
      pollfd writable = {fd, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return;  // nobody is left to tell
    }
  }
}

std::string EventLine(Severity severity, std::string_view message, std::initializer_list<Log::Field> fields) {
  std::string text;
  JsonLine line(&text);
  line.Time("ts", absl::Now());
  line.Text("severity", NameOf(severity));
  line.Text("message", message);
  for (const auto& [name, value] : fields) line.Text(name, value);
  line.End();
  return text;
}

void AppendCallLine(std::string* out, Severity severity, const CallRecord& record) {
  JsonLine line(out);
  line.Time("ts", record.start + record.latency);
  line.Text("severity", NameOf(severity));
  line.Text("service", record.service);
  line.Text("method", record.method);
  line.Text("code", record.code);
  line.TextIfAny("reason", record.reason);
  line.Milliseconds("latency_ms", record.latency);
  line.TextIfAny("subject", record.subject);
  line.TextIfAny("organisation", record.organisation);
  line.TextIfAny("request_id", record.request_id);
  line.TextIfAny("trace_id", record.trace_id);
  line.TextIfAny("span_id", record.span_id);
  line.Number("request_bytes", record.request_bytes);
  line.Number("response_bytes", record.response_bytes);
  line.End();
}

// As for calls: what we did wrong, what we lacked, and what is the caller's business.
Severity SeverityOf(int http_status) {
  if (http_status == 503 || http_status == 504 || http_status == 429) return Severity::kWarning;
  return http_status >= 500 ? Severity::kError : Severity::kInfo;
}

void AppendHttpLine(std::string* out, Severity severity, const HttpRecord& record) {
  JsonLine line(out);
  line.Time("ts", record.start + record.latency);
  line.Text("severity", NameOf(severity));
  line.Text("http_method", record.method);
  line.TextIfAny("http_route", record.route);
  line.Number("http_status", record.status);
  if (!record.whole) line.Text("cut_off", "yes");
  line.Milliseconds("latency_ms", record.latency);
  line.TextIfAny("trace_id", record.trace_id);
  line.Number("request_bytes", record.request_bytes);
  line.Number("response_bytes", record.response_bytes);
  line.End();
}

}  // namespace

class Log::Impl {
 public:
  Impl(int fd, Severity least) : fd_(fd), least_(least), writer_([this] { Run(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_one();
    writer_.join();
  }

  bool Wants(Severity severity) const { return severity >= least_; }

  void Queue(std::string_view line) {
    bool first;
    {
      const std::lock_guard lock(mutex_);
      if (lines_ == kMaxLines) {
        ++dropped_;
        return;
      }
      first = lines_++ == 0;
      queue_ += line;
    }
    if (first) wake_.notify_one();
  }

 private:
  void Run() {
    // Signals are for other threads; a reader that has gone must not end the process either (SIGPIPE).
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    std::string batch;
    while (TakeBatch(&batch)) WriteAll(fd_, batch);
  }

  // Waits for lines; false when there are none left and no more will come.
  bool TakeBatch(std::string* batch) {
    batch->clear();
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stop_ || lines_ > 0; });
    wake_.wait_for(lock, kGather, [this] { return stop_; });
    batch->swap(queue_);
    lines_ = 0;
    if (dropped_ > 0) *batch += EventLine(Severity::kError, "log lines dropped", {{"count", absl::StrCat(dropped_)}});
    dropped_ = 0;
    return !batch->empty();
  }

  const int fd_;
  const Severity least_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string queue_;  // guarded by mutex_, like all below
  int lines_ = 0;      // in queue_
  int64_t dropped_ = 0;
  bool stop_ = false;
  std::thread writer_;  // last: it uses the others
};

Log::Log(int fd, Severity least) : impl_(std::make_unique<Impl>(fd, least)) {}
Log::~Log() = default;

void Log::Call(const CallRecord& record) {
  const Severity severity = SeverityOf(record.code);
  if (!impl_->Wants(severity)) return;
  thread_local std::string line;  // keeps its memory from call to call
  line.clear();
  AppendCallLine(&line, severity, record);
  impl_->Queue(line);
}

void Log::Http(const HttpRecord& record) {
  const Severity severity = SeverityOf(record.status);
  if (!impl_->Wants(severity)) return;
  std::string line;
  AppendHttpLine(&line, severity, record);
  impl_->Queue(line);
}

void Log::Event(Severity severity, std::string_view message, std::initializer_list<Field> fields) {
  if (impl_->Wants(severity)) impl_->Queue(EventLine(severity, message, fields));
}

namespace {

std::atomic<Log*> grpc_log = nullptr;

void LogGrpc(gpr_log_func_args* args) {
  Log* log = grpc_log.load();
  if (log == nullptr) return;
  const Severity severity = args->severity == GPR_LOG_SEVERITY_ERROR  ? Severity::kError
                            : args->severity == GPR_LOG_SEVERITY_INFO ? Severity::kInfo
                                                                      : Severity::kDebug;
  const char* slash = std::strrchr(args->file, '/');
  const std::string place = absl::StrCat(slash == nullptr ? args->file : slash + 1, ":", args->line);
  log->Event(severity, args->message, {{"logger", "grpc"}, {"place", place}});
}

}  // namespace

void CaptureGrpcLog(Log* log) {
  grpc_log = log;
  gpr_set_log_function(log == nullptr ? nullptr : LogGrpc);
}

}  // namespace equity::obs
