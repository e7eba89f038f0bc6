// Client certificates that get nobody in, and some that do and yet are not believed to be a service, by a real server.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/changes.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/operations.h"
#include "common/auth/dev_issuer.h"
#include "common/host/host.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/api/need.h"

namespace equity::api {
namespace {

constexpr const char* kGetNobodyIn[] = {
    "of-another-authority",
    "self-signed",
    "for-servers-only",
    "for-code-only",
    "not-for-signatures",
    "of-a-leaf",
    "of-one-that-may-not-sign",
    "of-no-authority",
    "of-a-path-too-long",
    "of-other-names",
    "short-key",
    "sha1",
    "expired",
    "not-yet-valid",
    "critical-and-unknown",
};
constexpr const char* kAreNotBelieved[] = {"name-without-san", "no-san-at-all",    "any-name", "longer-name",
                                           "capitals",         "identity-as-path", "address"};

class BadCertificatesTest : public testing::Test {
 protected:
  BadCertificatesTest() : folder_(std::filesystem::temp_directory_path() / "equity-certificates-XXXXXX") {
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    const std::string make = absl::StrCat(EQUITY_SOURCE_DIR, "/tests/api/make-bad-certificates ", folder_);
    if (std::system(make.c_str()) != 0) Need(absl::InternalError(make), "certificates");
    host::HostOptions options{.data_folder = folder_ + "/data", .dev_issuer = true};
    options.server.tls = rpc::TlsFiles{
        .certificate = Path("server", "crt"), .key = Path("server", "key"), .authority = Path("ca", "crt")};
    options.log_fd = fileno(log_);
    host_ = Need(host::Host::Create(std::move(options)), "host");
    Need(host_->Start(), "start");
    const auto issuer = Need(auth::DevIssuer::Open(host_->dev_issuer_folder()), "issuer");
    token_ = Need(issuer.Mint({.subject = "participants", .roles = {"service"}, .organisation = ""}, absl::Now()), "");
  }
  ~BadCertificatesTest() override {
    host_.reset();
    std::fclose(log_);
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name, const char* kind) const {
    return absl::StrCat(folder_, "/", name, ".", kind);
  }
  std::string TextOf(const std::string& name, const char* kind) const {
    std::stringstream text;
    text << std::ifstream(Path(name, kind)).rdbuf();
    return text.str();
  }

  std::shared_ptr<grpc::Channel> ConnectWith(const std::string& certificate, const std::string& key) const {
    return client::Connect({.address = absl::StrCat("localhost:", host_->port()),
                            .tls = client::Tls{.root_certificates = TextOf("ca", "crt"),
                                               .certificate_chain = TextOf(certificate, "crt"),
                                               .private_key = TextOf(key, "key")}});
  }
  // Anyone may ask this who gets in.
  static absl::Status AskTime(const std::shared_ptr<grpc::Channel>& channel) {
    const client::CallOptions options{.deadline = absl::Seconds(5), .max_tries = 1};
    return client::OperationsClient(channel, options).GetBusinessTime({}).status();
  }
  absl::Status AskAsService(const std::shared_ptr<grpc::Channel>& channel) const {
    const client::CallOptions options{.deadline = absl::Seconds(5), .max_tries = 1, .bearer_token = token_};
    return client::ChangesClient(channel, options).GetFeedPosition({}).status();
  }

  std::string folder_;
  std::FILE* const log_ = std::tmpfile();
  std::unique_ptr<host::Host> host_;
  std::string token_;
};

TEST_F(BadCertificatesTest, GetNobodyInOrAreNotBelieved) {
  const auto good = ConnectWith("good", "good");
  ASSERT_TRUE(AskTime(good).ok()) << AskTime(good);
  ASSERT_TRUE(AskAsService(good).ok()) << AskAsService(good);
  int refused = 2;
  EXPECT_TRUE(absl::IsUnavailable(AskTime(ConnectWith("none", "none")))) << "no certificate";
  EXPECT_FALSE(AskTime(ConnectWith("good", "server")).ok()) << "another's key";
  for (const char* name : kGetNobodyIn) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(std::filesystem::exists(Path(name, "crt")));
    EXPECT_TRUE(absl::IsUnavailable(AskTime(ConnectWith(name, name)))) << AskTime(ConnectWith(name, name));
    ++refused;
  }
  for (const char* name : kAreNotBelieved) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(std::filesystem::exists(Path(name, "crt")));
    const absl::Status status = AskAsService(ConnectWith(name, name));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    EXPECT_EQ(status::Reason(status), "CREDENTIAL_INVALID");
    ++refused;
  }
  // They left the server as it was.
  EXPECT_TRUE(AskAsService(ConnectWith("good", "good")).ok());
  std::printf("CERTIFICATES %d refused\n", refused);
}

}  // namespace
}  // namespace equity::api
