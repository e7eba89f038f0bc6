#include "tests/faults/disk_log.h"

#include <algorithm>
#include <functional>

#include "absl/time/clock.h"

namespace equity::faults {
namespace {

constexpr int64_t kSector = 512;

// What becomes of a sector that was to be written.
enum class Sector { kWritten, kOld, kGarbage };

void Carry(const DiskLog::Entry& entry, std::string& content, const std::function<Sector()>& sector) {
  if (entry.kind == DiskLog::Kind::kTruncate) {
    if (sector() == Sector::kWritten) content.resize(static_cast<size_t>(entry.offset));
    return;
  }
  const auto end = entry.offset + static_cast<int64_t>(entry.bytes.size());
  for (int64_t from = entry.offset; from < end;) {
    const int64_t to = std::min(end, (from / kSector + 1) * kSector);
    const Sector fate = sector();
    if (fate != Sector::kOld) {
      if (static_cast<int64_t>(content.size()) < to) content.resize(static_cast<size_t>(to));
      const auto at = static_cast<size_t>(from);
      content.replace(at, static_cast<size_t>(to - from), entry.bytes, static_cast<size_t>(from - entry.offset),
                      static_cast<size_t>(to - from));
      // A sector that was written in part keeps the rest: a disk writes sectors whole, or not at all.
      if (fate == Sector::kGarbage) content[at] = static_cast<char>(content[at] ^ 0x55);
    }
    from = to;
  }
}

void CarryWhole(const DiskLog::Entry& entry, std::string& content) {
  Carry(entry, content, [] { return Sector::kWritten; });
}

}  // namespace

void DiskLog::Add(Kind kind, const std::string& path, int64_t offset, std::string_view bytes) {
  const std::string name = path.substr(path.rfind('/') + 1);
  std::lock_guard lock(mutex_);
  const auto [found, is_new] = numbers_.try_emplace(name, static_cast<int>(files_.size()));
  if (is_new) files_.push_back(name);
  entries_.push_back({kind, found->second, offset, std::string(bytes)});
}

void DiskLog::Write(const std::string& path, std::string_view bytes, int64_t offset) {
  Add(Kind::kWrite, path, offset, bytes);
}

void DiskLog::Truncate(const std::string& path, int64_t size) { Add(Kind::kTruncate, path, size); }

void DiskLog::Sync(const std::string& path) {
  absl::SleepFor(sync_takes_);
  if (!without_syncs_) Add(Kind::kSync, path, 0);
}

void DiskLog::Delete(const std::string& path, bool durable) { Add(Kind::kDelete, path, durable && !without_syncs_); }

int64_t DiskLog::position() const {
  std::lock_guard lock(mutex_);
  return static_cast<int64_t>(entries_.size());
}

void Disk::Advance(int64_t position) {
  for (; next_ < static_cast<size_t>(position); ++next_) {
    const DiskLog::Entry& entry = log_.entries()[next_];
    File& file = files_[static_cast<size_t>(entry.file)];
    switch (entry.kind) {
      case DiskLog::Kind::kWrite:
      case DiskLog::Kind::kTruncate:
        if (file.removed) file = File();
        file.unsynced.push_back(&entry);
        break;
      case DiskLog::Kind::kSync:
        for (const DiskLog::Entry* each : file.unsynced) CarryWhole(*each, file.durable);
        file.unsynced.clear();
        if (!file.exists) SyncFolder();
        file.exists = true;
        break;
      case DiskLog::Kind::kDelete:
        file.unsynced.clear();
        file.removed = true;
        if (entry.offset != 0) file = File();
        break;
    }
  }
}

void Disk::SyncFolder() {
  for (File& file : files_) {
    if (file.removed) file = File();
  }
}

Image Disk::After(Loss loss, const std::string& prefix, Random& random) const {
  Image image;
  for (size_t i = 0; i < files_.size(); ++i) {
    const std::string& name = log_.files()[i];
    const File& file = files_[i];
    if (!name.starts_with(prefix)) continue;
    if (file.removed && (loss == Loss::kNothing || OneIn(random, 2))) continue;
    std::string content = file.durable;
    std::vector<const DiskLog::Entry*> unsynced = file.unsynced;
    if (loss == Loss::kTail) unsynced.resize(Below(random, unsynced.size() + 1));
    if (loss == Loss::kAll) unsynced.clear();
    if (loss == Loss::kScattered || loss == Loss::kGarbage) std::shuffle(unsynced.begin(), unsynced.end(), random);
    const int kept = 1 + static_cast<int>(Below(random, 9));  // of ten sectors
    for (size_t j = 0; j < unsynced.size(); ++j) {
      const bool torn = loss >= Loss::kScattered || (loss == Loss::kTail && j + 1 == unsynced.size());
      Carry(*unsynced[j], content, [&] {
        if (!torn || static_cast<int>(Below(random, 10)) < kept) return Sector::kWritten;
        return loss == Loss::kGarbage && OneIn(random, 2) ? Sector::kGarbage : Sector::kOld;
      });
    }
    if (file.exists || !unsynced.empty()) image[name] = std::move(content);
  }
  return image;
}

}  // namespace equity::faults
