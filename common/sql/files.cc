#include "common/sql/files.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/sql/scrub.h"

namespace equity::sql {
namespace {

// Pages of other kinds begin with the number of a page. Below this many pages (64 GiB) none of those is mistaken for
// one of a b-tree; larger files are not scrubbed.
constexpr sqlite3_int64 kMostPages = 1 << 24;

// The most that is gathered of a log before it is written: SQLite's file system takes no more at once.
constexpr size_t kMostGathered = 0x1ffff;

enum class Kind { kDatabase, kLog };

// What SQLite sees as the file; the one of the VFS below lies behind it.
struct File {
  sqlite3_file base;
  Kind kind;
  bool scrub;                         // a database's pages, which are few enough
  std::vector<unsigned char>* bytes;  // a page of a database, or what was gathered of a log
  sqlite3_int64 at;                   // where in the log that begins
};
File* Own(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Below(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(Own(file) + 1); }
sqlite3_vfs* Below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int WritePage(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  File* own = Own(file);
  const auto* methods = Below(file)->pMethods;
  const bool is_page = amount >= 512 && (amount & (amount - 1)) == 0 && offset % amount == 0;
  if (!own->scrub || !is_page) return methods->xWrite(Below(file), bytes, amount, offset);
  if (offset / amount >= kMostPages) own->scrub = false;
  const auto* begin = static_cast<const unsigned char*>(bytes);
  own->bytes->assign(begin, begin + amount);
  if (own->scrub) ScrubPage(own->bytes->data(), own->bytes->size(), offset == 0);
  return methods->xWrite(Below(file), own->bytes->data(), amount, offset);
}

// Writes what was gathered of a log. Where that fails it is gone, as a write of SQLite's own would be: nothing of it
// was synced, so nobody was told of it.
int Flush(sqlite3_file* file) {
  File* own = Own(file);
  if (own->kind != Kind::kLog || own->bytes->empty()) return SQLITE_OK;
  const int code =
      Below(file)->pMethods->xWrite(Below(file), own->bytes->data(), static_cast<int>(own->bytes->size()), own->at);
  own->bytes->clear();
  return code;
}

int Gather(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  File* own = Own(file);
  const bool goes_on = offset == own->at + static_cast<sqlite3_int64>(own->bytes->size());
  if (!goes_on || own->bytes->size() + amount > kMostGathered) {
    if (const int code = Flush(file); code != SQLITE_OK) return code;
  }
  if (own->bytes->empty()) own->at = offset;
  const auto* begin = static_cast<const unsigned char*>(bytes);
  own->bytes->insert(own->bytes->end(), begin, begin + amount);
  return SQLITE_OK;
}

int Write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  return Own(file)->kind == Kind::kLog ? Gather(file, bytes, amount, offset) : WritePage(file, bytes, amount, offset);
}

// A call that depends on what was gathered, or follows it: after the write. Where that fails, so does the call: as the
// write did, or with another code.
template <auto Method, int Failure = SQLITE_OK, class... Arguments>
int Flushed(sqlite3_file* file, Arguments... arguments) {
  if (const int code = Flush(file); code != SQLITE_OK) return Failure == SQLITE_OK ? code : Failure;
  return (Below(file)->pMethods->*Method)(Below(file), arguments...);
}

int Close(sqlite3_file* file) {
  const int flushed = Flush(file);
  delete Own(file)->bytes;
  const int closed = Below(file)->pMethods->xClose(Below(file));
  return flushed != SQLITE_OK ? flushed : closed;
}

// Version 2: memory-mapped reading is not used.
const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = Close,
    // When a read finds the disk full, SQLite undoes the statement alone, and would go on without what it wrote before:
    // with this code it gives the whole transaction up.
    .xRead = Flushed<&sqlite3_io_methods::xRead, SQLITE_IOERR_WRITE>,
    .xWrite = Write,
    .xTruncate = Flushed<&sqlite3_io_methods::xTruncate>,
    .xSync = Flushed<&sqlite3_io_methods::xSync>,
    .xFileSize = Flushed<&sqlite3_io_methods::xFileSize, SQLITE_IOERR_WRITE>,
    .xLock = [](sqlite3_file* f, int lock) { return Below(f)->pMethods->xLock(Below(f), lock); },
    .xUnlock = [](sqlite3_file* f, int lock) { return Below(f)->pMethods->xUnlock(Below(f), lock); },
    .xCheckReservedLock = [](sqlite3_file* f,
                             int* out) { return Below(f)->pMethods->xCheckReservedLock(Below(f), out); },
    .xFileControl = [](sqlite3_file* f, int op,
                       void* arg) { return Below(f)->pMethods->xFileControl(Below(f), op, arg); },
    .xSectorSize = [](sqlite3_file* f) { return Below(f)->pMethods->xSectorSize(Below(f)); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return Below(f)->pMethods->xDeviceCharacteristics(Below(f)); },
    .xShmMap = [](sqlite3_file* f, int page, int size, int extend,
                  void volatile** out) { return Below(f)->pMethods->xShmMap(Below(f), page, size, extend, out); },
    .xShmLock = [](sqlite3_file* f, int at, int n,
                   int flags) { return Below(f)->pMethods->xShmLock(Below(f), at, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { Below(f)->pMethods->xShmBarrier(Below(f)); },
    .xShmUnmap = [](sqlite3_file* f, int remove) { return Below(f)->pMethods->xShmUnmap(Below(f), remove); },
};

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* below = Below(vfs);
  // Of all others the VFS below makes the file, as if this were not here.
  if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) return below->xOpen(below, name, file, flags, out_flags);
  File* own = Own(file);
  *own = {};
  const int code = below->xOpen(below, name, Below(file), flags, out_flags);
  if (Below(file)->pMethods == nullptr) return code;
  own->kind = (flags & SQLITE_OPEN_WAL) != 0 ? Kind::kLog : Kind::kDatabase;
  sqlite3_int64 size = 0;
  own->scrub = Below(file)->pMethods->xFileSize(Below(file), &size) == SQLITE_OK && size < kMostPages * 4096;
  own->bytes = new std::vector<unsigned char>;
  own->base.pMethods = &kMethods;
  return code;
}

struct Vfs {
  std::string name;
  sqlite3_vfs vfs = {};
};

void FillIn(sqlite3_vfs& vfs, sqlite3_vfs* below, const char* name) {
  vfs.iVersion = std::min(below->iVersion, 2);
  vfs.szOsFile = static_cast<int>(sizeof(File)) + below->szOsFile;
  vfs.mxPathname = below->mxPathname;
  vfs.zName = name;
  vfs.pAppData = below;
  vfs.xOpen = Open;
  vfs.xDelete = [](sqlite3_vfs* v, const char* file, int sync) { return Below(v)->xDelete(Below(v), file, sync); };
  vfs.xAccess = [](sqlite3_vfs* v, const char* file, int flags, int* out) {
    return Below(v)->xAccess(Below(v), file, flags, out);
  };
  vfs.xFullPathname = [](sqlite3_vfs* v, const char* file, int n, char* out) {
    return Below(v)->xFullPathname(Below(v), file, n, out);
  };
  vfs.xDlOpen = [](sqlite3_vfs* v, const char* file) { return Below(v)->xDlOpen(Below(v), file); };
  vfs.xDlError = [](sqlite3_vfs* v, int n, char* out) { Below(v)->xDlError(Below(v), n, out); };
  vfs.xDlSym = [](sqlite3_vfs* v, void* library, const char* name) {
    return Below(v)->xDlSym(Below(v), library, name);
  };
  vfs.xDlClose = [](sqlite3_vfs* v, void* library) { Below(v)->xDlClose(Below(v), library); };
  vfs.xRandomness = [](sqlite3_vfs* v, int n, char* out) { return Below(v)->xRandomness(Below(v), n, out); };
  vfs.xSleep = [](sqlite3_vfs* v, int microseconds) { return Below(v)->xSleep(Below(v), microseconds); };
  vfs.xCurrentTime = [](sqlite3_vfs* v, double* out) { return Below(v)->xCurrentTime(Below(v), out); };
  vfs.xGetLastError = [](sqlite3_vfs* v, int n, char* out) { return Below(v)->xGetLastError(Below(v), n, out); };
  if (vfs.iVersion < 2) return;
  vfs.xCurrentTimeInt64 = [](sqlite3_vfs* v, sqlite3_int64* out) { return Below(v)->xCurrentTimeInt64(Below(v), out); };
}

}  // namespace

std::string FilesOver(const std::string& base) {
  static std::mutex mutex;
  // Never taken back, as connections use them; another VFS may later have the address of one that is gone.
  static auto& known = *new std::map<std::pair<sqlite3_vfs*, std::string>, Vfs>;
  std::lock_guard lock(mutex);
  sqlite3_vfs* below = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (below == nullptr) return base;
  const auto [entry, is_new] = known.try_emplace({below, below->zName});
  Vfs& made = entry->second;
  if (is_new) {
    made.name = absl::StrCat("equity-", below->zName, "-", absl::Hex(reinterpret_cast<uintptr_t>(below)));
    FillIn(made.vfs, below, made.name.c_str());
    sqlite3_vfs_register(&made.vfs, 0);
  }
  return made.name;
}

}  // namespace equity::sql
