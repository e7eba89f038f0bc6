#include "services/gateway/rest.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "services/gateway/csv_export.h"
#include "services/gateway/errors.h"
#include "services/gateway/forward.h"
#include "services/gateway/media.h"
#include "services/gateway/stream_reply.h"

namespace equity::gateway {
namespace {

namespace pb = google::protobuf;

// The media type to answer in, of those that the RPC has, or none that the client takes.
std::optional<std::string> ChooseForm(const Request& request, const std::vector<std::string>& forms,
                                      std::string_view format) {
  std::optional<std::string> best;
  double best_quality = 0;
  for (const std::string& form : forms) {
    if (!format.empty()) {
      if ((format == "csv" && form == kCsv) || (format == "json" && form == kJson)) return form;
      continue;
    }
    const double quality = Quality(request, form);
    if (quality > best_quality) {
      best = form;
      best_quality = quality;
    }
  }
  return best;
}

// JSON alone: what a form of another site can send is none.
std::optional<Problem> CheckBody(const Request& request, const Binding& binding) {
  if (request.Count("content-encoding") > 0) return UnsupportedMediaType("Compressed bodies are not taken.");
  if (request.body.empty()) return std::nullopt;
  if (binding.body.empty()) return BadRequest("UNEXPECTED_BODY", "This address takes no body.");
  if (MediaType(request.Header("content-type")) != kJson) {
    return UnsupportedMediaType("The body must be application/json.");
  }
  return std::nullopt;
}

// Of a stream with resume tokens, the one that the browser saw last.
void Resume(const Request& request, pb::Message& message) {
  const pb::FieldDescriptor* token = message.GetDescriptor()->FindFieldByName("resume_token");
  const std::string_view last = request.Header("last-event-id");
  if (token != nullptr && !last.empty()) message.GetReflection()->SetString(&message, token, std::string(last));
}

}  // namespace

Rest::Rest(const Contract& contract, const Routes& routes, Upstream& upstream)
    : contract_(contract), upstream_(upstream) {
  for (const Binding& binding : routes.bindings()) {
    const Operation& operation = *binding.operation;
    if (operation.reads_only && !operation.streams)
      csv_forms_[&operation] = CsvForm::Of(*operation.method->output_type());
  }
}

const CsvForm* Rest::Csv(const Operation& operation) const {
  const auto found = csv_forms_.find(&operation);
  return found == csv_forms_.end() ? nullptr : found->second.get();
}

void Rest::Handle(const ExchangePtr& exchange, const Routes::Match& match, Query query) const {
  const Request& request = exchange->request();
  const Operation& operation = *match.binding->operation;
  const CsvForm* csv = Csv(operation);
  std::vector<std::string> forms = {operation.streams ? kEventStream : kJson};
  if (csv != nullptr) forms.push_back(kCsv);
  const auto form = ChooseForm(request, forms, TakeParameter(query, "format"));
  if (!form) {
    return exchange->Reply(ErrorResponse(NotAcceptable(
        "This address answers in " + forms.front() + (csv != nullptr ? " and, with ?format=csv, in text/csv." : "."))));
  }
  if (const auto problem = CheckBody(request, *match.binding)) return exchange->Reply(ErrorResponse(*problem));
  auto message = BindRequest(contract_, *match.binding,
                             {.captures = match.captures,
                              .query = std::move(query),
                              .body = request.body,
                              .idempotency_key = std::string(request.Header("idempotency-key"))});
  if (!message.ok()) return exchange->Reply(ErrorResponse(message.status()));
  auto outgoing = Forward(request, operation);
  if (!outgoing.ok()) return exchange->Reply(ErrorResponse(outgoing.status()));
  if (*form == kCsv) {
    return ExportCsv(exchange, upstream_, contract_, operation, *csv, *std::move(outgoing), *std::move(message));
  }
  if (operation.streams) Resume(request, **message);
  outgoing->request = (*message)->SerializeAsString();
  if (operation.streams) return ReplyWithEvents(exchange, operation, *std::move(outgoing));
  ReplyWithJson(exchange, operation, *outgoing);
}

void Rest::ReplyWithJson(const ExchangePtr& exchange, const Operation& operation, const Outgoing& outgoing) const {
  const auto call = upstream_.Unary(outgoing, [this, exchange, &operation](grpc::Status status, std::string bytes) {
    exchange->Post([this, exchange, &operation, status = std::move(status), bytes = std::move(bytes)] {
      if (!status.ok()) return exchange->Reply(ErrorResponse(FromUpstream(status)));
      auto json = contract_.ToJson(*operation.method->output_type(), bytes);
      if (!json.ok()) return exchange->Reply(ErrorResponse(status::Internal()));
      exchange->Reply({.content_type = kJson, .body = *std::move(json)});
    });
  });
  exchange->OnGone([call] { call->Cancel(); });
}

void Rest::ReplyWithEvents(const ExchangePtr& exchange, const Operation& operation, Outgoing outgoing) const {
  Framing framing;
  framing.head = {.content_type = kEventStream};
  if (exchange->request().IsHead()) return exchange->Reply(std::move(framing.head));
  const pb::Descriptor& type = *operation.method->output_type();
  const pb::FieldDescriptor* token = type.FindFieldByName("resume_token");
  framing.message = [this, &type, token](const std::string& bytes) -> absl::StatusOr<std::string> {
    auto json = contract_.ToJson(type, bytes);
    if (!json.ok()) return json.status();
    std::string id;
    if (token != nullptr) {
      const auto message = contract_.New(type);
      message->ParseFromString(bytes);
      id = absl::StrCat("id: ", message->GetReflection()->GetString(*message, token), "\n");
    }
    return absl::StrCat(id, "data: ", *json, "\n\n");
  };
  framing.end = [](const absl::Status& status) {
    return status.ok() ? "event: end\ndata: {}\n\n" : absl::StrCat("event: error\ndata: ", StatusJson(status), "\n\n");
  };
  framing.refusal = [](const absl::Status& status) { return ErrorResponse(status); };
  framing.heartbeat = ":\n\n";
  ReplyWithStream(exchange, upstream_, std::move(outgoing), std::move(framing));
}

}  // namespace equity::gateway
