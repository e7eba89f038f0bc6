#include "tests/bench/peers/postgresql.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"
#include "tests/bench/peers/etcd.h"

namespace equity::bench {
namespace {

// The booking of services/workshops in PostgreSQL's own types: the same rows and indexes, audit, feed and remembered
// answer.
constexpr char kSchema[] = R"sql(
-- The booking of services/workshops in PostgreSQL's own types: the same rows and indexes, audit, feed and remembered answer.
CREATE TABLE sessions (
  number bigint PRIMARY KEY,
  workshop text NOT NULL,
  id text NOT NULL,
  start_time bigint NOT NULL,
  cancelled integer NOT NULL,
  UNIQUE (workshop, id)
);
CREATE TABLE session_places (
  session bigint PRIMARY KEY,
  capacity integer NOT NULL,
  taken integer NOT NULL,
  waiting integer NOT NULL,
  next_ticket integer NOT NULL,
  version integer NOT NULL,
  CHECK (taken BETWEEN 0 AND capacity AND waiting >= 0)
);
CREATE TABLE people (
  participant uuid NOT NULL,
  organisation text NOT NULL,
  state integer NOT NULL,
  PRIMARY KEY (participant, organisation)
);
CREATE TABLE bookings (
  id uuid PRIMARY KEY,
  organisation text NOT NULL,
  participant uuid NOT NULL,
  session bigint NOT NULL,
  requested_session bigint NOT NULL,
  state integer NOT NULL,
  ticket integer NOT NULL,
  attendance integer NOT NULL,
  version integer NOT NULL,
  create_time bigint NOT NULL,
  update_time bigint NOT NULL,
  rule integer NOT NULL,
  policy integer NOT NULL,
  seen_capacity integer NOT NULL,
  seen_taken integer NOT NULL,
  seen_waiting integer NOT NULL,
  request_id uuid,
  made_for uuid,
  live bigint
);
CREATE UNIQUE INDEX bookings_of_person ON bookings (participant, live);
CREATE UNIQUE INDEX bookings_live_elsewhere ON bookings (participant, requested_session)
  WHERE state <= 2 AND requested_session <> session;
CREATE INDEX bookings_of_organisation ON bookings (organisation, id);
CREATE INDEX bookings_of_session ON bookings (session, id);
CREATE INDEX bookings_waiting ON bookings (session, ticket) WHERE state = 2;
CREATE INDEX bookings_by_request ON bookings (request_id) WHERE request_id IS NOT NULL;
CREATE TABLE audit (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time bigint NOT NULL,
  actor text NOT NULL,
  organisation text NOT NULL,
  method text NOT NULL,
  resource text NOT NULL,
  request_id text NOT NULL,
  trace_id text NOT NULL
);
CREATE TABLE feed (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time bigint NOT NULL,
  organisation text NOT NULL,
  event bytea NOT NULL
);
CREATE TABLE requests (
  request_id uuid NOT NULL,
  tenant text NOT NULL,
  hash bytea NOT NULL,
  answer bytea NOT NULL,
  PRIMARY KEY (request_id, tenant)
);

INSERT INTO sessions SELECT n, 'health-equity-challenge', 'session-' || n, 4102444800000000, 0 FROM generate_series(1, 200) n;
INSERT INTO session_places SELECT n, 100000, 0, 0, 1, 1 FROM generate_series(1, 200) n;
INSERT INTO people SELECT ('01890a5d-ac96-774b-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bench-' || n % 8, 1
  FROM generate_series(0, 3999) n;

-- The version of the session after it; null where the person may not have the place. The client sends the event and the
-- answer ready made.
CREATE FUNCTION book(request uuid, request_hash bytea, caller text, person uuid, session_id text, booking uuid, now_us bigint,
                     event bytea, reply bytea) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  asked record;
  remembered bytea;
  new_version integer;
BEGIN
  SELECT answer INTO remembered FROM requests WHERE request_id = request AND tenant = caller;
  IF FOUND THEN RETURN 0; END IF;
  SELECT s.number, s.start_time, s.cancelled, p.capacity, p.taken, p.waiting INTO asked
    FROM sessions s JOIN session_places p ON p.session = s.number
    WHERE s.workshop = 'health-equity-challenge' AND s.id = session_id;
  IF NOT FOUND OR asked.cancelled <> 0 OR asked.start_time < now_us THEN RETURN NULL; END IF;
  PERFORM 1 FROM people WHERE participant = person AND organisation = caller AND state = 1;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM 1 FROM bookings WHERE participant = person AND live = asked.number;
  IF FOUND THEN RETURN NULL; END IF;
  UPDATE session_places SET taken = taken + 1, version = version + 1
    WHERE session = asked.number AND taken < capacity AND waiting = 0 RETURNING version INTO new_version;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO bookings VALUES (booking, caller, person, asked.number, asked.number, 1, 0, 0, new_version, now_us, now_us, 1, 1,
                               asked.capacity, asked.taken, asked.waiting, NULL, NULL, asked.number);
  INSERT INTO audit (time, actor, organisation, method, resource, request_id, trace_id)
    VALUES (now_us, 'partner-0', caller, 'equity.workshops.v1.BookingService.BookPlace',
            'organisations/' || caller || '/bookings/' || booking, request, replace(request::text, '-', ''));
  INSERT INTO feed (time, organisation, event) VALUES (now_us, 'organisations/' || caller, event);
  INSERT INTO requests VALUES (request, caller, request_hash, reply);
  RETURN new_version;
END
$$;
)sql";

constexpr int kPostgresqlPeople = 4'000;
constexpr int kPostgresqlSessions = 200;
// Of what the client sends ready made: as long as those of services/workshops.
constexpr int kEventBytes = 190;
constexpr int kAnswerBytes = 330;
constexpr int kParameters = 9;

struct Closer {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Closer>;
using Result = std::unique_ptr<PGresult, Closer>;

absl::Status Judge(const Connection& connection, const Result& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("PostgreSQL: ", PQerrorMessage(connection.get())));
}

// Where the programs of Debian's newest version are.
std::string Programs() {
  std::string newest;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const std::string folder = entry.path() / "bin";
    if (std::filesystem::exists(folder + "/initdb")) newest = std::max(newest, folder);
  }
  return newest;
}

// PostgreSQL refuses to run as root: then a command is run as somebody else, who owns the folder.
absl::StatusOr<std::vector<std::string>> AsOwner(const std::string& folder, std::vector<std::string> command) {
  if (getuid() != 0) return command;
  const passwd* user = getpwnam("postgres");
  if (user == nullptr) user = getpwnam("nobody");
  if (user == nullptr) return absl::NotFoundError("there is neither postgres nor nobody to run PostgreSQL as");
  if (chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) return absl::ErrnoToStatus(errno, folder);
  std::vector<std::string> whole = {"/usr/bin/setpriv",
                                    absl::StrCat("--reuid=", user->pw_uid),
                                    absl::StrCat("--regid=", user->pw_gid),
                                    "--clear-groups",
                                    "--pdeathsig=KILL",
                                    "--"};
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

// Runs a program to its end.
absl::Status RunToEnd(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "fork");
  if (pid == 0) {
    close(STDOUT_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  if (waitpid(pid, &status, 0) == pid && status == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(command.back(), " could not be made: wait status ", status));
}

Connection Connect(const std::string& target) {
  return Connection(PQconnectdb(("host=127.0.0.1 user=bench dbname=postgres port=" + target).c_str()));
}

// One booking after the other on a connection of its own.
class Booker {
 public:
  absl::Status Open(const std::string& target) {
    connection_ = Connect(target);
    if (PQstatus(connection_.get()) != CONNECTION_OK) return Failure();
    const Result result(
        PQprepare(connection_.get(), "book", "SELECT book($1, $2, $3, $4, $5, $6, $7, $8, $9)", kParameters, nullptr));
    RETURN_IF_ERROR(Judge(connection_, result));
    return PQsetnonblocking(connection_.get(), 1) == 0 ? absl::OkStatus() : Failure();
  }

  int socket() const { return PQsocket(connection_.get()); }

  absl::Status Send(int64_t number) {
    const absl::Time now = absl::Now();
    const int64_t person = number % kPostgresqlPeople;
    // Bytes are sent as text, in hexadecimal.
    static const std::string& event = *new std::string("\\x" + std::string(2 * kEventBytes, '7'));
    static const std::string& answer = *new std::string("\\x" + std::string(2 * kAnswerBytes, '7'));
    const std::array<std::string, kParameters> values = {
        NewUuidV7(now),
        "\\x00112233445566778899aabbccddeeff",
        absl::StrCat("bench-", person % 8),
        absl::StrFormat("01890a5d-ac96-774b-8000-%012x", person),
        absl::StrCat("session-", 1 + (number / kPostgresqlPeople + person) % kPostgresqlSessions),
        NewUuidV7(now),
        absl::StrCat(absl::ToUnixMicros(now)),
        event,
        answer};
    std::array<const char*, kParameters> texts;
    for (int i = 0; i < kParameters; ++i) texts[i] = values[i].c_str();
    if (PQsendQueryPrepared(connection_.get(), "book", kParameters, texts.data(), nullptr, nullptr, 0) != 1) {
      return Failure();
    }
    return PQflush(connection_.get()) < 0 ? Failure() : absl::OkStatus();
  }

  // Whether the answer is here.
  absl::StatusOr<bool> Receive() {
    if (PQconsumeInput(connection_.get()) != 1) return Failure();
    if (PQisBusy(connection_.get()) == 1) return false;
    while (const Result result{PQgetResult(connection_.get())}) {
      RETURN_IF_ERROR(Judge(connection_, result));
      if (PQgetisnull(result.get(), 0, 0) == 1) return absl::InternalError("PostgreSQL: not a new place");
    }
    return true;
  }

 private:
  absl::Status Failure() const {
    return absl::InternalError(absl::StrCat("PostgreSQL: ", PQerrorMessage(connection_.get())));
  }
  Connection connection_;
};

class Running final : public Postgresql {
 public:
  explicit Running(std::unique_ptr<Child> server) : server_(std::move(server)) {}

  absl::Status Prepare() {
    const Connection connection = Connect(server_->target());
    return Judge(connection, Result(PQexec(connection.get(), kSchema)));
  }

  absl::StatusOr<double> Book(const Window& window) override {
    std::vector<Booker> bookers(window.in_flight);
    for (Booker& booker : bookers) RETURN_IF_ERROR(booker.Open(server_->target()));
    const auto begin = LoadClock::now() + std::chrono::milliseconds(200);
    const auto end = begin + absl::ToChronoNanoseconds(window.length);
    for (Booker& booker : bookers) RETURN_IF_ERROR(booker.Send(next_++));
    std::vector<pollfd> sockets;
    for (const Booker& booker : bookers) sockets.push_back({.fd = booker.socket(), .events = POLLIN});
    size_t open = bookers.size();
    int64_t answers = 0;
    LoadClock::time_point last = begin;
    while (open > 0) {
      poll(sockets.data(), sockets.size(), 1000);
      const auto now = LoadClock::now();
      if (now > end + std::chrono::seconds(10)) return absl::DeadlineExceededError("PostgreSQL does not answer");
      for (size_t i = 0; i < sockets.size(); ++i) {
        if (sockets[i].fd < 0 || sockets[i].revents == 0) continue;
        ASSIGN_OR_RETURN(const bool received, bookers[i].Receive());
        if (!received) continue;
        if (now >= begin && now < end) {
          ++answers;
          last = now;
        }
        if (now < end) {
          RETURN_IF_ERROR(bookers[i].Send(next_++));
        } else {
          sockets[i].fd = -1;  // poll passes it over
          --open;
        }
      }
    }
    return static_cast<double>(answers) / std::chrono::duration<double>(last - begin).count();
  }

 private:
  const std::unique_ptr<Child> server_;
  int64_t next_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Postgresql>> Postgresql::Start(const std::string& folder) {
  const std::string programs = Programs();
  if (programs.empty()) return absl::NotFoundError("PostgreSQL is not there (Debian: postgresql)");
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  // Whoever owns it must get there.
  std::filesystem::permissions(std::filesystem::path(folder).parent_path(), std::filesystem::perms(0711), error);
  ASSIGN_OR_RETURN(const auto make, AsOwner(folder, {programs + "/initdb", "--username=bench", "--auth=trust",
                                                     "--encoding=UTF8", "--locale=C", "--no-instructions", folder}));
  RETURN_IF_ERROR(RunToEnd(make));
  ASSIGN_OR_RETURN(const int port, FreePort());
  ASSIGN_OR_RETURN(const auto serve,
                   AsOwner(folder, {programs + "/postgres", "-D", folder, "-c", "listen_addresses=127.0.0.1", "-c",
                                    "unix_socket_directories=", "-p", absl::StrCat(port)}));
  ASSIGN_OR_RETURN(auto server, Child::Start(serve, folder + ".log", absl::StrCat(port), [](const Child& child) {
                     return PQstatus(Connect(child.target()).get()) == CONNECTION_OK;
                   }));
  auto running = std::make_unique<Running>(std::move(server));
  RETURN_IF_ERROR(running->Prepare());
  return running;
}

}  // namespace equity::bench
