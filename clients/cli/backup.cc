// equityctl backup, verify, restore, check: what an operator does so that nothing is lost, and looks whether it is so.
// verify and restore work on files, and need no server.
#include "common/backup/backup.h"

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "equity/operations/v1/operations.pb.h"

namespace equity::cli {
namespace {

const std::vector<std::string> kBackupColumns = {"backup", "create_time", "business_time",
                                                 "stores", "size_bytes",  "feed_position"};

void ShowBackup(Report& report, const operations::v1::Backup& backup) {
  int64_t size = 0;
  for (const auto& store : backup.stores()) size += store.size_bytes();
  report.Add(backup, {backup.name(), TimeCell(backup.create_time(), true), TimeCell(backup.business_time(), true),
                      int64_t{backup.stores_size()}, size, backup.feed_position()});
}

absl::StatusOr<ExitCode> MakeBackup(Context& context, int retain) {
  operations::v1::CreateBackupRequest request;
  request.set_retain(retain);
  operations::v1::CreateBackupResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const auto report = context.NewReport(Shape::kList, kBackupColumns);
  for (const auto& backup : response.backups()) ShowBackup(*report, backup);
  report->Finish();
  return kDone;
}

// Of one backup, or of all in a folder of backups.
absl::StatusOr<ExitCode> VerifyBackups(Context& context, const std::string& folder) {
  std::vector<std::string> folders;
  if (backup::ReadManifest(folder).ok()) {
    folders.push_back(folder);
  } else {
    for (const auto& each : backup::List(folder)) folders.push_back(absl::StrCat(folder, "/", each.name()));
  }
  if (folders.empty()) return absl::InvalidArgumentError("There is no whole backup in " + folder + ".");
  const auto report = context.NewReport(Shape::kList, kBackupColumns);
  ExitCode code = kDone;
  for (const std::string& each : folders) {
    ASSIGN_OR_RETURN(const auto problems, backup::Verify(each));
    for (const std::string& problem : problems) context.Warn(absl::StrCat(each, ": ", problem));
    if (!problems.empty()) code = kRefused;
    ASSIGN_OR_RETURN(const auto manifest, backup::ReadManifest(each));
    if (problems.empty()) ShowBackup(*report, manifest);
  }
  report->Finish();
  return code;
}

absl::StatusOr<ExitCode> RestoreBackup(Context& context, const backup::RestoreOptions& options) {
  ASSIGN_OR_RETURN(const auto manifest, backup::Restore(options));
  const auto report = context.NewReport(Shape::kOne, kBackupColumns);
  ShowBackup(*report, manifest);
  report->Finish();
  if (options.keys.empty() && !manifest.key_files().empty()) {
    context.Warn(absl::StrCat("Before you start the server, copy the keys into ", options.data_folder, ": ",
                              absl::StrJoin(manifest.key_files(), ", "), "."));
  }
  return kDone;
}

absl::StatusOr<ExitCode> Check(Context& context) {
  operations::v1::CheckInvariantsRequest request;
  operations::v1::CheckInvariantsResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const auto report = context.NewReport(Shape::kList, {"service", "rule", "subject", "message"});
  for (const auto& violation : response.violations()) {
    report->Add(violation, {violation.service(), violation.rule(), violation.subject(), violation.message()});
  }
  report->Finish();
  context.streams().err << (response.violations().empty() ? "All that must hold does, at "
                                                          : "NOT all that must hold does, at ")
                        << response.feed_position() << "."
                        << (response.totals_compared() ? ""
                                                       : " The statistics lagged behind, and totals were not compared.")
                        << std::endl;
  return response.violations().empty() ? kDone : kRefused;
}

}  // namespace

void AddBackup(CLI::App& app, Context& context) {
  auto* backup = app.add_subcommand("backup", "Copy all stores of the server, as of one moment, while it serves");
  auto retain = std::make_shared<int>(0);
  backup->add_option("--retain", *retain, "Keep this many backups and remove older ones; all unless given")
      ->check(CLI::PositiveNumber);
  context.On(backup, [&context, retain] { return MakeBackup(context, *retain); });

  auto folder = std::make_shared<std::string>();
  auto* verify = app.add_subcommand("verify", "Look whether a backup, or each in a folder, can be restored");
  verify->add_option("folder", *folder, "The folder of a backup, or of all of them")->required();
  context.On(verify, [&context, folder] { return VerifyBackups(context, *folder); });

  auto options = std::make_shared<backup::RestoreOptions>();
  auto* restore = app.add_subcommand("restore", "Make a data folder out of a backup, for a server to be started on it");
  restore->add_option("backup", options->backup, "The folder of the backup")->required();
  restore->add_option("--data", options->data_folder, "The data folder: empty, or not there yet")->required();
  restore->add_option("--erasures", options->erasures, "The ledger of who was erased; the one beside the backup");
  restore->add_option("--keys", options->keys, "Folder with copies of the keys, which no backup has");
  context.On(restore, [&context, options] { return RestoreBackup(context, *options); });

  context.On(app.add_subcommand("check", "Whether what must always hold does; exit code 1 when not"),
             [&context] { return Check(context); });
}

}  // namespace equity::cli
