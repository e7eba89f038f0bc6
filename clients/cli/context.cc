#include "clients/cli/context.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <ostream>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/call.h"
#include "common/auth/dev_issuer.h"
#include "common/status/errors.h"
#include "common/strings.h"

namespace equity::cli {
namespace {

// How long a server may take to be there. A script may start it in the same breath.
constexpr absl::Duration kConnectTime = absl::Seconds(2);

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) return absl::InvalidArgumentError("The file " + path + " cannot be read, or is empty.");
  return text;
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  std::ifstream file(path);
  std::string token{std::istreambuf_iterator<char>(file), {}};
  absl::StripAsciiWhitespace(&token);
  if (token.empty()) return absl::InvalidArgumentError("The token file " + path + " cannot be read, or is empty.");
  return token;
}

ExitCode CodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
      return kRefused;
    default:
      return kUnreachable;
  }
}

std::string WithPrefix(std::string_view prefix, std::string_view text) {
  return text.empty() || text.starts_with(prefix) ? std::string(text) : std::string(prefix) + std::string(text);
}

}  // namespace

Format Context::format() const {
  if (options_.output == "json") return Format::kJson;
  if (options_.output == "csv") return Format::kCsv;
  if (options_.output == "table") return Format::kTable;
  return streams_.out_is_terminal ? Format::kTable : Format::kCsv;
}

void Context::On(CLI::App* subcommand, Command command) {
  subcommand->callback([this, command = std::move(command)] { command_ = command; });
}

ExitCode Context::Run() {
  const absl::StatusOr<ExitCode> result = command_();
  return result.ok() ? *result : ShowError(result.status());
}

std::unique_ptr<Report> Context::NewReport(Shape shape, std::vector<std::string> columns) {
  return cli::NewReport(format(), shape, std::move(columns), streams_.out);
}

void Context::Warn(std::string_view text) { streams_.err << "equityctl: " << text << std::endl; }

ExitCode Context::Show(const google::protobuf::Message& message, std::vector<std::string> columns,
                       const std::vector<Cell>& cells) {
  const auto report = NewReport(Shape::kOne, std::move(columns));
  report->Add(message, cells);
  report->Finish();
  return kDone;
}

absl::Status Context::Call(google::protobuf::Message& request, google::protobuf::Message* response) {
  RETURN_IF_ERROR(EnsureConnected());
  return client::Call(channel_, call_options_, request, response);
}

absl::Status Context::ForEachPage(google::protobuf::Message& request, google::protobuf::Message* page,
                                  absl::FunctionRef<void()> visit) {
  RETURN_IF_ERROR(EnsureConnected());
  return client::ForEachPage(channel_, call_options_, request, page, [visit] {
    visit();
    return absl::OkStatus();
  });
}

absl::StatusOr<ExitCode> Context::ShowPages(google::protobuf::Message& request, google::protobuf::Message* page,
                                            std::vector<std::string> columns, absl::FunctionRef<void(Report&)> add) {
  const auto report = NewReport(Shape::kList, std::move(columns));
  RETURN_IF_ERROR(ForEachPage(request, page, [&] { add(*report); }));
  report->Finish();
  return kDone;
}

absl::Status Context::EnsureConnected() {
  if (channel_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(call_options_.bearer_token, Credential());
  call_options_.deadline = options_.timeout;
  ASSIGN_OR_RETURN(const client::Target target, Target());
  auto channel = client::Connect(target);
  const absl::Time until = absl::Now() + std::min(kConnectTime, options_.timeout);
  if (!channel->WaitForConnected(absl::ToChronoTime(until))) return absl::UnavailableError("");
  channel_ = std::move(channel);
  return absl::OkStatus();
}

absl::StatusOr<client::Target> Context::Target() const {
  client::Target target{.address = options_.target};
  if (options_.tls_ca.empty() && options_.tls_cert.empty() && options_.tls_key.empty()) return target;
  if (options_.tls_cert.empty() != options_.tls_key.empty()) {
    return absl::InvalidArgumentError("--tls-cert and --tls-key belong together.");
  }
  target.tls.emplace();
  ASSIGN_OR_RETURN(target.tls->root_certificates, ReadPem(options_.tls_ca));
  ASSIGN_OR_RETURN(target.tls->certificate_chain, ReadPem(options_.tls_cert));
  ASSIGN_OR_RETURN(target.tls->private_key, ReadPem(options_.tls_key));
  return target;
}

// The token of --as, else of --token-file, else none: some of the contract is public.
absl::StatusOr<std::string> Context::Credential() const {
  if (!options_.as.empty() && std::getenv("EQUITY_DEV_ISSUER") != nullptr) {
    return MintToken("partner", FirstId(OrganisationName(options_.as)), "equityctl");
  }
  if (!options_.token_file.empty()) return ReadToken(options_.token_file);
  if (options_.as.empty()) return "";
  return absl::InvalidArgumentError(
      "--as needs a credential: set EQUITY_DEV_ISSUER to the folder of a development issuer, or give --token-file.");
}

// The message, each wrong field or unmet guard with its fix, and the reason code.
ExitCode Context::ShowError(const absl::Status& status) {
  const std::string reason = status::Reason(status);
  // Without a reason it did not come from one of our servers, but from the connection.
  if (reason.empty() && absl::IsUnavailable(status)) {
    Warn(absl::StrCat("No server answers at ", options_.target,
                      ". Start one with ./run, or name another with --target or EQUITY_TARGET."));
  } else if (reason.empty() && absl::IsDeadlineExceeded(status)) {
    Warn(absl::StrCat("The server at ", options_.target, " did not answer within ",
                      absl::FormatDuration(options_.timeout), ". Allow more time with --timeout."));
  } else {
    const auto faults = status::FieldFaults(status);
    const auto violations = status::Violations(status);
    if (faults.empty() && violations.empty()) {
      Warn(ToStd(status.message()));
    } else {
      Warn("The server refused the request:");
    }
    for (const auto& fault : faults) streams_.err << "  " << fault.field << ": " << fault.description << std::endl;
    for (const auto& each : violations) {
      streams_.err << "  " << each.code << " (" << each.field << "): " << each.fix << std::endl;
    }
    if (!reason.empty()) streams_.err << "reason: " << reason << std::endl;
  }
  return CodeFor(status);
}

absl::StatusOr<std::string> MintToken(const std::string& role, const std::string& organisation,
                                      const std::string& subject) {
  const char* folder = std::getenv("EQUITY_DEV_ISSUER");
  if (folder == nullptr) {
    return absl::InvalidArgumentError("Set EQUITY_DEV_ISSUER to the folder of a development issuer; ./run makes one.");
  }
  const auto issuer = auth::DevIssuer::Open(folder);
  if (!issuer.ok()) return absl::InvalidArgumentError(issuer.status().message());
  return issuer->Mint({.subject = subject, .roles = {role}, .organisation = organisation}, absl::Now());
}

std::string OrganisationName(std::string_view text) {
  return WithPrefix("organisations/", absl::AsciiStrToLower(ToAbsl(text)));
}
std::string WorkshopName(std::string_view text) { return WithPrefix("workshops/", text); }
std::string ChallengeName(std::string_view text) { return WithPrefix("challenges/", text); }

std::string LastPart(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

std::string FirstId(std::string_view name) {
  const size_t begin = name.find('/') + 1;
  return std::string(name.substr(begin, name.find('/', begin) - begin));
}

}  // namespace equity::cli
