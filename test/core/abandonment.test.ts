import { Abandonment, denialOf, type AbandonReason } from "../../server/core/abandonment.js";

class Listener {
  readonly heard: AbandonReason[] = [];
  abandoned(reason: AbandonReason): void {
    this.heard.push(reason);
  }
}

describe("an abandonment", () => {
  test("is heard once, with its reason, and the first reason stays", () => {
    const abandonment = new Abandonment();
    const listener = new Listener();
    abandonment.listen(listener);
    expect(abandonment.reason).toBeUndefined();
    abandonment.abandon("drained");
    abandonment.abandon("client_gone");
    expect(listener.heard).toEqual(["drained"]);
    expect(abandonment.reason).toBe("drained");
  });

  test("is heard by who took the listener's place, and by nobody else", () => {
    const abandonment = new Abandonment();
    const [first, second] = [new Listener(), new Listener()];
    abandonment.listen(first);
    abandonment.listen(second);
    // Who was replaced has no say any more.
    abandonment.unlisten(first);
    abandonment.abandon("client_gone");
    expect([first.heard, second.heard]).toEqual([[], ["client_gone"]]);
  });

  test("is not heard by who has stopped listening", () => {
    const abandonment = new Abandonment();
    const listener = new Listener();
    abandonment.listen(listener);
    abandonment.unlisten(listener);
    abandonment.abandon("client_gone");
    expect(listener.heard).toEqual([]);
  });

  test.each([
    ["client_gone", "client_gone"],
    ["drained", "draining"],
  ] as const)("that is %s refuses with %s", (reason, denial) => {
    expect(denialOf(reason)).toEqual({ reason: denial });
  });
});

describe("what is given back when a call is over", () => {
  test("is given back once, in whatever way the call ends", () => {
    const abandonment = new Abandonment();
    const given: string[] = [];
    abandonment.whenOver(() => given.push("first"));
    abandonment.whenOver(() => given.push("second"));
    abandonment.abandon("client_gone");
    expect(given).toEqual([]);
    abandonment.over();
    abandonment.over();
    expect(given).toEqual(["first", "second"]);
  });

  test("is given back at once by a step that did not know of the end", () => {
    const abandonment = new Abandonment();
    abandonment.over();
    let isGiven = false;
    abandonment.whenOver(() => (isGiven = true));
    expect(isGiven).toBe(true);
  });
});
