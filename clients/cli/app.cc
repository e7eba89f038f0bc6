#include "clients/cli/app.h"

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "absl/strings/escaping.h"
#include "clients/cli/commands.h"
#include "common/text/text.h"

namespace equity::cli {
namespace {

// `10s`, `2m` or plain seconds.
bool ParseTimeout(const std::string& text, absl::Duration& timeout) {
  const bool plain =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return absl::ParseDuration(plain ? text + "s" : text, &timeout) && timeout > absl::ZeroDuration();
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.add_option("--target", options.target, "The server, host:port")->envname("EQUITY_TARGET")->capture_default_str();
  app.add_option("--token-file", options.token_file, "A file with the bearer token")->envname("EQUITY_TOKEN_FILE");
  app.add_option("--tls-ca", options.tls_ca, "Connect by TLS; who signs the server's certificate")
      ->envname("EQUITY_TLS_CA");
  app.add_option("--tls-cert", options.tls_cert, "Certificate to show to the server")->envname("EQUITY_TLS_CERT");
  app.add_option("--tls-key", options.tls_key, "Its key")->envname("EQUITY_TLS_KEY");
  app.add_option("--as", options.as, "Act for this organisation, with a token of the issuer in EQUITY_DEV_ISSUER");
  app.add_option("--output", options.output, "table, csv or json; a table on a terminal and CSV otherwise")
      ->check(CLI::IsMember({"table", "csv", "json"}));
  app.add_option_function<std::string>(
         "--timeout",
         [&options](const std::string& text) {
           if (!ParseTimeout(text, options.timeout)) throw CLI::ValidationError("--timeout", "must be like 10s or 2m");
         },
         "How long a call may take, its retries included (10s)")
      ->type_name("TIME");
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& arguments, Streams streams) {
  Context context(streams);
  for (const std::string& argument : arguments) {
    if (text::IsUtf8(argument)) continue;
    context.Warn("The argument " + absl::CHexEscape(argument) + " is not text in UTF-8.");
    return kUsage;
  }
  CLI::App app("Equity Challenge from the command line", "equityctl");
  app.set_version_flag("--version", "equityctl 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();  // global options may stand anywhere
  AddGlobalOptions(app, context.options());
  AddOrganisations(app, context);
  AddParticipants(app, context);
  AddChallenges(app, context);
  AddWorkshops(app, context);
  AddSessions(app, context);
  AddRegister(app, context);
  AddBookings(app, context);
  AddAttendance(app, context);
  AddFacilitators(app, context);
  AddFeedback(app, context);
  AddQuizzes(app, context);
  AddAdvice(app, context);
  AddKnowledge(app, context);
  AddPlans(app, context);
  AddStatistics(app, context);
  AddWatch(app, context);
  AddToken(app, context);
  AddStateHash(app, context);
  AddClock(app, context);
  AddBackup(app, context);
  AddExplain(app, context);

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // the order that CLI11 wants
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    // "A subcommand is required" would hide what was mistyped.
    const std::vector<std::string> unknown = app.remaining(true);
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unknown.empty()) {
      context.Warn("There is no command or option " + unknown.front() + ". Run with --help for those that there are.");
      return kUsage;
    }
    return app.exit(error, streams.out, streams.err) == 0 ? kDone : kUsage;
  }
  return context.Run();
}

}  // namespace equity::cli
