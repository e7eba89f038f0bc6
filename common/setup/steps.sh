# What ./run and ./test share: packages, build, and telling how far things are. Sourced by bash.

# Debian 12 packages, all of them.
PACKAGES=(
  g++ mold cmake ninja-build ccache pkg-config
  libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc grpc-proto golang-github-gogo-googleapis-dev
  libabsl-dev libsqlitecpp-dev libsqlite3-dev libssl-dev libcjose-dev libjansson-dev libutf8proc-dev libmimalloc-dev
  prometheus-cpp-dev libboost-dev nlohmann-json3-dev libcli11-dev libgtest-dev libgmock-dev tzdata python3
  python3-yaml python3-grpcio python3-protobuf openssl curl iproute2
)
# What checks the Python client beside them.
TEST_PACKAGES=(flake8 mypy python3-pandas haproxy python3-hpack)
# What the bookings are measured beside.
TEST_PACKAGES+=(etcd-server postgresql-15 libpq-dev)

step_number=0
step_count=0
step_started=0

# say_step TEXT: the next of $step_count steps begins.
say_step() {
  step_number=$((step_number + 1))
  step_started=$SECONDS
  printf '[%d/%d] %s\n' "$step_number" "$step_count" "$1"
}

# say_done [TEXT]: the step is done; says how long it took.
say_done() { printf '      %s(%d s)\n' "${1:+$1 }" "$((SECONDS - step_started))"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit "${2:-1}"
}

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  if [ "${#missing[@]}" -eq 0 ]; then
    say_done "all there"
    return
  fi
  printf '      to install: %s\n' "${missing[*]}"
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing, and installing them needs root: ${missing[*]}"
    root=(sudo)
  fi
  local log
  log=$(mktemp)
  if ! { "${root[@]}" apt-get update -q &&
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -q --no-remove --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "the packages could not be installed; what apt-get said stands above"
  fi
  rm -f "$log"
  say_done "installed"
}

# build PRESET [TARGET...]: everything where no target is named.
build() {
  local preset=$1
  shift
  local log
  log=$(mktemp)
  if ! { cmake --preset "$preset" && cmake --build "build/$preset" ${1:+--target "$@"}; } >"$log" 2>&1 </dev/null; then
    grep -A 20 -m 5 -E 'FAILED|error|CMake Error' "$log" >&2 || tail -n 40 "$log" >&2
    rm -f "$log"
    fail "the build failed; what the compiler said stands above"
  fi
  rm -f "$log"
  say_done
}
