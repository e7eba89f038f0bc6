// A property by its regression seeds and by some thousand changes of them: without the tools that the fuzz targets
// need. EQUITY_FUZZ_SECONDS says for how long, EQUITY_FUZZ_SEED from where.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/fuzz/properties.h"

namespace equity::fuzz {
namespace {

std::vector<std::string> ReadSeeds() {
  std::vector<std::string> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(FUZZ_SEEDS)) {
    std::stringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    seeds.push_back(text.str());
  }
  std::sort(seeds.begin(), seeds.end());
  return seeds;
}

std::string Change(const std::vector<std::string>& seeds, std::mt19937& random) {
  constexpr std::string_view kOdd("\"\",,\n\r\t \0\xff\xef\xbb\xbf=.{}[]:/|-A1", 30);
  const auto below = [&random](size_t bound) { return bound == 0 ? 0 : random() % bound; };
  std::string text = seeds[below(seeds.size())];
  for (size_t changes = 1 + below(6); changes > 0; --changes) {
    const size_t at = below(text.size() + 1), length = below(text.size() - at + 1);
    const std::string& other = seeds[below(seeds.size())];
    const size_t from = below(other.size() + 1);
    switch (below(5)) {
      case 0:
        text.insert(at, 1, kOdd[below(kOdd.size())]);
        break;
      case 1:
        text.erase(at, below(length + 1));
        break;
      case 2:
        text.insert(at, text.substr(at, below(length + 1)));
        break;
      case 3:
        text.replace(at, length, other.substr(from, below(40)));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random());
    }
  }
  return text.substr(0, 4'000);
}

TEST(FuzzTest, NoInputBreaksWhatMustHold) {
  const std::vector<std::string> seeds = ReadSeeds();
  ASSERT_FALSE(seeds.empty()) << FUZZ_SEEDS;
  const auto check = [](const std::string& input) { ASSERT_EQ(FUZZ_PROPERTY(input), "") << absl::CEscape(input); };
  for (const std::string& seed : seeds) ASSERT_NO_FATAL_FAILURE(check(seed));
  const char* seconds = std::getenv("EQUITY_FUZZ_SECONDS");
  const char* start = std::getenv("EQUITY_FUZZ_SEED");
  std::mt19937 random(start == nullptr ? 1 : static_cast<unsigned>(std::atoi(start)));
  const absl::Time end =
      absl::Now() + (seconds == nullptr ? absl::Milliseconds(300) : absl::Seconds(std::atoi(seconds)));
  size_t inputs = seeds.size();
  for (; absl::Now() < end; ++inputs) ASSERT_NO_FATAL_FAILURE(check(Change(seeds, random)));
  std::printf("FUZZ %zu inputs\n", inputs);
}

}  // namespace
}  // namespace equity::fuzz
