#include "common/auth/dev_issuer.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/cjose_ptr.h"
#include "nlohmann/json.hpp"

namespace equity::auth {
namespace {

using nlohmann::json;

constexpr char kAudience[] = "equity-challenge";

std::string KeyPath(const std::string& folder) { return folder + "/issuer.jwk"; }
std::string JwksPath(const std::string& folder) { return folder + "/jwks.json"; }

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string RandomHex() {
  unsigned char bytes[8] = {};
  RAND_bytes(bytes, sizeof bytes);  // only to tell keys and files apart
  return absl::BytesToHexString({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

absl::Status WriteAll(const std::string& path, const std::string& text, mode_t mode) {
  const int fd = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", path));
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const int error = errno;
  close(fd);
  return written ? absl::OkStatus() : absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
}

// Makes the file whole or not at all; one that another process made first stays.
absl::Status MakeFile(const std::string& path, const std::string& text, mode_t mode) {
  const std::string draft = absl::StrCat(path, ".", RandomHex());
  absl::Status status = WriteAll(draft, text, mode);
  if (status.ok() && link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    status = absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", path));
  }
  unlink(draft.c_str());
  return status;
}

absl::StatusOr<std::string> ExportKey(const cjose_jwk_t* key, bool with_private) {
  cjose_err error;
  const CTextPtr text(cjose_jwk_to_json(key, with_private, &error));
  ERR_clear_error();
  if (!text) return absl::InternalError("the issuer's key cannot be written out");
  return std::string(text.get());
}

absl::StatusOr<JwkPtr> ImportKey(const std::string& text) {
  cjose_err error;
  JwkPtr key(cjose_jwk_import(text.data(), text.size(), &error));
  ERR_clear_error();
  if (!key || cjose_jwk_get_kid(key.get(), &error) == nullptr) {
    return absl::DataLossError("the issuer's key is broken: remove issuer.jwk and jwks.json to have new ones made");
  }
  return key;
}

absl::Status MakeKey(const std::string& path) {
  cjose_err error;
  const JwkPtr key(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error));
  ERR_clear_error();
  const std::string kid = absl::StrCat("dev-", RandomHex());
  if (!key || !cjose_jwk_set_kid(key.get(), kid.data(), kid.size(), &error)) {
    return absl::InternalError("cannot make a key for the issuer");
  }
  const absl::StatusOr<std::string> text = ExportKey(key.get(), /*with_private=*/true);
  return text.ok() ? MakeFile(path, *text, 0600) : text.status();
}

absl::Status MakeJwks(const std::string& path, const std::string& key_json) {
  const absl::StatusOr<JwkPtr> key = ImportKey(key_json);
  if (!key.ok()) return key.status();
  const absl::StatusOr<std::string> text = ExportKey(key->get(), /*with_private=*/false);
  if (!text.ok()) return text.status();
  return MakeFile(path, absl::StrCat("{\"keys\":[", *text, "]}\n"), 0644);
}

absl::StatusOr<std::string> Sign(const cjose_jwk_t* key, const std::string& payload) {
  cjose_err error;
  const HeaderPtr header(cjose_header_new(&error));
  if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &error) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, cjose_jwk_get_kid(key, &error), &error)) {
    return absl::InternalError("cannot make the token's header");
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(payload.data());
  const JwsPtr jws(cjose_jws_sign(key, header.get(), bytes, payload.size(), &error));
  ERR_clear_error();
  const char* token = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &token, &error)) return absl::InternalError("cannot sign the token");
  return std::string(token);
}

}  // namespace

absl::StatusOr<DevIssuer> DevIssuer::OpenOrCreate(const std::string& folder) {
  std::error_code ignored;  // opening the files says what is wrong
  if (std::filesystem::create_directories(folder, ignored)) chmod(folder.c_str(), 0700);
  if (!std::filesystem::exists(KeyPath(folder), ignored)) {
    if (auto status = MakeKey(KeyPath(folder)); !status.ok()) return status;
  }
  absl::StatusOr<DevIssuer> issuer = Open(folder);
  if (!issuer.ok() || std::filesystem::exists(JwksPath(folder), ignored)) return issuer;
  if (auto status = MakeJwks(JwksPath(folder), issuer->key_); !status.ok()) return status;
  return issuer;
}

absl::StatusOr<DevIssuer> DevIssuer::Open(const std::string& folder) {
  std::optional<std::string> key = ReadFile(KeyPath(folder));
  if (!key) {
    return absl::NotFoundError(
        absl::StrCat("there is no token issuer in ", folder, " that can be read: start ./run once, which makes one"));
  }
  if (auto imported = ImportKey(*key); !imported.ok()) return imported.status();
  return DevIssuer(folder, *std::move(key));
}

absl::StatusOr<std::string> DevIssuer::Mint(const DevClaims& claims, absl::Time now) const {
  const absl::StatusOr<JwkPtr> key = ImportKey(key_);
  if (!key.ok()) return key.status();
  json payload = {{"iss", kIssuer},
                  {"aud", kAudience},
                  {"sub", claims.subject},
                  {"iat", absl::ToUnixSeconds(now)},
                  {"exp", absl::ToUnixSeconds(now + claims.lifetime)},
                  {"roles", claims.roles}};
  if (!claims.organisation.empty()) payload["organisation"] = claims.organisation;
  return Sign(key->get(), payload.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string DevIssuer::jwks_file() const { return JwksPath(folder_); }

}  // namespace equity::auth
