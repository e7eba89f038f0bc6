// equityctl knowledge: what was learnt.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands.h"
#include "clients/cli/csv_file.h"
#include "equity/referencegroup/v1/consents.pb.h"
#include "equity/referencegroup/v1/knowledge.pb.h"

namespace equity::cli {
namespace {

namespace v1 = referencegroup::v1;

const std::vector<std::string> kItemColumns = {"item",     "type",   "title",   "summary",   "state",
                                               "audience", "topics", "version", "review_by", "review_overdue"};

std::string ItemName(const std::string& text) { return text.find('/') == text.npos ? "knowledge/" + text : text; }

std::vector<Cell> Cells(const v1::Item& item) {
  return {item.name(),
          EnumName(item.type()),
          item.title(),
          item.summary(),
          EnumName(item.state()),
          EnumName(item.audience()),
          absl::StrJoin(item.topics(), ";"),
          int64_t{item.version()},
          item.review_by(),
          std::string(item.review_overdue() ? "true" : "false")};
}

ExitCode Show(Context& context, const v1::Item& item) { return context.Show(item, kItemColumns, Cells(item)); }

struct KnowledgeArguments {
  std::string name;
  std::string text;
  std::string type;
  std::string topic;
  std::string reason;
  std::string plan;
  std::string organisation;
  std::string audience = "GROUP_ONLY";
  std::string review_by;
  std::string subject;
  std::string expire_date;
  std::vector<std::string> states;
  bool flag = false;
};

template <class Response>
absl::StatusOr<ExitCode> SendItem(Context& context, google::protobuf::Message& request) {
  Response response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.item());
}

// An action on an item that needs its name alone.
template <class Request, class Response>
absl::StatusOr<ExitCode> Act(Context& context, const KnowledgeArguments& arguments) {
  Request request;
  request.set_name(ItemName(arguments.name));
  return SendItem<Response>(context, request);
}

// The same, with a day of review.
template <class Request, class Response>
absl::StatusOr<ExitCode> Review(Context& context, const KnowledgeArguments& arguments) {
  Request request;
  request.set_name(ItemName(arguments.name));
  request.set_review_by(arguments.review_by);
  return SendItem<Response>(context, request);
}

absl::StatusOr<ExitCode> ListItems(Context& context, const KnowledgeArguments& arguments) {
  v1::ListItemsRequest request;
  for (const std::string& state : arguments.states) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<v1::Item::State>("--state", state));
    request.add_states(value);
  }
  if (!arguments.type.empty()) {
    ASSIGN_OR_RETURN(const auto type, ParseEnum<v1::Item::Type>("--type", arguments.type));
    request.set_type(type);
  }
  request.set_topic(arguments.topic);
  request.set_only_review_overdue(arguments.flag);
  v1::ListItemsResponse page;
  return context.ShowPages(request, &page, kItemColumns, [&](Report& report) {
    for (const v1::Item& item : page.items()) report.Add(item, Cells(item));
  });
}

absl::StatusOr<ExitCode> Search(Context& context, const KnowledgeArguments& arguments) {
  v1::SearchItemsRequest request;
  request.set_query(arguments.text);
  v1::SearchItemsResponse page;
  return context.ShowPages(request, &page, {"item", "title", "snippet", "exact_title"}, [&](Report& report) {
    for (const v1::SearchHit& hit : page.hits()) {
      report.Add(hit, {hit.item().name(), hit.item().title(), hit.snippet(),
                       std::string(hit.exact_title() ? "true" : "false")});
    }
  });
}

absl::StatusOr<v1::Item> ReadItem(const CsvFile& file, const csv::Record& record, const KnowledgeArguments& arguments) {
  const auto value = [&](const char* column) { return file.Value(record, column); };
  v1::Item item;
  ASSIGN_OR_RETURN(const auto type, ParseEnum<v1::Item::Type>("type", value("type")));
  ASSIGN_OR_RETURN(const auto audience, ParseEnum<v1::Audience>("--audience", arguments.audience));
  item.set_type(type);
  item.set_audience(audience);
  if (const std::string level = value("evidence_level"); !level.empty()) {
    ASSIGN_OR_RETURN(const auto evidence, ParseEnum<v1::Item::EvidenceLevel>("evidence_level", level));
    item.set_evidence_level(evidence);
  }
  item.set_title(value("title"));
  item.set_summary(value("summary"));
  item.set_context(value("context"));
  item.set_what_was_done(value("what_was_done"));
  item.set_what_changed(value("what_changed"));
  item.set_what_did_not_work(value("what_did_not_work"));
  item.set_transferability(value("transferability"));
  for (const auto& topic : absl::StrSplit(value("topics"), ';', absl::SkipEmpty())) item.add_topics(std::string(topic));
  return item;
}

// One draft for each record; a line that is refused says why, and the others go on.
absl::StatusOr<ExitCode> ImportItems(Context& context, const KnowledgeArguments& arguments) {
  ASSIGN_OR_RETURN(const auto file,
                   CsvFile::Open(context, arguments.text,
                                 {.needed = {{"type"}, {"title"}},
                                  .optional = {"summary", "context", "what_was_done", "what_changed",
                                               "what_did_not_work", "transferability", "evidence_level", "topics"}}));
  RETURN_IF_ERROR(context.EnsureConnected());
  const auto report = context.NewReport(Shape::kList, kItemColumns);
  int refused = 0;
  for (csv::Record record; file->Next(record);) {
    absl::Status failed;
    if (record.fault) failed = absl::InvalidArgumentError(ToRowFault(*record.fault).message);
    auto item = failed.ok() ? ReadItem(*file, record, arguments) : absl::StatusOr<v1::Item>(failed);
    if (item.ok()) {
      v1::CreateItemRequest request;
      *request.mutable_item() = *std::move(item);
      v1::CreateItemResponse response;
      failed = context.Call(request, &response);
      if (absl::IsUnavailable(failed)) return failed;
      if (failed.ok()) report->Add(response.item(), Cells(response.item()));
    } else {
      failed = item.status();
    }
    if (failed.ok()) continue;
    ++refused;
    context.Warn(absl::StrCat("line ", record.line, ": ", failed.message()));
  }
  report->Finish();
  RETURN_IF_ERROR(file->status());
  return refused > 0 ? kRefused : kDone;
}

absl::StatusOr<ExitCode> WithdrawItem(Context& context, const KnowledgeArguments& arguments) {
  v1::WithdrawItemRequest request;
  request.set_name(ItemName(arguments.name));
  ASSIGN_OR_RETURN(const auto reason, ParseEnum<v1::WithdrawItemRequest::Reason>("--reason", arguments.reason));
  request.set_reason(reason);
  return SendItem<v1::WithdrawItemResponse>(context, request);
}

absl::StatusOr<ExitCode> Promote(Context& context, const KnowledgeArguments& arguments) {
  v1::PromoteToKnowledgeRequest request;
  request.set_request(arguments.name);
  return SendItem<v1::PromoteToKnowledgeResponse>(context, request);
}

const std::vector<std::string> kAdoptionColumns = {"adoption", "plan", "organisation", "adapted", "outcome", "note"};

std::vector<Cell> Cells(const v1::Adoption& adoption) {
  return {adoption.name(),
          adoption.plan(),
          FirstId(adoption.organisation()),
          std::string(adoption.adapted() ? "true" : "false"),
          EnumName(adoption.outcome()),
          adoption.note()};
}

absl::StatusOr<ExitCode> Adopt(Context& context, const KnowledgeArguments& arguments) {
  v1::RecordAdoptionRequest request;
  request.set_parent(ItemName(arguments.name));
  request.set_organisation(
      OrganisationName(arguments.organisation.empty() ? context.options().as : arguments.organisation));
  request.mutable_adoption()->set_plan(arguments.plan);
  request.mutable_adoption()->set_adapted(arguments.flag);
  request.mutable_adoption()->set_note(arguments.text);
  if (!arguments.reason.empty()) {
    ASSIGN_OR_RETURN(const auto outcome, ParseEnum<v1::Adoption::Outcome>("--outcome", arguments.reason));
    request.mutable_adoption()->set_outcome(outcome);
  }
  v1::RecordAdoptionResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return context.Show(response.adoption(), kAdoptionColumns, Cells(response.adoption()));
}

absl::StatusOr<ExitCode> Adoptions(Context& context, const KnowledgeArguments& arguments) {
  v1::ListAdoptionsRequest request;
  request.set_parent(ItemName(arguments.name));
  v1::ListAdoptionsResponse page;
  return context.ShowPages(request, &page, kAdoptionColumns, [&](Report& report) {
    for (const v1::Adoption& adoption : page.adoptions()) report.Add(adoption, Cells(adoption));
  });
}

ExitCode Show(Context& context, const v1::Consent& consent) {
  return context.Show(consent, {"consent", "scope", "audience", "expire_date", "live"},
                      {consent.name(), EnumName(consent.scope()), EnumName(consent.audience()), consent.expire_date(),
                       std::string(consent.live() ? "true" : "false")});
}

absl::StatusOr<ExitCode> GiveConsent(Context& context, const KnowledgeArguments& arguments) {
  v1::GiveConsentRequest request;
  request.set_subject(arguments.subject);
  ASSIGN_OR_RETURN(const auto audience, ParseEnum<v1::Audience>("--audience", arguments.audience));
  ASSIGN_OR_RETURN(const auto scope, ParseEnum<v1::Consent::Scope>("--scope", arguments.reason));
  request.mutable_consent()->set_audience(audience);
  request.mutable_consent()->set_scope(scope);
  request.mutable_consent()->set_expire_date(arguments.expire_date);
  v1::GiveConsentResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.consent());
}

absl::StatusOr<ExitCode> WithdrawConsent(Context& context, const KnowledgeArguments& arguments) {
  v1::WithdrawConsentRequest request;
  request.set_name(arguments.name);
  v1::WithdrawConsentResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  for (const auto& item : response.withdrawn_items()) context.Warn("gone: " + item);
  for (const auto& plan : response.adopting_plans()) context.Warn("had taken it up, follow up copies: " + plan);
  return Show(context, response.consent());
}

class KnowledgeCommands : public Group<KnowledgeArguments> {
 public:
  using Group::Group;

  void Add() {
    New("search", "What matches, best first", Search)->add_option("query", arguments().text, "Words")->required();
    auto* list = New("list", "Published items, oldest first", ListItems);
    list->add_option("--state", arguments().states, "In this state in place of published; may be repeated");
    list->add_option("--type", arguments().type, "Only of this type");
    list->add_option("--topic", arguments().topic, "Only about this subject");
    list->add_flag("--review-overdue", arguments().flag, "Only those whose review is overdue");
    auto* import = New("import", "Begin a draft for each record of a CSV file", ImportItems);
    import->add_option("file", arguments().text, "Columns type, title, summary, context, ...; - is standard input")
        ->required();
    import->add_option("--audience", arguments().audience, "GROUP_ONLY, OWN_ORGANISATION or ICS")
        ->capture_default_str();
    AddActions();
    AddAdoptions();
    AddConsents();
  }

 private:
  CLI::App* Named(const char* name, const char* description, Run run) {
    auto* command = New(name, description, run);
    command->add_option("item", arguments().name, "knowledge/{uuid}")->required();
    return command;
  }

  void AddActions() {
    Named("show", "One item", Act<v1::GetItemRequest, v1::GetItemResponse>);
    Named("submit", "Hand a draft in for review", Act<v1::SubmitItemRequest, v1::SubmitItemResponse>);
    Named("return", "Give an item back to be worked on", Act<v1::ReturnItemRequest, v1::ReturnItemResponse>);
    Named("reject", "Do not take an item", Act<v1::RejectItemRequest, v1::RejectItemResponse>);
    Named("revise", "Make an item a draft again", Act<v1::ReviseItemRequest, v1::ReviseItemResponse>);
    Named("archive", "Take an item out of use", Act<v1::ArchiveItemRequest, v1::ArchiveItemResponse>);
    Named("publish", "Publish an item that somebody else wrote",
          Review<v1::PublishItemRequest, v1::PublishItemResponse>)
        ->add_option("--review-by", arguments().review_by, "When it is to be reviewed; in a year unless given");
    Named("renew", "Confirm a published item", Review<v1::RenewItemRequest, v1::RenewItemResponse>)
        ->add_option("--review-by", arguments().review_by, "When it is to be reviewed; in a year unless given");
    Named("withdraw", "Take an item away for good", WithdrawItem)
        ->add_option("--reason", arguments().reason, "ERROR or HARM")
        ->required();
    New("promote", "Begin an item from a question that was answered", Promote)
        ->add_option("request", arguments().name, "advice/{uuid}")
        ->required();
  }

  void AddAdoptions() {
    auto* adopt = Named("adopt", "Say that a plan took an item up, or what came of it", Adopt);
    adopt->add_option("--plan", arguments().plan, "The plan's name")->required();
    adopt->add_option("--organisation", arguments().organisation, "Whose plan it is; that of --as unless given");
    adopt->add_option("--outcome", arguments().reason, "HELPED, NO_DIFFERENCE or DID_NOT_FIT");
    adopt->add_option("--note", arguments().text, "What others should know");
    adopt->add_flag("--adapted", arguments().flag, "It was adapted");
    Named("adoptions", "The plans that took an item up", Adoptions);
  }

  void AddConsents() {
    auto* consent = app().add_subcommand("consent", "Consents to share")->require_subcommand(1);
    auto* give = New(*consent, "give", "Record a consent; whose it is, is sealed", GiveConsent);
    give->add_option("--subject", arguments().subject, "Who agreed, organisations/{id}/participants/{uuid}")
        ->required();
    give->add_option("--scope", arguments().reason, "QUOTE, STORY, NAME or IMAGE")->required();
    give->add_option("--audience", arguments().audience, "GROUP_ONLY, OWN_ORGANISATION or ICS")->capture_default_str();
    give->add_option("--until", arguments().expire_date, "The last day on which it holds");
    New(*consent, "withdraw", "Withdraw a consent; what rests on it is gone at once", WithdrawConsent)
        ->add_option("consent", arguments().name, "consents/{uuid}")
        ->required();
  }
};

}  // namespace

void AddKnowledge(CLI::App& app, Context& context) {
  KnowledgeCommands(app, context, "knowledge", "What was learnt").Add();
}

}  // namespace equity::cli
