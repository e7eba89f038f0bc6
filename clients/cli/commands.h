// The subcommands, a file for each subject.
#pragma once

#include "CLI/CLI.hpp"
#include "clients/cli/context.h"

namespace equity::cli {

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
