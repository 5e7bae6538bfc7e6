// `npm run schema`: writes gateway.schema.json beside this file.
import { writeFileSync } from "node:fs";
import { formatJsonSchema } from "./json-schema.js";

writeFileSync(new URL("gateway.schema.json", import.meta.url), formatJsonSchema());
