// The subcommands, a file for each subject.
#pragma once

#include "CLI/CLI.hpp"
#include "clients/cli/context.h"

namespace equity::cli {

// Declares the subcommands of a group. They share their arguments, as a command line names one of them, and are plain
// functions: a closure and an object of its own for each of a hundred commands take long to compile.
template <class Arguments>
class Group {
 public:
  using Run = absl::StatusOr<ExitCode> (*)(Context&, const Arguments&);

  // Of the commands that belong to no group.
  Group(CLI::App& app, Context& context) : app_(app), context_(context) {}
  Group(CLI::App& app, Context& context, const char* name, const char* description)
      : Group(*app.add_subcommand(name, description)->require_subcommand(1), context) {}

  CLI::App* New(const char* name, const char* description, Run run) { return New(app_, name, description, run); }
  CLI::App* New(CLI::App& parent, const char* name, const char* description, Run run) {
    CLI::App* command = parent.add_subcommand(name, description);
    context_.On(command, [&context = context_, arguments = arguments_, run] { return run(context, *arguments); });
    return command;
  }

  CLI::App& app() { return app_; }
  Arguments& arguments() { return *arguments_; }

 private:
  CLI::App& app_;
  Context& context_;
  const std::shared_ptr<Arguments> arguments_ = std::make_shared<Arguments>();
};

// The arguments of commands that take none.
struct NoArguments {};

void AddOrganisations(CLI::App& app, Context& context);
void AddParticipants(CLI::App& app, Context& context);
void AddChallenges(CLI::App& app, Context& context);
void AddWorkshops(CLI::App& app, Context& context);
void AddSessions(CLI::App& app, Context& context);
void AddRegister(CLI::App& app, Context& context);
void AddBookings(CLI::App& app, Context& context);
void AddAttendance(CLI::App& app, Context& context);
void AddFacilitators(CLI::App& app, Context& context);
void AddFeedback(CLI::App& app, Context& context);
void AddQuizzes(CLI::App& app, Context& context);
void AddAdvice(CLI::App& app, Context& context);
void AddKnowledge(CLI::App& app, Context& context);
void AddPlans(CLI::App& app, Context& context);
void AddStatistics(CLI::App& app, Context& context);
void AddWatch(CLI::App& app, Context& context);
void AddToken(CLI::App& app, Context& context);
void AddStateHash(CLI::App& app, Context& context);
void AddBackup(CLI::App& app, Context& context);
void AddExplain(CLI::App& app, Context& context);  // after AddBookings and AddParticipants
void AddClock(CLI::App& app, Context& context);

}  // namespace equity::cli
