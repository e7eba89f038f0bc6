#include "tests/bench/replay.h"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "nlohmann/json.hpp"

namespace equity::bench {
namespace {

using nlohmann::json;
using Value = Recording::Value;

// As in common/sql/sqlite.cc and common/exec/store.cc.
constexpr char kPragmas[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA secure_delete=ON;";
constexpr int kCheckpointPages = 2000;

std::string Decode(const json& text) {
  std::string bytes;
  absl::Base64Unescape(text.get_ref<const std::string&>(), &bytes);
  return bytes;
}

Value ToValue(const json& value) {
  if (value.is_null()) return nullptr;
  if (value.is_number()) return value.get<int64_t>();
  if (value.contains("t")) return Decode(value["t"]);
  return Recording::Blob{Decode(value.at("b"))};
}

bool IsFrame(const std::string& text) {
  for (const char* word : {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"}) {
    if (absl::StartsWith(text, word)) return true;
  }
  return false;
}

class Database {
 public:
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& file, size_t statements) {
    std::unique_ptr<Database> database(new Database(statements));
    RETURN_IF_ERROR(
        database->Judge(sqlite3_open_v2(file.c_str(), &database->handle_, SQLITE_OPEN_READWRITE, nullptr), file));
    sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    RETURN_IF_ERROR(database->Script(kPragmas));
    sqlite3_wal_hook(database->handle_, &Database::OnCommit, database.get());
    return database;
  }
  ~Database() {
    for (const Prepared& each : prepared_) sqlite3_finalize(each.statement);
    sqlite3_close(handle_);
  }

  absl::Status Script(const char* text) { return Judge(sqlite3_exec(handle_, text, nullptr, nullptr, nullptr), text); }

  absl::Status Run(const Recording::Run& run, const std::string& text) {
    Prepared& prepared = prepared_[run.statement];
    if (prepared.statement == nullptr) RETURN_IF_ERROR(Prepare(text, prepared));
    for (size_t i = 0; i < run.values.size(); ++i) Bind(prepared.statement, prepared.index.at(i), run.values[i]);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(prepared.statement);
    sqlite3_reset(prepared.statement);
    return code == SQLITE_DONE ? absl::OkStatus() : Judge(code, text);
  }

  absl::Status Commit() {
    RETURN_IF_ERROR(Script("COMMIT"));
    if (wal_pages_ < kCheckpointPages) return absl::OkStatus();
    return Judge(sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr),
                 "checkpoint");
  }

 private:
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    std::vector<int> index;  // SQLite's numbers of $1, $2, ...
  };

  explicit Database(size_t statements) : prepared_(statements) {}

  static int OnCommit(void* self, sqlite3*, const char*, int pages) {
    static_cast<Database*>(self)->wal_pages_ = pages;
    return SQLITE_OK;
  }

  absl::Status Judge(int code, const std::string& doing) {
    if (code == SQLITE_OK) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("SQLite: ", sqlite3_errmsg(handle_), ": ", doing));
  }

  absl::Status Prepare(const std::string& text, Prepared& prepared) {
    RETURN_IF_ERROR(Judge(sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()),
                                             SQLITE_PREPARE_PERSISTENT, &prepared.statement, nullptr),
                          text));
    for (int i = 1; i <= sqlite3_bind_parameter_count(prepared.statement); ++i) {
      prepared.index.push_back(sqlite3_bind_parameter_index(prepared.statement, absl::StrCat("$", i).c_str()));
    }
    return absl::OkStatus();
  }

  static void Bind(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      sqlite3_bind_int64(statement, index, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<Recording::Blob>(&value)) {
      sqlite3_bind_blob64(statement, index, blob->bytes.data(), blob->bytes.size(), SQLITE_STATIC);
    } else {
      sqlite3_bind_null(statement, index);
    }
  }

  sqlite3* handle_ = nullptr;
  std::vector<Prepared> prepared_;
  int wal_pages_ = 0;
};

}  // namespace

absl::StatusOr<Recording> Recording::Read(const std::string& file) {
  Recording recording;
  std::vector<std::vector<Run>*> targets;  // by statement; null for what is left out
  std::map<int, std::string> commits;      // the store, by statement
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const json record = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (record.is_discarded()) return absl::DataLossError(absl::StrCat(file, ": not a record: ", line));
    if (record.contains("sql")) {
      // Statements are numbered in the order in which they are first seen.
      const std::string& text = recording.texts.emplace_back(record.at("text").get<std::string>());
      const auto store = record.at("store").get<std::string>();
      if (text == "COMMIT") commits[static_cast<int>(targets.size())] = store;
      targets.push_back(IsFrame(text) ? nullptr : &recording.stores[store]);
      continue;
    }
    const int statement = record.at("run").get<int>();
    if (absl::StartsWith(recording.texts.at(statement), "ROLLBACK")) {
      return absl::FailedPreconditionError("the recorded server undid work: its statements cannot be replayed");
    }
    if (const auto commit = commits.find(statement); commit != commits.end()) {
      recording.commits[commit->second].push_back(recording.stores[commit->second].size());
    }
    if (targets[statement] == nullptr) continue;
    Run& run = targets[statement]->emplace_back(Run{statement, {}});
    for (const json& value : record.at("values")) run.values.push_back(ToValue(value));
  }
  return recording;
}

absl::StatusOr<double> ReplayEach(const Recording& recording, const std::string& store, const std::string& folder) {
  const auto commits = recording.commits.find(store);
  if (commits == recording.commits.end()) return absl::NotFoundError("nothing was recorded of store " + store);
  const std::vector<Recording::Run>& runs = recording.stores.at(store);
  ASSIGN_OR_RETURN(const auto database,
                   Database::Open(absl::StrCat(folder, "/", store, ".db"), recording.texts.size()));
  std::vector<double> times;
  size_t next = 0;
  for (const size_t end : commits->second) {
    const absl::Time begin = absl::Now();
    RETURN_IF_ERROR(database->Script("BEGIN IMMEDIATE"));
    for (; next < end; ++next) RETURN_IF_ERROR(database->Run(runs[next], recording.texts[runs[next].statement]));
    RETURN_IF_ERROR(database->Commit());
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
  }
  std::nth_element(times.begin(), times.begin() + static_cast<int64_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

absl::StatusOr<absl::Duration> Replay(const Recording& recording, const std::string& store, const std::string& folder,
                                      int transactions) {
  const auto found = recording.stores.find(store);
  if (found == recording.stores.end()) return absl::NotFoundError("nothing was recorded of store " + store);
  const std::vector<Recording::Run>& runs = found->second;
  ASSIGN_OR_RETURN(const auto database,
                   Database::Open(absl::StrCat(folder, "/", store, ".db"), recording.texts.size()));
  const absl::Time begin = absl::Now();
  size_t next = 0;
  for (int transaction = 1; transaction <= transactions; ++transaction) {
    RETURN_IF_ERROR(database->Script("BEGIN IMMEDIATE"));
    for (const size_t end = runs.size() * transaction / transactions; next < end; ++next) {
      RETURN_IF_ERROR(database->Run(runs[next], recording.texts[runs[next].statement]));
    }
    RETURN_IF_ERROR(database->Commit());
  }
  return absl::Now() - begin;
}

}  // namespace equity::bench
