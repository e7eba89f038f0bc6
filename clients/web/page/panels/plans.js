// Benefit plans by how far their days are, and those that need help first.
import { bars } from "../chart.js";
import { h } from "../dom.js";
import { number, plural, words } from "../format.js";
import { table } from "../table.js";
import { HEALTH, bandsOf, dayOf, dayText, healthOf, isOpen, plansInNeed } from "./plan_needs.js";

const SOON_DAYS = 7;
const MOST_URGENT = 20;

export const plans = {
  id: "plans",
  title: "Benefit plans",
  subject: "benefit plans",
  services: ["benefit_plans"],
  async load({ api, viewer }) {
    const parent = `organisations/${viewer.organisation || "-"}`;
    const [all, due, organisations] = await Promise.all([
      api.all("benefitplans.v1.PlanService/ListPlans", "plans", { parent }),
      api.all("benefitplans.v1.PlanService/ListDue", "items", { parent, withinDays: SOON_DAYS }),
      api.all("participants.v1.OrganisationService/ListOrganisations", "organisations"),
    ]);
    return { plans: all, due, names: organisations.map((one) => [one.name, one.displayName]) };
  },
  show({ plans: all, due, names }, _, before) {
    const known = new Map(names);
    const organisation = ({ name }) => known.get(name.split("/").slice(0, 2).join("/")) ?? name.split("/")[1];
    const open = all.filter(isOpen);
    const closed = all.filter(({ state }) => state === "STATE_CLOSED").length;
    const withdrawn = all.filter(({ state }) => state === "STATE_WITHDRAWN").length;
    const needing = plansInNeed(all, due);
    const bands = bandsOf(open[0]?.progress?.lengthDays || 100).map((band) => {
      const inside = open.filter((plan) => band.holds(dayOf(plan)));
      return {
        ...band,
        inside,
        counts: Object.keys(HEALTH).map((health) => inside.filter((plan) => healthOf(plan) === health).length),
        total: inside.length,
      };
    });
    const heads = [
      "Day",
      ...Object.values(HEALTH).map(([, word]) => word.charAt(0).toUpperCase() + word.slice(1)),
      "All",
    ];
    return {
      tile: { figure: number(needing.length), text: needing.length === 1 ? "plan needs help" : "plans need help" },
      tier: "Exact numbers",
      lead:
        all.length === 0
          ? "There is no plan yet. The first ones begin after a workshop."
          : `${plural(open.length, "open plan")}, ${number(closed)} closed, ${number(withdrawn)} withdrawn.`,
      chart:
        open.length > 0 &&
        bars({
          legend: Object.values(HEALTH),
          rows: bands.map(({ label, counts, total }) => ({
            label,
            text: [
              plural(total, "plan"),
              ...Object.values(HEALTH).map(
                ([, word], index) => counts[index] > 0 && index < 2 && `${number(counts[index])} ${word}`,
              ),
            ]
              .filter(Boolean)
              .join(", "),
            parts: Object.values(HEALTH).map(([kind], index) => [kind, counts[index]]),
          })),
          before,
        }),
      more:
        needing.length > 0 &&
        table(
          needing.length > MOST_URGENT
            ? `The ${MOST_URGENT} that need help most, of ${number(needing.length)}`
            : "Those that need help, most urgent first",
          ["Plan", "Organisation", "How far", "State", "Why"],
          needing.slice(0, MOST_URGENT).map(({ plan, reasons }) => [
            plan.title,
            organisation(plan),
            dayText(plan),
            words(plan.state, "STATE_"),
            h(
              "ul",
              { class: "reasons" },
              reasons.map((reason) => h("li", {}, reason)),
            ),
          ]),
        ),
      table:
        open.length > 0 &&
        table(
          "Open plans by day",
          [heads[0], ...heads.slice(1).map((name) => ({ name, number: true }))],
          bands.map(({ label, counts, total }) => [label, ...[...counts, total].map(number)]),
        ),
      csv: open.length > 0 && {
        rows: () => [
          ["plan", "title", "organisation", "band", "day", "length_days", "state", "health", "needs"],
          ...bands.flatMap(({ label, inside }) =>
            inside.map((plan) => [
              plan.name,
              plan.title,
              organisation(plan),
              label,
              dayOf(plan),
              plan.progress?.lengthDays,
              plan.state.replace("STATE_", ""),
              healthOf(plan).replace("HEALTH_", ""),
              needing.find((one) => one.plan === plan)?.reasons.join("; "),
            ]),
          ),
        ],
      },
    };
  },
};
