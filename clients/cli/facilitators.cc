// equityctl facilitators: who delivers workshops, as far as they let it be shown.
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "clients/cli/delivery.h"
#include "equity/workshops/v1/facilitators.pb.h"

namespace equity::cli {
namespace delivery {
namespace {

namespace v1 = workshops::v1;

std::string FacilitatorName(const std::string& text) {
  return text.find('/') == text.npos ? "facilitators/" + text : text;
}

const std::vector<std::string> kFacilitatorColumns = {"facilitator",      "participant", "public_name", "biography",
                                                      "lived_experience", "sessions",    "shows",       "audience",
                                                      "expire_date",      "retired"};

std::vector<Cell> FacilitatorCells(const v1::Facilitator& facilitator) {
  const v1::FacilitatorConsent& consent = facilitator.consent();
  const std::string shows = absl::StrJoin(consent.aspects(), ";", [](std::string* out, int aspect) {
    out->append(EnumName(static_cast<v1::FacilitatorConsent::Aspect>(aspect)));
  });
  return {facilitator.name(),
          facilitator.participant(),
          facilitator.public_name(),
          facilitator.biography(),
          facilitator.lived_experience(),
          absl::StrJoin(facilitator.sessions(), ";"),
          shows,
          EnumName(consent.audience()),
          consent.expire_date(),
          facilitator.retired() ? "true" : "false"};
}

absl::StatusOr<ExitCode> ShowFacilitator(Context& context, const v1::Facilitator& facilitator) {
  return context.Show(facilitator, kFacilitatorColumns, FacilitatorCells(facilitator));
}

absl::StatusOr<ExitCode> ListPublic(Context& context) {
  v1::ListPublicFacilitatorsRequest request;
  v1::ListPublicFacilitatorsResponse page;
  return context.ShowPages(request, &page, {"public_name", "biography", "lived_experience"}, [&](Report& report) {
    for (const v1::PublicFacilitator& each : page.facilitators())
      report.Add(each, {each.public_name(), each.biography(), each.lived_experience()});
  });
}

absl::StatusOr<ExitCode> ListFacilitators(Context& context, const Arguments& arguments) {
  if (arguments.everybody) return ListPublic(context);
  v1::ListFacilitatorsRequest request;
  request.set_show_retired(arguments.flag);
  if (!arguments.session.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_session(), SessionOf(context, arguments.session, arguments.workshop));
  }
  v1::ListFacilitatorsResponse page;
  return context.ShowPages(request, &page, kFacilitatorColumns, [&](Report& report) {
    for (const v1::Facilitator& each : page.facilitators()) report.Add(each, FacilitatorCells(each));
  });
}

absl::StatusOr<v1::FacilitatorConsent> ConsentOf(const Arguments& arguments) {
  v1::FacilitatorConsent consent;
  for (const std::string& text : arguments.aspects) {
    ASSIGN_OR_RETURN(const auto aspect, ParseEnum<v1::FacilitatorConsent::Aspect>("--show", text));
    consent.add_aspects(aspect);
  }
  if (!arguments.audience.empty()) {
    ASSIGN_OR_RETURN(const auto audience,
                     ParseEnum<v1::FacilitatorConsent::Audience>("--audience", arguments.audience));
    consent.set_audience(audience);
  }
  consent.set_expire_date(arguments.until);
  return consent;
}

// What was given of texts and sessions.
absl::Status FillFacilitator(Context& context, const Arguments& arguments, v1::Facilitator& facilitator) {
  for (const std::string& text : arguments.sessions) {
    ASSIGN_OR_RETURN(*facilitator.add_sessions(), SessionOf(context, text, arguments.workshop));
  }
  facilitator.set_public_name(arguments.public_name);
  facilitator.set_biography(arguments.biography);
  facilitator.set_lived_experience(arguments.lived_experience);
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> CreateFacilitator(Context& context, const Arguments& arguments) {
  v1::CreateFacilitatorRequest request;
  v1::Facilitator& facilitator = *request.mutable_facilitator();
  facilitator.set_participant(arguments.name);
  RETURN_IF_ERROR(FillFacilitator(context, arguments, facilitator));
  if (!arguments.aspects.empty() || !arguments.audience.empty()) {
    ASSIGN_OR_RETURN(*facilitator.mutable_consent(), ConsentOf(arguments));
  }
  v1::CreateFacilitatorResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> UpdateFacilitator(Context& context, const Arguments& arguments) {
  v1::UpdateFacilitatorRequest request;
  v1::Facilitator& facilitator = *request.mutable_facilitator();
  facilitator.set_name(FacilitatorName(arguments.name));
  RETURN_IF_ERROR(FillFacilitator(context, arguments, facilitator));
  facilitator.set_retired(arguments.flag);
  v1::UpdateFacilitatorResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> OneFacilitator(Context& context, const Arguments& arguments) {
  v1::GetFacilitatorRequest request;
  request.set_name(FacilitatorName(arguments.name));
  v1::GetFacilitatorResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> GiveFacilitatorConsent(Context& context, const Arguments& arguments) {
  v1::GiveConsentRequest request;
  request.set_name(FacilitatorName(arguments.name));
  ASSIGN_OR_RETURN(*request.mutable_consent(), ConsentOf(arguments));
  v1::GiveConsentResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowFacilitator(context, response.facilitator());
}

absl::StatusOr<ExitCode> WithdrawFacilitatorConsent(Context& context, const Arguments& arguments) {
  v1::WithdrawConsentRequest request;
  request.set_name(FacilitatorName(arguments.name));
  v1::WithdrawConsentResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return ShowFacilitator(context, response.facilitator());
}

void AddTexts(DeliveryGroup& group, CLI::App* command) {
  command->add_option("--session", group.arguments().sessions, "A date, or the session's name; may be repeated");
  group.Workshop(command);
  command->add_option("--name", group.arguments().public_name, "How the facilitator wants to be introduced");
  command->add_option("--biography", group.arguments().biography, "A few words about the facilitator");
  command->add_option("--lived-experience", group.arguments().lived_experience, "What the facilitator lived through");
}

void AddConsent(DeliveryGroup& group, CLI::App* command) {
  command->add_option("--show", group.arguments().aspects,
                      "What may be shown: NAME, BIOGRAPHY or LIVED_EXPERIENCE; may be repeated");
  command->add_option("--audience", group.arguments().audience, "To whom at most: TEAM, ICS or PUBLIC");
  command->add_option("--until", group.arguments().until, "The last day on which the consent holds, YYYY-MM-DD");
}

}  // namespace
}  // namespace delivery

void AddFacilitators(CLI::App& app, Context& context) {
  using namespace delivery;
  DeliveryGroup group(app, context, "facilitators", "Who delivers workshops, as far as they let it be shown");
  const char* const form = "facilitators/{uuid}";
  auto* list = group.New("list", "All facilitators", ListFacilitators);
  list->add_option("--session", group.arguments().session, "Only those of this session; a date or its name");
  group.Workshop(list);
  list->add_flag("--retired", group.arguments().flag, "Also those who deliver no workshops any more");
  list->add_flag("--public", group.arguments().everybody, "What anyone may see; needs no token");
  group.Named(group.New("show", "One facilitator", OneFacilitator), "facilitator", form);
  auto* create = group.Named(group.New("create", "Add a facilitator", CreateFacilitator), "participant",
                             "organisations/{id}/participants/{uuid}");
  AddTexts(group, create);
  AddConsent(group, create);
  auto* update = group.Named(group.New("update", "Change a facilitator", UpdateFacilitator), "facilitator", form);
  AddTexts(group, update);
  update->add_flag("--retire", group.arguments().flag, "Delivers no workshops any more");
  AddConsent(group, group.Named(group.New("consent", "Record what may be shown", GiveFacilitatorConsent), "facilitator",
                                form));
  group.Named(group.New("withdraw", "Take the consent back; texts are erased", WithdrawFacilitatorConsent),
              "facilitator", form);
}

}  // namespace equity::cli
