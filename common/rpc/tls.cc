#include "common/rpc/tls.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace equity::rpc {
namespace {

constexpr unsigned kRefreshSeconds = 2;

std::shared_ptr<grpc::experimental::CertificateProviderInterface> Watch(const TlsFiles& files) {
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(files.key, files.certificate,
                                                                              files.authority, kRefreshSeconds);
}

absl::Status Wrong(const std::string& file, const char* why) {
  ERR_clear_error();  // gRPC's TLS reads the same queue
  return absl::InvalidArgumentError(absl::StrCat(file, ": ", why));
}

}  // namespace

absl::Status CheckTlsFiles(const TlsFiles& files) {
  for (const std::string& file : {files.certificate, files.key, files.authority}) {
    if (!std::ifstream(file)) return Wrong(file, "cannot be read");
  }
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_method()), &SSL_CTX_free);
  if (context == nullptr) return Wrong(files.certificate, "TLS is not to be had");
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return Wrong(files.certificate, "is not a certificate in PEM form");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Wrong(files.key, "is not the key, in PEM form, of the certificate");
  }
  if (SSL_CTX_load_verify_locations(context.get(), files.authority.c_str(), nullptr) != 1) {
    return Wrong(files.authority, "holds no certificates in PEM form");
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const TlsFiles& files) {
  grpc::experimental::TlsServerCredentialsOptions options(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentialsOf(const TlsFiles& files) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

bool CertificateNames(const grpc::ServerContextBase& server, std::string_view name) {
  const auto peer = server.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return false;
  const auto names = peer->FindPropertyValues(GRPC_X509_SAN_PROPERTY_NAME);
  return std::any_of(names.begin(), names.end(), [name](const grpc::string_ref& given) {
    return std::string_view(given.data(), given.size()) == name;
  });
}

}  // namespace equity::rpc
