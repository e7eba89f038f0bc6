#include "clients/cli/resume_file.h"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/output.h"
#include "common/ids/uuid.h"
#include "common/strings.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace equity::cli {
namespace {

constexpr absl::Duration kLongestPause = absl::Hours(7 * 24);

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void Add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string Hex() {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), &size);
    digest.resize(size);
    return absl::BytesToHexString(digest);
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

// Empty where there is none.
std::string StateFolder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state != '\0') return std::string(state) + "/equityctl";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return std::string(home) + "/.local/state/equityctl";
  return "";
}

}  // namespace

absl::StatusOr<std::string> HashFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.Add({buffer.data(), static_cast<size_t>(file.gcount())});
  }
  if (!file.eof()) return absl::InvalidArgumentError(path + " cannot be read.");
  return hash.Hex();
}

std::string HashTexts(std::initializer_list<std::string_view> texts) {
  Sha256 hash;
  for (std::string_view text : texts) {
    hash.Add(absl::StrCat(text.size(), ":"));
    hash.Add(text);
  }
  return hash.Hex();
}

ResumeFile::ResumeFile(absl::Time now) : operation_(NewUuidV7(now)) {}

ResumeFile::ResumeFile(std::string_view key, absl::Time now) : ResumeFile(now) {
  const std::string folder = StateFolder();
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return;
  path_ = absl::StrCat(folder, "/register-", HashTexts({key}).substr(0, 32), ".json");

  std::ifstream file(path_);
  google::protobuf::Struct json;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!google::protobuf::util::JsonStringToMessage(text, &json).ok()) return;
  const std::string operation = (*json.mutable_fields())["operation"].string_value();
  const auto begun = UuidV7Time(operation);
  if (!begun.has_value() || now - *begun > kLongestPause) return;
  operation_ = operation;
  last_durable_row_ = static_cast<int>((*json.mutable_fields())["last_durable_row"].number_value());
  resumed_ = true;
}

bool ResumeFile::Save(int last_durable_row) {
  if (path_.empty()) return false;
  const std::string draft = path_ + ".new";
  {
    google::protobuf::Struct json;
    (*json.mutable_fields())["operation"].set_string_value(operation_);
    (*json.mutable_fields())["last_durable_row"].set_number_value(last_durable_row);
    std::ofstream file(draft);
    file << ToJson(json) << '\n';
    if (!file.flush()) return false;
  }
  std::error_code error;
  std::filesystem::rename(draft, path_, error);  // whole or not at all
  return !error;
}

void ResumeFile::Remove() {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::remove(path_, error);
}

}  // namespace equity::cli
