#include "services/participants/organisations.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/participants/testing/test_server.h"

namespace equity::participants {
namespace {

using OrganisationStub = v1::OrganisationService::Stub;
using Result = v1::ImportedOrganisationResult;
using absl::StatusCode;
using ::testing::ElementsAre;
using testing::NewRequestId;
using testing::TestServer;

class OrganisationsTest : public ::testing::Test {
 protected:
  static v1::ImportOrganisationsRequest Import(const std::string& scheme, const std::string& value,
                                               const std::string& display_name) {
    v1::ImportOrganisationsRequest request;
    auto* row = request.add_organisations();
    row->mutable_code()->set_scheme(scheme);
    row->mutable_code()->set_value(value);
    row->set_display_name(display_name);
    row->set_sector(v1::SECTOR_NHS_TRUST);
    row->set_place(v1::PLACE_WEST_SUFFOLK);
    request.set_request_id(NewRequestId());
    return request;
  }
  Result ImportOne(const v1::ImportOrganisationsRequest& request) {
    const auto response = server_.Call(&OrganisationStub::ImportOrganisations, request, token_);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->results(0) : Result();
  }
  absl::StatusOr<v1::Organisation> Get(const std::string& name) {
    v1::GetOrganisationRequest request;
    request.set_name(name);
    auto response = server_.Call(&OrganisationStub::GetOrganisation, request, token_);
    if (!response.ok()) return response.status();
    return response->organisation();
  }

  TestServer server_;
  const std::string token_ = server_.Token();
};

TEST_F(OrganisationsTest, ImportingAgainFindsTheSameByItsCode) {
  const auto first = Import("ODS", "RGR", "West Suffolk NHS Foundation Trust");
  const Result created = ImportOne(first);
  EXPECT_EQ(created.outcome(), Result::OUTCOME_CREATED);
  EXPECT_EQ(created.organisation(), "organisations/rgr");
  // The same request again, and the same row in a new one, whatever the case of the code.
  EXPECT_EQ(ImportOne(first).outcome(), Result::OUTCOME_CREATED);
  EXPECT_EQ(ImportOne(Import("ods", "rgr", "West Suffolk NHS Foundation Trust")).outcome(), Result::OUTCOME_UNCHANGED);
  EXPECT_EQ(ImportOne(Import("ODS", "RGR", " West Suffolk ")).outcome(), Result::OUTCOME_UPDATED);
  const auto organisation = Get("organisations/rgr");
  ASSERT_TRUE(organisation.ok()) << organisation.status();
  EXPECT_EQ(organisation->display_name(), "West Suffolk");
  EXPECT_EQ(organisation->etag(), "2");
  ASSERT_EQ(organisation->codes_size(), 1);
  EXPECT_EQ(organisation->codes(0).value(), "RGR");
  const auto feed = server_.Feed();
  ASSERT_EQ(feed.size(), 2u);
  EXPECT_EQ(feed[0].organisation(), "organisations/rgr");
  EXPECT_EQ(feed[0].organisation_event().sector(), "NHS_TRUST");
  EXPECT_EQ(feed[0].organisation_event().place(), "WEST_SUFFOLK");
}

TEST_F(OrganisationsTest, AnIdBelongsToOneOrganisation) {
  EXPECT_EQ(ImportOne(Import("ODS", "RDE", "East Suffolk")).outcome(), Result::OUTCOME_CREATED);
  const Result refused = ImportOne(Import("LOCAL", "RDE", "Another"));
  EXPECT_EQ(refused.outcome(), Result::OUTCOME_REJECTED);
  EXPECT_EQ(refused.code(), "ID_IN_USE");
  EXPECT_THAT(refused.message(), ::testing::HasSubstr("another id"));
  auto other = Import("LOCAL", "RDE", "Another");
  other.mutable_organisations(0)->set_id("another");
  EXPECT_EQ(ImportOne(other).organisation(), "organisations/another");
}

TEST_F(OrganisationsTest, AKnownCodeWithAnotherIdIsRefused) {
  EXPECT_EQ(ImportOne(Import("ODS", "RDE", "East Suffolk")).outcome(), Result::OUTCOME_CREATED);
  auto request = Import("ods", "rde", "Another");
  request.mutable_organisations(0)->set_id("another");
  auto* fresh = request.add_organisations();
  *fresh = request.organisations(0);
  fresh->mutable_code()->set_value("NEW");
  const auto response = server_.Call(&OrganisationStub::ImportOrganisations, request, token_);
  ASSERT_TRUE(response.ok()) << response.status();
  const Result& refused = response->results(0);
  EXPECT_EQ(refused.outcome(), Result::OUTCOME_REJECTED);
  EXPECT_EQ(refused.code(), "CODE_IN_USE");
  EXPECT_EQ(refused.organisation(), "");
  EXPECT_THAT(refused.message(), ::testing::HasSubstr("ods:rde"));
  EXPECT_THAT(refused.message(), ::testing::HasSubstr("organisation rde"));
  EXPECT_EQ(response->results(1).organisation(), "organisations/another") << "one row does not stop the others";
  EXPECT_EQ(Get("organisations/rde")->display_name(), "East Suffolk");
  EXPECT_EQ(Get("organisations/rde")->etag(), "1");
  // Its own id changes nothing.
  auto own = Import("ODS", "RDE", "East Suffolk");
  own.mutable_organisations(0)->set_id("rde");
  EXPECT_EQ(ImportOne(own).outcome(), Result::OUTCOME_UNCHANGED);
}

TEST_F(OrganisationsTest, ARowThatIsBlankIsRefusedWithItsPath) {
  const auto fields = [&](const v1::ImportOrganisationsRequest& request) {
    const auto response = server_.Call(&OrganisationStub::ImportOrganisations, request, token_);
    EXPECT_EQ(response.status().code(), StatusCode::kInvalidArgument);
    std::vector<std::string> fields;
    for (const auto& fault : status::FieldFaults(response.status())) fields.push_back(fault.field);
    return fields;
  };
  EXPECT_THAT(
      fields(Import("\xc2\xa0", " ", "\xe2\x80\x8b")),
      ElementsAre("organisations[0].code.scheme", "organisations[0].code.value", "organisations[0].display_name"));
  EXPECT_THAT(fields(Import("OD:S", "RDE", "East Suffolk")), ElementsAre("organisations[0].code.scheme"));
  EXPECT_THAT(fields(Import("ODS", "RDE", "\xe2\x80\xaeklouffuS")), ElementsAre("organisations[0].display_name"));
}

TEST_F(OrganisationsTest, ARequestIdIsForOneRequest) {
  auto request = Import("ODS", "RDE", "East Suffolk");
  ImportOne(request);
  request.mutable_organisations(0)->set_display_name("Other");
  EXPECT_EQ(status::Reason(server_.Call(&OrganisationStub::ImportOrganisations, request, token_).status()),
            "REQUEST_ID_REUSED");
}

TEST_F(OrganisationsTest, AreListedByIdInPages) {
  server_.AddOrganisations();
  v1::ListOrganisationsRequest request;
  request.set_page_size(2);
  auto page = server_.Call(&OrganisationStub::ListOrganisations, request, server_.Token("rde"));
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->organisations_size(), 2);
  EXPECT_EQ(page->organisations(0).name(), "organisations/essex-cc");
  EXPECT_EQ(page->organisations(0).codes(0).scheme(), "LOCAL");
  request.set_page_token(page->next_page_token());
  page = server_.Call(&OrganisationStub::ListOrganisations, request, token_);
  ASSERT_EQ(page->organisations_size(), 1);
  EXPECT_EQ(page->next_page_token(), "");
  request.set_page_token("made up");
  EXPECT_EQ(server_.Call(&OrganisationStub::ListOrganisations, request, token_).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(OrganisationsTest, AnUpdateTakesTheMaskAndTheEtag) {
  server_.AddOrganisations();
  v1::UpdateOrganisationRequest request;
  request.mutable_organisation()->set_name("organisations/rde");
  request.mutable_organisation()->set_display_name("New name");
  request.mutable_organisation()->set_place(v1::PLACE_WEST_SUFFOLK);
  request.mutable_organisation()->set_etag("1");
  request.mutable_update_mask()->add_paths("place");
  request.set_request_id(NewRequestId());
  auto response = server_.Call(&OrganisationStub::UpdateOrganisation, request, token_);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->organisation().display_name(), "Organisation RDE");
  EXPECT_EQ(response->organisation().place(), v1::PLACE_WEST_SUFFOLK);
  EXPECT_EQ(response->organisation().etag(), "2");

  request.set_request_id(NewRequestId());
  EXPECT_EQ(status::Reason(server_.Call(&OrganisationStub::UpdateOrganisation, request, token_).status()),
            "ETAG_MISMATCH");
  request.mutable_organisation()->clear_etag();
  request.mutable_update_mask()->add_paths("codes");
  EXPECT_EQ(server_.Call(&OrganisationStub::UpdateOrganisation, request, token_).status().code(),
            StatusCode::kInvalidArgument);
  request.clear_update_mask();
  response = server_.Call(&OrganisationStub::UpdateOrganisation, request, token_);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->organisation().display_name(), "New name");
}

TEST_F(OrganisationsTest, WhatIsMissingIsNotFound) {
  EXPECT_EQ(Get("organisations/nobody").status(), status::NotFound());
  v1::UpdateOrganisationRequest request;
  request.mutable_organisation()->set_name("organisations/nobody");
  request.set_request_id(NewRequestId());
  EXPECT_EQ(server_.Call(&OrganisationStub::UpdateOrganisation, request, token_).status(), status::NotFound());
  request.mutable_organisation()->clear_name();
  EXPECT_EQ(server_.Call(&OrganisationStub::UpdateOrganisation, request, token_).status().code(),
            StatusCode::kInvalidArgument);
  // Partners read, and do not write.
  EXPECT_EQ(server_.Call(&OrganisationStub::UpdateOrganisation, request, server_.Token("rde")).status().code(),
            StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace equity::participants
