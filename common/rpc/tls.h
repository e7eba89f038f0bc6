// Mutual TLS between processes: both sides show a certificate, and both check the other's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_context.h"

namespace equity::rpc {

// PEM files. They are read again when they change, for the connections made from then on; replace them all at once,
// such as by turning a link to their folder, or a connection may meet a key that is not the certificate's.
struct TlsFiles {
  std::string certificate;  // of this process, with those between it and the authority's
  std::string key;
  std::string authority;  // who signs the certificates of the others
};

// INVALID_ARGUMENT, naming the file, where they cannot be used.
absl::Status CheckTlsFiles(const TlsFiles& files);

// Nobody gets in without a certificate of the authority.
std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const TlsFiles& files);
// The server's certificate must be of the authority and name the host that was dialled.
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentialsOf(const TlsFiles& files);

// Whether the caller's certificate has this name among its subject alternative names.
bool CertificateNames(const grpc::ServerContextBase& server, std::string_view name);

}  // namespace equity::rpc
