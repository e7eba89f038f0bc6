#include "services/reference_group/sealed/vault.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::referencegroup {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPerson[] = "organisations/rde/participants/01890a5d-ac96-774b-8000-000000000001";

class VaultTest : public testing::Test {
 protected:
  VaultTest() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~VaultTest() override { std::filesystem::remove_all(folder_); }
  Vault Open() { return *Vault::OpenOrCreate(folder_); }
  std::string folder_ = std::filesystem::temp_directory_path() / "vault_test.XXXXXX";
};

TEST_F(VaultTest, OpensWhatItSealedForTheSameThingOnly) {
  const std::string box = Open().Seal("advice/a", kPerson);
  EXPECT_THAT(box, Not(HasSubstr("rde")));
  EXPECT_EQ(*Open().Open("advice/a", box), kPerson);
  EXPECT_EQ(Open().Open("advice/b", box).status().code(), absl::StatusCode::kDataLoss);
  std::string changed = box;
  changed[20] ^= 1;
  EXPECT_EQ(Open().Open("advice/a", changed).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Open().Open("advice/a", "").status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(VaultTest, BoxesTellNothingByLengthOrRepetition) {
  const Vault vault = Open();
  const std::string box = vault.Seal("advice/a", kPerson);
  EXPECT_NE(vault.Seal("advice/a", kPerson), box);
  EXPECT_EQ(vault.Seal("advice/a", "organisations/x/participants/1").size(), box.size());
}

TEST_F(VaultTest, ASecretProvesOneQuestion) {
  const std::string secret = Open().SecretOf("advice/a");
  EXPECT_EQ(secret.size(), 32u);
  EXPECT_TRUE(Open().Proves("advice/a", secret));
  EXPECT_FALSE(Open().Proves("advice/b", secret));
  EXPECT_FALSE(Open().Proves("advice/a", ""));
  EXPECT_FALSE(Open().Proves("advice/a", secret.substr(1)));
}

TEST_F(VaultTest, OnlyTheOwnerMayReadTheKeyAndADamagedOneIsRefused) {
  Open();
  const std::string file = folder_ + "/reference_group.key";
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::ofstream(file) << "short";
  EXPECT_EQ(Vault::OpenOrCreate(folder_).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace equity::referencegroup
