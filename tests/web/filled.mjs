// Plans and questions as their services would answer, to look at those panels full, whatever the server holds.
const plan = (id, title, day, state, health, more = {}) => ({
  name: `organisations/rde/plans/${id}`,
  title,
  state: `STATE_${state}`,
  health: `HEALTH_${health}`,
  progress: { day, lengthDays: 100 },
  ...more,
});
const question = (title, minutes, state, overdue = false) => ({
  name: `advice/${title.length}`,
  title,
  state: `STATE_${state}`,
  createTime: "2021-08-05T08:00:00Z",
  neededBy: "",
  waiting: { minutes, overdue, running: true },
});

const ANSWERS = {
  "benefitplans.v1.PlanService/ListPlans": {
    plans: [
      plan("a", "Young carers at the front door", 31, "ACTIVE", "ON_TRACK", { ownerLeft: true }),
      plan("b", "Signing at first contact", 58, "ACTIVE", "AT_RISK"),
      plan("c", "Warm homes", 62, "ACTIVE", "OFF_TRACK"),
      plan("d", "=1+1 <b>Listening</b> circles", undefined, "DRAFT", "UNSPECIFIED"),
      plan("e", "Welcoming reception", 101, "CLOSING", "ON_TRACK"),
      plan("f", "Clinics closer to home", 100, "CLOSED", "ON_TRACK"),
    ],
  },
  "benefitplans.v1.PlanService/ListDue": {
    items: [
      { plan: "organisations/rde/plans/c", kind: "KIND_REVIEW", daysLeft: -2 },
      { plan: "organisations/rde/plans/e", kind: "KIND_CLOSING", daysLeft: 5 },
    ],
  },
  "referencegroup.v1.AdviceService/ListRequests": {
    requests: [
      question("Interpreters in the evening", 1200, "TRIAGED"),
      question("Who never answers letters", 3100, "ASSIGNED", true),
    ],
  },
  "referencegroup.v1.AdviceService/GetWaitingTimes": { medianDays: 2.5, targetDays: 5, open: 2 },
};

export async function fill(page) {
  for (const [method, answer] of Object.entries(ANSWERS)) {
    await page.route(`**/equity.${method}`, (route) =>
      route.fulfill({ contentType: "application/json", body: JSON.stringify(answer) }),
    );
  }
}

export const URGENT = [
  "Warm homes",
  "Young carers at the front door",
  "Signing at first contact",
  "Welcoming reception",
];
