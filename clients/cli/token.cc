// equityctl token
#include <memory>
#include <ostream>
#include <string>

#include "clients/cli/commands.h"

namespace equity::cli {
namespace {

struct TokenArguments {
  std::string role;
  std::string organisation;
  std::string subject = "equityctl";
};

// A partner's token is bound to its organisation; without one it is the central team's.
absl::StatusOr<ExitCode> Token(Context& context, const TokenArguments& given) {
  TokenArguments arguments = given;
  if (arguments.organisation.empty()) arguments.organisation = context.options().as;
  if (arguments.role.empty()) arguments.role = arguments.organisation.empty() ? "central_team" : "partner";
  if (arguments.role == "partner" && arguments.organisation.empty()) {
    return absl::InvalidArgumentError("A partner's token needs --organisation.");
  }
  ASSIGN_OR_RETURN(const std::string token,
                   MintToken(arguments.role, FirstId(OrganisationName(arguments.organisation)), arguments.subject));
  context.streams().out << token << std::endl;
  return kDone;
}

}  // namespace

void AddToken(CLI::App& app, Context& context) {
  Group<TokenArguments> group(app, context);
  TokenArguments& arguments = group.arguments();
  auto* command = group.New("token", "Mint a token of the development issuer in EQUITY_DEV_ISSUER", Token);
  command->add_option("--role", arguments.role, "The role; partner with an organisation, else central_team")
      ->check(CLI::IsMember(
          {"central_team", "partner", "facilitator", "reference_group", "analyst", "service", "safeguarding"}));
  command->add_option("--organisation", arguments.organisation, "The organisation that it is bound to");
  command->add_option("--subject", arguments.subject, "Whom it names")->capture_default_str();
}

}  // namespace equity::cli
