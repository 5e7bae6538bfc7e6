// Competitor: node:http and undici's `dispatch`, and nothing between them. It is the limit of the runtime.
import { createServer } from "node:http";
import { announce, setting } from "./announce.js";
import { relay } from "./relay-call.js";

const upstream = setting("UPSTREAM_URL");

announce(createServer((request, response) => relay(upstream, request, response)));
