// equityctl participants
#include "clients/cpp/participants.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands.h"
#include "common/strings.h"

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

template <class Message>
ExitCode Show(Context& context, const std::vector<std::string>& columns, const Message& message) {
  const auto report = context.NewReport(Shape::kOne, columns);
  report->Add(message, Cells(message));
  report->Finish();
  return kDone;
}

// A person's details as options. Those that were given are remembered for the update mask.
struct Details {
  Participant person;
  std::string access_needs;
  CLI::App* command;

  explicit Details(CLI::App* app) : command(app) {
    app->add_option("--external-ref", *person.mutable_external_ref(), "How your own system calls the person");
    app->add_option("--given-name", *person.mutable_given_name(), "Given name");
    app->add_option("--family-name", *person.mutable_family_name(), "Family name");
    app->add_option("--email", *person.mutable_email(), "E-mail address");
    app->add_option("--job-title", *person.mutable_job_title(), "Job title");
    app->add_option("--access-needs", access_needs, "Codes separated by semicolons, such as BREAKS;OTHER:lift nearby");
  }

  absl::Status ParseAccessNeeds() {
    person.clear_access_needs();
    for (const auto& part : absl::StrSplit(access_needs, ';', absl::SkipWhitespace())) {
      std::string need(absl::StripAsciiWhitespace(part));
      if (need.starts_with("OTHER:")) {
        person.set_other_access_need(need.substr(6));
        need = "OTHER";
      }
      ASSIGN_OR_RETURN(const auto value, ParseEnum<AccessNeed>("--access-needs", need));
      person.add_access_needs(value);
    }
    return absl::OkStatus();
  }

  void AddGivenTo(google::protobuf::FieldMask& mask) const {
    for (const char* field : {"external_ref", "given_name", "family_name", "email", "job_title", "access_needs"}) {
      std::string option = std::string("--") + field;
      for (char& c : option) c = c == '_' ? '-' : c;
      if (command->count(option) > 0) mask.add_paths(field);
    }
    if (command->count("--access-needs") > 0) mask.add_paths("other_access_need");
  }
};

absl::StatusOr<ExitCode> List(Context& context, participants::v1::ListParticipantsRequest request) {
  const std::string organisation = request.parent().empty() ? context.options().as : request.parent();
  if (organisation.empty()) return absl::InvalidArgumentError("Name the organisation with --organisation or --as.");
  request.set_parent(OrganisationName(organisation));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  const auto report = context.NewReport(Shape::kList, kParticipantColumns);
  RETURN_IF_ERROR(client.ForEachParticipant(request, [&](const Participant& person) {
    report->Add(person, Cells(person));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> Get(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  participants::v1::GetParticipantRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto response, client.GetParticipant(std::move(request)));
  return Show(context, kParticipantColumns, response.participant());
}

absl::StatusOr<ExitCode> Register(Context& context, std::string organisation, Details& details) {
  if (organisation.empty()) organisation = context.options().as;
  if (organisation.empty()) return absl::InvalidArgumentError("Name the organisation with --organisation or --as.");
  RETURN_IF_ERROR(details.ParseAccessNeeds());
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  participants::v1::RegisterParticipantRequest request;
  request.set_parent(OrganisationName(organisation));
  *request.mutable_participant() = details.person;
  ASSIGN_OR_RETURN(const auto response, client.RegisterParticipant(std::move(request)));
  return Show(context, kParticipantColumns, response.participant());
}

absl::StatusOr<ExitCode> Update(Context& context, const std::string& name, Details& details) {
  RETURN_IF_ERROR(details.ParseAccessNeeds());
  participants::v1::UpdateParticipantRequest request;
  *request.mutable_participant() = details.person;
  request.mutable_participant()->set_name(name);
  details.AddGivenTo(*request.mutable_update_mask());
  if (request.update_mask().paths().empty()) return absl::InvalidArgumentError("Say what to change, such as --email.");
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  ASSIGN_OR_RETURN(const auto response, client.UpdateParticipant(std::move(request)));
  return Show(context, kParticipantColumns, response.participant());
}

absl::StatusOr<ExitCode> Deactivate(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  participants::v1::DeactivateParticipantRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto response, client.DeactivateParticipant(std::move(request)));
  return Show(context, kParticipantColumns, response.participant());
}

absl::StatusOr<ExitCode> Move(Context& context, participants::v1::MoveParticipantRequest request) {
  request.set_organisation(OrganisationName(request.organisation()));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  ASSIGN_OR_RETURN(const auto response, client.MoveParticipant(std::move(request)));
  return Show(context, kParticipantColumns, response.participant());
}

absl::StatusOr<ExitCode> GiveConsent(Context& context, participants::v1::GiveConsentRequest request,
                                     const std::string& purpose) {
  ASSIGN_OR_RETURN(const auto value, ParseEnum<Purpose>("purpose", purpose));
  request.set_purpose(value);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  ASSIGN_OR_RETURN(const auto response, client.GiveConsent(std::move(request)));
  return Show(context, kConsentColumns, response.consent());
}

absl::StatusOr<ExitCode> WithdrawConsent(Context& context, const std::string& name, const std::string& purpose) {
  participants::v1::WithdrawConsentRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto value, ParseEnum<Purpose>("purpose", purpose));
  request.set_purpose(value);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  ASSIGN_OR_RETURN(const auto response, client.WithdrawConsent(std::move(request)));
  return Show(context, kConsentColumns, response.consent());
}

absl::StatusOr<ExitCode> ListConsents(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ParticipantsClient>());
  participants::v1::ListConsentsRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto response, client.ListConsents(std::move(request)));
  const auto report = context.NewReport(Shape::kList, kConsentColumns);
  for (const Consent& consent : response.consents()) report->Add(consent, Cells(consent));
  report->Finish();
  return kDone;
}

void AddConsent(CLI::App& participants, Context& context) {
  auto* group = participants.add_subcommand("consent", "A person's consents")->require_subcommand(1);
  auto name = std::make_shared<std::string>();
  auto purpose = std::make_shared<std::string>();
  const std::string purposes = EnumNames(*participants::v1::Purpose_descriptor());

  auto* give = group->add_subcommand("give", "Record that a person consents");
  auto request = std::make_shared<participants::v1::GiveConsentRequest>();
  give->add_option("participant", *request->mutable_name(), "The person's resource name")->required();
  give->add_option("purpose", *purpose, purposes)->required();
  give->add_option("--wording", *request->mutable_wording_version(), "Which wording the person agreed to")->required();
  context.On(give, [&context, request, purpose] { return GiveConsent(context, *request, *purpose); });

  auto* withdraw = group->add_subcommand("withdraw", "Record that a person takes a consent back");
  withdraw->add_option("participant", *name, "The person's resource name")->required();
  withdraw->add_option("purpose", *purpose, purposes)->required();
  context.On(withdraw, [&context, name, purpose] { return WithdrawConsent(context, *name, *purpose); });

  auto* list = group->add_subcommand("list", "All consents of a person");
  list->add_option("participant", *name, "The person's resource name")->required();
  context.On(list, [&context, name] { return ListConsents(context, *name); });
}

void AddList(CLI::App& group, Context& context) {
  auto* command = group.add_subcommand("list", "The people of an organisation");
  auto request = std::make_shared<participants::v1::ListParticipantsRequest>();
  auto inactive = std::make_shared<bool>(false);
  command->add_option("--organisation", *request->mutable_parent(), "The organisation; that of --as unless given");
  command->add_option("--external-ref", *request->mutable_external_ref(), "Only the person with this reference");
  command->add_flag("--inactive", *inactive, "Also those who left or moved");
  context.On(command, [&context, request, inactive] {
    request->set_show_inactive(*inactive);
    return List(context, *request);
  });
}

void AddRegisterOne(CLI::App& group, Context& context) {
  auto* command = group.add_subcommand("register", "Register one person, without a place");
  auto organisation = std::make_shared<std::string>();
  command->add_option("--organisation", *organisation, "The organisation; that of --as unless given");
  auto details = std::make_shared<Details>(command);
  context.On(command, [&context, organisation, details] { return Register(context, *organisation, *details); });
}

}  // namespace

void AddParticipants(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("participants", "People who take part")->require_subcommand(1);
  AddList(*group, context);
  AddRegisterOne(*group, context);

  auto name = std::make_shared<std::string>();
  auto* get = group->add_subcommand("get", "One person");
  get->add_option("participant", *name, "organisations/{id}/participants/{uuid}")->required();
  context.On(get, [&context, name] { return Get(context, *name); });

  auto* update = group->add_subcommand("update", "Change a person's details");
  update->add_option("participant", *name, "organisations/{id}/participants/{uuid}")->required();
  auto details = std::make_shared<Details>(update);
  context.On(update, [&context, name, details] { return Update(context, *name, *details); });

  auto* deactivate = group->add_subcommand("deactivate", "Record that a person left");
  deactivate->add_option("participant", *name, "organisations/{id}/participants/{uuid}")->required();
  context.On(deactivate, [&context, name] { return Deactivate(context, *name); });

  auto* move = group->add_subcommand("move", "Move a person to another organisation");
  auto request = std::make_shared<participants::v1::MoveParticipantRequest>();
  move->add_option("participant", *request->mutable_name(), "organisations/{id}/participants/{uuid}")->required();
  move->add_option("organisation", *request->mutable_organisation(), "The new organisation")->required();
  move->add_option("--external-ref", *request->mutable_external_ref(), "What the new organisation calls the person");
  move->add_option("--email", *request->mutable_email(), "The new e-mail address");
  context.On(move, [&context, request] { return Move(context, *request); });

  AddConsent(*group, context);
}

}  // namespace equity::cli
