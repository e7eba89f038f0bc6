// What all commands share: the global options, the connection, the credential and how results and errors are shown.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cli/output.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/options.h"
#include "common/status/macros.h"

namespace CLI {
class App;  // its header is large, and for commands.h
}

namespace equity::cli {

enum ExitCode : int {
  kDone = 0,
  kRefused = 1,      // something was refused: a row, or the request
  kUsage = 2,        // the command cannot be right: arguments, a file that cannot be read, missing columns
  kUnreachable = 3,  // the server was not reached, did not do it, or does not allow it
};

// Where a command reads and writes; a test has its own.
struct Streams {
  std::istream& in;
  std::ostream& out;  // data only
  std::ostream& err;  // everything else
  bool out_is_terminal = false;
  bool err_is_terminal = false;
};

struct GlobalOptions {
  std::string target = "127.0.0.1:8443";
  std::string token_file;
  std::string tls_ca;  // files; with any of them the connection is TLS
  std::string tls_cert;
  std::string tls_key;
  std::string as;      // an organisation's id
  std::string output;  // empty: a table on a terminal, CSV otherwise
  absl::Duration timeout = absl::Seconds(10);
};

class Context {
 public:
  using Command = std::function<absl::StatusOr<ExitCode>()>;

  explicit Context(Streams streams) : streams_(streams) {}

  GlobalOptions& options() { return options_; }
  Streams& streams() { return streams_; }
  Format format() const;

  // Makes the subcommand run `command` when the command line names it.
  void On(CLI::App* subcommand, Command command);
  // Runs the command that was named and shows its error, if any.
  ExitCode Run();

  std::unique_ptr<Report> NewReport(Shape shape, std::vector<std::string> columns);
  void Warn(std::string_view text);

  // Prints the one thing that a command is about.
  ExitCode Show(const google::protobuf::Message& message, std::vector<std::string> columns,
                const std::vector<Cell>& cells);

  // Makes the RPC that takes this request, with the credential; an empty request_id is filled. There is no code for
  // each of them, as that of a class per service took most of the time to compile.
  absl::Status Call(google::protobuf::Message& request, google::protobuf::Message* response);
  // Makes such calls until the list is read; `visit` finds each page in `page`.
  absl::Status ForEachPage(google::protobuf::Message& request, google::protobuf::Message* page,
                           absl::FunctionRef<void()> visit);
  // The same, and prints what `add` makes of each page.
  absl::StatusOr<ExitCode> ShowPages(google::protobuf::Message& request, google::protobuf::Message* page,
                                     std::vector<std::string> columns, absl::FunctionRef<void(Report&)> add);
  absl::Status EnsureConnected();
  // Once connected.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const client::CallOptions& call_options() const { return call_options_; }

 private:
  absl::StatusOr<client::Target> Target() const;
  absl::StatusOr<std::string> Credential() const;
  ExitCode ShowError(const absl::Status& status);

  Streams streams_;
  GlobalOptions options_;
  Command command_;
  std::shared_ptr<grpc::Channel> channel_;
  client::CallOptions call_options_;
};

// A token of the development issuer in the folder that EQUITY_DEV_ISSUER names.
absl::StatusOr<std::string> MintToken(const std::string& role, const std::string& organisation,
                                      const std::string& subject);

// Resource names of what people type: ids and full names both do. Organisations may be in upper case.
std::string OrganisationName(std::string_view text);
std::string WorkshopName(std::string_view text);
std::string ChallengeName(std::string_view text);
// The last part of a resource name, and the part after the first slash, such as the organisation's id.
std::string LastPart(std::string_view name);
std::string FirstId(std::string_view name);

}  // namespace equity::cli
