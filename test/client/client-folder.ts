// Where the library for callers is, whatever folder the tests run in.
import { join } from "node:path";

export const clientFolder = join(__dirname, "../../client");
