// The Extensions API of one execution environment: who is registered, who waits for the next event, and the INVOKE and
// SHUTDOWN events. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html. Not done: telemetry and logs.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { arnParts } from "../../../../server/core/arn.js";
import type { FunctionError, InvocationContext } from "./invocation.js";
import {
  parseMembers,
  readFunctionError,
  readWhole,
  sendAccepted,
  sendBodyFault,
  sendError,
  sendJson,
} from "./runtime-api-answers.js";
import type { RuntimeCall } from "./runtime-api-call.js";

const MOST_EXTENSIONS = 10;
const BODY_LIMIT = 65_536;
const EVENT_TYPES = ["INVOKE", "SHUTDOWN"] as const;
type EventType = (typeof EVENT_TYPES)[number];

interface Extension {
  readonly id: string;
  readonly name: string;
  readonly events: readonly EventType[];
  /** Its request for the next event, while there is none. */
  polling?: ServerResponse;
}

export interface ExtensionSettings {
  readonly context: InvocationContext;
  readonly handler: string;
  /** The names of those that have a process of their own; all others live in the runtime's. */
  readonly external: readonly string[];
  /** Somebody has asked for the next event. */
  readonly waits: () => void;
  readonly failed: (error: FunctionError) => void;
}

export class RuntimeApiExtensions {
  readonly #settings: ExtensionSettings;
  readonly #registered = new Map<string, Extension>();
  #isOpen = true;

  constructor(settings: ExtensionSettings) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    return this.#registered.size === 0;
  }

  /** None has anything left to do. */
  get allWait(): boolean {
    const { external } = this.#settings;
    const names = [...this.#registered.values()].map(({ name }) => name);
    return (
      external.every((name) => names.includes(name)) &&
      [...this.#registered.values()].every(({ polling }) => polling !== undefined)
    );
  }

  /** The init phase is over. */
  closeRegistration(): void {
    this.#isOpen = false;
  }

  async register(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const name = req.headers["lambda-extension-name"];
    const body = await readWhole(req, BODY_LIMIT);
    if (!body.ok) {
      sendBodyFault(res, body.denial);
      return;
    }
    const events = readEvents(body.value.toString("utf8"));
    if (typeof name !== "string" || name === "") {
      sendError(res, 403, "Extension.InvalidExtensionName", "Empty extension name");
      return;
    }
    if (events === undefined) {
      sendError(res, 400, "InvalidRequestFormat", "events must be a list of INVOKE and SHUTDOWN");
      return;
    }
    const fault = this.#faultOf(name, events);
    if (fault !== undefined) {
      sendError(res, 403, ...fault);
      return;
    }
    const id = randomUUID();
    this.#registered.set(id, { id, name, events });
    const { functionName, functionVersion, invokedFunctionArn } = this.#settings.context;
    const wantsAccount = req.headers["lambda-extension-accept-feature"] === "accountId";
    const answer = {
      ...{ functionName, functionVersion, handler: this.#settings.handler },
      ...(wantsAccount && { accountId: arnParts(invokedFunctionArn).accountId }),
    };
    sendJson(res, 200, answer, { "lambda-extension-identifier": id });
  }

  next(req: IncomingMessage, res: ServerResponse): void {
    const extension = this.#known(req, res);
    if (extension === undefined) return;
    if (extension.polling !== undefined) {
      sendError(res, 403, "InvalidStateTransition", `${extension.name} waits for the next event already`);
      return;
    }
    extension.polling = res;
    res.once("close", () => {
      if (extension.polling === res) delete extension.polling;
    });
    this.#settings.waits();
  }

  /** What an extension tells of itself ends the environment. */
  async fail(errorType: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const extension = this.#known(req, res);
    if (extension === undefined) return;
    const type = req.headers["lambda-extension-function-error-type"];
    if (typeof type !== "string") {
      sendError(res, 403, "Extension.MissingErrorType", "Lambda-Extension-Function-Error-Type is missing");
      return;
    }
    const body = await readWhole(req, BODY_LIMIT);
    // That it failed, and of what, stands in the path and the header: it ends without a message, too.
    const text = body.ok ? body.value.toString("utf8") : "";
    sendAccepted(res);
    const { errorMessage } = readFunctionError(type, text);
    this.#settings.failed({ errorType, errorMessage: `${extension.name}: ${type} ${errorMessage}`.trim() });
  }

  invoke({ requestId, deadlineMs, functionArn }: RuntimeCall, traceId: string): void {
    const tracing = { type: "X-Amzn-Trace-Id", value: traceId };
    this.#send({ eventType: "INVOKE", deadlineMs, requestId, invokedFunctionArn: functionArn, tracing });
  }

  shutDown(deadlineMs: number): void {
    this.#send({ eventType: "SHUTDOWN", shutdownReason: "spindown", deadlineMs });
  }

  #send(event: { readonly eventType: EventType; readonly [member: string]: unknown }): void {
    for (const extension of this.#registered.values()) {
      const { polling, events } = extension;
      if (polling === undefined || !events.includes(event.eventType)) continue;
      delete extension.polling;
      sendJson(polling, 200, event, { "lambda-extension-event-identifier": randomUUID() });
    }
  }

  #known(req: IncomingMessage, res: ServerResponse): Extension | undefined {
    const id = req.headers["lambda-extension-identifier"];
    if (typeof id !== "string") {
      sendError(res, 403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier");
      return undefined;
    }
    const extension = this.#registered.get(id);
    if (extension === undefined)
      sendError(res, 403, "Extension.UnknownExtensionIdentifier", "Unknown extension identifier");
    return extension;
  }

  #faultOf(name: string, events: readonly EventType[]): readonly [type: string, message: string] | undefined {
    if (!this.#isOpen) return ["Extension.RegistrationClosed", "extensions register before the first call"];
    if ([...this.#registered.values()].some((one) => one.name === name))
      return ["Extension.AlreadyRegistered", `${name} is registered already`];
    if (this.#registered.size >= MOST_EXTENSIONS)
      return ["Extension.TooManyExtensions", `there can be ${MOST_EXTENSIONS} extensions`];
    if (events.includes("SHUTDOWN") && !this.#settings.external.includes(name))
      return ["ShutdownEventNotSupportedForInternalExtension", `${name} has no process of its own`];
    return undefined;
  }
}

/** Absent events are none. */
const readEvents = (text: string): readonly EventType[] | undefined => {
  const members = text === "" ? {} : parseMembers(text);
  if (members === undefined) return undefined;
  const events = members.events ?? [];
  if (!Array.isArray(events)) return undefined;
  const known = EVENT_TYPES.filter((type) => events.includes(type));
  return known.length === new Set(events).size ? known : undefined;
};
