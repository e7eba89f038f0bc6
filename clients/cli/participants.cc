// equityctl participants
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands.h"
#include "common/strings.h"
#include "equity/participants/v1/participants.pb.h"

namespace equity::cli {
namespace {

using participants::v1::AccessNeed;
using participants::v1::Consent;
using participants::v1::Participant;
using participants::v1::Purpose;

const std::vector<std::string> kParticipantColumns = {"participant", "external_ref", "given_name",   "family_name",
                                                      "email",       "job_title",    "access_needs", "state",
                                                      "moved_to",    "organisation"};
const std::vector<std::string> kConsentColumns = {"purpose", "wording_version", "give_time", "withdraw_time"};

std::string AccessNeeds(const Participant& person) {
  std::vector<std::string> needs;
  for (int need : person.access_needs()) {
    needs.push_back(need == participants::v1::ACCESS_NEED_OTHER ? "OTHER:" + person.other_access_need()
                                                                : EnumName(static_cast<AccessNeed>(need)));
  }
  return absl::StrJoin(needs, ";");
}

std::vector<Cell> Cells(const Participant& person) {
  return {person.name(),     person.external_ref(), person.given_name(), person.family_name(),
          person.email(),    person.job_title(),    AccessNeeds(person), EnumName(person.state()),
          person.moved_to(), FirstId(person.name())};
}

std::vector<Cell> Cells(const Consent& consent) {
  return {EnumName(consent.purpose()), consent.wording_version(),
          TimeCell(consent.give_time(), consent.has_give_time()),
          TimeCell(consent.withdraw_time(), consent.has_withdraw_time())};
}

// A person's details as options.
struct Details {
  Participant person;
  std::string access_needs;

  void AddTo(CLI::App* app) {
    app->add_option("--external-ref", *person.mutable_external_ref(), "How your own system calls the person");
    app->add_option("--given-name", *person.mutable_given_name(), "Given name");
    app->add_option("--family-name", *person.mutable_family_name(), "Family name");
    app->add_option("--email", *person.mutable_email(), "E-mail address");
    app->add_option("--job-title", *person.mutable_job_title(), "Job title");
    app->add_option("--access-needs", access_needs, "Codes separated by semicolons, such as BREAKS;OTHER:lift nearby");
  }

  absl::StatusOr<Participant> Person() const {
    Participant known = person;
    for (const auto& part : absl::StrSplit(access_needs, ';', absl::SkipWhitespace())) {
      std::string need(absl::StripAsciiWhitespace(part));
      if (need.starts_with("OTHER:")) {
        known.set_other_access_need(need.substr(6));
        need = "OTHER";
      }
      ASSIGN_OR_RETURN(const auto value, ParseEnum<AccessNeed>("--access-needs", need));
      known.add_access_needs(value);
    }
    return known;
  }

  // Those that were given to the command.
  static void AddGiven(const CLI::App& command, google::protobuf::FieldMask& mask) {
    for (const char* field : {"external_ref", "given_name", "family_name", "email", "job_title", "access_needs"}) {
      std::string option = std::string("--") + field;
      for (char& c : option) c = c == '_' ? '-' : c;
      if (command.count(option) > 0) mask.add_paths(field);
    }
    if (command.count("--access-needs") > 0) mask.add_paths("other_access_need");
  }
};

struct ParticipantsArguments {
  std::string name;
  std::string organisation;
  std::string external_ref;
  bool inactive = false;
  Details details;
  const CLI::App* update = nullptr;
  participants::v1::MoveParticipantRequest move;
  std::string purpose;
  std::string wording;
};

absl::StatusOr<std::string> ParentOf(Context& context, const ParticipantsArguments& arguments) {
  const std::string& organisation = arguments.organisation.empty() ? context.options().as : arguments.organisation;
  if (organisation.empty()) return absl::InvalidArgumentError("Name the organisation with --organisation or --as.");
  return OrganisationName(organisation);
}

// Makes a call whose answer is the person as it is then.
template <class Response>
absl::StatusOr<ExitCode> ShowPerson(Context& context, google::protobuf::Message& request) {
  Response response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return context.Show(response.participant(), kParticipantColumns, Cells(response.participant()));
}

absl::StatusOr<ExitCode> List(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::ListParticipantsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_parent(), ParentOf(context, arguments));
  request.set_external_ref(arguments.external_ref);
  request.set_show_inactive(arguments.inactive);
  participants::v1::ListParticipantsResponse page;
  return context.ShowPages(request, &page, kParticipantColumns, [&](Report& report) {
    for (const Participant& person : page.participants()) report.Add(person, Cells(person));
  });
}

absl::StatusOr<ExitCode> Get(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::GetParticipantRequest request;
  request.set_name(arguments.name);
  return ShowPerson<participants::v1::GetParticipantResponse>(context, request);
}

absl::StatusOr<ExitCode> Register(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::RegisterParticipantRequest request;
  ASSIGN_OR_RETURN(*request.mutable_parent(), ParentOf(context, arguments));
  ASSIGN_OR_RETURN(*request.mutable_participant(), arguments.details.Person());
  return ShowPerson<participants::v1::RegisterParticipantResponse>(context, request);
}

absl::StatusOr<ExitCode> Update(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::UpdateParticipantRequest request;
  ASSIGN_OR_RETURN(*request.mutable_participant(), arguments.details.Person());
  request.mutable_participant()->set_name(arguments.name);
  Details::AddGiven(*arguments.update, *request.mutable_update_mask());
  if (request.update_mask().paths().empty()) return absl::InvalidArgumentError("Say what to change, such as --email.");
  return ShowPerson<participants::v1::UpdateParticipantResponse>(context, request);
}

absl::StatusOr<ExitCode> Deactivate(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::DeactivateParticipantRequest request;
  request.set_name(arguments.name);
  return ShowPerson<participants::v1::DeactivateParticipantResponse>(context, request);
}

absl::StatusOr<ExitCode> Move(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::MoveParticipantRequest request = arguments.move;
  request.set_name(arguments.name);
  request.set_organisation(OrganisationName(request.organisation()));
  return ShowPerson<participants::v1::MoveParticipantResponse>(context, request);
}

absl::StatusOr<ExitCode> GiveConsent(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::GiveConsentRequest request;
  request.set_name(arguments.name);
  ASSIGN_OR_RETURN(const auto purpose, ParseEnum<Purpose>("purpose", arguments.purpose));
  request.set_purpose(purpose);
  request.set_wording_version(arguments.wording);
  participants::v1::GiveConsentResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return context.Show(response.consent(), kConsentColumns, Cells(response.consent()));
}

absl::StatusOr<ExitCode> WithdrawConsent(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::WithdrawConsentRequest request;
  request.set_name(arguments.name);
  ASSIGN_OR_RETURN(const auto purpose, ParseEnum<Purpose>("purpose", arguments.purpose));
  request.set_purpose(purpose);
  participants::v1::WithdrawConsentResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return context.Show(response.consent(), kConsentColumns, Cells(response.consent()));
}

absl::StatusOr<ExitCode> ListConsents(Context& context, const ParticipantsArguments& arguments) {
  participants::v1::ListConsentsRequest request;
  request.set_name(arguments.name);
  participants::v1::ListConsentsResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const auto report = context.NewReport(Shape::kList, kConsentColumns);
  for (const Consent& consent : response.consents()) report->Add(consent, Cells(consent));
  report->Finish();
  return kDone;
}

void AddConsent(Group<ParticipantsArguments>& participants) {
  auto* group = participants.app().add_subcommand("consent", "A person's consents")->require_subcommand(1);
  ParticipantsArguments& arguments = participants.arguments();
  const std::string purposes = EnumNames(*participants::v1::Purpose_descriptor());

  auto* give = participants.New(*group, "give", "Record that a person consents", GiveConsent);
  give->add_option("participant", arguments.name, "The person's resource name")->required();
  give->add_option("purpose", arguments.purpose, purposes)->required();
  give->add_option("--wording", arguments.wording, "Which wording the person agreed to")->required();

  auto* withdraw = participants.New(*group, "withdraw", "Record that a person takes a consent back", WithdrawConsent);
  withdraw->add_option("participant", arguments.name, "The person's resource name")->required();
  withdraw->add_option("purpose", arguments.purpose, purposes)->required();

  participants.New(*group, "list", "All consents of a person", ListConsents)
      ->add_option("participant", arguments.name, "The person's resource name")
      ->required();
}

}  // namespace

void AddParticipants(CLI::App& app, Context& context) {
  Group<ParticipantsArguments> group(app, context, "participants", "People who take part");
  ParticipantsArguments& arguments = group.arguments();
  const auto named = [&](const char* name, const char* description, Group<ParticipantsArguments>::Run run) {
    CLI::App* command = group.New(name, description, run);
    command->add_option("participant", arguments.name, "organisations/{id}/participants/{uuid}")->required();
    return command;
  };

  auto* list = group.New("list", "The people of an organisation", List);
  list->add_option("--organisation", arguments.organisation, "The organisation; that of --as unless given");
  list->add_option("--external-ref", arguments.external_ref, "Only the person with this reference");
  list->add_flag("--inactive", arguments.inactive, "Also those who left or moved");

  auto* register_one = group.New("register", "Register one person, without a place", Register);
  register_one->add_option("--organisation", arguments.organisation, "The organisation; that of --as unless given");
  arguments.details.AddTo(register_one);

  named("get", "One person", Get);
  auto* update = named("update", "Change a person's details", Update);
  arguments.details.AddTo(update);
  arguments.update = update;
  named("deactivate", "Record that a person left", Deactivate);

  auto* move = named("move", "Move a person to another organisation", Move);
  move->add_option("organisation", *arguments.move.mutable_organisation(), "The new organisation")->required();
  move->add_option("--external-ref", *arguments.move.mutable_external_ref(),
                   "What the new organisation calls the person");
  move->add_option("--email", *arguments.move.mutable_email(), "The new e-mail address");

  AddConsent(group);
}

}  // namespace equity::cli
