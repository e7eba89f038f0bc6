// equityctl register: a partner's file of staff goes in, each row learns what became of it.
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/commands.h"
#include "clients/cli/csv_file.h"
#include "clients/cli/outcomes.h"
#include "clients/cli/progress.h"
#include "clients/cli/resume_file.h"
#include "clients/cpp/registration_stream.h"

namespace equity::cli {
namespace {

using participants::v1::RegistrationOutcome;
using participants::v1::RegistrationRow;
using participants::v1::SubmitRegistrationsRequest;
using participants::v1::ValidateRegistrationsRequest;

constexpr int kLargestAtomicFile = 500;
constexpr size_t kMostWaitingRows = 5'000;

struct RegisterArguments {
  std::string file;
  std::string workshop;
  bool dry_run = false;
  bool atomic = false;
};

Columns StaffColumns(bool needs_organisation) {
  Columns columns{.needed = {{"external_ref"}, {"email"}, {"given_name", "family_name"}},
                  .optional = {"job_title", "access_needs", "session_date", "on_full"}};
  if (needs_organisation) {
    columns.needed.push_back({"organisation"});
  } else {
    columns.optional.push_back("organisation");
  }
  return columns;
}

// One run over one file.
class Registration {
 public:
  Registration(Context& context, const RegisterArguments& arguments)
      : context_(context), arguments_(arguments), progress_(context.streams().err, context.streams().err_is_terminal) {}

  absl::StatusOr<ExitCode> Run() {
    const std::string& as = context_.options().as;
    ASSIGN_OR_RETURN(file_, CsvFile::Open(context_, arguments_.file, StaffColumns(as.empty())));
    RETURN_IF_ERROR(context_.EnsureConnected());
    ASSIGN_OR_RETURN(resume_, OpenResumeFile());
    outcomes_ = std::make_unique<Outcomes>(context_.NewReport(Shape::kList, Outcomes::Columns()));
    const absl::Status status = arguments_.atomic ? RunAtomic() : RunStream();
    progress_.Clear();
    if (!status.ok()) return Interrupted(status);
    outcomes_->Finish();
    ShowSummary();
    if (!context_.streams().out.flush()) {
      context_.Warn("What became of the rows was not shown: run the same command again.");
      return kUsage;
    }
    resume_.Remove();
    return outcomes_->refused() > 0 ? kRefused : kDone;
  }

 private:
  // An interrupted run is known by the file's contents and everything else that decides what happens.
  absl::StatusOr<ResumeFile> OpenResumeFile() {
    if (arguments_.dry_run || arguments_.file == "-") return ResumeFile(absl::Now());
    ASSIGN_OR_RETURN(const std::string contents, HashFile(arguments_.file));
    ResumeFile resume(HashTexts({contents, context_.options().target, context_.options().as, arguments_.workshop,
                                 arguments_.atomic ? "atomic" : ""}),
                      absl::Now());
    if (resume.is_resumed()) {
      context_.Warn(absl::StrCat("Going on with the interrupted run of this file (operation ", resume.operation(),
                                 ", done up to line ", resume.last_durable_row(), ")."));
    }
    if (!resume.Save(resume.last_durable_row())) {
      context_.Warn("Cannot write to the state folder: if this run is interrupted, a second one begins anew.");
    }
    return resume;
  }

  RegistrationRow ToRow(const csv::Record& record) const {
    RegistrationRow row;
    row.set_row(record.line);
    row.set_external_ref(file_->Value(record, "external_ref"));
    row.set_organisation(file_->Value(record, "organisation"));
    row.set_given_name(file_->Value(record, "given_name"));
    row.set_family_name(file_->Value(record, "family_name"));
    row.set_email(file_->Value(record, "email"));
    row.set_job_title(file_->Value(record, "job_title"));
    row.set_access_needs(file_->Value(record, "access_needs"));
    row.set_session_date(file_->Value(record, "session_date"));
    row.set_on_full(file_->Value(record, "on_full"));
    if (row.organisation().empty()) row.set_organisation(FirstId(OrganisationName(context_.options().as)));
    return row;
  }

  RegistrationOutcome ToRefusal(const csv::Record& record) const {
    RegistrationOutcome outcome;
    outcome.set_row(record.line);
    outcome.set_external_ref(file_->Value(record, "external_ref"));
    outcome.set_kind(RegistrationOutcome::KIND_REJECTED);
    outcome.set_code(std::string(csv::Code(record.fault->kind)));
    outcome.set_field(record.fault->column);
    outcome.set_message(record.fault->message);
    outcome.set_fix(record.fault->fix);
    return outcome;
  }

  absl::Status RunStream() {
    client::RegistrationStreamOptions options;
    options.operation = resume_.operation();
    options.workshop = WorkshopName(arguments_.workshop);
    options.validate_only = arguments_.dry_run;
    client::RegistrationStream stream(context_.channel(), context_.call_options(), options,
                                      [this](const RegistrationOutcome& outcome) {
                                        outcomes_->Add(outcome);
                                        progress_.Show(file_->Progress(), outcomes_->rows());
                                      });
    for (csv::Record record; file_->Next(record);) {
      if (record.fault.has_value()) {
        outcomes_->AddRefused(ToRefusal(record));
        if (outcomes_->waiting() > kMostWaitingRows) RETURN_IF_ERROR(stream.Flush());
      } else {
        outcomes_->Expect(record.line);
        RETURN_IF_ERROR(stream.Send(ToRow(record)));
      }
      SaveProgress(stream.last_durable_row());
    }
    RETURN_IF_ERROR(file_->status());
    return stream.Finish();
  }

  // All rows or none, in one request. A row that the reader refuses refuses the whole file.
  absl::Status RunAtomic() {
    SubmitRegistrationsRequest request;
    for (csv::Record record; file_->Next(record);) {
      if (record.fault.has_value()) {
        outcomes_->AddRefused(ToRefusal(record));
      } else {
        outcomes_->Expect(record.line);
        *request.add_rows() = ToRow(record);
      }
      if (request.rows_size() > kLargestAtomicFile) {
        resume_.Remove();
        return absl::InvalidArgumentError(
            absl::StrCat("--atomic takes at most ", kLargestAtomicFile, " rows. Split the file, or leave it out."));
      }
    }
    RETURN_IF_ERROR(file_->status());
    if (request.rows().empty()) return absl::OkStatus();
    const bool is_whole = outcomes_->rows() + static_cast<int>(outcomes_->waiting()) == 0;
    if (arguments_.dry_run || !is_whole) return Validate(std::move(request), is_whole);
    request.set_workshop(WorkshopName(arguments_.workshop));
    request.set_mode(participants::v1::SUBMISSION_MODE_ATOMIC);
    request.set_request_id(resume_.operation());
    participants::v1::SubmitRegistrationsResponse response;
    RETURN_IF_ERROR(context_.Call(request, &response));
    for (const RegistrationOutcome& outcome : response.outcomes()) outcomes_->Add(outcome);
    return absl::OkStatus();
  }

  absl::Status Validate(SubmitRegistrationsRequest rows, bool is_whole) {
    ValidateRegistrationsRequest request;
    request.mutable_rows()->Swap(rows.mutable_rows());
    request.set_workshop(WorkshopName(arguments_.workshop));
    request.set_mode(participants::v1::SUBMISSION_MODE_ATOMIC);
    participants::v1::ValidateRegistrationsResponse response;
    RETURN_IF_ERROR(context_.Call(request, &response));
    for (RegistrationOutcome& outcome : *response.mutable_outcomes()) {
      if (!is_whole && outcome.kind() != RegistrationOutcome::KIND_REJECTED) Refuse(outcome);
      outcomes_->Add(outcome);
    }
    return absl::OkStatus();
  }

  // A sound row falls with the rows that the reader refused.
  static void Refuse(RegistrationOutcome& outcome) {
    RegistrationOutcome refusal;
    refusal.set_row(outcome.row());
    refusal.set_external_ref(outcome.external_ref());
    refusal.set_kind(RegistrationOutcome::KIND_REJECTED);
    refusal.set_code("BATCH_REFUSED");
    refusal.set_message("Another row of the file was refused, and --atomic registers all rows or none.");
    refusal.set_fix("Correct the other rows and send the whole file again.");
    outcome = refusal;
  }

  void SaveProgress(int last_durable_row) {
    constexpr absl::Duration kPause = absl::Seconds(1);
    if (arguments_.dry_run || absl::Now() - saved_ < kPause) return;
    saved_ = absl::Now();
    resume_.Save(last_durable_row);
  }

  absl::Status Interrupted(const absl::Status& status) {
    const bool is_begun = outcomes_->rows() > 0;
    // What a second run cannot get past must not be gone on with.
    if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
        (absl::IsUnauthenticated(status) && is_begun)) {
      context_.Warn(absl::StrCat("Interrupted, with ", outcomes_->Summary(),
                                 " so far. Run the same command again: it goes on with the same operation."));
    } else {
      resume_.Remove();
    }
    if (is_begun) outcomes_->Finish();
    return status;
  }

  void ShowSummary() {
    context_.streams().err << (arguments_.dry_run ? "Dry run, nothing was changed: " : "") << outcomes_->Summary()
                           << std::endl;
    if (outcomes_->has_unsettled()) context_.Warn("Some rows could not be settled now: run the same command again.");
  }

  Context& context_;
  RegisterArguments arguments_;
  Progress progress_;
  std::unique_ptr<CsvFile> file_;
  ResumeFile resume_{absl::Now()};
  std::unique_ptr<Outcomes> outcomes_;
  absl::Time saved_ = absl::Now();
};

}  // namespace

void AddRegister(CLI::App& app, Context& context) {
  Group<RegisterArguments> group(app, context);
  RegisterArguments& arguments = group.arguments();
  auto* command = group.New(
      "register", "Register the staff of a CSV file, and book their places",
      [](Context& context, const RegisterArguments& arguments) { return Registration(context, arguments).Run(); });
  command->add_option("file", arguments.file, "The file; - is standard input")->required();
  command->add_option("--workshop", arguments.workshop, "The workshop, where a date alone could mean two sessions");
  command->add_flag("--dry-run", arguments.dry_run, "Say what would happen, and change nothing");
  command->add_flag("--atomic", arguments.atomic, "All rows or none; at most 500");
}

}  // namespace equity::cli
