# What the acceptance scripts share. Sourced by bash.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BIN=$PWD/build/release/bin
TESTS=$PWD/build/release/tests
PATH=$BIN:$PATH
DATA=$PWD/tests/data

long=no
[ "${1:-}" != --long ] || long=yes

work=$(mktemp -d)
server_pid=
cleanup() {
  stop_server
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

stop_server() {
  [ -n "$server_pid" ] || return 0
  kill -TERM "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}

# start_server [OPTIONS]: one on free ports, empty and at 20 July 2021 (or $demo_now) where $work/data is new; equityctl
# speaks to it as the central team, and EQUITY_HTTP is its HTTP address.
start_server() {
  equityd --data "$work/data" --port 0 --http-port 0 --dev-issuer --demo-now "${demo_now:-2021-07-20T09:00:00+01:00}" --log-file "$work/log" \
    "$@" >"$work/ready" </dev/null &
  server_pid=$!
  local waited
  for ((waited = 0; waited < 300; waited++)); do
    ! grep -qs '^ready ' "$work/ready" || break
    kill -0 "$server_pid" 2>/dev/null || fail "the server did not start"
    sleep 0.1
  done
  export EQUITY_TARGET EQUITY_HTTP EQUITY_DEV_ISSUER=$work/data/dev-issuer EQUITY_TOKEN_FILE=$work/token
  EQUITY_TARGET=$(sed -n 's/^ready target=\([^ ]*\).*/\1/p' "$work/ready")
  EQUITY_HTTP=$(sed -n 's/^ready .* http=\([^ ]*\).*/\1/p' "$work/ready")
  equityctl token --role central_team >"$work/token"
}

load_programme() {
  equityctl organisations import "$DATA/organisations.csv" >/dev/null 2>&1
  equityctl sessions import "$DATA/sessions.csv" >/dev/null 2>&1
}

# The challenge as ./run shows it on 13 August, after load_programme and the registrations.
play_programme() {
  PYTHONPATH=$PWD/build/release/python clients/python/python3 tests/data/play.py || fail "tests/data/play.py"
}

# Exit code 1 of equityctl means that rows were refused, which is what these scripts look at.
refusals_allowed() {
  local code=0
  "$@" || code=$?
  [ $code -le 1 ] || fail "exit code $code: $*"
}

# highest_memory_mb PID: the most memory that a process ever had.
highest_memory_mb() { awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$1/status"; }
