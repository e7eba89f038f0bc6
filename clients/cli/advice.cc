// equityctl advice: questions to the reference group.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "equity/referencegroup/v1/advice.pb.h"
#include "equity/referencegroup/v1/anonymous.pb.h"
#include "equity/referencegroup/v1/members.pb.h"

namespace equity::cli {
namespace {

using referencegroup::v1::AdviceRequest;
namespace v1 = referencegroup::v1;

constexpr double kMinutesPerDay = 480;

const std::vector<std::string> kAdviceColumns = {"request",   "state",     "title",        "topics",  "asker",
                                                 "anonymous", "needed_by", "waiting_days", "overdue", "create_time"};

std::string Days(int minutes) { return absl::StrFormat("%.1f", minutes / kMinutesPerDay); }
std::string YesNo(bool value) { return value ? "true" : "false"; }

std::string RequestName(const std::string& text) { return text.find('/') == text.npos ? "advice/" + text : text; }
std::string MemberName(const std::string& text) { return text.find('/') == text.npos ? "members/" + text : text; }

std::vector<Cell> Cells(const AdviceRequest& request) {
  return {request.name(),
          EnumName(request.state()),
          request.title(),
          absl::StrJoin(request.topics(), ";"),
          request.asker(),
          YesNo(request.anonymous()),
          request.needed_by(),
          Days(request.waiting().minutes()),
          YesNo(request.waiting().overdue()),
          TimeCell(request.create_time(), request.has_create_time())};
}

// A table shows what was said besides; in CSV it would not fit, and JSON has it all.
ExitCode Show(Context& context, const AdviceRequest& request) {
  const auto report = context.NewReport(Shape::kOne, kAdviceColumns);
  report->Add(request, Cells(request));
  report->Finish();
  if (context.format() != Format::kTable) return kDone;
  context.streams().out << "\n" << request.body() << "\n";
  for (const auto& said : request.contributions()) {
    context.streams().out << "\n"
                          << said.author() << " (" << EnumName(said.kind()) << (said.accepted() ? ", accepted" : "")
                          << ", " << said.name() << ")\n"
                          << said.body() << "\n";
  }
  return kDone;
}

template <class Response>
absl::StatusOr<ExitCode> Send(Context& context, google::protobuf::Message& request) {
  Response response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.request());
}

absl::StatusOr<ExitCode> SendAnonymous(Context& context, v1::ActOnAnonymousRequestRequest request) {
  v1::ActOnAnonymousRequestResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.request());
}

struct AdviceArguments {
  std::string name;
  std::string text;
  std::string member;
  std::string secret;  // of an anonymous question: then its asker acts
  std::vector<std::string> others;
  std::string asker;
  std::string title;
  std::string kind = "ADVICE";
  std::string audience;
  std::vector<std::string> topics;
  std::vector<std::string> states;
  std::string from;
  std::string until;
  int capacity = 1;
  bool flag = false;

  v1::ActOnAnonymousRequestRequest Anonymous() const {
    v1::ActOnAnonymousRequestRequest request;
    request.set_name(RequestName(name));
    request.set_secret(secret);
    return request;
  }
};

absl::StatusOr<ExitCode> ListRequests(Context& context, const AdviceArguments& arguments) {
  v1::ListRequestsRequest request;
  request.set_only_waiting(arguments.flag);
  for (const std::string& state : arguments.states) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<AdviceRequest::State>("--state", state));
    request.add_states(value);
  }
  v1::ListRequestsResponse page;
  return context.ShowPages(request, &page, kAdviceColumns, [&](Report& report) {
    for (const AdviceRequest& each : page.requests()) report.Add(each, Cells(each));
  });
}

absl::StatusOr<ExitCode> ShowOne(Context& context, const AdviceArguments& arguments) {
  if (arguments.secret.empty()) {
    v1::GetRequestRequest request;
    request.set_name(RequestName(arguments.name));
    return Send<v1::GetRequestResponse>(context, request);
  }
  v1::GetAnonymousRequestRequest request;
  request.set_name(RequestName(arguments.name));
  request.set_secret(arguments.secret);
  v1::GetAnonymousRequestResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  if (response.revealed()) context.Warn("Two people for safeguarding have learnt who asked.");
  return Show(context, response.request());
}

absl::Status Fill(const AdviceArguments& arguments, AdviceRequest& request) {
  request.set_title(arguments.title);
  request.set_body(arguments.text);
  for (const std::string& topic : arguments.topics) request.add_topics(topic);
  if (arguments.audience.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto audience, ParseEnum<v1::Audience>("--audience", arguments.audience));
  request.set_audience(audience);
  return absl::OkStatus();
}

// The secret of an anonymous question is data, and shown once: on standard output in JSON, else with the warnings.
absl::StatusOr<ExitCode> Submit(Context& context, const AdviceArguments& arguments) {
  if (!arguments.flag) {
    v1::SubmitRequestRequest request;
    request.set_asker(arguments.asker);
    RETURN_IF_ERROR(Fill(arguments, *request.mutable_request()));
    v1::SubmitRequestResponse response;
    RETURN_IF_ERROR(context.Call(request, &response));
    for (const auto& item : response.similar_items()) context.Warn("This may answer it already: " + item);
    return Show(context, response.request());
  }
  v1::SubmitAnonymousRequestRequest request;
  request.set_asker(arguments.asker);
  RETURN_IF_ERROR(Fill(arguments, *request.mutable_request()));
  v1::SubmitAnonymousRequestResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const auto report = context.NewReport(Shape::kOne, {"request", "secret"});
  report->Add(response, {response.request().name(), response.secret()});
  report->Finish();
  context.Warn("Keep the secret: it is the only way back to the question, and cannot be given again.");
  return kDone;
}

absl::StatusOr<ExitCode> Respond(Context& context, const AdviceArguments& arguments) {
  v1::RespondRequest request;
  request.set_name(RequestName(arguments.name));
  request.set_member(MemberName(arguments.member));
  request.set_body(arguments.text);
  ASSIGN_OR_RETURN(const auto kind, ParseEnum<v1::Contribution::Kind>("--kind", arguments.kind));
  request.set_kind(kind);
  return Send<v1::RespondResponse>(context, request);
}

absl::StatusOr<ExitCode> Accept(Context& context, const AdviceArguments& arguments) {
  if (!arguments.secret.empty()) {
    auto request = arguments.Anonymous();
    for (const auto& response : arguments.others) request.mutable_accept()->add_responses(response);
    return SendAnonymous(context, request);
  }
  v1::AcceptResponsesRequest request;
  request.set_name(RequestName(arguments.name));
  for (const auto& response : arguments.others) request.add_responses(response);
  return Send<v1::AcceptResponsesResponse>(context, request);
}

absl::StatusOr<ExitCode> Assign(Context& context, const AdviceArguments& arguments) {
  v1::AssignRequestRequest request;
  request.set_name(RequestName(arguments.name));
  for (const auto& member : arguments.others) request.add_members(MemberName(member));
  return Send<v1::AssignRequestResponse>(context, request);
}

absl::StatusOr<ExitCode> Waiting(Context& context, const AdviceArguments& arguments) {
  v1::GetWaitingTimesRequest request;
  request.set_submitted_from(arguments.from);
  request.set_submitted_until(arguments.until);
  v1::GetWaitingTimesResponse times;
  RETURN_IF_ERROR(context.Call(request, &times));
  const auto days = [](bool has, double value) { return has ? absl::StrFormat("%.1f", value) : std::string(); };
  return context.Show(
      times,
      {"median_days", "p90_days", "answered", "answered_in_time", "open", "longest_open_days", "target_days",
       "calendar"},
      {days(times.has_median_days(), times.median_days()), days(times.has_p90_days(), times.p90_days()),
       int64_t{times.answered()}, int64_t{times.answered_in_time()}, int64_t{times.open()},
       days(times.has_longest_open_days(), times.longest_open_days()), int64_t{times.target_days()}, times.calendar()});
}

const std::vector<std::string> kMemberColumns = {
    "member", "participant", "roles", "expertise", "capacity_per_week", "away_until", "this_week", "retired"};

std::vector<Cell> Cells(const v1::Member& member) {
  const std::string roles = absl::StrJoin(member.roles(), ";", [](std::string* out, int role) {
    out->append(EnumName(static_cast<v1::Member::Role>(role)));
  });
  return {member.name(),
          member.participant(),
          roles,
          absl::StrJoin(member.expertise(), ";"),
          int64_t{member.capacity_per_week()},
          member.away_until(),
          int64_t{member.assigned_this_week()},
          YesNo(member.retired())};
}

absl::StatusOr<ExitCode> ListMembers(Context& context) {
  v1::ListMembersRequest request;
  v1::ListMembersResponse page;
  return context.ShowPages(request, &page, kMemberColumns, [&](Report& report) {
    for (const v1::Member& member : page.members()) report.Add(member, Cells(member));
  });
}

absl::StatusOr<ExitCode> AddMember(Context& context, const AdviceArguments& arguments) {
  v1::CreateMemberRequest request;
  v1::Member& member = *request.mutable_member();
  member.set_participant(arguments.name);
  member.add_roles(v1::Member::ROLE_MEMBER);
  member.set_capacity_per_week(arguments.capacity);
  for (const auto& topic : arguments.topics) member.add_expertise(topic);
  for (const auto& conflict : arguments.others) member.add_conflict_organisations(OrganisationName(conflict));
  v1::CreateMemberResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return context.Show(response.member(), kMemberColumns, Cells(response.member()));
}

class AdviceCommands : public Group<AdviceArguments> {
 public:
  using Group::Group;

  void Add() {
    auto* list = New("list", "Questions, oldest first", ListRequests);
    list->add_option("--state", arguments().states, "Only in this state; may be repeated");
    list->add_flag("--waiting", arguments().flag, "Only those that wait for their first answer");
    Secret(Named(New("show", "One question, and what was said", ShowOne)));
    auto* submit = New("submit", "Ask the group", Submit);
    submit->add_option("--asker", arguments().asker, "Who asks, organisations/{id}/participants/{uuid}")->required();
    submit->add_option("--title", arguments().title, "The question in one line")->required();
    submit->add_option("--body", arguments().text, "The question")->required();
    submit->add_option("--topic", arguments().topics, "A subject; may be repeated");
    submit->add_option("--audience", arguments().audience, "GROUP_ONLY, OWN_ORGANISATION or ICS");
    submit->add_flag("--anonymous", arguments().flag, "Do not say who asks");
    AddGroupCommands();
    AddAskerCommands();
    auto* waiting = New("waiting", "How long questions wait, those still open included", Waiting);
    waiting->add_option("--from", arguments().from, "Asked on this day or later");
    waiting->add_option("--until", arguments().until, "Asked on this day or earlier");
    AddMemberCommands();
  }

 private:
  CLI::App* Named(CLI::App* command) {
    command->add_option("request", arguments().name, "advice/{uuid}")->required();
    return command;
  }
  CLI::App* Secret(CLI::App* command) {
    command->add_option("--secret", arguments().secret, "Of an anonymous question: then you are its asker");
    return command;
  }
  CLI::App* WithText(CLI::App* command) {
    command->add_option("text", arguments().text, "In words")->required();
    return command;
  }
  CLI::App* WithOthers(CLI::App* command, const char* name, const char* what) {
    command->add_option(name, arguments().others, what)->required();
    return command;
  }

  void AddGroupCommands() {
    Named(New("triage", "Take a question up", [](Context& context, const AdviceArguments& arguments) {
      v1::TriageRequestRequest request;
      request.set_name(RequestName(arguments.name));
      for (const auto& topic : arguments.topics) request.add_topics(topic);
      return Send<v1::TriageRequestResponse>(context, request);
    }))->add_option("--topic", arguments().topics, "A subject; may be repeated");
    WithOthers(Named(New("assign", "Give a question to members", Assign)), "members", "members/{uuid}");
    WithText(Named(New("ask", "Ask the asker to say more", [](Context& context, const AdviceArguments& arguments) {
      v1::AskForInfoRequest request;
      request.set_name(RequestName(arguments.name));
      request.set_body(arguments.text);
      return Send<v1::AskForInfoResponse>(context, request);
    })));
    auto* respond = Named(New("respond", "Answer", Respond));
    respond->add_option("member", arguments().member, "Who answers, members/{uuid}")->required();
    WithText(respond)->add_option("--kind", arguments().kind, "ADVICE, EXPERIENCE or SIGNPOST");
    WithText(
        Named(New("redirect", "Say where a question belongs", [](Context& context, const AdviceArguments& arguments) {
          v1::RedirectRequestRequest request;
          request.set_name(RequestName(arguments.name));
          request.set_redirected_to(arguments.text);
          return Send<v1::RedirectRequestResponse>(context, request);
        })));
    WithText(Named(
        New("merge", "Point to a question that asked the same", [](Context& context, const AdviceArguments& arguments) {
          v1::MergeRequestRequest request;
          request.set_name(RequestName(arguments.name));
          request.set_duplicate_of(RequestName(arguments.text));
          return Send<v1::MergeRequestResponse>(context, request);
        })));
  }

  void AddAskerCommands() {
    Secret(WithText(Named(New("provide", "Say more", [](Context& context, const AdviceArguments& arguments) {
      if (!arguments.secret.empty()) {
        auto request = arguments.Anonymous();
        request.set_provide_info(arguments.text);
        return SendAnonymous(context, request);
      }
      v1::ProvideInfoRequest request;
      request.set_name(RequestName(arguments.name));
      request.set_body(arguments.text);
      return Send<v1::ProvideInfoResponse>(context, request);
    }))));
    Secret(
        WithOthers(Named(New("accept", "Accept answers", Accept)), "responses", "advice/{uuid}/contributions/{uuid}"));
    Secret(WithText(Named(New("reopen", "Ask further", [](Context& context, const AdviceArguments& arguments) {
      if (!arguments.secret.empty()) {
        auto request = arguments.Anonymous();
        request.set_reopen(arguments.text);
        return SendAnonymous(context, request);
      }
      v1::ReopenRequestRequest request;
      request.set_name(RequestName(arguments.name));
      request.set_body(arguments.text);
      return Send<v1::ReopenRequestResponse>(context, request);
    }))));
    Secret(Named(New("withdraw", "Take a question back; its text is erased",
                     [](Context& context, const AdviceArguments& arguments) {
                       if (!arguments.secret.empty()) {
                         auto request = arguments.Anonymous();
                         request.set_withdraw(true);
                         return SendAnonymous(context, request);
                       }
                       v1::WithdrawRequestRequest request;
                       request.set_name(RequestName(arguments.name));
                       return Send<v1::WithdrawRequestResponse>(context, request);
                     })));
  }

  void AddMemberCommands() {
    auto* members = app().add_subcommand("members", "Members of the group")->require_subcommand(1);
    New(*members, "list", "All members", [](Context& context, const AdviceArguments&) { return ListMembers(context); });
    auto* add = New(*members, "add", "Add a member", AddMember);
    add->add_option("participant", arguments().name, "organisations/{id}/participants/{uuid}")->required();
    add->add_option("--capacity", arguments().capacity, "Questions in a week")->capture_default_str();
    add->add_option("--expertise", arguments().topics, "A subject; may be repeated");
    add->add_option("--conflict", arguments().others, "An organisation whose questions are not for the member");
  }
};

}  // namespace

void AddAdvice(CLI::App& app, Context& context) {
  AdviceCommands(app, context, "advice", "Questions to the reference group").Add();
}

}  // namespace equity::cli
