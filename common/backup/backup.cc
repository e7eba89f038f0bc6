#include "common/backup/backup.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/macros.h"
#include "google/protobuf/util/json_util.h"

namespace equity::backup {
namespace {

namespace fs = std::filesystem;

const sql::Sql kHasInvariants{"invariants.view",
                              "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = 'invariant_violations'"};
const sql::Sql kInvariants{
    "invariants.violations",
    "SELECT rule, subject, message FROM (SELECT rule, subject, message, row_number() OVER (PARTITION BY rule) AS n "
    "FROM invariant_violations) WHERE n <= $1"};

[[noreturn]] void Fail(const std::string& what) { throw sql::Error(sql::Failure::kIo, what); }

// A copy is looked at as it lies there: neither a log nor a lock is made beside it.
void VerifyStore(const std::string& file, const operations::v1::StoreBackup& store,
                 std::vector<std::string>& problems) {
  const auto problem = [&](const std::string& what) { problems.push_back(absl::StrCat(store.service(), ": ", what)); };
  SQLite::Database database(
      absl::StrCat("file:", absl::StrReplaceAll(file, {{"%", "%25"}, {"?", "%3f"}, {"#", "%23"}}), "?immutable=1"),
      SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  SQLite::Statement integrity(database, "PRAGMA integrity_check");
  while (integrity.executeStep()) {
    if (integrity.getColumn(0).getString() != "ok") problem(integrity.getColumn(0).getString());
  }
  SQLite::Statement keys(database, "PRAGMA foreign_key_check");
  while (keys.executeStep()) problem("a dangling key in " + keys.getColumn(0).getString());
  const int version = database.execAndGet("SELECT coalesce(max(version), 0) FROM schema_migrations");
  const int64_t last = database.execAndGet("SELECT coalesce(max(sequence), 0) FROM feed");
  if (version != store.schema_version()) problem("its tables are of another version than the manifest says");
  if (last != store.feed_sequence()) problem("its feed ends elsewhere than the manifest says");
  SQLite::Statement view(database, kHasInvariants.text);
  if (!view.executeStep()) return;
  SQLite::Statement broken(database, "SELECT rule, subject, message FROM invariant_violations LIMIT 100");
  while (broken.executeStep()) {
    problem(absl::StrCat(broken.getColumn(0).getString(), ": ", broken.getColumn(1).getString(), ": ",
                         broken.getColumn(2).getString()));
  }
}

}  // namespace

std::string Sha256OfFile(const std::string& file) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) Fail("cannot read " + file);
  std::vector<char> buffer(1 << 20);
  while (stream.read(buffer.data(), buffer.size()) || stream.gcount() > 0) {
    EVP_DigestUpdate(context.get(), buffer.data(), stream.gcount());
  }
  if (stream.bad()) Fail("cannot read " + file);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  return absl::BytesToHexString({reinterpret_cast<char*>(digest.data()), size});
}

void WriteFileDurably(const std::string& file, const std::string& text) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) Fail("cannot write " + file);
  const auto close_file = absl::MakeCleanup([&] { close(fd); });
  if (write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()) || fsync(fd) != 0) {
    Fail("cannot write " + file);
  }
}

void SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!synced) Fail("cannot write to " + folder);
}

void WriteManifest(const std::string& folder, const Manifest& manifest) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(manifest, &text, options).ok())
    Fail("the manifest cannot be written");
  WriteFileDurably(absl::StrCat(folder, "/", kManifestFile), text);
}

absl::StatusOr<Manifest> ReadManifest(const std::string& folder) {
  std::stringstream text;
  text << std::ifstream(absl::StrCat(folder, "/", kManifestFile)).rdbuf();
  Manifest manifest;
  if (text.str().empty() || !google::protobuf::util::JsonStringToMessage(text.str(), &manifest).ok()) {
    return absl::NotFoundError(absl::StrCat(folder, " is not a whole backup: it has no manifest that can be read"));
  }
  for (const auto& store : manifest.stores()) {
    if (store.file().empty() || store.file().find('/') != std::string::npos) {
      return absl::NotFoundError(absl::StrCat(folder, " is not a backup: its manifest names files elsewhere"));
    }
  }
  return manifest;
}

std::vector<Manifest> List(const std::string& all) {
  std::vector<Manifest> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(all, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(".") || !entry.is_directory(error)) continue;
    if (auto manifest = ReadManifest(entry.path()); manifest.ok() && manifest->name() == name) {
      found.push_back(*std::move(manifest));
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return found;
}

std::vector<operations::v1::Violation> Violations(sql::ReadTransaction& transaction, const std::string& service,
                                                  int limit) {
  std::vector<operations::v1::Violation> found;
  if (!transaction.Exists(kHasInvariants, {})) return found;
  transaction.Each(kInvariants, {limit}, [&](const sql::Row& row) {
    auto& violation = found.emplace_back();
    violation.set_service(service);
    violation.set_rule(row.Text(0));
    violation.set_subject(row.Text(1));
    violation.set_message(row.Text(2));
  });
  return found;
}

absl::StatusOr<std::vector<std::string>> Verify(const std::string& folder) {
  ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
  std::vector<std::string> problems;
  if (manifest.stores().empty()) problems.push_back("there is no store in it");
  for (const auto& store : manifest.stores()) {
    const std::string file = absl::StrCat(folder, "/", store.file());
    try {
      if (Sha256OfFile(file) != store.sha256()) {
        problems.push_back(absl::StrCat(store.service(), ": ", store.file(), " is not what was written"));
        continue;
      }
      VerifyStore(file, store, problems);
    } catch (const std::exception& error) {
      problems.push_back(absl::StrCat(store.service(), ": ", error.what()));
    }
  }
  return problems;
}

}  // namespace equity::backup
