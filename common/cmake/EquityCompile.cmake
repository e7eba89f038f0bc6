# How everything is compiled, and the three functions by which folders declare what they build.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# One flag for libraries and programs alike (CMake would choose -fPIE for programs), as they share precompiled headers.
add_compile_options(-fPIC)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# Most of the work is done by libraries that come compiled; the second level costs a third more time and gains nothing
# that tests/bench can show.
set(CMAKE_CXX_FLAGS_RELEASE "-O1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

set(EQUITY_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(SQLiteCpp CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(CJOSE REQUIRED IMPORTED_TARGET cjose)
find_library(UTF8PROC_LIBRARY utf8proc REQUIRED)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need the first; with the others a second clone finds what the first one compiled, except
  # for files that are compiled together, as CMake lists them by full path.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

add_library(equity_options INTERFACE)
# The warnings of the compiler that builds what is served are errors; another one warns of other things.
target_compile_options(equity_options INTERFACE -Wall -Wextra $<$<CXX_COMPILER_ID:GNU>:-Werror> -Wno-missing-field-initializers)
target_include_directories(equity_options INTERFACE ${CMAKE_SOURCE_DIR})
target_link_libraries(equity_options INTERFACE Threads::Threads)

# Everything alike, or the precompiled headers do not fit. The compiler need not tidy up its memory meanwhile: a tenth less
# time for a tenth more memory, 1 GB at most.
add_compile_options(-pthread "$<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-expand=1000;--param=ggc-min-heapsize=2000000>")

find_program(MOLD_LINKER mold)
if(MOLD_LINKER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

# Code that came from protoc is not held to our warnings, but must be compiled with the same sanitizers.
if(EQUITY_SANITIZE)
  add_compile_options(-fsanitize=${EQUITY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${EQUITY_SANITIZE})
endif()
if(CCACHE_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)
endif()

# Tests, what serves them and the command line's own code run briefly: not optimised, they compile in half the time.
# What they call is.
set(EQUITY_QUICK_BUILD $<$<CONFIG:Release>:-O0>)

# The files of a target are compiled together, some at a time: most of what a file costs is the headers and templates
# that the next one needs as well. A name in an unnamed namespace, or a macro, may therefore stand once only in a target.
set(CMAKE_UNITY_BUILD ON)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

# The precompiled header of a target, and with the quick one that way of compiling.
function(equity_use_pch name pch)
  target_precompile_headers(${name} REUSE_FROM ${pch})
  if(pch STREQUAL equity_pch_quick)
    target_compile_options(${name} PRIVATE ${EQUITY_QUICK_BUILD})
    target_compile_options(${name} PRIVATE $<TARGET_PROPERTY:GTest::gtest,INTERFACE_COMPILE_OPTIONS>)
  endif()
endfunction()

# equity_library(name SOURCES ... DEPENDS ... [PCH target])
function(equity_library name)
  cmake_parse_arguments(arg "" "PCH" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC equity_options ${arg_DEPENDS})
  if(arg_PCH)
    equity_use_pch(${name} ${arg_PCH})
  endif()
endfunction()

# equity_program(name SOURCES ... DEPENDS ... [PCH target])
function(equity_program name)
  cmake_parse_arguments(arg "" "PCH" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE equity_options ${arg_DEPENDS})
  if(arg_PCH)
    equity_use_pch(${name} ${arg_PCH})
  endif()
endfunction()

# equity_test(name SOURCES ... DEPENDS ... [PCH target]): one GoogleTest program, run as one ctest test.
function(equity_test name)
  cmake_parse_arguments(arg "" "PCH" "SOURCES;DEPENDS" ${ARGN})
  equity_program(${name} SOURCES ${arg_SOURCES} DEPENDS ${arg_DEPENDS} GTest::gmock GTest::gtest_main PCH ${arg_PCH})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 150)
endfunction()

# equity_fuzz_test(test name property): what must hold for any input (tests/fuzz/NAME_properties.cc), tried briefly in a test
# program that is there.
function(equity_fuzz_test test name property)
  set(folder ${CMAKE_SOURCE_DIR}/tests/fuzz)
  target_sources(${test} PRIVATE ${folder}/${name}_properties.cc ${folder}/short_test.cc)
  target_compile_definitions(${test} PRIVATE FUZZ_PROPERTY=${property} FUZZ_SEEDS="${folder}/seeds/${name}")
endfunction()

# equity_schema(target namespace): compiles schema/*.sql of this folder, in the order of their names, into
# std::vector<exec::Migration> equity::<namespace>::Schema(), which the service declares.
function(equity_schema target namespace)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/schema/*.sql)
  list(SORT files)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/schema.cc)
  set(text "#include \"common/feed/feed.h\"\nnamespace equity::${namespace} {\nstd::vector<exec::Migration> Schema() {\n  return {\n      feed::CommonTables(),\n")
  set(version 1)
  foreach(file ${files})
    math(EXPR version "${version} + 1")
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} script)
    string(APPEND text "      {${version}, \"${name}\", R\"sql(${script})sql\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  string(APPEND text "  };\n}\n}  // namespace equity::${namespace}\n")
  file(GENERATE OUTPUT ${made} CONTENT "${text}")
  target_sources(${target} PRIVATE ${made})
  target_link_libraries(${target} PUBLIC feed)
endfunction()
