// SQLite behind the seam. SQLiteCpp opens and configures the database; statements go through SQLite's C interface,
// because SQLiteCpp's own copy every text that they bind.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "SQLiteCpp/Database.h"
#include "absl/container/flat_hash_map.h"
#include "common/sql/sql.h"

struct sqlite3_stmt;

namespace equity::sql {

struct SqliteOptions {
  std::string file;
  bool read_only = false;  // a reader: `query_only`, and never a checkpoint
  std::string vfs;         // another virtual file system, for tests of faults
  // Sees every statement before it runs; for measurements.
  std::function<void(const Sql&, absl::Span<const Value>)> observer;
};

class SqliteConnection final : public Connection {
 public:
  // Opens (a writer also creates) the database in WAL mode with synchronous=FULL, and makes sure that both hold.
  // Throws Error.
  explicit SqliteConnection(SqliteOptions options);
  ~SqliteConnection() override;

  int64_t Run(const Sql& sql, absl::Span<const Value> parameters, RowCallback row) override;
  bool InTransaction() const override;
  void ForgetTrace() override { forget_ = true; }
  // How many rows this connection has inserted, updated or deleted.
  int64_t total_changes() const;

  // Runs statements that are not worth preparing, such as a migration. Throws Error.
  void RunScript(const std::string& script);
  // Pages in the write-ahead log after the last commit of this connection.
  int wal_pages() const { return wal_pages_; }
  // Copies the log into the database and starts the log anew, so that its file is used again rather than grown. Readers
  // in the way are waited for briefly; then the next checkpoint does it. The writer alone calls this: SQLite 3.40 has a
  // bug that damages the file when one connection writes while another checkpoints.
  void Checkpoint();
  // Whether ForgetTrace was called since this was asked last.
  bool TakeForget() { return std::exchange(forget_, false); }
  // Copies the log into the database and leaves its file empty. False where a reader is in the way: it is not waited
  // for. As Checkpoint, the writer's alone.
  bool EmptyLog();
  // The last connection to close takes the log's files along, once they are copied into the database.
  void TakeLogAlong();
  // Copies what this connection sees, which is one state while it is in a transaction, into a new file, in one step:
  // copying in many steps begins anew with every commit of somebody else. The copy is on disk when this returns.
  void CopyTo(const std::string& file);
  // How freed pages are treated. They are overwritten, so that nothing that was erased stays in the file, unless a bulk
  // of what is no secret goes: then that would double the work.
  void OverwriteFreedPages(bool overwrite);

 private:
  struct Prepared;
  Prepared& Prepare(const Sql& sql);
  static int OnWalCommit(void* self, sqlite3* database, const char* schema, int pages);

  SqliteOptions options_;
  SQLite::Database database_;
  absl::flat_hash_map<const Sql*, std::unique_ptr<Prepared>> statements_;
  int wal_pages_ = 0;
  bool forget_ = false;
};

}  // namespace equity::sql
