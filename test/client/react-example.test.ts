// The React example with a React older than the one that is installed here, of which a few words are enough.
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { bundle } from "../../deploy/local/demo/bundle.js";
import { clientFolder } from "./client-folder.js";

const ignored = (): void => undefined;
/** Before React 19 a context is no component that provides; its Provider is. */
const react18 = {
  createContext: () => ({ Provider: "provider" }),
  useRef: (current: unknown) => ({ current }),
  useMemo: (make: () => unknown) => make(),
  useEffect: ignored,
  useLayoutEffect: ignored,
};
const jsxRuntime = { jsx: (type: unknown) => type };

test("the React example provides its client in words that React had before 19, too", async () => {
  const code = await bundle(join(clientFolder, "examples/react.tsx"), {
    format: "cjs",
    external: ["react", "react/jsx-runtime"],
  });
  const module = { exports: {} as { Grantway: (props: object) => unknown } };
  const require = (name: string): object => (name === "react" ? react18 : jsxRuntime);
  runInNewContext(code, { module, require, TextEncoder });
  const props = { gateway: "https://gw.example.com", getToken: () => "jwt", user: "alice" };
  expect(module.exports.Grantway(props)).toBe("provider");
});
