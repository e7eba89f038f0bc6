-- What was counted of other services, and up to which of their changes, to be compared with their own totals.
CREATE VIEW counted_totals (service, sequence, name, value) AS
  SELECT p.service, p.sequence, 'places.taken',
         (SELECT count(*) FROM local_bookings b WHERE b.generation = m.generation AND b.state = 1)
  FROM local_model m JOIN local_progress p ON p.generation = m.generation AND p.service = 'workshops'
UNION ALL
  SELECT p.service, p.sequence, 'places.waiting',
         (SELECT count(*) FROM local_bookings b WHERE b.generation = m.generation AND b.state = 2)
  FROM local_model m JOIN local_progress p ON p.generation = m.generation AND p.service = 'workshops'
UNION ALL
  SELECT p.service, p.sequence, 'bookings.attended',
         (SELECT count(*) FROM local_bookings b WHERE b.generation = m.generation AND b.attended = 1)
  FROM local_model m JOIN local_progress p ON p.generation = m.generation AND p.service = 'workshops'
UNION ALL
  SELECT p.service, p.sequence, 'places.capacity',
         (SELECT coalesce(sum(s.capacity), 0) FROM local_sessions s WHERE s.generation = m.generation AND s.cancelled = 0)
  FROM local_model m JOIN local_progress p ON p.generation = m.generation AND p.service = 'workshops'
UNION ALL
  SELECT p.service, p.sequence, 'people.registered',
         (SELECT count(*) FROM local_people e WHERE e.generation = m.generation AND e.registered = 1)
  FROM local_model m JOIN local_progress p ON p.generation = m.generation AND p.service = 'participants';
