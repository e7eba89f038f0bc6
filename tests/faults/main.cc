#include "tests/faults/drills.h"

int main(int argc, char** argv) { return equity::faults::DrillMain(argc, argv); }
