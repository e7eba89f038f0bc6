#include "services/statistics/model/digest.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/strings/escaping.h"

namespace equity::statistics {
namespace {

// Every statement gives one text a row, in an order that does not depend on the numbers of rows. A person is known by
// the smallest hash of the names.
const std::vector<sql::Sql>& Statements() {
  static const auto& statements = *new std::vector<sql::Sql>{
      {"digest.progress",
       "SELECT service || ' ' || sequence FROM local_progress WHERE generation = $1 AND sequence > 0 ORDER BY service"},
      {"digest.challenges", "SELECT name FROM local_challenges WHERE generation = $1 ORDER BY name"},
      {"digest.organisations",
       "SELECT name || ' ' || sector || ' ' || place FROM local_organisations WHERE generation = $1 ORDER BY name"},
      {"digest.sessions",
       "SELECT s.name || ' ' || coalesce(c.name, '') || ' ' || s.date || ' ' || s.capacity || ' ' || s.cancelled"
       " FROM local_sessions s LEFT JOIN local_challenges c ON c.id = s.challenge"
       " WHERE s.generation = $1 ORDER BY s.name"},
      {"digest.feedback",
       "SELECT s.name || ' ' || f.rating || ' ' || f.answers FROM local_feedback f"
       " JOIN local_sessions s ON s.id = f.session WHERE f.generation = $1 ORDER BY s.name, f.rating"},
      {"digest.people",
       "SELECT hex(n.hash) || ' ' || (SELECT hex(min(hash)) FROM local_names WHERE person = p.id) || ' ' || o.name || "
       "' '"
       " || p.week || ' ' || p.registered"
       " FROM local_names n JOIN local_people p ON p.id = n.person JOIN local_organisations o ON o.id = p.organisation"
       " WHERE n.generation = $1 ORDER BY n.hash"},
      {"digest.bookings",
       "SELECT hex(b.id) || ' ' || (SELECT hex(min(hash)) FROM local_names WHERE person = b.person) || ' ' || o.name"
       " || ' ' || s.name || ' ' || b.state || ' ' || b.attended"
       " FROM local_bookings b JOIN local_organisations o ON o.id = b.organisation"
       " JOIN local_sessions s ON s.id = b.session"
       " WHERE b.generation = $1 ORDER BY b.id"},
      {"digest.participations",
       "SELECT hex(n.hash) || ' ' || coalesce(c.name, '') || ' ' || p.seated || ' ' || p.waiting || ' ' || p.attended"
       " FROM local_names n JOIN local_participations p ON p.generation = n.generation AND p.person = n.person"
       " LEFT JOIN local_challenges c ON c.id = p.challenge"
       " WHERE n.generation = $1 AND p.seated + p.waiting + p.attended > 0 ORDER BY n.hash, c.name"},
      {"digest.placements",
       "SELECT o.name || ' ' || p.since || ' ' || p.sector || ' ' || p.place FROM local_placements p"
       " JOIN local_organisations o ON o.id = p.organisation WHERE p.generation = $1 ORDER BY o.name, p.since"},
      {"digest.plans",
       "SELECT p.name || ' ' || coalesce(c.name, '') || ' ' || p.state || ' ' || p.started || ' ' || p.owner_left"
       " || ' ' || p.realised || ' ' || p.draft_date || ' ' || p.start_date || ' ' || p.last_date || ' ' || p.programme"
       " FROM local_plans p LEFT JOIN local_challenges c ON c.id = p.challenge WHERE p.generation = $1 ORDER BY "
       "p.name"},
      {"digest.benefits",
       "SELECT name || ' ' || state || ' ' || unwanted FROM local_benefits WHERE generation = $1 ORDER BY name"},
      {"digest.members",
       "SELECT p.name || ' ' || hex(m.hash) FROM local_members m JOIN local_plans p ON p.id = m.plan"
       " WHERE m.generation = $1 ORDER BY p.name, m.hash"},
      {"digest.journeys",
       "SELECT hex(n.hash) || ' ' || coalesce(c.name, '') || ' ' || j.first_date || ' ' || j.started || ' ' || "
       "j.realised"
       " FROM local_names n JOIN local_journeys j ON j.generation = n.generation AND j.person = n.person"
       " LEFT JOIN local_challenges c ON c.id = j.challenge WHERE n.generation = $1 ORDER BY n.hash, c.name"},
      {"digest.late_records",
       "SELECT coalesce(c.name, '') || ' ' || l.week || ' ' || l.recorded || ' ' || l.number FROM local_late_records l"
       " LEFT JOIN local_challenges c ON c.id = l.challenge WHERE l.generation = $1"
       " ORDER BY c.name, l.week, l.recorded"},
      {"digest.questions",
       "SELECT name || ' ' || week || ' ' || state || ' ' || answered || ' ' || waited || ' '"
       " || coalesce(waiting_since, '') FROM local_questions WHERE generation = $1 ORDER BY name"},
      {"digest.items",
       "SELECT name || ' ' || state || ' ' || review_by FROM local_items WHERE generation = $1 ORDER BY name"},
      {"digest.adoptions",
       "SELECT item || ' ' || plan || ' ' || adapted FROM local_adoptions WHERE generation = $1 ORDER BY item, plan"},
      {"digest.flags", "SELECT name || ' ' || state FROM local_flags WHERE generation = $1 ORDER BY name"},
      {"digest.cells",
       "SELECT x.measure || ' ' || coalesce(c.name, '') || ' ' || x.grid || ' ' || coalesce(o.name, '') || ' '"
       " || coalesce(s.name, '') || ' ' || x.week || ' ' || x.value"
       " FROM local_cells x LEFT JOIN local_challenges c ON c.id = x.challenge"
       " LEFT JOIN local_organisations o ON o.id = x.organisation LEFT JOIN local_sessions s ON s.id = x.session"
       " WHERE x.generation = $1 AND x.value <> 0 ORDER BY x.measure, c.name, x.grid, o.name, s.name, x.week"},
  };
  return statements;
}

}  // namespace

std::string Digest(sql::ReadTransaction& transaction, int64_t generation) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  const auto add = [&](std::string_view text) {
    EVP_DigestUpdate(context.get(), text.data(), text.size());
    EVP_DigestUpdate(context.get(), "\n", 1);
  };
  for (const sql::Sql& statement : Statements()) {
    add(statement.name);
    transaction.Each(statement, {generation}, [&](const sql::Row& row) { add(row.Bytes(0)); });
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), digest, &size);
  return absl::BytesToHexString({reinterpret_cast<char*>(digest), size});
}

}  // namespace equity::statistics
