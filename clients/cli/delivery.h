// What the commands of facilitators, feedback and quizzes share: what the command line says, and how they are declared.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/commands.h"
#include "clients/cli/sessions_lookup.h"

namespace equity::cli::delivery {

// What the command line says; each command uses some of it.
struct Arguments {
  std::string name;
  std::string session;
  std::vector<std::string> sessions;
  std::string workshop;
  std::string public_name;
  std::string biography;
  std::string lived_experience;
  std::vector<std::string> aspects;
  std::string audience;
  std::string until;
  std::string file;
  std::string secret;
  std::string recommend;
  std::string comment;
  int number = 0;
  std::vector<int> choices;
  bool flag = false;
  bool everybody = false;
};

inline absl::StatusOr<std::string> SessionOf(Context& context, const std::string& text, const std::string& workshop) {
  ASSIGN_OR_RETURN(auto sessions, context.Connect<client::SessionsClient>());
  return FindSession(sessions, text, workshop);
}

// A number; nothing where there is none.
inline Cell CountCell(bool has, int count) { return has ? Cell(int64_t{count}) : Cell(); }

using Run = std::function<absl::StatusOr<ExitCode>(Context&, const Arguments&)>;

// Declares subcommands of a group; each shares the arguments, as one of them runs.
class Group {
 public:
  Group(CLI::App& app, Context& context, const char* name, const char* description)
      : group_(*app.add_subcommand(name, description)->require_subcommand(1)), context_(context) {}

  CLI::App* New(const char* name, const char* description, Run run) {
    auto* command = group_.add_subcommand(name, description);
    context_.On(command, [&context = context_, arguments = arguments_, run = std::move(run)] {
      return run(context, *arguments);
    });
    return command;
  }
  CLI::App* Session(CLI::App* command) {
    command->add_option("session", arguments().session, "A date, or workshops/{id}/sessions/{id}")->required();
    return Workshop(command);
  }
  CLI::App* Workshop(CLI::App* command) {
    command->add_option("--workshop", arguments().workshop, "The workshop, where a date alone could mean two sessions");
    return command;
  }
  CLI::App* Named(CLI::App* command, const char* what, const char* form) {
    command->add_option(what, arguments().name, form)->required();
    return command;
  }
  Arguments& arguments() { return *arguments_; }

 private:
  CLI::App& group_;
  Context& context_;
  const std::shared_ptr<Arguments> arguments_ = std::make_shared<Arguments>();
};

}  // namespace equity::cli::delivery
