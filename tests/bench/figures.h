// The figures of a run: each is the median of what the rounds saw.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace equity::bench {

class Figures {
 public:
  // What this round saw.
  void Add(const std::string& key, double value);
  // The same of two figures that this round saw; nothing where it did not see both.
  void AddRatio(const std::string& key, const std::string& of, const std::string& to);

  // Keys in the order in which they were first added, with their medians.
  std::vector<std::pair<std::string, double>> Medians() const;
  // One flat JSON object; "-" is standard output.
  absl::Status WriteJson(const std::string& file) const;

 private:
  std::vector<std::string> order_;
  std::map<std::string, std::vector<double>> seen_;
};

}  // namespace equity::bench
