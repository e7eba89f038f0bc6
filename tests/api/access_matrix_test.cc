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
#include "gtest/gtest.h"
#include "tests/api/any_rpc.h"
#include "tests/api/environment.h"

namespace equity {
namespace {

using api::AllMethods;
using api::Answer;
using api::MethodDescriptor;
using api::Names;
using google::protobuf::Message;

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

  static Answer Call(const MethodDescriptor& method, const Names& names, const std::string& token) {
    const std::unique_ptr<Message> request = api::NewRequest(method);
    api::Fill(*request, names);
    return api::CallGeneric(environment_->ChannelTo(method.service()->full_name()), method, *request, token);
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
