#include "services/reference_group/testing/fixture.h"

#include <fcntl.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/auth/dev_issuer.h"
#include "common/feed/feed.h"
#include "services/reference_group/service.h"
#include "services/reference_group/sweeper.h"

namespace equity::referencegroup {
namespace {

std::string TemporaryFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "reference_group_test.XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  return folder;
}

}  // namespace

std::string Person(const std::string& organisation, int number) {
  return absl::StrFormat("organisations/%s/participants/01890a5d-ac96-774b-8000-%012d", organisation, number);
}

absl::Time LondonTime(const std::string& local) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", local, London(), &time, &error)) << error;
  return time;
}

std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::vector<std::string> fields;
  for (const auto& fault : status::FieldFaults(status)) fields.push_back(fault.field);
  return fields.empty() ? status::Reason(status) : absl::StrJoin(fields, ",");
}

GroupTest::GroupTest() : folder_(TemporaryFolder()) {
  host::HostOptions options;
  options.data_folder = folder_;
  options.dev_issuer = true;
  options.log_fd = open(log_file().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  auto host = host::Host::Create(options);
  EXPECT_TRUE(host.ok()) << host.status();
  host_ = *std::move(host);
  SetNow(LondonTime("2021-07-20 09:00"));
  const absl::Status added = host_->Add("reference_group", [this](rpc::Shared& shared, exec::StoreOptions store) {
    auto service = Open(shared, std::move(store));
    if (service.ok()) runtime_ = &(*service)->runtime();
    return service;
  });
  EXPECT_TRUE(added.ok()) << added;
  const absl::Status started = host_->Start();
  EXPECT_TRUE(started.ok()) << started;
  channel_ = client::Connect({.address = absl::StrCat("127.0.0.1:", host_->port())});
}

GroupTest::~GroupTest() {
  channel_.reset();
  if (host_ != nullptr) host_->Stop(absl::Seconds(5));
  host_.reset();
  std::filesystem::remove_all(folder_);
}

client::CallOptions GroupTest::As(const std::string& role, const std::string& organisation,
                                  const std::string& subject) const {
  auto issuer = auth::DevIssuer::Open(host_->dev_issuer_folder());
  EXPECT_TRUE(issuer.ok()) << issuer.status();
  auto token = issuer->Mint(
      {.subject = subject.empty() ? role : subject, .roles = {role}, .organisation = organisation}, absl::Now());
  EXPECT_TRUE(token.ok()) << token.status();
  client::CallOptions options;
  options.bearer_token = *token;
  return options;
}

void GroupTest::SetNow(absl::Time now) { host_->shared().clock.Set(now); }

void GroupTest::Sweep() {
  const absl::Status status = SweepDue(*runtime_);
  EXPECT_TRUE(status.ok()) << status;
}

std::string GroupTest::AddMember(int number, int capacity, const std::vector<std::string>& conflicts) {
  v1::CreateMemberRequest request;
  v1::Member& member = *request.mutable_member();
  member.set_participant(Person("independent", number));
  member.add_roles(v1::Member::ROLE_MEMBER);
  member.add_expertise("interpreting");
  member.set_capacity_per_week(capacity);
  for (const std::string& conflict : conflicts) member.add_conflict_organisations(conflict);
  return Must(To<client::MembersClient>(Central()).CreateMember(request)).member().name();
}

v1::AdviceRequest GroupTest::Submit(const std::string& organisation, const std::string& title, v1::Audience audience) {
  v1::SubmitRequestRequest request;
  request.set_asker(Person(organisation, 1));
  request.mutable_request()->set_title(title);
  request.mutable_request()->set_body("We do not know where to begin.\nWhat helped others?");
  request.mutable_request()->set_audience(audience);
  return Must(Advice(Partner(organisation)).SubmitRequest(request)).request();
}

v1::SubmitAnonymousRequestResponse GroupTest::SubmitAnonymously(const client::CallOptions& options,
                                                                const std::string& asker, const std::string& title) {
  v1::SubmitAnonymousRequestRequest request;
  request.set_asker(asker);
  request.mutable_request()->set_title(title);
  request.mutable_request()->set_body("I would rather not say who I am.");
  return Must(Anonymous(options).SubmitAnonymousRequest(request));
}

std::vector<std::string> GroupTest::Answer(const std::string& request, const std::string& member, int answers) {
  client::AdviceClient advice = Advice(Group());
  v1::TriageRequestRequest triage;
  triage.set_name(request);
  Must(advice.TriageRequest(triage));
  v1::AssignRequestRequest assign;
  assign.set_name(request);
  assign.add_members(member);
  Must(advice.AssignRequest(assign));
  std::vector<std::string> names;
  for (int i = 0; i < answers; ++i) {
    v1::RespondRequest respond;
    respond.set_name(request);
    respond.set_member(member);
    respond.set_kind(v1::Contribution::KIND_ADVICE);
    respond.set_body(absl::StrCat("Answer ", i + 1));
    const auto said = Must(advice.Respond(respond)).request().contributions();
    if (!said.empty()) names.push_back(said.rbegin()->name());
  }
  return names;
}

v1::AdviceRequest GroupTest::Get(const std::string& request) {
  v1::GetRequestRequest get;
  get.set_name(request);
  return Must(Advice(Central()).GetRequest(get)).request();
}

v1::Item GroupTest::Publish(v1::Item item) {
  v1::CreateItemRequest create;
  *create.mutable_item() = std::move(item);
  const std::string name = Must(Knowledge(Group("author")).CreateItem(create)).item().name();
  v1::SubmitItemRequest submit;
  submit.set_name(name);
  Must(Knowledge(Group("author")).SubmitItem(submit));
  v1::PublishItemRequest publish;
  publish.set_name(name);
  return Must(Knowledge(Group("reviewer")).PublishItem(publish)).item();
}

v1::Item GroupTest::NewItem(const std::string& title, const std::string& summary) {
  v1::Item item;
  item.set_type(v1::Item::TYPE_GOOD_PRACTICE);
  item.set_title(title);
  item.set_summary(summary);
  item.set_audience(v1::AUDIENCE_ICS);
  return item;
}

std::string GroupTest::Consent(v1::Audience audience, const std::string& expire_date) {
  v1::GiveConsentRequest request;
  request.set_subject(Person("storytellers", 1));
  request.mutable_consent()->set_scope(v1::Consent::SCOPE_STORY);
  request.mutable_consent()->set_audience(audience);
  request.mutable_consent()->set_expire_date(expire_date);
  return Must(To<client::ConsentsClient>(Group()).GiveConsent(request)).consent().name();
}

std::vector<changes::v1::Change> GroupTest::Changes() {
  std::vector<changes::v1::Change> changes;
  const absl::Status status = runtime_->Read([&](sql::ReadTransaction& transaction) {
    int64_t last = 0;
    changes = feed::ReadAfter(transaction, "reference_group", 0, "", {}, 100000, last);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return changes;
}

std::vector<std::string> GroupTest::FilesWith(const std::string& text, absl::Duration patience) const {
  std::vector<std::string> files;
  const absl::Time end = absl::Now() + patience;
  while (true) {
    files.clear();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::stringstream bytes;
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (bytes.str().find(text) != std::string::npos) files.push_back(entry.path());
    }
    if (files.empty() || absl::Now() >= end) return files;
    absl::SleepFor(absl::Milliseconds(50));
  }
}

}  // namespace equity::referencegroup
