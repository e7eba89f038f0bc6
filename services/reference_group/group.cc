#include "services/reference_group/group.h"

#include <map>
#include <sstream>

#include "services/reference_group/data.h"

namespace equity::referencegroup {
namespace {

Policy ReadPolicy(const std::string& text) {
  std::map<std::string, std::string> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.find(' ');
    if (line.starts_with('#') || space == line.npos) continue;
    values[line.substr(0, space)] = line.substr(space + 1);
  }
  return {.version = values.at("version"),
          .response_days = std::stoi(values.at("response_days")),
          .lapse_days = std::stoi(values.at("lapse_days")),
          .close_days = std::stoi(values.at("close_days")),
          .review_months = std::stoi(values.at("review_months")),
          .reveal_open_days = std::stoi(values.at("reveal_open_days"))};
}

}  // namespace

Group::Group(Vault key)
    : vault(std::move(key)), calendar(BankHolidays()), policy(ReadPolicy(data::Policy())), synonyms(data::Synonyms()) {}

}  // namespace equity::referencegroup
