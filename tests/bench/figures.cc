#include "tests/bench/figures.h"

#include <algorithm>
#include <fstream>
#include <iostream>

#include "nlohmann/json.hpp"

namespace equity::bench {
namespace {

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

void Figures::Add(const std::string& key, double value) {
  std::vector<double>& values = seen_[key];
  if (values.empty()) order_.push_back(key);
  values.push_back(value);
}

void Figures::AddRatio(const std::string& key, const std::string& of, const std::string& to) {
  if (seen_.contains(of) && seen_.contains(to)) Add(key, seen_[of].back() / seen_[to].back());
}

std::vector<std::pair<std::string, double>> Figures::Medians() const {
  std::vector<std::pair<std::string, double>> medians;
  for (const std::string& key : order_) medians.emplace_back(key, Median(seen_.at(key)));
  return medians;
}

absl::Status Figures::WriteJson(const std::string& file) const {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [key, value] : Medians()) json[key] = value;
  std::ofstream opened;
  if (file != "-") opened.open(file);
  std::ostream& out = file == "-" ? std::cout : opened;
  out << json.dump(2) << std::endl;
  return out ? absl::OkStatus() : absl::UnavailableError("cannot write to " + file);
}

}  // namespace equity::bench
