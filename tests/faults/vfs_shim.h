// A file system for SQLite that fails where a test tells it to. It stands on SQLite's own for Unix, so that the code
// above it is the real one.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "tests/faults/disk_log.h"

namespace equity::faults {

// kOther is what opens, reads, cuts, removes or looks at files; kAny is all.
enum class DiskCall { kWrite, kSync, kOther, kAny };

enum class Fault {
  kIoError,     // EIO, and nothing is done
  kDiskFull,    // ENOSPC from a write, and nothing is done
  kShortWrite,  // half of it is written, then the disk is full
  kLoss,        // EIO from a sync; what was written since the last good one is gone, as Linux does it
};

// Which call fails, counted from Arm on; 1 is the first. A fault that a call cannot have is an I/O error.
struct Plan {
  DiskCall call = DiskCall::kSync;
  Fault fault = Fault::kIoError;
  int nth = 1;
  bool from_then_on = false;  // and every later one
  // Only in files whose path ends so, such as `workshops.db-wal`; empty means all.
  std::string file;
};

// Registered with SQLite under its name while it lives. Thread-safe.
class FaultyVfs {
 public:
  explicit FaultyVfs(std::string name);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  const std::string& name() const { return name_; }
  void Arm(Plan plan);
  void Disarm();
  // From now on everything that reaches the disk is entered into the log, which must outlive every file.
  void Record(DiskLog* log) { log_ = log; }
  // Called before every write ("disk.write") and sync ("disk.sync"), and after one ("disk.synced"). Set before a file
  // is opened.
  void Watch(std::function<void(std::string_view step)> watcher) { watcher_ = std::move(watcher); }
  // How many calls failed since Arm.
  int hits() const { return hits_; }
  // How many calls a plan would have counted since Arm.
  int calls() const { return calls_; }

 private:
  friend struct ShimFile;

  // What is to become of a call; SQLite's OK code when nothing is.
  bool ShouldFail(DiskCall call, const std::string& path, Fault& fault);
  bool KeepsUndo() const { return keeps_undo_; }
  // Whether a call that is neither a write nor a sync fails.
  bool OtherFails(const char* path);
  void Reach(std::string_view step) const {
    if (watcher_) watcher_(step);
  }

  const std::string name_;
  std::function<void(std::string_view)> watcher_;
  std::atomic<DiskLog*> log_ = nullptr;
  sqlite3_vfs vfs_{};
  std::mutex mutex_;
  Plan plan_;
  bool armed_ = false;
  std::atomic<bool> keeps_undo_ = false;
  std::atomic<int> calls_ = 0;
  std::atomic<int> hits_ = 0;
};

}  // namespace equity::faults
