// The page as `npm run local` serves it, before the whole product on free ports.
import { startDemoPage, type DemoPage } from "../../../deploy/local/demo/demo-page.js";
import { demoSettings } from "../../../deploy/local/demo/demo-settings.js";
import { startStack, type Stack, type StackOptions } from "../../fixtures/stack.js";

export interface DemoStack extends Stack {
  readonly page: DemoPage;
}

export async function startDemoStack(options: Omit<StackOptions, "pageOrigin"> = {}): Promise<DemoStack> {
  const page = await startDemoPage({ port: 0 });
  const stack = await startStack({ ...options, pageOrigin: page.origin });
  page.show(demoSettings(stack.issuer, stack.aws, stack.url));
  return {
    ...stack,
    page,
    async close() {
      await Promise.all([stack.close(), page.close()]);
    },
  };
}
