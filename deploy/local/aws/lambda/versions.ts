// The versions of one function and the aliases that point at them: what is published, what may be changed on which
// condition, and which version a call runs. https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
// Code is whatever the caller freezes with a version; no I/O.
import { randomUUID } from "node:crypto";
import type { Outcome } from "../model.js";
import { parameter } from "./invoke-target.js";
import { refused } from "./refusal.js";

/** What a version runs, and how it is told from other code: base64 of its SHA-256. */
export interface Code {
  readonly codeSha256: string;
}

export interface Version<C extends Code = Code> {
  /** "$LATEST" or a number. */
  readonly version: string;
  readonly code: C;
  readonly description: string;
  readonly revisionId: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export interface Alias {
  readonly name: string;
  readonly functionVersion: string;
  readonly description: string;
  readonly revisionId: string;
  /** A second version, and the share of calls that run it. */
  readonly additional?: { readonly version: string; readonly weight: number };
}

/** What UpdateAlias may say; `additional: null` ends the split. */
export interface AliasChange {
  readonly functionVersion?: string;
  readonly description?: string;
  readonly additional?: { readonly version: string; readonly weight: number } | null;
  readonly revisionId?: string;
}

export interface PublishInput {
  readonly codeSha256?: string;
  readonly description?: string;
  readonly revisionId?: string;
}

export interface Picked {
  readonly version: string;
  /** As the call named it; absent for the function itself. */
  readonly qualifier?: string;
  /** The call went to an alias that has two versions at this moment. */
  readonly isSplit: boolean;
}

const LATEST = "$LATEST";

export class FunctionVersions<C extends Code = Code> {
  readonly #arn: string;
  #latest: Version<C>;
  #published: readonly Version<C>[] = [];
  #lastNumber = 0;
  readonly #aliases = new Map<string, Alias>();

  constructor(arn: string, code: C, now: number) {
    this.#arn = arn;
    this.#latest = snapshot(LATEST, code, "", now);
  }

  get latest(): Version<C> {
    return this.#latest;
  }

  /** $LATEST first, then the oldest. */
  get all(): readonly Version<C>[] {
    return [this.#latest, ...this.#published];
  }

  get aliases(): readonly Alias[] {
    return [...this.#aliases.values()];
  }

  replaceLatest(code: C, now: number): void {
    this.#latest = snapshot(LATEST, code, this.#latest.description, now);
  }

  /** The newest version again where nothing has changed since. */
  publish({ codeSha256, description, revisionId }: PublishInput, now: number): Outcome<Version<C>> {
    const { code, revisionId: current } = this.#latest;
    if (codeSha256 !== undefined && codeSha256 !== code.codeSha256)
      return parameter(
        `CodeSHA256 (${codeSha256}) is different from current CodeSHA256 in $LATEST (${code.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    if (revisionId !== undefined && revisionId !== current) return preconditionFailed();
    const newest = this.#published.at(-1);
    if (newest?.code.codeSha256 === code.codeSha256) return { ok: true, value: newest };
    this.#lastNumber += 1;
    const published = snapshot(String(this.#lastNumber), code, description ?? this.#latest.description, now);
    this.#published = [...this.#published, published];
    return { ok: true, value: published };
  }

  /** A version by its number, by $LATEST, or by none. An alias is none. */
  version(qualifier: string = LATEST): Outcome<Version<C>> {
    const found = this.all.find(({ version }) => version === qualifier);
    return found === undefined ? this.#notFound(qualifier) : { ok: true, value: found };
  }

  alias(name: string): Outcome<Alias> {
    const found = this.#aliases.get(name);
    return found === undefined
      ? refused(404, "ResourceNotFoundException", `Cannot find alias arn: ${this.#arn}:${name}`)
      : { ok: true, value: found };
  }

  /** For a template's alias: nothing calls it before it is there. */
  createAlias(name: string, functionVersion: string): void {
    this.#aliases.set(name, { name, functionVersion, description: "", revisionId: randomUUID() });
  }

  updateAlias(name: string, change: AliasChange): Outcome<Alias> {
    const before = this.alias(name);
    if (!before.ok) return before;
    if (change.revisionId !== undefined && change.revisionId !== before.value.revisionId)
      return preconditionFailed();
    const { additional = before.value.additional } = change;
    const { functionVersion = before.value.functionVersion, description = before.value.description } = change;
    const fault = this.#findFault(functionVersion, additional ?? undefined);
    if (fault !== undefined) return fault;
    const alias: Alias = {
      ...{ name, functionVersion, description, revisionId: randomUUID() },
      ...(additional ? { additional } : {}),
    };
    this.#aliases.set(name, alias);
    return { ok: true, value: alias };
  }

  /** Takes versions away that no alias names, but for the newest. Gives them. */
  prune(): readonly Version<C>[] {
    const named = this.aliases.flatMap(({ functionVersion, additional }) => [
      functionVersion,
      ...(additional === undefined ? [] : [additional.version]),
    ]);
    const stays = ({ version }: Version<C>) =>
      named.includes(version) || version === String(this.#lastNumber);
    const gone = this.#published.filter((each) => !stays(each));
    this.#published = this.#published.filter(stays);
    return gone;
  }

  /** The version that a call runs; `chance` is from 0 up to 1. */
  pick(qualifier: string | undefined, chance: number): Outcome<Picked> {
    const named = qualifier === undefined ? {} : { qualifier };
    const alias = qualifier === undefined ? undefined : this.#aliases.get(qualifier);
    if (alias !== undefined) {
      const { functionVersion, additional } = alias;
      const version =
        additional !== undefined && chance < additional.weight ? additional.version : functionVersion;
      return { ok: true, value: { version, ...named, isSplit: additional !== undefined } };
    }
    const found = this.version(qualifier);
    return found.ok ? { ok: true, value: { version: found.value.version, ...named, isSplit: false } } : found;
  }

  #findFault(
    functionVersion: string,
    additional: Alias["additional"],
  ): ReturnType<typeof refused> | undefined {
    const main = this.version(functionVersion);
    if (!main.ok) return main;
    if (additional === undefined) return undefined;
    if (functionVersion === LATEST || additional.version === LATEST)
      return parameter("$LATEST is not supported for an alias pointing to more than 1 version");
    if (additional.version === functionVersion)
      return parameter(`An alias cannot point at version ${functionVersion} twice.`);
    const second = this.version(additional.version);
    return second.ok ? undefined : second;
  }

  #notFound(qualifier: string): ReturnType<typeof refused> {
    return refused(404, "ResourceNotFoundException", `Function not found: ${this.#arn}:${qualifier}`);
  }
}

const snapshot = <C extends Code>(
  version: string,
  code: C,
  description: string,
  now: number,
): Version<C> => ({
  ...{ version, code, description, revisionId: randomUUID(), lastModified: now },
});

const preconditionFailed = (): ReturnType<typeof refused> =>
  refused(
    412,
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
  );
