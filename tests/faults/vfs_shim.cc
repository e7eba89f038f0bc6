#include "tests/faults/vfs_shim.h"

#include <new>
#include <vector>

namespace equity::faults {

// An open file: SQLite's part, ours, and behind it in memory the real file.
struct ShimFile {
  // What a write covered.
  struct Undo {
    sqlite3_int64 offset;
    std::vector<char> bytes;
    sqlite3_int64 size;  // of the file
  };

  sqlite3_file base{};  // first: SQLite knows the file by it
  FaultyVfs* vfs;
  std::string path;
  std::vector<Undo> unsynced;

  ShimFile(FaultyVfs* vfs, const char* path) : vfs(vfs), path(path == nullptr ? "" : path) {}

  static ShimFile& Of(sqlite3_file* file) { return *reinterpret_cast<ShimFile*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }

  int Write(const void* bytes, int count, sqlite3_int64 offset);
  int Sync(int flags);
  int Read(void* bytes, int count, sqlite3_int64 offset);
  int Truncate(sqlite3_int64 size);
  void Remember(int count, sqlite3_int64 offset);
  void Lose();

  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags);
};

namespace {

sqlite3_vfs* Real() {
  static sqlite3_vfs* const real = sqlite3_vfs_find("unix");
  return real;
}

sqlite3_file* RealFile(sqlite3_file* file) { return ShimFile::Of(file).real(); }

// Everything that does not fail is handed on: `F` is the member of sqlite3_io_methods.
template <auto F, class... Arguments>
auto HandOn(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* real = RealFile(file);
  return (real->pMethods->*F)(real, arguments...);
}

int Close(sqlite3_file* file) {
  ShimFile& self = ShimFile::Of(file);
  const int code = self.real()->pMethods->xClose(self.real());
  self.~ShimFile();
  return code;
}

const sqlite3_io_methods& Methods() {
  static const sqlite3_io_methods methods = [] {
    using M = sqlite3_io_methods;
    M m{};
    m.iVersion = 2;  // without memory mapping
    m.xClose = Close;
    m.xRead = [](sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
      return ShimFile::Of(file).Read(bytes, count, offset);
    };
    m.xWrite = [](sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
      return ShimFile::Of(file).Write(bytes, count, offset);
    };
    m.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) { return ShimFile::Of(file).Truncate(size); };
    m.xSync = [](sqlite3_file* file, int flags) { return ShimFile::Of(file).Sync(flags); };
    m.xFileSize = HandOn<&M::xFileSize, sqlite3_int64*>;
    m.xLock = HandOn<&M::xLock, int>;
    m.xUnlock = HandOn<&M::xUnlock, int>;
    m.xCheckReservedLock = HandOn<&M::xCheckReservedLock, int*>;
    m.xFileControl = HandOn<&M::xFileControl, int, void*>;
    m.xSectorSize = HandOn<&M::xSectorSize>;
    m.xDeviceCharacteristics = HandOn<&M::xDeviceCharacteristics>;
    m.xShmMap = HandOn<&M::xShmMap, int, int, int, void volatile**>;
    m.xShmLock = HandOn<&M::xShmLock, int, int, int>;
    m.xShmBarrier = HandOn<&M::xShmBarrier>;
    m.xShmUnmap = HandOn<&M::xShmUnmap, int>;
    return m;
  }();
  return methods;
}

}  // namespace

int ShimFile::Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* own = static_cast<FaultyVfs*>(vfs->pAppData);
  if (own->OtherFails(path)) return SQLITE_CANTOPEN;
  ShimFile* self = new (file) ShimFile(own, path);
  const int code = Real()->xOpen(Real(), path, self->real(), flags, out_flags);
  if (code == SQLITE_OK) {
    self->base.pMethods = &Methods();
  } else {
    self->~ShimFile();  // without methods, SQLite does not close it
  }
  return code;
}

int ShimFile::Read(void* bytes, int count, sqlite3_int64 offset) {
  if (vfs->OtherFails(path.c_str())) return SQLITE_IOERR_READ;
  return real()->pMethods->xRead(real(), bytes, count, offset);
}

int ShimFile::Truncate(sqlite3_int64 size) {
  if (vfs->OtherFails(path.c_str())) return SQLITE_IOERR_TRUNCATE;
  if (DiskLog* log = vfs->log_) log->Truncate(path, size);
  return real()->pMethods->xTruncate(real(), size);
}

int ShimFile::Write(const void* bytes, int count, sqlite3_int64 offset) {
  vfs->Reach("disk.write");
  Fault fault;
  if (vfs->ShouldFail(DiskCall::kWrite, path, fault)) {
    if (fault == Fault::kShortWrite) real()->pMethods->xWrite(real(), bytes, count / 2, offset);
    return fault == Fault::kIoError ? SQLITE_IOERR_WRITE : SQLITE_FULL;
  }
  if (vfs->KeepsUndo()) Remember(count, offset);
  if (DiskLog* log = vfs->log_) log->Write(path, {static_cast<const char*>(bytes), static_cast<size_t>(count)}, offset);
  return real()->pMethods->xWrite(real(), bytes, count, offset);
}

int ShimFile::Sync(int flags) {
  vfs->Reach("disk.sync");
  Fault fault;
  if (vfs->ShouldFail(DiskCall::kSync, path, fault)) {
    if (fault == Fault::kLoss) Lose();
    return SQLITE_IOERR_FSYNC;  // whatever the cause, as SQLite's own says
  }
  unsynced.clear();
  const int code = real()->pMethods->xSync(real(), flags);
  if (DiskLog* log = vfs->log_) log->Sync(path);
  vfs->Reach("disk.synced");
  return code;
}

void ShimFile::Remember(int count, sqlite3_int64 offset) {
  Undo undo{.offset = offset, .bytes = std::vector<char>(count), .size = 0};
  real()->pMethods->xFileSize(real(), &undo.size);
  // Beyond the end of the file there is nothing to read; the size brings that back.
  real()->pMethods->xRead(real(), undo.bytes.data(), count, offset);
  unsynced.push_back(std::move(undo));
}

void ShimFile::Lose() {
  for (auto undo = unsynced.rbegin(); undo != unsynced.rend(); ++undo) {
    real()->pMethods->xWrite(real(), undo->bytes.data(), static_cast<int>(undo->bytes.size()), undo->offset);
  }
  if (!unsynced.empty()) real()->pMethods->xTruncate(real(), unsynced.front().size);
  unsynced.clear();
}

FaultyVfs::FaultyVfs(std::string name) : name_(std::move(name)) {
  vfs_ = *Real();
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(ShimFile)) + Real()->szOsFile;
  vfs_.xOpen = ShimFile::Open;
  // SQLite's own keep their state in pAppData too.
  vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync) {
    auto* own = static_cast<FaultyVfs*>(vfs->pAppData);
    if (own->OtherFails(path)) return SQLITE_IOERR_DELETE;
    if (DiskLog* log = own->log_) log->Delete(path, sync != 0);
    return Real()->xDelete(Real(), path, sync);
  };
  vfs_.xAccess = [](sqlite3_vfs*, const char* path, int flags, int* out) {
    return Real()->xAccess(Real(), path, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
    return Real()->xFullPathname(Real(), path, size, out);
  };
  sqlite3_vfs_register(&vfs_, 0);
}

FaultyVfs::~FaultyVfs() { sqlite3_vfs_unregister(&vfs_); }

void FaultyVfs::Arm(Plan plan) {
  std::lock_guard lock(mutex_);
  keeps_undo_ = plan.fault == Fault::kLoss;
  plan_ = std::move(plan);
  calls_ = 0;
  hits_ = 0;
  armed_ = true;
}

void FaultyVfs::Disarm() {
  std::lock_guard lock(mutex_);
  armed_ = false;
  keeps_undo_ = false;
}

bool FaultyVfs::OtherFails(const char* path) {
  Fault fault;
  return ShouldFail(DiskCall::kOther, path == nullptr ? "" : path, fault);
}

bool FaultyVfs::ShouldFail(DiskCall call, const std::string& path, Fault& fault) {
  std::lock_guard lock(mutex_);
  if (!armed_ || (plan_.call != DiskCall::kAny && call != plan_.call) || !path.ends_with(plan_.file)) return false;
  const int number = ++calls_;
  if (number < plan_.nth || (number > plan_.nth && !plan_.from_then_on)) return false;
  ++hits_;
  fault = plan_.fault;
  return true;
}

}  // namespace equity::faults
