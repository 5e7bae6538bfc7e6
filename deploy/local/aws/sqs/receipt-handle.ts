// What a receiver deletes a message by: new with each receive, and nobody can guess it.
import { randomBytes } from "node:crypto";

export const newReceiptHandle = (): string => `AQEB${randomBytes(96).toString("base64")}`;

/** Whether this may be a handle at all. */
export const isReceiptHandle = (text: string): boolean => /^AQEB[A-Za-z0-9+/]{128}$/.test(text);
