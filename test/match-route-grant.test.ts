import type { Door } from "../server/core/model.js";
import { problemOf } from "../server/core/problem.js";
import { createMatchRoute } from "../server/match-route.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { routeWith } from "./fixtures/route.js";
import { targetOf } from "./fixtures/target.js";

const routeNamed = (name: string, ...doors: Door[]) =>
  routeWith(`ANY /${name}/{proxy+}`, { name, doors: new Set(doors) });
const reports = routeNamed("reports", "proxy", "grant");
const files = routeNamed("files", "grant");
const hidden = routeNamed("hidden", "proxy");
const fallback = routeNamed("default", "grant");
const noName = { reason: "route_unknown", door: "grant", cause: "no route has this name" };
const noGrant = { ...noName, cause: "`doors` of the route leaves the grant door out" };
const unnamed = expect.objectContaining({ reason: "route_unnamed" }) as unknown;

const ask = (routes: Parameters<typeof createMatchRoute>[0], raw: string, method = "POST") =>
  createMatchRoute(routes)(method, targetOf(raw));

describe("the grant door", () => {
  test.each(["GET", "POST"])("%s /grant/{name} goes to the route of that name", (method) => {
    expect(accepted(ask([reports, files], "/grant/files", method))).toEqual({
      route: files,
      door: "grant",
      params: {},
    });
  });

  test("reads the name decoded, since a route without a name is called by its key", () => {
    const nameless = routeWith("GET /hello");
    expect(accepted(ask([nameless, files], "/grant/GET%20%2Fhello")).route).toBe(nameless);
  });

  test("does not know a name that no route has", () => {
    for (const name of ["nobody", "Files", "__proto__", "default"]) {
      expect(refused(ask([reports, files, hidden], `/grant/${name}`))).toEqual(noName);
    }
  });

  test("tells its caller the same of a route that does not grant, and the operator which it is", () => {
    const refusal = (name: string) => refused(ask([reports, files, hidden], `/grant/${name}`));
    expect(refusal("hidden")).toEqual(noGrant);
    expect(problemOf(refusal("hidden"))).toEqual(problemOf(refusal("nobody")));
  });

  test("/grant is the one route that grants", () => {
    expect(accepted(ask([hidden, files], "/grant")).route).toBe(files);
  });

  test("/grant is the route named default where several grant", () => {
    expect(accepted(ask([reports, fallback, files], "/grant")).route).toBe(fallback);
  });

  test("/grant is nothing where several grant and none is named default", () => {
    expect(refused(ask([reports, files], "/grant"))).toEqual(unnamed);
    expect(refused(ask([reports, files], "/grant/"))).toEqual(unnamed);
  });

  test("/grant is nothing where none grants, and goes to no other door", () => {
    expect(
      refused(ask([hidden, routeWith("$default", { doors: new Set<Door>(["proxy"]) })], "/grant")),
    ).toEqual(unnamed);
  });

  test.each(["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])("takes no %s", (method) => {
    const allowed = { reason: "method_not_allowed", allow: ["GET", "POST"] };
    expect(refused(ask([files], "/grant", method))).toEqual(allowed);
    expect(refused(ask([files], "/grant/files", method))).toEqual(allowed);
    expect(refused(ask([files], "/grant/nobody", method))).toEqual(noName);
  });

  test.each(["/grant?access_token=x", "/grant/files?a", "/grant/nobody?a=b", "/grant/hidden?a=b"])(
    "refuses the query of %s, whatever is asked for",
    (raw) => {
      expect(refused(ask([files, hidden], raw, "GET"))).toMatchObject({ reason: "query_refused" });
    },
  );

  test("passes over a question mark that nothing follows", () => {
    expect(accepted(ask([files], "/grant/files?")).route).toBe(files);
  });

  test("is reached by any spelling, so that no route can take its place", () => {
    const everything = routeWith("$default", { name: "everything", doors: new Set<Door>(["proxy"]) });
    expect(accepted(ask([files, everything], "/%67rant/files")).door).toBe("grant");
    expect(accepted(ask([files, everything], "/grant/files/more")).door).toBe("proxy");
  });
});
