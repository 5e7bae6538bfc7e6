// How each CloudFormation type of API Gateway is read, for the table of resources/read-resources.ts.
import type { Report } from "../faults.js";
import type { Fields } from "../fields.js";
import type { Resource } from "../resource.js";
import type { StackSettings } from "../resources/resource-names.js";
import type { ApiParts } from "./assemble-apis.js";
import {
  readApiMethod,
  readApiResource,
  readDeployment,
  readRestApi,
  readStage,
} from "./read-api-resources.js";

interface Site {
  readonly resource: Resource;
  readonly fields: Fields;
  readonly report: Report;
  readonly found: ApiParts;
  readonly context: { readonly stack: StackSettings };
  readonly ref: string;
}

const namesOf = ({ resource, ref }: Site) => ({ logicalId: resource.logicalId, ref });

export const apiReaders: Readonly<Record<string, (site: Site) => void>> = {
  "AWS::ApiGateway::RestApi": (site) => {
    const { fields, found, context, report } = site;
    found.restApis.push(readRestApi(fields, { ...namesOf(site), stack: context.stack, report }));
  },
  "AWS::ApiGateway::Resource": (site) =>
    void site.found.apiResources.push(readApiResource(site.fields, namesOf(site))),
  "AWS::ApiGateway::Method": (site) => {
    const { fields, found, context, report } = site;
    found.apiMethods.push(readApiMethod(fields, namesOf(site), context.stack, report));
  },
  "AWS::ApiGateway::Deployment": (site) => {
    const { fields, found, resource } = site;
    const { deployment, stages } = readDeployment(fields, namesOf(site), resource.dependsOn);
    found.deployments.push(deployment);
    found.stages.push(...stages);
  },
  "AWS::ApiGateway::Stage": ({ fields, found, report }) => void found.stages.push(readStage(fields, report)),
};
