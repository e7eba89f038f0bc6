// equityctl state-hash, equityctl clock: what an operator asks a server about itself.
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/resume_file.h"
#include "clients/cpp/operations.h"
#include "common/clock/clock.h"

namespace equity::cli {
namespace {

// One hash over those of all services. JSON shows each.
absl::StatusOr<ExitCode> StateHash(Context& context) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::OperationsClient>());
  ASSIGN_OR_RETURN(const auto response, client.GetStateHash({}));
  if (context.format() == Format::kJson) {
    context.streams().out << ToJson(response, true);
    return kDone;
  }
  std::string services;
  for (const auto& service : response.services())
    absl::StrAppend(&services, service.service(), " ", service.sha256(), "\n");
  context.streams().out << HashTexts({services}) << std::endl;
  return kDone;
}

// In a table it is one line for people, in the challenge's time zone.
absl::StatusOr<ExitCode> Clock(Context& context, const std::optional<std::string>& advance_to) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::OperationsClient>());
  if (advance_to) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, *advance_to, &time, &error)) {
      return absl::InvalidArgumentError("--advance-to must be a time such as 2021-08-13T09:00:00+01:00: " + error);
    }
    operations::v1::AdvanceBusinessTimeRequest request;
    request.mutable_time()->set_seconds(absl::ToUnixSeconds(time));
    RETURN_IF_ERROR(client.AdvanceBusinessTime(std::move(request)).status());
  }
  ASSIGN_OR_RETURN(const auto response, client.GetBusinessTime({}));
  if (context.format() == Format::kTable) {
    const absl::Time time = absl::FromUnixSeconds(response.time().seconds());
    context.streams().out << absl::FormatTime("%A %-d %B %Y, %H:%M", time, London())
                          << (response.demonstration() ? " (demonstration)" : "") << std::endl;
    return kDone;
  }
  const auto report = context.NewReport(Shape::kOne, {"time", "demonstration"});
  report->Add(response, {TimeCell(response.time(), response.has_time()), response.demonstration() ? "true" : "false"});
  report->Finish();
  return kDone;
}

}  // namespace

void AddStateHash(CLI::App& app, Context& context) {
  context.On(app.add_subcommand("state-hash", "One SHA-256 over the domain tables of all services"),
             [&context] { return StateHash(context); });
}

void AddClock(CLI::App& app, Context& context) {
  auto* clock = app.add_subcommand("clock", "The business clock, which decides dates");
  auto advance_to = std::make_shared<std::string>();
  auto* option =
      clock->add_option("--advance-to", *advance_to, "Move the clock of a demonstration forward to this time first");
  context.On(clock, [&context, advance_to, option] {
    return Clock(context, option->count() > 0 ? std::make_optional(*advance_to) : std::nullopt);
  });
}

}  // namespace equity::cli
