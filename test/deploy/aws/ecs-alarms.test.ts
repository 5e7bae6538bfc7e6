// What each alarm of ecs.yaml goes off for, what it leaves alone, and when it is over: series that CloudWatch would see, and
// the state that they bring (alarm.ts). As promtool does for the rules of Prometheus.
import type { Members } from "../../../deploy/local/aws/template/fields.js";
import { statesOf, type AlarmState, type Metrics, type Series } from "./alarm.js";
import { readStack } from "./stack-template.js";

const ecs = readStack("ecs.yaml");
// None is a Default: a number that is written where a parameter belongs would show.
const parameters = { MinTasks: 3, CallsPerTask: 200 };
const alarmOf = (id: string): Members => ecs.at(`Resources.${id}.Properties`) as Members;
const states = (id: string, metrics: Metrics): AlarmState[] => statesOf(alarmOf(id), metrics, parameters);

const own = "Grantway/${AWS::StackName}";
const loadBalancer = "AWS/ApplicationELB";
const targets = "by LoadBalancer TargetGroup";

const repeat = <T>(count: number, ...items: readonly T[]): T[] =>
  Array.from({ length: count }, () => items).flat();
/** Each counts one: so many in each minute, and the zero that a metric filter gives for lines that do not count. */
const counted = (...perMinute: readonly number[]): Series =>
  perMinute.map((count) => [0, ...repeat(count, 1)]);
const silence = (minutes: number): Series => repeat<number[]>(minutes, []);
/** What every process, or every node of the load balancer, says in a minute. */
const said = (minutes: number, ...values: readonly number[]): Series => repeat(minutes, values);

describe("LoadBalancerFailuresAlarm", () => {
  const [id, metric] = [
    "LoadBalancerFailuresAlarm",
    `${loadBalancer} HTTPCode_ELB_5XX_Count by LoadBalancer`,
  ];

  test.each([
    ["goes off for five in each of three minutes", counted(5, 5, 5), "ALARM"],
    ["and where quieter minutes are between them", counted(5, 0, 5, 0, 5), "ALARM"],
    ["is over once two minutes of five are left", counted(5, 5, 5, 0, 0, 0), "OK"],
    ["and where nothing at all comes any more", [...counted(5, 5, 5), ...silence(5)], "OK"],
  ])("%s", (_what, series, state) => {
    expect(states(id, { [metric]: series }).at(-1)).toBe(state);
  });

  test.each([
    ["four in every minute", counted(...repeat(15, 4))],
    ["two bad minutes of five", counted(9, 9, 0, 0, 0, 9, 9, 0, 0, 0)],
    ["two bad minutes, and one long after", counted(9, 0, 0, 0, 9, 9, 0, 0, 0, 9)],
    ["a burst every five minutes", counted(...repeat(5, 50, 0, 0, 0, 0))],
    ["nothing to be seen", silence(15)],
  ])("leaves alone %s", (_what, series) => {
    expect(new Set(states(id, { [metric]: series }))).toEqual(new Set(["OK"]));
  });
});

/** Alarm -> its metric, and the most per cent of all calls that it leaves alone. */
const ofOwnFailures = {
  StsFailuresAlarm: [`${own} StsFailures`, 1],
  GatewayFailuresAlarm: [`${own} GatewayFailures`, 5],
} as const;

describe.each(Object.entries(ofOwnFailures))("%s", (id, [metric, percent]) => {
  const of = (calls: Series, failed: Series): AlarmState[] =>
    states(id, { [`${loadBalancer} RequestCount by LoadBalancer`]: calls, [metric]: failed });
  const steady = (minutes: number, perMinute: number): Series => counted(...repeat(minutes, perMinute));
  const busy = 1000;
  const most = (busy / 100) * percent;

  test.each([
    ["goes off for more than its share in three of five minutes", [most + 1, 0, most + 1, 0, most + 1]],
    ["is over once two such minutes of five are left", [most + 1, most + 1, most + 1, 0, 0, 0]],
  ])("%s", (what, failed) => {
    const seen = of(steady(failed.length, busy), counted(...failed));
    expect(seen).toContain("ALARM");
    expect(seen.at(-1)).toBe(what.startsWith("is over") ? "OK" : "ALARM");
  });

  test("goes off where few call and five of them fail", () => {
    expect(of(steady(5, 6), steady(5, 5)).at(-1)).toBe("ALARM");
  });

  test("is over where nobody calls any more", () => {
    const seen = of([...steady(5, busy), ...silence(5)], [...steady(5, busy), ...silence(5)]);
    expect([seen.at(4), seen.at(-1)]).toEqual(["ALARM", "OK"]);
  });

  test.each([
    ["its share of all calls, no more", steady(15, busy), steady(15, most)],
    ["one client that insists, among many", steady(15, busy * 20), steady(15, 100)],
    ["four that fail, of four", steady(15, 4), steady(15, 4)],
    ["two bad minutes of five", steady(10, busy), counted(...repeat(2, busy, 0, 0, 0, busy))],
    ["calls of which none fails, and no line comes", steady(15, busy), silence(15)],
    ["nothing to be seen", silence(15), silence(15)],
  ])("leaves alone %s", (_what, calls, failed) => {
    expect(new Set(of(calls, failed))).toEqual(new Set(["OK"]));
  });
});

describe("SessionsRefusedAlarm", () => {
  const of = (...series: Series): AlarmState[] =>
    states("SessionsRefusedAlarm", { [`${own} SessionsRefused`]: series });
  const refused = (...perMinute: readonly number[]): Series => counted(...perMinute);

  test("goes off for one a minute, for a quarter of an hour", () => {
    expect(of(...refused(...repeat(15, 1))).at(-1)).toBe("ALARM");
  });

  test("is over five minutes after the last, also where nobody calls any more", () => {
    expect(of(...refused(...repeat(15, 9), ...repeat(5, 0))).at(-1)).toBe("OK");
    expect(of(...refused(...repeat(15, 9)), ...silence(5)).at(-1)).toBe("OK");
  });

  test.each([
    ["a client that insists for ten minutes", refused(...repeat(3, ...repeat(10, 100), ...repeat(5, 0)))],
    ["four in every five minutes", refused(...repeat(6, 1, 1, 1, 1, 0))],
    ["nothing to be seen", silence(30)],
  ])("leaves alone %s", (_what, series) => {
    expect(new Set(of(...series))).toEqual(new Set(["OK"]));
  });
});

describe("CallsBrokenAlarm", () => {
  const of = (calls: Series, failed: Series): AlarmState[] =>
    states("CallsBrokenAlarm", {
      [`${loadBalancer} RequestCount by LoadBalancer`]: calls,
      [`${own} CallsBroken`]: failed,
    });
  /** Of five minutes each, all within the first of them. */
  const fives = (...counts: readonly number[]): Series =>
    counted(...counts.flatMap((count) => [count, 0, 0, 0, 0]));

  test.each([
    [
      "goes off for six of a hundred in two of three times five minutes",
      fives(100, 100, 100),
      fives(6, 0, 6),
      "ALARM",
    ],
    ["and where few call and five of them break", fives(5, 5), fives(5, 5), "ALARM"],
    ["is over once one such time of three is left", fives(100, 100, 100, 100), fives(9, 9, 0, 0), "OK"],
    ["and where nobody calls", [...fives(9, 9), ...silence(10)], [...fives(9, 9), ...silence(10)], "OK"],
  ])("%s", (_what, calls, failed, state) => {
    expect(of(calls, failed).at(-1)).toBe(state);
    expect(of(calls, failed)).toContain("ALARM");
  });

  test.each([
    ["five of a hundred", fives(...repeat(6, 100)), fives(...repeat(6, 5))],
    [
      "one function, seldom called, whose every call breaks",
      fives(...repeat(6, 1000)),
      fives(...repeat(6, 40)),
    ],
    ["four that break, of four", fives(...repeat(6, 4)), fives(...repeat(6, 4))],
    ["a release, which breaks all at once", fives(...repeat(6, 100)), fives(0, 0, 100, 0, 0, 100)],
    ["calls of which none breaks, and no line comes", fives(...repeat(6, 100)), silence(30)],
    ["nothing to be seen", silence(30), silence(30)],
  ])("leaves alone %s", (_what, calls, failed) => {
    expect(new Set(of(calls, failed))).toEqual(new Set(["OK"]));
  });
});

describe("RoleCannotBeAssumedAlarm", () => {
  const of = (...series: Series): AlarmState[] =>
    states("RoleCannotBeAssumedAlarm", { [`${own} RoleFailures`]: series });

  test("goes off for a role that is asked for every 75 seconds, by one task, for a quarter of an hour", () => {
    expect(of(...counted(...repeat(3, 1, 1, 0, 1, 1))).at(-1)).toBe("ALARM");
  });

  test("is over five minutes after the last, also where no task is left", () => {
    expect(of(...counted(...repeat(15, 1), ...repeat(5, 0))).at(-1)).toBe("OK");
    expect(of(...counted(...repeat(15, 1)), ...silence(5)).at(-1)).toBe("OK");
  });

  test.each([
    ["a role that a start finds not there yet", counted(6, ...repeat(9, 1), ...repeat(15, 0))],
    [
      "all tasks that fail once, and again a quarter of an hour later",
      counted(...repeat(3, 10, ...repeat(14, 0))),
    ],
    ["nothing to be seen", silence(30)],
  ])("leaves alone %s", (_what, series) => {
    expect(new Set(of(...series))).toEqual(new Set(["OK"]));
  });
});

describe("TaskProtectionAlarm", () => {
  const after = (...series: Series): AlarmState | undefined =>
    states("TaskProtectionAlarm", { [`${own} TaskProtectionFailures`]: series }).at(-1);

  test("goes off for one, and stays while there is one every five minutes", () => {
    expect(after(...counted(1, ...repeat(9, 0)))).toBe("ALARM");
    expect(after(...counted(1), ...silence(9))).toBe("ALARM");
    const lasting = counted(...repeat(12, 0, 0, 0, 0, 1));
    expect(states("TaskProtectionAlarm", { [`${own} TaskProtectionFailures`]: lasting })).not.toContain("OK");
  });

  test("is over after ten minutes or twenty without", () => {
    expect(after(...counted(9, ...repeat(19, 0)))).toBe("OK");
    expect(after(...counted(9), ...silence(19))).toBe("OK");
  });

  test("leaves alone a stack that has none, and one that says nothing", () => {
    expect([after(...counted(...repeat(90, 0))), after(...silence(90))]).toEqual(["OK", "OK"]);
  });
});

const atOnce = {
  CallsCutAlarm: `${own} CallsCut`,
  TaskKilledAlarm: "AWS/Events TriggeredRules by RuleName",
};

describe.each(Object.entries(atOnce))("%s", (id, metric) => {
  const after = (...series: Series): AlarmState | undefined => states(id, { [metric]: series }).at(-1);

  test("goes off for one, and is seen for five minutes", () => {
    expect(after(...counted(1, 0, 0, 0, 0))).toBe("ALARM");
    // EventBridge has no zeros.
    expect(after([1], ...silence(4))).toBe("ALARM");
  });

  test("is over after that, also where the last task has gone", () => {
    expect(after(...counted(1, ...repeat(9, 0)))).toBe("OK");
    expect(after(...counted(9), ...silence(9))).toBe("OK");
  });

  test("leaves alone a stack that has none, and one that says nothing", () => {
    expect([after(...counted(...repeat(15, 0))), after(...silence(15))]).toEqual(["OK", "OK"]);
  });
});

describe("FailedCallsAlarm", () => {
  const of = (calls: Series, failed: Series): AlarmState[] =>
    states("FailedCallsAlarm", {
      [`${loadBalancer} RequestCount by LoadBalancer`]: calls,
      [`${loadBalancer} HTTPCode_Target_5XX_Count by LoadBalancer`]: failed,
    });
  const busy = counted(...repeat(5, 100));

  test.each([
    ["goes off for six of a hundred", busy, counted(6, 0, 6, 0, 6), "ALARM"],
    ["and for two of twenty", counted(...repeat(5, 20)), counted(...repeat(5, 2)), "ALARM"],
    [
      "is over where none fails any more",
      counted(...repeat(8, 100)),
      [...counted(9, 9, 9), ...silence(5)],
      "OK",
    ],
    ["and where nobody calls", [...busy, ...silence(5)], [...counted(...repeat(5, 9)), ...silence(5)], "OK"],
  ])("%s", (_what, calls, failed, state) => {
    expect(of(calls, failed).at(-1)).toBe(state);
  });

  test.each([
    ["five of a hundred", busy, counted(...repeat(5, 5))],
    ["two bad minutes of five", counted(...repeat(10, 100)), counted(...repeat(2, 50, 0, 0, 0, 50))],
    ["a bad minute of five", counted(...repeat(25, 100)), counted(...repeat(5, 50, 0, 0, 0, 0))],
    ["nineteen calls that all fail", counted(...repeat(5, 19)), counted(...repeat(5, 19))],
    ["nothing to be seen", silence(15), silence(15)],
  ])("leaves alone %s", (_what, calls, failed) => {
    expect(new Set(of(calls, failed))).toEqual(new Set(["OK"]));
  });
});

interface Level {
  readonly id: string;
  readonly metric: string;
  /** Goes off at the end of each. */
  readonly fires: Readonly<Record<string, Series>>;
  /** Is over at the end of each. */
  readonly over: Readonly<Record<string, Series>>;
  /** Never goes off. */
  readonly near: Readonly<Record<string, Series>>;
}

const levels: readonly Level[] = [
  {
    id: "UnreadyTasksAlarm",
    metric: `${loadBalancer} UnHealthyHostCount ${targets}`,
    // Each node of the load balancer counts for itself, and not all at the same second.
    fires: { "one task, to one node, for five minutes": said(5, 0, 1) },
    over: {
      "it is ready": [...said(5, 1), ...said(1, 0)],
      "no task is left": [...said(5, 1), ...silence(5)],
    },
    near: {
      "four minutes, and again": [...said(4, 1), ...said(1, 0), ...said(4, 1)],
      "tasks that are ready": said(15, 0),
      "nothing to be seen": silence(15),
    },
  },
  {
    id: "TooFewTasksAlarm",
    metric: `${loadBalancer} HealthyHostCount ${targets}`,
    fires: {
      "one fewer than MinTasks, to one node, for five minutes": said(5, 4, 2),
      // Without a task there is no metric.
      "none at all": silence(5),
      "none any more": [...said(5, 3), ...silence(5)],
    },
    over: { "as many again": [...silence(5), ...said(1, 3)] },
    near: {
      "as many as MinTasks": said(15, 3),
      "four minutes, and again": [...said(4, 2), ...said(1, 3), ...silence(4), ...said(1, 3)],
    },
  },
  {
    id: "MemoryAlarm",
    metric: "AWS/ECS MemoryUtilization by ClusterName ServiceName",
    fires: { "one task of three above nine tenths, for ten minutes": said(10, 30, 91, 40) },
    over: {
      "a deploy has replaced it": [...said(10, 91), ...said(1, 30)],
      "no task is left": [...said(10, 91), ...silence(10)],
    },
    near: {
      "nine tenths": said(30, 90),
      "nine minutes, and again": [...said(9, 99), ...said(1, 50), ...said(9, 99)],
      "nothing to be seen": silence(30),
    },
  },
  {
    id: "OverloadAlarm",
    metric: `${own} CallsInFlight`,
    fires: { "more than CallsPerTask, on average, for 15 minutes": said(15, 101, 301) },
    over: {
      "as many as CallsPerTask": [...said(15, 201), ...said(1, 200)],
      "no task is left": [...said(15, 201), ...silence(15)],
    },
    near: {
      "as many as CallsPerTask": said(30, 200),
      "14 minutes, and again": [...said(14, 900), ...said(1, 0), ...said(14, 900)],
      "one busy task of two": said(30, 399, 0),
      "nothing to be seen": silence(30),
    },
  },
];

describe.each(levels)("$id", ({ id, metric, fires, over, near }) => {
  test.each(Object.entries(fires))("goes off: %s", (_what, series) => {
    expect(states(id, { [metric]: series }).at(-1)).toBe("ALARM");
  });

  test.each(Object.entries(over))("is over: %s", (_what, series) => {
    const seen = states(id, { [metric]: series });
    expect(seen).toContain("ALARM");
    expect(seen.at(-1)).toBe("OK");
  });

  test.each(Object.entries(near))("leaves alone: %s", (_what, series) => {
    expect(new Set(states(id, { [metric]: series }))).toEqual(new Set(["OK"]));
  });
});

test("these are all", () => {
  const here = [
    ...["LoadBalancerFailuresAlarm", "SessionsRefusedAlarm", "FailedCallsAlarm"],
    ...["CallsBrokenAlarm", "RoleCannotBeAssumedAlarm", "TaskProtectionAlarm"],
    ...[...Object.keys(ofOwnFailures), ...Object.keys(atOnce), ...levels.map(({ id }) => id)],
  ];
  expect(here.toSorted()).toEqual(
    ecs
      .ofType("AWS::CloudWatch::Alarm")
      .map(([id]) => id)
      .toSorted(),
  );
});

test("a metric that is named wrongly, a period or an expression that is not known is not passed over", () => {
  const alarm = alarmOf("OverloadAlarm");
  const series = { [`${own} CallsInFlight`]: said(1, 1) };
  expect(() => statesOf({ ...alarm, MetricName: "CallsInFlihgt" }, series, parameters)).toThrow(
    "CallsInFlihgt",
  );
  expect(() => statesOf({ ...alarm, Period: 30 }, series, parameters)).toThrow("a period of 30 s");
  expect(() => statesOf({ ...alarm, Metrics: [{ Expression: "m1" }] }, series, parameters)).toThrow("m1");
});
