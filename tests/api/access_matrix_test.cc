// Every RPC of the contract x every role x {own, foreign, missing}, generated from the descriptors: an RPC that is
// added is in the matrix by itself.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "clients/cpp/delivery.h"
#include "common/ids/uuid.h"
#include "common/rpc/method.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/api/environment.h"

namespace equity {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct Answer {
  grpc::Status status;
  std::string body;

  std::string Bytes() const {
    return absl::StrCat(status.error_code(), "|", status.error_message(), "|", status.error_details(), "|", body);
  }
};

// Any RPC by name: sends one request, takes the first answer.
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

// What requests are filled with: names of things by the pattern of the field.
using Names = std::map<std::string, std::string>;

class AccessMatrixTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    environment_ = new api::Environment();
    environment_->AddOrganisations({"rde", "rgr", "spare"});
    session_ = environment_->AddSession("2021-08-12", "09:00", 10000);
    asked_for_ = environment_->AddSession("2021-08-17", "09:00", 10000);
    quiz_ = AddQuiz();
  }
  static void TearDownTestSuite() { delete environment_; }

  static std::string AddQuiz() {
    workshops::v1::CreateQuizRequest request;
    request.set_parent(asked_for_);
    request.mutable_quiz()->set_title("What do you know?");
    auto& question = *request.mutable_quiz()->add_questions();
    question.set_kind(workshops::v1::QuizQuestion::KIND_KNOWLEDGE);
    question.set_text("How many days?");
    question.add_options()->set_text("100");
    question.add_options()->set_text("10");
    question.mutable_options(0)->set_correct(true);
    const auto quiz =
        environment_->To<client::ExercisesClient>(environment_->CentralTeam()).CreateQuiz(std::move(request));
    EXPECT_TRUE(quiz.ok()) << quiz.status();
    return quiz.ok() ? quiz->quiz().name() : "";
  }
  // A person with a booking, new for each call, as some RPCs use them up.
  static Names NamesOf(const std::string& organisation) {
    static int number = 0;
    const std::string person = environment_->AddParticipant(organisation, absl::StrCat("ref-", ++number));
    workshops::v1::BookPlaceRequest request;
    request.set_participant(person);
    request.set_session(session_);
    const auto booked =
        environment_->To<client::BookingsClient>(environment_->CentralTeam()).BookPlace(std::move(request));
    EXPECT_TRUE(booked.ok()) << booked.status();
    return Shared({{"organisations/*", "organisations/" + organisation},
                   {"organisations/*/participants/*", person},
                   {"organisations/*/bookings/*", booked.ok() ? booked->booking().name() : ""}});
  }
  // The same, with a plan that has one of everything where the RPC is about plans. The reference group looks nobody up,
  // so that nobody needs to be there.
  static Names NamesFor(const MethodDescriptor& method, const std::string& organisation) {
    if (method.file()->package() == "equity.referencegroup.v1") return MissingNames(organisation);
    if (method.file()->package() != "equity.benefitplans.v1") return NamesOf(organisation);
    // One for all of them: what they do to a plan never makes it look missing, and it takes many calls to make.
    static std::map<std::string, Names> made;
    const auto [names, added] = made.try_emplace(organisation);
    if (added) {
      names->second = NamesOf(organisation);
      AddPlanNames(names->second);
    }
    return names->second;
  }
  static void AddPlanNames(Names& names) {
    const auto channel = environment_->ChannelTo("equity.benefitplans.v1.PlanService");
    const client::CallOptions options = environment_->CentralTeam();
    const auto need = [](auto answer) {
      EXPECT_TRUE(answer.ok()) << answer.status();
      return answer.ok() ? *answer : typename decltype(answer)::value_type();
    };
    namespace v1 = benefitplans::v1;
    v1::CreatePlanRequest create;
    create.set_parent(names.at("organisations/*"));
    create.mutable_plan()->set_challenge("challenges/health-equity");
    create.mutable_plan()->set_title("Warm homes");
    const std::string plan = need(client::PlansClient(channel, options).CreatePlan(create)).plan().name();
    v1::CreateBenefitRequest benefit;
    benefit.set_parent(plan);
    benefit.mutable_benefit()->set_title("Warmer homes");
    const std::string benefit_name =
        need(client::BenefitsClient(channel, options).CreateBenefit(benefit)).benefit().name();
    v1::CreateActivityRequest activity;
    activity.set_parent(plan);
    activity.mutable_activity()->set_title("Draught proofing");
    activity.mutable_activity()->add_benefits(benefit_name);
    v1::CreateMeasureRequest measure;
    measure.set_parent(plan);
    measure.mutable_measure()->set_title("Warm homes");
    measure.mutable_measure()->set_quadrant(v1::Measure::QUADRANT_HOW_MUCH);
    measure.mutable_measure()->set_polarity(v1::Measure::POLARITY_HIGHER_BETTER);
    client::CommunityClient community(channel, options);
    v1::AddPartnerRequest partner;
    partner.set_parent(plan);
    partner.mutable_partner()->set_display_name("Friends of the Estate");
    partner.mutable_partner()->set_kind(v1::Partner::KIND_RESIDENT_GROUP);
    v1::RecordEngagementRequest engagement;
    engagement.set_parent(plan);
    engagement.mutable_engagement()->set_rung(v1::RUNG_INFORMING);
    v1::RaiseBarrierRequest barrier;
    barrier.set_parent(plan);
    barrier.mutable_barrier()->set_text("No room");
    barrier.mutable_barrier()->set_level(v1::Barrier::LEVEL_TEAM);
    names["organisations/*/plans/*"] = plan;
    names["organisations/*/plans/*/benefits/*"] = benefit_name;
    names["organisations/*/plans/*/activities/*"] =
        need(client::ActivitiesClient(channel, options).CreateActivity(activity)).activity().name();
    names["organisations/*/plans/*/measures/*"] =
        need(client::MeasuresClient(channel, options).CreateMeasure(measure)).measure().name();
    names["organisations/*/plans/*/partners/*"] = need(community.AddPartner(partner)).partner().name();
    names["organisations/*/plans/*/engagements/*"] = need(community.RecordEngagement(engagement)).engagement().name();
    names["organisations/*/plans/*/barriers/*"] =
        need(client::ReviewsClient(channel, options).RaiseBarrier(barrier)).barrier().name();
  }
  // Names in an organisation that has none of them.
  static Names MissingNames(const std::string& organisation) {
    const std::string id = NewUuidV7(absl::Now());
    Names names({{"organisations/*", "organisations/" + organisation},
                 {"organisations/*/participants/*", absl::StrCat("organisations/", organisation, "/participants/", id)},
                 {"organisations/*/bookings/*", absl::StrCat("organisations/", organisation, "/bookings/", id)},
                 {"organisations/*/plans/*", absl::StrCat("organisations/", organisation, "/plans/", id)}});
    for (const char* part : {"benefits", "activities", "measures", "partners", "engagements", "barriers"}) {
      names[absl::StrCat("organisations/*/plans/*/", part, "/*")] =
          absl::StrCat("organisations/", organisation, "/plans/", id, "/", part, "/1");
    }
    return Shared(std::move(names));
  }
  static Names Shared(Names names) {
    names["workshops/*"] = "workshops/health-equity-challenge";
    names["workshops/*/sessions/*"] = asked_for_;
    names["workshops/*/sessions/*/quizzes/*"] = quiz_;
    names["facilitators/*"] = "facilitators/" + NewUuidV7(absl::Now());
    names["challenges/*"] = "challenges/none-such";
    names["cards/*"] = "cards/none-such";
    // Of the reference group: what nobody has, as its names hold no organisation.
    for (const char* collection : {"advice", "knowledge", "members", "consents", "flags", "reveals"}) {
      names[absl::StrCat(collection, "/*")] = absl::StrCat(collection, "/", NewUuidV7(absl::Now()));
    }
    names["advice/*/contributions/*"] = names["advice/*"] + "/contributions/1";
    names["knowledge/*/comments/*"] = names["knowledge/*"] + "/comments/1";
    return names;
  }

  static std::string TextFor(const FieldDescriptor& field, const common::v1::FieldRules& rules, const Names& names) {
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

  // Fills what must be set, and every name of something of an organisation.
  static void Fill(Message& message, const Names& names) {
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

  static Answer Call(const MethodDescriptor& method, const Names& names, const std::string& token) {
    const std::unique_ptr<Message> request(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
    Fill(*request, names);
    return CallGeneric(environment_->ChannelTo(method.service()->full_name()), method, *request, token);
  }

  static api::Environment* environment_;
  static std::string session_;  // of the bookings that there are
  static std::string quiz_;
  static std::string asked_for_;  // the one that requests name; some of them cancel it
};

api::Environment* AccessMatrixTest::environment_;
std::string AccessMatrixTest::session_;
std::string AccessMatrixTest::quiz_;
std::string AccessMatrixTest::asked_for_;

struct Role {
  const char* name;
  const char* organisation;
  auth::Scope scope;
};

const Role kRoles[] = {
    {"central_team", "", auth::Scope::SCOPE_CENTRAL_TEAM}, {"partner", "rde", auth::Scope::SCOPE_PARTNER},
    {"facilitator", "", auth::Scope::SCOPE_FACILITATOR},   {"reference_group", "", auth::Scope::SCOPE_REFERENCE_GROUP},
    {"analyst", "", auth::Scope::SCOPE_ANALYST},           {"service", "", auth::Scope::SCOPE_SERVICE},
    {"safeguarding", "", auth::Scope::SCOPE_SAFEGUARDING},
};

TEST_F(AccessMatrixTest, WithoutAValidCredentialNothingBeyondThePublicScope) {
  int checked = 0;
  for (const MethodDescriptor* descriptor : AllMethods()) {
    SCOPED_TRACE(descriptor->full_name());
    const rpc::Method method(descriptor);
    const Names names = MissingNames("rde");
    const Answer anonymous = Call(*descriptor, names, "");
    if (method.is_public) {
      EXPECT_NE(anonymous.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
      EXPECT_NE(anonymous.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    } else {
      EXPECT_EQ(anonymous.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
      EXPECT_EQ(anonymous.body, "");
    }
    // An invalid credential is refused on public methods too.
    for (const std::string& bad : {std::string("nonsense"), environment_->Token("central_team") + "x"}) {
      const Answer refused = Call(*descriptor, names, bad);
      EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
      EXPECT_EQ(refused.body, "");
    }
    checked += 3;
  }
  std::printf("MATRIX anonymous and invalid: %d calls\n", checked);
}

TEST_F(AccessMatrixTest, ARoleGetsWhatItsScopeAllowsAndOtherOrganisationsLookMissing) {
  int checked = 0;
  for (const MethodDescriptor* descriptor : AllMethods()) {
    const rpc::Method method(descriptor);
    for (const Role& role : kRoles) {
      SCOPED_TRACE(absl::StrCat(descriptor->full_name(), " as ", role.name));
      const std::string token = environment_->Token(role.name, role.organisation);
      const Answer own = Call(*descriptor, NamesFor(*descriptor, "rde"), token);
      const Answer foreign = Call(*descriptor, NamesFor(*descriptor, "rgr"), token);
      const Answer missing = Call(*descriptor, MissingNames("rgr"), token);
      const Answer nowhere = Call(*descriptor, MissingNames("no-such-organisation"), token);
      checked += 4;
      for (const Answer* answer : {&own, &foreign, &missing, &nowhere}) {
        EXPECT_NE(answer->status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
        EXPECT_NE(answer->status.error_code(), grpc::StatusCode::INTERNAL) << answer->status.error_message();
        EXPECT_NE(answer->status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
      }
      const bool allowed = method.is_public || (method.scopes & (1u << role.scope)) != 0;
      if (!allowed) {
        // Refused before anything is looked at: the same bytes whatever was asked for.
        EXPECT_EQ(own.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
        EXPECT_EQ(own.Bytes(), foreign.Bytes());
        EXPECT_EQ(own.Bytes(), missing.Bytes());
        EXPECT_EQ(own.Bytes(), nowhere.Bytes());
        continue;
      }
      EXPECT_NE(own.status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << own.status.error_message();
      if (method.tenant == common::v1::TENANT_RULE_OWN && role.organisation[0] != '\0') {
        EXPECT_NE(own.status.error_code(), grpc::StatusCode::NOT_FOUND) << own.status.error_message();
        EXPECT_EQ(foreign.status.error_code(), grpc::StatusCode::NOT_FOUND);
        EXPECT_EQ(foreign.Bytes(), missing.Bytes());
        EXPECT_EQ(foreign.Bytes(), nowhere.Bytes());
        // What is missing in the own organisation answers in the same way; lists have nothing that could be missing.
        const bool names_one = descriptor->input_type()->FindFieldByName("parent") == nullptr;
        if (names_one && method.reads_only) {
          EXPECT_EQ(Call(*descriptor, MissingNames("rde"), token).Bytes(), foreign.Bytes());
        }
      }
    }
  }
  std::printf("MATRIX roles: %d calls\n", checked);
}

TEST_F(AccessMatrixTest, ARegistrationForAnotherOrganisationAnswersAsForOneThatDoesNotExist) {
  const client::CallOptions partner = environment_->Partner("rde");
  auto registrations = environment_->To<client::RegistrationsClient>(partner);
  const auto outcome_for = [&](const std::string& organisation) {
    participants::v1::SubmitRegistrationsRequest request;
    auto* row = request.add_rows();
    row->set_row(1);
    row->set_external_ref("someone");
    row->set_given_name("Rhys");
    row->set_email("someone@example.org");
    row->set_organisation(organisation);
    const auto response = registrations.SubmitRegistrations(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->outcomes(0).SerializeAsString() : "";
  };
  const std::string foreign = outcome_for("rgr");
  const std::string missing = outcome_for("nix");
  EXPECT_EQ(absl::StrReplaceAll(foreign, {{"rgr", "ORG"}}), absl::StrReplaceAll(missing, {{"nix", "ORG"}}));
  participants::v1::RegistrationOutcome outcome;
  outcome.ParseFromString(foreign);
  EXPECT_EQ(outcome.code(), "NO_SUCH_ORGANISATION");
}

TEST_F(AccessMatrixTest, APartnerSeesTheChangesOfItsOwnOrganisationOnly) {
  NamesOf("rde");
  NamesOf("rgr");
  auto options = environment_->Partner("rde");
  std::set<std::string> organisations;
  int changes = 0;
  for (const auto& channel : environment_->ChannelsTo(changes::v1::ChangesService::service_full_name())) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + options.bearer_token);
    const auto stub = changes::v1::ChangesService::NewStub(channel);
    const auto stream = stub->WatchChanges(&context, {});
    changes::v1::WatchChangesResponse response;
    while (stream->Read(&response) && response.changes_size() > 0) {
      for (const auto& change : response.changes()) {
        organisations.insert(change.organisation());
        ++changes;
      }
    }
    context.TryCancel();
  }
  EXPECT_GT(changes, 2);
  EXPECT_THAT(organisations, ::testing::UnorderedElementsAre("", "organisations/rde"));
}

}  // namespace
}  // namespace equity
