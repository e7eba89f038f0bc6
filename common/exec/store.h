// A service's store: one writer that commits whatever has queued up together, and a pool of readers.
//
// The writer takes what queued while the last commit ran (there is no timer; queue.h says what waits when it is too
// much), runs the jobs in one transaction, commits once, and only then answers: no answer leaves before COMMIT returned
// OK. Rules it obeys, each of which was seen to matter on this SQLite:
//   1. A failing statement can end the whole transaction. After every failure the engine is asked; if the transaction
//      is gone, every earlier success of the batch is void and answered UNAVAILABLE.
//   2. A failed COMMIT is unknown, not "no": its jobs are answered UNAVAILABLE (COMMIT_UNKNOWN), the store takes no
//      more work, and on_fatal is called, which ends the process; the truth is then read from the disk.
//   3. Only the writer checkpoints.
//   4. One process owns a data folder (DataFolder below).
//   5. The log of commits keeps their order, and what they erased. Where a job says so (Transaction::ForgetTrace) the
//   log
//      is emptied once the store is idle, or a second later; a store that is closed leaves no log at all.
// A savepoint for each job costs a tenth of the processor time of a booking, as SQLite then keeps a copy of every page
// that a job touches. A job that fails has as a rule written nothing, and needs none; after one that has, the batch is
// run again with savepoints.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/exec/job.h"
#include "common/exec/queue.h"
#include "common/obs/metrics.h"
#include "common/sql/sqlite.h"

namespace equity::exec {

struct Migration {
  int version;
  std::string name;
  std::string script;
};

// Tells readers that something was committed. One may be subscribed to several stores.
class CommitSignal {
 public:
  void Notify();
  // Waits until it was notified since the last wait, or the time-out.
  void Wait(absl::Duration timeout);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool notified_ = false;
};

struct StoreOptions {
  std::string name;    // of the service, such as `workshops`
  std::string folder;  // the data folder; the store's file is {folder}/{name}.db
  std::vector<Migration> migrations;
  int batch_limit = 1000;  // jobs per commit
  JobQueue::Options queue;
  int readers = 8;
  int checkpoint_pages = 8000;  // beyond, 32 MiB, the log is copied into the database between two batches
  std::string vfs;              // for tests of faults
  std::function<void(const sql::Sql&, absl::Span<const sql::Value>)> observer;  // sees the writer's statements
  std::function<void()> before_job;  // for tests: on the writer's thread, before each job
  obs::Metrics::Writer* metrics = nullptr;
  std::function<void(const std::string& why)> on_fatal;
};

class Store {
 public:
  // Opens the file and brings its schema up to date. FAILED_PRECONDITION when the file is of a newer program.
  static absl::StatusOr<std::unique_ptr<Store>> Open(StoreOptions options);
  // Finishes what is queued, and leaves the database without a log.
  ~Store();

  const std::string& name() const { return options_.name; }

  void Submit(std::unique_ptr<Job> job);
  // Runs `body` as a job and waits for it. Not on a gRPC thread.
  absl::Status Write(std::function<absl::Status(sql::Transaction&)> body, Work work = Work::kOwn,
                     std::string organisation = "", absl::Time deadline = absl::InfiniteFuture());
  // Runs `body` on this thread in a read transaction, which sees one committed state. UNAVAILABLE when the store fails.
  absl::Status Read(absl::FunctionRef<absl::Status(sql::ReadTransaction&)> body);

  // A reader of its own beside the pool, for who holds one state for long. Throws sql::Error.
  std::unique_ptr<sql::SqliteConnection> OpenReader() const;

  // Runs `task` on the writer thread between batches, in a transaction of its own, once before the first batch and then
  // at the first batch of every UTC day; `day` counts from 1970-01-01. Set before the first Submit.
  void SetDailyTask(std::function<void(sql::Transaction&, int64_t day)> task) { daily_task_ = std::move(task); }

  // The signal is notified after every commit until it is unsubscribed.
  void Subscribe(CommitSignal* signal);
  void Unsubscribe(CommitSignal* signal);
  int64_t commits() const;
  // What is wrong, or empty.
  std::string Health() const;

 private:
  explicit Store(StoreOptions options);

  absl::Status Migrate();
  void WriterLoop();
  void RunDailyTask();
  void RunBatch(std::vector<std::unique_ptr<Job>>& batch);
  void HandOver();
  enum class Attempt { kToCommit, kToUndo, kGone };
  Attempt RunJobs(std::vector<std::unique_ptr<Job>>& batch, bool savepoints, std::vector<absl::Status>& outcomes);
  absl::Status RunJob(Job& job);
  absl::Status RunInSavepoint(Job& job);
  // Takes what came in since the last batch, emptying the log while nothing comes. False when the store ends. The batch
  // may be empty, where nobody waited for anything any more.
  bool TakeBatch(std::vector<std::unique_ptr<Job>>& batch);
  // Answers what is not to be run, with why.
  void TurnAway(std::vector<JobQueue::Turned>& turned);
  void EmptyLogSoon();
  void EmptyLog();
  void CheckpointIfLong();
  void Fail(const std::string& why);
  void FinisherLoop();

  class ReaderLease;
  std::unique_ptr<sql::SqliteConnection> TakeReader();
  void ReturnReader(std::unique_ptr<sql::SqliteConnection> reader);

  StoreOptions options_;
  std::string file_;
  std::unique_ptr<sql::SqliteConnection> writer_;
  std::function<void(sql::Transaction&, int64_t)> daily_task_;
  int64_t daily_done_ = -1;
  std::optional<absl::Time> trace_since_;  // since when the log holds something to be forgotten, or the last try
  absl::Duration forget_pause_;            // how long nothing must come before the log is emptied
  int checkpoint_at_ = 0;                  // pages in the log from which on the next checkpoint is tried

  mutable std::mutex mutex_;
  std::condition_variable work_;
  JobQueue queue_;
  bool stopping_ = false;
  std::string failed_;

  struct Finished {
    std::unique_ptr<Job> job;
    absl::Status status;
  };
  std::mutex finished_mutex_;
  std::condition_variable finished_work_;
  std::vector<Finished> finished_;
  bool finishing_ = true;
  std::vector<Finished> results_;         // of the batch that runs; the writer's own, as are these:
  std::vector<JobQueue::Duration> took_;  // each of its jobs
  JobQueue::Duration commit_took_{0};

  mutable std::mutex commit_mutex_;
  std::vector<CommitSignal*> subscribers_;
  int64_t commits_ = 0;

  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<sql::SqliteConnection>> idle_readers_;
  int open_readers_ = 0;

  std::thread writer_thread_;
  std::thread finisher_thread_;
};

// The folder that holds the stores of one process, locked against a second one.
class DataFolder {
 public:
  // A file that is in the folder while a backup is being restored into it.
  static constexpr char kRestoring[] = "RESTORING";
  enum class For { kServing, kRestore };
  // Makes the folder where missing. FAILED_PRECONDITION when another process has it, when it lies on a network file
  // system, where SQLite's locks cannot be trusted, or for who serves when a restore did not come to its end.
  static absl::StatusOr<std::unique_ptr<DataFolder>> Lock(std::string path, For use = For::kServing);
  ~DataFolder();
  const std::string& path() const { return path_; }

 private:
  DataFolder(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::string path_;
  int fd_;
};

}  // namespace equity::exec
