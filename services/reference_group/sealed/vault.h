// Seals who somebody is, so that neither the store nor a copy of it tells. The key is in a file beside the store and
// leaves neither the file nor this class.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/secret/key_file.h"

namespace equity::referencegroup {

class Vault {
 public:
  // Reads {folder}/reference_group.key, or makes it.
  static absl::StatusOr<Vault> OpenOrCreate(const std::string& folder);

  // AES-256-GCM over the padded name of a person, bound to the name of what it belongs to. Padded, as a length would
  // tell which organisation it is.
  std::string Seal(std::string_view target, std::string_view person) const;
  // DATA_LOSS for a box that was not sealed with this key for this target.
  absl::StatusOr<std::string> Open(std::string_view target, std::string_view box) const;

  // What its asker proves to be the asker of a question with. Not stored: it follows from the key.
  std::string SecretOf(std::string_view target) const;
  bool Proves(std::string_view target, std::string_view secret) const;

  // Tells this key from another one.
  std::string Check() const;

 private:
  explicit Vault(const secret::Key& key);
  secret::Key root_;
  secret::Key sealing_;  // one key, one use
};

}  // namespace equity::referencegroup
