-- What must always hold here: a row for each thing that does not.
CREATE VIEW invariant_violations (rule, subject, message) AS
  SELECT 'places_add_up', name, 'says ' || taken || ' taken and ' || waiting || ' waiting, and has bookings for ' || seated ||
         ' and ' || queued
  FROM (SELECT 'workshops/' || s.workshop || '/sessions/' || s.id AS name, p.taken, p.waiting,
               (SELECT count(*) FROM bookings b WHERE b.session = p.session AND b.state = 1) AS seated,
               (SELECT count(*) FROM bookings b WHERE b.session = p.session AND b.state = 2) AS queued
        FROM session_places p JOIN sessions s ON s.number = p.session)
  WHERE taken <> seated OR waiting <> queued
UNION ALL
  SELECT 'never_oversold', 'workshops/' || s.workshop || '/sessions/' || s.id,
         'has ' || p.capacity || ' places, and ' || p.taken || ' are taken'
  FROM session_places p JOIN sessions s ON s.number = p.session WHERE p.taken NOT BETWEEN 0 AND p.capacity OR p.waiting < 0
UNION ALL
  SELECT 'none_free_while_waiting', 'workshops/' || s.workshop || '/sessions/' || s.id,
         'has ' || (p.capacity - p.taken) || ' places free, and ' || p.waiting || ' people wait'
  FROM session_places p JOIN sessions s ON s.number = p.session WHERE p.waiting > 0 AND p.taken < p.capacity
UNION ALL
  SELECT 'cancelled_is_empty', 'workshops/' || s.workshop || '/sessions/' || s.id,
         'is cancelled, and ' || (p.taken + p.waiting) || ' bookings stand'
  FROM session_places p JOIN sessions s ON s.number = p.session WHERE s.cancelled = 1 AND p.taken + p.waiting > 0
UNION ALL
  SELECT 'one_live_booking', 'participants/' || participant, 'has ' || count(*) || ' live bookings for one session'
  FROM bookings WHERE state <= 2 GROUP BY participant, session HAVING count(*) > 1
UNION ALL
  SELECT 'live_is_what_it_says', 'organisations/' || organisation || '/bookings/' || id,
         'is found by its person as what its state denies'
  FROM bookings WHERE live IS NOT CASE WHEN state <= 2 THEN session END
UNION ALL
  SELECT 'waiting_in_order', 'workshops/' || s.workshop || '/sessions/' || s.id, 'somebody who waits was overtaken'
  FROM session_places p JOIN sessions s ON s.number = p.session
  WHERE p.waiting > 0
    AND (SELECT min(ticket) FROM bookings b WHERE b.session = p.session AND b.state = 2)
      < (SELECT max(ticket) FROM bookings b WHERE b.session = p.session AND b.state = 1)
UNION ALL
  SELECT 'waiting_by_number', 'organisations/' || b.organisation || '/bookings/' || b.id,
         'waits by the number ' || b.ticket || ', which was not given or was given twice'
  FROM bookings b JOIN session_places p ON p.session = b.session
  WHERE b.state = 2
    AND (b.ticket NOT BETWEEN 1 AND p.next_ticket - 1
         OR (SELECT count(*) FROM bookings o WHERE o.session = b.session AND o.state = 2 AND o.ticket = b.ticket) > 1);

-- What who counts them must arrive at.
CREATE VIEW totals (name, value) AS
  SELECT 'places.taken', count(*) FROM bookings WHERE state = 1
UNION ALL SELECT 'places.waiting', count(*) FROM bookings WHERE state = 2
UNION ALL SELECT 'bookings.attended', count(*) FROM bookings WHERE attendance = 1
UNION ALL SELECT 'places.capacity', coalesce(sum(p.capacity), 0)
  FROM session_places p JOIN sessions s ON s.number = p.session WHERE s.cancelled = 0;
