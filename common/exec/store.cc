#include "common/exec/store.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/planted/planted.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace equity::exec {
namespace {

// What is to be forgotten leaves the log when nothing came for the first of these, and with work without end after the
// second. Where a reader is in the way it is tried again, ever more seldom up to the second.
constexpr absl::Duration kIdle = absl::Milliseconds(50);
constexpr absl::Duration kLongestTrace = absl::Seconds(1);

const sql::Sql kBegin{"begin", "BEGIN IMMEDIATE"};
const sql::Sql kBeginRead{"begin_read", "BEGIN"};
const sql::Sql kCommit{"commit", "COMMIT"};
const sql::Sql kRollback{"rollback", "ROLLBACK"};
const sql::Sql kSavepoint{"savepoint", "SAVEPOINT job"};
const sql::Sql kRelease{"release", "RELEASE job"};
const sql::Sql kUndo{"undo", "ROLLBACK TO job"};
const sql::Sql kMigrationsSeen{"migrations.seen", "SELECT coalesce(max(version), 0) FROM schema_migrations"};
const sql::Sql kMigrationDone{"migrations.done", "INSERT INTO schema_migrations (version, name) VALUES ($1, $2)"};

using planted::Mistake;
using planted::Planted;

std::string_view NameOf(JobQueue::Why why) {
  switch (why) {
    case JobQueue::Why::kFull:
      return "full";
    case JobQueue::Why::kSlow:
      return "slow";
    case JobQueue::Why::kExpired:
      return "expired";
    case JobQueue::Why::kUnwanted:
      return "unwanted";
  }
  return "";
}

absl::Status NotStored() {
  return status::TryAgain(
      "NOT_STORED", "It could not be stored. Send the same request again, with the same request_id.", absl::Seconds(1));
}

absl::Status CommitUnknown() {
  return status::TryAgain("COMMIT_UNKNOWN",
                          "It is not known whether it was stored. Send the same request again, with the same "
                          "request_id: it has its effect once.",
                          absl::Seconds(2));
}

}  // namespace

void CommitSignal::Notify() {
  {
    std::lock_guard lock(mutex_);
    notified_ = true;
  }
  changed_.notify_all();
}

void CommitSignal::Wait(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout), [&] { return notified_; });
  notified_ = false;
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(StoreOptions options) {
  std::unique_ptr<Store> store(new Store(std::move(options)));
  try {
    // A process that did not end cleanly may have left what was to be forgotten.
    std::error_code missing;
    const auto left = std::filesystem::file_size(store->file_ + "-wal", missing);
    if (!missing && left > 0) store->EmptyLogSoon();
    store->writer_ = std::make_unique<sql::SqliteConnection>(
        sql::SqliteOptions{.file = store->file_, .vfs = store->options_.vfs, .observer = store->options_.observer});
    RETURN_IF_ERROR(store->Migrate());
  } catch (const sql::Error& error) {
    return absl::UnavailableError(absl::StrCat("store ", store->file_, ": ", error.what()));
  }
  store->finisher_thread_ = std::thread(&Store::FinisherLoop, store.get());
  store->writer_thread_ = std::thread(&Store::WriterLoop, store.get());
  return store;
}

Store::Store(StoreOptions options)
    : options_(std::move(options)),
      file_(absl::StrCat(options_.folder, "/", options_.name, ".db")),
      queue_(options_.queue) {}

Store::~Store() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  if (writer_thread_.joinable()) writer_thread_.join();
  {
    std::lock_guard lock(finished_mutex_);
    finishing_ = false;
  }
  finished_work_.notify_all();
  if (finisher_thread_.joinable()) finisher_thread_.join();
  idle_readers_.clear();
  // After a failure the log stays as it is: the next process reads the truth from it.
  if (writer_ != nullptr && Health().empty()) writer_->TakeLogAlong();
}

absl::Status Store::Migrate() {
  writer_->RunScript(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT");
  sql::Transaction transaction(*writer_);
  const int seen = *transaction.One(kMigrationsSeen, {}, [](const sql::Row& row) { return row.Int(0); });
  const int newest = options_.migrations.empty() ? 0 : options_.migrations.back().version;
  if (seen > newest) {
    return absl::FailedPreconditionError(absl::StrCat(file_, " has schema ", seen, ", this program knows ", newest,
                                                      ". Start the newer program that wrote it."));
  }
  for (const Migration& migration : options_.migrations) {
    if (migration.version <= seen) continue;
    transaction.Execute(kBegin);
    writer_->RunScript(migration.script);
    transaction.Execute(kMigrationDone, {migration.version, migration.name});
    transaction.Execute(kCommit);
  }
  return absl::OkStatus();
}

void Store::Submit(std::unique_ptr<Job> job) {
  JobQueue::Turned turned;
  bool is_closed = false;
  {
    std::lock_guard lock(mutex_);
    is_closed = !failed_.empty() || stopping_;
    if (!is_closed) turned = queue_.Push(std::move(job), JobQueue::Clock::now());
  }
  if (is_closed) return job->Done(NotStored());
  work_.notify_one();
  if (turned.job == nullptr) return;
  if (options_.metrics != nullptr) options_.metrics->Turned(NameOf(turned.why));
  turned.job->Done(turned.Status());
}

absl::Status Store::Write(std::function<absl::Status(sql::Transaction&)> body, Work work, std::string organisation,
                          absl::Time deadline) {
  struct Waiting {
    std::mutex mutex;
    std::condition_variable done;
    bool finished = false;
    absl::Status status;
  };
  struct WaitedJob final : Job {
    WaitedJob(std::function<absl::Status(sql::Transaction&)> body, std::shared_ptr<Waiting> waiting)
        : body(std::move(body)), waiting(std::move(waiting)) {}
    absl::Status Run(sql::Transaction& transaction) override { return body(transaction); }
    void Done(const absl::Status& status) override {
      std::lock_guard lock(waiting->mutex);
      waiting->status = status;
      waiting->finished = true;
      waiting->done.notify_one();
    }
    std::function<absl::Status(sql::Transaction&)> body;
    std::shared_ptr<Waiting> waiting;
  };
  const auto waiting = std::make_shared<Waiting>();
  auto job = std::make_unique<WaitedJob>(std::move(body), waiting);
  job->work = work;
  job->organisation = std::move(organisation);
  job->deadline = deadline;
  Submit(std::move(job));
  std::unique_lock lock(waiting->mutex);
  waiting->done.wait(lock, [&] { return waiting->finished; });
  return waiting->status;
}

bool Store::TakeBatch(std::vector<std::unique_ptr<Job>>& batch) {
  batch.clear();
  std::unique_lock lock(mutex_);
  queue_.Settle(took_, commit_took_);
  const auto ready = [&] { return stopping_ || !queue_.empty(); };
  while (trace_since_ && !work_.wait_for(lock, absl::ToChronoMilliseconds(forget_pause_), ready)) {
    lock.unlock();
    EmptyLog();
    lock.lock();
  }
  work_.wait(lock, ready);
  if (queue_.empty()) return false;
  std::vector<JobQueue::Turned> turned;
  queue_.Take(options_.batch_limit, JobQueue::Clock::now(), absl::Now(), batch, turned);
  const int left = queue_.size();
  lock.unlock();
  if (options_.metrics != nullptr) {
    options_.metrics->QueueLength(left);
    options_.metrics->Waited(queue_.waits());
  }
  TurnAway(turned);
  return true;
}

void Store::TurnAway(std::vector<JobQueue::Turned>& turned) {
  if (turned.empty()) return;
  for (JobQueue::Turned& each : turned) {
    if (options_.metrics != nullptr) options_.metrics->Turned(NameOf(each.why));
    results_.push_back({std::move(each.job), each.Status()});
  }
  HandOver();
}

void Store::WriterLoop() {
  std::vector<std::unique_ptr<Job>> batch;
  while (TakeBatch(batch)) {
    if (batch.empty()) continue;
    RunBatch(batch);
    HandOver();
  }
}

void Store::HandOver() {
  {
    std::lock_guard lock(finished_mutex_);
    std::move(results_.begin(), results_.end(), std::back_inserter(finished_));
  }
  results_.clear();
  finished_work_.notify_one();
}

void Store::RunDailyTask() {
  const int64_t day = absl::ToUnixSeconds(absl::Now()) / 86400;
  if (!daily_task_ || day == daily_done_) return;
  sql::Transaction transaction(*writer_);
  // It drops a day's answers whole, without anything personal in them: to overwrite them would write them all again.
  writer_->OverwriteFreedPages(false);
  transaction.Execute(kBegin);
  daily_task_(transaction, day);
  transaction.Execute(kCommit);
  writer_->OverwriteFreedPages(true);
  daily_done_ = day;
}

void Store::RunBatch(std::vector<std::unique_ptr<Job>>& batch) {
  const auto finish_all = [&](const absl::Status& status) {
    results_.clear();
    for (auto& job : batch) results_.push_back({std::move(job), status});
  };
  const auto finish_each = [&](std::vector<absl::Status>& outcomes) {
    for (size_t i = 0; i < batch.size(); ++i) results_.push_back({std::move(batch[i]), std::move(outcomes[i])});
  };
  if (const std::string why = Health(); !why.empty()) return finish_all(NotStored());
  sql::Transaction transaction(*writer_);
  std::vector<absl::Status> outcomes;
  outcomes.reserve(batch.size());
  try {
    RunDailyTask();
    Attempt attempt = RunJobs(batch, false, outcomes);
    if (attempt == Attempt::kToUndo) {
      transaction.Execute(kRollback);
      attempt = RunJobs(batch, true, outcomes);
    }
    // The engine gave the whole transaction up: nothing of the batch is stored, whatever the jobs returned.
    if (attempt == Attempt::kGone) return finish_all(NotStored());
  } catch (const sql::Error& error) {
    // The frame itself failed, before COMMIT: nothing is stored.
    if (writer_->InTransaction()) {
      try {
        transaction.Execute(kRollback);
      } catch (const sql::Error& again) {
        Fail(again.what());
      }
    }
    if (error.failure() != sql::Failure::kFull && error.failure() != sql::Failure::kBusy) Fail(error.what());
    return finish_all(NotStored());
  }
  const auto before = std::chrono::steady_clock::now();
  if (Planted(Mistake::kAnswersBeforeCommit)) {
    finish_each(outcomes);
    HandOver();
    batch.clear();
  }
  try {
    transaction.Execute(kCommit);
  } catch (const sql::Error& error) {
    if (Planted(Mistake::kAnswersWhatIsUndone)) {
      finish_each(outcomes);
    } else {
      finish_all(CommitUnknown());
    }
    Fail(absl::StrCat("COMMIT failed: ", error.what()));
    return;
  }
  commit_took_ = std::chrono::steady_clock::now() - before;
  if (options_.metrics != nullptr) {
    options_.metrics->Batch(static_cast<int>(batch.size()), absl::FromChrono(commit_took_));
  }
  finish_each(outcomes);
  HandOver();  // nobody waits for the copying of the log
  {
    std::lock_guard lock(commit_mutex_);
    ++commits_;
    for (CommitSignal* signal : subscribers_) signal->Notify();
  }
  if (writer_->TakeForget()) EmptyLogSoon();
  if (trace_since_ && absl::Now() - *trace_since_ > kLongestTrace) EmptyLog();
  CheckpointIfLong();
}

void Store::EmptyLogSoon() {
  if (trace_since_) return;
  trace_since_ = absl::Now();
  forget_pause_ = kIdle;
}

void Store::EmptyLog() {
  if (!Health().empty()) return trace_since_.reset();
  try {
    if (writer_->EmptyLog()) {
      trace_since_.reset();
      return;
    }
  } catch (const sql::Error& error) {
    // What was acknowledged is safe in the log. With a full disk the next try may do it.
    if (error.failure() != sql::Failure::kFull) Fail(absl::StrCat("checkpoint failed: ", error.what()));
  }
  // Each try copies the log and waits for the disk: with a reader in the way for long, not one with every batch.
  trace_since_ = absl::Now();
  forget_pause_ = std::min(2 * forget_pause_, kLongestTrace);
}

void Store::CheckpointIfLong() {
  const int pages = writer_->wal_pages();
  if (pages < std::max(checkpoint_at_, options_.checkpoint_pages)) return;
  try {
    writer_->Checkpoint();
    // Somebody reads for long, such as a backup: each try waits for that, so not one with every batch.
    checkpoint_at_ = writer_->wal_pages() < options_.checkpoint_pages ? 0 : pages + options_.checkpoint_pages;
  } catch (const sql::Error& error) {
    if (error.failure() != sql::Failure::kFull) Fail(absl::StrCat("checkpoint failed: ", error.what()));
  }
}

Store::Attempt Store::RunJobs(std::vector<std::unique_ptr<Job>>& batch, bool savepoints,
                              std::vector<absl::Status>& outcomes) {
  outcomes.clear();
  took_.clear();
  sql::Transaction(*writer_).Execute(kBegin);
  const absl::Time now = absl::Now();
  const auto begun = JobQueue::Clock::now();
  auto before = begun;
  for (auto& job : batch) {
    const int64_t changes = writer_->total_changes();
    if (options_.before_job) options_.before_job();
    const auto at = options_.before_job ? JobQueue::Clock::now() : before;
    // Some deadlines pass while those before are run.
    const bool is_late = job->deadline < now + absl::FromChrono(at - begun);
    if (is_late && !savepoints && options_.metrics != nullptr)
      options_.metrics->Turned(NameOf(JobQueue::Why::kExpired));
    outcomes.push_back(is_late ? TooLate() : savepoints ? RunInSavepoint(*job) : RunJob(*job));
    const auto after = JobQueue::Clock::now();
    took_.push_back(after - before);
    before = after;
    if (!writer_->InTransaction()) return Attempt::kGone;
    if (!savepoints && !outcomes.back().ok() && writer_->total_changes() != changes) return Attempt::kToUndo;
  }
  return Attempt::kToCommit;
}

absl::Status Store::RunJob(Job& job) {
  try {
    sql::Transaction transaction(*writer_);
    return job.Run(transaction);
  } catch (const sql::Error& error) {
    const sql::Failure why = error.failure();
    const bool transient = why == sql::Failure::kFull || why == sql::Failure::kIo || why == sql::Failure::kBusy;
    return transient ? NotStored() : absl::InternalError(error.what());
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

absl::Status Store::RunInSavepoint(Job& job) {
  sql::Transaction transaction(*writer_);
  transaction.Execute(kSavepoint);
  absl::Status status = RunJob(job);
  if (!writer_->InTransaction()) return NotStored();
  if (!status.ok()) transaction.Execute(kUndo);
  transaction.Execute(kRelease);
  return status;
}

void Store::Fail(const std::string& why) {
  {
    std::lock_guard lock(mutex_);
    if (!failed_.empty()) return;
    failed_ = why;
  }
  if (options_.on_fatal) options_.on_fatal(absl::StrCat("store ", file_, ": ", why));
}

void Store::FinisherLoop() {
  std::vector<Finished> finished;
  while (true) {
    {
      std::unique_lock lock(finished_mutex_);
      finished_work_.wait(lock, [&] { return !finishing_ || !finished_.empty(); });
      if (finished_.empty()) return;
      finished.swap(finished_);
    }
    for (Finished& each : finished) each.job->Done(each.status);
    finished.clear();
  }
}

std::unique_ptr<sql::SqliteConnection> Store::TakeReader() {
  std::unique_lock lock(readers_mutex_);
  reader_free_.wait(lock, [&] { return !idle_readers_.empty() || open_readers_ < options_.readers; });
  if (!idle_readers_.empty()) {
    auto reader = std::move(idle_readers_.back());
    idle_readers_.pop_back();
    return reader;
  }
  ++open_readers_;
  lock.unlock();
  try {
    return OpenReader();
  } catch (...) {
    ReturnReader(nullptr);
    throw;
  }
}

std::unique_ptr<sql::SqliteConnection> Store::OpenReader() const {
  return std::make_unique<sql::SqliteConnection>(
      sql::SqliteOptions{.file = file_, .read_only = true, .vfs = options_.vfs});
}

void Store::ReturnReader(std::unique_ptr<sql::SqliteConnection> reader) {
  {
    std::lock_guard lock(readers_mutex_);
    // One that is stuck in a transaction after a failure is closed.
    if (reader == nullptr || reader->InTransaction()) {
      --open_readers_;
    } else {
      idle_readers_.push_back(std::move(reader));
    }
  }
  reader_free_.notify_one();
}

#ifdef EQUITY_PLANTED
namespace {

// Reads one reader's snapshot, which is renewed now and then.
absl::Status ReadOld(const std::string& file, absl::FunctionRef<absl::Status(sql::ReadTransaction&)> body) {
  constexpr int kReadsPerRefresh = 40;
  static std::mutex mutex;
  static std::unique_ptr<sql::SqliteConnection> reader;
  static int reads = 0;
  std::lock_guard lock(mutex);
  if (reader == nullptr || reads++ % kReadsPerRefresh == 0) {
    reader = std::make_unique<sql::SqliteConnection>(sql::SqliteOptions{.file = file, .read_only = true});
    sql::Transaction(*reader).Execute(kBeginRead);
  }
  sql::ReadTransaction transaction(*reader);
  return body(transaction);
}

}  // namespace
#endif

absl::Status Store::Read(absl::FunctionRef<absl::Status(sql::ReadTransaction&)> body) {
  try {
#ifdef EQUITY_PLANTED
    if (Planted(Mistake::kStaleReads) && options_.name == "workshops") return ReadOld(file_, body);
#endif
    auto reader = TakeReader();
    const auto give_back = absl::MakeCleanup([&] { ReturnReader(std::move(reader)); });
    sql::Transaction frame(*reader);
    frame.Execute(kBeginRead);
    sql::ReadTransaction transaction(*reader);
    absl::Status status = body(transaction);
    frame.Execute(kCommit);
    return status;
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

void Store::Subscribe(CommitSignal* signal) {
  std::lock_guard lock(commit_mutex_);
  subscribers_.push_back(signal);
}

void Store::Unsubscribe(CommitSignal* signal) {
  std::lock_guard lock(commit_mutex_);
  std::erase(subscribers_, signal);
}

int64_t Store::commits() const {
  std::lock_guard lock(commit_mutex_);
  return commits_;
}

std::string Store::Health() const {
  std::lock_guard lock(mutex_);
  return failed_;
}

}  // namespace equity::exec
