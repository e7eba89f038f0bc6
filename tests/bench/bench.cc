#include "tests/bench/bench.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/bench/disk.h"

namespace equity::bench {
namespace {

constexpr int kRowsPerSecond = 10'000;
constexpr int kRowsPerTransaction = 1'000;

}  // namespace

const std::vector<std::string>& Bench::Parts() {
  static const std::vector<std::string> parts = {"echo", "book", "get", "naive", "register", "sqlite", "one", "disk"};
  return parts;
}

absl::Status Bench::Run() {
  RETURN_IF_ERROR(Prepare());
  for (int round = 0; round < options_.rounds; ++round) RETURN_IF_ERROR(Round());
  return absl::OkStatus();
}

int Bench::Rows() const { return std::max(kRowsPerTransaction, static_cast<int>(kRowsPerSecond * options_.seconds)); }

// A data folder that holds organisations and sessions.
absl::StatusOr<std::string> Bench::Copy(const std::string& name) {
  std::error_code error;
  std::filesystem::remove_all(Folder(name), error);
  std::filesystem::copy(Folder("base"), Folder(name), std::filesystem::copy_options::recursive, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot copy a data folder: ", error.message()));
  return Folder(name);
}

absl::Status Bench::Prepare() {
  if (Has("echo") || Has("one")) {
    ASSIGN_OR_RETURN(echo_, Child::Start({"/proc/self/exe", "--serve-echo"}));
    echo_calls_ = MakeEcho();
  }
  const bool needs_site = Has("book") || Has("get") || Has("one");
  if (needs_site || Has("naive") || Has("register") || Has("sqlite")) {
    ASSIGN_OR_RETURN(const auto base, Site::Start(Folder("base")));
    ASSIGN_OR_RETURN(sessions_, base->Load());
    RETURN_IF_ERROR(base->Stop());
  }
  if (needs_site) {
    ASSIGN_OR_RETURN(const std::string folder, Copy("site"));
    ASSIGN_OR_RETURN(site_, Site::Start(folder));
    ASSIGN_OR_RETURN(book_calls_, MakeBook(*site_, sessions_));
    get_calls_ = MakeGet(*site_, sessions_);
  }
  if (Has("naive")) {
    ASSIGN_OR_RETURN(const std::string folder, Copy("naive"));
    ASSIGN_OR_RETURN(naive_, Site::Start(folder, {"--batch-limit", "1"}));
    ASSIGN_OR_RETURN(naive_calls_, MakeBook(*naive_, sessions_));
  }
  return Has("sqlite") ? Record() : absl::OkStatus();
}

absl::Status Bench::Record() {
  ASSIGN_OR_RETURN(const std::string folder, Copy("record"));
  const std::string file = Folder("statements");
  ASSIGN_OR_RETURN(const auto site, Site::Start(folder, {"--record-statements", file}));
  RETURN_IF_ERROR(site->Register(0, MakeStaff(0, Rows(), 0, Site::kSessions)).status());
  RETURN_IF_ERROR(site->Stop());
  ASSIGN_OR_RETURN(recording_, Recording::Read(file));
  return absl::OkStatus();
}

absl::Status Bench::Round() {
  if (Has("echo")) RETURN_IF_ERROR(Echo());
  if (Has("book")) RETURN_IF_ERROR(Book());
  if (Has("get")) RETURN_IF_ERROR(Get());
  if (Has("naive")) RETURN_IF_ERROR(Naive());
  if (Has("register")) RETURN_IF_ERROR(Register());
  if (Has("sqlite")) RETURN_IF_ERROR(Sqlite());
  if (Has("one")) RETURN_IF_ERROR(One());
  if (Has("disk")) RETURN_IF_ERROR(Disk());
  figures_.AddRatio("book_ratio", "book_per_s", "echo_per_s");
  figures_.AddRatio("get_ratio", "get_per_s", "echo_per_s");
  figures_.AddRatio("naive_ratio", "book_per_s", "naive_per_s");
  figures_.AddRatio("register_ratio", "register_rows_per_s", "sqlite_rows_per_s");
  return absl::OkStatus();
}

absl::Status Bench::Echo() {
  ASSIGN_OR_RETURN(const Rate rate, Measure(*echo_, Full(), echo_calls_));
  figures_.Add("echo_per_s", rate.per_second);
  return absl::OkStatus();
}

absl::Status Bench::Book() {
  ASSIGN_OR_RETURN(const Rate rate, Measure(site_->server(), Full(), book_calls_));
  figures_.Add("book_per_s", rate.per_second);
  figures_.Add("p50_ms", rate.p50_ms);
  figures_.Add("p99_ms", rate.p99_ms);
  figures_.Add("book_cpu_us", rate.cpu_us);
  Settle(site_->server());
  return absl::OkStatus();
}

absl::Status Bench::Get() {
  ASSIGN_OR_RETURN(const Rate rate, Measure(site_->server(), Full(), get_calls_));
  figures_.Add("get_per_s", rate.per_second);
  return absl::OkStatus();
}

absl::Status Bench::Naive() {
  ASSIGN_OR_RETURN(const Rate rate, Measure(naive_->server(), Full(), naive_calls_));
  figures_.Add("naive_per_s", rate.per_second);
  Settle(naive_->server());
  return absl::OkStatus();
}

// Always into the same data folder, so that every round does the work that was recorded.
absl::Status Bench::Register() {
  ASSIGN_OR_RETURN(const std::string folder, Copy("register"));
  ASSIGN_OR_RETURN(const auto site, Site::Start(folder));
  Settle(site->server());
  const double cpu = site->server().CpuSeconds();
  ASSIGN_OR_RETURN(const auto registered, site->Register(0, MakeStaff(0, Rows(), 0, Site::kSessions)));
  figures_.Add("register_rows_per_s", Rows() / absl::ToDoubleSeconds(registered.took));
  figures_.Add("register_cpu_us", (site->server().CpuSeconds() - cpu) / Rows() * 1e6);
  return site->Stop();
}

absl::Status Bench::Sqlite() {
  ASSIGN_OR_RETURN(const std::string folder, Copy("replay"));
  absl::Duration took;
  for (const char* store : {"participants", "workshops"}) {
    ASSIGN_OR_RETURN(const absl::Duration part, Replay(recording_, store, folder, Rows() / kRowsPerTransaction));
    took += part;
  }
  figures_.Add("sqlite_rows_per_s", Rows() / absl::ToDoubleSeconds(took));
  return absl::OkStatus();
}

absl::Status Bench::One() {
  ASSIGN_OR_RETURN(const Rate echo, Measure(*echo_, OneInFlight(), echo_calls_));
  ASSIGN_OR_RETURN(const Rate book, Measure(site_->server(), OneInFlight(), book_calls_));
  figures_.Add("echo1_p50_ms", echo.p50_ms);
  figures_.Add("book1_p50_ms", book.p50_ms);
  Settle(site_->server());
  return absl::OkStatus();
}

absl::Status Bench::Disk() {
  ASSIGN_OR_RETURN(const double milliseconds, FdatasyncP50(options_.folder));
  figures_.Add("fdatasync_p50_ms", milliseconds);
  return absl::OkStatus();
}

}  // namespace equity::bench
