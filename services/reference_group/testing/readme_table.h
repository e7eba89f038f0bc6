// The tables of states in README.md, from which the tests of transitions are made.
#pragma once

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace equity::referencegroup {

struct TableRow {
  std::string state;
  std::string action;
  std::string next;
  std::string when;  // empty where it does not matter
};

// The rows of the first table under a heading such as `## Items`.
inline std::vector<TableRow> ReadTable(const std::string& heading) {
  std::ifstream file(std::string(SOURCE_FOLDER) + "/services/reference_group/README.md");
  EXPECT_TRUE(file.good());
  std::vector<TableRow> rows;
  bool found = false;
  for (std::string line; std::getline(file, line);) {
    if (line == heading) found = true;
    if (!found) continue;
    if (!line.starts_with("|")) {
      if (!rows.empty()) break;
      continue;
    }
    std::vector<std::string> cells;
    for (const auto& cell : absl::StrSplit(line, '|')) {
      cells.emplace_back(absl::StripAsciiWhitespace(cell));
    }
    if (cells[1] == "state" || cells[1] == "---") continue;
    rows.push_back({cells[1], cells[2], cells[3], cells.size() > 5 ? cells[4] : ""});
  }
  return rows;
}

}  // namespace equity::referencegroup
