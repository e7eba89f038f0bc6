#include "common/sql/sqlite.h"

#include <sqlite3.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/sql/files.h"

namespace equity::sql {
namespace {

constexpr int kBusyMilliseconds = 100;

Failure FailureOf(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return Failure::kConstraint;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Failure::kBusy;
    case SQLITE_FULL:
      return Failure::kFull;
    case SQLITE_IOERR:
      return Failure::kIo;
    default:
      return Failure::kOther;
  }
}

[[noreturn]] void Throw(sqlite3* database, int code, const std::string& doing) {
  throw Error(FailureOf(code), absl::StrCat(doing, ": ", sqlite3_errmsg(database), " (", code, ")"));
}

std::string VfsOf(const SqliteOptions& options) {
  // Otherwise every allocation of every connection waits for one lock. Only before anything else is asked of SQLite.
  static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)without_statistics;
  return FilesOver(options.vfs);
}

int OpenFlags(const SqliteOptions& options) {
  // A reader too opens the file read-write, as it must be able to write the shared memory of the log; `query_only`
  // keeps it from writing anything else.
  // A connection has one user at a time: SQLite need not lock it for each call.
  const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX;
  return options.read_only ? flags : flags | SQLite::OPEN_CREATE;
}

class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  int64_t Int64(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view Bytes(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {bytes, bytes == nullptr ? 0 : static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

struct SqliteConnection::Prepared {
  std::string text;
  sqlite3_stmt* statement = nullptr;
  std::vector<int> index;  // SQLite's number of $1, $2, ...: it counts by order of appearance
  bool running = false;
  ~Prepared() { sqlite3_finalize(statement); }
};

SqliteConnection::SqliteConnection(SqliteOptions options) try
    : options_(std::move(options)), database_(options_.file, OpenFlags(options_), kBusyMilliseconds, VfsOf(options_)) {
  sqlite3* handle = database_.getHandle();
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  RunScript(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON;"
      "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;");
  OverwriteFreedPages(true);
  if (options_.read_only) RunScript("PRAGMA query_only=ON");
  const std::string mode = database_.execAndGet("PRAGMA journal_mode").getString();
  const int synchronous = database_.execAndGet("PRAGMA synchronous").getInt();
  if (mode != "wal" || synchronous != 2) {
    throw Error(Failure::kOther, absl::StrCat(options_.file, " cannot be kept safe here: journal_mode is ", mode,
                                              " and synchronous ", synchronous, " in place of wal and 2"));
  }
  sqlite3_wal_hook(handle, &SqliteConnection::OnWalCommit, this);
} catch (const SQLite::Exception& error) {
  throw Error(FailureOf(error.getErrorCode()), absl::StrCat("cannot open the store: ", error.what()));
}

SqliteConnection::~SqliteConnection() { statements_.clear(); }

int SqliteConnection::OnWalCommit(void* self, sqlite3*, const char*, int pages) {
  static_cast<SqliteConnection*>(self)->wal_pages_ = pages;
  return SQLITE_OK;
}

SqliteConnection::Prepared& SqliteConnection::Prepare(const Sql& sql) {
  std::unique_ptr<Prepared>& slot = statements_[&sql];
  // The text is compared too: a constant that is gone may have left its address to another one.
  if (slot != nullptr && slot->text == sql.text) return *slot;
  auto prepared = std::make_unique<Prepared>();
  prepared->text = sql.text;
  sqlite3* handle = database_.getHandle();
  const int code = sqlite3_prepare_v3(handle, sql.text.data(), static_cast<int>(sql.text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared->statement, nullptr);
  if (code != SQLITE_OK) Throw(handle, code, sql.name);
  const int count = sqlite3_bind_parameter_count(prepared->statement);
  for (int i = 1; i <= count; ++i) {
    prepared->index.push_back(sqlite3_bind_parameter_index(prepared->statement, absl::StrCat("$", i).c_str()));
  }
  slot = std::move(prepared);
  return *slot;
}

int64_t SqliteConnection::Run(const Sql& sql, absl::Span<const Value> parameters, RowCallback row) {
  if (options_.observer) options_.observer(sql, parameters);
  Prepared& prepared = Prepare(sql);
  sqlite3* handle = database_.getHandle();
  if (prepared.running) throw Error(Failure::kOther, sql.name + " is run while it is running");
  if (prepared.index.size() != parameters.size()) {
    throw Error(Failure::kOther,
                absl::StrCat(sql.name, " has ", prepared.index.size(), " parameters and got ", parameters.size()));
  }
  sqlite3_stmt* statement = prepared.statement;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const int index = prepared.index[i];
    const auto& value = parameters[i].get();
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<int64_t>(&value)) {
      code = sqlite3_bind_int64(statement, index, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      // A view without data would bind NULL.
      code = sqlite3_bind_text64(statement, index, text->data() == nullptr ? "" : text->data(), text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      code = sqlite3_bind_blob64(statement, index, blob->bytes.data() == nullptr ? "" : blob->bytes.data(),
                                 blob->bytes.size(), SQLITE_STATIC);
    } else {
      code = sqlite3_bind_null(statement, index);
    }
    if (code != SQLITE_OK) Throw(handle, code, sql.name);
  }
  prepared.running = true;
  const auto finish = absl::MakeCleanup([&] {
    prepared.running = false;
    sqlite3_reset(statement);
  });
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) row(StatementRow(statement));
  if (code != SQLITE_DONE) Throw(handle, code, sql.name);
  return sqlite3_stmt_readonly(statement) ? 0 : sqlite3_changes64(handle);
}

int64_t SqliteConnection::total_changes() const { return sqlite3_total_changes64(database_.getHandle()); }

bool SqliteConnection::InTransaction() const { return sqlite3_get_autocommit(database_.getHandle()) == 0; }

void SqliteConnection::RunScript(const std::string& script) {
  sqlite3* handle = database_.getHandle();
  const int code = sqlite3_exec(handle, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Throw(handle, code, "script");
}

void SqliteConnection::Checkpoint() {
  sqlite3* handle = database_.getHandle();
  const int code = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  if (code != SQLITE_OK && FailureOf(code) != Failure::kBusy) Throw(handle, code, "checkpoint");
  // Where a reader was in the way the count stays, and the next commit tries again.
  if (code == SQLITE_OK) wal_pages_ = 0;
}

bool SqliteConnection::EmptyLog() {
  sqlite3* handle = database_.getHandle();
  sqlite3_busy_timeout(handle, 0);
  const int code = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  if (FailureOf(code) == Failure::kBusy) return false;
  if (code != SQLITE_OK) Throw(handle, code, "checkpoint");
  wal_pages_ = 0;
  return true;
}

void SqliteConnection::TakeLogAlong() {
  sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void SqliteConnection::CopyTo(const std::string& file) {
  try {
    // Over the same file system as the store, which keeps erased bytes out of the copy too.
    SQLite::Database copy(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, kBusyMilliseconds,
                          VfsOf(options_));
    sqlite3* to = copy.getHandle();
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", database_.getHandle(), "main");
    if (backup == nullptr) Throw(to, sqlite3_extended_errcode(to), "copy");
    const int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) throw Error(FailureOf(code), absl::StrCat("copy: ", sqlite3_errstr(code)));
  } catch (const SQLite::Exception& error) {
    throw Error(FailureOf(error.getErrorCode()), absl::StrCat("cannot write the copy: ", error.what()));
  }
}

void SqliteConnection::OverwriteFreedPages(bool overwrite) {
  RunScript(overwrite ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=FAST");
}

}  // namespace equity::sql
