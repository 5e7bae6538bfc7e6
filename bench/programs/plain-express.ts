// Competitor: Express 5 as it comes, before the same relay. What Express alone costs.
import { createServer } from "node:http";
import express from "express";
import { announce, setting } from "./announce.js";
import { relay } from "./relay-call.js";

const upstream = setting("UPSTREAM_URL");
const app = express();
app.use((request, response) => relay(upstream, request, response));

announce(createServer(app));
