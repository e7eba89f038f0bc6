"""Plays the sample challenge from its registrations to 13 August 2021: who came and what they thought of it, plans with
their benefits, questions.

Usage: play.py, with the server and the central team's credential in EQUITY_TARGET and EQUITY_TOKEN_FILE. The business
clock is moved forward day by day. Each step has its own request_id, and a day that has passed is not played again: run
twice, it changes nothing. Nobody cancels. All people and groups are invented.
"""

import datetime
import time
import uuid

from equity_client import Client, EquityError

NAMESPACE = uuid.UUID("6f3c1f0e-8a55-4f0d-9b1e-2f4a7c9d1b60")
WORKSHOP = "health-equity-challenge"

# Each plan: organisation, the workshop of its owner, what it is about, its first benefit and how that is measured.
# `health` is what the team says on 9 August.
PLANS = {
    "carers": {
        "organisation": "RDE", "workshop": "2021-07-27", "title": "Young carers at the front door",
        "programme": "ANCHOR_INSTITUTIONS", "places": ["NORTH_EAST_ESSEX"], "dimensions": ["AGE", "SOCIO_ECONOMIC"],
        "four_as": ["AWARENESS", "ALLYSHIP"], "goal": "No young carer leaves the hospital without being asked",
        "partner": ("Young Carers Voice (sample)", "KIND_EXPERTS_BY_EXPERIENCE"),
        "benefit": "Young carers are seen and helped", "measure": "Young carers put in touch with support",
        "baseline": 4, "target": 30, "values": {"2021-08-06": 9}, "health": "HEALTH_ON_TRACK",
    },
    "signing": {
        "organisation": "RGR", "workshop": "2021-07-27", "title": "Signing at first contact",
        "programme": "COVID_19_LEARNING", "places": ["WEST_SUFFOLK"], "dimensions": ["DISABILITY"],
        "four_as": ["ALLYSHIP", "ACCOUNTABILITY"], "goal": "Deaf people book an appointment without asking for help",
        "partner": ("Deaf Circle Bury (sample)", "KIND_VCFSE"), "benefit": "Deaf people book for themselves",
        "measure": "Appointments booked by video interpreter", "baseline": 0, "target": 25, "values": {"2021-08-06": 2},
        "health": "HEALTH_AT_RISK",
    },
    "warm": {
        "organisation": "ESSEX-CC", "workshop": "2021-07-27", "title": "Warm homes before winter",
        "programme": "ANCHOR_INSTITUTIONS", "places": ["NORTH_EAST_ESSEX"],
        "dimensions": ["SOCIO_ECONOMIC", "GEOGRAPHY"], "four_as": ["ASSESSMENT"],
        "goal": "Nobody in these streets is cold this winter",
        "partner": ("Friends of the Estate (sample)", "KIND_RESIDENT_GROUP"), "benefit": "Warmer homes",
        "measure": "Homes with draught proofing", "baseline": 10, "target": 60, "values": {"2021-08-06": 10},
        "health": "HEALTH_OFF_TRACK",
    },
    "reading": {
        "organisation": "IPSWICH-BC", "workshop": "2021-08-02", "title": "Letters that everybody can read",
        "programme": "COVID_19_LEARNING", "places": ["IPSWICH_AND_EAST_SUFFOLK"], "dimensions": ["DISABILITY", "RACE"],
        "four_as": ["ASSESSMENT", "ACCOUNTABILITY"], "goal": "People understand the letters that we send them",
        "partner": ("Easy Read Panel (sample)", "KIND_EXPERTS_BY_EXPERIENCE"), "benefit": "People know what to do next",
        "measure": "Letters tested by those who get them", "baseline": 1, "target": 12, "values": {},
        "health": "HEALTH_ON_TRACK",
    },
    "walking": {
        "organisation": "SUFFOLK-CC", "workshop": "2021-08-02", "title": "Walking together",
        "programme": "OBESITY_PATHWAY", "places": ["IPSWICH_AND_EAST_SUFFOLK", "WEST_SUFFOLK"],
        "dimensions": ["SOCIO_ECONOMIC"], "four_as": ["ALLYSHIP"],
        "goal": "People who never joined a group walk with others every week",
        "partner": ("Sunday Walkers (sample)", "KIND_FAITH"), "benefit": "People move more, and are less alone",
        "measure": "People who walk every week", "baseline": 12, "target": 40,
        "values": {"2021-08-08": 19}, "health": "",
    },
    "clinics": {
        "organisation": "RMY", "workshop": "2021-08-12", "title": "Clinics closer to home",
        "programme": "VCSE_LEADERSHIP", "places": ["WEST_SUFFOLK"], "dimensions": ["GYPSY_ROMA_AND_TRAVELLER"],
        "four_as": ["AWARENESS"], "goal": "Families on the sites are seen where they live",
        "partner": ("Site Families' Council (sample)", "KIND_RESIDENT_GROUP"), "benefit": "Families trust the clinic",
        "measure": "Families seen on their site", "baseline": 3, "target": 20, "values": {}, "health": "",
    },
}
# What is said of a workshop, one answer after the other.
RATINGS = [5, 4, 4, 5, 3, 2, 5, 4, 5, 4, 1]
COMMENTS = {
    1: "I will ask our community before we plan, not after.",
    4: "More time for the examples, please.",
    8: "Hearing from people who live it changed my mind.",
}
# Members of the reference group: organisation, place in its list of people, what they know.
MEMBERS = {
    "chair": ("QJG", 0, ["ROLE_CHAIR"], ["carers", "data"]),
    "interpreter": ("R1L", 0, ["ROLE_MEMBER"], ["interpreting", "easy-read"]),
    "expert": ("HEALTHWATCH-SUFFOLK", 0, ["ROLE_EXPERT_BY_EXPERIENCE"], ["carers", "access"]),
}


class Play:
    def __init__(self, equity):
        self.equity = equity
        self.organisations = {
            code.value: organisation.name
            for organisation in equity.organisations.list_organisations() for code in organisation.codes}
        self.sessions = {s.date: s.name for s in equity.sessions.list_sessions(parent=f"workshops/{WORKSHOP}")}

    def do(self, step, method, **arguments):
        """Calls the method; `step` names what is done, so that it is done once."""
        return method(request_id=str(uuid.uuid5(NAMESPACE, step)), **arguments)

    def people(self, organisation):
        """The organisation's people, always in the same order."""
        listed = self.equity.participants.list_participants(parent=self.organisations[organisation])
        return [person.name for person in sorted(listed, key=lambda person: person.external_ref)]

    def attended(self, organisation, date):
        bookings = self.equity.bookings.list_bookings(
            parent=self.organisations[organisation], session=self.sessions[date])
        there = {b.participant for b in bookings if b.attendance == b.ATTENDANCE_ATTENDED}
        return [person for person in self.people(organisation) if person in there]

    def advance(self, moment):
        when = datetime.datetime.fromisoformat(moment).timestamp()
        self.equity.operations.advance_business_time(time={"seconds": int(when)})

    def now(self):
        return self.equity.operations.get_business_time().time.seconds


def hold_workshop(play, date):
    """Records who came: all but every twelfth, in the order of the list."""
    seated = [b for b in play.equity.bookings.list_bookings(parent="organisations/-", session=play.sessions[date])
              if b.state == b.STATE_SEATED]
    rows = [{"participant": booking.participant, "attended": number % 12 != 11}
            for number, booking in enumerate(seated)]
    play.do(f"attendance {date}", play.equity.bookings.record_attendance, session=play.sessions[date], rows=rows)
    give_feedback(play, date, [row["participant"] for row in rows if row["attended"]])


def give_feedback(play, date, people):
    """Every second of those who came rates the workshop. Real secrets are random; these make a repeated day the same."""
    for number, person in enumerate(people[::2]):
        said = COMMENTS.get(number % 10, "")
        play.do(f"feedback {date} {person}", play.equity.feedback.give_feedback, participant=person,
                session=play.sessions[date], secret=str(uuid.uuid5(NAMESPACE, f"secret {date} {person}")),
                rating=RATINGS[number % len(RATINGS)], comment=said, may_quote=bool(said),
                recommend="RECOMMEND_NO" if number % 9 == 5 else "RECOMMEND_YES")


def wait_for_feedback(play, date):
    """When a session takes no more feedback, that is told a moment later."""
    give_up = time.monotonic() + 10
    while True:
        table = play.equity.statistics.query_table(measure="feedback.answers", dimensions=["DIMENSION_SESSION"]).table
        if any(cell.category == play.sessions[date] and cell.HasField("value") for cell in table.cells):
            return
        if time.monotonic() > give_up:
            raise TimeoutError(f"the feedback of {date} is not counted")
        time.sleep(0.1)


def start_plan(play, key):
    """A plan with its community partner, benefit, measure and activity, and its 100 days begin."""
    equity, told = play.equity, PLANS[key]
    owner, *others = play.attended(told["organisation"], told["workshop"])
    challenge = next(iter(equity.workshops.list_challenges())).name
    plan = play.do(f"{key} plan", equity.plans.create_plan, owner=owner,
                   parent=play.organisations[told["organisation"]],
                   plan={"challenge": challenge, "title": told["title"], "scope": "SCOPE_LOCAL_AREA",
                         "programme": told["programme"], "places": told["places"], "dimensions": told["dimensions"],
                         "four_as": told["four_as"], "goal": {"statement": told["goal"], "confidence": 3}}).plan.name
    for person in others[:1]:
        play.do(f"{key} member", equity.plans.add_member, name=plan, participant=person, role="ROLE_CONTRIBUTOR")
    group, kind = told["partner"]
    partner = play.do(f"{key} partner", equity.community.add_partner, parent=plan,
                      partner={"display_name": group, "kind": kind, "consent_to_name": True}).partner.name
    benefit = play.do(f"{key} benefit", equity.benefits.create_benefit, parent=plan,
                      benefit={"title": told["benefit"], "aspect": "ASPECT_ACCESS",
                               "four_as": told["four_as"]}).benefit.name
    play.do(f"{key} agree", equity.benefits.agree_benefit, name=benefit, agreed_by=partner)
    play.do(f"{key} measure", equity.measures.create_measure, parent=plan,
            measure={"title": told["measure"], "quadrant": "QUADRANT_BETTER_OFF_NUMBER",
                     "polarity": "POLARITY_HIGHER_BETTER", "headline": True, "benefits": [benefit],
                     "baseline": [{"date": "2021-06-30", "value": told["baseline"]}],
                     "target": {"value": told["target"]}})
    activity = play.do(f"{key} activity", equity.activities.create_activity, parent=plan,
                       activity={"title": "Meet, and agree what to try first", "benefits": [benefit],
                                 "co_produced_with": [partner]}).activity.name
    play.do(f"{key} agree activity", equity.activities.agree_activity, name=activity, agreed_by=partner)
    wait_for_attendance(lambda: play.do(f"{key} start", equity.plans.start_plan, name=plan))


def wait_for_attendance(start):
    """Who attended is told to the plans' service by its feed, a moment later."""
    give_up = time.monotonic() + 10
    while True:
        try:
            return start()
        except EquityError as error:
            if error.reason != "PLAN_NOT_READY" or time.monotonic() > give_up:
                raise
        time.sleep(0.1)


def plan_of(play, key):
    organisation = play.organisations[PLANS[key]["organisation"]]
    return next(plan.name for plan in play.equity.plans.list_plans(parent=organisation)
                if plan.title == PLANS[key]["title"])


def work_on_plan(play, key):
    """The first weeks: what was done together, what was measured, how the team sees it."""
    equity, told, plan = play.equity, PLANS[key], plan_of(play, key)
    partner = next(iter(equity.community.list_partners(parent=plan))).name
    activity = next(iter(equity.activities.list_activities(parent=plan))).name
    measure = next(iter(equity.measures.list_measures(parent=plan))).name
    play.do(f"{key} start-up", equity.reviews.hold_review, parent=plan,
            review={"kind": "REVIEW_KIND_START_UP", "attendees_count": 6, "decision": "We begin with listening."})
    play.do(f"{key} begin", equity.activities.start_activity, name=activity)
    play.do(f"{key} engagement", equity.community.record_engagement, parent=plan,
            engagement={"rung": "RUNG_CO_DESIGN", "people_count": 9, "partners": [partner],
                        "touches": ["TOUCH_BENEFIT_CHOICE", "TOUCH_ACTIVITY_DESIGN"],
                        "what_changed": "The group chose what comes first, and how we will know."})
    for date, value in told["values"].items():
        play.do(f"{key} {date}", equity.measures.record_measurement, parent=measure,
                measurement={"date": date, "value": value, "quality": "QUALITY_ACTUAL"})
    if told["health"] == "HEALTH_ON_TRACK":
        play.do(f"{key} deliver", equity.activities.deliver_activity, name=activity, outputs="One meeting, nine people")
    if told["health"]:
        play.do(f"{key} check-in", equity.reviews.check_in, parent=plan,
                check_in={"health": told["health"], "confidence": 3})


def found_group(play):
    for key, (organisation, place, roles, expertise) in MEMBERS.items():
        play.do(f"member {key}", play.equity.members.create_member,
                member={"participant": play.people(organisation)[place], "roles": roles, "expertise": expertise,
                        "capacity_per_week": 5})


def member(play, key):
    organisation, place, _, _ = MEMBERS[key]
    person = play.people(organisation)[place]
    return next(each.name for each in play.equity.members.list_members() if each.participant == person)


def ask(play, key, organisation, title, body, topics):
    return play.do(f"ask {key}", play.equity.advice.submit_request, asker=play.people(organisation)[-1],
                   request={"title": title, "body": body, "topics": topics, "audience": "AUDIENCE_ICS"}).request.name


def question(play, title):
    return next(each.name for each in play.equity.advice.list_requests() if each.title == title)


def july_28(play):
    for key in ("carers", "signing", "warm"):
        start_plan(play, key)
    found_group(play)
    ask(play, "letters", "RDE", "Who tests letters in easy read?", "Our letters are not understood.", ["easy-read"])
    ask(play, "carers", "RGR", "How do we ask young carers without frightening them?",
        "They fear that a question leads to a case.", ["carers"])


def august_3(play):
    for key in ("reading", "walking"):
        start_plan(play, key)
    advice = play.equity.advice
    letters = question(play, "Who tests letters in easy read?")
    play.do("triage letters", advice.triage_request, name=letters, topics=["easy-read"])
    play.do("assign letters", advice.assign_request, name=letters, members=[member(play, "interpreter")])
    ask(play, "evening", "IPSWICH-BC", "Interpreters in the evening", "Nobody can be found after six.",
        ["interpreting"])


def august_5(play):
    advice = play.equity.advice
    letters = question(play, "Who tests letters in easy read?")
    answered = play.do("answer letters", advice.respond, name=letters, member=member(play, "interpreter"),
                       kind="KIND_SIGNPOST",
                       body="A panel of people with a learning disability tests them, and is paid.")
    play.do("accept letters", advice.accept_responses, name=letters,
            responses=[each.name for each in answered.request.contributions])
    carers = question(play, "How do we ask young carers without frightening them?")
    play.do("triage carers", advice.triage_request, name=carers, topics=["carers"])
    play.do("assign carers", advice.assign_request, name=carers,
            members=[member(play, "expert"), member(play, "chair")])


def august_9(play):
    for key in ("carers", "signing", "warm", "reading", "walking"):
        work_on_plan(play, key)
    barrier = play.do("warm barrier", play.equity.reviews.raise_barrier, parent=plan_of(play, "warm"),
                      barrier={"text": "Landlords do not answer", "level": "LEVEL_PLACE"}).barrier.name
    play.do("warm promise", play.equity.reviews.commit_barrier, name=barrier,
            commitment="The council writes to all landlords", due="2021-08-12")
    play.do("signing card", play.equity.cards.publish_card, name=plan_of(play, "signing"), consent=True,
            text="Deaf people tell us how they want to reach us, and we change how we answer.")
    play.do("triage evening", play.equity.advice.triage_request, name=question(play, "Interpreters in the evening"),
            topics=["interpreting"])


def august_13(play):
    wait_for_feedback(play, "2021-07-27")  # 14 days have passed; the later workshops still take it
    start_plan(play, "clinics")
    challenge = next(iter(play.equity.workshops.list_challenges())).name
    play.do("draft", play.equity.plans.create_plan, parent=play.organisations["ST-ELIZABETH"],
            plan={"challenge": challenge, "title": "Listening circles in the villages"})
    ask(play, "sites", "RMY", "Who knows families on the sites?", "We want to ask before we plan.", ["travellers"])
    play.do("ask anonymous", play.equity.anonymous.submit_anonymous_request, asker=play.people("QJG")[-1],
            request={"title": "What if my team laughs about this?", "topics": ["allyship"],
                     "body": "I do not want to be the one who complains."})


DAYS = [
    ("2021-07-27T17:30:00+01:00", lambda play: hold_workshop(play, "2021-07-27")),
    ("2021-07-28T10:00:00+01:00", july_28),
    ("2021-08-02T16:00:00+01:00", lambda play: hold_workshop(play, "2021-08-02")),
    ("2021-08-03T10:00:00+01:00", august_3),
    ("2021-08-05T11:00:00+01:00", august_5),
    ("2021-08-09T14:00:00+01:00", august_9),
    ("2021-08-12T12:00:00+01:00", lambda play: hold_workshop(play, "2021-08-12")),
    ("2021-08-13T09:00:00+01:00", august_13),
    ("2021-08-13T10:00:00+01:00", lambda play: None),
]


def main():
    with Client() as equity:
        play = Play(equity)
        begins = [datetime.datetime.fromisoformat(moment).timestamp() for moment, _ in DAYS]
        for (moment, day), next_begin in zip(DAYS, begins[1:] + [float("inf")]):
            if play.now() < next_begin:
                play.advance(moment)
                day(play)


main()
