// equityctl state-hash, equityctl clock: what an operator asks a server about itself.
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/resume_file.h"
#include "common/clock/clock.h"
#include "equity/operations/v1/operations.pb.h"

namespace equity::cli {
namespace {

// One hash over those of all services. JSON shows each.
absl::StatusOr<ExitCode> StateHash(Context& context, const NoArguments&) {
  operations::v1::GetStateHashRequest request;
  operations::v1::GetStateHashResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
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

struct ClockArguments {
  std::string advance_to;
  CLI::Option* option = nullptr;  // which may be given empty
};

// In a table it is one line for people, in the challenge's time zone.
absl::StatusOr<ExitCode> Clock(Context& context, const ClockArguments& arguments) {
  if (arguments.option->count() > 0) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, arguments.advance_to, &time, &error)) {
      return absl::InvalidArgumentError("--advance-to must be a time such as 2021-08-13T09:00:00+01:00: " + error);
    }
    operations::v1::AdvanceBusinessTimeRequest request;
    request.mutable_time()->set_seconds(absl::ToUnixSeconds(time));
    operations::v1::AdvanceBusinessTimeResponse response;
    RETURN_IF_ERROR(context.Call(request, &response));
  }
  operations::v1::GetBusinessTimeRequest request;
  operations::v1::GetBusinessTimeResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  if (context.format() == Format::kTable) {
    const absl::Time time = absl::FromUnixSeconds(response.time().seconds());
    context.streams().out << absl::FormatTime("%A %-d %B %Y, %H:%M", time, London())
                          << (response.demonstration() ? " (demonstration)" : "") << std::endl;
    return kDone;
  }
  return context.Show(response, {"time", "demonstration"},
                      {TimeCell(response.time(), response.has_time()), response.demonstration() ? "true" : "false"});
}

}  // namespace

void AddStateHash(CLI::App& app, Context& context) {
  Group<NoArguments>(app, context).New("state-hash", "One SHA-256 over the domain tables of all services", StateHash);
}

void AddClock(CLI::App& app, Context& context) {
  Group<ClockArguments> group(app, context);
  auto* clock = group.New("clock", "The business clock, which decides dates", Clock);
  group.arguments().option = clock->add_option("--advance-to", group.arguments().advance_to,
                                               "Move the clock of a demonstration forward to this time first");
}

}  // namespace equity::cli
