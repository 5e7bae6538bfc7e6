// What an account has beside its functions and APIs: sessions, STS, IAM, the credentials of the task, of whoever releases
// and of whoever runs the doctor, queues and CloudWatch. They share one address (api-listener.ts), so none of them listens by itself.
import type { Clock } from "../../../server/ports.js";
import { CallCounts } from "./cloudwatch/call-counts.js";
import { createCloudWatch } from "./cloudwatch/create-cloudwatch.js";
import { createExecutionRoles } from "./execution-roles.js";
import { authorizeAction } from "./iam/authorize-action.js";
import type { Report } from "./iam/explain.js";
import { iamRegion } from "./iam-api/authorize-iam.js";
import { createIam } from "./iam-api/create-iam.js";
import type { Caller, Template } from "./model.js";
import { createQueueService } from "./queue-service.js";
import { createSessions } from "./sessions.js";
import { createVerifier } from "./sigv4/verify-request.js";
import { createSts, type StsFault } from "./sts/create-sts.js";
import { createTaskCredentials } from "./task-credentials.js";
import { findOperatorRole, findTaskRole } from "./task-role.js";
import type { After } from "./timer.js";

export interface ServiceSettings {
  readonly template: Template;
  readonly taskRole?: string;
  readonly operatorRole?: string;
  readonly doctorRole?: string;
  readonly clock: Clock;
  readonly after: After;
  readonly log: (line: string) => void;
  readonly report: Report;
  readonly fault?: () => StsFault | undefined;
}

export type Services = ReturnType<typeof createServices>;

/** @throws naming the roles that are not there, or may not do what the template needs of them. */
export function createServices(settings: ServiceSettings) {
  const { template, clock, log, report } = settings;
  const sessions = createSessions({ clock });
  const verify = createVerifier({ sessions, clock, region: template.region });
  const taskRole = findTaskRole(template, settings.taskRole, clock);
  const operatorRole = findOperatorRole(template, settings.operatorRole);
  const doctorRole = findOperatorRole(template, settings.doctorRole, "whoever runs the doctor");
  const credentialsOf = createExecutionRoles(template, sessions, clock);
  const mayDo = (caller: Caller, action: string, resources: readonly string[], sourceIp: string) =>
    authorizeAction(caller, { action, resources, region: template.region, sourceIp }, clock, report);
  const counts = new CallCounts();
  const { explain = false } = report;
  return {
    ...{ sessions, verify, taskRole, credentialsOf, mayDo, counts },
    sts: createSts({
      ...{ template, sessions, clock, verify, log, explain },
      ...(settings.fault && { fault: settings.fault }),
    }),
    task: createTaskCredentials({ role: taskRole, sessions, clock }),
    operator: createTaskCredentials({
      role: operatorRole,
      ...{ sessions, clock, path: "/operator-credentials", sessionName: "local-operator" },
    }),
    doctor: createTaskCredentials({
      role: doctorRole,
      ...{ sessions, clock, path: "/doctor-credentials", sessionName: "local-doctor" },
    }),
    iam: createIam({
      ...{ template, clock, report },
      verify: createVerifier({ sessions, clock, region: iamRegion }),
    }),
    cloudWatch: createCloudWatch({
      counts,
      authenticate: (request) => verify(request, "monitoring"),
      authorize: (caller, action, sourceIp) => mayDo(caller, action, ["*"], sourceIp),
    }),
    queues: createQueueService({ ...settings, verify, credentialsOf }),
  };
}
