// Chance that a seed repeats.
#pragma once

#include <cstddef>
#include <random>

namespace equity::faults {

using Random = std::minstd_rand;

inline bool OneIn(Random& random, int n) { return std::uniform_int_distribution<int>(1, n)(random) == 1; }
inline size_t Below(Random& random, size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); }

}  // namespace equity::faults
