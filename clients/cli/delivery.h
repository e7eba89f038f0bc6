// What the commands of facilitators, feedback and quizzes share: what the command line says, and how they are declared.
#pragma once

#include <string>
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
  return FindSession(context, text, workshop);
}

// A number; nothing where there is none.
inline Cell CountCell(bool has, int count) { return has ? Cell(int64_t{count}) : Cell(); }

class DeliveryGroup : public Group<Arguments> {
 public:
  using Group::Group;

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
};

}  // namespace equity::cli::delivery
