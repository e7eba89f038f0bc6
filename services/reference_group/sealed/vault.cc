#include "services/reference_group/sealed/vault.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/strings.h"

namespace equity::referencegroup {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kPaddedBytes = 192;  // a name has at most 40 + 64 characters beside its collections

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher NewCipher() { return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free}; }

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// What must not fail, and without which nothing may be stored.
void Must(bool worked) {
  if (!worked) std::abort();
}

}  // namespace

Vault::Vault(const secret::Key& key) : root_(key) {
  const std::string sealing = secret::Hmac(root_, "seal");
  std::copy(sealing.begin(), sealing.end(), sealing_.begin());
}

absl::StatusOr<Vault> Vault::OpenOrCreate(const std::string& folder) {
  ASSIGN_OR_RETURN(const secret::Key key,
                   secret::OpenOrCreateKeyFile(folder + "/reference_group.key", "Restore it from a copy."));
  return Vault(key);
}

std::string Vault::Seal(std::string_view target, std::string_view person) const {
  std::string padded(person);
  Must(padded.size() <= kPaddedBytes);
  padded.resize(kPaddedBytes, '\0');
  std::string box(kNonceBytes + kPaddedBytes + kTagBytes, '\0');
  Must(RAND_bytes(Bytes(box), kNonceBytes) == 1);
  const Cipher cipher = NewCipher();
  int size = 0;
  Must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, sealing_.data(), Bytes(box)) == 1);
  Must(EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(target), static_cast<int>(target.size())) == 1);
  Must(EVP_EncryptUpdate(cipher.get(), Bytes(box) + kNonceBytes, &size, Bytes(padded), kPaddedBytes) == 1);
  Must(EVP_EncryptFinal_ex(cipher.get(), Bytes(box) + kNonceBytes + kPaddedBytes, &size) == 1);
  Must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, Bytes(box) + kNonceBytes + kPaddedBytes) ==
       1);
  OPENSSL_cleanse(padded.data(), padded.size());
  return box;
}

absl::StatusOr<std::string> Vault::Open(std::string_view target, std::string_view box) const {
  const absl::Status damaged = absl::DataLossError("a seal cannot be opened with reference_group.key");
  if (box.size() != kNonceBytes + kPaddedBytes + kTagBytes) return damaged;
  std::string tag(box.substr(kNonceBytes + kPaddedBytes));
  std::string padded(kPaddedBytes, '\0');
  const Cipher cipher = NewCipher();
  int size = 0;
  Must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, sealing_.data(), Bytes(box)) == 1);
  Must(EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(target), static_cast<int>(target.size())) == 1);
  Must(EVP_DecryptUpdate(cipher.get(), Bytes(padded), &size, Bytes(box.substr(kNonceBytes)), kPaddedBytes) == 1);
  Must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, Bytes(tag)) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), Bytes(padded) + kPaddedBytes, &size) != 1) return damaged;
  return std::string(padded.c_str());
}

std::string Vault::SecretOf(std::string_view target) const {
  const std::string mac = secret::Hmac(root_, absl::StrCat("secret of ", ToAbsl(target)));
  return absl::BytesToHexString(mac.substr(0, 16));
}

bool Vault::Proves(std::string_view target, std::string_view secret) const {
  const std::string expected = SecretOf(target);
  return secret.size() == expected.size() && CRYPTO_memcmp(secret.data(), expected.data(), expected.size()) == 0;
}

std::string Vault::Check() const { return secret::Hmac(root_, "reference_group.key").substr(0, 16); }

}  // namespace equity::referencegroup
