// What the kernel knows of this process, under the names every Prometheus client uses.
#pragma once

#include <vector>

#include "prometheus/metric_family.h"

namespace equity::obs {

// CPU seconds, memory, open files and start time; what /proc does not tell is left out.
std::vector<prometheus::MetricFamily> ProcessMetrics();

}  // namespace equity::obs
