#include "services/participants/rules.h"

#include "absl/strings/str_cat.h"
#include "common/strings.h"
#include "common/text/text.h"

namespace equity::participants {
namespace {

constexpr int kExternalRefLength = 100;
constexpr int kNameLength = 200;
constexpr int kEmailLength = 254;
constexpr int kJobTitleLength = 200;
constexpr int kOtherAccessNeedLength = 500;
constexpr size_t kIdLength = 40;

constexpr uint32_t Bit(v1::AccessNeed need) { return 1u << need; }

// What any text field can have.
void CheckText(std::vector<Fault>& faults, const char* field, const std::string& text, int limit) {
  if (text::CodePoints(text) > limit) {
    faults.push_back({"TOO_LONG", field, absl::StrCat("is longer than ", limit, " characters"),
                      absl::StrCat("Shorten ", field, ".")});
  } else if (text::HasControl(text)) {
    faults.push_back({"CONTROL_CHARACTER", field, "contains a control character, such as a tab or a line break",
                      absl::StrCat("Remove it from ", field, ".")});
  }
}

void CheckNeeded(std::vector<Fault>& faults, const char* field, const std::string& text, int limit, const char* fix) {
  if (text.empty()) {
    faults.push_back({"MISSING_FIELD", field, "is missing", fix});
  } else {
    CheckText(faults, field, text, limit);
  }
}

void CheckEmail(std::vector<Fault>& faults, const std::string& email) {
  const size_t before = faults.size();
  CheckNeeded(faults, "email", email, kEmailLength, "Give the person's e-mail address.");
  if (faults.size() > before || text::IsEmail(email)) return;
  faults.push_back({"INVALID_EMAIL", "email", "is not an e-mail address", "Write it as name@example.org."});
}

void CheckAccessNeeds(std::vector<Fault>& faults, const Person& person) {
  const bool other = (person.access_needs & Bit(v1::ACCESS_NEED_OTHER)) != 0;
  if (other != !person.other_access_need.empty()) {
    faults.push_back({"INVALID_VALUE", "access_needs", other ? "has OTHER without a text" : "lacks OTHER for its text",
                      "Give OTHER together with a text that says what the person needs, or neither."});
    return;
  }
  const size_t before = faults.size();
  CheckText(faults, "other_access_need", person.other_access_need, kOtherAccessNeedLength);
  // A row has both in one column.
  if (faults.size() > before) faults.back().field = "access_needs";
}

// The fields that an update may set.
using Setter = void (*)(Person&, const Person&);
struct Updatable {
  const char* path;
  Setter set;
};
constexpr Updatable kUpdatable[] = {
    {"external_ref", [](Person& to, const Person& from) { to.external_ref = from.external_ref; }},
    {"given_name", [](Person& to, const Person& from) { to.given_name = from.given_name; }},
    {"family_name", [](Person& to, const Person& from) { to.family_name = from.family_name; }},
    {"email", [](Person& to, const Person& from) { to.email = from.email; }},
    {"job_title", [](Person& to, const Person& from) { to.job_title = from.job_title; }},
    {"access_needs", [](Person& to, const Person& from) { to.access_needs = from.access_needs; }},
    {"other_access_need", [](Person& to, const Person& from) { to.other_access_need = from.other_access_need; }},
};

bool IsSet(const v1::Participant& participant, const char* path) {
  const auto* field = v1::Participant::descriptor()->FindFieldByName(path);
  return field->is_repeated() ? participant.GetReflection()->FieldSize(participant, field) > 0
                              : participant.GetReflection()->HasField(participant, field);
}

}  // namespace

std::string Clean(std::string_view text) { return text::IsBlank(text) ? "" : text::Nfc(text::Trim(text)); }

std::vector<Fault> PersonFaults(const Person& person) {
  std::vector<Fault> faults;
  CheckNeeded(faults, "external_ref", person.external_ref, kExternalRefLength,
              "Give the staff number, or whatever your own system calls the person.");
  if (person.given_name.empty() && person.family_name.empty()) {
    faults.push_back({"MISSING_FIELD", "given_name", "is missing, and so is family_name",
                      "Give a given name, a family name, or both."});
  }
  CheckText(faults, "given_name", person.given_name, kNameLength);
  CheckText(faults, "family_name", person.family_name, kNameLength);
  CheckEmail(faults, person.email);
  CheckText(faults, "job_title", person.job_title, kJobTitleLength);
  CheckAccessNeeds(faults, person);
  return faults;
}

Person PersonFrom(const v1::Participant& participant) {
  Person person{.external_ref = Clean(participant.external_ref()),
                .given_name = Clean(participant.given_name()),
                .family_name = Clean(participant.family_name()),
                .email = Clean(participant.email()),
                .job_title = Clean(participant.job_title()),
                .other_access_need = Clean(participant.other_access_need())};
  for (const int need : participant.access_needs()) person.access_needs |= Bit(static_cast<v1::AccessNeed>(need));
  return person;
}

void Describe(const Person& person, v1::Participant& participant) {
  participant.set_external_ref(person.external_ref);
  participant.set_given_name(person.given_name);
  participant.set_family_name(person.family_name);
  participant.set_email(person.email);
  participant.set_job_title(person.job_title);
  participant.set_other_access_need(person.other_access_need);
  for (int need = v1::AccessNeed_MIN; need <= v1::AccessNeed_MAX; ++need) {
    const auto value = static_cast<v1::AccessNeed>(need);
    if ((person.access_needs & Bit(value)) != 0) participant.add_access_needs(value);
  }
}

Update Apply(Person person, const v1::Participant& wanted, const google::protobuf::FieldMask& mask) {
  const Person from = PersonFrom(wanted);
  if (mask.paths().empty()) {
    for (const Updatable& each : kUpdatable) {
      if (IsSet(wanted, each.path)) each.set(person, from);
    }
    return {std::move(person), {}};
  }
  Update update{std::move(person), {}};
  for (const std::string& path : mask.paths()) {
    const auto* found = std::find_if(std::begin(kUpdatable), std::end(kUpdatable),
                                     [&](const Updatable& each) { return path == each.path; });
    if (found == std::end(kUpdatable)) {
      update.unknown_paths.push_back(path);
    } else {
      found->set(update.person, from);
    }
  }
  return update;
}

std::string OrganisationId(const v1::OrganisationCode& code) {
  std::string id;
  for (const char c : text::Fold(code.value())) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (fits) {
      id.push_back(c);
    } else if (!id.empty() && id.back() != '-') {
      id.push_back('-');
    }
  }
  if (id.size() > kIdLength) id.resize(kIdLength);
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id.size() >= 2 ? id : absl::StrCat("org-", id.empty() ? "0" : id);
}

std::string SectorName(v1::Sector sector) {
  return sector == v1::SECTOR_UNSPECIFIED ? "" : v1::Sector_Name(sector).substr(sizeof("SECTOR_") - 1);
}

std::string PlaceName(v1::Place place) {
  return place == v1::PLACE_UNSPECIFIED ? "" : v1::Place_Name(place).substr(sizeof("PLACE_") - 1);
}

}  // namespace equity::participants
