#include "common/auth/claims.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace equity::auth {
namespace {

using nlohmann::json;

constexpr size_t kMaxSubjectBytes = 255;

absl::Status RefusedFor(const char* why) { return absl::UnauthenticatedError(why); }

std::optional<std::string> TextClaim(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// A NumericDate (RFC 7519): seconds, possibly with a fraction. Out of range saturates.
std::optional<absl::Time> TimeClaim(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(found->get<double>());
}

bool IsFor(const json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (!found->is_array()) return *found == audience;
  return std::find(found->begin(), found->end(), json(audience)) != found->end();
}

// Any text without control characters: the subject goes into logs and audit rows.
bool IsSubject(std::string_view text) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return !text.empty() && text.size() <= kMaxSubjectBytes && std::none_of(text.begin(), text.end(), is_control);
}

bool IsOrganisationId(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return text.size() >= 2 && text.size() <= 40 && std::all_of(text.begin(), text.end(), fits);
}

std::optional<Scope> ScopeOf(std::string_view role) {
  static constexpr std::pair<std::string_view, Scope> kRoles[] = {
      {"central_team", common::v1::SCOPE_CENTRAL_TEAM}, {"partner", common::v1::SCOPE_PARTNER},
      {"facilitator", common::v1::SCOPE_FACILITATOR},   {"reference_group", common::v1::SCOPE_REFERENCE_GROUP},
      {"analyst", common::v1::SCOPE_ANALYST},           {"service", common::v1::SCOPE_SERVICE},
      {"safeguarding", common::v1::SCOPE_SAFEGUARDING}};
  for (const auto& [name, scope] : kRoles) {
    if (name == role) return scope;
  }
  return std::nullopt;
}

absl::Status ReadTimes(const json& claims, const ClaimRules& rules, absl::Time now, Principal* principal) {
  const auto expires = TimeClaim(claims, "exp");
  if (!expires) return RefusedFor("the token has no exp claim that is a time");
  principal->expires = *expires + rules.leeway;
  if (now >= principal->expires) return RefusedFor("the token has expired");
  if (!claims.contains("nbf")) return absl::OkStatus();
  const auto not_before = TimeClaim(claims, "nbf");
  if (!not_before) return RefusedFor("the token's nbf claim is not a time");
  if (now + rules.leeway < *not_before) return RefusedFor("the token is not valid yet");
  return absl::OkStatus();
}

absl::Status ReadRoles(const json& claims, Principal* principal) {
  const auto roles = claims.find("roles");
  if (roles == claims.end() || !roles->is_array()) return RefusedFor("the token has no roles claim that is a list");
  for (const json& role : *roles) {
    const auto scope = role.is_string() ? ScopeOf(role.get_ref<const std::string&>()) : std::nullopt;
    if (!scope) return RefusedFor("the token's roles claim holds something that is not a role");
    principal->Grant(*scope);
  }
  if (principal->scopes == 0) return RefusedFor("the token's roles claim is empty");
  return absl::OkStatus();
}

absl::Status ReadOrganisation(const json& claims, Principal* principal) {
  const bool partner = principal->Has(common::v1::SCOPE_PARTNER);
  if (!claims.contains("organisation")) {
    return partner ? RefusedFor("a partner's token needs an organisation claim") : absl::OkStatus();
  }
  if (principal->Has(common::v1::SCOPE_CENTRAL_TEAM)) {
    return RefusedFor("a token of the central team must not have an organisation claim");
  }
  const auto organisation = TextClaim(claims, "organisation");
  if (!organisation || !IsOrganisationId(*organisation)) {
    return RefusedFor("the token's organisation claim is not an organisation's id");
  }
  principal->organisation = *organisation;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PrincipalPtr> PrincipalFromClaims(std::string_view payload, const ClaimRules& rules, absl::Time now) {
  const json claims = json::parse(payload, nullptr, /*allow_exceptions=*/false);
  if (!claims.is_object()) return RefusedFor("the token's payload is not a JSON object");
  if (TextClaim(claims, "iss") != rules.issuer) return RefusedFor("the token is of another issuer");
  if (!IsFor(claims, rules.audience)) return RefusedFor("the token is for another audience");

  auto principal = std::make_shared<Principal>();
  if (auto status = ReadTimes(claims, rules, now, principal.get()); !status.ok()) return status;
  const auto subject = TextClaim(claims, "sub");
  if (!subject || !IsSubject(*subject)) return RefusedFor("the token has no usable sub claim");
  principal->subject = *subject;
  if (auto status = ReadRoles(claims, principal.get()); !status.ok()) return status;
  if (auto status = ReadOrganisation(claims, principal.get()); !status.ok()) return status;
  return principal;
}

}  // namespace equity::auth
