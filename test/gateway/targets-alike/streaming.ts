// The app as a stream.
import { streamHandle } from "hono/aws-lambda";
import { app } from "./app.js";

// Hono 4 comes with this one; its successor is a package of its own.
// eslint-disable-next-line @typescript-eslint/no-deprecated
export const handler = streamHandle(app);
