// What reached a disk, in order, and what a disk may hold after a loss of power at any moment of it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "tests/faults/random.h"

namespace equity::faults {

// Thread-safe while it is written.
class DiskLog {
 public:
  enum class Kind { kWrite, kTruncate, kSync, kDelete };
  struct Entry {
    Kind kind;
    int file;
    int64_t offset;  // the new size, of kTruncate; whether it is durable, of kDelete
    std::string bytes;
  };

  // `sync_takes`: how long a sync that was asked for is not done yet, so that whoever answers before it is found out.
  // Without syncs the log is that of a program that runs with synchronous=OFF, which asks for none.
  explicit DiskLog(absl::Duration sync_takes, bool without_syncs = false)
      : sync_takes_(sync_takes), without_syncs_(without_syncs) {}

  void Write(const std::string& path, std::string_view bytes, int64_t offset);
  void Truncate(const std::string& path, int64_t size);
  void Sync(const std::string& path);
  void Delete(const std::string& path, bool durable);

  // How many entries there are.
  int64_t position() const;
  // When nothing is written any more.
  const std::vector<Entry>& entries() const { return entries_; }
  // The names of the files, without folders.
  const std::vector<std::string>& files() const { return files_; }

 private:
  void Add(Kind kind, const std::string& path, int64_t offset, std::string_view bytes = {});

  const absl::Duration sync_takes_;
  const bool without_syncs_;
  mutable std::mutex mutex_;
  std::map<std::string, int> numbers_;  // of files
  std::vector<std::string> files_;
  std::vector<Entry> entries_;
};

// Files by name, as a disk holds them.
using Image = std::map<std::string, std::string>;

// What becomes of what was written and not synced.
enum class Loss {
  kNothing,    // nothing of it is lost, as when the process is killed
  kAll,        // all of it is lost
  kTail,       // of each file, what was written last; the first of that is torn
  kScattered,  // any sectors, of any writes, in any order
  kGarbage,    // the same, and sectors that were being written hold anything
};

// A disk, taken through a log.
class Disk {
 public:
  explicit Disk(const DiskLog& log) : log_(log), files_(log.files().size()) {}

  // Goes on until so many entries were carried out.
  void Advance(int64_t position);
  // What is there after a loss of power now, of the files whose names begin so.
  Image After(Loss loss, const std::string& prefix, Random& random) const;

 private:
  struct File {
    bool exists = false;
    bool removed = false;  // which a loss of power may undo
    std::string durable;
    std::vector<const DiskLog::Entry*> unsynced;
  };
  // The first sync of a new file syncs its folder too (SQLite's own sees to that), so that what was removed is gone.
  void SyncFolder();

  const DiskLog& log_;
  std::vector<File> files_;
  size_t next_ = 0;
};

}  // namespace equity::faults
