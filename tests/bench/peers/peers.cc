#include "tests/bench/peers/peers.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tests/bench/peers/etcd.h"

namespace equity::bench {
namespace {

// What is not installed is passed over; whatever else is wrong ends the run.
template <class T>
absl::Status TakeIfThere(absl::StatusOr<T> started, T& into) {
  if (started.ok()) {
    into = *std::move(started);
  } else if (absl::IsNotFound(started.status())) {
    std::fprintf(stderr, "equity-bench: NOT MEASURED: %s\n", std::string(started.status().message()).c_str());
  } else {
    return started.status();
  }
  return absl::OkStatus();
}

#ifndef EQUITY_LIBPQ
absl::StatusOr<std::unique_ptr<Postgresql>> StartPostgresql(const std::string&) {
  return absl::NotFoundError("libpq was not there when this was built (Debian: libpq-dev)");
}
#else
absl::StatusOr<std::unique_ptr<Postgresql>> StartPostgresql(const std::string& folder) {
  return Postgresql::Start(folder);
}
#endif

}  // namespace

absl::Status Peers::Run() {
  RETURN_IF_ERROR(Prepare());
  for (int round = 0; round < options_.rounds; ++round) RETURN_IF_ERROR(Round());
  return absl::OkStatus();
}

absl::Status Peers::Copy(const std::string& from, const std::string& to) const {
  std::error_code error;
  std::filesystem::remove_all(Folder(to), error);
  std::filesystem::copy(Folder(from), Folder(to), std::filesystem::copy_options::recursive, error);
  return error ? absl::UnavailableError(absl::StrCat("cannot copy a data folder: ", error.message()))
               : absl::OkStatus();
}

absl::Status Peers::Prepare() {
  ASSIGN_OR_RETURN(echo_, Child::Start({"/proc/self/exe", "--serve-echo"}));
  echo_calls_ = MakeEcho();
  ASSIGN_OR_RETURN(registered_, Site::Start(Folder("registered")));
  ASSIGN_OR_RETURN(const auto sessions, registered_->Load());
  ASSIGN_OR_RETURN(book_calls_, MakeBook(*registered_, sessions));
  RETURN_IF_ERROR(registered_->Stop());
  RETURN_IF_ERROR(Record());
  RETURN_IF_ERROR(Copy("registered", "site"));
  ASSIGN_OR_RETURN(site_, Site::Start(Folder("site")));
  RETURN_IF_ERROR(TakeIfThere(StartEtcd(Folder("etcd")), etcd_));
  return TakeIfThere(StartPostgresql(Folder("postgresql")), postgresql_);
}

// What a server runs for bookings of which each has a commit to itself.
absl::Status Peers::Record() {
  RETURN_IF_ERROR(Copy("registered", "record"));
  const std::string file = Folder("statements");
  ASSIGN_OR_RETURN(const auto site, Site::Start(Folder("record"), {"--record-statements", file}));
  BookWorkload calls = book_calls_;
  RETURN_IF_ERROR(Measure(site->server(), {.length = absl::Seconds(1), .in_flight = 1}, calls).status());
  RETURN_IF_ERROR(site->Stop());
  ASSIGN_OR_RETURN(recording_, Recording::Read(file));
  return absl::OkStatus();
}

absl::Status Peers::Round() {
  ASSIGN_OR_RETURN(const Rate book, Measure(site_->server(), Full(), book_calls_));
  figures_.Add("book_per_s", book.per_second);
  Settle(site_->server());
  if (etcd_ != nullptr) {
    ASSIGN_OR_RETURN(const Rate put, Measure(*etcd_, Full(), MakePut()));
    figures_.Add("etcd_per_s", put.per_second);
    figures_.AddRatio("book_etcd_ratio", "book_per_s", "etcd_per_s");
  }
  if (postgresql_ != nullptr) {
    ASSIGN_OR_RETURN(const double per_second, postgresql_->Book(Full()));
    figures_.Add("postgresql_per_s", per_second);
    figures_.AddRatio("book_postgresql_ratio", "book_per_s", "postgresql_per_s");
  }
  return One();
}

absl::Status Peers::One() {
  ASSIGN_OR_RETURN(const Rate echo, Measure(*echo_, OneInFlight(), echo_calls_));
  ASSIGN_OR_RETURN(const Rate book, Measure(site_->server(), OneInFlight(), book_calls_));
  Settle(site_->server());
  RETURN_IF_ERROR(Copy("registered", "replay"));
  sync();  // or each commit waits for what was copied
  ASSIGN_OR_RETURN(const double sqlite, ReplayEach(recording_, "workshops", Folder("replay")));
  figures_.Add("echo1_p50_ms", echo.p50_ms);
  figures_.Add("book1_p50_ms", book.p50_ms);
  figures_.Add("sqlite1_p50_ms", sqlite);
  return absl::OkStatus();
}

}  // namespace equity::bench
