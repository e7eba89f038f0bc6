#include "tests/api/any_rpc.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/rpc/method.h"
#include "google/protobuf/dynamic_message.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"

namespace equity::api {
namespace {

std::string TextFor(const FieldDescriptor& field, const common::v1::FieldRules& rules, const Names& names) {
  const auto name = names.find(rules.resource());
  if (name != names.end()) return name->second;
  switch (rules.format()) {
    case common::v1::FORMAT_UUID:
      return NewUuidV7(absl::Now());
    case common::v1::FORMAT_DATE:
      return "2021-08-12";
    case common::v1::FORMAT_TIME_OF_DAY:
      return "09:00";
    case common::v1::FORMAT_EMAIL:
      return absl::StrCat("x", NewUuidV7(absl::Now()), "@example.org");
    case common::v1::FORMAT_RESOURCE_ID:
      return absl::StrCat("id-", NewUuidV7(absl::Now()).substr(4));
    default:
      break;
  }
  if (field.name() == "organisation") return std::string(rpc::OrganisationOf(names.at("organisations/*")));
  if (field.name() == "agreed_by") return names.at("organisations/*/plans/*/partners/*");
  if (field.name() == "measure") return "people.registered";
  if (field.name() == "on_full" || field.name() == "session_date") return "";
  return "text";
}

}  // namespace

Answer CallGeneric(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method,
                   const Message& request, const std::string& token) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  grpc::GenericStub stub(channel);
  const auto call =
      stub.PrepareCall(&context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), &queue);
  call->StartCall(nullptr);
  Answer answer;
  if (wait()) {
    const grpc::Slice slice(request.SerializeAsString());
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    wait();
    grpc::ByteBuffer buffer;
    call->Read(&buffer, nullptr);
    if (wait()) {
      grpc::Slice whole;
      buffer.DumpToSingleSlice(&whole);
      answer.body.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
  }
  if (method.server_streaming() && !answer.body.empty()) context.TryCancel();
  call->Finish(&answer.status, nullptr);
  wait();
  queue.Shutdown();
  // A stream that gave an answer was let in; that we then hung up is no refusal.
  if (method.server_streaming() && answer.status.error_code() == grpc::StatusCode::CANCELLED) {
    answer.status = grpc::Status::OK;
  }
  return answer;
}

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"equity.changes.v1.ChangesService",
                           "equity.operations.v1.OperationsService",
                           "equity.participants.v1.OrganisationService",
                           "equity.participants.v1.ParticipantService",
                           "equity.participants.v1.RegistrationService",
                           "equity.workshops.v1.WorkshopService",
                           "equity.workshops.v1.SessionService",
                           "equity.workshops.v1.BookingService",
                           "equity.workshops.v1.FacilitatorService",
                           "equity.workshops.v1.FeedbackService",
                           "equity.workshops.v1.ExerciseService",
                           "equity.benefitplans.v1.PlanService",
                           "equity.benefitplans.v1.CardService",
                           "equity.benefitplans.v1.BenefitService",
                           "equity.benefitplans.v1.ActivityService",
                           "equity.benefitplans.v1.MeasureService",
                           "equity.benefitplans.v1.CommunityService",
                           "equity.benefitplans.v1.ReviewService",
                           "equity.referencegroup.v1.MemberService",
                           "equity.referencegroup.v1.AdviceService",
                           "equity.referencegroup.v1.AnonymousAdviceService",
                           "equity.referencegroup.v1.SafeguardingService",
                           "equity.referencegroup.v1.ConsentService",
                           "equity.referencegroup.v1.KnowledgeService",
                           "equity.referencegroup.v1.ModerationService",
                           "equity.statistics.v1.StatisticsService"}) {
    const auto* service = pool->FindServiceByName(name);
    if (service == nullptr) ADD_FAILURE() << name;
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

std::unique_ptr<Message> NewRequest(const MethodDescriptor& method) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
}

void Fill(Message& message, const Names& names) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const auto& rules = field.options().GetExtension(common::v1::rules);
    const bool named = field.name() == "rows" || field.name() == "external_ref" || field.name() == "given_name" ||
                       field.name() == "email" || field.name() == "display_name" || field.name() == "organisation";
    if (!rules.required() && !rules.tenant() && !named) continue;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(field.is_repeated() ? *reflection->AddMessage(&message, &field)
                                 : *reflection->MutableMessage(&message, &field),
             names);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        if (field.is_repeated()) {
          reflection->AddString(&message, &field, TextFor(field, rules, names));
        } else {
          reflection->SetString(&message, &field, TextFor(field, rules, names));
        }
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection->SetEnumValue(&message, &field, 1);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        if (field.is_repeated()) {
          reflection->AddInt32(&message, &field, 1);
        } else {
          reflection->SetInt32(&message, &field, 1);
        }
        break;
      default:
        break;
    }
  }
}

}  // namespace equity::api
